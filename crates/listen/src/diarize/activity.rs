//! Where anybody speaks: the segmentation network of pyannote.audio 3 (Plaquet and Bredin 2023), over overlapping windows
//! of ten seconds, averaged with a Hamming window.

use crate::{ListenError, hear::Cancel, network::Network, permits::Permits, weights};
use earwitness_model::Span;
use std::{f64::consts::PI, path::Path, sync::Arc};

const GRAPH: &[u8] = include_bytes!("../../networks/segmentation.onnx");
/// Hertz.
const RATE: f64 = 16_000.0;
/// Samples of a window.
const WINDOW: usize = 160_000;
/// Samples between two frames of the network, and samples that a frame sees.
const STEP: usize = 270;
const SEEN: usize = 991;
/// Sets of speakers that the network tells apart: none, 1, 2, 3, 1+2, 1+3, 2+3.
const CLASSES: usize = 7;

pub(super) struct SegmentationNetwork {
    network: Network,
}

/// The probability that anybody speaks, one value per frame of about 17 ms.
pub(super) struct Activity {
    pub speech: Vec<f32>,
}

impl SegmentationNetwork {
    pub fn load(models: &Path, permits: &Arc<Permits>) -> Result<Self, ListenError> {
        let (checkpoint, _) = weights::checkpoint("segmentation", models)?;
        Ok(Self { network: Network::load("speaker segmentation", "waveform", GRAPH, &checkpoint, permits)? })
    }

    /// `hop` in seconds.
    pub fn activity(&self, samples: &[f32], hop: f64, cancel: Cancel<'_>) -> Result<Activity, ListenError> {
        let hop = ((hop * RATE) as usize).clamp(STEP, WINDOW);
        let count = samples.len().saturating_sub(WINDOW).div_ceil(hop) + 1;
        let starts: Vec<usize> = (0..count).map(|i| i * hop).collect();
        let input = |start: &usize| {
            let end = (start + WINDOW).min(samples.len());
            let mut window = samples.get(*start..end).unwrap_or_default().to_vec();
            window.resize(WINDOW, 0.0);
            ([1, 1, WINDOW], window)
        };
        let outputs = self.network.run_all(&starts, input, cancel)?;
        Ok(average(&starts, &outputs, samples.len()))
    }
}

fn average(starts: &[usize], outputs: &[Vec<f32>], samples: usize) -> Activity {
    let length = samples / STEP + 1;
    let (mut sum, mut weight) = (vec![0.0f32; length], vec![0.0f32; length]);
    for (start, output) in starts.iter().zip(outputs) {
        let first = (start + STEP / 2) / STEP;
        let frames = output.len() / CLASSES;
        for (i, classes) in output.chunks_exact(CLASSES).enumerate() {
            let Some(place) = sum.get_mut(first + i) else { break };
            let hamming = (0.54 - 0.46 * (2.0 * PI * i as f64 / (frames.max(2) - 1) as f64).cos()) as f32;
            *place += hamming * (1.0 - classes[0].exp());
            weight[first + i] += hamming;
        }
    }
    let speech = sum.iter().zip(&weight).map(|(s, w)| if *w > 0.0 { s / w } else { 0.0 }).collect();
    Activity { speech }
}

impl Activity {
    /// The moment at which a frame begins, taken in the middle between it and the one before. Seconds.
    pub fn time(frame: usize) -> f64 {
        ((frame * STEP + SEEN / 2) as f64 - STEP as f64 / 2.0) / RATE
    }

    /// The first frame that begins at or after `time`, to the nearest.
    pub fn frame(time: f64) -> usize {
        ((time * RATE - SEEN as f64 / 2.0) / STEP as f64 + 0.5).round().max(0.0) as usize
    }

    /// Seconds of a frame.
    pub fn step() -> f64 {
        STEP as f64 / RATE
    }

    /// Stretches of speech above `onset`; pauses up to `breath` seconds are passed over, stretches under `shortest` dropped.
    pub fn islands(&self, onset: f32, breath: f64, shortest: f64) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        let mut open = None;
        for (i, p) in self.speech.iter().chain([&0.0]).enumerate() {
            match open {
                None if *p > onset => open = Some(i),
                Some(start) if *p < onset => {
                    let span = Span::new(if start == 0 { 0.0 } else { Self::time(start) }, Self::time(i));
                    match found.last_mut() {
                        Some(last) if span.start - last.end <= breath => *last = Span::new(last.start, span.end),
                        _ => found.push(span),
                    }
                    open = None;
                }
                _ => {}
            }
        }
        found.retain(|s| s.length() >= shortest);
        found
    }

    /// The mean probability of speech in a span.
    pub fn mean(&self, span: &Span) -> f32 {
        let frames = Self::frame(span.start)..Self::frame(span.end).min(self.speech.len());
        let part = self.speech.get(frames).unwrap_or_default();
        part.iter().sum::<f32>() / part.len().max(1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the network gave in Python from the publisher's weights (an export by PyTorch) for the same input: frame, class,
    /// logarithm of the probability.
    const REFERENCE: &[(usize, usize, f32)] = &[
        (20, 0, -0.04837),
        (20, 1, -7.13928),
        (20, 2, -5.31397),
        (20, 3, -3.20347),
        (150, 0, -0.04318),
        (150, 1, -7.94504),
        (150, 2, -5.74878),
        (150, 3, -3.28581),
        (300, 0, -0.03968),
        (300, 1, -8.10539),
        (300, 2, -5.73674),
        (300, 3, -3.37425),
        (450, 0, -0.02128),
        (450, 1, -8.31990),
        (450, 2, -5.91625),
        (450, 3, -4.03323),
        (580, 0, -0.02260),
        (580, 1, -7.57980),
        (580, 2, -5.88302),
        (580, 3, -3.98414),
    ];

    #[test]
    fn the_graph_gives_the_numbers_of_the_reference() {
        let models = earwitness_testkit::models();
        if !earwitness_testkit::models_ready() {
            return;
        }
        let network = SegmentationNetwork::load(&models, &Arc::new(Permits::new(1))).unwrap().network;
        let sample = |i: usize| {
            let period = if (i / 32_000).is_multiple_of(2) { 133 } else { 80 };
            ((i % period) as f32 / period as f32 - 0.5) * if (i / 16_000) % 3 < 2 { 0.4 } else { 0.0 }
        };
        let input = |_: &()| ([1, 1, WINDOW], (0..WINDOW).map(sample).collect());
        let got = network.run_all(&[()], input, &|| false).unwrap();
        for (frame, class, expected) in REFERENCE {
            let value = got[0][frame * CLASSES + class];
            assert!((value - expected).abs() < 1e-3, "{frame} {class}: {value} is not {expected}");
        }
    }

    #[test]
    fn frames_and_moments_agree() {
        for frame in [0, 1, 17, 589, 10_000] {
            assert_eq!(Activity::frame(Activity::time(frame)), frame);
        }
    }

    #[test]
    fn islands_pass_over_breaths() {
        let mut speech = vec![0.0f32; 600];
        speech[100..200].fill(0.9);
        speech[203..300].fill(0.8);
        speech[400..402].fill(0.9);
        let activity = Activity { speech };
        let found = activity.islands(0.5, 0.1, 0.1);
        assert_eq!(found, [Span::new(Activity::time(100), Activity::time(300))]);
        assert!(activity.mean(&found[0]) > 0.8);
    }

    #[test]
    fn windows_are_averaged_where_they_overlap() {
        let silent: Vec<f32> = [0.0, -9.0, -9.0, -9.0, -9.0, -9.0, -9.0].repeat(589);
        let speaking: Vec<f32> = [-9.0, 0.0, -9.0, -9.0, -9.0, -9.0, -9.0].repeat(589);
        let activity = average(&[0, 80_000], &[silent, speaking], 240_000);
        assert!(activity.speech[10] < 0.01 && activity.speech[800] > 0.99);
        assert!((activity.speech[443] - 0.5).abs() < 0.1, "{}", activity.speech[443]);
    }
}
