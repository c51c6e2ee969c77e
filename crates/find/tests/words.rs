//! Which words find which: forms, phrases, operators, highlights.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{call, found, marked, put, search, turn};
use earwitness_find::{Index, Order, Query, SearchOptions};

fn small() -> (tempfile::TempDir, Index) {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open_or_create(&dir.path().join("index")).unwrap();
    let mut translated = call("c4", "2022-03-14", "ru", &[]);
    translated.turns = vec![turn(0, "Мы стреляли по деревне.", Some("We were shooting at the village, children ran."))];
    let mut mixed = call("c5", "2022-03-15", "ru", &["Вони взяли снарядів до хати."]);
    mixed.turns[0].language = Some("uk".to_owned());
    put(
        &index,
        &[
            call("c1", "2022-03-11", "ru", &["Тут были люди.", "Пять человек на блокпосту, мам.", "Ёлка за́мок."]),
            call("c2", "2022-03-12", "ru", &["Нет людей.", "Кое-кто сказал про БМП-2.", "Мать плачет, брат пошёл."]),
            call("c3", "2022-03-13", "uk", &["Тут були люди, м'ята.", "Діти йшли до Ірпеня."]),
            translated,
            mixed,
        ],
    );
    (dir, index)
}

#[test]
fn words_are_found_in_all_their_forms() {
    let (_dir, index) = small();
    for (query, expected) in [
        ("люди", "c1/0 c1/1 c2/0 c3/0"),
        ("людей", "c1/0 c1/1 c2/0 c3/0"),
        ("человек", "c1/0 c1/1 c2/0 c3/0"),
        ("=людей", "c2/0"),
        ("елка", "c1/2"),
        ("ЁЛКИ", "c1/2"),
        ("замок", "c1/2"),
        ("братья", "c2/2"),
        ("матери", "c2/2"),
        ("мат", ""),
        ("дитина", "c3/1"),
        ("йде", "c3/1"),
        ("м’яту", "c3/0"),
        ("Ірпінь", ""),
        ("снаряд", "c5/0"),
        ("снаряди", "c5/0"),
        ("child", "c4/0"),
        ("shot", "c4/0"),
        ("villages", "c4/0"),
        ("стрелять", "c4/0"),
    ] {
        assert_eq!(found(&index, query), expected, "{query}");
    }
}

#[test]
fn phrases_hold_in_forms_and_exactly() {
    let (_dir, index) = small();
    for (query, expected) in [
        ("\"пять человек\"", "c1/1"),
        ("\"пятью людьми\"", "c1/1"),
        ("=\"пять человек\"", "c1/1"),
        ("=\"пять людей\"", ""),
        ("\"человек пять\"", ""),
        ("\"человек на блокпостах\"", "c1/1"),
        ("\"кто сказал\"", "c2/1"),
        ("\"кое-кто сказал\"", "c2/1"),
        ("кое-кто", "c2/1"),
        ("бмп-2", "c2/1"),
        ("\"бмп 2\"", "c2/1"),
        ("\"деревне we\"", ""),
        ("«were shooting»", "c4/0"),
    ] {
        assert_eq!(found(&index, query), expected, "{query}");
    }
}

#[test]
fn operators_prefixes_and_near_misses() {
    let (_dir, index) = small();
    for (query, expected) in [
        ("люди нет", "c2/0"),
        ("люди AND NOT нет", "c1/0 c1/1 c3/0"),
        ("мать OR елка", "c1/2 c2/2"),
        ("мать ИЛИ елка -брат", "c1/2 c2/2"),
        ("(мать ИЛИ елка) -брат", "c1/2"),
        ("люди -(нет OR пять)", "c1/0 c3/0"),
        ("блокп*", "c1/1"),
        ("кое-к*", "c2/1"),
        ("блакпосту~", "c1/1"),
        ("блопкосту~", "c1/1"),
        ("блакпсту~", ""),
        ("блакпсту~2", "c1/1"),
        ("деревня children", "c4/0"),
        ("-люди lang:uk", "c3/1 c5/0"),
    ] {
        assert_eq!(found(&index, query), expected, "{query}");
    }
}

#[test]
fn highlights_mark_the_forms_that_matched() {
    let (_dir, index) = small();
    assert_eq!(marked(&index, "человек"), ["людей", "люди", "люди", "человек"]);
    assert_eq!(marked(&index, "замок"), ["за\u{301}мок"]);
    assert_eq!(marked(&index, "\"пять людей\" мам"), ["Пять человек", "мам"]);
    assert_eq!(marked(&index, "кое-кто"), ["Кое-кто"]);
    assert_eq!(marked(&index, "блокп* -люди OR мяту"), ["м'ята"]);
    assert_eq!(marked(&index, "блакпосту~"), ["блокпосту"]);
    assert_eq!(marked(&index, "child деревня"), ["children", "деревне"]);
}

#[test]
fn the_form_that_was_written_comes_first_and_dates_order() {
    let (_dir, index) = small();
    let result = search(&index, "людей");
    assert_eq!(result.hits[0].text, "Нет людей.");
    assert_eq!((result.turns, result.calls), (4, 3));
    let by_date = SearchOptions { order: Order::Date, limit: 2, offset: 1 };
    let page = index.search(&Query::parse("людей").unwrap(), by_date).unwrap();
    let seen: Vec<_> = page.hits.iter().map(|h| (h.call.as_str(), h.turn)).collect();
    assert_eq!(seen, [("c1", 1), ("c2", 0)]);
    assert_eq!(page.turns, 4);
    let none = index.search(&Query::parse("людей").unwrap(), SearchOptions { limit: 0, ..by_date }).unwrap();
    assert_eq!((none.turns, none.hits.len()), (4, 0));
}

#[test]
fn filters_alone_give_the_first_matching_turn_of_each_call() {
    let (_dir, index) = small();
    assert_eq!(found(&index, "date:2022-03-12..2022-03-13"), "c2/0 c3/0");
    assert_eq!(found(&index, "date:2022-03-12..2022-03-13 channel:1"), "c2/1 c3/1");
    assert_eq!(search(&index, "date:2022-03").turns, 10);
}
