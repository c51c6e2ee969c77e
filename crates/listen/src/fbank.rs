//! Log mel filterbanks as Kaldi makes them (Povey et al. 2011; `compute-fbank-feats`): 25 ms frames every 10 ms, mean
//! removed, pre-emphasis 0.97, Povey's window, 512-point power spectrum, 80 triangular filters from 20 Hz to 8 kHz on
//! the mel scale of HTK. No dither, so that the same sound gives the same numbers. CAM++ was trained on these.

use realfft::{RealFftPlanner, RealToComplex};
use std::{f32::consts::PI, ops::Range, sync::Arc};

/// Hertz.
const RATE: usize = 16_000;
const FRAME: usize = 400;
/// Samples between two frames.
pub(crate) const HOP: usize = 160;
const FFT: usize = 512;
/// Bands.
pub(crate) const BANDS: usize = 80;
/// Filterbanks were defined on 16-bit samples; it matters only for the floor.
const SCALE: f32 = 32_768.0;

/// Makes filterbanks; holds the window, the filters and the FFT plan.
pub(crate) struct Filterbank {
    window: Vec<f32>,
    /// First bin and weights of each band.
    filters: Vec<(usize, Vec<f32>)>,
    fft: Arc<dyn RealToComplex<f32>>,
}

/// Frames of 80 bands, one after the other.
pub(crate) struct Frames(Vec<f32>);

impl Frames {
    /// The number of frames.
    pub fn len(&self) -> usize {
        self.0.len() / BANDS
    }

    /// These frames as one block of `len * 80` values with the mean of each band taken away.
    pub fn centred(&self, frames: Range<usize>) -> Vec<f32> {
        let frames = frames.start.min(self.len())..frames.end.min(self.len());
        let mut part = self.0.get(frames.start * BANDS..frames.end * BANDS).unwrap_or_default().to_vec();
        let count = (part.len() / BANDS).max(1) as f32;
        for band in 0..BANDS {
            let mean = part.iter().skip(band).step_by(BANDS).sum::<f32>() / count;
            part.iter_mut().skip(band).step_by(BANDS).for_each(|v| *v -= mean);
        }
        part
    }

    /// These pieces of the frames, put end to end.
    pub fn joined(&self, pieces: &[Range<usize>]) -> Self {
        let part = |p: &Range<usize>| self.0.get(p.start.min(self.len()) * BANDS..p.end.min(self.len()) * BANDS);
        Self(pieces.iter().filter_map(part).flatten().copied().collect())
    }
}

impl Filterbank {
    pub fn new() -> Self {
        let hann = |i: usize| 0.5 - 0.5 * (2.0 * PI * i as f32 / (FRAME - 1) as f32).cos();
        Self {
            window: (0..FRAME).map(|i| hann(i).powf(0.85)).collect(),
            filters: filters(),
            fft: RealFftPlanner::new().plan_fft_forward(FFT),
        }
    }

    /// The frames of `samples` (16 kHz) that lie wholly inside.
    pub fn frames(&self, samples: &[f32]) -> Frames {
        let count = if samples.len() < FRAME { 0 } else { (samples.len() - FRAME) / HOP + 1 };
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut out = Vec::with_capacity(count * BANDS);
        for frame in samples.windows(FRAME).step_by(HOP).take(count) {
            let mean = frame.iter().sum::<f32>() / FRAME as f32;
            input.fill(0.0);
            let mut before = frame[0] - mean;
            for (i, (place, sample)) in input.iter_mut().zip(frame).enumerate() {
                let here = sample - mean;
                *place = (here - 0.97 * before) * SCALE * self.window[i];
                before = here;
            }
            // Lengths come from the plan itself, so this cannot fail.
            let _ = self.fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch);
            for (first, weights) in &self.filters {
                let bins = spectrum.get(*first..).unwrap_or_default();
                let energy: f32 = weights.iter().zip(bins).map(|(w, c)| w * c.norm_sqr()).sum();
                out.push(energy.max(f32::EPSILON).ln());
            }
        }
        Frames(out)
    }
}

/// Triangles between equally spaced points of the mel scale, 1127 ln(1 + f / 700).
fn filters() -> Vec<(usize, Vec<f32>)> {
    let mel = |hz: f64| 1127.0 * (1.0 + hz / 700.0).ln();
    let (low, high) = (mel(20.0), mel(RATE as f64 / 2.0));
    let step = (high - low) / (BANDS + 1) as f64;
    let bin = RATE as f64 / FFT as f64;
    (0..BANDS)
        .map(|band| {
            let left = low + band as f64 * step;
            let right = left + 2.0 * step;
            let weight = |i: usize| {
                let at = mel(i as f64 * bin);
                if at <= left || at >= right { 0.0 } else { ((at - left) / step).min((right - at) / step) as f32 }
            };
            let inside: Vec<usize> = (0..FFT / 2).filter(|&i| weight(i) > 0.0).collect();
            let first = inside.first().copied().unwrap_or(0);
            (first, inside.iter().map(|&i| weight(i)).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_loudest_in_its_band_and_level_does_not_matter_after_centring() {
        let tone: Vec<f32> = (0..16_000).map(|i| 0.1 * (2.0 * PI * 1000.0 * i as f32 / 16_000.0).sin()).collect();
        let noisy: Vec<f32> = tone.iter().enumerate().map(|(i, s)| s * (1.0 + i as f32 / 16_000.0)).collect();
        let bank = Filterbank::new();
        let frames = bank.frames(&noisy);
        assert_eq!(frames.len(), 98);
        let first = &frames.0[..BANDS];
        let loudest = (0..BANDS).max_by(|&a, &b| first[a].total_cmp(&first[b])).unwrap();
        assert!((24..32).contains(&loudest), "{loudest}"); // band 27 is centred at 1000 Hz
        let louder = bank.frames(&noisy.iter().map(|s| s * 3.0).collect::<Vec<_>>());
        for (a, b) in frames.centred(0..98).iter().zip(louder.centred(0..98)) {
            assert!((a - b).abs() < 0.05, "{a} {b}");
        }
    }

    #[test]
    fn nothing_and_silence_give_numbers() {
        let bank = Filterbank::new();
        assert_eq!(bank.frames(&[0.0; 399]).len(), 0);
        assert!(bank.frames(&[0.0; 4000]).centred(0..100).iter().all(|v| v.is_finite()));
        assert!(bank.frames(&[]).centred(0..3).is_empty());
    }
}
