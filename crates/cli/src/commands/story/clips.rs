//! The sound of a quote, with every protected word taken out.

use super::proof::Proof;
use earwitness_archive::Archive;
use earwitness_audio::{
    bleep::{self, Cover},
    decode_file, encode_wav, peaks,
};
use earwitness_desk::protection::{Guard, StandIn};
use earwitness_model::{Span, Turn};
use earwitness_publish::site::{BARS, Clip};

/// Seconds of sound before and after the words.
const MARGIN: f64 = 0.15;
/// Seconds that are covered before and after a protected word: word times err by about so much.
const AROUND: f64 = 0.12;

/// The clip of a quote under a name; none, with the reason, where it cannot be made safely.
pub(super) fn of(archive: &Archive, proof: &Proof, guard: &Guard, name: &str) -> anyhow::Result<Result<Clip, String>> {
    let Some(source) = &proof.report.source else { return Ok(Err("the quote has no source".into())) };
    let turns = proof.transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let span = source.span();
    let (start, end) = ((span.start - MARGIN).max(0.0), span.end + MARGIN);
    let decoded = decode_file(&archive.originals().path(&proof.call.recording))?;
    let track = usize::from(source.turns().first().map_or(0, |t| t.channel));
    let mono = decoded.channels.len() < 2;
    let mut samples = match decoded.channels.get(track) {
        Some(samples) => samples.clone(),
        None => decoded.mono(),
    };
    let rate = decoded.sample_rate;
    let heard = |t: &&Turn| t.span().overlap(&Span::new(start, end)) > 0.0 && (mono || usize::from(t.channel) == track);
    for turn in turns.iter().filter(heard) {
        for (from, to, with) in match covered(turn, guard) {
            Ok(spans) => spans,
            Err(why) => return Ok(Err(why)),
        } {
            bleep::cover(&mut samples, rate, from - AROUND, to + AROUND, with);
        }
    }
    let samples = bleep::clip(&samples, rate, start, end);
    if samples.is_empty() {
        return Ok(Err("the recording ends before the quote".into()));
    }
    let (seconds, peaks) = (samples.len() as f64 / f64::from(rate.max(1)), peaks(&samples, BARS));
    let bytes = encode_wav(&[samples], rate)?;
    Ok(Ok(Clip { file: format!("{name}.wav"), seconds, peaks, bytes }))
}

/// Where protected words of a turn are heard, and what is to be heard instead.
fn covered(turn: &Turn, guard: &Guard) -> Result<Vec<(f64, f64, Cover)>, String> {
    let hits = guard.find(&turn.text);
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    // The text that the words make together, and the characters of each.
    let (mut text, mut places) = (String::new(), Vec::new());
    for word in &turn.words {
        if !text.is_empty() {
            text.push(' ');
        }
        let from = text.chars().count();
        text.push_str(word.text.trim());
        places.push((from, text.chars().count(), word));
    }
    let in_words = guard.find(&text);
    if in_words.len() < hits.len() {
        return Err("a protected word is spoken in it, and the times of its words are not known".into());
    }
    let mut spans = Vec::new();
    for hit in in_words {
        let with = match guard.rules().get(hit.rule).map(|r| &r.stand_in) {
            Some(StandIn::Blank | StandIn::Disguise) => Cover::Silence,
            _ => Cover::Tone,
        };
        let touched = places.iter().filter(|(from, to, _)| *from < hit.to && hit.from < *to);
        spans.extend(touched.map(|(_, _, word)| (word.start, word.end, with)));
    }
    Ok(spans)
}
