//! The table of a delivery, found, read, mapped, and tied to the delivered files.

use super::{ImportError, ImportOptions, SampleRow, TableReport};
use earwitness_intake::{
    CallRow, Delivery, Mapping, Options, Table,
    mapping::Field,
    matching::{self, Matching},
    rows,
    table::{self, find_table},
};
use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::{Path, PathBuf},
};

/// A table that was read, with its rows tied to files.
pub(crate) struct Reading {
    pub report: TableReport,
    pub table: Table,
    pub rows: Vec<CallRow>,
    pub matching: Matching,
    /// Where the table lies, when it is not one of the delivered files.
    pub outside: Option<PathBuf>,
    by_file: HashMap<String, usize>,
}

impl Reading {
    /// The row that speaks of a file.
    pub fn row_of(&self, file: &str) -> Option<&CallRow> {
        self.rows.get(*self.by_file.get(file)?)
    }

    /// The names of files by the places of their rows.
    pub fn files_by_row(&self) -> HashMap<usize, &str> {
        self.by_file.iter().map(|(name, row)| (*row, name.as_str())).collect()
    }
}

/// Finds and reads the table of a delivery; none where there is none.
pub(crate) fn read(delivery: &Delivery, options: &ImportOptions) -> Result<Option<Reading>, ImportError> {
    let zone = Options::in_zone(&options.timezone)?;
    let (table, outside, mut notes) = match &options.table {
        Some(named) => {
            let (table, outside) = read_named(delivery, named)?;
            (table, outside, Vec::new())
        }
        None => {
            let found = find_table(delivery);
            let notes = found.others.iter().map(|o| format!("{} is not the table: {}", o.name, o.reason)).collect();
            let Some(table) = found.chosen else {
                return if options.map.is_some() { Err(ImportError::MapWithoutTable) } else { Ok(None) };
            };
            (table, None, notes)
        }
    };
    let guess = Mapping::guess(&table);
    let mapping = match &options.map {
        Some(said) => guess.mapping.overridden_by(said),
        None => guess.mapping,
    };
    notes.extend(guess.notes);
    let interpreted = rows::interpret(&table, &mapping, &zone)?;
    notes.extend(interpreted.notes);
    let rows = interpreted.rows;
    let names: Vec<&str> = delivery.entries().iter().map(|e| e.name.as_str()).filter(|n| *n != table.name).collect();
    let matching = matching::join(&rows, &names);
    let by_file = matching.pairs.iter().filter_map(|p| Some(((*names.get(p.file)?).to_owned(), p.row))).collect();
    let used: HashSet<usize> = mapping.places(&table)?.into_values().collect();
    let unused = table.columns.iter().enumerate().filter(|(place, _)| !used.contains(place));
    let report = TableReport {
        name: table.name.clone(),
        encoding: table.encoding.clone(),
        dialect: table.dialect.clone(),
        columns: table.columns.clone(),
        rows: table.rows.len(),
        unmapped: unused.map(|(_, column)| column.clone()).collect(),
        samples: samples(&table, &mapping, &rows)?,
        mapping,
        notes,
    };
    Ok(Some(Reading { report, table, rows, matching, outside, by_file }))
}

/// Reads the table that was named: one of the delivered files, or a file elsewhere.
fn read_named(delivery: &Delivery, named: &Path) -> Result<(Table, Option<PathBuf>), ImportError> {
    let text = named.to_string_lossy().replace('\\', "/");
    let same = |path: &Path| path.canonicalize().is_ok_and(|p| named.canonicalize().is_ok_and(|n| n == p));
    let entries = delivery.entries();
    let entry = delivery.entry(&text).or_else(|| entries.iter().find(|e| delivery.path(e).is_some_and(same)));
    let unreadable = |source| ImportError::NamedTable { path: named.to_owned(), source };
    if let Some(entry) = entry {
        let reader = delivery.open_entry(entry).map_err(unreadable)?;
        return Ok((table::read(&entry.name, reader)?, None));
    }
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    let table = table::read(&name, File::open(named).map_err(unreadable)?)?;
    Ok((table, Some(named.to_owned())))
}

/// The first three rows that have the most to say, field by field.
fn samples(table: &Table, mapping: &Mapping, rows: &[CallRow]) -> Result<Vec<SampleRow>, ImportError> {
    let places = mapping.places(table)?;
    let sample = |(written, row): (&table::Row, &CallRow)| {
        let mut fields = Vec::new();
        for field in Field::ALL {
            let cell = places.get(&field).and_then(|place| written.cells.get(*place));
            if let Some(cell) = cell.filter(|cell| !cell.trim().is_empty()) {
                fields.push((field.name().to_owned(), cell.clone(), understood(row, field)));
            }
        }
        SampleRow { line: row.line, fields }
    };
    Ok(table.rows.iter().zip(rows).take(3).map(sample).collect())
}

/// What was understood of a field; empty where its cell could not be read.
fn understood(row: &CallRow, field: Field) -> String {
    let degrees = |value: Option<f64>| value.map(|v| v.to_string());
    let phone = |phone: &Option<earwitness_model::Phone>| phone.as_ref().map(|p| p.label().to_owned());
    let text = match field {
        Field::File => row.file.clone(),
        Field::Date | Field::Time | Field::Datetime => row.started_at.map(|t| t.to_string()),
        Field::Duration => row.duration.map(|d| format!("{} s", d.seconds)),
        Field::From => phone(&row.from),
        Field::To => phone(&row.to),
        Field::Direction => row.direction.clone(),
        Field::Sector => row.place.sector.clone(),
        Field::Latitude => degrees(row.place.latitude),
        Field::Longitude => degrees(row.place.longitude),
        Field::Coordinates => row.place.latitude.zip(row.place.longitude).map(|(n, e)| format!("{n}, {e}")),
        Field::Note => row.note.clone(),
        Field::Row => row.id.clone(),
        Field::Language => row.language.clone(),
    };
    text.unwrap_or_default()
}
