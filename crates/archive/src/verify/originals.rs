//! Every sealed file hashed again, and everything in their folder accounted for.

use super::{FindingKind, Progress, Step, VerifyReport};
use crate::{Archive, Error, Result, database, files, originals::original_path};
use earwitness_model::Digest;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

/// Hashing threads: the laptop this is made for has two cores.
const THREADS: usize = 2;
/// What the catalog knows of sealed files.
const KEPT: &str = "SELECT sha256, size FROM recording UNION SELECT sha256, size FROM document";

/// What became of one file.
struct Checked {
    digest: Digest,
    claimed: bool,
    /// Permission bits, and the digest and length of what is there.
    found: io::Result<(u32, Digest, u64)>,
}

/// The size of each recording and document that the catalog knows.
pub(super) fn kept(archive: &Archive) -> Result<BTreeMap<Digest, u64>> {
    let mut recordings = BTreeMap::new();
    database::each(archive.connection(), KEPT, [], |row| {
        // A name that is no digest was already found when the row was held against the ledger.
        if let (Ok(digest), Ok(size)) = (database::digest(row, "sha256"), row.get("size")) {
            recordings.insert(digest, size);
        }
        Ok(())
    })?;
    Ok(recordings)
}

pub(super) fn verify(
    archive: &Archive,
    kept: BTreeMap<Digest, u64>,
    report: &mut VerifyReport,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let lying = look_around(archive.root(), report)?;
    let mut work: Vec<(Digest, bool)> = kept.keys().map(|digest| (*digest, true)).collect();
    work.extend(lying.into_iter().filter(|digest| !kept.contains_key(digest)).map(|digest| (digest, false)));
    let (total, total_bytes) = (work.len() as u64, kept.values().fold(0u64, |sum, size| sum.saturating_add(*size)));
    let (mut done, mut bytes) = (0, 0);
    hash_all(archive.root(), &work, |checked| {
        done += 1;
        bytes += checked.found.as_ref().map_or(0, |(_, _, length)| *length);
        judge(archive, &kept, &checked, report);
        progress(Progress { step: Step::Originals, done, total, bytes, total_bytes });
    });
    (report.originals, report.bytes) = (done, bytes);
    // Two threads finish in any order; the report does not depend on it.
    let split = report.findings.iter().position(|f| f.kind == FindingKind::Original).unwrap_or(report.findings.len());
    if let Some(originals) = report.findings.get_mut(split..) {
        originals.sort_by(|a, b| a.subject.cmp(&b.subject));
    }
    report.warnings.sort_by(|a, b| (a.kind, &a.subject).cmp(&(b.kind, &b.subject)));
    Ok(())
}

/// Hashes all files on two threads and gives each result to `each`, on this one.
fn hash_all(root: &Path, work: &[(Digest, bool)], mut each: impl FnMut(Checked)) {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::sync_channel(64);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some((digest, claimed)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = hash(&original_path(root, digest));
                    if sender.send(Checked { digest: *digest, claimed: *claimed, found }).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        results.iter().for_each(&mut each);
    });
}

fn hash(path: &Path) -> io::Result<(u32, Digest, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is a link or a folder, not a file"));
    }
    let (digest, length) = Digest::of_reader(File::open(path)?)?;
    Ok((files::mode(&metadata), digest, length))
}

fn judge(archive: &Archive, kept: &BTreeMap<Digest, u64>, checked: &Checked, report: &mut VerifyReport) {
    let Checked { digest, claimed, found } = checked;
    let wrong = match found {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Some("is missing".into()),
        Err(e) => Some(format!("cannot be read: {e}")),
        Ok((_, found, _)) if found != digest && kept.contains_key(found) => {
            Some(format!("was swapped: the file under its name holds the bytes of the original {found}"))
        }
        Ok((_, found, length)) if found != digest => {
            let size = kept.get(digest).filter(|size| *size != length);
            let size = size.map(|size| format!(" and are {length} instead of {size}")).unwrap_or_default();
            Some(format!("was changed: its bytes now hash to {found}{size}"))
        }
        Ok(_) => None,
    };
    if let Some(wrong) = wrong {
        let text = format!("{} {wrong}", name(archive, digest));
        return report.broken(FindingKind::Original, digest.hex(), text);
    }
    if !claimed {
        let name = name(archive, digest);
        let text = format!("{name} is sealed but not in the catalog: its taking in was interrupted; take it in again");
        report.warn(FindingKind::Unclaimed, digest.hex(), text);
    }
    if let Ok((mode, ..)) = found
        && *mode != files::SEALED
    {
        let name = name(archive, digest);
        let text = format!("{name} has the permissions {mode:03o}; sealed bytes have {:03o}", files::SEALED);
        report.warn(FindingKind::Permissions, digest.hex(), text);
    }
}

/// What people call an original.
fn name(archive: &Archive, digest: &Digest) -> String {
    let delivered = archive.deliveries_of(digest).unwrap_or_default();
    let file = delivered.first().map(|file| format!("{} of delivery {}", file.name, file.delivery));
    let known = file.or_else(|| archive.name_of_document(digest));
    known.map_or_else(|| format!("the original {digest}"), |known| format!("the original {digest} ({known})"))
}

/// The names of all sealed files that lie there; reports whatever has no business there.
fn look_around(root: &Path, report: &mut VerifyReport) -> Result<Vec<Digest>> {
    let originals = root.join("originals");
    let mut lying = Vec::new();
    for folder in fs::read_dir(&originals).map_err(Error::io("read the folder", &originals))? {
        let folder = folder.map_err(Error::io("read the folder", &originals))?;
        let prefix = folder.file_name().to_string_lossy().into_owned();
        if prefix == ".sessions" {
            continue;
        }
        if !is_hex(&prefix, 2) || !folder.file_type().is_ok_and(|t| t.is_dir()) {
            foreign(&prefix, report);
            continue;
        }
        for file in fs::read_dir(folder.path()).map_err(Error::io("read the folder", &folder.path()))? {
            let file = file.map_err(Error::io("read the folder", &folder.path()))?;
            let rest = file.file_name().to_string_lossy().into_owned();
            match format!("{prefix}{rest}").parse() {
                Ok(digest) if is_hex(&rest, 62) => lying.push(digest),
                _ => foreign(&format!("{prefix}/{rest}"), report),
            }
        }
    }
    Ok(lying)
}

fn foreign(name: &str, report: &mut VerifyReport) {
    report.broken(FindingKind::Original, name, format!("originals/{name} is no sealed file: it was put there by hand"));
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
