//! One call: what stands, its history, and who else has it open.

use super::view;
use crate::{
    app::App,
    code::Code,
    error::{Answer, Problem},
    input::{Asked, Sent},
    session::Visitor,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
};
use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_desk::correction::{self, Change, ChangeKind, Mark, Piece};
use earwitness_model::{CallId, Revision, RevisionBody, RevisionId, Transcript, Turn};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Everything about a call.
pub async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    app.read(move |archive| Ok(Json(view::whole(&own, archive, &CallId::new(id))?))).await
}

/// A page that has a call open.
#[derive(Deserialize)]
pub struct Here {
    tab: String,
}

/// A page says that it is there, and is told who else is.
pub async fn presence(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(here): Sent<Here>,
) -> Answer<Json<Value>> {
    let person = visitor.actor()?;
    if here.tab.is_empty() || here.tab.len() > 100 {
        return Err(Problem::unclear("the page has no name of its own", "load it again"));
    }
    let call = CallId::new(id);
    let call = app.read(move |archive| Ok(archive.call(&call)?.id)).await?;
    let others = app.events.present(call.as_str(), visitor.session, &here.tab, person.as_str());
    Ok(Json(json!({ "people": others })))
}

/// All revisions, the newest first.
pub async fn revisions(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let listed = app.read(move |archive| {
        let call = archive.call(&CallId::new(id))?;
        let all = archive.revision_heads(&call.id)?;
        let of = |kind: &str| -> Vec<Value> { all.iter().rev().filter(|h| h.kind == kind).map(view::head).collect() };
        Ok(Json(json!({ "transcripts": of("transcript"), "translations": of("translation") })))
    });
    listed.await
}

/// A revision of this call.
fn of_call(archive: &Archive, call: &CallId, id: &str) -> Answer<Revision> {
    let revision = archive.revision(&RevisionId::new(id))?;
    let other = || ArchiveError::NotFound { kind: "revision", wanted: id.to_owned() };
    if revision.call == *call { Ok(revision) } else { Err(other().into()) }
}

/// One revision.
pub async fn revision(
    State(app): State<Arc<App>>,
    Path((id, revision)): Path<(String, String)>,
) -> Answer<Json<Value>> {
    let shown = app.read(move |archive| {
        let revision = of_call(archive, &CallId::new(id), &revision)?;
        let turns = match &revision.body {
            RevisionBody::Transcript(_) => view::turns(archive, &revision, None)?,
            RevisionBody::Translation(_) => view::lines(&revision),
        };
        Ok(Json(json!({ "revision": view::head_of(&revision), "kind": revision.body.kind(), "turns": turns })))
    });
    shown.await
}

/// Two revisions.
#[derive(Deserialize)]
pub struct Two {
    from: String,
    to: String,
}

/// What differs between two revisions.
pub async fn diff(State(app): State<Arc<App>>, Path(id): Path<String>, Asked(two): Asked<Two>) -> Answer<Json<Value>> {
    let told = app.read(move |archive| {
        let call = CallId::new(id);
        let (old, new) = (of_call(archive, &call, &two.from)?, of_call(archive, &call, &two.to)?);
        if old.body.kind() != new.body.kind() {
            let what = "a transcript and a translation cannot be compared";
            return Err(Problem::unclear(what, "choose two of one kind").code(Code::NotComparable));
        }
        let found = correction::diff(&spoken(&old), &spoken(&new));
        let lines: Vec<Value> = found.changes.iter().map(line).collect();
        Ok(Json(json!({ "lines": lines, "counts": found.counts })))
    });
    told.await
}

/// The turns of a revision; the lines of a translation as turns of nobody.
fn spoken(revision: &Revision) -> Transcript {
    match &revision.body {
        RevisionBody::Transcript(transcript) => transcript.clone(),
        RevisionBody::Translation(translation) => {
            let turn = |line: &earwitness_model::transcript::TranslatedTurn| Turn {
                start: line.start,
                end: line.end,
                channel: line.channel,
                speaker: String::new(),
                language: None,
                text: line.text.clone(),
                confidence: 1.0,
                words: Vec::new(),
                doubt: None,
            };
            let turns = translation.turns.iter().map(turn).collect();
            Transcript { language: Some(translation.language.clone()), turns }
        }
    }
}

fn line(change: &Change) -> Value {
    let side = |left_out: fn(&Piece) -> bool| {
        let kept = change.pieces.iter().filter(|piece| !left_out(piece));
        kept.map(|piece| text(piece).1).collect::<Vec<_>>().join(" ")
    };
    let before = (change.kind != ChangeKind::Added).then(|| side(|piece| matches!(piece, Piece::Added(_))));
    let after = (change.kind != ChangeKind::Removed).then(|| side(|piece| matches!(piece, Piece::Removed(_))));
    let words = change.pieces.iter().map(text).map(|(kind, text)| json!({"kind": kind, "text": text}));
    json!({
        "kind": change.kind, "before": before, "after": after, "words": words.collect::<Vec<_>>(),
        "start": change.at.start, "end": change.at.end, "channel": change.channel, "speaker": change.speaker,
        "marks": change.marks.iter().map(mark).collect::<Vec<_>>(),
    })
}

fn text(piece: &Piece) -> (&'static str, &str) {
    match piece {
        Piece::Same(text) => ("same", text),
        Piece::Removed(text) => ("removed", text),
        Piece::Added(text) => ("added", text),
    }
}

fn mark(mark: &Mark) -> String {
    match mark {
        Mark::Speaker { from } => format!("said by {from} before"),
        Mark::Channel { from } => format!("on track {} before", u32::from(*from) + 1),
        Mark::Moved { .. } => "other times".into(),
        Mark::Split => "split".into(),
        Mark::Joined => "joined".into(),
        Mark::DoubtSettled(reason) => format!("doubt settled: {}", reason.words()),
        Mark::DoubtRaised(reason) => format!("doubt: {}", reason.words()),
    }
}
