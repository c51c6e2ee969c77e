//! Where an archive stands: what is done, what waits, what failed and why.

use earwitness_archive::{Archive, JobState, Overview};
use earwitness_model::{Call, CallId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where the archive stands.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The archive's own name.
    pub archive: String,
    /// Its folder.
    pub path: String,
    /// What it holds, counted.
    #[serde(flatten)]
    pub overview: Overview,
    /// Tables of deliveries, which are not among the delivered files.
    pub tables: u64,
    /// Calls that were heard.
    pub heard: Part,
    /// Calls that are being heard.
    pub in_work: Part,
    /// Calls that wait.
    pub waiting: Part,
    /// Calls that were given up.
    pub failed: Part,
    /// Why.
    pub failures: Vec<Failure>,
}

/// Some of the calls.
#[derive(Debug, Default, Serialize)]
pub struct Part {
    /// How many.
    pub calls: usize,
    /// Seconds of sound in them.
    pub seconds: f64,
}

impl Part {
    fn add(&mut self, call: &Call) {
        self.calls += 1;
        self.seconds += call.duration;
    }
}

/// A call that was given up.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The call.
    pub call: CallId,
    /// The file that was to be heard.
    pub file: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed.
    pub reason: String,
}

/// Where the archive stands at this moment.
///
/// # Errors
/// What the archive gives.
pub fn gather(archive: &Archive) -> earwitness_archive::Result<Status> {
    let (mut done, mut leased, mut failed) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for job in archive.jobs(None)? {
        match job.state {
            JobState::Done => drop(done.insert(job.subject)),
            JobState::Leased => drop(leased.insert(job.subject)),
            JobState::Failed => drop(failed.insert(job.subject, (job.attempt, job.error.unwrap_or_default()))),
            JobState::Waiting => {}
        }
    }
    let (mut overview, tables) = (archive.overview()?, archive.delivered_tables()?);
    overview.delivered_files = overview.delivered_files.saturating_sub(tables);
    let mut status = Status {
        archive: archive.settings().archive.clone(),
        path: archive.root().display().to_string(),
        overview,
        tables,
        heard: Part::default(),
        in_work: Part::default(),
        waiting: Part::default(),
        failed: Part::default(),
        failures: Vec::new(),
    };
    for call in archive.calls()? {
        let part = if leased.contains(&call.id) {
            &mut status.in_work
        } else if done.contains(&call.id) {
            &mut status.heard
        } else if let Some((attempts, reason)) = failed.remove(&call.id) {
            let file = call.files.first().map(|f| f.name.clone()).unwrap_or_default();
            status.failures.push(Failure { call: call.id.clone(), file, attempts, reason });
            &mut status.failed
        } else {
            &mut status.waiting
        };
        part.add(&call);
    }
    Ok(status)
}
