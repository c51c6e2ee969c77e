//! The archive folder: made, opened, read, and written in transactions that carry their ledger entries.

use crate::{
    ActorName, Error, Result, Settings, database, files,
    ledger::{Head, HeadFile},
    sessions::{self, Session},
};
use earwitness_model::Digest;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::Serialize;
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::BTreeSet,
    fs,
    ops::Deref,
    path::{Path, PathBuf},
};

/// Folders of an archive.
const FOLDERS: [&str; 5] = ["originals", "derived", "index", "stories", "cuts"];
const CATALOG: &str = "catalog.sqlite";

/// An open archive, for one thread. Reading methods work inside a write as well, and see what it has written.
pub struct Archive {
    root: PathBuf,
    actor: ActorName,
    settings: Settings,
    connection: Connection,
    head_file: HeadFile,
    session: OnceCell<Session>,
    writable: bool,
}

/// A write in progress: everything that changes the archive is a method of this.
pub struct Tx<'a> {
    archive: &'a Archive,
    now: Timestamp,
    pub(crate) head: Cell<Option<Head>>,
    /// Tables from which something was removed for good.
    traces: RefCell<BTreeSet<&'static str>>,
}

/// What an archive holds, counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overview {
    /// Deliveries.
    pub deliveries: u64,
    /// Delivered files, whatever their verdict.
    pub delivered_files: u64,
    /// Sealed recordings.
    pub recordings: u64,
    /// Bytes of sealed recordings.
    pub bytes: u64,
    /// Calls.
    pub calls: u64,
    /// Seconds of sound in all calls.
    pub seconds: f64,
    /// Calls with at least one transcript.
    pub transcribed: u64,
    /// Revisions of all kinds.
    pub revisions: u64,
    /// Ledger entries.
    pub ledger: u64,
}

impl Archive {
    /// Makes an archive in a new or empty folder and opens it.
    ///
    /// # Errors
    /// [`Error::NotEmpty`], [`Error::NotWritable`], [`Error::DiskFull`], [`Error::Io`].
    pub fn init(root: &Path, actor: &ActorName) -> Result<Self> {
        match fs::read_dir(root) {
            Ok(entries) => {
                if entries.count() > 0 {
                    return Err(Error::NotEmpty { path: root.into() });
                }
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                fs::create_dir_all(root).map_err(Error::io("make the folder", root))?;
            }
            Err(e) => return Err(Error::io("read the folder", root)(e)),
        }
        files::set_mode(root, files::FOLDER)?;
        for folder in FOLDERS {
            files::make_folder(&root.join(folder))?;
        }
        let now = now();
        let settings = Settings::new(random_name()?, now);
        let head_file = HeadFile::open(root, true)?;
        let connection = database::open(&root.join(CATALOG), true)?;
        let archive = Self::assemble(root, actor, settings, connection, head_file, true);
        archive.write(|tx| {
            let sql = "INSERT INTO archive (id, made_at) VALUES (?1, ?2)";
            database::run(&tx.connection, sql, (&archive.settings.archive, now.to_string()))?;
            tx.record("archive.made", &archive.settings.archive, &archive.settings)?;
            Ok(())
        })?;
        // The settings come last: a folder without them is not an archive, so a killed `init` leaves none.
        archive.settings.write(root)?;
        Ok(archive)
    }

    /// Opens an archive to read and write, and clears away what killed programs left half-written.
    ///
    /// # Errors
    /// [`Error::NotAnArchive`], [`Error::NewerVersion`], [`Error::NotWritable`], [`Error::Busy`], [`Error::Damaged`].
    pub fn open(root: &Path, actor: &ActorName) -> Result<Self> {
        let settings = Self::look(root)?;
        let probe = root.join("originals");
        tempfile::tempfile_in(&probe).map_err(Error::io("write in", &probe))?;
        let connection = database::open(&root.join(CATALOG), false)?;
        let archive = Self::assemble(root, actor, settings, connection, HeadFile::open(root, true)?, true);
        archive.check_name()?;
        sessions::tidy(&archive.sessions());
        Ok(archive)
    }

    /// Opens an archive only to read, also from a medium that cannot be written.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn open_to_read(root: &Path) -> Result<Self> {
        let settings = Self::look(root)?;
        let connection = database::open_to_read(&root.join(CATALOG))?;
        let nobody = ActorName::new("nobody")?;
        let archive = Self::assemble(root, &nobody, settings, connection, HeadFile::open(root, false)?, false);
        archive.check_name()?;
        Ok(archive)
    }

    /// Opens the same archive again, with the same actor, for another thread.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn again(&self) -> Result<Self> {
        if self.writable { Self::open(&self.root, &self.actor) } else { Self::open_to_read(&self.root) }
    }

    fn look(root: &Path) -> Result<Settings> {
        let settings = Settings::read(root)?;
        for name in [CATALOG, "originals"] {
            if !root.join(name).exists() {
                return Err(Error::NotAnArchive { path: root.into(), why: format!("it has no {name}") });
            }
        }
        Ok(settings)
    }

    fn assemble(
        root: &Path,
        actor: &ActorName,
        settings: Settings,
        connection: Connection,
        head_file: HeadFile,
        writable: bool,
    ) -> Self {
        let (root, actor, session) = (root.to_path_buf(), actor.clone(), OnceCell::new());
        Self { root, actor, settings, connection, head_file, session, writable }
    }

    fn check_name(&self) -> Result<()> {
        let sql = "SELECT id FROM archive";
        let found: Option<String> = database::first(&self.connection, sql, [], |row| Ok(row.get(0)?))?;
        if found.as_deref() == Some(&self.settings.archive) {
            return Ok(());
        }
        let why = "earwitness.toml and catalog.sqlite come from different archives".into();
        Err(Error::NotAnArchive { path: self.root.clone(), why })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Who acts.
    pub fn actor(&self) -> &ActorName {
        &self.actor
    }

    /// The settings, as they were when the archive was opened.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Replaces the settings file; takes effect here at once. The archive's name and format stay.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::DiskFull`], [`Error::Io`].
    pub fn set_settings(&mut self, settings: Settings) -> Result<()> {
        self.may_write()?;
        let kept = Settings { format: self.settings.format, archive: self.settings.archive.clone(), ..settings };
        kept.write(&self.root)?;
        self.settings = kept;
        Ok(())
    }

    /// Playable copies, peaks, clips: can be deleted and rebuilt.
    pub fn derived(&self) -> PathBuf {
        self.root.join("derived")
    }

    /// The full-text index: can be deleted and rebuilt.
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Writes: `change` sees and changes the archive, and all of it is kept, with its ledger entries, or none. Where
    /// something was removed for good, its table is written anew in the same transaction and the write-ahead log is
    /// emptied after it; a program that reads at that moment delays the emptying until the last program has closed
    /// the archive, which is said as a warning.
    ///
    /// # Errors
    /// What `change` gives; [`Error::Busy`] when another program writes for too long (see [`Archive::set_patience`]);
    /// [`Error::ReadOnly`]; [`Error::Nested`] inside another write.
    pub fn write<T>(&self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.try_write(change)
    }

    /// As [`Archive::write`], for a change that may fail with another error.
    ///
    /// # Errors
    /// As [`Archive::write`].
    pub fn try_write<T, E: From<Error>>(&self, change: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.may_write()?;
        if !self.connection.is_autocommit() {
            return Err(Error::Nested.into());
        }
        let begun = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let transaction = begun.map_err(Error::from)?;
        let tx = Tx { archive: self, now: now(), head: Cell::new(None), traces: RefCell::default() };
        let value = change(&tx)?;
        let traces = tx.traces.take();
        for table in &traces {
            database::write_anew(&transaction, table)?;
        }
        transaction.commit().map_err(Error::from)?;
        if !traces.is_empty() && !database::empty_log(&self.connection).unwrap_or(false) {
            tracing::warn!("another program is reading; what was removed leaves catalog.sqlite-wal when it has ended");
        }
        if let Some(head) = tx.head.get() {
            // The write is kept; a head file that lags behind is no fault, and the next write catches up.
            if let Err(error) = self.head_file.advance(head) {
                tracing::warn!(%error, "ledger.head could not be brought up to date");
            }
        }
        Ok(value)
    }

    /// How long a write waits for another program before it gives [`Error::Busy`]; ten seconds unless set.
    ///
    /// # Errors
    /// What the database gives.
    pub fn set_patience(&self, patience: std::time::Duration) -> Result<()> {
        Ok(self.connection.busy_timeout(patience)?)
    }

    /// Reads several things as they stood at one moment, whatever others write meanwhile.
    ///
    /// # Errors
    /// What `look` gives; [`Error::Nested`] inside a write.
    pub fn at_one_moment<T>(&self, look: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        if !self.connection.is_autocommit() {
            return Err(Error::Nested);
        }
        let _transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred)?;
        look(self)
    }

    /// What the archive holds, counted.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn overview(&self) -> Result<Overview> {
        let sql = "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM delivered_file),
                (SELECT count(*) FROM recording), (SELECT coalesce(sum(size), 0) FROM recording),
                (SELECT count(*) FROM call), (SELECT coalesce(sum(duration), 0.0) FROM call),
                (SELECT count(DISTINCT call) FROM revision WHERE kind = 'transcript'),
                (SELECT count(*) FROM revision), (SELECT coalesce(max(seq), 0) FROM ledger)";
        let found = database::first(&self.connection, sql, [], |row| {
            Ok(Overview {
                deliveries: row.get(0)?,
                delivered_files: row.get(1)?,
                recordings: row.get(2)?,
                bytes: row.get(3)?,
                calls: row.get(4)?,
                seconds: row.get(5)?,
                transcribed: row.get(6)?,
                revisions: row.get(7)?,
                ledger: row.get(8)?,
            })
        })?;
        found.ok_or_else(|| Error::Damaged("the counts are not there".into()))
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn head_file(&self) -> &HeadFile {
        &self.head_file
    }

    pub(crate) fn sessions(&self) -> PathBuf {
        self.root.join("originals").join(".sessions")
    }

    /// This writer's session, begun when first needed.
    pub(crate) fn session(&self) -> Result<&Session> {
        self.may_write()?;
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        let started = Session::start(&self.sessions())?;
        Ok(self.session.get_or_init(|| started))
    }

    fn may_write(&self) -> Result<()> {
        if self.writable { Ok(()) } else { Err(Error::ReadOnly) }
    }
}

impl Deref for Tx<'_> {
    type Target = Archive;

    fn deref(&self) -> &Archive {
        self.archive
    }
}

impl Tx<'_> {
    /// The moment of this write, to the millisecond.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Sees to it that what was deleted from a table is nowhere in the catalog's files after this write.
    pub(crate) fn leave_no_trace(&self, table: &'static str) {
        self.traces.borrow_mut().insert(table);
    }
}

/// The present, to the millisecond.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// A digest that nobody can guess.
pub(crate) fn random() -> Result<Digest> {
    let mut bytes = [0; 32];
    let source = Path::new("/dev/urandom");
    let read = fs::File::open(source).and_then(|mut f| std::io::Read::read_exact(&mut f, &mut bytes));
    read.map_err(Error::io("read", source))?;
    Ok(Digest::of(&bytes))
}

/// Sixteen hexadecimal digits that no other archive has.
fn random_name() -> Result<String> {
    let mut name = random()?.hex();
    name.truncate(16);
    Ok(name)
}
