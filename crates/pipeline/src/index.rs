//! The search index follows the archive.
//!
//! A stamp in the index folder says up to which ledger entry the index has read. Whoever opens the index first brings
//! it up to date, so new text is found as soon as it is kept, even when the program that kept it was killed before it
//! could index it. An index that is missing, damaged, of another version or of another archive is built again.

use crate::documents::document;
use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_find::{FindError, Index, IndexWriter};
use earwitness_model::{CallId, Digest};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fs, io, path::Path};

/// Calls after which a long build is made durable.
const COMMIT_EVERY: usize = 2000;
/// Says what the index has read. Goes away with the index.
const STAMP: &str = "earwitness-archive.json";

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The index refuses.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The stamp cannot be written.
    #[error("the search index cannot be kept up to date: {0}")]
    Stamp(#[source] io::Error),
}

/// An index that was opened.
pub struct OpenIndex {
    /// To be searched.
    pub index: Index,
    /// Calls that are not in it as they are now, because another program is writing to it or it cannot be written.
    pub behind: usize,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Stamp {
    archive: String,
    seq: u64,
    hash: Digest,
}

/// Opens the index of an archive, brought up to date.
///
/// # Errors
/// [`IndexError`]; a stale, damaged or missing index is no error.
pub fn open(archive: &Archive) -> Result<OpenIndex, IndexError> {
    let index = match Index::open_or_create(&archive.index()) {
        Ok(index) => index,
        Err(FindError::NeedsRebuild { reason, .. }) => {
            tracing::info!(reason, "building the search index again");
            return Ok(OpenIndex { index: rebuild(archive, &mut |_, _| ())?, behind: 0 });
        }
        Err(FindError::NotAnIndex { .. }) if only_remains(&archive.index()) => {
            return Ok(OpenIndex { index: rebuild(archive, &mut |_, _| ())?, behind: 0 });
        }
        Err(error) => return Err(error.into()),
    };
    let (stamp, touched) = standing(archive)?;
    if touched.is_empty() {
        return Ok(OpenIndex { index, behind: 0 });
    }
    let update = match stamp {
        // Nobody knows what an index without a fitting stamp has read.
        None => match rebuild(archive, &mut |_, _| ()) {
            Ok(index) => return Ok(OpenIndex { index, behind: 0 }),
            Err(error) => Err(error),
        },
        Some(_) => catch_up(archive, &index),
    };
    let behind = match update {
        Ok(()) => 0,
        Err(IndexError::Find(FindError::Busy { .. })) => touched.len(),
        Err(error) if cannot_write(&error) => touched.len(),
        Err(IndexError::Find(FindError::NeedsRebuild { .. })) => {
            drop(index);
            return Ok(OpenIndex { index: rebuild(archive, &mut |_, _| ())?, behind: 0 });
        }
        Err(error) => return Err(error),
    };
    Ok(OpenIndex { index, behind })
}

/// Brings the index up to date after something was kept. Somebody else writing to the index is no error: whoever
/// opens it next goes on.
///
/// # Errors
/// [`IndexError`].
pub fn update(archive: &Archive) -> Result<(), IndexError> {
    open(archive).map(|_| ())
}

/// Builds the index anew from the archive. `progress` is told how many calls of how many are in.
///
/// # Errors
/// [`IndexError`].
pub fn rebuild(archive: &Archive, progress: &mut dyn FnMut(usize, usize)) -> Result<Index, IndexError> {
    let dir = archive.index();
    if only_remains(&dir) {
        clear(&dir).map_err(IndexError::Stamp)?;
    }
    let stamp = stamp_now(archive)?;
    let calls: Vec<CallId> = archive.calls()?.into_iter().map(|call| call.id).collect();
    let index = Index::recreate(&dir)?;
    let mut writer = index.writer_for_all()?;
    for (done, id) in calls.iter().enumerate() {
        put(archive, &mut writer, id)?;
        if (done + 1) % COMMIT_EVERY == 0 {
            writer.commit()?;
        }
        progress(done + 1, calls.len());
    }
    writer.commit()?;
    write_stamp(&dir, &stamp)?;
    writer.close()?;
    Ok(index)
}

/// Puts in what was touched since the stamp. The writer's lock is held from before the stamp is read until after it
/// is written, so that two programs cannot both move it.
fn catch_up(archive: &Archive, index: &Index) -> Result<(), IndexError> {
    let mut writer = index.writer()?;
    let now = stamp_now(archive)?;
    let (_, touched) = standing(archive)?;
    for id in &touched {
        put(archive, &mut writer, id)?;
    }
    writer.commit()?;
    write_stamp(&archive.index(), &now)
}

fn put(archive: &Archive, writer: &mut IndexWriter, id: &CallId) -> Result<(), IndexError> {
    let call = archive.call(id)?;
    writer.put_call(&document(archive, &call)?)?;
    Ok(())
}

/// The stamp, if it fits the archive, and the calls that the index has not read as they are now.
fn standing(archive: &Archive) -> Result<(Option<Stamp>, BTreeSet<CallId>), IndexError> {
    let text = fs::read_to_string(archive.index().join(STAMP)).unwrap_or_default();
    let stamp: Option<Stamp> = serde_json::from_str(&text).ok();
    let mut fitting = stamp.filter(|stamp| stamp.archive == archive.settings().archive);
    if let Some(Stamp { seq, hash, .. }) = fitting {
        // An archive that was brought back from a copy may have a ledger that is shorter, or went another way.
        let there = archive.ledger_entries(seq..=seq)?;
        fitting = fitting.filter(|_| seq == 0 || there.iter().any(|entry| entry.hash == hash));
    }
    let since = fitting.as_ref().map_or(0, |stamp| stamp.seq);
    Ok((fitting, archive.calls_touched_since(since)?))
}

fn stamp_now(archive: &Archive) -> Result<Stamp, IndexError> {
    let head = archive.ledger_head()?;
    Ok(Stamp { archive: archive.settings().archive.clone(), seq: head.seq, hash: head.hash })
}

fn write_stamp(dir: &Path, stamp: &Stamp) -> Result<(), IndexError> {
    let write = || {
        // A temporary file is readable by its owner alone, and stays so under its new name.
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        io::Write::write_all(&mut file, serde_json::to_string(stamp).map_err(io::Error::other)?.as_bytes())?;
        file.persist(dir.join(STAMP)).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(IndexError::Stamp)
}

fn cannot_write(error: &IndexError) -> bool {
    let kind = match error {
        IndexError::Find(FindError::Io { source, .. }) | IndexError::Stamp(source) => source.kind(),
        _ => return false,
    };
    matches!(kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::StorageFull)
}

/// Whether a folder without an index holds nothing but what a killed rebuild can have left of one.
fn only_remains(dir: &Path) -> bool {
    let remains = |name: &str| {
        let parts = ["idx", "pos", "store", "fast", "fieldnorm", "term", "del", "temp"];
        name == STAMP || name.starts_with(".t") || name.rsplit_once('.').is_some_and(|(_, end)| parts.contains(&end))
    };
    let index = |name: &str| name == "meta.json" || name == "earwitness-index.json";
    let names: Vec<String> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    !names.is_empty()
        && !names.iter().any(|name| index(name))
        && names.iter().all(|name| remains(name) || name == ".managed.json")
}

fn clear(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        fs::remove_file(entry?.path())?;
    }
    Ok(())
}
