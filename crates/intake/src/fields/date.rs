//! Dates in the many ways people write them, and the order of day and month, decided over a whole column.

use super::{Pattern, captures, number, pattern, trimmed};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// The order in which a numeric date with a slash or dash is meant where it could be read both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Day, month, year.
    #[default]
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

static NUMERIC: Pattern = LazyLock::new(|| {
    pattern(
        r"^(\d{1,4})\s*[./\-\x{2010}\x{2011}\x{2013}\s]\s*(\d{1,2})\s*[./\-\x{2010}\x{2011}\x{2013}\s]\s*(\d{1,4})$",
    )
});
static WORDED: Pattern =
    LazyLock::new(|| pattern(r"^(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?[\s.\-]*(\p{L}+)\.?,?[\s.\-]*(\d{4}|\d{2})$"));
static MONTH_FIRST: Pattern = LazyLock::new(|| pattern(r"^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$"));
static WEEKDAY: Pattern = LazyLock::new(|| pattern(r"^\p{L}{2,11}\.?,\s*(.*)$"));

/// Reads a date. `order` decides only where day and month could be exchanged; years lie between 1900 and 2100, and
/// two-digit years between 1970 and 2069. A plain number from 20000 to 69999 is a spreadsheet's day count since
/// 1899-12-30 (ECMA-376, 1900 date system).
pub fn date(text: &str, order: DateOrder) -> Option<Date> {
    let text = without_frills(trimmed(text)?);
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return compact(text);
    }
    if let Some(found) = captures(&NUMERIC, text) {
        return numeric(&found, order);
    }
    let (day, month, year) = if let Some(found) = captures(&WORDED, text) {
        (number::<i8>(&found, 1)?, month(found.get(2)?.as_str())?, year(found.get(3)?.as_str())?)
    } else {
        let found = captures(&MONTH_FIRST, text)?;
        (number::<i8>(&found, 2)?, month(found.get(1)?.as_str())?, year(found.get(3)?.as_str())?)
    };
    Date::new(year, month, day).ok()
}

/// The order of day and month that the cells of a column show, and a remark where people should know how it was
/// decided.
pub fn decide_order<'a>(cells: impl Iterator<Item = &'a str>) -> (DateOrder, Option<String>) {
    let (mut day_first, mut month_first, mut either) = (0usize, 0usize, 0usize);
    for cell in cells {
        let Some(found) = trimmed(cell).and_then(|t| captures(&NUMERIC, date_part(without_frills(t)))) else {
            continue;
        };
        let (Some(a), Some(b)) = (number::<u16>(&found, 1), number::<u16>(&found, 2)) else { continue };
        match (a, b) {
            (32.., _) => {}
            (13..=31, 1..=12) => day_first += 1,
            (1..=12, 13..=31) => month_first += 1,
            (1..=12, 1..=12) if a != b => either += 1,
            _ => {}
        }
    }
    let order = if month_first > day_first { DateOrder::Mdy } else { DateOrder::Dmy };
    let (name, other) = if order == DateOrder::Mdy { ("month/day", day_first) } else { ("day/month", month_first) };
    let remark = match (day_first, month_first) {
        _ if either == 0 && other == 0 => None,
        (0, 0) => Some(format!("{either} dates could be day/month or month/day; read as {name}, as is usual here")),
        (_, 0) if order == DateOrder::Dmy => None,
        (0, _) => Some(format!(
            "dates are read as {name}: {month_first} of them can be read in no other way, {either} could be either"
        )),
        _ => Some(format!(
            "dates are written in both orders ({day_first} can only be day/month, {month_first} only month/day); \
             the {either} that could be either are read as {name}"
        )),
    };
    (order, remark)
}

/// The part of a cell before a time of day.
fn date_part(text: &str) -> &str {
    match text.find(':').or_else(|| text.find(['T', ','])) {
        Some(at) => text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches([' ', 'T', ',', '_']),
        None => text,
    }
}

/// Without a weekday before and the word for "year" after.
fn without_frills(text: &str) -> &str {
    let text = captures(&WEEKDAY, text).and_then(|found| found.get(1)).map_or(text, |m| m.as_str());
    let lower_ends = ["года", "року", "год.", "год", "г.", "р.", "г", "р"];
    lower_ends
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .filter(|rest| rest.trim_end().ends_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(text)
        .trim()
}

fn numeric(found: &regex::Captures<'_>, order: DateOrder) -> Option<Date> {
    let (a, c) = (found.get(1)?.as_str(), found.get(3)?.as_str());
    let second: i8 = number(found, 2)?;
    if a.len() >= 3 || (order == DateOrder::Ymd && c.len() <= 2) {
        return Date::new(year(a)?, second, c.parse().ok()?).ok();
    }
    let (first, year): (i8, i16) = (a.parse().ok()?, year(c)?);
    let (dmy, mdy) = (Date::new(year, second, first).ok(), Date::new(year, first, second).ok());
    if order == DateOrder::Mdy { mdy.or(dmy) } else { dmy.or(mdy) }
}

fn compact(digits: &str) -> Option<Date> {
    match digits.len() {
        8 => Date::new(year(&digits[..4])?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok(),
        5 => excel_day(digits.parse().ok()?),
        _ => None,
    }
}

/// The date of a spreadsheet's day number (1900 date system; after its false 29 February 1900 the count runs from
/// 1899-12-30).
pub(super) fn excel_day(days: i32) -> Option<Date> {
    if !(20_000..70_000).contains(&days) {
        return None;
    }
    Date::new(1899, 12, 30).ok()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn year(text: &str) -> Option<i16> {
    let value: i16 = text.parse().ok()?;
    match text.len() {
        4 if (1900..=2100).contains(&value) => Some(value),
        2 if value < 70 => Some(2000 + value),
        2 => Some(1900 + value),
        _ => None,
    }
}

fn month(word: &str) -> Option<i8> {
    // Beginnings that no other month shares, Russian, Ukrainian, English; the order decides (мар before ма).
    const STEMS: [(&str, i8); 37] = [
        ("янв", 1),
        ("січ", 1),
        ("jan", 1),
        ("фев", 2),
        ("лют", 2),
        ("feb", 2),
        ("мар", 3),
        ("бер", 3),
        ("mar", 3),
        ("апр", 4),
        ("квіт", 4),
        ("apr", 4),
        ("май", 5),
        ("мая", 5),
        ("трав", 5),
        ("may", 5),
        ("июн", 6),
        ("черв", 6),
        ("jun", 6),
        ("июл", 7),
        ("лип", 7),
        ("jul", 7),
        ("авг", 8),
        ("серп", 8),
        ("aug", 8),
        ("сен", 9),
        ("вер", 9),
        ("sep", 9),
        ("окт", 10),
        ("жов", 10),
        ("oct", 10),
        ("ноя", 11),
        ("лис", 11),
        ("nov", 11),
        ("дек", 12),
        ("гру", 12),
        ("dec", 12),
    ];
    let word = word.to_lowercase();
    STEMS.iter().find(|(stem, _)| word.starts_with(stem)).map(|&(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("24.02.2022")]
    #[case("2022-02-24")]
    #[case("2022/2/24")]
    #[case("24/02/22")]
    #[case("24-02-2022")]
    #[case("24 02 2022")]
    #[case("02/24/2022")]
    #[case("24 февраля 2022")]
    #[case("24 февраля 2022 г.")]
    #[case("24 лютого 2022 року")]
    #[case("чт, 24 фев. 2022")]
    #[case("24 February 2022")]
    #[case("24-Feb-22")]
    #[case("Feb 24, 2022")]
    #[case("Thursday, February 24th, 2022")]
    #[case("20220224")]
    #[case("44616")]
    fn reads(#[case] written: &str) {
        assert_eq!(date(written, DateOrder::Dmy).map(|d| d.to_string()).as_deref(), Some("2022-02-24"), "{written}");
    }

    #[rstest]
    #[case("31.02.2022")]
    #[case("24.02")]
    #[case("24 смурня 2022")]
    #[case("2022")]
    #[case("24.02.20222")]
    #[case("00.00.0000")]
    #[case("79441253308")]
    fn refuses(#[case] written: &str) {
        assert_eq!(date(written, DateOrder::Dmy), None, "{written}");
    }

    #[test]
    fn every_month_in_three_languages() {
        let months = [
            "января січня January",
            "февраля лютого February",
            "марта березня March",
            "апреля квітня April",
            "мая травня May",
            "июня червня June",
            "июля липня July",
            "августа серпня August",
            "сентября вересня September",
            "октября жовтня October",
            "ноября листопада November",
            "декабря грудня December",
        ];
        for (i, names) in months.iter().enumerate() {
            for name in names.split(' ') {
                assert_eq!(month(name), Some(i as i8 + 1), "{name}");
            }
        }
    }

    #[test]
    fn order_is_decided_over_the_column() {
        let (order, remark) = decide_order(["03/14/2022", "03/04/2022"].into_iter());
        assert_eq!(order, DateOrder::Mdy);
        assert!(remark.unwrap().contains("month/day"));
        assert_eq!(date("03/04/2022", order).unwrap().to_string(), "2022-03-04");

        assert_eq!(decide_order(["24.02.2022", "2022-02-28", "01.03.2022"].into_iter()), (DateOrder::Dmy, None));
        let (order, remark) = decide_order(["03/04/2022 10:00", "05/06/2022 11:00"].into_iter());
        assert_eq!(order, DateOrder::Dmy);
        assert!(remark.unwrap().contains("could be"));
        let (_, remark) = decide_order(["24/02/2022", "25/02/2022", "03/14/2022", "01/02/2022"].into_iter());
        assert!(remark.unwrap().contains("both orders"));
    }
}
