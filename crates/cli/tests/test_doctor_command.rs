//! `earwitness doctor`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, earwitness};
use predicates::str::contains;
use std::{fs, os::unix::fs::PermissionsExt};

#[test]
fn missing_weights_are_missing_and_how_to_get_them_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = earwitness();
    command.env("EARWITNESS_MODELS", dir.path()).arg("doctor").current_dir(dir.path());
    let told = command.assert().code(1);
    told.stdout(contains("MISSING")).stdout(contains("earwitness models fetch base")).stdout(contains("GSM 06.10"));
}

#[test]
fn json_lists_checks_and_formats() {
    let lab = Lab::new();
    let told = lab.run(&["--json", "doctor"]).env("EARWITNESS_MODELS", lab.path("none")).assert().code(1);
    let told: serde_json::Value = serde_json::from_slice(&told.get_output().stdout).unwrap();
    assert_eq!(told["well"], false);
    let state = |name: &str| {
        let checks = told["checks"].as_array().unwrap();
        checks.iter().find(|c| c["name"] == name).unwrap_or_else(|| panic!("{name}"))["state"].clone()
    };
    assert_eq!(
        (state("archive"), state("permissions"), state("weights")),
        ("ok".into(), "ok".into(), "missing".into())
    );
    assert!(told["formats"].as_array().unwrap().iter().any(|f| f["codec"] == "Vorbis" && f["available"] == true));
}

#[test]
fn an_archive_that_others_can_enter_is_noted() {
    let lab = Lab::new();
    fs::set_permissions(&lab.root, fs::Permissions::from_mode(0o755)).unwrap();
    let told = lab.run(&["doctor"]).env("EARWITNESS_MODELS", lab.path("none")).assert();
    told.stdout(contains("chmod -R go="));
}
