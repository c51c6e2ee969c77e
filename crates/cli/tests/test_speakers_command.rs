//! `earwitness speakers`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id, transcript};
use earwitness_testkit::{Delivery, demo, models, models_ready};
use predicates::{prelude::*, str::contains};
use serde_json::Value;

fn labels(lab: &Lab) -> Vec<String> {
    let shown = lab.json(&["show", &id(1)]);
    let turns = shown["transcript"]["turns"].as_array().unwrap().clone();
    turns.iter().map(|t| t["speaker"].as_str().unwrap().to_owned()).collect()
}

fn speaker(lab: &Lab, label: &str) -> Value {
    let all = lab.json(&["speakers", &id(1)])["speakers"].as_array().unwrap().clone();
    all.into_iter().find(|s| s["speaker"] == label).unwrap_or_else(|| panic!("{label} is missing"))
}

#[test]
fn who_speaks_is_listed_with_all_that_is_known() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--standing", "confirmed"]);
    let page = lab.text(&["speakers", &id(1)]);
    for part in ["A /1", "Артём, confirmed", "5.0 s", "not measured", "2 speakers", "B /2"] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    assert!(page.contains("listened to: the caller +380440000001"), "{page}");
    let shown = lab.json(&["speakers", &id(1)]);
    assert_eq!(shown["listened_to"], serde_json::json!({"side": "caller", "number": "+380440000001"}));
    assert_eq!((&shown["speakers"][0]["turns"], &shown["speakers"][1]["seconds"]), (&2.into(), &1.75.into()));
    lab.run(&["speakers", &id(2)]).assert().code(1).stderr(contains("earwitness process"));
    lab.run(&["speakers"]).assert().code(2);
}

#[test]
fn a_merge_is_a_revision_that_keeps_words_and_translation() {
    let lab = Lab::new();
    let told = lab.text(&["speakers", "merge", &id(1), "B", "A"]);
    assert!(told.contains("kept as transcript revision") && told.contains("1 turn has another speaker"), "{told}");
    assert_eq!(labels(&lab), ["A", "A", "A"]);
    let shown = lab.json(&["show", &id(1)]);
    let shown = &shown["transcript"];
    assert_eq!((&shown["revision"]["author"], &shown["revision"]["number"]), (&"person:Anna".into(), &2.into()));
    let archive = lab.open();
    let call = archive.find_call(&id(1)).unwrap();
    let kept = archive.current_transcript(&call.id).unwrap().unwrap();
    for (new, old) in kept.transcript().unwrap().turns.iter().zip(transcript().turns) {
        assert_eq!((&new.words, &new.doubt, new.start, new.channel), (&old.words, &old.doubt, old.start, old.channel));
    }
    // The words are the same, so their translation is not stale; and it stays a machine's draft.
    assert_eq!((&shown["translation_stale"], &shown["translation_revision"]["drafts"]), (&false.into(), &3.into()));
    assert_eq!(shown["turns"][1]["translation"], "I hear you, son.");
    assert_eq!(lab.json(&["search", "speaker:A сынок"])["turns"], 1);
    assert!(lab.text(&["ledger", "--last", "2"]).contains("Anna"));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn turns_go_to_another_speaker_also_a_new_one() {
    let lab = Lab::new();
    let place = |n: &str| format!("{}#{n}", id(1));
    lab.text(&["speakers", "assign", &place("0"), &place("2"), "C"]);
    assert_eq!(labels(&lab), ["C", "B", "C"]);
    lab.text(&["speakers", "assign", &place("1-2"), "A"]);
    assert_eq!(labels(&lab), ["C", "A", "A"]);
    lab.text(&["speakers", "assign", &place("0"), "?"]);
    let page = lab.text(&["speakers", &id(1)]);
    assert!(page.contains("? /1 (nobody known)") && page.contains("1 speaker by person:Anna"), "{page}");
    for (args, code, words) in [
        (vec![place("3"), "B".into()], 1, "no turn 3"),
        (vec![place("x"), "B".into()], 2, "names no turns"),
        (vec![place("2-1"), "B".into()], 2, "names no turns"),
        (vec![place("0"), "a:b".into()], 1, "cannot be a label"),
        (vec![place("1"), "A".into()], 1, "nothing would change"),
        (vec![place("0"), format!("{}#0", id(2)), "B".into()], 2, "of another call"),
    ] {
        let args: Vec<&str> = ["speakers", "assign"].into_iter().chain(args.iter().map(String::as_str)).collect();
        lab.run(&args).assert().code(code).stderr(contains(words).and(contains("next:")));
    }
}

#[test]
fn links_and_sides_follow_a_new_label_and_not_a_merge() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--standing", "confirmed"]);
    lab.text(&["speakers", "side", &id(1), "A", "caller"]);
    lab.text(&["speakers", "rename", &id(1), "A", "Son"]);
    let son = speaker(&lab, "Son");
    assert_eq!((&son["person"]["name"], &son["side"]), (&"Артём".into(), &"caller".into()));
    lab.run(&["speakers", "rename", &id(1), "Son", "B"]).assert().code(1).stderr(contains("speakers merge"));
    lab.run(&["speakers", "merge", &id(1), "Z", "B"]).assert().code(1).stderr(contains("there are B, Son"));
    let merged = lab.run(&["speakers", "merge", &id(1), "Son", "B"]).assert().success();
    merged.stderr(contains("l1 links Артём to"));
    assert_eq!(speaker(&lab, "B")["person"], Value::Null);
    lab.text(&["speakers", "undo", &id(1)]);
    assert_eq!(
        (labels(&lab), speaker(&lab, "Son")["person"]["name"].as_str()),
        (vec!["Son".into(), "B".into(), "Son".into()], Some("Артём"))
    );
    lab.text(&["speakers", "undo", &id(1)]);
    assert_eq!(labels(&lab), ["B", "B", "B"]);
    lab.run(&["verify"]).assert().success();
}

#[test]
fn only_what_changed_labels_alone_is_undone() {
    let lab = Lab::new();
    lab.run(&["speakers", "undo", &id(1)]).assert().code(1).stderr(contains("not one in which a person changed"));
    let text = lab.text(&["correct", &id(1), "--print"]).replace("Слышу", "Вижу");
    std::fs::write(lab.path("t.txt"), text).unwrap();
    lab.text(&["correct", &id(1), "--file", "t.txt"]);
    lab.run(&["speakers", "undo", &id(1)]).assert().code(1).stderr(contains("earwitness correct"));
}

#[test]
fn sides_are_kept_apart_from_speakers() {
    let lab = Lab::new();
    // Two tracks: one tells the other.
    lab.text(&["speakers", "side", &id(1), "ch1", "called"]);
    let (a, b) = (speaker(&lab, "A"), speaker(&lab, "B"));
    assert_eq!((&a["side"], &a["number"]), (&"called".into(), &"+380440000002".into()));
    assert_eq!((&b["side"], &b["number"]), (&"caller".into(), &"+380440000001".into()));
    // A word on a speaker counts before a word on a track.
    lab.text(&["speakers", "side", &id(1), "B", "called"]);
    assert_eq!(speaker(&lab, "B")["side"], "called");
    let phones = lab.json(&["phones", "show", "000002"]);
    assert_eq!(phones["voices"].as_array().unwrap().iter().filter(|v| v["side"] == "here").count(), 2, "{phones}");
    lab.text(&["speakers", "undo", &id(1), "--sides"]);
    assert_eq!(speaker(&lab, "B")["side"], "caller");
    lab.text(&["speakers", "side", &id(1), "ch1", "unknown"]);
    assert_eq!(speaker(&lab, "B")["side"], Value::Null);
    lab.run(&["speakers", "side", &id(1), "ch1", "unknown"]).assert().code(1).stderr(contains("nothing would change"));
    lab.run(&["speakers", "side", &id(1), "ch3", "caller"]).assert().code(1).stderr(contains("no track 3"));
    lab.run(&["speakers", "side", &id(1), "Z", "caller"]).assert().code(1).stderr(contains("there are A, B"));
    lab.run(&["speakers", "side", &id(1), "A", "left"]).assert().code(2);
    lab.run(&["verify"]).assert().success();
}

#[test]
fn a_voice_that_was_forgotten_stays_forgotten_under_a_new_label() {
    let lab = Lab::new();
    let speaker_a = format!("{}:A", id(1));
    lab.text(&["people", "add", "Артём"]);
    lab.text(&["people", "link", "p1", &speaker_a, "--standing", "confirmed"]);
    lab.text(&["people", "forget", "p1", "--yes"]);
    lab.text(&["speakers", "rename", &id(1), "A", "C"]);
    assert_eq!(speaker(&lab, "C")["voiceprint"]["state"], "forgotten");
}

#[test]
fn what_a_person_said_of_speakers_stands_after_another_hearing() {
    let lab = Lab::new();
    lab.text(&["speakers", "merge", &id(1), "B", "A"]);
    // As `process` does when it is asked to hear a call again.
    lab.hear(1);
    assert_eq!(labels(&lab), ["A", "A", "A"]);
    let revisions = lab.json(&["show", &id(1)])["revisions"].as_array().unwrap().clone();
    let current: Vec<&Value> = revisions.iter().filter(|r| r["current"] == true && r["kind"] == "transcript").collect();
    assert_eq!((current.len(), &current[0]["author"]), (1, &"person:Anna".into()));
}

/// With real weights: a call is heard, a person says who speaks, and it is heard again with other settings.
#[test]
fn a_persons_word_outlasts_processing_again() {
    if !models_ready() {
        return;
    }
    let lab = Lab::empty();
    let sound = std::fs::read(demo().join("audio/0310_130241_k40.wav")).unwrap();
    let delivery = Delivery::new().file("k40.wav", sound);
    lab.run(&["import", &delivery.path().display().to_string()]).assert().success();
    let process = |args: &[&str]| {
        let args = [&["process", "--no-translate"], args].concat();
        lab.run(&args).env("EARWITNESS_MODELS", models()).assert().success();
    };
    let labels = || -> Vec<String> {
        let turns = lab.json(&["show", "k40"])["transcript"]["turns"].as_array().unwrap().clone();
        turns.iter().map(|t| t["speaker"].as_str().unwrap().to_owned()).collect()
    };
    let states = || -> Vec<Value> {
        let all = lab.json(&["speakers", "k40"])["speakers"].as_array().unwrap().clone();
        all.iter().map(|s| s["voiceprint"]["state"].clone()).collect()
    };
    process(&[]);
    let mut said = labels();
    assert!(!said.is_empty() && states().iter().all(|state| state == "yes" || state == "too_little"));
    said[0] = "Third".into();
    lab.text(&["speakers", "assign", "k40#0", "Third"]);
    assert_eq!(labels(), said);
    assert!(states().iter().any(|state| state == "outdated"), "voices are to be measured again");
    process(&["k40", "--speakers", "1"]);
    assert_eq!(labels(), said);
    let shown = lab.json(&["show", "k40"]);
    assert_eq!(shown["transcript"]["revision"]["author"], "person:Anna");
    let heard = shown["revisions"].as_array().unwrap().iter().filter(|r| r["kind"] == "transcript").count();
    assert_eq!(heard, 3, "the machine's two hearings stay beside it");
    assert!(states().iter().all(|state| state == "yes" || state == "too_little"), "{:?}", states());
}
