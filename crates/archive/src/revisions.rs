//! Revisions: transcripts and translations. They are only ever added, and a person's word wins over any machine's.

use crate::{Archive, Error, Result, Tx, database};
use earwitness_model::{Author, CallId, Digest, Revision, RevisionBody, RevisionId, canonical};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;

/// The ledger's word for a new revision.
pub(crate) const KEPT: &str = "revision.kept";

/// The translation that stands, and whether the transcript has changed under it.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentTranslation {
    /// The revision.
    pub revision: Revision,
    /// Whether it was made from another transcript than the one that stands now.
    pub stale: bool,
}

/// A revision without what it says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevisionHead {
    /// Its name.
    pub id: RevisionId,
    /// `transcript` or `translation`.
    pub kind: String,
    /// 1 for the first revision of this kind of the call.
    pub number: u32,
    /// Who made it.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
    /// The revision it was made from, where there is one.
    pub based_on: Option<RevisionId>,
}

impl RevisionHead {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: RevisionId::new(row.get::<_, String>("id")?),
            kind: row.get("kind")?,
            number: row.get("number")?,
            author: database::from_json(row, "author")?,
            created_at: database::required(row, "created_at")?,
            based_on: row.get::<_, Option<String>>("based_on")?.map(RevisionId::new),
        })
    }
}

#[derive(Serialize)]
struct Payload<'a> {
    id: &'a RevisionId,
    call: &'a CallId,
    kind: &'static str,
    number: u32,
    author: &'a Author,
    based_on: &'a Option<RevisionId>,
    content_sha256: Digest,
}

/// What the ledger keeps of a revision: who, what, and the hash of all of it.
pub(crate) fn payload(revision: &Revision) -> Result<impl Serialize> {
    Ok(Payload {
        id: &revision.id,
        call: &revision.call,
        kind: revision.body.kind(),
        number: revision.number,
        author: &revision.author,
        based_on: &revision.based_on,
        content_sha256: canonical::digest(revision)?,
    })
}

pub(crate) fn from_row(row: &Row<'_>) -> Result<Revision> {
    Ok(Revision {
        id: RevisionId::new(row.get::<_, String>("id")?),
        call: CallId::new(row.get::<_, String>("call")?),
        number: row.get("number")?,
        author: database::from_json(row, "author")?,
        created_at: database::required(row, "created_at")?,
        based_on: row.get::<_, Option<String>>("based_on")?.map(RevisionId::new),
        body: database::from_json(row, "body")?,
    })
}

impl Archive {
    /// All revisions of a call: transcripts, then translations, each from the first.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn revisions(&self, call: &CallId) -> Result<Vec<Revision>> {
        let sql = "SELECT * FROM revision WHERE call = ?1 ORDER BY kind, number";
        database::all(self.connection(), sql, [call.as_str()], from_row)
    }

    /// As [`Archive::revisions`], without what they say: cheap, however often a call was corrected.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn revision_heads(&self, call: &CallId) -> Result<Vec<RevisionHead>> {
        let sql = "SELECT id, kind, number, author, created_at, based_on FROM revision WHERE call = ?1
                   ORDER BY kind, number";
        database::all(self.connection(), sql, [call.as_str()], RevisionHead::from_row)
    }

    /// The newest transcript by a machine, whether it stands or not.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn newest_by_machine(&self, call: &CallId) -> Result<Option<Revision>> {
        let sql = "SELECT * FROM revision WHERE call = ?1 AND kind = 'transcript' AND author_kind = 'model'
                   ORDER BY number DESC LIMIT 1";
        database::first(self.connection(), sql, [call.as_str()], from_row)
    }

    /// One revision by its name.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Damaged`], [`Error::Database`].
    pub fn revision(&self, id: &RevisionId) -> Result<Revision> {
        let found =
            database::first(self.connection(), "SELECT * FROM revision WHERE id = ?1", [id.as_str()], from_row)?;
        found.ok_or_else(|| Error::NotFound { kind: "revision", wanted: id.to_string() })
    }

    /// The revision of a call that people mean by `wanted`: its name, the beginning of its name, or the number of
    /// a transcript.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Ambiguous`], [`Error::Damaged`], [`Error::Database`].
    pub fn find_revision(&self, call: &CallId, wanted: &str) -> Result<Revision> {
        let wanted = wanted.trim();
        let number: Option<u32> = wanted.parse().ok();
        let fits = |r: &Revision| match number {
            Some(number) => r.number == number && r.transcript().is_some(),
            None => !wanted.is_empty() && r.id.as_str().starts_with(wanted),
        };
        let mut found: Vec<Revision> = self.revisions(call)?.into_iter().filter(fits).collect();
        match found.pop() {
            None => Err(Error::NotFound { kind: "revision", wanted: wanted.into() }),
            Some(only) if found.is_empty() => Ok(only),
            Some(last) => {
                let choices = found.iter().chain([&last]).map(|r| r.id.to_string()).collect();
                Err(Error::Ambiguous { wanted: wanted.into(), choices })
            }
        }
    }

    /// The transcript that stands: the newest by a person, or else the newest by a machine.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn current_transcript(&self, call: &CallId) -> Result<Option<Revision>> {
        self.current(call, "transcript")
    }

    /// The translation that stands, chosen as [`Archive::current_transcript`] does.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn current_translation(&self, call: &CallId) -> Result<Option<CurrentTranslation>> {
        let Some(revision) = self.current(call, "translation")? else { return Ok(None) };
        let of = revision.translation().map(|t| t.of.clone());
        let stale = self.current_transcript(call)?.map(|t| t.id) != of;
        Ok(Some(CurrentTranslation { revision, stale }))
    }

    fn current(&self, call: &CallId, kind: &str) -> Result<Option<Revision>> {
        let sql = "SELECT * FROM revision WHERE call = ?1 AND kind = ?2
                   ORDER BY CASE author_kind WHEN 'person' THEN 0 ELSE 1 END, number DESC LIMIT 1";
        database::first(self.connection(), sql, (call.as_str(), kind), from_row)
    }
}

impl Tx<'_> {
    /// Keeps a new revision of a call, numbers it, and gives it back.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown call or a translation of an unknown transcript, [`Error::NotCanonical`] for
    /// a time that is not a number, and what the database gives.
    pub fn add_revision(
        &self,
        call: &CallId,
        author: Author,
        based_on: Option<RevisionId>,
        body: RevisionBody,
    ) -> Result<Revision> {
        let missing = |kind, wanted: &str| Error::NotFound { kind, wanted: wanted.into() };
        let known =
            database::first(self.connection(), "SELECT 1 FROM call WHERE id = ?1", [call.as_str()], |_| Ok(()))?;
        known.ok_or_else(|| missing("call", call.as_str()))?;
        if let RevisionBody::Translation(t) = &body {
            let sql = "SELECT 1 FROM revision WHERE id = ?1 AND call = ?2 AND kind = 'transcript'";
            let known = database::first(self.connection(), sql, (t.of.as_str(), call.as_str()), |_| Ok(()))?;
            known.ok_or_else(|| missing("transcript", t.of.as_str()))?;
        }
        let sql = "SELECT coalesce(max(number), 0) + 1 FROM revision WHERE call = ?1 AND kind = ?2";
        let number = database::first(self.connection(), sql, (call.as_str(), body.kind()), |row| Ok(row.get(0)?))?;
        let revision = Revision::new(call.clone(), number.unwrap_or(1), author, self.now(), based_on, body)?;
        self.store_revision(&revision)?;
        // As it is kept: canonical JSON has one form for 0 and 0.0.
        self.revision(&revision.id)
    }

    fn store_revision(&self, revision: &Revision) -> Result<()> {
        let seq = self.record(KEPT, revision.id.as_str(), &payload(revision)?)?;
        let language = match &revision.body {
            RevisionBody::Transcript(t) => t.language.clone(),
            RevisionBody::Translation(t) => Some(t.language.clone()),
        };
        let sql = "INSERT INTO revision (id, call, kind, number, author_kind, author, created_at, based_on, language,
                   body, ledger_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let values = (
            revision.id.as_str(),
            revision.call.as_str(),
            revision.body.kind(),
            revision.number,
            if revision.author.is_person() { "person" } else { "model" },
            database::json(&revision.author)?,
            revision.created_at.to_string(),
            revision.based_on.as_ref().map(RevisionId::as_str),
            language,
            database::json(&revision.body)?,
            seq,
        );
        database::run(self.connection(), sql, values)?;
        Ok(())
    }
}
