//! From a file's bytes to samples, whatever telephone wrote it.
//!
//! Everything usual is decoded inside the process; the `ffmpeg` program is asked only for the
//! rest. A damaged file decodes as far as it goes, and says so.

mod amr;
mod collect;
mod ffmpeg;
mod formats;
mod gsm;
mod mp4;
mod packets;
mod riff;
mod source;

use std::path::Path;

use thiserror::Error;

use crate::sniff::{Container, SNIFF_BYTES, sniff};
use collect::Collector;
use source::Source;

pub use ffmpeg::ffmpeg_version;
pub use formats::{By, FormatSupport, Grade, formats};

/// A recording as samples.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// Samples a second of each channel, in hertz.
    pub sample_rate: u32,
    /// One row of samples per channel, all of equal length, nominally in -1 to 1.
    pub channels: Vec<Vec<f32>>,
    /// What the file is.
    pub format: Format,
    /// The length in seconds that the file's own header promises, where it promises one.
    pub declared_duration: Option<f64>,
    /// What is wrong with the file, where it did not decode whole.
    pub damage: Option<Damage>,
}

impl Decoded {
    /// Seconds of sound that came out.
    pub fn duration(&self) -> f64 {
        let frames = self.channels.first().map_or(0, Vec::len);
        frames as f64 / f64::from(self.sample_rate.max(1))
    }

    /// All channels mixed to one (their mean).
    pub fn mono(&self) -> Vec<f32> {
        crate::levels::mix(&self.channels)
    }
}

/// What a file is: container, codec, and the form the sound has in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The container, for example `wav`, `ogg/opus`, `mp4`.
    pub container: Container,
    /// The codec by the name that ffmpeg also uses, for example `pcm_alaw`, `gsm`, `amr_nb`, `mp3`.
    pub codec: String,
    /// The file's own sample rate in hertz, before any resampling that was asked for.
    pub sample_rate: u32,
    /// How many channels the file has.
    pub channels: u16,
    /// Who decoded it.
    pub by: By,
}

/// What is wrong with a file that decodes only partly.
#[derive(Debug, Clone, PartialEq)]
pub struct Damage {
    /// Seconds of sound that came out.
    pub decoded: f64,
    /// Seconds the file promises, where it does.
    pub declared: Option<f64>,
    /// Pieces (packets, frames) in the middle that did not decode; each became silence of its length.
    pub bad_pieces: u64,
    /// In plain words what is wrong.
    pub reason: String,
}

/// Why nothing could be had from a file.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is something else.
    #[error("the file is not sound; by its content it is: {}", seems.name())]
    NotAudio {
        /// What it looks like.
        seems: Container,
    },
    /// It looks like sound, but no sample came out.
    #[error("nothing in the file could be decoded: {reason}")]
    NothingDecodes {
        /// In plain words why.
        reason: String,
    },
    /// It needs the `ffmpeg` program, which is not on this machine (or not allowed here).
    #[error("the file holds {codec}, which only the ffmpeg program can decode, and it was not found")]
    NeedsFfmpeg {
        /// The codec or container.
        codec: String,
    },
    /// There is more sound in it than allowed.
    #[error("the file holds more sound than the limit of {limit}")]
    TooLong {
        /// The limit in words, for example `12 hours`.
        limit: String,
    },
    /// The file could not be read.
    #[error("the file could not be read: {0}")]
    Io(#[from] std::io::Error),
}

/// What a single file may cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The longest sound accepted, in seconds.
    pub max_seconds: f64,
    /// The most channels accepted.
    pub max_channels: usize,
    /// The most bytes of memory the samples may take.
    pub max_memory: u64,
    /// Change to this rate in hertz while decoding, so that long files cost less memory.
    pub rate: Option<u32>,
    /// Whether the `ffmpeg` program may be run for what cannot be decoded here.
    pub ffmpeg: bool,
}

impl Default for Limits {
    /// 12 hours, 8 channels, 6 GiB, the file's own rate, ffmpeg allowed.
    fn default() -> Self {
        Self { max_seconds: 12.0 * 3600.0, max_channels: 8, max_memory: 6 << 30, rate: None, ffmpeg: true }
    }
}

/// Decodes a file whole, at its own sample rate, within the default [`Limits`].
///
/// # Errors
/// [`DecodeError`] says why nothing came out. A file from which something came out is `Ok`, with
/// its [`Damage`].
pub fn decode_file(path: &Path) -> Result<Decoded, DecodeError> {
    decode_file_with(path, &Limits::default())
}

/// Decodes a file within limits, perhaps to another sample rate.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_file_with(path: &Path, limits: &Limits) -> Result<Decoded, DecodeError> {
    decode(Source::File(path), limits)
}

/// Decodes bytes inside this process only; `ffmpeg` is never run. `limits.rate` applies.
///
/// # Errors
/// As [`decode_file`]; [`DecodeError::NeedsFfmpeg`] for what cannot be decoded here.
pub fn decode_bytes(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    decode(Source::Bytes(bytes), &Limits { ffmpeg: false, ..limits.clone() })
}

/// What a decoder tells besides the samples it put into the [`Collector`].
struct Heard {
    codec: String,
    declared: Option<f64>,
    bad_pieces: u64,
    /// Why it ended before its end, in plain words.
    reason: Option<String>,
    by: By,
}

impl Heard {
    fn whole(codec: &str) -> Self {
        Self { codec: codec.into(), declared: None, bad_pieces: 0, reason: None, by: By::BuiltIn }
    }
}

fn decode(source: Source<'_>, limits: &Limits) -> Result<Decoded, DecodeError> {
    let head = source.head(SNIFF_BYTES)?;
    let container = sniff(&head);
    match container {
        Container::Empty => return Err(DecodeError::Empty),
        other if !other.is_audio() => return Err(DecodeError::NotAudio { seems: other }),
        _ => {}
    }
    let mut collector = Collector::new(limits);
    let heard = by_container(&source, container, &head, limits, &mut collector)?;
    finish(container, heard, collector)
}

fn by_container(
    source: &Source<'_>,
    container: Container,
    head: &[u8],
    limits: &Limits,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    match container {
        Container::Wav => wav(source, limits, collector),
        Container::AmrNb | Container::AmrWb => amr::decode(source, container, collector),
        Container::GsmRaw => gsm::decode_raw(source.reader()?, source.len()?, collector),
        Container::OtherMedia | Container::OggOther => ffmpeg::decode(source, container.name(), limits, collector),
        _ => match packets::decode(source, container, head, collector) {
            Err(DecodeError::NeedsFfmpeg { codec }) => ffmpeg::decode(source, &codec, limits, collector),
            other => other,
        },
    }
}

fn wav(source: &Source<'_>, limits: &Limits, collector: &mut Collector) -> Result<Heard, DecodeError> {
    let header = riff::Header::read(source)?;
    match header.codec() {
        riff::Codec::Gsm => gsm::decode_wav(source, &header, collector),
        riff::Codec::Samples => packets::decode_wav(source, &header, collector),
        riff::Codec::Mp3 => packets::decode_mp3_in_wav(source, &header, collector),
        riff::Codec::Other(name) => ffmpeg::decode(source, &name, limits, collector),
    }
}

fn finish(container: Container, heard: Heard, collector: Collector) -> Result<Decoded, DecodeError> {
    let seconds = collector.seconds();
    if collector.is_empty() {
        let reason = heard.reason.unwrap_or_else(|| "it holds a header and no sound".into());
        return Err(DecodeError::NothingDecodes { reason });
    }
    // Codecs count in frames of up to 0.1 s, and headers round.
    let short = heard.declared.filter(|declared| declared - seconds > 0.25_f64.max(declared * 0.005));
    let reason = match (heard.reason, short) {
        (Some(reason), _) => Some(reason),
        (None, Some(declared)) => Some(format!("the file ends after {seconds:.1} s of {declared:.1} s")),
        (None, None) if heard.bad_pieces > 0 => {
            Some(format!("{} pieces within the file are corrupt and became silence", heard.bad_pieces))
        }
        (None, None) => None,
    };
    let damage = reason.map(|reason| Damage {
        decoded: seconds,
        declared: heard.declared,
        bad_pieces: heard.bad_pieces,
        reason,
    });
    let format = Format {
        container,
        codec: heard.codec,
        sample_rate: collector.source_rate(),
        channels: collector.channel_count(),
        by: heard.by,
    };
    let (sample_rate, channels) = collector.finish();
    Ok(Decoded { sample_rate, channels, format, declared_duration: heard.declared, damage })
}
