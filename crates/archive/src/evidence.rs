//! Evidence: documents, pictures, web captures and notes, sealed as recordings are. The catalog knows the bytes by
//! their SHA-256; what they are and where they came from is a record of the kind `evidence`, which the desk writes.

use crate::{Archive, Error, Result, Tx, database};
use earwitness_model::Digest;
use rusqlite::Row;
use serde::Serialize;

/// The ledger's word for a sealed document.
pub(crate) const SEALED: &str = "document.sealed";
/// The kind of the records that describe documents, in their fields `sha256` and `key`.
const RECORDS: &str = "evidence";

/// The sealed bytes of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The name of its bytes.
    #[serde(rename = "sha256")]
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
}

impl Document {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { digest: database::digest(row, "sha256")?, size: row.get("size")? })
    }
}

impl Archive {
    /// The sealed document of this name.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn document(&self, digest: &Digest) -> Result<Option<Document>> {
        let sql = "SELECT * FROM document WHERE sha256 = ?1";
        database::first(self.connection(), sql, [digest.hex()], Document::from_row)
    }

    /// All sealed documents, in the order of sealing.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn documents(&self) -> Result<Vec<Document>> {
        database::all(self.connection(), "SELECT * FROM document ORDER BY ledger_seq", [], Document::from_row)
    }

    /// What people call a document: `the evidence e2 (D2)`; nothing where no record speaks of it any more.
    pub(crate) fn name_of_document(&self, digest: &Digest) -> Option<String> {
        let hex = digest.hex();
        let records = self.records(RECORDS).unwrap_or_default();
        let record = records.iter().find(|r| r.body["sha256"].as_str() == Some(&hex))?;
        Some(match record.body["key"].as_str().filter(|key| !key.is_empty()) {
            Some(key) => format!("the evidence {} ({key})", record.id),
            None => format!("the evidence {}", record.id),
        })
    }
}

impl Tx<'_> {
    /// Keeps that these bytes were sealed as a document. Tells whether that was new.
    ///
    /// # Errors
    /// [`Error::OriginalMissing`] unless the bytes were sealed before (see [`crate::Originals::seal`]), and what the
    /// database gives.
    pub fn add_document(&self, document: &Document) -> Result<bool> {
        if self.document(&document.digest)?.is_some() {
            return Ok(false);
        }
        if self.originals().size(&document.digest) != Some(document.size) {
            return Err(Error::OriginalMissing { digest: document.digest });
        }
        let name = document.digest.hex();
        let seq = self.record(SEALED, &name, document)?;
        let sql = "INSERT INTO document (sha256, size, ledger_seq) VALUES (?1, ?2, ?3)";
        database::run(self.connection(), sql, (&name, document.size, seq))?;
        Ok(true)
    }
}
