//! The same voice in other calls: what is suggested, heard one after the other, and decided.

use crate::{
    app::App,
    calls::{Entry, Inner},
    error::{Answer, Problem},
    input::Sent,
    session::Visitor,
};
use axum::{Extension, Json, extract::State};
use earwitness_archive::Archive;
use earwitness_desk::{
    kept::Kept,
    people::Target,
    voices::{Fact, Group, Suggestion, Voices, keep, suggest},
};
use earwitness_model::{Author, SpeakerRef, Standing, Turn};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most suggestions of one answer, and the least log10 likelihood ratio of one: ten times likelier one voice.
const MOST: usize = 100;
const LEAST: f64 = 1.0;
/// The newest decisions, the largest groups, and members of each that are told.
const DECIDED: usize = 200;
const GROUPS: usize = 200;
const MEMBERS: usize = 50;
/// So much of a voice is played, seconds.
const STRETCH: f64 = 8.0;

/// Suggestions, decisions and groups.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let value = own.remembered("voices", archive, || gather(&own, archive))?;
        Ok(Json(value.as_ref().clone()))
    });
    told.await
}

fn gather(app: &App, archive: &Archive) -> Answer<Value> {
    let voices = Voices::load(archive)?;
    let found = suggest::suggest(&voices.scene(), LEAST, MOST);
    // The list is held as short as can be: whoever corrects a call waits for it.
    let inner = &*app.calls.now(archive)?;
    let suggestions: Answer<Vec<Value>> = found.iter().map(|one| suggestion(archive, inner, one)).collect();
    let mut newest: Vec<_> = voices.decisions.iter().collect();
    newest.sort_by_key(|kept| std::cmp::Reverse(kept.at));
    let decided = newest.into_iter().take(DECIDED).map(|kept| {
        Ok(json!({
            "a": side(archive, inner, &kept.a)?, "b": side(archive, inner, &kept.b)?, "note": kept.note,
            "decision": decision(kept.standing), "by": super::view::author(&kept.by).0, "at": kept.at,
        }))
    });
    let decided: Answer<Vec<Value>> = decided.collect();
    let mut largest: Vec<_> = voices.groups.iter().collect();
    largest.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    let groups: Vec<Value> = largest.into_iter().take(GROUPS).map(|kept| group(inner, kept)).collect();
    Ok(json!({
        "suggestions": suggestions?, "decided": decided?, "groups": groups,
        "decided_total": voices.decisions.len(), "groups_total": voices.groups.len(),
    }))
}

fn group(inner: &Inner, group: &Kept<Group>) -> Value {
    let members = group.members.iter().take(MEMBERS).map(|member| named(inner, member));
    let voice = Target::Voice(group.id.clone());
    let people = inner.people.links.iter().filter(|l| l.target == voice && l.standing != Standing::Rejected);
    let people = people.filter_map(|link| {
        let person = inner.people.person(&link.person)?;
        Some(json!({"id": person.id, "name": person.name, "standing": link.standing, "link": link.id}))
    });
    json!({
        "id": group.id, "standing": group.standing, "members": members.collect::<Vec<_>>(),
        "members_total": group.members.len(), "people": people.collect::<Vec<_>>(),
    })
}

fn decision(standing: Standing) -> &'static str {
    match standing {
        Standing::Confirmed => "accepted",
        Standing::Rejected => "rejected",
        Standing::Disputed => "disputed",
        Standing::Suggested => "open",
    }
}

fn named(inner: &Inner, speaker: &SpeakerRef) -> Value {
    let entry = inner.entry(&speaker.call);
    let person = super::view::names(inner, &speaker.call).remove(&speaker.speaker);
    json!({
        "call": speaker.call, "label": speaker.speaker, "name": entry.map(Entry::name), "person": person,
        "started_at": entry.and_then(|e| e.meta.started_at),
    })
}

/// A speaker with a stretch of speech to be heard.
fn side(archive: &Archive, inner: &Inner, speaker: &SpeakerRef) -> Answer<Value> {
    let mut value = named(inner, speaker);
    let (start, end) = clear(&archive.outline(&speaker.call)?.turns, &speaker.speaker);
    value["start"] = json!(start);
    value["end"] = json!(end);
    Ok(value)
}

/// The longest turn of a speaker of which the least is overlaid by others.
fn clear(turns: &[Turn], label: &str) -> (f64, f64) {
    let overlaid = |turn: &Turn| -> f64 {
        let others = turns.iter().filter(|other| other.speaker != label);
        others.map(|other| other.span().overlap(&turn.span())).sum()
    };
    let worth = |turn: &&Turn| turn.span().length().min(STRETCH) - 2.0 * overlaid(turn);
    let own = turns.iter().filter(|turn| turn.speaker == label);
    let best = own.max_by(|a, b| worth(a).total_cmp(&worth(b)));
    best.map_or((0.0, 0.0), |turn| (turn.start, turn.end.min(turn.start + STRETCH)))
}

fn suggestion(archive: &Archive, inner: &Inner, found: &Suggestion) -> Answer<Value> {
    let words = |supports: bool| -> Vec<String> {
        found.facts.iter().filter(|fact| fact.supports() == supports).map(Fact::words).collect()
    };
    Ok(json!({
        "a": side(archive, inner, &found.closest.0)?, "b": side(archive, inner, &found.closest.1)?,
        "groups": [found.a.voice, found.b.voice], "score": found.log10_lr.log10(), "words": found.log10_lr.words(),
        "supports": words(true), "contradicts": words(false), "decision": null,
    }))
}

/// A person's word on two speakers.
#[derive(Deserialize)]
pub struct Word {
    a: SpeakerRef,
    b: SpeakerRef,
    decision: String,
    note: Option<String>,
}

/// Keeps a person's word.
pub async fn decide(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(word): Sent<Word>,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let standing = match word.decision.as_str() {
        "same" => Standing::Confirmed,
        "different" => Standing::Rejected,
        "reopen" => Standing::Suggested,
        // It stays among the suggestions.
        "later" => return Ok(Json(json!({ "kept": false }))),
        other => {
            return Err(Problem::unclear(format!("{other:?} decides nothing"), "same, different, later or reopen"));
        }
    };
    let by = Author::person(actor.as_str());
    let kept = app.write(actor, move |archive| {
        let voices = Voices::load(archive)?;
        for speaker in [&word.a, &word.b] {
            voices.find(archive, &speaker.to_string())?;
        }
        let note = word.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        archive.try_write(|tx| keep::decide(tx, &by, (&word.a, &word.b), standing, note))?;
        Ok(Json(json!({ "kept": true })))
    });
    let answer = kept.await?;
    app.events.archive("voices");
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(start: f64, end: f64, speaker: &str) -> Turn {
        Turn {
            start,
            end,
            channel: 0,
            speaker: speaker.into(),
            language: None,
            text: String::new(),
            confidence: 1.0,
            words: Vec::new(),
            doubt: None,
        }
    }

    #[test]
    fn what_is_played_is_not_talked_over() {
        let turns = [turn(0.0, 9.0, "A"), turn(2.0, 6.0, "B"), turn(10.0, 14.0, "A"), turn(20.0, 60.0, "C")];
        assert_eq!(clear(&turns, "A"), (10.0, 14.0));
        assert_eq!(clear(&turns, "C"), (20.0, 28.0));
        assert_eq!(clear(&turns, "X"), (0.0, 0.0));
    }
}
