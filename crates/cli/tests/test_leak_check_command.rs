//! `earwitness leak-check`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use earwitness_audio::{Disguise, bleep, decode_file, encode_wav, resample};
use earwitness_listen::voiceprint::VoiceprintExtractor;
use earwitness_model::{Call, RevisionBody, Span, SpeakerRef, Transcript, Turn, Voiceprint};
use predicates::{prelude::*, str::contains};
use std::fs;

#[test]
fn leaks_are_named_with_file_and_place() {
    let lab = Lab::new();
    lab.text(&["protect", "add", "name", "Зимин"]);
    let dir = lab.path("out");
    fs::create_dir(&dir).unwrap();
    let check = || lab.run(&["leak-check", "out"]);
    fs::write(dir.join("index.html"), "<p>Clean.</p>\n").unwrap();
    check().assert().success().stdout(contains("0 leaks"));
    let planted = format!("<p>x</p>\n<p>Zi<b>min</b></p>\n<i id={}>\n<a href=0311_0001.mp3>\n+38(044)0000001\n", id(1));
    fs::write(dir.join("index.html"), planted).unwrap();
    let told = check().assert().code(1);
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    for part in [
        "index.html: line 2, between tags: protected name",
        "a name from the archive",
        "delivered file",
        "telephone number",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    lab.run(&["leak-check", "nowhere"]).assert().code(1).stderr(contains("cannot be read"));
}

/// A call of the demonstration as an archive holds it, with nobody's words yet.
fn kept(lab: &Lab, file: &str, duration: f64) -> Call {
    let archive = lab.open();
    let bytes = fs::read(earwitness_testkit::demo().join("audio").join(file)).unwrap();
    let (recording, call) = common::sealed(&archive, &format!("audio/{file}"), &bytes, duration);
    archive
        .write(|tx| {
            tx.add_recording(&recording)?;
            tx.add_call(&call).map(drop)
        })
        .unwrap();
    call
}

/// Seconds of a call of the demonstration as a file that could be published, with a stretch of it silenced.
fn clip(file: &str, from: f64, to: f64, silent: Option<(f64, f64)>) -> (Vec<f32>, u32) {
    let sound = decode_file(&earwitness_testkit::demo().join("audio").join(file)).unwrap();
    let mut samples = sound.mono();
    if let Some((from, to)) = silent {
        bleep::cover(&mut samples, sound.sample_rate, from, to, bleep::Cover::Tone);
    }
    (bleep::clip(&samples, sound.sample_rate, from, to), sound.sample_rate)
}

fn put(lab: &Lab, name: &str, (samples, rate): (Vec<f32>, u32)) {
    fs::create_dir_all(lab.path("out")).unwrap();
    fs::write(lab.path("out").join(name), encode_wav(&[samples], rate).unwrap()).unwrap();
}

#[test]
fn a_bleep_that_is_missing_is_heard() {
    if !earwitness_testkit::models_ready() {
        return;
    }
    let lab = Lab::empty();
    lab.text(&["protect", "add", "name", "Руслан"]);
    let (file, turn) = ("0310_205022_k14.wav", turn_of("k14", 12));
    put(&lab, "a.wav", clip(file, turn.0, turn.1, None));
    let check = |more: &[&str]| lab.run(&[["leak-check", "out"].as_slice(), more].concat()).assert();
    let told = check(&[]).code(1);
    told.stdout(contains("a.wav: heard").and(contains("a protected word is heard: Руслан")));
    // What was heard is kept in the archive and not beside the page.
    assert_eq!(fs::read_dir(lab.path("out")).unwrap().count(), 1);
    assert!(fs::read_dir(lab.root.join("derived/heard")).unwrap().count() >= 2);
    check(&["--no-listen"]).success().stderr(contains("NOBODY LISTENED"));
    // The name is the first word of the turn.
    put(&lab, "a.wav", clip(file, turn.0, turn.1, Some((turn.0 - 0.1, turn.0 + 0.75))));
    check(&[]).success();
    // What calls itself sound and cannot be heard was not checked.
    fs::write(lab.path("out/b.mp3"), "no sound").unwrap();
    check(&[]).code(1).stdout(contains("b.mp3: in the sound: nobody heard it"));
}

#[test]
fn who_listened_says_that_a_near_word_is_another() {
    if !earwitness_testkit::models_ready() {
        return;
    }
    let lab = Lab::empty();
    // It says Руслан, which sounds like this and is not it.
    lab.text(&["protect", "add", "name", "Рузлан"]);
    let (file, turn) = ("0310_205022_k14.wav", turn_of("k14", 12));
    put(&lab, "a.wav", clip(file, turn.0, turn.1, None));
    let check = |more: &[&str]| lab.run(&[["leak-check", "out"].as_slice(), more].concat()).assert();
    let told = check(&[]).code(1);
    told.stdout(
        contains("LISTEN  a.wav: heard at").and(contains("it may say Рузлан")).and(contains("0 leaks, 1 place")),
    );
    let json = lab.run(&["leak-check", "out", "--json"]).assert().code(1);
    let json: serde_json::Value = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert_eq!((&json[0]["level"], &json[0]["file"]), (&"listen".into(), &"a.wav".into()));
    check(&["--listened", "b.wav"]).code(1).stderr(contains("nothing in b.wav waits"));
    check(&["--listened", "a.wav", "--why", "it is Руслан"]).success().stdout(contains("0 leaks"));
    check(&[]).success();
    // Another clip under the same name was not listened to; and what is heard exactly cannot be signed.
    put(&lab, "a.wav", clip(file, turn.0, turn.1 + 0.2, None));
    check(&[]).code(1).stdout(contains("LISTEN"));
    lab.text(&["protect", "add", "name", "Руслан"]);
    check(&["--listened", "a.wav"]).code(1).stderr(contains("cannot be signed"));
    check(&[]).code(1).stdout(contains("a protected word is heard: Руслан"));
    lab.run(&["verify"]).assert().success();
}

/// The times of a turn in the truth of the demonstration.
fn turn_of(call: &str, turn: usize) -> (f64, f64) {
    let truth = fs::read_to_string(earwitness_testkit::demo().join("../truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    let call = truth["calls"].as_array().unwrap().iter().find(|c| c["id"] == call).unwrap();
    let at = |key: &str| call["turns"][turn][key].as_f64().unwrap();
    (at("start"), at("end"))
}

#[test]
fn a_voice_that_is_protected_is_known_and_in_disguise_it_is_not() {
    if !earwitness_testkit::models_ready() {
        return;
    }
    let (lab, file) = (Lab::empty(), "0310_205022_k14.wav");
    let call = kept(&lab, file, 60.0);
    let truth = fs::read_to_string(earwitness_testkit::demo().join("../truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    let told = truth["calls"].as_array().unwrap().iter().find(|c| c["id"] == "k14").unwrap();
    let turns: Vec<Turn> = told["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| {
            let at = |key: &str| t[key].as_f64().unwrap();
            let speaker = t["side"].as_str().unwrap().to_string();
            Turn { speaker, ..common::turn(at("start"), at("end"), 0, "да", 1.0) }
        })
        .collect();
    let his: Vec<Span> = turns.iter().filter(|t| t.speaker == "A").map(Turn::span).collect();
    let longest = *his.iter().max_by(|a, b| a.length().total_cmp(&b.length())).unwrap();
    // His voice, measured as `process` measures it.
    let extractor = VoiceprintExtractor::load(&earwitness_testkit::models(), 1).unwrap();
    let sound = decode_file(&earwitness_testkit::demo().join("audio").join(file)).unwrap();
    let samples = resample(&sound.mono(), sound.sample_rate, 16_000);
    let voice = extractor.measure(&samples, &his, &|| false).unwrap().unwrap();
    let print = Voiceprint {
        speaker: SpeakerRef::new(call.id.clone(), "A"),
        vector: voice.vector,
        net_speech: voice.net_speech,
        quality: voice.quality,
        model: VoiceprintExtractor::MODEL.into(),
        weights: extractor.weights(),
    };
    let archive = lab.open();
    archive
        .write(|tx| {
            let body = RevisionBody::Transcript(Transcript { language: Some("ru".into()), turns: turns.clone() });
            let revision = tx.add_revision(&call.id, common::machine(), None, body)?;
            tx.keep_voiceprints(&call.id, &revision.id, common::machine(), &[print], &[]).map(drop)
        })
        .unwrap();
    lab.text(&["protect", "voice", &format!("{}:A", call.id)]);
    let as_it_is = clip(file, longest.start, longest.end, None);
    put(&lab, "a.wav", as_it_is.clone());
    let told = lab.run(&["leak-check", "out"]).assert().code(1);
    told.stdout(contains("a.wav: heard from").and(contains(format!("the protected voice of {}:A", call.id))));
    let disguise = Disguise::drawn([12, 40, 90, 200, 33, 7, 150, 61]);
    put(&lab, "a.wav", (disguise.over(&as_it_is.0, as_it_is.1), as_it_is.1));
    lab.run(&["leak-check", "out"]).assert().success();
}
