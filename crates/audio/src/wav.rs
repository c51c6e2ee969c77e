//! Writing 16-bit PCM WAV, for clips.

use thiserror::Error;

/// Why a clip could not be written as WAV.
#[derive(Debug, Error)]
pub enum WavError {
    /// There is no channel, or channels differ in length.
    #[error("the clip's channels do not fit together: {0}")]
    Channels(String),
    /// The WAV format counts bytes in 32 bits.
    #[error("the clip is too long for a WAV file (over 4 GiB)")]
    TooLong,
    /// The file could not be written.
    #[error("the clip could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// The head of a 16-bit PCM WAV file, bytes.
pub const HEAD: usize = 44;

/// The head of a 16-bit PCM WAV file with so many channels, `frames` samples each, at `rate` hertz.
///
/// # Errors
/// No channel or more than 32,767; more than 4 GiB of sound.
pub fn wav_head(channels: usize, frames: u64, rate: u32) -> Result<[u8; HEAD], WavError> {
    if channels == 0 {
        return Err(WavError::Channels("there are none".into()));
    }
    let count = u16::try_from(channels).map_err(|_| WavError::Channels("there are over 65,535".into()))?;
    let block = count.checked_mul(2).ok_or_else(|| WavError::Channels("there are over 32,767".into()))?;
    let bytes = u64::from(block).checked_mul(frames).ok_or(WavError::TooLong)?;
    let size = u32::try_from(bytes).ok().filter(|size| *size < u32::MAX - 36).ok_or(WavError::TooLong)?;
    let mut head = Vec::with_capacity(HEAD);
    head.extend(b"RIFF");
    head.extend((36 + size).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16u32.to_le_bytes());
    head.extend(1u16.to_le_bytes());
    head.extend(count.to_le_bytes());
    head.extend(rate.to_le_bytes());
    head.extend(rate.saturating_mul(u32::from(block)).to_le_bytes());
    head.extend(block.to_le_bytes());
    head.extend(16u16.to_le_bytes());
    head.extend(b"data");
    head.extend(size.to_le_bytes());
    head.try_into().map_err(|_| WavError::TooLong)
}

/// Writes the channels (samples in -1 to 1, louder is clipped) as a 16-bit PCM WAV file at `rate` hertz, without
/// holding a second copy of the sound.
///
/// # Errors
/// Channels missing, too many or of unequal length; more than 4 GiB of sound; what `out` gives.
pub fn write_wav_to(out: &mut impl std::io::Write, channels: &[Vec<f32>], rate: u32) -> Result<(), WavError> {
    let frames = channels.first().map_or(0, Vec::len);
    if channels.iter().any(|channel| channel.len() != frames) {
        return Err(WavError::Channels("they are of unequal length".into()));
    }
    out.write_all(&wav_head(channels.len(), frames as u64, rate)?)?;
    for at in 0..frames {
        for channel in channels {
            let sample = channel.get(at).copied().unwrap_or(0.0);
            // 32768 mirrors how decoders divide, so that PCM survives a round trip bit for bit.
            let value = (f64::from(sample) * 32768.0).round().clamp(-32768.0, 32767.0) as i16;
            out.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(())
}

/// A 16-bit PCM WAV file of the channels (samples in -1 to 1, louder is clipped) at `rate` hertz.
///
/// # Errors
/// As [`write_wav_to`].
pub fn encode_wav(channels: &[Vec<f32>], rate: u32) -> Result<Vec<u8>, WavError> {
    let samples = channels.first().map_or(0, Vec::len).saturating_mul(channels.len());
    let mut out = Vec::with_capacity(HEAD.saturating_add(samples.saturating_mul(2)));
    write_wav_to(&mut out, channels, rate)?;
    Ok(out)
}

/// Writes [`encode_wav`]'s bytes to `path`.
///
/// # Errors
/// As [`encode_wav`], and when the file cannot be written.
pub fn write_wav(path: &std::path::Path, channels: &[Vec<f32>], rate: u32) -> Result<(), WavError> {
    Ok(std::fs::write(path, encode_wav(channels, rate)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reader_reads_what_was_written() {
        let left: Vec<f32> = (0..100).map(|n| (n * 300) as f32 / 32768.0).collect();
        let right: Vec<f32> = left.iter().map(|x| -x).collect();
        let bytes = encode_wav(&[left, right], 8000).unwrap();
        let mut reader = hound::WavReader::new(&bytes[..]).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 8000));
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 200);
        assert_eq!(&samples[..4], &[0, 0, 300, -300]);
    }

    #[test]
    fn loud_is_clipped_and_uneven_refused() {
        let bytes = encode_wav(&[vec![2.0, -2.0, f32::NAN]], 8000).unwrap();
        assert_eq!(&bytes[44..], &[0xff, 0x7f, 0x00, 0x80, 0, 0]);
        assert!(encode_wav(&[], 8000).is_err());
        assert!(encode_wav(&[vec![0.0], vec![]], 8000).is_err());
    }
}
