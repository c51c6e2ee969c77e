//! Which column means what: guessed from headings and cells, or said by a person in a TOML file.

mod guess;
mod headings;

pub use guess::Guess;

use crate::fields::{Country, DateOrder};
use crate::table::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Name of the recording.
    File,
    /// Date of the call.
    Date,
    /// Time of day.
    Time,
    /// Both in one cell.
    Datetime,
    /// Length of the call.
    Duration,
    /// Who called.
    From,
    /// Who was called.
    To,
    /// Outgoing or incoming.
    Direction,
    /// Base station or its sector.
    Sector,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
    /// Both coordinates in one cell.
    Coordinates,
    /// Remarks.
    Note,
    /// The table's own number for the row.
    Row,
    /// Language of the call.
    Language,
}

impl Field {
    /// All fields, in the order in which people read a table of calls.
    pub const ALL: [Self; 15] = [
        Self::File,
        Self::Date,
        Self::Time,
        Self::Datetime,
        Self::Duration,
        Self::From,
        Self::To,
        Self::Direction,
        Self::Sector,
        Self::Latitude,
        Self::Longitude,
        Self::Coordinates,
        Self::Note,
        Self::Row,
        Self::Language,
    ];

    /// The name used in the mapping file.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Date => "date",
            Self::Time => "time",
            Self::Datetime => "datetime",
            Self::Duration => "duration",
            Self::From => "from",
            Self::To => "to",
            Self::Direction => "direction",
            Self::Sector => "sector",
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
            Self::Coordinates => "coordinates",
            Self::Note => "note",
            Self::Row => "row",
            Self::Language => "language",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A mapping that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file is not a mapping.
    #[error("the mapping cannot be read: {0}")]
    Syntax(String),
    /// It names a column that the table does not have.
    #[error("the mapping says {field} = “{column}”, but the table has no such column; it has: {}", quoted(.there))]
    NoColumn {
        /// The field.
        field: Field,
        /// What the mapping says.
        column: String,
        /// The columns that are there.
        there: Vec<String>,
    },
    /// One column is to be two things.
    #[error("the mapping uses the column “{column}” twice, as {first} and as {second}")]
    Twice {
        /// The column.
        column: String,
        /// A field.
        first: Field,
        /// Another.
        second: Field,
    },
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
}

/// Which column (by its heading) holds which field, and how its cells are meant. In a file:
///
/// ```toml
/// file = "запись"
/// date = "дата"
/// note = ""            # no column is the note
/// default_country = "RU"
/// date_order = "dmy"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Whose national numbers are meant where a number has no country code; none: as the other numbers show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_country: Option<Country>,
    /// The order of day and month where it could be either; none: as the column shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Headings; an empty text says that no column holds the field.
    #[serde(flatten)]
    pub columns: BTreeMap<Field, String>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`MappingError::Syntax`] with what is wrong and where.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        toml::from_str(text).map_err(|e| MappingError::Syntax(e.to_string().trim().to_owned()))
    }

    /// The mapping as such a file.
    pub fn to_toml(&self) -> String {
        // Texts under plain keys always have a form in TOML.
        toml::to_string(self).unwrap_or_default()
    }

    /// The column of a field; none where no column holds it.
    pub fn column(&self, field: Field) -> Option<&str> {
        self.columns.get(&field).map(String::as_str).filter(|column| !column.is_empty())
    }

    /// This mapping with everything that `said` says in its place. A guessed field gives up a column that `said`
    /// uses for another.
    pub fn overridden_by(&self, said: &Self) -> Self {
        let mut mapping = self.clone();
        mapping.columns.retain(|_, column| !said.columns.values().any(|other| same_heading(other, column)));
        mapping.columns.extend(said.columns.iter().map(|(field, column)| (*field, column.clone())));
        mapping.columns.retain(|_, column| !column.is_empty());
        mapping.default_country = said.default_country.or(self.default_country);
        mapping.date_order = said.date_order.or(self.date_order);
        mapping
    }

    /// The places of the columns in `table`, from 0.
    ///
    /// # Errors
    /// [`MappingError`] where a column is not there, or is used twice.
    pub fn places(&self, table: &Table) -> Result<BTreeMap<Field, usize>, MappingError> {
        let mut places: BTreeMap<Field, usize> = BTreeMap::new();
        for field in Field::ALL {
            let Some(column) = self.column(field) else { continue };
            let exact = table.columns.iter().position(|there| there == column);
            let place = exact.or_else(|| table.columns.iter().position(|there| same_heading(there, column)));
            let Some(place) = place else {
                let there = table.columns.clone();
                return Err(MappingError::NoColumn { field, column: column.to_owned(), there });
            };
            if let Some((&first, _)) = places.iter().find(|&(_, &other)| other == place) {
                return Err(MappingError::Twice { column: column.to_owned(), first, second: field });
            }
            places.insert(field, place);
        }
        Ok(places)
    }
}

fn same_heading(a: &str, b: &str) -> bool {
    a == b || (!a.is_empty() && headings::normalised(a) == headings::normalised(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::read_bytes;

    #[test]
    fn a_mapping_is_written_and_read() {
        let text = "default_country = \"RU\"\ndate_order = \"mdy\"\nfile = \"запись\"\nto = \"кому\"\n";
        let mapping = Mapping::from_toml(text).unwrap();
        assert_eq!(mapping.column(Field::File), Some("запись"));
        assert_eq!(mapping.date_order, Some(DateOrder::Mdy));
        assert_eq!(mapping.default_country, Some(Country::Russia));
        assert_eq!(Mapping::from_toml(&mapping.to_toml()).unwrap(), mapping);
        assert_eq!(mapping.to_toml(), text);
    }

    #[test]
    fn wrong_mappings_say_what_is_wrong() {
        let unknown = Mapping::from_toml("files = \"a\"\n").unwrap_err().to_string();
        assert!(unknown.contains("files") && unknown.contains("file"), "{unknown}");
        let table = read_bytes("t.csv", "файл;дата\na.wav;01.03.2022\n".as_bytes()).unwrap();
        let missing = Mapping::from_toml("file = \"запись\"\n").unwrap().places(&table).unwrap_err().to_string();
        assert!(missing.contains("“запись”") && missing.contains("“файл”, “дата”"), "{missing}");
        let twice = Mapping::from_toml("file = \"файл\"\nnote = \"Файл\"\n").unwrap().places(&table).unwrap_err();
        assert!(matches!(twice, MappingError::Twice { .. }), "{twice}");
    }

    #[test]
    fn what_is_said_overrides_what_is_guessed() {
        let guessed = Mapping::from_toml("file = \"a\"\nnote = \"b\"\nto = \"c\"\n").unwrap();
        let said = Mapping::from_toml("from = \"c\"\nnote = \"\"\ndate_order = \"dmy\"\n").unwrap();
        let mapping = guessed.overridden_by(&said);
        assert_eq!(mapping.column(Field::File), Some("a"));
        assert_eq!(mapping.column(Field::From), Some("c"));
        assert_eq!(mapping.column(Field::To), None);
        assert_eq!(mapping.column(Field::Note), None);
        assert_eq!(mapping.date_order, Some(DateOrder::Dmy));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_mapping_panic(text in "[a-zа-я_=\" \n\\[\\].]{0,80}") {
            let _ = Mapping::from_toml(&text);
        }
    }
}
