//! A quote as readers see and hear it: protected, with its captions.

use super::{clips::MARGIN, proof::Proof};
use earwitness_desk::{
    protection::{Guard, Uttered},
    quote::{Piece, Published, SourceTurn},
};
use earwitness_model::{Revision, Turn};
use earwitness_publish::{
    site::{Caption, Part, Shown, ShownLine},
    story::{QuoteRef, Story},
};
use std::collections::BTreeMap;

/// All of a quote but its sound and how its claim stands.
pub(super) fn of(story: &Story, wanted: &QuoteRef, proof: &Proof, guard: &Guard) -> Shown {
    let published = proof.report.published.as_ref().map(|p| p.lines.as_slice()).unwrap_or_default();
    let pieces = published.iter().flat_map(|line| line.pieces.iter().map(|piece| (line.speaker.as_str(), piece)));
    let own: Vec<Uttered<'_>> = pieces.map(|(by, piece)| Uttered { by, text: source(piece) }).collect();
    let mut covered = covered(proof, guard, Words::Quoted, &own).into_iter();
    let mut part = |piece: &Piece| {
        let kept = covered.next().filter(|_| matches!(piece, Piece::Kept { .. }));
        Part { kind: kind(piece), text: kept.unwrap_or_else(|| guard.apply(piece.shown()).text) }
    };
    let lines = published.iter().map(|line| ShownLine {
        who: who(story, wanted, proof, &line.speaker),
        parts: line.pieces.iter().map(&mut part).collect(),
    });
    let lines = lines.collect();
    let day = proof.call.started_at.map(|t| t.local().date().to_string()).unwrap_or_default();
    let language = proof.transcript.transcript().and_then(|t| t.language.clone());
    Shown {
        lines,
        captions: captions(story, wanted, proof, guard),
        spoken_language: language.unwrap_or_default(),
        day,
        standing: String::new(),
        clip: None,
    }
}

/// Which words of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    /// Those that are quoted: the translation's, or the very words.
    Quoted,
    /// Those that are spoken.
    Spoken,
}

/// What the source has in the place of a piece.
fn source(piece: &Piece) -> &str {
    match piece {
        Piece::Kept { text } => text,
        Piece::Cut { source, .. } | Piece::Masked { source, .. } => source,
        Piece::Inserted { .. } | Piece::Joint { .. } => "",
    }
}

/// Texts of a quote with nothing protected in them, by all that is said in the call: what is dictated in the quote may
/// have begun before it.
fn covered(proof: &Proof, guard: &Guard, words: Words, own: &[Uttered<'_>]) -> Vec<String> {
    let turns = proof.transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let translation = proof.translation.as_ref().filter(|_| words == Words::Quoted).and_then(Revision::translation);
    let translated = translation.map(|t| t.of_turns(turns));
    let text = |(n, turn): (usize, &Turn)| match &translated {
        Some(all) => all.get(n).cloned().flatten().map(|found| found.text).unwrap_or_default(),
        None => turn.text.clone(),
    };
    let texts: Vec<String> = turns.iter().enumerate().map(text).collect();
    let said: Vec<Uttered<'_>> =
        turns.iter().zip(&texts).map(|(turn, text)| Uttered { by: &turn.speaker, text }).collect();
    let before = said.get(..proof.quote.first).unwrap_or_default();
    let after = said.get(proof.quote.last + 1..).unwrap_or_default();
    let covered = guard.apply_turns(&[before, own, after].concat());
    covered.into_iter().skip(before.len()).take(own.len()).map(|covered| covered.text).collect()
}

/// The name under which a speaker is published; nothing where there is none.
pub(super) fn who(story: &Story, wanted: &QuoteRef, proof: &Proof, label: &str) -> String {
    let by = wanted.by.as_ref().and_then(|key| story.head.people.get(key)).map(|p| p.name.clone());
    let told = || story.head.speaker(&proof.short, label).map(|(_, p)| p.name.clone());
    by.or_else(told).or_else(|| proof.alias.clone()).unwrap_or_default()
}

/// Everything that is said in the clip. What was cut is in it, because it is heard; what was masked stays masked.
fn captions(story: &Story, wanted: &QuoteRef, proof: &Proof, guard: &Guard) -> Vec<Caption> {
    let report = &proof.report;
    let (Some(source), Some(published)) = (&report.source, &report.published) else { return Vec::new() };
    let (texts, turns) = (in_full(published), source.turns());
    let spoken = |index: usize| {
        let turn = report.spoken.iter().flat_map(|s| s.turns()).find(|t| t.index == index);
        turn.map_or("", |turn| turn.text.as_str())
    };
    let quoted = turns.iter().map(|t| Uttered { by: &t.speaker, text: texts.get(&t.index).map_or("", |t| t.trim()) });
    let quoted = covered(proof, guard, Words::Quoted, &quoted.collect::<Vec<_>>());
    let spoken = turns.iter().map(|t| Uttered { by: &t.speaker, text: spoken(t.index) });
    let spoken = covered(proof, guard, Words::Spoken, &spoken.collect::<Vec<_>>());
    let begin = (source.span().start - MARGIN).max(0.0);
    let of = |((turn, text), spoken): ((&SourceTurn, String), String)| Caption {
        start: turn.span.start - begin,
        end: turn.span.end - begin,
        who: who(story, wanted, proof, &turn.speaker),
        text,
        spoken,
    };
    turns.iter().zip(quoted).zip(spoken).map(of).collect()
}

/// The words of each turn, those that were cut too, by its number.
fn in_full(published: &Published) -> BTreeMap<usize, String> {
    let mut texts: BTreeMap<usize, String> = BTreeMap::new();
    for line in &published.lines {
        let mut turn = line.first;
        for piece in &line.pieces {
            let text = texts.entry(turn).or_default();
            match piece {
                Piece::Kept { text: words } | Piece::Cut { source: words, .. } => text.push_str(words),
                Piece::Masked { shown, .. } => text.push_str(shown),
                Piece::Inserted { .. } => {}
                Piece::Joint { .. } => turn += 1,
            }
        }
    }
    texts
}

fn kind(piece: &Piece) -> &'static str {
    match piece {
        Piece::Kept { .. } => "kept",
        Piece::Cut { .. } => "cut",
        Piece::Inserted { .. } => "inserted",
        Piece::Masked { .. } => "masked",
        Piece::Joint { .. } => "joint",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use earwitness_desk::quote::Line;

    #[test]
    fn captions_hold_what_was_cut_and_mask_what_was_masked() {
        let cut = Piece::Cut { source: "There you go. ".into(), shown: "… ".into() };
        let masked = Piece::Masked { source: "damn".into(), shown: "d—".into() };
        let kept = |text: &str| Piece::Kept { text: text.into() };
        let pieces = vec![cut, kept("Three "), Piece::Inserted { shown: "[or four] ".into() }, kept("days, "), masked];
        let joined = [pieces, vec![Piece::Joint { shown: " ".into() }, kept("And then.")]].concat();
        let published = Published { lines: vec![Line { speaker: "A".into(), first: 4, last: 5, pieces: joined }] };
        let texts = in_full(&published);
        assert_eq!(texts[&4], "There you go. Three days, d—");
        assert_eq!(texts[&5], "And then.");
    }
}
