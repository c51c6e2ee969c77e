//! `earwitness init`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, earwitness, mode};
use predicates::str::contains;
use std::fs;

#[test]
fn makes_an_archive_that_only_its_owner_enters() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("a/b");
    earwitness().arg("init").arg(&root).assert().success().stdout(contains("An archive was made"));
    assert_eq!(mode(&root), 0o700);
    for folder in ["originals", "derived", "index"] {
        assert_eq!(mode(&root.join(folder)), 0o700, "{folder}");
    }
    for file in ["earwitness.toml", "catalog.sqlite", "ledger.head"] {
        assert_eq!(mode(&root.join(file)), 0o600, "{file}");
    }
}

#[test]
fn sealed_files_cannot_be_written() {
    let lab = Lab::new();
    assert_eq!(mode(&lab.original(1)), 0o400);
    assert_eq!(mode(lab.original(1).parent().unwrap()), 0o700);
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("letter.txt"), "dear").unwrap();
    let failed = earwitness().arg("init").arg(dir.path()).assert().code(1);
    failed.stderr(contains("already holds something")).stderr(contains("next:"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    Lab::empty().run(&["init"]).assert().code(1);
}

#[test]
fn without_a_folder_it_is_wrong_use() {
    earwitness().arg("init").assert().code(2).stderr(contains("no folder was named"));
}

#[test]
fn tells_json_what_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let text = common::stdout(earwitness().args(["--json", "init"]).arg(dir.path().join("x")));
    let made: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(made["archive"].as_str().unwrap().len(), 16);
}
