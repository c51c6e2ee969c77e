//! The files of a delivery as pieces to be taken in, and the places where their bytes go.

use earwitness_archive::{Archive, Batch, Error, Sealed};
use earwitness_intake::{Delivery, Entry};
use earwitness_model::Digest;
use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Files and bytes that are sealed and kept together. Few enough that little is lost to a power cut, and enough that
/// waiting for the disk costs nothing.
const GROUP_FILES: usize = 64;
const GROUP_BYTES: u64 = 256 << 20;

/// One file to be taken in.
pub(crate) struct Piece<'d> {
    pub name: String,
    pub size: u64,
    pub is_table: bool,
    from: From<'d>,
}

enum From<'d> {
    Delivery(&'d Delivery, &'d Entry),
    Outside(&'d Path),
}

impl<'d> Piece<'d> {
    /// A delivered file.
    pub fn delivered(delivery: &'d Delivery, entry: &'d Entry, is_table: bool) -> Self {
        let (name, size) = (entry.name.clone(), entry.size);
        Self { name, size, is_table, from: From::Delivery(delivery, entry) }
    }

    /// A table that was named and lies elsewhere.
    pub fn table_outside(name: &str, path: &'d Path) -> Self {
        let size = path.metadata().map_or(0, |m| m.len());
        Self { name: name.to_owned(), size, is_table: true, from: From::Outside(path) }
    }

    pub fn open(&self) -> io::Result<Box<dyn Read + Send + 'd>> {
        match self.from {
            From::Delivery(delivery, entry) => delivery.open_entry(entry),
            From::Outside(path) => Ok(Box::new(File::open(path)?)),
        }
    }

    fn path(&self) -> Option<&Path> {
        match self.from {
            From::Delivery(delivery, entry) => delivery.path(entry),
            From::Outside(path) => Some(path),
        }
    }
}

/// The pieces in groups, in their order.
pub(crate) fn groups<'p, 'd>(pieces: &'p [Piece<'d>]) -> Vec<&'p [Piece<'d>]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes) = (0, 0u64);
    for (at, piece) in pieces.iter().enumerate() {
        if at > start && (at - start >= GROUP_FILES || bytes.saturating_add(piece.size) > GROUP_BYTES) {
            groups.extend(pieces.get(start..at));
            (start, bytes) = (at, 0);
        }
        bytes = bytes.saturating_add(piece.size);
    }
    groups.extend(pieces.get(start..).filter(|rest| !rest.is_empty()));
    groups
}

/// Where bytes go: sealed into the archive, or on a dry run nowhere.
pub(crate) enum Sealer<'a> {
    Batch(Batch<'a>),
    Aside { archive: &'a Archive, folder: TempDir, seen: HashSet<Digest> },
}

impl<'a> Sealer<'a> {
    pub fn new(archive: &'a Archive, dry: bool) -> Result<Self, Error> {
        if !dry {
            return Ok(Self::Batch(archive.originals().batch()?));
        }
        let folder = tempfile::tempdir().map_err(Error::Unreadable)?;
        Ok(Self::Aside { archive, folder, seen: HashSet::new() })
    }

    /// Seals a piece, and tells where its bytes can be read for now.
    pub fn add(&mut self, piece: &Piece<'_>) -> Result<(Sealed, PathBuf), Error> {
        let reader = piece.open().map_err(Error::Unreadable)?;
        match self {
            Self::Batch(batch) => {
                let sealed = batch.add(reader)?;
                Ok((sealed, batch.path(&sealed.digest)))
            }
            Self::Aside { archive, folder, seen } => {
                let (digest, size, path) = match piece.path() {
                    Some(path) => {
                        let (digest, size) = Digest::of_reader(reader).map_err(Error::Unreadable)?;
                        (digest, size, path.to_owned())
                    }
                    None => unpacked(reader, folder.path()).map_err(Error::Unreadable)?,
                };
                let was_new = archive.originals().size(&digest).is_none() && seen.insert(digest);
                Ok((Sealed { digest, size, was_new }, path))
            }
        }
    }

    /// Waits until everything is on the disk under its name.
    pub fn settle(&mut self) -> Result<(), Error> {
        match self {
            Self::Batch(batch) => batch.settle(),
            Self::Aside { folder, .. } => {
                // What cannot be removed now goes with the folder.
                let files = std::fs::read_dir(folder.path()).into_iter().flatten().flatten();
                files.for_each(|f| drop(std::fs::remove_file(f.path())));
                Ok(())
            }
        }
    }
}

/// Unpacks a file of a zip beside, to be decoded.
fn unpacked(mut reader: impl Read, folder: &Path) -> io::Result<(Digest, u64, PathBuf)> {
    let (mut file, path) = tempfile::NamedTempFile::new_in(folder)?.keep().map_err(|e| e.error)?;
    io::copy(&mut reader, &mut file)?;
    let (digest, size) = Digest::of_reader(File::open(&path)?)?;
    Ok((digest, size, path))
}
