//! The pages, embedded in the program.

use crate::{app::App, door, error::Problem, session};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Pages;

/// The one page, which shows all others; without a session, how to get one.
pub async fn index(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if !session::is_open(&app, &headers) {
        return door::closed(&app);
    }
    file("index.html", "no-cache")
}

/// What the page loads. It holds nothing of an archive, but is given to sessions only all the same.
pub async fn asset(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    if !session::is_open(&app, &headers) {
        return door::closed(&app);
    }
    let path = uri.path().trim_start_matches('/');
    // Names under assets/ change with what they hold.
    let hashed = path.starts_with("assets/");
    file(path, if hashed { "private, max-age=31536000, immutable" } else { "no-cache" })
}

fn file(path: &str, caching: &'static str) -> Response {
    let plain = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    let Some(found) = plain.then(|| Pages::get(path)).flatten() else {
        return Problem::missing("there is no such page").next("go back to the list of calls").into_response();
    };
    let kind = found.metadata.mimetype().to_owned();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching.to_owned())], Body::from(found.data.into_owned()))
        .into_response()
}
