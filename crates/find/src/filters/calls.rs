//! Calls, by something that only the archive knows: a theme.

use earwitness_model::CallId;
use std::{collections::BTreeSet, fmt};

/// Calls to look for, as somebody wrote which they are. None is found until whoever knows the themes has told which
/// calls that is: see [`super::Filters::resolve_themes`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls {
    written: String,
    told: BTreeSet<CallId>,
}

impl Calls {
    /// From what a person writes.
    pub fn new(written: &str) -> Self {
        Self { written: written.to_owned(), told: BTreeSet::new() }
    }

    /// What was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    pub(super) fn tell(&mut self, calls: impl IntoIterator<Item = CallId>) {
        self.told = calls.into_iter().collect();
    }

    pub(super) fn accepts(&self, call: &str) -> bool {
        self.told.contains(&CallId::new(call))
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
