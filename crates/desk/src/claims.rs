//! Claims: what a caller asserts happened, the evidence that bears on it, and how it stands by that.
//!
//! A claim and a piece of evidence are records that people keep; a bearing ties the two and is somebody's decision. The
//! standing is never kept: it follows from the bearings that stand.
//!
//! [`add`], [`change`], [`bear`] and [`add_evidence`] check what they keep; [`seal`] seals bytes, too; [`import`] and [`export`] carry claims as
//! JSON. Where a claim is said, and whether these words still stand, [`Tapes`] tells.

mod check;
mod decide;
mod error;
mod exchange;
mod file;
mod said;
mod seal;
mod standing;
mod undo;
mod when;

pub use decide::{add, add_evidence, bear, change, change_evidence, unbear};
pub(crate) use error::told;
pub use error::{ClaimsError, Fault, Result};
pub use exchange::{Imported, export, import};
pub use file::{Entry, FORM, File, LONGEST, Mention};
pub use said::{OtherSpeaker, Rests, Said, SaidTurn, Tapes};
pub use seal::{beginning, seal};
pub use standing::{ClaimStanding, NotAChoice};
pub use undo::{Undone, undo, undo_bearing, undo_evidence};
pub use when::{NotAWhen, When};

use crate::kept::{Keepable, Kept};
use earwitness_archive::Archive;
use earwitness_model::{CallId, Digest, RevisionId, Span, time::CallTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the caller knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// The last turn, where it is said in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<usize>,
    /// The very words, where less than all that is said in the turns is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Seconds from the beginning of the recording, where somebody gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Span>,
    /// The transcript whose turns are counted. None in records of earlier versions, which did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<RevisionId>,
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
    /// When: a day, a month, or two of them with `/` between (see [`When`]).
    #[serde(default)]
    pub when: Option<String>,
    /// How the caller knows.
    pub basis: Basis,
}

impl Claim {
    /// The turns in which it is said.
    pub fn turns(&self) -> std::ops::RangeInclusive<usize> {
        self.turn..=self.last.unwrap_or(self.turn)
    }
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
    /// How many bytes that are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What the file was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// From whom or where it was got, and how.
    #[serde(default)]
    pub source: String,
    /// The address that a web capture shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was captured there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<CallTime>,
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
    pub fn load(archive: &Archive) -> earwitness_archive::Result<Self> {
        let (claims, evidence) = (Kept::<Claim>::all(archive)?, Kept::<Evidence>::all(archive)?);
        let mut bearings = Kept::<Bearing>::all(archive)?;
        let claimed: BTreeMap<&str, ()> = claims.iter().map(|c| (c.id.as_str(), ())).collect();
        let held: BTreeMap<&str, ()> = evidence.iter().map(|e| (e.id.as_str(), ())).collect();
        bearings.retain(|b| claimed.contains_key(b.claim.as_str()) && held.contains_key(b.evidence.as_str()));
        Ok(Self { claims, evidence, bearings })
    }

    /// The claim with this key or record name, or the name that [`name_of`] gives it.
    pub fn claim(&self, wanted: &str) -> Option<&Kept<Claim>> {
        let wanted = wanted.trim();
        let by_key = self.claims.iter().find(|c| !c.key.is_empty() && c.key == wanted);
        by_key.or_else(|| self.claims.iter().find(|c| c.id == wanted || name_of(c) == wanted))
    }

    /// The piece of evidence with this key, record name, or SHA-256 (its first twelve digits will do).
    pub fn piece(&self, wanted: &str) -> Option<&Kept<Evidence>> {
        let wanted = wanted.trim();
        let by_key = self.evidence.iter().find(|e| !e.key.is_empty() && e.key == wanted);
        let sealed = |e: &Kept<Evidence>| wanted.len() >= 12 && e.sha256.is_some_and(|d| d.hex().starts_with(wanted));
        by_key.or_else(|| self.evidence.iter().find(|e| e.id == wanted || sealed(e)))
    }

    /// What bears on a claim, with the evidence.
    pub fn bearing_on<'a>(&'a self, claim: &'a str) -> impl Iterator<Item = (&'a Kept<Bearing>, &'a Kept<Evidence>)> {
        let here = self.bearings.iter().filter(move |b| b.claim == claim);
        here.filter_map(|b| Some((b, self.evidence.iter().find(|e| e.id == b.evidence)?)))
    }

    /// How a claim stands, by its record's name.
    pub fn standing(&self, claim: &str) -> ClaimStanding {
        let says: Vec<Says> = self.bearings.iter().filter(|b| b.claim == claim).map(|b| b.says).collect();
        ClaimStanding::of(&says)
    }

    /// How each claim stands, by its record's name.
    pub fn standings(&self) -> BTreeMap<&str, ClaimStanding> {
        let mut says: BTreeMap<&str, Vec<Says>> = self.claims.iter().map(|c| (c.id.as_str(), Vec::new())).collect();
        for bearing in &self.bearings {
            says.entry(bearing.claim.as_str()).or_default().push(bearing.says);
        }
        says.into_iter().map(|(claim, says)| (claim, ClaimStanding::of(&says))).collect()
    }
}

/// By what a claim is known outside of its archive: its key, or else its call and its record's name.
pub fn name_of(claim: &Kept<Claim>) -> String {
    if claim.key.is_empty() { format!("{}.{}", claim.call, claim.id) } else { claim.key.clone() }
}

/// By what a piece of evidence is known outside of its archive: its key, or else its SHA-256.
pub fn name_of_piece(piece: &Kept<Evidence>) -> String {
    match piece.sha256 {
        Some(digest) if piece.key.is_empty() => digest.hex(),
        _ if piece.key.is_empty() => piece.id.clone(),
        _ => piece.key.clone(),
    }
}

#[cfg(test)]
mod tests;
