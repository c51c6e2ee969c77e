//! Evidence: sealed from a page, described, looked at, taken back.

use super::view;
use crate::{
    app::App,
    code::Code,
    error::{Answer, Problem},
    input::{Asked, Sent},
    session::Visitor,
    upload::receive,
};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_desk::{
    claims::{self, Claims, ClaimsError, Evidence, change_evidence},
    kept::Kept,
};
use earwitness_model::{Author, Digest, time::CallTime};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{Seek, SeekFrom},
    sync::Arc,
};
use tokio_util::io::ReaderStream;

/// The largest piece that a page can send, bytes; the command seals larger ones.
const LARGEST: u64 = 2 << 30;
/// What is left free on the disk beside a sealed file, bytes: the catalog must be written, too.
const SPARE: u64 = 16 << 20;
/// The longest name of a file, in characters.
const NAME: usize = 255;

/// All evidence, and what it bears on.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    app.read(|archive| Ok(Json(all(archive)?))).await
}

fn all(archive: &Archive) -> Answer<Value> {
    let claims = Claims::load(archive)?;
    let shown: Vec<Value> = claims.evidence.iter().map(|piece| shown(&claims, piece)).collect();
    Ok(json!({ "evidence": shown }))
}

fn shown(claims: &Claims, piece: &Kept<Evidence>) -> Value {
    let here = claims.bearings.iter().filter(|bearing| bearing.evidence == piece.id);
    let on = here.filter_map(|bearing| {
        let claim = claims.claims.iter().find(|claim| claim.id == bearing.claim)?;
        Some(json!({
            "claim": claim.id, "key": claim.key, "what": claim.what, "says": bearing.says, "why": bearing.why,
            "by": view::author(&bearing.by).0, "at": bearing.at, "standing": claims.standing(&claim.id),
        }))
    });
    json!({
        "id": piece.id, "key": piece.key, "kind": piece.kind, "title": piece.title, "source": piece.source,
        "url": piece.url, "captured_at": piece.captured_at, "name": piece.name, "size": piece.size,
        "sha256": piece.sha256, "revision": piece.revision, "by": view::author(&piece.by).0, "at": piece.at,
        "bears_on": on.collect::<Vec<_>>(),
    })
}

fn find(claims: &Claims, wanted: &str) -> Answer<Kept<Evidence>> {
    let missing = || ClaimsError::NotFound { kind: "evidence", wanted: wanted.into() };
    Ok(claims.piece(wanted).cloned().ok_or_else(missing)?)
}

/// One piece, and how it begins where it is a text.
pub async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let told = app.read(move |archive| {
        let claims = Claims::load(archive)?;
        let piece = find(&claims, &id)?;
        let begins = claims::beginning(archive, &piece)?;
        Ok(Json(json!({ "evidence": shown(&claims, &piece), "begins": begins })))
    });
    told.await
}

/// The sealed bytes, checked before they are given.
pub async fn file(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Response> {
    let found = app.read(move |archive| {
        let piece = find(&Claims::load(archive)?, &id)?;
        let digest = piece.sha256.ok_or_else(|| {
            let what = format!("no bytes were sealed for {}", piece.id);
            Problem::missing(what).code(Code::NotSealed)
        })?;
        let mut file = archive.originals().open(&digest)?;
        let (found, size) = Digest::of_reader(&mut file)?;
        if found != digest {
            return Err(ArchiveError::OriginalAltered { digest }.into());
        }
        file.rewind()?;
        Ok((file, size, piece.name.clone().unwrap_or_else(|| piece.id.clone())))
    });
    let (file, size, name): (File, u64, String) = found.await?;
    let headers = [
        // Whatever it is, it is kept as a file, and never shown as a page of this server.
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", escaped(&name))),
        (header::CONTENT_LENGTH, size.to_string()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)))).into_response())
}

/// A name in a header (RFC 8187).
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What is said of a piece that is sent.
#[derive(Deserialize)]
pub struct Described {
    kind: String,
    title: String,
    source: String,
    #[serde(default)]
    key: String,
    name: Option<String>,
    url: Option<String>,
    captured_at: Option<String>,
}

impl Described {
    fn piece(self) -> Answer<Evidence> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (url, captured) = (given(self.url), given(self.captured_at));
        let wrong = |place: &'static str, what: &str, next: &str| {
            Problem::unclear(what, next).code(Code::ClaimFaults).value("places", place)
        };
        if url.is_some() != captured.is_some() {
            let next = "give both: the address, and when it was captured";
            return Err(wrong("captured_at", "a web capture has an address and a time", next));
        }
        let time = |text: String| {
            let next = "for example 2022-04-11T10:30:00+03:00";
            text.trim().parse::<CallTime>().map_err(|_| wrong("captured_at", "this is no time", next))
        };
        Ok(Evidence {
            key: self.key,
            kind: self.kind,
            title: self.title,
            sha256: None,
            size: None,
            name: self.name.as_deref().and_then(file_name),
            source: self.source,
            url,
            captured_at: captured.map(time).transpose()?,
        })
    }
}

/// What a file was called, without what leads there.
fn file_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.trim().chars().filter(|c| !c.is_control()).take(NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// Seals what a page sends, as it comes.
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Asked(described): Asked<Described>,
    body: Body,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let (piece, faults) = described.piece()?.checked();
    if !faults.is_empty() {
        // Nobody waits for two gigabytes to be told that a word is missing.
        return Err(ClaimsError::from(faults).into());
    }
    let part = app.uploads.file()?;
    let size = receive(&part, body, LARGEST).await?.ok_or_else(|| {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "this is larger than what a page can send");
        problem.next("`earwitness evidence add` seals larger files").code(Code::EvidenceTooLarge)
    })?;
    if size == 0 {
        let problem = Problem::unclear("there is nothing to seal", "check that the file was copied as a whole");
        return Err(problem.code(Code::EvidenceEmpty));
    }
    let by = Author::person(actor.as_str());
    let done = app.write(actor, move |archive| {
        if size.saturating_add(SPARE) > archive.originals().room()? {
            return Err(
                Problem::new(StatusCode::INSUFFICIENT_STORAGE, "the disk is full").next("make room and try again")
            );
        }
        let mut file = part.reopen()?;
        file.seek(SeekFrom::Start(0))?;
        let (kept, new) = claims::seal(archive, by, file, piece)?;
        let mut value = all(archive)?;
        (value["id"], value["was_new"]) = (kept.id.into(), new.into());
        Ok(Json(value))
    });
    let answer = done.await?;
    app.events.archive("claims");
    Ok(answer)
}

/// What is said otherwise of a piece.
#[derive(Deserialize)]
pub struct Changes {
    kind: Option<String>,
    title: Option<String>,
    source: Option<String>,
    key: Option<String>,
}

/// Changes what is said of a piece; its bytes stay what they are.
pub async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(changes): Sent<Changes>,
) -> Answer<Json<Value>> {
    act(app, &visitor, move |archive, by| {
        let known = find(&Claims::load(archive)?, &id)?;
        let is = known.is.clone();
        let to = Evidence {
            kind: changes.kind.unwrap_or(is.kind),
            title: changes.title.unwrap_or(is.title),
            source: changes.source.unwrap_or(is.source),
            key: changes.key.unwrap_or(is.key),
            ..is
        };
        Ok(archive.try_write(|tx| change_evidence(tx, by, &known, to))?.id)
    })
    .await
}

/// Takes a piece back: it bears on nothing any more. Its bytes stay sealed.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Value>> {
    act(app, &visitor, move |archive, by| {
        let known = find(&Claims::load(archive)?, &id)?;
        archive.write(|tx| known.withdraw(tx, by))?;
        Ok(known.id)
    })
    .await
}

async fn act(
    app: Arc<App>,
    visitor: &Visitor,
    change: impl FnOnce(&Archive, Author) -> Answer<String> + Send + 'static,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let by = Author::person(actor.as_str());
    let done = app.write(actor, move |archive| {
        let id = change(archive, by)?;
        let mut value = all(archive)?;
        value["id"] = id.into();
        Ok(Json(value))
    });
    let answer = done.await?;
    app.events.archive("claims");
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_and_fit_a_header() {
        assert_eq!(file_name("C:\\papers\\roster 1.jpg").as_deref(), Some("roster 1.jpg"));
        assert_eq!(file_name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(file_name("a\r\nb").as_deref(), Some("ab"));
        assert_eq!(file_name("/"), None);
        assert_eq!(file_name(&"я".repeat(300)).unwrap().chars().count(), NAME);
        assert_eq!(escaped("лист 1.jpg"), "%D0%BB%D0%B8%D1%81%D1%82%201.jpg");
        assert_eq!(escaped("a\"; x"), "a%22%3B%20x");
    }
}
