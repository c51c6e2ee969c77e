//! Sounds made of nothing, and WAV files of them. Samples lie between -1 and 1.

use std::io::Cursor;
use std::path::Path;

/// A small random generator (xorshift64*, Marsaglia 2003, Vigna 2016): the same seed gives the same numbers anywhere.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Seeded with anything, zero too.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15 | 1)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 up to, not including, `n`; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next_u64() % n.max(1) as u64) as usize
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 / (1u64 << 24) as f32
    }
}

fn samples(rate: u32, seconds: f64) -> usize {
    (f64::from(rate) * seconds).round() as usize
}

/// A sine of `hertz` with amplitude `level`.
pub fn tone(rate: u32, seconds: f64, hertz: f64, level: f32) -> Vec<f32> {
    let step = std::f64::consts::TAU * hertz / f64::from(rate);
    (0..samples(rate, seconds)).map(|i| (step * i as f64).sin() as f32 * level).collect()
}

/// Zeros.
pub fn silence(rate: u32, seconds: f64) -> Vec<f32> {
    vec![0.0; samples(rate, seconds)]
}

/// White noise with amplitude `level`.
pub fn noise(rate: u32, seconds: f64, level: f32, seed: u64) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    (0..samples(rate, seconds)).map(|_| (rng.unit() * 2.0 - 1.0) * level).collect()
}

fn pcm(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * 32767.0).round() as i16
}

/// A 16-bit WAV file of one or more channels of the same length.
pub fn wav(rate: u32, channels: &[Vec<f32>]) -> Vec<u8> {
    let count = u16::try_from(channels.len()).expect("at most 65,535 channels");
    let spec = hound::WavSpec {
        channels: count,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a WAV writer in memory");
    for i in 0..channels.first().map_or(0, Vec::len) {
        for channel in channels {
            writer.write_sample(pcm(channel[i])).expect("channels of the same length");
        }
    }
    writer.finalize().expect("a WAV file in memory");
    bytes.into_inner()
}

/// Writes [`wav`] to a file.
pub fn write_wav(path: &Path, rate: u32, channels: &[Vec<f32>]) {
    std::fs::write(path, wav(rate, channels)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

/// A WAV file of one channel in A-law (ITU-T G.711), as exchanges write it.
pub fn alaw_wav(rate: u32, samples: &[f32]) -> Vec<u8> {
    let size = u32::try_from(samples.len()).expect("under 4 GiB of samples");
    let mut bytes = Vec::with_capacity(samples.len() + 58);
    let mut put = |parts: &[&[u8]]| parts.iter().for_each(|p| bytes.extend_from_slice(p));
    put(&[b"RIFF", &(50 + size + size % 2).to_le_bytes(), b"WAVE", b"fmt ", &18u32.to_le_bytes()]);
    put(&[&6u16.to_le_bytes(), &1u16.to_le_bytes(), &rate.to_le_bytes(), &rate.to_le_bytes()]);
    put(&[&1u16.to_le_bytes(), &8u16.to_le_bytes(), &0u16.to_le_bytes()]);
    put(&[b"fact", &4u32.to_le_bytes(), &size.to_le_bytes(), b"data", &size.to_le_bytes()]);
    bytes.extend(samples.iter().map(|s| alaw(pcm(*s))));
    bytes.resize(bytes.len() + samples.len() % 2, 0);
    bytes
}

/// One sample in A-law: sign, three bits of exponent, four of mantissa, even bits inverted.
fn alaw(sample: i16) -> u8 {
    let (sign, magnitude) = if sample >= 0 { (0x80, sample >> 3) } else { (0, !sample >> 3) };
    let exponent = (11 - (magnitude as u16).leading_zeros() as i16).clamp(0, 7);
    let mantissa = if exponent > 0 { magnitude >> exponent } else { magnitude >> 1 } & 0x0f;
    (sign | (exponent << 4) as u8 | mantissa as u8) ^ 0x55
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G.711: the 13-bit value that a code stands for, in 16-bit steps.
    fn expand(code: u8) -> i32 {
        let code = code ^ 0x55;
        let (exponent, mantissa) = (i32::from(code >> 4 & 7), i32::from(code & 15));
        let value = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
        if code & 0x80 == 0 { -value } else { value }
    }

    #[test]
    fn alaw_stays_within_its_steps() {
        for sample in i16::MIN..=i16::MAX {
            let (wrong, size) = ((expand(alaw(sample)) - i32::from(sample)).abs(), i32::from(sample).abs());
            assert!(wrong <= (size / 32).max(8) + 8, "{sample} came back as {}", expand(alaw(sample)));
        }
    }

    #[test]
    fn wav_reads_back() {
        let bytes = wav(8000, &[tone(8000, 0.5, 440.0, 0.5), silence(8000, 0.5)]);
        let reader = hound::WavReader::new(&bytes[..]).unwrap();
        assert_eq!((reader.spec().channels, reader.duration()), (2, 4000));
        assert_eq!(noise(8000, 1.0, 0.1, 7), noise(8000, 1.0, 0.1, 7));
        assert!(noise(8000, 1.0, 0.1, 0).iter().any(|s| *s != 0.0));
        assert_eq!(alaw_wav(8000, &silence(8000, 1.0)).len(), 8058);
    }
}
