//! What was handed over at one time: a folder or a zip file, listed and opened for reading, never written to.
//!
//! A delivery may be hostile or broken. Whatever cannot be read becomes a [`Problem`] with its reason, and the rest
//! goes on.

mod folder;
mod names;
mod zipped;

pub use zipped::Limits;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A delivery that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// Nothing is there, or it may not be read.
    #[error("the delivery {path} cannot be opened: {source}")]
    Unreadable {
        /// What was to be opened.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Neither a folder nor a file.
    #[error("the delivery {0} is neither a folder nor a zip file")]
    NeitherFolderNorZip(PathBuf),
    /// A file that is not a readable zip archive.
    #[error("the delivery {path} is not a folder, and cannot be read as a zip file: {reason}")]
    NotAZip {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// One delivered file that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path inside the delivery, with `/`. Bytes that are not text, and characters that cannot be seen, stand as `%XX`.
    pub name: String,
    /// Bytes, as the folder or the zip's directory says.
    pub size: u64,
    /// When the file was last changed. None for a zip, whose times have no zone.
    pub modified: Option<Timestamp>,
    place: usize,
}

/// Why something in a delivery was not taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Left behind by an operating system; says nothing of the calls.
    Ignored,
    /// Exists, but may not or cannot be read.
    Unreadable,
    /// A folder that may not or cannot be read; what lies in it is not known.
    UnreadableFolder,
    /// A link that leads nowhere.
    DanglingLink,
    /// A link that leads out of the delivery; not followed.
    LinkOut,
    /// A link to something else in the delivery, which is read there.
    LinkInside,
    /// A pipe, device or socket; not opened.
    SpecialFile,
    /// A name that is no text, cannot be seen whole, or prints as another's; the file itself is taken.
    OddName,
    /// A name that leads out of the zip; not opened.
    UnsafeName,
    /// Two files of one name, of which only one can be read.
    DuplicateName,
    /// Needs a password.
    Encrypted,
    /// Would unpack to far more than was delivered.
    Bomb,
    /// Packed in a way that cannot be unpacked here.
    Unsupported,
}

/// Something in a delivery that was not taken as it is, with the reason in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Path inside the delivery, as in [`Entry::name`].
    pub name: String,
    /// What sort of problem.
    pub kind: ProblemKind,
    /// Plain words.
    pub reason: String,
}

/// A folder or zip file with what was found in it.
#[derive(Debug)]
pub struct Delivery {
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Folder(Vec<PathBuf>),
    Zip(zipped::Zip),
}

impl Delivery {
    /// Lists the folder or zip file at `path`, with the usual [`Limits`].
    ///
    /// # Errors
    /// [`DeliveryError`] where nothing at all can be read; smaller troubles are [`Delivery::problems`].
    pub fn open(path: &Path) -> Result<Self, DeliveryError> {
        Self::open_with(path, &Limits::default())
    }

    /// As [`Delivery::open`], with other limits on what a zip may unpack to.
    ///
    /// # Errors
    /// [`DeliveryError`] where nothing at all can be read.
    pub fn open_with(path: &Path, limits: &Limits) -> Result<Self, DeliveryError> {
        let unreadable = |source| DeliveryError::Unreadable { path: path.to_owned(), source };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        let mut found = Found::default();
        let source = if metadata.is_dir() {
            Source::Folder(folder::list(path, &mut found).map_err(unreadable)?)
        } else if metadata.is_file() {
            Source::Zip(zipped::Zip::list(path, limits, &mut found)?)
        } else {
            return Err(DeliveryError::NeitherFolderNorZip(path.to_owned()));
        };
        found.entries.sort_by(|a, b| a.name.cmp(&b.name));
        found.problems.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { entries: found.entries, problems: found.problems, source })
    }

    /// The files that can be opened, by name.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was not taken as it is, by name.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The entry of this name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|e| e.name.as_str().cmp(name)).ok()?;
        self.entries.get(at)
    }

    /// Opens a file for reading from its start. Reading a zip's file fails once it gives more bytes than
    /// [`Entry::size`], or other bytes than its checksum says.
    ///
    /// # Errors
    /// The operating system's, or that of a damaged zip.
    pub fn open_entry(&self, entry: &Entry) -> std::io::Result<Box<dyn Read + Send + '_>> {
        match &self.source {
            Source::Folder(paths) => Ok(Box::new(folder::open(paths.get(entry.place).ok_or_else(gone)?)?)),
            Source::Zip(zip) => zip.open(entry),
        }
    }

    /// Where the file lies on disk; none in a zip.
    pub fn path(&self, entry: &Entry) -> Option<&Path> {
        match &self.source {
            Source::Folder(paths) => paths.get(entry.place).map(PathBuf::as_path),
            Source::Zip(_) => None,
        }
    }
}

/// What a listing gathers.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    taken: std::collections::HashSet<String>,
}

impl Found {
    fn problem(&mut self, name: &str, kind: ProblemKind, reason: impl Into<String>) {
        self.problems.push(Problem { name: name.to_owned(), kind, reason: reason.into() });
    }

    /// Adds a file under its printable name. Two files whose names print the same both stay, the second as `name (2)`.
    fn file(&mut self, name: names::Printable, size: u64, modified: Option<Timestamp>, place: usize) {
        let mut text = name.text;
        if let Some(reason) = name.odd {
            self.problem(&text, ProblemKind::OddName, reason);
        }
        if self.taken.contains(&text) {
            let other = (2..).map(|n: u32| format!("{text} ({n})")).find(|t| !self.taken.contains(t));
            let other = other.unwrap_or_default();
            let reason = format!("another file has the name {text} too; this one is called {other} here");
            self.problem(&other, ProblemKind::OddName, reason);
            text = other;
        }
        self.taken.insert(text.clone());
        self.entries.push(Entry { name: text, size, modified, place });
    }
}

fn gone() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::NotFound, "this file is not part of this delivery")
}
