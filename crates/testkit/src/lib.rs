//! Sounds and small deliveries for the tests of the other crates. Not part of the program.
//!
//! Everything here is for tests, so a failure panics with what went wrong.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod delivery;
mod places;
mod sound;

pub use delivery::{Delivery, Encoding};
pub use places::{corpus, demo, models, models_ready, python, workspace};
pub use sound::{Rng, alaw_wav, noise, silence, tone, wav, write_wav};
