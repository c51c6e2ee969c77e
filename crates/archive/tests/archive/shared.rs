//! Several programs and threads on one archive.

use crate::support::*;
use earwitness_archive::*;
use earwitness_model::Digest;
use std::{collections::BTreeSet, time::Duration};

#[test]
fn threads_take_in_side_by_side() {
    let lab = Lab::empty();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let lab = &lab;
            scope.spawn(move || {
                let archive = lab.open();
                // Half of what each takes in, another one takes in, too.
                for n in (thread * 5..thread * 5 + 10).step_by(2) {
                    take_in(&archive, n, n + 2).unwrap();
                }
            });
        }
    });
    let report = lab.verify();
    assert!(report.is_whole(), "{:?}", report.findings);
    let overview = lab.open().overview().unwrap();
    assert_eq!((overview.calls, overview.recordings, overview.deliveries), (25, 25, 1));
}

#[test]
fn a_job_is_given_to_one_worker_only() {
    let lab = Lab::empty();
    take_in(&lab.open(), 0, 20).unwrap();
    let taken: Vec<u64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let lab = &lab;
                scope.spawn(move || {
                    let archive = lab.open();
                    let mut mine = Vec::new();
                    while let Some(lease) =
                        archive.lease(&format!("w{worker}"), "listen", Duration::from_secs(60)).unwrap()
                    {
                        mine.push(lease.job);
                        archive.write(|tx| tx.finish(&lease)).unwrap();
                    }
                    mine
                })
            })
            .collect();
        workers.into_iter().flat_map(|w| w.join().unwrap()).collect()
    });
    assert_eq!(taken.len(), 20);
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), 20);
    assert!(lab.verify().is_whole());
}

/// Takes in twenty calls.
#[test]
#[ignore = "a child of other tests"]
fn child_takes_in() {
    let Some(root) = child_root() else { return };
    let archive = Archive::open(&root, &anna()).unwrap();
    for n in 0..20 {
        take_in(&archive, n, n + 1).unwrap();
    }
}

#[test]
fn two_programs_take_in_the_same() {
    let lab = Lab::empty();
    let mut children: Vec<_> =
        (0..2).map(|_| child("shared::child_takes_in", &lab.root, "").spawn().unwrap()).collect();
    // And a third one reads meanwhile.
    let archive = lab.open();
    while children.iter_mut().any(|c| c.try_wait().unwrap().is_none()) {
        assert!(verify(&archive, None, |_| ()).unwrap().is_whole());
    }
    assert!(children.iter_mut().all(|c| c.wait().unwrap().success()));
    assert_eq!(archive.overview().unwrap().calls, 20);
    assert_eq!(archive.overview().unwrap().deliveries, 1);
    assert!(lab.verify().is_whole());
}

#[test]
fn a_session_is_not_cleared_away_while_it_lives() {
    let lab = Lab::empty();
    let one = lab.open();
    let mut batch = one.originals().batch().unwrap();
    let sealed = batch.add(&b"under way"[..]).unwrap();
    let two = lab.open();
    two.originals().seal(&b"another"[..]).unwrap();
    drop((two, lab.open()));
    assert!(batch.path(&sealed.digest).exists());
    batch.settle().unwrap();
    assert_eq!(batch.path(&sealed.digest), one.originals().path(&sealed.digest));
    assert_eq!(one.originals().size(&sealed.digest), Some(9));
}

#[test]
fn what_is_not_settled_is_thrown_away() {
    let lab = Lab::empty();
    let archive = lab.open();
    let mut batch = archive.originals().batch().unwrap();
    let sealed = batch.add(&b"never settled"[..]).unwrap();
    assert!(sealed.was_new && !batch.is_empty() && batch.len() == 1);
    let error = archive.write(|tx| tx.add_recording(&recording(sealed.digest, sealed.size))).unwrap_err();
    assert!(matches!(error, Error::OriginalMissing { digest } if digest == Digest::of(b"never settled")));
    drop(batch);
    assert_eq!(archive.originals().size(&sealed.digest), None);
    assert!(lab.verify().is_whole());
}

#[test]
fn a_writer_waits_for_another_or_says_that_it_is_busy() {
    let lab = Lab::empty();
    let archive = lab.open();
    let other = rusqlite::Connection::open(lab.root.join("catalog.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    archive.set_patience(Duration::from_millis(50)).unwrap();
    assert!(matches!(take_in(&archive, 0, 1), Err(Error::Busy)));
    assert_eq!(archive.calls().unwrap().len(), 0);
    archive.set_patience(Duration::from_secs(10)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            other.execute_batch("COMMIT").unwrap();
            drop(other);
        });
        take_in(&archive, 0, 1).unwrap();
    });
    assert!(lab.verify().is_whole());
}
