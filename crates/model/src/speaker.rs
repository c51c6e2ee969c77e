//! Who speaks in a call, what their voice measures, and how far a hypothesis about them has been decided.

use crate::{CallId, Digest};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// One speaker of one call: a label, not a person. Written `c0123456789:A`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SpeakerRef {
    /// The call.
    pub call: CallId,
    /// The label in its turns, `A`, `B` ….
    pub speaker: String,
}

impl SpeakerRef {
    /// The speaker with this label in a call.
    pub fn new(call: CallId, speaker: impl Into<String>) -> Self {
        Self { call, speaker: speaker.into() }
    }
}

impl fmt::Display for SpeakerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.call, self.speaker)
    }
}

/// A text that is not a speaker of a call.
#[derive(Debug, thiserror::Error)]
#[error("not a speaker of a call (CALL:LABEL, for example c0123456789:A)")]
pub struct NotASpeaker;

impl FromStr for SpeakerRef {
    type Err = NotASpeaker;

    fn from_str(text: &str) -> Result<Self, NotASpeaker> {
        let (call, speaker) = text.trim().split_once(':').ok_or(NotASpeaker)?;
        let plain = |s: &str| !s.is_empty() && s.len() <= 200 && !s.contains(char::is_control);
        if !plain(call) || !plain(speaker) {
            return Err(NotASpeaker);
        }
        Ok(Self::new(CallId::new(call), speaker))
    }
}

impl Serialize for SpeakerRef {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpeakerRef {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a network measured of one speaker's voice in one call. Biometric data: it is kept apart from everything
/// else, leaves the archive only when asked for, and can be removed for good.
#[derive(Clone, Debug, PartialEq)]
pub struct Voiceprint {
    /// Whose.
    pub speaker: SpeakerRef,
    /// Of unit length; as many numbers as the network gives (192 for CAM++).
    pub vector: Vec<f32>,
    /// Seconds of speech that it was measured on, nobody else talking.
    pub net_speech: f64,
    /// How much the parts of the speech agree with the whole: mean cosine, at most 1.
    pub quality: f32,
    /// Name and version of the network.
    pub model: String,
    /// SHA-256 of its weights.
    pub weights: Digest,
}

impl Voiceprint {
    /// The cosine of two voiceprints, -1 to 1; none where they are of different networks.
    pub fn cosine(&self, other: &Self) -> Option<f32> {
        let comparable = self.weights == other.weights && self.vector.len() == other.vector.len();
        comparable.then(|| self.vector.iter().zip(&other.vector).map(|(a, b)| a * b).sum())
    }
}

/// How far a hypothesis has come. Only a person moves it from `suggested`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// By a machine, or by a person who has not decided.
    Suggested,
    /// Somebody decided that it holds.
    Confirmed,
    /// Somebody decided that it does not hold; stays so until somebody opens it again.
    Rejected,
    /// There is evidence against it.
    Disputed,
}

impl Standing {
    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Suggested => "suggested",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Disputed => "disputed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speaker_is_written_and_read_back() {
        let speaker: SpeakerRef = " c0123456789:A ".parse().unwrap();
        assert_eq!((speaker.call.as_str(), speaker.speaker.as_str()), ("c0123456789", "A"));
        assert_eq!(speaker.to_string().parse::<SpeakerRef>().unwrap(), speaker);
        for wrong in ["", "c01", "c01:", ":A", "c01:\n"] {
            assert!(wrong.parse::<SpeakerRef>().is_err(), "{wrong:?}");
        }
    }
}
