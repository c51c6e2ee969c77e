//! What can go wrong, in words that say what happened to what.

use earwitness_archive::Error as ArchiveError;
use std::fmt;

/// The result of everything about claims.
pub type Result<T, E = ClaimsError> = std::result::Result<T, E>;

/// How many faults are told; the others are counted.
const TOLD: usize = 50;

/// One thing that cannot be kept as it is, with its place: `what`, or `claims[3].when` in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    /// The same fault, in something that stands at `place`.
    pub(crate) fn within(self, place: &str) -> Self {
        Self { place: format!("{place}.{}", self.place), what: self.what }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(&self.what) } else { write!(f, "{}: {}", self.place, self.what) }
    }
}

/// What went wrong with claims and evidence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What is kept of people cannot be read.
    #[error(transparent)]
    People(#[from] crate::people::PeopleError),
    /// Nothing was kept: this is wrong.
    #[error("{}", told(.0))]
    Faults(Vec<Fault>),
    /// Nothing has this name.
    #[error("there is no {kind} “{wanted}” in this archive")]
    NotFound {
        /// `claim` or `evidence`.
        kind: &'static str,
        /// What was asked for.
        wanted: String,
    },
    /// A key that names other bytes.
    #[error("“{key}” is the key of {id} already")]
    KeyTaken {
        /// The key.
        key: String,
        /// The piece of evidence that bears it.
        id: String,
    },
    /// What is to be untied is not tied.
    #[error("nobody has decided that {evidence} bears on {claim}")]
    NoBearing {
        /// The claim.
        claim: String,
        /// The evidence.
        evidence: String,
    },
}

impl From<Vec<Fault>> for ClaimsError {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Faults(faults)
    }
}

pub(crate) fn told(faults: &[Fault]) -> String {
    let mut lines: Vec<String> = faults.iter().take(TOLD).map(ToString::to_string).collect();
    if let Some(more) = faults.len().checked_sub(TOLD).filter(|more| *more > 0) {
        lines.push(format!("and at least {more} more"));
    }
    lines.join("\n")
}
