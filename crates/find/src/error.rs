//! What can go wrong with an index.

use std::path::{Path, PathBuf};

/// An index that cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The index is of another version, or damaged. Nothing is lost: it is made again from the calls.
    #[error("the search index in {} has to be built again: {reason}", dir.display())]
    NeedsRebuild {
        /// The folder of the index.
        dir: PathBuf,
        /// Why, in plain words.
        reason: String,
    },
    /// Somebody else is writing to the index.
    #[error("another program is writing to the search index in {}; try again when it has finished", dir.display())]
    Busy {
        /// The folder of the index.
        dir: PathBuf,
    },
    /// The folder holds something else, and is left alone.
    #[error("{} is not empty and is not a search index; nothing was changed there", dir.display())]
    NotAnIndex {
        /// The folder.
        dir: PathBuf,
    },
    /// A file or folder of the index cannot be read or written (a full disk, missing rights).
    #[error("the search index in {} cannot be used: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// The engine refused for another reason.
    #[error("the search index in {} failed: {reason}", dir.display())]
    Engine {
        /// The folder of the index.
        dir: PathBuf,
        /// The engine's word.
        reason: String,
    },
}

impl FindError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn rebuild(dir: &Path, reason: impl Into<String>) -> Self {
        Self::NeedsRebuild { dir: dir.to_owned(), reason: reason.into() }
    }

    /// Sorts the engine's errors into damage, rights and space, and the rest.
    pub(crate) fn engine(dir: &Path, error: tantivy::TantivyError) -> Self {
        use tantivy::{TantivyError as T, directory::error as d};
        match error {
            T::LockFailure(d::LockError::LockBusy, _) => Self::Busy { dir: dir.to_owned() },
            T::IoError(io) => Self::io(dir, std::io::Error::new(io.kind(), io.to_string())),
            T::OpenWriteError(d::OpenWriteError::IoError { io_error, filepath }) => {
                Self::io(&dir.join(filepath), std::io::Error::new(io_error.kind(), io_error.to_string()))
            }
            T::OpenReadError(d::OpenReadError::IoError { io_error, filepath })
                if io_error.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Self::io(&dir.join(filepath), std::io::Error::new(io_error.kind(), io_error.to_string()))
            }
            T::OpenReadError(d::OpenReadError::FileDoesNotExist(file)) => {
                Self::rebuild(dir, format!("its file {} is missing", file.display()))
            }
            T::DataCorruption(what) => Self::rebuild(dir, format!("it is damaged ({what:?})")),
            T::IncompatibleIndex(what) => Self::rebuild(dir, format!("another version made it ({what:?})")),
            T::OpenReadError(what) => Self::rebuild(dir, format!("it is damaged ({what})")),
            T::SchemaError(what) => Self::rebuild(dir, format!("its fields are not the expected ones ({what})")),
            other => Self::Engine { dir: dir.to_owned(), reason: other.to_string() },
        }
    }
}
