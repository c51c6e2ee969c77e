//! The speakers of a call, with all that is known of each.

use super::{LineEnd, NOBODY, Result, SpeakersError, listened_to, relabel, sides};
use crate::{
    kept::Kept,
    people::{Link, Named, People},
    speakers::LineSide,
    voices::Group,
};
use earwitness_archive::Archive;
use earwitness_model::{Author, Call, CallId, Phone, RevisionId, SpeakerRef, Standing, Turn};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who speaks in a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallSpeakers {
    /// The call.
    pub call: CallId,
    /// The transcript whose labels these are.
    pub revision: RevisionId,
    /// Who made it.
    pub by: Author,
    /// Who called.
    pub from: Option<Phone>,
    /// Who was called.
    pub to: Option<Phone>,
    /// The end that is listened to, where the table tells.
    pub listened_to: Option<LineEnd>,
    /// By the first turn of each; who is not known comes last.
    pub speakers: Vec<Speaker>,
    /// Links to labels that nobody bears any more.
    pub adrift: Vec<Kept<Link>>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Speaker {
    /// `A`, `B` …; `?` for turns of which nobody knows who speaks.
    pub speaker: String,
    /// Tracks, from 0, the one on which most is said first.
    pub channels: Vec<u16>,
    /// The side of the line, where a person said so.
    pub side: Option<LineSide>,
    /// The number on that side.
    pub number: Option<String>,
    /// How many turns.
    pub turns: usize,
    /// Seconds that they last.
    pub seconds: f64,
    /// Who that is held to be.
    pub person: Option<Named>,
    /// The voice that was found in several calls.
    pub voice: Option<OfVoice>,
    /// What was measured of the voice.
    pub voiceprint: Measured,
}

/// A voice that a speaker belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfVoice {
    /// `V1` …
    pub id: String,
    /// `confirmed` where people decided so of all its members.
    pub standing: Standing,
    /// How many members it has.
    pub members: usize,
}

/// Whether a voice was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Measured {
    /// It was.
    Yes {
        /// Seconds of speech behind it, nobody else talking.
        net_speech: f64,
        /// How much the parts of the speech agree with the whole, at most 1.
        quality: f32,
    },
    /// Too little speech for it.
    TooLittle {
        /// Seconds, nobody else talking.
        net_speech: f64,
    },
    /// It was removed for good, and is not measured again.
    Forgotten,
    /// The transcript was corrected after the voices were measured.
    Outdated,
    /// Not yet.
    No,
}

/// The speakers of a call.
///
/// # Errors
/// [`SpeakersError::NoTranscript`], what the archive gives.
pub fn list(archive: &Archive, call: &Call, people: &People) -> Result<CallSpeakers> {
    let missing = || SpeakersError::NoTranscript(call.id.clone());
    let standing = archive.current_transcript(&call.id)?.ok_or_else(missing)?;
    let turns = standing.transcript().map(|t| t.turns.as_slice()).ok_or_else(missing)?;
    let names = people.names_of(&call.id);
    let said = sides(archive, &call.id)?;
    let prints = prints(archive, call, &standing.id)?;
    let mut speakers = Vec::new();
    for label in labels(turns) {
        let own: Vec<&Turn> = turns.iter().filter(|turn| turn.speaker == label).collect();
        let channels = channels(&own);
        let side = channels.first().and_then(|channel| said.of(call, label, *channel));
        let voice = people.voice_of(&SpeakerRef::new(call.id.clone(), label));
        let group = voice.map(|id| Kept::<Group>::get(archive, id)).transpose()?.flatten();
        speakers.push(Speaker {
            speaker: label.to_owned(),
            side,
            number: side.and_then(|side| side.number(call)).map(str::to_owned),
            turns: own.len(),
            seconds: own.iter().map(|turn| turn.span().length()).sum(),
            channels,
            person: names.get(label).cloned(),
            voice: group.map(|g| OfVoice { standing: g.standing, members: g.members.len(), id: g.id }),
            voiceprint: prints(label),
        });
    }
    Ok(CallSpeakers {
        call: call.id.clone(),
        revision: standing.id.clone(),
        by: standing.author.clone(),
        from: call.from.clone(),
        to: call.to.clone(),
        listened_to: listened_to(call),
        speakers,
        adrift: relabel::adrift(archive, call, turns)?,
    })
}

/// What was measured, by label, for the transcript that stands.
fn prints(archive: &Archive, call: &Call, standing: &RevisionId) -> Result<impl Fn(&str) -> Measured> {
    let (set, forgotten) = (archive.voiceprints_of(&call.id)?, archive.forgotten_voices()?);
    let (id, standing) = (call.id.clone(), standing.clone());
    Ok(move |label: &str| {
        let speaker = SpeakerRef::new(id.clone(), label);
        match &set {
            _ if forgotten.contains(&speaker) => Measured::Forgotten,
            None => Measured::No,
            Some(set) if set.of != standing => Measured::Outdated,
            Some(set) => {
                let little = set.too_little.iter().find(|little| little.speaker == speaker);
                let print = set.voiceprints.iter().find(|print| print.speaker == speaker);
                match (print, little) {
                    (Some(p), _) => Measured::Yes { net_speech: p.net_speech, quality: p.quality },
                    (None, Some(little)) => Measured::TooLittle { net_speech: little.net_speech },
                    (None, None) => Measured::No,
                }
            }
        }
    })
}

/// In the order of their first turns, the one of nobody last.
fn labels(turns: &[Turn]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<&str> = turns.iter().map(|t| t.speaker.as_str()).filter(|label| seen.insert(*label)).collect();
    all.sort_by_key(|label| *label == NOBODY);
    all
}

fn channels(turns: &[&Turn]) -> Vec<u16> {
    let mut seconds: BTreeMap<u16, f64> = BTreeMap::new();
    for turn in turns {
        *seconds.entry(turn.channel).or_default() += turn.span().length();
    }
    let mut all: Vec<(u16, f64)> = seconds.into_iter().collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.into_iter().map(|(channel, _)| channel).collect()
}
