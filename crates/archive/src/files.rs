//! Folders and files with exactly the permissions we mean, whatever the umask says.

use crate::{Error, Result};
use std::{
    fs::{self, File, Metadata, Permissions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// Only the owner enters.
pub const FOLDER: u32 = 0o700;
/// Only the owner reads and writes.
pub const FILE: u32 = 0o600;
/// Only the owner reads, nobody writes.
pub const SEALED: u32 = 0o400;

/// Sets the permission bits.
pub fn set_mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(Error::io("set the permissions", path))
}

/// The permission bits.
pub fn mode(metadata: &Metadata) -> u32 {
    metadata.permissions().mode() & 0o777
}

/// Makes a folder (or finds it made) that only the owner enters. Tells whether it is new.
pub fn make_folder(path: &Path) -> Result<bool> {
    match fs::create_dir(path) {
        Ok(()) => set_mode(path, FOLDER).map(|()| true),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(Error::io("make the folder", path)(e)),
    }
}

/// Waits until the names in a folder are on the disk.
pub fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|f| f.sync_all()).map_err(Error::io("sync the folder", path))
}

/// Puts `bytes` in the place of `path` so that a reader sees the old file or the new one, whole.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let wrong = || Error::io("write", path);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong())?;
    file.write_all(bytes).map_err(wrong())?;
    set_mode(file.path(), FILE)?;
    file.as_file().sync_all().map_err(wrong())?;
    file.persist(path).map_err(|e| wrong()(e.error))?;
    sync_folder(folder)
}
