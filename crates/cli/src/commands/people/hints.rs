//! What names are said, by whom, of whom.

use crate::{
    commands::Outcome,
    context::Context,
    errors::Problem,
    names,
    output::{Output, Style, Table, clean, cut},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    hints::{Hint, HintKind, hints},
    people::People,
};
use earwitness_model::{Call, CallId, SpeakerRef, time::clock};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A call's hints.
type OfCall = (CallId, Vec<Hint>);

pub(super) fn run(calls: &[String], turns: bool, name: Option<&str>, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let tagger = names::tagger(context)?;
    let mut found = Vec::new();
    for call in chosen(&archive, calls)? {
        let kept = archive.current_transcript(&call.id)?;
        let spoken = kept.as_ref().and_then(|r| r.transcript());
        let mut all = spoken.map(|spoken| hints(spoken, tagger.as_ref())).unwrap_or_default();
        all.retain(|hint| name.is_none_or(|name| may_be(hint, name)));
        found.push((call.id, all));
    }
    let any = found.iter().any(|(_, all)| !all.is_empty());
    let out = &context.out;
    if out.json {
        let of_call = |(call, all): &OfCall| all.iter().map(|h| json_of(call, h)).collect::<Vec<Value>>();
        out.json(&found.iter().flat_map(of_call).collect::<Vec<_>>())?;
    } else if turns {
        out.print(&each(&found, out))?;
    } else {
        out.print(&by_speaker(&found, &People::load(&archive)?, out))?;
        out.note(
            "Hints only: a name that is said proves little. --turns shows where; `earwitness people link` decides.",
        );
    }
    if !any && !out.json {
        return Err(Problem::new("no names and no forms of address were found", "try without a name or a call").into());
    }
    Ok(Outcome::of(any))
}

fn chosen(archive: &Archive, wanted: &[String]) -> anyhow::Result<Vec<Call>> {
    if wanted.is_empty() {
        return Ok(archive.calls()?);
    }
    Ok(wanted.iter().map(|call| archive.find_call(call)).collect::<Result<_, _>>()?)
}

/// Whether a hint may speak of somebody of this name.
fn may_be(hint: &Hint, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    hint.words.to_lowercase() == name || hint.names.iter().any(|n| n.to_lowercase() == name)
}

fn json_of(call: &CallId, hint: &Hint) -> Value {
    let mut value = serde_json::to_value(hint).unwrap_or_default();
    value["call"] = json!(call);
    value
}

fn each(found: &[OfCall], out: &Output) -> String {
    let mut table = Table::new(&["turn", "at", "speaker", "", "words", "may stand for", "found by"]);
    for (call, all) in found {
        for hint in all {
            let means = hint.relation.map_or_else(|| hint.names.join(", "), str::to_owned);
            table.styled([
                (Style::Cyan, format!("{call}#{}", hint.turn)),
                (Style::Plain, clock(hint.start)),
                (Style::Plain, hint.speaker.clone()),
                (Style::Dim, hint.kind.words().into()),
                (Style::Bold, hint.words.clone()),
                (Style::Plain, means),
                (Style::Dim, hint.found_by.iter().map(|by| by.words()).collect::<Vec<_>>().join(", ")),
            ]);
        }
    }
    table.render(out)
}

/// One line a speaker: what he calls himself, and what others call him.
fn by_speaker(found: &[OfCall], people: &People, out: &Output) -> String {
    let mut table = Table::new(&["speaker", "linked to", "names himself", "is called"]);
    for (call, all) in found {
        let mut speakers: BTreeMap<&str, [Vec<&Hint>; 2]> = BTreeMap::new();
        for hint in all.iter().filter(|hint| hint.kind != HintKind::SpeaksAbout) {
            // Where it is not known who speaks, it is not known who is addressed.
            let nobody = hint.about.is_empty().then_some("?");
            for label in hint.about.iter().map(String::as_str).chain(nobody) {
                let [himself, called] = speakers.entry(label).or_default();
                if hint.kind == HintKind::NamesSelf { himself.push(hint) } else { called.push(hint) }
            }
        }
        let names = people.names_of(call);
        for (label, [himself, called]) in speakers {
            table.styled([
                (Style::Cyan, SpeakerRef::new(call.clone(), label).to_string()),
                (Style::Plain, names.get(label).map_or(String::new(), |named| cut(&named.marked(), 24))),
                (Style::Bold, gathered(&himself)),
                (Style::Plain, gathered(&called)),
            ]);
        }
    }
    table.render(out)
}

/// `Тёма #3, сынок x4`: words with the turn, or how often they come.
fn gathered(hints: &[&Hint]) -> String {
    let mut words: Vec<(String, Vec<u32>)> = Vec::new();
    for hint in hints {
        let said = hint.words.to_lowercase();
        match words.iter_mut().find(|(before, _)| before.to_lowercase() == said) {
            Some((_, turns)) => turns.push(hint.turn),
            None => words.push((hint.words.clone(), vec![hint.turn])),
        }
    }
    words.sort_by_key(|(_, turns)| std::cmp::Reverse(turns.len()));
    let shown = words.iter().map(|(word, turns)| match turns.as_slice() {
        [only] => format!("{} #{only}", clean(word)),
        many => format!("{} x{}", clean(word), many.len()),
    });
    cut(&shown.collect::<Vec<_>>().join(", "), 70)
}
