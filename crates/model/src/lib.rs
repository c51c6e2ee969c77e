//! The words of the house as types: recordings, calls, turns, words, revisions, authors.
//!
//! This crate does no input or output. Every other crate speaks in these terms, so that a
//! word means the same in code, in the catalog, in exports and on pages (see ARCHITECTURE.md).
//! Times inside a recording are seconds from its first sample, as `f64`.

pub mod author;
pub mod call;
pub mod canonical;
pub mod digest;
pub mod id;
pub mod recording;
pub mod speaker;
pub mod time;
pub mod transcript;

pub use author::Author;
pub use call::{Call, Phone, Place};
pub use digest::Digest;
pub use id::{CallId, DeliveryId, RevisionId};
pub use recording::{AudioFormat, Damage, Verdict};
pub use speaker::{SpeakerRef, Standing, Voiceprint};
pub use time::{CallTime, Span};
pub use transcript::{
    Doubt, DoubtReason, Revision, RevisionBody, Transcript, Translation, Turn, TurnTranslation, Word,
};
