//! The export for programs. Fields may be added; those that stand here stay.

use super::{ExportError, Source};
use earwitness_desk::{correction::is_stale, people::Shown};
use earwitness_model::{
    Author, Call, CallId, CallTime, Digest, Doubt, Phone, Place, Revision, RevisionId, Span, Turn, TurnTranslation,
    Word,
};
use serde::Serialize;

/// Seconds by which a translation reaches beyond its turn before that is told.
const BEYOND: f64 = 0.1;

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
    /// SHA-256 of its bytes; none in a protected export, where nothing leads back to the file.
    pub sha256: Option<Digest>,
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
    /// UTC, to the millisecond.
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
    /// How many of its turns are still a machine's draft that no person has changed or vouched for.
    pub drafts: usize,
    /// How many turns it has.
    pub turns: usize,
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
    /// Who that is held to be, where somebody said so, and as it may be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Shown>,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// What was said; empty where nothing could be written down.
    pub text: String,
    /// The translation; where a turn was split after it was translated, it stands under the half that holds most of it.
    pub translation: Option<String>,
    /// Which stretch the translation is of, seconds, where that reaches beyond this turn by more than a tenth of a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_span: Option<Span>,
    /// Whether the translation is a machine's draft that no person has changed or vouched for.
    pub translation_draft: bool,
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
        let Source { call, transcript, translation, people } = source;
        let wrong = |revision: &Revision, wanted| ExportError::WrongKind {
            id: revision.id.to_string(),
            call: call.id.to_string(),
            wanted,
        };
        let said = transcript.transcript().ok_or_else(|| wrong(transcript, "transcript"))?;
        let translated = translation
            .map(|revision| revision.translation().map(|t| (revision, t)).ok_or_else(|| wrong(revision, "translation")))
            .transpose()?;
        let mut turns: Vec<ExportTurn> = said.turns.iter().map(ExportTurn::new).collect();
        if let Some((revision, translation)) = translated {
            for (turn, found) in turns.iter_mut().zip(translation.of_turns(&said.turns)) {
                turn.translate(found, revision);
            }
        }
        for turn in &mut turns {
            turn.person = people.and_then(|people| people.get(&turn.speaker)).cloned();
        }
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
                drafts: revision.drafts().0,
                turns: t.turns.len(),
            }),
            translation_stale: translated.is_some_and(|(_, t)| is_stale(t, &transcript.id)),
            turns,
        })
    }
}

impl ExportTurn {
    fn new(turn: &Turn) -> Self {
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
            person: None,
            language: turn.language.clone(),
            text: turn.text.clone(),
            translation: None,
            translation_span: None,
            translation_draft: false,
            confidence: to_ms(f64::from(turn.confidence)),
            doubt: turn.doubt.clone(),
            words: turn.words.iter().map(word).collect(),
        }
    }

    /// The label, and the name beside it where there is one.
    pub fn who(&self) -> String {
        self.person.as_ref().map_or_else(|| self.speaker.clone(), |person| person.beside(&self.speaker))
    }

    fn translate(&mut self, found: Option<TurnTranslation>, revision: &Revision) {
        let Some(TurnTranslation { text, span, taken }) = found else { return };
        let span = Span::new(to_ms(span.start), to_ms(span.end));
        let beyond = span.start < self.start - BEYOND || span.end > self.end + BEYOND;
        self.translation_span = beyond.then_some(span);
        self.translation_draft = revision.is_draft(taken.as_ref());
        self.translation = Some(text);
    }
}

impl ExportRevision {
    fn new(revision: &Revision) -> Self {
        Self {
            id: revision.id.clone(),
            author: revision.author.to_string(),
            number: revision.number,
            created_at: format!("{:.3}", revision.created_at),
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
            sha256: Some(file.sha256).filter(|digest| *digest != Digest::ZERO),
        })
        .collect()
}

/// Three decimals; a number that is none becomes 0.
fn to_ms(value: f64) -> f64 {
    if value.is_finite() { (value * 1000.0).round() / 1000.0 } else { 0.0 }
}
