//! `earwitness verify`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, digest};
use predicates::{prelude::*, str::contains};
use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};

#[test]
fn a_whole_archive_is_whole() {
    let lab = Lab::new();
    lab.run(&["verify"]).assert().success().stdout(contains("nothing was altered: 2 originals hashed"));
    let report = lab.json(&["verify"]);
    assert_eq!((&report["whole"], &report["originals"]), (&true.into(), &2.into()));
    let head = lab.open().ledger_head().unwrap().to_string();
    lab.run(&["verify", "--head", &head]).assert().success();
}

#[test]
fn one_flipped_bit_is_found_and_named() {
    let lab = Lab::new();
    let path = lab.original(2);
    let mut bytes = fs::read(&path).unwrap();
    bytes[4000] ^= 1;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, bytes).unwrap();
    let told = lab.run(&["verify"]).assert().code(1);
    told.stdout(contains("BROKEN, first at original").and(contains(digest(2).hex())));
    let told = lab.run(&["--json", "verify"]).assert().code(1);
    let report: serde_json::Value = serde_json::from_slice(&told.get_output().stdout).unwrap();
    assert_eq!(report["findings"][0]["subject"], digest(2).hex());
}

#[test]
fn a_narrow_terminal_gets_findings_that_can_be_read() {
    let lab = Lab::new();
    for n in [1, 2] {
        fs::set_permissions(lab.original(n), fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(lab.original(n), "other").unwrap();
    }
    let told = lab.run(&["verify"]).env("COLUMNS", "80").assert().code(1);
    let text = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    assert!(text.contains("BROKEN, first at original") && text.contains("Broken\n"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let told = lab.run(&["verify"]).assert().code(1);
    let text = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    assert_eq!(text.lines().filter(|l| l.contains("was changed")).count(), 2, "one line each in a pipe: {text}");
}

#[test]
fn a_missing_original_and_a_foreign_head_are_found() {
    let lab = Lab::new();
    let head = Lab::new().open().ledger_head().unwrap().to_string();
    lab.run(&["verify", "--head", &head]).assert().code(1).stdout(contains("ledger entry"));
    lab.run(&["verify", "--head", "nonsense"]).assert().code(2);
    fs::remove_file(lab.original(1)).unwrap();
    lab.run(&["verify"]).assert().code(1).stdout(contains(digest(1).hex()));
}

#[test]
fn a_second_program_on_the_same_archive_works() {
    let lab = Lab::new();
    let held = lab.open();
    held.write(|_| {
        lab.run(&["verify"]).assert().success();
        lab.run(&["show", &common::id(1)]).assert().success();
        Ok(())
    })
    .unwrap();
    drop(held);
    let start = || {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("earwitness"));
        command.arg("--archive").arg(&lab.root).arg("verify").stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut both = [start(), start()];
    assert!(both.iter_mut().all(|p| p.wait().unwrap().success()));
}

#[test]
fn a_folder_that_is_no_archive_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = common::earwitness();
    command.current_dir(dir.path());
    command.arg("verify").assert().code(2).stderr(contains("no archive was named"));
    command.arg("--archive=.").assert().code(1).stderr(contains("is not an earwitness archive"));
}
