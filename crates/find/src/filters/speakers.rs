//! Speakers of calls, by something that only the archive knows: a person, a voice.

use earwitness_model::{CallId, SpeakerRef};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Speakers to look for, as somebody wrote who they are. Nobody is found until whoever knows people and voices has
/// told who that is: see [`super::Filters::resolve`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Speakers {
    written: String,
    /// By label; labels are few and calls are many.
    told: BTreeMap<String, BTreeSet<CallId>>,
}

impl Speakers {
    /// From what a person writes.
    pub fn new(written: &str) -> Self {
        Self { written: written.to_owned(), told: BTreeMap::new() }
    }

    /// What was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    pub(super) fn tell(&mut self, speakers: impl IntoIterator<Item = SpeakerRef>) {
        self.told.clear();
        for SpeakerRef { call, speaker } in speakers {
            self.told.entry(speaker).or_default().insert(call);
        }
    }

    /// Each label with the calls in which it is meant.
    pub(crate) fn by_label(&self) -> impl Iterator<Item = (&str, &BTreeSet<CallId>)> {
        self.told.iter().map(|(label, calls)| (label.as_str(), calls))
    }

    pub(super) fn holds(&self, call: &CallId, label: &str) -> bool {
        self.told.get(label).is_some_and(|calls| calls.contains(call))
    }
}

impl fmt::Display for Speakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
