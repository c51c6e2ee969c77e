//! Who sounds like a clip or a turn: an exact scan over all voiceprints.

use super::{Outcome, load, suggest::score_json};
use crate::{
    context::Context,
    errors::Problem,
    interrupt,
    output::{Output, Style, Table, clean},
};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_audio::{decode_file, resample};
use earwitness_desk::voices::{Likelihood, Scan, Voices};
use earwitness_listen::{
    diarize::{DiarizeOptions, Diarizer},
    voiceprint::{MeasuredVoice, VoiceprintExtractor},
};
use earwitness_model::{Call, Digest, Span, SpeakerRef, Voiceprint, time::clock};
use earwitness_pipeline::sound;
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

/// Hertz that the networks want.
const RATE: u32 = 16_000;
/// Shortest clip that says anything, net seconds.
const SHORTEST: f64 = 2.0;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A sound file, or a turn of a call as CALL#n, n from 0
    #[arg(long, value_name = "FILE|CALL#n")]
    clip: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

/// What is looked for.
struct Wanted {
    vector: Vec<f32>,
    net_speech: f64,
    weights: Digest,
    /// Who must not be found: the speaker themselves.
    own: Option<SpeakerRef>,
    /// What was measured, for people.
    what: String,
    /// How much the turn itself sounds like its speaker.
    itself: Option<Likelihood>,
}

/// One who was found.
struct Found<'a> {
    print: &'a Voiceprint,
    score: Likelihood,
    voice: Option<String>,
}

/// Finds who sounds alike; exit code 1 where nobody can be compared.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let voices = load(&archive)?;
    let wanted = match args.clip.rsplit_once('#') {
        Some((call, number)) if !Path::new(&args.clip).is_file() => turn(&archive, &voices, call, number, context)?,
        _ => clip(Path::new(&args.clip), context)?,
    };
    let scan = Scan::new(&voices.prints, &wanted.weights, wanted.vector.len());
    let near = scan.nearest(&wanted.vector, args.limit.saturating_add(1));
    let near = near.iter().filter_map(|m| Some((voices.prints.get(m.place)?, m.cosine)));
    let found: Vec<Found<'_>> = near
        .filter(|(print, _)| Some(&print.speaker) != wanted.own.as_ref())
        .take(args.limit)
        .map(|(print, cosine)| Found {
            print,
            score: Likelihood::of(cosine, wanted.net_speech, print.net_speech),
            voice: voices.groups.iter().find(|g| g.members.contains(&print.speaker)).map(|g| g.id.clone()),
        })
        .collect();
    let out = &context.out;
    if out.json {
        out.json(&json_of(&wanted, &found, scan.len()))?;
    } else {
        out.print(&page(&wanted, &found, &voices, out))?;
    }
    Ok(Outcome::of(!found.is_empty()))
}

/// The voice of a file: of whoever speaks most in it.
fn clip(path: &Path, context: &Context) -> anyhow::Result<Wanted> {
    let sound = decode_file(path).with_context(|| format!("{} cannot be heard", path.display()))?;
    let models = context.models();
    let (diarizer, extractor) = (Diarizer::load(&models, 2)?, VoiceprintExtractor::load(&models, 2)?);
    let turns = diarizer.turns(&sound.channels, sound.sample_rate, &DiarizeOptions::default(), &interrupt::asked)?;
    let mut spoken: BTreeMap<(u16, String), Vec<Span>> = BTreeMap::new();
    for turn in turns {
        spoken.entry((turn.channel, turn.speaker)).or_default().push(Span::new(turn.start, turn.end));
    }
    let length = |spans: &[Span]| spans.iter().map(Span::length).sum::<f64>();
    let most = spoken.iter().max_by(|a, b| length(a.1).total_cmp(&length(b.1)));
    let silent = || Problem::new(format!("nobody speaks in {}", path.display()), "give a clip with speech in it");
    let ((channel, _), spans) = most.ok_or_else(silent)?;
    let samples = sound.channels.get(usize::from(*channel)).map(|c| resample(c, sound.sample_rate, RATE));
    let voice = measured(&extractor, samples.as_deref().unwrap_or_default(), spans)?
        .ok_or_else(|| too_short(&path.display().to_string()))?;
    let mut what = format!("{} ({} of speech)", path.display(), seconds(voice.net_speech));
    if spoken.len() > 1 {
        what += &format!("; {} voices are heard in it, and the one that speaks most was measured", spoken.len());
    }
    Ok(Wanted {
        vector: voice.vector,
        net_speech: voice.net_speech,
        weights: extractor.weights(),
        own: None,
        what,
        itself: None,
    })
}

/// The voice of a turn: what was measured of its speaker in the whole call, which says more than one turn; where
/// there is no such thing, the turn itself.
fn turn(archive: &Archive, voices: &Voices, call: &str, number: &str, context: &Context) -> anyhow::Result<Wanted> {
    let call = archive.find_call(call)?;
    let kept = archive.current_transcript(&call.id)?;
    let missing = || {
        let what = format!("there is no turn {number} in the call {}", call.id);
        Problem::new(what, format!("`earwitness show {}` lists its turns; the first is 0", call.id))
    };
    let turns = kept.as_ref().and_then(|kept| kept.transcript()).map(|t| t.turns.as_slice()).unwrap_or_default();
    let turn = number.trim().parse::<usize>().ok().and_then(|n| turns.get(n)).ok_or_else(missing)?;
    let speaker = SpeakerRef::new(call.id.clone(), turn.speaker.clone());
    if archive.forgotten_voices()?.contains(&speaker) {
        let what = format!("the voice of {speaker} was removed for good and is not measured again");
        return Err(Problem::new(what, "look for another speaker").into());
    }
    let span = Span::new(turn.start, turn.end);
    let fresh = heard(archive, &call, usize::from(turn.channel), span, context);
    let what = format!("{speaker}, as heard in the whole call");
    if let Some(print) = voices.prints.iter().find(|print| print.speaker == speaker) {
        let itself = fresh.ok().flatten().filter(|(_, weights)| *weights == print.weights).map(|(voice, _)| {
            let cosine = voice.vector.iter().zip(&print.vector).map(|(a, b)| a * b).sum();
            Likelihood::of(cosine, voice.net_speech, print.net_speech)
        });
        let (vector, net_speech, weights) = (print.vector.clone(), print.net_speech, print.weights);
        return Ok(Wanted { vector, net_speech, weights, own: Some(speaker), what, itself });
    }
    let (voice, weights) = fresh?.ok_or_else(|| too_short(&format!("turn {number} of {}", call.id)))?;
    let what = format!("turn {number} of {} alone ({} of speech)", call.id, seconds(voice.net_speech));
    Ok(Wanted { vector: voice.vector, net_speech: voice.net_speech, weights, own: Some(speaker), what, itself: None })
}

/// What a stretch of a sealed recording measures.
fn heard(
    archive: &Archive,
    call: &Call,
    channel: usize,
    span: Span,
    context: &Context,
) -> anyhow::Result<Option<(MeasuredVoice, Digest)>> {
    let extractor = VoiceprintExtractor::load(&context.models(), 2)?;
    let sound = sound::of_call(archive, call)?;
    let samples = sound.channels.get(channel).or(sound.channels.first()).map(|c| resample(c, sound.sample_rate, RATE));
    let voice = measured(&extractor, samples.as_deref().unwrap_or_default(), &[span])?;
    Ok(voice.map(|voice| (voice, extractor.weights())))
}

fn measured(extractor: &VoiceprintExtractor, samples: &[f32], spans: &[Span]) -> anyhow::Result<Option<MeasuredVoice>> {
    let voice = extractor.measure(samples, spans, &interrupt::asked)?;
    Ok(voice.filter(|voice| voice.net_speech >= SHORTEST))
}

fn too_short(what: &str) -> Problem {
    Problem::new(format!("{what} holds less than {SHORTEST} s of speech"), "give a longer one")
}

fn seconds(seconds: f64) -> String {
    clock(seconds.round()).trim_end_matches(".000").to_owned()
}

fn json_of(wanted: &Wanted, found: &[Found<'_>], compared: usize) -> serde_json::Value {
    let one = |f: &Found<'_>| {
        json!({
            "speaker": f.print.speaker, "voice": f.voice, "net_speech": f.print.net_speech, "score": score_json(f.score),
        })
    };
    json!({
        "clip": wanted.what, "net_speech": wanted.net_speech, "compared": compared,
        "turn_itself": wanted.itself.map(score_json), "found": found.iter().map(one).collect::<Vec<_>>(),
    })
}

fn page(wanted: &Wanted, found: &[Found<'_>], voices: &Voices, out: &Output) -> String {
    let mut text = format!("{}\n", out.paint(Style::Bold, &clean(&wanted.what)));
    if let Some(itself) = wanted.itself {
        text += &format!("the turn itself against the whole call: {}\n", itself.words());
    }
    if found.is_empty() {
        return text + "Nobody can be compared with it.\n";
    }
    let mut table = Table::new(&["speaker", "voice", "speech", "log10 LR", "in words", "file"]).right(2).right(3);
    for Found { print, score, voice } in found {
        let file = voices.calls.iter().find(|call| call.id == print.speaker.call).and_then(|call| call.files.first());
        table.row([
            print.speaker.to_string(),
            voice.clone().unwrap_or_default(),
            seconds(print.net_speech),
            format!("{:+.1}", score.log10()),
            score.words(),
            file.map(|file| file.name.clone()).unwrap_or_default(),
        ]);
    }
    text + &table.cut_to_fit().render(out)
}
