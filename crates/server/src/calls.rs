//! The list of calls, in memory: what every row shows and every filter asks, brought up to date from the ledger.
//!
//! Texts are not held. What must be counted in transcripts (turns, doubts, languages) is read once in the background and
//! kept in `derived/`, so that the next start has it at once.

mod chosen;
mod entry;
mod kept;

pub use chosen::{Ask, Count, Facets, State};
pub use entry::{Entry, Known, Read};

use crate::{app::App, error::Answer};
use chosen::Chosen;
use earwitness_archive::{Archive, JobState};
use earwitness_desk::{codebook::Codebook, fidelity::Review, kept::Kept, people::People};
use earwitness_model::{CallId, RevisionId};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
};

/// Calls that are read before the list is given free again.
const BATCH: usize = 200;
/// Orders of calls that are remembered.
const REMEMBERED: usize = 16;

/// The list.
pub struct Table {
    inner: RwLock<Inner>,
    /// The newest orders: who scrolls asks for the same one again and again.
    orders: Mutex<Vec<(String, u64, Arc<Chosen>)>>,
}

/// The list at one moment.
pub struct Inner {
    /// The ledger entry at which it is true.
    seq: u64,
    /// Counts up with every change.
    version: u64,
    /// In no order; places never change.
    pub entries: Vec<Entry>,
    by_id: HashMap<CallId, usize>,
    /// Calls of which nothing but the table is known yet.
    unread: usize,
    reviews: HashMap<RevisionId, BTreeSet<String>>,
    failed: HashSet<CallId>,
    /// Who is who.
    pub people: Arc<People>,
    /// Themes, and what they lie on.
    pub codebook: Arc<Codebook>,
    themes: BTreeMap<CallId, BTreeSet<String>>,
}

impl Table {
    /// Reads the calls; of those that were outlined before, all of it.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn load(archive: &Archive) -> Answer<Self> {
        let seq = archive.ledger_head()?.seq;
        let mut outlined = kept::load(archive)?;
        let entry = |call: earwitness_model::Call| match outlined.remove(&call.id) {
            Some(read) => Entry::of(call).with(read),
            None => Entry::of(call),
        };
        let entries: Vec<Entry> = archive.calls()?.into_iter().map(entry).collect();
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.meta.call.clone(), at)).collect();
        let unread = entries.iter().filter(|entry| entry.known.is_none()).count();
        let mut inner = Inner {
            seq,
            version: 0,
            entries,
            by_id,
            unread,
            reviews: HashMap::new(),
            failed: HashSet::new(),
            people: Arc::default(),
            codebook: Arc::default(),
            themes: BTreeMap::new(),
        };
        inner.decided(archive)?;
        Ok(Self { inner: RwLock::new(inner), orders: Mutex::default() })
    }

    /// The list as the archive stands now.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn now(&self, archive: &Archive) -> Answer<RwLockReadGuard<'_, Inner>> {
        let head = archive.ledger_head()?.seq;
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        if inner.seq == head {
            return Ok(inner);
        }
        drop(inner);
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if inner.seq != head {
            inner.catch_up(archive)?;
        }
        drop(inner);
        Ok(self.inner.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads what was not read before, and keeps it for the next start. `stop` is asked between calls.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn fill(&self, archive: &Archive, stop: &dyn Fn() -> bool) -> Answer<()> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let open = inner.entries.iter().filter(|entry| entry.known.is_none());
        let open: Vec<CallId> = open.map(|entry| entry.meta.call.clone()).collect();
        drop(inner);
        for some in open.chunks(BATCH) {
            if stop() {
                return Ok(());
            }
            let read: Result<Vec<Read>, _> = some.iter().map(|id| Ok(Known::of(&archive.outline(id)?))).collect();
            let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
            for (id, read) in some.iter().zip(read.map_err(|e: earwitness_archive::Error| e)?) {
                inner.learn(id, read);
            }
            inner.version += 1;
        }
        self.keep(archive)
    }

    /// Keeps what was read for the next start.
    ///
    /// # Errors
    /// Where `derived/` cannot be written.
    pub fn keep(&self, archive: &Archive) -> Answer<()> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        if inner.unread == 0 { kept::save(archive, inner.seq, &inner.entries) } else { Ok(()) }
    }

    /// The calls that somebody asked for, in the order that they asked for.
    ///
    /// # Errors
    /// A question that cannot be read; what the archive gives.
    pub fn chosen(&self, inner: &Inner, archive: &Archive, ask: &Ask) -> Answer<Arc<Chosen>> {
        let key = ask.key();
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, known)) = orders.iter().find(|(text, version, _)| *text == key && *version == inner.version)
        {
            return Ok(Arc::clone(known));
        }
        drop(orders);
        let found = Arc::new(chosen::choose(inner, archive, ask)?);
        orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.retain(|(text, version, _)| *text != key && *version == inner.version);
        orders.truncate(REMEMBERED);
        orders.insert(0, (key, inner.version, Arc::clone(&found)));
        Ok(found)
    }
}

impl Inner {
    /// How much of the list has been read, 0 to 1.
    pub fn prepared(&self) -> f64 {
        let all = self.entries.len().max(1) as f64;
        1.0 - self.unread as f64 / all
    }

    /// The row of a call.
    pub fn entry(&self, id: &CallId) -> Option<&Entry> {
        self.entries.get(*self.by_id.get(id)?)
    }

    /// The themes that lie on something in a call, by their record names.
    pub fn themes(&self, id: &CallId) -> Option<&BTreeSet<String>> {
        self.themes.get(id)
    }

    /// Where a call stands.
    pub fn state(&self, entry: &Entry) -> State {
        let Some(known) = &entry.known else { return State::Waiting };
        let Some((revision, author)) = &known.transcript else {
            return if self.failed.contains(&entry.meta.call) { State::Failed } else { State::Waiting };
        };
        let readers = self.reviews.get(revision);
        let behind: BTreeSet<&str> = readers.into_iter().flatten().chain(author).map(String::as_str).collect();
        match behind.len() {
            0 => State::Machine,
            1 => State::Corrected,
            _ => State::Reviewed,
        }
    }

    fn learn(&mut self, id: &CallId, (known, turns): Read) {
        let Some(entry) = self.by_id.get(id).and_then(|at| self.entries.get_mut(*at)) else { return };
        // What was read meanwhile because somebody changed it is newer.
        if entry.known.is_none() {
            entry.known = Some(known);
            entry.meta.turns = turns;
            self.unread = self.unread.saturating_sub(1);
        }
    }

    fn catch_up(&mut self, archive: &Archive) -> Answer<()> {
        let head = archive.ledger_head()?.seq;
        // An archive that was brought back from a copy has a shorter ledger: everything is looked at again.
        let since = if head < self.seq { 0 } else { self.seq };
        for id in archive.calls_touched_since(since)? {
            let entry = Entry::of(archive.call(&id)?).with(Known::of(&archive.outline(&id)?));
            match self.by_id.get(&id).and_then(|at| self.entries.get_mut(*at)) {
                Some(old) => {
                    self.unread -= usize::from(old.known.is_none());
                    *old = entry;
                }
                None => {
                    self.by_id.insert(id, self.entries.len());
                    self.entries.push(entry);
                }
            }
        }
        self.decided(archive)?;
        self.seq = head;
        self.version += 1;
        Ok(())
    }

    /// What people decided, and which calls failed: little, and read as a whole.
    fn decided(&mut self, archive: &Archive) -> Answer<()> {
        self.reviews.clear();
        for review in Kept::<Review>::all(archive)? {
            self.reviews.entry(review.is.revision).or_default().insert(review.is.by);
        }
        self.failed = archive.jobs(Some(JobState::Failed))?.into_iter().map(|job| job.subject).collect();
        self.people = Arc::new(People::load(archive)?);
        self.codebook = Arc::new(Codebook::load(archive)?);
        self.themes = self.codebook.by_call();
        Ok(())
    }
}

impl App {
    /// Reads the rest of the list of calls, in the background.
    pub fn fill(&self, stop: &dyn Fn() -> bool) {
        if let Err(problem) = self.read_now(|archive| self.calls.fill(archive, stop)) {
            tracing::warn!(why = problem.words(), "the list of calls could not be prepared");
        }
    }

    /// Keeps the list for the next start.
    pub fn keep_list(&self) {
        if self.options.read_only {
            return;
        }
        if let Err(problem) = self.read_now(|archive| self.calls.keep(archive)) {
            tracing::debug!(why = problem.words(), "the list of calls was not kept");
        }
    }
}
