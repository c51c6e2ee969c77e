//! `earwitness protect`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id, stdout};
use predicates::{prelude::*, str::contains};

#[test]
fn rules_are_added_listed_tried_and_taken_back() {
    let lab = Lab::new();
    assert!(lab.text(&["protect"]).contains("0 rules"));
    let added = lab.text(&["protect", "add", "name", "Зимин", "--alias", "Pavel", "--note", "wounded"]);
    assert!(added.contains("added: x1"), "{added}");
    lab.text(&["protect", "add", "place", "Сухая Балка", "--word", "a village"]);
    let rules = lab.json(&["protect", "list"]);
    assert_eq!((&rules[0]["terms"][0], &rules[1]["stand_in"]["text"]), (&"Зимин".into(), &"a village".into()));
    let tried = |text: &str| stdout(lab.run(&["protect", "try"]).write_stdin(text));
    assert_eq!(tried("Зимину в Сухой Балке, Zimin!"), "Pavel в [a village], Pavel!");
    // The numbers of the calls are protected without a rule.
    assert_eq!(tried("8 (044) 000-00-01"), "[bleep]");
    lab.text(&["protect", "remove", "x1"]);
    assert_eq!(tried("Зимину"), "Зимину");
    lab.run(&["protect", "remove", "x1"]).assert().code(1).stderr(contains("there is no rule x1"));
    lab.run(&["protect", "add", "phone", "12"]).assert().code(1).stderr(contains("7 digits"));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn protected_persons_are_protected_everywhere() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём", "--alias", "Misha", "--protect"]);
    assert_eq!(stdout(lab.run(&["protect", "try"]).write_stdin("Артёма, Artyom")), "Misha, Misha");
}

#[test]
fn voices_are_protected_by_person_or_by_place() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Сергей", "--protect"]);
    let told = lab.run(&["protect", "voice", "Сергей"]).assert().success();
    told.stdout(contains("in 0 places")).stderr(contains("not anonymity").and(contains("nobody is linked")));
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1))]);
    let told = lab.text(&["protect", "voice", &format!("{}:B", id(1)), "--note", "his mother"]);
    assert!(told.contains("x2") && told.contains("in 1 places"), "{told}");
    let rules = lab.json(&["protect", "list"]);
    assert_eq!(
        (&rules[0]["kind"], &rules[0]["person"], &rules[0]["stand_in"]["with"]),
        (&"voice".into(), &"p1".into(), &"disguise".into())
    );
    assert_eq!(rules[1]["terms"][0], format!("{}:B", id(1)));
    // No text is searched for a voice.
    assert_eq!(stdout(lab.run(&["protect", "try"]).write_stdin("p1")), "p1");
    lab.run(&["protect", "voice", "Nobody"]).assert().code(1);
    lab.run(&["verify"]).assert().success();
}

#[test]
fn what_no_rule_covers_is_suggested_and_nothing_is_decided() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Сергей", "--protect"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1))]);
    lab.text(&["people", "add", "Лиза", "--role", "wife of p1"]);
    let all = lab.json(&["protect", "suggest"]);
    let has = |kind: &str, term: &str| all.as_array().unwrap().iter().any(|s| s["kind"] == kind && s["term"] == term);
    assert!(has("name", "Артём") && has("voice", "p1") && has("name", "Лиза"), "{all}");
    assert!(lab.text(&["protect", "suggest"]).contains("a name that is said"));
    assert!(lab.text(&["protect"]).contains("0 rules"));
    for add in [["protect", "add", "name", "Артём"], ["protect", "add", "name", "Лиза"]] {
        lab.text(&add);
    }
    lab.text(&["protect", "voice", "p1"]);
    assert_eq!(lab.json(&["protect", "suggest"]), serde_json::json!([]));
}
