//! Deliveries: what was handed over at one time, file by file and row by row, with what was made of each.
//!
//! All adding is idempotent: the same thing again adds nothing, so an import that was cut off, or given again, or
//! that has grown, adds what is missing and nothing else.

use crate::{Archive, Result, Tx, database};
use earwitness_model::{DeliveryId, Digest, Verdict};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashSet;

/// The ledger's words for a delivery and its parts.
pub(crate) const RECEIVED: &str = "delivery.received";
pub(crate) const FILE: &str = "delivery.file";
pub(crate) const ROW: &str = "delivery.row";
pub(crate) const FAULT: &str = "delivery.fault";

/// What came with a delivery, and how it was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Terms {
    /// The folder or zip, as given.
    pub path: String,
    /// Where it comes from, in the words of the one who took it in.
    pub source: String,
    /// IANA time zone of its table.
    pub timezone: String,
    /// The table's name inside the delivery.
    pub table: Option<String>,
    /// Which column means what.
    pub mapping: Value,
    /// Every other option that bears on the import.
    pub options: Value,
}

/// A kept delivery.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delivery {
    /// Its name in this archive.
    pub id: DeliveryId,
    /// When it was first taken in.
    pub received_at: Timestamp,
    /// What came with it, the first time.
    #[serde(flatten)]
    pub terms: Terms,
}

/// One file of a delivery, whatever became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveredFile {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Path inside the delivery, with `/`.
    pub name: String,
    /// Bytes; none where it could not be read.
    pub size: Option<u64>,
    /// SHA-256 of its bytes; none where it could not be read.
    pub sha256: Option<Digest>,
    /// The sealed recording that holds its bytes, where it was sealed.
    pub recording: Option<Digest>,
    /// What became of it.
    pub verdict: Verdict,
    /// Everything else to be reported, as JSON (for example a duration that disagrees with the table).
    pub notes: Value,
}

/// One row of a delivery's table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveredRow {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Line of the table, from 1.
    pub line: u64,
    /// The cells as written.
    pub written: Value,
    /// What was read from them.
    pub interpreted: Value,
    /// The delivered file that it speaks of, where there is one.
    pub file: Option<String>,
}

/// Something wrong with a delivery's table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableFault {
    /// The delivery.
    pub delivery: DeliveryId,
    /// For example `row_without_file`.
    pub kind: String,
    /// Line of the table, from 1.
    pub line: Option<u64>,
    /// The column's heading.
    pub column: Option<String>,
    /// Plain words.
    pub text: String,
}

/// A delivery with all its parts, in the order they were kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delivered {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// Its files.
    pub files: Vec<DeliveredFile>,
    /// The rows of its table.
    pub rows: Vec<DeliveredRow>,
    /// What is wrong with its table.
    pub faults: Vec<TableFault>,
}

fn delivery_id(row: &Row<'_>, column: &str) -> Result<DeliveryId> {
    Ok(DeliveryId::new(row.get::<_, String>(column)?))
}

impl Delivery {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: delivery_id(row, "id")?,
            received_at: database::required(row, "received_at")?,
            terms: Terms {
                path: row.get("path")?,
                source: row.get("source")?,
                timezone: row.get("timezone")?,
                table: row.get("table_name")?,
                mapping: database::from_json(row, "mapping")?,
                options: database::from_json(row, "options")?,
            },
        })
    }
}

impl DeliveredFile {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            delivery: delivery_id(row, "delivery")?,
            name: row.get("name")?,
            size: row.get("size")?,
            sha256: database::parsed(row, "sha256")?,
            recording: database::parsed(row, "recording")?,
            verdict: database::from_json(row, "verdict")?,
            notes: database::from_json(row, "notes")?,
        })
    }

    /// What the ledger calls it.
    pub(crate) fn subject(&self) -> String {
        format!("{}/{}", self.delivery, self.name)
    }
}

impl DeliveredRow {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            delivery: delivery_id(row, "delivery")?,
            line: row.get("line")?,
            written: database::from_json(row, "written")?,
            interpreted: database::from_json(row, "interpreted")?,
            file: row.get("file")?,
        })
    }
}

impl TableFault {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            delivery: delivery_id(row, "delivery")?,
            kind: row.get("kind")?,
            line: row.get("line")?,
            column: row.get("column_name")?,
            text: row.get("text")?,
        })
    }
}

impl Archive {
    /// All deliveries, from the first.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn deliveries(&self) -> Result<Vec<Delivery>> {
        database::all(self.connection(), "SELECT * FROM delivery ORDER BY number", [], Delivery::from_row)
    }

    /// A delivery with all its parts.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn delivered(&self, id: &DeliveryId) -> Result<Option<Delivered>> {
        let (connection, key) = (self.connection(), [id.as_str()]);
        let sql = "SELECT * FROM delivery WHERE id = ?1";
        let Some(delivery) = database::first(connection, sql, key, Delivery::from_row)? else { return Ok(None) };
        let rows = "SELECT * FROM delivered_row WHERE delivery = ?1 ORDER BY id";
        let faults = "SELECT * FROM table_fault WHERE delivery = ?1 ORDER BY id";
        Ok(Some(Delivered {
            delivery,
            files: self.delivered_files(id)?,
            rows: database::all(connection, rows, key, DeliveredRow::from_row)?,
            faults: database::all(connection, faults, key, TableFault::from_row)?,
        }))
    }

    /// The files of a delivery, in the order they were kept.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn delivered_files(&self, id: &DeliveryId) -> Result<Vec<DeliveredFile>> {
        let sql = "SELECT * FROM delivered_file WHERE delivery = ?1 ORDER BY id";
        database::all(self.connection(), sql, [id.as_str()], DeliveredFile::from_row)
    }

    /// The newest delivery that was taken in from this path.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn delivery_from(&self, path: &str) -> Result<Option<Delivery>> {
        let sql = "SELECT * FROM delivery WHERE path = ?1 ORDER BY number DESC LIMIT 1";
        database::first(self.connection(), sql, [path], Delivery::from_row)
    }

    /// The delivery that these files are, wherever they lie now: the newest one that shares a file (name and bytes)
    /// with them, where the smaller of the two is a part of the larger. So a delivery that was moved, has grown, or
    /// was taken in by halves is known again. Files that could not be read take no part.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn delivery_like(&self, files: &[(String, Digest)]) -> Result<Option<DeliveryId>> {
        let given: HashSet<(&str, Digest)> = files.iter().map(|(name, digest)| (name.as_str(), *digest)).collect();
        for delivery in self.deliveries()?.into_iter().rev() {
            let kept = self.delivered_files(&delivery.id)?;
            let kept: HashSet<_> = kept.iter().filter_map(|f| Some((f.name.as_str(), f.sha256?))).collect();
            let shared = kept.intersection(&given).count();
            if shared > 0 && shared == kept.len().min(given.len()) {
                return Ok(Some(delivery.id));
            }
        }
        Ok(None)
    }

    /// A file of a delivery, by its name and bytes (none: it could not be read).
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn delivered_file(
        &self,
        delivery: &DeliveryId,
        name: &str,
        sha256: Option<&Digest>,
    ) -> Result<Option<DeliveredFile>> {
        let sql = "SELECT * FROM delivered_file WHERE delivery = ?1 AND name = ?2 AND coalesce(sha256, '') = ?3";
        let sha256 = sha256.map(Digest::hex).unwrap_or_default();
        database::first(self.connection(), sql, (delivery.as_str(), name, sha256), DeliveredFile::from_row)
    }

    /// How many of the delivered files are the tables of their deliveries.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn delivered_tables(&self) -> Result<u64> {
        let sql =
            "SELECT count(*) FROM delivered_file f JOIN delivery d ON d.id = f.delivery AND d.table_name = f.name";
        Ok(database::first(self.connection(), sql, [], |row| Ok(row.get(0)?))?.unwrap_or(0))
    }

    /// Every delivered file that is this recording or repeats it, wholly or in part, from the first.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn files_about(&self, recording: &Digest) -> Result<Vec<DeliveredFile>> {
        // A verdict names what it repeats as `"of":"<SHA-256>"`.
        let sql =
            "SELECT * FROM delivered_file WHERE sha256 = ?1 OR verdict LIKE '%\"of\":\"' || ?1 || '\"%' ORDER BY id";
        database::all(self.connection(), sql, [recording.hex()], DeliveredFile::from_row)
    }

    /// Every delivered file with these bytes, from the first.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`], [`crate::Error::Database`].
    pub fn deliveries_of(&self, digest: &Digest) -> Result<Vec<DeliveredFile>> {
        let sql = "SELECT * FROM delivered_file WHERE sha256 = ?1 ORDER BY id";
        database::all(self.connection(), sql, [digest.hex()], DeliveredFile::from_row)
    }
}

impl Tx<'_> {
    /// Keeps a new delivery and names it. Whether it is one that is known already is asked before, by
    /// [`Archive::delivery_from`] or [`Archive::delivery_like`].
    ///
    /// # Errors
    /// What the ledger and the database give.
    pub fn add_delivery(&self, terms: &Terms) -> Result<Delivery> {
        let number = self.next("delivery", "number")?;
        let id = DeliveryId::new(format!("d{number}"));
        let delivery = Delivery { id, received_at: self.now(), terms: terms.clone() };
        let seq = self.record(RECEIVED, delivery.id.as_str(), &delivery)?;
        let sql = "INSERT INTO delivery (id, number, received_at, path, source, timezone, table_name, mapping, options,
                   ledger_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let values = (
            delivery.id.as_str(),
            number,
            delivery.received_at.to_string(),
            &terms.path,
            &terms.source,
            &terms.timezone,
            &terms.table,
            database::json(&terms.mapping)?,
            database::json(&terms.options)?,
            seq,
        );
        database::run(self.connection(), sql, values)?;
        Ok(delivery)
    }

    /// Keeps one file of a delivery. Tells whether it was new: the same name with the same bytes is not, whatever
    /// its verdict would be now.
    ///
    /// # Errors
    /// What the ledger and the database give; its recording, if any, must be kept before.
    pub fn add_delivered_file(&self, file: &DeliveredFile) -> Result<bool> {
        if self.delivered_file(&file.delivery, &file.name, file.sha256.as_ref())?.is_some() {
            return Ok(false);
        }
        let id = self.next("delivered_file", "id")?;
        let seq = self.record(FILE, &file.subject(), file)?;
        let sql = "INSERT INTO delivered_file (id, delivery, name, size, sha256, recording, verdict, notes, ledger_seq)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let values = (
            id,
            file.delivery.as_str(),
            &file.name,
            file.size,
            file.sha256.map(|d| d.hex()),
            file.recording.map(|d| d.hex()),
            database::json(&file.verdict)?,
            database::json(&file.notes)?,
            seq,
        );
        database::run(self.connection(), sql, values)?;
        Ok(true)
    }

    /// Keeps one row of a delivery's table. Tells whether it was new: the same line with the same content is not.
    ///
    /// # Errors
    /// What the ledger and the database give.
    pub fn add_delivered_row(&self, row: &DeliveredRow) -> Result<bool> {
        let sql = "SELECT * FROM delivered_row WHERE delivery = ?1 AND line = ?2";
        let key = (row.delivery.as_str(), row.line);
        let kept = database::all(self.connection(), sql, key, DeliveredRow::from_row)?;
        let wanted = database::json(row)?;
        for other in &kept {
            if database::json(other)? == wanted {
                return Ok(false);
            }
        }
        let id = self.next("delivered_row", "id")?;
        let seq = self.record(ROW, row.delivery.as_str(), row)?;
        let sql = "INSERT INTO delivered_row (id, delivery, line, written, interpreted, file, ledger_seq)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let (written, interpreted) = (database::json(&row.written)?, database::json(&row.interpreted)?);
        let values = (id, row.delivery.as_str(), row.line, written, interpreted, &row.file, seq);
        database::run(self.connection(), sql, values)?;
        Ok(true)
    }

    /// Keeps what is wrong with a delivery's table. Tells whether it was new.
    ///
    /// # Errors
    /// What the ledger and the database give.
    pub fn add_table_fault(&self, fault: &TableFault) -> Result<bool> {
        let sql = "SELECT * FROM table_fault WHERE delivery = ?1 AND coalesce(line, 0) = ?2 AND kind = ?3";
        let key = (fault.delivery.as_str(), fault.line.unwrap_or(0), &fault.kind);
        if database::all(self.connection(), sql, key, TableFault::from_row)?.contains(fault) {
            return Ok(false);
        }
        let id = self.next("table_fault", "id")?;
        let seq = self.record(FAULT, fault.delivery.as_str(), fault)?;
        let sql = "INSERT INTO table_fault (id, delivery, kind, line, column_name, text, ledger_seq)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let TableFault { delivery, kind, line, column, text } = fault;
        database::run(self.connection(), sql, (id, delivery.as_str(), kind, line, column, text, seq))?;
        Ok(true)
    }

    /// The next free number of a table; safe because one write runs at a time.
    pub(crate) fn next(&self, table: &'static str, column: &'static str) -> Result<u64> {
        let sql = format!("SELECT coalesce(max({column}), 0) + 1 FROM {table}");
        Ok(database::first(self.connection(), &sql, [], |row| Ok(row.get(0)?))?.unwrap_or(1))
    }
}
