//! A person's corrections of who speaks. Words, times and doubts stay exactly as they are; a translation of the same
//! words stays a translation of them.

use super::{NOBODY, Result, SpeakersError, sides};
use crate::{
    editing,
    kept::Kept,
    people::{Link, Target},
    voices,
};
use earwitness_archive::{Error as ArchiveError, Tx};
use earwitness_model::{Author, Call, Revision, RevisionBody, RevisionId, SpeakerRef, Standing, Transcript, Turn};
use std::collections::{BTreeMap, BTreeSet};

/// The longest label, in characters: as many as the text form of a transcript shows.
const LONGEST: usize = 40;

/// What is corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relabel {
    /// All turns of one speaker are another's.
    Merge {
        /// Who is no speaker of his own.
        from: String,
        /// Who says it.
        into: String,
    },
    /// A speaker gets another label, and keeps all that is linked to him.
    Rename {
        /// The label.
        from: String,
        /// The new one.
        to: String,
    },
    /// Some turns are another speaker's, who may be new.
    Assign {
        /// Counted from 0.
        turns: BTreeSet<usize>,
        /// Who says them.
        to: String,
    },
    /// The labels are again as they were before the last such correction.
    Undo,
}

/// What became of a correction.
#[derive(Clone, Debug, PartialEq)]
pub struct Relabelled {
    /// The new transcript.
    pub transcript: Revision,
    /// The translation that goes with it, where the one before translated the same words.
    pub translation: Option<RevisionId>,
    /// How many turns bear another label now.
    pub turns: usize,
    /// Links to labels that nobody bears any more: somebody has to look.
    pub adrift: Vec<Kept<Link>>,
}

/// Corrects who speaks in a call, as a new revision by `author`.
///
/// Where a label is replaced altogether by a new one, links, voices, decisions and sides follow it. Where two are merged,
/// they do not: what was said of one voice is not silently said of another. A voice that was removed for good stays
/// removed under its new label.
///
/// # Errors
/// [`SpeakersError`]; nothing is kept then.
pub fn relabel(tx: &Tx<'_>, author: &Author, call: &Call, change: &Relabel) -> Result<Relabelled> {
    let missing = || SpeakersError::NoTranscript(call.id.clone());
    let standing = tx.current_transcript(&call.id)?.ok_or_else(missing)?;
    let old = standing.transcript().ok_or_else(missing)?;
    let labels = match change {
        Relabel::Undo => before(tx, call, &standing)?,
        other => other.labels(call, &old.turns)?,
    };
    let turns = old.turns.iter().zip(&labels).filter(|(turn, label)| turn.speaker != **label).count();
    if turns == 0 {
        return Err(SpeakersError::Same(call.id.clone()));
    }
    let relabelled = old.turns.iter().zip(&labels).map(|(turn, label)| Turn { speaker: label.clone(), ..turn.clone() });
    let new = Transcript { language: old.language.clone(), turns: relabelled.collect() };
    let body = RevisionBody::Transcript(new.clone());
    let kept = tx.add_revision(&call.id, author.clone(), Some(standing.id.clone()), body)?;
    let translation = carry_translation(tx, author, call, &standing.id, &kept.id)?;
    for (from, to) in replaced(&old.turns, &new.turns) {
        follow(tx, author, call, &from, &to, &old.turns)?;
    }
    Ok(Relabelled { transcript: kept, translation, turns, adrift: adrift(tx, call, &new.turns)? })
}

impl Relabel {
    /// The new label of each turn.
    fn labels(&self, call: &Call, turns: &[Turn]) -> Result<Vec<String>> {
        let known: BTreeSet<&str> = turns.iter().map(|turn| turn.speaker.as_str()).collect();
        let there = |label: &str| {
            let missing = || SpeakersError::NoSpeaker {
                call: call.id.clone(),
                label: label.to_owned(),
                labels: known.iter().map(|l| (*l).to_owned()).collect(),
            };
            known.contains(label).then_some(()).ok_or_else(missing)
        };
        let all = |from: &str, to: &str| {
            let one = |turn: &Turn| if turn.speaker == from { to.to_owned() } else { turn.speaker.clone() };
            turns.iter().map(one).collect()
        };
        match self {
            Self::Merge { from, into } => {
                there(from)?;
                there(into)?;
                Ok(all(from, into))
            }
            Self::Rename { from, to } => {
                there(from)?;
                let to = label(to)?;
                if from != to && known.contains(to) {
                    return Err(SpeakersError::Taken { call: call.id.clone(), label: to.to_owned() });
                }
                Ok(all(from, to))
            }
            Self::Assign { turns: chosen, to } => {
                if let Some(turn) = chosen.iter().find(|turn| **turn >= turns.len()) {
                    return Err(SpeakersError::NoTurn { call: call.id.clone(), turn: *turn, turns: turns.len() });
                }
                let to = label(to)?;
                let one = |(n, turn): (usize, &Turn)| if chosen.contains(&n) { to } else { &turn.speaker }.to_owned();
                Ok(turns.iter().enumerate().map(one).collect())
            }
            Self::Undo => Ok(turns.iter().map(|turn| turn.speaker.clone()).collect()),
        }
    }
}

/// A label that every form of a transcript can carry.
fn label(text: &str) -> Result<&str> {
    let text = text.trim();
    let sign = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '.' | '_');
    let fits = (1..=LONGEST).contains(&text.chars().count()) && text.chars().all(sign);
    let begins = text.starts_with(char::is_alphanumeric);
    if text == NOBODY || (fits && begins) { Ok(text) } else { Err(SpeakersError::NotALabel(text.to_owned())) }
}

/// The labels before a person's last correction of nothing but labels.
fn before(tx: &Tx<'_>, call: &Call, standing: &Revision) -> Result<Vec<String>> {
    let nothing = || SpeakersError::NothingToUndo(call.id.clone());
    let base = standing.based_on.as_ref().filter(|_| standing.author.is_person()).ok_or_else(nothing)?;
    let earlier = tx.revision(base)?;
    let turns = |revision: &Revision| revision.transcript().map(|t| t.turns.clone()).unwrap_or_default();
    let unlabelled = |turns: &[Turn]| -> Vec<Turn> {
        turns.iter().map(|turn| Turn { speaker: String::new(), ..turn.clone() }).collect()
    };
    let (new, old) = (turns(standing), turns(&earlier));
    if unlabelled(&new) != unlabelled(&old) {
        return Err(nothing());
    }
    Ok(old.into_iter().map(|turn| turn.speaker).collect())
}

/// Labels that are gone, where all their turns went to one other label.
fn replaced(old: &[Turn], new: &[Turn]) -> Vec<(String, String)> {
    let mut went: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (before, after) in old.iter().zip(new) {
        went.entry(&before.speaker).or_default().insert(&after.speaker);
    }
    let one = |(from, to): (&str, BTreeSet<&str>)| match to.into_iter().collect::<Vec<_>>().as_slice() {
        [only] if *only != from => Some((from.to_owned(), (*only).to_owned())),
        _ => None,
    };
    let still = |label: &str| new.iter().any(|turn| turn.speaker == label);
    went.into_iter().filter_map(one).filter(|(from, _)| !still(from)).collect()
}

/// Lets everything that is known of a label go over to the one that replaces it.
fn follow(tx: &Tx<'_>, author: &Author, call: &Call, from: &str, to: &str, old: &[Turn]) -> Result<()> {
    let [from_ref, to_ref] = [from, to].map(|label| SpeakerRef::new(call.id.clone(), label));
    if tx.forgotten_voices()?.contains(&from_ref) && to != NOBODY {
        tx.forget_voiceprints(std::slice::from_ref(&to_ref))?;
    }
    let is_new = old.iter().all(|turn| turn.speaker != to);
    if !is_new || to == NOBODY || from == NOBODY {
        return Ok(());
    }
    sides::move_label(tx, author, call, from, to)?;
    for link in Kept::<Link>::all(tx)? {
        if link.target == Target::Speaker(from_ref.clone()) {
            let moved = Link { target: Target::Speaker(to_ref.clone()), ..link.is.clone() };
            link.change(tx, author.clone(), &moved)?;
        }
    }
    let swap = |speaker: &SpeakerRef| if *speaker == from_ref { to_ref.clone() } else { speaker.clone() };
    for group in Kept::<voices::Group>::all(tx)? {
        if group.members.contains(&from_ref) {
            let mut members: Vec<SpeakerRef> = group.members.iter().map(swap).collect();
            members.sort();
            group.change(tx, author.clone(), &voices::Group { members, ..group.is.clone() })?;
        }
    }
    for decision in Kept::<voices::Decision>::all(tx)? {
        if decision.a == from_ref || decision.b == from_ref {
            let voices::Decision { a, b, standing, note } = decision.is.clone();
            if let Some(moved) = voices::Decision::new(swap(&a), swap(&b), standing, note) {
                decision.change(tx, author.clone(), &moved)?;
            }
        }
    }
    Ok(())
}

/// Lets the translation that stands translate the new transcript, whose words are the old ones.
fn carry_translation(
    tx: &Tx<'_>,
    author: &Author,
    call: &Call,
    old: &RevisionId,
    new: &RevisionId,
) -> Result<Option<RevisionId>> {
    let Some(standing) = tx.current_translation(&call.id)?.map(|current| current.revision) else { return Ok(None) };
    if standing.translation().is_none_or(|translation| translation.of != *old) {
        return Ok(None);
    }
    Ok(Some(editing::carry(tx, author, &standing, new)?))
}

/// Links that stand to labels of the call that no turn bears.
pub(super) fn adrift(
    archive: &earwitness_archive::Archive,
    call: &Call,
    turns: &[Turn],
) -> Result<Vec<Kept<Link>>, ArchiveError> {
    let lost = |link: &Kept<Link>| match &link.target {
        Target::Speaker(speaker) if link.standing != Standing::Rejected => {
            speaker.call == call.id && turns.iter().all(|turn| turn.speaker != speaker.speaker)
        }
        _ => false,
    };
    Ok(Kept::<Link>::all(archive)?.into_iter().filter(lost).collect())
}
