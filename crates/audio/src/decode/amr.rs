//! AMR narrowband and wideband in their storage format (RFC 4867, section 5).
//!
//! With discontinuous transmission a telephone sends a short description of the background noise
//! (SID) and then nothing (NO_DATA) while nobody speaks. Each of these takes its 20 ms here, filled
//! with comfort noise as the standard says (3GPP TS 26.092, 26.192), so that times stay true.

use std::io::{BufReader, Read};

use codec_core::codecs::amr::AmrCodec;
use codec_core::types::{CodecConfig, CodedFrame, VariableRateCodec};

use super::collect::Collector;
use super::source::{Source, read_full};
use super::{DecodeError, Heard};
use crate::panics::survive;
use crate::sniff::Container;

/// Bytes of sound data by frame type; `None` is reserved and marks corruption.
type Sizes = [Option<usize>; 16];

#[rustfmt::skip]
const NARROW: Sizes = [
    Some(12), Some(13), Some(15), Some(17), Some(19), Some(20), Some(26), Some(31),
    Some(5), Some(6), Some(5), Some(5), None, None, None, Some(0),
];
#[rustfmt::skip]
const WIDE: Sizes = [
    Some(17), Some(23), Some(32), Some(36), Some(40), Some(46), Some(50), Some(58),
    Some(60), Some(5), None, None, None, None, Some(0), Some(0),
];

/// One band's numbers.
struct Band {
    codec: &'static str,
    magic: usize,
    rate: u32,
    sizes: &'static Sizes,
    /// The frame type of a SID; speech lies below it.
    sid: u8,
}

impl Band {
    fn of(container: Container) -> Self {
        if container == Container::AmrWb {
            Self { codec: "amr_wb", magic: 9, rate: 16_000, sizes: &WIDE, sid: 9 }
        } else {
            Self { codec: "amr_nb", magic: 6, rate: 8000, sizes: &NARROW, sid: 8 }
        }
    }

    /// The length of the frame that this header byte announces, if it can be one.
    fn frame_len(&self, header: u8) -> Option<usize> {
        // Padding bits are zero; in damaged data they give the damage away.
        if header & 0x83 != 0 {
            return None;
        }
        self.sizes.get(usize::from((header >> 3) & 0xf)).copied().flatten()
    }
}

pub(super) fn decode(
    source: &Source<'_>,
    container: Container,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    let band = Band::of(container);
    let config = if band.rate == 16_000 { CodecConfig::amr_wb() } else { CodecConfig::amr_nb() };
    let mut codec =
        AmrCodec::new(&config).map_err(|error| DecodeError::NothingDecodes { reason: error.to_string() })?;
    collector.begin(band.rate, 1)?;
    let mut frames = Frames::new(BufReader::new(source.section(band.magic as u64, u64::MAX)?), &band);
    let mut heard = Heard::whole(band.codec);
    let mut mode = 0;
    while let Some(mut frame) = frames.next_frame()? {
        // A gap in one band's stream counts as the mode that was last heard.
        match frame.kind {
            codec_core::types::FrameKind::Speech => mode = frame.mode,
            _ => frame.mode = mode,
        }
        let samples = survive(|| codec.decode_frame(&frame));
        match samples {
            Some(Ok(samples)) if !samples.is_empty() => {
                let row: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32768.0).collect();
                collector.block(&[row])?;
            }
            Some(_) => {
                heard.bad_pieces += 1;
                collector.silence(u64::from(band.rate / 50))?;
            }
            None => {
                heard.reason = Some("its data made the AMR decoder give up".into());
                break;
            }
        }
    }
    heard.bad_pieces += frames.bad;
    if heard.reason.is_none() && frames.cut {
        heard.reason = Some("the file ends within a frame of sound".into());
    }
    Ok(heard)
}

/// Reads frames one after another, and finds the way back after corruption.
struct Frames<'b, R> {
    reader: R,
    band: &'b Band,
    /// Stretches of bytes that were no frames.
    bad: u64,
    /// The file ended within a frame.
    cut: bool,
}

impl<'b, R: Read> Frames<'b, R> {
    fn new(reader: R, band: &'b Band) -> Self {
        Self { reader, band, bad: 0, cut: false }
    }

    fn next_frame(&mut self) -> Result<Option<CodedFrame>, DecodeError> {
        let mut lost = false;
        let (header, length) = loop {
            let Some(header) = self.byte()? else { return Ok(None) };
            match self.band.frame_len(header) {
                Some(length) => break (header, length),
                None if !lost => {
                    lost = true;
                    self.bad += 1;
                }
                None => {}
            }
        };
        let mut data = vec![0; length];
        if read_full(&mut self.reader, &mut data)? < length {
            self.cut = true;
            return Ok(None);
        }
        let kind = (header >> 3) & 0xf;
        let good = header & 4 != 0;
        let frame = match kind {
            kind if kind < self.band.sid => CodedFrame::speech(kind, data),
            kind if kind == self.band.sid => CodedFrame::comfort_noise(data),
            14 => CodedFrame::lost(),
            _ => CodedFrame::no_data(),
        };
        // Frames without data carry no quality to doubt.
        Ok(Some(if good || length == 0 { frame } else { frame.with_bad_quality() }))
    }

    fn byte(&mut self) -> Result<Option<u8>, DecodeError> {
        let mut byte = [0];
        Ok((read_full(&mut self.reader, &mut byte)? == 1).then_some(byte[0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_takes_its_time_also_the_unsent_ones() {
        let band = Band::of(Container::AmrNb);
        // A 4.75 kbit/s frame, a SID, two NO_DATA, garbage, another frame, and a cut one.
        let mut bytes = vec![0x04];
        bytes.extend([0; 12]);
        bytes.push(0x44);
        bytes.extend([0; 5]);
        bytes.extend([0x7c, 0x7c, 0xff, 0xff, 0x04]);
        bytes.extend([0; 12]);
        bytes.extend([0x3c, 1, 2]);
        let mut frames = Frames::new(&bytes[..], &band);
        let mut count = 0;
        while frames.next_frame().unwrap().is_some() {
            count += 1;
        }
        assert_eq!((count, frames.bad, frames.cut), (5, 1, true));
        let file = [b"#!AMR\n".to_vec(), bytes].concat();
        let decoded = crate::decode_bytes(&file, &crate::Limits::default()).unwrap();
        assert_eq!(decoded.channels[0].len(), 5 * 160);
        assert_eq!(decoded.format.codec, "amr_nb");
        assert!(decoded.damage.is_some());
    }
}
