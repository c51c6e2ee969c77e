//! Where in an MP4 file the sound begins (ISO/IEC 14496-12).
//!
//! AAC encoders put about a tenth of a second of nothing before the sound, and the edit list says how
//! much. The packet decoder does not read it; without it, every word would be late by that much.

use std::io::{Read, Seek, SeekFrom};

use super::DecodeError;
use super::source::{Source, read_full};

/// Larger tables of contents than this are not read; hours of sound need a few megabytes.
const LARGEST: u64 = 64 << 20;
/// Seconds that an encoder may need before its sound. An edit that hides more was made by somebody,
/// and what it hides is evidence too.
const MOST: f64 = 0.7;

/// Seconds of nothing before the first track of sound; 0 where the file does not say.
pub(super) fn before_sound(source: &Source<'_>) -> Result<f64, DecodeError> {
    let Some(moov) = moov(source)? else { return Ok(0.0) };
    let seconds = boxes(&moov).filter(|(kind, _)| kind == b"trak").find_map(|(_, track)| track_start(track));
    Ok(seconds.filter(|seconds| (0.0..MOST).contains(seconds)).unwrap_or(0.0))
}

/// The body of the movie box, wherever in the file it is.
fn moov(source: &Source<'_>) -> Result<Option<Vec<u8>>, DecodeError> {
    let mut reader = source.reader()?;
    let mut at = 0u64;
    for _ in 0..1000 {
        reader.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        if read_full(&mut reader, &mut head)? < 8 {
            return Ok(None);
        }
        let (length, head_len) = match be32(&head, 0) {
            0 => return Ok(None),
            1 => (be64(&head, 8), 16),
            length => (length, 8),
        };
        if length < head_len {
            return Ok(None);
        }
        if head.get(4..8) == Some(b"moov") {
            reader.seek(SeekFrom::Start(at + head_len))?;
            let mut body = Vec::new();
            reader.take((length - head_len).min(LARGEST)).read_to_end(&mut body)?;
            return Ok(Some(body));
        }
        at = at.saturating_add(length);
    }
    Ok(None)
}

fn track_start(track: &[u8]) -> Option<f64> {
    let media = child(track, b"mdia")?;
    if child(media, b"hdlr")?.get(8..12) != Some(b"soun") {
        return None;
    }
    let header = child(media, b"mdhd")?;
    let scale = be32(header, if header.first() == Some(&1) { 20 } else { 12 });
    let list = child(child(track, b"edts")?, b"elst")?;
    let wide = list.first() == Some(&1);
    // Entries of -1 are pauses before the sound.
    let entries = list.get(8..)?.chunks_exact(if wide { 20 } else { 12 });
    let start = entries.map(|entry| if wide { be64(entry, 8) as i64 } else { be32(entry, 4) as u32 as i32 as i64 });
    start.take(8).find(|start| *start >= 0).filter(|_| scale > 0).map(|start| start as f64 / scale as f64)
}

fn child<'b>(body: &'b [u8], wanted: &[u8; 4]) -> Option<&'b [u8]> {
    boxes(body).find(|(kind, _)| kind == wanted).map(|(_, body)| body)
}

/// The boxes inside a box's body; ends at the first that does not fit.
fn boxes(body: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let length = usize::try_from(be32(rest, 0)).ok()?;
        let kind = *rest.get(4..)?.first_chunk::<4>()?;
        let inside = rest.get(8..length)?;
        rest = rest.get(length..)?;
        Some((kind, inside))
    })
}

fn be32(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |raw| u64::from(u32::from_be_bytes(*raw)))
}

fn be64(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |raw| u64::from_be_bytes(*raw))
}
