//! Words that somebody may want to quote, and the way from there into a story.

use super::{
    passage::{change, shown},
    stories,
};
use crate::{app::App, calls::Inner, error::Answer, input::Sent, session::Visitor};
use axum::{
    Extension, Json,
    extract::{Path, State},
};
use earwitness_archive::{Archive, Tx};
use earwitness_desk::{
    basket::{self, Basket},
    passage::{Chosen, MarksError, Passages},
};
use earwitness_model::CallId;
use earwitness_publish::story;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What is in somebody's basket.
pub async fn list(State(app): State<Arc<App>>, Extension(visitor): Extension<Visitor>) -> Answer<Json<Value>> {
    let (own, owner) = (Arc::clone(&app), visitor.actor()?);
    app.read(move |archive| Ok(Json(all(&*own.calls.now(archive)?, archive, owner.as_str())?))).await
}

fn all(inner: &Inner, archive: &Archive, owner: &str) -> Answer<Value> {
    let (basket, _) = Basket::of(archive, owner)?;
    let mut passages = Passages::of(archive);
    let items = basket.items.iter().map(|item| {
        let mut value = shown(inner, &mut passages, &item.passage)?;
        value["id"] = item.id.into();
        value["note"] = json!(item.note);
        Ok(value)
    });
    Ok(json!({ "items": items.collect::<Answer<Vec<Value>>>()? }))
}

/// Changes somebody's basket, and shows what is in it then.
async fn changed(
    app: Arc<App>,
    visitor: &Visitor,
    act: impl FnOnce(&Tx<'_>, &str) -> Result<Option<u32>, MarksError> + Send + 'static,
) -> Answer<Json<Value>> {
    let (owner, own) = (visitor.actor()?, visitor.actor()?);
    let act = move |archive: &Archive, _| Ok(archive.try_write(|tx| act(tx, own.as_str()))?);
    let show = move |inner: &Inner, archive: &Archive, id: Option<u32>| {
        let mut value = all(inner, archive, owner.as_str())?;
        if let Some(id) = id {
            value["id"] = id.into();
        }
        Ok(value)
    };
    let value = change(&app, visitor, act, show).await?;
    app.events.archive("basket");
    Ok(Json(value))
}

/// Words for the basket.
#[derive(Deserialize)]
pub struct NewItem {
    #[serde(flatten)]
    at: Chosen,
    #[serde(default)]
    note: String,
}

/// Puts words into the basket.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewItem>,
) -> Answer<Json<Value>> {
    changed(app, &visitor, move |tx, owner| basket::add(tx, owner, &new.at, &new.note).map(Some)).await
}

/// A note on an item.
#[derive(Deserialize)]
pub struct Remark {
    note: String,
}

/// Writes another note on an item.
pub async fn note(
    State(app): State<Arc<App>>,
    Path(id): Path<u32>,
    Extension(visitor): Extension<Visitor>,
    Sent(remark): Sent<Remark>,
) -> Answer<Json<Value>> {
    changed(app, &visitor, move |tx, owner| basket::note(tx, owner, id, &remark.note).map(|()| None)).await
}

/// Takes an item out.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<u32>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    changed(app, &visitor, move |tx, owner| basket::remove(tx, owner, id).map(|_| None)).await
}

/// An order.
#[derive(Deserialize)]
pub struct Order {
    ids: Vec<u32>,
}

/// Puts the items into another order.
pub async fn order(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(order): Sent<Order>,
) -> Answer<Json<Value>> {
    changed(app, &visitor, move |tx, owner| basket::order(tx, owner, &order.ids).map(|()| None)).await
}

/// Puts back what the basket was before its newest change.
pub async fn undo(State(app): State<Arc<App>>, Extension(visitor): Extension<Visitor>) -> Answer<Json<Value>> {
    changed(app, &visitor, |tx, owner| basket::undo(tx, owner).map(|()| None)).await
}

/// Which story, and how.
#[derive(Deserialize)]
pub struct Into {
    name: String,
    #[serde(default)]
    original: bool,
    #[serde(default)]
    remove: bool,
}

/// Writes a quote of an item at the end of a story's text.
pub async fn into_story(
    State(app): State<Arc<App>>,
    Path(id): Path<u32>,
    Extension(visitor): Extension<Visitor>,
    Sent(into): Sent<Into>,
) -> Answer<Json<Value>> {
    let (own, owner) = (Arc::clone(&app), visitor.actor()?);
    let remove = into.remove;
    let written = app.read(move |archive| {
        let (basket, _) = Basket::of(archive, owner.as_str())?;
        let item = basket.item(id)?;
        let mut quote = None;
        stories::rewrite(&own, archive, &into.name, None, |text| {
            let name = short_name(archive, text, &item.passage.call);
            let made = item.reference(&mut Passages::of(archive), &name, into.original)?;
            let text = format!("{}\n\n{}\n", text.trim_end(), made.text);
            quote = Some(made);
            Ok(text)
        })?;
        let quote = json!(quote);
        let story = stories::view(&own, archive, &into.name)?;
        Ok(json!({ "reference": quote["text"], "whole": quote["whole"], "story": story }))
    });
    let value = written.await?;
    app.events.archive("stories");
    if remove {
        let _ = changed(app, &visitor, move |tx, owner| basket::remove(tx, owner, id).map(|_| None)).await?;
    }
    Ok(Json(value))
}

/// What a story calls a call; the archive's name where its head has none.
fn short_name(archive: &Archive, text: &str, call: &CallId) -> String {
    let head = story::parse("story.md", text).ok().map(|story| story.head);
    let calls = head.into_iter().flat_map(|head| head.calls);
    let mut same = calls.filter(|(_, name)| archive.find_call(name).is_ok_and(|found| found.id == *call));
    same.next().map_or_else(|| call.to_string(), |(short, _)| short)
}
