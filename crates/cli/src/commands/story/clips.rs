//! The sound of a quote, with every protected word taken out and every protected voice disguised.

use super::{disguise::Voices, proof::Proof};
use earwitness_archive::Archive;
use earwitness_audio::{
    bleep::{self, Cover},
    decode_file, encode_wav, mix, peaks,
};
use earwitness_desk::protection::{Guard, SpokenHit, StandIn};
use earwitness_model::{Span, Turn};
use earwitness_publish::site::{BARS, Clip};
use std::collections::BTreeSet;

/// Seconds of sound before and after the words.
pub(super) const MARGIN: f64 = 0.15;
/// Seconds that are covered before and after a protected word: word times err by about so much.
const AROUND: f64 = 0.12;

/// The sound of a quote as it is in the recording, from the tracks on which its turns lie.
pub(super) struct Bare {
    /// The whole recording's samples of these tracks, mixed.
    samples: Vec<f32>,
    rate: u32,
    /// Seconds.
    start: f64,
    end: f64,
    /// Which tracks are heard; none where there is but one.
    tracks: Option<BTreeSet<u16>>,
}

impl Bare {
    /// What the recording of a quote's call holds for it; the reason where there is nothing.
    pub fn of(archive: &Archive, proof: &Proof) -> anyhow::Result<Result<Self, String>> {
        let Some(source) = &proof.report.source else { return Ok(Err("the quote has no source".into())) };
        let span = source.span();
        let decoded = decode_file(&archive.originals().path(&proof.call.recording))?;
        let tracks: BTreeSet<u16> = source.turns().iter().map(|turn| turn.channel).collect();
        let chosen: Vec<Vec<f32>> =
            tracks.iter().filter_map(|track| decoded.channels.get(usize::from(*track))).cloned().collect();
        // A quote in which both sides speak is heard from both.
        let (samples, tracks) = match (decoded.channels.len(), chosen.as_slice()) {
            (0 | 1, _) | (_, []) => (decoded.mono(), None),
            (_, [only]) => (only.clone(), Some(tracks)),
            (_, several) => (mix(several), Some(tracks)),
        };
        let (start, end) = ((span.start - MARGIN).max(0.0), span.end + MARGIN);
        Ok(Ok(Self { samples, rate: decoded.sample_rate, start, end, tracks }))
    }

    /// The clip without anything taken out, to be heard in the house, and its rate in hertz.
    pub fn clip(&self) -> (Vec<f32>, u32) {
        (bleep::clip(&self.samples, self.rate, self.start, self.end), self.rate)
    }

    /// Whether a turn is heard in it.
    fn holds(&self, turn: &Turn) -> bool {
        let on = self.tracks.as_ref().is_none_or(|tracks| tracks.contains(&turn.channel));
        on && turn.span().overlap(&Span::new(self.start, self.end)) > 0.0
    }
}

/// The clip of a quote under a name; none, with the reason, where it cannot be made safely. Every protected word is taken
/// out, and where a protected voice is heard, all of it is in another voice.
pub(super) fn of(
    archive: &Archive,
    proof: &Proof,
    guard: &Guard,
    voices: &mut Voices,
    name: &str,
) -> anyhow::Result<Result<Clip, String>> {
    let mut bare = match Bare::of(archive, proof)? {
        Ok(bare) => bare,
        Err(why) => return Ok(Err(why)),
    };
    let all = proof.transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let (mut turns, mut covers) = (Vec::new(), Vec::new());
    // In the whole call: what is dictated here may have begun before.
    for (turn, hits) in all.iter().zip(guard.find_spoken(all)).filter(|(turn, _)| bare.holds(turn)) {
        turns.push(turn);
        match covered(turn, hits, guard) {
            Ok(spans) => covers.extend(spans),
            Err(why) => return Ok(Err(why)),
        }
    }
    for (from, to, with) in &covers {
        bleep::cover(&mut bare.samples, bare.rate, from - AROUND, to + AROUND, *with);
    }
    let (mut samples, rate) = bare.clip();
    if samples.is_empty() {
        return Ok(Err("the recording ends before the quote".into()));
    }
    if let Some(disguise) = voices.disguise(proof, &turns)? {
        samples = disguise.over(&samples, rate);
        // Not even in another voice, nor smeared over the edges.
        for (from, to, with) in &covers {
            bleep::cover(&mut samples, rate, from - bare.start - AROUND, to - bare.start + AROUND, *with);
        }
    }
    let (seconds, peaks) = (samples.len() as f64 / f64::from(rate.max(1)), peaks(&samples, BARS));
    let bytes = encode_wav(&[samples], rate)?;
    Ok(Ok(Clip { file: format!("{name}.wav"), seconds, peaks, bytes }))
}

/// Where protected words of a turn are heard, and what is to be heard instead.
fn covered(turn: &Turn, hits: Option<Vec<SpokenHit>>, guard: &Guard) -> Result<Vec<(f64, f64, Cover)>, String> {
    let hits = hits.ok_or("a protected word is spoken in it, and the times of its words are not known")?;
    let mut spans = Vec::new();
    for hit in hits {
        let with = match guard.rules().get(hit.rule).map(|r| &r.stand_in) {
            Some(StandIn::Blank | StandIn::Disguise) => Cover::Silence,
            _ => Cover::Tone,
        };
        let words = turn.words.get(hit.words).unwrap_or_default();
        spans.extend(words.iter().map(|word| (word.start, word.end, with)));
    }
    Ok(spans)
}
