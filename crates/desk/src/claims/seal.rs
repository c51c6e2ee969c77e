//! Sealing the bytes of a piece of evidence, keeping what is said of them, and looking at them.

use super::{Claims, ClaimsError, Evidence, Result, add_evidence};
use crate::kept::Kept;
use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_model::{Author, Digest};
use std::io::{Read, Seek};

/// How much of a text is shown, in bytes.
const SHOWN: u64 = 4096;

/// Seals bytes, and keeps them as a piece of evidence. The same bytes again keep nothing: the piece that is there is given
/// back, with false.
///
/// # Errors
/// [`ClaimsError::Faults`] for texts that cannot be, [`ClaimsError::KeyTaken`]; nothing is sealed then. What the archive
/// gives: [`ArchiveError::Unreadable`] where the bytes cannot be read.
pub fn seal(
    archive: &Archive,
    author: Author,
    mut from: impl Read + Seek,
    piece: Evidence,
) -> Result<(Kept<Evidence>, bool)> {
    // Before anything is sealed: what is wrong with the words needs no bytes.
    let (piece, faults) = piece.checked();
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let taken = Claims::load(archive)?.evidence.into_iter().find(|e| !e.key.is_empty() && e.key == piece.key);
    if let Some(taken) = taken {
        let (digest, _) = Digest::of_reader(&mut from).map_err(ArchiveError::Unreadable)?;
        if taken.sha256 != Some(digest) {
            return Err(ClaimsError::KeyTaken { key: taken.is.key, id: taken.id });
        }
        from.rewind().map_err(ArchiveError::Unreadable)?;
    }
    let sealed = archive.originals().seal(from)?;
    let piece = Evidence { sha256: Some(sealed.digest), size: Some(sealed.size), ..piece };
    archive.try_write(|tx| add_evidence(tx, author, piece))
}

/// How a piece of evidence begins, where it is a text; nothing for what is none, and where no bytes were sealed.
///
/// # Errors
/// [`ArchiveError::OriginalMissing`], [`ArchiveError::Io`], [`ArchiveError::Unreadable`].
pub fn beginning(archive: &Archive, piece: &Evidence) -> earwitness_archive::Result<Option<String>> {
    let Some(digest) = piece.sha256 else { return Ok(None) };
    let mut start = Vec::new();
    archive.originals().open(&digest)?.take(SHOWN).read_to_end(&mut start).map_err(ArchiveError::Unreadable)?;
    let whole = match std::str::from_utf8(&start) {
        Ok(text) => text,
        // The last character may be cut in two.
        Err(e) if e.error_len().is_none() => {
            start.get(..e.valid_up_to()).and_then(|whole| std::str::from_utf8(whole).ok()).unwrap_or_default()
        }
        Err(_) => return Ok(None),
    };
    let is_text = whole.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    Ok(is_text.then(|| whole.to_string()))
}
