//! What a voice measures: CAM++ (Wang et al. 2023, "CAM++: A Fast and Efficient Network for Speaker Verification"),
//! 192 numbers from Kaldi filterbanks.
//!
//! A voiceprint is biometric data. This module makes them; what may be kept, and for how long, is decided elsewhere.

use crate::{ListenError, fbank, fbank::Filterbank, hear::Cancel, network::Network, permits::Permits, weights};
use earwitness_model::{Digest, Span};
use std::{ops::Range, path::Path, sync::Arc};

const GRAPH: &[u8] = include_bytes!("../networks/campplus.onnx");
/// Frames per second of the filterbanks.
const FRAMES: f64 = 100.0;
/// Longest stretch that is measured at once, frames.
const STRETCH: usize = 1000;
/// Shortest stretch that the network says anything about, frames.
const SHORTEST: usize = 30;
/// Bands below 3.6 kHz. What codecs leave above, where no telephone carries a voice, tells the line and not the speaker:
/// silencing it took the equal error rate of the corpus from 0.067 to 0.029 (`docs/voices.md`). Telling two voices of
/// one recording apart needs no such thing, for they share the line.
const TELEPHONE: usize = 58;
/// Most speech of one speaker that is measured, frames: more no longer changes a voiceprint.
const ENOUGH: usize = 12_000;

/// The loaded network.
pub struct VoiceprintExtractor {
    network: Network,
    bank: Filterbank,
    weights: Digest,
}

/// A voice as measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredVoice {
    /// 192 numbers, of unit length.
    pub vector: Vec<f32>,
    /// How much its stretches agree with the whole: mean cosine, at most 1.
    pub quality: f32,
    /// Seconds of speech that were measured.
    pub net_speech: f64,
}

impl VoiceprintExtractor {
    /// The name and version of the network, as kept beside every voiceprint.
    pub const MODEL: &str = "campplus-zh-en-common-advanced";

    /// Loads the network, once per thread.
    ///
    /// # Errors
    /// Missing or changed weights, no ONNX Runtime, [`ListenError::Engine`].
    pub fn load(models: &Path, threads: usize) -> Result<Self, ListenError> {
        Self::sharing(models, &Arc::new(Permits::new(threads)))
    }

    pub(crate) fn sharing(models: &Path, permits: &Arc<Permits>) -> Result<Self, ListenError> {
        let (checkpoint, weights) = weights::checkpoint("campplus", models)?;
        let network = Network::load("voiceprints", "feats", GRAPH, &checkpoint, permits)?;
        Ok(Self { network, bank: Filterbank::new(), weights })
    }

    /// SHA-256 of the weights.
    pub fn weights(&self) -> Digest {
        self.weights
    }

    /// The voice in `samples` (16 kHz), where speech lies in `spans` (seconds); none where that is too short to measure.
    ///
    /// # Errors
    /// [`ListenError::Cancelled`], [`ListenError::Engine`].
    pub fn measure(
        &self,
        samples: &[f32],
        spans: &[Span],
        cancel: Cancel<'_>,
    ) -> Result<Option<MeasuredVoice>, ListenError> {
        let frame = |t: f64| (t.max(0.0) * FRAMES) as usize;
        let pieces: Vec<Range<usize>> = spans.iter().map(|s| frame(s.start)..frame(s.end)).collect();
        let frames = self.bank.frames(samples).joined(&pieces);
        let measured = frames.len().min(ENOUGH);
        let count = measured.div_ceil(STRETCH).max(1);
        let size = measured.div_ceil(count);
        if size < SHORTEST {
            return Ok(None);
        }
        let stretches: Vec<Range<usize>> =
            (0..count).map(|i| i * size..((i + 1) * size).min(measured)).filter(|r| r.len() >= SHORTEST).collect();
        let parts = self.embed(&frames, &stretches, TELEPHONE, cancel)?;
        let mut vector = vec![0.0f32; parts.first().map_or(0, Vec::len)];
        for part in &parts {
            vector.iter_mut().zip(part).for_each(|(v, p)| *v += p);
        }
        normalise(&mut vector);
        let quality = parts.iter().map(|p| dot(p, &vector)).sum::<f32>() / parts.len().max(1) as f32;
        Ok(Some(MeasuredVoice { vector, quality, net_speech: frames.len() as f64 / FRAMES }))
    }

    /// Unit vectors of pieces of `samples` (16 kHz), each `start..end` in seconds and at least 0.3 s long.
    pub(crate) fn pieces(
        &self,
        samples: &[f32],
        pieces: &[Span],
        cancel: Cancel<'_>,
    ) -> Result<Vec<Vec<f32>>, ListenError> {
        let frames = self.bank.frames(samples);
        let ranges: Vec<Range<usize>> = pieces
            .iter()
            .map(|s| {
                let start = ((s.start * FRAMES) as usize).min(frames.len().saturating_sub(SHORTEST));
                start..((s.end * FRAMES) as usize).clamp(start + SHORTEST, frames.len().max(start + SHORTEST))
            })
            .collect();
        self.embed(&frames, &ranges, fbank::BANDS, cancel)
    }

    /// Unit vectors of stretches of frames, from their lowest `bands`; the others are as they are in the mean.
    fn embed(
        &self,
        frames: &fbank::Frames,
        ranges: &[Range<usize>],
        bands: usize,
        cancel: Cancel<'_>,
    ) -> Result<Vec<Vec<f32>>, ListenError> {
        let input = |range: &Range<usize>| {
            let mut values = frames.centred(range.clone());
            // A recording shorter than the shortest stretch is filled up with nothing.
            values.resize(range.len() * fbank::BANDS, 0.0);
            for frame in values.chunks_exact_mut(fbank::BANDS) {
                frame.iter_mut().skip(bands).for_each(|value| *value = 0.0);
            }
            ([1, range.len(), fbank::BANDS], values)
        };
        let mut vectors = self.network.run_all(ranges, input, cancel)?;
        vectors.iter_mut().for_each(|v| normalise(v));
        Ok(vectors)
    }
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Brings a vector to unit length; one of no length stays.
pub(crate) fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 1e-9 {
        vector.iter_mut().for_each(|v| *v /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the networks gave in Python from the publishers' weights (an export by PyTorch) for the same input, so that
    /// the graphs that this program holds are known to be those networks.
    #[test]
    fn the_graph_gives_the_numbers_of_the_reference() {
        let models = earwitness_testkit::models();
        if !earwitness_testkit::models_ready() {
            return;
        }
        let voices = VoiceprintExtractor::load(&models, 1).unwrap();
        let input = |_: &()| {
            let value = |i: usize| ((i * 37 % 101) as f32 - 50.0) / 20.0;
            ([1, 230, fbank::BANDS], (0..230 * fbank::BANDS).map(value).collect())
        };
        let got = voices.network.run_all(&[()], input, &|| false).unwrap();
        for (index, expected) in REFERENCE {
            assert!((got[0][*index] - expected).abs() < 1e-4, "{index}: {} is not {expected}", got[0][*index]);
        }
    }

    const REFERENCE: &[(usize, f32)] = &[
        (0, 0.778247),
        (2, 0.465641),
        (8, 0.364355),
        (10, 0.230210),
        (11, 0.399281),
        (15, 0.428267),
        (18, 1.017719),
        (20, 1.658932),
        (21, 0.483442),
        (26, 0.726599),
        (27, 1.266343),
        (28, 0.473920),
    ];
}
