//! `earwitness themes`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::{prelude::*, str::contains};
use serde_json::json;
use std::fs;

/// An archive with a theme on a part of the third turn of the first call.
fn themed() -> Lab {
    let lab = Lab::new();
    let told =
        lab.text(&["themes", "add", "Bridges", "--key", "b", "--about", "bridges and crossings", "--colour", "2"]);
    assert_eq!(told, "added: t1 Bridges, key b\n");
    lab.text(&["themes", "add", "Ill-treatment", "--warning", "violence"]);
    let told = lab.text(&["themes", "put", "bri", &format!("{}#2", id(1)), "--words", "мост цел", "--note", "whose?"]);
    assert_eq!(told, format!("o1 Bridges on {}#2\n  A: Мост цел\n", id(1)));
    lab
}

#[test]
fn a_codebook_is_kept() {
    let lab = themed();
    let listed = lab.json(&["themes"]);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["key"], &listed[0]["passages"]),
        (&json!("Bridges"), &json!("b"), &json!(1))
    );
    assert_eq!((&listed[1]["warning"], &listed[1]["calls"]), (&json!("violence"), &json!(0)));
    let page = lab.text(&["themes", "list"]);
    assert!(page.contains("bridges and crossings") && page.ends_with("2 themes\n"), "{page}");

    assert_eq!((&listed[0]["colour"], &listed[1]["colour"]), (&json!(2), &json!(0)), "the first that is free");
    lab.run(&["themes", "add", "bridges"]).assert().code(1).stderr(contains("is the name of t1 already"));
    lab.run(&["themes", "add", "Fear", "--key", "b"])
        .assert()
        .code(1)
        .stderr(contains("is the key of “Bridges” already"));
    lab.run(&["themes", "add", "Fear", "--key", "ab"])
        .assert()
        .code(2)
        .stderr(contains("one digit or one small letter"));
    lab.run(&["themes", "change", "b"]).assert().code(2).stderr(contains("--name"));
    lab.run(&["themes", "change", "zebra", "--about", "x"])
        .assert()
        .code(1)
        .stderr(contains("`earwitness themes` lists"));
    let changed = lab.json(&["themes", "change", "b", "--name", "Crossings", "--key", "", "--warning", "fear"]);
    assert_eq!(
        (&changed["name"], &changed["key"], &changed["revision"]),
        (&json!("Crossings"), &json!(null), &json!(2))
    );
    lab.text(&["themes", "undo", "t1"]);
    assert_eq!(lab.json(&["themes"])[0]["name"], "Bridges");

    assert_eq!(lab.text(&["themes", "retire", "b"]), "retired: t1 Bridges (retired), key b\n");
    let put = ["themes", "put", "Bridges", &format!("{}#0", id(1))];
    lab.run(&put).assert().code(1).stderr(contains("was retired").and(contains("--back")));
    lab.text(&["themes", "retire", "Bridges", "--back"]);
    lab.run(&put).assert().success();
    lab.run(&["verify"]).assert().success();
}

#[test]
fn a_theme_lies_on_words_until_it_is_taken_off() {
    let lab = themed();
    let again = lab.json(&["themes", "put", "t1", &format!("{}#2", id(1)), "--words", "Мост цел"]);
    assert_eq!((&again["id"], &again["new"]), (&json!("o1"), &json!(false)));
    lab.run(&["themes", "put", "t1", &format!("{}#2", id(1)), "--words", "вертолёт"])
        .assert()
        .code(1)
        .stderr(contains("is not said there"));
    lab.run(&["themes", "put", "t1", &format!("{}#9", id(1))]).assert().code(1).stderr(contains("has 3 turns"));
    lab.run(&["themes", "put", "t1", &id(1)]).assert().code(2);
    lab.run(&["themes", "put", "t1", &format!("{}#0", id(2))]).assert().code(1).stderr(contains("earwitness process"));

    let shown = lab.json(&["themes", "show", "bridges"]);
    let one = &shown["passages"][0];
    assert_eq!((&one["words"], &one["note"], &one["call"]), (&json!("Мост цел"), &json!("whose?"), &json!(id(1))));
    assert_eq!((&one["seconds"], &one["who"]), (&json!({"start": 4.5, "end": 6.25}), &json!("A")));
    assert_eq!(one["translation"], "The bridge is whole, the crossing works.");
    lab.text(&["people", "add", "Artyom"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1))]);
    let page = lab.text(&["themes", "show", "bridges", "--call", &id(1)]);
    let who = lab.json(&["themes", "show", "bridges"])["passages"][0]["who"].as_str().unwrap().to_owned();
    assert!(who.starts_with("Artyom"), "{who}");
    assert!(page.contains("2022-03-01") && page.contains("Мост цел [whose?]") && page.contains("1 passage"), "{page}");
    lab.run(&["themes", "show", "ill"]).assert().code(1).stdout(contains("0 passages"));

    lab.run(&["themes", "take", "o1", "o7"]).assert().code(1).stderr(contains("“o7”"));
    assert_eq!(lab.json(&["themes"])[0]["passages"], 1, "all of it or nothing");
    assert!(lab.text(&["themes", "take", "o1"]).starts_with("taken off: o1"));
    assert_eq!(lab.json(&["themes"])[0]["passages"], 0);
    assert_eq!(lab.json(&["themes", "undo", "o1"]), json!({"id": "o1", "stands": true}));
    assert_eq!(lab.json(&["themes"])[0]["passages"], 1);
    lab.run(&["themes", "undo", "t1"]).assert().code(1).stderr(contains("lies on 1 passages").and(contains("retire")));
    let record = lab.open().newest_record("coding", "o1").unwrap().unwrap();
    assert_eq!(record.author.to_string(), "person:Anna");
}

#[test]
fn a_correction_is_told() {
    let lab = themed();
    let edited = lab.text(&["correct", &id(1), "--print"]);
    let text = edited.replace("Мост цел", "Мост взорван");
    fs::write(lab.path("edited.txt"), &text).unwrap();
    lab.text(&["correct", &id(1), "--file", "edited.txt"]);
    let one = lab.json(&["themes", "show", "bridges"])["passages"][0].clone();
    assert_eq!((&one["rests"]["state"], &one["words"]), (&json!("older"), &json!("Мост цел")));
    assert!(lab.text(&["themes", "show", "bridges"]).contains("Мост взорван"));
}

#[test]
fn calls_are_chosen_by_theme_and_themes_are_counted() {
    let lab = themed();
    let calls = |args: &[&str]| lab.json(args).as_array().unwrap().len();
    assert_eq!((calls(&["calls", "--theme", "Bridges"]), calls(&["calls", "theme:b"])), (1, 1));
    let without = lab.run(&["calls", "--json", "--", "-theme:t1"]).output().unwrap().stdout;
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&without).unwrap().as_array().unwrap().len(), 1);
    lab.run(&["calls", "--theme", "ill"]).assert().code(1).stdout(contains("0 calls"));
    lab.run(&["calls", "--theme", "zebra"]).assert().code(1).stderr(contains("there is no theme"));
    assert_eq!(lab.json(&["search", "сынок theme:bridges"])["turns"], 1);
    assert_eq!(lab.json(&["search", "сынок", "--theme", "b"])["turns"], 1);
    lab.run(&["search", "сынок theme:ill"]).assert().code(1);
    let counted = lab.json(&["themes", "counts", "--by", "week"]);
    assert_eq!(
        counted["periods"],
        json!([{"from": "2022-02-28", "calls": 2, "themes": {"t1": {"calls": 1, "passages": 1}}}])
    );
    let page = lab.text(&["themes", "counts"]);
    assert!(page.contains("2022-03-01") && page.contains("Bridges") && page.contains("1 in 1"), "{page}");
}

#[test]
fn a_codebook_goes_out_and_comes_in() {
    let lab = themed();
    lab.text(&["themes", "export", "--out", "book.json"]);
    lab.run(&["themes", "export", "--out", "book.json"]).assert().code(1).stderr(contains("is there already"));
    lab.run(&["themes", "export", "--out", "archive/book.json"])
        .assert()
        .code(2)
        .stderr(contains("inside the archive"));
    let other = Lab::empty();
    let text = fs::read_to_string(lab.path("book.json")).unwrap();
    fs::write(other.path("book.json"), &text).unwrap();
    assert_eq!(other.text(&["themes", "import", "book.json"]), "2 themes added, 0 changed, 0 as before\n");
    assert_eq!(other.json(&["themes", "import", "book.json"])["same"], 2);
    assert_eq!(other.text(&["themes", "export", "--out", "-"]), text);
    fs::write(other.path("bad.json"), text.replace("\"colour\": 2", "\"colour\": 99").replace("about", "abuot"))
        .unwrap();
    other
        .run(&["themes", "import", "bad.json"])
        .assert()
        .code(1)
        .stderr(contains("themes[0].colour").and(contains("themes[0].abuot")).and(contains("nothing was kept")));
    fs::write(other.path("bad.json"), [0xff, 0xfe]).unwrap();
    other.run(&["themes", "import", "bad.json"]).assert().code(1).stderr(contains("is not UTF-8"));
    other.run(&["themes", "import", "nothing.json"]).assert().code(1).stderr(contains("cannot be read"));
    let qdc = other.text(&["themes", "export", "--form", "qdc", "--out", "-"]);
    assert!(qdc.starts_with("<?xml") && qdc.contains("name=\"Bridges\"") && qdc.contains("<Description>"), "{qdc}");
}
