//! `earwitness claims`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id, stdout, turn};
use earwitness_archive::Archive;
use earwitness_model::{Author, CallId, Digest, RevisionBody, Transcript};
use predicates::{prelude::*, str::contains};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

/// An archive with a note D1 and a claim c1 in the third turn of the first call.
fn claimed() -> Lab {
    let lab = Lab::new();
    lab.text(&["evidence", "note", "The bridge stood on March 1.", "--source", "a picture", "--key", "D1"]);
    let added = lab.text(&[
        "claims",
        "add",
        &format!("{}#2", id(1)),
        "--kind",
        "infrastructure",
        "--what",
        "The bridge is whole",
        "--who",
        "the engineers",
        "--where",
        "the river",
        "--when",
        "2022-03-01",
        "--key",
        "c1",
        "--words",
        "мост цел",
    ]);
    assert!(added.contains("added: m1 c1 The bridge is whole (infrastructure)"), "{added}");
    assert!(added.contains("#2 A: Мост цел, переправа работает."), "the words of the turn are shown:\n{added}");
    lab
}

#[test]
fn a_claim_is_added_listed_and_shown() {
    let lab = claimed();
    let shown = lab.json(&["claims", "show", "c1"]);
    assert_eq!((&shown["standing"], &shown["basis"]), (&"word_alone".into(), &"firsthand".into()));
    assert_eq!(shown["said"]["seconds"], json!({"start": 4.5, "end": 6.25}));
    assert_eq!(shown["rests"]["state"], "current");
    let page = lab.text(&["claims", "show", "m1"]);
    for part in [
        "the engineers",
        "the river",
        "2022-03-01",
        "first hand",
        "#2, 0:04.500 - 0:06.250",
        "transcript 1, r",
        "#2 A: Мост цел",
        "Standing: word alone",
        "There is no evidence of this beyond what is said",
        "person:Anna  added",
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    lab.text(&[
        "claims",
        "add",
        &format!("{}#0-1", id(1)),
        "--kind",
        "contact",
        "--what",
        "He calls",
        "--basis",
        "hearsay",
    ]);
    let total = |filter: &[&str]| lab.json(&[&["claims", "list"], filter].concat()).as_array().unwrap().len();
    assert_eq!((total(&[]), total(&["--kind", "contact"]), total(&["--standing", "denied"])), (2, 1, 0));
    assert_eq!((total(&["--call", &id(1)]), total(&["--call", &id(2)])), (2, 0));
    let table = lab.text(&["claims"]);
    assert!(table.contains(&format!("{}#0-1", id(1))) && table.contains("2 claims"), "{table}");
    lab.run(&["verify"]).assert().success();
}

#[test]
fn what_cannot_be_a_claim_is_refused() {
    let lab = claimed();
    let call = id(1);
    let add = |at: &str, more: &[&str]| {
        lab.run(&[&["claims", "add", at, "--kind", "k", "--what", "w"], more].concat()).assert()
    };
    for (at, more, words) in [
        (format!("{call}#9"), &[][..], "has the turns 0 to 2"),
        (format!("{call}#1-9"), &[], "last: "),
        ("nowhere#0".into(), &[], "there is no call “nowhere”"),
        (format!("{}#0", id(2)), &[], "has no transcript yet"),
        (format!("{call}#0"), &["--when", "in spring"], "when: “in spring” is no day"),
        (format!("{call}#0"), &["--when", "2022-03-09/2022-03-07"], "ends before it begins"),
        (format!("{call}#0"), &["--words", "никогда"], "words: these words are not said there"),
        (format!("{call}#0"), &["--seconds", "7-8"], "seconds: the turns are spoken from 0.50 to 2.00"),
        (format!("{call}#0"), &["--key", "c1"], "“c1” is the key of m1 already"),
        (format!("{call}#0"), &["--key", "m9"], "archive numbers"),
    ] {
        add(&at, more).code(1).stderr(contains(words).and(contains("next:")));
    }
    for (at, more) in [("c1", &[][..]), ("c1#x", &[]), ("c1#-1", &[]), ("c1#0", &["--seconds", "9-8"])] {
        add(at, more).code(2);
    }
    assert_eq!(lab.json(&["claims"]).as_array().unwrap().len(), 1);
}

#[test]
fn how_a_claim_stands_follows_from_what_bears_on_it() {
    let lab = claimed();
    lab.text(&["evidence", "note", "It was blown up on March 2.", "--source", "a report", "--key", "D2"]);
    let bear =
        |piece: &str, says: &str| lab.text(&["claims", "bear", "c1", piece, "--says", says, "--why", "it says so"]);
    assert!(bear("D1", "corroborates").contains("D1 corroborates c1, which now stands: corroborated"));
    assert!(bear("D2", "denies").contains("disputed"));
    assert!(bear("D1", "contradicts").contains("contradicted"), "a decision takes the place of the one before");
    let page = lab.text(&["claims", "show", "c1"]);
    for part in
        ["contradicts D1 The bridge stood", "denies D2 It was blown up", ": it says so", "decided by person:Anna, "]
    {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    assert!(lab.text(&["claims", "unbear", "c1", "D1"]).contains("now stands: denied"));
    lab.run(&["claims", "unbear", "c1", "D1"]).assert().code(1).stderr(contains("nobody has decided that D1"));
    lab.run(&["claims", "bear", "c1", "D2", "--says", "denies", "--why", " "]).assert().code(2);
    lab.run(&["claims", "bear", "c1", "D7", "--says", "denies", "--why", "x"]).assert().code(1).stderr(contains("D7"));
    lab.run(&["claims", "bear", "c7", "D2", "--says", "denies", "--why", "x"]).assert().code(1).stderr(contains("c7"));
    let shown = lab.json(&["claims", "show", "c1"]);
    let done: Vec<&str> = shown["history"].as_array().unwrap().iter().map(|h| h["what"].as_str().unwrap()).collect();
    let expected = ["added", "e1 corroborates it", "e2 denies it", "e1 contradicts it", "e1 no longer bears on it"];
    assert_eq!(done, expected);
    assert_eq!(shown["for_readers"]["en"], "Somebody concerned denies this.");
    lab.run(&["verify"]).assert().success();
}

#[test]
fn a_claim_is_changed_and_taken_back() {
    let lab = claimed();
    lab.text(&[
        "claims",
        "change",
        "c1",
        "--what",
        "The bridge stands",
        "--who",
        "",
        "--basis",
        "hearsay",
        "--words",
        "",
    ]);
    let shown = lab.json(&["claims", "show", "c1"]);
    assert_eq!(
        (&shown["what"], &shown["who"], &shown["basis"]),
        (&"The bridge stands".into(), &Value::Null, &"hearsay".into())
    );
    assert_eq!(shown["history"][1]["what"], "changed: basis, what, who, words");
    assert!(lab.text(&["claims", "show", "c1"]).contains("This is told at second hand. There is no evidence"));
    lab.run(&["claims", "change", "c1"]).assert().code(2).stderr(contains("nothing was said"));
    lab.run(&["claims", "change", "c1", "--at", &format!("{}#7", id(1))]).assert().code(1);
    lab.text(&["claims", "remove", "c1"]);
    assert_eq!(lab.json(&["claims"]), json!([]));
    lab.run(&["claims", "show", "c1"]).assert().code(1).stderr(contains("there is no claim “c1”"));
    // And put back, step by step.
    assert!(lab.text(&["claims", "undo", "c1"]).contains("put back: m1 c1 The bridge stands"));
    assert!(lab.text(&["claims", "undo", "c1", "--to", "1"]).contains("put back: m1 c1 The bridge is whole"));
    let shown = lab.json(&["claims", "show", "c1"]);
    assert_eq!((&shown["who"], &shown["history"][3]["what"]), (&"the engineers".into(), &"put back".into()));
    assert!(lab.text(&["claims", "undo", "m1", "--to", "0"]).contains("m1 was taken back"));
    lab.text(&["claims", "undo", "m1"]);
    lab.run(&["claims", "undo", "m7"]).assert().code(1).stderr(contains("there is no claim “m7”"));
    // Decisions, too.
    lab.text(&["claims", "bear", "c1", "D1", "--says", "denies", "--why", "it says so"]);
    lab.text(&["claims", "bear", "c1", "D1", "--says", "corroborates", "--why", "read again"]);
    assert!(lab.text(&["claims", "undo", "c1", "D1"]).contains("D1 denies c1, which now stands: denied"));
    lab.text(&["claims", "unbear", "c1", "D1"]);
    assert!(lab.text(&["claims", "undo", "c1", "D1"]).contains("now stands: denied"));
    lab.text(&["evidence", "remove", "D1"]);
    assert_eq!(lab.json(&["claims"])[0]["standing"], "word_alone");
    assert!(lab.text(&["evidence", "undo", "D1"]).contains("put back: e1 D1"));
    assert_eq!(lab.json(&["claims"])[0]["standing"], "denied");
    lab.run(&["verify"]).assert().success();
}

#[test]
fn that_somebody_else_is_held_to_speak_is_shown() {
    let lab = claimed();
    let at = format!("{}:A", id(1));
    for name in ["Сергей", "Олег"] {
        lab.text(&["people", "add", name]);
    }
    let shaken = || lab.json(&["claims", "show", "c1"])["other_speaker"].clone();
    // Nobody was known before: that somebody is now changes nothing.
    lab.text(&["people", "link", "p1", &at, "--standing", "confirmed"]);
    assert_eq!(shaken(), Value::Null);
    lab.text(&["claims", "change", "c1", "--who", "he himself"]);
    lab.text(&["people", "decide", "l1", "reject"]);
    lab.text(&["people", "link", "p2", &at, "--standing", "confirmed"]);
    assert_eq!(shaken(), json!({"turn": 2, "was": "A (Сергей)", "is": "A (Олег)"}));
    let page = lab.text(&["claims", "show", "c1"]);
    assert!(page.contains("held to be said by A (Сергей) and now by A (Олег)"), "{page}");
    let told = lab.run(&["claims"]).assert().success();
    told.stdout(contains("(another speaker)")).stderr(contains("somebody else is held to say"));
    // Looked at again.
    lab.text(&["claims", "change", "c1", "--who", "Олег"]);
    assert_eq!(shaken(), Value::Null);
    // A corrected label, too.
    lab.text(&["people", "decide", "l2", "reject"]);
    lab.text(&["claims", "change", "c1", "--who", "one of them"]);
    let text = lab.text(&["correct", &id(1), "--print"]).replace("A (ch1): Мост", "C (ch1): Мост");
    fs::write(lab.path("t.txt"), text).unwrap();
    lab.run(&["correct", &id(1), "--file", "t.txt"]).assert().success();
    assert_eq!(shaken(), json!({"turn": 2, "was": "A", "is": "C"}));
}

#[test]
fn a_later_correction_is_shown() {
    let lab = claimed();
    let correct = |from: &str, to: &str| {
        let text = lab.text(&["correct", &id(1), "--print"]).replace(from, to);
        fs::write(lab.path("t.txt"), text).unwrap();
        lab.run(&["correct", &id(1), "--file", "t.txt"]).assert().success();
    };
    correct("Слышу тебя", "Не слышу тебя");
    assert!(lab.text(&["claims", "show", "c1"]).contains("has the same words"));
    correct("Мост цел", "Мост не цел");
    let page = lab.text(&["claims", "show", "c1"]);
    for part in
        ["rests on an older revision", "“Мост цел, переправа", "“Мост не цел, переправа", "transcript 3 by person:Anna"]
    {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    lab.run(&["claims"]).assert().success().stdout(contains("(older words)")).stderr(contains("1 claim rests"));
    // Looked at again, it rests on what stands.
    lab.run(&["claims", "change", "c1", "--at", &format!("{}#2", id(1))]).assert().code(1).stderr(contains("words: "));
    lab.text(&["claims", "change", "c1", "--at", &format!("{}#2", id(1)), "--words", "", "--what", "It is not whole"]);
    assert_eq!(lab.json(&["claims", "show", "c1"])["rests"]["state"], "current");
}

#[test]
fn claims_go_out_and_come_in() {
    let lab = claimed();
    lab.text(&["claims", "bear", "c1", "D1", "--says", "corroborates", "--why", "it shows it"]);
    lab.run(&["claims", "export", "--out", "claims.json"]).assert().success().stderr(contains("not for readers"));
    lab.run(&["claims", "export", "--out", "claims.json"]).assert().code(1).stderr(contains("there already"));
    let ledger = lab.text(&["ledger", "--json"]);
    let noted: Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    let noted = (&noted["act"], &noted["subject"], &noted["payload"]["claims"]);
    assert_eq!(noted, (&"exported.unprotected".into(), &"claims".into(), &1.into()));
    let inside = lab.root.join("claims.json").display().to_string();
    lab.run(&["claims", "export", "--out", &inside]).assert().code(2).stderr(contains("inside the archive"));
    let text = fs::read_to_string(lab.path("claims.json")).unwrap();
    assert_eq!(lab.text(&["claims", "export", "--out", "-"]), text);
    let before = lab.json(&["status"]);
    assert!(
        lab.text(&["claims", "import", "claims.json"]).contains("0 claims added, 0 changed, 1 as before; 0 decisions")
    );
    assert_eq!(lab.json(&["status"]), before, "the same again changes nothing");
    let changed = text.replace("The bridge is whole", "The bridge stands").replace("corroborates", "denies");
    let told = stdout(lab.run(&["claims", "import", "-", "--json"]).write_stdin(changed));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told, json!({"added": 0, "changed": 1, "unchanged": 0, "decided": 1}));
    assert_eq!(lab.json(&["claims"])[0]["standing"], "denied");
    // Nothing is kept of a file with a fault in it.
    let bad = text.replace("2022-03-01", "in spring").replace("\"D1\"", "\"D4\"");
    fs::write(lab.path("bad.json"), &bad).unwrap();
    let told = lab.run(&["claims", "import", "bad.json"]).assert().code(1);
    told.stderr(
        contains("claims[0].when: “in spring”").and(contains("nothing was kept")).and(contains("docs/claims.md")),
    );
    fs::write(lab.path("bad.json"), bad.replace("in spring", "2022-03")).unwrap();
    let told = lab.run(&["claims", "import", "bad.json"]).assert().code(1);
    told.stderr(contains("claims[0].evidence[0].key: there is no evidence “D4”"));
    fs::write(lab.path("bad.json"), b"\xff\xfe{").unwrap();
    lab.run(&["claims", "import", "bad.json"]).assert().code(1).stderr(contains("not UTF-8"));
    lab.run(&["claims", "import", "nowhere.json"]).assert().code(1).stderr(contains("nowhere.json cannot be read"));
    assert_eq!(lab.json(&["claims"])[0]["what"], "The bridge stands");
    lab.run(&["verify"]).assert().success();
}

/// Keeps a call of the corpus with its true words. Gives its name here.
fn keep_call(archive: &Archive, call: &Value) -> CallId {
    let name = call["id"].as_str().unwrap();
    let duration = call["duration"].as_f64().unwrap();
    let (recording, kept) = common::sealed(archive, &format!("{name}.wav"), name.as_bytes(), duration);
    let id = kept.id.clone();
    let said =
        |t: &Value| turn(t["start"].as_f64().unwrap(), t["end"].as_f64().unwrap(), 0, t["text"].as_str().unwrap(), 1.0);
    let turns = call["turns"].as_array().unwrap().iter().map(said).collect();
    let body = RevisionBody::Transcript(Transcript { language: Some("ru".into()), turns });
    let keep = archive.write(|tx| {
        tx.add_recording(&recording)?;
        tx.add_call(&kept)?;
        tx.add_revision(&id, Author::person("Anna"), None, body)
    });
    keep.unwrap();
    id
}

/// The claims of the corpus in the form of `claims import`, and how each should stand.
fn file_of(truth: &Value) -> (Value, BTreeMap<String, String>) {
    let (mut claims, mut expected) = (Vec::new(), BTreeMap::new());
    for call in truth["calls"].as_array().unwrap() {
        for turn in call["turns"].as_array().unwrap() {
            for claim in turn["claims"].as_array().unwrap() {
                let papers = claim["documents"].as_object().unwrap();
                let evidence: Vec<Value> =
                    papers.iter().map(|(paper, says)| json!({"key": paper, "says": says})).collect();
                let key = claim["id"].as_str().unwrap().to_string();
                claims.push(json!({
                    "key": key, "call": format!("{}.wav", call["id"].as_str().unwrap()), "turn": turn["index"],
                    "kind": claim["kind"], "who": claim["who"], "what": claim["what"], "where": claim["where"],
                    "when": claim["when"], "basis": claim["basis"], "evidence": evidence,
                }));
                expected.insert(key, claim["status"].as_str().unwrap().to_string());
            }
        }
    }
    (json!({"form": "earwitness-claims-1", "claims": claims}), expected)
}

/// What people write on paper: a file for each document, and `claims import` for the rest.
#[test]
fn the_papers_and_claims_of_the_corpus_stand_as_the_truth_says() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("EARWITNESS_CORPUS").map_or(beside, Into::into);
    let Ok(text) = fs::read_to_string(corpus.join("truth/calls.json")) else {
        println!("skipped: no corpus");
        return;
    };
    let truth: Value = serde_json::from_str(&text).unwrap();
    let lab = Lab::empty();
    let archive = lab.open();
    for call in truth["calls"].as_array().unwrap() {
        keep_call(&archive, call);
    }
    drop(archive);
    let papers = truth["documents"].as_array().unwrap();
    for paper in papers {
        let word = |name: &str| paper[name].as_str().unwrap();
        let file = corpus.join("documents").join(word("file")).display().to_string();
        lab.text(&[
            "evidence",
            "add",
            &file,
            "--kind",
            word("kind"),
            "--title",
            word("title"),
            "--key",
            word("id"),
            "--source",
            "came with the delivery, on paper",
        ]);
    }
    let (file, expected) = file_of(&truth);
    fs::write(lab.path("claims.json"), file.to_string()).unwrap();
    let told = lab.json(&["claims", "import", "claims.json"]);
    assert_eq!((&told["added"], expected.len()), (&json!(109), 109), "{told}");
    let listed = lab.json(&["claims"]);
    for claim in listed.as_array().unwrap() {
        let wanted = match expected[claim["key"].as_str().unwrap()].as_str() {
            "uncorroborated" => "word_alone",
            status => status,
        };
        assert_eq!((&claim["standing"], &claim["rests"]["state"]), (&wanted.into(), &"current".into()), "{claim}");
    }
    let count = |standing: &str| lab.json(&["claims", "--standing", standing]).as_array().unwrap().len();
    assert_eq!((count("word-alone"), count("corroborated"), count("contradicted"), count("disputed")), (83, 18, 4, 4));
    // Again, and out and in again: nothing changes.
    assert_eq!(lab.json(&["claims", "import", "claims.json"])["unchanged"], 109);
    let out = lab.text(&["claims", "export", "--out", "-"]);
    let told = stdout(lab.run(&["claims", "import", "-"]).write_stdin(out));
    assert!(told.contains("0 claims added, 0 changed, 109 as before; 0 decisions"), "{told}");
    // Every paper is sealed under the hash of the delivered file.
    let sealed = lab.json(&["evidence"]);
    for (paper, piece) in papers.iter().zip(sealed.as_array().unwrap()) {
        let bytes = fs::read(corpus.join("documents").join(paper["file"].as_str().unwrap())).unwrap();
        assert_eq!(piece["sha256"], Digest::of(&bytes).hex());
    }
    lab.run(&["verify"]).assert().success().stdout(contains("To be looked at").not());
}
