//! What every recogniser offers, whatever is inside: what differs between them is a capability, not an assumption.

use crate::ListenError;
use earwitness_model::{Author, Digest};

/// What a recogniser can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Capabilities {
    /// Hertz that windows must have.
    pub sample_rate: u32,
    /// ISO 639-1 codes it knows; empty when it knows more than can be listed.
    pub languages: Vec<String>,
    /// Seconds of the longest window.
    pub longest_window: f64,
    /// Whether words come with times from the model itself.
    pub word_times: bool,
    /// Whether it can put speech into English.
    pub translates: bool,
    /// How many batches it works on at the same time when asked from as many threads.
    pub parallel: usize,
}

/// How windows are to be recognised.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// ISO 639-1 codes; the most likely of them is taken for each window. One code fixes the language.
    pub languages: &'a [String],
    /// Hypotheses kept while decoding.
    pub beam: usize,
    /// Runs of this many tokens may not occur twice; 0 for no such rule.
    pub no_repeat: usize,
}

/// A word inside a window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowWord {
    /// With its punctuation.
    pub text: String,
    /// Seconds from the start of the window.
    pub start: f64,
    /// Seconds from the start of the window.
    pub end: f64,
    /// Mean probability of its tokens.
    pub probability: f32,
}

/// What was recognised in one window.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognised {
    /// The language taken.
    pub language: String,
    /// Probability of each language of the question, in its order (they need not sum to 1).
    pub languages: Vec<f32>,
    /// The words.
    pub words: Vec<WindowWord>,
    /// Mean log probability of the tokens (natural logarithm).
    pub score: f32,
    /// The model's own probability that nobody speaks.
    pub no_speech: f32,
}

/// A recogniser.
pub trait Recogniser: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Name, for example `whisper-base`.
    fn name(&self) -> &str;

    /// Version of the engine.
    fn version(&self) -> &str;

    /// SHA-256 of the weights.
    fn weights(&self) -> Digest;

    /// Recognises a batch of windows (mono, at the engine's sample rate).
    ///
    /// # Errors
    /// [`ListenError::Engine`].
    fn recognise(&self, windows: &[&[f32]], ask: &Ask<'_>) -> Result<Vec<Recognised>, ListenError>;

    /// Puts a batch of windows into English; the text of each. `languages` names the source language of each window.
    ///
    /// # Errors
    /// [`ListenError::Engine`].
    fn translate(&self, windows: &[&[f32]], languages: &[&str], beam: usize) -> Result<Vec<String>, ListenError>;

    /// The author of what it writes.
    fn author(&self, parameters: serde_json::Value) -> Author {
        Author::Model { name: self.name().into(), version: self.version().into(), weights: self.weights(), parameters }
    }
}
