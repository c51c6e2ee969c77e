//! Single cells, read. Each function takes what was written and gives its meaning, or none where it has none;
//! nobody's hand is corrected here.

mod date;
mod duration;
mod moment;
mod phone;
mod place;

pub use date::{DateOrder, date, decide_order};
pub use duration::{StatedDuration, duration};
pub use moment::{Moment, Placed, UnknownTimeZone, datetime, place_in_zone, time, time_in_excel_days, timezone};
pub use phone::{Country, country_of_cells, phone, rounded_by_spreadsheet};
pub use place::{Axis, coordinate, coordinates};

use std::sync::LazyLock;

/// Cells longer than this many bytes hold no single field; they are not looked at.
const LONGEST_CELL: usize = 400;

/// A pattern that is part of the program. An impossible pattern matches nothing, and its test fails.
pub(crate) type Pattern = LazyLock<Option<regex::Regex>>;

/// Compiles one of the program's own patterns.
pub(crate) fn pattern(text: &str) -> Option<regex::Regex> {
    regex::Regex::new(text).ok()
}

/// The groups of the first match of `pattern` in `text`.
pub(crate) fn captures<'t>(pattern: &Pattern, text: &'t str) -> Option<regex::Captures<'t>> {
    pattern.as_ref()?.captures(text)
}

/// The number in a group of a match; none where the group is missing or too large.
pub(crate) fn number<T: std::str::FromStr>(found: &regex::Captures<'_>, group: usize) -> Option<T> {
    found.get(group)?.as_str().parse().ok()
}

/// Trims spaces of every kind, and refuses cells that are too long to hold one field.
pub(crate) fn trimmed(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}'));
    (!text.is_empty() && text.len() <= LONGEST_CELL).then_some(text)
}

/// Whether people write this for "nothing is known": an empty cell, a dash, `н/д`, `n/a`.
pub fn is_blank(text: &str) -> bool {
    let Some(text) = trimmed(text) else { return text.len() <= LONGEST_CELL };
    const BLANK: [&str; 14] =
        ["-", "--", "---", "–", "—", "н/д", "н.д.", "нд", "нет данных", "немає даних", "n/a", "na", "null", "none"];
    BLANK.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blank_cells() {
        for text in ["", "  ", "\u{a0}", "-", "—", "Н/Д", "n/a"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["0", "скрыт", &"x".repeat(1000)] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    fn read_everything(text: &str) {
        is_blank(text);
        for order in [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd] {
            date(text, order);
            if let Some(moment) = datetime(text, order) {
                let zone = timezone("Europe/Kyiv").unwrap();
                place_in_zone(moment.local, &zone);
            }
        }
        time(text);
        duration(text);
        coordinate(text, Axis::Latitude);
        coordinate(text, Axis::Longitude);
        coordinates(text);
        for country in [None, Some(Country::Russia), Some(Country::Ukraine)] {
            phone(text, country);
        }
        rounded_by_spreadsheet(text);
        let _ = timezone(text);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_field_panic(text in any::<String>()) {
            read_everything(&text);
        }

        #[test]
        fn no_number_like_text_makes_a_field_panic(text in "[-+0-9 .,:/°'\"TZNSмсчE()]{0,40}") {
            read_everything(&text);
        }

        #[test]
        fn what_is_read_is_in_range(text in "[-+0-9 .,:°'NSWE]{0,24}") {
            if let Some(degrees) = coordinate(&text, Axis::Latitude) {
                prop_assert!((-90.0..=90.0).contains(&degrees));
            }
            if let Some(stated) = duration(&text) {
                prop_assert!(stated.seconds.is_finite() && stated.seconds >= 0.0);
            }
            if let Some(e164) = phone(&text, Some(Country::Ukraine)).and_then(|p| p.e164) {
                prop_assert!((8..=16).contains(&e164.len()));
                prop_assert!(e164.starts_with('+') && e164[1..].bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
