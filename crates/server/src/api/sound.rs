//! What is heard of a call, and its wave.

use crate::{
    app::App,
    code::Code,
    error::{Answer, Problem},
    input::Asked,
    sound::{self, Peaks},
};
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use earwitness_model::CallId;
use serde::Deserialize;
use std::sync::Arc;

/// All of it, or a part.
#[derive(Deserialize)]
pub struct Wanted {
    part: Option<String>,
}

/// The sound of a call.
pub async fn sound(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer<Response> {
    let own = Arc::clone(&app);
    let Some(part) = wanted.part else {
        let wav = app.read(move |archive| own.sounds.wav(archive, &archive.call(&CallId::new(id))?)).await?;
        return wav.respond(&headers).await;
    };
    let wrong = || {
        let problem = Problem::unclear(format!("{part:?} is no part of a call"), "part=START-END, in seconds");
        problem.code(Code::NoPart)
    };
    let (start, end) = part.split_once('-').ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
    let (start, end) = (number(start)?, number(end)?);
    let cut = app.read(move |archive| own.sounds.wav(archive, &archive.call(&CallId::new(id))?)?.part(start, end));
    Ok(sound::respond(cut.await?, &headers))
}

/// How fine.
#[derive(Deserialize)]
pub struct Fine {
    #[serde(default = "usual")]
    per_second: u32,
}

fn usual() -> u32 {
    20
}

/// The peaks of a call.
pub async fn peaks(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(fine): Asked<Fine>,
) -> Answer<Json<Peaks>> {
    let own = Arc::clone(&app);
    let made = app.read(move |archive| own.sounds.peaks(archive, &archive.call(&CallId::new(id))?, fine.per_second));
    Ok(Json(made.await?))
}
