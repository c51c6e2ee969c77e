//! The index on disk: a folder that can be deleted and built again at any time.

mod collect;
mod compile;
mod directory;
mod excluded;
#[cfg(test)]
mod oracle;
mod schema;
mod writer;

pub use schema::call_key;
pub use writer::IndexWriter;

use crate::{
    error::FindError,
    filters::Facet,
    query::{
        Query,
        plan::{Plan, read},
    },
    text::{Analyzer, forms::Side},
};
use collect::{Alive, Found, Ranked, Ranking};
use directory::PrivateDirectory;
use earwitness_model::CallId;
use schema::Fields;
use std::{
    collections::{BTreeSet, HashSet},
    fs,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tantivy::{IndexReader, ReloadPolicy, Searcher, TantivyDocument};

/// Goes up whenever fields, words or keys change: an index of another version would find other things.
const VERSION: u32 = 1;
/// Holds the version.
const STAMP: &str = "earwitness-index.json";
/// Written by tantivy at every commit.
const META: &str = "meta.json";

/// The order of what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The best first; ties by date, the oldest first.
    #[default]
    Score,
    /// The oldest first; calls without a time last.
    Date,
}

/// Which part of what is found is wanted, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchOptions {
    /// Most hits to return.
    pub limit: usize,
    /// Hits to leave out before.
    pub offset: usize,
    /// The order.
    pub order: Order,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self { limit: 20, offset: 0, order: Order::default() }
    }
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SearchResult {
    /// Turns that answer, in all.
    pub turns: u64,
    /// Calls that these turns are of.
    pub calls: u64,
    /// The turns asked for. A query of filters alone gives one turn of each call, the first that matches.
    pub hits: Vec<Hit>,
}

/// A turn that was found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Hit {
    /// The call.
    pub call: CallId,
    /// The number of the turn in the call, from 0.
    pub turn: u32,
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// BM25 (Robertson and Zaragoza 2009; k1 1.2, b 0.75); 0 for filters alone.
    pub score: f32,
    /// The words of the turn.
    pub text: String,
    /// Bytes of `text` that answer the query, on character boundaries, ordered.
    pub highlights: Vec<Range<usize>>,
    /// The translation, where there is one.
    pub translation: Option<String>,
    /// Bytes of `translation` that answer the query.
    pub translation_highlights: Vec<Range<usize>>,
}

/// An index that is open. Searching and writing may go on at once, from several threads and programs (with one
/// writer at a time).
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    analyzer: Arc<Analyzer>,
    dir: PathBuf,
    /// What [`META`] held when the reader last looked.
    seen: Mutex<Vec<u8>>,
}

impl Index {
    /// Opens the index in a folder, or makes an empty one where the folder is empty or missing.
    ///
    /// # Errors
    /// [`FindError::NeedsRebuild`] for an index of another version or a damaged one; [`FindError::NotAnIndex`] for a
    /// folder that holds something else; [`FindError::Io`].
    pub fn open_or_create(dir: &Path) -> Result<Self, FindError> {
        if is_empty(dir)? {
            return Self::create(dir);
        }
        check_stamp(dir)?;
        let inner = guarded(dir, || tantivy::Index::open(open_directory(dir)?))?;
        Self::with(inner, dir)
    }

    /// Deletes the index in a folder and makes an empty one.
    ///
    /// # Errors
    /// [`FindError::Busy`] while somebody writes to it; [`FindError::NotAnIndex`] for a folder that holds something
    /// else, which is left alone; [`FindError::Io`].
    pub fn recreate(dir: &Path) -> Result<Self, FindError> {
        if is_empty(dir)? {
            return Self::create(dir);
        }
        if !dir.join(STAMP).exists() && !dir.join(META).exists() {
            return Err(FindError::NotAnIndex { dir: dir.to_owned() });
        }
        // The lock of the old index is held while its files go, so that no writer is left with half of them.
        let lock = guarded(dir, || {
            let lock = &tantivy::directory::INDEX_WRITER_LOCK;
            let held = tantivy::directory::Directory::acquire_lock(&open_directory(dir)?, lock);
            held.map_err(|e| tantivy::TantivyError::LockFailure(e, None))
        })?;
        for entry in fs::read_dir(dir).map_err(|e| FindError::io(dir, e))? {
            let path = entry.map_err(|e| FindError::io(dir, e))?.path();
            if path.is_file() {
                fs::remove_file(&path).map_err(|e| FindError::io(&path, e))?;
            }
        }
        drop(lock);
        Self::create(dir)
    }

    fn create(dir: &Path) -> Result<Self, FindError> {
        directory::create_private(dir).map_err(|e| FindError::io(dir, e))?;
        let (schema, _) = schema::schema();
        let inner =
            guarded(dir, || tantivy::Index::create(open_directory(dir)?, schema, tantivy::IndexSettings::default()))?;
        // The stamp comes last: an index whose making was cut short has none, and is made again.
        let stamp = dir.join(STAMP);
        let text = serde_json::json!({ "version": VERSION }).to_string();
        fs::write(&stamp, text)
            .and_then(|()| directory::own_alone(&stamp, 0o600))
            .map_err(|e| FindError::io(&stamp, e))?;
        Self::with(inner, dir)
    }

    fn with(inner: tantivy::Index, dir: &Path) -> Result<Self, FindError> {
        let (schema, fields) = schema::schema();
        if inner.schema() != schema {
            return Err(FindError::rebuild(dir, "its fields are not the expected ones"));
        }
        let seen = read_meta(dir)?;
        let reader = guarded(dir, || inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into())?;
        let analyzer = Arc::new(Analyzer::default());
        Ok(Self { inner, reader, fields, analyzer, dir: dir.to_owned(), seen: Mutex::new(seen) })
    }

    /// What gives words their forms; for highlighting elsewhere (see [`crate::highlight`]).
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// Opens the index for writing.
    ///
    /// # Errors
    /// [`FindError::Busy`] while there is another writer, here or in another program.
    pub fn writer(&self) -> Result<IndexWriter, FindError> {
        IndexWriter::new(&self.inner, &self.fields, &self.analyzer, &self.dir, writer::FOR_FEW)
    }

    /// Opens the index for putting in a whole archive: as [`Index::writer`], with more memory.
    ///
    /// # Errors
    /// [`FindError::Busy`] while there is another writer, here or in another program.
    pub fn writer_for_all(&self) -> Result<IndexWriter, FindError> {
        IndexWriter::new(&self.inner, &self.fields, &self.analyzer, &self.dir, writer::FOR_ALL)
    }

    /// The calls that answer a query, by their [`call_key`]: for what they have in common, of which there may be much.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn calls(&self, query: &Query) -> Result<HashSet<u64>, FindError> {
        let options = SearchOptions { limit: 0, offset: 0, order: Order::Date };
        Ok(self.found(query, options)?.0.into_calls())
    }

    /// Finds turns. Sees everything that was committed before, by whichever program.
    ///
    /// # Errors
    /// [`FindError::NeedsRebuild`] when the index turns out to be damaged; [`FindError::Io`].
    pub fn search(&self, query: &Query, options: SearchOptions) -> Result<SearchResult, FindError> {
        let (found, searcher, plan) = self.found(query, options)?;
        let (turns, calls) = (found.turns, found.calls());
        let page = found.sorted().into_iter().skip(options.offset).take(options.limit);
        let hits = page.map(|ranked| self.hit(&searcher, ranked, plan.as_ref())).collect::<Result<_, _>>()?;
        Ok(SearchResult { turns, calls, hits })
    }

    fn found(&self, query: &Query, options: SearchOptions) -> Result<(Found, Searcher, Option<Plan>), FindError> {
        self.look_again()?;
        let plan = query.text.as_ref().map(|text| Plan::of(text, &self.analyzer));
        let searcher = self.reader.searcher();
        let ranking = Ranking {
            keep: options.limit.saturating_add(options.offset),
            order: options.order,
            first_of_call: plan.is_none(),
        };
        let found = guarded(&self.dir, || {
            let compiled = compile::compile(plan.as_ref(), &query.filters, &self.fields, &searcher)?;
            let alive = Alive { searcher: &searcher, fields: &self.fields };
            searcher.search_with_statistics_provider(&*compiled, &ranking, &alive)
        })?;
        Ok((found, searcher, plan))
    }

    /// The number of turns in the index.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn turns(&self) -> Result<u64, FindError> {
        self.look_again()?;
        Ok(self.reader.searcher().num_docs())
    }

    /// The languages that turns in the index have (ISO 639-1).
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn languages(&self) -> Result<BTreeSet<String>, FindError> {
        self.look_again()?;
        let searcher = self.reader.searcher();
        let Some(field) = self.fields.facet(Facet::Language) else { return Ok(BTreeSet::new()) };
        guarded(&self.dir, || {
            let mut languages = BTreeSet::new();
            for segment in searcher.segment_readers() {
                let index = segment.inverted_index(field)?;
                let mut terms = index.terms().stream()?;
                while terms.advance() {
                    languages.insert(String::from_utf8_lossy(terms.key()).into_owned());
                }
            }
            Ok(languages)
        })
    }

    /// Reads every file of the index and compares its checksum (CRC 32, by tantivy). Slow on a large index; opening
    /// one only checks that it hangs together.
    ///
    /// # Errors
    /// [`FindError::NeedsRebuild`] naming a damaged file.
    pub fn check(&self) -> Result<(), FindError> {
        let damaged = guarded(&self.dir, || self.inner.validate_checksum())?;
        match damaged.iter().min() {
            None => Ok(()),
            Some(file) => Err(FindError::rebuild(&self.dir, format!("its file {} is damaged", file.display()))),
        }
    }

    /// Opens the newest state if there is a newer one than was last seen.
    fn look_again(&self) -> Result<(), FindError> {
        let now = read_meta(&self.dir)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen != now {
            guarded(&self.dir, || self.reader.reload())?;
            *seen = now;
        }
        Ok(())
    }

    fn hit(&self, searcher: &Searcher, ranked: Ranked, plan: Option<&Plan>) -> Result<Hit, FindError> {
        let document: TantivyDocument = guarded(&self.dir, || searcher.doc(ranked.address))?;
        let stored = self.fields.stored(&document);
        let stored = stored.ok_or_else(|| FindError::rebuild(&self.dir, "a turn in it cannot be read"))?;
        let ranges =
            |text: &str, side| plan.map(|plan| plan.ranges(&read(&self.analyzer, text, side))).unwrap_or_default();
        let highlights = ranges(&stored.text, Side::of_language(stored.language.as_deref()));
        let translation_highlights = stored.translation.as_deref().map(|t| ranges(t, Side::Text)).unwrap_or_default();
        Ok(Hit {
            call: stored.call,
            turn: stored.turn,
            start: stored.start,
            end: stored.end,
            score: ranked.score,
            text: stored.text,
            highlights,
            translation: stored.translation,
            translation_highlights,
        })
    }
}

fn is_empty(dir: &Path) -> Result<bool, FindError> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(FindError::io(dir, error)),
    }
}

fn check_stamp(dir: &Path) -> Result<(), FindError> {
    let text = match fs::read_to_string(dir.join(STAMP)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(FindError::io(&dir.join(STAMP), error));
        }
        Err(_) if dir.join(META).exists() => {
            return Err(FindError::rebuild(dir, "it does not say which version made it"));
        }
        Err(_) => return Err(FindError::NotAnIndex { dir: dir.to_owned() }),
    };
    let stamp: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    match stamp.as_ref().and_then(|s| s.get("version")).and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => Ok(()),
        Some(version) => {
            Err(FindError::rebuild(dir, format!("it has version {version}, this program makes version {VERSION}")))
        }
        None => Err(FindError::rebuild(dir, "it does not say which version made it")),
    }
}

fn read_meta(dir: &Path) -> Result<Vec<u8>, FindError> {
    let path = dir.join(META);
    fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FindError::rebuild(dir, format!("its file {META} is missing")),
        _ => FindError::io(&path, error),
    })
}

fn open_directory(dir: &Path) -> tantivy::Result<PrivateDirectory> {
    Ok(PrivateDirectory::open(dir)?)
}

/// Calls the engine. It panics on some kinds of damage; that, too, means that the index has to be built again.
fn guarded<T>(dir: &Path, act: impl FnOnce() -> tantivy::Result<T>) -> Result<T, FindError> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(result) => result.map_err(|error| FindError::engine(dir, error)),
        Err(_) => Err(FindError::rebuild(dir, "it is damaged (the search engine could not go on)")),
    }
}
