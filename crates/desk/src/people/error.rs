//! What can go wrong, in words that say what happened to what.

use earwitness_archive::Error as ArchiveError;

/// What went wrong with people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A name that is no name.
    #[error("a name has 1 to 200 characters on one line")]
    NoName,
    /// Two persons cannot have one working name.
    #[error("{id} is called {name:?} already")]
    NameTaken {
        /// The name.
        name: String,
        /// Who bears it.
        id: String,
    },
    /// Nothing has this name.
    #[error("there is no {kind} {wanted:?} in this archive")]
    NotFound {
        /// `person`, `link`, `voice`, `phone`, `speaker` …
        kind: &'static str,
        /// What was asked for.
        wanted: String,
    },
    /// More than one thing has this name.
    #[error("{wanted:?} may be any of {}", choices.join(", "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// What it may be.
        choices: Vec<String>,
    },
    /// What somebody rejected is suggested or decided again.
    #[error("link {link} was rejected by {by} and stays so until somebody reopens it")]
    Rejected {
        /// The link.
        link: String,
        /// Who rejected it.
        by: String,
    },
    /// A text that names no voice and no phone.
    #[error("{0:?} is neither a speaker (CALL:A), nor a voice (V1), nor a telephone number (+380…)")]
    NoTarget(String),
    /// A text that names something else where a voice is meant.
    #[error("{0:?} is no voice")]
    NotAVoice(String),
    /// A score that is no number.
    #[error("a score is a number")]
    NoScore,
}
