//! What may have to be protected, for a person to decide: what is said that looks like a name or a number, and what is
//! linked to a protected person.

use super::super::Outcome;
use crate::{
    context::Context,
    output::{Table, count},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    hints::hints,
    people::{People, Target},
    protection::{Guard, Kind, looks_like_phone},
};
use earwitness_model::CallId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many are shown without `--all`.
const SHOWN: usize = 60;

/// Something that no rule covers yet.
#[derive(Debug, Serialize)]
struct Suggestion {
    kind: Kind,
    /// What `earwitness protect add` would be given.
    term: String,
    /// Why.
    why: String,
    /// In how many places.
    times: usize,
    /// In which calls.
    calls: BTreeSet<CallId>,
    /// As it is said, where that differs.
    said: BTreeSet<String>,
}

/// Everything that was found, by kind and term.
#[derive(Default)]
struct Found(BTreeMap<(Kind, String), Suggestion>);

impl Found {
    fn add(&mut self, kind: Kind, term: &str, why: &str, place: Option<(&CallId, &str)>) {
        let new = || Suggestion {
            kind,
            term: term.to_string(),
            why: why.to_string(),
            times: 0,
            calls: BTreeSet::new(),
            said: BTreeSet::new(),
        };
        let found = self.0.entry((kind, term.to_string())).or_insert_with(new);
        if let Some((call, said)) = place {
            found.times += 1;
            found.calls.insert(call.clone());
            if said != term {
                found.said.insert(said.to_string());
            }
        }
    }
}

/// Lists suggestions; nothing is protected by it.
pub(super) fn suggest(all: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let guard = Guard::new(&super::rules(&archive)?)?;
    let mut found = Found::default();
    of_words(&archive, &guard, &mut found)?;
    of_people(&archive, &guard, &mut found)?;
    let mut found: Vec<Suggestion> = found.0.into_values().collect();
    found.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| (a.kind, &a.term).cmp(&(b.kind, &b.term))));
    if context.out.json {
        context.out.json(&found)?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["kind", "term", "times", "calls", "why", "said"]).right(2).right(3);
    let shown = if all { found.len() } else { SHOWN };
    for one in found.iter().take(shown) {
        let said = one.said.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
        let kind = format!("{:?}", one.kind).to_lowercase();
        table.row([kind, one.term.clone(), one.times.to_string(), one.calls.len().to_string(), one.why.clone(), said]);
    }
    let total = count(found.len() as u64, "suggestion", "suggestions");
    let more = if found.len() > shown { format!(" ({shown} shown; --all shows all)") } else { String::new() };
    context.out.print(&format!(
        "{}{total}{more}\n",
        if found.is_empty() { String::new() } else { table.render(&context.out) }
    ))?;
    context.out.note(
        "Nothing is protected by this list. `earwitness protect add KIND TERM` decides; what nobody knows by a list \
         (villages, units, nicknames) only a reader finds.",
    );
    Ok(Outcome::Done)
}

/// Names by the lexicon of hints and numbers by their pattern, in transcripts and translations.
fn of_words(archive: &Archive, guard: &Guard, found: &mut Found) -> anyhow::Result<()> {
    for call in archive.calls()? {
        let translation = archive.current_translation(&call.id)?.map(|t| t.revision);
        let translated = translation.as_ref().and_then(|r| r.translation()).map(|t| t.turns.as_slice());
        let transcript = archive.current_transcript(&call.id)?;
        let spoken = transcript.as_ref().and_then(|r| r.transcript());
        for hint in spoken.map(hints).unwrap_or_default() {
            let open = hint.relation.is_none() && guard.find(&hint.words).is_empty();
            let term = hint.names.first().map_or(hint.words.as_str(), String::as_str);
            if open && guard.find(term).is_empty() {
                found.add(Kind::Name, term, "a name that is said", Some((&call.id, &hint.words)));
            }
        }
        let texts = spoken.into_iter().flat_map(|t| &t.turns).map(|t| t.text.as_str());
        let texts = texts.chain(translated.unwrap_or_default().iter().map(|t| t.text.as_str()));
        for text in texts.chain(call.note.as_deref()) {
            for number in looks_like_phone(text).iter().filter(|n| guard.find(n).is_empty()) {
                found.add(Kind::Phone, number, "looks like a telephone number", Some((&call.id, number)));
            }
        }
    }
    Ok(())
}

/// What is linked to protected persons: their numbers, aliases and notes are known, their voices leave as they are.
fn of_people(archive: &Archive, guard: &Guard, found: &mut Found) -> anyhow::Result<()> {
    let people = People::load(archive)?;
    let covered = super::voices::voices(archive)?;
    for person in people.persons.iter().filter(|p| p.protect) {
        for link in people.links_of(&person.id) {
            if let Target::Phone(number) = &link.target
                && guard.find(number).is_empty()
            {
                found.add(Kind::Phone, number, &format!("linked to {}", person.id), None);
            }
        }
        let speaks = people.speakers_of(&person.id);
        if let Some((first, _)) = speaks.iter().find(|(speaker, _)| !covered.contains_key(speaker)) {
            found.add(Kind::Voice, &person.id, "a protected person's voice", Some((&first.call, &person.id)));
        }
    }
    // The name of somebody who is close to a protected person leads to that person.
    for person in people.persons.iter().filter(|p| !p.protect && guard.find(&p.name).is_empty()) {
        let role = person.role.as_deref().unwrap_or_default();
        let close = |p: &str| role.split(|c: char| !c.is_alphanumeric()).any(|word| word == p);
        if let Some(of) = people.persons.iter().find(|p| p.protect && close(&p.id)) {
            found.add(Kind::Name, &person.name, &format!("{role} ({} is protected)", of.name), None);
        }
    }
    Ok(())
}
