//! `earwitness voices`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, call, id, machine};
use earwitness_model::{Digest, SpeakerRef, Voiceprint};
use predicates::{prelude::*, str::contains};
use serde_json::Value;

/// A voiceprint; the cosine of two is that of the angle between them.
fn print(n: usize, label: &str, degrees: f32, net_speech: f64) -> Voiceprint {
    Voiceprint {
        speaker: SpeakerRef::new(call(n).id, label),
        vector: vec![degrees.to_radians().cos(), degrees.to_radians().sin()],
        net_speech,
        quality: 0.9,
        model: "campplus".into(),
        weights: Digest::of(b"network"),
    }
}

/// Four calls, a day apart: A sounds alike in the first three, B in the first two; in the fourth a stranger speaks.
fn lab() -> Lab {
    let lab = Lab::empty();
    let voices = [
        vec![print(1, "A", 0.0, 30.0), print(1, "B", 90.0, 30.0)],
        vec![print(2, "A", 2.0, 25.0), print(2, "B", 91.0, 22.0)],
        vec![print(3, "A", 4.0, 40.0)],
        vec![print(4, "A", 180.0, 40.0)],
    ];
    for (n, voices) in (1..).zip(&voices) {
        lab.add_call(n);
        let of = lab.hear(n).id;
        let kept =
            lab.open().write(|tx| tx.keep_voiceprints(&call(n).id, &of, machine(), voices, &[("C".into(), 1.5)]));
        assert!(kept.unwrap());
    }
    lab
}

fn who(n: usize, label: &str) -> String {
    format!("{}:{label}", id(n))
}

/// The members of each group, sorted.
fn groups(lab: &Lab) -> Vec<(String, Vec<String>)> {
    let rows = lab.json(&["voices"]);
    let grouped = rows.as_array().unwrap().iter().filter(|row| !row["standing"].is_null());
    let members = |row: &Value| row["members"].as_array().unwrap().iter().map(|m| m.as_str().unwrap().into()).collect();
    grouped.map(|row| (row["voice"].as_str().unwrap().into(), members(row))).collect()
}

fn sorted(all: &[String]) -> Vec<String> {
    let mut all = all.to_vec();
    all.sort();
    all
}

#[test]
fn voices_are_listed_with_calls_phones_and_seconds() {
    let lab = lab();
    let text = lab.text(&["voices"]);
    assert!(text.contains(&who(1, "A")) && text.contains("alone") && text.contains("+380440000001"), "{text}");
    assert!(text.contains("0 groups, 6 speakers alone"), "{text}");
    let rows = lab.json(&["voices", "list"]);
    assert_eq!(rows.as_array().unwrap().len(), 6);
    assert_eq!((&rows[0]["net_speech"], &rows[0]["calls"]), (&Value::from(30.0), &Value::from(1)));
    assert!(Lab::empty().text(&["voices"]).contains("No voices yet"));
}

#[test]
fn groups_form_above_the_threshold_and_keep_their_names() {
    let lab = lab();
    let told = lab.text(&["voices", "group"]);
    assert!(told.contains("new V1, suggested") && told.contains("new V2, suggested"), "{told}");
    let a = sorted(&[who(1, "A"), who(2, "A"), who(3, "A")]);
    let b = sorted(&[who(1, "B"), who(2, "B")]);
    assert_eq!(groups(&lab), [("V1".into(), a), ("V2".into(), b)]);
    let before = lab.open().ledger_head().unwrap();
    assert!(lab.text(&["voices", "group"]).contains("No group changed."));
    assert_eq!(lab.open().ledger_head().unwrap(), before, "the second time nothing is written");
    let shown = lab.json(&["voices", "show", "v1"]);
    assert_eq!((&shown["standing"], &shown["method"]["linkage"]), (&"suggested".into(), &"average".into()));
    assert!(shown["history"][0]["author"]["name"] == "voice-groups", "{shown}");
    let text = lab.text(&["voices", "show", "V1"]);
    assert!(
        text.contains("sounds like the others") && text.contains("revision 1: kept by model:voice-groups"),
        "{text}"
    );
    lab.run(&["verify"]).assert().success();
    let refused = lab.run(&["voices", "group", "--above", "nan"]).assert();
    refused.code(2).stderr(contains("are numbers"));
}

#[test]
fn suggestions_give_evidence_and_no_identity() {
    let lab = lab();
    let text = lab.text(&["voices", "suggest"]);
    assert!(text.contains("evidence for the same voice"), "{text}");
    assert!(text.contains("for: both calls are between +380440000001 and +380440000002"), "{text}");
    assert!(!text.contains("is the same person"), "{text}");
    let all = lab.json(&["voices", "suggest"]);
    let first = &all[0];
    assert!(first["score"]["log10_lr"].as_f64().unwrap() > 1.0, "{first}");
    assert_eq!((&first["score"]["towards"], &first["facts"][0]["supports"]), (&"same".into(), &true.into()));
    assert_eq!(lab.json(&["voices", "suggest", "--limit", "1"]).as_array().unwrap().len(), 1);
    // What stands in one group is not suggested again.
    lab.text(&["voices", "group"]);
    assert!(lab.text(&["voices", "suggest"]).contains("Nothing to suggest"));
}

#[test]
fn what_was_rejected_stays_rejected_until_it_is_opened_again() {
    let lab = lab();
    let (a, b) = (who(1, "A"), who(2, "A"));
    lab.run(&["voices", "decide", &a, &b, "different", "--note", "an accent"]).assert().success();
    let pair = |lab: &Lab| {
        let all = lab.json(&["voices", "suggest"]);
        let is = |s: &Value| sorted(&[s["listen_to"][0].to_string(), s["listen_to"][1].to_string()]);
        all.as_array().unwrap().iter().any(|s| is(s) == sorted(&[format!("{a:?}"), format!("{b:?}")]))
    };
    assert!(!pair(&lab));
    lab.text(&["voices", "group"]);
    assert!(groups(&lab).iter().all(|(_, members)| !(members.contains(&a) && members.contains(&b))));
    let refused = lab.run(&["voices", "decide", &b, &a, "same"]).assert();
    refused.code(1).stderr(contains("person:Anna").and(contains("reopen")));
    assert!(lab.text(&["voices", "show", &a]).contains("two voices, by person:Anna: an accent"));
    lab.run(&["voices", "decide", &a, &b, "reopen"]).assert().success();
    lab.run(&["voices", "decide", &a, &b, "same"]).assert().success();
    assert!(groups(&lab).iter().any(|(_, members)| members.contains(&a) && members.contains(&b)));
    let never = lab.run(&["voices", "decide", &a, &who(4, "A"), "reopen"]).assert();
    never.code(1).stderr(contains("nobody decided"));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn a_group_is_taken_apart_and_put_together_by_a_persons_word() {
    let lab = lab();
    lab.text(&["voices", "group"]);
    let told = lab.text(&["voices", "split", "V1", &who(2, "A")]);
    assert!(told.contains("changed V1") && told.contains(&format!("left: {}", who(2, "A"))), "{told}");
    assert_eq!(groups(&lab)[0].1, sorted(&[who(1, "A"), who(3, "A")]));
    assert!(lab.text(&["voices", "group"]).contains("No group changed."), "the machine does not bring it back");
    // Other than the machine, a person may join what does not sound alike.
    let told = lab.text(&["voices", "join", "V2", &who(4, "A"), "--note", "he says so himself"]);
    assert!(told.contains("changed V2, confirmed"), "{told}");
    assert_eq!(groups(&lab)[1].1, sorted(&[who(1, "B"), who(2, "B"), who(4, "A")]));
    let shown = lab.json(&["voices", "show", "V2"]);
    assert_eq!((&shown["standing"], shown["method"].is_null()), (&"confirmed".into(), true));
    assert_eq!(shown["history"].as_array().unwrap().len(), 2);
    let refused = lab.run(&["voices", "join", "V1", &who(2, "A")]).assert();
    refused.code(1).stderr(contains("held to be two voices"));
    // The first holds the three together: the other two cannot be two voices while it is one with both.
    let members = sorted(&[who(1, "B"), who(2, "B"), who(4, "A")]);
    let refused = lab.run(&["voices", "decide", &members[1], &members[2], "different"]).assert();
    refused.code(1).stderr(contains("contradict"));
    let refused = lab.run(&["voices", "split", "V2", &who(3, "A")]).assert();
    refused.code(1).stderr(contains("is not in V2"));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn one_group_is_confirmed_by_joining_it_alone() {
    let lab = lab();
    lab.text(&["voices", "group"]);
    assert!(lab.text(&["voices", "join", "V1"]).contains("changed V1, confirmed"));
    assert!(lab.text(&["voices", "join", "V1"]).contains("No group changed."));
    lab.run(&["voices", "join", &who(4, "A")]).assert().code(1).stderr(contains("give two"));
}

#[test]
fn voices_that_cannot_be_meant_are_refused_with_advice() {
    let lab = lab();
    for (args, code, said) in [
        (vec!["show", "V9"], 1, "there is no voice \"V9\""),
        (vec!["show", &who(1, "C")], 1, "has no voiceprint"),
        (vec!["decide", &who(1, "A"), &who(1, "A"), "same"], 1, "is one speaker"),
        (vec!["decide", &who(1, "A"), "nobody:A", "same"], 1, "no call"),
        (vec!["split", "V7", &who(1, "A")], 1, "there is no voice"),
        (vec!["decide", &who(1, "A"), &who(2, "A"), "perhaps"], 2, "perhaps"),
    ] {
        let args = [&["voices"], args.as_slice()].concat();
        lab.run(&args).assert().code(code).stderr(contains(said));
    }
    lab.text(&["voices", "group"]);
    let group = lab.run(&["voices", "decide", "V1", &who(4, "A"), "same"]).assert();
    group.code(2).stderr(contains("is a group").and(contains("voices join")));
}

#[test]
fn who_sounds_like_a_turn_is_found_without_weights() {
    let lab = lab();
    lab.text(&["voices", "group"]);
    let nowhere = lab.path("nowhere");
    let clip = format!("{}#0", id(1));
    let find = |args: &[&str]| {
        let mut command = lab.run(&[&["voices", "find", "--clip"], args].concat());
        command.env("EARWITNESS_MODELS", &nowhere);
        command
    };
    let found = find(&[&clip, "--json"]).assert().success();
    let found: Value = serde_json::from_slice(&found.get_output().stdout).unwrap();
    let names: Vec<&str> = found["found"].as_array().unwrap().iter().map(|f| f["speaker"].as_str().unwrap()).collect();
    assert_eq!(names[..2], [who(2, "A"), who(3, "A")]);
    assert_eq!((names.len(), &found["compared"], &found["found"][0]["voice"]), (5, &6.into(), &"V1".into()));
    let text = common::stdout(&mut find(&[&clip, "--limit", "1"]));
    assert!(text.contains("evidence for the same voice") && !text.contains(&who(3, "A")), "{text}");
    find(&[&format!("{}#99", id(1))]).assert().code(1).stderr(contains("there is no turn 99"));
    std::fs::write(lab.path("clip.wav"), common::sound(7)).unwrap();
    find(&["clip.wav"]).assert().code(1).stderr(contains("models fetch"));
    find(&["nothing.wav"]).assert().code(1).stderr(contains("cannot be heard"));
}

#[test]
fn forgetting_removes_for_good_and_asks_first() {
    let lab = lab();
    lab.text(&["voices", "group"]);
    lab.text(&["voices", "decide", &who(1, "A"), &who(2, "A"), "same"]);
    let unasked = lab.run(&["voices", "forget", "V2"]).write_stdin("y\n").assert();
    unasked.code(2).stderr(contains("--yes"));
    assert_eq!(groups(&lab).len(), 2);
    let told = lab.text(&["voices", "forget", "V2", &who(1, "A"), "--yes"]);
    assert!(told.contains("3 voiceprints"), "{told}");
    // A person's word needs no voiceprint: 1 stays with 2, which still sounds like 3. V2 was the machine's alone.
    assert_eq!(groups(&lab), [("V1".into(), sorted(&[who(1, "A"), who(2, "A"), who(3, "A")]))]);
    let archive = lab.open();
    assert_eq!(archive.voiceprints().unwrap().len(), 3);
    assert_eq!(archive.forgotten_voices().unwrap().len(), 3);
    let clip = format!("{}#0", id(1));
    lab.run(&["voices", "find", "--clip", &clip]).assert().code(1).stderr(contains("removed for good"));
    let entries = lab.text(&["ledger"]);
    assert!(entries.contains("voices.forgotten"), "{entries}");
    lab.run(&["verify"]).assert().success();
}
