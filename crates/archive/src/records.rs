//! Records: everything that people decide (persons, links, voices, claims …), as revisions that are only ever added.
//!
//! A body may hold names, and names must be erasable. So the ledger keeps no body but a commitment to it: the SHA-256
//! of a random salt of 64 hexadecimal digits and the canonical JSON of the body. With the salt at hand the commitment
//! proves what was written and when; once body and salt are removed, nobody can even try out what it was.

use crate::{Archive, Error, Result, Tx, archive::random, database};
use earwitness_model::{Author, Digest};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;
use serde_json::Value;

/// The ledger's word for a new revision of a record.
pub(crate) const KEPT: &str = "record.kept";
/// The ledger's word for a record that was removed for good.
pub(crate) const ERASED: &str = "record.erased";

/// The largest body, bytes of canonical JSON.
const MAX_BODY: usize = 4 << 20;
const BODIES: &str = "record_body";
const SELECT: &str = "SELECT r.*, b.body AS body FROM record r
    JOIN record_body b ON b.kind = r.kind AND b.id = r.id AND b.number = r.number";

/// One revision of one thing that somebody decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// What it is, for example `person`.
    pub kind: String,
    /// Its name: a letter and a running number, or what the caller gave; never made from a person's name or a number.
    pub id: String,
    /// 1 for the first revision.
    pub number: u32,
    /// Who decided.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
    /// What was decided; null where the thing was taken back.
    pub body: Value,
}

impl Record {
    /// Whether the thing was taken back: it can be put again, and its history is there.
    pub fn is_withdrawn(&self) -> bool {
        self.body.is_null()
    }
}

/// A revision without its body, as the ledger knows it.
#[derive(Serialize)]
pub(crate) struct Kept {
    kind: String,
    id: String,
    pub number: u32,
    author: Author,
    created_at: Timestamp,
    pub commitment: Digest,
}

impl Kept {
    pub fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            kind: row.get("kind")?,
            id: row.get("id")?,
            number: row.get("number")?,
            author: database::from_json(row, "author")?,
            created_at: database::required(row, "created_at")?,
            commitment: database::digest(row, "commitment")?,
        })
    }

    pub fn subject(&self) -> String {
        subject(&self.kind, &self.id)
    }

    pub fn author_kind(&self) -> &'static str {
        if self.author.is_person() { "person" } else { "model" }
    }
}

/// What the ledger calls a record.
pub(crate) fn subject(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

pub(crate) fn commitment(salt: &str, body: &str) -> Digest {
    Digest::of([salt, body].concat().as_bytes())
}

fn from_row(row: &Row<'_>) -> Result<Record> {
    let Kept { kind, id, number, author, created_at, .. } = Kept::from_row(row)?;
    Ok(Record { kind, id, number, author, created_at, body: database::from_json(row, "body")? })
}

impl Archive {
    /// The newest revision of a record; none where there is no such record or it was erased.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn newest_record(&self, kind: &str, id: &str) -> Result<Option<Record>> {
        let sql = format!("{SELECT} WHERE r.kind = ?1 AND r.id = ?2 ORDER BY r.number DESC LIMIT 1");
        database::first(self.connection(), &sql, (kind, id), from_row)
    }

    /// The newest revision of each record of a kind that was neither taken back nor erased: `p1`, `p2` … `p10`.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn records(&self, kind: &str) -> Result<Vec<Record>> {
        let sql = format!(
            "{SELECT} WHERE r.kind = ?1 AND r.number =
             (SELECT max(number) FROM record WHERE kind = r.kind AND id = r.id) ORDER BY length(r.id), r.id"
        );
        let mut all = database::all(self.connection(), &sql, [kind], from_row)?;
        all.retain(|record| !record.is_withdrawn());
        Ok(all)
    }

    /// The names of all records of a kind that were not erased, those that were taken back too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn record_ids(&self, kind: &str) -> Result<Vec<String>> {
        let sql = "SELECT id FROM record_body WHERE kind = ?1 GROUP BY id ORDER BY length(id), id";
        database::all(self.connection(), sql, [kind], |row| Ok(row.get(0)?))
    }

    /// All revisions of a record, the first first; nothing where there is none or it was erased.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn record_history(&self, kind: &str, id: &str) -> Result<Vec<Record>> {
        let sql = format!("{SELECT} WHERE r.kind = ?1 AND r.id = ?2 ORDER BY r.number");
        database::all(self.connection(), &sql, (kind, id), from_row)
    }
}

impl Tx<'_> {
    /// Keeps a new revision of a record and gives it back; a body that is the newest one already writes nothing.
    /// `expected` is the number of the revision that the writer saw, none for a record that is to be new. To undo,
    /// put an earlier body again; to take back, put `null`.
    ///
    /// # Errors
    /// [`Error::Changed`] when somebody wrote in between, [`Error::Erased`] for a record that was removed for good,
    /// [`Error::NotFound`] where `expected` names a revision of a record that is not there, [`Error::Unrecordable`]
    /// for a body over 4 MiB or a name that cannot be one, and what the database gives.
    pub fn put_record(
        &self,
        kind: &str,
        id: &str,
        expected: Option<u32>,
        author: Author,
        body: Value,
    ) -> Result<Record> {
        check_name(kind, id)?;
        let newest = self.newest_record(kind, id)?;
        match &newest {
            None if self.is_erased(kind, id)? => return Err(Error::Erased { what: subject(kind, id) }),
            None if expected.is_some() => return Err(Error::NotFound { kind: "record", wanted: subject(kind, id) }),
            Some(kept) if Some(kept.number) != expected => {
                let Record { number, author, .. } = kept;
                return Err(Error::Changed { what: subject(kind, id), number: *number, author: author.to_string() });
            }
            _ => {}
        }
        let text = database::json(&body)?;
        if text.len() > MAX_BODY {
            return Err(Error::Unrecordable(format!("{}: {} bytes are too many", subject(kind, id), text.len())));
        }
        if let Some(kept) = newest.as_ref().filter(|kept| database::json(&kept.body).is_ok_and(|kept| kept == text)) {
            return Ok(kept.clone());
        }
        let salt = random()?.hex();
        let kept = Kept {
            kind: kind.into(),
            id: id.into(),
            number: newest.map_or(0, |r| r.number).saturating_add(1),
            author,
            created_at: self.now(),
            commitment: commitment(&salt, &text),
        };
        self.store_record(&kept, &salt, &text)?;
        // As it is kept: canonical JSON has one form for 0 and 0.0.
        self.newest_record(kind, id)?.ok_or_else(|| Error::Damaged(format!("{} was not kept", kept.subject())))
    }

    /// Keeps the first revision of a new record under `letter` and the next running number, also past the numbers of
    /// records that were erased.
    ///
    /// # Errors
    /// As [`Tx::put_record`].
    pub fn add_record(&self, kind: &str, letter: &str, author: Author, body: Value) -> Result<Record> {
        let sql = "SELECT id FROM record WHERE kind = ?1 AND number = 1";
        let ids: Vec<String> = database::all(self.connection(), sql, [kind], |row| Ok(row.get(0)?))?;
        let number = |id: &String| id.strip_prefix(letter)?.parse::<u64>().ok();
        let next = ids.iter().filter_map(number).max().unwrap_or(0).saturating_add(1);
        self.put_record(kind, &format!("{letter}{next}"), None, author, body)
    }

    /// Removes for good what all revisions of a record say. The ledger says that a record of this kind was removed,
    /// and not what it said. Gives how many revisions lost their body.
    ///
    /// The bytes leave the catalog: they are overwritten with zeros, the table is written anew without them in this
    /// transaction, and after it the write-ahead log is emptied (see [`Archive::write`]). What they were written to
    /// before, on the disk below or in copies of the folder, is out of reach.
    ///
    /// # Errors
    /// [`Error::NotFound`], and what the database gives.
    pub fn erase_record(&self, kind: &str, id: &str) -> Result<usize> {
        let revisions = self.record_history(kind, id)?.len();
        if revisions == 0 {
            let erased = self.is_erased(kind, id)?;
            let missing = || Error::NotFound { kind: "record", wanted: subject(kind, id) };
            return if erased { Ok(0) } else { Err(missing()) };
        }
        self.record(ERASED, &subject(kind, id), &serde_json::json!({ "revisions": revisions }))?;
        database::run(self.connection(), "DELETE FROM record_body WHERE kind = ?1 AND id = ?2", (kind, id))?;
        self.leave_no_trace(BODIES);
        Ok(revisions)
    }

    fn is_erased(&self, kind: &str, id: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM record r WHERE r.kind = ?1 AND r.id = ?2 AND NOT EXISTS (SELECT 1 FROM record_body b
                   WHERE b.kind = r.kind AND b.id = r.id AND b.number = r.number) LIMIT 1";
        Ok(database::first(self.connection(), sql, (kind, id), |_| Ok(()))?.is_some())
    }

    fn store_record(&self, kept: &Kept, salt: &str, body: &str) -> Result<()> {
        let seq = self.record(KEPT, &kept.subject(), kept)?;
        let Kept { kind, id, number, author, created_at, commitment } = kept;
        let sql = "INSERT INTO record (kind, id, number, author_kind, author, created_at, commitment, ledger_seq)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (by, at) = (database::json(author)?, created_at.to_string());
        let values = (kind, id, number, kept.author_kind(), by, at, commitment.hex(), seq);
        database::run(self.connection(), sql, values)?;
        let sql = "INSERT INTO record_body (kind, id, number, salt, body) VALUES (?1, ?2, ?3, ?4, ?5)";
        database::run(self.connection(), sql, (kind, id, number, salt, body))?;
        Ok(())
    }
}

/// Kinds and names go into the ledger and stay there: plain words, no sentences.
fn check_name(kind: &str, id: &str) -> Result<()> {
    let word = |c: char| c.is_ascii_lowercase() || c == '_' || c == '-';
    let sign = |c: char| c.is_ascii_graphic() && c != '/';
    let fits = |text: &str, most: usize, allowed: fn(char) -> bool| {
        !text.is_empty() && text.len() <= most && text.chars().all(allowed)
    };
    if fits(kind, 40, word) && fits(id, 200, sign) {
        return Ok(());
    }
    Err(Error::Unrecordable(format!("{kind:?}, {id:?} cannot be the kind and the name of a record")))
}
