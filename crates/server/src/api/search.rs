//! Finding words.

use super::view;
use crate::{
    app::App,
    calls::{Count, Inner},
    error::Answer,
    input::Asked,
};
use axum::{Json, extract::State};
use earwitness_archive::Archive;
use earwitness_desk::people::meant;
use earwitness_find::{Hit, Index, Order, Query, SearchOptions, index::call_key};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    sync::Arc,
};

/// The most hits of one answer, and how far somebody may go on.
const MOST: usize = 200;
const FARTHEST: usize = 100_000;
/// Numbers that facets tell.
const PHONES: usize = 20;

/// What is looked for.
#[derive(Deserialize)]
pub struct Wanted {
    q: String,
    #[serde(default)]
    offset: usize,
    #[serde(default = "usual")]
    limit: usize,
    #[serde(default)]
    by: String,
}

fn usual() -> usize {
    20
}

/// Searches.
pub async fn search(State(app): State<Arc<App>>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    app.read(move |archive| Ok(Json(found(&own, archive, &wanted)?))).await
}

fn found(app: &App, archive: &Archive, wanted: &Wanted) -> Answer<Value> {
    let mut query = Query::parse(&wanted.q)?;
    let inner = app.calls.now(archive)?;
    query.filters.resolve(|name, written| meant(archive, &inner.people, name, written))?;
    query.filters.resolve_themes(|written| inner.with_theme(written))?;
    let index = app.index(archive)?;
    let order = if wanted.by == "date" { Order::Date } else { Order::Score };
    let options = SearchOptions { limit: wanted.limit.min(MOST), offset: wanted.offset.min(FARTHEST), order };
    let found = index.search(&query, options)?;
    let mut speakers: HashMap<_, Vec<String>> = HashMap::new();
    let mut hits = Vec::new();
    for hit in &found.hits {
        if !speakers.contains_key(&hit.call) {
            let turns = archive.outline(&hit.call)?.turns;
            speakers.insert(hit.call.clone(), turns.into_iter().map(|turn| turn.speaker).collect());
        }
        let label = speakers.get(&hit.call).and_then(|labels| labels.get(usize::try_from(hit.turn).ok()?));
        hits.push(shown(&inner, hit, label));
    }
    Ok(json!({
        "total_turns": found.turns, "total_calls": found.calls, "hits": hits,
        "facets": facets(&inner, &index, &query)?,
    }))
}

fn shown(inner: &Inner, hit: &Hit, label: Option<&String>) -> Value {
    let entry = inner.entry(&hit.call);
    let phone = |phone: Option<&earwitness_model::Phone>| phone.map(|p| p.label().to_owned());
    let person = label.and_then(|label| view::names(inner, &hit.call).remove(label));
    json!({
        "call": hit.call, "name": entry.map(|e| e.name()), "started_at": entry.and_then(|e| e.meta.started_at),
        "from": phone(entry.and_then(|e| e.meta.from.as_ref())), "to": phone(entry.and_then(|e| e.meta.to.as_ref())),
        "turn": hit.turn, "start": hit.start, "end": hit.end, "speaker": label, "person": person,
        "text": pieces(&hit.text, &hit.highlights),
        "translation": hit.translation.as_ref().map(|text| pieces(text, &hit.translation_highlights)),
        "score": hit.score,
    })
}

/// A text in pieces, found and not.
fn pieces(text: &str, found: &[Range<usize>]) -> Vec<Value> {
    let (mut all, mut at) = (Vec::new(), 0);
    let mut put = |piece: Option<&str>, hit: bool| {
        if let Some(piece) = piece.filter(|piece| !piece.is_empty()) {
            all.push(json!({"t": piece, "hit": hit}));
        }
    };
    for range in found {
        put(text.get(at..range.start), false);
        put(text.get(range.clone()), true);
        at = range.end;
    }
    put(text.get(at..), false);
    all
}

/// What the calls in which something was found have in common.
fn facets(inner: &Inner, index: &Index, query: &Query) -> Answer<Value> {
    let keys = index.calls(query)?;
    let mut languages: BTreeMap<String, usize> = BTreeMap::new();
    let mut phones: BTreeMap<String, usize> = BTreeMap::new();
    let mut months: BTreeMap<String, usize> = BTreeMap::new();
    for entry in inner.entries.iter().filter(|entry| keys.contains(&call_key(&entry.meta.call))) {
        if let Some(language) = entry.language() {
            *languages.entry(language.to_owned()).or_default() += 1;
        }
        let ends = [&entry.meta.from, &entry.meta.to].into_iter().flatten().map(|p| p.label().to_owned());
        for end in ends.filter(|end| !end.trim().is_empty()).collect::<BTreeSet<_>>() {
            *phones.entry(end).or_default() += 1;
        }
        if let Some(started) = entry.meta.started_at {
            *months.entry(started.local().strftime("%Y-%m").to_string()).or_default() += 1;
        }
    }
    let list = |all: BTreeMap<String, usize>| -> Vec<Count> {
        all.into_iter().map(|(value, count)| Count { value, label: None, count }).collect()
    };
    let most = |all| {
        let mut all = list(all);
        all.sort_by_key(|one| std::cmp::Reverse(one.count));
        all.truncate(PHONES);
        all
    };
    Ok(json!({ "languages": most(languages), "phones": most(phones), "months": list(months) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_pieces() {
        let text = "мост цел";
        assert_eq!(
            pieces(text, std::slice::from_ref(&(0..8))),
            [json!({"t": "мост", "hit": true}), json!({"t": " цел", "hit": false})]
        );
        assert_eq!(pieces("", &[]), Vec::<Value>::new());
    }
}
