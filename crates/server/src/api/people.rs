//! Persons and what ties them to voices and phones.

use super::view;
use crate::{app::App, calls::Inner, error::Answer, input::Sent, session::Visitor};
use axum::{
    Extension, Json,
    extract::{Path, State},
};
use earwitness_archive::Archive;
use earwitness_desk::people::{self, Decision, Evidence, Kept, Link, Person, Target};
use earwitness_model::{Author, CallId, Standing};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// All persons.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let listed = app.read(move |archive| {
        let inner = own.calls.now(archive)?;
        let all: Vec<Value> = inner.people.persons.iter().map(|person| shown(&inner, person)).collect();
        Ok(Json(json!({ "people": all })))
    });
    listed.await
}

fn shown(inner: &Inner, person: &Kept<Person>) -> Value {
    let calls: BTreeSet<CallId> = inner.people.speakers_of(&person.id).into_keys().map(|s| s.call).collect();
    let mut calls: Vec<Value> = calls.iter().map(|call| view::briefly(inner, call)).collect();
    calls.sort_by_key(|call| call["started_at"].to_string());
    json!({
        "id": person.id, "name": person.name, "alias": person.alias, "role": person.role.as_deref().unwrap_or_default(),
        "note": person.note.as_deref().unwrap_or_default(), "protected": person.protect, "revision": person.revision,
        "links": inner.people.links_of(&person.id).map(link_json).collect::<Vec<_>>(), "calls": calls,
    })
}

fn link_json(link: &Kept<Link>) -> Value {
    let (kind, target) = match &link.target {
        Target::Speaker(speaker) => ("speaker", speaker.to_string()),
        Target::Voice(id) => ("voice", id.clone()),
        Target::Phone(number) => ("phone", number.clone()),
    };
    let evidence = link.evidence.iter().map(|evidence| match evidence {
        Evidence::Text(text) => text.clone(),
        Evidence::Document(name) => format!("document: {name}"),
        Evidence::Turn { call, turn, words, .. } => format!("{call}#{turn}: {words}"),
    });
    let why = link.decided.as_ref().and_then(|decided| decided.why.clone());
    let by = link.decided.as_ref().map_or_else(|| view::author(&link.by).0, |decided| decided.by.clone());
    json!({
        "id": link.id, "kind": kind, "target": target, "label": target, "standing": link.standing, "by": by,
        "at": link.decided.as_ref().map_or(link.at, |decided| decided.at), "score": link.score,
        "evidence": evidence.chain(why).collect::<Vec<_>>().join("; "),
    })
}

/// Changes what is known of people, tells all pages, and lists people as they stand then.
async fn change(
    app: Arc<App>,
    visitor: &Visitor,
    act: impl FnOnce(&Archive, &str) -> Answer<String> + Send + 'static,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let (own, by) = (Arc::clone(&app), actor.clone());
    let done = app.write(actor, move |archive| {
        let id = act(archive, by.as_str())?;
        let inner = own.calls.now(archive)?;
        let all: Vec<Value> = inner.people.persons.iter().map(|person| shown(&inner, person)).collect();
        Ok(Json(json!({ "id": id, "people": all })))
    });
    let answer = done.await?;
    app.events.archive("people");
    Ok(answer)
}

/// What can be known of a person; a text that is empty removes it.
#[derive(Deserialize)]
pub struct Facts {
    name: Option<String>,
    alias: Option<String>,
    role: Option<String>,
    note: Option<String>,
    protected: Option<bool>,
}

impl Facts {
    fn over(self, known: Person) -> Person {
        Person {
            name: self.name.unwrap_or(known.name),
            alias: self.alias.or(known.alias),
            role: self.role.or(known.role),
            note: self.note.or(known.note),
            protect: self.protected.unwrap_or(known.protect),
        }
    }
}

/// Adds a person.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(facts): Sent<Facts>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let person = facts.over(Person::default());
        Ok(archive.try_write(|tx| people::add(tx, Author::person(by), person))?.id)
    })
    .await
}

/// Changes what is known of a person.
pub async fn change_person(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(facts): Sent<Facts>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let kept = archive.try_write(|tx| {
            let known = people::find(tx, &id)?;
            let changed = facts.over(known.is.clone());
            people::change(tx, Author::person(by), &known, changed)
        });
        Ok(kept?.id)
    })
    .await
}

/// Something that may be a person's.
#[derive(Deserialize)]
pub struct NewLink {
    target: String,
    #[serde(default = "suggested")]
    standing: Standing,
    #[serde(default)]
    evidence: String,
}

fn suggested() -> Standing {
    Standing::Suggested
}

/// Evidence in free words, where there are any.
fn reasons(text: &str) -> Vec<Evidence> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(|text| Evidence::Text(text.to_owned())).into_iter().collect()
}

/// Links a voice or a phone to a person.
pub async fn link(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewLink>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let kept = archive.try_write(|tx| {
            let person = people::find(tx, &id)?;
            let target = Target::find(tx, &new.target)?;
            people::link(tx, by, &person, target, new.standing, reasons(&new.evidence))
        });
        Ok(kept?.id)
    })
    .await
}

/// What is decided of a link.
#[derive(Deserialize)]
pub struct Decided {
    /// None takes the link back.
    standing: Option<Standing>,
    #[serde(default)]
    evidence: String,
}

/// Decides about a link.
pub async fn decide(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(decided): Sent<Decided>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let why = Some(decided.evidence.trim().to_owned()).filter(|why| !why.is_empty());
        let kept = archive.try_write(|tx| {
            let decision = match decided.standing {
                None => return people::unlink(tx, by, &id),
                Some(Standing::Confirmed) => Decision::Confirm,
                Some(Standing::Rejected) => Decision::Reject,
                Some(Standing::Disputed) => Decision::Dispute,
                Some(Standing::Suggested) => Decision::Reopen,
            };
            people::decide(tx, by, &id, decision, why)
        });
        Ok(kept?.id)
    })
    .await
}
