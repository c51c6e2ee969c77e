//! `earwitness notes`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::{prelude::*, str::contains};
use serde_json::json;
use std::fs;

#[test]
fn notes_are_written_changed_and_taken_back() {
    let lab = Lab::new();
    let told = lab.text(&["notes", "add", &format!("{}#2", id(1)), "Which bridge?", "--words", "мост"]);
    assert!(told.starts_with(&format!("added: n1 on {}#2, Anna, 20", id(1))), "{told}");
    assert!(told.ends_with("  Which bridge?\n  A: Мост\n"), "{told}");
    lab.text(&["notes", "add", &id(2), "Nobody has listened yet"]);
    let all = lab.json(&["notes"]);
    assert_eq!((&all[0]["id"], &all[0]["passage"]), (&json!("n2"), &json!(null)));
    assert_eq!((&all[1]["text"], &all[1]["passage"]["words"]), (&json!("Which bridge?"), &json!("Мост")));
    assert_eq!(lab.json(&["notes", "list", "--call", &id(1)]).as_array().unwrap().len(), 1);
    assert_eq!(lab.json(&["notes", "--find", "BRIDGE"])[0]["id"], "n1");
    assert!(lab.text(&["notes", "--find", "zebra"]).ends_with("0 notes\n"));

    lab.text(&["notes", "change", "n1", "The one at Ozerne"]);
    assert!(lab.text(&["notes", "remove", "n1"]).starts_with("taken back: n1"));
    assert_eq!(lab.json(&["notes"]).as_array().unwrap().len(), 1);
    lab.run(&["notes", "change", "n1", "x"]).assert().code(1).stderr(contains("there is no note “n1”"));
    assert!(lab.text(&["notes", "undo", "n1"]).contains("The one at Ozerne"));
    let history = lab.json(&["notes", "history", "n1"]);
    let texts: Vec<_> = history.as_array().unwrap().iter().map(|r| r["text"].as_str()).collect();
    assert_eq!(texts, [Some("Which bridge?"), Some("The one at Ozerne"), None, Some("The one at Ozerne")]);
    assert!(lab.text(&["notes", "history", "n1"]).contains("(taken back)"));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn a_note_needs_a_place_and_words() {
    let lab = Lab::new();
    lab.run(&["notes", "add", &id(1), "  "]).assert().code(1).stderr(contains("a note needs words"));
    lab.run(&["notes", "add", "zebra", "x"]).assert().code(1).stderr(contains("zebra"));
    lab.run(&["notes", "add", &format!("{}#", id(1)), "x"]).assert().code(2).stderr(contains("k07#12"));
    lab.run(&["notes", "add", &id(1), "x", "--words", "мост"]).assert().code(2);
    lab.run(&["notes", "add", &format!("{}#7", id(1)), "x"]).assert().code(1).stderr(contains("has 3 turns"));
    lab.run(&["notes", "undo", "n5"]).assert().code(1).stderr(contains("n5"));
    assert_eq!(lab.json(&["notes"]), json!([]));
}

#[test]
fn notes_leave_with_nothing() {
    let lab = Lab::new();
    let secret = "Olena-from-the-third-house";
    lab.text(&["notes", "add", &format!("{}#2", id(1)), secret]);
    lab.text(&["themes", "add", "Bridges", "--about", secret]);
    lab.text(&["themes", "put", "Bridges", &format!("{}#2", id(1)), "--note", secret]);
    lab.text(&["basket", "add", &format!("{}#2", id(1)), "--note", secret]);
    for (format, more) in [("json", None), ("txt", None), ("csv", None), ("json", Some("--unprotected"))] {
        let out = lab.path(&format!("out-{format}-{}", more.is_some()));
        let mut run = lab.run(&["export", "transcripts", "--format", format, "--out", out.to_str().unwrap()]);
        run.args(more).assert().success();
        let files: Vec<_> = fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty());
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            assert!(!text.contains(secret) && !text.contains("Bridges"), "{}", file.display());
        }
    }
    lab.run(&["ledger", "--json"]).assert().success().stdout(contains("note/n1").and(contains(secret).not()));
}
