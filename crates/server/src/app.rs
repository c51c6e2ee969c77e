//! What all requests share: archives opened to read, the one that writes, the index, and everything in memory.

use crate::{
    calls::Table,
    code::Code,
    door::Door,
    error::{Answer, Problem},
    events::Events,
    guard::Names,
    serve::Options,
    session::Sessions,
    sound::Sounds,
    upload::Uploads,
    work::Works,
};
use axum::http::StatusCode;
use earwitness_archive::{ActorName, Archive};
use earwitness_find::Index;
use std::{
    any::Any,
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Archives that stay open for the next reader.
const KEPT: usize = 8;
/// Requests that read at once; others wait.
const AT_ONCE: usize = 16;
/// Changed calls that are told one by one.
const FEW: usize = 50;

type Slot = Arc<Mutex<Option<(u64, Arc<dyn Any + Send + Sync>)>>>;

/// The server's state.
pub struct App {
    /// How it was started.
    pub options: Options,
    /// Under which names it answers.
    pub names: Names,
    /// How people come in.
    pub door: Door,
    /// Who sits at its pages.
    pub sessions: Sessions,
    /// When somebody last used it.
    used: Mutex<Instant>,
    /// What they are told.
    pub events: Events,
    /// The list of calls.
    pub calls: Table,
    /// Long work.
    pub works: Works,
    /// Sound that browsers can play.
    pub sounds: Sounds,
    /// Deliveries that are being sent.
    pub uploads: Uploads,
    /// Texts of stories are written one after the other.
    pub texts: Mutex<()>,
    /// The ledger entry up to which pages were told of changes.
    told: AtomicU64,
    readers: Mutex<Vec<Archive>>,
    reading: Semaphore,
    writer: Mutex<Option<Archive>>,
    index: Mutex<Option<(u64, Arc<Index>)>>,
    /// What costs much, with the ledger entry at which it was true.
    answers: Mutex<HashMap<&'static str, Slot>>,
}

/// Waits for nobody who panicked.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// For a server that listens at `address`, with this door.
    ///
    /// # Errors
    /// What the archive gives; where the list of calls cannot be read.
    pub fn new(options: Options, address: SocketAddr, door: Door) -> Answer<Self> {
        let archive = open(&options)?;
        let (names, abroad) = (options.abroad.as_ref().map(|abroad| abroad.names.as_slice()), door.by_password());
        let app = Self {
            names: Names::new(address, names.unwrap_or_default(), abroad),
            sessions: Sessions::new(address.port(), abroad),
            door,
            used: Mutex::new(Instant::now()),
            events: Events::default(),
            calls: Table::load(&archive)?,
            works: Works::default(),
            sounds: Sounds::new(&archive),
            uploads: Uploads::new(&archive),
            texts: Mutex::default(),
            told: AtomicU64::new(archive.ledger_head()?.seq),
            readers: Mutex::new(vec![archive]),
            reading: Semaphore::new(AT_ONCE),
            writer: Mutex::default(),
            index: Mutex::default(),
            answers: Mutex::default(),
            options,
        };
        Ok(app)
    }

    /// Somebody uses it.
    pub fn used(&self) {
        *lock(&self.used) = Instant::now();
    }

    /// For how long nobody has; an open page and long work are use, too.
    pub fn unused(&self) -> Duration {
        if self.events.heard() || self.works.busy() {
            self.used();
        }
        lock(&self.used).elapsed()
    }

    /// Reads from the archive, on a thread that may wait.
    ///
    /// # Errors
    /// What `look` gives; what opening the archive gives.
    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&Archive) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let _permit = self.reading.acquire().await.map_err(|_| ended())?;
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || app.read_now(look)).await.map_err(|_| broken())?
    }

    /// As [`App::read`], on a thread of one's own.
    ///
    /// # Errors
    /// As [`App::read`].
    pub fn read_now<T>(&self, look: impl FnOnce(&Archive) -> Answer<T>) -> Answer<T> {
        let pooled = lock(&self.readers).pop();
        let archive = pooled.map_or_else(|| open(&self.options), Ok)?;
        let answer = look(&archive);
        let mut readers = lock(&self.readers);
        if readers.len() < KEPT {
            readers.push(archive);
        }
        answer
    }

    /// Changes the archive in a person's name, one change after the other, and lets lists and index follow.
    ///
    /// # Errors
    /// What `change` gives; what opening the archive gives.
    pub async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        actor: ActorName,
        change: impl FnOnce(&Archive) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let app = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let mut writer = lock(&app.writer);
            let kept = writer.take().filter(|archive| *archive.actor() == actor);
            let archive = kept.map_or_else(|| Archive::open(&app.options.root, &actor), Ok)?;
            let answer = change(&archive);
            // Whoever changed something tells of it: it needs not be found out.
            if let Ok(head) = archive.ledger_head() {
                app.told.store(head.seq, Ordering::Relaxed);
            }
            *writer = Some(archive);
            answer
        });
        let answer = done.await.map_err(|_| broken())?;
        if answer.is_ok() {
            let app = Arc::clone(self);
            drop(tokio::task::spawn_blocking(move || app.follow()));
        }
        answer
    }

    /// Tells pages what other programs changed since they were last told.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn look_around(&self, archive: &Archive) -> Answer<()> {
        let head = archive.ledger_head()?.seq;
        let since = self.told.swap(head, Ordering::Relaxed);
        if head <= since {
            return Ok(());
        }
        let touched = archive.calls_touched_since(since)?;
        if touched.is_empty() || touched.len() > FEW {
            self.events.archive("all");
        } else {
            touched.iter().for_each(|call| self.events.call(call.as_str(), None, "", None));
        }
        Ok(())
    }

    /// Brings the search index up to date after a change. What is kept is kept: an index that lags behind catches up.
    pub fn follow(&self) {
        if let Err(problem) = self.read_now(|archive| self.index(archive)) {
            tracing::warn!(why = problem.words(), "the search index lags behind; the next search brings it up to date");
        }
    }

    /// The search index as the archive stands now.
    ///
    /// # Errors
    /// What the index gives.
    pub fn index(&self, archive: &Archive) -> Answer<Arc<Index>> {
        // Held while the index is brought up to date: two writers would refuse each other.
        let mut kept = lock(&self.index);
        let now = archive.ledger_head()?.seq;
        if let Some((seq, index)) = kept.as_ref()
            && *seq == now
        {
            return Ok(Arc::clone(index));
        }
        let opened = earwitness_pipeline::index::open(archive)?;
        let index = Arc::new(opened.index);
        // One that another program is writing to is looked at again the next time.
        *kept = (opened.behind == 0).then(|| (now, Arc::clone(&index)));
        Ok(index)
    }

    /// Something that costs much, made again only when the archive has changed; whoever asks meanwhile waits for it.
    ///
    /// # Errors
    /// What `make` gives.
    pub fn remembered<T: Send + Sync + 'static>(
        &self,
        name: &'static str,
        archive: &Archive,
        make: impl FnOnce() -> Answer<T>,
    ) -> Answer<Arc<T>> {
        let slot = Arc::clone(lock(&self.answers).entry(name).or_default());
        let mut slot = lock(&slot);
        let now = archive.ledger_head()?.seq;
        if let Some((seq, value)) = slot.as_ref()
            && *seq == now
            && let Ok(value) = Arc::clone(value).downcast::<T>()
        {
            return Ok(value);
        }
        // What was true before goes first: both at once would take twice the memory.
        *slot = None;
        let value = Arc::new(make()?);
        *slot = Some((now, Arc::clone(&value) as Arc<dyn Any + Send + Sync>));
        Ok(value)
    }
}

/// Opens the archive for reading. A medium that can be written is opened so, that what others write meanwhile is seen.
fn open(options: &Options) -> Answer<Archive> {
    let reader = ActorName::new("workbench")?;
    match Archive::open(&options.root, &reader) {
        Ok(archive) => Ok(archive),
        Err(_) => Ok(Archive::open_to_read(&options.root)?),
    }
}

fn ended() -> Problem {
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is ending").next("start it again");
    problem.code(Code::ServerEnding)
}

fn broken() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the request could not be finished")
        .why("a part of the program failed; what was kept is whole")
        .next("try again; the terminal says more")
}
