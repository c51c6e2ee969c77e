//! Keeping claims and evidence, changing them, and deciding what bears on what.

use super::{Bearing, Claim, Claims, ClaimsError, Evidence, Fault, Result, Says, Tapes, check};
use crate::kept::Kept;
use earwitness_archive::{Document, Tx};
use earwitness_model::Author;

/// Keeps a new claim. Where it names no transcript, it rests on the one that stands.
///
/// # Errors
/// [`ClaimsError::Faults`] for a place that is not there, a key that is taken, texts that cannot be; what the archive
/// gives.
pub fn add(tx: &Tx<'_>, author: Author, claim: Claim) -> Result<Kept<Claim>> {
    let claim = ready(tx, claim, None)?;
    Ok(Kept::add(tx, author, &claim)?)
}

/// Keeps a changed claim, unless somebody changed it since this revision.
///
/// # Errors
/// As [`add`].
pub fn change(tx: &Tx<'_>, author: Author, known: &Kept<Claim>, to: Claim) -> Result<Kept<Claim>> {
    let claim = ready(tx, to, Some(&known.id))?;
    Ok(known.change(tx, author, &claim)?)
}

fn ready(tx: &Tx<'_>, claim: Claim, own: Option<&str>) -> Result<Claim> {
    let (mut claim, mut faults) = claim.checked();
    faults.extend(Tapes::of(tx).place(&mut claim)?);
    let taken = Claims::load(tx)?.claims.into_iter().find(|c| !c.key.is_empty() && c.key == claim.key);
    if let Some(taken) = taken.filter(|c| Some(c.id.as_str()) != own) {
        faults.push(Fault::new("key", format!("“{}” is the key of {} already", taken.key, taken.id)));
    }
    if faults.is_empty() { Ok(claim) } else { Err(faults.into()) }
}

/// Keeps a piece of evidence, and that its bytes were sealed, where they were. The same bytes again keep nothing: the
/// piece that is there is given back, with false.
///
/// # Errors
/// [`ClaimsError::Faults`] for texts that cannot be and a key that is taken; what the archive gives.
pub fn add_evidence(tx: &Tx<'_>, author: Author, piece: Evidence) -> Result<(Kept<Evidence>, bool)> {
    let known = Kept::<Evidence>::all(tx)?;
    if let Some(same) = known.iter().find(|e| e.sha256.is_some() && e.sha256 == piece.sha256) {
        return Ok((same.clone(), false));
    }
    let piece = fit(&known, piece, None)?;
    if let (Some(digest), Some(size)) = (piece.sha256, piece.size) {
        tx.add_document(&Document { digest, size })?;
    }
    Ok((Kept::add(tx, author, &piece)?, true))
}

/// Keeps a changed description of a piece of evidence; its bytes stay what they are.
///
/// # Errors
/// As [`add_evidence`].
pub fn change_evidence(tx: &Tx<'_>, author: Author, known: &Kept<Evidence>, to: Evidence) -> Result<Kept<Evidence>> {
    let same = Evidence { sha256: known.sha256, size: known.size, ..to };
    let piece = fit(&Kept::<Evidence>::all(tx)?, same, Some(&known.id))?;
    Ok(known.change(tx, author, &piece)?)
}

fn fit(known: &[Kept<Evidence>], piece: Evidence, own: Option<&str>) -> Result<Evidence> {
    let (piece, mut faults) = piece.checked();
    let taken = known.iter().find(|e| !e.key.is_empty() && e.key == piece.key && Some(e.id.as_str()) != own);
    if let Some(taken) = taken {
        faults.push(Fault::new("key", format!("“{}” is the key of {} already", taken.key, taken.id)));
    }
    if faults.is_empty() { Ok(piece) } else { Err(faults.into()) }
}

/// Decides what a piece of evidence says about a claim; in the place of what was decided about the two before.
///
/// # Errors
/// [`ClaimsError::NotFound`], [`ClaimsError::Faults`] for reasons that cannot be kept; what the archive gives.
pub fn bear(tx: &Tx<'_>, author: Author, claim: &str, evidence: &str, says: Says, why: &str) -> Result<Kept<Bearing>> {
    let faults = check::why(why.trim());
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let all = Claims::load(tx)?;
    let (claim, evidence) = pair(&all, claim, evidence)?;
    let before = all.bearings.iter().find(|b| b.claim == claim && b.evidence == evidence);
    let bearing = Bearing { claim, evidence, says, why: why.trim().to_string() };
    keep(tx, author, before, &bearing)
}

/// Keeps a bearing that was checked, in the place of the one that was decided before.
pub(super) fn keep(
    tx: &Tx<'_>,
    author: Author,
    before: Option<&Kept<Bearing>>,
    bearing: &Bearing,
) -> Result<Kept<Bearing>> {
    Ok(match before {
        Some(before) => before.change(tx, author, bearing)?,
        None => Kept::add(tx, author, bearing)?,
    })
}

/// Takes back that a piece of evidence bears on a claim; gives what was decided.
///
/// # Errors
/// [`ClaimsError::NotFound`], [`ClaimsError::NoBearing`]; what the archive gives.
pub fn unbear(tx: &Tx<'_>, author: Author, claim: &str, evidence: &str) -> Result<Kept<Bearing>> {
    let all = Claims::load(tx)?;
    let ids = pair(&all, claim, evidence)?;
    let known = all.bearings.into_iter().find(|b| (&b.claim, &b.evidence) == (&ids.0, &ids.1));
    let missing = || ClaimsError::NoBearing { claim: claim.into(), evidence: evidence.into() };
    let known = known.ok_or_else(missing)?;
    known.withdraw(tx, author)?;
    Ok(known)
}

/// The records of a claim and a piece of evidence.
pub(super) fn pair(all: &Claims, claim: &str, evidence: &str) -> Result<(String, String)> {
    let missing = |kind, wanted: &str| ClaimsError::NotFound { kind, wanted: wanted.into() };
    let claim = all.claim(claim).ok_or_else(|| missing("claim", claim))?;
    let piece = all.piece(evidence).ok_or_else(|| missing("evidence", evidence))?;
    Ok((claim.id.clone(), piece.id.clone()))
}
