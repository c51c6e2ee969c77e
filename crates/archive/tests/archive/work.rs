//! Jobs: leased, renewed, given back, lost, done.

use crate::support::*;
use earwitness_archive::*;
use earwitness_model::Digest;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn lease(archive: &Archive, length: Duration) -> Option<Lease> {
    archive.lease("worker", "listen", length).unwrap()
}

fn states(archive: &Archive) -> Vec<(JobState, u64, f64)> {
    archive.summary().unwrap().into_iter().map(|s| (s.state, s.count, s.seconds)).collect()
}

#[test]
fn a_job_is_asked_for_once() {
    let lab = Lab::filled();
    let archive = lab.open();
    let ask = |input: &[u8]| archive.write(|tx| tx.enqueue("listen", &lab.id(0), &Digest::of(input))).unwrap();
    assert!(!ask(b"input"));
    assert!(ask(b"another model"));
    assert!(archive.write(|tx| tx.enqueue("listen", &earwitness_model::CallId::new("c0"), &Digest::ZERO)).is_err());
    assert_eq!(states(&archive), [(JobState::Waiting, 5, 62.5)]);
}

#[test]
fn result_ledger_and_state_are_one() {
    let lab = Lab::filled();
    let archive = lab.open();
    let job = lease(&archive, HOUR).unwrap();
    assert_eq!((job.attempt, &job.subject), (1, &lab.id(0)));
    let before = archive.overview().unwrap();
    // What fails half-way leaves nothing.
    let failed: Result<()> = archive.write(|tx| {
        tx.add_revision(&job.subject, machine(), None, transcript("так"))?;
        tx.finish(&job)?;
        Err(Error::NotFound { kind: "test", wanted: "x".into() })
    });
    assert!(failed.is_err());
    assert_eq!(archive.overview().unwrap(), before);
    archive
        .write(|tx| {
            tx.add_revision(&job.subject, machine(), None, transcript("так"))?;
            tx.finish(&job)
        })
        .unwrap();
    let after = archive.overview().unwrap();
    assert_eq!((after.revisions, after.ledger), (before.revisions + 1, before.ledger + 2));
    assert_eq!(states(&archive), [(JobState::Done, 1, 12.5), (JobState::Waiting, 3, 37.5)]);
    assert!(matches!(archive.write(|tx| tx.finish(&job)), Err(Error::LeaseLost { .. })));
}

#[test]
fn failing_and_trying_again() {
    let lab = Lab::filled();
    let archive = lab.open();
    let job = lease(&archive, HOUR).unwrap();
    archive.fail(&job, "nothing decodes").unwrap();
    let failed = archive.jobs(Some(JobState::Failed)).unwrap();
    assert_eq!(failed[0].error.as_deref(), Some("nothing decodes"));
    let last = archive.ledger_head().unwrap().seq;
    let entry = &archive.ledger_entries(last..=last).unwrap()[0];
    assert_eq!((entry.act.as_str(), &entry.payload["error"]), ("job.failed", &"nothing decodes".into()));
    assert_eq!(archive.retry_failed(Some("another stage")).unwrap(), 0);
    assert_eq!(archive.retry_failed(None).unwrap(), 1);
    assert_eq!(lease(&archive, HOUR).unwrap().job, job.job);
}

#[test]
fn given_back_it_waits_again() {
    let lab = Lab::filled();
    let archive = lab.open();
    let job = lease(&archive, HOUR).unwrap();
    archive.release(&job).unwrap();
    assert!(matches!(archive.renew(&job, HOUR), Err(Error::LeaseLost { .. })));
    let again = lease(&archive, HOUR).unwrap();
    assert_eq!((again.job, again.attempt), (job.job, 1));
}

#[test]
fn a_lease_that_ran_out_is_lost() {
    let lab = Lab::filled();
    let (slow, quick) = (lab.open(), lab.open());
    let job = lease(&slow, Duration::ZERO).unwrap();
    let taken = lease(&quick, HOUR).unwrap();
    assert_eq!((taken.job, taken.attempt), (job.job, 2));
    let lost = slow.write(|tx| {
        tx.add_revision(&job.subject, machine(), None, transcript("запізно"))?;
        tx.finish(&job)
    });
    assert!(matches!(lost, Err(Error::LeaseLost { .. })));
    assert_eq!(slow.revisions(&job.subject).unwrap().len(), 2);
    quick.renew(&taken, HOUR).unwrap();
}

#[test]
fn a_job_that_ends_its_worker_three_times_has_failed() {
    let lab = Lab::filled();
    for attempt in 1..=3 {
        // Dropping the archive ends its session, as a crash does.
        let job = lease(&lab.open(), HOUR).unwrap();
        assert_eq!((job.job, job.attempt), (1, attempt));
    }
    let next = lease(&lab.open(), HOUR).unwrap();
    assert_eq!(next.job, 2);
    let failed = lab.open().jobs(Some(JobState::Failed)).unwrap();
    assert!(failed[0].error.as_deref().unwrap().contains("program ended in the middle of it (attempt 3 of 3)"));
}
