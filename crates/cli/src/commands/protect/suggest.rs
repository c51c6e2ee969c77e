//! What may have to be protected, for a person to decide: what is said that looks like a name or a number, and what is
//! linked to a protected person.

use super::super::Outcome;
use crate::{
    context::Context,
    names,
    output::{Table, count},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    hints::{FoundBy, hints},
    names::{NameKind, Tagger},
    people::{People, Target},
    protection::{Guard, Kind, fold, looks_like_phone},
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
    /// What found it: `lexicon`, `network`, `pattern`, `link`.
    found_by: BTreeSet<&'static str>,
}

/// Where and by what something was found.
struct Place<'p> {
    call: Option<&'p CallId>,
    said: &'p str,
    found_by: Vec<&'static str>,
}

/// Everything that was found, by kind and by what its forms have in common.
#[derive(Default)]
struct Found(BTreeMap<(Kind, String), Suggestion>);

impl Found {
    fn add(&mut self, kind: Kind, key: &str, term: &str, why: &str, place: Place<'_>) {
        let new = || Suggestion {
            kind,
            term: term.to_string(),
            why: why.to_string(),
            times: 0,
            calls: BTreeSet::new(),
            said: BTreeSet::new(),
            found_by: BTreeSet::new(),
        };
        let found = self.0.entry((kind, key.to_string())).or_insert_with(new);
        found.found_by.extend(place.found_by);
        if let Some(call) = place.call {
            found.times += 1;
            found.calls.insert(call.clone());
            if place.said != found.term {
                found.said.insert(place.said.to_string());
            }
        }
    }
}

/// What the forms of a name have in common, so that each is suggested once: any form protects all others.
fn common(name: &str) -> String {
    const ENDINGS: [&str; 26] = [
        "ами", "ями", "ого", "ему", "ому", "ои", "еи", "ыи", "ии", "им", "ым", "ом", "ем", "ам", "ям", "ах", "ях",
        "ую", "а", "у", "е", "и", "ю", "я", "і", "ь",
    ];
    let folded = fold(name);
    let stem = |word: &str| {
        let cut = ENDINGS.iter().filter_map(|end| word.strip_suffix(end)).find(|rest| rest.chars().count() >= 3);
        cut.unwrap_or(word).to_string()
    };
    folded.split(|c: char| !c.is_alphanumeric()).map(stem).collect::<Vec<_>>().join(" ")
}

/// Lists suggestions; nothing is protected by it.
pub(super) fn suggest(all: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let guard = Guard::new(&super::rules(&archive)?)?;
    let mut found = Found::default();
    of_words(&archive, &guard, names::tagger(context)?.as_ref(), &mut found)?;
    of_people(&archive, &guard, &mut found)?;
    let mut found: Vec<Suggestion> = found.0.into_values().collect();
    found.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| (a.kind, &a.term).cmp(&(b.kind, &b.term))));
    if context.out.json {
        context.out.json(&found)?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["kind", "term", "times", "calls", "why", "found by", "said"]).right(2).right(3);
    let shown = if all { found.len() } else { SHOWN };
    for one in found.iter().take(shown) {
        let said = one.said.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
        let kind = format!("{:?}", one.kind).to_lowercase();
        let by = one.found_by.iter().copied().collect::<Vec<_>>().join(", ");
        let (times, calls) = (one.times.to_string(), one.calls.len().to_string());
        table.row([kind, one.term.clone(), times, calls, one.why.clone(), by, said]);
    }
    let total = count(found.len() as u64, "suggestion", "suggestions");
    let more = if found.len() > shown { format!(" ({shown} shown; --all shows all)") } else { String::new() };
    context.out.print(&format!(
        "{}{total}{more}\n",
        if found.is_empty() { String::new() } else { table.render(&context.out) }
    ))?;
    context.out.note(
        "Nothing is protected by this list. `earwitness protect add KIND TERM` decides; what neither the lexicon nor \
         the network knows (small villages, units in words, nicknames) only a reader finds.",
    );
    Ok(Outcome::Done)
}

/// Names by the lexicon of hints and by the network, numbers by their pattern, in transcripts and translations.
fn of_words(archive: &Archive, guard: &Guard, tagger: Option<&Tagger>, found: &mut Found) -> anyhow::Result<()> {
    for call in archive.calls()? {
        let translation = archive.current_translation(&call.id)?.map(|t| t.revision);
        let translated = translation.as_ref().and_then(|r| r.translation()).map(|t| t.turns.as_slice());
        let transcript = archive.current_transcript(&call.id)?;
        let spoken = transcript.as_ref().and_then(|r| r.transcript());
        for hint in spoken.map(|spoken| hints(spoken, tagger)).unwrap_or_default() {
            let open = hint.relation.is_none() && guard.find(&hint.words).is_empty();
            let known = hint.names.first().map(String::as_str);
            let term = known.unwrap_or(&hint.words);
            if open && guard.find(term).is_empty() {
                let found_by = hint.found_by.iter().copied().map(FoundBy::words).collect();
                let key = known.map_or_else(|| common(term), str::to_owned);
                let place = Place { call: Some(&call.id), said: &hint.words, found_by };
                found.add(Kind::Name, &key, term, "a name that is said", place);
            }
        }
        let turns = spoken.map(|spoken| spoken.turns.as_slice()).unwrap_or_default();
        for name in turns.iter().flat_map(|turn| tagger.map(|tagger| tagger.names(&turn.text)).unwrap_or_default()) {
            let (kind, why) = match name.kind {
                NameKind::Place => (Kind::Place, "a place that is said"),
                NameKind::Organisation => (Kind::Unit, "an organisation that is said"),
                NameKind::Person => continue,
            };
            if name.text.chars().filter(|c| c.is_alphabetic()).count() >= 2 && guard.find(&name.text).is_empty() {
                let place = Place { call: Some(&call.id), said: &name.text, found_by: vec![FoundBy::Network.words()] };
                found.add(kind, &common(&name.text), &name.text, why, place);
            }
        }
        let texts = turns.iter().map(|t| t.text.as_str());
        let texts = texts.chain(translated.unwrap_or_default().iter().map(|t| t.text.as_str()));
        for text in texts.chain(call.note.as_deref()) {
            for number in looks_like_phone(text).iter().filter(|n| guard.find(n).is_empty()) {
                let place = Place { call: Some(&call.id), said: number, found_by: vec!["pattern"] };
                found.add(Kind::Phone, number, number, "looks like a telephone number", place);
            }
        }
    }
    Ok(())
}

/// What is linked to protected persons: their numbers, aliases and notes are known, their voices leave as they are.
fn of_people(archive: &Archive, guard: &Guard, found: &mut Found) -> anyhow::Result<()> {
    let people = People::load(archive)?;
    let covered = super::voices::voices(archive)?;
    fn link<'a>(call: Option<&'a CallId>, said: &'a str) -> Place<'a> {
        Place { call, said, found_by: vec!["link"] }
    }
    for person in people.persons.iter().filter(|p| p.protect) {
        for known in people.links_of(&person.id) {
            if let Target::Phone(number) = &known.target
                && guard.find(number).is_empty()
            {
                found.add(Kind::Phone, number, number, &format!("linked to {}", person.id), link(None, number));
            }
        }
        let speaks = people.speakers_of(&person.id);
        let first = speaks.into_keys().find(|speaker| !covered.contains_key(speaker));
        if let Some(first) = &first {
            let place = link(Some(&first.call), &person.id);
            found.add(Kind::Voice, &person.id, &person.id, "a protected person's voice", place);
        }
    }
    // The name of somebody who is close to a protected person leads to that person.
    for person in people.persons.iter().filter(|p| !p.protect && guard.find(&p.name).is_empty()) {
        let role = person.role.as_deref().unwrap_or_default();
        let close = |p: &str| role.split(|c: char| !c.is_alphanumeric()).any(|word| word == p);
        if let Some(of) = people.persons.iter().find(|p| p.protect && close(&p.id)) {
            let why = format!("{role} ({} is protected)", of.name);
            found.add(Kind::Name, &person.name, &person.name, &why, link(None, &person.name));
        }
    }
    Ok(())
}
