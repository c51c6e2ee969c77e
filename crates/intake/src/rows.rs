//! Rows of a table as statements about calls. Nothing of a row is lost: what cannot be read is a [`CellFault`], what
//! means nothing known is kept as written.

use crate::fields::{self, Axis, Country, DateOrder, StatedDuration};
use crate::mapping::{Field, Mapping, MappingError};
use crate::matching;
use crate::table::{Row, Table};
use earwitness_model::{CallTime, Phone, Place};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How rows are to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone in which the table's times were written, where they do not say.
    pub timezone: TimeZone,
}

impl Options {
    /// Times of this IANA zone.
    ///
    /// # Errors
    /// [`fields::UnknownTimeZone`].
    pub fn in_zone(name: &str) -> Result<Self, fields::UnknownTimeZone> {
        Ok(Self { timezone: fields::timezone(name)? })
    }
}

/// A cell that could not be read, or not without doubt. The rest of its row is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// Line of the file, from 1.
    pub line: usize,
    /// Heading of the column.
    pub column: String,
    /// What is written there.
    pub written: String,
    /// What should be there, in plain words.
    pub expected: String,
}

/// What one row says of a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallRow {
    /// Line of the file, from 1.
    pub line: usize,
    /// The table's own number for the row, as written.
    pub id: Option<String>,
    /// Name of the recording, as written.
    pub file: Option<String>,
    /// When the call began.
    pub started_at: Option<CallTime>,
    /// How long the table says it was.
    pub duration: Option<StatedDuration>,
    /// Who called.
    pub from: Option<Phone>,
    /// Who was called.
    pub to: Option<Phone>,
    /// `outgoing` or `incoming` where it can be read so, else as written.
    pub direction: Option<String>,
    /// Where the listened-to phone was.
    pub place: Place,
    /// Remarks, as written.
    pub note: Option<String>,
    /// Language, as written.
    pub language: Option<String>,
    /// Cells with text of columns that mean nothing known: heading and text.
    pub extra: Vec<(String, String)>,
    /// Cells that could not be read.
    pub faults: Vec<CellFault>,
}

/// A table, read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interpreted {
    /// One for every row of the table, in its order.
    pub rows: Vec<CallRow>,
    /// What was decided over whole columns, in plain words.
    pub notes: Vec<String>,
}

/// Reads the rows of `table` by `mapping`.
///
/// # Errors
/// [`MappingError`] where the mapping does not fit the table.
pub fn interpret(table: &Table, mapping: &Mapping, options: &Options) -> Result<Interpreted, MappingError> {
    let places = mapping.places(table)?;
    let mut notes = Vec::new();
    let column = |field: Field| places.get(&field).map(|&place| table.cells(place));
    let dates = || [Field::Datetime, Field::Date].into_iter().filter_map(column).flatten();
    let order = mapping.date_order.unwrap_or_else(|| {
        let (order, note) = fields::decide_order(dates());
        notes.extend(note);
        order
    });
    let phones = || [Field::From, Field::To].into_iter().filter_map(column).flatten();
    let country = mapping.default_country.or_else(|| fields::country_of_cells(phones()));
    let mut reader =
        RowReader { table, places: &places, order, country, zone: &options.timezone, row: CallRow::default() };
    let mut rows: Vec<CallRow> = table.rows.iter().map(|row| reader.read(row)).collect();
    notes.extend(whole_minutes(&mut rows));
    Ok(Interpreted { rows, notes })
}

/// Where every stated length is a whole number of minutes, the table rounds.
fn whole_minutes(rows: &mut [CallRow]) -> Option<String> {
    let stated = || rows.iter().filter_map(|row| row.duration);
    if stated().count() < 5 || !stated().all(|d| d.seconds % 60.0 == 0.0) {
        return None;
    }
    rows.iter_mut().filter_map(|row| row.duration.as_mut()).for_each(|d| d.precision = d.precision.max(60.0));
    Some("all durations are whole minutes; they are taken as rounded to the minute".to_owned())
}

struct RowReader<'a> {
    table: &'a Table,
    places: &'a BTreeMap<Field, usize>,
    order: DateOrder,
    country: Option<Country>,
    zone: &'a TimeZone,
    row: CallRow,
}

impl RowReader<'_> {
    fn read(&mut self, row: &Row) -> CallRow {
        self.row = CallRow { line: row.line, ..CallRow::default() };
        self.row.id = self.text(row, Field::Row);
        self.row.file = self.text(row, Field::File);
        if let Some(expected) = self.row.file.as_deref().and_then(matching::unsafe_path) {
            self.fault(row, Field::File, expected);
        }
        self.row.started_at = self.started_at(row);
        let expected = "a length of time as in 01:11 or 71";
        self.row.duration = self.cell(row, Field::Duration, expected, fields::duration);
        self.row.from = self.phone(row, Field::From);
        self.row.to = self.phone(row, Field::To);
        self.row.direction = self.text(row, Field::Direction).map(|text| direction(&text));
        self.row.place = self.place(row);
        self.row.note = self.text(row, Field::Note);
        self.row.language = self.text(row, Field::Language);
        self.row.extra = self.extra(row);
        std::mem::take(&mut self.row)
    }

    /// The text of a field's cell; none where nothing is written.
    fn written<'r>(&self, row: &'r Row, field: Field) -> Option<&'r str> {
        let cell = row.cells.get(*self.places.get(&field)?)?.trim();
        (!fields::is_blank(cell)).then_some(cell)
    }

    fn text(&self, row: &Row, field: Field) -> Option<String> {
        self.written(row, field).map(str::to_owned)
    }

    fn fault(&mut self, row: &Row, field: Field, expected: &str) {
        let place = self.places.get(&field).copied().unwrap_or(usize::MAX);
        self.row.faults.push(CellFault {
            line: row.line,
            column: self.table.columns.get(place).cloned().unwrap_or_default(),
            written: row.cells.get(place).cloned().unwrap_or_default(),
            expected: expected.to_owned(),
        });
    }

    /// Reads a cell; where something is written that cannot be read, that is a fault.
    fn cell<T>(&mut self, row: &Row, field: Field, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let written = self.written(row, field)?;
        let value = read(written);
        if value.is_none() {
            self.fault(row, field, expected);
        }
        value
    }

    fn phone(&mut self, row: &Row, field: Field) -> Option<Phone> {
        let written = self.written(row, field)?;
        if fields::rounded_by_spreadsheet(written) {
            self.fault(
                row,
                field,
                "a telephone number; a spreadsheet has rounded this one, and its last digits are lost",
            );
        }
        fields::phone(written, self.country)
    }

    fn started_at(&mut self, row: &Row) -> Option<CallTime> {
        let order = self.order;
        let both = |text: &str| fields::datetime(text, order);
        // The time may stand with the date, and the date may stand in the column of the time.
        let whole = [Field::Datetime, Field::Date, Field::Time];
        let found = whole.into_iter().find_map(|field| Some((field, both(self.written(row, field)?)?)));
        let (field, local) = if let Some((field, moment)) = found {
            if let Some(offset) = moment.offset {
                let zoned = offset.to_time_zone().to_zoned_datetime(moment.local).ok()?;
                return Some(CallTime::of(&zoned));
            }
            (field, moment.local)
        } else {
            let expected = "a date with a time as in 11.03.2022 18:45:02";
            let date_field = if self.written(row, Field::Date).is_some() { Field::Date } else { Field::Datetime };
            let expected_date = if date_field == Field::Date { "a date as in 11.03.2022" } else { expected };
            let date = self.cell(row, date_field, expected_date, |text| fields::date(text, order));
            let time = self.cell(row, Field::Time, "a time of day as in 18:45:02", fields::time);
            match (date, time) {
                (Some(date), Some(time)) => (Field::Time, date.to_datetime(time)),
                (Some(_), None) if self.written(row, Field::Time).is_none() => {
                    self.fault(
                        row,
                        date_field,
                        "a time of day with the date; without it the start of the call is not known",
                    );
                    return None;
                }
                (None, Some(_)) if self.written(row, date_field).is_none() => {
                    self.fault(row, Field::Time, "a date with the time; without it the start of the call is not known");
                    return None;
                }
                _ => return None,
            }
        };
        let Some(placed) = fields::place_in_zone(local, self.zone) else {
            self.fault(row, field, "a time between the years 1900 and 2100");
            return None;
        };
        if let Some(doubt) = &placed.doubt {
            self.fault(row, field, doubt);
        }
        Some(placed.time)
    }

    fn place(&mut self, row: &Row) -> Place {
        let sector = self.text(row, Field::Sector);
        let pair =
            self.cell(row, Field::Coordinates, "latitude and longitude as in 51.6182, 30.4001", fields::coordinates);
        let degrees = |axis| move |text: &str| fields::coordinate(text, axis);
        let north = "a latitude from -90 to 90 degrees as in 51,6182 or 50°47'08\"N";
        let east = "a longitude from -180 to 180 degrees as in 30,4001 or 29°50'36\"E";
        let latitude = self.cell(row, Field::Latitude, north, degrees(Axis::Latitude)).or(pair.map(|p| p.0));
        let longitude = self.cell(row, Field::Longitude, east, degrees(Axis::Longitude)).or(pair.map(|p| p.1));
        if latitude == Some(0.0) && longitude == Some(0.0) {
            let field = if pair.is_some() { Field::Coordinates } else { Field::Latitude };
            self.fault(row, field, "a place; 0, 0 lies in the ocean and is written where nothing is known");
            return Place { sector, ..Place::default() };
        }
        Place { latitude, longitude, sector }
    }

    fn extra(&self, row: &Row) -> Vec<(String, String)> {
        let known = |place: usize| self.places.values().any(|&other| other == place);
        let cells = row.cells.iter().enumerate().filter(|(place, cell)| !cell.trim().is_empty() && !known(*place));
        let heading = |place: usize| self.table.columns.get(place).cloned();
        cells.map(|(i, cell)| (heading(i).unwrap_or_else(|| format!("column {}", i + 1)), cell.clone())).collect()
    }
}

/// `outgoing` or `incoming` for the ways to write it in Russian, Ukrainian and English, else as written.
pub fn direction(written: &str) -> String {
    let lower = written.trim().trim_end_matches('.').to_lowercase();
    let begins = |stems: &[&str]| stems.iter().any(|stem| lower.starts_with(stem));
    if begins(&["исх", "вих", "out", "от абонента"]) || matches!(lower.as_str(), "mo" | "→" | "->" | ">")
    {
        "outgoing".to_owned()
    } else if begins(&["вх", "incom", "inbound"]) || matches!(lower.as_str(), "in" | "mt" | "←" | "<-" | "<") {
        "incoming".to_owned()
    } else {
        written.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::read_bytes;

    fn read(text: &str, said: &str) -> Interpreted {
        let table = read_bytes("t.csv", text.as_bytes()).unwrap();
        let mapping = Mapping::guess(&table).mapping.overridden_by(&Mapping::from_toml(said).unwrap());
        interpret(&table, &mapping, &Options::in_zone("Europe/Kyiv").unwrap()).unwrap()
    }

    #[test]
    fn a_row_is_read_whole() {
        let rows = read(
            "№;файл;дата;время;длительность;номер А;номер Б;направление;сектор БС;широта;долгота;примечание;оператор\n\
             7;a.wav;11.03.2022;18:45:02;01:11;0591104472;8 (944) 125-33-08;вх.;КБ-1;51,6;30,4;шум;Киевстар\n\
             8;b.wav;12.03.2022;18:45;;+380591104472;скрыт;исх;;;;—;\n",
            "",
        )
        .rows;
        let row = &rows[0];
        assert_eq!(row.id.as_deref(), Some("7"));
        assert_eq!(row.started_at.unwrap().to_string(), "2022-03-11T18:45:02+02:00");
        assert_eq!(row.duration.unwrap().seconds, 71.0);
        assert_eq!(row.from.as_ref().unwrap().e164.as_deref(), Some("+380591104472"));
        assert_eq!(row.to.as_ref().unwrap().e164.as_deref(), Some("+79441253308"));
        assert_eq!(row.direction.as_deref(), Some("incoming"));
        assert_eq!(row.place, Place { latitude: Some(51.6), longitude: Some(30.4), sector: Some("КБ-1".into()) });
        assert_eq!(row.note.as_deref(), Some("шум"));
        assert_eq!(row.extra, [("оператор".to_owned(), "Киевстар".to_owned())]);
        assert_eq!(row.faults, []);
        assert_eq!(rows[1].to.as_ref().unwrap(), &Phone { written: "скрыт".into(), e164: None });
        assert_eq!((rows[1].direction.as_deref(), rows[1].note.as_deref()), (Some("outgoing"), None));
        assert_eq!(rows[1].faults, []);
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_and_the_rest_is_used() {
        let rows = read(
            "file;date;time;duration;from;lat;lon\n\
             a.wav;31.02.2022;18:45:02;long;7,94413E+10;91;30.4\n\
             ../b.wav;11.03.2022;;71;102;0;0\n\
             c.wav;27.03.2022;03:30:00;71;;51.6;30.4\n\
             d.wav;11.03.2022;18:45:02;71;+380591104472;51.6;30.4\n\
             e.wav;11.03.2022;18:45:02;71;+380591104472;51.6;30.4\n",
            "",
        )
        .rows;
        let faulty = |i: usize| rows[i].faults.iter().map(|f| f.column.as_str()).collect::<Vec<_>>();
        assert_eq!(faulty(0), ["date", "duration", "from", "lat"]);
        assert_eq!(rows[0].place.longitude, Some(30.4));
        assert_eq!((rows[0].faults[0].line, rows[0].faults[0].written.as_str()), (2, "31.02.2022"));
        assert_eq!(faulty(1), ["file", "date", "lat"]);
        assert_eq!(rows[1].from.as_ref().unwrap().written, "102");
        assert_eq!(faulty(2), ["time"]);
        assert!(rows[2].faults[0].expected.contains("skipped"));
        assert_eq!(rows[2].started_at.unwrap().to_string(), "2022-03-27T04:30:00+03:00");
        assert_eq!(faulty(3), [] as [&str; 0]);
    }

    #[test]
    fn columns_decide_order_country_and_rounding() {
        let text = "file,date,time,from,duration\na.wav,03/14/2022,10:00,0591104472,60\nb.wav,03/04/2022,10:00,1,120\n\
                    c.wav,03/05/2022,10:00,,180\nd.wav,03/06/2022,10:00,,60\ne.wav,03/07/2022,10:00,,60\n";
        let read_so = read(text, "default_country = \"UA\"\n");
        assert_eq!(read_so.rows[1].started_at.unwrap().to_string(), "2022-03-04T10:00:00+02:00");
        assert_eq!(read_so.rows[0].from.as_ref().unwrap().e164.as_deref(), Some("+380591104472"));
        assert_eq!(read_so.rows[0].duration.unwrap().precision, 60.0);
        assert_eq!(read_so.notes.len(), 2, "{:?}", read_so.notes);
        let said = read(text, "date_order = \"dmy\"\n");
        assert_eq!(said.rows[1].started_at.unwrap().to_string(), "2022-04-03T10:00:00+03:00");
        assert_eq!(said.rows[0].from.as_ref().unwrap().e164, None);
    }

    #[test]
    fn a_written_zone_is_obeyed() {
        let rows = read("file;start\na.wav;2022-03-11T18:45:02+03:00\nb.wav;2022-03-11 18:45:02\n", "").rows;
        assert_eq!(rows[0].started_at.unwrap().to_string(), "2022-03-11T18:45:02+03:00");
        assert_eq!(rows[1].started_at.unwrap().to_string(), "2022-03-11T18:45:02+02:00");
    }

    #[test]
    fn directions() {
        for written in ["исх.", "Исходящий", "вихідний", "out", "Outgoing"] {
            assert_eq!(direction(written), "outgoing", "{written}");
        }
        for written in ["вх.", "входящий", "вхідний", "in", "Incoming"] {
            assert_eq!(direction(written), "incoming", "{written}");
        }
        assert_eq!(direction(" internet "), "internet");
    }

    proptest::proptest! {
        #[test]
        fn no_row_is_lost_and_none_panics(text in "[-а-я0-9;.:+/\"\n ]{0,200}") {
            let table = read_bytes("t.csv", format!("файл;дата;время;номер А;широта\n{text}").as_bytes()).unwrap();
            let mapping = Mapping::guess(&table).mapping;
            let rows = interpret(&table, &mapping, &Options::in_zone("Europe/Kyiv").unwrap()).unwrap().rows;
            proptest::prop_assert_eq!(rows.len(), table.rows.len());
        }
    }
}
