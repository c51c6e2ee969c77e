//! What can go wrong with what people note on passages, in words that say what happened to what.

use crate::claims::Fault;
use earwitness_archive::Error as ArchiveError;
use earwitness_model::CallId;

/// The result of everything about passages, themes, notes and baskets.
pub type Result<T, E = MarksError> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarksError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Nobody has listened to the call yet.
    #[error("{0} has no transcript yet")]
    NoTranscript(CallId),
    /// A turn that is not there.
    #[error("there is no turn {turn}: the transcript has {count} turns, counted from 0")]
    NoTurn {
        /// The turn.
        turn: usize,
        /// How many there are.
        count: usize,
    },
    /// A passage that ends before it begins.
    #[error("the passage ends (turn {last}) before it begins (turn {first})")]
    Backwards {
        /// The first turn.
        first: usize,
        /// The last turn.
        last: usize,
    },
    /// No word lies between the characters that were named.
    #[error("there is no word where the passage is to be")]
    NoWords,
    /// Words that are not said there.
    #[error("“{words}” is not said there, one word after the other")]
    NotSaid {
        /// What was looked for.
        words: String,
    },
    /// Nothing has this name.
    #[error("there is no {kind} “{wanted}” in this archive")]
    NotFound {
        /// `theme`, `coding`, `note`, `transcript` or `item of the basket`.
        kind: &'static str,
        /// What was asked for.
        wanted: String,
    },
    /// Several themes begin so.
    #[error("“{wanted}” may be {}", choices.join(" or "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// What it may be.
        choices: Vec<String>,
    },
    /// Nothing was kept: this is wrong.
    #[error("{}", crate::claims::told(.0))]
    Faults(Vec<Fault>),
    /// A theme that is no longer laid on passages.
    #[error("the theme “{0}” was retired: it stays where it lies, and is laid on nothing new")]
    Retired(String),
    /// A theme that would vanish from passages.
    #[error("the theme “{theme}” lies on {passages} passages")]
    InUse {
        /// The theme.
        theme: String,
        /// On how many.
        passages: usize,
    },
    /// Words that a correction changed.
    #[error("these words do not stand any more: “{was}”")]
    Moved {
        /// The words as they were chosen.
        was: String,
    },
    /// An order that leaves something out, or names something else.
    #[error("this is not the order of what is in the basket now")]
    Order,
}

impl From<Vec<Fault>> for MarksError {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Faults(faults)
    }
}
