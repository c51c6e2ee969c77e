//! What people decide about quotes: that they have read a revision, and that a quote may be published as it is.

use super::{Finding, Level, Report, Review};
use crate::kept::Keepable;
use crate::quote::{Declaration, Quote};
use serde::{Deserialize, Serialize};

impl Keepable for Review {
    const KIND: &'static str = "review";
    const LETTER: &'static str = "w";
}

/// That an editor has looked at a quote and what was found about it, and takes it. It pins the revisions: whatever
/// changes later is measured against them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    /// The story's folder.
    pub story: String,
    /// The quote as the story names it.
    pub label: String,
    /// The edits as the story declares them.
    pub declared: Vec<Declaration>,
    /// The quote with its revisions.
    pub quote: Quote,
    /// What was found, and is accepted.
    pub decided: Vec<Finding>,
    /// Why, in the editor's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Keepable for Signed {
    const KIND: &'static str = "quote";
    const LETTER: &'static str = "q";
}

impl Signed {
    /// Whether everything that an editor must decide about has been decided, in the same words.
    pub fn covers(&self, report: &Report) -> bool {
        report.of(Level::Decide).all(|finding| self.decided.contains(finding))
    }
}

/// That a story was built and left the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The story's folder.
    pub story: String,
    /// SHA-256 of each file, by its path.
    pub files: std::collections::BTreeMap<String, String>,
}

impl Keepable for Publication {
    const KIND: &'static str = "publication";
    const LETTER: &'static str = "b";
}
