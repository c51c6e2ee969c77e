//! From measured pieces to stretches: the path through the voices that fits the pieces best (Viterbi 1967), where a change
//! of speaker costs less the longer the pause before it.

use super::{Segment, activity::Activity, cluster::Voices};
use crate::voiceprint::dot;
use earwitness_model::Span;

/// What a piece's likeness to a voice is worth per second.
const LIKENESS: f32 = 120.0;
/// What a change of speaker costs without a pause, and how fast a pause (seconds) makes it cheaper.
const CHANGE: f32 = 3.0;
const PAUSE: f32 = 6.0;

/// The stretches of each voice inside `islands`, in order.
pub(super) fn best(
    activity: &Activity,
    islands: &[Span],
    pieces: &[Span],
    measured: &[Vec<f32>],
    voices: &Voices,
) -> Vec<Segment> {
    let count = voices.directions.len().max(1);
    let likeness = likeness(activity.speech.len(), pieces, measured, voices);
    let frames: Vec<usize> = islands
        .iter()
        .flat_map(|i| Activity::frame(i.start)..Activity::frame(i.end))
        .filter(|f| *f < activity.speech.len())
        .collect();
    let mut worth = vec![0.0f32; count];
    let mut came: Vec<Vec<usize>> = Vec::with_capacity(frames.len());
    let mut before: Option<usize> = None;
    for &frame in &frames {
        let pause = before.map_or(f32::MAX, |b| (frame.saturating_sub(b + 1)) as f32 * Activity::step() as f32);
        let change = CHANGE * (-PAUSE * pause).exp();
        let top = (0..count).max_by(|&a, &b| worth[a].total_cmp(&worth[b])).unwrap_or(0);
        let from: Vec<usize> =
            (0..count).map(|voice| if worth[voice] >= worth[top] - change { voice } else { top }).collect();
        let next = (0..count).map(|voice| {
            let kept = if from[voice] == voice { worth[voice] } else { worth[top] - change };
            kept + LIKENESS * Activity::step() as f32 * likeness.get(frame * count + voice).copied().unwrap_or(0.0)
        });
        worth = next.collect();
        came.push(from);
        before = Some(frame);
    }
    let mut voice = (0..count).max_by(|&a, &b| worth[a].total_cmp(&worth[b])).unwrap_or(0);
    let mut owners = vec![0; frames.len()];
    for (owner, from) in owners.iter_mut().zip(&came).rev() {
        *owner = voice;
        voice = from[voice];
    }
    stretches(activity, islands, &frames, &owners)
}

/// For each frame the mean likeness of the pieces over it to each voice, the middle of a piece counting most.
fn likeness(frames: usize, pieces: &[Span], measured: &[Vec<f32>], voices: &Voices) -> Vec<f32> {
    let count = voices.directions.len();
    let (mut sum, mut weight) = (vec![0.0f32; frames * count], vec![0.0f32; frames]);
    for (piece, vector) in pieces.iter().zip(measured) {
        let apart: Vec<f32> = vector.iter().zip(&voices.mean).map(|(v, m)| v - m).collect();
        let like: Vec<f32> = voices.directions.iter().map(|d| dot(&apart, d)).collect();
        let (start, end) = (Activity::frame(piece.start), Activity::frame(piece.end).min(frames));
        let middle = (start + end) as f32 / 2.0;
        let half = (end.saturating_sub(start)) as f32 / 2.0 + 1.0;
        for frame in start..end {
            let w = 1.05 - ((frame as f32 + 0.5 - middle) / half).abs();
            weight[frame] += w;
            for (voice, l) in like.iter().enumerate() {
                sum[frame * count + voice] += w * l;
            }
        }
    }
    for (frame, w) in weight.iter().enumerate().filter(|(_, w)| **w > 0.0) {
        sum[frame * count..(frame + 1) * count].iter_mut().for_each(|s| *s /= w);
    }
    sum
}

fn stretches(activity: &Activity, islands: &[Span], frames: &[usize], owners: &[usize]) -> Vec<Segment> {
    let mut out: Vec<(usize, usize, usize)> = Vec::new(); // first frame, end frame, voice
    for (&frame, &voice) in frames.iter().zip(owners) {
        match out.last_mut() {
            Some((_, end, v)) if *end == frame && *v == voice => *end = frame + 1,
            _ => out.push((frame, frame + 1, voice)),
        }
    }
    out.into_iter()
        .map(|(first, end, speaker)| {
            let mut span = Span::new(Activity::time(first), Activity::time(end));
            // An island may begin with the recording itself, before the first frame.
            if islands.first().is_some_and(|i| i.start < span.start && first == Activity::frame(i.start)) {
                span = Span::new(islands[0].start, span.end);
            }
            Segment { span, speaker, speech: activity.mean(&span) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_change_is_put_into_the_pause() {
        let mut speech = vec![1.0f32; 600];
        speech[290..310].fill(0.0);
        let activity = Activity { speech };
        let islands = activity.islands(0.5, 0.1, 0.1);
        let voices = Voices { mean: vec![0.0; 2], directions: vec![vec![1.0, 0.0], vec![0.0, 1.0]] };
        let pieces = [Span::new(0.0, 4.6), Span::new(5.4, 10.0)];
        let measured = [vec![0.8, 0.5], vec![0.4, 0.9]];
        let found = best(&activity, &islands, &pieces, &measured, &voices);
        let owners: Vec<usize> = found.iter().map(|s| s.speaker).collect();
        assert_eq!(owners, [0, 1]);
        assert!(found[0].span.end < found[1].span.start);
        assert_eq!(found[0].span.start, 0.0);
    }

    #[test]
    fn no_speech_and_no_voices_give_nothing() {
        let activity = Activity { speech: vec![0.0; 10] };
        let voices = Voices { mean: Vec::new(), directions: Vec::new() };
        assert!(best(&activity, &[], &[], &[], &voices).is_empty());
    }
}
