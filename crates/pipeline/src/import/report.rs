//! What an import tells: for every file one verdict with its reason, and everything that was wrong with the table.

use earwitness_intake::{Mapping, delivery::Problem};
use earwitness_model::{AudioFormat, CallId, DeliveryId, Digest, Span, Verdict};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// Its name in the archive; none on a dry run or when nothing of it could be kept.
    pub delivery: Option<DeliveryId>,
    /// The folder or zip.
    pub path: String,
    /// Where it comes from, in the words of the one who took it in.
    pub source: String,
    /// The time zone in which its table was read.
    pub timezone: String,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
    /// How the table was read; none where there is no table.
    pub table: Option<TableReport>,
    /// How many files were delivered, but the table; those of an import that ended early are not all among `files`.
    pub delivered: usize,
    /// Every delivered file but the table, by name.
    pub files: Vec<FileReport>,
    /// Files by verdict.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// What is wrong with the table.
    pub faults: Vec<Fault>,
    /// Recordings that turned out to be a part of one that came later.
    pub longer_originals: Vec<LongerOriginal>,
    /// What in the delivery was not taken as it is.
    pub problems: Vec<Problem>,
    /// Files that could not be read or kept; importing again tries them again.
    pub errors: Vec<FileError>,
    /// What this import added.
    pub added: Added,
    /// Whether everything was in the archive before.
    pub nothing_new: bool,
    /// Why the import ended before its end, if it did; importing again goes on.
    pub stopped: Option<String>,
}

/// How much an import added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Added {
    /// Delivered files.
    pub files: usize,
    /// Sealed recordings.
    pub recordings: usize,
    /// Bytes of these.
    pub bytes: u64,
    /// Calls.
    pub calls: usize,
    /// Calls of which the table says something else than before.
    pub calls_changed: usize,
    /// Rows of the table.
    pub rows: usize,
    /// Faults of the table.
    pub faults: usize,
}

/// How a table was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// For example `windows-1251`.
    pub encoding: String,
    /// For example `CSV with “;”`.
    pub dialect: String,
    /// Its headings.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: usize,
    /// Which column means what.
    pub mapping: Mapping,
    /// Columns that mean nothing known; their cells are kept as written.
    pub unmapped: Vec<String>,
    /// What was decided and why, in plain words.
    pub notes: Vec<String>,
    /// Up to three rows, as they were understood.
    pub samples: Vec<SampleRow>,
}

/// One row as it was understood: field and value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampleRow {
    /// Line of the table, from 1.
    pub line: usize,
    /// What was read, in the order of the fields: name of the field, what is written, what was understood.
    pub fields: Vec<(String, String, String)>,
}

/// One delivered file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileReport {
    /// Path inside the delivery.
    pub name: String,
    /// Bytes; none where it could not be read.
    pub size: Option<u64>,
    /// SHA-256 of its bytes.
    pub sha256: Option<Digest>,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The same in plain words.
    pub reason: String,
    /// What its sound is; none where there is none.
    pub format: Option<AudioFormat>,
    /// The call that it became or holds.
    pub call: Option<CallId>,
    /// The line of the table that speaks of it.
    pub line: Option<usize>,
    /// Whether the archive had it from this delivery before.
    pub kept_before: bool,
    /// Everything else that was noticed.
    pub notes: Value,
}

/// Something wrong with the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// `row_without_file`, `file_without_row`, `wrong_duration`, `empty_numbers`, `unreadable_cell`, `second_row`,
    /// `several_files` or `table`.
    pub kind: &'static str,
    /// Line of the table, from 1.
    pub line: Option<usize>,
    /// Heading of the column.
    pub column: Option<String>,
    /// The file that it is about.
    pub file: Option<String>,
    /// Plain words.
    pub text: String,
}

/// A recording that is whole where an earlier one is a part of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LongerOriginal {
    /// The file that came later.
    pub name: String,
    /// The recording that is a part of it.
    pub part: Digest,
    /// A name under which that one was delivered.
    pub part_name: String,
    /// Where it lies in the longer one, seconds.
    pub at: Span,
}

/// A file that could not be read or kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileError {
    /// Its name.
    pub name: String,
    /// Why.
    pub error: String,
}
