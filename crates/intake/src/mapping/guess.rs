//! The guess: each field gets the column whose heading and cells speak for it most plainly.

use super::{Field, Mapping, headings};
use crate::fields::{self, Axis, DateOrder};
use crate::table::{SOUND_EXTENSIONS, Table, extension};
use std::collections::BTreeMap;

/// Cells of a column that are looked at.
const SAMPLE: usize = 500;
/// Below this a column is not taken for a field.
const ENOUGH: i32 = 50;

/// A guessed mapping, and what people should know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The mapping.
    pub mapping: Mapping,
    /// Choices between columns with their reason, and columns that a person should name; plain words.
    pub notes: Vec<String>,
    /// Headings of the columns that mean nothing known; their cells are kept as written.
    pub unmapped: Vec<String>,
}

struct Candidate {
    field: Field,
    column: usize,
    plainness: i32,
    score: i32,
}

impl Mapping {
    /// Guesses the mapping of a table from its headings and cells.
    pub fn guess(table: &Table) -> Guess {
        let mut candidates: Vec<Candidate> = Vec::new();
        for (column, heading) in table.columns.iter().enumerate() {
            let before = candidates.len();
            for field in Field::ALL {
                let plainness = headings::plainness(heading, field);
                if plainness > 0 {
                    let score = plainness + evidence(table, column, field);
                    candidates.push(Candidate { field, column, plainness, score });
                }
            }
            if candidates.len() == before
                && let Some((field, score)) = by_cells_alone(table, column)
            {
                candidates.push(Candidate { field, column, plainness: 0, score });
            }
        }
        candidates.retain(|candidate| candidate.score >= ENOUGH);
        candidates.sort_by_key(|c| (-c.score, c.column, c.field));
        let mut taken: BTreeMap<Field, &Candidate> = BTreeMap::new();
        for candidate in &candidates {
            let used = taken.values().any(|other| other.column == candidate.column);
            if !used && !taken.contains_key(&candidate.field) {
                taken.insert(candidate.field, candidate);
            }
        }
        let heading = |column: usize| table.columns.get(column).cloned().unwrap_or_default();
        let mut notes = choices(table, &candidates, &taken);
        let unmapped: Vec<usize> =
            (0..table.columns.len()).filter(|&column| taken.values().all(|c| c.column != column)).collect();
        for &column in unmapped.iter().filter(|&&column| share(table, column, holds_phone) >= 0.6) {
            notes.push(format!(
                "“{}” seems to hold telephone numbers, but not whose; name it as from or to in a mapping file",
                heading(column)
            ));
        }
        let columns = taken.into_iter().map(|(field, c)| (field, heading(c.column))).collect();
        let mapping = Mapping { columns, ..Mapping::default() };
        Guess { mapping, notes, unmapped: unmapped.into_iter().map(heading).collect() }
    }
}

/// Says where two columns wanted one field, which was taken, and why.
fn choices(table: &Table, candidates: &[Candidate], taken: &BTreeMap<Field, &Candidate>) -> Vec<String> {
    let mut notes = Vec::new();
    for loser in candidates.iter().filter(|c| taken.values().all(|other| other.column != c.column)) {
        let Some(winner) = taken.get(&loser.field) else { continue };
        let why = match (winner.plainness.cmp(&loser.plainness), winner.score.cmp(&loser.score)) {
            (std::cmp::Ordering::Greater, _) => "its heading says so more plainly",
            (_, std::cmp::Ordering::Greater) => "more of its cells can be read so",
            _ => "it comes first",
        };
        let name = |c: &Candidate| table.columns.get(c.column).cloned().unwrap_or_default();
        let (winner, other) = (name(winner), name(loser));
        notes.push(format!("“{winner}” and “{other}” could both be the {}; “{winner}” is used: {why}", loser.field));
    }
    notes
}

/// Points for and against a field from the cells: up to 25 where they can be read so, -60 where they cannot.
fn evidence(table: &Table, column: usize, field: Field) -> i32 {
    let test: fn(&str) -> bool = match field {
        Field::File => holds_file,
        Field::Date => |cell| fields::date(cell, DateOrder::Dmy).is_some(),
        Field::Time => |cell| fields::time(cell).is_some(),
        Field::Datetime => |cell| fields::datetime(cell, DateOrder::Dmy).is_some(),
        Field::Duration => |cell| fields::duration(cell).is_some(),
        Field::From | Field::To => |cell| fields::phone(cell, None).is_some(),
        Field::Latitude => |cell| fields::coordinate(cell, Axis::Latitude).is_some(),
        Field::Longitude => |cell| fields::coordinate(cell, Axis::Longitude).is_some(),
        Field::Coordinates => |cell| fields::coordinates(cell).is_some(),
        Field::Row => |cell| cell.trim().len() <= 20,
        Field::Direction | Field::Sector | Field::Note | Field::Language => return 0,
    };
    match share(table, column, test) {
        share if share.is_nan() => 0,
        // A table may name files without their extension.
        share if share < 0.3 => {
            if field == Field::File {
                0
            } else {
                -60
            }
        }
        share => (share * 25.0) as i32,
    }
}

/// The field that the cells themselves show under a heading that says nothing.
fn by_cells_alone(table: &Table, column: usize) -> Option<(Field, i32)> {
    if share(table, column, holds_file) >= 0.6 {
        return Some((Field::File, 55));
    }
    if share(table, column, |cell| fields::datetime(cell, DateOrder::Dmy).is_some()) >= 0.9 {
        return Some((Field::Datetime, 55));
    }
    let date = |cell: &str| cell.len() > 5 && fields::date(cell, DateOrder::Dmy).is_some();
    (share(table, column, date) >= 0.9).then_some((Field::Date, 52))
}

/// The share of the cells with text that pass a test; not a number where there is none.
fn share(table: &Table, column: usize, test: fn(&str) -> bool) -> f64 {
    let (mut passed, mut all) = (0.0, 0.0);
    for cell in table.cells(column).filter(|cell| !fields::is_blank(cell)).take(SAMPLE) {
        all += 1.0;
        passed += f64::from(u8::from(test(cell)));
    }
    passed / all
}

fn holds_file(cell: &str) -> bool {
    SOUND_EXTENSIONS.contains(&extension(cell.trim()).as_str())
}

fn holds_phone(cell: &str) -> bool {
    fields::phone(cell, None).is_some_and(|phone| phone.e164.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::read_bytes;
    use rstest::rstest;

    fn guess(text: &str) -> Guess {
        Mapping::guess(&read_bytes("t.csv", text.as_bytes()).unwrap())
    }

    #[rstest]
    #[case("номер записи;файл;дата;время;длительность;номер А;номер Б;направление;сектор БС;широта;долгота;примечание")]
    #[case(
        "№ з/п;Ім'я файлу;Дата дзвінка;Час;Тривалість;Номер А;Номер Б;Напрямок;Базова станція;Широта;Довгота;Примітка"
    )]
    #[case("ID;File name;Date;Start time;Duration (s);Caller;Called number;Direction;Cell ID;Lat;Lon;Comments")]
    fn headings_in_three_languages(#[case] headings: &str) {
        let text =
            format!("{headings}\n1;a.wav;01.03.2022;18:45:02;71;+380591104472;+79441253308;исх.;КБ-1;51,6;30,4;x\n");
        let guess = guess(&text);
        let columns: Vec<&str> = headings.split(';').collect();
        use Field::*;
        let expected =
            [Row, File, Date, Time, Duration, From, To, Direction, Sector, Latitude, Longitude, Note].into_iter();
        for (field, column) in expected.zip(columns) {
            assert_eq!(guess.mapping.column(field), Some(column), "{field}");
        }
        assert_eq!(guess.notes, [] as [&str; 0]);
        assert_eq!(guess.unmapped, [] as [&str; 0]);
    }

    #[test]
    fn cells_decide_where_headings_do_not() {
        let guess = guess(
            "время;что;Начало;абонент\n2022-03-11 18:45:02;a.wav;x;+380591104472\n2022-03-12 18:45:02;b.mp3;y;+79441253308\n",
        );
        assert_eq!(guess.mapping.column(Field::Datetime), Some("время"));
        assert_eq!(guess.mapping.column(Field::File), Some("что"));
        assert_eq!(guess.mapping.column(Field::Time), None);
        assert_eq!(guess.unmapped, ["Начало", "абонент"]);
        assert!(guess.notes.iter().any(|note| note.contains("“абонент”")), "{:?}", guess.notes);
    }

    #[test]
    fn a_choice_is_said_with_its_reason() {
        let guess = guess("файл;дата;дата записи архива\na.wav;01.03.2022;02.03.2022\n");
        assert_eq!(guess.mapping.column(Field::Date), Some("дата"));
        assert_eq!(
            guess.notes,
            [
                "“дата” and “дата записи архива” could both be the date; “дата” is used: its heading says so more plainly"
            ]
        );
    }
}
