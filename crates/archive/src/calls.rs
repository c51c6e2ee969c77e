//! Calls: what was recorded, and the delivered files that hold it.

use crate::{Archive, DeliveredFile, Error, Result, Tx, database};
use earwitness_model::{Call, CallId, CallTime, Digest, Phone, Place, call::CallFile};
use rusqlite::Row;
use std::collections::{BTreeMap, BTreeSet};

/// The ledger's word for a new call.
pub(crate) const MADE: &str = "call.made";
/// The ledger's word for a call of which more, or something else, is known.
pub(crate) const CHANGED: &str = "call.changed";

/// How many choices an ambiguous name lists.
const CHOICES: usize = 20;

pub(crate) fn from_row(row: &Row<'_>) -> Result<Call> {
    let phone = |written: &str, e164: &str| -> Result<Option<Phone>> {
        let written: Option<String> = row.get(written)?;
        let e164 = row.get(e164)?;
        Ok(written.map(|written| Phone { written, e164 }))
    };
    Ok(Call {
        id: CallId::new(row.get::<_, String>("id")?),
        recording: database::digest(row, "recording")?,
        files: Vec::new(),
        started_at: database::parsed::<CallTime>(row, "started_at")?,
        duration: row.get("duration")?,
        channels: row.get("channels")?,
        from: phone("from_written", "from_e164")?,
        to: phone("to_written", "to_e164")?,
        direction: row.get("direction")?,
        place: Place { latitude: row.get("latitude")?, longitude: row.get("longitude")?, sector: row.get("sector")? },
        note: row.get("note")?,
    })
}

fn file_from_row(row: &Row<'_>) -> Result<CallFile> {
    Ok(CallFile { name: row.get("name")?, sha256: database::digest(row, "sha256")? })
}

impl Archive {
    /// All calls, by the time they started; those without a time come last.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn calls(&self) -> Result<Vec<Call>> {
        let mut files: BTreeMap<String, Vec<CallFile>> = BTreeMap::new();
        let sql = "SELECT call, name, sha256 FROM call_file ORDER BY call, position";
        let rows =
            database::all(self.connection(), sql, [], |row| Ok((row.get::<_, String>("call")?, file_from_row(row)?)))?;
        for (call, file) in rows {
            files.entry(call).or_default().push(file);
        }
        let sql = "SELECT * FROM call ORDER BY CASE WHEN started_ms IS NULL THEN 1 ELSE 0 END, started_ms, id";
        database::all(self.connection(), sql, [], |row| {
            let mut call = from_row(row)?;
            call.files = files.remove(call.id.as_str()).unwrap_or_default();
            Ok(call)
        })
    }

    /// One call.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Damaged`], [`Error::Database`].
    pub fn call(&self, id: &CallId) -> Result<Call> {
        let sql = "SELECT * FROM call WHERE id = ?1";
        let found = database::first(self.connection(), sql, [id.as_str()], from_row)?;
        let mut call = found.ok_or_else(|| Error::NotFound { kind: "call", wanted: id.to_string() })?;
        call.files = self.call_files(id)?;
        Ok(call)
    }

    pub(crate) fn call_files(&self, id: &CallId) -> Result<Vec<CallFile>> {
        let sql = "SELECT name, sha256 FROM call_file WHERE call = ?1 ORDER BY position";
        database::all(self.connection(), sql, [id.as_str()], file_from_row)
    }

    /// The call that holds this recording, as the one that is heard or as a re-encoding or duplicate of it.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn call_of_recording(&self, digest: &Digest) -> Result<Option<CallId>> {
        let sql = "SELECT id FROM call WHERE recording = ?1
                   UNION SELECT call FROM call_file WHERE sha256 = ?1 ORDER BY 1 LIMIT 1";
        database::first(self.connection(), sql, [digest.hex()], |row| Ok(CallId::new(row.get::<_, String>(0)?)))
    }

    /// The one call that people mean by `wanted`: its name, the name or stem of one of its files or of a file that
    /// holds a part of it, or the beginning of its name, tried in this order.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Ambiguous`] with the choices, [`Error::Damaged`], [`Error::Database`].
    pub fn find_call(&self, wanted: &str) -> Result<Call> {
        let wanted = wanted.trim();
        let ids =
            database::all(
                self.connection(),
                "SELECT id FROM call ORDER BY id",
                [],
                |row| Ok(row.get::<_, String>(0)?),
            )?;
        if ids.binary_search_by(|id| id.as_str().cmp(wanted)).is_ok() {
            return self.call(&CallId::new(wanted));
        }
        let files = database::all(self.connection(), "SELECT name, call FROM call_file ORDER BY name", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_string();
        let stem = |name: &str| base(name).rsplit_once('.').map_or_else(|| base(name), |(stem, _)| stem.to_string());
        let steps: [&dyn Fn(&str) -> bool; 3] =
            [&|name| name == wanted, &|name| base(name) == wanted, &|name| stem(name) == wanted];
        let mut found = BTreeMap::new();
        for step in steps {
            for (name, id) in files.iter().filter(|(name, _)| step(name)) {
                found.entry(id.clone()).or_insert_with(|| format!("{id} ({name})"));
            }
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty() {
            found = self.calls_of_parts(|name| steps.iter().any(|step| step(name)))?;
        }
        if found.is_empty() && !wanted.is_empty() {
            found = ids.into_iter().filter(|id| id.starts_with(wanted)).map(|id| (id.clone(), id)).collect();
        }
        match (found.len(), found.keys().next()) {
            (1, Some(id)) => self.call(&CallId::new(id.as_str())),
            (0, _) => Err(Error::NotFound { kind: "call", wanted: wanted.into() }),
            _ => {
                let choices = found.into_values().take(CHOICES).collect();
                Err(Error::Ambiguous { wanted: wanted.into(), choices })
            }
        }
    }

    /// Calls of which a delivered file with such a name holds a part: an excerpt, or a damaged copy.
    fn calls_of_parts(&self, fits: impl Fn(&str) -> bool) -> Result<BTreeMap<String, String>> {
        let sql = "SELECT * FROM delivered_file WHERE verdict LIKE '%\"excerpt\"%' OR verdict LIKE '%\"damaged\"%'";
        let parts = database::all(self.connection(), sql, [], DeliveredFile::from_row)?;
        let mut found = BTreeMap::new();
        for part in parts.iter().filter(|part| fits(&part.name)) {
            let of = part.verdict.repeats().map(|of| self.call_of_recording(&of)).transpose()?.flatten();
            if let Some(id) = of {
                found.entry(id.to_string()).or_insert_with(|| format!("{id} ({})", part.name));
            }
        }
        Ok(found)
    }

    /// Calls that are new, or whose metadata or revisions are new, since the ledger entry `seq`: what an index that
    /// stood at `seq` must read again.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn calls_touched_since(&self, seq: u64) -> Result<BTreeSet<CallId>> {
        let sql = "SELECT id FROM call WHERE ledger_seq > ?1 UNION SELECT call FROM revision WHERE ledger_seq > ?1";
        let ids = database::all(self.connection(), sql, [seq], |row| Ok(CallId::new(row.get::<_, String>(0)?)))?;
        Ok(ids.into_iter().collect())
    }
}

impl Tx<'_> {
    /// Keeps a new call. Tells whether it was new; one that is kept already stays as it is (see
    /// [`Tx::change_call`], [`Tx::add_call_file`]).
    ///
    /// # Errors
    /// [`Error::CallTaken`] when the name belongs to another recording, and what the database gives; all its files'
    /// recordings must be kept before.
    pub fn add_call(&self, call: &Call) -> Result<bool> {
        match self.call(&call.id) {
            Ok(kept) if kept.recording == call.recording => return Ok(false),
            Ok(_) => return Err(Error::CallTaken { id: call.id.to_string() }),
            Err(Error::NotFound { .. }) => {}
            Err(e) => return Err(e),
        }
        self.store_call(call, MADE)?;
        Ok(true)
    }

    /// Replaces what is known of a call; the ledger keeps what was known before. Tells whether anything differed.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::CallTaken`] for another recording, and what the database gives.
    pub fn change_call(&self, call: &Call) -> Result<bool> {
        let kept = self.call(&call.id)?;
        if kept.recording != call.recording {
            return Err(Error::CallTaken { id: call.id.to_string() });
        }
        if kept == *call {
            return Ok(false);
        }
        self.store_call(call, CHANGED)?;
        Ok(true)
    }

    /// Adds a delivered file that holds a kept call: a duplicate or a re-encoding. Tells whether it was new.
    ///
    /// # Errors
    /// [`Error::NotFound`], and what the database gives; the file's recording must be kept before.
    pub fn add_call_file(&self, id: &CallId, file: &CallFile) -> Result<bool> {
        let mut call = self.call(id)?;
        if call.files.contains(file) {
            return Ok(false);
        }
        call.files.push(file.clone());
        self.change_call(&call)
    }

    fn store_call(&self, call: &Call, act: &str) -> Result<()> {
        let seq = self.record(act, call.id.as_str(), call)?;
        let sql = "INSERT INTO call (id, recording, started_at, started_ms, duration, channels, from_written,
                from_e164, to_written, to_e164, direction, latitude, longitude, sector, note, ledger_seq)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, started_ms = excluded.started_ms,
                duration = excluded.duration, channels = excluded.channels, from_written = excluded.from_written,
                from_e164 = excluded.from_e164, to_written = excluded.to_written, to_e164 = excluded.to_e164,
                direction = excluded.direction, latitude = excluded.latitude, longitude = excluded.longitude,
                sector = excluded.sector, note = excluded.note, ledger_seq = excluded.ledger_seq";
        let (from, to) = (call.from.as_ref(), call.to.as_ref());
        let values = (
            call.id.as_str(),
            call.recording.hex(),
            call.started_at.map(|t| t.to_string()),
            call.started_at.map(|t| t.instant().as_millisecond()),
            call.duration,
            call.channels,
            from.map(|p| &p.written),
            from.and_then(|p| p.e164.as_ref()),
            to.map(|p| &p.written),
            to.and_then(|p| p.e164.as_ref()),
            &call.direction,
            call.place.latitude,
            call.place.longitude,
            &call.place.sector,
            &call.note,
            seq,
        );
        database::run(self.connection(), sql, values)?;
        database::run(self.connection(), "DELETE FROM call_file WHERE call = ?1", [call.id.as_str()])?;
        let sql = "INSERT INTO call_file (call, position, name, sha256) VALUES (?1, ?2, ?3, ?4)";
        for (position, file) in call.files.iter().enumerate() {
            database::run(self.connection(), sql, (call.id.as_str(), position, &file.name, file.sha256.hex()))?;
        }
        Ok(())
    }
}
