//! Persons, and what ties them to voices and phones: hypotheses with evidence, which people decide.
//!
//! A phone is not a voice and a voice is not a person. A [`Person`] is somebody we believe exists; a [`Link`] says that
//! a voice or a phone is theirs, why, how far that has come, and who decided. [`People`] is all of it at one moment.

mod decide;
mod error;
mod link;
mod meant;
mod naming;
mod past;
mod person;
mod view;

pub use decide::{Decision, decide, forget, link, suggest, unlink};
pub use error::PeopleError;
pub use link::{Decided, Evidence, Link, Target};
pub use meant::meant;
pub use naming::{Naming, Shown};
pub use past::PeopleOverTime;
pub use person::{Person, add, change, find};
pub use view::{Named, People};

pub use crate::kept::{Kept, undo};

/// The result of everything here.
pub type Result<T, E = PeopleError> = std::result::Result<T, E>;
