//! What callers assert happened, what bears on it, and how it stands by that.

use super::view;
use crate::{
    app::App,
    calls::{Entry, Inner},
    code::Code,
    error::{Answer, Problem},
    input::Sent,
    session::Visitor,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::{self, Basis, Claim, Claims, ClaimsError, Says, Tapes},
    kept::Kept,
};
use earwitness_model::Author;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// All claims and all evidence.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    app.read(move |archive| Ok(Json(all(&own, archive)?))).await
}

fn all(app: &App, archive: &Archive) -> Answer<Value> {
    let inner = app.calls.now(archive)?;
    let (claims, mut tapes) = (Claims::load(archive)?, Tapes::of(archive));
    let shown: Answer<Vec<Value>> =
        claims.claims.iter().map(|claim| shown(&inner, &claims, &mut tapes, claim)).collect();
    let evidence = claims.evidence.iter().map(|piece| {
        json!({
            "id": piece.id, "key": piece.key, "kind": piece.kind, "title": piece.title, "sha256": piece.sha256,
            "source": piece.source, "url": piece.url,
        })
    });
    Ok(json!({ "claims": shown?, "evidence": evidence.collect::<Vec<_>>() }))
}

fn shown(inner: &Inner, claims: &Claims, tapes: &mut Tapes<'_>, claim: &Kept<Claim>) -> Answer<Value> {
    let standing = claims.standing(&claim.id);
    let said = tapes.said(claim)?;
    let bearings = claims.bearing_on(&claim.id).map(|(bearing, piece)| {
        json!({
            "id": bearing.id, "evidence": piece.id, "title": piece.title, "says": bearing.says, "why": bearing.why,
            "by": view::author(&bearing.by).0, "at": bearing.at,
        })
    });
    let bearings: Vec<Value> = bearings.collect();
    Ok(json!({
        "id": claim.id, "key": claim.key, "call": claim.call, "call_name": inner.entry(&claim.call).map(Entry::name),
        "turn": claim.turn, "last": claim.last, "words": claim.words, "kind": claim.kind, "who": claim.who,
        "what": claim.what, "where": claim.place, "when": claim.when, "basis": claim.basis, "standing": standing,
        "sentence": standing.for_readers(claim.basis, "en"), "bearings": bearings, "said": said.turns,
        "seconds": said.seconds, "rests": said.rests, "by": view::author(&claim.by).0,
    }))
}

/// Changes claims in a person's name, and lists them as they stand then.
async fn change(
    app: Arc<App>,
    visitor: &Visitor,
    act: impl FnOnce(&Archive, Author) -> Answer<String> + Send + 'static,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let (own, by) = (Arc::clone(&app), Author::person(actor.as_str()));
    let done = app.write(actor, move |archive| {
        let id = act(archive, by)?;
        let mut value = all(&own, archive)?;
        value["id"] = id.into();
        Ok(Json(value))
    });
    let answer = done.await?;
    app.events.archive("claims");
    Ok(answer)
}

/// A claim as a page sends it.
#[derive(Deserialize)]
pub struct NewClaim {
    #[serde(default)]
    key: String,
    call: String,
    turn: usize,
    last: Option<usize>,
    words: Option<String>,
    kind: String,
    who: Option<String>,
    what: String,
    #[serde(rename = "where")]
    place: Option<String>,
    when: Option<String>,
    basis: Basis,
}

/// Adds a claim; it rests on the transcript that stands.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewClaim>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let claim = Claim {
            key: new.key,
            call: archive.find_call(&new.call)?.id,
            turn: new.turn,
            last: new.last.filter(|last| *last != new.turn),
            words: said(new.words),
            seconds: None,
            transcript: None,
            kind: new.kind,
            who: said(new.who),
            what: new.what,
            place: said(new.place),
            when: said(new.when),
            basis: new.basis,
        };
        Ok(archive.try_write(|tx| claims::add(tx, by, claim))?.id)
    })
    .await
}

/// What of a claim changes: what is left out stays, an empty text removes what was known.
#[derive(Deserialize)]
pub struct Changes {
    key: Option<String>,
    call: Option<String>,
    turn: Option<usize>,
    last: Option<usize>,
    words: Option<String>,
    kind: Option<String>,
    who: Option<String>,
    what: Option<String>,
    #[serde(rename = "where")]
    place: Option<String>,
    when: Option<String>,
    basis: Option<Basis>,
}

impl Changes {
    fn over(self, archive: &Archive, known: Claim) -> Answer<Claim> {
        let or =
            |new: Option<String>, old: Option<String>| new.map_or(old, |text| Some(text).filter(|t| !t.is_empty()));
        let moved = self.call.is_some() || self.turn.is_some();
        let call = self.call.map(|wanted| archive.find_call(&wanted)).transpose()?;
        let turn = self.turn.unwrap_or(known.turn);
        let last = self.last.or_else(|| known.last.filter(|_| !moved));
        Ok(Claim {
            key: self.key.unwrap_or(known.key),
            call: call.map_or(known.call, |call| call.id),
            turn,
            last: last.filter(|last| *last != turn),
            words: or(self.words, known.words.filter(|_| !moved)),
            // Whoever moves a claim has looked at what stands now.
            seconds: known.seconds.filter(|_| !moved),
            transcript: known.transcript.filter(|_| !moved),
            kind: self.kind.unwrap_or(known.kind),
            who: or(self.who, known.who),
            what: self.what.unwrap_or(known.what),
            place: or(self.place, known.place),
            when: or(self.when, known.when),
            basis: self.basis.unwrap_or(known.basis),
        })
    }
}

fn find(archive: &Archive, wanted: &str) -> Answer<Kept<Claim>> {
    let missing = || ClaimsError::NotFound { kind: "claim", wanted: wanted.into() };
    Ok(Claims::load(archive)?.claim(wanted).cloned().ok_or_else(missing)?)
}

/// Changes a claim.
pub async fn change_claim(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(changes): Sent<Changes>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let known = find(archive, &id)?;
        let to = changes.over(archive, known.is.clone())?;
        Ok(archive.try_write(|tx| claims::change(tx, by, &known, to))?.id)
    })
    .await
}

/// Takes a claim back; its history stays.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        let known = find(archive, &id)?;
        archive.write(|tx| known.withdraw(tx, by))?;
        Ok(known.id)
    })
    .await
}

/// What a piece of evidence says about a claim.
#[derive(Deserialize)]
pub struct NewBearing {
    evidence: String,
    says: Says,
    why: String,
}

/// Decides what a piece of evidence says about a claim.
pub async fn bear(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<NewBearing>,
) -> Answer<Json<Value>> {
    if new.why.trim().is_empty() {
        let next = "say in which place, or by which words, the evidence bears on the claim";
        let problem = Problem::unclear("no reason was given", next);
        return Err(problem.code(Code::ClaimFaults).value("places", "why"));
    }
    change(app, &visitor, move |archive, by| {
        Ok(archive.try_write(|tx| claims::bear(tx, by, &id, &new.evidence, new.says, &new.why))?.id)
    })
    .await
}

/// Which piece.
#[derive(Deserialize)]
pub struct Piece {
    evidence: String,
}

/// Takes back that a piece of evidence bears on a claim.
pub async fn unbear(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(piece): Sent<Piece>,
) -> Answer<Json<Value>> {
    change(app, &visitor, move |archive, by| {
        Ok(archive.try_write(|tx| claims::unbear(tx, by, &id, &piece.evidence))?.id)
    })
    .await
}
