//! Times: spans inside a recording, and moments in the world with the offset of the place they were written for.

use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A stretch of a recording, in seconds from its first sample; `end` is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
}

impl Span {
    /// A span; an end before the start becomes an empty span at the start.
    pub fn new(start: f64, end: f64) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Length in seconds.
    pub fn length(&self) -> f64 {
        self.end - self.start
    }

    /// Seconds that both spans cover.
    pub fn overlap(&self, other: &Self) -> f64 {
        (self.end.min(other.end) - self.start.max(other.start)).max(0.0)
    }
}

/// Writes seconds as `H:MM:SS.mmm`, or `M:SS.mmm` below an hour. Negative and non-finite values become zero.
pub fn clock(seconds: f64) -> String {
    let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
    let ms = (seconds * 1000.0).round() as u64;
    let (h, m, s, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    if h > 0 { format!("{h}:{m:02}:{s:02}.{ms:03}") } else { format!("{m}:{s:02}.{ms:03}") }
}

/// Reads what [`clock`] writes: `H:MM:SS.mmm`, `M:SS` or plain seconds; `None` for anything else.
pub fn read_clock(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let parts: Vec<&str> = text.trim().split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        let fits = part.chars().all(|c| c.is_ascii_digit() || (last && c == '.'));
        if part.is_empty() || !fits {
            return None;
        }
        let value: f64 = part.parse().ok()?;
        if i > 0 && value >= 60.0 {
            return None;
        }
        total = total * 60.0 + value;
    }
    Some(total)
}

/// When a call was made: an instant, with the UTC offset in force where it was made. RFC 3339 in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTime {
    instant: Timestamp,
    offset: Offset,
}

/// A text that is not a time in RFC 3339.
#[derive(Debug, thiserror::Error)]
#[error("not a time as in 2022-03-11T18:45:02+02:00: {0:?}")]
pub struct NotATime(pub String);

impl CallTime {
    /// The instant and offset of a zoned time.
    pub fn of(zoned: &jiff::ZonedDateTime) -> Self {
        Self { instant: zoned.timestamp(), offset: zoned.offset() }
    }

    /// The instant.
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// Date and time as the clock on the wall showed them.
    pub fn local(&self) -> jiff::civil::DateTime {
        self.offset.to_datetime(self.instant)
    }
}

impl fmt::Display for CallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.offset.seconds();
        let (sign, s) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
        let local = self.local();
        write!(f, "{}T{}{sign}{:02}:{:02}", local.date(), local.time(), s / 3600, s / 60 % 60)
    }
}

impl FromStr for CallTime {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let wrong = || NotATime(text.chars().take(80).collect());
        let instant: Timestamp = text.parse().map_err(|_| wrong())?;
        if text.ends_with(['Z', 'z']) {
            return Ok(Self { instant, offset: Offset::UTC });
        }
        let sign_at = text.rfind(['+', '-']).filter(|&i| i > 10).ok_or_else(wrong)?;
        let digits: String = text[sign_at + 1..].chars().filter(char::is_ascii_digit).collect();
        let (h, m) = digits.get(0..2).zip(digits.get(2..4)).ok_or_else(wrong)?;
        let seconds = h.parse::<i32>().map_err(|_| wrong())? * 3600 + m.parse::<i32>().map_err(|_| wrong())? * 60;
        let signed = if text.as_bytes()[sign_at] == b'-' { -seconds } else { seconds };
        let offset = Offset::from_seconds(signed).map_err(|_| wrong())?;
        Ok(Self { instant, offset })
    }
}

impl Serialize for CallTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_time_keeps_its_offset() {
        for text in ["2022-03-11T18:45:02+02:00", "2022-03-28T20:20:07+03:00", "2022-01-01T00:00:00-05:30"] {
            assert_eq!(text.parse::<CallTime>().unwrap().to_string(), text);
        }
        assert!("2022-03-11".parse::<CallTime>().is_err());
        assert!("нет".parse::<CallTime>().is_err());
    }

    proptest::proptest! {
        #[test]
        fn clock_reads_back(ms in 0u64..400_000_000) {
            let seconds = ms as f64 / 1000.0;
            let back = read_clock(&clock(seconds)).unwrap();
            assert!((back - seconds).abs() < 1e-6);
        }

        #[test]
        fn read_clock_and_call_time_never_panic(text in ".{0,40}") {
            let _ = read_clock(&text);
            let _ = text.parse::<CallTime>();
        }
    }
}
