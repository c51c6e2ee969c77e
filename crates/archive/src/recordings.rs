//! Recordings: what is known of each sealed file.

use crate::{Archive, Error, Result, Tx, database};
use earwitness_model::{AudioFormat, Damage, Digest};
use rusqlite::Row;
use serde::Serialize;

/// The ledger's word for a sealed recording.
pub(crate) const SEALED: &str = "recording.sealed";

/// What is known of one sealed file. Files that hold no sound are kept, too: they were delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The name of its bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// What its content is; none where it is no sound.
    pub format: Option<AudioFormat>,
    /// Present where only a part decodes.
    pub damage: Option<Damage>,
    /// `silence`, `tone` or `noise` where no speech is expected.
    pub sound: Option<String>,
    /// The acoustic fingerprint, in the form its maker gave it.
    pub fingerprint: Option<Vec<u8>>,
}

#[derive(Serialize)]
struct Payload<'a> {
    sha256: Digest,
    size: u64,
    format: &'a Option<AudioFormat>,
    damage: &'a Option<Damage>,
    sound: &'a Option<String>,
    fingerprint_sha256: Option<Digest>,
}

impl Recording {
    /// What the ledger keeps of it.
    pub(crate) fn payload(&self) -> impl Serialize {
        Payload {
            sha256: self.digest,
            size: self.size,
            format: &self.format,
            damage: &self.damage,
            sound: &self.sound,
            fingerprint_sha256: self.fingerprint.as_deref().map(Digest::of),
        }
    }

    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        let container: Option<String> = row.get("container")?;
        let format = match container {
            Some(container) => Some(AudioFormat {
                container,
                codec: row.get("codec")?,
                sample_rate: row.get("sample_rate")?,
                channels: row.get("channels")?,
                duration: row.get("duration")?,
            }),
            None => None,
        };
        let damaged: Option<String> = row.get("damage")?;
        Ok(Self {
            digest: database::digest(row, "sha256")?,
            size: row.get("size")?,
            format,
            damage: damaged.map(|_| database::from_json(row, "damage")).transpose()?,
            sound: row.get("sound")?,
            fingerprint: row.get("fingerprint")?,
        })
    }
}

impl Archive {
    /// What is known of a sealed file.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn recording(&self, digest: &Digest) -> Result<Option<Recording>> {
        let sql = "SELECT * FROM recording WHERE sha256 = ?1";
        database::first(self.connection(), sql, [digest.hex()], Recording::from_row)
    }

    /// Gives every fingerprint with its recording, one after the other, in the order of sealing.
    ///
    /// # Errors
    /// What `each` gives; [`Error::Damaged`], [`Error::Database`].
    pub fn all_fingerprints(&self, mut each: impl FnMut(Digest, &[u8]) -> Result<()>) -> Result<()> {
        let sql = "SELECT sha256, fingerprint FROM recording WHERE fingerprint IS NOT NULL ORDER BY ledger_seq";
        database::each(self.connection(), sql, [], |row| {
            let blob = row.get_ref("fingerprint")?.as_blob();
            let blob = blob.map_err(|e| Error::Damaged(format!("a fingerprint cannot be read: {e}")))?;
            each(database::digest(row, "sha256")?, blob)
        })
    }
}

impl Tx<'_> {
    /// Keeps what is known of a sealed file. Tells whether it was new; one that is kept already stays as it is.
    ///
    /// # Errors
    /// [`Error::OriginalMissing`] unless its bytes were sealed before (see [`crate::Batch::settle`]), and what the
    /// database gives.
    pub fn add_recording(&self, recording: &Recording) -> Result<bool> {
        if self.recording(&recording.digest)?.is_some() {
            return Ok(false);
        }
        if self.originals().size(&recording.digest) != Some(recording.size) {
            return Err(Error::OriginalMissing { digest: recording.digest });
        }
        let name = recording.digest.hex();
        let seq = self.record(SEALED, &name, &recording.payload())?;
        let format = recording.format.as_ref();
        let sql = "INSERT INTO recording (sha256, size, container, codec, sample_rate, channels, duration, damage,
                   sound, fingerprint, ledger_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let values = (
            &name,
            recording.size,
            format.map(|f| &f.container),
            format.map(|f| &f.codec),
            format.map(|f| f.sample_rate),
            format.map(|f| f.channels),
            format.map(|f| f.duration),
            recording.damage.as_ref().map(database::json).transpose()?,
            &recording.sound,
            &recording.fingerprint,
            seq,
        );
        database::run(self.connection(), sql, values)?;
        Ok(true)
    }
}
