//! Quotes: a span of one call in named revisions, and the edits that were declared.
//!
//! The text that is published is never typed. It is computed by [`Source::publish`] from the words of a revision and
//! four kinds of edits: a cut (shown as an ellipsis), an insertion in brackets, a masked word (`f—`), and the joining
//! of neighbouring turns of one speaker. [`undo()`] goes the other way, from the published text and the edits to the
//! source, without a look at the source.
//!
//! Places are counted in characters (Unicode scalar values) of the text of one turn, from 0; turns as in their
//! transcript, from 0.

mod declare;
mod edits;
mod publish;
mod undo;

pub use declare::Declaration;
pub use publish::{Line, Piece, Published};
pub use undo::{UndoError, undo};

use earwitness_model::{CallId, RevisionId, Span, Transcript, Translation};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The longest text that an editor may insert, in characters.
pub const LONGEST_INSERTION: usize = 300;

/// A quote: where its words are, and what was done to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The call.
    pub call: CallId,
    /// The transcript revision whose turns are counted.
    pub transcript: RevisionId,
    /// The translation revision that is quoted; none where the original words are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<RevisionId>,
    /// The first turn, from 0.
    pub first: usize,
    /// The last turn; the same as the first for most quotes.
    pub last: usize,
    /// In the order of the text.
    pub edits: Vec<Edit>,
}

/// One declared edit. It holds what it takes away, so that it can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Words are left out; an ellipsis stands in their place.
    Cut {
        /// The turn.
        turn: usize,
        /// The first character.
        from: usize,
        /// The character after the last.
        to: usize,
        /// What stands there.
        text: String,
    },
    /// An explanation in brackets.
    Insert {
        /// The turn.
        turn: usize,
        /// The character before which it stands.
        at: usize,
        /// Without the brackets.
        text: String,
    },
    /// One word, of which the first letter and a dash are shown.
    Mask {
        /// The turn.
        turn: usize,
        /// The first character of the word.
        from: usize,
        /// The character after the last.
        to: usize,
        /// The word.
        text: String,
    },
    /// This turn and the next are printed as one.
    Join {
        /// The first of the two.
        turn: usize,
    },
}

/// Why a quote cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Turns that are not there.
    #[error("there is no turn {turn}: the transcript has {count} turns, counted from 0")]
    NoSuchTurn {
        /// The turn.
        turn: usize,
        /// How many there are.
        count: usize,
    },
    /// A span that ends before it begins.
    #[error("the quote ends (turn {last}) before it begins (turn {first})")]
    Backwards {
        /// The first turn.
        first: usize,
        /// The last turn.
        last: usize,
    },
    /// A turn without words, or without a translation.
    #[error("turn {turn} has no {what}")]
    Empty {
        /// The turn.
        turn: usize,
        /// `words` or `translation`.
        what: &'static str,
    },
    /// A text that an edit names and that is not there.
    #[error("“{text}” does not stand in the words of the quote; it must be written as it stands there, in whole words")]
    NotFound {
        /// What was looked for.
        text: String,
    },
    /// A text that stands there more than once.
    #[error("“{text}” stands {count} times in the words of the quote; say which one with #1, #2 … after it")]
    Ambiguous {
        /// What was looked for.
        text: String,
        /// How often it is there.
        count: usize,
    },
    /// An edit that does not fit its source: the words there are others.
    #[error("an edit expects “{expected}” in turn {turn}, but “{found}” stands there")]
    OtherWords {
        /// The turn.
        turn: usize,
        /// What the edit holds.
        expected: String,
        /// What the source holds.
        found: String,
    },
    /// An edit that is not allowed.
    #[error("{0}")]
    Refused(String),
}

/// One turn that is quoted from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceTurn {
    /// Its number in the transcript, from 0.
    pub index: usize,
    /// The label within the call, not a person.
    pub speaker: String,
    /// Track of the recording, from 0.
    pub channel: u16,
    /// Where it lies.
    pub span: Span,
    /// The words that are quoted: the turn's own, or their translation.
    pub text: String,
}

/// The words that a quote is made from: some turns of one call, in the original or in translation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// In the order of the transcript, without gaps.
    turns: Vec<SourceTurn>,
}

impl Source {
    /// The words of some turns; of their translation, where one is given.
    ///
    /// # Errors
    /// [`QuoteError::NoSuchTurn`], [`QuoteError::Backwards`], [`QuoteError::Empty`].
    pub fn of(
        transcript: &Transcript,
        translation: Option<&Translation>,
        turns: RangeInclusive<usize>,
    ) -> Result<Self, QuoteError> {
        let (first, last) = (*turns.start(), *turns.end());
        if last < first {
            return Err(QuoteError::Backwards { first, last });
        }
        let count = transcript.turns.len();
        if last >= count {
            return Err(QuoteError::NoSuchTurn { turn: first.max(count), count });
        }
        let translated = translation.map(|t| t.of_turns(&transcript.turns));
        let read = |index: usize| {
            let turn = transcript.turns.get(index).ok_or(QuoteError::NoSuchTurn { turn: index, count })?;
            let text = match &translated {
                Some(translated) => translated.get(index).and_then(Option::as_ref).map(|t| t.text.clone()),
                None => Some(turn.text.clone()),
            };
            let what = if translated.is_some() { "translation" } else { "words" };
            let text = text.map(|t| t.trim().to_string()).filter(|t| !t.is_empty());
            let text = text.ok_or(QuoteError::Empty { turn: index, what })?;
            let (speaker, channel, span) = (turn.speaker.clone(), turn.channel, turn.span());
            Ok(SourceTurn { index, speaker, channel, span, text })
        };
        Ok(Self { turns: (first..=last).map(read).collect::<Result<_, _>>()? })
    }

    /// The turns, in order.
    pub fn turns(&self) -> &[SourceTurn] {
        &self.turns
    }

    /// From the start of the first turn to the end of the last that ends, in seconds.
    pub fn span(&self) -> Span {
        let start = self.turns.iter().map(|t| t.span.start).fold(f64::INFINITY, f64::min);
        let end = self.turns.iter().map(|t| t.span.end).fold(0.0, f64::max);
        Span::new(if start.is_finite() { start } else { 0.0 }, end)
    }

    /// All words, one turn a line.
    pub fn text(&self) -> String {
        self.turns.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn turn(&self, index: usize) -> Result<&SourceTurn, QuoteError> {
        let found = self.turns.iter().find(|t| t.index == index);
        found.ok_or_else(|| QuoteError::Refused(format!("an edit names turn {index}, which is not in the quote")))
    }
}

/// The turns of a transcript that lie mostly (more than half of their length) within a span of seconds, as the first and
/// the last; none where there are none.
pub fn turns_at(transcript: &Transcript, span: Span) -> Option<RangeInclusive<usize>> {
    let within = |(_, t): &(usize, &earwitness_model::Turn)| t.span().overlap(&span) > 0.5 * t.span().length();
    let mut inside = transcript.turns.iter().enumerate().filter(within).map(|(i, _)| i);
    let first = inside.next()?;
    Some(first..=inside.next_back().unwrap_or(first))
}

#[cfg(test)]
mod tests;
