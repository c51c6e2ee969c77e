//! Claims, evidence and decisions, put back to what they were.

use super::{Bearing, Claim, Claims, ClaimsError, Evidence, Fault, Result};
use crate::kept::{self, Keepable, Kept};
use earwitness_archive::{Archive, Record, Tx};
use earwitness_model::Author;
use serde::Serialize;

/// What became of a record that was put back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Undone<T> {
    /// It stands as it was.
    Stands(Kept<T>),
    /// There was nothing before: it is taken back.
    TakenBack {
        /// The record.
        id: String,
        /// The number of the revision that says so.
        revision: u32,
    },
}

/// Puts back what revision `to` of a claim said (none: what it said before its last change), as a new revision; 0 takes it
/// back. Undone again, it is done again. A claim that was taken back is named by its record (`m1`), or the key it had.
///
/// # Errors
/// [`ClaimsError::NotFound`] for a claim that was never there; [`ClaimsError::Faults`] where another claim has its key
/// by now; what the archive gives.
pub fn undo(tx: &Tx<'_>, author: Author, claim: &str, to: Option<u32>) -> Result<Undone<Claim>> {
    let all = Claims::load(tx)?;
    let id = match all.claim(claim) {
        Some(known) => known.id.clone(),
        None => gone::<Claim>(tx, claim, "claim")?,
    };
    let put = put_back::<Claim>(tx, author, &id, to)?;
    free(&put, |is| &is.key, all.claims.iter().map(|c| (c.id.as_str(), c.key.as_str())))?;
    Ok(put)
}

/// As [`undo`], for what is said of a piece of evidence. Its bytes were never gone.
///
/// # Errors
/// As [`undo`].
pub fn undo_evidence(tx: &Tx<'_>, author: Author, evidence: &str, to: Option<u32>) -> Result<Undone<Evidence>> {
    let all = Claims::load(tx)?;
    let id = match all.piece(evidence) {
        Some(known) => known.id.clone(),
        None => gone::<Evidence>(tx, evidence, "evidence")?,
    };
    let put = put_back::<Evidence>(tx, author, &id, to)?;
    free(&put, |is| &is.key, all.evidence.iter().map(|e| (e.id.as_str(), e.key.as_str())))?;
    Ok(put)
}

/// As [`undo`], for the last decision about what a piece of evidence says about a claim.
///
/// # Errors
/// [`ClaimsError::NotFound`]; [`ClaimsError::NoBearing`] where nobody ever decided about the two; what the archive gives.
pub fn undo_bearing(
    tx: &Tx<'_>,
    author: Author,
    claim: &str,
    evidence: &str,
    to: Option<u32>,
) -> Result<Undone<Bearing>> {
    let (claim_id, piece_id) = super::decide::pair(&Claims::load(tx)?, claim, evidence)?;
    let mut last = None;
    for id in tx.record_ids(Bearing::KIND)? {
        let history = tx.record_history(Bearing::KIND, &id)?;
        let of = |record: &Record| record.body["claim"] == claim_id && record.body["evidence"] == piece_id;
        let Some(newest) = history.iter().any(of).then(|| history.last()).flatten() else { continue };
        // One that stands is the decision; else the one that was taken back last.
        let rank = (!newest.is_withdrawn(), newest.created_at);
        if last.as_ref().is_none_or(|(before, _)| *before <= rank) {
            last = Some((rank, id));
        }
    }
    let missing = || ClaimsError::NoBearing { claim: claim.into(), evidence: evidence.into() };
    put_back(tx, author, &last.ok_or_else(missing)?.1, to)
}

fn put_back<T: Keepable>(tx: &Tx<'_>, author: Author, id: &str, to: Option<u32>) -> Result<Undone<T>> {
    let record = kept::undo(tx, T::KIND, id, to, author)?;
    if record.is_withdrawn() {
        return Ok(Undone::TakenBack { id: record.id, revision: record.number });
    }
    Ok(Undone::Stands(Kept::read(record)?))
}

/// The record that was taken back under this name: its own, or the key that it had last.
fn gone<T: Keepable>(archive: &Archive, wanted: &str, kind: &'static str) -> Result<String> {
    let wanted = wanted.trim();
    let mut found = None;
    for id in archive.record_ids(T::KIND)? {
        let history = archive.record_history(T::KIND, &id)?;
        let had = history.iter().rfind(|record| !record.is_withdrawn()).and_then(|record| record.body["key"].as_str());
        if id == wanted {
            return Ok(id);
        }
        if had.is_some_and(|key| !key.is_empty() && key == wanted) {
            found = Some(id);
        }
    }
    found.ok_or_else(|| ClaimsError::NotFound { kind, wanted: wanted.into() })
}

/// A key that came back must not be somebody else's by now.
fn free<'a, T>(
    put: &Undone<T>,
    key: impl Fn(&T) -> &String,
    mut others: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<()> {
    let Undone::Stands(put) = put else { return Ok(()) };
    let own = key(&put.is);
    let taken = others.find(|(id, key)| *id != put.id && !own.is_empty() && key == own);
    match taken {
        Some((id, key)) => {
            Err(vec![Fault::new("key", format!("“{key}” is the key of {id} by now; change that one first"))].into())
        }
        None => Ok(()),
    }
}
