//! Real recognition on the fictional demo delivery: what is said is written, what is not said is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use earwitness_listen::{
    HearOptions, Heard, Listener,
    diarize::{DiarizeOptions, Diarizer},
    guards::plain_words,
    voiceprint::VoiceprintExtractor,
};
use earwitness_model::{Span, Turn};
use earwitness_testkit as kit;
use serde_json::Value;
use std::{collections::BTreeMap, sync::OnceLock};

/// The engines, or nothing where the weights have not been fetched (never in CI).
fn listener() -> Option<&'static Listener> {
    static LISTENER: OnceLock<Option<Listener>> = OnceLock::new();
    let loaded = LISTENER.get_or_init(|| {
        kit::models_ready().then(|| Listener::load("base", &kit::models(), 2).expect("the engines load"))
    });
    loaded.as_ref()
}

fn hear(name: &str, options: &HearOptions) -> Option<Heard> {
    let sound = earwitness_audio::decode_file(&kit::demo().join("audio").join(name)).expect(name);
    Some(listener()?.hear(&sound.channels, sound.sample_rate, options, &|| false).expect(name))
}

fn quick() -> HearOptions {
    HearOptions { translate: false, ..HearOptions::default() }
}

fn truth() -> Value {
    serde_json::from_slice(&std::fs::read(kit::demo().join("../truth.json")).unwrap()).unwrap()
}

fn files_of(kind: &[&str]) -> Vec<String> {
    let truth = truth();
    let files = truth["files"].as_array().unwrap().iter();
    files.filter(|f| kind.contains(&f["kind"].as_str().unwrap())).map(|f| f["file"].as_str().unwrap().into()).collect()
}

/// Words that differ (Levenshtein), and words of the truth.
fn errors(reference: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, r) in reference.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, h) in heard.iter().enumerate() {
            let next = (row[j + 1] + 1).min(row[j] + 1).min(before + usize::from(r != h));
            before = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[heard.len()]
}

#[test]
fn nothing_is_written_for_silence_noise_ringing_and_music() {
    let files = files_of(&["silence", "noise", "ringing_and_music"]);
    assert_eq!(files.len(), 3);
    for file in files {
        let Some(heard) = hear(&file, &quick()) else { return };
        let text: String = heard.turns.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(text, "", "{file}");
    }
}

#[test]
fn calls_are_written_down_with_ordered_word_times() {
    let truth = truth();
    let (mut wrong, mut all) = (0, 0);
    for call in truth["calls"].as_array().unwrap() {
        let file = call["file"].as_str().unwrap();
        let Some(heard) = hear(file, &quick()) else { return };
        let reference: Vec<String> =
            call["turns"].as_array().unwrap().iter().flat_map(|t| plain_words(t["text"].as_str().unwrap())).collect();
        let text: Vec<String> = heard.turns.iter().flat_map(|t| plain_words(&t.text)).collect();
        wrong += errors(&reference, &text);
        all += reference.len();
        for turn in &heard.turns {
            assert!(turn.start <= turn.end && turn.end <= call["duration"].as_f64().unwrap() + 1.0, "{file} {turn:?}");
            for pair in turn.words.windows(2) {
                assert!(pair[0].start <= pair[1].start && pair[0].start <= pair[0].end, "{file} {pair:?}");
            }
        }
    }
    let rate = wrong as f64 / all as f64;
    println!("word error rate on the demo delivery: {rate:.3} of {all} words");
    // The figure itself is kept in docs/benchmarks.md; this bound finds a broken build, not a worse model.
    assert!(rate < 0.5, "{rate}");
}

#[test]
fn the_sides_of_a_two_channel_call_are_told_apart_and_translated() {
    let truth = truth();
    let two = truth["calls"].as_array().unwrap().iter().find(|c| c["audio"]["channels"] == 2).unwrap();
    let Some(heard) = hear(two["file"].as_str().unwrap(), &HearOptions::default()) else { return };
    for channel in [0, 1] {
        let speakers: Vec<&str> =
            heard.turns.iter().filter(|t| t.channel == channel).map(|t| t.speaker.as_str()).collect();
        assert!(speakers.len() > 2 && speakers.iter().all(|s| *s == speakers[0]), "{speakers:?}");
    }
    let translation = heard.translation.unwrap();
    assert!(translation.len() > 4);
    let latin = |t: &str| t.chars().filter(char::is_ascii_alphabetic).count() * 2 > t.chars().count();
    assert!(translation.iter().filter(|t| latin(&t.text)).count() * 10 > translation.len() * 9);
}

/// Time with the wrong speaker, missed, or false, over the time of speech, in steps of 10 ms; the scorer's definition.
fn diarization_error(truth: &[Value], turns: &[Turn], length: f64) -> (usize, usize) {
    let steps = (length * 100.0) as usize;
    let fill = |of: &mut dyn Iterator<Item = (f64, f64, String)>| {
        let mut out = vec![String::new(); steps];
        for (start, end, who) in of {
            out.iter_mut().take((end * 100.0) as usize).skip((start * 100.0) as usize).for_each(|o| *o = who.clone());
        }
        out
    };
    let said = |t: &Value| (t["start"].as_f64().unwrap(), t["end"].as_f64().unwrap(), t["speaker"].to_string());
    let truth = fill(&mut truth.iter().map(said));
    let heard = fill(&mut turns.iter().map(|t| (t.start, t.end, t.speaker.clone())));
    let mut shared: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (t, h) in truth.iter().zip(&heard).filter(|(t, h)| !t.is_empty() && !h.is_empty()) {
        *shared.entry((t, h)).or_default() += 1;
    }
    let mut pairs: Vec<_> = shared.iter().map(|(pair, n)| (*n, *pair)).collect();
    pairs.sort_unstable_by(|a, b| b.cmp(a));
    let (mut right, mut used): (usize, Vec<&str>) = (0, Vec::new());
    for (n, (t, h)) in pairs {
        if !used.contains(&t) && !used.contains(&h) {
            right += n;
            used.extend([t, h]);
        }
    }
    let either = truth.iter().zip(&heard).filter(|(t, h)| !t.is_empty() || !h.is_empty()).count();
    (either - right, truth.iter().filter(|t| !t.is_empty()).count())
}

#[test]
fn speakers_are_told_apart() {
    if listener().is_none() {
        return;
    }
    let diarizer = Diarizer::load(&kit::models(), 2).unwrap();
    let (mut wrong, mut all) = (0, 0);
    for call in truth()["calls"].as_array().unwrap() {
        let file = call["file"].as_str().unwrap();
        let sound = earwitness_audio::decode_file(&kit::demo().join("audio").join(file)).unwrap();
        let turns = diarizer.turns(&sound.channels, sound.sample_rate, &DiarizeOptions::default(), &|| false).unwrap();
        let (bad, of) = diarization_error(call["turns"].as_array().unwrap(), &turns, sound.duration() + 1.0);
        println!("{file}: {:.3}", bad as f64 / of as f64);
        (wrong, all) = (wrong + bad, all + of);
    }
    let rate = wrong as f64 / all as f64;
    println!("diarization error on the demo delivery: {rate:.3}");
    // The figure itself is kept in docs/benchmarks.md; this bound finds a broken build.
    assert!(rate < 0.15, "{rate}");
}

#[test]
fn one_voice_is_like_itself_and_unlike_another() {
    if listener().is_none() {
        return;
    }
    let voices = VoiceprintExtractor::load(&kit::models(), 2).unwrap();
    let sound = earwitness_audio::decode_file(&kit::demo().join("audio/0312_220847_k16.mp3")).unwrap();
    let measure = |channel: usize, from: f64, to: f64| {
        let samples = earwitness_audio::resample(&sound.channels[channel], sound.sample_rate, 16_000);
        voices.measure(&samples, &[Span::new(from, to)], &|| false).unwrap().unwrap()
    };
    let truth = truth();
    let call = truth["calls"].as_array().unwrap().iter().find(|c| c["file"] == "0312_220847_k16.mp3").unwrap();
    let long = |channel: i64| {
        let turns = call["turns"].as_array().unwrap().iter();
        let span = |t: &Value| (t["start"].as_f64().unwrap(), t["end"].as_f64().unwrap());
        turns.filter(|t| t["channel"] == channel).map(span).filter(|(s, e)| e - s > 4.0).collect::<Vec<_>>()
    };
    let (one, other) = (long(1), long(2));
    let a = measure(0, one[0].0, one[0].1);
    let again = measure(0, one[1].0, one[1].1);
    let b = measure(1, other[0].0, other[0].1);
    let cosine = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    assert_eq!(a.vector.len(), 192);
    assert!((cosine(&a.vector, &a.vector) - 1.0).abs() < 1e-4);
    let (same, different) = (cosine(&a.vector, &again.vector), cosine(&a.vector, &b.vector));
    assert!(same > different + 0.1, "{same} {different}");
    assert!(voices.measure(&[0.1; 1600], &[Span::new(0.0, 0.1)], &|| false).unwrap().is_none());
}

#[test]
fn somebody_who_asks_to_stop_is_heeded() {
    let Some(listener) = listener() else { return };
    let stopped = listener.hear(&[vec![0.1; 8000 * 20]], 8000, &quick(), &|| true);
    assert!(matches!(stopped, Err(earwitness_listen::ListenError::Cancelled)));
}

#[test]
fn odd_sounds_are_survived() {
    let Some(listener) = listener() else { return };
    let mut rng = kit::Rng::new(7);
    let loud: Vec<f32> = (0..16_000).map(|_| if rng.below(2) == 0 { 1.0 } else { -1.0 }).collect();
    for sound in [vec![], vec![0.0; 3], vec![f32::NAN; 4000], vec![f32::INFINITY; 4000], loud] {
        let heard = listener.hear(&[sound], 8000, &quick(), &|| false).unwrap();
        assert!(heard.turns.iter().all(|t| t.text.is_empty()), "{heard:?}");
    }
    assert!(listener.hear(&[], 8000, &quick(), &|| false).unwrap().turns.is_empty());
}
