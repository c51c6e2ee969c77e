//! `earwitness protect`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, stdout};
use predicates::str::contains;

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
