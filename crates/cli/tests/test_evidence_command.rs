//! `earwitness evidence`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id, mode, sound};
use predicates::{prelude::*, str::contains};
use std::{fs, os::unix::fs::PermissionsExt};

const ROSTER: &str = "STRENGTH ROSTER as of March 10\n11. Pvt. D. on leave\n";

/// Seals a roster as D2.
fn sealed() -> Lab {
    let lab = Lab::new();
    fs::write(lab.path("roster.txt"), ROSTER).unwrap();
    let added = lab.text(&[
        "evidence",
        "add",
        "roster.txt",
        "--kind",
        "unit_roster",
        "--title",
        "Page of a roster",
        "--source",
        "photographed by M. in an abandoned car",
        "--key",
        "D2",
    ]);
    assert!(added.contains("sealed: e1 D2 Page of a roster (unit_roster)"), "{added}");
    lab
}

#[test]
fn a_file_is_sealed_listed_shown_and_given_out() {
    let lab = sealed();
    let listed = lab.json(&["evidence"]);
    let hex = listed[0]["sha256"].as_str().unwrap();
    let original = lab.root.join("originals").join(&hex[..2]).join(&hex[2..]);
    assert_eq!((fs::read_to_string(&original).unwrap().as_str(), mode(&original)), (ROSTER, 0o400));
    assert_eq!((&listed[0]["name"], &listed[0]["size"]), (&"roster.txt".into(), &ROSTER.len().into()));
    assert!(lab.path("roster.txt").is_file(), "the file itself is left as it is");
    let table = lab.text(&["evidence", "list"]);
    assert!(table.contains("Page of a roster") && table.contains("1 piece of evidence"), "{table}");
    let page = lab.text(&["evidence", "show", &hex[..12]]);
    for part in ["photographed by M.", hex, "revision 1 by person:Anna", "11. Pvt. D. on leave", "roster.txt"] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    lab.text(&["evidence", "get", "D2", "--out", "copy.txt"]);
    assert_eq!(fs::read_to_string(lab.path("copy.txt")).unwrap(), ROSTER);
    lab.run(&["evidence", "get", "D2", "--out", "copy.txt"]).assert().code(1).stderr(contains("there already"));
    lab.run(&["evidence", "get", "D3", "--out", "other.txt"]).assert().code(1).stderr(contains("no evidence “D3”"));
    let ledger = lab.text(&["ledger"]);
    assert!(ledger.contains("document.sealed") && ledger.contains("evidence/e1"), "{ledger}");
    lab.run(&["verify"]).assert().success().stdout(contains("unclaimed").not());
}

#[test]
fn the_same_bytes_are_kept_once() {
    let lab = sealed();
    fs::write(lab.path("again.txt"), ROSTER).unwrap();
    let again =
        ["evidence", "add", "again.txt", "--kind", "roster", "--title", "Another", "--source", "M.", "--key", "D9"];
    lab.run(&again).assert().success().stdout(contains("sealed already: e1 D2")).stderr(contains("kept once"));
    assert_eq!(lab.json(&again)["was_new"], false);
    assert_eq!(lab.json(&["evidence"]).as_array().unwrap().len(), 1);
    // Other bytes under a key that is taken are refused before they are sealed.
    fs::write(lab.path("other.txt"), "other").unwrap();
    let other = ["evidence", "add", "other.txt", "--kind", "k", "--title", "t", "--source", "s", "--key", "D2"];
    lab.run(&other).assert().code(1).stderr(contains("“D2” is the key of e1 already").and(contains("nothing was")));
    lab.run(&["verify"]).assert().success().stdout(contains("To be looked at").not());
}

#[test]
fn a_broken_or_missing_document_is_named() {
    let lab = sealed();
    let hex = lab.json(&["evidence"])[0]["sha256"].as_str().unwrap().to_string();
    let original = lab.root.join("originals").join(&hex[..2]).join(&hex[2..]);
    fs::set_permissions(&original, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&original, ROSTER.replace("leave", "duty")).unwrap();
    fs::set_permissions(&original, fs::Permissions::from_mode(0o400)).unwrap();
    lab.run(&["verify"]).assert().code(1).stdout(contains("the evidence e1 (D2)) was changed"));
    lab.run(&["evidence", "get", "D2", "--out", "copy.txt"]).assert().code(1).stderr(contains("has been altered"));
    assert!(!lab.path("copy.txt").exists(), "a copy of altered bytes was given out");
    fs::remove_file(&original).unwrap();
    lab.run(&["verify"]).assert().code(1).stdout(contains("the evidence e1 (D2)) is missing"));
    lab.run(&["evidence", "get", "D2", "--out", "copy.txt"]).assert().code(1).stderr(contains("next:"));
}

#[test]
fn what_cannot_be_sealed_is_refused() {
    let lab = Lab::new();
    fs::write(lab.path("empty.txt"), "").unwrap();
    fs::create_dir(lab.path("folder")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(lab.path("pipe")).status();
    assert!(made.unwrap().success());
    // As large as any disk: a file of holes.
    let huge = fs::File::create(lab.path("huge.bin")).unwrap();
    let holes = huge.set_len(8 << 40).is_ok();
    for (file, words) in [
        ("empty.txt", "is empty"),
        ("nowhere.txt", "nowhere.txt cannot be read"),
        ("folder", "is a folder"),
        ("pipe", "is no file"),
        ("/dev/zero", "is no file"),
        ("huge.bin", "are free where the archive lies"),
    ] {
        if file == "huge.bin" && !holes {
            println!("skipped: no file of 8 TiB can be made here");
            continue;
        }
        let args = ["evidence", "add", file, "--kind", "k", "--title", "t", "--source", "s"];
        lab.run(&args).assert().code(1).stderr(contains(words).and(contains("next:")));
    }
    let secret = lab.path("secret.txt");
    fs::write(&secret, "x").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&secret).is_err() {
        let args = ["evidence", "add", "secret.txt", "--kind", "k", "--title", "t", "--source", "s"];
        lab.run(&args).assert().code(1).stderr(contains("cannot be read"));
    }
    fs::write(lab.path("paper.txt"), "x").unwrap();
    let with = |more: &[&str]| {
        let args = ["evidence", "add", "paper.txt", "--title", "t"];
        lab.run(&[&args[..], more].concat()).assert()
    };
    with(&["--kind", "k", "--source", " "]).code(1).stderr(contains("source: it is empty"));
    with(&["--kind", "two words", "--source", "s"]).code(1).stderr(contains("kind: “two words” is no kind"));
    with(&["--kind", "k", "--source", "s", "--key", "e7"]).code(1).stderr(contains("archive numbers these"));
    with(&["--kind", "k", "--source", "s", "--url", "https://example.org"]).code(2);
    let web = ["--kind", "k", "--source", "s", "--url", "example.org", "--captured-at", "2022-04-11T10:30:00+03:00"];
    with(&web).code(1).stderr(contains("url: "));
    with(&["--kind", "k", "--source", "s", "--url", "https://example.org", "--captured-at", "Monday"]).code(2);
    assert_eq!(lab.json(&["evidence"]).as_array().unwrap().len(), 0);
    lab.run(&["verify"]).assert().success().stdout(contains("To be looked at").not());
}

#[test]
fn notes_and_web_captures_are_sealed_too() {
    let lab = Lab::new();
    let note = lab.json(&["evidence", "note", "His brother says\nthat he is alive.", "--source", "call by K."]);
    assert_eq!((&note["title"], &note["kind"]), (&"His brother says that he is alive.".into(), &"note".into()));
    lab.text(&["evidence", "get", "e1", "--out", "note.txt"]);
    assert_eq!(fs::read_to_string(lab.path("note.txt")).unwrap(), "His brother says\nthat he is alive.");
    lab.run(&["evidence", "note", " ", "--source", "s"]).assert().code(2).stderr(contains("nothing to seal"));
    fs::write(lab.path("page.png"), [0x89, b'P', b'N', b'G', 0, 1, 2]).unwrap();
    lab.text(&[
        "evidence",
        "add",
        "page.png",
        "--kind",
        "web_capture",
        "--title",
        "A post",
        "--source",
        "captured by hand",
        "--url",
        "https://example.org/post",
        "--captured-at",
        "2022-04-11T10:30:00+03:00",
    ]);
    let page = lab.text(&["evidence", "show", "e2"]);
    assert!(page.contains("https://example.org/post, captured 2022-04-11T10:30:00+03:00"), "{page}");
    assert!(!page.contains("Begins"), "a picture is no text:\n{page}");
}

#[test]
fn what_is_said_of_evidence_can_be_changed_and_taken_back() {
    let lab = sealed();
    lab.text(&["evidence", "change", "D2", "--title", "Page 4 of a roster", "--key", "D2a"]);
    assert!(lab.text(&["evidence"]).contains("Page 4 of a roster"));
    lab.run(&["evidence", "change", "D2a"]).assert().code(2).stderr(contains("nothing was said"));
    lab.run(&["evidence", "show", "D2"]).assert().code(1);
    lab.text(&["claims", "add", &format!("{}#0", id(1)), "--kind", "contact", "--what", "He calls"]);
    lab.text(&["claims", "bear", "m1", "D2a", "--says", "corroborates", "--why", "line 11"]);
    assert!(lab.text(&["evidence", "show", "D2a"]).contains("corroborates m1: He calls (line 11)"));
    assert_eq!(lab.json(&["claims"])[0]["standing"], "corroborated");
    lab.text(&["evidence", "remove", "D2a"]);
    assert_eq!(lab.json(&["claims"])[0]["standing"], "word_alone");
    assert_eq!(lab.json(&["evidence"]).as_array().unwrap().len(), 0);
    // The bytes stay sealed, and are no stray.
    lab.run(&["verify"]).assert().success().stdout(contains("To be looked at").not());
}

#[test]
fn a_recording_can_be_evidence_as_well() {
    let lab = Lab::new();
    fs::write(lab.path("call.wav"), sound(1)).unwrap();
    lab.text(&["evidence", "add", "call.wav", "--kind", "recording", "--title", "The same call", "--source", "K."]);
    lab.run(&["verify"]).assert().success();
}
