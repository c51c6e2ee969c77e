//! Corrections of a transcript and its translation, kept as revisions: by whatever means a person edited them.

use crate::correction::{Applied, EditedTranscript, FormError, apply};
use earwitness_archive::{Archive, Error as ArchiveError, Tx};
use earwitness_model::{Author, Call, Revision, RevisionBody, RevisionId, Transcript, Translation, transcript::Taken};

/// The language of a translation where there was none before, ISO 639-1.
const TARGET: &str = "en";

/// Why a correction cannot be laid on a transcript.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditingError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A call that was not heard yet.
    #[error("the call {0} has no transcript yet")]
    NoTranscript(earwitness_model::CallId),
    /// A revision of the other kind.
    #[error("revision {0} is a translation")]
    NotATranscript(RevisionId),
    /// Places in the edited text that cannot be.
    #[error("{} places of the edited text cannot be understood", .0.len())]
    Form(Vec<FormError>),
    /// Somebody else changed it at this moment.
    #[error("somebody else changed the transcript or its translation at this moment; nothing was kept")]
    Overtaken,
}

/// A correction, ready to be kept.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The transcript that was edited.
    pub base: Revision,
    /// The transcript that stands, which is `base` unless somebody insisted.
    pub standing: RevisionId,
    /// What was edited.
    pub old: Transcript,
    /// What became of it.
    pub applied: Applied,
    /// The translation that stands.
    pub translation: Option<Revision>,
}

/// What was kept of a correction: revisions that are new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrected {
    /// The transcript, where it changed.
    pub transcript: Option<RevisionId>,
    /// The translation, where it changed.
    pub translation: Option<RevisionId>,
}

impl Correction {
    /// Lays an edited text on the revision that it was made from; `current` is the one that stands.
    ///
    /// # Errors
    /// [`EditingError::Form`], [`EditingError::NotATranscript`], what the archive gives.
    pub fn new(
        archive: &Archive,
        call: &Call,
        base: Revision,
        current: &RevisionId,
        edited: &EditedTranscript,
    ) -> Result<Self, EditingError> {
        let old = base.transcript().cloned().ok_or_else(|| EditingError::NotATranscript(base.id.clone()))?;
        let applied = apply(&old, edited, call.duration).map_err(EditingError::Form)?;
        let translation = archive.current_translation(&call.id)?.map(|t| t.revision);
        Ok(Self { base, standing: current.clone(), old, applied, translation })
    }

    /// The new translation of the transcript revision `of`, where a line of it changed.
    pub fn translated(&self, of: &RevisionId) -> Option<Translation> {
        self.applied.translation(&self.old, self.translation.as_ref(), of, TARGET)
    }

    /// Whether lines of the translation were left as they were under changed words.
    pub fn lags(&self) -> bool {
        self.applied.translation_lags(&self.old, self.translation.as_ref().and_then(Revision::translation))
    }

    /// Keeps the transcript, if it changed, and the translation, if it did.
    ///
    /// # Errors
    /// [`EditingError::Overtaken`] where other revisions stand than those that the correction was prepared from, what
    /// the archive gives.
    pub fn keep(&self, tx: &Tx<'_>, call: &Call, author: &Author) -> Result<Corrected, EditingError> {
        let now = tx.current_translation(&call.id)?.map(|t| t.revision.id);
        let transcript_moved = tx.current_transcript(&call.id)?.map(|t| t.id).as_ref() != Some(&self.standing);
        if transcript_moved || now.as_ref() != self.translation.as_ref().map(|t| &t.id) {
            return Err(EditingError::Overtaken);
        }
        let mut kept = Corrected::default();
        let mut of = self.base.id.clone();
        if self.applied.changed {
            let body = RevisionBody::Transcript(self.applied.transcript.clone());
            of = tx.add_revision(&call.id, author.clone(), Some(of), body)?.id;
            kept.transcript = Some(of.clone());
        }
        if let Some(mut translated) = self.translated(&of) {
            // Lines that still translate the old words keep the whole stale, until they are looked at.
            if let Some(old) = self.translation.as_ref().and_then(Revision::translation).filter(|_| self.lags()) {
                translated.of = old.of.clone();
            }
            let based_on = self.translation.as_ref().map(|t| t.id.clone());
            let body = RevisionBody::Translation(translated);
            kept.translation = Some(tx.add_revision(&call.id, author.clone(), based_on, body)?.id);
        }
        Ok(kept)
    }
}

/// Puts back what an earlier revision said, as a new one by `author`; what stood meanwhile stays beside it. With a
/// transcript, the translation that stands goes along where it translates just these turns.
///
/// # Errors
/// [`EditingError::NoTranscript`], what the archive gives ([`ArchiveError::NotFound`] for a revision of another call).
pub fn restore(tx: &Tx<'_>, author: &Author, call: &Call, wanted: &RevisionId) -> Result<Corrected, EditingError> {
    let earlier = tx.revision(wanted)?;
    if earlier.call != call.id {
        return Err(ArchiveError::NotFound { kind: "revision", wanted: wanted.to_string() }.into());
    }
    let standing = tx.current_transcript(&call.id)?.ok_or_else(|| EditingError::NoTranscript(call.id.clone()))?;
    let translation = tx.current_translation(&call.id)?.map(|t| t.revision);
    let mut kept = Corrected::default();
    match &earlier.body {
        RevisionBody::Transcript(turns) => {
            if standing.transcript() == Some(turns) {
                return Ok(kept);
            }
            let body = earlier.body.clone();
            let id = tx.add_revision(&call.id, author.clone(), Some(standing.id), body)?.id;
            if let Some(translation) = translation
                && let Some(of) = translation.translation().map(|t| &t.of)
                && tx.revision(of)?.transcript() == Some(turns)
            {
                kept.translation = Some(carry(tx, author, &translation, &id)?);
            }
            kept.transcript = Some(id);
        }
        RevisionBody::Translation(wanted) => {
            let same = translation.as_ref().and_then(Revision::translation);
            if same.is_some_and(|now| now.turns == wanted.turns && now.of == wanted.of) {
                return Ok(kept);
            }
            let based_on = translation.as_ref().map(|t| t.id.clone());
            let body = RevisionBody::Translation(Translation { turns: taken_from(&earlier, wanted), ..wanted.clone() });
            kept.translation = Some(tx.add_revision(&call.id, author.clone(), based_on, body)?.id);
        }
    }
    Ok(kept)
}

/// Lets a translation translate another transcript whose words are the same: as a revision that says of every line
/// from where it was taken, so that a machine's draft stays one.
pub(crate) fn carry(
    tx: &Tx<'_>,
    author: &Author,
    translation: &Revision,
    of: &RevisionId,
) -> Result<RevisionId, ArchiveError> {
    let Some(body) = translation.translation() else {
        return Err(ArchiveError::NotFound { kind: "translation", wanted: translation.id.to_string() });
    };
    let body = Translation { of: of.clone(), language: body.language.clone(), turns: taken_from(translation, body) };
    let based_on = Some(translation.id.clone());
    Ok(tx.add_revision(&translation.call, author.clone(), based_on, RevisionBody::Translation(body))?.id)
}

/// The lines of a translation that another revision takes over.
fn taken_from(revision: &Revision, body: &Translation) -> Vec<earwitness_model::transcript::TranslatedTurn> {
    let person = match &revision.author {
        Author::Person { name } => Some(name.clone()),
        Author::Model { .. } => None,
    };
    let mut turns = body.turns.clone();
    for turn in turns.iter_mut().filter(|turn| turn.taken.is_none()) {
        turn.taken = Some(Taken { revision: revision.id.clone(), person: person.clone() });
    }
    turns
}
