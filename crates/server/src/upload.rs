//! Deliveries that a page sends, file by file, into a folder that goes away again.

use crate::{
    app::lock,
    code::Code,
    error::{Answer, Problem},
};
use axum::{body::Body, http::StatusCode};
use earwitness_archive::Archive;
use std::{
    collections::HashMap,
    fs::{self, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::{NamedTempFile, TempDir};
use tokio::{io::AsyncWriteExt, time::timeout};
use tokio_stream::StreamExt;

/// The most bytes of one delivery, and of one file.
const MOST: u64 = 20 << 30;
const MOST_FILE: u64 = 2 << 30;
/// The most files of one delivery, and deliveries that are sent at once.
const MOST_FILES: usize = 100_000;
const AT_ONCE: usize = 8;
/// A page that sends nothing for so long has gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Deliveries on their way.
pub struct Uploads {
    base: PathBuf,
    /// Says that this program is alive.
    alive: Mutex<Option<File>>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    begun: u64,
    open: HashMap<String, Arc<Upload>>,
}

/// One of them.
pub struct Upload {
    dir: TempDir,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    files: HashMap<String, u64>,
    bytes: u64,
}

impl Uploads {
    /// In the archive's `derived/`; what killed programs left there is removed.
    pub fn new(archive: &Archive) -> Self {
        let base = archive.derived().join("uploads");
        for old in fs::read_dir(&base).into_iter().flatten().flatten() {
            // Whoever holds the lock is alive.
            let dead = File::open(old.path().join("lock")).is_ok_and(|lock| lock.try_lock().is_ok());
            if dead && let Err(error) = fs::remove_dir_all(old.path()) {
                tracing::warn!(%error, "what a killed program left of a delivery could not be removed");
            }
        }
        Self { base, alive: Mutex::default(), inner: Mutex::default() }
    }

    /// The folder of this program, which says that it is alive.
    fn own(&self) -> Answer<PathBuf> {
        let own = self.base.join(std::process::id().to_string());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&own)?;
        let mut alive = lock(&self.alive);
        if alive.is_none() {
            let file = File::create(own.join("lock"))?;
            file.lock()?;
            *alive = Some(file);
        }
        Ok(own)
    }

    /// A file for something that is sent by itself; it goes away with what is given back.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn file(&self) -> Answer<NamedTempFile> {
        Ok(tempfile::Builder::new().prefix("sent-").tempfile_in(self.own()?)?)
    }

    /// Begins a delivery.
    ///
    /// # Errors
    /// Too many at once; a disk that cannot be written.
    pub fn begin(&self) -> Answer<String> {
        let own = self.own()?;
        let mut inner = lock(&self.inner);
        if inner.open.len() >= AT_ONCE {
            let next = "finish or give up one of them first";
            let problem = Problem::conflict("too many deliveries are being sent", next);
            return Err(problem.code(Code::UploadsFull));
        }
        inner.begun += 1;
        let id = format!("u{}", inner.begun);
        let dir = tempfile::Builder::new().prefix("delivery-").tempdir_in(&own)?;
        inner.open.insert(id.clone(), Arc::new(Upload { dir, taken: Mutex::default() }));
        Ok(id)
    }

    /// One that was begun.
    ///
    /// # Errors
    /// Where there is none of this name.
    pub fn get(&self, id: &str) -> Answer<Arc<Upload>> {
        lock(&self.inner).open.get(id).cloned().ok_or_else(|| unknown(id))
    }

    /// Takes one away; its files are removed when the last who works on them has ended.
    ///
    /// # Errors
    /// As [`Uploads::get`].
    pub fn take(&self, id: &str) -> Answer<Arc<Upload>> {
        lock(&self.inner).open.remove(id).ok_or_else(|| unknown(id))
    }

    /// Removes everything.
    pub fn end(&self) {
        lock(&self.inner).open.clear();
        lock(&self.alive).take();
        // Empty by now, unless an import is still reading there.
        let _ = fs::remove_dir_all(self.base.join(std::process::id().to_string()));
    }
}

impl Upload {
    /// Whole files; those that are still coming lie beside this folder.
    fn files(&self) -> PathBuf {
        self.dir.path().join("files")
    }

    /// Takes one file, as it comes.
    ///
    /// # Errors
    /// A name that cannot be; more than is allowed; a disk that is full; a page that went away.
    pub async fn take(&self, name: &str, body: Body) -> Answer<u64> {
        let name = safe(name)?;
        let path = self.files().join(&name);
        if let Some(parent) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let part = NamedTempFile::new_in(self.dir.path())?;
        let left = MOST.saturating_sub(lock(&self.taken).bytes);
        let size = receive(&part, body, MOST_FILE.min(left)).await?.ok_or_else(|| {
            let what = "the delivery is larger than what can be sent through a page";
            let next = "2 GB a file and 20 GB in all can be sent; `earwitness import` takes larger ones";
            too_large(what).next(next)
        })?;
        let mut taken = lock(&self.taken);
        if taken.files.len() >= MOST_FILES {
            return Err(too_large("so many files cannot be sent through a page"));
        }
        part.persist(&path).map_err(|e| e.error)?;
        let before = taken.files.insert(name, size).unwrap_or(0);
        taken.bytes = taken.bytes.saturating_add(size).saturating_sub(before);
        Ok(size)
    }

    /// What is to be taken in: the folder, or the one zip in it, with the table that came beside that.
    pub fn delivery(&self) -> (PathBuf, Option<PathBuf>) {
        let taken = lock(&self.taken);
        let path = |name: &String| self.files().join(name);
        let (zips, others): (Vec<&String>, Vec<&String>) =
            taken.files.keys().partition(|name| name.to_lowercase().ends_with(".zip"));
        match (zips.as_slice(), others.as_slice()) {
            ([zip], []) => (path(zip), None),
            ([zip], [table]) => (path(zip), Some(path(table))),
            _ => (self.files(), None),
        }
    }
}

/// Writes what a page sends as it comes, and tells how many bytes that were; nothing where there are more than `most`.
///
/// # Errors
/// A page that went away; a disk that is full.
pub async fn receive(part: &NamedTempFile, body: Body, most: u64) -> Answer<Option<u64>> {
    let mut file = tokio::fs::File::from_std(part.reopen()?);
    let (mut size, mut stream) = (0u64, body.into_data_stream());
    while let Some(piece) = timeout(SILENCE, stream.next()).await.map_err(|_| gone())? {
        let piece = piece.map_err(|_| gone())?;
        size = size.saturating_add(piece.len() as u64);
        if size > most {
            return Ok(None);
        }
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    Ok(Some(size))
}

fn unknown(id: &str) -> Problem {
    let problem = Problem::missing(format!("no delivery {id} is being sent")).next("begin again");
    problem.code(Code::UploadGone).value("upload", id)
}

fn too_large(what: &str) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, what).code(Code::UploadTooLarge)
}

fn gone() -> Problem {
    let problem = Problem::new(StatusCode::REQUEST_TIMEOUT, "the file did not come to its end").next("send it again");
    problem.code(Code::UploadCutOff)
}

/// A path inside the delivery that cannot lead out of it.
fn safe(name: &str) -> Answer<String> {
    let wrong = || {
        let what = "this cannot be the name of a delivered file";
        Problem::unclear(what, "give a path inside the delivery, with /").code(Code::FileName)
    };
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let plain =
        |part: &&str| *part != ".." && part.len() <= 255 && !part.contains(|c: char| c.is_control() || c == '\\');
    let inside = !name.starts_with('/') && !parts.is_empty() && parts.len() <= 32 && name.len() <= 4000;
    if inside && parts.iter().all(plain) && Path::new(name).is_relative() { Ok(parts.join("/")) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        assert_eq!(safe("a/./b//c.wav").unwrap(), "a/b/c.wav");
        assert_eq!(safe("запись № 1.wav").unwrap(), "запись № 1.wav");
        let long = "x".repeat(256);
        for wrong in ["", "/", "/etc/passwd", "../a", "a/../../b", "a\0b", "a\nb", "..\\a", "C:\\a", &long, "."] {
            assert!(safe(wrong).is_err(), "{wrong:?}");
        }
    }
}
