//! Clips for publication: a stretch of one track, with what nobody may hear taken out of the samples.

use std::f64::consts::TAU;

/// The tone that stands for a word, in hertz.
const TONE: f64 = 1000.0;
/// How loud the tone is, full scale being 1: audible on a telephone's level, not painful.
const LOUD: f64 = 0.12;
/// Over so many seconds a clip comes and goes, so that its edges do not click.
const FADE: f64 = 0.01;

/// What is heard in the place of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// A tone.
    Tone,
    /// Nothing.
    Silence,
}

/// Samples between two times in seconds, at `rate` hertz; its first and last hundredth of a second are faded. Times
/// outside of the samples are cut off.
pub fn clip(samples: &[f32], rate: u32, start: f64, end: f64) -> Vec<f32> {
    let mut out = samples.get(range(samples.len(), rate, start, end)).unwrap_or_default().to_vec();
    let fade = ((FADE * f64::from(rate)) as usize).min(out.len() / 2);
    let length = out.len();
    for i in 0..fade {
        let gain = i as f32 / fade as f32;
        out[i] *= gain;
        out[length - 1 - i] *= gain;
    }
    out
}

/// Puts a tone or silence in the place of the samples between two times in seconds. Nothing of what was there is left:
/// the samples are replaced, not mixed.
pub fn cover(samples: &mut [f32], rate: u32, start: f64, end: f64, with: Cover) {
    let range = range(samples.len(), rate, start, end);
    for (i, sample) in samples.get_mut(range).unwrap_or_default().iter_mut().enumerate() {
        *sample = match with {
            Cover::Tone => (LOUD * (TAU * TONE * i as f64 / f64::from(rate.max(1))).sin()) as f32,
            Cover::Silence => 0.0,
        };
    }
}

/// The samples that two times enclose, rounded outwards.
fn range(length: usize, rate: u32, start: f64, end: f64) -> std::ops::Range<usize> {
    let at =
        |seconds: f64| if seconds.is_finite() { (seconds.max(0.0) * f64::from(rate)).min(length as f64) } else { 0.0 };
    let (from, to) = (at(start).floor() as usize, at(end).ceil() as usize);
    from..to.max(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_covered_word_is_left() {
        let voice: Vec<f32> = (0..8000).map(|i| ((i * 7919) % 1000) as f32 / 1000.0 - 0.5).collect();
        for with in [Cover::Tone, Cover::Silence] {
            let mut samples = voice.clone();
            cover(&mut samples, 8000, 0.25, 0.5, with);
            let mut other = vec![0.9; 8000];
            cover(&mut other, 8000, 0.25, 0.5, with);
            // What was there before makes no difference.
            assert_eq!(samples[2000..4000], other[2000..4000]);
            assert_eq!((&samples[..2000], &samples[4000..]), (&voice[..2000], &voice[4000..]));
        }
    }

    #[test]
    fn clips_keep_to_their_times() {
        let samples = vec![0.5; 8000];
        let cut = clip(&samples, 8000, 0.1, 0.2);
        assert_eq!((cut.len(), cut[0], cut[400]), (800, 0.0, 0.5));
        assert_eq!(clip(&samples, 8000, 0.9, 7.0).len(), 800);
        for (start, end) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (5.0, 6.0), (0.5, 0.1), (-1.0, 1e300)] {
            let _ = clip(&samples, 8000, start, end);
            cover(&mut samples.clone(), 0, start, end, Cover::Tone);
        }
        assert!(clip(&[], 0, 0.0, 1.0).is_empty());
    }
}
