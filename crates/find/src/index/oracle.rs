//! The index against reading every turn word by word.

use super::{Index, SearchOptions};
use crate::{
    CallDocument, Expr, Query, TurnDocument, WordMode,
    filters::Filters,
    query::plan::{Plan, read},
    text::forms::Side,
};
use earwitness_model::{CallId, Place};
use proptest::prelude::*;

const WORDS: [&str; 18] = [
    "люди",
    "людей",
    "человек",
    "мать",
    "матери",
    "мат",
    "еду",
    "еда",
    "ехать",
    "кое-кто",
    "кто",
    "БМП-2",
    "снарядів",
    "снаряды",
    "діти",
    "went",
    "going",
    "п’ять",
];

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&WORDS[..])
}

fn leaf() -> impl Strategy<Value = Expr> {
    let mode = prop::sample::select(
        &[WordMode::Forms, WordMode::Forms, WordMode::Exact, WordMode::Prefix, WordMode::Fuzzy(1), WordMode::Fuzzy(2)]
            [..],
    );
    prop_oneof![
        (word(), mode, 2usize..9).prop_map(|(text, mode, cut)| {
            let kept = if mode == WordMode::Prefix { cut } else { usize::MAX };
            let text: String = text.trim_end_matches("-2").chars().take(kept).collect();
            Expr::Word { text: text.trim_end_matches('-').to_owned(), mode }
        }),
        word().prop_map(|text| Expr::Word { text: text.to_owned(), mode: WordMode::Forms }),
        (prop::collection::vec(word(), 1..4), any::<bool>())
            .prop_map(|(words, exact)| Expr::Phrase { text: words.join(" "), exact }),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|e| Expr::Not(Box::new(e))),
        ]
    })
}

fn turns() -> impl Strategy<Value = Vec<TurnDocument>> {
    let text = || prop::collection::vec(word(), 0..7).prop_map(|words| words.join(" "));
    let one = (text(), prop::option::of(text()), any::<bool>());
    prop::collection::vec(one, 1..25).prop_map(|all| {
        let make = |(i, (text, translation, ukrainian)): (usize, (String, Option<String>, bool))| TurnDocument {
            index: i as u32,
            start: 0.0,
            end: 1.0,
            channel: 0,
            speaker: "A".to_owned(),
            language: Some(if ukrainian { "uk" } else { "ru" }.to_owned()),
            text,
            translation,
            doubtful: false,
        };
        all.into_iter().enumerate().map(make).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_reading_every_turn_finds(turns in turns(), asked in prop::collection::vec(tree(), 30)) {
        let dir = tempfile::tempdir().unwrap();
        let index = Index::open_or_create(dir.path()).unwrap();
        let call = CallDocument {
            call: CallId::new("c1"),
            started_at: None,
            duration: 1.0,
            from: None,
            to: None,
            files: Vec::new(),
            place: Place::default(),
            language: None,
            turns,
        };
        let mut writer = index.writer().unwrap();
        writer.put_call(&call).unwrap();
        writer.commit().unwrap();
        for text in asked {
            let plan = Plan::of(&text, index.analyzer());
            let shown = text.to_string();
            let query = Query { text: Some(text), filters: Filters::default() };
            let options = SearchOptions { limit: 100, ..SearchOptions::default() };
            let mut found: Vec<u32> = index.search(&query, options).unwrap().hits.iter().map(|h| h.turn).collect();
            found.sort_unstable();
            let reads = |turn: &TurnDocument| {
                let side = Side::of_language(turn.language.as_deref());
                let translation = turn.translation.as_deref().unwrap_or_default();
                [read(index.analyzer(), &turn.text, side), read(index.analyzer(), translation, Side::Text)]
            };
            let expected: Vec<u32> =
                call.turns.iter().filter(|t| plan.answers(&reads(t))).map(|t| t.index).collect();
            prop_assert_eq!(found, expected, "{}", shown);
        }
    }
}
