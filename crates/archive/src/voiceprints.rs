//! Voiceprints: what was measured of the voices of a call. Biometric data: they lie in a table of their own, the
//! ledger keeps their hashes only, and they can be removed for good.

use crate::{Archive, Error, Result, Tx, database};
use earwitness_model::{Author, CallId, Digest, RevisionId, SpeakerRef, Voiceprint, canonical};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The ledger's word for the voices of a call, measured.
pub(crate) const KEPT: &str = "voices.kept";
/// The ledger's word for voices removed for good.
pub(crate) const FORGOTTEN: &str = "voices.forgotten";

/// The most numbers in a voiceprint.
const MAX_VECTOR: usize = 4096;
const TABLE: &str = "voiceprint";

/// The voices of one call, as they were last measured.
#[derive(Clone, Debug, PartialEq)]
pub struct VoiceprintSet {
    /// The call.
    pub call: CallId,
    /// The transcript whose labels the speakers bear.
    pub of: RevisionId,
    /// What measured them.
    pub author: Author,
    /// By label.
    pub voiceprints: Vec<Voiceprint>,
    /// By label.
    pub too_little: Vec<TooLittle>,
}

/// A speaker who says too little for a voiceprint.
#[derive(Clone, Debug, PartialEq)]
pub struct TooLittle {
    /// Who.
    pub speaker: SpeakerRef,
    /// Seconds of speech, nobody else talking.
    pub net_speech: f64,
}

/// What the ledger says of a set.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    pub call: CallId,
    pub of: RevisionId,
    pub author: Author,
    pub speakers: Vec<Spoken>,
}

/// What the ledger says of one speaker of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spoken {
    pub speaker: String,
    /// Seconds, to the millisecond.
    pub net_speech: f64,
    /// None where there was too little speech.
    pub voiceprint: Option<Measured>,
}

/// A voiceprint without its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub model: String,
    pub weights: Digest,
    /// To four places.
    pub quality: f64,
    /// Of the vector's bytes as the catalog keeps them.
    pub vector_sha256: Digest,
}

/// A row of the table: what the ledger says, and the numbers.
pub(crate) struct Voice {
    pub call: CallId,
    pub spoken: Spoken,
    pub vector: Option<Vec<u8>>,
}

impl Voice {
    pub fn from_row(row: &Row<'_>) -> Result<Self> {
        let vector: Option<Vec<u8>> = row.get("vector")?;
        let measured = |bytes: &Vec<u8>| -> Result<Measured> {
            Ok(Measured {
                model: row.get("model")?,
                weights: database::digest(row, "weights")?,
                quality: row.get("quality")?,
                vector_sha256: Digest::of(bytes),
            })
        };
        let voiceprint = vector.as_ref().map(measured).transpose()?;
        let spoken = Spoken { speaker: row.get("speaker")?, net_speech: row.get("net_speech")?, voiceprint };
        Ok(Self { call: CallId::new(row.get::<_, String>("call")?), spoken, vector })
    }

    fn new(call: &CallId, voiceprint: &Voiceprint) -> Result<Self> {
        let Voiceprint { speaker, vector, net_speech, quality, model, weights } = voiceprint;
        let sound = (1..=MAX_VECTOR).contains(&vector.len()) && vector.iter().all(|x| x.is_finite());
        if speaker.call != *call || !sound || !quality.is_finite() {
            return Err(Error::Unrecordable(format!("what was measured of {speaker} is no voiceprint of {call}")));
        }
        let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
        let measured = Measured {
            model: model.clone(),
            weights: *weights,
            quality: rounded(f64::from(*quality), 1e4),
            vector_sha256: Digest::of(&bytes),
        };
        let (speaker, net_speech) = (speaker.speaker.clone(), rounded(*net_speech, 1e3));
        let spoken = Spoken { speaker, net_speech, voiceprint: Some(measured) };
        Ok(Self { call: call.clone(), spoken, vector: Some(bytes) })
    }

    /// The voiceprint; else the speaker who says too little.
    fn open(self) -> std::result::Result<Voiceprint, TooLittle> {
        let Spoken { speaker, net_speech, voiceprint } = self.spoken;
        let speaker = SpeakerRef::new(self.call, speaker);
        let (Some(measured), Some(bytes)) = (voiceprint, self.vector) else {
            return Err(TooLittle { speaker, net_speech });
        };
        let (numbers, _) = bytes.as_chunks::<4>();
        let vector = numbers.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let Measured { model, weights, quality, .. } = measured;
        Ok(Voiceprint { speaker, vector, net_speech, quality: quality as f32, model, weights })
    }
}

/// Short decimals are read back from JSON as they were written, on every machine.
fn rounded(value: f64, places: f64) -> f64 {
    (value * places).round() / places
}

impl Archive {
    /// The calls whose voices were not measured by the transcript that stands, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn calls_with_unmeasured_voices(&self) -> Result<Vec<CallId>> {
        // The inner choice is the one of `current_transcript`.
        let sql = "SELECT c.id FROM call c LEFT JOIN voiceprint_set s ON s.call = c.id
                   WHERE EXISTS (SELECT 1 FROM revision r WHERE r.call = c.id AND r.kind = 'transcript')
                     AND coalesce(s.of_revision, '') <> (
                       SELECT r.id FROM revision r WHERE r.call = c.id AND r.kind = 'transcript'
                       ORDER BY CASE r.author_kind WHEN 'person' THEN 0 ELSE 1 END, r.number DESC LIMIT 1)
                   ORDER BY c.id";
        database::all(self.connection(), sql, [], |row| Ok(CallId::new(row.get::<_, String>(0)?)))
    }

    /// All voiceprints, by call and label.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn voiceprints(&self) -> Result<Vec<Voiceprint>> {
        let sql = "SELECT * FROM voiceprint WHERE vector IS NOT NULL ORDER BY call, speaker";
        let voices = database::all(self.connection(), sql, [], Voice::from_row)?;
        Ok(voices.into_iter().filter_map(|voice| voice.open().ok()).collect())
    }

    /// The voices of a call; none where they were not measured yet.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn voiceprints_of(&self, call: &CallId) -> Result<Option<VoiceprintSet>> {
        let sql = "SELECT * FROM voiceprint_set WHERE call = ?1";
        let kept = database::first(self.connection(), sql, [call.as_str()], |row| {
            Ok((RevisionId::new(row.get::<_, String>("of_revision")?), database::from_json(row, "author")?))
        })?;
        let Some((of, author)) = kept else { return Ok(None) };
        let mut set = VoiceprintSet { call: call.clone(), of, author, voiceprints: Vec::new(), too_little: Vec::new() };
        for voice in self.voices_of(call)? {
            match voice.open() {
                Ok(voiceprint) => set.voiceprints.push(voiceprint),
                Err(too_little) => set.too_little.push(too_little),
            }
        }
        Ok(Some(set))
    }

    /// Whose voices were removed for good.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn forgotten_voices(&self) -> Result<BTreeSet<SpeakerRef>> {
        let sql = "SELECT call, speaker FROM voiceprint_forgotten";
        let all = database::all(self.connection(), sql, [], |row| {
            Ok(SpeakerRef::new(CallId::new(row.get::<_, String>(0)?), row.get::<_, String>(1)?))
        })?;
        Ok(all.into_iter().collect())
    }

    pub(crate) fn voices_of(&self, call: &CallId) -> Result<Vec<Voice>> {
        let sql = "SELECT * FROM voiceprint WHERE call = ?1 ORDER BY speaker";
        database::all(self.connection(), sql, [call.as_str()], Voice::from_row)
    }
}

impl Tx<'_> {
    /// Keeps what was measured of the voices of a call, in the place of what was measured before; `too_little` are
    /// labels with their seconds of speech. Speakers whose voice was removed for good are left out. Tells whether
    /// anything differed. The ledger gets labels, seconds, model and hashes.
    ///
    /// # Errors
    /// [`Error::NotFound`] where `of` is no transcript of the call, [`Error::Unrecordable`] for a voiceprint of another
    /// call, one that holds no numbers, or a label that comes twice, and what the database gives.
    pub fn keep_voiceprints(
        &self,
        call: &CallId,
        of: &RevisionId,
        author: Author,
        voiceprints: &[Voiceprint],
        too_little: &[(String, f64)],
    ) -> Result<bool> {
        if self.revision(of)?.call != *call {
            return Err(Error::NotFound { kind: "revision", wanted: format!("{of} of {call}") });
        }
        let voices = self.to_be_kept(call, voiceprints, too_little)?;
        let speakers = voices.iter().map(|voice| voice.spoken.clone()).collect();
        let kept = Kept { call: call.clone(), of: of.clone(), author, speakers };
        let sql =
            "SELECT l.payload_sha256 FROM voiceprint_set s JOIN ledger l ON l.seq = s.ledger_seq WHERE s.call = ?1";
        let before: Option<String> = database::first(self.connection(), sql, [call.as_str()], |row| Ok(row.get(0)?))?;
        if before == Some(canonical::digest(&kept)?.hex()) {
            return Ok(false);
        }
        let seq = self.record(KEPT, call.as_str(), &kept)?;
        let sql = "INSERT INTO voiceprint_set (call, of_revision, author, ledger_seq) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (call) DO UPDATE SET of_revision = excluded.of_revision, author = excluded.author,
                       ledger_seq = excluded.ledger_seq";
        let values = (call.as_str(), of.as_str(), database::json(&kept.author)?, seq);
        database::run(self.connection(), sql, values)?;
        database::run(self.connection(), "DELETE FROM voiceprint WHERE call = ?1", [call.as_str()])?;
        for voice in &voices {
            self.store_voice(voice)?;
        }
        Ok(true)
    }

    /// Removes voiceprints for good and sees to it that they are not made again, also where none was made yet. The
    /// ledger says how many, and not whose. Gives how many speakers this is new for. The bytes leave the catalog as
    /// they do for [`Tx::erase_record`].
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown call, and what the database gives.
    pub fn forget_voiceprints(&self, speakers: &[SpeakerRef]) -> Result<usize> {
        let before = self.forgotten_voices()?;
        let new: BTreeSet<&SpeakerRef> = speakers.iter().filter(|s| !before.contains(*s)).collect();
        for speaker in &new {
            self.call(&speaker.call)?;
        }
        if new.is_empty() {
            return Ok(0);
        }
        let seq = self.record(FORGOTTEN, "voices", &serde_json::json!({ "voices": new.len() }))?;
        for SpeakerRef { call, speaker } in &new {
            let key = (call.as_str(), speaker);
            database::run(self.connection(), "DELETE FROM voiceprint WHERE call = ?1 AND speaker = ?2", key)?;
            let sql = "INSERT INTO voiceprint_forgotten (call, speaker, ledger_seq) VALUES (?1, ?2, ?3)";
            database::run(self.connection(), sql, (call.as_str(), speaker, seq))?;
        }
        self.leave_no_trace(TABLE);
        Ok(new.len())
    }

    /// The rows of a new set, by label.
    fn to_be_kept(
        &self,
        call: &CallId,
        voiceprints: &[Voiceprint],
        too_little: &[(String, f64)],
    ) -> Result<Vec<Voice>> {
        let forgotten = self.forgotten_voices()?;
        let mut voices = voiceprints.iter().map(|v| Voice::new(call, v)).collect::<Result<Vec<_>>>()?;
        voices.extend(too_little.iter().map(|(label, seconds)| {
            let spoken = Spoken { speaker: label.clone(), net_speech: rounded(*seconds, 1e3), voiceprint: None };
            Voice { call: call.clone(), spoken, vector: None }
        }));
        voices.retain(|voice| !forgotten.contains(&SpeakerRef::new(call.clone(), &voice.spoken.speaker)));
        voices.sort_by(|a, b| a.spoken.speaker.cmp(&b.spoken.speaker));
        if voices.iter().any(|v| !v.spoken.net_speech.is_finite()) {
            return Err(Error::Unrecordable(format!("seconds of speech in {call} are no number")));
        }
        if voices.windows(2).any(|pair| matches!(pair, [a, b] if a.spoken.speaker == b.spoken.speaker)) {
            return Err(Error::Unrecordable(format!("a speaker of {call} comes twice")));
        }
        Ok(voices)
    }

    fn store_voice(&self, voice: &Voice) -> Result<()> {
        let Spoken { speaker, net_speech, voiceprint } = &voice.spoken;
        let measured = voiceprint.as_ref();
        let values = (
            voice.call.as_str(),
            speaker,
            measured.map(|m| &m.model),
            measured.map(|m| m.weights.hex()),
            net_speech,
            measured.map(|m| m.quality),
            &voice.vector,
        );
        let sql = "INSERT INTO voiceprint (call, speaker, model, weights, net_speech, quality, vector)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        database::run(self.connection(), sql, values)?;
        Ok(())
    }
}
