//! `earwitness graph`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::str::contains;
use std::fs;

#[test]
fn a_page_shows_who_is_held_to_be_whom_and_keeps_secrets() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Сергей", "--alias", "The <caller>", "--protect"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--standing", "confirmed"]);
    lab.text(&["people", "add", "Mother", "--role", "мать Сергея"]);
    lab.text(&["people", "link", "p2", "000002"]);
    lab.text(&["graph", "--html", "who.html"]);
    let page = fs::read_to_string(lab.path("who.html")).unwrap();
    for part in [
        "The &lt;caller&gt;",
        "Mother",
        "Speaker A",
        "+380440000002",
        "class=\"line sure",
        "class=\"line open",
        "1 call",
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    for part in ["Серге", "<script", "http:", "https:", "src="] {
        assert!(!page.contains(part), "{part:?} is in\n{page}");
    }
    assert_eq!(common::mode(&lab.path("who.html")), 0o600);
    lab.run(&["graph", "--html", "who.html"]).assert().code(1).stderr(contains("--force"));
    lab.run(&["graph", "--html", "who.html", "--force", "--names", "--title", "Day one"]).assert().success();
    let page = fs::read_to_string(lab.path("who.html")).unwrap();
    assert!(page.contains("Сергей") && page.contains("<h1>Day one</h1>"));
    lab.run(&["graph", "--html", "archive/who.html"]).assert().code(2);
    lab.run(&["graph"]).assert().code(2);
}

#[test]
fn an_archive_without_people_is_drawn_too() {
    let lab = Lab::empty();
    assert_eq!(lab.json(&["graph", "--html", "x.html"])["written"][0], "x.html");
    assert!(fs::read_to_string(lab.path("x.html")).unwrap().contains("0 people"));
}
