//! Listening: from sound to turns, words and a draft translation. Knows no archive.
//!
//! The whole of it for one recording is [`Listener::hear`]. It finds speech ([`speech`]), packs it into windows cut at
//! pauses ([`windows`]), recognises and aligns it ([`whisper`]), hears again what scored badly ([`rehear`]), holds back
//! what was probably made up ([`guards`]), tells speakers apart ([`diarize`], [`voiceprint`]), and shapes turns ([`turns`]). Weights are named by hash ([`weights`]).

mod crosstalk;
pub mod diarize;
pub mod engine;
mod error;
mod fbank;
pub mod features;
pub mod fetch;
pub mod guards;
mod hear;
pub mod lexicon;
mod network;
mod permits;
pub mod rehear;
pub mod speech;
pub mod turns;
pub mod voiceprint;
pub mod weights;
pub mod whisper;
pub mod windows;

pub use error::ListenError;
pub use hear::{Cancel, HearOptions, HearStats, Heard, Listener};
