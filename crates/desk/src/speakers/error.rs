//! What can go wrong, in words that say what happened to what.

use earwitness_archive::Error as ArchiveError;
use earwitness_model::CallId;

/// What went wrong with the speakers of a call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpeakersError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A call that was not heard yet.
    #[error("the call {0} has no transcript yet")]
    NoTranscript(CallId),
    /// A label that no turn bears.
    #[error("nobody in the call {call} is labelled {label:?}; there are {}", labels.join(", "))]
    NoSpeaker {
        /// The call.
        call: CallId,
        /// What was asked for.
        label: String,
        /// The labels that there are.
        labels: Vec<String>,
    },
    /// A turn that is not there.
    #[error("the call {call} has no turn {turn}; it has {turns}, counted from 0")]
    NoTurn {
        /// The call.
        call: CallId,
        /// What was asked for.
        turn: usize,
        /// How many there are.
        turns: usize,
    },
    /// A track that is not there.
    #[error("the call {call} has no track {track}; it has {tracks}, counted from 1")]
    NoTrack {
        /// The call.
        call: CallId,
        /// What was asked for, from 1.
        track: u32,
        /// How many there are.
        tracks: u16,
    },
    /// A new label that somebody else bears.
    #[error("{label} speaks in the call {call} already")]
    Taken {
        /// The call.
        call: CallId,
        /// The label.
        label: String,
    },
    /// A text that cannot be a label.
    #[error("{0:?} cannot be a label: 1 to 40 letters, digits, spaces, and - ' . _ between them")]
    NotALabel(String),
    /// Turns that are labelled so already.
    #[error("nothing would change in the call {0}")]
    Same(CallId),
    /// The newest revision changed more than labels, or was not made by a person.
    #[error("the newest transcript of the call {0} is not one in which a person changed who speaks, and nothing else")]
    NothingToUndo(CallId),
    /// Nobody said on which side who speaks.
    #[error("nobody said anything of the sides of the call {0}")]
    NoSides(CallId),
}
