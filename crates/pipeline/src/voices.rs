//! The voices of every call are measured: for each speaker of the transcript that stands, from the moments in which nobody
//! else speaks. When a person corrects who speaks, the voices are measured anew; voices that were removed for good are not.

use crate::{ProcessError, sound};
use earwitness_archive::Archive;
use earwitness_audio::resample;
use earwitness_listen::{ListenError, voiceprint::VoiceprintExtractor};
use earwitness_model::{Author, Call, CallId, DoubtReason, Revision, Span, SpeakerRef, Turn, Voiceprint};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// Seconds of speech, nobody else talking, under which a voice is not measured.
pub const LEAST_SPEECH: f64 = 3.0;
/// The rate that voices are measured at, hertz.
const RATE: u32 = 16_000;
/// Taken off both ends of a moment, seconds: boundaries of turns are not exact.
const EDGE: f64 = 0.05;

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VoicesReport {
    /// Calls whose voices were measured.
    pub calls: usize,
    /// Voices.
    pub voices: usize,
    /// Speakers who say too little.
    pub too_little: usize,
    /// Calls whose voices could not be measured, and why.
    pub failed: Vec<(CallId, String)>,
}

/// Measures the voices of all calls whose transcript is not the one that they were measured by. `progress` is told how
/// many of how many calls are done. What is measured stays when it is stopped.
///
/// # Errors
/// [`ProcessError`] where the network cannot be had or the archive cannot be written.
pub fn measure(
    archive: &Archive,
    models: &Path,
    threads: usize,
    progress: &dyn Fn(usize, usize),
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<VoicesReport, ProcessError> {
    let mut report = VoicesReport::default();
    let waiting = archive.calls_with_unmeasured_voices()?;
    if waiting.is_empty() {
        return Ok(report);
    }
    let extractor = VoiceprintExtractor::load(models, threads)?;
    for (done, id) in waiting.iter().enumerate() {
        progress(done, waiting.len());
        if cancel() {
            break;
        }
        let Some(transcript) = archive.current_transcript(id)? else { continue };
        match one(archive, &extractor, &archive.call(id)?, &transcript, cancel) {
            Ok((voices, too_little)) => {
                report.calls += 1;
                report.voices += voices;
                report.too_little += too_little;
            }
            Err(Trouble::Stopped) => break,
            Err(Trouble::Call(why)) => report.failed.push((id.clone(), why)),
            Err(Trouble::Fatal(error)) => return Err(error),
        }
    }
    progress(waiting.len(), waiting.len());
    Ok(report)
}

enum Trouble {
    Stopped,
    Call(String),
    Fatal(ProcessError),
}

impl From<ListenError> for Trouble {
    fn from(error: ListenError) -> Self {
        match error {
            ListenError::Cancelled => Self::Stopped,
            other => Self::Call(other.to_string()),
        }
    }
}

fn one(
    archive: &Archive,
    extractor: &VoiceprintExtractor,
    call: &Call,
    revision: &Revision,
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<(usize, usize), Trouble> {
    let turns = revision.transcript().map_or(&[][..], |t| t.turns.as_slice());
    let sound = sound::of_call(archive, call).map_err(|e| Trouble::Call(e.to_string()))?;
    let channels: Vec<Vec<f32>> = sound.channels.iter().map(|c| resample(c, sound.sample_rate, RATE)).collect();
    let forgotten = archive.forgotten_voices().map_err(|e| Trouble::Fatal(e.into()))?;
    let (mut voices, mut too_little) = (Vec::new(), Vec::new());
    for (label, (channel, alone)) in moments(turns) {
        let speaker = SpeakerRef::new(call.id.clone(), label.clone());
        if forgotten.contains(&speaker) {
            continue;
        }
        let seconds: f64 = alone.iter().map(Span::length).sum();
        let samples = channels.get(usize::from(channel)).map_or(&[][..], Vec::as_slice);
        let measured = if seconds < LEAST_SPEECH { None } else { extractor.measure(samples, &alone, cancel)? };
        match measured {
            Some(voice) => voices.push(Voiceprint {
                speaker,
                vector: voice.vector,
                net_speech: voice.net_speech,
                quality: voice.quality,
                model: VoiceprintExtractor::MODEL.into(),
                weights: extractor.weights(),
            }),
            None => too_little.push((label, seconds)),
        }
    }
    let author = Author::Model {
        name: VoiceprintExtractor::MODEL.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        weights: extractor.weights(),
        parameters: serde_json::json!({ "least_speech": LEAST_SPEECH, "edge": EDGE }),
    };
    archive
        .write(|tx| tx.keep_voiceprints(&call.id, &revision.id, author, &voices, &too_little).map(drop))
        .map_err(|e| Trouble::Fatal(e.into()))?;
    Ok((voices.len(), too_little.len()))
}

/// For each speaker the channel on which he speaks most, and the moments there in which nobody else speaks.
fn moments(turns: &[Turn]) -> BTreeMap<String, (u16, Vec<Span>)> {
    let speech = |t: &&Turn| {
        !matches!(t.doubt.as_ref().map(|d| d.reason), Some(DoubtReason::NoSpeech | DoubtReason::GhostPhrase))
    };
    let turns: Vec<&Turn> = turns.iter().filter(speech).collect();
    let mut all: BTreeMap<(String, u16), Vec<Span>> = BTreeMap::new();
    for turn in &turns {
        let others = turns.iter().filter(|o| o.channel == turn.channel && o.speaker != turn.speaker);
        let mut alone = vec![Span::new(turn.start + EDGE, (turn.end - EDGE).max(turn.start + EDGE))];
        for other in others {
            alone = alone.iter().flat_map(|span| without(span, &other.span())).collect();
        }
        alone.retain(|span| span.length() > 0.2);
        all.entry((turn.speaker.clone(), turn.channel)).or_default().extend(alone);
    }
    let mut most: BTreeMap<String, (u16, Vec<Span>)> = BTreeMap::new();
    let seconds = |spans: &[Span]| spans.iter().map(Span::length).sum::<f64>();
    for ((label, channel), spans) in all {
        match most.get(&label) {
            Some((_, kept)) if seconds(kept) >= seconds(&spans) => {}
            _ => drop(most.insert(label, (channel, spans))),
        }
    }
    most
}

/// What is left of a span when another is taken out.
fn without(span: &Span, out: &Span) -> Vec<Span> {
    if span.overlap(out) <= 0.0 {
        return vec![*span];
    }
    [(span.start, out.start), (out.end, span.end)]
        .into_iter()
        .filter(|(start, end)| end > start)
        .map(|(start, end)| Span::new(start.max(span.start), end.min(span.end)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(start: f64, end: f64, channel: u16, speaker: &str) -> Turn {
        Turn {
            start,
            end,
            channel,
            speaker: speaker.into(),
            language: None,
            text: "да".into(),
            confidence: 0.5,
            words: Vec::new(),
            doubt: None,
        }
    }

    #[test]
    fn only_moments_in_which_nobody_else_speaks_on_the_channel_count() {
        let turns = [turn(0.0, 4.0, 0, "A"), turn(3.0, 6.0, 0, "B"), turn(3.5, 5.0, 1, "C"), turn(8.0, 8.1, 1, "A")];
        let found = moments(&turns);
        let seconds = |label: &str| found[label].1.iter().map(Span::length).sum::<f64>();
        assert!((seconds("A") - 2.95).abs() < 1e-9 && found["A"].0 == 0, "{found:?}");
        assert!((seconds("B") - 1.95).abs() < 1e-9);
        assert!((seconds("C") - 1.4).abs() < 1e-9, "the other channel does not disturb");
        assert_eq!(without(&Span::new(0.0, 3.0), &Span::new(1.0, 2.0)).len(), 2);
    }
}
