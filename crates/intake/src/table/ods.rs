//! ODS (OpenDocument 1.3, part 3), read as a stream with limits of our own: a sheet of a few bytes may claim thousands
//! of millions of repeated cells, which the usual reader lays out in memory.

use super::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Table, TableError, not_a_table, xlsx};
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader, Cursor, Read};

/// Most bytes of the sheets' XML that are read.
const MAX_XML: u64 = 256 << 20;

/// Whether a zip says that it is an OpenDocument spreadsheet. The standard puts this first and unpacked.
pub(super) fn is_ods(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let mime = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    head.windows(mime.len()).any(|window| window == mime)
}

/// Reads the sheet with the most cells.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Table, TableError> {
    let damaged = |e: String| not_a_table(name, format!("the spreadsheet is damaged: {e}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(e.to_string()))?;
    let content = archive.by_name("content.xml").map_err(|e| damaged(e.to_string()))?;
    let sheets = Sheets::read(BufReader::new(content.take(MAX_XML))).map_err(damaged)?;
    let mut table = Table::new(name, "ODS", "");
    let Some(best) = (0..sheets.done.len()).max_by_key(|&i| (sheets.done[i].1.len(), usize::MAX - i)) else {
        return Err(not_a_table(name, "it has no sheets"));
    };
    for (i, (sheet, cells)) in sheets.done.into_iter().enumerate() {
        if i == best {
            table.dialect = format!("sheet “{sheet}”");
            table.fill(xlsx::rows(cells));
        } else if !cells.is_empty() {
            table.problem(None, format!("the sheet “{sheet}” is smaller and is not read"));
        }
    }
    if sheets.cut {
        table.problem(None, "the sheet is larger than a table of calls; its end is not read");
    }
    if table.columns.is_empty() {
        return Err(not_a_table(name, "its sheets are empty"));
    }
    Ok(table)
}

/// Where the reading stands.
#[derive(Default)]
struct Sheets {
    done: Vec<(String, xlsx::Cells)>,
    row: u32,
    row_repeats: u32,
    row_began: usize,
    column: u32,
    cell: Option<Cell>,
    held: usize,
    text: usize,
    note: bool,
    cut: bool,
}

struct Cell {
    repeats: u32,
    /// What the attributes say; it is worth more than the text shown, whose order of day and month is not known.
    value: Option<String>,
    shown: String,
}

impl Sheets {
    fn read(xml: impl BufRead) -> Result<Self, String> {
        let mut reader = Reader::from_reader(xml);
        let mut sheets = Self::default();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(|e| e.to_string())? {
                Event::Eof => return Ok(sheets),
                Event::Start(tag) => sheets.begin(&tag),
                Event::Empty(tag) => {
                    sheets.begin(&tag);
                    sheets.end(tag.name().as_ref());
                }
                Event::End(tag) => sheets.end(tag.name().as_ref()),
                Event::Text(text) => sheets.shown(&text.xml10_content()),
                Event::CData(text) => sheets.shown(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let character = entity.resolve_char_ref().ok().flatten().map(String::from);
                    let known = || resolve_predefined_entity(&entity).map(str::to_owned);
                    sheets.shown(&character.or_else(known).unwrap_or_default());
                }
                _ => {}
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>) {
        match tag.name().as_ref() {
            "table:table" => {
                (self.row, self.row_began) = (0, 0);
                self.done.push((attribute(tag, "table:name").unwrap_or_default(), Vec::new()));
            }
            "table:table-row" => {
                self.column = 0;
                self.row_repeats = count(tag, "table:number-rows-repeated");
                self.row_began = self.done.last().map_or(0, |(_, cells)| cells.len());
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = count(tag, "table:number-columns-repeated");
                self.cell = Some(Cell { repeats, value: value(tag), shown: String::new() });
            }
            "office:annotation" => self.note = true,
            "text:p" if self.cell.as_ref().is_some_and(|cell| !cell.shown.is_empty()) => self.shown("\n"),
            "text:s" => self.shown(&" ".repeat(count(tag, "text:c").min(100) as usize)),
            "text:tab" => self.shown("\t"),
            "text:line-break" => self.shown("\n"),
            _ => {}
        }
    }

    fn shown(&mut self, text: &str) {
        let room = MAX_TEXT.saturating_sub(self.text);
        if let Some(cell) = self.cell.as_mut().filter(|_| !self.note) {
            if cell.shown.len() + text.len() <= room { cell.shown.push_str(text) } else { self.cut = true }
        }
    }

    fn end(&mut self, tag: &str) {
        match tag {
            "office:annotation" => self.note = false,
            "table:table-cell" | "table:covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.keep_cell(cell);
                }
            }
            "table:table-row" => self.repeat_row(),
            _ => {}
        }
    }

    fn keep_cell(&mut self, cell: Cell) {
        let text = cell.value.unwrap_or(cell.shown);
        if !text.is_empty() {
            for column in self.column..self.column.saturating_add(cell.repeats.min(MAX_COLUMNS as u32 + 1)) {
                self.push(self.row, column, text.clone());
            }
        }
        self.column = self.column.saturating_add(cell.repeats);
    }

    /// Lays a repeated row down again, as far as there is room.
    fn repeat_row(&mut self) {
        let cells: Vec<(u32, String)> = match self.done.last() {
            Some((_, cells)) => cells.iter().skip(self.row_began).map(|(_, c, text)| (*c, text.clone())).collect(),
            None => return,
        };
        if !cells.is_empty() {
            for row in 1..self.row_repeats.min(MAX_ROWS as u32) {
                for (column, text) in &cells {
                    self.push(self.row.saturating_add(row), *column, text.clone());
                }
                if self.cut {
                    break;
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeats);
    }

    fn push(&mut self, row: u32, column: u32, text: String) {
        if self.held >= MAX_CELLS || self.text + text.len() > MAX_TEXT {
            self.cut = true;
        } else if let Some((_, cells)) = self.done.last_mut() {
            self.held += 1;
            self.text += text.len();
            cells.push((row, column, text));
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok()??;
    unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
}

/// A repeat count, at least 1.
fn count(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

fn value(tag: &BytesStart<'_>) -> Option<String> {
    match attribute(tag, "office:value-type")?.as_str() {
        "float" | "currency" => attribute(tag, "office:value"),
        "date" => attribute(tag, "office:date-value").map(|text| text.replace('T', " ")),
        "time" => clock(&attribute(tag, "office:time-value")?),
        "string" => attribute(tag, "office:string-value").filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// `PT18H45M02S` as `18:45:02`.
fn clock(text: &str) -> Option<String> {
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds =
        if seconds.contains(['.', ',']) { seconds.trim_end_matches('0').trim_end_matches(['.', ',']) } else { seconds };
    let whole = seconds.split(['.', ',']).next().unwrap_or_default().len();
    let pad = if whole < 2 { "0" } else { "" };
    Some(format!("{hours:0>2}:{minutes:0>2}:{pad}{seconds}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::read_bytes;
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    /// A spreadsheet with these rows in one sheet.
    pub(crate) fn ods_of(rows: &str) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file("mimetype", stored).unwrap();
        writer.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
        writer.start_file("content.xml", SimpleFileOptions::default()).unwrap();
        let sheet =
            format!("<office:spreadsheet><table:table table:name=\"Лист1\">{rows}</table:table></office:spreadsheet>");
        writer.write_all(sheet.as_bytes()).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn cells_are_readable() {
        let text =
            |t: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{t}</text:p></table:table-cell>");
        let head: String = ["файл", "дата", "время", "номер А", "прим"].map(text).concat();
        let rows = format!(
            "<table:table-row>{head}</table:table-row><table:table-row table:number-rows-repeated=\"2\"/>\
             <table:table-row>{}<table:table-cell office:value-type=\"date\" office:date-value=\"2022-03-11\"><text:p>11.03.22</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"time\" office:time-value=\"PT18H45M02S\"><text:p>18:45:02</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"float\" office:value=\"380591104472\"><text:p>3,8E+11</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"string\"><office:annotation><text:p>no</text:p></office:annotation><text:p>a &amp; b<text:s text:c=\"2\"/>c</text:p><text:p>d</text:p></table:table-cell>\
             </table:table-row><table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
            text("a.wav")
        );
        let table = read_bytes("t.ods", &ods_of(&rows)).unwrap();
        assert_eq!(table.columns, ["файл", "дата", "время", "номер А", "прим"]);
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0].line, 4);
        assert_eq!(table.rows[0].cells, ["a.wav", "2022-03-11", "18:45:02", "380591104472", "a & b  c\nd"]);
        assert_eq!(table.dialect, "sheet “Лист1”");
    }

    #[test]
    fn a_bomb_is_cut() {
        let rows = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\" \
                    office:value-type=\"string\"><text:p>boom<text:s text:c=\"4000000000\"/></text:p></table:table-cell></table:table-row>";
        let table = read_bytes("t.ods", &ods_of(rows)).unwrap();
        assert!(table.rows.len() * table.columns.len() <= MAX_CELLS);
        assert!(table.problems.iter().any(|p| p.reason.contains("larger")));
    }

    #[test]
    fn times() {
        assert_eq!(clock("PT18H45M02S").as_deref(), Some("18:45:02"));
        assert_eq!(clock("PT00H01M30S").as_deref(), Some("00:01:30"));
        assert_eq!(clock("PT00H01M10.500000000S").as_deref(), Some("00:01:10.5"));
        assert_eq!(clock("PT0H1M0S").as_deref(), Some("00:01:00"));
        assert_eq!(clock("tomorrow"), None);
    }
}
