//! Correcting a transcript in any text editor.
//!
//! [`text_form::write`] gives the text, [`text_form::parse`] reads what came back, [`apply()`] makes the new
//! transcript, [`Applied::translation`] the new translation, [`diff()`] says what is different.

mod align;
mod apply;
mod diff;
mod fit;
mod page;
mod pairing;
pub mod text_form;
mod translation;
mod words;

pub use apply::{Applied, apply};
pub use diff::{Change, ChangeKind, Counts, Diff, Mark, Piece, diff};
pub use page::{PageLine, PageTurn, edited};
pub use translation::is_stale;

use earwitness_model::{CallId, RevisionId};

/// What a person made of the text form, before it is laid on the transcript it came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditedTranscript {
    /// The call named in the head of the text, where the head is still there.
    pub call: Option<CallId>,
    /// The transcript revision that the text was written from, where the head is still there.
    pub base: Option<RevisionId>,
    /// In the order of the text.
    pub turns: Vec<EditedTurn>,
}

/// One turn of the text form.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedTurn {
    /// The line of its head, from 1.
    pub line: usize,
    /// Seconds.
    pub start: f64,
    /// Seconds; none where the person left it to the words.
    pub end: Option<f64>,
    /// Track, from 0; none where the person did not say.
    pub channel: Option<u16>,
    /// The label before the colon.
    pub speaker: String,
    /// The text; more than one piece where the person split it with `|`.
    pub pieces: Vec<EditedPiece>,
    /// The translation, where its line was left in; pieces as for the text.
    pub translation: Option<Vec<String>>,
    /// Whether that line begins with `>!`: the person vouches for it, changed or not.
    pub vouched: bool,
    /// What stands after `??`, where such a line is there.
    pub doubt: Option<String>,
}

/// A part of a turn between two `|`.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedPiece {
    /// The label of another speaker, as in `| B: text`.
    pub speaker: Option<String>,
    /// On one line, single spaces.
    pub text: String,
}

/// A place in the text form that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}; {hint}")]
pub struct FormError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl FormError {
    pub(crate) fn new(line: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { line, message: message.into(), hint: hint.into() }
    }
}
