//! Tables of metadata as they are handed over: text with separators in the encodings of the region, JSON Lines,
//! XLSX and ODS. Every cell comes out as the text that a person saw.

pub(crate) mod decode;
mod find;
mod jsonl;
mod ods;
mod separated;
mod xlsx;

pub use find::{Candidate, FoundTable, find_table};

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::Read;

/// Most bytes of a table file.
pub const MAX_BYTES: usize = 64 << 20;
/// Most rows of a table; those beyond are reported and not read.
pub const MAX_ROWS: usize = 500_000;
/// Most columns of a table; those beyond are reported and not read.
pub const MAX_COLUMNS: usize = 256;
/// Most cells of a table, as the product of its rows and columns.
pub const MAX_CELLS: usize = 4_000_000;
/// Most bytes of text that the cells of a spreadsheet may unpack to.
const MAX_TEXT: usize = 256 << 20;
/// Most problems that are listed one by one.
const MAX_PROBLEMS: usize = 1000;

/// A file that cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Reading failed.
    #[error("the table {name} cannot be read: {source}")]
    Unreadable {
        /// The file.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// More than [`MAX_BYTES`], or more inside.
    #[error("{name} is too large for a table of calls: {what}")]
    TooLarge {
        /// The file.
        name: String,
        /// What is too large.
        what: String,
    },
    /// The content is something else.
    #[error("{name} cannot be read as a table: {reason}")]
    NotATable {
        /// The file.
        name: String,
        /// Why.
        reason: String,
    },
}

/// One row below the headings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Line of the file (row of the sheet) where it begins, from 1.
    pub line: usize,
    /// As many as there are columns; more where the row has more.
    pub cells: Vec<String>,
}

/// Something in a table that is not as it should be; the rest is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableProblem {
    /// Line of the file or row of the sheet, from 1, where there is one.
    pub line: Option<usize>,
    /// Plain words.
    pub reason: String,
}

/// A table with its headings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Name of the file.
    pub name: String,
    /// For example `windows-1251`; for spreadsheets the kind of file.
    pub encoding: String,
    /// How it is laid out, in words: `CSV with “;”`, `JSON Lines`, `sheet “Лист1”`.
    pub dialect: String,
    /// The headings; each is there once.
    pub columns: Vec<String>,
    /// In the order of the file.
    pub rows: Vec<Row>,
    /// In the order of the file.
    pub problems: Vec<TableProblem>,
}

impl Table {
    fn new(name: &str, encoding: impl Into<String>, dialect: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            encoding: encoding.into(),
            dialect: dialect.into(),
            columns: Vec::new(),
            rows: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The cells of a column, from the top; a missing cell is empty.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| row.cells.get(column).map_or("", String::as_str))
    }

    fn problem(&mut self, line: impl Into<Option<usize>>, reason: impl Into<String>) {
        match self.problems.len() {
            n if n < MAX_PROBLEMS => self.problems.push(TableProblem { line: line.into(), reason: reason.into() }),
            MAX_PROBLEMS => {
                self.problems
                    .push(TableProblem { line: None, reason: "there are more such problems, not listed".into() });
            }
            _ => {}
        }
    }

    /// Makes a table of records: finds the headings, evens out the rows, drops rows without any text.
    fn fill(&mut self, mut records: Vec<Row>) {
        records.retain(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
        if records.iter().any(|row| row.cells.len() > MAX_COLUMNS) {
            self.problem(None, format!("only the first {MAX_COLUMNS} columns are read"));
            records.iter_mut().for_each(|row| row.cells.truncate(MAX_COLUMNS));
        }
        let above = titles_above(&records);
        for row in records.drain(..above) {
            let text = row.cells.join(" ").trim().to_owned();
            self.problem(row.line, format!("a line above the headings, not a call: “{}”", short(&text)));
        }
        if records.is_empty() {
            return;
        }
        let width = records.iter().skip(1).map(|row| filled(&row.cells)).max().unwrap_or(0);
        if records.first().is_some_and(|row| looks_like_data(&row.cells)) {
            let line = records.first().map(|row| row.line);
            self.problem(line, "there are no headings; the columns are called column 1, column 2 …");
            let width = records.first().map_or(0, |row| row.cells.len());
            self.name_columns(vec![String::new(); width]);
        } else {
            let mut names = records.remove(0).cells;
            // Headings that end in empty cells over empty columns are the remains of a wider sheet.
            while names.len() > width && names.last().is_some_and(|name| name.trim().is_empty()) {
                names.pop();
            }
            self.name_columns(names);
        }
        self.keep_rows(records);
    }

    fn name_columns(&mut self, names: Vec<String>) {
        let mut taken = HashSet::new();
        for (i, name) in names.into_iter().enumerate() {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            let name = if name.is_empty() { format!("column {}", i + 1) } else { name };
            let mut unique = name.clone();
            for n in 2..=MAX_COLUMNS + 1 {
                if taken.insert(unique.clone()) {
                    break;
                }
                unique = format!("{name} ({n})");
            }
            if unique != name {
                self.problem(None, format!("two columns are called “{name}”; the later one is called “{unique}” here"));
            }
            self.columns.push(unique);
        }
    }

    fn keep_rows(&mut self, records: Vec<Row>) {
        let width = self.columns.len();
        let most = MAX_ROWS.min(MAX_CELLS / width.max(1));
        for mut row in records {
            if self.rows.len() == most {
                self.problem(row.line, format!("only the first {most} rows are read"));
                break;
            }
            let found = row.cells.len();
            if filled(&row.cells) > width {
                self.problem(row.line, format!("the row has {found} cells and the headings are {width}"));
            } else if found < width {
                self.problem(row.line, format!("the row has only {found} cells and the headings are {width}"));
            }
            row.cells.truncate(filled(&row.cells).max(width));
            row.cells.resize(row.cells.len().max(width), String::new());
            self.rows.push(row);
        }
    }
}

/// Reads a table from memory, by its content; the name only helps where the content leaves a choice.
///
/// # Errors
/// [`TableError`] where it is no table, or too large.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Table, TableError> {
    if bytes.len() > MAX_BYTES {
        let what = format!("more than {} MiB", MAX_BYTES >> 20);
        return Err(TableError::TooLarge { name: name.to_owned(), what });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return if ods::is_ods(bytes) { ods::read(name, bytes) } else { xlsx::read(name, bytes) };
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(not_a_table(name, "it is an old Excel file (XLS); save it as XLSX or CSV"));
    }
    let text = decode::decode(bytes).ok_or_else(|| not_a_table(name, "it is not text"))?;
    if jsonl::looks_like(&text.text) { jsonl::read(name, &text) } else { separated::read(name, &text) }
}

/// Reads a table to its end, at most [`MAX_BYTES`].
///
/// # Errors
/// [`TableError`] where reading fails, it is no table, or it is too large.
pub fn read(name: &str, reader: impl Read) -> Result<Table, TableError> {
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    let read = reader.take(most).read_to_end(&mut bytes);
    read.map_err(|source| TableError::Unreadable { name: name.to_owned(), source })?;
    read_bytes(name, &bytes)
}

/// Whether a file may be a table, by its name and its first bytes (some thousands suffice). A file with a name of
/// sound is none: text that is called `.wav` is a broken recording and not a table.
pub fn looks_like_table(name: &str, head: &[u8]) -> bool {
    let extension = extension(name);
    if SOUND_EXTENSIONS.contains(&extension.as_str()) {
        return false;
    }
    if head.starts_with(b"PK\x03\x04") {
        return matches!(extension.as_str(), "xlsx" | "xlsm" | "ods");
    }
    let Some(text) = decode::decode(head).map(|d| d.text) else { return false };
    if text.trim().is_empty() {
        return false;
    }
    match extension.as_str() {
        "csv" | "tsv" | "tab" | "jsonl" | "ndjson" => true,
        "" | "txt" | "dat" | "json" => jsonl::looks_like(&text) || separated::looks_like(&text),
        _ => false,
    }
}

/// Names of sound that a table of calls speaks of.
pub(crate) const SOUND_EXTENSIONS: [&str; 22] = [
    "wav", "mp3", "ogg", "oga", "opus", "amr", "awb", "m4a", "mp4", "aac", "flac", "gsm", "wma", "3gp", "3ga", "caf",
    "aif", "aiff", "au", "webm", "vox", "spx",
];

/// The lower-case extension of a file name; empty where it has none.
pub(crate) fn extension(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match base.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_lowercase(),
        _ => String::new(),
    }
}

fn not_a_table(name: &str, reason: impl Into<String>) -> TableError {
    TableError::NotATable { name: name.to_owned(), reason: reason.into() }
}

/// The number of cells up to the last one with text.
fn filled(cells: &[String]) -> usize {
    cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |at| at + 1)
}

/// How many records at the top are titles: a single cell with text above records that have more.
fn titles_above(records: &[Row]) -> usize {
    let with_text = |row: &Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    if !records.iter().take(20).any(|row| with_text(row) > 2) {
        return 0;
    }
    records.iter().take(20).position(|row| with_text(row) > 1).unwrap_or(0)
}

/// Whether a first record holds data and no headings: a file name of sound, a date, a long number.
fn looks_like_data(cells: &[String]) -> bool {
    cells.iter().any(|cell| {
        let cell = cell.trim();
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        SOUND_EXTENSIONS.contains(&extension(cell).as_str())
            || crate::fields::date(cell, crate::fields::DateOrder::Dmy).is_some()
            || (digits >= 7 && cell.chars().all(|c| c.is_ascii_digit() || "+()- .".contains(c)))
    })
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_a_table_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = read_bytes("t.csv", &bytes);
            looks_like_table("t.txt", &bytes);
        }

        #[test]
        fn no_text_makes_a_table_panic(text in "[a-я0-9;,|\t\"\n\r\\[{}:. ]{0,300}") {
            if let Ok(table) = read_bytes("t.csv", text.as_bytes()) {
                prop_assert!(table.rows.iter().all(|row| row.cells.len() >= table.columns.len()));
            }
        }

        #[test]
        fn every_cell_comes_back(rows in proptest::collection::vec(proptest::collection::vec("[а-яa-z;\" \n,]{1,8}", 3), 1..12)) {
            let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let mut text = String::from("имя;дата;прим\n");
            for row in &rows {
                text += &row.iter().map(quote).collect::<Vec<_>>().join(";");
                text += "\n";
            }
            let table = read_bytes("t.csv", text.as_bytes()).unwrap();
            let expected: Vec<&Vec<String>> = rows.iter().filter(|r| r.iter().any(|c| !c.trim().is_empty())).collect();
            let read: Vec<&Vec<String>> = table.rows.iter().map(|r| &r.cells).collect();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn sound_by_name_is_no_table() {
        assert!(!looks_like_table("a.wav", b"file;date\na;b\n"));
        assert!(looks_like_table("a.csv", b"file;date\na;b\n"));
        assert!(looks_like_table("calls.txt", b"file;date;x\na;b;c\nd;e;f\n"));
        assert!(!looks_like_table("letter.txt", b"Dear all, this is a letter.\nIt has lines.\n"));
        assert!(!looks_like_table("a.csv", b"RIFF\x00\x01\x02\x00WAVE\xff\xfe\x00\x00\x01"));
    }

    #[test]
    fn titles_and_missing_headings() {
        let table =
            read_bytes("t.csv", "Реестр за март;;\n;;\nфайл;дата;прим\na.wav;01.03.2022;x\n".as_bytes()).unwrap();
        assert_eq!(table.columns, ["файл", "дата", "прим"]);
        assert_eq!((table.rows.len(), table.rows[0].line), (1, 4));
        assert!(table.problems[0].reason.contains("Реестр"));

        let table = read_bytes("t.csv", b"a.wav;01.03.2022;x\nb.wav;02.03.2022;y\n").unwrap();
        assert_eq!(table.columns, ["column 1", "column 2", "column 3"]);
        assert_eq!(table.rows.len(), 2);
    }

    #[test]
    fn uneven_rows_are_reported_and_kept() {
        let table = read_bytes("t.csv", b"file;date;note\na;b\nc;d;e;f\ng;h;i;;\n\nj;k;l\n").unwrap();
        assert_eq!(table.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 3, 4, 6]);
        assert_eq!(table.rows[0].cells, ["a", "b", ""]);
        assert_eq!(table.rows[1].cells, ["c", "d", "e", "f"]);
        assert_eq!(table.rows[2].cells, ["g", "h", "i"]);
        let lines: Vec<_> = table.problems.iter().filter_map(|p| p.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    #[test]
    fn headings_are_made_unique() {
        let table = read_bytes("t.csv", b"date;;date\n1;2;3\n").unwrap();
        assert_eq!(table.columns, ["date", "column 2", "date (2)"]);
    }
}
