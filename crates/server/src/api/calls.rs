//! The list of calls.

use super::view;
use crate::{
    app::App,
    calls::{Ask, Facets},
    error::Answer,
    input::Asked,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most rows of one answer.
const MOST: usize = 1000;

/// Which calls.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    offset: usize,
    #[serde(default = "usual")]
    limit: usize,
}

fn usual() -> usize {
    100
}

/// A page of the list.
pub async fn list(State(app): State<Arc<App>>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let listed = app.read(move |archive| {
        let ask = Ask::read(&wanted.q, &wanted.sort)?;
        let inner = own.calls.now(archive)?;
        let chosen = own.calls.chosen(&inner, archive, &ask)?;
        let page = chosen.places.iter().skip(wanted.offset).take(wanted.limit.min(MOST));
        let entries = page.filter_map(|at| inner.entries.get(*at as usize));
        let rows: Vec<Value> = entries.map(|entry| view::row(&inner, entry)).collect();
        Ok(Json(json!({ "total": chosen.places.len(), "prepared": inner.prepared(), "calls": rows })))
    });
    listed.await
}

/// What the calls that somebody asks for have in common.
pub async fn facets(State(app): State<Arc<App>>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Facets>> {
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let ask = Ask::read(&wanted.q, "")?;
        let inner = own.calls.now(archive)?;
        let chosen = own.calls.chosen(&inner, archive, &ask)?;
        Ok(Json(Facets::of(&inner, &chosen)))
    });
    told.await
}
