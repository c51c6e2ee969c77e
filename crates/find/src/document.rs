//! What the index is given: a call with its turns, from whoever keeps them.

use earwitness_model::{CallId, CallTime, Phone, Place};
use serde::{Deserialize, Serialize};

/// A call as it is to be found. The current revisions only; putting it again replaces all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallDocument {
    /// The call.
    pub call: CallId,
    /// When it began, if known.
    pub started_at: Option<CallTime>,
    /// Seconds.
    pub duration: f64,
    /// Who called.
    pub from: Option<Phone>,
    /// Who was called.
    pub to: Option<Phone>,
    /// Names of the delivered files that hold it.
    pub files: Vec<String>,
    /// Where the listened-to phone was.
    pub place: Place,
    /// The language of most of the speech, ISO 639-1.
    pub language: Option<String>,
    /// Ordered by start.
    pub turns: Vec<TurnDocument>,
}

/// A turn as it is to be found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnDocument {
    /// Its number in the call, from 0.
    pub index: u32,
    /// Seconds from the first sample of the recording.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Track of the recording, from 0.
    pub channel: u16,
    /// `A`, `B` …
    pub speaker: String,
    /// ISO 639-1; the language of the call where the turn has none.
    pub language: Option<String>,
    /// The words; may be empty.
    pub text: String,
    /// The translation, where there is one.
    pub translation: Option<String>,
    /// Whether a person must listen before it is relied upon.
    pub doubtful: bool,
}
