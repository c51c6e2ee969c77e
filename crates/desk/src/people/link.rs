//! Links: that a voice or a phone is a person's, why we think so, and how far that has come.

use super::{Kept, PeopleError, Result};
use crate::{kept::Keepable, voices::Group};
use earwitness_archive::Archive;
use earwitness_model::{CallId, RevisionId, SpeakerRef, Standing};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is linked to a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The voice of one speaker of one call.
    Speaker(SpeakerRef),
    /// A voice that was found in several calls: the name of a record of the kind `voice`, and so all its members.
    Voice(String),
    /// A number in E.164, or as the table writes it where it cannot be read.
    Phone(String),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Speaker(speaker) => speaker.fmt(f),
            Self::Voice(text) | Self::Phone(text) => f.write_str(text),
        }
    }
}

impl Target {
    /// What people mean by a text: `CALL:A`, `V1`, or a number (its last digits, where only one number of the archive
    /// ends with them). It must be there.
    ///
    /// # Errors
    /// [`PeopleError::NoTarget`], [`PeopleError::NotFound`], [`PeopleError::Ambiguous`], what the archive gives.
    pub fn find(archive: &Archive, text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some((call, label)) = text.rsplit_once(':') {
            let call = archive.find_call(call)?;
            let label = label.trim();
            let transcript = archive.current_transcript(&call.id)?;
            let turns =
                transcript.as_ref().and_then(|t| t.transcript()).map(|t| t.turns.as_slice()).unwrap_or_default();
            if !turns.iter().any(|turn| turn.speaker == label) {
                return Err(PeopleError::NotFound { kind: "speaker", wanted: text.into() });
            }
            return Ok(Self::Speaker(SpeakerRef::new(call.id, label)));
        }
        if text.starts_with(['V', 'v']) && text.len() > 1 && text.chars().skip(1).all(|c| c.is_ascii_digit()) {
            let id = text.to_uppercase();
            let missing = || PeopleError::NotFound { kind: "voice", wanted: id.clone() };
            return Ok(Self::Voice(Kept::<Group>::get(archive, &id)?.ok_or_else(missing)?.id));
        }
        if !text.chars().any(|c| c.is_ascii_digit()) {
            return Err(PeopleError::NoTarget(text.into()));
        }
        Ok(Self::Phone(crate::phones::find(&archive.calls()?, text)?))
    }
}

/// Why we think so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// In free words.
    Text(String),
    /// A turn, for example where the name is said.
    Turn {
        /// The call.
        call: CallId,
        /// The revision whose turns are counted.
        revision: RevisionId,
        /// From 0.
        turn: u32,
        /// Seconds from the beginning of the recording.
        start: f64,
        /// What is said there.
        words: String,
    },
    /// A document, by its name or a place where it is kept.
    Document(String),
}

impl Evidence {
    /// The turn that people name `CALL#n`, n from 0, of the transcript that stands.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`], what the archive gives.
    pub fn turn(archive: &Archive, text: &str) -> Result<Self> {
        let missing = || PeopleError::NotFound { kind: "turn", wanted: text.into() };
        let (call, number) = text.trim().rsplit_once('#').ok_or_else(missing)?;
        let number: u32 = number.trim().parse().map_err(|_| missing())?;
        let call = archive.find_call(call)?;
        let kept = archive.current_transcript(&call.id)?.ok_or_else(missing)?;
        let turn = kept.transcript().and_then(|t| t.turns.get(usize::try_from(number).ok()?)).ok_or_else(missing)?;
        let (start, words) = (turn.start, turn.text.clone());
        Ok(Self::Turn { call: call.id, revision: kept.id.clone(), turn: number, start, words })
    }
}

/// Who moved a link to where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// Their name.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// That a voice or a phone is a person's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The person's record.
    pub person: String,
    /// The voice or the phone.
    pub target: Target,
    /// How far it has come.
    pub standing: Standing,
    /// A machine's log likelihood ratio (base 10), where a machine suggested it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// For it, and against it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The last decision; none where nobody decided yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

impl Keepable for Link {
    const KIND: &'static str = "link";
    const LETTER: &'static str = "l";
}
