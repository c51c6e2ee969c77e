//! What pages ask for and send, one file for each page.

mod basket;
mod call;
mod calls;
mod claims;
mod codebook;
mod custody;
mod deliveries;
mod edit;
mod evidence;
mod notes;
mod passage;
mod people;
mod phones;
mod protection;
mod report;
mod search;
mod sound;
mod stories;
mod view;
mod voices;

use crate::{app::App, assets, door, error::Problem, events, guard, session};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, patch, post, put},
};
use std::{sync::Arc, time::Duration};

/// The largest body that is not a delivered file: the transcript of a day.
const BODY: usize = 32 << 20;
/// What people give to come in.
const NAME_AND_PASSWORD: usize = 16 << 10;
/// The longest time that an answer may take to begin.
const PATIENCE: Duration = Duration::from_secs(120);

/// Everything that the server answers.
pub fn router(app: &Arc<App>) -> Router {
    let quick = Router::new()
        .route("/api/session", get(session::show).post(session::sign_in).delete(session::sign_out))
        .route("/api/search", get(search::search))
        .route("/api/claims", get(claims::list).post(claims::add))
        .route("/api/claims/{id}", patch(claims::change_claim).delete(claims::remove))
        .route("/api/claims/{id}/bearings", post(claims::bear).delete(claims::unbear))
        .route("/api/evidence/{id}", get(evidence::show).patch(evidence::change).delete(evidence::remove))
        .route("/api/evidence/{id}/file", get(evidence::file))
        .route("/api/stories", get(stories::list).post(stories::begin))
        .route("/api/stories/{name}", get(stories::show).put(stories::write))
        .route("/api/deliveries", get(deliveries::list))
        .route("/api/deliveries/{id}", get(deliveries::show))
        .route("/api/deliveries/{id}/report", get(report::show))
        .route("/api/uploads", post(deliveries::begin))
        .route("/api/uploads/{id}", delete(deliveries::give_up))
        .route("/api/uploads/{id}/import", post(deliveries::import))
        .route("/api/process", post(deliveries::process))
        .route("/api/work", get(deliveries::works))
        .route("/api/work/{id}/stop", post(deliveries::stop))
        .route("/api/ledger", get(custody::ledger))
        .route("/api/verify", post(custody::verify))
        .route("/api/status", get(custody::status))
        .merge(calls())
        .merge(who())
        .merge(marks())
        .route("/api/{*any}", get(nothing))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(patience));
    let slow = Router::new()
        .route("/api/events", get(events::stream))
        .route("/api/uploads/{id}/files", put(deliveries::file).layer(DefaultBodyLimit::disable()))
        .route("/api/uploads/{id}/look", post(deliveries::look));
    let slow = slow
        .route("/api/evidence", get(evidence::list).post(evidence::add).layer(DefaultBodyLimit::disable()))
        .route("/api/stories/{name}/build", post(stories::build))
        .route("/api/stories/{name}/sign", post(stories::sign))
        .route("/stories/{name}/{kind}/{*path}", get(stories::page));
    let pages = Router::new()
        .route("/", get(assets::index))
        .route("/open", get(door::open))
        .route("/login", get(door::look).post(door::login).layer(DefaultBodyLimit::max(NAME_AND_PASSWORD)))
        .route("/login.css", get(door::style))
        .fallback(get(assets::asset));
    let admitted = quick.merge(slow).layer(middleware::from_fn_with_state(Arc::clone(app), session::admit));
    admitted
        .merge(pages)
        .layer(middleware::from_fn_with_state(Arc::clone(app), guard::guard))
        .with_state(Arc::clone(app))
}

/// Calls, and what is changed in them.
fn calls() -> Router<Arc<App>> {
    Router::new()
        .route("/api/calls", get(calls::list))
        .route("/api/calls/facets", get(calls::facets))
        .route("/api/calls/{id}", get(call::show))
        .route("/api/calls/{id}/sound", get(sound::sound))
        .route("/api/calls/{id}/peaks", get(sound::peaks))
        .route("/api/calls/{id}/transcript", put(edit::transcript))
        .route("/api/calls/{id}/restore", post(edit::restore))
        .route("/api/calls/{id}/speakers", post(edit::speakers))
        .route("/api/calls/{id}/reviewed", post(edit::reviewed))
        .route("/api/calls/{id}/presence", post(call::presence))
        .route("/api/calls/{id}/revisions", get(call::revisions))
        .route("/api/calls/{id}/revisions/{revision}", get(call::revision))
        .route("/api/calls/{id}/diff", get(call::diff))
}

/// Who is heard: people, phones, voices, and what joins them.
fn who() -> Router<Arc<App>> {
    Router::new()
        .route("/api/people", get(people::list).post(people::add))
        .route("/api/people/{id}", patch(people::change_person))
        .route("/api/people/{id}/links", post(people::link))
        .route("/api/links/{id}", post(people::decide))
        .route("/api/phones", get(phones::list))
        .route("/api/phones/{number}", get(phones::show))
        .route("/api/network", get(phones::network))
        .route("/api/voices", get(voices::list))
        .route("/api/voices/decide", post(voices::decide))
}

/// What people note on what is said.
fn marks() -> Router<Arc<App>> {
    Router::new()
        .route("/api/themes", get(codebook::list).post(codebook::add))
        .route("/api/themes/counts", get(codebook::counts))
        .route("/api/themes/{id}", patch(codebook::change_theme))
        .route("/api/themes/{id}/undo", post(codebook::undo_theme))
        .route("/api/themes/{id}/passages", get(codebook::passages))
        .route("/api/codings", post(codebook::put))
        .route("/api/codings/{id}", patch(codebook::note).delete(codebook::take))
        .route("/api/codings/{id}/undo", post(codebook::undo))
        .route("/api/codebook", get(codebook::export).put(codebook::import))
        .route("/api/notes", get(notes::list).post(notes::add))
        .route("/api/notes/{id}", patch(notes::change_note).delete(notes::remove))
        .route("/api/notes/{id}/undo", post(notes::undo))
        .route("/api/notes/{id}/history", get(notes::history))
        .route("/api/protection", get(protection::list).post(protection::add))
        .route("/api/protection/{id}", delete(protection::remove))
        .route("/api/basket", get(basket::list).post(basket::add))
        .route("/api/basket/order", put(basket::order))
        .route("/api/basket/undo", post(basket::undo))
        .route("/api/basket/{id}", patch(basket::note).delete(basket::remove))
        .route("/api/basket/{id}/story", post(basket::into_story))
}

async fn nothing() -> Problem {
    Problem::missing("there is nothing at this address")
}

/// No answer keeps a page waiting for ever.
async fn patience(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::GATEWAY_TIMEOUT, "the answer takes too long")
            .next("try again in a while; the work that it waits for goes on")
            .into_response(),
    }
}
