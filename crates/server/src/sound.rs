//! Sound that browsers can play: 16-bit WAV files and their peaks, made once into `derived/` and given in pieces.

use crate::{
    app::lock,
    code::Code,
    error::{Answer, Problem},
};
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use earwitness_archive::Archive;
use earwitness_audio::wav::{HEAD, wav_head, write_wav_to};
use earwitness_model::Call;
use earwitness_pipeline::sound;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    ops::RangeInclusive,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// The longest part of a call that is given as a file of its own, seconds.
const PART: f64 = 600.0;
/// The most peaks a second, and in all.
const FINEST: u32 = 200;
const MOST_PEAKS: u64 = 4_000_000;

/// The folder of playable sound.
pub struct Sounds {
    dir: PathBuf,
    /// One recording is decoded at a time: a long one needs much memory.
    decoding: Mutex<()>,
}

/// A playable file.
pub struct Wav {
    path: PathBuf,
    channels: u16,
    rate: u32,
    frames: u64,
}

/// The loudest sample of each step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Peaks {
    duration: f64,
    per_second: u32,
    channels: Vec<Vec<f32>>,
}

impl Sounds {
    /// In the archive's `derived/`.
    pub fn new(archive: &Archive) -> Self {
        Self { dir: archive.derived().join("sound"), decoding: Mutex::default() }
    }

    /// The playable file of a call; decoded from its recording where it is not there yet.
    ///
    /// # Errors
    /// A recording that is altered or does not decode; a disk that is full.
    pub fn wav(&self, archive: &Archive, call: &Call) -> Answer<Wav> {
        let path = self.dir.join(format!("{}.wav", call.recording.hex()));
        if let Some(wav) = Wav::open(&path)? {
            return Ok(wav);
        }
        let _decoding = lock(&self.decoding);
        if let Some(wav) = Wav::open(&path)? {
            return Ok(wav);
        }
        let decoded = sound::of_call(archive, call)?;
        self.keep(&path, |out| {
            let written = write_wav_to(out, &decoded.channels, decoded.sample_rate);
            written.map_err(|e| unreadable(&e))
        })?;
        Wav::open(&path)?.ok_or_else(|| Problem::missing("the playable copy of the call could not be made"))
    }

    /// The peaks of a call, so many a second.
    ///
    /// # Errors
    /// As [`Sounds::wav`]; a number of peaks that cannot be.
    pub fn peaks(&self, archive: &Archive, call: &Call, per_second: u32) -> Answer<Peaks> {
        if !(1..=FINEST).contains(&per_second) {
            return Err(Problem::unclear(format!("{per_second} peaks a second cannot be had"), "1 to 200"));
        }
        let path = self.dir.join(format!("{}.{per_second}.json", call.recording.hex()));
        if let Some(peaks) = File::open(&path).ok().and_then(|f| serde_json::from_reader(BufReader::new(f)).ok()) {
            return Ok(peaks);
        }
        let peaks = self.wav(archive, call)?.peaks(per_second)?;
        self.keep(&path, |out| Ok(serde_json::to_writer(out, &peaks).map_err(std::io::Error::other)?))?;
        Ok(peaks)
    }

    /// Writes a file whole or not at all, readable by its owner alone.
    fn keep(&self, path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> Answer<()>) -> Answer<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.dir)?;
        let file = tempfile::NamedTempFile::new_in(&self.dir)?;
        let mut out = BufWriter::with_capacity(1 << 16, file.as_file());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    }
}

impl Wav {
    /// One of our own files; none where it is not there or is not whole.
    fn open(path: &Path) -> Answer<Option<Self>> {
        let Ok(mut file) = File::open(path) else { return Ok(None) };
        let mut head = [0; HEAD];
        if file.read_exact(&mut head).is_err() {
            return Ok(None);
        }
        let (channels, rate) =
            (u16::from_le_bytes([head[22], head[23]]), u32::from_le_bytes([head[24], head[25], head[26], head[27]]));
        let sound = file.metadata()?.len().saturating_sub(HEAD as u64);
        let frames = sound / (2 * u64::from(channels.max(1)));
        let same = wav_head(usize::from(channels), frames, rate).is_ok_and(|own| own == head);
        Ok((same && rate > 0).then(|| Self { path: path.to_owned(), channels, rate, frames }))
    }

    fn block(&self) -> u64 {
        2 * u64::from(self.channels)
    }

    /// The largest magnitude of each step, channel by channel.
    fn peaks(&self, per_second: u32) -> Answer<Peaks> {
        let steps = self.frames.saturating_mul(u64::from(per_second)) / u64::from(self.rate) + 1;
        if steps.saturating_mul(u64::from(self.channels)) > MOST_PEAKS {
            return Err(Problem::unclear("so many peaks of so long a call cannot be had", "ask for fewer a second"));
        }
        let mut channels = vec![Vec::new(); usize::from(self.channels)];
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(HEAD as u64))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let (mut bytes, mut last) = ([0; 2], vec![0u16; channels.len()]);
        for frame in 0..self.frames {
            for most in &mut last {
                reader.read_exact(&mut bytes)?;
                *most = (*most).max(i16::from_le_bytes(bytes).unsigned_abs());
            }
            let step = |frame: u64| frame * u64::from(per_second) / u64::from(self.rate);
            if step(frame + 1) > step(frame) || frame + 1 == self.frames {
                for (peaks, most) in channels.iter_mut().zip(&mut last) {
                    // Three digits are more than a screen shows.
                    peaks.push((f32::from(std::mem::take(most)) / 32.768).round() / 1000.0);
                }
            }
        }
        Ok(Peaks { duration: self.frames as f64 / f64::from(self.rate), per_second, channels })
    }

    /// A part of the call as a file of its own.
    ///
    /// # Errors
    /// Times that cannot be; what reading gives.
    pub fn part(&self, start: f64, end: f64) -> Answer<Vec<u8>> {
        if !(start.is_finite() && end.is_finite() && start >= 0.0 && end > start && end - start <= PART) {
            let next = "part=START-END in seconds, ten minutes at most";
            return Err(Problem::unclear("this is no part of a call", next).code(Code::NoPart));
        }
        let frame = |seconds: f64| ((seconds * f64::from(self.rate)).round() as u64).min(self.frames);
        let (from, to) = (frame(start), frame(end));
        let head = wav_head(usize::from(self.channels), to - from, self.rate);
        let head = head.map_err(|e| unreadable(&e))?;
        let mut bytes = head.to_vec();
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(HEAD as u64 + from * self.block()))?;
        file.take((to - from) * self.block()).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The whole file, or the range of it that a browser asks for.
    ///
    /// # Errors
    /// What reading gives.
    pub async fn respond(self, headers: &HeaderMap) -> Answer<Response> {
        let length = HEAD as u64 + self.frames * self.block();
        let (status, range) = asked(headers, length);
        let Some(range) = range else { return Ok(unsatisfiable(length)) };
        let mut file = tokio::fs::File::open(&self.path).await?;
        file.seek(SeekFrom::Start(*range.start())).await?;
        let piece = file.take(range.end() + 1 - range.start());
        Ok(given(status, &range, length, Body::from_stream(ReaderStream::with_capacity(piece, 1 << 16))))
    }
}

fn unreadable(error: &dyn std::error::Error) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).code(Code::SoundUnreadable)
}

/// Bytes in memory, or the range of them that a browser asks for.
pub fn respond(bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let length = bytes.len() as u64;
    let (status, range) = asked(headers, length);
    let Some(range) = range else { return unsatisfiable(length) };
    let (from, to) = (*range.start() as usize, *range.end() as usize);
    let piece = bytes.get(from..=to).map(<[u8]>::to_vec).unwrap_or_default();
    given(status, &range, length, Body::from(piece))
}

fn given(status: StatusCode, range: &RangeInclusive<u64>, length: u64, body: Body) -> Response {
    let (from, to) = (range.start(), range.end());
    let mut response = (status, body).into_response();
    let mut set = |name, value: String| {
        if let Ok(value) = value.try_into() {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, "audio/wav".into());
    set(header::ACCEPT_RANGES, "bytes".into());
    set(header::CONTENT_LENGTH, (to + 1 - from).to_string());
    // A recording never changes under its name; other people of this machine must not find it in a shared cache.
    set(header::CACHE_CONTROL, "private, max-age=3600".into());
    if status == StatusCode::PARTIAL_CONTENT {
        set(header::CONTENT_RANGE, format!("bytes {from}-{to}/{length}"));
    }
    response
}

fn unsatisfiable(length: u64) -> Response {
    (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{length}"))]).into_response()
}

/// The one range of bytes that is asked for (RFC 9110, 14.2); all where none, several, or nothing readable is. None where
/// it lies outside. `length` is more than 0.
fn asked(headers: &HeaderMap, length: u64) -> (StatusCode, Option<RangeInclusive<u64>>) {
    let all = (StatusCode::OK, Some(0..=length.saturating_sub(1)));
    let Some(text) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else { return all };
    let Some((from, to)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return all;
    };
    let last = length.saturating_sub(1);
    let (from, to) = (from.trim(), to.trim());
    let range = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => from..=to.min(last),
        (Ok(from), _) if to.is_empty() => from..=last,
        (_, Ok(suffix)) if from.is_empty() && suffix > 0 => length.saturating_sub(suffix)..=last,
        (_, Ok(0)) if from.is_empty() => return (StatusCode::RANGE_NOT_SATISFIABLE, None),
        _ => return all,
    };
    if range.start() > &last {
        (StatusCode::RANGE_NOT_SATISFIABLE, None)
    } else {
        (StatusCode::PARTIAL_CONTENT, Some(range))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> (u16, Option<(u64, u64)>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, text.parse().unwrap());
        let (status, range) = asked(&headers, 100);
        (status.as_u16(), range.map(RangeInclusive::into_inner))
    }

    #[test]
    fn ranges_are_read_as_browsers_write_them() {
        for (text, wanted) in [
            ("bytes=0-", (206, Some((0, 99)))),
            ("bytes=0-1", (206, Some((0, 1)))),
            ("bytes=90-1000", (206, Some((90, 99)))),
            ("bytes=-10", (206, Some((90, 99)))),
            ("bytes=-1000", (206, Some((0, 99)))),
            ("bytes=100-", (416, None)),
            ("bytes=-0", (416, None)),
            ("bytes=5-2", (200, Some((0, 99)))),
            ("bytes=0-1,5-6", (200, Some((0, 99)))),
            ("lines=0-1", (200, Some((0, 99)))),
            ("bytes=18446744073709551616-", (200, Some((0, 99)))),
        ] {
            assert_eq!(range(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_file_is_known_again_cut_and_measured() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let (left, right): (Vec<f32>, Vec<f32>) = (vec![0.5; 800], vec![-0.25; 800]);
        write_wav_to(&mut File::create(&path).unwrap(), &[left, right], 800).unwrap();
        let wav = Wav::open(&path).unwrap().unwrap();
        assert_eq!((wav.channels, wav.rate, wav.frames), (2, 800, 800));
        assert_eq!(wav.part(0.25, 0.5).unwrap().len(), HEAD + 200 * 4);
        assert_eq!(wav.part(0.9, 3.0).unwrap().len(), HEAD + 80 * 4);
        assert!(wav.part(2.0, 1.0).is_err() && wav.part(f64::NAN, 1.0).is_err() && wav.part(0.0, 1e9).is_err());
        let peaks = wav.peaks(20).unwrap();
        assert_eq!((peaks.channels[0].len(), peaks.channels[0][0], peaks.channels[1][19]), (20, 0.5, 0.25));
        // One that was cut short is made again.
        File::options().write(true).open(&path).unwrap().set_len(100).unwrap();
        assert!(Wav::open(&path).unwrap().is_none());
    }
}
