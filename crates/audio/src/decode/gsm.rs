//! GSM 06.10 full rate: Microsoft's blocks of 65 bytes in WAV, and bare frames of 33 bytes.

use std::io::Read;

use oxideav_gsm::{DecoderState, GSM_BYTE_FRAME_LEN, MSGSM_BLOCK_LEN, UnpackedFrame};

use super::collect::Collector;
use super::riff::Header;
use super::source::{Source, read_full};
use super::{DecodeError, Heard};

/// Decodes the sound of a WAVE file with format tag 0x31.
pub(super) fn decode_wav(
    source: &Source<'_>,
    header: &Header,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    if header.channels != 1 {
        let reason = format!("GSM in WAV has one channel, and the header claims {}", header.channels);
        return Err(DecodeError::NothingDecodes { reason });
    }
    collector.begin(header.rate, 1)?;
    let mut reader = source.section(header.data_at, header.data_len)?;
    let mut state = DecoderState::new();
    let mut block = [0; MSGSM_BLOCK_LEN];
    let mut rest;
    loop {
        rest = read_full(&mut reader, &mut block)?;
        if rest < MSGSM_BLOCK_LEN {
            break;
        }
        if let Ok((first, second)) = UnpackedFrame::pair_from_msgsm_block(&block) {
            put(&mut state, &first, collector)?;
            put(&mut state, &second, collector)?;
        }
    }
    let cut = (rest > 0).then(|| "the file ends within a block of sound".to_string());
    let reason = header.complaint().or(cut);
    Ok(Heard { declared: header.declared_seconds(), reason, ..Heard::whole("gsm_ms") })
}

/// Decodes bare GSM frames.
pub(super) fn decode_raw(reader: impl Read, length: u64, collector: &mut Collector) -> Result<Heard, DecodeError> {
    collector.begin(8000, 1)?;
    let mut reader = reader.take(length);
    let mut state = DecoderState::new();
    let mut frame = [0; GSM_BYTE_FRAME_LEN];
    let mut bad_pieces = 0;
    while read_full(&mut reader, &mut frame)? == GSM_BYTE_FRAME_LEN {
        match UnpackedFrame::from_gsm_byte_frame(&frame) {
            Ok(frame) => put(&mut state, &frame, collector)?,
            Err(_) => {
                bad_pieces += 1;
                collector.silence(160)?;
            }
        }
    }
    Ok(Heard { bad_pieces, ..Heard::whole("gsm") })
}

fn put(state: &mut DecoderState, frame: &UnpackedFrame, collector: &mut Collector) -> Result<(), DecodeError> {
    // Homing is a test mode of handsets (EN 300 961, 4.4); recordings are decoded without it.
    let samples = state.decode_frame(frame).map(|sample| f32::from(sample) / 32768.0);
    collector.block(&[samples])
}
