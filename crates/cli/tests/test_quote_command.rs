//! `earwitness quote`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::str::contains;
use std::fs;

#[test]
fn a_second_person_reviews_a_translation() {
    let lab = Lab::new();
    lab.text(&["story", "new", "one"]);
    let text = format!("+++\ntitle = \"x\"\n+++\n{{{{ quote {}#1 }}}}\n", id(1));
    fs::write(lab.root.join("stories/one/story.md"), text).unwrap();
    let check = || String::from_utf8(lab.run(&["quote", "check", "one"]).output().unwrap().stdout).unwrap();
    assert!(check().contains("No second person has read the translation"));
    let kept = lab.text(&["quote", "reviewed", &id(1)]);
    assert!(kept.contains("has read translation 1 by model:whisper-base"), "{kept}");
    assert!(check().contains("two eyes, not four"));
    lab.run(&["quote", "reviewed", &id(2)]).assert().code(1).stderr(contains("has no translation"));
    lab.run(&["quote", "check", "none"]).assert().code(1).stderr(contains("there is no story none"));
}
