//! Every quote of the corpus' model story, from the reference translation and the declared edits, byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_desk::quote::{Declaration, Line, Source, undo};
use earwitness_model::{Transcript, Translation, Turn, transcript::TranslatedTurn};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn truth(file: &str) -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("EARWITNESS_CORPUS").map_or(beside, PathBuf::from);
    let text = std::fs::read_to_string(corpus.join("truth").join(file)).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn revisions(call: &Value) -> (Transcript, Translation) {
    let turns = call["turns"].as_array().unwrap();
    let spoken = |t: &Value| Turn {
        start: t["start"].as_f64().unwrap(),
        end: t["end"].as_f64().unwrap(),
        channel: u16::try_from(t["channel"].as_u64().unwrap()).unwrap(),
        speaker: t["side"].as_str().unwrap().into(),
        language: t["lang"].as_str().map(Into::into),
        text: t["text"].as_str().unwrap().into(),
        confidence: 1.0,
        words: Vec::new(),
        doubt: None,
    };
    let transcript = Transcript { language: Some("ru".into()), turns: turns.iter().map(spoken).collect() };
    let translated = |(t, v): (&Turn, &Value)| TranslatedTurn {
        start: t.start,
        end: t.end,
        channel: t.channel,
        text: v["en"].as_str().unwrap().into(),
        taken: None,
    };
    let translated = transcript.turns.iter().zip(turns).map(translated).collect();
    let of = earwitness_model::RevisionId::new("r0");
    let translation = Translation { of, language: "en".into(), turns: translated };
    (transcript, translation)
}

fn declaration(op: &Value) -> Declaration {
    let text = |key: &str| op[key].as_str().unwrap().to_string();
    match op["op"].as_str().unwrap() {
        "cut" => Declaration::Cut { words: text("text"), nth: None },
        "insert" => {
            let text = text("text").trim_matches(['[', ']']).to_string();
            Declaration::Insert { after: op["after"].as_str().unwrap().into(), text, nth: None }
        }
        "mask" => Declaration::Mask { word: text("word"), nth: None },
        other => panic!("an unknown operation: {other}"),
    }
}

#[test]
fn every_quote_of_the_story_is_computed() {
    let (Some(story), Some(calls)) = (truth("story.json"), truth("calls.json")) else {
        println!("skipped: no corpus");
        return;
    };
    let quotes = story["quotes"].as_array().unwrap();
    assert_eq!(quotes.len(), 14);
    for quote in quotes {
        let call = calls["calls"].as_array().unwrap().iter().find(|c| c["id"] == quote["call"]).unwrap();
        let (transcript, translation) = revisions(call);
        let turn = usize::try_from(quote["turn"].as_u64().unwrap()).unwrap();
        let source = Source::of(&transcript, Some(&translation), turn..=turn).unwrap();
        assert_eq!(source.text(), quote["reference_en"].as_str().unwrap());
        let declared: Vec<Declaration> = quote["ops"].as_array().unwrap().iter().map(declaration).collect();
        let edits = source.resolve(&declared).unwrap();
        let published = source.publish(&edits).unwrap();
        assert_eq!(published.text(), quote["edited_en"].as_str().unwrap(), "{}", quote["key"]);
        let lines: Vec<String> = published.lines.iter().map(Line::text).collect();
        let back = undo(&lines, &[(turn, source.text().chars().count())], &edits).unwrap();
        assert_eq!(back, [quote["reference_en"].as_str().unwrap()]);
        let spoken = Source::of(&transcript, None, turn..=turn).unwrap();
        assert_eq!(spoken.text(), quote["ru"].as_str().unwrap());
    }
}
