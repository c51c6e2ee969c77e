//! XLSX (ECMA-376), read cell by cell; a cell comes out as the text that a person saw, not as a day count.

use super::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Row, Table, TableError, not_a_table};
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most bytes that all parts of the workbook may unpack to.
const MAX_UNPACKED: u64 = 256 << 20;

/// Cells of a sheet with their places, from 0.
pub(super) type Cells = Vec<(u32, u32, String)>;

/// Reads the sheet with the most cells.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Table, TableError> {
    unpacks_to(name, bytes)?;
    // The reader is not ours and the workbook may be crafted: a panic in it is this file's fault, not the program's.
    let sheets = catch_unwind(AssertUnwindSafe(|| sheets(bytes)))
        .map_err(|_| not_a_table(name, "the workbook is damaged"))?
        .map_err(|reason| not_a_table(name, reason))?;
    let most = sheets.iter().map(|sheet| sheet.cells.len()).max().unwrap_or(0);
    let mut table = Table::new(name, "XLSX", "");
    let mut chosen = None;
    for sheet in sheets {
        if chosen.is_none() && sheet.cells.len() == most && most > 0 {
            chosen = Some(sheet);
        } else if !sheet.cells.is_empty() {
            table.problem(None, format!("the sheet “{}” is smaller and is not read", sheet.name));
        }
    }
    let sheet = chosen.ok_or_else(|| not_a_table(name, "its sheets are empty"))?;
    table.dialect = format!("sheet “{}”", sheet.name);
    if sheet.cut {
        table.problem(None, "the sheet is larger than a table of calls; its end is not read");
    }
    table.fill(rows(sheet.cells));
    Ok(table)
}

/// Fails where the parts together unpack to too much, whatever their headers say.
fn unpacks_to(name: &str, bytes: &[u8]) -> Result<(), TableError> {
    let broken = |e: zip::result::ZipError| not_a_table(name, format!("the workbook is damaged: {e}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = MAX_UNPACKED;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(broken)?;
        // A damaged part fails where it is read; here only its size counts.
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).unwrap_or(0);
        left = left.checked_sub(unpacked).ok_or_else(|| TableError::TooLarge {
            name: name.to_owned(),
            what: format!("it unpacks to more than {} MiB", MAX_UNPACKED >> 20),
        })?;
    }
    Ok(())
}

struct Sheet {
    name: String,
    cells: Cells,
    cut: bool,
}

fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| format!("it is no XLSX workbook: {e}"))?;
    let mut sheets = Vec::new();
    let mut text_left = MAX_TEXT;
    for name in book.sheet_names().into_iter().take(64) {
        // A chart has a name and no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let mut sheet = Sheet { name, cells: Vec::new(), cut: false };
        loop {
            let (cell, style) = match reader.next_cell_with_style_id() {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Err(format!("the sheet “{}” is damaged: {error}", sheet.name)),
            };
            let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let text = text_of(cell.get_value(), format.map_or("", |f| f.format_code.as_str()));
            let (row, column) = cell.get_position();
            if text.is_empty() {
                continue;
            }
            if sheet.cells.len() >= MAX_CELLS || text_left < text.len() || row as usize > MAX_ROWS * 2 {
                sheet.cut = true;
                break;
            }
            text_left -= text.len();
            sheet.cells.push((row, column, text));
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Rows of text from cells in any order.
pub(super) fn rows(mut cells: Cells) -> Vec<Row> {
    cells.sort_by_key(|&(row, column, _)| (row, column));
    let first = cells.iter().map(|&(_, column, _)| column).min().unwrap_or(0);
    // Evened out, the rows may not hold more than MAX_CELLS either.
    let last = cells.iter().map(|&(_, column, _)| column).max().unwrap_or(0);
    let width = ((last - first) as usize + 1).min(MAX_COLUMNS + 1);
    let mut rows: Vec<Row> = Vec::new();
    for (row, column, text) in cells {
        let line = row as usize + 1;
        if rows.last().is_none_or(|last| last.line != line) {
            if (rows.len() + 1) * width > MAX_CELLS {
                break;
            }
            rows.push(Row { line, cells: vec![String::new(); width] });
        }
        let place = ((column - first) as usize).min(MAX_COLUMNS);
        if let Some(cell) = rows.last_mut().and_then(|row| row.cells.get_mut(place)) {
            *cell = text;
        }
    }
    rows
}

fn text_of(value: &DataRef<'_>, format: &str) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(b) => b.to_string(),
        DataRef::DateTime(when) => moment(when, format),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => format!("{error}"),
        DataRef::Empty => String::new(),
    }
}

/// A date and time as text. A time shown as `h:mm` keeps only what was shown: people who type `01:11` for a minute and
/// eleven seconds get an hour and eleven minutes from the spreadsheet, and see `01:11`.
fn moment(when: &ExcelDateTime, format: &str) -> String {
    let days = when.as_f64();
    if !days.is_finite() || !(0.0..2_958_466.0).contains(&days) {
        return days.to_string();
    }
    if when.is_duration() {
        let ms = (days * 86_400_000.0).round() as u64;
        let seconds = ms / 1000;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60) + &millis(ms % 1000);
    }
    let (year, month, day, h, m, s, ms) = when.to_ymd_hms_milli();
    let time = format!("{h:02}:{m:02}:{s:02}") + &millis(u64::from(ms));
    let format = bare(format);
    let shows_time = format.contains(['h', 's', 'ч']);
    if days < 1.0 {
        let short = s == 0 && ms == 0 && format.contains('h') && !format.contains('s');
        return if short { format!("{h:02}:{m:02}") } else { time };
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if days.fract() == 0.0 && !shows_time { date } else { format!("{date} {time}") }
}

/// The codes of a number format, without literal text and locale.
fn bare(format: &str) -> String {
    let (mut quoted, mut bracketed) = (false, false);
    let mut codes = String::new();
    for c in format.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            c if !quoted && !bracketed => codes.extend(c.to_lowercase()),
            _ => {}
        }
    }
    codes
}

fn millis(ms: u64) -> String {
    if ms == 0 { String::new() } else { format!(".{ms:03}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;
    use rstest::rstest;

    #[rstest]
    #[case(44631.0, "dd.mm.yyyy", "2022-03-11")]
    #[case(44631.0, "dd.mm.yyyy hh:mm", "2022-03-11 00:00:00")]
    #[case(44620.5, "", "2022-02-28 12:00:00")]
    #[case(44631.781273148, "dd.mm.yyyy hh:mm:ss", "2022-03-11 18:45:02")]
    #[case(0.781273148148, "h:mm:ss", "18:45:02")]
    #[case(0.049305555556, "h:mm", "01:11")]
    #[case(0.049305555556, "[$-419]h:mm", "01:11")]
    #[case(0.000821759259, "mm:ss", "00:01:11")]
    #[case(-1.0, "", "-1")]
    fn moments_are_readable(#[case] days: f64, #[case] format: &str, #[case] expected: &str) {
        assert_eq!(moment(&ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false), format), expected);
    }

    #[test]
    fn durations_may_exceed_a_day() {
        let long = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(moment(&long, "[h]:mm:ss"), "36:00:00");
    }

    #[test]
    fn phone_numbers_keep_their_digits() {
        assert_eq!(text_of(&DataRef::Float(380_591_104_472.0), ""), "380591104472");
        assert_eq!(text_of(&DataRef::Float(51.6182), ""), "51.6182");
    }
}
