//! The queue of work. A job is one stage on one call with one input; it is leased to a worker, and returns when the
//! worker's program dies or its lease runs out.

use crate::{Archive, Error, Result, Tx, database, sessions};
use earwitness_model::{CallId, Digest};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;
use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

/// How often a job may take its worker's program down with it (or outlive its lease) before it counts as failed.
const MOST_ATTEMPTS: u32 = 3;

/// The ledger's word for a job whose result is kept.
pub(crate) const DONE: &str = "job.done";

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Free to be taken.
    Waiting,
    /// In a worker's hands.
    Leased,
    /// Its result is kept.
    Done,
    /// It was given up; see its error.
    Failed,
}

impl JobState {
    /// The word in the catalog and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for JobState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Self::Waiting, Self::Leased, Self::Done, Self::Failed]
            .into_iter()
            .find(|s| s.name() == text)
            .ok_or_else(|| format!("not the state of a job: {text:?}"))
    }
}

/// One job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// The stage.
    pub stage: String,
    /// The call.
    pub subject: CallId,
    /// Hash of everything its result depends on: input, model, parameters.
    pub input: Digest,
    /// Where it stands.
    pub state: JobState,
    /// How often it was taken.
    pub attempt: u32,
    /// Who has it, or had it last.
    pub worker: Option<String>,
    /// Why it failed the last time.
    pub error: Option<String>,
    /// When it was asked for.
    pub enqueued_at: Timestamp,
    /// When it was last taken.
    pub started_at: Option<Timestamp>,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
}

/// A job in a worker's hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// The job's number.
    pub job: u64,
    /// The stage.
    pub stage: String,
    /// The call.
    pub subject: CallId,
    /// Hash of everything its result depends on.
    pub input: Digest,
    /// 1 the first time.
    pub attempt: u32,
    session: String,
}

/// How many jobs of a stage stand where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageSummary {
    /// The stage.
    pub stage: String,
    /// Where they stand.
    pub state: JobState,
    /// How many.
    pub count: u64,
    /// Seconds of sound in their calls.
    pub seconds: f64,
}

fn from_row(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        id: row.get("id")?,
        stage: row.get("stage")?,
        subject: CallId::new(row.get::<_, String>("subject")?),
        input: database::digest(row, "input")?,
        state: database::required(row, "state")?,
        attempt: row.get("attempt")?,
        worker: row.get("worker")?,
        error: row.get("error")?,
        enqueued_at: database::required(row, "enqueued_at")?,
        started_at: database::parsed(row, "started_at")?,
        finished_at: database::parsed(row, "finished_at")?,
    })
}

fn until(now: Timestamp, length: Duration) -> i64 {
    now.as_millisecond().saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX))
}

impl Archive {
    /// Takes the oldest waiting job of a stage for `length`, after taking back what dead workers held; none when
    /// none waits. The lease lives as long as this `Archive` is open.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::ReadOnly`], and what the database gives.
    pub fn lease(&self, worker: &str, stage: &str, length: Duration) -> Result<Option<Lease>> {
        let session = self.session()?.name();
        self.write(|tx| {
            tx.take_back()?;
            let sql = "SELECT * FROM job WHERE state = 'waiting' AND stage = ?1 ORDER BY id LIMIT 1";
            let Some(job) = database::first(tx.connection(), sql, [stage], from_row)? else { return Ok(None) };
            let sql = "UPDATE job SET state = 'leased', attempt = attempt + 1, worker = ?2, session = ?3,
                       leased_until_ms = ?4, started_at = ?5, finished_at = NULL WHERE id = ?1";
            let end = until(tx.now(), length);
            database::run(tx.connection(), sql, (job.id, worker, &session, end, tx.now().to_string()))?;
            let Job { id, stage, subject, input, attempt, .. } = job;
            Ok(Some(Lease { job: id, stage, subject, input, attempt: attempt.saturating_add(1), session }))
        })
    }

    /// Prolongs a lease to `length` from now.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when the job is no longer this worker's; [`Error::Busy`].
    pub fn renew(&self, lease: &Lease, length: Duration) -> Result<()> {
        self.write(|tx| tx.update_leased(lease, "leased_until_ms = ?4", &until(tx.now(), length)))
    }

    /// Gives a job back untouched (Ctrl-C): it waits again and the attempt does not count.
    ///
    /// # Errors
    /// As [`Archive::renew`].
    pub fn release(&self, lease: &Lease) -> Result<()> {
        let change = "state = 'waiting', session = ?4, leased_until_ms = NULL, attempt = attempt - 1";
        self.write(|tx| tx.update_leased(lease, change, &None::<String>))
    }

    /// Gives a job up, with the reason, which the ledger keeps too.
    ///
    /// # Errors
    /// As [`Archive::renew`].
    pub fn fail(&self, lease: &Lease, reason: &str) -> Result<()> {
        self.write(|tx| {
            tx.update_leased(lease, "state = 'failed', session = NULL, leased_until_ms = NULL, error = ?4", &reason)?;
            tx.end_job(lease, "job.failed", Some(reason))
        })
    }

    /// Lets failed jobs (of one stage, or of all) wait again. Gives how many.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::ReadOnly`].
    pub fn retry_failed(&self, stage: Option<&str>) -> Result<usize> {
        let sql = "UPDATE job SET state = 'waiting', attempt = 0, finished_at = NULL
                   WHERE state = 'failed' AND (?1 IS NULL OR stage = ?1)";
        self.write(|tx| database::run(tx.connection(), sql, [stage]))
    }

    /// Takes back, and gives how many, jobs whose worker's program has ended or whose lease ran out, so that
    /// [`Archive::summary`] shows them as waiting. [`Archive::lease`] does the same.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::ReadOnly`].
    pub fn take_back_jobs(&self) -> Result<usize> {
        self.write(|tx| tx.take_back())
    }

    /// Counts and seconds of sound for each stage and state.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn summary(&self) -> Result<Vec<StageSummary>> {
        let sql = "SELECT job.stage AS stage, job.state AS state, count(*) AS jobs, sum(call.duration) AS seconds
                   FROM job JOIN call ON call.id = job.subject GROUP BY job.stage, job.state
                   ORDER BY job.stage, job.state";
        database::all(self.connection(), sql, [], |row| {
            Ok(StageSummary {
                stage: row.get("stage")?,
                state: database::required(row, "state")?,
                count: row.get("jobs")?,
                seconds: row.get("seconds")?,
            })
        })
    }

    /// All jobs in a state (or all), oldest first.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn jobs(&self, state: Option<JobState>) -> Result<Vec<Job>> {
        let sql = "SELECT * FROM job WHERE ?1 IS NULL OR state = ?1 ORDER BY id";
        database::all(self.connection(), sql, [state.map(JobState::name)], from_row)
    }
}

impl Tx<'_> {
    /// Asks for a job. Tells whether it is new; the same stage, call and input is asked for once only.
    ///
    /// # Errors
    /// What the database gives (an unknown call too).
    pub fn enqueue(&self, stage: &str, subject: &CallId, input: &Digest) -> Result<bool> {
        let sql = "SELECT 1 FROM job WHERE stage = ?1 AND subject = ?2 AND input = ?3";
        let key = (stage, subject.as_str(), input.hex());
        if database::first(self.connection(), sql, key, |_| Ok(()))?.is_some() {
            return Ok(false);
        }
        let sql = "INSERT INTO job (id, stage, subject, input, state, attempt, enqueued_at)
                   VALUES (?1, ?2, ?3, ?4, 'waiting', 0, ?5)";
        let values = (self.next("job", "id")?, stage, subject.as_str(), input.hex(), self.now().to_string());
        database::run(self.connection(), sql, values)?;
        Ok(true)
    }

    /// Marks a job as done, in the transaction that keeps its result.
    ///
    /// # Errors
    /// [`Error::LeaseLost`]: then nothing of the transaction may be kept; and what the database gives.
    pub fn finish(&self, lease: &Lease) -> Result<()> {
        let change = "state = 'done', session = NULL, leased_until_ms = NULL, error = ?4";
        self.update_leased(lease, change, &None::<String>)?;
        self.end_job(lease, DONE, None)
    }

    /// Changes a job that is still in the hands of this lease; `?4` in `change` is `value`.
    fn update_leased(&self, lease: &Lease, change: &str, value: &dyn rusqlite::ToSql) -> Result<()> {
        let sql =
            format!("UPDATE job SET {change} WHERE id = ?1 AND state = 'leased' AND session = ?2 AND attempt = ?3");
        let job = i64::try_from(lease.job).unwrap_or(i64::MAX);
        let values: [&dyn rusqlite::ToSql; 4] = [&job, &lease.session, &lease.attempt, value];
        match database::run(self.connection(), &sql, values)? {
            1 => Ok(()),
            _ => {
                Err(Error::LeaseLost { job: lease.job, stage: lease.stage.clone(), subject: lease.subject.to_string() })
            }
        }
    }

    fn end_job(&self, lease: &Lease, act: &str, error: Option<&str>) -> Result<()> {
        #[derive(Serialize)]
        struct Payload<'a> {
            stage: &'a str,
            input: Digest,
            attempt: u32,
            seconds: Option<f64>,
            error: Option<&'a str>,
        }
        let sql = "UPDATE job SET finished_at = ?2 WHERE id = ?1";
        database::run(self.connection(), sql, (lease.job, self.now().to_string()))?;
        let job = database::first(self.connection(), "SELECT * FROM job WHERE id = ?1", [lease.job], from_row)?;
        let started = job.and_then(|j| j.started_at);
        let seconds = started.map(|s| (self.now().as_millisecond() - s.as_millisecond()) as f64 / 1000.0);
        let Lease { stage, input, attempt, .. } = lease;
        let payload = Payload { stage, input: *input, attempt: *attempt, seconds, error };
        self.record(act, lease.subject.as_str(), &payload)?;
        Ok(())
    }

    /// Lets jobs of dead sessions and run-out leases wait again, or fail when that happened too often.
    fn take_back(&self) -> Result<usize> {
        let now = self.now().as_millisecond();
        let sql = "SELECT id, coalesce(session, '') AS session, coalesce(leased_until_ms, 0) AS until, attempt
                   FROM job WHERE state = 'leased' ORDER BY id";
        let held = database::all(self.connection(), sql, [], |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, u32>(3)?))
        })?;
        let folder = self.sessions();
        let mut alive = BTreeMap::new();
        let mut taken = 0;
        for (id, session, until, attempt) in held {
            let alive = *alive.entry(session).or_insert_with_key(|name| sessions::is_alive(&folder, name));
            if alive && until > now {
                continue;
            }
            taken += 1;
            let why = if alive { "its lease ran out" } else { "its worker's program ended in the middle of it" };
            let state = if attempt >= MOST_ATTEMPTS { "failed" } else { "waiting" };
            let error = format!("{why} (attempt {attempt} of {MOST_ATTEMPTS})");
            let sql = "UPDATE job SET state = ?2, session = NULL, leased_until_ms = NULL, error = ?3 WHERE id = ?1";
            database::run(self.connection(), sql, (id, state, error))?;
        }
        Ok(taken)
    }
}
