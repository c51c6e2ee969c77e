//! Notes on calls and on what is said in them, for the desk alone.

use super::{
    passage::{change, shown},
    view,
};
use crate::{
    app::App,
    calls::{Entry, Inner},
    error::Answer,
    input::{Asked, Sent},
    session::Visitor,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    kept::Kept,
    notes::{self, Note, On},
    passage::{Chosen, Passages},
};
use earwitness_model::CallId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The notes on a call, in the order in which they were first written.
///
/// # Errors
/// What the archive gives.
pub fn of_call(inner: &Inner, passages: &mut Passages<'_>, call: &CallId) -> Answer<Vec<Value>> {
    let notes = Kept::<Note>::all(passages.archive())?;
    notes.iter().filter(|note| note.call == *call).map(|note| note_json(inner, passages, note)).collect()
}

fn note_json(inner: &Inner, passages: &mut Passages<'_>, note: &Kept<Note>) -> Answer<Value> {
    let history = notes::history(passages.archive(), &note.id)?;
    let first = history.first().map(|first| json!({"by": view::author(&first.author).0, "at": first.created_at}));
    let passage = note.passage.as_ref().map(|passage| shown(inner, passages, passage)).transpose()?;
    Ok(json!({
        "id": note.id, "call": note.call, "call_name": inner.entry(&note.call).map(Entry::name), "text": note.text,
        "by": view::author(&note.by).0, "at": note.at, "first": first, "revision_number": note.revision,
        "passage": passage,
    }))
}

/// Which notes.
#[derive(Deserialize)]
pub struct Wanted {
    call: Option<String>,
}

/// Notes, the newest first.
pub async fn list(State(app): State<Arc<App>>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let listed = app.read(move |archive| {
        let call = wanted.call.map(|call| archive.find_call(&call)).transpose()?.map(|call| call.id);
        let inner = own.calls.now(archive)?;
        let mut passages = Passages::of(archive);
        let all = Kept::<Note>::all(archive)?;
        let here = all.iter().rev().filter(|note| call.as_ref().is_none_or(|call| note.call == *call));
        let notes: Answer<Vec<Value>> = here.map(|note| note_json(&inner, &mut passages, note)).collect();
        Ok(Json(json!({ "notes": notes? })))
    });
    listed.await
}

/// Changes a note, shows it as it stands then, and tells other pages which call is concerned.
async fn changed(
    app: Arc<App>,
    visitor: &Visitor,
    act: impl FnOnce(&Archive, earwitness_model::Author) -> Answer<Kept<Note>> + Send + 'static,
) -> Answer<Json<Value>> {
    let show = |inner: &Inner, archive: &Archive, note: Kept<Note>| {
        Ok(json!({ "note": note_json(inner, &mut Passages::of(archive), &note)? }))
    };
    let value = change(&app, visitor, act, show).await?;
    app.events.marks("notes", value["note"]["call"].as_str());
    Ok(Json(value))
}

/// Where in the call.
#[derive(Deserialize)]
pub struct Part {
    turn: usize,
    last: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    revision: Option<earwitness_model::RevisionId>,
}

/// A note as a page sends it.
#[derive(Deserialize)]
pub struct NewNote {
    call: String,
    text: String,
    passage: Option<Part>,
}

/// Writes a note.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewNote>,
) -> Answer<Json<Value>> {
    let NewNote { call, text, passage } = new;
    let on = match passage {
        None => On::Call(call),
        Some(Part { turn, last, from, to, revision }) => {
            On::Words(Chosen { from, to, transcript: revision, ..Chosen::turns(call, turn, last) })
        }
    };
    changed(app, &visitor, move |archive, by| Ok(archive.try_write(|tx| notes::add(tx, by, &on, &text))?)).await
}

/// Another text.
#[derive(Deserialize)]
pub struct NewText {
    text: String,
    revision_number: Option<u32>,
}

/// Writes another text in the place of a note's.
pub async fn change_note(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewText>,
) -> Answer<Json<Value>> {
    changed(app, &visitor, move |archive, by| {
        Ok(archive.try_write(|tx| notes::change(tx, by, &id, new.revision_number, &new.text))?)
    })
    .await
}

/// Takes a note back.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    changed(app, &visitor, move |archive, by| Ok(archive.try_write(|tx| notes::remove(tx, by, &id))?)).await
}

/// Puts back what a note was before its newest change.
pub async fn undo(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    let act = move |archive: &Archive, by| {
        let before = Kept::<Note>::get(archive, &id)?.map(|note| note.is.call);
        Ok((before, archive.try_write(|tx| notes::undo(tx, by, &id))?))
    };
    let show = |inner: &Inner, archive: &Archive, (before, now): (Option<CallId>, Option<Kept<Note>>)| {
        let call = now.as_ref().map(|note| note.call.clone()).or(before);
        let note = now.map(|note| note_json(inner, &mut Passages::of(archive), &note)).transpose()?;
        Ok(json!({ "note": note, "call": call }))
    };
    let value = change(&app, &visitor, act, show).await?;
    app.events.marks("notes", value["call"].as_str());
    Ok(Json(value))
}

/// What a note said, and who wrote it when.
pub async fn history(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let told = app.read(move |archive| {
        let history = notes::history(archive, &id)?;
        let each = history.iter().map(|record| {
            let by = view::author(&record.author).0;
            json!({"number": record.number, "text": record.body["text"], "by": by, "at": record.created_at})
        });
        Ok(Json(json!({ "history": each.collect::<Vec<_>>() })))
    });
    told.await
}
