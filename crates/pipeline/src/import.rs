//! Taking a delivery in: every file is sealed and gets one verdict, every row of the table is kept.
//!
//! Files are taken in groups, in the order of their names. The bytes of a group are sealed first; then its recordings,
//! calls and verdicts are kept in one transaction with their ledger entries. A program that is killed in between leaves
//! sealed bytes that nothing speaks of, and the next import of the same delivery goes on there.

mod keep;
mod look;
mod pieces;
mod reading;
mod report;
mod table;
mod verdicts;

pub use report::{Added, Fault, FileError, FileReport, ImportReport, LongerOriginal, SampleRow, TableReport};
pub use verdicts::reason;

use earwitness_archive::{Archive, DeliveredFile, Error as ArchiveError, Recording, Terms};
use earwitness_intake::{
    Delivery, Mapping,
    delivery::{DeliveryError, Problem, ProblemKind},
    fields::UnknownTimeZone,
    mapping::MappingError,
    table::TableError,
};
use earwitness_model::{CallId, Digest, Verdict};
use look::{Content, Lookers, Looking};
use pieces::{Piece, Sealer, groups};
use reading::Reading;
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};
use verdicts::Known;

/// After so many files in a row that the disk had no room for, an import ends.
const FULL: usize = 3;

/// How to take a delivery in.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The table: the name of a delivered file, or a path; none: found by itself.
    pub table: Option<PathBuf>,
    /// What a person says of the columns; overrides the guess.
    pub map: Option<Mapping>,
    /// Where the delivery comes from, in plain words.
    pub source: String,
    /// IANA time zone of times in the table that name none.
    pub timezone: String,
    /// Write nothing.
    pub dry_run: bool,
    /// Threads that decode.
    pub workers: usize,
    /// What is kept as the place that it came from; none: the path.
    pub named: Option<String>,
}

/// Something to be shown while an import goes on.
#[derive(Debug)]
pub enum ImportEvent<'a> {
    /// The delivery is open.
    Opened {
        /// Files.
        files: usize,
        /// Bytes.
        bytes: u64,
    },
    /// The table is read; none where there is none.
    Table(Option<&'a TableReport>),
    /// A file was compared with what was taken in before.
    Compared {
        /// Its bytes.
        bytes: u64,
    },
    /// A file has its verdict.
    File {
        /// The file.
        file: &'a FileReport,
        /// Its bytes.
        bytes: u64,
    },
}

/// Why a delivery could not be taken in at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be opened.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// The archive lies in it.
    #[error("the archive {} lies inside the delivery {}; take the delivery in from a folder of its own",
        archive.display(), delivery.display())]
    ArchiveInside {
        /// The archive.
        archive: PathBuf,
        /// The delivery.
        delivery: PathBuf,
    },
    /// The table that was named cannot be opened.
    #[error("the table {} cannot be opened: {source}", path.display())]
    NamedTable {
        /// What was named.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A mapping was given, and there is nothing that it could be of.
    #[error("a mapping was given, but no table was found in the delivery; name it with --table")]
    MapWithoutTable,
    /// The mapping does not fit.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// No such time zone.
    #[error(transparent)]
    TimeZone(#[from] UnknownTimeZone),
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// Takes a delivery in. The same delivery again adds nothing; one that was cut off is completed; one that has grown
/// adds what is new. `cancel` is asked between files; `true` ends the import cleanly.
///
/// # Errors
/// [`ImportError`] where nothing can be taken in. Trouble with single files goes into the report, and so does the
/// reason why an import ended early ([`ImportReport::stopped`]).
pub fn import(
    archive: &Archive,
    path: &Path,
    options: &ImportOptions,
    events: &mut dyn FnMut(ImportEvent<'_>),
    cancel: &dyn Fn() -> bool,
) -> Result<ImportReport, ImportError> {
    outside(archive, path)?;
    let delivery = Delivery::open(path)?;
    let bytes = delivery.entries().iter().map(|e| e.size).sum();
    events(ImportEvent::Opened { files: delivery.entries().len(), bytes });
    let reading = reading::read(&delivery, options)?;
    events(ImportEvent::Table(reading.as_ref().map(|r| &r.report)));
    let mut importer = Importer::new(archive, path, options, reading)?;
    importer.problems(&delivery);
    let outside = importer.reading.as_ref().and_then(|r| Some((r.report.name.clone(), r.outside.clone()?)));
    let table = importer.reading.as_ref().map(|r| r.report.name.clone());
    let mut pieces: Vec<Piece<'_>> = delivery
        .entries()
        .iter()
        .map(|entry| Piece::delivered(&delivery, entry, outside.is_none() && table.as_ref() == Some(&entry.name)))
        .collect();
    pieces.extend(outside.as_ref().map(|(name, path)| Piece::table_outside(name, path)));
    // The table comes first, so that even a delivery that was cut off early keeps it.
    pieces.sort_by_key(|piece| !piece.is_table);
    importer.report.delivered += pieces.iter().filter(|piece| !piece.is_table).count();
    importer.recognise(&pieces, events, cancel)?;
    importer.take(&pieces, events, cancel)?;
    importer.finish()?;
    Ok(importer.report)
}

/// A delivery that holds the archive would be taken into itself.
fn outside(archive: &Archive, delivery: &Path) -> Result<(), ImportError> {
    let (Ok(root), Ok(given)) = (archive.root().canonicalize(), delivery.canonicalize()) else { return Ok(()) };
    if root.starts_with(&given) {
        return Err(ImportError::ArchiveInside { archive: root, delivery: given });
    }
    Ok(())
}

/// An import at work.
struct Importer<'a> {
    archive: &'a Archive,
    options: &'a ImportOptions,
    reading: Option<Reading>,
    terms: Terms,
    known: Known,
    /// What is known of the bytes that this import has met (without fingerprints).
    seen: HashMap<Digest, Recording>,
    /// The names under which recordings were first delivered.
    names: HashMap<Digest, String>,
    /// Files that this delivery brought before.
    before: HashMap<(String, Digest), DeliveredFile>,
    /// Digests of files that were read to recognise the delivery.
    digests: HashMap<String, Digest>,
    /// Bytes that were given to be looked into.
    asked: HashSet<Digest>,
    /// What is there but cannot be opened and may have been a recording.
    lost: Vec<Problem>,
    full: usize,
    report: ImportReport,
}

/// Files that are sealed and being looked into, but not yet kept.
struct Group<'a> {
    taken: Vec<Taken>,
    sealer: Sealer<'a>,
    looking: Looking,
}

/// A piece that was taken.
struct Taken {
    name: String,
    bytes: u64,
    is_table: bool,
    state: State,
}

enum State {
    Before(Box<DeliveredFile>),
    Unreadable(String),
    NotKept(String),
    Sealed { digest: Digest, size: u64, content: Option<Content> },
}

impl<'a> Importer<'a> {
    fn new(
        archive: &'a Archive,
        path: &Path,
        options: &'a ImportOptions,
        reading: Option<Reading>,
    ) -> Result<Self, ImportError> {
        let table = reading.as_ref().map(|r| &r.report);
        let given = || path.canonicalize().unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned();
        let given = options.named.clone().unwrap_or_else(given);
        let terms = Terms {
            path: given.clone(),
            source: options.source.clone(),
            timezone: options.timezone.clone(),
            table: table.map(|t| t.name.clone()),
            mapping: table.map_or(serde_json::Value::Null, |t| serde_json::json!(t.mapping)),
            options: serde_json::json!({
                "table_named": options.table,
                "mapping_given": options.map,
                "program": concat!("earwitness ", env!("CARGO_PKG_VERSION")),
            }),
        };
        let report = ImportReport {
            path: given,
            source: options.source.clone(),
            timezone: options.timezone.clone(),
            dry_run: options.dry_run,
            table: table.cloned(),
            ..ImportReport::default()
        };
        let known = Known::of(archive)?;
        Ok(Self {
            archive,
            options,
            reading,
            terms,
            known,
            seen: HashMap::new(),
            names: HashMap::new(),
            before: HashMap::new(),
            digests: HashMap::new(),
            asked: HashSet::new(),
            lost: Vec::new(),
            full: 0,
            report,
        })
    }

    /// What the delivery holds that cannot be opened: reported, and where it may have been a recording, kept as a file
    /// that could not be read. What lies in a folder that cannot be read is not known; the folder is no file.
    fn problems(&mut self, delivery: &Delivery) {
        self.report.problems = delivery.problems().to_vec();
        for problem in delivery.problems() {
            if problem.kind == ProblemKind::UnreadableFolder {
                let (name, error) = (problem.name.clone(), problem.reason.clone());
                self.report.errors.push(FileError { name, error });
            }
        }
        let lost = delivery.problems().iter().filter(|p| may_have_been_a_file(p.kind) && !p.name.is_empty());
        self.lost = lost.cloned().collect();
        self.report.delivered = self.lost.len();
    }

    /// Finds out whether this delivery, or a part of it, was taken in before. Files are read for it only when their
    /// names speak for it.
    fn recognise(
        &mut self,
        pieces: &[Piece<'_>],
        events: &mut dyn FnMut(ImportEvent<'_>),
        cancel: &dyn Fn() -> bool,
    ) -> Result<(), ImportError> {
        let names: HashSet<&str> = pieces.iter().map(|p| p.name.as_str()).collect();
        let mut met = false;
        for kept in self.archive.deliveries()? {
            met |= self.archive.delivered_files(&kept.id)?.iter().any(|f| names.contains(f.name.as_str()));
        }
        if !met {
            return Ok(());
        }
        for piece in pieces {
            if cancel() {
                break;
            }
            // A file that cannot be read is reported when its turn comes.
            if let Ok((digest, _)) = piece.open().and_then(Digest::of_reader) {
                self.digests.insert(piece.name.clone(), digest);
            }
            events(ImportEvent::Compared { bytes: piece.size });
        }
        let given: Vec<(String, Digest)> = self.digests.iter().map(|(name, d)| (name.clone(), *d)).collect();
        self.report.delivery = self.archive.delivery_like(&given)?;
        if let Some(id) = &self.report.delivery {
            let kept = self.archive.delivered_files(id)?;
            self.before = kept.into_iter().filter_map(|f| Some(((f.name.clone(), f.sha256?), f))).collect();
        }
        Ok(())
    }

    fn take(
        &mut self,
        pieces: &[Piece<'_>],
        events: &mut dyn FnMut(ImportEvent<'_>),
        cancel: &dyn Fn() -> bool,
    ) -> Result<(), ImportError> {
        let workers = self.options.workers;
        Lookers::with(workers, |lookers| {
            // While one group is looked into, the next is sealed.
            let mut ahead: Option<Group<'_>> = None;
            for group in groups(pieces) {
                let Some(next) = self.seal(group, lookers, cancel)? else {
                    self.report.stopped = Some("it was asked to stop".into());
                    return Ok(());
                };
                if let Some(group) = ahead.replace(next) {
                    self.settle(group, events)?;
                }
                if self.report.stopped.is_some() {
                    return Ok(());
                }
            }
            ahead.map_or(Ok(()), |group| self.settle(group, events))
        })
    }

    /// Waits for what was found in the files of a group, and for their bytes to be on the disk; then keeps the group.
    fn settle(&mut self, group: Group<'_>, events: &mut dyn FnMut(ImportEvent<'_>)) -> Result<(), ImportError> {
        let Group { mut taken, mut sealer, looking } = group;
        for (number, found) in looking.answers() {
            if let Some(State::Sealed { content, .. }) = taken.get_mut(number).map(|t| &mut t.state) {
                *content = Some(found);
            }
        }
        match sealer.settle().and_then(|()| self.keep(taken, events)) {
            Ok(()) => {}
            Err(error @ ArchiveError::DiskFull { .. }) => self.report.stopped = Some(error.to_string()),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Seals the files of a group and has those looked into that are new; none when asked to stop.
    fn seal(
        &mut self,
        group: &[Piece<'_>],
        lookers: &Lookers,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Option<Group<'a>>, ArchiveError> {
        let mut taken: Vec<Taken> = Vec::with_capacity(group.len());
        let (mut sealer, mut looking) = (Sealer::new(self.archive, self.options.dry_run)?, lookers.begin());
        for piece in group {
            if cancel() {
                return Ok(None);
            }
            let state = self.seal_one(piece, &mut sealer, |path| lookers.ask(&mut looking, taken.len(), path))?;
            taken.push(Taken { name: piece.name.clone(), bytes: piece.size, is_table: piece.is_table, state });
        }
        Ok(Some(Group { taken, sealer, looking }))
    }

    fn seal_one(
        &mut self,
        piece: &Piece<'_>,
        sealer: &mut Sealer<'_>,
        ask: impl FnOnce(PathBuf),
    ) -> Result<State, ArchiveError> {
        if let Some(digest) = self.digests.get(&piece.name)
            && let Some(before) = self.before.get(&(piece.name.clone(), *digest))
        {
            return Ok(State::Before(Box::new(before.clone())));
        }
        if self.full >= FULL {
            return Ok(State::NotKept("there was no room left on the disk".into()));
        }
        let (sealed, path) = match sealer.add(piece) {
            Ok(done) => done,
            Err(ArchiveError::Unreadable(error)) => return Ok(State::Unreadable(error.to_string())),
            Err(error @ ArchiveError::DiskFull { .. }) => {
                self.full += 1;
                return Ok(State::NotKept(error.to_string()));
            }
            Err(error @ ArchiveError::OriginalAltered { .. }) => return Ok(State::NotKept(error.to_string())),
            Err(error) => return Err(error),
        };
        self.full = 0;
        if !self.seen.contains_key(&sealed.digest) {
            match self.archive.recording(&sealed.digest)? {
                Some(recording) => drop(self.seen.insert(sealed.digest, Recording { fingerprint: None, ..recording })),
                None if piece.is_table => {}
                None if self.asked.insert(sealed.digest) => ask(path),
                // The same bytes as a file just before, which is being looked into.
                None => {}
            }
        }
        Ok(State::Sealed { digest: sealed.digest, size: sealed.size, content: None })
    }

    /// A name under which a recording was delivered.
    fn name_of(&self, digest: &Digest) -> String {
        if let Some(name) = self.names.get(digest) {
            return name.clone();
        }
        let first = self.archive.deliveries_of(digest).ok().and_then(|files| files.into_iter().next());
        first.map_or_else(|| format!("recording {}", digest.short()), |file| file.name)
    }

    /// The call that a file became or holds.
    fn call_of(&self, file: &DeliveredFile) -> Option<CallId> {
        match &file.verdict {
            verdict if verdict.becomes_call() => file.recording.map(|digest| CallId::of_recording(&digest)),
            Verdict::ExactDuplicate { of } | Verdict::ReEncoding { of, .. } => {
                self.archive.call_of_recording(of).ok().flatten()
            }
            _ => None,
        }
    }
}

/// Whether a thing in a delivery that was not taken may have been a recording.
fn may_have_been_a_file(kind: ProblemKind) -> bool {
    use ProblemKind as P;
    matches!(kind, P::Unreadable | P::Encrypted | P::Bomb | P::Unsupported | P::UnsafeName | P::DuplicateName)
}
