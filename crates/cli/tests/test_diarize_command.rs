//! `earwitness diarize` with real weights.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::earwitness;
use earwitness_testkit::{demo, models, models_ready};
use predicates::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn who_speaks_when_is_told_without_words() {
    if !models_ready() {
        return;
    }
    let file = demo().join("audio/0310_130241_k40.wav");
    let out = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = earwitness();
        command.arg("diarize").arg(&file).args(args).env("EARWITNESS_MODELS", models());
        command
    };
    let json = run(&["--json"]).assert().success().get_output().stdout.clone();
    let call: Value = serde_json::from_slice(&json).unwrap();
    let turns = call["turns"].as_array().unwrap();
    let speakers: BTreeSet<&str> = turns.iter().map(|t| t["speaker"].as_str().unwrap()).collect();
    assert_eq!(speakers, BTreeSet::from(["A", "B"]), "{call}");
    assert!(turns.iter().all(|t| t["text"] == ""));
    run(&[]).assert().success().stdout(predicate::str::starts_with("SPEAKER "));
    let one = run(&["--speakers", "1"]).assert().success().get_output().stdout.clone();
    assert!(!String::from_utf8(one).unwrap().contains(" B "), "one speaker was asked for");
    run(&["--out", out.path().to_str().unwrap()]).assert().success().stdout("");
    assert!(out.path().join("0310_130241_k40.wav.rttm").is_file());
}

#[test]
fn wrong_use_and_wrong_files_are_told() {
    earwitness().arg("diarize").assert().code(2);
    earwitness().args(["diarize", "x.wav", "--speakers", "0"]).assert().code(2);
    if models_ready() {
        earwitness()
            .args(["diarize", "/no/such/file.wav"])
            .env("EARWITNESS_MODELS", models())
            .assert()
            .code(1)
            .stderr(predicate::str::contains("/no/such/file.wav"));
    }
}
