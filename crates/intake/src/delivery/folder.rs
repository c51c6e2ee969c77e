//! A delivery that is a folder.

use super::{Found, ProblemKind, names};
use jiff::Timestamp;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Lists everything below `root`; the paths stand at the places that the entries point to.
pub(super) fn list(root: &Path, found: &mut Found) -> io::Result<Vec<PathBuf>> {
    let canonical = root.canonicalize()?;
    // A folder that cannot be listed at all is an error and not an empty delivery.
    std::fs::read_dir(root)?;
    let mut paths = Vec::new();
    for step in WalkDir::new(root).min_depth(1).sort_by_file_name() {
        let step = match step {
            Ok(step) => step,
            Err(error) => {
                let name = error.path().map_or_else(String::new, |p| relative(root, p).text);
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                let (kind, what) = match error.path().is_some_and(Path::is_dir) {
                    true => (ProblemKind::UnreadableFolder, "this folder cannot be read"),
                    false => (ProblemKind::Unreadable, "cannot be read"),
                };
                found.problem(&name, kind, format!("{what}: {why}"));
                continue;
            }
        };
        let name = relative(root, step.path());
        let kind = step.file_type();
        if kind.is_dir() {
            continue;
        }
        if names::left_behind(&name.text) {
            found.problem(&name.text, ProblemKind::Ignored, "left behind by an operating system, not a recording");
        } else if kind.is_symlink() {
            link(&name.text, step.path(), &canonical, found);
        } else if kind.is_file() {
            match step.metadata() {
                Ok(metadata) => {
                    let modified = metadata.modified().ok().and_then(|t| Timestamp::try_from(t).ok());
                    found.file(name, metadata.len(), modified, paths.len());
                    paths.push(step.into_path());
                }
                Err(error) => found.problem(&name.text, ProblemKind::Unreadable, format!("cannot be read: {error}")),
            }
        } else {
            let reason = "a pipe, device or socket and not a file; it is not opened";
            found.problem(&name.text, ProblemKind::SpecialFile, reason);
        }
    }
    Ok(paths)
}

/// Says what a link is. None is followed: what it leads to inside the delivery is listed there, and only there.
fn link(name: &str, path: &Path, root: &Path, found: &mut Found) {
    match path.canonicalize() {
        Ok(target) if target.starts_with(root) => {
            let target = relative(root, &target).text;
            let reason = format!("a link to {target} in this delivery, which is taken there");
            found.problem(name, ProblemKind::LinkInside, reason);
        }
        Ok(_) => found.problem(name, ProblemKind::LinkOut, "a link that leads out of the delivery; it is not followed"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            found.problem(name, ProblemKind::DanglingLink, "a link to something that is not there");
        }
        Err(error) => {
            found.problem(name, ProblemKind::DanglingLink, format!("a link that cannot be followed: {error}"));
        }
    }
}

fn relative(root: &Path, path: &Path) -> names::Printable {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<&[u8]> = inside.iter().map(std::ffi::OsStr::as_encoded_bytes).collect();
    names::printable(&parts.join(&b'/'))
}

/// Opens a listed file read-only, if it still is a file: a pipe put in its place since would wait for ever.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("this was a file when the delivery was listed, and now it is not"));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::super::{Delivery, ProblemKind};
    use std::fs;
    use std::io::Read;

    #[test]
    fn a_folder_is_listed_by_name_and_read() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("b/c")).unwrap();
        fs::write(dir.path().join("b/c/two.wav"), b"22").unwrap();
        fs::write(dir.path().join("a.wav"), b"1").unwrap();
        fs::write(dir.path().join(".DS_Store"), b"x").unwrap();
        let delivery = Delivery::open(dir.path()).unwrap();
        let names: Vec<_> = delivery.entries().iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["a.wav", "b/c/two.wav"]);
        let entry = delivery.entry("b/c/two.wav").unwrap();
        assert_eq!(entry.size, 2);
        assert!(entry.modified.is_some());
        let mut text = String::new();
        delivery.open_entry(entry).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "22");
        assert_eq!(delivery.path(entry), Some(dir.path().join("b/c/two.wav").as_path()));
        assert_eq!(delivery.problems().len(), 1);
        assert_eq!(delivery.problems()[0].kind, ProblemKind::Ignored);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_never_followed() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), b"s").unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("sub/a.wav"), b"1").unwrap();
        symlink(outside.path(), dir.path().join("out")).unwrap();
        symlink("..", dir.path().join("sub/loop")).unwrap();
        symlink("sub/a.wav", dir.path().join("again.wav")).unwrap();
        symlink("nowhere", dir.path().join("dangling.wav")).unwrap();
        symlink("self", dir.path().join("self")).unwrap();
        let delivery = Delivery::open(dir.path()).unwrap();
        assert_eq!(delivery.entries().len(), 1);
        let kind = |name: &str| delivery.problems().iter().find(|p| p.name == name).map(|p| p.kind);
        assert_eq!(kind("out"), Some(ProblemKind::LinkOut));
        assert_eq!(kind("sub/loop"), Some(ProblemKind::LinkInside));
        assert_eq!(kind("again.wav"), Some(ProblemKind::LinkInside));
        assert_eq!(kind("dangling.wav"), Some(ProblemKind::DanglingLink));
        assert_eq!(kind("self"), Some(ProblemKind::DanglingLink));
        assert!(delivery.problems().iter().any(|p| p.reason.contains("sub/a.wav")));
    }

    #[cfg(unix)]
    #[test]
    fn odd_names_and_sockets_are_reported() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"\xe7\xe2.wav")), b"1").unwrap();
        fs::write(dir.path().join("%E7%E2.wav"), b"22").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("pipe")).unwrap();
        let delivery = Delivery::open(dir.path()).unwrap();
        let names: Vec<_> = delivery.entries().iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["%E7%E2.wav", "%E7%E2.wav (2)"]);
        for entry in delivery.entries() {
            let mut bytes = Vec::new();
            delivery.open_entry(entry).unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, entry.size);
        }
        let kinds: Vec<_> = delivery.problems().iter().map(|p| p.kind).collect();
        assert!(kinds.contains(&ProblemKind::OddName) && kinds.contains(&ProblemKind::SpecialFile));
        assert!(!kinds.contains(&ProblemKind::DuplicateName), "both files are taken");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_read_is_no_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let locked = dir.path().join("locked");
        fs::create_dir(&locked).unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::read_dir(&locked).is_ok() {
            println!("SKIPPED: this account may read everything");
            return;
        }
        let delivery = Delivery::open(dir.path()).unwrap();
        let problems: Vec<_> = delivery.problems().iter().map(|p| (p.name.as_str(), p.kind)).collect();
        assert_eq!(problems, [("locked", ProblemKind::UnreadableFolder)]);
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn what_is_not_there_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let error = Delivery::open(&dir.path().join("nothing")).unwrap_err();
        assert!(error.to_string().contains("nothing"), "{error}");
        fs::write(dir.path().join("a.txt"), b"hello").unwrap();
        let error = Delivery::open(&dir.path().join("a.txt")).unwrap_err();
        assert!(error.to_string().contains("zip"), "{error}");
    }
}
