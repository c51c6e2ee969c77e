//! Killed at any moment, or out of disk, an archive stays whole.

use crate::support::*;
use earwitness_archive::*;
use std::{
    fs,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

/// Works on an archive without end: takes in, leases, transcribes.
#[test]
#[ignore = "a child of other tests"]
fn child_works() {
    let Some(root) = child_root() else { return };
    let archive = Archive::open(&root, &anna()).unwrap();
    let start = archive.overview().unwrap().calls as usize;
    for n in (start..).step_by(3) {
        take_in(&archive, n, n + 3).unwrap();
        archive.originals().seal(&bytes(n + 1_000_000)[..]).unwrap();
        let lease = archive.lease("child", "listen", Duration::from_secs(3600)).unwrap().unwrap();
        let call = lease.subject.clone();
        archive
            .write(|tx| {
                tx.add_revision(&call, machine(), None, transcript("слухаю"))?;
                tx.finish(&lease)
            })
            .unwrap();
    }
}

/// Opens, or makes, an archive.
#[test]
#[ignore = "a child of other tests"]
fn child_makes() {
    if let Some(root) = child_root() {
        Archive::init(&root, &anna()).unwrap();
    }
}

fn killed_after(test: &str, root: &Path, milliseconds: u64) {
    let mut child = child(test, root, "").spawn().unwrap();
    std::thread::sleep(Duration::from_millis(milliseconds));
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn killed_at_many_moments() {
    let lab = Lab::empty();
    let begun = Instant::now();
    let mut moments = 0;
    while moments < 24 || (moments < 60 && begun.elapsed() < Duration::from_secs(6)) {
        killed_after("killed::child_works", &lab.root, 15 + moments * 37 % 190);
        moments += 1;
        let archive = lab.open();
        // What the dead child held comes back at once, long before its hour is over.
        archive.take_back_jobs().unwrap();
        assert!(archive.jobs(Some(JobState::Leased)).unwrap().is_empty());
        let left = fs::read_dir(lab.root.join("originals/.sessions")).into_iter().flatten();
        assert!(left.flatten().all(|e| e.file_name() == "gate"), "half-written files were not cleared away");
        let report = verify(&archive, None, |_| ()).unwrap();
        assert!(report.is_whole(), "moment {moments}: {:?}", report.findings);
    }
    let overview = lab.open().overview().unwrap();
    println!("{moments} kills in {:?}; {overview:?}", begun.elapsed());
    assert!(overview.calls > 20 && overview.transcribed > 5, "the children hardly worked: {overview:?}");
}

#[test]
fn killed_while_being_made() {
    for moment in 0..12 {
        let dir = tempfile::TempDir::new().unwrap();
        let root = dir.path().join("archive");
        killed_after("killed::child_makes", &root, 2 + moment * 4);
        match Archive::open(&root, &anna()) {
            Ok(archive) => assert!(verify(&archive, None, |_| ()).unwrap().is_whole()),
            Err(e) => assert!(matches!(e, Error::NotAnArchive { .. }), "{e}"),
        }
    }
}

/// Seals more than the allowance of this process lets it write.
#[test]
#[ignore = "a child of other tests"]
fn child_seals_too_much() {
    let Some(root) = child_root() else { return };
    let archive = Archive::open(&root, &anna()).unwrap();
    let error = archive.originals().seal(std::io::repeat(7).take(1 << 20)).unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    println!("refused: {error}");
}

#[test]
fn a_file_that_does_not_fit_leaves_nothing() {
    let lab = Lab::filled();
    let limit = "trap '' XFSZ; ulimit -f 600;";
    let out = child("killed::child_seals_too_much", &lab.root, limit).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success() && said.contains("refused: the disk"), "{said}");
    let report = lab.verify();
    assert!(report.is_whole() && report.warnings.is_empty());
    assert_eq!(report.originals, 4);
}

#[test]
fn a_full_disk_stops_cleanly() {
    let Some(disk) = SmallDisk::mount("2m") else { return };
    let root = disk.dir.path().join("archive");
    let archive = Archive::init(&root, &anna()).unwrap();
    let error = (0..100_000).step_by(3).find_map(|n| take_in(&archive, n, n + 3).err()).unwrap();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    let calls = archive.overview().unwrap().calls;
    drop(archive);
    let archive = Archive::open_to_read(&root).unwrap();
    let report = verify(&archive, None, |_| ()).unwrap();
    assert!(report.is_whole() && calls > 3, "{calls} calls, {:?}", report.findings);
    drop(archive);
    // With room again, the work goes on where it stopped.
    disk.remount("size=8m");
    let archive = Archive::open(&root, &anna()).unwrap();
    take_in(&archive, calls as usize, calls as usize + 3).unwrap();
    assert!(verify(&archive, None, |_| ()).unwrap().is_whole());
}

#[test]
fn a_write_protected_archive_can_be_read_and_verified() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let root = disk.dir.path().join("archive");
    take_in(&Archive::init(&root, &anna()).unwrap(), 0, 2).unwrap();
    disk.remount("ro");
    let error = Archive::open(&root, &anna()).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotWritable { .. }), "{error}");
    let archive = Archive::open_to_read(&root).unwrap();
    assert_eq!(archive.calls().unwrap().len(), 2);
    assert!(verify(&archive, None, |_| ()).unwrap().is_whole());
    let error = Archive::init(&disk.dir.path().join("another"), &anna()).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotWritable { .. }), "{error}");
}

#[test]
fn permissions_hold_whatever_the_umask() {
    for umask in ["000", "077", "022"] {
        let dir = tempfile::TempDir::new().unwrap();
        let root = dir.path().join("archive");
        let made = child("killed::child_makes", &root, &format!("umask {umask};")).output().unwrap();
        assert!(made.status.success());
        let mode = |name: &str| fs::metadata(root.join(name)).unwrap().permissions().mode() & 0o777;
        for folder in ["", "originals", "derived", "index", "stories", "cuts"] {
            assert_eq!(mode(folder), 0o700, "{folder} under umask {umask}");
        }
        for file in ["catalog.sqlite", "earwitness.toml", "ledger.head"] {
            assert_eq!(mode(file), 0o600, "{file} under umask {umask}");
        }
        let archive = Archive::open(&root, &anna()).unwrap();
        take_in(&archive, 0, 1).unwrap();
        for file in ["catalog.sqlite-wal", "catalog.sqlite-shm"] {
            assert_eq!(mode(file), 0o600, "{file} under umask {umask}");
        }
        assert!(verify(&archive, None, |_| ()).unwrap().warnings.is_empty());
    }
}
