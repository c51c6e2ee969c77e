//! Times of day, dates with times, and their place on the world's clock.

use super::date::excel_day;
use super::{DateOrder, Pattern, captures, date, number, pattern, trimmed};
use earwitness_model::CallTime;
use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use std::sync::LazyLock;

/// A name that no time zone has.
#[derive(Debug, thiserror::Error)]
#[error("there is no time zone “{0}” (a name as in Europe/Kyiv is needed)")]
pub struct UnknownTimeZone(pub String);

/// A date and time as written, with the offset from UTC where one is written too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the clock on the wall showed.
    pub local: DateTime,
    /// The written zone.
    pub offset: Option<Offset>,
}

/// A local time in its zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The instant that was chosen.
    pub time: CallTime,
    /// Plain words where the clock change makes the time doubtful.
    pub doubt: Option<String>,
}

static CLOCK: Pattern = LazyLock::new(|| {
    pattern(
        r"(?i)^(\d{1,2})\s*[:.\-hч]\s*(\d{2})(?:\s*(?:[:.\-m]|мин\.?|хв\.?|м)\s*(\d{2})(?:[.,](\d{1,9}))?\s*(?:s|с|сек\.?)?)?\s*(am|pm|a\.m\.|p\.m\.)?$",
    )
});
static SPLIT: Pattern =
    LazyLock::new(|| pattern(r"(?i)^(.+?)(?:\s*[T_,]\s*|\s+(?:в|о|at)?\s*)(\d{1,2}\s*[:.\-h]\s*\d{2}.*|\d{6})$"));
static ZONE: Pattern =
    LazyLock::new(|| pattern(r"(?i)^(.*[\dmс.])\s*(z|utc|gmt|msk|мск|(?:utc|gmt)?[+\-\x{2212}]\d{1,2}(?::?\d{2})?)$"));
static SERIAL: Pattern = LazyLock::new(|| pattern(r"^(\d{5})[.,](\d{1,12})$"));
static FRACTION: Pattern = LazyLock::new(|| pattern(r"^0[.,](\d{1,12})$"));

/// The time zone of this IANA name.
///
/// # Errors
/// [`UnknownTimeZone`] where the time zone database has no such name.
pub fn timezone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    let name = name.trim();
    TimeZone::get(name).map_err(|_| UnknownTimeZone(name.chars().take(80).collect()))
}

/// Reads a time of day: `18:45`, `18:45:02.5`, `18-45-02`, `184502`, `6:45 pm`, or a spreadsheet's fraction of a day.
pub fn time(text: &str) -> Option<Time> {
    let text = trimmed(text)?;
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Time::new(text[..2].parse().ok()?, text[2..4].parse().ok()?, text[4..].parse().ok()?, 0).ok();
    }
    if captures(&FRACTION, text).is_some() {
        return time_in_excel_days(text.replace(',', ".").parse().ok()?);
    }
    let found = captures(&CLOCK, text)?;
    let hour = twelve_hours(number(&found, 1)?, found.get(5).map(|m| m.as_str()))?;
    let second = if found.get(3).is_some() { number(&found, 3)? } else { 0 };
    let nanos = match found.get(4) {
        Some(fraction) => format!("{:0<9}", fraction.as_str()).parse().ok()?,
        None => 0,
    };
    Time::new(hour, number(&found, 2)?, second, nanos).ok()
}

/// The time of day that a spreadsheet keeps as a fraction of a day, rounded to the millisecond.
pub fn time_in_excel_days(fraction: f64) -> Option<Time> {
    let ms = (fraction.fract() * 86_400_000.0).round();
    if !(0.0..86_400_000.0).contains(&ms) {
        return None;
    }
    let ms = ms as i32;
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    Time::new(hour as i8, minute as i8, second as i8, ms % 1000 * 1_000_000).ok()
}

fn twelve_hours(hour: i8, half: Option<&str>) -> Option<i8> {
    match half.and_then(|h| h.chars().next()).map(|c| c.to_ascii_lowercase()) {
        None => Some(hour),
        Some(_) if !(1..=12).contains(&hour) => None,
        Some('p') => Some(hour % 12 + 12),
        Some(_) => Some(hour % 12),
    }
}

/// Reads a date with a time of day, and the zone where one is written (`Z`, `+02:00`, `UTC+2`, `МСК`).
pub fn datetime(text: &str, order: DateOrder) -> Option<Moment> {
    let text = trimmed(text)?;
    if let Some(found) = captures(&SERIAL, text) {
        let fraction: f64 = format!("0.{}", found.get(2)?.as_str()).parse().ok()?;
        let local = excel_day(number(&found, 1)?)?.to_datetime(time_in_excel_days(fraction)?);
        return Some(Moment { local, offset: None });
    }
    if let Some(local) = date_and_time(text, order) {
        return Some(Moment { local, offset: None });
    }
    let found = captures(&ZONE, text)?;
    let local = date_and_time(found.get(1)?.as_str(), order)?;
    Some(Moment { local, offset: Some(offset(found.get(2)?.as_str())?) })
}

fn date_and_time(text: &str, order: DateOrder) -> Option<DateTime> {
    let found = captures(&SPLIT, text)?;
    Some(date(found.get(1)?.as_str(), order)?.to_datetime(time(found.get(2)?.as_str())?))
}

fn offset(text: &str) -> Option<Offset> {
    let text = text.to_lowercase().replace('\u{2212}', "-");
    let digits = match text.as_str() {
        "z" | "utc" | "gmt" => return Some(Offset::UTC),
        "msk" | "мск" => return Offset::from_hours(3).ok(),
        other => other.trim_start_matches("utc").trim_start_matches("gmt").to_owned(),
    };
    let (sign, rest) = (if digits.starts_with('-') { -1 } else { 1 }, digits.get(1..)?);
    let (hours, minutes) = match rest.split_once(':') {
        Some((h, m)) => (h.parse::<i32>().ok()?, m.parse::<i32>().ok()?),
        None if rest.len() == 4 => (rest[..2].parse().ok()?, rest[2..].parse().ok()?),
        None => (rest.parse().ok()?, 0),
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// Puts a local time into its zone. In the hour that a clock change skips, the time is read with the offset before
/// the change; in the hour that comes twice, as the first of the two; either way the doubt is said (RFC 5545, 3.3.5).
pub fn place_in_zone(local: DateTime, zone: &TimeZone) -> Option<Placed> {
    let ambiguous = zone.to_ambiguous_zoned_datetime(local);
    let name = zone.iana_name().unwrap_or("the time zone").to_owned();
    let doubt = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some(format!(
            "a time that exists: clocks in {name} skipped this hour; read with the offset before the change"
        )),
        AmbiguousOffset::Fold { .. } => {
            Some(format!("a time that comes once: clocks in {name} showed this hour twice; read as the first"))
        }
    };
    Some(Placed { time: CallTime::of(&ambiguous.compatible().ok()?), doubt })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("18:45", "18:45:00")]
    #[case("05:52:10", "05:52:10")]
    #[case("5:52:10", "05:52:10")]
    #[case("18:45:02.5", "18:45:02.5")]
    #[case("18:45:02,250", "18:45:02.25")]
    #[case("18-45-02", "18:45:02")]
    #[case("18.45.02", "18:45:02")]
    #[case("184502", "18:45:02")]
    #[case("6:45 PM", "18:45:00")]
    #[case("12:05 am", "00:05:00")]
    #[case("18ч 45м 02с", "18:45:02")]
    #[case("0,78127314815", "18:45:02")]
    fn times(#[case] written: &str, #[case] expected: &str) {
        assert_eq!(time(written).map(|t| t.to_string()).as_deref(), Some(expected), "{written}");
    }

    #[rstest]
    #[case("24:00")]
    #[case("18:60")]
    #[case("13:00 pm")]
    #[case("1845")]
    #[case("вечером")]
    fn not_times(#[case] written: &str) {
        assert_eq!(time(written), None, "{written}");
    }

    #[rstest]
    #[case("11.03.2022 18:45:02", None)]
    #[case("2022-03-11T18:45:02", None)]
    #[case("2022-03-11 18-45-02", None)]
    #[case("20220311_184502", None)]
    #[case("11 марта 2022, 18:45:02", None)]
    #[case("11 березня 2022 р. о 18:45:02", None)]
    #[case("44631.78127314815", None)]
    #[case("2022-03-11T18:45:02Z", Some(0))]
    #[case("2022-03-11T18:45:02+02:00", Some(7200))]
    #[case("2022-03-11 18:45:02 +0200", Some(7200))]
    #[case("11.03.2022 18:45:02 UTC+2", Some(7200))]
    #[case("11.03.2022 18:45:02 МСК", Some(10800))]
    fn datetimes(#[case] written: &str, #[case] seconds: Option<i32>) {
        let moment = datetime(written, DateOrder::Dmy).unwrap_or_else(|| panic!("{written}"));
        assert_eq!(moment.local.to_string(), "2022-03-11T18:45:02", "{written}");
        assert_eq!(moment.offset.map(Offset::seconds), seconds, "{written}");
    }

    #[test]
    fn clock_changes_are_said() {
        let kyiv = timezone("Europe/Kyiv").unwrap();
        let at = |text: &str| place_in_zone(text.parse().unwrap(), &kyiv).unwrap();
        assert_eq!(at("2022-03-26T20:20:07").time.to_string(), "2022-03-26T20:20:07+02:00");
        assert_eq!(at("2022-03-28T20:20:07").time.to_string(), "2022-03-28T20:20:07+03:00");
        assert_eq!(at("2022-03-28T20:20:07").doubt, None);
        let gap = at("2022-03-27T03:30:00");
        assert_eq!(gap.time.to_string(), "2022-03-27T04:30:00+03:00");
        assert!(gap.doubt.unwrap().contains("skipped"));
        let fold = at("2022-10-30T03:30:00");
        assert_eq!(fold.time.to_string(), "2022-10-30T03:30:00+03:00");
        assert!(fold.doubt.unwrap().contains("twice"));
        assert!(timezone("Europe/Nowhere").unwrap_err().to_string().contains("Europe/Nowhere"));
    }
}
