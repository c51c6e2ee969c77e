//! The leak check: a finished folder, opened as somebody would who wants to know who these people are.
//!
//! Every byte of every file is read in every way that text can be hidden in (see `views`), and searched for what
//! is protected, for what only the archive knows (names of files, of calls, digests), and for what looks like a
//! telephone number. Numbers that are dictated in pieces are looked for in what is said, turn by turn (see `turns`).
//! Descriptions inside pictures and sounds, comments in pages and addresses that a page would load are findings by
//! themselves: a published folder has none.

mod metadata;
mod turns;
mod views;

use earwitness_desk::protection::{Guard, Hit, Kind, fold, looks_like_phone};
use regex::Regex;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use views::View;

/// The largest file that is looked into, in bytes.
pub const LARGEST: u64 = 1 << 30;
/// Text in an encoding of the last century is believed only from so many letters on: noise has short words.
const BELIEVED: usize = 5;

/// What is said of 64 hexadecimal digits.
const DIGEST: &str = "looks like the digest of a file";

/// What only the archive knows, and what must not be found outside by its exact form.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Names of calls, revisions, records; digests of originals.
    pub ids: Vec<String>,
    /// Names of delivered files, with or without folder and ending.
    pub files: Vec<String>,
    /// Digests that lead to nobody, in hexadecimal digits: those of published weights.
    pub harmless: BTreeSet<String>,
}

/// How sure a finding is. Both stop a publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It is there.
    #[default]
    Leak,
    /// A machine heard something much like it: a person must listen, and may say that it is something else.
    Listen,
}

/// Something that must not be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Leak {
    /// The file, from the folder that was checked.
    pub file: String,
    /// Where in it: a line, or how it was hidden.
    pub place: String,
    /// What it is.
    pub what: String,
    /// What stands there.
    pub text: String,
    /// How sure that is.
    pub level: Level,
}

/// Why a folder cannot be checked; nothing unread counts as clean.
#[derive(Debug, thiserror::Error)]
pub enum LeakError {
    /// It cannot be read.
    #[error("{path} cannot be read")]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A link or a device, through which anything may be read.
    #[error("{0} is neither a file nor a folder")]
    Odd(PathBuf),
    /// Too large to be looked into.
    #[error("{0} is too large to be checked")]
    Large(PathBuf),
}

/// Checks all files of a folder and of the folders in it, in the order of their names.
///
/// # Errors
/// [`LeakError`] for anything that cannot be looked into.
pub fn check_folder(dir: &Path, guard: &Guard, secrets: &Secrets) -> Result<Vec<Leak>, LeakError> {
    let mut leaks = Vec::new();
    // A list of digests of the very files that lie there says nothing about any other.
    let mut harmless = secrets.harmless.clone();
    let mut folders = vec![dir.to_path_buf()];
    let io = |path: &Path| {
        let path = path.to_path_buf();
        move |source| LeakError::Io { path, source }
    };
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(io(&folder))? {
            let path = entry.map_err(io(&folder))?.path();
            let meta = std::fs::symlink_metadata(&path).map_err(io(&path))?;
            let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().into_owned();
            if meta.is_dir() {
                leaks.extend(check_name(&name, guard, secrets));
                folders.push(path);
            } else if !meta.is_file() {
                return Err(LeakError::Odd(path));
            } else if meta.len() > LARGEST {
                return Err(LeakError::Large(path));
            } else {
                let bytes = std::fs::read(&path).map_err(io(&path))?;
                harmless.insert(earwitness_model::Digest::of(&bytes).hex());
                leaks.extend(check_file(&name, &bytes, guard, secrets));
            }
        }
    }
    leaks.retain(|leak| leak.what != DIGEST || !harmless.contains(&leak.text.to_lowercase()));
    leaks.sort();
    leaks.dedup();
    Ok(leaks)
}

/// Checks one file: its name and its bytes.
pub fn check_file(name: &str, bytes: &[u8], guard: &Guard, secrets: &Secrets) -> Vec<Leak> {
    let mut leaks = check_name(name, guard, secrets);
    for what in metadata::descriptions(bytes) {
        let (place, text) = ("in the file's description of itself".into(), String::new());
        leaks.push(Leak { file: name.into(), place, what, text, level: Level::Leak });
    }
    let mut seen = BTreeSet::new();
    for view in views::of(name, bytes) {
        for (at, what, text) in search(&view, guard, secrets) {
            if seen.insert((what.clone(), fold(&text))) {
                leaks.push(Leak { file: name.into(), place: view.place(at), what, text, level: Level::Leak });
            }
        }
    }
    for (place, hit) in turns::dictated(name, bytes, guard) {
        let what = format!("{}, dictated in pieces", protected(guard, &hit));
        leaks.push(Leak { file: name.into(), place, what, text: hit.text, level: Level::Leak });
    }
    leaks
}

fn check_name(name: &str, guard: &Guard, secrets: &Secrets) -> Vec<Leak> {
    let mut leaks: Vec<Leak> = Vec::new();
    for view in views::of_name(name) {
        for (_, what, text) in search(&view, guard, secrets) {
            let place = "in the name of the file or folder".into();
            let leak = Leak { file: name.into(), place, what, text, level: Level::Leak };
            if !leaks.contains(&leak) {
                leaks.push(leak);
            }
        }
    }
    leaks
}

/// A finding: the character of the view, what it is, what stands there.
type Found = (usize, String, String);

fn search(view: &View, guard: &Guard, secrets: &Secrets) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for hit in guard.find(&view.text) {
        let letters = hit.text.chars().filter(|c| c.is_alphanumeric()).count();
        if view.noisy && letters < BELIEVED {
            continue;
        }
        found.push((hit.from, protected(guard, &hit), hit.text));
    }
    if view.noisy {
        return found;
    }
    let folded = fold(&view.text);
    for (what, known) in [("a name from the archive", &secrets.ids), ("the name of a delivered file", &secrets.files)] {
        for secret in known.iter().map(|s| fold(s)).filter(|s| s.chars().count() >= 5) {
            if let Some(at) = folded.find(&secret) {
                found.push((folded[..at].chars().count(), format!("{what}: {secret}"), secret));
            }
        }
    }
    if view.plain {
        found.extend(
            looks_like_phone(&view.text).into_iter().map(|t| (at(view, &t), "looks like a telephone number".into(), t)),
        );
        found.extend(shapes(view));
    }
    found
}

fn at(view: &View, text: &str) -> usize {
    view.text.find(text).map_or(0, |byte| view.text[..byte].chars().count())
}

/// What a finding of the guard is.
fn protected(guard: &Guard, hit: &Hit) -> String {
    let kind = guard.rules().get(hit.rule).map_or(Kind::Words, |r| r.kind);
    format!("protected {}: {}", kind_words(kind), hit.term)
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "name",
        Kind::Phone => "telephone number",
        Kind::Address => "address",
        Kind::Unit => "unit",
        Kind::Place => "place",
        Kind::Vehicle => "vehicle",
        Kind::Voice => "voice",
        Kind::Words => "words",
    }
}

/// Things that look like something internal, or that a page would load from outside.
fn shapes(view: &View) -> Vec<Found> {
    static SHAPES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let shapes = [
            (r"\bc[0-9a-f]{10}\b", "looks like the name of a call"),
            (r"\br[0-9a-f]{12}\b", "looks like the name of a revision"),
            (r"(?i)\b[0-9a-f]{64}\b", DIGEST),
            (r"<!--(?:[^-]|-[^-]){0,200}", "a comment in a page"),
            (
                r#"(?i)<(?:script|img|iframe|audio|video|source|object|embed|track)[^>]{0,500}\s(?:src|srcset|data|poster)\s*=\s*["']?\s*(?:https?:)?//[^"'\s>]{1,200}"#,
                "loads from outside",
            ),
            (r#"(?i)<link[^>]{0,500}\shref\s*=\s*["']?\s*(?:https?:)?//[^"'\s>]{1,200}"#, "loads from outside"),
            (r#"(?i)(?:@import|url\()\s*["']?\s*(?:https?:)?//[^"')\s]{1,200}"#, "loads from outside"),
            (r"/(?:home|Users)/[\w.-]{1,80}|[A-Za-z]:\\Users\\[\w.-]{1,80}", "the path of somebody's folder"),
        ];
        shapes.into_iter().filter_map(|(shape, what)| Some((Regex::new(shape).ok()?, what))).collect()
    });
    let mut found = Vec::new();
    for (shape, what) in SHAPES.iter() {
        for hit in shape.find_iter(&view.text) {
            let place = view.text[..hit.start()].chars().count();
            found.push((place, (*what).to_string(), hit.as_str().chars().take(120).collect()));
        }
    }
    found
}

#[cfg(test)]
mod tests;
