//! Where decoders put their samples: limits are kept here, once, for all of them.

use super::{DecodeError, Limits};
use crate::resample::Resampler;

/// Slower or faster than these no telephone and no studio records; a header that says so lies.
const RATES: std::ops::RangeInclusive<u32> = 1000..=384_000;

pub(super) struct Collector {
    limits: Limits,
    source_rate: u32,
    frames: u64,
    channels: Vec<Vec<f32>>,
    resamplers: Vec<Resampler>,
    silence: Vec<f32>,
    /// Frames from the start that are still to be left out.
    leave_out: usize,
}

impl Collector {
    pub fn new(limits: &Limits) -> Self {
        let limits = limits.clone();
        Self {
            limits,
            source_rate: 0,
            frames: 0,
            channels: Vec::new(),
            resamplers: Vec::new(),
            silence: Vec::new(),
            leave_out: 0,
        }
    }

    /// Says what is coming: sample rate in hertz and number of channels. Refuses what cannot be.
    pub fn begin(&mut self, rate: u32, channels: usize) -> Result<(), DecodeError> {
        if !RATES.contains(&rate) {
            return Err(DecodeError::NothingDecodes { reason: format!("its header claims a rate of {rate} Hz") });
        }
        if channels == 0 || channels > self.limits.max_channels {
            return Err(DecodeError::NothingDecodes { reason: format!("its header claims {channels} channels") });
        }
        self.source_rate = rate;
        self.frames = 0;
        self.channels = vec![Vec::new(); channels];
        self.resamplers = match self.limits.rate.filter(|to| RATES.contains(to) && *to != rate) {
            Some(to) => (0..channels).map(|_| Resampler::new(rate, to)).collect(),
            None => Vec::new(),
        };
        Ok(())
    }

    /// Whether sound of this form can go on from what is here.
    pub fn takes(&self, rate: u32, channels: usize) -> bool {
        self.source_rate == rate && self.channels.len() == channels
    }

    /// Leaves out so many frames of what comes first: what a codec makes before its sound begins.
    pub fn leave_out(&mut self, frames: usize) {
        self.leave_out = frames;
    }

    /// Takes one block, a row per channel.
    pub fn block<R: AsRef<[f32]>>(&mut self, rows: &[R]) -> Result<(), DecodeError> {
        let frames = rows.iter().map(|row| row.as_ref().len()).min().unwrap_or(0);
        let first = self.leave_out.min(frames);
        self.leave_out -= first;
        self.allow((frames - first) as u64)?;
        for (index, (channel, row)) in self.channels.iter_mut().zip(rows).enumerate() {
            let row = row.as_ref().get(first..frames).unwrap_or(&[]);
            let start = channel.len();
            match self.resamplers.get_mut(index) {
                Some(resampler) => {
                    let tame: Vec<f32> = row.iter().map(|sample| tamed(*sample)).collect();
                    resampler.push(&tame, channel);
                }
                None => {
                    channel.extend_from_slice(row);
                    channel.iter_mut().skip(start).for_each(|sample| *sample = tamed(*sample));
                }
            }
        }
        Ok(())
    }

    /// Silence in place of `frames` samples that were lost, so that what follows keeps its time.
    pub fn silence(&mut self, frames: u64) -> Result<(), DecodeError> {
        self.allow(frames)?;
        // Allowed, so it fits; a piece at a time, so that a wide gap costs no second copy.
        let mut left = frames;
        while left > 0 {
            let count = left.min(65_536);
            self.silence.resize(count as usize, 0.0);
            for (index, channel) in self.channels.iter_mut().enumerate() {
                match self.resamplers.get_mut(index) {
                    Some(resampler) => resampler.push(&self.silence, channel),
                    None => channel.extend_from_slice(&self.silence),
                }
            }
            left -= count;
        }
        Ok(())
    }

    fn allow(&mut self, frames: u64) -> Result<(), DecodeError> {
        self.frames = self.frames.saturating_add(frames);
        if self.seconds() > self.limits.max_seconds {
            return Err(DecodeError::TooLong { limit: format!("{:.1} hours", self.limits.max_seconds / 3600.0) });
        }
        let rate = self.limits.rate.filter(|_| !self.resamplers.is_empty()).unwrap_or(self.source_rate);
        let bytes = self.seconds() * f64::from(rate) * self.channels.len() as f64 * 4.0;
        if bytes > self.limits.max_memory as f64 {
            return Err(DecodeError::TooLong { limit: format!("{} MiB of samples", self.limits.max_memory >> 20) });
        }
        Ok(())
    }

    /// Seconds taken so far.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.source_rate.max(1))
    }

    pub fn is_empty(&self) -> bool {
        self.frames == 0
    }

    pub fn source_rate(&self) -> u32 {
        self.source_rate
    }

    pub fn channel_count(&self) -> u16 {
        u16::try_from(self.channels.len()).unwrap_or(u16::MAX)
    }

    /// The rate in hertz and the channels, all of equal length.
    pub fn finish(self) -> (u32, Vec<Vec<f32>>) {
        let Self { limits, source_rate, mut channels, resamplers, .. } = self;
        let rate = limits.rate.filter(|_| !resamplers.is_empty()).unwrap_or(source_rate);
        for (resampler, channel) in resamplers.into_iter().zip(&mut channels) {
            resampler.finish(channel);
        }
        (rate, channels)
    }
}

/// Float files may hold anything; what is no number becomes silence, and no sample may be so large
/// that its square is none.
fn tamed(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_forms_are_refused() {
        let mut collector = Collector::new(&Limits::default());
        assert!(collector.begin(u32::MAX, 1).is_err());
        assert!(collector.begin(0, 1).is_err());
        assert!(collector.begin(8000, 0).is_err());
        assert!(collector.begin(8000, 9).is_err());
        assert!(collector.begin(8000, 8).is_ok());
    }

    #[test]
    fn length_and_memory_are_limited() {
        let mut collector = Collector::new(&Limits { max_seconds: 1.0, ..Limits::default() });
        collector.begin(8000, 1).unwrap();
        collector.block(&[vec![0.0; 8000]]).unwrap();
        assert!(matches!(collector.block(&[[0.0]]), Err(DecodeError::TooLong { .. })));
        let mut collector = Collector::new(&Limits { max_memory: 4000, ..Limits::default() });
        collector.begin(8000, 2).unwrap();
        assert!(collector.silence(u64::MAX).is_err());
    }

    #[test]
    fn what_is_no_number_becomes_silence_and_gaps_keep_time() {
        let mut collector = Collector::new(&Limits { rate: Some(16_000), ..Limits::default() });
        collector.begin(8000, 1).unwrap();
        collector.block(&[[f32::NAN, f32::INFINITY, 1e30]]).unwrap();
        collector.silence(70_000).unwrap();
        let (rate, channels) = collector.finish();
        assert_eq!(rate, 16_000);
        assert!(channels[0].len().abs_diff(140_006) <= 1);
        assert!(channels[0].iter().all(|sample| sample.is_finite()));
    }
}
