//! Who speaks in one call: its labels with what is known of each, and a person's corrections of them.
//!
//! A label (`A`, `B` …) is a speaker within the call and no person; on one side of the line several may speak. What a
//! person corrects is a new revision of the transcript, and so it stands against every later hearing by a machine.

mod error;
mod list;
mod relabel;
mod sides;

pub use error::SpeakersError;
pub use list::{CallSpeakers, Measured, OfVoice, Speaker, list};
pub use relabel::{Relabel, Relabelled, relabel};
pub use sides::{LineEnd, LineSide, LineSides, SideOf, listened_to, set_side, sides, undo_side};

/// The label of turns of which nobody knows who speaks; no voice.
pub const NOBODY: &str = "?";

/// The result of everything here.
pub type Result<T, E = SpeakersError> = std::result::Result<T, E>;
