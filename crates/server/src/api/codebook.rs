//! The codebook: themes, what they lie on, and how that changes.

use super::{
    passage::{change, shown},
    view,
};
use crate::{
    app::App,
    calls::Inner,
    error::{Answer, Problem},
    input::{Asked, Sent},
    session::Visitor,
};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    codebook::{self, By, Codebook, Coding, Period, Theme},
    kept::Kept,
    passage::{Chosen, Passages},
};
use earwitness_model::CallId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most passages of one answer.
const MOST: usize = 1000;

/// All themes.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    app.read(move |archive| Ok(Json(json!({ "themes": all(&own.calls.now(archive)?.codebook) })))).await
}

/// Retired ones last.
fn all(book: &Codebook) -> Vec<Value> {
    let mut themes: Vec<&Kept<Theme>> = book.themes.iter().collect();
    themes.sort_by_key(|theme| theme.retired);
    themes.into_iter().map(|theme| theme_json(book, theme)).collect()
}

fn theme_json(book: &Codebook, theme: &Kept<Theme>) -> Value {
    let count = book.count(&theme.id);
    json!({
        "id": theme.id, "name": theme.name, "about": theme.about, "key": theme.key, "warning": theme.warning,
        "colour": theme.colour, "retired": theme.retired, "calls": count.calls, "passages": count.passages,
        "revision": theme.revision, "by": view::author(&theme.by).0, "at": theme.at,
    })
}

fn coding_json(inner: &Inner, passages: &mut Passages<'_>, coding: &Kept<Coding>) -> Answer<Value> {
    let mut value = shown(inner, passages, &coding.passage)?;
    value["id"] = json!(coding.id);
    value["theme"] = json!(coding.theme);
    value["note"] = json!(coding.note);
    value["revision_number"] = json!(coding.revision);
    value["by"] = json!(view::author(&coding.by).0);
    value["at"] = json!(coding.at);
    Ok(value)
}

/// What lies on a call, and what listeners are warned of there.
///
/// # Errors
/// What the archive gives.
pub fn of_call(inner: &Inner, passages: &mut Passages<'_>, call: &CallId) -> Answer<(Vec<Value>, Vec<Value>)> {
    let here = inner.codebook.codings.iter().filter(|coding| coding.passage.call == *call);
    let codings: Answer<Vec<Value>> = here.map(|coding| coding_json(inner, passages, coding)).collect();
    let codings = codings?;
    let mut warnings = Vec::new();
    for theme in &inner.codebook.themes {
        let Some(warning) = &theme.warning else { continue };
        let of_theme = codings.iter().filter(|coding| coding["theme"] == *theme.id && !coding["start"].is_null());
        let spans: Vec<Value> = of_theme.map(|coding| json!([coding["start"], coding["end"]])).collect();
        if !spans.is_empty() {
            warnings.push(json!({"theme": theme.id, "name": theme.name, "warning": warning, "spans": spans}));
        }
    }
    Ok((codings, warnings))
}

/// What a theme is to be; what is left out stays, and an empty text removes it.
#[derive(Deserialize)]
pub struct Facts {
    name: Option<String>,
    about: Option<String>,
    key: Option<String>,
    warning: Option<String>,
    colour: Option<u8>,
    retired: Option<bool>,
}

impl Facts {
    fn over(self, known: Theme) -> Answer<Theme> {
        let mut signs = self.key.iter().flat_map(|key| key.trim().chars());
        let (first, more) = (signs.next(), signs.next());
        if more.is_some() {
            return Err(Problem::unclear("a key is one digit or one small letter", "press one key"));
        }
        Ok(Theme {
            name: self.name.unwrap_or(known.name),
            about: self.about.unwrap_or(known.about),
            key: if self.key.is_some() { first } else { known.key },
            warning: self.warning.or(known.warning),
            colour: self.colour.unwrap_or(known.colour),
            retired: self.retired.unwrap_or(known.retired),
        })
    }
}

/// Changes themes and lists them as they stand then.
async fn change_themes(
    app: Arc<App>,
    visitor: &Visitor,
    act: impl FnOnce(&Archive, earwitness_model::Author) -> Answer<String> + Send + 'static,
) -> Answer<Json<Value>> {
    let show = |inner: &Inner, _: &Archive, id: String| Ok(json!({ "id": id, "themes": all(&inner.codebook) }));
    let value = change(&app, visitor, act, show).await?;
    app.events.archive("themes");
    Ok(Json(value))
}

/// Adds a theme.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(facts): Sent<Facts>,
) -> Answer<Json<Value>> {
    change_themes(app, &visitor, move |archive, by| {
        let theme = facts.over(Theme { colour: Codebook::load(archive)?.free_colour(), ..Theme::default() })?;
        Ok(archive.try_write(|tx| codebook::add(tx, by, theme))?.id)
    })
    .await
}

/// Changes a theme.
pub async fn change_theme(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(facts): Sent<Facts>,
) -> Answer<Json<Value>> {
    change_themes(app, &visitor, move |archive, by| {
        let kept = archive.try_write(|tx| -> Answer<_> {
            let book = Codebook::load(tx)?;
            let known = book.find(&id)?;
            Ok(codebook::change(tx, by, known, facts.over(known.is.clone())?)?)
        });
        Ok(kept?.id)
    })
    .await
}

/// Puts back what a theme was before its newest change.
pub async fn undo_theme(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    change_themes(app, &visitor, move |archive, by| {
        if Kept::<Theme>::get(archive, &id)?.is_none() && !id.starts_with('t') {
            return Err(Problem::missing("there is no such theme"));
        }
        archive.try_write(|tx| codebook::undo(tx, by, &id))?;
        Ok(id)
    })
    .await
}

/// A part of a list.
#[derive(Deserialize)]
pub struct Page {
    #[serde(default)]
    offset: usize,
    #[serde(default = "usual")]
    limit: usize,
}

fn usual() -> usize {
    100
}

/// All that a theme lies on, in the order of days.
pub async fn passages(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(page): Asked<Page>,
) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let listed = app.read(move |archive| {
        let inner = own.calls.now(archive)?;
        let theme = inner.codebook.find(&id)?;
        let mut found: Vec<&Kept<Coding>> = inner.codebook.codings.iter().filter(|c| c.theme == theme.id).collect();
        found.sort_by_cached_key(|coding| {
            let entry = inner.entry(&coding.passage.call);
            let at = entry.and_then(|e| e.meta.started_at).map(|t| t.instant());
            let place = coding.passage.place;
            (at.is_none(), at, coding.passage.call.clone(), place.turn, place.from, coding.at)
        });
        let mut passages = Passages::of(archive);
        let here = found.iter().skip(page.offset).take(page.limit.min(MOST));
        let codings: Answer<Vec<Value>> = here.map(|coding| coding_json(&inner, &mut passages, coding)).collect();
        let theme = theme_json(&inner.codebook, theme);
        Ok(Json(json!({ "theme": theme, "total": found.len(), "codings": codings? })))
    });
    listed.await
}

/// How long a period is.
#[derive(Deserialize)]
pub struct Periods {
    #[serde(default)]
    by: String,
}

/// How what is said changes.
pub async fn counts(State(app): State<Arc<App>>, Asked(asked): Asked<Periods>) -> Answer<Json<Value>> {
    let by = match asked.by.as_str() {
        "week" => By::Week,
        "month" | "" => By::Month,
        _ => return Err(Problem::unclear(format!("there is no period {:?}", asked.by), "by=week or by=month")),
    };
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let inner = own.calls.now(archive)?;
        let calls = inner.entries.iter().map(|e| (&e.meta.call, e.meta.started_at.map(|t| t.local().date())));
        let counted = codebook::over_time(calls, &inner.codebook.codings, by);
        let (periods, undated): (Vec<Period>, Vec<Period>) = counted.into_iter().partition(|p| p.from.is_some());
        let name = if by == By::Week { "week" } else { "month" };
        Ok(Json(json!({ "by": name, "periods": periods, "undated": undated.first() })))
    });
    told.await
}

/// A theme on some words.
#[derive(Deserialize)]
pub struct NewCoding {
    theme: String,
    #[serde(flatten)]
    at: Chosen,
    #[serde(default)]
    note: String,
}

/// Lays a theme on some words.
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewCoding>,
) -> Answer<Json<Value>> {
    let act =
        move |archive: &Archive, by| Ok(archive.try_write(|tx| codebook::put(tx, by, &new.theme, &new.at, &new.note))?);
    let show = |inner: &Inner, archive: &Archive, (coding, new): (Kept<Coding>, bool)| {
        Ok(json!({ "coding": coding_json(inner, &mut Passages::of(archive), &coding)?, "new": new }))
    };
    told(&app, change(&app, &visitor, act, show).await?)
}

/// Tells other pages which call is concerned.
fn told(app: &App, value: Value) -> Answer<Json<Value>> {
    app.events.marks("themes", value["coding"]["call"].as_str());
    Ok(Json(value))
}

/// A note on a coding.
#[derive(Deserialize)]
pub struct Remark {
    note: String,
}

/// Writes another note on a coding.
pub async fn note(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(remark): Sent<Remark>,
) -> Answer<Json<Value>> {
    let act = move |archive: &Archive, by| Ok(archive.try_write(|tx| codebook::note(tx, by, &id, &remark.note))?);
    told(&app, change(&app, &visitor, act, one).await?)
}

fn one(inner: &Inner, archive: &Archive, coding: Kept<Coding>) -> Answer<Value> {
    Ok(json!({ "coding": coding_json(inner, &mut Passages::of(archive), &coding)? }))
}

/// Takes a theme off some words.
pub async fn take(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    let act = move |archive: &Archive, by| Ok(archive.try_write(|tx| codebook::take(tx, by, &id))?);
    told(&app, change(&app, &visitor, act, one).await?)
}

/// Puts back what a coding was before its newest change.
pub async fn undo(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    let act = move |archive: &Archive, by| {
        if !id.starts_with('o') {
            return Err(Problem::missing("there is no such coding"));
        }
        let before = Kept::<Coding>::get(archive, &id)?.map(|coding| coding.is.passage.call);
        archive.try_write(|tx| codebook::undo(tx, by, &id))?;
        Ok((before, Kept::<Coding>::get(archive, &id)?))
    };
    let show = |inner: &Inner, archive: &Archive, (before, now): (Option<CallId>, Option<Kept<Coding>>)| {
        let call = now.as_ref().map(|coding| coding.passage.call.clone()).or(before);
        let coding = now.map(|coding| coding_json(inner, &mut Passages::of(archive), &coding)).transpose()?;
        Ok(json!({ "coding": coding, "call": call }))
    };
    let value = change(&app, &visitor, act, show).await?;
    app.events.marks("themes", value["call"].as_str());
    Ok(Json(value))
}

/// In which form.
#[derive(Deserialize)]
pub struct Form {
    #[serde(default)]
    form: String,
}

/// The codebook as a file.
pub async fn export(State(app): State<Arc<App>>, Asked(asked): Asked<Form>) -> Answer<Response> {
    let qdc = match asked.form.as_str() {
        "" | "json" => false,
        "qdc" => true,
        _ => return Err(Problem::unclear("there is no such form of a codebook", "form=json or form=qdc")),
    };
    let text = app.read(move |archive| Ok(if qdc { codebook::qdc(archive)? } else { codebook::export(archive)? }));
    let (kind, file) = match qdc {
        true => ("application/xml; charset=utf-8", "attachment; filename=\"codebook.qdc\""),
        false => ("application/json", "attachment; filename=\"codebook.json\""),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)], text.await?).into_response())
}

/// Takes a codebook in.
pub async fn import(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    body: Bytes,
) -> Answer<Json<Value>> {
    let act = move |archive: &Archive, by| {
        let text =
            std::str::from_utf8(&body).map_err(|_| Problem::unclear("the file is not UTF-8", "save it as UTF-8"))?;
        Ok(archive.try_write(|tx| codebook::import(tx, &by, text))?)
    };
    let show = |inner: &Inner, _: &Archive, told: codebook::Imported| {
        let mut value = json!(told);
        value["themes"] = all(&inner.codebook).into();
        Ok(value)
    };
    let value = change(&app, &visitor, act, show).await?;
    app.events.archive("themes");
    Ok(Json(value))
}
