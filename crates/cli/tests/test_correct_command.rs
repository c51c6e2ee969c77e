//! `earwitness correct`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::str::contains;
use std::fs;

/// The text form, as an editor would get it.
fn exported(lab: &Lab) -> String {
    lab.text(&["correct", &id(1), "--print"])
}

fn correct(lab: &Lab, text: &str, more: &[&str]) -> assert_cmd::assert::Assert {
    fs::write(lab.path("t.txt"), text).unwrap();
    let call = id(1);
    lab.run(&[["correct", &call, "--file", "t.txt"].as_slice(), more].concat()).assert()
}

#[test]
fn text_that_was_left_alone_is_no_revision() {
    let lab = Lab::new();
    let before = lab.open().ledger_head().unwrap();
    for text in [exported(&lab), exported(&lab).replace('\n', "\r\n"), format!("\u{feff}{}", exported(&lab))] {
        correct(&lab, &text, &[]).success().stdout(contains("nothing was kept"));
    }
    assert_eq!(lab.open().ledger_head().unwrap(), before);
}

#[test]
fn a_correction_becomes_a_revision_by_its_author() {
    let lab = Lab::new();
    // As Notepad writes it.
    let text = exported(&lab).replace("Слышу тебя", "Вижу тебя").replace('\n', "\r\n");
    let told = correct(&lab, &text, &[]).success();
    told.stdout(contains("{+Вижу+}")).stderr(contains("STALE"));
    let shown = lab.json(&["show", &id(1)]);
    let turns = &shown["transcript"]["turns"];
    assert_eq!(shown["transcript"]["revision"]["author"], "person:Anna");
    assert_eq!(shown["transcript"]["translation_stale"], true);
    assert_eq!(turns[1]["text"], "Вижу тебя, сынок.");
    // Times of the words that were left alone have survived.
    let words = common::transcript().turns[1].words.clone();
    for n in [1, 2] {
        let (kept, was) = (&turns[1]["words"][n], &words[n]);
        assert_eq!(kept["w"], was.text);
        assert!((kept["start"].as_f64().unwrap() - was.start).abs() < 0.001, "{kept}");
        assert_eq!(kept["p"].as_f64().map(|p| (p * 10.0).round()), Some(8.0));
    }
    assert_eq!(turns[1]["words"][0]["p"], 1.0);
    assert_eq!(turns[0]["words"][0]["p"].as_f64().map(|p| (p * 10.0).round()), Some(9.0));
    let acts = lab.text(&["ledger", "--last", "1"]);
    assert!(acts.contains("revision.kept") && acts.contains("Anna"), "{acts}");
    lab.run(&["verify"]).assert().success();
    // The machine's own stays beside it.
    assert!(lab.text(&["show", &id(1), "--revision", "1"]).contains("Слышу тебя"));
}

#[test]
fn a_corrected_translation_is_the_persons_own() {
    let lab = Lab::new();
    correct(&lab, &exported(&lab).replace("> I hear you, son.", "> I can hear you, my son."), &[]).success();
    let shown = lab.json(&["show", &id(1)]);
    assert_eq!(shown["transcript"]["revision"]["author"].as_str().unwrap().split(':').next(), Some("model"));
    assert_eq!(shown["transcript"]["translation_revision"]["author"], "person:Anna");
    assert_eq!(shown["transcript"]["translation_stale"], false);
    assert_eq!(shown["transcript"]["turns"][1]["translation"], "I can hear you, my son.");
    assert_eq!(shown["transcript"]["turns"][0]["translation"], "Mom, it's me, Artyom.");
}

#[test]
fn a_line_that_nobody_touched_stays_a_machines_draft() {
    let lab = Lab::new();
    correct(&lab, &exported(&lab).replace("> I hear you, son.", "> I can hear you, my son."), &[]).success();
    let turns = lab.json(&["show", &id(1)])["transcript"]["turns"].clone();
    assert_eq!((&turns[0]["translation_draft"], &turns[1]["translation_draft"]), (&true.into(), &false.into()));
    let page = lab.text(&["show", &id(1), "--translation"]);
    assert!(page.contains("by person:Anna. 2 of 3 turns are still a machine's draft"), "{page}");
    assert!(page.contains("> Mom, it's me, Artyom. (draft)") && page.contains("> I can hear you, my son.\n"), "{page}");
    let export = ["export", "transcripts", "--format", "txt", "--out", "out"];
    lab.run(&export).assert().success().stderr(contains("Of 3 translated turns 2 are a machine's draft"));
    // Somebody vouches for the others, which changes no letter.
    let vouched = exported(&lab).replace("> Mom", ">! Mom").replace("> The", ">! The");
    correct(&lab, &vouched, &[]).success();
    assert!(!lab.text(&["show", &id(1), "--translation"]).contains("draft."));
    assert_eq!(lab.json(&["show", &id(1)])["transcript"]["translation_revision"]["drafts"], 0);
}

#[test]
fn a_split_turn_shows_its_translation_once() {
    let lab = Lab::new();
    correct(&lab, &exported(&lab).replace("это я, Артём.", "| это я, Артём."), &[]).success();
    let page = lab.text(&["show", &id(1), "--translation"]);
    assert_eq!(page.matches("Mom, it's me, Artyom.").count(), 1, "{page}");
    assert!(page.contains("(of 0:00.500 - 0:02.000)"), "{page}");
    assert_eq!(exported(&lab).matches("> Mom").count(), 1);
    assert_eq!(lab.json(&["search", "Artyom"])["turns"], 1);
}

#[test]
fn one_corrected_line_does_not_vouch_for_the_translation_of_other_changed_words() {
    let lab = Lab::new();
    let text = exported(&lab).replace("Слышу тебя", "Вижу тебя").replace("> Mom, it's me", "> Mama, it's me");
    correct(&lab, &text, &[]).success().stderr(contains("STALE"));
    let shown = lab.json(&["show", &id(1)]);
    assert_eq!(shown["transcript"]["translation_revision"]["author"], "person:Anna");
    assert_eq!(shown["transcript"]["translation_stale"], true);
    // The line that lagged behind is corrected: now the whole is the person's own.
    correct(&lab, &exported(&lab).replace("> I hear you", "> I see you"), &[]).success();
    assert_eq!(lab.json(&["show", &id(1)])["transcript"]["translation_stale"], false);
}

#[test]
fn a_dry_run_keeps_nothing() {
    let lab = Lab::new();
    let told = correct(&lab, &exported(&lab).replace("Слышу", "Вижу"), &["--dry-run"]).success();
    told.stdout(contains("[-Слышу-]")).stdout(contains("Nothing was kept"));
    assert_eq!(lab.json(&["show", &id(1)])["revisions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_text_that_was_overtaken_is_refused_unless_forced() {
    let lab = Lab::new();
    let first = exported(&lab);
    correct(&lab, &first.replace("Слышу", "Вижу"), &[]).success();
    let late = first.replace("сынок", "сын");
    correct(&lab, &late, &[]).code(1).stderr(contains("stands now")).stderr(contains("--force"));
    correct(&lab, &late, &["--force"]).success();
    let shown = lab.json(&["show", &id(1)]);
    assert_eq!(shown["transcript"]["turns"][1]["text"], "Слышу тебя, сын.");
    assert_eq!(shown["transcript"]["revision"]["number"], 3);
}

#[test]
fn texts_that_cannot_be_meant_are_refused_line_by_line() {
    let lab = Lab::new();
    lab.hear(2);
    let text = exported(&lab);
    let other = lab.text(&["correct", &id(2), "--print"]);
    correct(&lab, &other, &[]).code(2).stderr(contains("is the transcript of the call"));
    let headless: String = text.lines().filter(|l| !l.starts_with("# base")).map(|l| format!("{l}\n")).collect();
    correct(&lab, &headless, &[]).code(1).stderr(contains("its head"));
    correct(&lab, &text.replace("[0:02.250", "[0:9x"), &[]).code(1).stderr(contains("line "));
    lab.run(&["correct", &id(1), "--file", "nowhere.txt"]).assert().code(1).stderr(contains("cannot be read"));
    lab.run(&["correct", &id(1)]).assert().code(2);
    assert_eq!(lab.json(&["show", &id(1)])["revisions"].as_array().unwrap().len(), 2);
}

#[test]
fn corrected_words_are_found_at_once() {
    let lab = Lab::new();
    correct(&lab, &exported(&lab).replace("Мост цел", "Понтон цел"), &[]).success();
    assert!(lab.text(&["search", "понтоны"]).contains("Понтон"));
    lab.run(&["search", "мосты"]).assert().code(1);
}

#[test]
fn a_name_that_ends_with_a_stop_gets_no_second() {
    let lab = Lab::new();
    fs::write(lab.path("t.txt"), exported(&lab).replace("> I hear", "> I can hear")).unwrap();
    let call = id(1);
    let mut command = common::earwitness();
    command.arg("--archive").arg(&lab.root).args(["--author", "Анна К.", "correct", &call, "--file"]);
    command.arg(lab.path("t.txt")).assert().success();
    let page = lab.text(&["show", &call, "--translation"]);
    assert!(page.contains("by person:Анна К. 2 of 3"), "{page}");
}
