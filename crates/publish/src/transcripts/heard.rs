//! A file that was heard without any archive, as if it were a call.

use super::Source;
use earwitness_model::call::CallFile;
use earwitness_model::canonical::NotCanonical;
use earwitness_model::transcript::TranslatedTurn;
use earwitness_model::{Author, Call, CallId, Place, Revision, RevisionBody, Transcript, Translation};

/// One file with what was heard in it, for `earwitness transcribe`.
#[derive(Clone, Debug)]
pub struct Heard {
    /// A call of which nothing is known but its sound.
    pub call: Call,
    /// The transcript.
    pub transcript: Revision,
    /// The translation, if there is one.
    pub translation: Option<Revision>,
}

impl Heard {
    /// What `author` heard at the time `at` in `file`, which lasts `duration` seconds and has `channels` tracks.
    ///
    /// # Errors
    /// [`NotCanonical`] if a time or probability is not a finite number.
    pub fn new(
        file: CallFile,
        duration: f64,
        channels: u16,
        author: Author,
        at: jiff::Timestamp,
        transcript: Transcript,
    ) -> Result<Self, NotCanonical> {
        let id = CallId::of_recording(&file.sha256);
        let body = RevisionBody::Transcript(transcript);
        let transcript = Revision::new(id.clone(), 1, author, at, None, body)?;
        let call = Call {
            id,
            recording: file.sha256,
            files: vec![file],
            started_at: None,
            duration,
            channels,
            from: None,
            to: None,
            direction: None,
            place: Place::default(),
            note: None,
        };
        Ok(Self { call, transcript, translation: None })
    }

    /// The same with a translation into `language` (ISO 639-1).
    ///
    /// # Errors
    /// [`NotCanonical`] if a time is not a finite number.
    pub fn with_translation(
        mut self,
        author: Author,
        language: &str,
        turns: Vec<TranslatedTurn>,
    ) -> Result<Self, NotCanonical> {
        let of = self.transcript.id.clone();
        let translation = Translation { of: of.clone(), language: language.into(), turns };
        let (call, at) = (self.call.id.clone(), self.transcript.created_at);
        let body = RevisionBody::Translation(translation);
        self.translation = Some(Revision::new(call, 1, author, at, Some(of), body)?);
        Ok(self)
    }

    /// To be rendered.
    pub fn source(&self) -> Source<'_> {
        let translation = self.translation.as_ref();
        Source { call: &self.call, transcript: &self.transcript, translation, people: None }
    }
}
