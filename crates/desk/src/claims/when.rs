//! When something is said to have happened.

use jiff::civil::Date;
use serde::Serialize;
use std::{fmt, str::FromStr};

/// A day (`2022-03-07`), a month (`2022-03`), or a range of them (`2022-03-07/2022-03-09`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct When {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    #[serde(skip)]
    written: String,
}

/// A text that is no day, month or range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAWhen {
    /// Another form, or a day that no calendar has.
    #[error("“{0}” is no day (2022-03-07), no month (2022-03) and no range of them (2022-03-07/2022-03-09)")]
    Form(String),
    /// A range that ends before it begins.
    #[error("“{0}” ends before it begins")]
    Backwards(String),
}

impl FromStr for When {
    type Err = NotAWhen;

    fn from_str(text: &str) -> Result<Self, NotAWhen> {
        let text = text.trim();
        let told = || text.chars().take(60).collect::<String>();
        let (from, to) = text.split_once('/').unwrap_or((text, text));
        let days = part(from).zip(part(to)).ok_or_else(|| NotAWhen::Form(told()))?;
        let ((first, from_last), (to_first, last)) = days;
        if to_first < first || last < from_last {
            return Err(NotAWhen::Backwards(told()));
        }
        Ok(Self { first, last, written: text.to_string() })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The first and the last day of a day or month.
fn part(text: &str) -> Option<(Date, Date)> {
    let shaped = text.char_indices().all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() });
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<i16>().ok());
    if !shaped || !matches!(text.len(), 7 | 10) {
        return None;
    }
    let (year, month) = (number(0..4)?, i8::try_from(number(5..7)?).ok()?);
    if text.len() == 7 {
        let first = Date::new(year, month, 1).ok()?;
        return Some((first, first.last_of_month()));
    }
    let day = Date::new(year, month, i8::try_from(number(8..10)?).ok()?).ok()?;
    Some((day, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_ranges_are_read() {
        for (text, first, last) in [
            ("2022-03-07", "2022-03-07", "2022-03-07"),
            (" 2024-02 ", "2024-02-01", "2024-02-29"),
            ("2022-03-07/2022-03-09", "2022-03-07", "2022-03-09"),
            ("2022-02/2022-03", "2022-02-01", "2022-03-31"),
            ("2022-03-30/2022-04", "2022-03-30", "2022-04-30"),
        ] {
            let when: When = text.parse().unwrap();
            assert_eq!((when.first.to_string(), when.last.to_string()), (first.into(), last.into()));
            assert_eq!(when.to_string(), text.trim());
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "yesterday",
            "2022",
            "2022-13",
            "2022-02-30",
            "07.03.2022",
            "2022-3-7",
            "2022-03-07T10:00:00",
            "2022-03-07/",
            "/2022-03-07",
            "2022-03-07/2022-03-08/2022-03-09",
            "२०२२-०३-०७",
            "2022-03-0x",
            "+022-03-07",
        ] {
            assert!(matches!(text.parse::<When>(), Err(NotAWhen::Form(_))), "{text}");
        }
        for text in ["2022-03-09/2022-03-07", "2022-04/2022-03", "2022-03/2022-03-07"] {
            assert!(matches!(text.parse::<When>(), Err(NotAWhen::Backwards(_))), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9/\\-ё ]{0,24}|.{0,40}") {
            if let Ok(when) = text.parse::<When>() {
                assert!(when.first <= when.last);
                assert_eq!(when.to_string().parse::<When>().unwrap(), when);
            }
        }
    }
}
