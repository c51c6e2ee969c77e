//! Small calls for the tests. Everybody in them is invented.
#![allow(dead_code)]

use earwitness_find::{CallDocument, Index, Query, SearchOptions, SearchResult, TurnDocument};
use earwitness_model::{CallId, Phone, Place};

pub fn phone(number: &str) -> Option<Phone> {
    Some(Phone { written: number.to_owned(), e164: number.starts_with('+').then(|| number.to_owned()) })
}

pub fn turn(index: u32, text: &str, translation: Option<&str>) -> TurnDocument {
    TurnDocument {
        index,
        start: f64::from(index) * 3.0,
        end: f64::from(index) * 3.0 + 2.5,
        channel: (index % 2) as u16,
        speaker: if index.is_multiple_of(2) { "A" } else { "B" }.to_owned(),
        language: None,
        text: text.to_owned(),
        translation: translation.map(str::to_owned),
        doubtful: false,
    }
}

pub fn call(id: &str, day: &str, language: &str, texts: &[&str]) -> CallDocument {
    CallDocument {
        call: CallId::new(id),
        started_at: format!("{day}T18:45:02+02:00").parse().ok(),
        duration: 60.0,
        from: phone("+79991235330"),
        to: phone("+79990004411"),
        files: vec![format!("audio/{id}.wav")],
        place: Place { latitude: Some(49.2), longitude: Some(37.3), sector: Some("Izium-2".to_owned()) },
        language: Some(language.to_owned()),
        turns: texts.iter().enumerate().map(|(i, text)| turn(i as u32, text, None)).collect(),
    }
}

pub fn put(index: &Index, calls: &[CallDocument]) {
    let mut writer = index.writer().unwrap();
    for call in calls {
        writer.put_call(call).unwrap();
    }
    writer.commit().unwrap();
    writer.close().unwrap();
}

pub fn search(index: &Index, query: &str) -> SearchResult {
    let query = Query::parse(query).unwrap_or_else(|e| panic!("{query}: {e}"));
    index.search(&query, SearchOptions { limit: 1000, ..SearchOptions::default() }).unwrap()
}

/// Call and turn of every hit, sorted.
pub fn places(result: &SearchResult) -> Vec<(String, u32)> {
    let mut all: Vec<_> = result.hits.iter().map(|h| (h.call.to_string(), h.turn)).collect();
    all.sort();
    all
}

/// `call/turn` of every hit, sorted, with spaces between.
pub fn found(index: &Index, query: &str) -> String {
    let all: Vec<_> = places(&search(index, query)).into_iter().map(|(call, turn)| format!("{call}/{turn}")).collect();
    all.join(" ")
}

/// The highlighted parts of all hits' texts.
pub fn marked(index: &Index, query: &str) -> Vec<String> {
    let cut = |text: &str, ranges: &[std::ops::Range<usize>]| -> Vec<String> {
        ranges.iter().map(|r| text[r.clone()].to_owned()).collect()
    };
    let result = search(index, query);
    let mut all = Vec::new();
    for hit in &result.hits {
        all.extend(cut(&hit.text, &hit.highlights));
        all.extend(cut(hit.translation.as_deref().unwrap_or_default(), &hit.translation_highlights));
    }
    all.sort();
    all
}
