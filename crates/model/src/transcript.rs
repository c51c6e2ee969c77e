//! Turns and words, and the revisions that hold them. A revision is never changed; a change is a new revision.

use crate::{Author, CallId, RevisionId, Span, canonical, canonical::NotCanonical};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One spoken word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word with its punctuation.
    #[serde(rename = "w")]
    pub text: String,
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Probability that the model gave the word, 0 to 1; 1 for a word that a person wrote.
    #[serde(rename = "p")]
    pub probability: f32,
}

/// Why a stretch is doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtReason {
    /// The model is unsure of most words.
    LowConfidence,
    /// The model repeated itself.
    Loop,
    /// Words that the model is known to make up over noise.
    GhostPhrase,
    /// The stretch may hold no speech at all.
    NoSpeech,
    /// More words than the time can hold, or speech with no words.
    Rate,
    /// A person marked it /unintelligible/.
    Unintelligible,
}

impl DoubtReason {
    /// The kind of doubt in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LowConfidence => "low confidence",
            Self::Loop => "repeated itself",
            Self::GhostPhrase => "words often made up over noise",
            Self::NoSpeech => "perhaps no speech",
            Self::Rate => "words do not fit the time",
            Self::Unintelligible => "unintelligible",
        }
    }
}

/// A mark on a turn that must be heard by a person before it is relied upon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The kind of doubt.
    pub reason: DoubtReason,
    /// The figures behind it, in plain words.
    pub detail: String,
    /// What the model proposed, where it is not trusted enough to stand as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<String>,
}

/// A stretch of one speaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Track of the recording, from 0.
    pub channel: u16,
    /// `A`, `B` …: a label within the call, not a person.
    pub speaker: String,
    /// ISO 639-1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The words as one text; empty where nothing could be written down (see `doubt`).
    pub text: String,
    /// Mean probability of the words, 0 to 1; 1 when a person wrote them.
    pub confidence: f32,
    /// The words with their times.
    #[serde(default)]
    pub words: Vec<Word>,
    /// Present where a person must listen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

impl Turn {
    /// Where the turn lies.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// The turns of a call, ordered by start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The language of most of the speech, ISO 639-1.
    pub language: Option<String>,
    /// Ordered by start.
    pub turns: Vec<Turn>,
}

/// A translated turn; it keeps its own span so that it still finds its place after turns are split or joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TranslatedTurn {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Track of the recording, from 0.
    pub channel: u16,
    /// The translated text.
    pub text: String,
}

/// A translation of one transcript revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Translation {
    /// The transcript revision it was made from; stale when that is no longer the current one.
    pub of: RevisionId,
    /// ISO 639-1 of the target.
    pub language: String,
    /// In the order of the transcript's turns; turns without words are left out.
    pub turns: Vec<TranslatedTurn>,
}

impl Translation {
    /// The translation of a turn: the texts of all translated turns on its channel that lie mostly within it
    /// (more than half of the shorter of the two).
    pub fn of_turn(&self, turn: &Turn) -> Option<String> {
        let here = turn.span();
        let texts: Vec<&str> = self
            .turns
            .iter()
            .filter(|t| {
                let span = Span::new(t.start, t.end);
                t.channel == turn.channel && span.overlap(&here) > 0.5 * span.length().min(here.length())
            })
            .map(|t| t.text.as_str())
            .collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }
}

/// What a revision holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RevisionBody {
    /// The source words.
    Transcript(Transcript),
    /// A translation.
    Translation(Translation),
}

impl RevisionBody {
    /// `transcript` or `translation`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Transcript(_) => "transcript",
            Self::Translation(_) => "translation",
        }
    }
}

/// One revision: who made what of which call, when, from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// From the content, see [`RevisionId`].
    pub id: RevisionId,
    /// The call.
    pub call: CallId,
    /// 1 for the first revision of this kind of the call.
    pub number: u32,
    /// Who made it.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
    /// The revision it was made from, where there is one.
    pub based_on: Option<RevisionId>,
    /// The turns.
    pub body: RevisionBody,
}

impl Revision {
    /// Makes a revision and its name from everything else in it.
    ///
    /// # Errors
    /// [`NotCanonical`] if a time or probability is not a finite number.
    pub fn new(
        call: CallId,
        number: u32,
        author: Author,
        created_at: Timestamp,
        based_on: Option<RevisionId>,
        body: RevisionBody,
    ) -> Result<Self, NotCanonical> {
        let mut revision = Self { id: RevisionId::new(""), call, number, author, created_at, based_on, body };
        revision.id = RevisionId::new(format!("r{}", &canonical::digest(&revision)?.hex()[..12]));
        Ok(revision)
    }

    /// The transcript, if this is one.
    pub fn transcript(&self) -> Option<&Transcript> {
        match &self.body {
            RevisionBody::Transcript(t) => Some(t),
            RevisionBody::Translation(_) => None,
        }
    }

    /// The translation, if this is one.
    pub fn translation(&self) -> Option<&Translation> {
        match &self.body {
            RevisionBody::Translation(t) => Some(t),
            RevisionBody::Transcript(_) => None,
        }
    }
}
