//! Claims out of an archive, and into one.

use super::{
    Bearing, Claim, Claims, Entry, Evidence, Fault, File, Mention, Result, Says, Tapes, decide, name_of, name_of_piece,
};
use crate::kept::Kept;
use earwitness_archive::{Archive, Tx};
use earwitness_model::Author;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Claims that are new.
    pub added: usize,
    /// Claims that say something else than before.
    pub changed: usize,
    /// Claims that were there, just so.
    pub unchanged: usize,
    /// Decisions on evidence that are new or say something else than before.
    pub decided: usize,
}

/// All claims of an archive, with what bears on them, in the order in which they came.
///
/// # Errors
/// What the archive gives.
pub fn export(archive: &Archive) -> earwitness_archive::Result<String> {
    let all = Claims::load(archive)?;
    let mut mentions: BTreeMap<&str, Vec<Mention>> = BTreeMap::new();
    let pieces: BTreeMap<&str, &Kept<Evidence>> = all.evidence.iter().map(|e| (e.id.as_str(), e)).collect();
    for bearing in &all.bearings {
        let Some(piece) = pieces.get(bearing.evidence.as_str()) else { continue };
        let mention = Mention { key: name_of_piece(piece), says: bearing.says, why: bearing.why.clone() };
        mentions.entry(&bearing.claim).or_default().push(mention);
    }
    let entry = |kept: &Kept<Claim>| Entry {
        claim: Claim { key: name_of(kept), ..kept.is.clone() },
        evidence: mentions.remove(kept.id.as_str()).unwrap_or_default(),
    };
    let claims = all.claims.iter().map(entry).collect();
    let evidence = all.evidence.iter().map(|e| e.is.clone()).collect();
    Ok(File { evidence, claims }.to_text())
}

/// A claim that is ready to be kept.
struct Ready<'a> {
    known: Option<&'a Kept<Claim>>,
    claim: Claim,
    /// The evidence's record, what it says, and why.
    bearings: Vec<(String, Says, String)>,
}

/// Takes a file of claims in: all of it or, where anything is wrong, nothing. A claim whose key is known is changed to
/// what the file says; what the file does not name stays as it is. The same file again changes nothing.
///
/// # Errors
/// [`super::ClaimsError::Faults`] with everything that is wrong, each with its place; what the archive gives.
pub fn import(tx: &Tx<'_>, author: &Author, text: &str) -> Result<Imported> {
    let file = File::read(text)?;
    let all = Claims::load(tx)?;
    let mut faults = papers(&file, &all);
    let by_name: BTreeMap<String, &Kept<Claim>> = all.claims.iter().map(|c| (name_of(c), c)).collect();
    let mut tapes = Tapes::of(tx);
    let mut ready = Vec::new();
    for (n, entry) in file.claims.iter().enumerate() {
        let place = format!("claims[{n}]");
        let known = by_name.get(&entry.claim.key).copied();
        let (claim, mut wrong) = placed(&mut tapes, &entry.claim, known)?;
        let bearings = decided(entry, &all, &mut wrong);
        faults.extend(wrong.into_iter().map(|fault| fault.within(&place)));
        ready.push(Ready { known, claim, bearings });
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    keep(tx, author, &all, ready)
}

/// The evidence that the file means must be the same here.
fn papers(file: &File, all: &Claims) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (n, meant) in file.evidence.iter().enumerate() {
        let hex = meant.sha256.map(|d| d.hex());
        let name = if meant.key.is_empty() { hex.unwrap_or_default() } else { meant.key.clone() };
        let what = match all.piece(&name) {
            None => format!("there is no evidence “{name}” in this archive; `earwitness evidence add` seals it"),
            Some(here) if meant.sha256.is_some() && here.sha256 != meant.sha256 => {
                format!("“{name}” is another document in this archive: its SHA-256 differs")
            }
            Some(_) => continue,
        };
        faults.push(Fault::new(format!("evidence[{n}]"), what));
    }
    faults
}

/// The claim on its place in this archive. One that is known and said in the same turns goes on resting on the
/// transcript that it rests on, unless the file names one.
fn placed(tapes: &mut Tapes<'_>, claim: &Claim, known: Option<&Kept<Claim>>) -> Result<(Claim, Vec<Fault>)> {
    let mut claim = claim.clone();
    let Some(known) = known else {
        let faults = tapes.place(&mut claim)?;
        return Ok((claim, faults));
    };
    // Its record has no key of its own where it is known by its number.
    claim.key.clone_from(&known.key);
    if claim.transcript.is_none() && claim.turns() == known.turns() && known.transcript.is_some() {
        let mut same = Claim { transcript: known.transcript.clone(), ..claim.clone() };
        let faults = tapes.place(&mut same)?;
        if same.call == known.call {
            return Ok((same, faults));
        }
    }
    let faults = tapes.place(&mut claim)?;
    Ok((claim, faults))
}

fn decided(entry: &Entry, all: &Claims, faults: &mut Vec<Fault>) -> Vec<(String, Says, String)> {
    let (mut bearings, mut seen) = (Vec::new(), BTreeSet::new());
    for (m, mention) in entry.evidence.iter().enumerate() {
        let place = format!("evidence[{m}].key");
        match all.piece(&mention.key) {
            Some(piece) if seen.insert(piece.id.as_str()) => {
                bearings.push((piece.id.clone(), mention.says, mention.why.clone()));
            }
            Some(piece) => faults.push(Fault::new(place, format!("{} was named already", name_of_piece(piece)))),
            None => {
                let wanted = &mention.key;
                let what =
                    format!("there is no evidence “{wanted}” in this archive; `earwitness evidence add` seals it");
                faults.push(Fault::new(place, what));
            }
        }
    }
    bearings
}

fn keep(tx: &Tx<'_>, author: &Author, all: &Claims, ready: Vec<Ready<'_>>) -> Result<Imported> {
    let mut told = Imported::default();
    let before: BTreeMap<(&str, &str), &Kept<Bearing>> =
        all.bearings.iter().map(|b| ((b.claim.as_str(), b.evidence.as_str()), b)).collect();
    for Ready { known, claim, bearings } in ready {
        let id = match known {
            Some(known) => {
                let kept = known.change(tx, author.clone(), &claim)?;
                *(if kept.revision == known.revision { &mut told.unchanged } else { &mut told.changed }) += 1;
                kept.id
            }
            None => {
                told.added += 1;
                Kept::add(tx, author.clone(), &claim)?.id
            }
        };
        for (evidence, says, why) in bearings {
            let bearing = Bearing { claim: id.clone(), evidence, says, why };
            let known = before.get(&(bearing.claim.as_str(), bearing.evidence.as_str())).copied();
            if known.is_none_or(|known| known.is != bearing) {
                decide::keep(tx, author.clone(), known, &bearing)?;
                told.decided += 1;
            }
        }
    }
    Ok(told)
}
