//! `earwitness models`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::earwitness;
use predicates::{prelude::*, str::contains};
use std::fs;

#[test]
fn what_is_missing_is_listed_with_its_command() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = earwitness();
    command.env("EARWITNESS_MODELS", dir.path()).arg("models");
    command.arg("list").assert().success().stdout(contains("missing")).stderr(contains("models fetch base"));
    let mut verify = earwitness();
    verify.env("EARWITNESS_MODELS", dir.path()).args(["models", "verify"]).assert().code(1);
    let json = common::stdout(command.arg("--json"));
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["models"][0]["state"], "missing");
}

#[test]
fn changed_weights_are_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("silero-vad")).unwrap();
    fs::write(dir.path().join("silero-vad/silero_vad.onnx"), "not it").unwrap();
    let mut command = earwitness();
    command
        .env("EARWITNESS_MODELS", dir.path())
        .args(["models", "verify"])
        .assert()
        .code(1)
        .stdout(contains("changed"));
}

#[test]
fn fetching_from_a_folder_uses_no_network_and_refuses_wrong_bytes() {
    let (models, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(from.path().join("silero_vad.onnx"), "not it").unwrap();
    let mut command = earwitness();
    command.env("EARWITNESS_MODELS", models.path()).args(["models", "fetch", "silero-vad", "--from"]);
    let told = command.arg(from.path()).assert().code(1);
    told.stderr(contains("SHA-256").and(contains("next:")));
}

#[test]
fn a_folder_that_is_no_model_is_not_added() {
    let (models, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(dir.path().join("model.bin"), "x").unwrap();
    let mut command = earwitness();
    command.env("EARWITNESS_MODELS", models.path()).args(["models", "add", "--name", "large"]).arg(dir.path());
    command.assert().code(1).stderr(contains("is not a CTranslate2 Whisper model"));
    assert_eq!(fs::read_dir(models.path()).unwrap().count(), 0);
}
