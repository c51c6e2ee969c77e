//! `earwitness people`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::{prelude::*, str::contains};

/// An archive with one person who is linked to the first speaker of the first call.
fn linked() -> Lab {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём", "--role", "soldier"]);
    let speaker = format!("{}:A", id(1));
    let turn = format!("{}#0", id(1));
    lab.text(&["people", "link", "p1", &speaker, "--turn", &turn, "--evidence", "his mother told us"]);
    lab
}

#[test]
fn a_person_is_added_changed_and_shown() {
    let lab = Lab::new();
    assert!(lab.text(&["people"]).contains("0 people"));
    assert!(lab.text(&["people", "add", " Артём ", "--note", "first seen in March"]).contains("added: p1 Артём"));
    lab.run(&["people", "add", "артём"]).assert().code(1).stderr(contains("p1 is called").and(contains("next:")));
    lab.text(&["people", "rename", "артём", "Тёма"]);
    lab.text(&["people", "set", "p1", "--alias", "The youngest", "--protect"]);
    let page = lab.text(&["people", "show", "the youngest"]);
    for part in ["p1 Тёма (for readers: The youngest)", "PROTECTED", "first seen in March", "revision 3 by person:Anna"]
    {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    lab.text(&["people", "set", "p1", "--alias", "", "--no-protect"]);
    let shown = lab.json(&["people", "show", "p1"]);
    assert_eq!((&shown["name"], &shown["protect"], &shown["alias"]), (&"Тёма".into(), &false.into(), &().into()));
    lab.run(&["people", "set", "p1"]).assert().code(2).stderr(contains("nothing was said"));
    lab.run(&["people", "show", "nobody"]).assert().code(1).stderr(contains("earwitness people add"));
    assert_eq!(lab.json(&["people"]).as_array().unwrap().len(), 1);
}

#[test]
fn links_carry_evidence_and_decisions() {
    let lab = linked();
    let page = lab.text(&["people", "show", "p1"]);
    for part in
        ["l1  c", "suggested", "#0 at 0:00.500: Мам, это я, Артём.", "- his mother told us", "+380440000001 -> "]
    {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    let decided = lab.json(&["people", "decide", "l1", "confirm", "--why", "I know the voice"]);
    assert_eq!((&decided["standing"], &decided["decided"]["by"]), (&"confirmed".into(), &"Anna".into()));
    assert!(lab.text(&["people", "show", "p1"]).contains("confirmed by Anna"));
    lab.text(&["people", "link", "p1", "000001", "--document", "contract.pdf", "--standing", "confirmed"]);
    assert!(lab.text(&["people"]).contains("1 person"));
    assert!(lab.text(&["people", "unlink", "l2"]).contains("+380440000001 is no longer linked to p1"));
    assert!(lab.text(&["people", "undo", "l2"]).contains("put back: l2  +380440000001  confirmed by Anna"));
    let speaker = format!("{}:Z", id(1));
    for (target, code, words) in [
        (speaker.as_str(), 1, "there is no speaker"),
        ("V9", 1, "earwitness voices"),
        ("77777777", 1, "earwitness phones"),
        ("somebody", 1, "neither a speaker"),
        ("00000", 1, "there is no phone"),
    ] {
        lab.run(&["people", "link", "p1", target]).assert().code(code).stderr(contains(words));
    }
}

#[test]
fn what_is_rejected_stays_rejected_until_it_is_reopened() {
    let lab = linked();
    let speaker = format!("{}:A", id(1));
    lab.text(&["people", "decide", "l1", "reject", "--why", "another voice"]);
    for args in [
        vec!["people", "link", "p1", &speaker],
        vec!["people", "decide", "l1", "confirm"],
        vec!["people", "unlink", "l1"],
    ] {
        lab.run(&args).assert().code(1).stderr(contains("was rejected by Anna").and(contains("reopen")));
    }
    lab.text(&["people", "decide", "l1", "reopen"]);
    lab.text(&["people", "decide", "l1", "dispute"]);
    let history = lab.text(&["people", "history", "l1"]);
    let standings: Vec<&str> =
        ["suggested", "rejected", "disputed"].into_iter().filter(|s| history.contains(s)).collect();
    assert_eq!(standings.len(), 3, "{history}");
    assert_eq!(lab.json(&["people", "history", "l1"]).as_array().unwrap().len(), 4);
}

#[test]
fn everything_can_be_undone() {
    let lab = linked();
    lab.text(&["people", "rename", "p1", "Other"]);
    assert!(lab.text(&["people", "undo", "p1"]).contains("put back: p1 Артём"));
    assert!(lab.text(&["people", "undo", "p1", "--to", "0"]).contains("was taken back"));
    assert!(lab.text(&["people"]).contains("0 people"));
    lab.text(&["people", "undo", "p1"]);
    assert_eq!(lab.json(&["people"])[0]["links"][0]["id"], "l1");
    lab.run(&["people", "undo", "x1"]).assert().code(2).stderr(contains("neither a person"));
    lab.run(&["people", "undo", "p9"]).assert().code(1).stderr(contains("no record"));
    lab.run(&["people", "history", "p9"]).assert().code(1);
    lab.run(&["verify"]).assert().success();
}

#[test]
fn names_that_are_said_are_hints() {
    let lab = linked();
    let page = lab.text(&["people", "hints"]);
    for part in [format!("{}:A", id(1)), "Артём?".into(), "Артём #0".into(), "сынок #1".into(), "Мам #0".into()]
    {
        assert!(page.contains(&part), "{part:?} is missing in\n{page}");
    }
    let turns = lab.text(&["people", "hints", &id(1), "--turns"]);
    assert!(turns.contains("names himself") && turns.contains("mother"), "{turns}");
    let json = lab.json(&["people", "hints", "--name", "артём"]);
    assert_eq!((json.as_array().unwrap().len(), &json[0]["kind"]), (1, &"names_self".into()));
    assert_eq!(json[0]["call"], id(1));
    lab.run(&["people", "hints", "--name", "Руслан"]).assert().code(1).stderr(contains("no names"));
}

#[test]
fn who_is_forgotten_is_in_no_file() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Безымянный"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--evidence", "Безымянный said so"]);
    let wrong = lab.run(&["people", "forget", "p1"]).write_stdin("Somebody\n").assert().code(1).get_output().clone();
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("removed for good") && said.contains("left as it is"), "{said}");
    assert!(lab.text(&["people", "show", "p1"]).contains("Безымянный said so"));
    lab.run(&["people", "forget", "p1"]).write_stdin("Безымянный\n").assert().success();
    let bytes = std::fs::read(lab.root.join("catalog.sqlite")).unwrap();
    assert!(!bytes.windows(20).any(|w| w == "Безымянный".as_bytes()));
    assert!(std::fs::metadata(lab.root.join("catalog.sqlite-wal")).map_or(0, |m| m.len()) == 0);
    lab.run(&["people", "show", "p1"]).assert().code(1);
    lab.text(&["people", "add", "Somebody else"]);
    assert_eq!(lab.json(&["people", "forget", "p2", "--yes"])["voices"], 0);
    lab.run(&["verify"]).assert().success();
    let ledger = lab.text(&["ledger"]);
    assert!(ledger.contains("record.erased") && ledger.contains("voices.forgotten"), "{ledger}");
}
