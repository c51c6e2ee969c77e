//! Text with a separator between cells (RFC 4180 and its many relatives).

use super::decode::Decoded;
use super::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row, Table, TableError, not_a_table};
use csv::{ReaderBuilder, StringRecord};
use std::collections::HashMap;

/// In the order of preference where all fit alike.
const SEPARATORS: [u8; 4] = *b";\t|,";

/// Reads a decoded text.
pub(super) fn read(name: &str, decoded: &Decoded) -> Result<Table, TableError> {
    let (text, given, lines_before) = sep_line(&decoded.text);
    let separator = given.or_else(|| guess(text)).unwrap_or(b',');
    let shown = if separator == b'\t' { "tab".to_owned() } else { format!("“{}”", char::from(separator)) };
    let mut table = Table::new(name, &decoded.encoding, format!("CSV with {shown}"));
    for (i, line) in decoded.text.lines().enumerate() {
        if line.contains(|c: char| c == '\u{fffd}' || ('\u{80}'..'\u{a0}').contains(&c)) {
            table.problem(i + 1, format!("some characters cannot be decoded from {}", decoded.encoding));
        }
    }
    let mut records = records(text, separator, true);
    if let Some(line) = swallowed(text, &records, separator) {
        table.problem(line + lines_before, "a quotation mark is not closed; the table is read without quotation marks");
        records = self::records(text, separator, false);
        records.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| *cell = cell.trim_matches('"').to_owned());
    }
    if records.iter().map(|row| row.cells.len()).sum::<usize>() > MAX_CELLS {
        table.problem(
            records.last().map(|row| row.line),
            "the table has too many cells; it is not read beyond this line",
        );
    }
    records.iter_mut().for_each(|row| row.line += lines_before);
    table.fill(records);
    if table.columns.is_empty() {
        return Err(not_a_table(name, "it holds no rows"));
    }
    Ok(table)
}

/// Whether several lines have the same number of cells, at least two, by the same separator.
pub(super) fn looks_like(text: &str) -> bool {
    let Some(separator) = guess(sep_line(text).0) else { return false };
    let mut all = records(sample(text), separator, true);
    all.retain(|row| row.cells.iter().any(|c| !c.trim().is_empty()));
    let Some(width) = all.first().map(|row| row.cells.len()) else { return false };
    // The last line of a sample may be cut.
    if !text.ends_with('\n') && all.last().is_some_and(|row| row.cells.len() != width) {
        all.pop();
    }
    let even = all.iter().filter(|row| row.cells.len() == width).count();
    width >= 2 && all.len() >= 2 && even * 10 >= all.len() * 9
}

/// Spreadsheets write `sep=;` as a first line. The text after it, the separator, and the number of lines before.
fn sep_line(text: &str) -> (&str, Option<u8>, usize) {
    let Some((first, rest)) = text.split_once('\n') else { return (text, None, 0) };
    match first.trim_end_matches('\r').strip_prefix("sep=").map(str::as_bytes) {
        Some(&[separator]) if separator.is_ascii() && !separator.is_ascii_alphanumeric() && separator != b'"' => {
            (rest, Some(separator), 1)
        }
        _ => (text, None, 0),
    }
}

fn sample(text: &str) -> &str {
    let mut end = text.len().min(64 << 10);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// The separator by which the first lines fall into the same number of cells, at least two.
fn guess(text: &str) -> Option<u8> {
    let score = |separator: u8| {
        let records = records(sample(text), separator, true);
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for row in records.iter().take(50) {
            *counts.entry(row.cells.len()).or_default() += 1;
        }
        let (&width, &rows) = counts.iter().max_by_key(|&(&width, &rows)| (rows, width))?;
        let first = records.first().is_some_and(|row| row.cells.len() == width);
        let evenness = rows as f64 / records.len().clamp(1, 50) as f64;
        (width > 1).then(|| evenness * (width as f64).sqrt() * if first { 1.5 } else { 1.0 })
    };
    let mut best: Option<(u8, f64)> = None;
    for separator in SEPARATORS {
        if let Some(score) = score(separator)
            && best.is_none_or(|(_, other)| score > other)
        {
            best = Some((separator, score));
        }
    }
    best.map(|(separator, _)| separator)
}

fn records(text: &str, separator: u8, quoting: bool) -> Vec<Row> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    // The text is valid UTF-8 in memory, so reading it cannot fail.
    let mut held = 0;
    while rows.len() <= MAX_ROWS + 20 && held <= MAX_CELLS && reader.read_record(&mut record).unwrap_or(false) {
        let at = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX));
        // One more column than is read shows that there are more.
        let cells: Vec<String> = record.iter().take(MAX_COLUMNS + 1).map(str::to_owned).collect();
        held += cells.len();
        rows.push(Row { line: lines.of(at), cells });
    }
    rows
}

/// Counts lines up to a place; places come in order. The library's own count misses blank lines.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, place: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut place = place.min(bytes.len());
        // A record's place is the end of the one before; blank lines between belong to nobody.
        while matches!(bytes.get(place), Some(b'\n' | b'\r')) {
            place += 1;
        }
        let passed = bytes.get(self.at..place).unwrap_or_default();
        self.line += passed.iter().filter(|&&b| b == b'\n').count();
        self.at = place.max(self.at);
        self.line
    }
}

/// The line of a record in which a cell holds whole other records, as happens behind a quotation mark that nobody
/// closed. An odd number of marks proves it at the first such line; an even one may be two mistakes, or a remark that
/// quotes a table, so it takes several.
fn swallowed(text: &str, records: &[Row], separator: u8) -> Option<usize> {
    let width = records.first()?.cells.len().max(2);
    let enough = if text.matches('"').count() % 2 == 1 { 1 } else { 3 };
    let separator = char::from(separator);
    let whole = |cell: &str| cell.lines().skip(1).filter(|line| line.matches(separator).count() + 1 == width).count();
    records.iter().find(|row| row.cells.iter().any(|cell| whole(cell) >= enough)).map(|row| row.line)
}

#[cfg(test)]
mod tests {
    use super::super::read_bytes;
    use rstest::rstest;

    #[rstest]
    #[case(';', "CSV with “;”")]
    #[case(',', "CSV with “,”")]
    #[case('\t', "CSV with tab")]
    #[case('|', "CSV with “|”")]
    fn separators_are_guessed(#[case] separator: char, #[case] dialect: &str) {
        let text =
            "файл;широта;примечание\na.wav;\"51,6\";\"x; y, z|w\t\"\nb.wav;\"51,7\";\"строка\nещё\"\"кавычка\"\n"
                .replace(';', &separator.to_string());
        let table = read_bytes("t.csv", text.as_bytes()).unwrap();
        assert_eq!(table.dialect, dialect);
        assert_eq!(table.columns.len(), 3);
        assert_eq!(table.rows[1].cells[2], "строка\nещё\"кавычка");
        assert_eq!(table.problems, []);
    }

    #[test]
    fn decimal_commas_do_not_win() {
        let table = read_bytes("t.csv", "a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n".as_bytes()).unwrap();
        assert_eq!(table.dialect, "CSV with “;”");
    }

    #[test]
    fn lines_are_counted_over_breaks_and_blanks() {
        let table = read_bytes("t.csv", b"\r\n\r\na;b\r\n\r\n1;\"x\r\ny\"\r\n\r\n\r\n2;z\r\n").unwrap();
        assert_eq!(table.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [5, 9]);
    }

    #[test]
    fn an_open_quotation_mark_swallows_nothing() {
        let table = read_bytes("t.csv", b"a;b;c\n1;\"x;2\n3;y;4\n5;z;6\n").unwrap();
        assert_eq!(table.rows.len(), 3);
        assert_eq!(table.rows[0].cells, ["1", "x", "2"]);
        assert_eq!(table.problems[0].line, Some(2));
        let table = read_bytes("t.csv", b"a;b;c\n1;\"x;2\n3;y;4\n5;z;6\n7;w;8\n9;\"v\";10\n11;\"u;12\n").unwrap();
        assert_eq!(table.rows.len(), 6);
    }

    #[test]
    fn a_sep_line_is_obeyed() {
        let table = read_bytes("t.csv", b"sep=|\na|b,c\n1|2\n").unwrap();
        assert_eq!(table.columns, ["a", "b,c"]);
        assert_eq!(table.rows[0].line, 3);
    }

    #[test]
    fn undecodable_lines_are_named() {
        let mut bytes = "файл;примечание\nодин;хорошо\n".as_bytes().to_vec();
        bytes.extend(b"two;\xff\xfe\n");
        let table = read_bytes("t.csv", &bytes).unwrap();
        assert_eq!(table.problems[0].line, Some(3));
        assert_eq!(table.rows.len(), 2);
    }
}
