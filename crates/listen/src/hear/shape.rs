//! From what was agreed on to the turns of a channel.

use super::{Channel, HearOptions, settle::Settled};
use crate::{
    diarize::Segment,
    guards::{self, Judgement},
    turns::{self, Run},
};
use earwitness_model::{Doubt, DoubtReason, Span, Turn, Word};

/// Seconds and mean probability from which a stretch of speech without words is worth a person's ear.
const UNHEARD: (f64, f32) = (0.5, 0.8);

/// The turns of one channel: trusted words as text, doubtful stretches marked, refused ones kept without text. `names`
/// are the labels of the channel's speakers.
pub(super) fn turns_of(
    track: &Channel,
    settled: &Settled,
    channel: u16,
    names: &[String],
    options: &HearOptions,
) -> Vec<Turn> {
    let runs = turns::cut(&settled.words, &track.segments, &options.turns);
    let name = |speaker: usize| names.get(speaker).map_or("?", String::as_str);
    let speaker = |run: &Run| name(speaker_of(run, &track.segments));
    let mut turns: Vec<Turn> =
        runs.iter().filter_map(|run| turn_of(run, track, settled, channel, speaker(run), options)).collect();
    for (i, segment) in track.segments.iter().enumerate() {
        let worth = segment.span.length() >= UNHEARD.0 && segment.speech >= UNHEARD.1;
        let silent = !runs.iter().any(|r| r.segment == Some(i) || r.span.overlap(&segment.span) > 0.0);
        if silent && worth {
            let detail = format!("{:.1} s that sound like speech, but no words", segment.span.length());
            let doubt = Doubt { reason: DoubtReason::Rate, detail, heard: None };
            turns.push(unheard(&segment.span, channel, name(segment.speaker), doubt));
        }
    }
    turns
}

/// Whose a run is: its segment's, or that of the nearest.
fn speaker_of(run: &Run, segments: &[Segment]) -> usize {
    let away = |s: &Segment| (s.span.start - run.span.end).max(run.span.start - s.span.end);
    let nearest = || segments.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
    run.segment.and_then(|s| segments.get(s)).or_else(nearest).map_or(0, |s| s.speaker)
}

fn turn_of(
    run: &Run,
    track: &Channel,
    settled: &Settled,
    channel: u16,
    speaker: &str,
    options: &HearOptions,
) -> Option<Turn> {
    let (first, last) = (run.words.first()?.0, run.words.last()?.0);
    let inside = track.regions.get(first..=last).unwrap_or_default();
    let peak = inside.iter().map(|r| r.peak).fold(0.0, f32::max);
    let heard = track.hearings.get(first..=last).unwrap_or_default();
    let no_speech = heard.iter().flatten().map(|h| h.no_speech).fold(1.0, f32::min);
    let language = settled.languages.get(first).cloned().unwrap_or_default();
    let words: Vec<Word> = run.words.iter().map(|(_, w)| w.clone()).collect();
    let written = |words, doubt| turns::of_words(words, run.span, channel, speaker, &language, doubt);
    match guards::judge(&words, peak, no_speech, &options.guards) {
        Judgement::Trusted => written(words, None),
        Judgement::Marked(doubt) => written(words, Some(doubt)),
        Judgement::Refused(doubt) => {
            let mut turn = written(words, Some(doubt))?;
            turn.text.clear();
            turn.words.clear();
            Some(turn)
        }
    }
}

fn unheard(span: &Span, channel: u16, speaker: &str, doubt: Doubt) -> Turn {
    Turn {
        start: span.start,
        end: span.end,
        channel,
        speaker: speaker.into(),
        language: None,
        text: String::new(),
        confidence: 0.0,
        words: Vec::new(),
        doubt: Some(doubt),
    }
}
