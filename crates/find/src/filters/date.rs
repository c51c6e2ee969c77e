//! Days and spans of days.

use super::BadValue;
use jiff::civil::Date;
use std::fmt;

/// Days from the first to the last, both included; an end that is missing is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DateSpan {
    /// First day.
    pub first: Option<Date>,
    /// Last day.
    pub last: Option<Date>,
}

const HINT: &str = "date:2022-03-11, date:11.03.2022, date:2022-03, date:2022-03-01..2022-03-15, date:2022-03..";

impl DateSpan {
    /// Reads a day, a month, a year, or two of them with `..` between.
    pub(crate) fn read(text: &str) -> Result<Self, BadValue> {
        let wrong = |part: &str| BadValue { message: format!("{part:?} is not a date"), hint: HINT };
        let one = |part: &str| period(part.trim()).ok_or_else(|| wrong(part));
        let Some((from, to)) = text.split_once("..") else {
            let (first, last) = one(text)?;
            return Ok(Self { first: Some(first), last: Some(last) });
        };
        if from.trim().is_empty() && to.trim().is_empty() {
            return Err(wrong(text));
        }
        let first = if from.trim().is_empty() { None } else { Some(one(from)?.0) };
        let last = if to.trim().is_empty() { None } else { Some(one(to)?.1) };
        if let (Some(a), Some(b)) = (first, last)
            && a > b
        {
            return Err(BadValue { message: format!("the span ends ({b}) before it begins ({a})"), hint: HINT });
        }
        Ok(Self { first, last })
    }

    pub(crate) fn accepts(&self, facet: &str) -> bool {
        let Ok(day) = facet.parse::<Date>() else { return false };
        self.first.is_none_or(|first| first <= day) && self.last.is_none_or(|last| day <= last)
    }
}

/// First and last day of a year, a month or a day.
fn period(text: &str) -> Option<(Date, Date)> {
    let (separator, backwards) = if text.contains('.') { ('.', true) } else { ('-', false) };
    let mut parts: Vec<&str> = text.split(separator).collect();
    if backwards {
        parts.reverse();
    }
    let number = |part: &&str, length: usize| -> Option<i16> {
        let fits = !part.is_empty() && part.len() <= length && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse().ok()).flatten()
    };
    let year = parts.first().filter(|y| y.len() == 4).and_then(|y| number(y, 4))?;
    let small = |at: usize| parts.get(at).map(|p| number(p, 2).and_then(|n| i8::try_from(n).ok()));
    match (parts.len(), small(1), small(2)) {
        (1, ..) if !backwards => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
        (2, Some(Some(month)), _) => {
            let first = Date::new(year, month, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        (3, Some(Some(month)), Some(Some(day))) => {
            let date = Date::new(year, month, day).ok()?;
            Some((date, date))
        }
        _ => None,
    }
}

impl fmt::Display for DateSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (Some(a), Some(b)) if a == b => write!(f, "{a}"),
            (a, b) => {
                let text = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
                write!(f, "{}..{}", text(a), text(b))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_months_years_and_spans() {
        for (text, shown) in [
            ("2022-03-11", "2022-03-11"),
            ("11.03.2022", "2022-03-11"),
            ("2022-02", "2022-02-01..2022-02-28"),
            ("03.2022", "2022-03-01..2022-03-31"),
            ("2022", "2022-01-01..2022-12-31"),
            ("2022-03..", "2022-03-01.."),
            ("..11.03.2022", "..2022-03-11"),
            ("2022-03-01..2022-04", "2022-03-01..2022-04-30"),
        ] {
            assert_eq!(DateSpan::read(text).unwrap().to_string(), shown, "{text}");
        }
        for wrong in ["", "..", "2022-13", "30.02.2022", "11.03.22", "2022-04..2022-03", "завтра", "2022-3-1-1", "+022"]
        {
            assert!(DateSpan::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ends_are_included() {
        let span = DateSpan::read("2022-03").unwrap();
        assert!(span.accepts("2022-03-01") && span.accepts("2022-03-31"));
        assert!(!span.accepts("2022-02-28") && !span.accepts("2022-04-01"));
    }
}
