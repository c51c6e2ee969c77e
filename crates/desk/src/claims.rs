//! Claims: what a caller asserts happened, the evidence that bears on it, and how it stands by that.
//!
//! A claim and a piece of evidence are records that people keep; a bearing ties the two and is somebody's decision. The
//! standing is never kept: it follows from the bearings that stand.

use crate::kept::{Keepable, Kept};
use earwitness_archive::{Archive, Result};
use earwitness_model::{CallId, Digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the caller knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// They saw or did it.
    Firsthand,
    /// They were told.
    Hearsay,
}

/// What a caller asserts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// A short name by which stories point at it; the record's name will do as well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The call.
    pub call: CallId,
    /// The turn in which it is said, from 0.
    pub turn: usize,
    /// For example `casualties` or `looting`.
    pub kind: String,
    /// Who acted, in words or as the archive calls a person.
    #[serde(default)]
    pub who: Option<String>,
    /// What happened, in a sentence.
    pub what: String,
    /// Where.
    #[serde(default, rename = "where")]
    pub place: Option<String>,
    /// When: a day, a month, or two of them with `/` between.
    #[serde(default)]
    pub when: Option<String>,
    /// How the caller knows.
    pub basis: Basis,
}

impl Keepable for Claim {
    const KIND: &'static str = "claim";
    const LETTER: &'static str = "m";
}

/// A document, picture, web capture or note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// A short name, as `D2`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// For example `unit_roster`.
    pub kind: String,
    /// What it is, for readers.
    pub title: String,
    /// SHA-256 of its sealed bytes, where it was sealed.
    #[serde(default)]
    pub sha256: Option<Digest>,
    /// From whom or where it was got, and how.
    #[serde(default)]
    pub source: String,
}

impl Keepable for Evidence {
    const KIND: &'static str = "evidence";
    const LETTER: &'static str = "e";
}

/// What a piece of evidence says about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It supports it.
    Corroborates,
    /// It speaks against it.
    Contradicts,
    /// Somebody concerned says that it is not so.
    Denies,
}

/// That a piece of evidence bears on a claim. The revision of the record says who decided it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bearing {
    /// The claim's record.
    pub claim: String,
    /// The evidence's record.
    pub evidence: String,
    /// What it says.
    pub says: Says,
    /// Why, in the editor's words.
    #[serde(default)]
    pub why: String,
}

impl Keepable for Bearing {
    const KIND: &'static str = "bearing";
    const LETTER: &'static str = "g";
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStanding {
    /// Nothing bears on it.
    WordAlone,
    /// Evidence supports it, and none speaks against it.
    Corroborated,
    /// Evidence speaks against it, and none supports it.
    Contradicted,
    /// Somebody concerned denies it; no other evidence bears on it.
    Denied,
    /// Evidence supports it, and other evidence speaks against it or somebody denies it.
    Disputed,
}

impl ClaimStanding {
    /// By what the evidence says.
    pub fn of(says: &[Says]) -> Self {
        let has = |what| says.contains(&what);
        match (has(Says::Corroborates), has(Says::Contradicts), has(Says::Denies)) {
            (false, false, false) => Self::WordAlone,
            (true, false, false) => Self::Corroborated,
            (true, _, _) => Self::Disputed,
            (false, true, _) => Self::Contradicted,
            (false, false, true) => Self::Denied,
        }
    }

    /// For readers, in a page of this language (`en` or `uk`).
    pub fn words(self, language: &str) -> &'static str {
        match (self, language) {
            (Self::WordAlone, "uk") => "Доказів цього, крім сказаного, немає.",
            (Self::Corroborated, "uk") => "Це підтверджують документи.",
            (Self::Contradicted, "uk") => "Документи свідчать про інше.",
            (Self::Denied, "uk") => "Причетні це заперечують.",
            (Self::Disputed, "uk") => "Одні документи це підтверджують, інші заперечують.",
            (Self::WordAlone, _) => "There is no evidence of this beyond what is said in the call.",
            (Self::Corroborated, _) => "Other evidence supports this.",
            (Self::Contradicted, _) => "Other evidence contradicts this.",
            (Self::Denied, _) => "Somebody concerned denies this.",
            (Self::Disputed, _) => "Some evidence supports this, and some speaks against it.",
        }
    }
}

/// All claims, all evidence, and what ties them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Claims {
    /// In the order of their numbers.
    pub claims: Vec<Kept<Claim>>,
    /// In the order of their numbers.
    pub evidence: Vec<Kept<Evidence>>,
    /// In the order of their numbers; those of claims or evidence that were taken back are left out.
    pub bearings: Vec<Kept<Bearing>>,
}

impl Claims {
    /// Reads them.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn load(archive: &Archive) -> Result<Self> {
        let (claims, evidence) = (Kept::<Claim>::all(archive)?, Kept::<Evidence>::all(archive)?);
        let mut bearings = Kept::<Bearing>::all(archive)?;
        let stands =
            |b: &Kept<Bearing>| claims.iter().any(|c| c.id == b.claim) && evidence.iter().any(|e| e.id == b.evidence);
        bearings.retain(stands);
        Ok(Self { claims, evidence, bearings })
    }

    /// The claim with this key or record name.
    pub fn claim(&self, wanted: &str) -> Option<&Kept<Claim>> {
        self.claims.iter().find(|c| c.id == wanted || (!c.key.is_empty() && c.key == wanted))
    }

    /// How each claim stands, by its record's name.
    pub fn standings(&self) -> BTreeMap<&str, ClaimStanding> {
        let of = |claim: &Kept<Claim>| {
            let says: Vec<Says> = self.bearings.iter().filter(|b| b.claim == claim.id).map(|b| b.says).collect();
            ClaimStanding::of(&says)
        };
        self.claims.iter().map(|c| (c.id.as_str(), of(c))).collect()
    }
}
