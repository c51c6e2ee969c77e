//! What can go wrong, in words that say what happened to what.

use earwitness_model::{Digest, canonical::NotCanonical};
use rusqlite::ErrorCode;
use std::{
    io,
    path::{Path, PathBuf},
};

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder is not an archive.
    #[error("{} is not an earwitness archive: {why}", path.display())]
    NotAnArchive {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// `init` on a folder that holds something.
    #[error("{} already holds something; an archive is made in a new or empty folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A later program made this archive.
    #[error("this archive was made by a newer earwitness (format {found}; this program knows up to {known})")]
    NewerVersion {
        /// The format found.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The archive cannot be written to.
    #[error("the archive cannot be written to: {what}")]
    NotWritable {
        /// The path, or what the database says.
        what: String,
    },
    /// The archive was opened for reading.
    #[error("the archive was opened for reading only")]
    ReadOnly,
    /// Another program holds the catalog for longer than we wait.
    #[error("another program is writing to this archive and did not finish in time; try again")]
    Busy,
    /// No space is left.
    #[error("the disk (or the allowance on it) is full: {what} was not written; nothing that was kept is lost")]
    DiskFull {
        /// What was being written.
        what: String,
    },
    /// The operating system refused.
    #[error("{}: cannot {what}: {source}", path.display())]
    Io {
        /// The verb and its object.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The reader of bytes to be sealed failed.
    #[error("the file to be sealed cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The database refused.
    #[error("the catalog refuses: {0}")]
    Database(#[source] rusqlite::Error),
    /// The catalog holds something that cannot be.
    #[error("the catalog is damaged: {0}")]
    Damaged(String),
    /// Bytes under an original's name are not the bytes of that name.
    #[error(
        "the original {digest} in the archive has been altered; it was left as it is and the new copy was not kept"
    )]
    OriginalAltered {
        /// The name.
        digest: Digest,
    },
    /// A row was to be written for bytes that are not there.
    #[error("the original {digest} is not in the archive; seal it first")]
    OriginalMissing {
        /// The name.
        digest: Digest,
    },
    /// A write inside a write.
    #[error("a write to the archive was begun inside another one")]
    Nested,
    /// A text that cannot go into the ledger.
    #[error("cannot be recorded in the ledger: {0}")]
    Unrecordable(String),
    /// A value that has no canonical JSON.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// Nothing has this name.
    #[error("there is no {kind} {wanted:?} in this archive")]
    NotFound {
        /// `call`, `revision` …
        kind: &'static str,
        /// What was asked for.
        wanted: String,
    },
    /// More than one thing has this name.
    #[error("{wanted:?} may be any of {}", choices.join(", "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// What it may be, twenty at most.
        choices: Vec<String>,
    },
    /// Somebody wrote a record between the writer's look and the write.
    #[error("{what} was changed meanwhile: {author} wrote revision {number}")]
    Changed {
        /// Kind and name of the record.
        what: String,
        /// The newest revision.
        number: u32,
        /// Who wrote it.
        author: String,
    },
    /// A record that was removed for good is to be written.
    #[error("{what} was removed for good, and its name is not used again")]
    Erased {
        /// Kind and name of the record.
        what: String,
    },
    /// Two different recordings whose calls would have one name.
    #[error("the call {id} already exists with another recording")]
    CallTaken {
        /// The name.
        id: String,
    },
    /// The lease ran out, and the job may be in other hands.
    #[error("the lease on job {job} was lost: {stage} of {subject} is no longer this worker's")]
    LeaseLost {
        /// The job's number.
        job: u64,
        /// The stage.
        stage: String,
        /// The call.
        subject: String,
    },
    /// The settings file cannot be understood.
    #[error("{}: {why}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl Error {
    /// An error of the file system.
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { what: path.display().to_string() }
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::NotWritable { what: format!("{}: cannot {what}: {source}", path.display()) }
            }
            _ => Self::Io { what, path, source },
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        // The file beside the catalog that readers and writers share found no room.
        if error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull { what: "catalog.sqlite-shm".into() };
        }
        match (&error, error.sqlite_error_code()) {
            (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => Self::Busy,
            (_, Some(ErrorCode::DiskFull)) => Self::DiskFull { what: "catalog.sqlite".into() },
            (_, Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)) => {
                Self::NotWritable { what: format!("catalog.sqlite: {error}") }
            }
            (_, Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
            | (E::FromSqlConversionFailure(..) | E::InvalidColumnType(..) | E::IntegralValueOutOfRange(..), _)
            | (E::Utf8Error(..), _) => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SQLite says on a full disk depends on the file that found no room: the catalog, or the `-shm` beside it.
    #[test]
    fn a_full_disk_is_called_by_its_name() {
        for code in [rusqlite::ffi::SQLITE_FULL, rusqlite::ffi::SQLITE_IOERR_SHMSIZE] {
            let refused = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            assert!(matches!(Error::from(refused), Error::DiskFull { .. }), "{code}");
        }
        let failed = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_READ);
        assert!(matches!(Error::from(rusqlite::Error::SqliteFailure(failed, None)), Error::Database(_)));
    }
}
