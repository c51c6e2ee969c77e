//! Edits as an editor declares them, by the words they touch, and where these words stand.

use super::{Edit, QuoteError, Source, edits};
use serde::{Deserialize, Serialize};

/// An edit as an editor writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "declare", rename_all = "snake_case")]
pub enum Declaration {
    /// Leave these words out. `first words … last words` names a long stretch.
    Cut {
        /// As they stand in the source.
        words: String,
        /// Which of several, from 1.
        nth: Option<usize>,
    },
    /// Put an explanation in brackets behind these words.
    Insert {
        /// As they stand in the source; nothing for the beginning of the quote.
        after: String,
        /// Without the brackets.
        text: String,
        /// Which of several, from 1.
        nth: Option<usize>,
    },
    /// Show only the first letter of this word.
    Mask {
        /// As it stands in the source.
        word: String,
        /// Which of several, from 1.
        nth: Option<usize>,
    },
    /// Print all turns of the quote as one.
    Join,
}

/// A stretch of a turn, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    turn: usize,
    from: usize,
    to: usize,
}

impl Source {
    /// The edits that these declarations mean, in the order of the text.
    ///
    /// Typographic and plain quotation marks, apostrophes, dashes and blanks are taken for the same.
    ///
    /// # Errors
    /// [`QuoteError::NotFound`], [`QuoteError::Ambiguous`], and all that [`Source::publish`] refuses.
    pub fn resolve(&self, declared: &[Declaration]) -> Result<Vec<Edit>, QuoteError> {
        let mut found = Vec::new();
        for declaration in declared {
            match declaration {
                Declaration::Cut { words, nth } => {
                    let place = self.find(words, *nth)?;
                    found.push(self.cut(place.turn, place.from, place.to)?);
                }
                Declaration::Insert { after, text, nth } => {
                    let first = self.turns().first().map_or(0, |t| t.index);
                    let start = Place { turn: first, from: 0, to: 0 };
                    let place = if after.trim().is_empty() { start } else { self.find(after, *nth)? };
                    found.push(self.insert(place.turn, place.to, text)?);
                }
                Declaration::Mask { word, nth } => {
                    let place = self.find(word, *nth)?;
                    found.push(self.mask(place.turn, place.from, place.to)?);
                }
                Declaration::Join => {
                    let turns = self.turns().len();
                    for turn in self.turns().iter().take(turns.saturating_sub(1)) {
                        found.push(self.join(turn.index)?);
                    }
                }
            }
        }
        behind_cuts(&mut found);
        edits::sort(&mut found);
        edits::apart(&found)?;
        Ok(found)
    }

    fn find(&self, words: &str, nth: Option<usize>) -> Result<Place, QuoteError> {
        let mut places = self.places(words);
        if places.is_empty() {
            places = self.stretches(words);
        }
        let text = words.trim().to_string();
        match (nth, places.len()) {
            (_, 0) => Err(QuoteError::NotFound { text }),
            (None, 1) => Ok(places[0]),
            (None, count) => Err(QuoteError::Ambiguous { text, count }),
            (Some(nth), count) => {
                let place = nth.checked_sub(1).and_then(|n| places.get(n)).copied();
                place.ok_or(QuoteError::Ambiguous { text, count })
            }
        }
    }

    /// Everywhere these words stand, as whole words.
    fn places(&self, words: &str) -> Vec<Place> {
        let wanted = folded(words);
        let mut places = Vec::new();
        for turn in self.turns() {
            let text: Vec<char> = turn.text.chars().collect();
            let mut from = 0;
            while from < text.len() {
                match matches(&text, from, &wanted) {
                    Some(to) if !edits::inside_word(&text, from) && !edits::inside_word(&text, to) => {
                        places.push(Place { turn: turn.index, from, to });
                        from = to;
                    }
                    _ => from += 1,
                }
            }
        }
        places
    }

    /// Everywhere a stretch stands of which only the first and the last words are given.
    fn stretches(&self, words: &str) -> Vec<Place> {
        let words = words.replace("...", "…");
        let Some((head, tail)) = words.split_once(" … ") else { return Vec::new() };
        let tails = self.places(tail);
        let stretch = |head: Place| {
            let tail = tails.iter().find(|t| t.turn == head.turn && t.from >= head.to)?;
            Some(Place { to: tail.to, ..head })
        };
        self.places(head).into_iter().filter_map(stretch).collect()
    }
}

/// An insertion behind the last words of a cut stands in its place: a cut has taken the blank behind its words.
fn behind_cuts(found: &mut [Edit]) {
    let mut cuts = Vec::new();
    for edit in found.iter() {
        if let Edit::Cut { turn, to, text, .. } = edit {
            let blanks = text.chars().rev().take_while(|c| c.is_whitespace()).count();
            cuts.push((*turn, to.saturating_sub(blanks), *to));
        }
    }
    for edit in found {
        let Edit::Insert { turn, at, .. } = edit else { continue };
        if let Some((_, _, to)) = cuts.iter().find(|(t, from, _)| (t, from) == (&*turn, &*at)) {
            *at = *to;
        }
    }
}

/// Characters that people type for one another.
fn fold(c: char) -> char {
    match c {
        '’' | 'ʼ' | '‘' | '`' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '–' | '—' | '−' | '‑' | '‐' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// What is looked for: folded, with single blanks.
fn folded(words: &str) -> Vec<char> {
    let words = words.replace("...", "…");
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").chars().map(fold).collect()
}

/// Where a match that begins here ends.
fn matches(text: &[char], from: usize, wanted: &[char]) -> Option<usize> {
    let mut at = from;
    for &c in wanted {
        if fold(*text.get(at)?) != c {
            return None;
        }
        at += 1;
        while c == ' ' && text.get(at).is_some_and(|c| c.is_whitespace()) {
            at += 1;
        }
    }
    (at > from).then_some(at)
}
