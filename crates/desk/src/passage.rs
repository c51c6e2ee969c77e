//! Passages: words of a call on which somebody laid a theme, wrote a note, or which somebody put into the basket.
//!
//! A passage names the transcript in which its turns are counted, so that it goes on meaning the same words after
//! corrections. [`Passages`] tells where these words are now, and whether they still stand.
//!
//! Places are counted in characters (Unicode scalar values) of the text of one turn, from 0; turns as in their
//! transcript, from 0.

mod again;
mod check;
mod error;
mod place;

pub(crate) use check::text;
pub use error::{MarksError, Result};
pub use place::Place;

use crate::claims::Rests;
use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_model::{CallId, Revision, RevisionId, Span, Turn};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, rc::Rc};

/// Words of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The call.
    pub call: CallId,
    /// The transcript whose turns are counted.
    pub transcript: RevisionId,
    /// Where in it.
    #[serde(flatten)]
    pub place: Place,
}

/// A passage as somebody points at it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Chosen {
    /// The call, as the archive or people call it.
    pub call: String,
    /// The transcript whose turns are counted; the one that stands, where none is named.
    #[serde(default, rename = "revision")]
    pub transcript: Option<RevisionId>,
    /// The first turn.
    pub turn: usize,
    /// The last turn; the first, where none is named.
    #[serde(default)]
    pub last: Option<usize>,
    /// The first character in the first turn; its beginning, where none is named.
    #[serde(default)]
    pub from: Option<usize>,
    /// The character after the last in the last turn; its end, where none is named.
    #[serde(default)]
    pub to: Option<usize>,
    /// The very words, where they are told by themselves and not by their characters.
    #[serde(default)]
    pub words: Option<String>,
}

impl Chosen {
    /// Whole turns of the transcript that stands.
    pub fn turns(call: impl Into<String>, turn: usize, last: Option<usize>) -> Self {
        Self { call: call.into(), transcript: None, turn, last, from: None, to: None, words: None }
    }
}

/// A passage as it is found now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// Its place in the transcript that stands; none where it has none any more.
    pub now: Option<Place>,
    /// Seconds from the beginning of the recording; none where its transcript is not there.
    pub seconds: Option<Span>,
    /// The label of who speaks first.
    pub speaker: Option<String>,
    /// The words as they were chosen.
    pub words: String,
    /// What the translation that stands says under its turns.
    pub translation: Option<String>,
    /// Whether the words still stand.
    pub rests: Rests,
}

impl Seen {
    fn lost() -> Self {
        let words = String::new();
        Self { now: None, seconds: None, speaker: None, words, translation: None, rests: Rests::Lost }
    }

    /// Whether the words that were chosen are still what the transcript says.
    pub fn stands(&self) -> bool {
        matches!(self.rests, Rests::Current | Rests::SameWords)
    }
}

/// What the translation says under each turn.
type Lines = Rc<Vec<Option<String>>>;

/// The transcripts and translations of an archive, each read once.
pub struct Passages<'a> {
    archive: &'a Archive,
    standing: BTreeMap<CallId, Option<Rc<Revision>>>,
    named: BTreeMap<RevisionId, Option<Rc<Revision>>>,
    lines: BTreeMap<CallId, Lines>,
}

impl<'a> Passages<'a> {
    /// Nothing is read yet.
    pub fn of(archive: &'a Archive) -> Self {
        Self { archive, standing: BTreeMap::new(), named: BTreeMap::new(), lines: BTreeMap::new() }
    }

    /// The archive.
    pub fn archive(&self) -> &'a Archive {
        self.archive
    }

    /// The transcript of a call that stands.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn standing(&mut self, call: &CallId) -> Result<Option<Rc<Revision>>> {
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
            let found = match self.archive.revision(id) {
                Ok(found) => Some(Rc::new(found)).filter(|r| r.transcript().is_some()),
                Err(ArchiveError::NotFound { .. }) => None,
                Err(e) => return Err(e.into()),
            };
            self.named.insert(id.clone(), found);
        }
        Ok(self.named.get(id).cloned().flatten().filter(|r| r.call == *call))
    }

    /// What the translation that stands says under each turn of the transcript that stands.
    fn lines(&mut self, call: &CallId) -> Result<Lines> {
        if let Some(known) = self.lines.get(call) {
            return Ok(Rc::clone(known));
        }
        let transcript = self.standing(call)?;
        let translation = self.archive.current_translation(call)?;
        let placed = translation.as_ref().and_then(|t| t.revision.translation()).zip(transcript.as_deref());
        let lines = placed.map(|(lines, transcript)| lines.of_turns(turns(transcript))).unwrap_or_default();
        let lines: Lines = Rc::new(lines.into_iter().map(|line| line.map(|line| line.text)).collect());
        self.lines.insert(call.clone(), Rc::clone(&lines));
        Ok(lines)
    }

    /// The passage that somebody points at, widened to whole words.
    ///
    /// # Errors
    /// [`MarksError::NoTranscript`], [`MarksError::NoTurn`], [`MarksError::Backwards`], [`MarksError::NoWords`],
    /// [`MarksError::NotSaid`]; what the archive gives, a call or a transcript that is not there among it.
    pub fn choose(&mut self, chosen: &Chosen) -> Result<Passage> {
        let call = self.archive.find_call(&chosen.call)?.id;
        let own = match &chosen.transcript {
            Some(id) => {
                let missing = || MarksError::NotFound { kind: "transcript", wanted: id.to_string() };
                self.named(id, &call)?.ok_or_else(missing)?
            }
            None => self.standing(&call)?.ok_or_else(|| MarksError::NoTranscript(call.clone()))?,
        };
        let place = Place::choose(turns(&own), chosen)?;
        Ok(Passage { call, transcript: own.id.clone(), place })
    }

    /// Where a passage is now, and whether its words still stand.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn look(&mut self, passage: &Passage) -> Result<Seen> {
        let (own, now) = (self.named(&passage.transcript, &passage.call)?, self.standing(&passage.call)?);
        let (Some(own), Some(now)) = (own, now) else {
            return Ok(Seen::lost());
        };
        let (old, new) = (turns(&own), turns(&now));
        let (place, rests) = match own.id == now.id {
            true if passage.place.is_in(old) => (Some(passage.place), Rests::Current),
            true => (None, Rests::Lost),
            false => again::found(old, &passage.place, &now),
        };
        let (tape, at) = place.map_or((old, passage.place), |place| (new, place));
        let lines = self.lines(&passage.call)?;
        let translated = place.map(|place| place.turns()).and_then(|turns| lines.get(turns)).unwrap_or_default();
        let translated: Vec<&str> = translated.iter().flatten().map(String::as_str).collect();
        Ok(Seen {
            now: place,
            seconds: at.seconds(tape),
            speaker: tape.get(at.turn).map(|turn| turn.speaker.clone()),
            words: passage.place.words(old),
            translation: (!translated.is_empty()).then(|| translated.join(" ")),
            rests,
        })
    }
}

/// The turns of a transcript.
pub(crate) fn turns(revision: &Revision) -> &[Turn] {
    revision.transcript().map(|t| t.turns.as_slice()).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
