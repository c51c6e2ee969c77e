//! Changing the sample rate without moving anything in time.
//!
//! FFT resampling (rubato) with a Blackman-Harris² filter, whose delay is taken off, so that a
//! moment at `t` seconds stays at `t` seconds.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};
use std::cell::Cell;

/// Samples at the lower rate that the filter spans at least: long enough for a steep cut below half
/// the rate, short enough not to smear.
const SPAN: usize = 512;

thread_local! {
    /// The filter that this thread used last, with its rates: making one costs more than a second of sound.
    static LAST: Cell<Option<(u32, u32, Fft<f32>)>> = const { Cell::new(None) };
}

/// A resampler for sound that arrives in pieces; [`resample`] is the same for all at once.
pub struct Resampler {
    rates: (u32, u32),
    filter: Option<Fft<f32>>,
    ratio: f64,
    waiting: Vec<f32>,
    scratch: Vec<f32>,
    taken: u64,
    given: u64,
    to_skip: usize,
}

impl Resampler {
    /// From one rate in hertz to another. Where they are equal, or one is zero, samples pass as
    /// they are.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        let filter = if from_hz == to_hz { None } else { filter(from_hz, to_hz) };
        let ratio = if filter.is_some() { f64::from(to_hz) / f64::from(from_hz) } else { 1.0 };
        let to_skip = filter.as_ref().map_or(0, |filter| filter.output_delay());
        let scratch = vec![0.0; filter.as_ref().map_or(0, |filter| filter.output_frames_max())];
        Self { rates: (from_hz, to_hz), filter, ratio, waiting: Vec::new(), scratch, taken: 0, given: 0, to_skip }
    }

    /// Takes samples in and appends to `out` what is ready.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        let Some(need) = self.filter.as_ref().map(|filter| filter.input_frames_next()) else {
            self.given += samples.len() as u64;
            out.extend_from_slice(samples);
            return;
        };
        self.waiting.extend_from_slice(samples);
        let mut used = 0;
        while self.waiting.len() - used >= need {
            self.step(used, need, out);
            used += need;
        }
        self.waiting.drain(..used);
    }

    /// Gives the rest: afterwards `out` has had, to within one sample, the input's length times
    /// the ratio of rates.
    pub fn finish(mut self, out: &mut Vec<f32>) {
        let Some(need) = self.filter.as_ref().map(|filter| filter.input_frames_next()) else { return };
        let whole = (self.taken as f64 * self.ratio).round() as u64;
        // Silence after the end pushes out what the filter still holds.
        let mut steps = 3 + self.to_skip / self.scratch.len().max(1);
        while self.given < whole && steps > 0 {
            self.waiting.resize(need, 0.0);
            self.step(0, need, out);
            self.waiting.clear();
            steps -= 1;
        }
        let over = usize::try_from(self.given.saturating_sub(whole)).unwrap_or(0);
        out.truncate(out.len().saturating_sub(over));
        if let Some(mut filter) = self.filter {
            filter.reset();
            LAST.set(Some((self.rates.0, self.rates.1, filter)));
        }
    }

    fn step(&mut self, at: usize, need: usize, out: &mut Vec<f32>) {
        let room = self.scratch.len();
        let (Some(filter), Some(input)) = (self.filter.as_mut(), self.waiting.get(at..at + need)) else { return };
        let made = SequentialSlice::new(input, 1, need).ok().and_then(|input| {
            let mut output = SequentialSlice::new_mut(&mut self.scratch, 1, room).ok()?;
            filter.process_into_buffer(&input, &mut output, None::<&Indexing>).ok()
        });
        let made = self.scratch.get(..made.map_or(0, |(_, made)| made)).unwrap_or(&[]);
        let skip = self.to_skip.min(made.len());
        self.to_skip -= skip;
        self.given += (made.len() - skip) as u64;
        out.extend_from_slice(&made[skip..]);
    }
}

/// The filter between two rates: the one that was used last, if it fits, or a new one.
fn filter(from_hz: u32, to_hz: u32) -> Option<Fft<f32>> {
    if let Some((from, to, filter)) = LAST.take()
        && (from, to) == (from_hz, to_hz)
    {
        return Some(filter);
    }
    let (from, to) = (from_hz as usize, to_hz as usize);
    let window = rubato::WindowFunction::BlackmanHarris2;
    Fft::new_custom(from, to, chunk(from, to), 1, 1, window, FixedSync::Both).ok()
}

/// Input samples for the filter to take at once. Its delay is half of what comes out for them, so
/// that must be an even number: half a sample could not be taken off.
fn chunk(from_hz: usize, to_hz: usize) -> usize {
    let (mut common, mut rest) = (from_hz, to_hz);
    while rest != 0 {
        (common, rest) = (rest, common % rest);
    }
    let common = common.max(1);
    let times = SPAN.div_ceil((from_hz.min(to_hz) / common).max(1)).next_multiple_of(2);
    from_hz / common * times
}

/// The sound at another rate, of the same length in seconds to within one sample and not shifted.
/// Rates in hertz; where one is zero, the samples come back as they are.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(from_hz, to_hz);
    let mut out = Vec::with_capacity((samples.len() as f64 * resampler.ratio) as usize + 4 * SPAN);
    resampler.push(samples, &mut out);
    resampler.finish(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn sine(hz: f32, rate: u32, count: usize) -> Vec<f32> {
        (0..count).map(|n| (TAU * hz * n as f32 / rate as f32).sin() * 0.5).collect()
    }

    #[test]
    fn a_sine_stays_where_and_as_loud_as_it_was() {
        for (from, to) in [(8000, 16_000), (48_000, 16_000), (44_100, 16_000), (11_025, 16_000), (16_000, 8000)] {
            let made = resample(&sine(1000.0, from, from as usize), from, to);
            let wanted = sine(1000.0, to, to as usize);
            assert!(made.len().abs_diff(wanted.len()) <= 1, "{from} to {to}: {}", made.len());
            // The first and last moments are the filter's ramp into silence.
            let edge = to as usize / 10;
            let worst = (edge..wanted.len() - edge).map(|n| (made[n] - wanted[n]).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{from} to {to}: {worst}");
        }
    }

    #[test]
    fn an_impulse_is_not_moved() {
        for (from, to) in [(8000u32, 16_000u32), (48_000, 16_000), (8000, 11_025)] {
            let mut click = vec![0.0; 9000];
            click[3000] = 1.0;
            let made = resample(&click, from, to);
            let peak = (0..made.len()).max_by(|&a, &b| made[a].abs().total_cmp(&made[b].abs())).unwrap();
            let wanted = 3000.0 * f64::from(to) / f64::from(from);
            assert!((peak as f64 - wanted).abs() <= 1.0, "{from} to {to}: {peak}, not {wanted}");
        }
    }

    #[test]
    fn a_filter_that_was_used_before_makes_the_same() {
        let sound = sine(440.0, 8000, 5001);
        let fresh = std::thread::spawn({
            let sound = sound.clone();
            move || resample(&sound, 8000, 11_025)
        });
        let fresh = fresh.join().unwrap();
        resample(&sine(900.0, 8000, 7777), 8000, 11_025);
        assert_eq!(resample(&sound, 8000, 11_025), fresh);
    }

    #[test]
    fn what_lies_above_half_the_new_rate_is_gone() {
        let made = resample(&sine(6000.0, 48_000, 48_000), 48_000, 8000);
        let loudest = made[800..7200].iter().fold(0.0f32, |a, b| a.max(b.abs()));
        assert!(loudest < 1e-3, "{loudest}");
    }

    #[test]
    fn pieces_make_the_same_as_the_whole_and_short_is_no_trouble() {
        let sound = sine(440.0, 8000, 5001);
        let whole = resample(&sound, 8000, 16_000);
        let mut made = Vec::new();
        let mut resampler = Resampler::new(8000, 16_000);
        sound.chunks(37).for_each(|piece| resampler.push(piece, &mut made));
        resampler.finish(&mut made);
        assert_eq!(made, whole);
        for count in [0, 1, 2, 100] {
            assert!(resample(&vec![0.1; count], 8000, 16_000).len().abs_diff(2 * count) <= 1);
        }
        assert_eq!(resample(&[0.5], 0, 16_000), vec![0.5]);
    }
}
