//! The codebook: themes that people lay on what is said, as qualitative research does.
//!
//! A theme ([`Theme`]) is a code; a coding ([`Coding`]) is a theme on some words of a call. Both are records that people
//! keep. A theme that is no longer used is retired: what it lies on keeps it. [`over_time`] counts how what is said
//! changes; [`import`], [`export`] and [`qdc`] carry the codebook, without the passages.

mod counts;
mod decide;
mod exchange;
mod qdc;

pub use counts::{By, Count, Period, over_time};
pub use decide::{add, change, note, put, take, undo};
pub use exchange::{FORM, Imported, LONGEST, export, import};
pub use qdc::qdc;

use crate::{
    kept::{Keepable, Kept},
    passage::{MarksError, Passage, Result},
};
use earwitness_archive::Archive;
use earwitness_model::CallId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many colours themes may have.
pub const COLOURS: u8 = 12;

/// A theme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// What people call it; no other theme is called so.
    pub name: String,
    /// What belongs to it and what does not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The digit or small letter that lays it on a selection; no other theme that is not retired has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<char>,
    /// What listeners are warned of before they hear such a passage; none where nobody must be warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Which of [`COLOURS`], from 0.
    #[serde(default)]
    pub colour: u8,
    /// Whether it is laid on nothing new.
    #[serde(default)]
    pub retired: bool,
}

impl Keepable for Theme {
    const KIND: &'static str = "theme";
    const LETTER: &'static str = "t";
}

/// That a theme lies on a passage. The revision of the record says who laid it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// The theme's record.
    pub theme: String,
    /// The words.
    #[serde(flatten)]
    pub passage: Passage,
    /// Why, or what is to be seen here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Keepable for Coding {
    const KIND: &'static str = "coding";
    const LETTER: &'static str = "o";
}

/// All themes, and all they lie on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Codebook {
    /// In the order of their numbers; retired ones, too.
    pub themes: Vec<Kept<Theme>>,
    /// In the order of their numbers.
    pub codings: Vec<Kept<Coding>>,
}

impl Codebook {
    /// Reads them.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn load(archive: &Archive) -> earwitness_archive::Result<Self> {
        let themes = Kept::<Theme>::all(archive)?;
        let mut codings = Kept::<Coding>::all(archive)?;
        let known: BTreeSet<&str> = themes.iter().map(|t| t.id.as_str()).collect();
        codings.retain(|c| known.contains(c.theme.as_str()));
        Ok(Self { themes, codings })
    }

    /// The colour that the fewest themes have, for a theme of which nobody chose one.
    pub fn free_colour(&self) -> u8 {
        let used = |colour: &u8| self.themes.iter().filter(|t| !t.retired && t.colour == *colour).count();
        (0..COLOURS).min_by_key(used).unwrap_or_default()
    }

    /// The theme with this record name.
    pub fn theme(&self, id: &str) -> Option<&Kept<Theme>> {
        self.themes.iter().find(|t| t.id == id)
    }

    /// The theme that people mean: its record (`t1`), its name, its key, or the beginning of its name, tried in this
    /// order; case does not matter.
    ///
    /// # Errors
    /// [`MarksError::NotFound`], [`MarksError::Ambiguous`].
    pub fn find(&self, wanted: &str) -> Result<&Kept<Theme>> {
        let sought = wanted.trim().to_lowercase();
        let key = |t: &Kept<Theme>| !t.retired && t.key.is_some_and(|key| sought.chars().eq([key]));
        let exact = self.theme(&sought).or_else(|| self.themes.iter().find(|t| t.name.to_lowercase() == sought));
        if let Some(found) = exact.or_else(|| self.themes.iter().find(|t| key(t))) {
            return Ok(found);
        }
        let begin = |t: &&Kept<Theme>| !sought.is_empty() && t.name.to_lowercase().starts_with(&sought);
        let found: Vec<&Kept<Theme>> = self.themes.iter().filter(begin).collect();
        match found.as_slice() {
            [only] => Ok(only),
            [] => Err(MarksError::NotFound { kind: "theme", wanted: wanted.into() }),
            several => {
                let choices = several.iter().map(|t| format!("{} ({})", t.id, t.name)).collect();
                Err(MarksError::Ambiguous { wanted: wanted.into(), choices })
            }
        }
    }

    /// The coding with this record name.
    ///
    /// # Errors
    /// [`MarksError::NotFound`].
    pub fn coding(&self, id: &str) -> Result<&Kept<Coding>> {
        let missing = || MarksError::NotFound { kind: "coding", wanted: id.into() };
        self.codings.iter().find(|c| c.id == id.trim()).ok_or_else(missing)
    }

    /// The calls in which a theme lies on something, by its record name.
    pub fn calls_with(&self, theme: &str) -> BTreeSet<CallId> {
        self.codings.iter().filter(|c| c.theme == theme).map(|c| c.passage.call.clone()).collect()
    }

    /// The themes of each call, by their record names.
    pub fn by_call(&self) -> BTreeMap<CallId, BTreeSet<String>> {
        let mut all: BTreeMap<CallId, BTreeSet<String>> = BTreeMap::new();
        for coding in &self.codings {
            all.entry(coding.passage.call.clone()).or_default().insert(coding.theme.clone());
        }
        all
    }

    /// On how much a theme lies.
    pub fn count(&self, theme: &str) -> Count {
        let passages = self.codings.iter().filter(|c| c.theme == theme).count();
        Count { calls: self.calls_with(theme).len(), passages }
    }
}

#[cfg(test)]
mod tests;
