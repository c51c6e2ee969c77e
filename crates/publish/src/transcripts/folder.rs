//! A folder of exports. `SHA256SUMS` in it says which files were written here and what they held, so that a file that
//! somebody edited (a transcript under correction, say) is never written over; `sha256sum -c` checks it.

use super::{ExportError, Format, Options, Source, render};
use earwitness_model::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The list of what was written.
const SUMS: &str = "SHA256SUMS";

/// A folder that exports are written into.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// Digests that files of ours had; the last is the present one.
    sums: BTreeMap<String, Vec<Digest>>,
    /// Lines of the list that are not ours to understand.
    foreign: Vec<String>,
}

/// What happened to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is new, or replaces an older export.
    Now(PathBuf),
    /// It held the same already.
    Before(PathBuf),
}

impl Folder {
    /// Opens a folder, and makes it where it is missing.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn open(dir: &Path) -> Result<Self, ExportError> {
        fs::create_dir_all(dir).map_err(io_error(dir))?;
        let path = dir.join(SUMS);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => String::new(),
            Err(e) => return Err(io_error(&path)(e)),
        };
        let mut folder = Self { dir: dir.to_path_buf(), sums: BTreeMap::new(), foreign: Vec::new() };
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            match line.split_once("  ").and_then(|(sum, name)| Some((sum.parse::<Digest>().ok()?, name))) {
                Some((sum, name)) => folder.sums.entry(name.to_string()).or_default().push(sum),
                None => folder.foreign.push(line.to_string()),
            }
        }
        Ok(folder)
    }

    /// Writes one call as `<call id>.<ending>`, whole or not at all, readable by the owner only.
    ///
    /// # Errors
    /// [`ExportError::NotOurs`] where a file of that name was not written by this export or was changed since;
    /// otherwise as [`render`], and [`ExportError::Io`].
    pub fn write(&mut self, source: Source<'_>, format: Format, options: Options) -> Result<Written, ExportError> {
        let call = source.call.id.as_str();
        let fit = !call.is_empty() && call.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !fit {
            return Err(ExportError::Name(call.to_string()));
        }
        let text = render(source, format, options)?;
        let name = format!("{call}.{}", format.extension());
        let (path, new) = (self.dir.join(&name), Digest::of(text.as_bytes()));
        let present = present(&path)?;
        if present == Present::File(new) {
            self.sums.insert(name, vec![new]);
            return Ok(Written::Before(path));
        }
        let ours = self.sums.entry(name.clone()).or_default();
        match present {
            Present::File(old) if ours.contains(&old) => {}
            Present::Nothing => {}
            _ => return Err(ExportError::NotOurs(path)),
        }
        // The list first: if we are killed between the two, the file is still known as ours.
        ours.push(new);
        self.note(&name, new)?;
        self.replace(&path, &text)?;
        Ok(Written::Now(path))
    }

    /// Puts the list in order. Call it when all is written.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn finish(self) -> Result<(), ExportError> {
        let mut lines: BTreeSet<String> = self.foreign.iter().cloned().collect();
        let last = |(name, sums): (&String, &Vec<Digest>)| sums.last().map(|sum| format!("{sum}  {name}"));
        lines.extend(self.sums.iter().filter_map(last));
        let text: String = lines.into_iter().map(|l| l + "\n").collect();
        self.replace(&self.dir.join(SUMS), &text)
    }

    fn note(&self, name: &str, sum: Digest) -> Result<(), ExportError> {
        let path = self.dir.join(SUMS);
        let file = fs::OpenOptions::new().append(true).create(true).open(&path);
        file.and_then(|mut f| writeln!(f, "{sum}  {name}")).map_err(io_error(&path))
    }

    fn replace(&self, path: &Path, text: &str) -> Result<(), ExportError> {
        let write = || -> io::Result<()> {
            let mut file = tempfile::Builder::new().prefix(".earwitness-").tempfile_in(&self.dir)?;
            file.write_all(text.as_bytes())?;
            file.persist(path)?;
            Ok(())
        };
        write().map_err(io_error(path))
    }
}

#[derive(PartialEq)]
enum Present {
    Nothing,
    File(Digest),
    /// A folder, a link, a device.
    Other,
}

fn present(path: &Path) -> Result<Present, ExportError> {
    let kind = match fs::symlink_metadata(path) {
        Ok(meta) => meta.file_type(),
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Present::Nothing),
        Err(e) => return Err(io_error(path)(e)),
    };
    if !kind.is_file() {
        return Ok(Present::Other);
    }
    let (sum, _) = fs::File::open(path).and_then(Digest::of_reader).map_err(io_error(path))?;
    Ok(Present::File(sum))
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> ExportError {
    let path = path.to_path_buf();
    move |source| ExportError::Io { path: path.clone(), source }
}
