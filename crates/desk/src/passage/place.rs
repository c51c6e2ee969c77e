//! Where in a transcript words are.

use super::{Chosen, MarksError, Result};
use crate::fidelity::words;
use earwitness_model::{Span, Turn};
use serde::{Deserialize, Serialize};
use std::ops::{Range, RangeInclusive};

/// Turns of a transcript; of the first and the last perhaps only a part, in whole words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The first turn.
    pub turn: usize,
    /// The last turn.
    pub last: usize,
    /// The first character in the first turn; none where that is its first word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// The character after the last in the last turn; none where that is its last word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
}

/// A word on its place.
pub(super) struct Token {
    pub text: String,
    pub turn: usize,
    pub from: usize,
    pub to: usize,
}

/// The words of some turns.
pub(super) fn tokens(turns: &[Turn], numbers: impl IntoIterator<Item = usize>) -> Vec<Token> {
    let mut all = Vec::new();
    for number in numbers {
        let Some(turn) = turns.get(number) else { continue };
        let of_turn = words(&turn.text).into_iter();
        all.extend(of_turn.map(|w| Token { text: w.text, turn: number, from: w.from, to: w.to }));
    }
    all
}

impl Place {
    /// The place that somebody points at, widened to whole words.
    pub(super) fn choose(turns: &[Turn], chosen: &Chosen) -> Result<Self> {
        let (turn, last) = (chosen.turn, chosen.last.unwrap_or(chosen.turn));
        if last < turn {
            return Err(MarksError::Backwards { first: turn, last });
        }
        if last >= turns.len() {
            return Err(MarksError::NoTurn { turn: turn.max(turns.len()), count: turns.len() });
        }
        let all = tokens(turns, turn..=last);
        if let Some(said) = &chosen.words {
            let wanted: Vec<String> = words(said).into_iter().map(|w| w.text).collect();
            let found = runs(&all, &wanted).next();
            let (first, end) = found.ok_or_else(|| MarksError::NotSaid { words: said.clone() })?;
            return Ok(Self::between(turns, first, end));
        }
        if chosen.from.is_none() && chosen.to.is_none() {
            return Ok(Self { turn, last, from: None, to: None });
        }
        let (from, to) = (chosen.from.unwrap_or(0), chosen.to.unwrap_or(usize::MAX));
        if turn == last && from >= to {
            return Err(MarksError::NoWords);
        }
        let touched = |t: &&Token| (t.turn > turn || t.to > from) && (t.turn < last || t.from < to);
        let mut touched = all.iter().filter(touched);
        let first = touched.next().ok_or(MarksError::NoWords)?;
        let end = touched.next_back().unwrap_or(first);
        Ok(Self::between(turns, first, end))
    }

    /// From one word to another.
    pub(super) fn between(turns: &[Turn], first: &Token, end: &Token) -> Self {
        let edges = |number: usize| {
            let all = turns.get(number).map(|t| words(&t.text)).unwrap_or_default();
            (all.first().map(|w| w.from), all.last().map(|w| w.to))
        };
        Self {
            turn: first.turn,
            last: end.turn,
            from: Some(first.from).filter(|from| edges(first.turn).0 != Some(*from)),
            to: Some(end.to).filter(|to| edges(end.turn).1 != Some(*to)),
        }
    }

    /// Its turns.
    pub fn turns(&self) -> RangeInclusive<usize> {
        self.turn..=self.last
    }

    /// Whether these are whole turns.
    pub fn is_whole(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// `7`, or `7-9`.
    pub fn numbers(&self) -> String {
        if self.turn == self.last { self.turn.to_string() } else { format!("{}-{}", self.turn, self.last) }
    }

    pub(super) fn is_in(&self, turns: &[Turn]) -> bool {
        self.turn <= self.last && self.last < turns.len()
    }

    /// Which characters of one of its turns.
    fn part(&self, number: usize) -> Range<usize> {
        let from = self.from.filter(|_| number == self.turn).unwrap_or(0);
        from..self.to.filter(|_| number == self.last).unwrap_or(usize::MAX)
    }

    /// Its words in a transcript, with what stands between them.
    pub fn words(&self, turns: &[Turn]) -> String {
        let mut texts = Vec::new();
        for (number, turn) in turns.iter().enumerate().skip(self.turn).take_while(|(n, _)| *n <= self.last) {
            let Range { start, end } = self.part(number);
            let text: String = turn.text.chars().skip(start).take(end.saturating_sub(start)).collect();
            texts.push(text.trim().to_owned());
        }
        texts.retain(|text| !text.is_empty());
        texts.join(" ")
    }

    /// Its words, one by one.
    pub(super) fn tokens(&self, turns: &[Turn]) -> Vec<Token> {
        let mut all = tokens(turns, turns_within(self, turns));
        all.retain(|t| t.from >= self.part(t.turn).start && t.to <= self.part(t.turn).end);
        all
    }

    /// When they are said, in seconds from the beginning of the recording; none where it is not in this transcript.
    pub fn seconds(&self, turns: &[Turn]) -> Option<Span> {
        let spans = turns_within(self, turns).filter_map(|n| Some(span(turns.get(n)?, &self.part(n))));
        spans.reduce(|a, b| Span::new(a.start.min(b.start), a.end.max(b.end)))
    }
}

fn turns_within(place: &Place, turns: &[Turn]) -> RangeInclusive<usize> {
    place.turn..=place.last.min(turns.len())
}

/// When a part of a turn is said: by the times of its words, where these are the words of its text.
fn span(turn: &Turn, part: &Range<usize>) -> Span {
    let written = words(&turn.text);
    let timed: Vec<(String, Span)> = turn
        .words
        .iter()
        .flat_map(|word| words(&word.text).into_iter().map(|w| (w.text, Span::new(word.start, word.end))))
        .collect();
    let whole = part.start == 0 && part.end == usize::MAX;
    if whole || !written.iter().map(|w| &w.text).eq(timed.iter().map(|(text, _)| text)) {
        return turn.span();
    }
    let here = written.iter().zip(&timed).filter(|(w, _)| w.from >= part.start && w.to <= part.end);
    let here = here.map(|(_, (_, span))| *span);
    here.reduce(|a, b| Span::new(a.start.min(b.start), a.end.max(b.end))).unwrap_or_else(|| turn.span())
}

/// Everywhere these words stand one after the other: the first and the last of them.
pub(super) fn runs<'t>(all: &'t [Token], wanted: &[String]) -> impl Iterator<Item = (&'t Token, &'t Token)> {
    let here = move |run: &'t [Token]| {
        let same = !wanted.is_empty() && run.iter().map(|t| &t.text).eq(wanted);
        same.then(|| run.first().zip(run.last())).flatten()
    };
    all.windows(wanted.len().max(1)).filter_map(here)
}
