//! Who speaks when, on one channel.
//!
//! 1. `activity`: the segmentation network says where anybody speaks, to the nearest 17 ms.
//! 2. The speech is cut into overlapping pieces of a second and a half, and each voice is measured (`voiceprint`).
//! 3. `cluster`: the pieces of the call fall into voices; how many there are is found.
//! 4. `path`: the best path through the voices over time (Viterbi), which changes more readily at pauses.
//!
//! The network's own speakers are not used: over telephone codecs it often takes two voices for one, while the pieces of
//! a whole call fall apart cleanly (measured: docs/benchmarks.md).

mod activity;
mod cluster;
mod path;

use crate::{ListenError, crosstalk, hear::Cancel, permits::Permits, turns, voiceprint::VoiceprintExtractor};
use activity::SegmentationNetwork;
pub use cluster::ClusterOptions;
use earwitness_audio::resample;
use earwitness_model::{Digest, Span, Turn};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::Arc};

/// The rate that all networks want, hertz.
const RATE: u32 = 16_000;

/// How speakers are told apart. Seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiarizeOptions {
    /// The number of speakers on a channel, where a person knows it.
    pub speakers: Option<usize>,
    /// Between the beginnings of two windows of the segmentation network.
    pub hop: f64,
    /// Probability of speech at which a stretch begins and ends.
    pub onset: f32,
    /// A pause so short is no pause.
    pub breath: f64,
    /// Length of a piece whose voice is measured …
    pub piece: f64,
    /// … and the distance to the next.
    pub step: f64,
    /// Shorter pieces do not decide how many voices there are.
    pub telling: f64,
    /// Stretches of one speaker are joined over a pause so long, if nobody else speaks in it.
    pub join: f64,
    /// Shorter stretches are dropped.
    pub shortest: f64,
    /// When pieces are two voices.
    pub cluster: ClusterOptions,
}

impl Default for DiarizeOptions {
    fn default() -> Self {
        Self {
            speakers: None,
            hop: 2.0,
            onset: 0.6,
            breath: 0.1,
            piece: 1.5,
            step: 0.5,
            telling: 0.6,
            join: 0.6,
            shortest: 0.2,
            cluster: ClusterOptions::default(),
        }
    }
}

/// What is known of a channel before anybody listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Both sides of the line are mixed: two speakers are expected.
    Mixed,
    /// One side alone: one speaker is expected, others may stand by.
    OneSide,
}

impl Line {
    /// What is known from the number of channels.
    pub fn of(channels: usize) -> Self {
        if channels > 1 { Self::OneSide } else { Self::Mixed }
    }
}

/// A stretch of one speaker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Where.
    pub span: Span,
    /// From 0, in the order of first speech.
    pub speaker: usize,
    /// Mean probability of speech.
    pub speech: f32,
}

/// The loaded networks.
pub struct Diarizer {
    segmentation: SegmentationNetwork,
    voices: VoiceprintExtractor,
}

impl Diarizer {
    /// Loads both networks, once per thread.
    ///
    /// # Errors
    /// Missing or changed weights, no ONNX Runtime, [`ListenError::Engine`].
    pub fn load(models: &Path, threads: usize) -> Result<Self, ListenError> {
        Self::sharing(models, &Arc::new(Permits::new(threads)))
    }

    pub(crate) fn sharing(models: &Path, permits: &Arc<Permits>) -> Result<Self, ListenError> {
        let segmentation = SegmentationNetwork::load(models, permits)?;
        Ok(Self { segmentation, voices: VoiceprintExtractor::sharing(models, permits)? })
    }

    /// SHA-256 of the weights that tell voices apart.
    pub fn weights(&self) -> Digest {
        self.voices.weights()
    }

    /// Who speaks when in all channels of a recording (mono tracks, `rate` hertz), cross-talk left out: turns without
    /// words.
    ///
    /// # Errors
    /// [`ListenError::Cancelled`], [`ListenError::Engine`].
    pub fn turns(
        &self,
        channels: &[Vec<f32>],
        rate: u32,
        options: &DiarizeOptions,
        cancel: Cancel<'_>,
    ) -> Result<Vec<Turn>, ListenError> {
        let mut sounds = prepared(channels, rate);
        crosstalk::silence(&mut sounds);
        let line = Line::of(sounds.len());
        let segments: Vec<Vec<Segment>> =
            sounds.iter().map(|samples| self.segments(samples, line, options, cancel)).collect::<Result<_, _>>()?;
        let slices: Vec<&[Segment]> = segments.iter().map(Vec::as_slice).collect();
        let mut turns: Vec<Turn> = Vec::new();
        for (channel, (segments, names)) in segments.iter().zip(labels(&slices)).enumerate() {
            let name = |s: &Segment| names.get(s.speaker).cloned().unwrap_or_default();
            turns.extend(segments.iter().map(|s| turn(s, channel as u16, name(s))));
        }
        turns.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.channel.cmp(&b.channel)));
        Ok(turns)
    }

    /// Who speaks when in `samples` (16 kHz, one channel).
    ///
    /// # Errors
    /// [`ListenError::Cancelled`], [`ListenError::Engine`].
    pub fn segments(
        &self,
        samples: &[f32],
        line: Line,
        options: &DiarizeOptions,
        cancel: Cancel<'_>,
    ) -> Result<Vec<Segment>, ListenError> {
        let activity = self.segmentation.activity(samples, options.hop, cancel)?;
        let islands = activity.islands(options.onset, options.breath, 0.1);
        // One speaker who is known to be alone need not be told from anybody.
        let alone = options.speakers == Some(1);
        let pieces: Vec<Span> = islands.iter().filter(|_| !alone).flat_map(|i| cut(i, options)).collect();
        let measured = self.voices.pieces(samples, &pieces, cancel)?;
        let telling: Vec<usize> = (0..pieces.len()).filter(|&i| pieces[i].length() >= options.telling).collect();
        let vectors: Vec<&[f32]> = telling.iter().map(|&i| measured[i].as_slice()).collect();
        let near = (options.piece / options.step.max(0.05)).ceil() as usize;
        let voices = cluster::voices(&vectors, near, line, options.speakers, &options.cluster);
        let path = path::best(&activity, &islands, &pieces, &measured, &voices);
        Ok(in_order_of_speech(joined(path, options)))
    }
}

/// The channels as all networks want them: at 16 kHz, and numbers throughout (a damaged file can decode to values that
/// are none, and they would spoil a whole window).
pub(crate) fn prepared(channels: &[Vec<f32>], rate: u32) -> Vec<Vec<f32>> {
    let finite = |s: &f32| if s.is_finite() { s.clamp(-4.0, 4.0) } else { 0.0 };
    channels.iter().map(|c| resample(&c.iter().map(finite).collect::<Vec<f32>>(), rate, RATE)).collect()
}

/// The labels of the speakers of each channel: one letter for each channel first, then the others.
pub(crate) fn labels(channels: &[&[Segment]]) -> Vec<Vec<String>> {
    let mut next = channels.len();
    let mut all = Vec::with_capacity(channels.len());
    for (channel, segments) in channels.iter().enumerate() {
        let others = segments.iter().map(|s| s.speaker).max().unwrap_or(0);
        let own = [turns::label(channel)].into_iter();
        all.push(own.chain((next..next + others).map(turns::label)).collect());
        next += others;
    }
    all
}

fn turn(segment: &Segment, channel: u16, speaker: String) -> Turn {
    Turn {
        start: segment.span.start,
        end: segment.span.end,
        channel,
        speaker,
        language: None,
        text: String::new(),
        confidence: segment.speech,
        words: Vec::new(),
        doubt: None,
    }
}

/// Overlapping pieces of a stretch of speech; a short stretch is one piece.
fn cut(island: &Span, options: &DiarizeOptions) -> Vec<Span> {
    let (length, step) = (options.piece.max(0.1), options.step.max(0.05));
    let last = (island.length() - length).max(0.0);
    let count = (last / step + 0.5).floor() as usize;
    (0..=count)
        .map(|i| {
            let start = island.start + if i == count { last } else { i as f64 * step };
            Span::new(start, (start + length).min(island.end))
        })
        .collect()
}

/// Joins stretches of one speaker over pauses in which nobody else speaks, and drops what is too short to be speech.
fn joined(path: Vec<Segment>, options: &DiarizeOptions) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for segment in path {
        match out.last_mut() {
            Some(last) if last.speaker == segment.speaker && segment.span.start - last.span.end <= options.join => {
                let (a, b) = (last.span.length() as f32, segment.span.length() as f32);
                last.speech = (last.speech * a + segment.speech * b) / (a + b).max(1e-6);
                last.span = Span::new(last.span.start, segment.span.end);
            }
            _ => out.push(segment),
        }
    }
    out.retain(|s| s.span.length() >= options.shortest);
    out
}

/// Numbers the speakers by who speaks first.
fn in_order_of_speech(mut segments: Vec<Segment>) -> Vec<Segment> {
    let mut seen: Vec<usize> = Vec::new();
    for segment in &mut segments {
        let number = seen.iter().position(|s| *s == segment.speaker).unwrap_or_else(|| {
            seen.push(segment.speaker);
            seen.len() - 1
        });
        segment.speaker = number;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start: f64, end: f64, speaker: usize) -> Segment {
        Segment { span: Span::new(start, end), speaker, speech: 0.9 }
    }

    #[test]
    fn pieces_cover_a_stretch_to_its_end() {
        let options = DiarizeOptions::default();
        let pieces = cut(&Span::new(1.0, 4.2), &options);
        assert_eq!((pieces[0].start, pieces[pieces.len() - 1].end), (1.0, 4.2));
        assert!(pieces.iter().all(|p| (p.length() - 1.5).abs() < 1e-9));
        assert_eq!(cut(&Span::new(1.0, 1.4), &options), [Span::new(1.0, 1.4)]);
    }

    #[test]
    fn a_second_voice_on_one_side_gets_the_letter_after_those_of_the_sides() {
        let (one, two) = ([segment(0.0, 1.0, 0)], [segment(0.0, 1.0, 0), segment(2.0, 3.0, 1)]);
        assert_eq!(labels(&[&two, &one]), [vec!["A", "C"], vec!["B"]]);
        assert_eq!(labels(&[&two]), [vec!["A", "B"]]);
        assert_eq!(labels(&[&[]]), [vec!["A"]]);
    }

    #[test]
    fn pauses_join_only_where_nobody_else_speaks() {
        let path = vec![
            segment(0.0, 1.0, 5),
            segment(1.3, 2.0, 5),
            segment(2.0, 3.0, 2),
            segment(3.1, 3.2, 5),
            segment(5.0, 6.0, 2),
        ];
        let found = in_order_of_speech(joined(path, &DiarizeOptions::default()));
        let spans: Vec<(f64, f64, usize)> = found.iter().map(|s| (s.span.start, s.span.end, s.speaker)).collect();
        assert_eq!(spans, [(0.0, 2.0, 0), (2.0, 3.0, 1), (5.0, 6.0, 1)]);
    }
}
