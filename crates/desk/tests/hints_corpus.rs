//! Names found in the corpus' own words, against the names that its authors marked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_desk::{
    hints::{Hint, HintKind, hints},
    names::Tagger,
};
use earwitness_model::{Transcript, Turn};
use serde_json::Value;
use std::path::PathBuf;

fn truth() -> Option<Value> {
    let set = std::env::var_os("EARWITNESS_CORPUS").map(PathBuf::from);
    let corpus = set.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    let text = std::fs::read_to_string(corpus.join("truth/calls.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// The words of a call as a transcript; `plain` as a machine without capitals and stops would write them.
fn transcript(call: &Value, plain: bool) -> Transcript {
    let turn = |turn: &Value| {
        let text = turn["text"].as_str().unwrap();
        let text = if plain { text.to_lowercase() } else { text.to_owned() };
        let (start, end) = (turn["start"].as_f64().unwrap(), turn["end"].as_f64().unwrap());
        let speaker = turn["speaker"].as_str().unwrap().to_owned();
        Turn { start, end, channel: 0, speaker, language: None, text, confidence: 1.0, words: vec![], doubt: None }
    };
    Transcript { language: None, turns: call["turns"].as_array().unwrap().iter().map(turn).collect() }
}

#[derive(Default, Debug)]
struct Counted {
    marked: usize,
    found: usize,
    hints: usize,
    right: usize,
    self_hints: usize,
    self_right: usize,
    address_hints: usize,
    address_right: usize,
}

/// Hints with a name against the marked persons: any overlap counts.
fn count(truth: &Value, plain: bool, tell: bool, tagger: Option<&Tagger>) -> Counted {
    let mut c = Counted::default();
    for call in truth["calls"].as_array().unwrap() {
        let all = hints(&transcript(call, plain), tagger);
        let named: Vec<&Hint> = all.iter().filter(|h| h.relation.is_none()).collect();
        for (n, turn) in call["turns"].as_array().unwrap().iter().enumerate() {
            let here: Vec<&&Hint> = named.iter().filter(|h| h.turn as usize == n).collect();
            let persons: Vec<(usize, usize, &str)> = turn["entities"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|e| e["type"] == "PERSON")
                .map(|e| {
                    (
                        e["start"].as_u64().unwrap() as usize,
                        e["end"].as_u64().unwrap() as usize,
                        e["norm"].as_str().unwrap_or(""),
                    )
                })
                .collect();
            let meets = |h: &Hint, p: &(usize, usize, &str)| h.from < p.1 && p.0 < h.to;
            c.marked += persons.len();
            c.hints += here.len();
            for p in &persons {
                let met = here.iter().any(|h| meets(h, p));
                c.found += usize::from(met);
                if tell && !met {
                    println!("missed {:?} in {}", p.2, turn["text"]);
                }
            }
            for h in here {
                let met = persons.iter().find(|p| meets(h, p));
                c.right += usize::from(met.is_some());
                if tell && met.is_none() {
                    println!("wrong {:?} {:?} in {}", h.kind, h.words, turn["text"]);
                }
                let about = met.is_some_and(|p| h.about.iter().any(|a| a == p.2));
                match h.kind {
                    HintKind::NamesSelf => {
                        c.self_hints += 1;
                        c.self_right += usize::from(about);
                    }
                    HintKind::Addresses => {
                        c.address_hints += 1;
                        c.address_right += usize::from(about);
                    }
                    HintKind::SpeaksAbout => {}
                }
                if tell && !about && h.kind != HintKind::SpeaksAbout {
                    println!("not whom: {:?} {:?} about {:?} in {}", h.kind, h.words, h.about, turn["text"]);
                }
            }
        }
    }
    c
}

#[test]
fn names_in_the_corpus() {
    let Some(truth) = truth() else {
        println!("skipped: the corpus is not here (EARWITNESS_CORPUS)");
        return;
    };
    let written = count(&truth, false, true, None);
    println!("as written {written:?}");
    let plain = count(&truth, true, false, None);
    println!("lower case {plain:?}");
    assert!(written.right as f64 >= 0.95 * written.hints as f64, "{written:?}");
    assert!(written.found as f64 >= 0.85 * written.marked as f64, "{written:?}");
}

#[test]
fn the_network_finds_no_less_and_errs_little() {
    let Some(truth) = truth() else {
        println!("skipped: the corpus is not here (EARWITNESS_CORPUS)");
        return;
    };
    if !earwitness_testkit::models_ready() {
        return;
    }
    let read = |name: &str| std::fs::read(earwitness_testkit::models().join("names").join(name)).unwrap();
    let navec = read("navec_news_v1_1B_250K_300d_100q.tar");
    let tagger = Tagger::read(&read("slovnet_ner_news_v1.tar"), &navec).unwrap();
    let written = count(&truth, false, true, Some(&tagger));
    println!("as written, with the network {written:?}");
    let plain = count(&truth, true, false, Some(&tagger));
    println!("lower case, with the network {plain:?}");
    assert!(written.found >= count(&truth, false, false, None).found, "{written:?}");
    assert!(written.right as f64 >= 0.95 * written.hints as f64, "{written:?}");
}
