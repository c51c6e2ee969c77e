//! `earwitness calls`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, call};
use predicates::prelude::*;

#[test]
fn all_calls_or_those_that_filters_choose() {
    let lab = Lab::new();
    let all = lab.json(&["calls"]);
    assert_eq!(all.as_array().unwrap().len(), 2);
    let name = call(1).files[0].name.clone();
    let file = format!("file:{name}");
    let chosen = lab.json(&["calls", &file]);
    assert_eq!(chosen.as_array().unwrap().len(), 1);
    assert_eq!(chosen[0]["call"], call(1).id.as_str());
    // Only the first was heard and translated.
    assert_eq!(lab.json(&["calls", "has:translation"])[0]["call"], call(1).id.as_str());
    let day = call(1).started_at.unwrap().local().date().to_string();
    assert!(lab.text(&["calls", &format!("date:{day}")]).contains(call(1).id.as_str()));
    lab.run(&["calls", "date:1999"]).assert().code(1).stdout(predicate::str::contains("0 calls"));
}

#[test]
fn words_and_nonsense_are_wrong_use() {
    let lab = Lab::empty();
    lab.run(&["calls", "мост"]).assert().code(2).stderr(predicate::str::contains("only filters"));
    lab.run(&["calls", "near:abc"]).assert().code(2);
    lab.run(&["calls"]).assert().success().stdout("0 calls, 0:00\n");
}

#[test]
fn calls_in_which_a_person_speaks() {
    let lab = Lab::new();
    lab.hear(2);
    lab.text(&["people", "add", "Артём"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", common::id(2)), "--standing", "confirmed"]);
    let calls = lab.json(&["calls", "person:p1"]);
    assert_eq!((calls.as_array().unwrap().len(), &calls[0]["call"]), (1, &common::id(2).into()));
    assert_eq!(lab.json(&["calls", "speaker:A", "phone:000001"]).as_array().unwrap().len(), 2);
    lab.run(&["calls", "person:p1", "speaker:B"]).assert().code(1);
}
