//! Filters mean the same with and without the index, and a rebuilt index answers as one that grew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{phone, places, put, search};
use earwitness_find::{CallDocument, CallMeta, Filters, Index, Query, SearchOptions, TurnDocument};
use earwitness_model::{CallId, Place, SpeakerRef};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const WORDS: [&str; 14] = [
    "люди",
    "людей",
    "человек",
    "мама",
    "снаряд",
    "снарядов",
    "кое-кто",
    "хата",
    "діти",
    "дитина",
    "go",
    "went",
    "пошёл",
    "пошли",
];

fn turns() -> impl Strategy<Value = Vec<TurnDocument>> {
    let text = prop::collection::vec(prop::sample::select(&WORDS[..]), 0..6).prop_map(|w| w.join(" "));
    let language = prop::sample::select(&[None, Some("ru"), Some("uk"), Some("en")][..]);
    let translation = prop::option::of(prop::sample::select(&["the people went", "a child"][..]));
    let one = (text, language, translation, any::<bool>(), 0u16..2, prop::sample::select(&["A", "B"][..]));
    prop::collection::vec(one, 1..4).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(i, (text, language, translation, doubtful, channel, speaker))| TurnDocument {
                index: i as u32,
                start: i as f64,
                end: i as f64 + 0.5,
                channel,
                speaker: speaker.to_owned(),
                language: language.map(str::to_owned),
                text,
                translation: translation.map(str::to_owned),
                doubtful,
            })
            .collect()
    })
}

fn calls() -> impl Strategy<Value = CallDocument> {
    let number = || {
        prop::sample::select(
            &[None, Some("+79991235330"), Some("+380671234567"), Some("скрыт"), Some("8 999 123-53-31")][..],
        )
    };
    let day = prop::option::of((1u8..4, 1u8..29, 0u8..24));
    let place =
        (prop::option::of((47i32..50, 36i32..39)), prop::option::of(prop::sample::select(&["Izium-2", "Bucha 7"][..])));
    (
        0u8..12,
        day,
        number(),
        number(),
        place,
        0u8..3,
        prop::option::of(prop::sample::select(&["ru", "uk"][..])),
        turns(),
    )
        .prop_map(|(id, day, from, to, (point, sector), files, language, turns)| CallDocument {
            call: CallId::new(format!("c{id:02}")),
            started_at: day.and_then(|(m, d, h)| format!("2022-0{m}-{d:02}T{h:02}:30:00+02:00").parse().ok()),
            duration: 10.0,
            from: from.and_then(phone),
            to: to.and_then(phone),
            files: (0..files).map(|n| format!("audio/{id}_{n}.wav")).collect(),
            place: Place {
                latitude: point.map(|p| f64::from(p.0) + 0.25),
                longitude: point.map(|p| f64::from(p.1) + 0.5),
                sector: sector.map(str::to_owned),
            },
            language: language.map(str::to_owned),
            turns,
        })
}

fn filters() -> impl Strategy<Value = String> {
    let one = prop::sample::select(
        &[
            "from:5330",
            "to:+380*",
            "phone:0671234567",
            "phone:скрыт",
            "date:2022-02",
            "date:..2022-01-20",
            "date:2022-02-27..2022-03-02",
            "lang:ru",
            "lang:uk",
            "file:_1",
            "file:*/3_?.wav",
            "sector:bucha",
            "near:48,37,120",
            "has:translation",
            "has:doubt",
            "speaker:a",
            "person:p1",
            "voice:V1",
            "voice:V2",
            "theme:t1",
            "theme:\"nothing such\"",
            "channel:1",
            "call:c0",
        ][..],
    );
    prop::collection::vec((any::<bool>(), one), 1..4).prop_map(|all| {
        let write = |(negated, filter): &(bool, &str)| format!("{}{filter}", if *negated { "-" } else { "" });
        all.iter().map(write).collect::<Vec<_>>().join(" ")
    })
}

/// Who people and voices of this test are.
fn meant(name: &str, written: &str) -> Vec<SpeakerRef> {
    let speakers: &[&str] = match (name, written) {
        ("person", "p1") => &["c00:A", "c01:B", "c03:A", "c03:B", "c05:A"],
        ("voice", "V1") => &["c01:A", "c02:A", "c02:B", "c04:B"],
        _ => &[],
    };
    speakers.iter().map(|s| s.parse().unwrap()).collect()
}

/// Where themes of this test lie.
fn lies(written: &str) -> Vec<CallId> {
    let calls: &[&str] = if written == "t1" { &["c01", "c03", "c99"] } else { &[] };
    calls.iter().map(|call| CallId::new(*call)).collect()
}

#[test]
fn whom_nobody_told_is_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open_or_create(dir.path()).unwrap();
    put(&index, &[common::call("c1", "2022-03-11", "ru", &["мама", "снаряд"])]);
    assert_eq!(common::found(&index, "person:p1"), "");
    assert_eq!(common::found(&index, "-person:p1 мама"), "c1/0");
    let mut query = Query::parse("person:\"Artyom K.?\" снаряд OR мама").unwrap();
    assert_eq!(Query::parse(&query.to_string()).unwrap(), query);
    let told = |_: &str, written: &str| -> Result<Vec<SpeakerRef>, String> {
        assert_eq!(written, "Artyom K.?");
        Ok(vec!["c1:B".parse().unwrap(), "c2:A".parse().unwrap()])
    };
    query.filters.resolve(told).unwrap();
    let result = index.search(&query, SearchOptions::default()).unwrap();
    assert_eq!(places(&result), [("c1".to_owned(), 1)]);
    assert_eq!(query.filters.resolve(|_, _| Err::<Vec<SpeakerRef>, _>("no such person")), Err("no such person"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_index_and_the_function_agree(calls in prop::collection::vec(calls(), 1..12), asked in prop::collection::vec(filters(), 12)) {
        let dir = tempfile::tempdir().unwrap();
        let index = Index::open_or_create(dir.path()).unwrap();
        put(&index, &calls);
        // The last of several documents of the same call is the one that counts.
        let kept: BTreeMap<&str, &CallDocument> = calls.iter().map(|c| (c.call.as_str(), c)).collect();
        for filter in asked {
            let mut filters = Filters::parse(&filter).unwrap();
            filters.resolve(|name, written| Ok::<_, ()>(meant(name, written))).unwrap();
            filters.resolve_themes(|written| Ok::<_, ()>(lies(written))).unwrap();
            let expected: BTreeSet<String> =
                kept.values().filter(|c| filters.matches(&CallMeta::from(**c))).map(|c| c.call.to_string()).collect();
            let query = Query { text: None, filters };
            let result = index.search(&query, SearchOptions { limit: 1000, ..SearchOptions::default() }).unwrap();
            let found: BTreeSet<String> = places(&result).into_iter().map(|(call, _)| call).collect();
            prop_assert_eq!(result.calls as usize, expected.len());
            prop_assert_eq!(found, expected, "{}", filter);
        }
    }

    #[test]
    fn an_index_that_grew_answers_as_one_built_afresh(
        steps in prop::collection::vec((calls(), prop::bool::weighted(0.2), prop::bool::weighted(0.4)), 1..20),
    ) {
        let (grown_dir, fresh_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let grown = Index::open_or_create(grown_dir.path()).unwrap();
        let mut kept = BTreeMap::new();
        let mut writer = grown.writer().unwrap();
        for (call, remove, commit) in steps {
            if remove {
                writer.remove_call(&call.call).unwrap();
                kept.remove(&call.call);
            } else {
                writer.put_call(&call).unwrap();
                kept.insert(call.call.clone(), call);
            }
            if commit {
                writer.commit().unwrap();
            }
        }
        writer.commit().unwrap();
        let fresh = Index::open_or_create(fresh_dir.path()).unwrap();
        put(&fresh, &kept.into_values().collect::<Vec<_>>());
        for query in [
            "человек", "дитина", "went OR снаряд", "\"мама снаряд\"", "кое-кто", "пошли -мама", "сна*", "людей~",
            "мама снаряд OR хата lang:uk", "has:translation people", "date:2022-02", "=людей", "-мама",
        ] {
            prop_assert_eq!(search(&grown, query), search(&fresh, query), "{}", query);
        }
    }
}
