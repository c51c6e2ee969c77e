//! `earwitness ledger`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, earwitness};
use predicates::str::contains;
use std::fs;

#[test]
fn json_lines_are_checked_without_the_archive() {
    let lab = Lab::new();
    let lines = lab.text(&["--json", "ledger"]);
    assert!(lines.lines().count() > 6 && lines.lines().all(|l| l.starts_with("{\"act\":")), "{lines}");
    let file = lab.path("ledger.jsonl");
    fs::write(&file, &lines).unwrap();
    earwitness().args(["ledger", "--check"]).arg(&file).assert().success().stdout(contains("the chain is whole"));
    lab.run(&["ledger", "--check", "ledger.jsonl"]).assert().success().stdout(contains("the ledger of this archive"));
    Lab::new().run(&["ledger", "--check"]).arg(&file).assert().code(1).stdout(contains("not the ledger of this"));
    earwitness().args(["ledger", "--check", "-"]).write_stdin(lines).assert().success();
}

#[test]
fn an_edited_a_deleted_and_a_reordered_entry_are_named() {
    let lab = Lab::new();
    let lines = lab.text(&["--json", "ledger"]);
    let all: Vec<&str> = lines.lines().collect();
    let edited = lines.replacen("Anna", "Anne", 1);
    let deleted = [&all[..2], &all[3..]].concat().join("\n") + "\n";
    let mut swapped = all.clone();
    swapped.swap(2, 3);
    for (text, line) in [(edited, "line 1"), (deleted, "line 3"), (swapped.join("\n") + "\n", "line 3")] {
        let told = earwitness().args(["ledger", "--check", "-"]).write_stdin(text.clone()).assert().code(1);
        told.stderr(contains(line));
        let told = earwitness().args(["--json", "ledger", "--check", "-"]).write_stdin(text).assert().code(1);
        told.stdout(contains("\"whole\": false"));
    }
}

#[test]
fn people_get_a_table_and_the_head() {
    let lab = Lab::new();
    let page = lab.text(&["ledger"]);
    assert!(page.contains("archive.made") && page.contains("revision.kept") && page.contains("Anna"), "{page}");
    let head = lab.open().ledger_head().unwrap();
    assert!(page.trim_end().ends_with(&format!("head: {head}")), "{page}");
    assert_eq!(lab.text(&["ledger", "--last", "2"]).lines().count(), 3);
    assert_eq!(lab.text(&["--json", "ledger", "--last", "2"]).lines().count(), 2);
}
