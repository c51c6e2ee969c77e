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

#[test]
fn the_chain_is_checked_without_earwitness() {
    let python = earwitness_testkit::python(&["hashlib"]).unwrap_or_else(|| "python3".into());
    if std::process::Command::new(&python).arg("--version").output().is_err() {
        println!("SKIPPED: no Python");
        return;
    }
    let lab = Lab::new();
    let (ledger, head) = (lab.text(&["ledger", "--json"]), lab.open().ledger_head().unwrap().to_string());
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_ledger.py");
    let check = |text: &str, head: &str| {
        std::fs::write(lab.path("ledger.jsonl"), text).unwrap();
        let told = std::process::Command::new(&python).arg(&script).arg(lab.path("ledger.jsonl")).arg(head).output();
        let told = told.unwrap();
        (told.status.success(), String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned())
    };
    let (whole, told) = check(&ledger, &head);
    assert!(whole && told.contains("the chain is whole") && told.contains(&head), "{told}");
    let edited = ledger.replacen("from the table", "from a fable", 1);
    assert_ne!(edited, ledger);
    assert!(matches!(check(&edited, &head), (false, told) if told.contains("the payload was edited")));
    let without: String = ledger.lines().enumerate().filter(|(n, _)| *n != 2).map(|(_, l)| format!("{l}\n")).collect();
    assert!(matches!(check(&without, &head), (false, told) if told.contains("line 3: entry 3 is due")));
    assert!(!check(&ledger, &head.replace(['0', '1'], "2")).0, "another head does not stand on it");
}
