//! Log-mel features as Whisper was trained on (Radford et al. 2022, section 2.2): 400-point periodic Hann windows every
//! 160 samples at 16 kHz, Slaney mel filters, log10 clipped to 8 below the maximum, (x + 4) / 4.

use realfft::{RealFftPlanner, RealToComplex};
use std::{f32::consts::PI, sync::Arc};

/// Samples per second that features are made from.
pub const SAMPLE_RATE: u32 = 16_000;
/// Samples between two frames.
pub const HOP: usize = 160;
const FFT: usize = 400;
const BINS: usize = FFT / 2 + 1;

/// Makes log-mel features; holds the window, the filters and the FFT plan.
pub struct LogMel {
    mels: usize,
    window: Vec<f32>,
    /// `mels` sparse filters: first bin and weights.
    filters: Vec<(usize, Vec<f32>)>,
    fft: Arc<dyn RealToComplex<f32>>,
}

impl LogMel {
    /// Features with this number of mel bands (80, or 128 for large-v3).
    pub fn new(mels: usize) -> Self {
        let window = (0..FFT).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f32 / FFT as f32).cos()).collect();
        Self { mels, window, filters: slaney_filters(mels), fft: RealFftPlanner::new().plan_fft_forward(FFT) }
    }

    /// Number of mel bands.
    pub fn mels(&self) -> usize {
        self.mels
    }

    /// Features of `samples` (16 kHz), padded with silence or cut to `frames` frames; written to `out`, which holds
    /// `mels * frames` values, band by band.
    pub fn write(&self, samples: &[f32], frames: usize, out: &mut [f32]) {
        let at = |i: isize| -> f32 {
            // The first half window is mirrored, as torch.stft(center=True) does.
            let i = i.unsigned_abs();
            samples.get(i).copied().unwrap_or(0.0)
        };
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut power = vec![0.0f32; BINS];
        let mut top = f32::MIN;
        for frame in 0..frames {
            let start = (frame * HOP) as isize - (FFT / 2) as isize;
            for (i, value) in input.iter_mut().enumerate() {
                *value = at(start + i as isize) * self.window[i];
            }
            if self.fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch).is_err() {
                continue; // lengths come from the plan itself
            }
            for (p, c) in power.iter_mut().zip(&spectrum) {
                *p = c.norm_sqr();
            }
            for (band, (first, weights)) in self.filters.iter().enumerate() {
                let energy: f32 = weights.iter().zip(&power[*first..]).map(|(w, p)| w * p).sum();
                let log = energy.max(1e-10).log10();
                top = top.max(log);
                out[band * frames + frame] = log;
            }
        }
        for value in out.iter_mut() {
            *value = (value.max(top - 8.0) + 4.0) / 4.0;
        }
    }
}

/// Triangular filters with equal area on Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz.
fn slaney_filters(mels: usize) -> Vec<(usize, Vec<f32>)> {
    const LINEAR: f64 = 200.0 / 3.0;
    let step = 6.4f64.ln() / 27.0;
    let to_hz = |mel: f64| if mel < 15.0 { mel * LINEAR } else { 1000.0 * ((mel - 15.0) * step).exp() };
    let top_mel = 15.0 + (f64::from(SAMPLE_RATE) / 2.0 / 1000.0).ln() / step;
    let edges: Vec<f64> = (0..mels + 2).map(|i| to_hz(top_mel * i as f64 / (mels + 1) as f64)).collect();
    let bin_hz = f64::from(SAMPLE_RATE) / FFT as f64;
    edges
        .windows(3)
        .map(|e| {
            let (low, mid, high) = (e[0], e[1], e[2]);
            let weight = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                (((hz - low) / (mid - low)).min((high - hz) / (high - mid)).max(0.0) * 2.0 / (high - low)) as f32
            };
            let used: Vec<usize> = (0..BINS).filter(|&b| weight(b) > 0.0).collect();
            let first = used.first().copied().unwrap_or(0);
            (first, used.into_iter().map(weight).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_flat_and_a_tone_peaks_in_its_band() {
        let mel = LogMel::new(80);
        let mut out = vec![0.0; 80 * 100];
        mel.write(&[], 100, &mut out);
        assert!(out.iter().all(|v| (v - out[0]).abs() < 1e-6));
        let tone: Vec<f32> = (0..16_000).map(|i| (2.0 * PI * 1000.0 * i as f32 / 16_000.0).sin()).collect();
        mel.write(&tone, 100, &mut out);
        let column: Vec<f32> = (0..80).map(|b| out[b * 100 + 50]).collect();
        let peak = column.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        // Mel 15 of 45.2 over 81 steps: the band around 26.
        assert!((25..=27).contains(&peak), "{peak}");
        assert!(column[peak] - column[60] > 1.0);
    }

    #[test]
    fn filters_have_equal_area() {
        for (_, weights) in slaney_filters(80).iter().skip(40) {
            let area: f32 = weights.iter().sum::<f32>() * 40.0;
            assert!((area - 1.0).abs() < 0.1, "{area}");
        }
    }
}
