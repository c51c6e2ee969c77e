//! Cross-talk: the other side of the line, heard faintly in a two-channel recording. What is a weaker, perhaps delayed copy
//! of the other channel is silenced in the samples that are listened to, so that nobody's words are written twice. The
//! recording itself is never touched.

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// Samples at 16 kHz that are averaged to one: speech is compared below 2 kHz.
const FOLD: usize = 4;
/// Folded samples of a chunk, between two chunks, and of the longest delay either way: 0.5, 0.25 and 0.25 s.
const CHUNK: usize = 2000;
const HOP: usize = 1000;
const DELAY: usize = 1000;
const FFT: usize = 8192;
/// A chunk is a copy if it correlates so well with the other channel …
const ALIKE: f32 = 0.5;
/// … which has at least so many times its power (6 dB).
const LOUDER: f32 = 4.0;

/// Silences in each channel (16 kHz) what is cross-talk from the other. Returns the seconds silenced in each.
pub(crate) fn silence(channels: &mut [Vec<f32>]) -> Vec<f64> {
    let [left, right] = channels else { return vec![0.0; channels.len()] };
    let folded = [fold(left), fold(right)];
    let matcher = Matcher::new();
    let (in_left, in_right) = (matcher.copies(&folded[0], &folded[1]), matcher.copies(&folded[1], &folded[0]));
    vec![blank(left, &in_left), blank(right, &in_right)]
}

fn fold(samples: &[f32]) -> Vec<f32> {
    samples.chunks(FOLD).map(|c| c.iter().sum::<f32>() / FOLD as f32).collect()
}

/// Silences the chunks that begin at these folded samples, with hard edges: only machines listen to this copy. Returns
/// seconds.
fn blank(samples: &mut [f32], chunks: &[usize]) -> f64 {
    let mut gone = vec![false; samples.len().div_ceil(HOP * FOLD)];
    for chunk in chunks {
        let first = chunk / HOP;
        gone.iter_mut().skip(first).take(CHUNK / HOP).for_each(|g| *g = true);
    }
    for (cell, _) in gone.iter().enumerate().filter(|(_, g)| **g) {
        let start = cell * HOP * FOLD;
        let end = (start + HOP * FOLD).min(samples.len());
        if let Some(part) = samples.get_mut(start..end) {
            part.fill(0.0);
        }
    }
    gone.iter().filter(|g| **g).count() as f64 * (HOP * FOLD) as f64 / 16_000.0
}

struct Matcher {
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn realfft::ComplexToReal<f32>>,
}

impl Matcher {
    fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        Self { forward: planner.plan_fft_forward(FFT), back: planner.plan_fft_inverse(FFT) }
    }

    /// The chunks of `own` that are weaker copies of `other`.
    fn copies(&self, own: &[f32], other: &[f32]) -> Vec<usize> {
        let power = |part: &[f32]| part.iter().map(|s| s * s).sum::<f32>();
        (0..own.len().saturating_sub(CHUNK))
            .step_by(HOP)
            .filter(|&start| {
                let chunk = &own[start..start + CHUNK];
                let from = start.saturating_sub(DELAY);
                let around = other.get(from..(start + CHUNK + DELAY).min(other.len())).unwrap_or_default();
                let energy = power(chunk);
                energy > 1e-7 && power(around) > LOUDER * energy && self.alike(chunk, around) >= ALIKE
            })
            .collect()
    }

    /// The best normalised correlation of a chunk with any stretch of its length in `around`, where that is louder.
    fn alike(&self, chunk: &[f32], around: &[f32]) -> f32 {
        let Some(lags) = (around.len() + 1).checked_sub(chunk.len()) else { return 0.0 };
        let (Some(a), Some(b)) = (self.spectrum(around), self.spectrum(chunk)) else { return 0.0 };
        let mut product: Vec<Complex<f32>> = a.iter().zip(&b).map(|(a, b)| a * b.conj()).collect();
        // The first and last bins of a real signal's spectrum are real.
        for end in [0, FFT / 2] {
            if let Some(bin) = product.get_mut(end) {
                bin.im = 0.0;
            }
        }
        let mut out = self.back.make_output_vec();
        if self.back.process(&mut product, &mut out).is_err() {
            return 0.0;
        }
        let own: f32 = chunk.iter().map(|s| s * s).sum();
        let mut sum: f32 = around[..chunk.len()].iter().map(|s| s * s).sum();
        let mut best = 0.0f32;
        for (lag, value) in out.iter().take(lags).enumerate() {
            if sum > LOUDER * own {
                best = best.max(value.abs() / FFT as f32 / (own * sum).sqrt().max(1e-9));
            }
            if let (Some(next), Some(first)) = (around.get(lag + chunk.len()), around.get(lag)) {
                sum += next * next - first * first;
            }
        }
        best
    }

    fn spectrum(&self, samples: &[f32]) -> Option<Vec<Complex<f32>>> {
        let mut input = self.forward.make_input_vec();
        input.get_mut(..samples.len())?.copy_from_slice(samples);
        let mut out = self.forward.make_output_vec();
        self.forward.process(&mut input, &mut out).ok()?;
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise through a slow filter, in bursts, as speech is.
    fn voice(seed: u64, seconds: usize) -> Vec<f32> {
        let (mut state, mut last) = (seed, 0.0f32);
        (0..seconds * 16_000)
            .map(|i| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let noise = (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5;
                last = 0.7 * last + noise;
                if (i / 8000) % 3 == 2 { 0.0 } else { 0.2 * last }
            })
            .collect()
    }

    #[test]
    fn a_faint_delayed_copy_goes_and_speech_stays() {
        let (own, other) = (voice(1, 6), voice(2, 6));
        let mut quiet = vec![0.0f32; own.len()];
        for (i, s) in other.iter().enumerate().take(other.len() - 1600) {
            quiet[i + 1600] = 0.1 * s; // 100 ms later, 20 dB weaker
        }
        let mut channels = [quiet, other.clone()];
        let silenced = silence(&mut channels);
        let left: f32 = channels[0].iter().map(|s| s * s).sum();
        let before: f32 = other.iter().map(|s| 0.01 * s * s).sum();
        assert!(left < 0.1 * before && silenced[0] > 3.0, "{left} of {before}, {silenced:?}");
        assert_eq!((silenced[1], &channels[1]), (0.0, &other));

        let mut apart = [own.clone(), other.clone()];
        assert_eq!(silence(&mut apart), [0.0, 0.0]);
        assert_eq!(apart, [own, other]);
    }

    #[test]
    fn one_channel_and_short_channels_are_left_alone() {
        assert_eq!(silence(&mut [vec![0.5; 100]]), [0.0]);
        assert_eq!(silence(&mut [vec![0.5; 100], vec![0.1; 3]]), [0.0, 0.0]);
        assert!(silence(&mut []).is_empty());
    }
}
