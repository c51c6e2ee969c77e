//! Laying an edited text form on the transcript that it was written from.

mod build;
mod doubts;

use super::pairing::{Origin, Seq, pair};
use super::words::{body, doubt, label, ms, tokens};
use super::{EditedTranscript, EditedTurn, FormError, fit::Slot, fit::fit, fit::words_of};
use build::Builder;
use earwitness_model::{Span, Transcript, Turn, Word};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What became of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The new transcript.
    pub transcript: Transcript,
    /// Whether it differs from the old one. If not, there is nothing to keep as a revision.
    pub changed: bool,
    pub(super) lines: Vec<Line>,
}

/// The translation of one edited turn, as far as the text says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The new turns that came of it.
    pub spans: Vec<Span>,
    pub channel: u16,
    /// None where the line was left out.
    pub text: Option<Vec<String>>,
    /// Whether the person vouches for it.
    pub vouched: bool,
    /// The old turns that it was made from.
    pub from: Vec<usize>,
}

/// The transcript that `edited` makes of `base`, for a call of `duration` seconds.
///
/// Turns whose head and text were left alone stay exactly as they are. In the others words are aligned with the old
/// ones: a word that is heard the same keeps time and probability; a word in the place of a like one keeps its time
/// and has probability 1; all other words have probability 1 and share the gap between their neighbours by letters.
/// A doubt goes when the text of its turn was changed or its `??` line deleted; a turn without any text keeps it.
/// Words of the mark `/unintelligible/` have probability 0 and do not count in the turn's confidence.
///
/// # Errors
/// Turns whose times cannot be, or that were left without text, with their lines.
pub fn apply(base: &Transcript, edited: &EditedTranscript, duration: f64) -> Result<Applied, Vec<FormError>> {
    let sources = sources(base, &edited.turns);
    let builder = Builder::new(base, &edited.turns, &sources, duration);
    let (mut turns, mut lines, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..edited.turns.len() {
        match builder.turn(n) {
            Ok((made, line)) => {
                turns.extend(made);
                lines.push(line);
            }
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    turns.sort_by(|a, b| a.start.total_cmp(&b.start));
    let changed = turns != base.turns;
    Ok(Applied { transcript: Transcript { language: base.language.clone(), turns }, changed, lines })
}

/// Where an edited turn comes from.
pub(super) struct Source {
    /// The old turn, where head and text were left alone.
    same: Option<usize>,
    /// The track it lies on.
    lane: u16,
    origin: Origin,
}

/// Words of a turn of which each is one word of the text form.
pub(super) fn single_words(turn: &Turn) -> Vec<Word> {
    let mut single = Vec::new();
    for word in words_of(turn) {
        let slot = |text| Slot { text, probability: word.probability, time: None };
        single.extend(fit(tokens(&word.text).into_iter().map(slot).collect(), Span::new(word.start, word.end)));
    }
    single
}

fn sources(base: &Transcript, edited: &[EditedTurn]) -> Vec<Source> {
    let mut untouched: BTreeMap<_, VecDeque<usize>> = BTreeMap::new();
    for (o, turn) in base.turns.iter().enumerate() {
        let key = (ms(turn.start), Some(ms(turn.end)), Some(turn.channel), label(&turn.speaker), body(turn));
        untouched.entry(key).or_default().push_back(o);
    }
    let mut same = vec![None; edited.len()];
    for (n, turn) in edited.iter().enumerate() {
        let [piece] = turn.pieces.as_slice() else { continue };
        let key = (ms(turn.start), turn.end.map(ms), turn.channel, turn.speaker.clone(), piece.text.clone());
        same[n] = untouched.get_mut(&key).and_then(VecDeque::pop_front);
    }
    let taken: BTreeSet<usize> = same.iter().copied().flatten().collect();
    let old: Vec<usize> = (0..base.turns.len()).filter(|o| !taken.contains(o)).collect();
    let new: Vec<usize> = (0..edited.len()).filter(|&n| same[n].is_none()).collect();
    let lanes: Vec<u16> = edited.iter().map(|turn| lane(base, &old, turn)).collect();
    let old_seqs: Vec<Seq> = old.iter().map(|&o| old_seq(&base.turns[o])).collect();
    let new_seqs: Vec<Seq> = new
        .iter()
        .map(|&n| Seq {
            lane: lanes[n],
            start: ms(edited[n].start),
            end: edited[n].end.map(ms),
            words: edited[n].pieces.iter().flat_map(|p| tokens(&p.text)).collect(),
        })
        .collect();
    let mut origins: Vec<Origin> =
        same.iter().map(|s| Origin { turns: s.iter().copied().collect(), words: Vec::new() }).collect();
    for (&n, mut origin) in new.iter().zip(pair(&old_seqs, &new_seqs)) {
        origin.turns.iter_mut().for_each(|o| *o = old[*o]);
        origin.words.iter_mut().flatten().for_each(|(o, _)| *o = old[*o]);
        origins[n] = origin;
    }
    let parts = same.into_iter().zip(lanes).zip(origins);
    parts.map(|((same, lane), origin)| Source { same, lane, origin }).collect()
}

pub(super) fn old_seq(turn: &Turn) -> Seq {
    let words = single_words(turn).into_iter().map(|w| w.text).collect();
    Seq { lane: turn.channel, start: ms(turn.start), end: Some(ms(turn.end)), words }
}

/// The track on which to look for the old words: what the head says, unless a turn with the same times lies on
/// another only (then the person moved it); without a word about it, the track on which that speaker is heard.
fn lane(base: &Transcript, open: &[usize], edited: &EditedTurn) -> u16 {
    let same_times = |t: &&Turn| ms(t.start) == ms(edited.start) && Some(ms(t.end)) == edited.end.map(ms);
    let here: Vec<u16> = open.iter().map(|&o| &base.turns[o]).filter(same_times).map(|t| t.channel).collect();
    let by_speaker = || base.turns.iter().find(|t| label(&t.speaker) == edited.speaker).map_or(0, |t| t.channel);
    match edited.channel {
        Some(channel) if here.is_empty() || here.contains(&channel) => channel,
        _ => here.first().copied().unwrap_or_else(by_speaker),
    }
}

/// Old turns whose `??` line still stands somewhere under words of theirs.
pub(super) fn doubts_left(base: &Transcript, edited: &[EditedTurn], sources: &[Source]) -> BTreeSet<usize> {
    let mut left = BTreeSet::new();
    for (turn, source) in edited.iter().zip(sources) {
        let Some(text) = &turn.doubt else { continue };
        let stands = |o: &&usize| base.turns[**o].doubt.as_ref().is_some_and(|d| text.contains(&doubt(d)));
        left.extend(source.origin.turns.iter().filter(stands));
    }
    left
}

#[cfg(test)]
mod tests;
