//! What is different between two transcripts of a call, word by word.

use super::align::align;
use super::apply::{old_seq, single_words};
use super::pairing::{Origin, Seq, pair};
use earwitness_model::{DoubtReason, Span, Transcript, Turn};
use serde::Serialize;
use std::collections::BTreeSet;

/// All differences, in the order of the new transcript; deleted turns stand where they were.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// One for each turn that differs.
    pub changes: Vec<Change>,
    /// How much differs.
    pub counts: Counts,
}

/// How much differs between two transcripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Words that only the new transcript has; a changed word counts as added and removed.
    pub words_added: usize,
    /// Words that only the old transcript has.
    pub words_removed: usize,
    /// Turns that only the new transcript has.
    pub turns_added: usize,
    /// Turns that only the old transcript has.
    pub turns_removed: usize,
    /// Turns in both that differ.
    pub turns_changed: usize,
}

/// A turn that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Where it lies, in the new transcript if it is there.
    pub at: Span,
    /// Track, from 0.
    pub channel: u16,
    /// The label.
    pub speaker: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Its words, old and new.
    pub pieces: Vec<Piece>,
    /// What differs beside the words.
    pub marks: Vec<Mark>,
}

/// What happened to a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It differs.
    Changed,
}

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// In both transcripts, as the new one has it.
    Same(String),
    /// In the old transcript only.
    Removed(String),
    /// In the new transcript only.
    Added(String),
}

/// What differs beside the words.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Another speaker.
    Speaker {
        /// The old label.
        from: String,
    },
    /// Another track.
    Channel {
        /// The old track, from 0.
        from: u16,
    },
    /// Other times.
    Moved {
        /// Where it was.
        from: Span,
    },
    /// A part of an old turn; the rest is another turn now.
    Split,
    /// Made of several old turns.
    Joined,
    /// A doubt that is gone.
    DoubtSettled(DoubtReason),
    /// A doubt that is new.
    DoubtRaised(DoubtReason),
}

/// The differences between two transcripts of a call.
pub fn diff(old: &Transcript, new: &Transcript) -> Diff {
    let (old_left, new_left) = (others(&old.turns, &new.turns), others(&new.turns, &old.turns));
    let seqs = |turns: &[&Turn]| turns.iter().map(|t| old_seq(t)).collect::<Vec<Seq>>();
    let old_seqs = seqs(&old_left);
    let origins = pair(&old_seqs, &seqs(&new_left));
    let owners = owners(&old_seqs, &origins);
    let mut diff = Diff::default();
    for (n, turn) in new_left.iter().enumerate() {
        let from = &origins[n].turns;
        let kind = if from.is_empty() { ChangeKind::Added } else { ChangeKind::Changed };
        let mine = from.iter().flat_map(|&o| old_seqs[o].words.iter().zip(&owners[o]));
        let words: Vec<String> = mine.filter(|(_, owner)| **owner == Some(n)).map(|(w, _)| w.clone()).collect();
        let sources: Vec<&Turn> = from.iter().map(|&o| old_left[o]).collect();
        let split = from.iter().any(|&o| owners[o].iter().flatten().any(|&owner| owner != n));
        diff.add(turn, kind, pieces(&words, &texts(turn)), marks(&sources, turn, split));
    }
    let lived_on: BTreeSet<usize> = origins.iter().flat_map(|o| o.turns.iter().copied()).collect();
    for (_, turn) in old_left.iter().enumerate().filter(|(o, _)| !lived_on.contains(o)) {
        diff.add(turn, ChangeKind::Removed, pieces(&texts(turn), &[]), Vec::new());
    }
    diff.changes.sort_by(|a, b| a.at.start.total_cmp(&b.at.start));
    diff
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn add(&mut self, turn: &Turn, kind: ChangeKind, pieces: Vec<Piece>, marks: Vec<Mark>) {
        let words = |text: &str| text.split(' ').filter(|w| !w.is_empty()).count();
        for piece in &pieces {
            match piece {
                Piece::Same(_) => {}
                Piece::Removed(text) => self.counts.words_removed += words(text),
                Piece::Added(text) => self.counts.words_added += words(text),
            }
        }
        match kind {
            ChangeKind::Added => self.counts.turns_added += 1,
            ChangeKind::Removed => self.counts.turns_removed += 1,
            ChangeKind::Changed => self.counts.turns_changed += 1,
        }
        let (channel, speaker) = (turn.channel, turn.speaker.clone());
        self.changes.push(Change { at: turn.span(), channel, speaker, kind, pieces, marks });
    }
}

/// The turns that `there` does not have in just the same way.
fn others<'a>(here: &'a [Turn], there: &[Turn]) -> Vec<&'a Turn> {
    let name = |t: &Turn| {
        let doubt = t.doubt.as_ref().map(|d| (d.reason as u8, d.detail.clone()));
        (t.start.to_bits(), t.end.to_bits(), t.channel, t.speaker.clone(), t.text.clone(), doubt)
    };
    let there: BTreeSet<_> = there.iter().map(name).collect();
    here.iter().filter(|t| !there.contains(&name(t))).collect()
}

/// For every word of every old turn the new turn that it went to. A deleted word goes with the word before it (else
/// after it), so that it is told once.
fn owners(old: &[Seq], origins: &[Origin]) -> Vec<Vec<Option<usize>>> {
    let mut owners: Vec<Vec<Option<usize>>> = old.iter().map(|t| vec![None; t.words.len()]).collect();
    let mut first_heir = vec![None; old.len()];
    for (n, origin) in origins.iter().enumerate() {
        origin.words.iter().flatten().for_each(|&(o, w)| owners[o][w] = Some(n));
        origin.turns.iter().for_each(|&o| first_heir[o] = first_heir[o].or(Some(n)));
    }
    for (turn, heir) in owners.iter_mut().zip(first_heir) {
        let mut last = turn.iter().copied().flatten().next().or(heir);
        for owner in turn.iter_mut() {
            *owner = owner.or(last);
            last = *owner;
        }
    }
    owners
}

fn texts(turn: &Turn) -> Vec<String> {
    single_words(turn).into_iter().map(|w| w.text).collect()
}

/// Runs of words that are the same, removed, added. Words that are only heard the same differ here.
fn pieces(old: &[String], new: &[String]) -> Vec<Piece> {
    let mut runs: Vec<(u8, Vec<String>)> = Vec::new();
    let mut put = |kind: u8, word: &str| match runs.last_mut() {
        Some((last, words)) if *last == kind => words.push(word.to_string()),
        _ => runs.push((kind, vec![word.to_string()])),
    };
    let mut at = 0;
    for (word, found) in new.iter().zip(align(old, new)) {
        let Some(o) = found else {
            put(2, word);
            continue;
        };
        old[at..o].iter().for_each(|w| put(1, w));
        at = o + 1;
        if old[o] == *word {
            put(0, word);
        } else {
            put(1, &old[o]);
            put(2, word);
        }
    }
    old[at..].iter().for_each(|w| put(1, w));
    let piece = |(kind, words): (u8, Vec<String>)| match kind {
        0 => Piece::Same(words.join(" ")),
        1 => Piece::Removed(words.join(" ")),
        _ => Piece::Added(words.join(" ")),
    };
    runs.into_iter().map(piece).collect()
}

fn marks(from: &[&Turn], new: &Turn, split: bool) -> Vec<Mark> {
    let mut marks = Vec::new();
    let Some(first) = from.first() else { return marks };
    if from.iter().all(|t| t.speaker != new.speaker) {
        marks.push(Mark::Speaker { from: first.speaker.clone() });
    }
    if first.channel != new.channel {
        marks.push(Mark::Channel { from: first.channel });
    }
    if from.len() > 1 {
        marks.push(Mark::Joined);
    } else if split {
        marks.push(Mark::Split);
    } else if first.span() != new.span() {
        marks.push(Mark::Moved { from: first.span() });
    }
    let old_doubt = from.iter().find_map(|t| t.doubt.as_ref());
    match (old_doubt, &new.doubt) {
        (Some(old), None) => marks.push(Mark::DoubtSettled(old.reason)),
        (None, Some(new)) => marks.push(Mark::DoubtRaised(new.reason)),
        (Some(old), Some(new)) if old.reason != new.reason => {
            marks.extend([Mark::DoubtSettled(old.reason), Mark::DoubtRaised(new.reason)]);
        }
        _ => {}
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(start: f64, end: f64, speaker: &str, text: &str) -> Turn {
        Turn {
            start,
            end,
            channel: 0,
            speaker: speaker.into(),
            language: None,
            text: text.into(),
            confidence: 0.5,
            words: Vec::new(),
            doubt: None,
        }
    }

    #[test]
    fn a_split_a_changed_word_and_a_removed_turn() {
        let transcript = |turns| Transcript { language: None, turns };
        let old = transcript(vec![turn(0.0, 4.0, "A", "мы стояли под Орлвкой да понял"), turn(5.0, 6.0, "A", "угу")]);
        let new = transcript(vec![turn(0.0, 3.0, "A", "мы стояли под Орловкой"), turn(3.0, 4.0, "B", "понял")]);
        let diff = diff(&old, &new);
        let same = |t: &str| Piece::Same(t.into());
        assert_eq!(
            diff.changes[0].pieces,
            [
                same("мы стояли под"),
                Piece::Removed("Орлвкой".into()),
                Piece::Added("Орловкой".into()),
                Piece::Removed("да".into()),
            ]
        );
        assert_eq!(diff.changes[1].pieces, [same("понял")]);
        assert_eq!(diff.changes[1].marks, [Mark::Speaker { from: "A".into() }, Mark::Split]);
        assert_eq!(diff.changes[2].kind, ChangeKind::Removed);
        let counts = Counts { words_added: 1, words_removed: 3, turns_added: 0, turns_removed: 1, turns_changed: 2 };
        assert_eq!(diff.counts, counts);
        assert!(super::diff(&old, &old).is_empty());
    }
}
