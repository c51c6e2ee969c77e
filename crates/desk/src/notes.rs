//! Notes that people write on calls and on what is said in them. They are for the desk alone: no export and no story
//! reads them.

use crate::{
    claims::Fault,
    kept::{self, Keepable, Kept},
    passage::{self, Chosen, MarksError, Passage, Passages, Result},
};
use earwitness_archive::{Archive, Error, Record, Tx};
use earwitness_model::{Author, CallId};
use serde::{Deserialize, Serialize};

/// The longest note, in characters.
pub const LONGEST: usize = 20_000;

/// A note. The revisions of its record say who wrote and changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The call.
    pub call: CallId,
    /// The words that it is about; none for the whole call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// What it says.
    pub text: String,
}

impl Keepable for Note {
    const KIND: &'static str = "note";
    const LETTER: &'static str = "n";
}

/// On what a note is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// A call as a whole.
    Call(String),
    /// Some of its words.
    Words(Chosen),
}

/// Writes a note.
///
/// # Errors
/// [`MarksError::Faults`] for a text that cannot be kept; as [`Passages::choose`].
pub fn add(tx: &Tx<'_>, author: Author, on: &On, text: &str) -> Result<Kept<Note>> {
    let text = checked(text)?;
    let (call, passage) = match on {
        On::Call(call) => (tx.find_call(call)?.id, None),
        On::Words(chosen) => {
            let passage = Passages::of(tx).choose(chosen)?;
            (passage.call.clone(), Some(passage))
        }
    };
    Ok(Kept::add(tx, author, &Note { call, passage, text })?)
}

/// Writes another text; `seen` is the revision that the writer saw.
///
/// # Errors
/// [`MarksError::NotFound`], [`MarksError::Faults`]; [`Error::Changed`] where somebody changed it since.
pub fn change(tx: &Tx<'_>, author: Author, id: &str, seen: Option<u32>, text: &str) -> Result<Kept<Note>> {
    let known = find(tx, id)?;
    if let Some(by) = seen.filter(|seen| *seen != known.revision).map(|_| known.by.to_string()) {
        return Err(Error::Changed { what: format!("note {id}"), number: known.revision, author: by }.into());
    }
    Ok(known.change(tx, author, &Note { text: checked(text)?, ..known.is.clone() })?)
}

/// Takes a note back; gives what it said.
///
/// # Errors
/// [`MarksError::NotFound`]; what the archive gives.
pub fn remove(tx: &Tx<'_>, author: Author, id: &str) -> Result<Kept<Note>> {
    let known = find(tx, id)?;
    known.withdraw(tx, author)?;
    Ok(known)
}

/// Puts back what a note was before its newest change; none where it was not there.
///
/// # Errors
/// [`MarksError::NotFound`]; what the archive gives.
pub fn undo(tx: &Tx<'_>, author: Author, id: &str) -> Result<Option<Kept<Note>>> {
    history(tx, id)?;
    let record = kept::undo(tx, Note::KIND, id, None, author)?;
    Ok(if record.is_withdrawn() { None } else { Some(Kept::read(record)?) })
}

/// The note with this record name.
///
/// # Errors
/// [`MarksError::NotFound`]; what the archive gives.
pub fn find(archive: &Archive, id: &str) -> Result<Kept<Note>> {
    Kept::get(archive, id)?.ok_or_else(|| missing(id))
}

/// All revisions of a note, the first first.
///
/// # Errors
/// [`MarksError::NotFound`]; what the archive gives.
pub fn history(archive: &Archive, id: &str) -> Result<Vec<Record>> {
    let history = archive.record_history(Note::KIND, id)?;
    if history.is_empty() { Err(missing(id)) } else { Ok(history) }
}

fn missing(id: &str) -> MarksError {
    MarksError::NotFound { kind: "note", wanted: id.into() }
}

fn checked(text: &str) -> Result<String> {
    let text = text.trim().replace("\r\n", "\n");
    let empty = || text.is_empty().then(|| Fault::new("text", "a note needs words"));
    match passage::text("text", &text, LONGEST, true).or_else(empty) {
        Some(fault) => Err(vec![fault].into()),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests;
