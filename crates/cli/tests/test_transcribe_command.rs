//! `earwitness transcribe` with real weights.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::earwitness;
use earwitness_testkit::{demo, models, models_ready};
use predicates::prelude::*;
use serde_json::Value;

#[test]
fn files_are_heard_without_an_archive() {
    if !models_ready() {
        return;
    }
    let file = demo().join("audio/0310_130241_k40.wav");
    let run = |args: &[&str]| {
        let mut command = earwitness();
        command.arg("transcribe").arg(&file).args(args).env("EARWITNESS_MODELS", models());
        command
    };
    let json = run(&["--json", "--translate"]).assert().success().get_output().stdout.clone();
    let call: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(call["files"][0]["name"], "0310_130241_k40.wav");
    assert!((call["duration"].as_f64().unwrap() - 21.26).abs() < 0.1);
    assert!(call["turns"].as_array().unwrap().iter().any(|t| t["translation"].is_string()), "{call}");
    run(&["--format", "srt", "--language", "ru"]).assert().success().stdout(predicate::str::contains(" --> "));
    run(&["--format", "rttm"]).assert().success().stdout(predicate::str::starts_with("SPEAKER "));
    // One that cannot be heard is named, and the other goes on.
    run(&["/no/such/file.wav", "--format", "vtt"])
        .assert()
        .code(1)
        .stdout(predicate::str::starts_with("WEBVTT"))
        .stderr(predicate::str::contains("/no/such/file.wav"));
}

#[test]
fn wrong_use_is_told() {
    earwitness().arg("transcribe").assert().code(2);
    earwitness().args(["transcribe", "x.wav", "--format", "mp3"]).assert().code(2);
    earwitness().args(["transcribe", "x.wav", "--language", "xx"]).assert().code(2);
}
