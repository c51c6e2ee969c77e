//! Whether two recordings hold the same sound, through whatever codecs they went.
//!
//! Fingerprints are Chromaprint's (Lukáš Lalinský; chroma after Jang, Yoo, Lee, Kim, Kalker,
//! "Pairwise Boosted Audio Fingerprint", 2009): one 32-bit value each 0.124 s, telling of the 2.7 s
//! from there. On telephone calls re-encoded with GSM, AMR, Opus at 12 kbit/s and MP3 at 16 kbit/s
//! 2 to 7 % of bits change, in heavy noise up to 26 %; unrelated calls never differ in less than
//! 36 % over 8 s. The method of Haitsma and Kalker (ISMIR 2002) was measured beside it: 13 to 17 %
//! and up to 37 %, against 43 %, for fifteen times the memory.
//!
//! Silence, noise, ringing and held music sound alike in calls that have nothing in common, so the
//! values of such stretches are left blank and match nothing.

mod index;

pub use index::{Index, Match, Piece};

use rusty_chromaprint::{Configuration, Fingerprinter};

use crate::levels::{self, LIVELY_SPAN, Measured};
use crate::resample::resample;

/// The rate in hertz at which Chromaprint works.
const RATE: u32 = 11_025;
/// Samples at [`RATE`] from one value to the next: a third of its window of 4096.
const HOP: u32 = 1365;
/// Seconds of sound that one value tells of.
const REACH: f64 = (4096 + 19 * HOP) as f64 / RATE as f64;
/// Lively moments (32 ms each) that the sound behind a value must have to tell one call from
/// another. Ringing with music reaches 7; speech has 20 and more.
const LIVELY: usize = 8;
/// First byte of a kept fingerprint.
const VERSION: u8 = 1;

/// A recording's fingerprint.
#[derive(Debug, Clone, PartialEq)]
pub struct Fingerprint {
    /// Seconds from one value to the next.
    pub hop: f64,
    /// Seconds the recording lasts.
    pub duration: f64,
    /// One value per hop; 0 where the sound could be anybody's.
    pub values: Vec<u32>,
}

impl Fingerprint {
    /// The fingerprint of one channel (mix several with [`levels::mix`]) at `rate` hertz.
    /// Recordings shorter than 2.7 s have no values.
    pub fn of(samples: &[f32], rate: u32) -> Self {
        Self::of_measured(samples, rate, &levels::measure(samples, rate))
    }

    /// As [`Fingerprint::of`], for a channel that was looked over already.
    pub fn of_measured(samples: &[f32], rate: u32, measured: &Measured) -> Self {
        let duration = samples.len() as f64 / f64::from(rate.max(1));
        let hop = f64::from(HOP) / f64::from(RATE);
        let blank = Self { hop, duration, values: Vec::new() };
        let sound: Vec<i16> = resample(samples, rate, RATE)
            .iter()
            .map(|sample| (sample * 32_767.0).clamp(-32_768.0, 32_767.0) as i16)
            .collect();
        let mut printer = Fingerprinter::new(&Configuration::preset_test2());
        if printer.start(RATE, 1).is_err() {
            return blank;
        }
        printer.consume(&sound);
        printer.finish();
        let lively: Vec<usize> = levels::counts(&measured.lively, LIVELY_SPAN).collect();
        let mut values = printer.fingerprint().to_vec();
        for (at, value) in values.iter_mut().enumerate() {
            let moment = (at as f64 * hop / levels::STEP) as usize;
            // Zero means blank; the sound that happens to be 0 becomes its neighbour 1.
            *value = if lively.get(moment).is_some_and(|count| *count >= LIVELY) { (*value).max(1) } else { 0 };
        }
        Self { values, ..blank }
    }

    /// How many values can tell this recording from others.
    pub fn telling(&self) -> usize {
        self.values.iter().filter(|value| **value != 0).count()
    }

    /// Compact bytes to keep: about 1.9 KB for a minute.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.hop.to_le_bytes());
        bytes.extend(self.duration.to_le_bytes());
        self.values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes
    }

    /// Reads [`Fingerprint::to_bytes`]; `None` for anything else, also of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = bytes.split_first()? else { return None };
        let (hop, rest) = rest.split_first_chunk::<8>()?;
        let (duration, rest) = rest.split_first_chunk::<8>()?;
        let (hop, duration) = (f64::from_le_bytes(*hop), f64::from_le_bytes(*duration));
        let (values, []) = rest.as_chunks::<4>() else { return None };
        let sane = hop.is_finite() && hop > 0.0 && duration.is_finite() && duration >= 0.0;
        sane.then(|| Self { hop, duration, values: values.iter().map(|value| u32::from_le_bytes(*value)).collect() })
    }
}

/// How a query and a reference belong together. Times in seconds within the reference or query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Relation {
    /// The same sound from beginning to end.
    Same,
    /// The query is a part of the reference.
    ExcerptOfReference {
        /// Where in the reference it starts.
        start: f64,
        /// Where in the reference it ends.
        end: f64,
    },
    /// The reference is a part of the query.
    ReferenceIsExcerptOfQuery {
        /// Where in the query it starts.
        start: f64,
        /// Where in the query it ends.
        end: f64,
    },
    /// They share nothing, or only a stretch such as an announcement.
    Unrelated,
}

/// The share of a recording's telling values that must be found again for it to count as contained.
const CONTAINED: f64 = 0.7;

/// Decides how the two recordings of a match belong together; lengths in seconds.
pub fn relation(found: &Match, query_len: f64, reference_len: f64) -> Relation {
    let close = (query_len - reference_len).abs() <= 1.0 + 0.03 * query_len.max(reference_len);
    let (query, reference) = (found.coverage_query >= CONTAINED, found.coverage_reference >= CONTAINED);
    let shift = found.at_reference.0 - found.at_query.0;
    if close && (query || reference) && shift.abs() < 2.0 {
        Relation::Same
    } else if query && query_len < reference_len {
        let start = shift.max(0.0);
        Relation::ExcerptOfReference { start, end: (shift + query_len).min(reference_len) }
    } else if reference && reference_len <= query_len {
        let start = (-shift).max(0.0);
        Relation::ReferenceIsExcerptOfQuery { start, end: (reference_len - shift).min(query_len) }
    } else {
        Relation::Unrelated
    }
}
