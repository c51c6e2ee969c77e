//! Originals: delivered bytes, sealed under their SHA-256, read-only, never altered and never replaced.

use crate::{Archive, Error, Result, files};
use earwitness_model::{Digest, digest::Hasher};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, TempPath};

/// From this many files on, one `syncfs` is used instead of an `fsync` for each. Measured on ext4 with files of 20 kB:
/// 8 files 4 ms against 28, 256 files 16 ms against 817. (It also waits for what other programs have just written.)
const SYNC_TOGETHER: usize = 4;

/// What sealing told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The name of the bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// Whether the archive had not held them.
    pub was_new: bool,
}

/// The sealed bytes of an archive.
pub struct Originals<'a> {
    archive: &'a Archive,
}

/// Bytes being sealed together. They lie under temporary names until [`Batch::settle`]; what is not settled is
/// thrown away.
pub struct Batch<'a> {
    archive: &'a Archive,
    buffer: Vec<u8>,
    pending: BTreeMap<Digest, (TempPath, u64)>,
}

impl Archive {
    /// The sealed bytes.
    pub fn originals(&self) -> Originals<'_> {
        Originals { archive: self }
    }
}

impl<'a> Originals<'a> {
    /// Seals what `reader` gives and waits until it is on the disk.
    ///
    /// # Errors
    /// [`Error::Unreadable`] where the reader fails, [`Error::DiskFull`], [`Error::OriginalAltered`] where the archive
    /// holds other bytes under that name, [`Error::ReadOnly`]. No half file is left under a final name.
    pub fn seal(&self, reader: impl Read) -> Result<Sealed> {
        let mut batch = self.batch()?;
        let sealed = batch.add(reader)?;
        batch.settle()?;
        Ok(sealed)
    }

    /// Begins to seal several together, which is many times faster for small files.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::NotWritable`], [`Error::DiskFull`].
    pub fn batch(&self) -> Result<Batch<'a>> {
        self.archive.session()?;
        Ok(Batch { archive: self.archive, buffer: vec![0; 1 << 18], pending: BTreeMap::new() })
    }

    /// Where the bytes with this name lie, or would lie.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        original_path(self.archive.root(), digest)
    }

    /// Opens sealed bytes to read.
    ///
    /// # Errors
    /// [`Error::OriginalMissing`] where the archive has none with this name; [`Error::Io`].
    pub fn open(&self, digest: &Digest) -> Result<File> {
        let path = self.path(digest);
        File::open(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Error::OriginalMissing { digest: *digest },
            _ => Error::Io { what: "read", path, source: e },
        })
    }

    /// How many bytes still fit where the originals lie.
    ///
    /// # Errors
    /// [`Error::Io`] where the file system does not tell.
    pub fn room(&self) -> Result<u64> {
        let originals = self.archive.root().join("originals");
        let told = rustix::fs::statvfs(&originals)
            .map_err(|e| Error::io("ask for the free space of", &originals)(e.into()))?;
        Ok(told.f_bavail.saturating_mul(told.f_frsize))
    }

    /// The size in bytes of the file under this name, where there is one.
    pub fn size(&self, digest: &Digest) -> Option<u64> {
        fs::symlink_metadata(self.path(digest)).ok().filter(fs::Metadata::is_file).map(|m| m.len())
    }
}

impl Batch<'_> {
    /// Copies what `reader` gives beside the originals, hashing it on the way.
    ///
    /// # Errors
    /// As [`Originals::seal`]. After an error the batch can be used on.
    pub fn add(&mut self, mut reader: impl Read) -> Result<Sealed> {
        let folder = self.archive.session()?.folder().to_path_buf();
        let wrong = || Error::io("write a file in", &folder);
        let mut file = NamedTempFile::new_in(&folder).map_err(wrong())?;
        let mut hasher = Hasher::new();
        loop {
            let n = match reader.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(Error::Unreadable(e)),
            };
            let bytes = self.buffer.get(..n).unwrap_or_default();
            hasher.update(bytes);
            file.write_all(bytes).map_err(wrong())?;
        }
        let (digest, size) = hasher.finish();
        if self.pending.contains_key(&digest) || self.is_kept(&digest, size)? {
            return Ok(Sealed { digest, size, was_new: false });
        }
        files::set_mode(file.path(), files::SEALED)?;
        self.pending.insert(digest, (file.into_temp_path(), size));
        Ok(Sealed { digest, size, was_new: true })
    }

    /// How many files wait to be settled.
    pub fn len(&self) -> usize {
        self.pending.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Where the bytes lie now: under a temporary name, or as an original.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        match self.pending.get(digest) {
            Some((path, _)) => path.to_path_buf(),
            None => original_path(self.archive.root(), digest),
        }
    }

    /// Waits until all bytes are on the disk, gives them their names, and waits for the names. Only after this may
    /// the catalog speak of them. The batch is then empty and can be used on.
    ///
    /// # Errors
    /// As [`Originals::seal`]; then some of the files may have been named and some not, none of them by halves.
    pub fn settle(&mut self) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let originals = self.archive.root().join("originals");
        sync_all(&originals, pending.values().map(|(path, _)| path.as_ref()))?;
        let mut folders = BTreeSet::new();
        for (digest, (temporary, size)) in pending {
            let path = original_path(self.archive.root(), &digest);
            let folder = path.parent().unwrap_or(&originals).to_path_buf();
            if files::make_folder(&folder)? {
                folders.insert(originals.clone());
            }
            match temporary.persist_noclobber(&path) {
                Ok(()) => {}
                // Another program sealed the same bytes meanwhile.
                Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => {
                    self.is_kept(&digest, size)?;
                }
                Err(e) => return Err(Error::io("name the original", &path)(e.error)),
            }
            folders.insert(folder);
        }
        sync_all(&originals, folders.iter().map(PathBuf::as_path))
    }

    /// Whether the archive holds exactly these bytes under their name.
    fn is_kept(&self, digest: &Digest, size: u64) -> Result<bool> {
        let path = original_path(self.archive.root(), digest);
        match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(Error::io("look at", &path)(e)),
            Ok(m) if !m.is_file() || m.len() != size => return Err(Error::OriginalAltered { digest: *digest }),
            Ok(_) => {}
        }
        let file = File::open(&path).map_err(Error::io("read", &path))?;
        let (found, _) = Digest::of_reader(file).map_err(Error::io("read", &path))?;
        if found == *digest { Ok(true) } else { Err(Error::OriginalAltered { digest: *digest }) }
    }
}

/// `originals/ab/cdef…`
pub(crate) fn original_path(root: &Path, digest: &Digest) -> PathBuf {
    let hex = digest.hex();
    let (folder, name) = hex.split_at(2);
    root.join("originals").join(folder).join(name)
}

/// Waits until files or folders are on the disk: one by one when few, else by syncing their file system.
fn sync_all<'p>(originals: &Path, paths: impl ExactSizeIterator<Item = &'p Path>) -> Result<()> {
    #[cfg(target_os = "linux")]
    if paths.len() >= SYNC_TOGETHER {
        let root = File::open(originals).map_err(Error::io("open", originals))?;
        return rustix::fs::syncfs(root).map_err(|e| Error::io("sync", originals)(e.into()));
    }
    for path in paths {
        File::open(path).and_then(|f| f.sync_all()).map_err(Error::io("sync", path))?;
    }
    Ok(())
}
