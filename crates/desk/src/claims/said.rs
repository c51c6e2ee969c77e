//! Where a claim is said, and whether these words still stand.

use super::{Claim, Fault, Result};
use crate::{
    fidelity::other_words,
    kept::Kept,
    people::{Named, PeopleOverTime},
};
use earwitness_archive::{Archive, Error};
use earwitness_model::{Call, CallId, Revision, RevisionId, Span, Turn};
use serde::Serialize;
use std::{collections::BTreeMap, rc::Rc};

/// Seconds that a given span may end after its recording: tables round.
const ROUNDING: f64 = 1.0;

/// One turn in which a claim is said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SaidTurn {
    /// From 0.
    pub turn: usize,
    /// The label of who speaks.
    pub speaker: String,
    /// All words of the turn.
    pub text: String,
}

/// What a claim rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Rests {
    /// On the transcript that stands.
    Current,
    /// On an earlier one; the one that stands has the same words.
    SameWords,
    /// On an earlier one; a later correction has other words there.
    Older {
        /// The words that the claim rests on.
        was: String,
        /// The words that stand now.
        is: String,
        /// The number of the transcript that stands.
        number: u32,
        /// Who made it, as `person:Anna`.
        by: String,
    },
    /// On the transcript that stands, as far as can be known: an earlier version did not keep which one it was.
    NotKept,
    /// On turns that are not there.
    Lost,
}

/// That somebody else is held to have said it than when the claim was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherSpeaker {
    /// The turn, from 0.
    pub turn: usize,
    /// Who was held to speak then: the label, with the name of a person where one was linked to it.
    pub was: String,
    /// Who is held to speak now.
    pub is: String,
}

/// Where a claim is said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// The transcript that the claim rests on.
    pub transcript: Option<RevisionId>,
    /// Its number among the transcripts of the call.
    pub number: Option<u32>,
    /// Seconds from the beginning of the recording: those that were given, else those of the very words, else those of
    /// the turns.
    pub seconds: Option<Span>,
    /// The turns.
    pub turns: Vec<SaidTurn>,
    /// Whether the words still stand.
    pub rests: Rests,
    /// Whether somebody else is held to speak them by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_speaker: Option<OtherSpeaker>,
}

impl Said {
    /// Whether somebody has to look at the claim again: other words stand there now, none, or somebody else says them.
    pub fn is_shaken(&self) -> bool {
        self.other_speaker.is_some() || matches!(self.rests, Rests::Older { .. } | Rests::Lost)
    }
}

/// The calls and transcripts of an archive, each read once.
pub struct Tapes<'a> {
    archive: &'a Archive,
    calls: BTreeMap<String, Option<Rc<Call>>>,
    standing: BTreeMap<CallId, Option<Rc<Revision>>>,
    named: BTreeMap<RevisionId, Option<Rc<Revision>>>,
    people: Option<Rc<PeopleOverTime>>,
}

impl<'a> Tapes<'a> {
    /// Nothing is read yet.
    pub fn of(archive: &'a Archive) -> Self {
        Self { archive, calls: BTreeMap::new(), standing: BTreeMap::new(), named: BTreeMap::new(), people: None }
    }

    /// The call that people mean; none where there is no such call, or several.
    fn call(&mut self, wanted: &str) -> Result<Option<Rc<Call>>> {
        if let Some(known) = self.calls.get(wanted) {
            return Ok(known.clone());
        }
        let found = absent(self.archive.find_call(wanted))?.map(Rc::new);
        self.calls.insert(wanted.to_string(), found.clone());
        Ok(found)
    }

    fn standing(&mut self, call: &CallId) -> Result<Option<Rc<Revision>>> {
        if let Some(known) = self.standing.get(call) {
            return Ok(known.clone());
        }
        let found = self.archive.current_transcript(call)?.map(Rc::new);
        self.standing.insert(call.clone(), found.clone());
        Ok(found)
    }

    /// The transcript of this name, if it is one of this call.
    fn named(&mut self, id: &RevisionId, call: &CallId) -> Result<Option<Rc<Revision>>> {
        if !self.named.contains_key(id) {
            let found = absent(self.archive.revision(id))?.filter(|r| r.transcript().is_some());
            self.named.insert(id.clone(), found.map(Rc::new));
        }
        Ok(self.named.get(id).cloned().flatten().filter(|r| r.call == *call))
    }

    fn people(&mut self) -> Result<Rc<PeopleOverTime>> {
        if let Some(known) = &self.people {
            return Ok(known.clone());
        }
        let read = Rc::new(PeopleOverTime::load(self.archive)?);
        Ok(self.people.insert(read).clone())
    }

    /// Where a claim is said, whether these words still stand, and whether it is still the same person who says them.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn said(&mut self, claim: &Kept<Claim>) -> Result<Said> {
        let now = self.standing(&claim.call)?;
        let own = match &claim.transcript {
            Some(id) => self.named(id, &claim.call)?,
            None => now.clone(),
        };
        let lost = Said {
            transcript: claim.transcript.clone(),
            number: None,
            seconds: None,
            turns: Vec::new(),
            rests: Rests::Lost,
            other_speaker: None,
        };
        let Some(own) = own else { return Ok(lost) };
        let turns = turns_of(&own, claim);
        if turns.is_empty() {
            return Ok(lost);
        }
        let other_speaker = match &now {
            Some(now) => other_speaker(claim, &own, now, &*self.people()?),
            None => None,
        };
        let said = turns.iter().zip(claim.turn..);
        Ok(Said {
            transcript: Some(own.id.clone()),
            number: Some(own.number),
            seconds: claim.seconds.or_else(|| span_of(turns, claim.words.as_deref())),
            turns: said.map(|(t, turn)| SaidTurn { turn, speaker: t.speaker.clone(), text: t.text.clone() }).collect(),
            rests: rests(claim, &own, now.as_deref()),
            other_speaker,
        })
    }

    /// Puts a claim on its place: the call by its own name, the transcript that stands where none is named. Tells
    /// everything that is wrong with the place.
    pub(super) fn place(&mut self, claim: &mut Claim) -> Result<Vec<Fault>> {
        let wanted = claim.call.to_string();
        let Some(call) = self.call(&wanted)? else {
            return Ok(vec![Fault::new(
                "call",
                format!("there is no call “{wanted}” in this archive, or there are several"),
            )]);
        };
        claim.call = call.id.clone();
        let own = match &claim.transcript {
            Some(id) => self.named(id, &call.id)?,
            None => self.standing(&call.id)?,
        };
        let Some(own) = own else {
            return Ok(vec![match &claim.transcript {
                Some(id) => Fault::new("transcript", format!("{id} is no transcript of {} in this archive", call.id)),
                None => {
                    Fault::new("call", format!("{} has no transcript yet; `earwitness process` makes one", call.id))
                }
            }]);
        };
        claim.transcript = Some(own.id.clone());
        let turns = turns_of(&own, claim);
        if turns.is_empty() {
            let all = own.transcript().map_or(0, |t| t.turns.len());
            let what = match all {
                0 => format!("transcript {} of {} has no turns", own.number, call.id),
                _ => format!("transcript {} of {} has the turns 0 to {}", own.number, call.id, all - 1),
            };
            return Ok(vec![Fault::new(if claim.last.is_some() { "last" } else { "turn" }, what)]);
        }
        let mut faults = Vec::new();
        if let Some(words) = &claim.words
            && find(turns, words).is_none()
        {
            faults.push(Fault::new("words", "these words are not said there, one after the other"));
        }
        let whole = span_of(turns, None);
        if let (Some(given), Some(whole)) = (claim.seconds, whole)
            && (given.overlap(&whole) <= 0.0 || given.end > call.duration + ROUNDING)
        {
            let (start, end) = (whole.start, whole.end);
            faults.push(Fault::new("seconds", format!("the turns are spoken from {start:.2} to {end:.2}, not then")));
        }
        Ok(faults)
    }
}

/// What was found, or that it is not there.
fn absent<T>(found: earwitness_archive::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. } | Error::Ambiguous { .. }) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The turns of a claim in a transcript; none where not all of them are there.
fn turns_of<'r>(revision: &'r Revision, claim: &Claim) -> &'r [Turn] {
    revision.transcript().and_then(|t| t.turns.get(claim.turns())).unwrap_or_default()
}

fn span_of(turns: &[Turn], words: Option<&str>) -> Option<Span> {
    if let Some(found) = words.and_then(|words| find(turns, words)) {
        return Some(found);
    }
    let (start, end) = (turns.iter().map(|t| t.start).reduce(f64::min)?, turns.iter().map(|t| t.end).reduce(f64::max)?);
    Some(Span::new(start, end))
}

/// Where these words are said, one after the other; case and punctuation do not matter.
fn find(turns: &[Turn], words: &str) -> Option<Span> {
    let wanted = plain(words);
    let mut said: Vec<(String, Span)> = Vec::new();
    for turn in turns {
        if turn.words.is_empty() {
            said.extend(plain(&turn.text).into_iter().map(|word| (word, turn.span())));
        }
        for word in &turn.words {
            said.extend(plain(&word.text).into_iter().map(|w| (w, Span::new(word.start, word.end))));
        }
    }
    if wanted.is_empty() {
        return None;
    }
    let here = said.windows(wanted.len()).find(|here| here.iter().map(|(w, _)| w).eq(&wanted))?;
    let (first, last) = (here.first()?, here.last()?);
    Some(Span::new(first.1.start, last.1.end))
}

fn plain(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(|w| w.to_lowercase().replace('ё', "е")).collect()
}

fn rests(claim: &Claim, own: &Revision, now: Option<&Revision>) -> Rests {
    let Some(now) = now else { return Rests::Lost };
    if claim.transcript.is_none() {
        return Rests::NotKept;
    }
    if now.id == own.id {
        return Rests::Current;
    }
    let all = |r: &Revision| r.transcript().map(|t| t.turns.clone()).unwrap_or_default();
    let (old, new) = (all(own), all(now));
    match turns_of(own, claim).iter().find_map(|turn| other_words(turn, &old, &new)) {
        Some((was, is)) => Rests::Older { was, is, number: now.number, by: now.author.to_string() },
        None => Rests::SameWords,
    }
}

/// The first turn of a claim that somebody else is held to say now. Where a person was linked to the label then, it is
/// another one if another person, or nobody, is now; else the label decides.
fn other_speaker(claim: &Kept<Claim>, own: &Revision, now: &Revision, people: &PeopleOverTime) -> Option<OtherSpeaker> {
    let turns = now.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let (before, after) = (people.names_at(claim.at, &claim.call), people.names_now(&claim.call));
    turns_of(own, claim).iter().zip(claim.turn..).find_map(|(turn, number)| {
        let span = turn.span();
        let there = turns.iter().filter(|t| t.channel == turn.channel).map(|t| (t.span().overlap(&span), t));
        let (_, mostly) = there.filter(|(shared, _)| *shared > 0.0).max_by(|a, b| a.0.total_cmp(&b.0))?;
        let (was, is) = (before.get(&turn.speaker), after.get(&mostly.speaker));
        let same = match was {
            Some(was) => is.is_some_and(|is| is.person == was.person),
            None => mostly.speaker == turn.speaker,
        };
        let told = |label: &str, named: Option<&Named>| {
            named.map_or_else(|| label.to_string(), |named| format!("{label} ({})", named.marked()))
        };
        let (was, is) = (told(&turn.speaker, was), told(&mostly.speaker, is));
        (!same).then_some(OtherSpeaker { turn: number, was, is })
    })
}
