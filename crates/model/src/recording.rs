//! What is known of a delivered file: its format, its damage, and the one verdict that intake gives it.

use crate::{Digest, Span};
use serde::{Deserialize, Serialize};

/// What the bytes are, by content and not by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioFormat {
    /// Container, for example `wav`, `ogg`, `mp3`, `mp4`, `amr`, `flac`.
    pub container: String,
    /// Codec, for example `pcm_s16le`, `pcm_alaw`, `gsm`, `opus`, `amr_nb`.
    pub codec: String,
    /// Hertz, as stored.
    pub sample_rate: u32,
    /// Number of tracks.
    pub channels: u16,
    /// Seconds of sound that decode.
    pub duration: f64,
}

/// How much of a damaged file could be decoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Damage {
    /// Seconds that decode.
    pub decoded: f64,
    /// Seconds that the file says it has, where it says so.
    pub declared: Option<f64>,
    /// Plain words: what is wrong.
    pub reason: String,
}

/// The one verdict on a delivered file. `accepted`, `damaged` and `wrong_extension` become calls to be heard;
/// duplicates, re-encodings and excerpts are kept and point at the recording they repeat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Sound that decodes whole.
    Accepted,
    /// Sound that decodes whole, but holds silence, tone or steady noise by its level and spectrum.
    NoSpeechExpected {
        /// `silence`, `tone` or `noise`.
        sound: String,
    },
    /// Accepted by its content although its name says another format.
    WrongExtension {
        /// The container that the content has.
        actual: String,
    },
    /// The same bytes as an earlier file.
    ExactDuplicate {
        /// The recording.
        of: Digest,
    },
    /// The same sound in other bytes.
    ReEncoding {
        /// The recording it repeats.
        of: Digest,
        /// Share of matching fingerprint bits, 0.5 to 1.
        score: f64,
    },
    /// A part of another recording.
    Excerpt {
        /// The recording it is part of.
        of: Digest,
        /// Where it lies in that recording, seconds.
        at: Span,
        /// Share of matching fingerprint bits, 0.5 to 1.
        score: f64,
    },
    /// Audio of which only a part decodes; accepted.
    Damaged {
        /// How much.
        damage: Damage,
        /// The recording it repeats a part of, if the fingerprint says so.
        of: Option<Digest>,
    },
    /// Says it is audio, but nothing decodes (an empty file too).
    Broken {
        /// Plain words.
        reason: String,
    },
    /// Something else: a text, a picture, a table that was not the manifest.
    NotAudio {
        /// What it seems to be.
        seems: String,
    },
}

impl Verdict {
    /// The name used in reports and JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NoSpeechExpected { .. } => "no_speech_expected",
            Self::WrongExtension { .. } => "wrong_extension",
            Self::ExactDuplicate { .. } => "exact_duplicate",
            Self::ReEncoding { .. } => "re_encoding",
            Self::Excerpt { .. } => "excerpt",
            Self::Damaged { .. } => "damaged",
            Self::Broken { .. } => "broken",
            Self::NotAudio { .. } => "not_audio",
        }
    }

    /// Whether the file becomes a call of its own that is to be heard.
    pub fn becomes_call(&self) -> bool {
        matches!(
            self,
            Self::Accepted
                | Self::NoSpeechExpected { .. }
                | Self::WrongExtension { .. }
                | Self::Damaged { of: None, .. }
        )
    }

    /// The recording that this one repeats, wholly or in part.
    pub fn repeats(&self) -> Option<Digest> {
        match self {
            Self::ExactDuplicate { of } | Self::ReEncoding { of, .. } | Self::Excerpt { of, .. } => Some(*of),
            Self::Damaged { of, .. } => *of,
            _ => None,
        }
    }
}
