//! How loud a recording is, and whether anybody could be speaking in it.

use realfft::{RealFftPlanner, RealToComplex};
use std::sync::{Arc, LazyLock};

use crate::resample::resample;

/// The rate in hertz at which sound is judged: a telephone's.
const RATE: u32 = 8000;
/// Samples of one window (64 ms) and from one to the next (32 ms), at [`RATE`].
const WINDOW: usize = 512;
const HOP: usize = 256;
/// Seconds from one judged moment to the next.
pub(crate) const STEP: f64 = HOP as f64 / RATE as f64;
/// Below this, in decibels to full scale, a window is silent.
const SILENT: f32 = -60.0;
/// Moments (each 32 ms) in 2.6 s over which liveliness is counted.
pub(crate) const LIVELY_SPAN: usize = 81;

/// Loudness in decibels relative to full scale (a square wave of amplitude 1 is 0 dBFS).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Root mean square of all samples.
    pub rms: f32,
    /// Root mean square while somebody or something sounds, pauses left out.
    pub active: f32,
    /// The largest sample.
    pub peak: f32,
    /// The share of time that is active, 0 to 1.
    pub activity: f32,
}

/// What a recording sounds like as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sound {
    /// Nothing above -60 dBFS anywhere.
    Silence,
    /// Even noise or hum, nothing rising from it.
    SteadyNoise,
    /// Held tones: ringing, busy signal, music of plain tones.
    Tones,
    /// Anything else: somebody may be speaking.
    PossiblySpeech,
}

impl Sound {
    /// False only where speech can be ruled out with confidence.
    pub fn may_hold_speech(self) -> bool {
        self == Self::PossiblySpeech
    }

    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::SteadyNoise => "steady noise",
            Self::Tones => "tones",
            Self::PossiblySpeech => "possibly speech",
        }
    }
}

/// The mean of all channels; channels that end early count as silent from there.
pub fn mix(channels: &[Vec<f32>]) -> Vec<f32> {
    let [first, rest @ ..] = channels else { return Vec::new() };
    if rest.is_empty() {
        return first.clone();
    }
    let frames = channels.iter().map(Vec::len).max().unwrap_or(0);
    let mut mixed = first.clone();
    mixed.resize(frames, 0.0);
    for channel in rest {
        mixed.iter_mut().zip(channel).for_each(|(sum, sample)| *sum += sample);
    }
    let share = 1.0 / channels.len() as f32;
    mixed.iter_mut().for_each(|sample| *sample *= share);
    mixed
}

/// Measures loudness. The active level leaves out what lies 15.9 dB below itself, which is the
/// margin of ITU-T P.56 (method B), here over windows of 20 ms.
pub fn level(samples: &[f32], rate: u32) -> Level {
    let window = (rate as usize / 50).max(1);
    let powers: Vec<f64> = samples.chunks(window).map(power).collect();
    let mean = |powers: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = powers.fold((0.0, 0usize), |(sum, count), power| (sum + power, count + 1));
        (sum / count.max(1) as f64, count)
    };
    let margin = 10f64.powf(-1.59);
    let (mut active, mut count) = mean(&mut powers.iter().copied());
    for _ in 0..12 {
        (active, count) = mean(&mut powers.iter().copied().filter(|&power| power > active * margin));
    }
    let peak = samples.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
    Level {
        rms: decibels(power(samples)),
        active: decibels(active),
        peak: decibels(f64::from(peak) * f64::from(peak)),
        activity: count as f32 / powers.len().max(1) as f32,
    }
}

/// The lowest and highest sample of each of `count` equal stretches, for drawing a waveform.
pub fn peaks(samples: &[f32], count: usize) -> Vec<(f32, f32)> {
    let length = samples.len() as u128;
    let at = |part: usize| (length * part as u128 / count.max(1) as u128) as usize;
    (0..count)
        .map(|part| {
            let (start, end) = (at(part), at(part + 1));
            let stretch = samples.get(start..end.max(start + 1).min(samples.len())).unwrap_or(&[]);
            let span = stretch.iter().fold((f32::MAX, f32::MIN), |(low, high), &s| (low.min(s), high.max(s)));
            if stretch.is_empty() { (0.0, 0.0) } else { span }
        })
        .collect()
}

/// What one look over a channel tells: enough to judge it and to fingerprint it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What it sounds like as a whole.
    pub sound: Sound,
    /// For each moment of [`STEP`] seconds, whether something rises from the background and moves, as speech does and
    /// held tones do not.
    pub(crate) lively: Vec<bool>,
}

/// Looks over one channel at `rate` hertz.
pub fn measure(samples: &[f32], rate: u32) -> Measured {
    let moments = Moments::of(samples, rate);
    let lively = moments.lively();
    Measured { sound: judge(&moments, &lively), lively }
}

/// Decides what a recording sounds like. Conservative: only what is surely no speech is called so,
/// judged over its liveliest 2.6 s, so that a few words after long ringing are not lost.
pub fn character(samples: &[f32], rate: u32) -> Sound {
    measure(samples, rate).sound
}

fn judge(moments: &Moments, lively: &[bool]) -> Sound {
    let top = moments.levels.iter().fold(f32::MIN, |a, b| a.max(*b));
    if moments.levels.is_empty() || top < SILENT {
        return Sound::Silence;
    }
    let most = counts(lively, LIVELY_SPAN).max().unwrap_or(0);
    let held = moments.held_share();
    let flat = moments.flatness.iter().sum::<f32>() / moments.flatness.len().max(1) as f32;
    // Telephone calls of the corpus have 20 or more lively moments in their best 2.6 s, also at 5 dB
    // signal to noise; ringing with music has 7, noise with hum 1.
    match () {
        () if most < 6 && flat > 0.3 && top - moments.floor() < 14.0 => Sound::SteadyNoise,
        () if most < 10 && held > 0.6 => Sound::Tones,
        () => Sound::PossiblySpeech,
    }
}

/// For each moment, how many in the `span` moments from it on are lively.
pub(crate) fn counts(lively: &[bool], span: usize) -> impl Iterator<Item = usize> {
    let sums: Vec<usize> = std::iter::once(0)
        .chain(lively.iter().scan(0, |sum, &one| {
            *sum += usize::from(one);
            Some(*sum)
        }))
        .collect();
    let last = sums.len() - 1;
    (0..last).map(move |at| sums[(at + span).min(last)] - sums[at])
}

/// What every look needs and is the same for all: the transform of a window, and the window's shape (Hann's).
static WINDOWING: LazyLock<(Arc<dyn RealToComplex<f32>>, Vec<f32>)> = LazyLock::new(|| {
    let turn = std::f32::consts::TAU / WINDOW as f32;
    let hann = (0..WINDOW).map(|n| 0.5 - 0.5 * (turn * n as f32).cos()).collect();
    (RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW), hann)
});

/// What is measured of each window.
struct Moments {
    /// dBFS.
    levels: Vec<f32>,
    /// The strongest spectral line, as a bin of 15.6 Hz.
    strongest: Vec<usize>,
    /// Geometric over arithmetic mean of the spectrum: 0 for a tone, about 0.5 for white noise.
    flatness: Vec<f32>,
}

impl Moments {
    fn of(samples: &[f32], rate: u32) -> Self {
        let at_rate = resample(samples, rate, RATE);
        let (fft, hann) = &*WINDOWING;
        let (mut input, mut lines, mut scratch) = (fft.make_input_vec(), fft.make_output_vec(), fft.make_scratch_vec());
        let mut powers: Vec<f32> = Vec::with_capacity(WINDOW / 2);
        let mut moments = Self { levels: Vec::new(), strongest: Vec::new(), flatness: Vec::new() };
        for window in at_rate.windows(WINDOW).step_by(HOP) {
            moments.levels.push(decibels(power(window)));
            input.iter_mut().zip(window).zip(hann).for_each(|((to, sample), weight)| *to = sample * weight);
            // Fails only for buffers of the wrong length.
            if fft.process_with_scratch(&mut input, &mut lines, &mut scratch).is_err() {
                break;
            }
            // Below 94 Hz there is mains hum, above 3.4 kHz nothing.
            powers.clear();
            powers.extend(lines.iter().take(220).skip(6).map(|line| line.norm_sqr() + 1e-9));
            let strongest = powers.iter().copied().fold(0.0, f32::max);
            let best = powers.iter().rposition(|power| *power == strongest).unwrap_or(0);
            // The second harmonic of mains hum says nothing about the noise above it.
            let above = powers.get(3..).unwrap_or(&[]);
            let mean = above.iter().sum::<f32>() / above.len() as f32;
            let mean_log = above.iter().map(|power| power.ln()).sum::<f32>() / above.len() as f32;
            moments.strongest.push(best);
            moments.flatness.push(mean_log.exp() / mean);
        }
        moments
    }

    /// The background's level: the tenth part that is quietest.
    fn floor(&self) -> f32 {
        let mut sorted = self.levels.clone();
        sorted.sort_by(f32::total_cmp);
        sorted.get(sorted.len() / 10).copied().unwrap_or(f32::MIN)
    }

    fn active(&self) -> Vec<bool> {
        let threshold = (self.floor() + 6.0).max(SILENT + 5.0);
        self.levels.iter().map(|&level| level > threshold).collect()
    }

    fn lively(&self) -> Vec<bool> {
        let moves = |at: usize, other: Option<usize>| {
            let line = |at: usize| self.strongest.get(at);
            other.and_then(line).is_none_or(|other| Some(other) != line(at))
        };
        let active = self.active();
        (0..active.len()).map(|at| active[at] && moves(at, at.checked_sub(1)) && moves(at, Some(at + 1))).collect()
    }

    /// The share of active moments whose strongest line stays from the moment before.
    fn held_share(&self) -> f32 {
        let active = self.active();
        let count = active.iter().filter(|active| **active).count();
        let held = active.iter().skip(1).zip(self.strongest.windows(2)).filter(|(on, w)| **on && w[0] == w[1]).count();
        if count == 0 { 0.0 } else { held as f32 / count as f32 }
    }
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len().max(1) as f64
}

/// Decibels of a power; silence is -120.
fn decibels(power: f64) -> f32 {
    (10.0 * power.max(1e-12).log10()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn tone(hz: f32, seconds: f32, loud: f32) -> Vec<f32> {
        (0..(8000.0 * seconds) as usize).map(|n| loud * (TAU * hz * n as f32 / 8000.0).sin()).collect()
    }

    /// A fixed linear congruential generator (Numerical Recipes), so that runs agree.
    fn noise(count: usize, loud: f32) -> Vec<f32> {
        let mut state = 7u32;
        (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                loud * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
            })
            .collect()
    }

    #[test]
    fn levels_of_known_signals() {
        let mut sound = tone(1000.0, 1.0, 0.1);
        let full = level(&sound, 8000);
        assert!((full.rms + 23.01).abs() < 0.1, "{full:?}");
        assert!((full.peak + 20.0).abs() < 0.1);
        // Three seconds of pause lower the mean by 6 dB and the active level not at all.
        sound.resize(4 * 8000, 0.0);
        let paused = level(&sound, 8000);
        assert!((paused.rms + 29.03).abs() < 0.1, "{paused:?}");
        assert!((paused.active + 23.01).abs() < 0.2, "{paused:?}");
        assert!((paused.activity - 0.25).abs() < 0.01);
        assert_eq!(level(&[], 8000).rms, -120.0);
    }

    #[test]
    fn silence_noise_and_ringing_are_told_apart() {
        assert_eq!(character(&[], 8000), Sound::Silence);
        assert_eq!(character(&vec![0.0; 80_000], 8000), Sound::Silence);
        assert_eq!(character(&noise(160_000, 0.05), 8000), Sound::SteadyNoise);
        let ring: Vec<f32> = (0..4).flat_map(|_| [tone(425.0, 1.0, 0.1), vec![0.0; 32_000]].concat()).collect();
        assert_eq!(character(&ring, 8000), Sound::Tones);
    }

    #[test]
    fn what_moves_may_be_speech() {
        // A gliding buzz in bursts, as a voice is.
        let mut phase = 0.0f32;
        let voice: Vec<f32> = (0..80_000)
            .map(|n| {
                let t = n as f32 / 8000.0;
                phase += TAU * (170.0 + 60.0 * (TAU * 1.3 * t).sin()) / 8000.0;
                let on = (TAU * 0.7 * t).sin() > 0.0;
                let buzz: f32 = (1..9).map(|h| (phase * h as f32).sin() / h as f32).sum();
                if on { 0.1 * buzz * (1.2 + (TAU * 4.0 * t).sin()) } else { 0.0 }
            })
            .collect();
        assert_eq!(character(&voice, 8000), Sound::PossiblySpeech);
        // The same after a minute of ringing.
        let late = [tone(425.0, 60.0, 0.1), voice].concat();
        assert_eq!(character(&late, 8000), Sound::PossiblySpeech);
    }

    #[test]
    fn peaks_cover_every_sample() {
        assert_eq!(peaks(&[0.0, 1.0, -1.0, 0.5], 2), vec![(0.0, 1.0), (-1.0, 0.5)]);
        assert_eq!(peaks(&[0.5], 3), vec![(0.5, 0.5); 3]);
        assert_eq!(peaks(&[], 2), vec![(0.0, 0.0); 2]);
        assert!(peaks(&[1.0], 0).is_empty());
    }

    #[test]
    fn channels_mix_to_their_mean() {
        assert_eq!(mix(&[vec![1.0, 1.0], vec![0.0]]), vec![0.5, 0.5]);
        assert!(mix(&[]).is_empty());
    }
}
