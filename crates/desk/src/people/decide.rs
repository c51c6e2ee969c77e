//! Suggesting, deciding and undoing links; forgetting a person.

use super::{Decided, Evidence, Kept, Link, People, PeopleError, Person, Result, Target};
use crate::kept::Keepable;
use earwitness_archive::Tx;
use earwitness_model::{Author, SpeakerRef, Standing};
use std::collections::BTreeSet;

/// What somebody decides about a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It holds.
    Confirm,
    /// It does not hold, and stays so.
    Reject,
    /// There is evidence against it.
    Dispute,
    /// It is to be decided again.
    Reopen,
}

impl Decision {
    fn standing(self) -> Standing {
        match self {
            Self::Confirm => Standing::Confirmed,
            Self::Reject => Standing::Rejected,
            Self::Dispute => Standing::Disputed,
            Self::Reopen => Standing::Suggested,
        }
    }
}

/// Links a voice or a phone to a person, as suggested, or with a machine's score. What is linked already gets the new
/// evidence, and keeps its standing.
///
/// # Errors
/// [`PeopleError::Rejected`] where somebody rejected just this, [`PeopleError::NoScore`], what the archive gives.
pub fn suggest(
    tx: &Tx<'_>,
    author: Author,
    person: &Kept<Person>,
    target: Target,
    score: Option<f64>,
    evidence: Vec<Evidence>,
) -> Result<Kept<Link>> {
    if score.is_some_and(|score| !score.is_finite()) {
        return Err(PeopleError::NoScore);
    }
    let same = |link: &Kept<Link>| link.person == person.id && link.target == target;
    let Some(kept) = Kept::<Link>::all(tx)?.into_iter().find(same) else {
        let link =
            Link { person: person.id.clone(), target, standing: Standing::Suggested, score, evidence, decided: None };
        return Ok(Kept::add(tx, author, &link)?);
    };
    not_rejected(&kept)?;
    let mut link = kept.is.clone();
    link.score = score.or(link.score);
    let new: Vec<Evidence> = evidence.into_iter().filter(|e| !link.evidence.contains(e)).collect();
    link.evidence.extend(new);
    Ok(kept.change(tx, author, &link)?)
}

/// Links a voice or a phone to a person; with `standing` other than suggested it is a decision by `who` at once.
///
/// # Errors
/// As [`suggest`].
pub fn link(
    tx: &Tx<'_>,
    who: &str,
    person: &Kept<Person>,
    target: Target,
    standing: Standing,
    evidence: Vec<Evidence>,
) -> Result<Kept<Link>> {
    let kept = suggest(tx, Author::person(who), person, target, None, evidence)?;
    let decision = match standing {
        Standing::Suggested => return Ok(kept),
        Standing::Confirmed => Decision::Confirm,
        Standing::Rejected => Decision::Reject,
        Standing::Disputed => Decision::Dispute,
    };
    decide(tx, who, &kept.id, decision, None)
}

/// Moves a link to where somebody wants it.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::Rejected`] for a rejected link that is not reopened first, what the
/// archive gives.
pub fn decide(tx: &Tx<'_>, who: &str, id: &str, decision: Decision, why: Option<String>) -> Result<Kept<Link>> {
    let kept = by_id(tx, id)?;
    if !matches!(decision, Decision::Reopen | Decision::Reject) {
        not_rejected(&kept)?;
    }
    if kept.standing == decision.standing() && why.is_none() && kept.decided.is_some() {
        return Ok(kept);
    }
    let mut link = kept.is.clone();
    link.standing = decision.standing();
    link.decided = Some(Decided { by: who.to_owned(), at: tx.now(), why });
    Ok(kept.change(tx, Author::person(who), &link)?)
}

/// Takes a link back; its history stays, and it can be undone.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::Rejected`] (a rejection that could be taken back would not stay), what the
/// archive gives.
pub fn unlink(tx: &Tx<'_>, who: &str, id: &str) -> Result<Kept<Link>> {
    let kept = by_id(tx, id)?;
    not_rejected(&kept)?;
    kept.withdraw(tx, Author::person(who))?;
    Ok(kept)
}

/// Removes for good what is known of a person, the evidence of all their links, and the voiceprints of the voices that
/// were linked to them and not rejected. Gives how many voices were removed.
///
/// # Errors
/// What the archive gives.
pub fn forget(tx: &Tx<'_>, person: &Kept<Person>) -> Result<usize> {
    let people = People::load(tx)?;
    let speakers: BTreeSet<SpeakerRef> = people.speakers_of(&person.id).into_keys().collect();
    let voices = tx.forget_voiceprints(&speakers.into_iter().collect::<Vec<_>>())?;
    // Links that were taken back still hold evidence in their history.
    for id in tx.record_ids(Link::KIND)? {
        let history = tx.record_history(Link::KIND, &id)?;
        if history.iter().any(|record| record.body["person"] == person.id.as_str()) {
            tx.erase_record(Link::KIND, &id)?;
        }
    }
    tx.erase_record(Person::KIND, &person.id)?;
    Ok(voices)
}

fn by_id(tx: &Tx<'_>, id: &str) -> Result<Kept<Link>> {
    let missing = || PeopleError::NotFound { kind: "link", wanted: id.to_owned() };
    Kept::<Link>::get(tx, &id.trim().to_lowercase())?.ok_or_else(missing)
}

fn not_rejected(link: &Kept<Link>) -> Result<()> {
    if link.standing != Standing::Rejected {
        return Ok(());
    }
    let by = link.decided.as_ref().map_or_else(|| link.by.to_string(), |decided| decided.by.clone());
    Err(PeopleError::Rejected { link: link.id.clone(), by })
}
