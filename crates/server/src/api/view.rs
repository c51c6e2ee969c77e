//! Calls and revisions as pages see them.

use super::{codebook, notes};
use crate::{
    app::App,
    calls::{Entry, Inner},
    error::Answer,
};
use earwitness_archive::{Archive, RevisionHead};
use earwitness_desk::{
    fidelity::Review,
    kept::Kept,
    passage::Passages,
    people::Named,
    speakers::{self, SpeakersError},
};
use earwitness_model::{Author, Call, CallId, Place, Revision, Transcript, Turn, Word};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A row of the list.
pub fn row(inner: &Inner, entry: &Entry) -> Value {
    let meta = &entry.meta;
    let people: BTreeSet<String> = inner.people.names_of(&meta.call).into_values().map(|named| named.name).collect();
    let known = entry.known.as_ref();
    let phone = |phone: &Option<earwitness_model::Phone>| phone.as_ref().map(|p| p.label().to_owned());
    json!({
        "id": meta.call, "name": entry.name(), "started_at": meta.started_at, "duration": entry.duration,
        "from": phone(&meta.from), "to": phone(&meta.to), "people": people, "language": entry.language(),
        "themes": inner.themes(&meta.call).into_iter().flatten().collect::<Vec<_>>(), "place": place(&meta.place), "state": inner.state(entry), "turns": known.map_or(0, |k| k.turns),
        "doubts": entry.doubts(), "has_translation": known.is_some_and(|k| k.translation.is_some()),
        "stale_translation": known.and_then(|k| k.translation).unwrap_or(false),
    })
}

/// The base station, or else the coordinates.
fn place(place: &Place) -> Option<String> {
    let point = || Some(format!("{:.5}, {:.5}", place.latitude?, place.longitude?));
    place.sector.clone().or_else(point)
}

/// An author, and whether that is a machine or a person.
pub fn author(author: &Author) -> (String, &'static str) {
    match author {
        Author::Person { name } => (name.clone(), "person"),
        Author::Model { name, weights, .. } => (format!("{name}@{}", weights.short()), "machine"),
    }
}

/// A revision without what it says.
pub fn head(head: &RevisionHead) -> Value {
    let (author, by) = author(&head.author);
    json!({
        "id": head.id, "number": head.number, "author": author, "by": by, "at": head.created_at, "based_on": head.based_on,
    })
}

/// The same of a whole revision.
pub fn head_of(revision: &Revision) -> Value {
    let Revision { id, number, author, created_at, based_on, body, .. } = revision;
    head(&RevisionHead {
        id: id.clone(),
        kind: body.kind().into(),
        number: *number,
        author: author.clone(),
        created_at: *created_at,
        based_on: based_on.clone(),
    })
}

/// All there is to say of a call.
///
/// # Errors
/// A call that is not there; what the archive gives.
pub fn whole(app: &App, archive: &Archive, id: &CallId) -> Answer<Value> {
    let call = archive.call(id)?;
    let inner = app.calls.now(archive)?;
    let mut view = inner.entry(id).map(|entry| row(&inner, entry)).unwrap_or_default();
    let mut passages = Passages::of(archive);
    let (codings, warnings) = codebook::of_call(&inner, &mut passages, id)?;
    let notes = notes::of_call(&inner, &mut passages, id)?;
    let people = std::sync::Arc::clone(&inner.people);
    drop(inner);
    view["codings"] = codings.into();
    view["warnings"] = warnings.into();
    view["notes"] = notes.into();
    let speakers = match speakers::list(archive, &call, &people) {
        Ok(found) => found.speakers,
        Err(SpeakersError::NoTranscript(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let of = |named: Option<&Named>| json!({"name": named.map(|n| &n.name), "person": named.map(|n| &n.person)});
    let listed = speakers.iter().map(|speaker| {
        let mut value = of(speaker.person.as_ref());
        value["label"] = speaker.speaker.clone().into();
        value["standing"] = json!(speaker.person.as_ref().map(|n| n.standing));
        value["side"] = json!(speaker.side);
        value["seconds"] = speaker.seconds.into();
        value["turns"] = speaker.turns.into();
        value["voice"] = json!(speaker.voice.as_ref().map(|v| &v.id));
        value
    });
    view["speakers"] = listed.collect();
    view["sides"] = json!(speakers::sides(archive, id)?);
    view["note"] = json!(call.note);
    view["direction"] = json!(call.direction);
    view["recording"] = recording(archive, &call)?;
    stands(archive, &call, &mut view)?;
    Ok(view)
}

fn recording(archive: &Archive, call: &Call) -> Answer<Value> {
    let known = archive.recording(&call.recording)?;
    let format = known.as_ref().and_then(|r| r.format.as_ref());
    let files: Vec<&String> = call.files.iter().map(|file| &file.name).collect();
    Ok(json!({
        "sha256": call.recording, "channels": call.channels, "sample_rate": format.map(|f| f.sample_rate),
        "codec": format.map(|f| &f.codec), "files": files,
        "damage": known.as_ref().and_then(|r| r.damage.as_ref()).map(|d| &d.reason),
    }))
}

/// The transcript and the translation that stand, turn by turn, and who has read them.
fn stands(archive: &Archive, call: &Call, view: &mut Value) -> Answer<()> {
    let transcript = archive.current_transcript(&call.id)?;
    let translation = archive.current_translation(&call.id)?;
    view["revision"] = transcript.as_ref().map(head_of).unwrap_or_default();
    view["translation"] = translation.as_ref().map_or(Value::Null, |current| {
        let mut value = head_of(&current.revision);
        value["stale"] = current.stale.into();
        value["language"] = json!(current.revision.translation().map(|t| &t.language));
        value
    });
    let of = |review: &Review| {
        let is = |revision: Option<&Revision>| revision.is_some_and(|r| r.id == review.revision);
        let translated = is(translation.as_ref().map(|t| &t.revision));
        is(transcript.as_ref()).then_some("transcript").or(translated.then_some("translation"))
    };
    let reviews = Kept::<Review>::all(archive)?;
    let reviewed = reviews.iter().filter_map(|kept| {
        Some(json!({"what": of(kept)?, "by": kept.is.by, "at": kept.at, "revision": kept.is.revision}))
    });
    view["reviewed"] = reviewed.collect();
    view["turns"] = match &transcript {
        Some(revision) => turns(archive, revision, translation.as_ref().map(|t| &t.revision))?.into(),
        None => Value::Array(Vec::new()),
    };
    Ok(())
}

/// A turn by what it says and where.
type Key<'t> = (u64, u64, u16, &'t str);

fn key(turn: &Turn) -> Key<'_> {
    (turn.start.to_bits(), turn.end.to_bits(), turn.channel, &turn.text)
}

fn keys(transcript: Option<&Transcript>) -> HashSet<Key<'_>> {
    transcript.map(|t| t.turns.iter().map(key).collect()).unwrap_or_default()
}

/// The turns of a transcript with a translation beside them.
///
/// # Errors
/// What the archive gives.
pub fn turns(archive: &Archive, revision: &Revision, translation: Option<&Revision>) -> Answer<Vec<Value>> {
    let Some(transcript) = revision.transcript() else { return Ok(Vec::new()) };
    let by_machine = if revision.author.is_person() { archive.newest_by_machine(&revision.call)? } else { None };
    let of_machine = keys(by_machine.as_ref().and_then(Revision::transcript));
    let lines = translation.and_then(Revision::translation);
    let made_from = match lines {
        Some(lines) if lines.of != revision.id => Some(archive.revision(&lines.of)?),
        _ => None,
    };
    let fresh = made_from.as_ref().map(|old| keys(old.transcript()));
    let placed = lines.map_or_else(|| vec![None; transcript.turns.len()], |lines| lines.of_turns(&transcript.turns));
    let shown = transcript.turns.iter().zip(placed).enumerate().map(|(index, (turn, line))| {
        let person = revision.author.is_person() && !of_machine.contains(&key(turn));
        let draft = line.as_ref().zip(translation).map(|(line, by)| by.is_draft(line.taken.as_ref()));
        let stale = line.is_some() && fresh.as_ref().is_some_and(|fresh| !fresh.contains(&key(turn)));
        let mut value = turn_json(index, turn, transcript.language.as_ref());
        value["by"] = if person { "person" } else { "machine" }.into();
        value["translation"] = json!(line.map(|line| line.text));
        value["translation_by"] = json!(draft.map(|draft| if draft { "machine" } else { "person" }));
        value["translation_stale"] = stale.into();
        value
    });
    Ok(shown.collect())
}

fn turn_json(index: usize, turn: &Turn, language: Option<&String>) -> Value {
    let doubt = turn.doubt.as_ref().map(|doubt| {
        json!({"reason": doubt.reason, "words": doubt.reason.words(), "detail": doubt.detail, "heard": doubt.heard})
    });
    let word = |word: &Word| {
        let probability = (f64::from(word.probability) * 1000.0).round() / 1000.0;
        json!({"w": word.text, "start": word.start, "end": word.end, "p": probability})
    };
    json!({
        "index": index, "start": turn.start, "end": turn.end, "channel": turn.channel, "speaker": turn.speaker,
        "language": turn.language.as_ref().or(language), "text": turn.text, "doubt": doubt,
        "words": turn.words.iter().map(word).collect::<Vec<_>>(),
    })
}

/// The lines of a translation alone.
pub fn lines(revision: &Revision) -> Vec<Value> {
    let turns = revision.translation().map(|t| t.turns.as_slice()).unwrap_or_default();
    let line = |(index, line): (usize, &earwitness_model::transcript::TranslatedTurn)| {
        let by = if revision.is_draft(line.taken.as_ref()) { "machine" } else { "person" };
        json!({
            "index": index, "start": line.start, "end": line.end, "channel": line.channel, "speaker": "", "text": line.text,
            "by": by, "words": [], "doubt": null,
        })
    };
    turns.iter().enumerate().map(line).collect()
}

/// The name and the start of calls, for lists elsewhere.
pub fn briefly(inner: &Inner, id: &CallId) -> Value {
    let entry = inner.entry(id);
    json!({
        "id": id, "name": entry.map(Entry::name), "started_at": entry.and_then(|e| e.meta.started_at),
        "duration": entry.map(|e| e.duration),
    })
}

/// The name of every speaker's person in a call.
pub fn names(inner: &Inner, id: &CallId) -> BTreeMap<String, String> {
    inner.people.names_of(id).into_iter().map(|(label, named)| (label, named.name)).collect()
}
