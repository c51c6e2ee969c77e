//! Things that people decide, as types on top of the archive's records.

use earwitness_archive::{Archive, Error, Record, Result, Tx};
use earwitness_model::Author;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::ops::Deref;

/// What can be kept as the body of a record.
pub trait Keepable: Serialize + DeserializeOwned {
    /// The kind of the record.
    const KIND: &'static str;
    /// What the names of these records begin with.
    const LETTER: &'static str;
}

/// A thing with the revision that holds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kept<T> {
    /// The name of the record, for example `p1`.
    pub id: String,
    /// The number of the revision, 1 for the first.
    pub revision: u32,
    /// Who made the revision.
    pub by: Author,
    /// When.
    pub at: Timestamp,
    /// The thing.
    #[serde(flatten)]
    pub is: T,
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.is
    }
}

impl<T: Keepable> Kept<T> {
    /// Reads a record.
    ///
    /// # Errors
    /// [`Error::Damaged`] for a body of another form.
    pub fn read(record: Record) -> Result<Self> {
        let Record { kind, id, number, author, created_at, body } = record;
        let is =
            serde_json::from_value(body).map_err(|e| Error::Damaged(format!("{kind} {id} cannot be read: {e}")))?;
        Ok(Self { id, revision: number, by: author, at: created_at, is })
    }

    /// All that stand, in the order of their names.
    ///
    /// # Errors
    /// As [`Archive::records`]; [`Error::Damaged`].
    pub fn all(archive: &Archive) -> Result<Vec<Self>> {
        archive.records(T::KIND)?.into_iter().map(Self::read).collect()
    }

    /// The one of this name, if it stands.
    ///
    /// # Errors
    /// As [`Archive::newest_record`]; [`Error::Damaged`].
    pub fn get(archive: &Archive, id: &str) -> Result<Option<Self>> {
        let newest = archive.newest_record(T::KIND, id)?;
        newest.filter(|record| !record.is_withdrawn()).map(Self::read).transpose()
    }

    /// Keeps a new one under the next running number.
    ///
    /// # Errors
    /// As [`Tx::put_record`].
    pub fn add(tx: &Tx<'_>, author: Author, is: &T) -> Result<Self> {
        Self::read(tx.add_record(T::KIND, T::LETTER, author, body(is)?)?)
    }

    /// Keeps a changed one, unless somebody changed it since this revision.
    ///
    /// # Errors
    /// As [`Tx::put_record`].
    pub fn change(&self, tx: &Tx<'_>, author: Author, is: &T) -> Result<Self> {
        Self::read(tx.put_record(T::KIND, &self.id, Some(self.revision), author, body(is)?)?)
    }

    /// Takes it back; its history stays.
    ///
    /// # Errors
    /// As [`Tx::put_record`].
    pub fn withdraw(&self, tx: &Tx<'_>, author: Author) -> Result<()> {
        tx.put_record(T::KIND, &self.id, Some(self.revision), author, Value::Null)?;
        Ok(())
    }
}

fn body<T: Serialize>(is: &T) -> Result<Value> {
    serde_json::to_value(is).map_err(|e| Error::Unrecordable(e.to_string()))
}

/// Puts back what revision `to` of a record said (none: the revision before the newest), as a new revision; before the
/// first there is nothing, so it is taken back. To undo an undo is to do it again. Gives the new revision.
///
/// # Errors
/// [`Error::NotFound`] for a record or revision that is not there; as [`Tx::put_record`].
pub fn undo(tx: &Tx<'_>, kind: &str, id: &str, to: Option<u32>, author: Author) -> Result<Record> {
    let history = tx.record_history(kind, id)?;
    let missing = |wanted: String| Error::NotFound { kind: "record", wanted };
    let newest = history.last().ok_or_else(|| missing(id.to_owned()))?.number;
    let to = to.unwrap_or(newest.saturating_sub(1));
    let body = match history.iter().find(|record| record.number == to) {
        Some(record) => record.body.clone(),
        None if to == 0 => Value::Null,
        None => return Err(missing(format!("{id}, revision {to}"))),
    };
    tx.put_record(kind, id, Some(newest), author, body)
}
