//! Waiting calls become kept and indexed transcripts: decode, hear, keep, index, one call after the other, as jobs
//! that survive the program.

use crate::{
    index, sound,
    voices::{self, VoicesReport},
};
use earwitness_archive::{Archive, Error as ArchiveError, Lease};
use earwitness_listen::{HearOptions, Heard, ListenError, Listener, turns, weights};
use earwitness_model::{
    Call, CallId, Digest, RevisionBody, Transcript, Translation, canonical, canonical::NotCanonical,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a lease lasts beyond the length of its call. A worker that dies gives its job back at once; this is for
/// one that hangs.
const LEASE: Duration = Duration::from_secs(30 * 60);
/// How to listen.
#[derive(Clone, Debug)]
pub struct ProcessOptions {
    /// A model of the manifest, or one that was added by hand.
    pub model: String,
    /// The folder of weights.
    pub models: PathBuf,
    /// Processor threads, shared by the calls in work.
    pub threads: usize,
    /// Calls in work at once: two fill the gaps that each leaves at the ends of its stages.
    pub jobs: usize,
    /// Everything that bears on the result.
    pub hear: HearOptions,
    /// Most calls to hear in this run.
    pub limit: Option<usize>,
    /// Let failed calls wait again first.
    pub retry: bool,
    /// Only these calls; all when empty.
    pub calls: Vec<CallId>,
}

/// Something to be shown while calls are heard.
#[derive(Clone, Debug)]
pub enum ProcessEvent {
    /// What lies before this run.
    Began {
        /// Calls.
        calls: usize,
        /// Seconds of sound in them.
        seconds: f64,
    },
    /// The weights are being loaded.
    Loading,
    /// A call is in work.
    Started {
        /// The call.
        call: CallId,
        /// The file that is heard.
        name: String,
        /// Seconds of sound.
        seconds: f64,
    },
    /// A call is kept.
    Done(CallDone),
    /// A call was given up.
    Failed(CallFailed),
    /// Voices are being measured.
    Voices {
        /// Calls that are done.
        done: usize,
        /// Calls in all.
        of: usize,
    },
}

/// A call that was heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallDone {
    /// The call.
    pub call: CallId,
    /// The file that was heard.
    pub name: String,
    /// Seconds of sound.
    pub seconds: f64,
    /// Seconds of work.
    pub took: f64,
    /// The language of most words.
    pub language: Option<String>,
    /// Turns.
    pub turns: usize,
    /// Words.
    pub words: usize,
    /// Turns that a person must listen to before they are relied upon.
    pub doubtful: usize,
    /// Whether a person has corrected this call, so that another revision stands.
    pub person_stands: bool,
}

/// A call that could not be heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallFailed {
    /// The call.
    pub call: CallId,
    /// The file that was to be heard.
    pub name: String,
    /// Seconds of sound.
    pub seconds: f64,
    /// Why.
    pub reason: String,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProcessReport {
    /// The model, by name and weights.
    pub model: String,
    /// Calls that were heard.
    pub done: Vec<CallDone>,
    /// Calls that could not be heard.
    pub failed: Vec<CallFailed>,
    /// Calls that still wait.
    pub waiting: usize,
    /// Calls that failed in earlier runs; `retry` lets them wait again.
    pub failed_before: usize,
    /// Seconds of sound that were heard.
    pub seconds: f64,
    /// The voices that were measured.
    pub voices: VoicesReport,
    /// Seconds that it took, loading included.
    pub took: f64,
    /// Whether it was asked to stop.
    pub cancelled: bool,
}

/// Why no call can be heard at all.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The engines cannot be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The parameters have no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
}

/// The jobs in the hands of this program, so that another thread can give them back before it ends.
#[derive(Clone, Debug, Default)]
pub struct Hands(Arc<Mutex<Vec<Lease>>>);

impl Hands {
    /// Gives everything back; `archive` may be another handle on the archive ([`Archive::again`]). The work goes on
    /// elsewhere, and what this program may still finish of it is not kept.
    pub fn release_all(&self, archive: &Archive) {
        for lease in std::mem::take(&mut *self.lock()) {
            if let Err(error) = archive.release(&lease) {
                tracing::debug!(%error, job = lease.job, "a job was not given back");
            }
        }
    }

    fn take(&self, lease: &Lease) {
        self.lock().push(lease.clone());
    }

    fn drop(&self, lease: &Lease) {
        self.lock().retain(|held| held.job != lease.job);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to be done: the same weights with the same parameters is the same stage.
struct Recipe {
    stage: String,
    weights: Digest,
    parameters: Value,
    model: String,
}

impl Recipe {
    fn of(options: &ProcessOptions) -> Result<Self, ProcessError> {
        let (_, weights) = weights::recogniser(&options.model, &options.models)?;
        // Through text, so that 0.3 stays 0.3 and does not become the nearest f64 of an f32.
        let text = serde_json::to_string(&options.hear).map_err(NotCanonical::from)?;
        let parameters: Value = serde_json::from_str(&text).map_err(NotCanonical::from)?;
        let digest = canonical::digest(&json!({ "weights": weights, "parameters": parameters }))?;
        let model = format!("{}@{}", options.model, weights.short());
        Ok(Self { stage: format!("listen/{}", digest.short()), weights, parameters, model })
    }

    fn input(&self, recording: &Digest) -> Result<Digest, NotCanonical> {
        canonical::digest(&json!({
            "recording": recording, "weights": self.weights, "parameters": self.parameters
        }))
    }
}

/// Hears the calls that wait. Every call is a job; its transcript, translation, ledger entries and the job's end are
/// kept in one transaction, and then it is indexed. A call that fails does not stop the others. `cancel` is asked
/// between batches of the recogniser.
///
/// # Errors
/// [`ProcessError`] where nothing can be heard, or the archive can no longer be written.
pub fn process(
    archive: &Archive,
    options: &ProcessOptions,
    hands: &Hands,
    events: &(dyn Fn(ProcessEvent) + Sync),
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<ProcessReport, ProcessError> {
    let began = Instant::now();
    let recipe = Recipe::of(options)?;
    if options.retry {
        archive.retry_failed(Some(&recipe.stage))?;
    }
    enqueue(archive, &recipe, &options.calls)?;
    let before = Waiting::of(archive, &recipe.stage)?;
    let calls = options.limit.map_or(before.calls, |limit| limit.min(before.calls));
    let mut report = ProcessReport { model: recipe.model.clone(), ..ProcessReport::default() };
    events(ProcessEvent::Began { calls, seconds: before.first(calls) });
    if calls > 0 && !cancel() {
        let run = Run {
            options,
            recipe: &recipe,
            hands,
            events,
            cancel,
            left: AtomicUsize::new(calls),
            stop: AtomicBool::new(false),
            report: Mutex::new(&mut report),
        };
        run.all(archive)?;
    }
    let told = |done, of| events(ProcessEvent::Voices { done, of });
    report.voices = voices::measure(archive, &options.models, options.threads, &told, cancel)?;
    let after = Waiting::of(archive, &recipe.stage)?;
    report.seconds = report.done.iter().map(|d| d.seconds).sum();
    report.waiting = after.calls;
    report.failed_before = after.failed.saturating_sub(report.failed.len());
    report.cancelled = cancel();
    report.took = began.elapsed().as_secs_f64();
    Ok(report)
}

fn enqueue(archive: &Archive, recipe: &Recipe, only: &[CallId]) -> Result<(), ProcessError> {
    let wanted = |call: &Call| only.is_empty() || only.contains(&call.id);
    let calls = archive.calls()?.into_iter().filter(wanted);
    let inputs: Result<Vec<(CallId, Digest)>, NotCanonical> =
        calls.map(|call| Ok((call.id, recipe.input(&call.recording)?))).collect();
    let inputs = inputs?;
    archive.write(|tx| inputs.iter().try_for_each(|(call, input)| tx.enqueue(&recipe.stage, call, input).map(drop)))?;
    archive.take_back_jobs()?;
    Ok(())
}

/// What waits in one stage.
struct Waiting {
    calls: usize,
    failed: usize,
    /// Seconds of each that waits, in the order of the queue.
    seconds: Vec<f64>,
}

impl Waiting {
    fn of(archive: &Archive, stage: &str) -> Result<Self, ArchiveError> {
        use earwitness_archive::JobState::{Failed, Waiting};
        let lengths: std::collections::HashMap<CallId, f64> =
            archive.calls()?.into_iter().map(|call| (call.id, call.duration)).collect();
        let mine = |state| Ok::<_, ArchiveError>(archive.jobs(Some(state))?.into_iter().filter(|j| j.stage == stage));
        let seconds: Vec<f64> = mine(Waiting)?.map(|j| lengths.get(&j.subject).copied().unwrap_or(0.0)).collect();
        Ok(Self { calls: seconds.len(), failed: mine(Failed)?.count(), seconds })
    }

    fn first(&self, calls: usize) -> f64 {
        self.seconds.iter().take(calls).sum()
    }
}

/// One run over the queue.
struct Run<'a> {
    options: &'a ProcessOptions,
    recipe: &'a Recipe,
    hands: &'a Hands,
    events: &'a (dyn Fn(ProcessEvent) + Sync),
    cancel: &'a (dyn Fn() -> bool + Sync),
    left: AtomicUsize,
    stop: AtomicBool,
    report: Mutex<&'a mut ProcessReport>,
}

/// How the work on one call ended that was not kept.
enum Trouble {
    /// Nobody's fault: it waits again.
    Stopped,
    /// Another worker has it.
    Lost,
    /// This call cannot be heard.
    Failed(String),
    /// Nothing can be kept any more.
    Fatal(ArchiveError),
}

impl From<ArchiveError> for Trouble {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::LeaseLost { .. } => Self::Lost,
            ArchiveError::NotCanonical(_) | ArchiveError::Unrecordable(_) => Self::Failed(error.to_string()),
            other => Self::Fatal(other),
        }
    }
}

impl Run<'_> {
    fn all(&self, archive: &Archive) -> Result<(), ProcessError> {
        (self.events)(ProcessEvent::Loading);
        let listener = &Listener::load(&self.options.model, &self.options.models, self.options.threads)?;
        let others: Vec<Archive> =
            (1..self.options.jobs.max(1)).map(|_| archive.again()).collect::<Result<_, ArchiveError>>()?;
        thread::scope(|scope| {
            let threads: Vec<_> =
                others.into_iter().map(|own| scope.spawn(move || self.work(&own, listener))).collect();
            let mut result = self.work(archive, listener);
            for thread in threads {
                let ended = thread.join().unwrap_or_else(|_| {
                    let why = "a worker ended by itself".into();
                    Err(ListenError::Engine { what: "listening".into(), why }.into())
                });
                result = result.and(ended);
            }
            result
        })
    }

    /// Takes one job after the other until none waits.
    fn work(&self, archive: &Archive, listener: &Listener) -> Result<(), ProcessError> {
        let ended = self.work_on(archive, listener);
        if ended.is_err() {
            self.stop.store(true, Ordering::SeqCst);
        }
        ended
    }

    fn work_on(&self, archive: &Archive, listener: &Listener) -> Result<(), ProcessError> {
        let worker = format!("process {} of {}", std::process::id(), archive.actor().as_str());
        let one_less = |left: usize| left.checked_sub(1);
        while !(self.cancel)() && !self.stop.load(Ordering::SeqCst) {
            if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_err() {
                break;
            }
            let Some(lease) = archive.lease(&worker, &self.recipe.stage, LEASE)? else { break };
            self.hands.take(&lease);
            let call = archive.call(&lease.subject)?;
            let ended = self.one(archive, listener, &lease, &call);
            self.hands.drop(&lease);
            match ended {
                Ok(done) => self.tell(ProcessEvent::Done(done.clone()), |report| report.done.push(done)),
                Err(Trouble::Lost) => {}
                Err(Trouble::Stopped) => give_back(archive, &lease),
                Err(Trouble::Failed(reason)) => {
                    archive.fail(&lease, &reason)?;
                    let failed =
                        CallFailed { call: call.id.clone(), name: heard_file(&call), seconds: call.duration, reason };
                    self.tell(ProcessEvent::Failed(failed.clone()), |report| report.failed.push(failed));
                }
                Err(Trouble::Fatal(error)) => {
                    give_back(archive, &lease);
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    fn tell(&self, event: ProcessEvent, note: impl FnOnce(&mut ProcessReport)) {
        note(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
        (self.events)(event);
    }

    fn one(&self, archive: &Archive, listener: &Listener, lease: &Lease, call: &Call) -> Result<CallDone, Trouble> {
        let began = Instant::now();
        let (name, seconds) = (heard_file(call), call.duration);
        (self.events)(ProcessEvent::Started { call: call.id.clone(), name: name.clone(), seconds });
        archive.renew(lease, LEASE + Duration::from_secs_f64(seconds.clamp(0.0, 1e6)))?;
        let heard = self.hear(archive, listener, call)?;
        let words = heard.turns.iter().map(|t| t.words.len()).sum();
        let doubtful = heard.turns.iter().filter(|t| t.doubt.is_some()).count();
        let (turns, language) = (heard.turns.len(), heard.language.clone());
        keep(archive, listener, lease, heard, &self.recipe.parameters)?;
        // The transcript is kept; an index that lags behind is brought up to date by the next search.
        if let Err(error) = index::update(archive) {
            tracing::warn!(%error, "the search index was not brought up to date");
        }
        let person_stands = archive.current_transcript(&call.id)?.is_some_and(|r| r.author.is_person());
        let took = began.elapsed().as_secs_f64();
        let call = call.id.clone();
        Ok(CallDone { call, name, seconds, took, language, turns, words, doubtful, person_stands })
    }

    fn hear(&self, archive: &Archive, listener: &Listener, call: &Call) -> Result<Heard, Trouble> {
        let failed = |error: &dyn std::fmt::Display| Trouble::Failed(error.to_string());
        let sound = sound::of_call(archive, call).map_err(|e| failed(&e))?;
        let cancel = || (self.cancel)() || self.stop.load(Ordering::SeqCst);
        listener.hear(&sound.channels, sound.sample_rate, &self.options.hear, &cancel).map_err(|e| match e {
            ListenError::Cancelled => Trouble::Stopped,
            other => failed(&other),
        })
    }
}

/// Everything that was heard of a call, its ledger entries, and the end of the job: all of it, or none.
fn keep(
    archive: &Archive,
    listener: &Listener,
    lease: &Lease,
    mut heard: Heard,
    parameters: &Value,
) -> Result<(), ArchiveError> {
    let author = listener.recogniser().author(parameters.clone());
    let call = &lease.subject;
    if let Some(earlier) = archive.current_transcript(call)?.as_ref().and_then(|r| r.transcript()) {
        turns::keep_labels(&mut heard.turns, &earlier.turns);
    }
    archive.write(|tx| {
        let transcript = Transcript { language: heard.language, turns: heard.turns };
        let body = RevisionBody::Transcript(transcript);
        let transcript = tx.add_revision(call, author.clone(), None, body)?;
        if let Some(turns) = heard.translation {
            let translation = Translation { of: transcript.id.clone(), language: "en".into(), turns };
            tx.add_revision(call, author, Some(transcript.id), RevisionBody::Translation(translation))?;
        }
        tx.finish(lease)
    })
}

fn give_back(archive: &Archive, lease: &Lease) {
    // Another thread may have given it back already.
    if let Err(error) = archive.release(lease) {
        tracing::debug!(%error, job = lease.job, "a job was not given back");
    }
}

fn heard_file(call: &Call) -> String {
    call.files.first().map_or_else(|| call.id.to_string(), |file| file.name.clone())
}
