//! A quote as readers see and hear it: protected, with its captions.

use super::{clips::MARGIN, proof::Proof};
use earwitness_desk::{
    protection::Guard,
    quote::{Piece, Published},
};
use earwitness_publish::{
    site::{Caption, Part, Shown, ShownLine},
    story::{QuoteRef, Story},
};
use std::collections::BTreeMap;

/// All of a quote but its sound and how its claim stands.
pub(super) fn of(story: &Story, wanted: &QuoteRef, proof: &Proof, guard: &Guard) -> Shown {
    let published = proof.report.published.as_ref();
    let lines = published.into_iter().flat_map(|p| &p.lines).map(|line| ShownLine {
        who: who(story, wanted, proof, &line.speaker),
        parts: line.pieces.iter().map(|p| Part { kind: kind(p), text: guard.apply(p.shown()).text }).collect(),
    });
    let day = proof.call.started_at.map(|t| t.local().date().to_string()).unwrap_or_default();
    let language = proof.transcript.transcript().and_then(|t| t.language.clone());
    Shown {
        lines: lines.collect(),
        captions: captions(story, wanted, proof, guard),
        spoken_language: language.unwrap_or_default(),
        day,
        standing: String::new(),
        clip: None,
    }
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
    let texts = in_full(published);
    let spoken = |index: usize| {
        let turn = report.spoken.iter().flat_map(|s| s.turns()).find(|t| t.index == index);
        turn.map(|t| guard.apply(&t.text).text).unwrap_or_default()
    };
    let begin = (source.span().start - MARGIN).max(0.0);
    let of = |turn: &earwitness_desk::quote::SourceTurn| Caption {
        start: turn.span.start - begin,
        end: turn.span.end - begin,
        who: who(story, wanted, proof, &turn.speaker),
        text: guard.apply(texts.get(&turn.index).map_or("", |t| t.trim())).text,
        spoken: spoken(turn.index),
    };
    source.turns().iter().map(of).collect()
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
