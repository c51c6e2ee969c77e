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
    lab.text(&["graph", "--html", "who.html", "--unprotected"]);
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
    lab.run(&["graph", "--html", "who.html", "--force", "--names"]).assert().code(2);
    let all = ["graph", "--html", "who.html", "--force", "--unprotected", "--names", "--title", "Day one"];
    lab.run(&all).assert().success();
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

#[test]
fn a_picture_carries_protection_and_passes_the_leak_check() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Сергей", "--alias", "The caller", "--protect"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--standing", "confirmed"]);
    lab.text(&["people", "link", "p1", "000001"]);
    lab.text(&["people", "add", "Артём", "--role", "from Сухая Балка"]);
    lab.text(&["people", "link", "p2", &format!("{}:B", id(1))]);
    lab.text(&["protect", "add", "name", "Артём", "--alias", "Misha"]);
    lab.text(&["protect", "add", "place", "Сухая Балка", "--word", "a village"]);
    fs::create_dir(lab.path("out")).unwrap();
    let title = ["--title", "Calls of Артём"];
    lab.text(&[["graph", "--html", "out/who.html"].as_slice(), &title].concat());
    let page = fs::read_to_string(lab.path("out/who.html")).unwrap();
    for part in ["The caller", "Misha", "from [a village]", "phone-1", "phone-2", "Calls of Misha"] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    let leaks = || {
        let told = lab.run(&["leak-check", "out", "--json"]).output().unwrap();
        serde_json::from_slice::<serde_json::Value>(&told.stdout).unwrap()
    };
    assert_eq!(leaks(), serde_json::json!([]));
    // The same names as in the other exports.
    let transcript = lab.json(&["export", "transcripts", "--format", "json", "--out", "calls"]);
    assert_eq!(transcript["names"]["call-001"], id(1));
    let call = fs::read_to_string(lab.path("calls/call-001.json")).unwrap();
    assert!(call.contains("\"from\": \"phone-1\"") && call.contains("\"to\": \"phone-2\""), "{call}");
    lab.text(&["export", "network", "--format", "csv", "--out", "net"]);
    let nodes = fs::read_to_string(lab.path("net/nodes.csv")).unwrap();
    assert!(nodes.contains("phone:1,phone,phone-1,") && nodes.contains("call:call-001"), "{nodes}");
    assert!(!lab.text(&["ledger", "--json"]).contains("exported.unprotected"));
    // Hidden by nothing, all of it is found, and the ledger says that it left.
    let all = ["graph", "--html", "out/who.html", "--force", "--unprotected", "--names"];
    lab.text(&[all.as_slice(), &title].concat());
    let found = leaks().to_string();
    for part in ["Сергей", "Артём", "Сухая Балка", "+380440000001", "+380440000002", &id(1)] {
        assert!(found.contains(part), "{part:?} is missing in\n{found}");
    }
    let ledger = lab.text(&["ledger", "--json"]);
    let last: serde_json::Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    assert_eq!((&last["act"], &last["subject"]), (&"exported.unprotected".into(), &"picture".into()));
    assert_eq!((&last["payload"]["calls"], &last["payload"]["names"]), (&2.into(), &true.into()));
}
