//! Sessions: a folder for half-written files and a lock that the kernel lets go when its program ends, however it ends.
//!
//! SQLite's write-ahead log already asks that all programs on an archive run on one machine, so a lock on a local
//! file tells who is alive.

use crate::{Error, Result, files};
use std::{
    fs::{File, TryLockError},
    path::Path,
};
use tempfile::TempDir;

/// A living writer. Ends when dropped or when the program dies.
pub struct Session {
    folder: TempDir,
    // Held, never read: closing it lets the lock go.
    _lock: File,
}

impl Session {
    /// Starts a session in `sessions` (a folder beside the originals) and clears away those that died.
    pub fn start(sessions: &Path) -> Result<Self> {
        files::make_folder(sessions)?;
        let gate = open_lock(&sessions.join("gate"))?;
        gate.lock().map_err(Error::io("lock", &sessions.join("gate")))?;
        clear_dead(sessions);
        let folder = tempfile::Builder::new().prefix("s-").tempdir_in(sessions);
        let folder = folder.map_err(Error::io("make a folder in", sessions))?;
        files::set_mode(folder.path(), files::FOLDER)?;
        let path = folder.path().join("lock");
        let lock = open_lock(&path)?;
        lock.lock().map_err(Error::io("lock", &path))?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where half-written files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The session's name.
    pub fn name(&self) -> String {
        self.folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Whether the session's program still runs. Where the file system knows no locks, it is taken to be alive.
pub fn is_alive(sessions: &Path, name: &str) -> bool {
    // The name comes from the catalog: it must not lead out of the folder.
    if !name.starts_with("s-") || name.contains(['/', '\\', '\0']) {
        return false;
    }
    held(&sessions.join(name).join("lock"))
}

fn held(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(file) => file.try_lock_shared().is_err(),
        Err(e) => e.kind() != std::io::ErrorKind::NotFound,
    }
}

fn open_lock(path: &Path) -> Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.map_err(Error::io("open", path))?;
    files::set_mode(path, files::FILE)?;
    Ok(file)
}

/// Removes what killed sessions left. Called with the gate held, so no session is half made. What cannot be
/// removed is left for the next time.
fn clear_dead(sessions: &Path) {
    let Ok(entries) = std::fs::read_dir(sessions) else { return };
    for folder in entries.flatten().map(|e| e.path()).filter(|p| is_session(p)) {
        if !held(&folder.join("lock")) {
            tracing::info!(folder = %folder.display(), "clearing away what a killed program left");
            if let Err(error) = std::fs::remove_dir_all(&folder) {
                tracing::warn!(folder = %folder.display(), %error, "cannot clear away");
            }
        }
    }
}

fn is_session(path: &Path) -> bool {
    path.is_dir() && path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("s-"))
}

/// Clears dead sessions without starting one; does nothing while another program is at the gate.
pub fn tidy(sessions: &Path) {
    let Ok(gate) = open_lock(&sessions.join("gate")) else { return };
    match gate.try_lock() {
        Ok(()) => clear_dead(sessions),
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
    }
}
