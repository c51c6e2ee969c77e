//! What can go wrong while listening, in words that say what to do.

use std::path::PathBuf;

/// Anything that stops listening.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// A native library is not there.
    #[error("the library {name} was not found (looked in {looked}); run `make` in the source folder, or reinstall")]
    Native {
        /// File name.
        name: String,
        /// Places that were tried.
        looked: String,
    },
    /// Weights are not there.
    #[error("the weights {name:?} are not in {dir}; fetch them with `earwitness models fetch {name}`", dir = dir.display())]
    WeightsMissing {
        /// Name of the model.
        name: String,
        /// Where they were looked for.
        dir: PathBuf,
    },
    /// Weights are there but are not the bytes they should be.
    #[error("{file} is not the file it should be (SHA-256 {found}, expected {expected}); delete it and fetch it again", file = file.display())]
    WeightsChanged {
        /// The file.
        file: PathBuf,
        /// What it should hash to.
        expected: String,
        /// What it hashes to.
        found: String,
    },
    /// A folder that is not a model.
    #[error("{dir} is not a CTranslate2 Whisper model: {why}", dir = dir.display())]
    NotAModel {
        /// The folder.
        dir: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// An engine failed.
    #[error("{what} failed: {why}")]
    Engine {
        /// Which engine.
        what: String,
        /// Its own words.
        why: String,
    },
    /// Fetching failed from every source.
    #[error("{name} could not be fetched: {why}")]
    Fetch {
        /// Name of the model.
        name: String,
        /// What each source said.
        why: String,
    },
    /// Reading or writing a file.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Cancelled,
}

impl ListenError {
    /// Wraps an I/O error with its path.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
