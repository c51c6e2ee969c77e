//! Another voice for a clip: the words stay, pitch and formants move.
//!
//! The spectral envelope is warped along the frequency axis as the McAdams coefficient moves the poles of linear prediction
//! (Patino et al. 2021, "Speaker anonymisation using the McAdams coefficient"), but laid on the envelope itself (from
//! the cepstrum), which needs no roots and any sample rate. The pitch is moved on its own by overlap-add of like pieces
//! (WSOLA, Verhelst and Roelands 1993) and resampling.
//!
//! This is a disguise and not anonymity: manner, words, pauses and accent stay, who knows the method can search for the
//! parameters and turn it back, and listeners who know the voice may know it still. How far a voice moves was measured:
//! docs/benchmarks.md.

use crate::resample;
use realfft::{RealFftPlanner, num_complex::Complex};
use std::f64::consts::TAU;

/// The highest rate that is worked at, hertz: telephones carry nothing above half of it.
const HIGHEST: u32 = 16_000;
/// Seconds of a frame of the envelope.
const FRAME: f64 = 0.032;
/// Frames that overlap; their squared windows add up to 1.5.
const OVERLAP: usize = 4;
const SUM: f32 = 1.5;
/// Quefrencies above this, seconds, are pitch and not envelope.
const LIFTER: f64 = 0.0014;
/// The frequency that the warping leaves where it is, hertz.
const FIXED: f64 = 1200.0;
/// The envelope is read between these, hertz and part of half the rate: beyond them lines end.
const LOWEST: f64 = 150.0;
const TOP: f64 = 0.92;
/// The most that the envelope is raised or lowered by, natural logarithm of the amplitude (17 dB).
const MOST: f32 = 2.0;
/// Seconds between two pieces that are laid over each other, and how far the best place for one is looked for.
const STEP: f64 = 0.012;
const SEARCH: f64 = 0.008;

/// What is done to a voice. It is drawn by chance and kept nowhere: whoever has it can turn the disguise back.
#[derive(Clone, Copy)]
pub struct Disguise {
    /// Pitch after it for a hundred before it.
    pitch: u32,
    /// The exponent of the warping, below 1: formants draw together.
    alpha: f64,
    /// What all formants are multiplied by.
    scale: f64,
}

impl std::fmt::Debug for Disguise {
    /// Says nothing of what it does.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disguise")
    }
}

impl Disguise {
    /// A disguise by chance; `random` must come from the system's source of random numbers.
    pub fn drawn(random: [u8; 8]) -> Self {
        let part = |at: usize| {
            let pair = [random.get(at).copied().unwrap_or(0), random.get(at + 1).copied().unwrap_or(0)];
            f64::from(u16::from_be_bytes(pair)) / 65536.0
        };
        // A voice that is a little higher or lower is the same voice: the middle is left out.
        let up = part(0) < 0.5;
        let pitch = if up { 116.0 + 16.0 * part(2) } else { 76.0 + 10.0 * part(2) };
        let scale = if up { 1.08 + 0.10 * part(4) } else { 0.84 + 0.08 * part(4) };
        Self { pitch: pitch as u32, alpha: 0.72 + 0.12 * part(6), scale }
    }

    /// The samples (`rate` hertz) in another voice: as many, each word at its time, and as loud on the whole.
    pub fn over(&self, samples: &[f32], rate: u32) -> Vec<f32> {
        if samples.is_empty() || rate == 0 {
            return samples.to_vec();
        }
        let work = rate.min(HIGHEST);
        let sound: Vec<f32> = samples.iter().map(|s| if s.is_finite() { *s } else { 0.0 }).collect();
        let lower = resample(&sound, rate, work);
        let warped = self.warp(&lower, work);
        let longer = stretch(&warped, work, f64::from(self.pitch) / 100.0);
        let moved = resample(&longer, self.pitch, 100);
        let mut out = resample(&moved, work, rate);
        out.resize(samples.len(), 0.0);
        even(&mut out, &sound);
        out
    }

    /// Where in the old envelope the amplitude for a frequency is read. What comes after moves all formants with the pitch,
    /// so that is taken off here.
    fn source(&self, hertz: f64, rate: u32) -> f64 {
        let wanted = hertz * f64::from(self.pitch) / 100.0 / self.scale;
        let top = TOP * f64::from(rate) / 2.0;
        (FIXED * (wanted / FIXED).powf(1.0 / self.alpha)).clamp(LOWEST.min(top), top)
    }

    /// Moves the formants, frame by frame, and leaves what excites them.
    fn warp(&self, samples: &[f32], rate: u32) -> Vec<f32> {
        let size = ((FRAME * f64::from(rate)) as usize).next_power_of_two().max(64);
        let hop = size / OVERLAP;
        let mut planner = RealFftPlanner::<f32>::new();
        let (there, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let window = hann(size);
        let bins = size / 2 + 1;
        let sources: Vec<f64> = (0..bins)
            .map(|bin| self.source(bin as f64 * f64::from(rate) / size as f64, rate) * size as f64 / f64::from(rate))
            .collect();
        let keep = ((LIFTER * f64::from(rate)) as usize).clamp(4, size / 4);
        let mut padded = vec![0.0; size];
        padded.extend_from_slice(samples);
        padded.resize(samples.len() + 3 * size, 0.0);
        let mut out = vec![0.0_f32; padded.len()];
        let (mut frame, mut spectrum) = (there.make_input_vec(), there.make_output_vec());
        for start in (0..padded.len().saturating_sub(size)).step_by(hop) {
            let piece = padded.get(start..start + size).unwrap_or_default();
            frame.iter_mut().zip(piece.iter().zip(&window)).for_each(|(f, (s, w))| *f = s * w);
            // The lengths are the plan's own, so it cannot fail.
            if there.process(&mut frame, &mut spectrum).is_err() {
                continue;
            }
            let logs: Vec<f32> = spectrum.iter().map(|c| (c.norm() + 1e-7).ln()).collect();
            let envelope = smooth(&logs, keep, &*there, &*back);
            for ((bin, own), from) in spectrum.iter_mut().zip(&envelope).zip(&sources) {
                *bin *= (between(&envelope, *from) - own).clamp(-MOST, MOST).exp();
            }
            if let (Some(first), true) = (spectrum.first_mut(), bins > 1) {
                first.im = 0.0;
            }
            if let Some(last) = spectrum.last_mut() {
                last.im = 0.0;
            }
            if back.process(&mut spectrum, &mut frame).is_err() {
                continue;
            }
            let scale = 1.0 / (size as f32 * SUM);
            let target = out.get_mut(start..start + size).unwrap_or_default();
            target.iter_mut().zip(frame.iter().zip(&window)).for_each(|(o, (f, w))| *o += f * w * scale);
        }
        out.get(size..size + samples.len()).unwrap_or_default().to_vec()
    }
}

/// The envelope of a logarithmic spectrum: the part of it that changes slowly, by its cepstrum.
fn smooth(
    logs: &[f32],
    keep: usize,
    there: &dyn realfft::RealToComplex<f32>,
    back: &dyn realfft::ComplexToReal<f32>,
) -> Vec<f32> {
    let mut spectrum: Vec<Complex<f32>> = logs.iter().map(|l| Complex::new(*l, 0.0)).collect();
    let mut cepstrum = back.make_output_vec();
    if back.process(&mut spectrum, &mut cepstrum).is_err() {
        return logs.to_vec();
    }
    let size = cepstrum.len();
    for (at, value) in cepstrum.iter_mut().enumerate() {
        *value = if at.min(size - at) <= keep { *value / size as f32 } else { 0.0 };
    }
    let mut slow = there.make_output_vec();
    if there.process(&mut cepstrum, &mut slow).is_err() {
        return logs.to_vec();
    }
    slow.iter().map(|c| c.re).collect()
}

/// The value between two places.
fn between(values: &[f32], at: f64) -> f32 {
    let below = at.floor().max(0.0) as usize;
    let value = |i: usize| values.get(i).or(values.last()).copied().unwrap_or(0.0);
    let part = (at - below as f64) as f32;
    value(below) * (1.0 - part) + value(below + 1) * part
}

/// The samples in `factor` times as long, at the same pitch.
fn stretch(samples: &[f32], rate: u32, factor: f64) -> Vec<f32> {
    let step = ((STEP * f64::from(rate)) as usize).max(8);
    let search = (SEARCH * f64::from(rate)) as usize;
    let window = hann(2 * step);
    let length = (samples.len() as f64 * factor) as usize;
    let mut out = vec![0.0_f32; length + 2 * step];
    let piece = |at: usize| samples.get(at.min(samples.len())..(at + 2 * step).min(samples.len())).unwrap_or_default();
    // What follows by itself on the piece that was laid last.
    let mut next = 0;
    for start in (0..length).step_by(step) {
        let wanted = (start as f64 / factor) as usize;
        let best = if start == 0 {
            0
        } else {
            let places = wanted.saturating_sub(search)..=wanted + search;
            let follows = piece(next);
            let likeness = |at: &usize| likeness(follows, piece(*at));
            places.map(|at| (likeness(&at), at)).max_by(|a, b| a.0.total_cmp(&b.0)).map_or(wanted, |(_, at)| at)
        };
        let target = out.get_mut(start..start + 2 * step).unwrap_or_default();
        target.iter_mut().zip(piece(best).iter().zip(&window)).for_each(|(o, (s, w))| *o += s * w);
        next = best + step;
    }
    out.truncate(length);
    out
}

fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut power) = (0.0, 1e-6);
    for (x, y) in a.iter().zip(b) {
        product += x * y;
        power += y * y;
    }
    product / power.sqrt()
}

fn hann(size: usize) -> Vec<f32> {
    (0..size).map(|i| (0.5 - 0.5 * (TAU * i as f64 / size as f64).cos()) as f32).collect()
}

/// Makes `samples` as loud as `model`, within what can be written down.
fn even(samples: &mut [f32], model: &[f32]) {
    let power = |s: &[f32]| s.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
    let (own, wanted) = (power(samples), power(model));
    let gain = if own > 0.0 { (wanted / own).sqrt().min(8.0) as f32 } else { 1.0 };
    for sample in samples {
        let louder = *sample * gain;
        *sample = if louder.is_finite() { louder.clamp(-1.0, 1.0) } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vowel: pulses of a pitch through three resonances, hertz.
    fn vowel(rate: u32, pitch: f64, formants: [f64; 3], seconds: f64) -> Vec<f32> {
        let length = (f64::from(rate) * seconds) as usize;
        let mut samples: Vec<f64> = vec![0.0; length];
        let period = f64::from(rate) / pitch;
        (0..(length as f64 / period) as usize).for_each(|n| samples[(n as f64 * period) as usize] = 1.0);
        for formant in formants {
            let (r, turn) = (0.97_f64, (TAU * formant / f64::from(rate)).cos());
            let (mut one, mut two) = (0.0, 0.0);
            for sample in &mut samples {
                let out = *sample + 2.0 * r * turn * one - r * r * two;
                (two, one) = (one, out);
                *sample = out;
            }
        }
        let peak = samples.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        samples.iter().map(|s| (s / peak * 0.5) as f32).collect()
    }

    /// The period that a sound repeats itself with, as a frequency.
    fn pitch(samples: &[f32], rate: u32) -> f64 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        let lags = rate as usize / 200..rate as usize / 85;
        let at = |lag: usize| middle.iter().zip(&middle[lag..]).map(|(a, b)| a * b).sum::<f32>();
        let best = lags.max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
        f64::from(rate) / best as f64
    }

    /// How loud bands of 200 Hz below 3.4 kHz are, as logarithms around their mean.
    fn bands(samples: &[f32], rate: u32) -> Vec<f32> {
        let size = 4096;
        let mut planner = RealFftPlanner::<f32>::new();
        let plan = planner.plan_fft_forward(size);
        let mut frame: Vec<f32> = samples[2000..2000 + size].to_vec();
        let mut spectrum = plan.make_output_vec();
        plan.process(&mut frame, &mut spectrum).unwrap();
        let bin = |hertz: usize| hertz * size / rate as usize;
        let power =
            |band: usize| spectrum[bin(band * 200)..bin(band * 200 + 200)].iter().map(|c| c.norm_sqr()).sum::<f32>();
        let all: Vec<f32> = (1..17).map(|band| (power(band) + 1e-6).ln()).collect();
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        all.iter().map(|x| x - mean).collect()
    }

    /// 1 for spectra of one shape.
    fn alike(a: &[f32], b: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn pitch_and_formants_move_and_the_length_stays() {
        for rate in [8000, 16_000, 44_100] {
            let voice = vowel(rate, 120.0, [700.0, 1200.0, 2600.0], 1.0);
            for (random, way) in [([0u8; 8], 1.0), ([255; 8], -1.0)] {
                let disguise = Disguise::drawn(random);
                let other = disguise.over(&voice, rate);
                assert_eq!(other.len(), voice.len());
                let moved = (pitch(&other, rate) / 120.0).ln() * way;
                assert!((0.10..0.30).contains(&moved), "{rate}: {}", pitch(&other, rate));
                let shape = alike(&bands(&voice, rate), &bands(&other, rate));
                // The same vowel at the new pitch has another shape by its pitch alone.
                let pitched = vowel(rate, 120.0 * f64::from(disguise.pitch) / 100.0, [700.0, 1200.0, 2600.0], 1.0);
                let only_pitch = alike(&bands(&voice, rate), &bands(&pitched, rate));
                assert!(shape < only_pitch, "{rate}: {shape}, by pitch alone {only_pitch}");
            }
        }
    }

    #[test]
    fn every_draw_is_another_disguise_and_none_leaves_the_voice_as_it_is() {
        let voice = vowel(8000, 150.0, [500.0, 1500.0, 2500.0], 0.5);
        let a = Disguise::drawn([1, 2, 3, 4, 5, 6, 7, 8]).over(&voice, 8000);
        let b = Disguise::drawn([1, 2, 200, 4, 90, 6, 7, 8]).over(&voice, 8000);
        assert_ne!(a, b);
        for n in 0..=255u8 {
            let disguise = Disguise::drawn([n, 0, n, 0, n, 0, n, 0]);
            assert!(disguise.pitch >= 116 || disguise.pitch <= 86);
            assert!((disguise.scale - 1.0).abs() >= 0.079 && disguise.alpha <= 0.85);
            assert_eq!(format!("{disguise:?}"), "Disguise");
        }
    }

    #[test]
    fn silence_stays_silence_and_odd_sounds_do_no_harm() {
        let disguise = Disguise::drawn([77; 8]);
        assert!(disguise.over(&[0.0; 4000], 8000).iter().all(|s| s.abs() < 1e-4));
        for (samples, rate) in [
            (vec![], 8000),
            (vec![0.5], 8000),
            (vec![1.0; 300], 1),
            (vec![0.3; 5000], 0),
            (vec![f32::NAN; 3000], 8000),
            (vec![f32::INFINITY; 3000], 16_000),
            (vec![0.5; 3000], 192_000),
        ] {
            let out = disguise.over(&samples, rate);
            assert_eq!(out.len(), samples.len());
            assert!(rate == 0 || out.iter().all(|s| s.is_finite() && s.abs() <= 1.0), "{rate}");
        }
    }
}
