//! The export for programs. Fields may be added; those that stand here stay.

use super::{ExportError, Source};
use earwitness_desk::correction::is_stale;
use earwitness_model::{Author, Call, CallId, CallTime, Digest, Doubt, Phone, Place, Revision, RevisionId, Turn, Word};
use serde::Serialize;

/// A call with its current transcript and translation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallExport {
    /// Its name.
    pub call: CallId,
    /// The delivered files that hold it, first the one that was heard.
    pub files: Vec<ExportFile>,
    /// RFC 3339, with the offset of the place.
    pub started_at: Option<CallTime>,
    /// Seconds.
    pub duration: f64,
    /// Who called: E.164, or as written where it is no number.
    pub from: Option<String>,
    /// Who was called.
    pub to: Option<String>,
    /// `outgoing` or `incoming`, seen from the listened-to line.
    pub direction: Option<String>,
    /// Where the listened-to phone was.
    pub place: Place,
    /// Number of tracks.
    pub channels: u16,
    /// ISO 639-1 code of most of the speech.
    pub language: Option<String>,
    /// The transcript revision.
    pub revision: ExportRevision,
    /// The translation revision, where there is one.
    pub translation_revision: Option<ExportTranslation>,
    /// Whether the translation was made from another transcript revision than this.
    pub translation_stale: bool,
    /// Ordered by start.
    pub turns: Vec<ExportTurn>,
}

/// A delivered file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExportFile {
    /// Its name without folders.
    pub name: String,
    /// Its path inside the delivery.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// Who made a transcript.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExportRevision {
    /// Its name.
    pub id: RevisionId,
    /// `person:NAME` or `model:NAME@WEIGHTS`.
    pub author: String,
    /// 1 for the first of the call.
    pub number: u32,
    /// UTC.
    pub created_at: String,
    /// Everything about the author: for a model version, parameters and weights.
    pub made_by: Author,
}

/// Who made a translation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExportTranslation {
    /// Who and when.
    #[serde(flatten)]
    pub revision: ExportRevision,
    /// The transcript revision that it was made from.
    pub of: RevisionId,
    /// ISO 639-1 code.
    pub language: String,
}

/// A turn with its translation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExportTurn {
    /// Seconds, to the millisecond.
    pub start: f64,
    /// Seconds, to the millisecond.
    pub end: f64,
    /// Track, from 0.
    pub channel: u16,
    /// A label within the call, not a person.
    pub speaker: String,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// What was said; empty where nothing could be written down.
    pub text: String,
    /// The translation.
    pub translation: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
    /// Why a person must listen.
    pub doubt: Option<Doubt>,
    /// Times as above.
    pub words: Vec<Word>,
}

impl CallExport {
    /// The export of a call.
    ///
    /// # Errors
    /// [`ExportError::WrongKind`] if a revision is not what it is given as.
    pub fn new(source: Source<'_>) -> Result<Self, ExportError> {
        let Source { call, transcript, translation } = source;
        let wrong = |revision: &Revision, wanted| ExportError::WrongKind {
            id: revision.id.to_string(),
            call: call.id.to_string(),
            wanted,
        };
        let said = transcript.transcript().ok_or_else(|| wrong(transcript, "transcript"))?;
        let translated = translation
            .map(|revision| revision.translation().map(|t| (revision, t)).ok_or_else(|| wrong(revision, "translation")))
            .transpose()?;
        let mut turns: Vec<ExportTurn> =
            said.turns.iter().map(|t| ExportTurn::new(t, translated.and_then(|(_, tr)| tr.of_turn(t)))).collect();
        turns.sort_by(|a, b| a.start.total_cmp(&b.start));
        let phone = |p: &Option<Phone>| p.as_ref().map(|p| p.label().to_string());
        Ok(Self {
            call: call.id.clone(),
            files: files(call),
            started_at: call.started_at,
            duration: to_ms(call.duration),
            from: phone(&call.from),
            to: phone(&call.to),
            direction: call.direction.clone(),
            place: call.place.clone(),
            channels: call.channels,
            language: said.language.clone(),
            revision: ExportRevision::new(transcript),
            translation_revision: translated.map(|(revision, t)| ExportTranslation {
                revision: ExportRevision::new(revision),
                of: t.of.clone(),
                language: t.language.clone(),
            }),
            translation_stale: translated.is_some_and(|(_, t)| is_stale(t, &transcript.id)),
            turns,
        })
    }
}

impl ExportTurn {
    fn new(turn: &Turn, translation: Option<String>) -> Self {
        let word = |w: &Word| Word {
            text: w.text.clone(),
            start: to_ms(w.start),
            end: to_ms(w.end),
            probability: (w.probability * 1000.0).round() / 1000.0,
        };
        Self {
            start: to_ms(turn.start),
            end: to_ms(turn.end),
            channel: turn.channel,
            speaker: turn.speaker.clone(),
            language: turn.language.clone(),
            text: turn.text.clone(),
            translation,
            confidence: to_ms(f64::from(turn.confidence)),
            doubt: turn.doubt.clone(),
            words: turn.words.iter().map(word).collect(),
        }
    }
}

impl ExportRevision {
    fn new(revision: &Revision) -> Self {
        Self {
            id: revision.id.clone(),
            author: revision.author.to_string(),
            number: revision.number,
            created_at: revision.created_at.to_string(),
            made_by: revision.author.clone(),
        }
    }
}

fn files(call: &Call) -> Vec<ExportFile> {
    call.files
        .iter()
        .map(|file| ExportFile {
            name: file.name.rsplit('/').next().unwrap_or_default().to_string(),
            path: file.name.clone(),
            sha256: file.sha256,
        })
        .collect()
}

/// Three decimals; a number that is none becomes 0.
fn to_ms(value: f64) -> f64 {
    if value.is_finite() { (value * 1000.0).round() / 1000.0 } else { 0.0 }
}
