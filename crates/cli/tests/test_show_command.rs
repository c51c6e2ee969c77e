//! `earwitness show`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id, turn};
use earwitness_model::{Author, RevisionBody, Transcript};
use predicates::{prelude::*, str::contains};

/// A person says that the second turn is otherwise.
fn correct(lab: &Lab) {
    let archive = lab.open();
    let call = common::call(1).id;
    let base = archive.current_transcript(&call).unwrap().unwrap();
    let mut turns = base.transcript().unwrap().turns.clone();
    turns[1] = turn(2.25, 4.0, 1, "Вижу тебя, сынок.", 1.0);
    let body = RevisionBody::Transcript(Transcript { language: Some("ru".into()), turns });
    archive.write(|tx| tx.add_revision(&call, Author::person("Anna"), Some(base.id.clone()), body)).unwrap();
}

#[test]
fn a_page_has_facts_files_revisions_and_turns() {
    let page = Lab::new().text(&["show", "0311_0001"]);
    for part in [
        "Call c",
        "2022-03-01 18:45:02+02:00, 0:09.000 long, 2 tracks",
        "+380440000001  (written 8 (044) 000-00-01)",
        "50.50000, 30.25000, K7",
        "march/0311_0001.wav",
        "transcript 1",
        "A machine's draft",
        "0:00.500  A/1",
        "Мам, это я, Артём.",
        "?? low confidence: 0.31 on average",
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    assert!(!page.contains("Mom") && !page.contains('\u{1b}'), "{page}");
}

#[test]
fn translations_come_when_asked_for_and_stale_ones_say_so() {
    let lab = Lab::new();
    let fresh = lab.text(&["show", &id(1), "--translation"]);
    assert!(fresh.contains("> Mom, it's me, Artyom.") && !fresh.contains("STALE"), "{fresh}");
    correct(&lab);
    assert!(lab.text(&["show", &id(1), "--translation"]).contains("THE TRANSLATION IS STALE"));
    let old = lab.text(&["show", &id(1), "--translation", "--revision", "1"]);
    assert!(old.contains("Слышу тебя") && !old.contains("THE TRANSLATION IS STALE"), "{old}");
}

#[test]
fn differences_can_be_read_without_colours() {
    let lab = Lab::new();
    lab.run(&["show", &id(1), "--diff"]).assert().code(1).stderr(contains("nothing before it"));
    correct(&lab);
    for args in [vec!["show", "--diff", "--revision", "2"], vec!["show", "--diff=1"]] {
        let text = lab.text(&[args.as_slice(), &[&id(1)]].concat());
        assert!(text.contains("[-Слышу-]") && text.contains("{+Вижу+}") && text.contains("1 turn changed"), "{text}");
    }
    let json = lab.json(&["show", "--diff=1", &id(1)]);
    assert_eq!(json["diff"]["counts"]["words_added"], 1);
}

#[test]
fn json_holds_it_all() {
    let shown = Lab::new().json(&["show", &id(1)]);
    assert_eq!(shown["call"]["id"], id(1));
    assert_eq!(shown["transcript"]["turns"][0]["text"], "Мам, это я, Артём.");
    assert_eq!(shown["transcript"]["turns"][0]["translation"], "Mom, it's me, Artyom.");
    assert_eq!(shown["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(shown["files"][0]["verdict"]["verdict"], "accepted");
}

#[test]
fn a_call_that_waits_says_what_to_do() {
    let lab = Lab::new();
    assert!(lab.text(&["show", &id(2)]).contains("Not heard yet"));
    assert!(lab.json(&["show", &id(2)])["transcript"].is_null());
    lab.run(&["show", "nobody"]).assert().code(1).stderr(contains("earwitness calls"));
    lab.run(&["show", "c"]).assert().code(1).stderr(contains("may be any of").or(contains("no call")));
}

#[test]
fn speakers_bear_the_names_of_people_they_are_linked_to() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём", "--alias", "The youngest"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1))]);
    let page = lab.text(&["show", &id(1)]);
    assert!(page.contains("  A  Артём  suggested (p1, l1)  for readers: The youngest"), "{page}");
    lab.text(&["people", "decide", "l1", "confirm"]);
    assert_eq!(lab.json(&["show", &id(1)])["people"]["A"]["standing"], "confirmed");
    lab.text(&["people", "decide", "l1", "reject"]);
    assert!(!lab.text(&["show", &id(1)]).contains("The youngest"));
}

#[test]
fn names_stand_beside_the_labels_of_turns() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём", "--alias", "The youngest", "--protect"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1))]);
    assert!(lab.text(&["show", &id(1)]).contains("0:00.500  A/1 (perhaps Артём)  Мам"));
    lab.text(&["people", "decide", "l1", "confirm"]);
    assert!(lab.text(&["show", &id(1)]).contains("0:00.500  A/1 (Артём)  Мам"));
    let turns = lab.json(&["show", &id(1)])["transcript"]["turns"].clone();
    assert_eq!(turns[0]["speaker"], "A");
    let person = serde_json::json!({"id": "p1", "name": "Артём", "alias": "The youngest", "standing": "confirmed"});
    assert_eq!((&turns[0]["person"], turns[1].get("person")), (&person, None));
    let page = lab.text(&["show", &id(1), "--aliases"]);
    assert!(page.contains("The youngest") && !page.replace("это я, Артём", "").contains("Артём"), "{page}");
    let json = lab.json(&["show", &id(1), "--aliases"]);
    assert_eq!(
        (&json["people"]["A"]["name"], &json["transcript"]["turns"][0]["person"]["name"]),
        (&().into(), &().into())
    );
}
