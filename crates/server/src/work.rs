//! Long work, one piece at a time: its progress is told to every page, and any page can stop it.

use crate::{
    app::{App, lock},
    code::Code,
    error::{Answer, Problem},
};
use serde::Serialize;
use serde_json::Value;
use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Pieces of work that are remembered.
const REMEMBERED: usize = 20;
/// Pages are told no more often.
const PACE: Duration = Duration::from_millis(200);

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A delivery is taken in.
    Import,
    /// Calls are heard.
    Process,
    /// The archive is verified.
    Verify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Ended {
    Running,
    Done,
    Failed,
    Stopped,
}

/// A piece of work as pages see it.
#[derive(Clone, Debug, Serialize)]
pub struct Work {
    id: String,
    kind: Kind,
    state: Ended,
    done: f64,
    total: f64,
    unit: &'static str,
    detail: String,
    eta_seconds: Option<f64>,
    result: Option<Value>,
}

/// All of it.
#[derive(Default)]
pub struct Works {
    inner: Mutex<Inner>,
    rest: Condvar,
}

#[derive(Default)]
struct Inner {
    begun: u64,
    all: Vec<Work>,
    running: Option<Running>,
    ending: bool,
}

struct Running {
    id: String,
    stop: Arc<AtomicBool>,
    /// What must happen at once when somebody stops it.
    release: Option<Box<dyn FnOnce() + Send>>,
}

/// A piece of work in the hands of its worker.
pub struct Doing {
    app: Arc<App>,
    id: String,
    began: Instant,
    told: Mutex<Option<Instant>>,
    stop: Arc<AtomicBool>,
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Of `total`.
    pub done: f64,
    /// In `unit`.
    pub total: f64,
    /// `files`, `calls`, `seconds`, `bytes`.
    pub unit: &'static str,
    /// What is in work.
    pub detail: String,
}

impl Works {
    /// All work that is remembered, the newest first.
    pub fn list(&self) -> Vec<Work> {
        lock(&self.inner).all.iter().rev().cloned().collect()
    }

    /// Whether anything runs.
    pub fn busy(&self) -> bool {
        lock(&self.inner).running.is_some()
    }

    /// Asks a piece of work to stop.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn stop(&self, id: &str) -> Answer<()> {
        let mut inner = lock(&self.inner);
        let Some(running) = inner.running.as_mut().filter(|running| running.id == id) else {
            let problem = Problem::missing(format!("the work {id} does not run"));
            return Err(problem.code(Code::WorkNotRunning).value("work", id));
        };
        running.stop.store(true, Ordering::SeqCst);
        if let Some(release) = running.release.take() {
            drop(inner);
            release();
        }
        Ok(())
    }

    /// Stops what runs, lets nothing new begin, and waits for the end.
    pub fn end(&self) {
        let running = {
            let mut inner = lock(&self.inner);
            inner.ending = true;
            inner.running.as_ref().map(|running| running.id.clone())
        };
        if let Some(id) = running {
            // It may have ended by itself meanwhile.
            let _ = self.stop(&id);
        }
        let mut inner = lock(&self.inner);
        while inner.running.is_some() {
            inner = self.rest.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl App {
    /// Begins a piece of work on a thread of its own and gives its name. `release` is called when somebody stops it.
    ///
    /// # Errors
    /// Where other work runs.
    pub fn begin(
        self: &Arc<Self>,
        kind: Kind,
        release: impl FnOnce() + Send + 'static,
        work: impl FnOnce(&Doing) -> Answer<Value> + Send + 'static,
    ) -> Answer<String> {
        let mut inner = lock(&self.works.inner);
        if inner.running.is_some() || inner.ending {
            let next = "wait until it has ended, or stop it";
            return Err(Problem::conflict("other work is under way", next).code(Code::WorkUnderWay));
        }
        inner.begun += 1;
        let id = format!("w{}", inner.begun);
        let stop = Arc::new(AtomicBool::new(false));
        let running = Running { id: id.clone(), stop: Arc::clone(&stop), release: Some(Box::new(release)) };
        inner.running = Some(running);
        let (state, unit, detail) = (Ended::Running, "files", String::new());
        let first =
            Work { id: id.clone(), kind, state, done: 0.0, total: 0.0, unit, detail, eta_seconds: None, result: None };
        inner.all.push(first);
        if inner.all.len() > REMEMBERED {
            inner.all.remove(0);
        }
        drop(inner);
        let (app, began) = (Arc::clone(self), Instant::now());
        let doing = Doing { app, id: id.clone(), began, told: Mutex::default(), stop };
        thread::spawn(move || doing.run(work));
        Ok(id)
    }
}

impl Doing {
    /// Whether somebody asked to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Tells how far the work is.
    pub fn at(&self, step: Step) {
        let mut told = lock(&self.told);
        if told.is_some_and(|last| last.elapsed() < PACE) {
            return;
        }
        *told = Some(Instant::now());
        drop(told);
        let took = self.began.elapsed().as_secs_f64();
        let left = (step.done > 0.0 && took > 2.0).then(|| took * (step.total - step.done).max(0.0) / step.done);
        self.change(|work| {
            (work.done, work.total, work.unit, work.eta_seconds) = (step.done, step.total, step.unit, left);
            work.detail = step.detail;
        });
    }

    /// What shares this server.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    fn change(&self, change: impl FnOnce(&mut Work)) {
        let mut inner = lock(&self.app.works.inner);
        let Some(work) = inner.all.iter_mut().find(|work| work.id == self.id) else { return };
        change(work);
        let now = work.clone();
        drop(inner);
        self.app.events.tell("work", &now);
    }

    fn run(self, work: impl FnOnce(&Self) -> Answer<Value>) {
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&self)));
        let stopped = self.stopped();
        self.change(|work| {
            work.eta_seconds = None;
            match ended {
                Ok(Ok(result)) => {
                    work.state = if stopped { Ended::Stopped } else { Ended::Done };
                    work.done = if stopped { work.done } else { work.total };
                    work.result = Some(result);
                }
                Ok(Err(problem)) => {
                    work.state = if stopped { Ended::Stopped } else { Ended::Failed };
                    work.detail = problem.words();
                }
                Err(_) => {
                    work.state = Ended::Failed;
                    work.detail = "a part of the program failed; what was kept is whole".into();
                }
            }
        });
        lock(&self.app.works.inner).running = None;
        self.app.works.rest.notify_all();
    }
}
