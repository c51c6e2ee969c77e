//! A delivery that is a zip file (PKWARE APPNOTE 6.3). It is read in place; nothing is unpacked to disk.

use super::{DeliveryError, Entry, Found, ProblemKind, gone, names};
use crate::table::decode;
use encoding_rs::Encoding;
use self_cell::{MutBorrow, self_cell};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive, read::ZipFile};

/// How far a zip may unpack before it is taken for a bomb. Recorded speech packs to about half; silence to a
/// thousandth, which is why a small file may have any ratio.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one file that may unpack at any ratio.
    pub harmless_bytes: u64,
    /// Largest ratio of unpacked to packed bytes above that, for one file and for the whole zip.
    pub ratio: u64,
    /// Most bytes of one file.
    pub file_bytes: u64,
    /// Most files.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { harmless_bytes: 256 << 20, ratio: 100, file_bytes: 16 << 30, files: 1_000_000 }
    }
}

/// An open zip file with its directory.
#[derive(Debug)]
pub(super) struct Zip {
    archive: ZipArchive<Window>,
}

type Unpacking<'a> = ZipFile<'a, Window>;

self_cell!(
    struct OpenFile {
        owner: MutBorrow<ZipArchive<Window>>,
        #[not_covariant]
        dependent: Unpacking,
    }
);

impl Zip {
    /// Lists the files of the zip at `path`.
    pub(super) fn list(path: &Path, limits: &Limits, found: &mut Found) -> Result<Self, DeliveryError> {
        let not_a_zip = |reason: String| DeliveryError::NotAZip { path: path.to_owned(), reason };
        let file = File::open(path).map_err(|source| DeliveryError::Unreadable { path: path.to_owned(), source })?;
        let window = Window { file: Arc::new(file), at: 0 };
        let archive = ZipArchive::new(window.clone()).map_err(|e| not_a_zip(plain(&e)))?;
        if archive.len() > limits.files {
            return Err(not_a_zip(format!("it lists {} files, more than {}", archive.len(), limits.files)));
        }
        let mut zip = Self { archive };
        let packed = window.file.metadata().map_or(0, |m| m.len());
        let encoding = zip.name_encoding();
        let mut budget = Budget { limits, packed, total: 0 };
        for place in 0..zip.archive.len() {
            zip.list_one(place, encoding, &mut budget, found);
        }
        if zip.archive.has_duplicate_names() {
            zip.name_duplicates(window, encoding, found);
        }
        Ok(zip)
    }

    fn list_one(&mut self, place: usize, encoding: &'static Encoding, budget: &mut Budget<'_>, found: &mut Found) {
        let Ok(entry) = self.archive.by_index_data(place) else { return };
        let printable = entry_name(entry.name_raw(), entry.flags().as_u16(), encoding);
        let name = printable.text.clone();
        if entry.is_dir() || name.ends_with('/') {
            return;
        }
        let problem = if names::left_behind(&name) {
            Some((ProblemKind::Ignored, "left behind by an operating system, not a recording".to_owned()))
        } else if !safe(&name) {
            Some((ProblemKind::UnsafeName, "the name leads out of the zip; the file is not opened".to_owned()))
        } else if entry.is_symlink() {
            Some((ProblemKind::LinkOut, "a link inside a zip; it is not followed".to_owned()))
        } else if entry.encrypted() {
            Some((ProblemKind::Encrypted, "needs a password; unpack the zip first and deliver the folder".to_owned()))
        } else if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            let reason = format!("packed by a method ({}) that cannot be unpacked here", entry.compression());
            Some((ProblemKind::Unsupported, reason))
        } else {
            budget.refuses(entry.size(), entry.compressed_size()).map(|reason| (ProblemKind::Bomb, reason))
        };
        match problem {
            Some((kind, reason)) => found.problem(&name, kind, reason),
            None => {
                let size = entry.size();
                found.file(printable, size, None, place);
            }
        }
    }

    /// The single-byte encoding of those names that are not UTF-8 and do not say so: cp866 unless the letters of all
    /// names together say otherwise.
    fn name_encoding(&self) -> &'static Encoding {
        let mut bytes: Vec<u8> = Vec::new();
        for name in self.archive.file_names_raw().filter(|n| std::str::from_utf8(n).is_err()).take(1000) {
            bytes.extend_from_slice(name);
            bytes.push(b'\n');
        }
        decode::cyrillic_encoding(&bytes).unwrap_or(encoding_rs::IBM866)
    }

    /// Reports the names that stand twice in the zip's directory: of these only the last file can be read.
    fn name_duplicates(&self, window: Window, encoding: &'static Encoding, found: &mut Found) {
        let mut seen: HashMap<Vec<u8>, (usize, u16)> = HashMap::new();
        let listing = directory(window, self.archive.central_directory_start(), |flags, name| {
            seen.entry(name).or_insert((0, flags)).0 += 1;
        });
        if let Err(error) = listing {
            let reason = format!("some names stand twice in the zip, and they cannot be listed: {error}");
            found.problem("", ProblemKind::DuplicateName, reason);
        }
        for (raw, (count, flags)) in seen.into_iter().filter(|(_, (count, _))| *count > 1) {
            let name = entry_name(&raw, flags, encoding).text;
            let reason = format!("the zip holds {count} files of this name; only the last can be read");
            found.problem(&name, ProblemKind::DuplicateName, reason);
        }
    }

    /// Opens one file. See [`super::Delivery::open_entry`].
    pub(super) fn open(&self, entry: &Entry) -> io::Result<Box<dyn Read + Send + '_>> {
        if entry.place >= self.archive.len() {
            return Err(gone());
        }
        let owner = MutBorrow::new(self.archive.clone());
        let file = OpenFile::try_new(owner, |archive| archive.borrow_mut().by_index(entry.place));
        let file = file.map_err(|e| io::Error::other(plain(&e)))?;
        Ok(Box::new(Checked { file, left: entry.size }))
    }
}

/// Reads no more than the directory said.
struct Checked {
    file: OpenFile,
    left: u64,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.with_dependent_mut(|_, file| file.read(buffer))?;
        self.left = self.left.checked_sub(n as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the file unpacks to more than the zip says; it is not read on")
        })?;
        Ok(n)
    }
}

/// One open file, read from many places at once.
#[derive(Clone, Debug)]
struct Window {
    file: Arc<File>,
    at: u64,
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let n = std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.at)?;
        #[cfg(windows)]
        let n = std::os::windows::fs::FileExt::seek_read(&*self.file, buffer, self.at)?;
        self.at = self.at.saturating_add(n as u64);
        Ok(n)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.file.metadata()?.len(), by),
            SeekFrom::Current(by) => (self.at, by),
        };
        let before_start = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the start of the file");
        self.at = base.checked_add_signed(by).ok_or_else(before_start)?;
        Ok(self.at)
    }
}

struct Budget<'a> {
    limits: &'a Limits,
    packed: u64,
    total: u64,
}

impl Budget<'_> {
    /// Plain words where this file is too much.
    fn refuses(&mut self, size: u64, packed: u64) -> Option<String> {
        let limits = self.limits;
        let too_dense = |size: u64, packed: u64| size > limits.harmless_bytes && size / limits.ratio.max(1) > packed;
        if size > limits.file_bytes {
            return Some(format!("unpacks to {size} bytes, more than {}", limits.file_bytes));
        }
        if too_dense(size, packed) {
            return Some(format!("unpacks from {packed} to {size} bytes, more than {} times as many", limits.ratio));
        }
        // Files that share their packed bytes are harmless one by one, and a bomb together.
        if too_dense(self.total.saturating_add(size), self.packed) {
            return Some(format!("with it the zip unpacks to more than {} times its size", limits.ratio));
        }
        self.total = self.total.saturating_add(size);
        None
    }
}

/// The name inside the delivery. Windows programs write `\` between the parts.
fn entry_name(raw: &[u8], flags: u16, encoding: &'static Encoding) -> names::Printable {
    const UTF8: u16 = 0x800;
    let raw: Vec<u8> = raw.iter().map(|&b| if b == b'\\' { b'/' } else { b }).collect();
    if flags & UTF8 != 0 || std::str::from_utf8(&raw).is_ok() {
        return names::printable(&raw);
    }
    let (text, failed) = encoding.decode_without_bom_handling(&raw);
    if failed { names::printable(&raw) } else { names::printable(text.as_bytes()) }
}

/// Whether a name stays inside: no `..`, no leading `/`, no drive.
fn safe(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    !name.is_empty() && !name.starts_with('/') && !drive && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Reads the central directory for what the library hides: flags and names of every header, repeated ones too.
fn directory(mut window: Window, start: u64, mut each: impl FnMut(u16, Vec<u8>)) -> io::Result<()> {
    window.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::new(window);
    loop {
        let mut header = [0u8; 46];
        match reader.read_exact(&mut header) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        if header[..4] != *b"PK\x01\x02" {
            return Ok(());
        }
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let mut name = vec![0; usize::from(short(28))];
        reader.read_exact(&mut name)?;
        each(short(8), name);
        reader.seek_relative(i64::from(short(30)) + i64::from(short(32)))?;
    }
}

fn plain(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) => error.to_string(),
        ZipError::FileNotFound => "a file that its directory lists is not in it".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Delivery, ProblemKind};
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer
                .start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn open(bytes: &[u8], limits: &Limits) -> (tempfile::TempDir, Result<Delivery, DeliveryError>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("delivery.zip");
        std::fs::write(&path, bytes).unwrap();
        let delivery = Delivery::open_with(&path, limits);
        (dir, delivery)
    }

    /// Puts other bytes of the same length in place of a name, in both headers.
    fn rename(zip: &mut [u8], from: &[u8], to: &[u8]) {
        assert_eq!(from.len(), to.len());
        let places: Vec<usize> = (0..=zip.len() - from.len()).filter(|&i| &zip[i..i + from.len()] == from).collect();
        assert!(places.len() >= 2);
        for at in places {
            zip[at..at + to.len()].copy_from_slice(to);
        }
    }

    fn kind(delivery: &Delivery, name: &str) -> Option<ProblemKind> {
        delivery.problems().iter().find(|p| p.name == name).map(|p| p.kind)
    }

    #[test]
    fn files_are_read_in_any_order_and_together() {
        let (_dir, delivery) = open(&zip_of(&[("b/two.wav", b"22"), ("a.wav", b"1")]), &Limits::default());
        let delivery = delivery.unwrap();
        let entries = delivery.entries();
        assert_eq!(entries.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["a.wav", "b/two.wav"]);
        let mut first = delivery.open_entry(&entries[0]).unwrap();
        let mut second = delivery.open_entry(&entries[1]).unwrap();
        let (mut a, mut b) = (String::new(), String::new());
        second.read_to_string(&mut b).unwrap();
        first.read_to_string(&mut a).unwrap();
        assert_eq!((a.as_str(), b.as_str()), ("1", "22"));
        assert_eq!(delivery.path(&entries[0]), None);
    }

    #[test]
    fn names_in_cp866_are_read() {
        let (russian, _, _) = encoding_rs::IBM866.encode("звонок мамы.wav");
        let stand_in = "x".repeat(russian.len());
        let mut bytes = zip_of(&[(&stand_in, b"1")]);
        rename(&mut bytes, stand_in.as_bytes(), &russian);
        let (_dir, delivery) = open(&bytes, &Limits::default());
        assert_eq!(delivery.unwrap().entries()[0].name, "звонок мамы.wav");
    }

    #[test]
    fn unsafe_names_are_refused_and_the_rest_goes_on() {
        let mut bytes =
            zip_of(&[("xxxevil.wav", b"1"), ("yabsolute.wav", b"1"), ("good.wav", b"1"), ("__MACOSX/._a", b"")]);
        rename(&mut bytes, b"xxxevil.wav", b"../evil.wav");
        rename(&mut bytes, b"yabsolute.wav", b"/absolute.wav");
        let (_dir, delivery) = open(&bytes, &Limits::default());
        let delivery = delivery.unwrap();
        assert_eq!(delivery.entries().len(), 1);
        assert_eq!(kind(&delivery, "../evil.wav"), Some(ProblemKind::UnsafeName));
        assert_eq!(kind(&delivery, "/absolute.wav"), Some(ProblemKind::UnsafeName));
        assert_eq!(kind(&delivery, "__MACOSX/._a"), Some(ProblemKind::Ignored));
    }

    #[test]
    fn duplicate_names_are_named() {
        let mut bytes = zip_of(&[("a.wav", b"1"), ("b.wav", b"22")]);
        rename(&mut bytes, b"b.wav", b"a.wav");
        let (_dir, delivery) = open(&bytes, &Limits::default());
        let delivery = delivery.unwrap();
        assert_eq!(delivery.entries().len(), 1);
        assert_eq!(kind(&delivery, "a.wav"), Some(ProblemKind::DuplicateName));
    }

    #[test]
    fn encrypted_files_are_named() {
        let mut bytes = zip_of(&[("a.wav", b"1"), ("b.wav", b"1")]);
        let at = (0..bytes.len() - 4).find(|&i| &bytes[i..i + 4] == b"PK\x01\x02").unwrap();
        bytes[at + 8] |= 1;
        let (_dir, delivery) = open(&bytes, &Limits::default());
        let delivery = delivery.unwrap();
        assert_eq!(kind(&delivery, "a.wav"), Some(ProblemKind::Encrypted));
        assert_eq!(delivery.entries().len(), 1);
    }

    #[test]
    fn bombs_are_not_opened() {
        let limits = Limits { harmless_bytes: 10_000, ..Limits::default() };
        let zeros = vec![0; 100_000];
        let (_dir, delivery) = open(&zip_of(&[("bomb.wav", &zeros), ("good.wav", b"1")]), &limits);
        let delivery = delivery.unwrap();
        assert_eq!(kind(&delivery, "bomb.wav"), Some(ProblemKind::Bomb));
        assert_eq!(delivery.entries()[0].name, "good.wav");
    }

    #[test]
    fn a_file_longer_than_it_says_is_not_read_on() {
        let mut bytes = zip_of(&[("a.wav", &[7; 1000])]);
        for at in (0..bytes.len() - 4).filter(|&i| bytes[i..i + 4] == 1000u32.to_le_bytes()).collect::<Vec<_>>() {
            bytes[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
        }
        let (_dir, delivery) = open(&bytes, &Limits::default());
        let delivery = delivery.unwrap();
        assert_eq!(delivery.entries()[0].size, 10);
        let mut out = Vec::new();
        assert!(delivery.open_entry(&delivery.entries()[0]).unwrap().read_to_end(&mut out).is_err());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn no_damage_makes_a_zip_panic(at in 0usize..400, byte: u8, cut in 0usize..400) {
            let mut bytes = zip_of(&[("a.wav", b"one"), ("dir/b.wav", &[9; 300])]);
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length.saturating_sub(cut % 100));
            let (_dir, delivery) = open(&bytes, &Limits::default());
            if let Ok(delivery) = delivery {
                for entry in delivery.entries() {
                    let mut out = Vec::new();
                    if let Ok(mut reader) = delivery.open_entry(entry) {
                        let _ = reader.read_to_end(&mut out);
                    }
                }
            }
        }
    }
}
