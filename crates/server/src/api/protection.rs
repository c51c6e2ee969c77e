//! What must never leave, and what stands in its place.

use super::{passage::change, view};
use crate::{
    app::App,
    calls::Inner,
    code::Code,
    error::{Answer, Problem},
    input::Sent,
    session::Visitor,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use earwitness_archive::Archive;
use earwitness_desk::{
    kept::Kept,
    protection::{self, Guard, Kind, ProtectionError, Rule, StandIn},
};
use earwitness_model::{CallId, Revision};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// All rules.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    app.read(move |archive| Ok(Json(all(&*own.calls.now(archive)?, archive)?))).await
}

fn all(inner: &Inner, archive: &Archive) -> Answer<Value> {
    let rules = Kept::<Rule>::all(archive)?;
    let rules: Vec<Value> = rules.iter().map(|rule| rule_json(inner, rule)).collect();
    let persons = inner.people.persons.iter().filter(|person| person.protect).count();
    let ends = inner.entries.iter().flat_map(|entry| [&entry.meta.from, &entry.meta.to]).flatten();
    let numbers: BTreeSet<&str> = ends.map(|phone| phone.label()).collect();
    let numbers = numbers.into_iter().filter(|number| number_rule(number).check().is_ok()).count();
    Ok(json!({ "rules": rules, "persons": persons, "numbers": numbers }))
}

fn number_rule(number: &str) -> Rule {
    let (terms, note) = (vec![number.to_owned()], String::new());
    Rule { kind: Kind::Phone, terms, stand_in: StandIn::Bleep, exact: false, person: None, note }
}

fn rule_json(inner: &Inner, rule: &Kept<Rule>) -> Value {
    let person = rule.person.as_ref().and_then(|id| inner.people.person(id));
    json!({
        "id": rule.id, "kind": rule.kind, "terms": rule.terms, "stand_in": rule.stand_in, "shown": rule.stand_in.shown(),
        "exact": rule.exact, "person": rule.person, "person_name": person.map(|p| &p.name), "note": rule.note,
        "by": view::author(&rule.by).0, "at": rule.at,
    })
}

/// A rule as a page sends it.
#[derive(Deserialize)]
pub struct NewRule {
    kind: String,
    terms: Vec<String>,
    stand_in: Option<StandIn>,
    #[serde(default)]
    exact: bool,
    person: Option<String>,
    #[serde(default)]
    note: String,
    /// Where to look for what it hides.
    call: Option<String>,
    /// Whether nothing is kept.
    #[serde(default, rename = "try")]
    only_try: bool,
}

fn kind(word: &str) -> Answer<Kind> {
    Ok(match word {
        "name" => Kind::Name,
        "phone" | "number" => Kind::Phone,
        "address" => Kind::Address,
        "unit" => Kind::Unit,
        "place" => Kind::Place,
        "vehicle" => Kind::Vehicle,
        "words" | "other" => Kind::Words,
        _ => {
            let next = "name, phone, address, unit, place, vehicle or words; voices with `earwitness protect voice`";
            return Err(Problem::unclear(format!("{word:?} is no kind of protection"), next));
        }
    })
}

/// Adds a rule, and tells what it hides in a call.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewRule>,
) -> Answer<Json<Value>> {
    let kind = kind(&new.kind)?;
    let (own, call, only_try) = (Arc::clone(&app), new.call, new.only_try);
    let text = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (terms, stand_in, note) = (new.terms, new.stand_in.unwrap_or(StandIn::Blank), new.note.trim().to_owned());
    let (exact, person) = (new.exact, text(new.person));
    let act = move |archive: &Archive, by| {
        let person = match person {
            Some(wanted) => Some(own.calls.now(archive)?.people.find(&wanted)?.id),
            None => None,
        };
        let rule = Rule { kind, terms, stand_in, exact, person, note };
        let found = match call {
            Some(call) => found(archive, &archive.find_call(&call)?.id, &rule)?,
            None => Vec::new(),
        };
        if only_try {
            rule.check()?;
            return Ok((None, found));
        }
        let kept = archive.try_write(|tx| protection::add(tx, by, rule))?;
        Ok((Some(kept.id), found))
    };
    let show = |inner: &Inner, archive: &Archive, (id, found): (Option<String>, Vec<Value>)| {
        let mut value = all(inner, archive)?;
        value["id"] = json!(id);
        value["found"] = found.into();
        Ok(value)
    };
    let value = change(&app, &visitor, act, show).await?;
    if !only_try {
        app.events.archive("protection");
    }
    Ok(Json(value))
}

/// What a rule hides in a call, turn by turn.
fn found(archive: &Archive, call: &CallId, rule: &Rule) -> Answer<Vec<Value>> {
    let guard = Guard::new(std::slice::from_ref(rule))?;
    let Some(transcript) = archive.current_transcript(call)? else { return Ok(Vec::new()) };
    let turns = transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let translation = archive.current_translation(call)?.map(|t| t.revision);
    let lines = translation.as_ref().and_then(Revision::translation).map(|t| t.of_turns(turns)).unwrap_or_default();
    let mut all = Vec::new();
    for (number, turn) in turns.iter().enumerate() {
        let line = lines.get(number).and_then(Option::as_ref).map(|line| ("translation", line.text.as_str()));
        for (place, text) in [Some(("text", turn.text.as_str())), line].into_iter().flatten() {
            let hits = guard.find(text).into_iter();
            all.extend(hits.map(|h| json!({"turn": number, "in": place, "from": h.from, "to": h.to, "text": h.text})));
        }
    }
    Ok(all)
}

/// Takes a rule back.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    let act = move |archive: &Archive, by| Ok(archive.write(|tx| protection::remove(tx, by, &id))?.id);
    let show = |inner: &Inner, archive: &Archive, id: String| {
        let mut value = all(inner, archive)?;
        value["id"] = id.into();
        Ok(value)
    };
    let value = change(&app, &visitor, act, show).await?;
    app.events.archive("protection");
    Ok(Json(value))
}

impl From<ProtectionError> for Problem {
    fn from(error: ProtectionError) -> Self {
        match error {
            ProtectionError::Archive(error) => error.into(),
            _ => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
                .code(Code::NotProtectable)
                .next("write it as people say it, or choose another kind"),
        }
    }
}
