//! `earwitness search`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, call, transcript};
use earwitness_find::Index;
use predicates::prelude::*;
use std::fs;

/// The longest word that the archive of the tests holds.
fn word() -> String {
    let texts: Vec<String> = transcript().turns.into_iter().map(|t| t.text).collect();
    let words = texts.iter().flat_map(|t| t.split(|c: char| !c.is_alphabetic()));
    words.max_by_key(|w| w.chars().count()).unwrap().to_owned()
}

#[test]
fn found_with_its_call_time_and_translation() {
    let lab = Lab::new();
    let found = lab.json(&["search", &word(), "--context", "1"]);
    assert_eq!((&found["turns"], &found["calls"]), (&1.into(), &1.into()), "{found}");
    let hit = &found["hits"][0];
    assert_eq!(hit["call"], call(1).id.as_str());
    let range = &hit["highlights"][0];
    let (start, end) = (range["start"].as_u64().unwrap() as usize, range["end"].as_u64().unwrap() as usize);
    assert_eq!(hit["text"].as_str().unwrap()[start..end].to_lowercase(), word().to_lowercase());
    let around = hit["before"].as_array().unwrap().len() + hit["after"].as_array().unwrap().len();
    assert!((1..=2).contains(&around), "{hit}");

    let text = lab.text(&["search", &word()]);
    assert!(text.contains(call(1).id.as_str()) && text.contains(" at ") && text.contains("score"), "{text}");
    let colour = lab.text(&["search", &word(), "--color", "always"]);
    assert!(colour.contains(&format!("\u{1b}[33m{}", word())), "{colour:?}");
}

#[test]
fn nothing_found_is_exit_code_one_and_nonsense_two() {
    let lab = Lab::new();
    lab.run(&["search", "нетакогослова"]).assert().code(1).stdout("nothing found\n");
    lab.run(&["search", "(мост"]).assert().code(2).stderr(predicate::str::contains("next:"));
    lab.run(&["search", "date:yesterdayish"]).assert().code(2);
    lab.run(&["search"]).assert().code(2);
    let none = lab.run(&["search", "нетакогослова", "--json"]).assert().code(1).get_output().stdout.clone();
    let none: serde_json::Value = serde_json::from_slice(&none).unwrap();
    assert_eq!(none["hits"], serde_json::json!([]));
}

#[test]
fn an_index_that_is_stale_missing_or_broken_mends_itself() {
    let lab = Lab::new();
    let found = |lab: &Lab| lab.json(&["search", &word()])["turns"].clone();
    assert_eq!(found(&lab), 1);
    // Kept, but not indexed: as by a program that was killed in between.
    lab.hear(2);
    assert_eq!(found(&lab), 2);
    let index = lab.root.join("index");
    // Damaged.
    fs::write(index.join("meta.json"), "{").unwrap();
    assert_eq!(found(&lab), 2);
    // Of another archive.
    fs::write(index.join("earwitness-archive.json"), "{\"archive\":\"x\",\"seq\":1,\"hash\":\"00\"}").unwrap();
    assert_eq!(found(&lab), 2);
    // A rebuild that was killed left only pieces.
    fs::remove_file(index.join("meta.json")).unwrap();
    fs::remove_file(index.join("earwitness-index.json")).unwrap();
    assert_eq!(found(&lab), 2);
    // Gone.
    fs::remove_dir_all(&index).unwrap();
    assert_eq!(found(&lab), 2);
    // While somebody writes, a search answers with what is there and says so.
    let held = Index::open_or_create(&index).unwrap();
    let writer = held.writer().unwrap();
    lab.hear(1);
    lab.run(&["search", &word()]).assert().success().stderr(predicate::str::contains("not yet searched"));
    drop(writer);
    lab.run(&["search", &word()]).assert().success().stderr(predicate::str::is_empty());
}

#[test]
fn filters_alone_have_no_score() {
    let lab = Lab::new();
    let text = lab.text(&["search", "lang:ru"]);
    assert!(text.contains(" at ") && !text.contains("score"), "{text}");
}

#[test]
fn a_language_that_nobody_speaks_is_told() {
    let lab = Lab::new();
    let there = "no turn of this archive is in the language \"klingon\"; there are ru";
    lab.run(&["search", "lang:klingon"]).assert().code(1).stderr(predicate::str::contains(there));
    lab.run(&["calls", "lang:klingon"]).assert().code(1).stderr(predicate::str::contains(there));
    lab.run(&["search", "lang:ru"]).assert().success().stderr(predicate::str::is_empty());
}

#[test]
fn a_query_that_begins_with_a_minus_is_told_where_to_go() {
    let lab = Lab::new();
    let told = lab.run(&["search", "-учения"]).assert().code(2);
    told.stderr(predicate::str::contains("next: a query that begins with - goes after --"));
    lab.run(&["search", "--", "-учения"]).assert().success();
}

#[test]
fn a_query_that_fails_at_its_first_word_is_not_quoted_as_nothing() {
    let lab = Lab::new();
    let told = lab.run(&["search", "foo:bar"]).assert().code(2);
    told.stderr(predicate::str::contains("the query cannot be read: there is no filter foo:"));
}

#[test]
fn people_and_voices_are_filters() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём К.", "--alias", "Youngest"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", common::id(1))]);
    let turns = |query: &str| {
        let out = lab.run(&["search", "--json", "--", query]).assert().get_output().stdout.clone();
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()["turns"].clone()
    };
    assert_eq!((turns("person:p1"), turns("person:p1?"), turns("-person:p1?")), (0.into(), 2.into(), 1.into()));
    let perhaps = lab.text(&["search", "person:p1? мост"]);
    assert!(perhaps.contains("A (perhaps Артём К.): Мост"), "{perhaps}");
    lab.text(&["people", "decide", "l1", "confirm"]);
    for query in ["person:p1 мост", "person:youngest мост", "person:\"Артём К.\" мост", "мост person:артём"]
    {
        assert_eq!(turns(query), 1, "{query}");
    }
    assert_eq!(turns("person:p1 сынок"), 0);
    let found = lab.json(&["search", "мост", "--aliases"]);
    assert_eq!((&found["hits"][0]["speaker"], &found["hits"][0]["person"]["name"]), (&"A".into(), &().into()));
    assert!(lab.text(&["search", "мост", "--aliases"]).contains("A (Youngest): Мост"));
    assert_eq!(turns(&format!("voice:\"{}:B\" сынок", common::id(1))), 1);
    lab.text(&["people", "decide", "l1", "reject"]);
    assert_eq!(turns("person:p1?"), 0);
    let says = predicate::str::contains;
    lab.run(&["search", "person:nobody"]).assert().code(1).stderr(says("earwitness people add"));
    lab.run(&["search", "voice:V1"]).assert().code(1).stderr(says("earwitness voices"));
    lab.run(&["search", "voice:380440000001"]).assert().code(2).stderr(says("is no voice"));
}
