//! Containers and codecs that Symphonia (and libopus through its adapter) decodes.

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::collect::Collector;
use super::mp4;
use super::riff::Header;
use super::source::Source;
use super::{DecodeError, Heard};
use crate::panics::survive;
use crate::sniff::Container;

/// Pieces that may fail one after another before the rest is given up.
const MOST_FAILURES: u32 = 500;
/// Seconds that a missing piece may claim to have lasted; a longer one is a broken clock.
const LONGEST_GAP: f64 = 600.0;
/// Seconds between packets that are rounding and no gap.
const SMALLEST_GAP: f64 = 0.005;

static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut registry = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut registry);
    registry.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
    registry
});

/// Decodes a whole file.
pub(super) fn decode(
    source: &Source<'_>,
    container: Container,
    head: &[u8],
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    let before = if container == Container::Mp4 { mp4::before_sound(source)? } else { 0.0 };
    let mut heard = run(source.media()?, hint(container), before, collector)?;
    match container {
        // Without a table of contents the length is a guess from the bit rate.
        Container::Mp3 if !has_mp3_count(head) => heard.declared = None,
        Container::Adts => heard.declared = None,
        Container::OggOpus | Container::OggVorbis | Container::OggFlac if heard.reason.is_none() => {
            heard.reason = ogg_complaint(source)?;
        }
        _ => {}
    }
    Ok(heard)
}

/// Decodes PCM, A-law, µ-law and ADPCM in WAVE, with a header that was set right first.
pub(super) fn decode_wav(
    source: &Source<'_>,
    header: &Header,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    // An absurd header is refused before anything computes with it.
    collector.begin(header.rate, usize::from(header.channels))?;
    let body = source.section(header.data_at, header.data_len)?;
    let media = ReadOnlySource::new(Cursor::new(header.honest()).chain(body));
    let mut heard = run(Box::new(media), "wav", 0.0, collector)?;
    heard.declared = header.declared_seconds();
    heard.reason = header.complaint().or(heard.reason);
    Ok(heard)
}

/// Decodes MP3 that a recorder wrapped in WAVE.
pub(super) fn decode_mp3_in_wav(
    source: &Source<'_>,
    header: &Header,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    let body = source.section(header.data_at, header.data_len)?;
    let mut heard = run(Box::new(ReadOnlySource::new(body)), "mp3", 0.0, collector)?;
    heard.declared = header.declared_seconds();
    heard.reason = header.complaint().or(heard.reason);
    Ok(heard)
}

fn hint(container: Container) -> &'static str {
    match container {
        Container::Mp3 => "mp3",
        Container::OggOpus | Container::OggVorbis | Container::OggFlac => "ogg",
        Container::Mp4 => "m4a",
        Container::Flac => "flac",
        Container::Adts => "aac",
        _ => "wav",
    }
}

/// Runs a decoder to the end, and survives it: the decoders are careful, but they see hostile
/// files, and a panic in one of them must not take the whole delivery down. `before` is seconds that
/// the codec makes before the sound begins.
fn run<'s>(
    media: Box<dyn MediaSource + 's>,
    extension: &str,
    before: f64,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    let mut heard = Heard::whole("unknown");
    let result = survive(|| all_packets(media, extension, before, collector, &mut heard));
    match result {
        Some(Ok(())) => Ok(heard),
        Some(Err(error)) => Err(error),
        None => {
            heard.reason = Some(format!("its data made the {} decoder give up", heard.codec));
            Ok(heard)
        }
    }
}

fn all_packets<'s>(
    media: Box<dyn MediaSource + 's>,
    extension: &str,
    before: f64,
    collector: &mut Collector,
    heard: &mut Heard,
) -> Result<(), DecodeError> {
    let stream = MediaSourceStream::new(media, Default::default());
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let mut format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| nothing(&error))?;
    let track = format.default_track(TrackType::Audio).ok_or_else(|| none("it holds no track of sound"))?;
    let (id, parameters) = (track.id, audio(track)?.clone());
    let (rate, channels) = (parameters.sample_rate.unwrap_or(0), parameters.channels.as_ref().map_or(0, |c| c.count()));
    let seconds_per_tick =
        track.time_base.map_or(0.0, |base| f64::from(base.numer.get()) / f64::from(base.denom.get()));
    heard.declared = declared(track, rate).map(|seconds| seconds - before);
    let mut decoder = decoder(&parameters, heard)?;
    // Some containers leave the form to the codec's own header; then the first packet tells.
    if rate > 0 && channels > 0 {
        collector.begin(rate, channels)?;
        collector.leave_out((before * f64::from(rate)).round() as usize);
    }
    Stream {
        format: format.as_mut(),
        decoder: decoder.as_mut(),
        id,
        seconds_per_tick,
        next: None,
        rows: Vec::new(),
        failures: 0,
    }
    .run(collector, heard)
}

fn audio(track: &Track) -> Result<&AudioCodecParameters, DecodeError> {
    match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => Ok(parameters),
        _ => Err(DecodeError::NeedsFfmpeg { codec: "an unknown codec".into() }),
    }
}

fn decoder(parameters: &AudioCodecParameters, heard: &mut Heard) -> Result<Box<dyn AudioDecoder>, DecodeError> {
    let decoder =
        CODECS.make_audio_decoder(parameters, &AudioDecoderOptions::default()).map_err(|error| match error {
            Error::Unsupported(what) => DecodeError::NeedsFfmpeg { codec: format!("{} ({what})", parameters.codec) },
            other => nothing(&other),
        })?;
    heard.codec = decoder.codec_info().short_name.to_string();
    Ok(decoder)
}

fn declared(track: &Track, rate: u32) -> Option<f64> {
    let by_time = track
        .duration
        .zip(track.time_base)
        .map(|(duration, base)| duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get()));
    let by_count = track.num_frames.filter(|_| rate > 0).map(|frames| frames as f64 / f64::from(rate));
    by_time.or(by_count)
}

struct Stream<'f, 's> {
    format: &'f mut (dyn FormatReader + 's),
    decoder: &'f mut dyn AudioDecoder,
    id: u32,
    seconds_per_tick: f64,
    /// Where in time the next packet should start, in ticks.
    next: Option<i64>,
    rows: Vec<Vec<f32>>,
    /// Failures since the last success.
    failures: u32,
}

impl Stream<'_, '_> {
    fn run(&mut self, collector: &mut Collector, heard: &mut Heard) -> Result<(), DecodeError> {
        while self.failures < MOST_FAILURES {
            let seconds = collector.seconds();
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(()),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    heard.reason = Some(format!("the file is cut off after {seconds:.1} s"));
                    return Ok(());
                }
                Err(Error::DecodeError(_)) => {
                    self.failed(heard);
                    continue;
                }
                Err(error) => {
                    heard.reason = Some(format!("after {seconds:.1} s: {error}"));
                    return Ok(());
                }
            };
            if packet.track_id == self.id && !self.take(&packet, collector, heard)? {
                return Ok(());
            }
        }
        heard.reason = Some(format!("nothing more can be decoded after {:.1} s", collector.seconds()));
        Ok(())
    }

    fn failed(&mut self, heard: &mut Heard) {
        self.failures += 1;
        heard.bad_pieces += 1;
    }

    /// Decodes one packet; false where the sound ends here.
    fn take(&mut self, packet: &Packet, collector: &mut Collector, heard: &mut Heard) -> Result<bool, DecodeError> {
        self.fill_gap(packet, collector, heard)?;
        match self.decoder.decode(packet) {
            Ok(buffer) => {
                let (rate, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
                if collector.source_rate() == 0 {
                    collector.begin(rate, channels)?;
                } else if !collector.takes(rate, channels) {
                    heard.reason = Some(format!("after {:.1} s the sound changes its form", collector.seconds()));
                    return Ok(false);
                }
                buffer.copy_to_vecs_planar(&mut self.rows);
                collector.block(&self.rows)?;
                self.failures = 0;
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) => {
                self.failed(heard);
                // Bad pieces before the first good one may be no sound at all.
                if !collector.is_empty() {
                    self.silence(packet.dur.get() as f64, collector)?;
                }
            }
            Err(error) => {
                heard.reason = Some(format!("after {:.1} s: {error}", collector.seconds()));
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Containers that count time show where packets are missing; what follows must keep its time.
    fn fill_gap(&mut self, packet: &Packet, collector: &mut Collector, heard: &mut Heard) -> Result<(), DecodeError> {
        let starts = packet.pts.get();
        let missing = self.next.map_or(0, |next| starts.saturating_sub(next));
        self.next = i64::try_from(packet.dur.get()).ok().and_then(|length| starts.checked_add(length));
        if missing as f64 * self.seconds_per_tick > SMALLEST_GAP && !collector.is_empty() {
            heard.bad_pieces += 1;
            self.silence(missing as f64, collector)?;
        }
        Ok(())
    }

    fn silence(&self, ticks: f64, collector: &mut Collector) -> Result<(), DecodeError> {
        let seconds = (ticks * self.seconds_per_tick).min(LONGEST_GAP);
        collector.silence((seconds * f64::from(collector.source_rate())).round() as u64)
    }
}

fn none(reason: &str) -> DecodeError {
    DecodeError::NothingDecodes { reason: reason.into() }
}

fn nothing(error: &Error) -> DecodeError {
    match error {
        Error::Unsupported(what) => DecodeError::NeedsFfmpeg { codec: (*what).to_string() },
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            none("the file ends before its sound begins")
        }
        other => none(&other.to_string()),
    }
}

/// Whether the first frame holds a count of frames (Xing, Info or VBRI header).
fn has_mp3_count(head: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"Xing", b"Info", b"VBRI"];
    head.windows(4).any(|window| marks.contains(&window))
}

/// What the last page of an Ogg file says about its end (RFC 3533, section 6).
fn ogg_complaint(source: &Source<'_>) -> Result<Option<String>, DecodeError> {
    // A page is at most 65,307 bytes.
    let tail = source.tail(2 * 65_307)?;
    let Some(at) = tail.windows(4).rposition(|window| window == b"OggS") else {
        return Ok(Some("the file's last part is no Ogg".into()));
    };
    let page = tail.get(at..).unwrap_or(&[]);
    let segments = usize::from(page.get(26).copied().unwrap_or(0));
    let body: usize = page.get(27..27 + segments).unwrap_or(&[]).iter().map(|&length| usize::from(length)).sum();
    let whole = page.len() >= 27 + segments + body;
    let ended = page.get(5).is_some_and(|flags| flags & 4 != 0);
    Ok(match (whole, ended) {
        (false, _) => Some("the file ends within a page of sound".into()),
        (true, false) => Some("the stream's end mark is missing, so the file may be cut short".into()),
        (true, true) => None,
    })
}
