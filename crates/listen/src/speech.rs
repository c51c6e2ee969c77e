//! Where somebody speaks: Silero's voice activity network, read generously.
//!
//! On a telephone line the far side is often 15 dB quieter; at Silero's usual threshold of 0.5 whole turns are lost
//! (13 % of the speech of the test corpus, against 5 % at 0.1). So regions open at a low threshold and the guards
//! (`guards`) decide afterwards whether what was recognised there may stand.

use crate::{ListenError, weights};
use earwitness_model::Span;
use ort::{session::Session, value::TensorRef};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::Mutex};

const RATE: usize = 16_000;
/// Samples per step of the network at 16 kHz, and the context that precedes them.
const STEP: usize = 512;
const CONTEXT: usize = 64;

/// How regions are cut. Seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeechOptions {
    /// A region opens where the probability of speech reaches this …
    pub open: f32,
    /// … and closes where it stays below this …
    pub close: f32,
    /// … for so long.
    pub pause: f64,
    /// Shorter regions are dropped.
    pub shortest: f64,
    /// Longer stretches are cut into phrases at their least likely moments.
    pub longest: f64,
    /// Added at both ends, up to the middle of the pause to the next region.
    pub margin: f64,
}

impl Default for SpeechOptions {
    fn default() -> Self {
        Self { open: 0.1, close: 0.05, pause: 0.4, shortest: 0.1, longest: 6.0, margin: 0.25 }
    }
}

/// A phrase: a stretch in which somebody probably speaks, between two pauses, however short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Where, with margins.
    pub span: Span,
    /// The highest probability of speech in it.
    pub peak: f32,
    /// How good the pause after it is: 1 plus its seconds where there is a real one, else how unlikely speech is at the cut.
    pub pause: f32,
}

/// The loaded network.
pub struct SpeechDetector {
    session: Mutex<Session>,
}

impl SpeechDetector {
    /// Loads the network (a few milliseconds).
    ///
    /// # Errors
    /// [`ListenError::Native`] without the ONNX Runtime library, [`ListenError::Engine`] when the file is not a network.
    pub fn load(path: &Path) -> Result<Self, ListenError> {
        let environment = weights::onnx_runtime()?;
        let engine = |e: String| ListenError::Engine { what: "voice activity".into(), why: e };
        let session = Session::builder(environment)
            .and_then(|b| Ok(b.with_intra_threads(1)?))
            .and_then(|b| Ok(b.with_inter_threads(1)?))
            .and_then(|mut b| b.commit_from_file(path))
            .map_err(|e| engine(e.to_string()))?;
        Ok(Self { session: Mutex::new(session) })
    }

    /// The probability of speech in each 32 ms of `samples` (16 kHz).
    ///
    /// # Errors
    /// [`ListenError::Engine`] if the network fails.
    pub fn probabilities(&self, samples: &[f32]) -> Result<Vec<f32>, ListenError> {
        let engine = |e: ort::Error| ListenError::Engine { what: "voice activity".into(), why: e.to_string() };
        let mut session = self.session.lock().map_err(|_| ListenError::Engine {
            what: "voice activity".into(),
            why: "an earlier run broke off".into(),
        })?;
        let mut state = vec![0.0f32; 2 * 128];
        let mut input = vec![0.0f32; CONTEXT + STEP];
        let rate = [RATE as i64];
        let mut out = Vec::with_capacity(samples.len() / STEP + 1);
        for chunk in samples.chunks(STEP) {
            input.copy_within(STEP.., 0);
            input[CONTEXT..].fill(0.0);
            input[CONTEXT..CONTEXT + chunk.len()].copy_from_slice(chunk);
            let results = session
                .run(ort::inputs![
                    "input" => TensorRef::from_array_view(([1usize, CONTEXT + STEP], input.as_slice())).map_err(engine)?,
                    "state" => TensorRef::from_array_view(([2usize, 1, 128], state.as_slice())).map_err(engine)?,
                    "sr" => TensorRef::from_array_view(([1usize], rate.as_slice())).map_err(engine)?,
                ])
                .map_err(engine)?;
            let (_, probability) = results[0].try_extract_tensor::<f32>().map_err(engine)?;
            out.push(probability.first().copied().unwrap_or(0.0));
            let (_, next) = results[1].try_extract_tensor::<f32>().map_err(engine)?;
            if next.len() == state.len() {
                state.copy_from_slice(next);
            }
        }
        Ok(out)
    }

    /// The regions of `samples` (16 kHz).
    ///
    /// # Errors
    /// [`ListenError::Engine`] if the network fails.
    pub fn regions(&self, samples: &[f32], options: &SpeechOptions) -> Result<Vec<Region>, ListenError> {
        let length = samples.len() as f64 / RATE as f64;
        Ok(cut(&self.probabilities(samples)?, length, options))
    }
}

/// Regions from probabilities, one per 32 ms; `length` in seconds bounds them.
fn cut(probabilities: &[f32], length: f64, options: &SpeechOptions) -> Vec<Region> {
    let step = STEP as f64 / RATE as f64;
    let pause = (options.pause / step).round().max(1.0) as usize;
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut open: Option<(usize, usize)> = None; // start, last step above `close`
    for (i, &p) in probabilities.iter().enumerate() {
        match &mut open {
            None if p >= options.open => open = Some((i, i)),
            None => {}
            Some((_, last)) if p >= options.close => *last = i,
            Some((start, last)) if i - *last >= pause => {
                found.push((*start, *last + 1));
                open = None;
            }
            Some(_) => {}
        }
    }
    if let Some((start, last)) = open {
        found.push((start, last + 1));
    }
    found.retain(|(s, e)| (e - s) as f64 * step >= options.shortest);
    let longest = (options.longest / step) as usize;
    let short: Vec<(usize, usize)> = found.iter().flat_map(|&r| split(probabilities, r, longest.max(2))).collect();
    with_margins(&short, probabilities, step, length, options.margin)
}

/// Halves a region that is too long at its least likely step in the middle half, again and again.
fn split(probabilities: &[f32], (start, end): (usize, usize), longest: usize) -> Vec<(usize, usize)> {
    if end - start <= longest {
        return vec![(start, end)];
    }
    let quarter = (end - start) / 4;
    let middle = start + quarter..end - quarter;
    let at = middle.min_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap_or((start + end) / 2);
    let at = at.clamp(start + 1, end - 1);
    let mut parts = split(probabilities, (start, at), longest);
    parts.extend(split(probabilities, (at, end), longest));
    parts
}

fn with_margins(regions: &[(usize, usize)], p: &[f32], step: f64, length: f64, margin: f64) -> Vec<Region> {
    regions
        .iter()
        .enumerate()
        .map(|(i, &(s, e))| {
            let (start, end) = (s as f64 * step, e as f64 * step);
            let before = i.checked_sub(1).map_or(0.0, |j| (regions[j].1 as f64 * step + start) / 2.0);
            let after = regions.get(i + 1).map_or(length, |n| (n.0 as f64 * step + end) / 2.0);
            let span = Span::new((start - margin).max(before).max(0.0), (end + margin).min(after).min(length));
            let peak = p.get(s..e.min(p.len())).unwrap_or_default().iter().copied().fold(0.0, f32::max);
            let pause = match regions.get(i + 1) {
                Some(next) if next.0 > e => 1.0 + (next.0 - e) as f32 * step as f32,
                Some(_) => 1.0 - p.get(e).copied().unwrap_or(0.0),
                None => f32::MAX,
            };
            Region { span, peak, pause }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probabilities(spans: &[(f64, f64, f32)], seconds: f64) -> Vec<f32> {
        (0..(seconds / 0.032) as usize)
            .map(|i| {
                let t = i as f64 * 0.032;
                spans.iter().find(|s| t >= s.0 && t < s.1).map_or(0.0, |s| s.2)
            })
            .collect()
    }

    #[test]
    fn quiet_speech_opens_a_region_and_short_pauses_do_not_close_it() {
        let p = probabilities(&[(1.0, 2.0, 0.15), (2.2, 3.0, 0.9), (5.0, 6.0, 0.06)], 8.0);
        let found = cut(&p, 8.0, &SpeechOptions::default());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!((found[0].span.start - 0.75).abs() < 0.05 && (found[0].span.end - 3.25).abs() < 0.05, "{found:?}");
        assert_eq!(found[0].peak, 0.9);
    }

    #[test]
    fn long_speech_is_cut_where_it_is_weakest_and_nothing_is_lost() {
        let mut p = vec![0.9f32; 1000]; // 32 s
        p[450] = 0.5;
        let found = cut(&p, 32.0, &SpeechOptions::default());
        assert!(found.iter().any(|r| (r.span.end - 450.0 * 0.032).abs() < 1e-9 && r.pause == 0.5), "{found:?}");
        assert!(found.windows(2).all(|w| w[0].span.end == w[1].span.start));
        assert_eq!((found[0].span.start, found[found.len() - 1].span.end), (0.0, 32.0));
    }

    proptest::proptest! {
        #[test]
        fn regions_are_ordered_and_inside(p in proptest::collection::vec(0.0f32..1.0, 0..2000)) {
            let length = p.len() as f64 * 0.032;
            let mut last = 0.0;
            for region in cut(&p, length, &SpeechOptions::default()) {
                assert!(region.span.start >= last - 1e-9 && region.span.end <= length + 1e-9);
                assert!(region.span.length() <= 6.0 + 0.6);
                last = region.span.end;
            }
        }
    }
}
