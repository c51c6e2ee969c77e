//! What lists and filters need to know of the revisions that stand, read without their words.

use crate::{Archive, Error, Result, RevisionHead, database};
use earwitness_model::{CallId, Doubt, RevisionId, Turn, transcript::TranslatedTurn};
use rusqlite::Row;
use serde::{Deserialize, de::DeserializeOwned};

/// The transcript and the translation that stand, without a word of either.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// The transcript, see [`Archive::current_transcript`].
    pub transcript: Option<RevisionHead>,
    /// The language of most of the speech, ISO 639-1.
    pub language: Option<String>,
    /// Its turns, without texts and words.
    pub turns: Vec<Turn>,
    /// The translation, see [`Archive::current_translation`].
    pub translation: Option<RevisionHead>,
    /// The transcript that it was made from.
    pub of: Option<RevisionId>,
    /// Its turns, without texts.
    pub translated: Vec<TranslatedTurn>,
}

impl Outline {
    /// Whether the translation was made from another transcript than the one that stands.
    pub fn is_stale(&self) -> bool {
        self.translation.is_some() && self.of.as_ref() != self.transcript.as_ref().map(|t| &t.id)
    }
}

/// What is read of a transcript; everything else is passed over.
#[derive(Deserialize)]
struct Spoken {
    language: Option<String>,
    turns: Vec<SpokenTurn>,
}

#[derive(Deserialize)]
struct SpokenTurn {
    start: f64,
    end: f64,
    channel: u16,
    speaker: String,
    #[serde(default)]
    language: Option<String>,
    confidence: f32,
    #[serde(default)]
    doubt: Option<Doubt>,
}

#[derive(Deserialize)]
struct Translated {
    of: RevisionId,
    turns: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    start: f64,
    end: f64,
    channel: u16,
}

impl From<SpokenTurn> for Turn {
    fn from(turn: SpokenTurn) -> Self {
        let SpokenTurn { start, end, channel, speaker, language, confidence, doubt } = turn;
        Self { start, end, channel, speaker, language, text: String::new(), confidence, words: Vec::new(), doubt }
    }
}

impl From<Place> for TranslatedTurn {
    fn from(place: Place) -> Self {
        let Place { start, end, channel } = place;
        Self { start, end, channel, text: String::new(), taken: None }
    }
}

impl Archive {
    /// The outline of what stands of a call; empty where nothing was heard yet.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn outline(&self, call: &CallId) -> Result<Outline> {
        let mut outline = Outline::default();
        if let Some((head, body)) = self.standing::<Spoken>(call, "transcript")? {
            outline.transcript = Some(head);
            outline.language = body.language;
            outline.turns = body.turns.into_iter().map(Turn::from).collect();
        }
        if let Some((head, body)) = self.standing::<Translated>(call, "translation")? {
            outline.translation = Some(head);
            outline.of = Some(body.of);
            outline.translated = body.turns.into_iter().map(TranslatedTurn::from).collect();
        }
        Ok(outline)
    }

    fn standing<T: DeserializeOwned>(&self, call: &CallId, kind: &str) -> Result<Option<(RevisionHead, T)>> {
        let sql = "SELECT id, kind, number, author, created_at, based_on, body FROM revision
                   WHERE call = ?1 AND kind = ?2
                   ORDER BY CASE author_kind WHEN 'person' THEN 0 ELSE 1 END, number DESC LIMIT 1";
        let read = |row: &Row<'_>| {
            let text = row.get_ref("body")?.as_str().map_err(|e| Error::Damaged(format!("a revision: {e}")))?;
            let body = serde_json::from_str(text).map_err(|e| Error::Damaged(format!("a revision: {e}")))?;
            Ok((RevisionHead::from_row(row)?, body))
        };
        database::first(self.connection(), sql, (call.as_str(), kind), read)
    }
}
