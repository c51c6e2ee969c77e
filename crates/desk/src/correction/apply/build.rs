//! Making the new turns.

use super::{Line, Source, doubts, doubts_left, single_words};
use crate::correction::fit::{Slot, fit};
use crate::correction::words::{UNINTELLIGIBLE, doubt, is_mark, key, label, ms, tokens, weight};
use crate::correction::{EditedTurn, FormError};
use earwitness_model::{Doubt, Span, Transcript, Turn, Word, time::clock};
use std::collections::BTreeSet;

/// Seconds by which a typed time may lie beyond the end of the call (a rounded duration).
const BEYOND: f64 = 0.5;

/// Seconds that a letter takes in speech that is not quick, and a turn beside its letters: for a new turn of which
/// only the start was given.
const LETTER: f64 = 0.07;
const TURN: f64 = 0.3;

pub(super) struct Builder<'a> {
    base: &'a Transcript,
    edited: &'a [EditedTurn],
    sources: &'a [Source],
    duration: f64,
    doubts_left: BTreeSet<usize>,
    /// Old words (turn, word) that live on somewhere.
    used: BTreeSet<(usize, usize)>,
    /// Old turns by single words; of turns that stay as they are, none.
    old_words: Vec<Vec<Word>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(base: &'a Transcript, edited: &'a [EditedTurn], sources: &'a [Source], duration: f64) -> Self {
        let mut old_words = vec![Vec::new(); base.turns.len()];
        for &o in sources.iter().filter(|s| s.same.is_none()).flat_map(|s| &s.origin.turns) {
            old_words[o] = single_words(&base.turns[o]);
        }
        Self {
            base,
            edited,
            sources,
            duration,
            doubts_left: doubts_left(base, edited, sources),
            used: sources.iter().flat_map(|s| s.origin.words.iter().copied().flatten()).collect(),
            old_words,
        }
    }

    /// The turns that edited turn `n` becomes, and its translation.
    pub(super) fn turn(&self, n: usize) -> Result<(Vec<Turn>, Line), FormError> {
        let (edited, source) = (&self.edited[n], &self.sources[n]);
        let turns = match source.same {
            Some(o) => {
                let old = &self.base.turns[o];
                vec![Turn { doubt: doubts::of_untouched(old, edited.doubt.as_deref()), ..old.clone() }]
            }
            None => self.rebuild(n)?,
        };
        let line = Line {
            spans: turns.iter().map(Turn::span).collect(),
            channel: edited.channel.unwrap_or(source.lane),
            text: edited.translation.clone(),
            vouched: edited.vouched,
            from: source.origin.turns.clone(),
        };
        Ok((turns, line))
    }

    fn rebuild(&self, n: usize) -> Result<Vec<Turn>, FormError> {
        let (edited, span) = (&self.edited[n], self.span(n)?);
        let from: Vec<&Turn> = self.sources[n].origin.turns.iter().map(|&o| &self.base.turns[o]).collect();
        let pieces: Vec<Vec<String>> = edited.pieces.iter().map(|p| tokens(&p.text)).collect();
        let mut rest = self.words(n, pieces.iter().flatten(), span).into_iter();
        let empty = rest.len() == 0;
        if empty && (from.is_empty() || from.iter().any(|t| !tokens(&t.text).is_empty())) {
            let hint = "write what is said or /unintelligible/, or delete the whole turn";
            return Err(FormError::new(edited.line, "this turn has no text", hint));
        }
        let mut speaker = self.speaker(&edited.speaker, &from);
        let mut turns: Vec<Turn> = Vec::new();
        for (piece, words) in edited.pieces.iter().zip(&pieces) {
            if let Some(other) = &piece.speaker {
                speaker = self.speaker(other, &from);
            }
            let words: Vec<Word> = rest.by_ref().take(words.len()).collect();
            if words.is_empty() && !(empty && turns.is_empty()) {
                continue;
            }
            turns.push(self.piece(n, words, span, &from, &speaker));
        }
        if let Some(first) = turns.first_mut() {
            first.start = span.start;
        }
        if let Some(last) = turns.last_mut() {
            last.end = span.end;
        }
        Ok(turns)
    }

    /// One turn of `words`, from the first of them to the last.
    fn piece(&self, n: usize, words: Vec<Word>, span: Span, from: &[&Turn], speaker: &str) -> Turn {
        let marks = words.iter().filter(|w| is_mark(&w.text)).count();
        let doubt = self.doubt(n, marks, words.len(), from);
        let heard: Vec<f32> = words.iter().filter(|w| !is_mark(&w.text)).map(|w| w.probability).collect();
        let confidence = if heard.is_empty() { 0.0 } else { heard.iter().sum::<f32>() / heard.len() as f32 };
        let whole = marks == words.len();
        let text: Vec<&str> = if whole { Vec::new() } else { words.iter().map(|w| w.text.as_str()).collect() };
        Turn {
            start: words.first().map_or(span.start, |w| w.start),
            end: words.last().map_or(span.end, |w| w.end),
            channel: self.edited[n].channel.unwrap_or(self.sources[n].lane),
            speaker: speaker.into(),
            language: from.first().and_then(|t| t.language.clone()),
            text: text.join(" "),
            confidence,
            words: if whole { Vec::new() } else { words },
            doubt,
        }
    }

    /// The doubt of a turn of `words` words with `marks` marks among them. See [`super::apply`].
    fn doubt(&self, n: usize, marks: usize, words: usize, from: &[&Turn]) -> Option<Doubt> {
        let line = self.edited[n].doubt.as_deref();
        let first = from.iter().find_map(|t| t.doubt.clone());
        if words == 0 {
            return first;
        }
        let touched = self.touched(n);
        let old_mark = first.filter(|d| !touched && d.reason == earwitness_model::DoubtReason::Unintelligible);
        if marks > 0 {
            return Some(old_mark.unwrap_or_else(|| doubts::unintelligible(marks, words, from)));
        }
        let origin = &self.sources[n].origin.turns;
        let old = |o: &usize| self.base.turns[*o].doubt.clone();
        let noted = line.filter(|l| !origin.iter().any(|o| old(o).is_some_and(|d| l.contains(&doubt(&d)))));
        if let Some(line) = noted {
            return Some(doubts::note(line));
        }
        if touched { None } else { origin.iter().filter(|o| self.doubts_left.contains(o)).find_map(old) }
    }

    /// Whether a person wrote or struck out any word of the turns that this one was made from.
    fn touched(&self, n: usize) -> bool {
        let (origin, edited) = (&self.sources[n].origin, &self.edited[n]);
        let new = edited.pieces.iter().flat_map(|p| tokens(&p.text));
        let written = new.zip(&origin.words).any(|(token, place)| {
            place.and_then(|(o, w)| self.old_words[o].get(w)).is_none_or(|old| old.text != token)
        });
        let all = |o: &usize| (0..self.old_words[*o].len()).all(|w| self.used.contains(&(*o, w)));
        written || !origin.turns.iter().all(all)
    }

    fn words<'t>(&self, n: usize, new: impl Iterator<Item = &'t String>, span: Span) -> Vec<Word> {
        let slots = new.zip(&self.sources[n].origin.words).map(|(token, place)| {
            let old = place.and_then(|(o, w)| self.old_words[o].get(w));
            let time = old.map(|w| Span::new(w.start, w.end));
            if is_mark(token) {
                let after: String = token.chars().rev().take_while(|&c| c != '/').collect();
                let text = format!("{UNINTELLIGIBLE}{}", after.chars().rev().collect::<String>());
                return Slot { text, probability: 0.0, time };
            }
            let heard_same = old.filter(|w| key(&w.text) == key(token));
            Slot { text: token.clone(), probability: heard_same.map_or(1.0, |w| w.probability), time }
        });
        fit(slots.collect(), span)
    }

    fn speaker(&self, typed: &str, from: &[&Turn]) -> String {
        let known = from.iter().copied().chain(&self.base.turns).find(|t| label(&t.speaker) == typed);
        known.map_or_else(|| typed.to_string(), |t| t.speaker.clone())
    }

    /// Where the turn lies: a time that the person typed counts; a time left alone follows the turns that were split
    /// off or joined.
    fn span(&self, n: usize) -> Result<Span, FormError> {
        let (edited, source) = (&self.edited[n], &self.sources[n]);
        let from: Vec<&Turn> = source.origin.turns.iter().map(|&o| &self.base.turns[o]).collect();
        let start = from.iter().map(|t| t.start).find(|s| ms(*s) == ms(edited.start)).unwrap_or(edited.start);
        let known = from.iter().map(|t| t.end).max_by(f64::total_cmp);
        let typed = edited.end.filter(|e| !from.iter().any(|t| ms(t.end) == ms(*e)));
        let end = match (typed, known) {
            (Some(typed), _) => typed,
            (None, Some(known)) => self.cut(n, start, known),
            (None, None) => self.guess_end(n, start),
        };
        let last = from.iter().map(|t| t.end).fold(self.duration, f64::max);
        let limit = if self.duration > 0.0 && self.duration.is_finite() { last + BEYOND } else { f64::MAX };
        let wrong = |message: String| FormError::new(edited.line, message, "correct the time in the head of this turn");
        if end < start {
            return Err(wrong(format!("the turn ends at {} before it begins at {}", clock(end), clock(start))));
        }
        if start > limit || end > limit {
            return Err(wrong(format!("the turn lies at {} but the call ends at {}", clock(end), clock(last))));
        }
        Ok(Span::new(start, if limit < f64::MAX { end.min(last.max(start)) } else { end }))
    }

    /// `end`, or the start of the next turn where that was split off this one.
    fn cut(&self, n: usize, start: f64, end: f64) -> f64 {
        let origin = &self.sources[n].origin.turns;
        let split_off = |m: &usize| {
            let (next, source) = (&self.edited[*m], &self.sources[*m]);
            let shares = source.origin.turns.iter().any(|o| origin.contains(o));
            let put_in = source.origin.turns.is_empty() && next.speaker == self.edited[n].speaker;
            let same_place = source.lane == self.sources[n].lane && source.same.is_none();
            same_place && (shares || put_in) && next.start > start && next.start < end
        };
        (n + 1..self.edited.len()).take(8).find(split_off).map_or(end, |m| self.edited[m].start)
    }

    fn guess_end(&self, n: usize, start: f64) -> f64 {
        let letters: f64 = self.edited[n].pieces.iter().flat_map(|p| tokens(&p.text)).map(|t| weight(&t)).sum();
        let lane = self.sources[n].lane;
        let next = self.edited.iter().zip(self.sources);
        let next = next.filter(|(t, s)| s.lane == lane && t.start > start).map(|(t, _)| t.start);
        let limit = next.fold(if self.duration > start { self.duration } else { f64::MAX }, f64::min);
        (start + TURN + LETTER * letters).min(limit)
    }
}
