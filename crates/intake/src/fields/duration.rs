//! Stated lengths of calls.

use super::{Pattern, captures, number, pattern, trimmed};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How long a call was, as the table says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedDuration {
    /// Seconds.
    pub seconds: f64,
    /// The smallest unit that was written, in seconds: 1 for `01:11`, 60 for `2 мин`, 0.001 for `71.234`.
    pub precision: f64,
}

/// A day and a bit: longer is no telephone call but a misread cell.
const LONGEST_SECONDS: f64 = 100_000.0;

static CLOCK: Pattern = LazyLock::new(|| pattern(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,6}))?$"));
static PLAIN: Pattern = LazyLock::new(|| pattern(r"^(\d{1,6})(?:[.,](\d{1,6}))?$"));
static UNITS: Pattern = LazyLock::new(|| {
    pattern(
        r"(?x)^
        (?:(\d{1,2})\s*(?:час(?:а|ов|\.)?|ч\.?|год(?:ина|ини|ин|\.)?|h(?:ours?|rs?)?\.?),?\s*)?
        (?:(\d{1,4})\s*(?:минут[аы]?|мин\.?|хвилин[аи]?|хв\.?|min(?:utes?|s)?\.?|м\.?|m\.?|['′]),?\s*)?
        (?:(\d{1,6})(?:[.,](\d{1,6}))?\s*(?:секунд[аыи]?|сек\.?|с\.?|sec(?:onds?|s)?\.?|s\.?|[\x22″]|''))?$",
    )
});

/// Reads a length of time: `01:11` (minutes and seconds), `1:01:11`, `71`, `71,5`, `1 мин 11 с`, `1 хв 11 с`, `1m11s`,
/// `PT1M11S` (ISO 8601). None for anything longer than 100,000 seconds.
pub fn duration(text: &str) -> Option<StatedDuration> {
    let text = trimmed(text)?.to_lowercase();
    let text = text.strip_prefix("pt").unwrap_or(&text);
    let stated = if let Some(found) = captures(&CLOCK, text) {
        clock(&found)?
    } else if let Some(found) = captures(&PLAIN, text) {
        with_fraction(number(&found, 1)?, found.get(2).map(|m| m.as_str()))?
    } else {
        units(&captures(&UNITS, text)?)?
    };
    (stated.seconds <= LONGEST_SECONDS).then_some(stated)
}

fn clock(found: &regex::Captures<'_>) -> Option<StatedDuration> {
    let hours = if found.get(1).is_some() { number::<u32>(found, 1)? } else { 0 };
    let (minutes, seconds): (u32, u32) = (number(found, 2)?, number(found, 3)?);
    if seconds > 59 || (found.get(1).is_some() && minutes > 59) {
        return None;
    }
    with_fraction(f64::from(hours * 3600 + minutes * 60 + seconds), found.get(4).map(|m| m.as_str()))
}

fn units(found: &regex::Captures<'_>) -> Option<StatedDuration> {
    let part =
        |group: usize| if found.get(group).is_some() { number::<f64>(found, group).map(Some) } else { Some(None) };
    let (hours, minutes, seconds) = (part(1)?, part(2)?, part(3)?);
    let smallest = match (hours, minutes, seconds) {
        (.., Some(_)) => 1.0,
        (_, Some(_), _) => 60.0,
        (Some(_), ..) => 3600.0,
        _ => return None,
    };
    let whole = hours.unwrap_or(0.0) * 3600.0 + minutes.unwrap_or(0.0) * 60.0 + seconds.unwrap_or(0.0);
    let stated = with_fraction(whole, found.get(4).map(|m| m.as_str()))?;
    Some(StatedDuration {
        precision: stated.precision.min(smallest).max(if smallest > 1.0 { smallest } else { 0.0 }),
        ..stated
    })
}

fn with_fraction(whole: f64, digits: Option<&str>) -> Option<StatedDuration> {
    let Some(digits) = digits else { return Some(StatedDuration { seconds: whole, precision: 1.0 }) };
    let fraction: f64 = format!("0.{digits}").parse().ok()?;
    Some(StatedDuration { seconds: whole + fraction, precision: 0.1f64.powi(digits.len() as i32) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("01:11", 71.0, 1.0)]
    #[case("75:20", 4520.0, 1.0)]
    #[case("1:01:11", 3671.0, 1.0)]
    #[case("00:01:11", 71.0, 1.0)]
    #[case("71", 71.0, 1.0)]
    #[case("71,5", 71.5, 0.1)]
    #[case("252", 252.0, 1.0)]
    #[case("65 с", 65.0, 1.0)]
    #[case("1 мин 5 с", 65.0, 1.0)]
    #[case("1 хв. 5 сек", 65.0, 1.0)]
    #[case("1 год 2 хв 3 с", 3723.0, 1.0)]
    #[case("1m05s", 65.0, 1.0)]
    #[case("PT1M5S", 65.0, 1.0)]
    #[case("1'05\"", 65.0, 1.0)]
    #[case("2 минуты", 120.0, 60.0)]
    #[case("1 h", 3600.0, 3600.0)]
    fn reads(#[case] written: &str, #[case] seconds: f64, #[case] precision: f64) {
        let stated = duration(written).unwrap_or_else(|| panic!("{written}"));
        assert!((stated.seconds - seconds).abs() < 1e-9, "{written}: {stated:?}");
        assert!((stated.precision - precision).abs() < 1e-9, "{written}: {stated:?}");
    }

    #[rstest]
    #[case("01:75")]
    #[case("1:75:00")]
    #[case("-5")]
    #[case("долго")]
    #[case("9999999")]
    #[case("99:99:99")]
    #[case("PT")]
    fn refuses(#[case] written: &str) {
        assert_eq!(duration(written), None, "{written}");
    }
}
