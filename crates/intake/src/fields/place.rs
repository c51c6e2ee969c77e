//! Coordinates, in degrees of WGS 84.

use super::{Pattern, captures, number, pattern, trimmed};
use std::sync::LazyLock;

/// Which of the two coordinates a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// North is positive; -90 to 90.
    Latitude,
    /// East is positive; -180 to 180.
    Longitude,
}

static DECIMAL: Pattern = LazyLock::new(|| pattern(r"^([+\-\x{2212}]?)(\d{1,3})(?:[.,](\d{1,15}))?\s*°?$"));
static DEGREES: Pattern = LazyLock::new(|| {
    pattern(
        r#"(?x)^([+\-\x{2212}]?)(\d{1,3})\s*(?:°|º|\s|d|гр\.?)\s*(\d{1,2})(?:[.,](\d{1,10}))?\s*(?:'|′|’|\s|м|$)\s*
        (?:(\d{1,2})(?:[.,](\d{1,10}))?\s*(?:"|″|”|''|′′|’’|с)?)?$"#,
    )
});

/// Reads one coordinate, in degrees: `51,61820`, `N51.6182°`, `50°47'08"N`, `50 47 08`, `50°47.5' с.ш.`.
pub fn coordinate(text: &str, axis: Axis) -> Option<f64> {
    let (text, hemisphere) = hemisphere(trimmed(text)?, axis)?;
    let text = text.trim();
    let (sign, magnitude) = if let Some(found) = captures(&DECIMAL, text) {
        (sign_of(&found), number::<f64>(&found, 2)? + fraction(&found, 3)?)
    } else {
        let found = captures(&DEGREES, text)?;
        let minutes = number::<f64>(&found, 3)? + fraction(&found, 4)?;
        let seconds = if found.get(5).is_some() { number::<f64>(&found, 5)? + fraction(&found, 6)? } else { 0.0 };
        if minutes >= 60.0 || seconds >= 60.0 || (found.get(4).is_some() && found.get(5).is_some()) {
            return None;
        }
        (sign_of(&found), number::<f64>(&found, 2)? + minutes / 60.0 + seconds / 3600.0)
    };
    let degrees = match hemisphere {
        Some(_) if sign < 0.0 => return None,
        Some(direction) => direction * magnitude,
        None => sign * magnitude,
    };
    let limit = if axis == Axis::Latitude { 90.0 } else { 180.0 };
    (degrees.abs() <= limit).then_some(degrees)
}

/// Reads latitude and longitude from one cell: `51.6182, 30.4001`, `51,6182; 30,4001`, `50°47'08"N 29°50'36"E`.
pub fn coordinates(text: &str) -> Option<(f64, f64)> {
    let text = trimmed(text)?;
    let cuts = text.char_indices().filter(|&(_, c)| matches!(c, ';' | '/' | '|' | ',') || c.is_whitespace());
    // A decimal comma cuts wrongly, but then one of the halves is not a coordinate; the strongest separator goes first.
    let mut cuts: Vec<(usize, char)> = cuts.collect();
    cuts.sort_by_key(|&(at, c)| {
        let strength = match c {
            ';' | '/' | '|' => 0,
            ',' if text[at + 1..].starts_with(char::is_whitespace) => 1,
            ',' => 3,
            _ => 2,
        };
        (strength, text.len().abs_diff(at * 2))
    });
    cuts.into_iter().find_map(|(at, c)| {
        let (north, east) = (&text[..at], &text[at + c.len_utf8()..]);
        Some((coordinate(north, Axis::Latitude)?, coordinate(east, Axis::Longitude)?))
    })
}

/// The text without its hemisphere, and 1 or -1 where one is written; none where the letter belongs to the other axis.
fn hemisphere(text: &str, axis: Axis) -> Option<(String, Option<f64>)> {
    const MARKS: [(&str, Axis, f64); 20] = [
        ("с.ш.", Axis::Latitude, 1.0),
        ("с. ш.", Axis::Latitude, 1.0),
        ("сш", Axis::Latitude, 1.0),
        ("пн.ш.", Axis::Latitude, 1.0),
        ("пн. ш.", Axis::Latitude, 1.0),
        ("ю.ш.", Axis::Latitude, -1.0),
        ("в.д.", Axis::Longitude, 1.0),
        ("в. д.", Axis::Longitude, 1.0),
        ("вд", Axis::Longitude, 1.0),
        ("сх.д.", Axis::Longitude, 1.0),
        ("сх. д.", Axis::Longitude, 1.0),
        ("з.д.", Axis::Longitude, -1.0),
        ("lat", Axis::Latitude, 1.0),
        ("lon", Axis::Longitude, 1.0),
        ("n", Axis::Latitude, 1.0),
        ("s", Axis::Latitude, -1.0),
        ("e", Axis::Longitude, 1.0),
        ("w", Axis::Longitude, -1.0),
        ("с", Axis::Latitude, 1.0),
        ("в", Axis::Longitude, 1.0),
    ];
    let lower = text.to_lowercase();
    for (mark, mark_axis, sign) in MARKS {
        if let Some(rest) = lower.strip_suffix(mark).or_else(|| lower.strip_prefix(mark)) {
            return (axis == mark_axis).then(|| (rest.trim_matches([' ', ':', '=']).to_owned(), Some(sign)));
        }
    }
    Some((lower, None))
}

fn sign_of(found: &regex::Captures<'_>) -> f64 {
    if found.get(1).is_some_and(|m| !m.is_empty() && m.as_str() != "+") { -1.0 } else { 1.0 }
}

fn fraction(found: &regex::Captures<'_>, group: usize) -> Option<f64> {
    found.get(group).map_or(Some(0.0), |m| format!("0.{}", m.as_str()).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("51,61820", 51.6182)]
    #[case("51.61820", 51.6182)]
    #[case("-33.5", -33.5)]
    #[case("N51.6182°", 51.6182)]
    #[case("50°47'08\"N", 50.785_555_6)]
    #[case("50°47′08″ с.ш.", 50.785_555_6)]
    #[case("50 47 08", 50.785_555_6)]
    #[case("50°47'08,5\"", 50.785_694_4)]
    #[case("50°47.5'", 50.791_666_7)]
    #[case("33°30'S", -33.5)]
    fn latitudes(#[case] written: &str, #[case] expected: f64) {
        let read = coordinate(written, Axis::Latitude).unwrap_or_else(|| panic!("{written}"));
        assert!((read - expected).abs() < 1e-6, "{written}: {read}");
    }

    #[rstest]
    #[case("91")]
    #[case("50°61'00\"")]
    #[case("30.4 E")]
    #[case("где-то")]
    #[case("51,61,82")]
    fn not_latitudes(#[case] written: &str) {
        assert_eq!(coordinate(written, Axis::Latitude), None, "{written}");
    }

    #[rstest]
    #[case("51.6182, 30.4001")]
    #[case("51.6182,30.4001")]
    #[case("51,6182; 30,4001")]
    #[case("51,6182 30,4001")]
    #[case("51.6182N 30.4001E")]
    fn pairs(#[case] written: &str) {
        let (north, east) = coordinates(written).unwrap_or_else(|| panic!("{written}"));
        assert!((north - 51.6182).abs() < 1e-9 && (east - 30.4001).abs() < 1e-9, "{written}: {north} {east}");
    }
}
