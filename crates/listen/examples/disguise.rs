//! How far a disguised voice moves, and what it costs in words: `disguise CORPUS MODELS [hear]`.
//!
//! CORPUS is the corpus with its truth (`truth/calls.json`, `delivered/audio`). Every voice of every call is measured as it
//! is and in three disguises (drawn by fixed numbers, so that the figures can be had again). With `hear` all calls are
//! recognised as they are and disguised, too. Figures in docs/benchmarks.md.
use earwitness_audio::{Disguise, decode_file, resample};
use earwitness_desk::voices::Likelihood;
use earwitness_listen::{HearOptions, Listener, voiceprint::VoiceprintExtractor};
use earwitness_model::Span;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

type Failure = Box<dyn std::error::Error>;

const RATE: u32 = 16_000;
const DRAWS: [[u8; 8]; 3] =
    [[12, 40, 90, 200, 33, 7, 150, 61], [201, 14, 130, 77, 240, 5, 20, 99], [99, 3, 220, 18, 127, 64, 250, 8]];
/// Seconds of a turn that is measured as a clip.
const CLIP: f64 = 3.0;

struct Recording {
    channels: Vec<Vec<f32>>,
    rate: u32,
    words: Vec<String>,
}

/// One speaker of one call, measured: as it is, and in each disguise.
struct Voice {
    person: String,
    call: usize,
    seconds: f64,
    own: Vec<f32>,
    disguised: Vec<Option<Vec<f32>>>,
    /// Single turns: as they are, and in the first disguise.
    clips: Vec<(f64, Vec<f32>, Option<Vec<f32>>)>,
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, models, rest @ ..] = args.as_slice() else { return Err("disguise CORPUS MODELS [hear]".into()) };
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(Path::new(corpus).join("truth/calls.json"))?)?;
    let empty = Vec::new();
    let calls = truth["calls"].as_array().unwrap_or(&empty);
    let extractor = VoiceprintExtractor::load(Path::new(models), 2)?;
    let (mut voices, mut recordings) = (Vec::new(), Vec::new());
    for (number, call) in calls.iter().enumerate() {
        let file = call["file"].as_str().unwrap_or_default();
        let sound = decode_file(&Path::new(corpus).join("delivered/audio").join(file))?;
        let turns = call["turns"].as_array().unwrap_or(&empty);
        let words = turns.iter().flat_map(|t| plain(t["text"].as_str().unwrap_or_default())).collect();
        let recording = Recording { channels: sound.channels, rate: sound.sample_rate, words };
        voices.extend(measure(&extractor, number, turns, &recording)?);
        recordings.push(recording);
        eprint!(".");
    }
    eprintln!();
    report(&voices);
    if rest.iter().any(|r| r == "hear") {
        hear(&recordings, Path::new(models))?;
    }
    Ok(())
}

/// The stretches of a speaker in which nobody else speaks on the channel, by speaker.
fn alone(turns: &[Value]) -> BTreeMap<String, (usize, Vec<Span>)> {
    let span = |t: &Value| Span::new(t["start"].as_f64().unwrap_or(0.0), t["end"].as_f64().unwrap_or(0.0));
    let mut all: BTreeMap<String, (usize, Vec<Span>)> = BTreeMap::new();
    for turn in turns {
        let others = turns.iter().filter(|o| o["channel"] == turn["channel"] && o["speaker"] != turn["speaker"]);
        if others.map(|o| span(o).overlap(&span(turn))).sum::<f64>() < 0.05 {
            let channel = turn["channel"].as_u64().unwrap_or(1) as usize - 1;
            let speaker = turn["speaker"].as_str().unwrap_or_default().to_string();
            all.entry(speaker).or_insert((channel, Vec::new())).1.push(span(turn));
        }
    }
    all
}

fn measure(
    extractor: &VoiceprintExtractor,
    call: usize,
    turns: &[Value],
    recording: &Recording,
) -> Result<Vec<Voice>, Failure> {
    let mut voices = Vec::new();
    for (person, (channel, spans)) in alone(turns) {
        let Some(samples) = recording.channels.get(channel) else { continue };
        let print = |samples: &[f32], spans: &[Span]| {
            let measured = extractor.measure(&resample(samples, recording.rate, RATE), spans, &|| false);
            measured.map(|m| m.map(|m| m.vector))
        };
        let seconds: f64 = spans.iter().map(Span::length).sum();
        let Some(own) = print(samples, &spans)?.filter(|_| seconds >= 5.0) else { continue };
        let others: Vec<Vec<f32>> =
            DRAWS.iter().map(|draw| Disguise::drawn(*draw).over(samples, recording.rate)).collect();
        let disguised = others.iter().map(|s| print(s, &spans)).collect::<Result<_, _>>()?;
        let mut clips = Vec::new();
        for span in spans.iter().filter(|s| s.length() >= CLIP) {
            let cut = [*span];
            let other = others.first().map(|s| print(s, &cut)).transpose()?.flatten();
            clips.extend(print(samples, &cut)?.map(|own| (span.length(), own, other)));
        }
        voices.push(Voice { person, call, seconds, own, disguised, clips });
    }
    Ok(voices)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn report(voices: &[Voice]) {
    let likelihood = |a: &[f32], b: &[f32], x: f64, y: f64| Likelihood::of(dot(a, b), x, y);
    let (mut same, mut two, mut hidden, mut own, mut against) = (vec![], vec![], vec![], vec![], vec![]);
    let mut linked = vec![];
    for (i, a) in voices.iter().enumerate() {
        own.extend(a.disguised.iter().flatten().map(|d| (dot(d, &a.own), likelihood(d, &a.own, a.seconds, a.seconds))));
        for (j, b) in voices.iter().enumerate().filter(|(_, b)| b.call != a.call) {
            let one = a.person == b.person;
            let (cosine, worth) = (dot(&a.own, &b.own), likelihood(&a.own, &b.own, a.seconds, b.seconds));
            if i < j {
                if one { same.push((cosine, worth)) } else { two.push((cosine, worth)) }
            }
            for d in a.disguised.iter().flatten() {
                let found = (dot(d, &b.own), likelihood(d, &b.own, a.seconds, b.seconds));
                if one { hidden.push(found) } else { against.push(found) }
            }
            // Two clips of one story: the same disguise on both sides.
            let pairs = a.disguised.iter().zip(&b.disguised).filter(|_| one && i < j);
            linked.extend(pairs.filter_map(|(x, y)| {
                let (x, y) = (x.as_ref()?, y.as_ref()?);
                Some((dot(x, y), likelihood(x, y, a.seconds, b.seconds)))
            }));
        }
    }
    println!("{} voices in calls; comparisons:", voices.len());
    println!(
        "| what | comparisons | mean cosine | said to be one voice (log10 LR above 0 / 0.3 / 1) |\n|---|---|---|---|"
    );
    for (what, all) in [
        ("one person, two calls", &same),
        ("two persons", &two),
        ("disguised, with the same person's other calls", &hidden),
        ("disguised, with the very same sound undisguised", &own),
        ("disguised, with other persons", &against),
        ("disguised alike, one person, two calls", &linked),
    ] {
        let share = |at: f64| all.iter().filter(|f| f.1.rank() > at).count() as f64 / all.len().max(1) as f64;
        let mean = all.iter().map(|f| f64::from(f.0)).sum::<f64>() / all.len().max(1) as f64;
        println!("| {what} | {} | {mean:.3} | {:.3} / {:.3} / {:.3} |", all.len(), share(0.0), share(0.3), share(1.0));
    }
    let cosines = |all: &[(f32, Likelihood)]| all.iter().map(|f| f.0).collect::<Vec<_>>();
    println!("equal error rate as it is: {:.3}", equal_error(&cosines(&same), &cosines(&two)));
    println!(
        "equal error rate, disguised against other calls: {:.3}",
        equal_error(&cosines(&hidden), &cosines(&against))
    );
    clips(voices);
}

/// Single turns against the voices of whole calls, as the leak check meets them.
fn clips(voices: &[Voice]) {
    let (mut as_is, mut disguised, mut others) = (vec![], vec![], vec![]);
    for voice in voices {
        for (seconds, own, other) in &voice.clips {
            let worth = |print: &[f32], b: &Voice| Likelihood::of(dot(print, &b.own), *seconds, b.seconds).rank();
            let theirs: Vec<&Voice> = voices.iter().filter(|b| b.person == voice.person).collect();
            let most = |print: &[f32]| theirs.iter().map(|b| worth(print, b)).fold(f64::MIN, f64::max);
            as_is.push(most(own));
            disguised.extend(other.as_ref().map(|o| most(o)));
            let mut persons: BTreeMap<&str, f64> = BTreeMap::new();
            for b in voices.iter().filter(|b| b.person != voice.person) {
                let best = persons.entry(&b.person).or_insert(f64::MIN);
                *best = best.max(worth(own, b));
            }
            others.extend(persons.into_values());
        }
    }
    println!("\nclips of single turns of {CLIP} s and more, against all calls of one person (best log10 LR):");
    println!(
        "| above | clips as they are ({}) | disguised ({}) | somebody else's clip ({}) |\n|---|---|---|---|",
        as_is.len(),
        disguised.len(),
        others.len()
    );
    for at in [-2.0, -1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0] {
        let share = |all: &[f64]| all.iter().filter(|x| **x > at).count() as f64 / all.len().max(1) as f64;
        println!("| {at} | {:.3} | {:.3} | {:.3} |", share(&as_is), share(&disguised), share(&others));
    }
}

/// Where as many pairs of one are refused as pairs of two are taken.
fn equal_error(one: &[f32], two: &[f32]) -> f64 {
    let mut all: Vec<f32> = one.iter().chain(two).copied().collect();
    all.sort_by(f32::total_cmp);
    let rates = |at: f32| {
        let missed = one.iter().filter(|c| **c < at).count() as f64 / one.len().max(1) as f64;
        (missed, two.iter().filter(|c| **c >= at).count() as f64 / two.len().max(1) as f64)
    };
    let best = all.iter().map(|at| rates(*at)).min_by(|a, b| (a.0 - a.1).abs().total_cmp(&(b.0 - b.1).abs()));
    best.map_or(0.0, |(a, b)| (a + b) / 2.0)
}

fn plain(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('ё', "е");
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(String::from).collect()
}

/// Words wrong for a hundred spoken, call by call, as it is and disguised.
fn hear(recordings: &[Recording], models: &Path) -> Result<(), Failure> {
    let listener = Listener::load("base", models, 2)?;
    let options = HearOptions { translate: false, ..HearOptions::default() };
    let (mut wrong, mut words) = ([0; 2], 0);
    println!("\n| call | words | word error rate as it is | disguised |\n|---|---|---|---|");
    for (number, recording) in recordings.iter().enumerate() {
        let draw = DRAWS.get(number % DRAWS.len()).copied().unwrap_or_default();
        let other: Vec<Vec<f32>> =
            recording.channels.iter().map(|c| Disguise::drawn(draw).over(c, recording.rate)).collect();
        let mut errors = [0; 2];
        for (error, channels) in errors.iter_mut().zip([&recording.channels, &other]) {
            let heard = listener.hear(channels, recording.rate, &options, &|| false)?;
            let said: Vec<String> = heard.turns.iter().flat_map(|t| plain(&t.text)).collect();
            *error = distance(&recording.words, &said);
        }
        let count = recording.words.len();
        let rate = |n: usize| n as f64 / count.max(1) as f64;
        println!("| {} | {count} | {:.3} | {:.3} |", number + 1, rate(errors[0]), rate(errors[1]));
        (wrong[0], wrong[1], words) = (wrong[0] + errors[0], wrong[1] + errors[1], words + count);
    }
    let rate = |n: usize| n as f64 / words.max(1) as f64;
    println!("| all | {words} | {:.3} | {:.3} |", rate(wrong[0]), rate(wrong[1]));
    Ok(())
}

/// Levenshtein's distance in words.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (before + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            before = row[j + 1];
            row[j + 1] = best;
        }
    }
    row.last().copied().unwrap_or(0)
}
