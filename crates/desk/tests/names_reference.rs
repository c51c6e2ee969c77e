//! Names in text, against what the original program says (fixture by `tools/names_reference.py`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_desk::names::{NameKind, Tagger};
use serde_json::{Value, json};

fn fixture() -> Value {
    serde_json::from_str(include_str!("names_reference.json")).unwrap()
}

fn tagger() -> Option<Tagger> {
    if !earwitness_testkit::models_ready() {
        return None;
    }
    let read = |name: &str| std::fs::read(earwitness_testkit::models().join("names").join(name)).unwrap();
    let navec = read("navec_news_v1_1B_250K_300d_100q.tar");
    Some(Tagger::read(&read("slovnet_ner_news_v1.tar"), &navec).unwrap())
}

#[test]
fn words_tags_and_names_are_those_of_the_original() {
    let Some(tagger) = tagger() else { return };
    let fixture = fixture();
    let sentences = fixture["sentences"].as_array().unwrap();
    for sentence in sentences {
        let text = sentence["text"].as_str().unwrap();
        let (words, tags): (Vec<&str>, Vec<&str>) = tagger.tags(text).into_iter().unzip();
        assert_eq!(json!(words), sentence["words"], "{text}");
        assert_eq!(json!(tags), sentence["tags"], "{text}");
        let kind = |kind| match kind {
            NameKind::Person => "PER",
            NameKind::Place => "LOC",
            NameKind::Organisation => "ORG",
        };
        let names: Vec<Value> =
            tagger.names(text).into_iter().map(|name| json!([kind(name.kind), name.from, name.to])).collect();
        assert_eq!(json!(names), sentence["names"], "{text}");
    }
    assert_eq!(sentences.len(), 20);
}

#[test]
fn odd_texts_are_parted_alike() {
    let Some(tagger) = tagger() else { return };
    for odd in fixture()["odd"].as_array().unwrap() {
        let text = odd["text"].as_str().unwrap();
        let words: Vec<&str> = tagger.tags(text).into_iter().map(|(word, _)| word).collect();
        assert_eq!(json!(words), odd["words"], "{text}");
    }
    assert!(tagger.names("").is_empty());
}

#[test]
fn weights_that_were_cut_off_are_refused() {
    if tagger().is_none() {
        return;
    }
    let read = |name: &str| std::fs::read(earwitness_testkit::models().join("names").join(name)).unwrap();
    let (slovnet, navec) = (read("slovnet_ner_news_v1.tar"), read("navec_news_v1_1B_250K_300d_100q.tar"));
    for part in [0, 600, 9_000, 1_100_000, slovnet.len() - 900_000] {
        assert!(Tagger::read(&slovnet[..part], &navec).is_err(), "{part}");
    }
    assert!(Tagger::read(&slovnet, &navec[..navec.len() - 20_000]).is_err());
    assert!(Tagger::read(&navec, &slovnet).is_err());
}
