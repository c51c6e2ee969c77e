//! `earwitness basket`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::str::contains;
use serde_json::json;
use std::fs;

#[test]
fn words_are_kept_for_a_story() {
    let lab = Lab::new();
    let at = format!("{}#2", id(1));
    assert_eq!(
        lab.text(&["basket", "add", &at, "--words", "мост цел", "--note", "the end"]),
        format!("in the basket: 1, {at}\n  A: Мост цел\n")
    );
    lab.text(&["basket", "add", &format!("{}#0-1", id(1))]);
    let all = lab.json(&["basket"]);
    assert_eq!((&all[0]["words"], &all[0]["note"], &all[1]["id"]), (&json!("Мост цел"), &json!("the end"), &json!(2)));
    assert!(lab.text(&["basket", "list"]).ends_with("2 items\n"));
    let mut of_taras = common::earwitness();
    of_taras.arg("--archive").arg(&lab.root).args(["--author", "Taras", "basket", "--json"]);
    assert_eq!(common::stdout(&mut of_taras).trim(), "[]", "everybody has a basket");
    assert_eq!(lab.text(&["basket", "quote", "2", "--call", "k01"]), "{{ quote k01#0-1 }}\n");
    lab.run(&["basket", "quote", "1"]).assert().success().stderr(contains("the whole turn is quoted"));
    let quote = lab.text(&["basket", "quote", "1", "--original"]);
    assert_eq!(quote, format!("{{{{ quote {at} original cut=\", переправа работает.\" }}}}\n"));
    // What it says is what a story understands.
    lab.text(&["story", "new", "column"]);
    let file = lab.root.join("stories/column/story.md");
    let text = fs::read_to_string(&file).unwrap();
    let (head, _) = text.rsplit_once("+++").unwrap();
    fs::write(&file, format!("{head}+++\n\n{quote}")).unwrap();
    let checked = lab.run(&["story", "check", "column", "--no-listen", "--json"]).output().unwrap();
    let checked: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert!(checked[0]["published"].to_string().contains("Мост цел"), "{checked}");
    assert!(!checked[0]["published"].to_string().contains("переправа"), "{checked}");

    lab.text(&["basket", "remove", "1"]);
    lab.run(&["basket", "remove", "1"]).assert().code(1).stderr(contains("`earwitness basket` lists"));
    assert_eq!(lab.json(&["basket"]).as_array().unwrap().len(), 1);
}
