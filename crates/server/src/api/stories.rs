//! Stories: their texts, and what the program's own commands say of them. Checking, signing and building are commands
//! (`earwitness story …`): the server runs them in the name of whoever sits at the page, and tells what they told.

use crate::{
    app::{App, lock},
    code::Code,
    error::{Answer, Problem},
    input::Sent,
    session::Visitor,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use earwitness_archive::Archive;
use earwitness_model::Digest;
use earwitness_publish::story;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    ffi::OsStr,
    fs, io,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};

/// The text of a story.
const TEXT: &str = "story.md";
/// The most that is read of a built file, bytes.
const LARGEST: u64 = 512 << 20;

/// The folder of a story.
fn folder(archive: &Archive, name: &str) -> Answer<PathBuf> {
    let sign = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 80 || name.starts_with('-') || !name.chars().all(sign) {
        let what = format!("“{name}” is not a name for a story");
        let problem = Problem::unclear(what, "use letters, digits and hyphens");
        return Err(problem.code(Code::StoryName).value("name", name));
    }
    Ok(archive.root().join("stories").join(name))
}

fn text_of(dir: &std::path::Path, name: &str) -> Answer<String> {
    let file = fs::File::open(dir.join(TEXT)).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => {
            Problem::missing(format!("there is no story {name}")).code(Code::NoStory).value("name", name)
        }
        _ => e.into(),
    })?;
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, story::LONGEST as u64 + 1), &mut bytes)?;
    String::from_utf8(bytes).map_err(|_| {
        Problem::unclear("the text of the story is not UTF-8", "save it as UTF-8").code(Code::StoryNotText)
    })
}

/// Runs a command of the program and reads what it printed: its result, or its failure.
fn command(app: &App, by: &str, words: &[&str]) -> Answer<Value> {
    let mut command = Command::new(&app.options.program);
    command.arg("--archive").arg(&app.options.root).args(["--author", by, "--json", "--quiet", "story"]).args(words);
    let done = command.stdin(Stdio::null()).output()?;
    if let Ok(value) = serde_json::from_slice::<Value>(&done.stdout) {
        return Ok(value);
    }
    let told = String::from_utf8_lossy(&done.stderr);
    let failed: Option<Value> = told.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let Some(error) = failed.as_ref().map(|failed| &failed["error"]) else {
        return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the program could not look at the story"));
    };
    let problem = Problem::conflict(text(&error["what"]).unwrap_or_default(), text(&error["next"]).unwrap_or_default());
    let problem = problem.code(Code::Command);
    Err(match error["why"].get(0).and_then(text) {
        Some(why) => problem.why(why),
        None => problem,
    })
}

/// All stories.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let listed = app.read(|archive| {
        let mut all = Vec::new();
        for entry in fs::read_dir(archive.root().join("stories")).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(dir) = folder(archive, &name) else { continue };
            let Ok(text) = text_of(&dir, &name) else { continue };
            let read = story::parse(TEXT, &text).ok();
            let built = ["site", "draft"].into_iter().find(|kind| dir.join(kind).join("index.html").is_file());
            let state = match (built, &read) {
                (Some("site"), _) => "built",
                (Some(_), _) => "checked",
                _ => "draft",
            };
            all.push(json!({
                "name": name, "title": read.as_ref().map_or(name.as_str(), |s| s.head.title.as_str()),
                "quotes": read.as_ref().map_or(0, |s| s.quotes.len()), "state": state,
            }));
        }
        all.sort_by_key(|story| story["name"].to_string());
        Ok(Json(json!({ "stories": all })))
    });
    listed.await
}

/// The name of a story.
#[derive(Deserialize)]
pub struct Name {
    name: String,
}

/// Begins a story.
pub async fn begin(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    Sent(new): Sent<Name>,
) -> Answer<Json<Value>> {
    let (own, by) = (Arc::clone(&app), visitor.actor()?);
    let view = app.read(move |archive| {
        folder(archive, &new.name)?;
        command(&own, by.as_str(), &["new", &new.name])?;
        view(&own, archive, &new.name)
    });
    let view = view.await?;
    app.events.archive("stories");
    Ok(Json(view))
}

/// A story: its text, what is wrong with that, and what was found about its quotes.
pub async fn show(State(app): State<Arc<App>>, Path(name): Path<String>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    app.read(move |archive| Ok(Json(view(&own, archive, &name)?))).await
}

/// A story as pages see it.
///
/// # Errors
/// A story that is not there; a program that cannot be run.
pub fn view(app: &App, archive: &Archive, name: &str) -> Answer<Value> {
    let dir = folder(archive, name)?;
    let text = text_of(&dir, name)?;
    let version = Digest::of(text.as_bytes()).hex();
    let mut problems = Vec::new();
    let mut quotes = Vec::new();
    match story::parse(TEXT, &text) {
        Err(faults) => {
            let fault = |f: &story::StoryFault| json!({"line": f.line, "what": f.message, "next": f.hint});
            problems.extend(faults.iter().map(fault));
        }
        Ok(_) => match command(app, "workbench", &["check", "--no-listen", name]) {
            Ok(Value::Array(found)) => quotes.extend(found.iter().map(quote)),
            Ok(_) => {}
            Err(problem) => problems.push(json!({"line": 1, "what": problem.words(), "next": null})),
        },
    }
    let built =
        |kind: &str| dir.join(kind).join("index.html").is_file().then(|| format!("/stories/{name}/{kind}/index.html"));
    Ok(json!({
        "name": name, "text": text, "version": version, "problems": problems, "quotes": quotes,
        "pages": {"draft": built("draft"), "site": built("site")},
    }))
}

fn quote(found: &Value) -> Value {
    let level = |value: &Value| match value.as_str() {
        Some("passed") | None => "ok".to_owned(),
        Some(other) => other.to_owned(),
    };
    let findings = found["findings"].as_array().into_iter().flatten();
    json!({
        "label": found["quote"], "line": found["line"], "call": found["call"], "published": found["published"],
        "source": found["source"], "spoken": found["spoken"], "level": level(&found["level"]), "signed": !found["signed"].is_null(),
        "settled": found["settled"],
        "findings": findings.map(|f| json!({"level": level(&f["level"]), "what": f["words"]})).collect::<Vec<_>>(),
    })
}

/// The text of a story as a page edited it.
#[derive(Deserialize)]
pub struct Written {
    text: String,
    based_on: String,
}

/// Keeps the text of a story, unless somebody changed it meanwhile.
pub async fn write(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Sent(written): Sent<Written>,
) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let view = app.read(move |archive| {
        rewrite(&own, archive, &name, Some(&written.based_on), |_| Ok(written.text))?;
        view(&own, archive, &name)
    });
    let view = view.await?;
    app.events.archive("stories");
    Ok(Json(view))
}

/// Puts what `edit` makes of the text of a story in its place, unless that is not the version that somebody saw.
///
/// # Errors
/// A story that is not there, a text that is too long, what `edit` gives.
pub fn rewrite(
    app: &App,
    archive: &Archive,
    name: &str,
    seen: Option<&str>,
    edit: impl FnOnce(&str) -> Answer<String>,
) -> Answer<()> {
    let dir = folder(archive, name)?;
    let _writing = lock(&app.texts);
    let text = text_of(&dir, name)?;
    let now = Digest::of(text.as_bytes()).hex();
    if seen.is_some_and(|seen| seen != now) {
        let problem = Problem::conflict("the story was changed meanwhile", "look at it, and make your change there");
        return Err(problem.code(Code::StoryChanged).beside("current", json!({ "version": now })));
    }
    let text = edit(&text)?;
    if text.len() > story::LONGEST {
        let problem = Problem::unclear("the text is too long to be a story", "divide it into several stories");
        return Err(problem.code(Code::StoryTooLong));
    }
    let mut file = tempfile::NamedTempFile::new_in(&dir)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.persist(dir.join(TEXT)).map_err(|e| e.error)?;
    Ok(())
}

/// How to build.
#[derive(Deserialize)]
pub struct How {
    #[serde(default)]
    draft: bool,
}

/// Builds the page of a story; it ends with the leak check.
pub async fn build(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(how): Sent<How>,
) -> Answer<Json<Value>> {
    let (own, by) = (Arc::clone(&app), visitor.actor()?);
    let built = app.read(move |archive| {
        folder(archive, &name)?;
        let mut words = vec!["build", name.as_str()];
        words.extend(how.draft.then_some("--draft"));
        let told = command(&own, by.as_str(), &words)?;
        let built = told["folder"].is_string();
        let kind = if how.draft { "draft" } else { "site" };
        let page = built.then(|| format!("/stories/{name}/{kind}/index.html"));
        Ok(Json(json!({ "built": built, "leaks": told["leaks"], "page": page })))
    });
    let answer = built.await?;
    app.events.archive("stories");
    Ok(answer)
}

/// What is signed, and why.
#[derive(Deserialize)]
pub struct Signing {
    #[serde(default)]
    quotes: Vec<String>,
    #[serde(default)]
    why: String,
}

/// Takes quotes as they are.
pub async fn sign(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(signing): Sent<Signing>,
) -> Answer<Json<Value>> {
    let (own, by) = (Arc::clone(&app), visitor.actor()?);
    let signed = app.read(move |archive| {
        folder(archive, &name)?;
        let why = format!("--why={}", signing.why);
        let mut words = vec!["sign", why.as_str(), "--", name.as_str()];
        words.extend(signing.quotes.iter().map(String::as_str));
        command(&own, by.as_str(), &words)?;
        view(&own, archive, &name)
    });
    let view = signed.await?;
    app.events.archive("stories");
    Ok(Json(view))
}

/// A file of a built story.
pub async fn page(
    State(app): State<Arc<App>>,
    Path((name, kind, path)): Path<(String, String, String)>,
    headers: axum::http::HeaderMap,
) -> Answer<Response> {
    let found = app.read(move |archive| {
        let none = || Problem::missing("there is no such page; build the story first").code(Code::StoryNotBuilt);
        if !matches!(kind.as_str(), "draft" | "site") {
            return Err(none());
        }
        let root = folder(archive, &name)?.join(kind).canonicalize().map_err(|_| none())?;
        let file = root.join(&path).canonicalize().map_err(|_| none())?;
        let size = fs::metadata(&file)?.len();
        if !file.starts_with(&root) || !file.is_file() || size > LARGEST {
            return Err(none());
        }
        let kind = media(file.extension().and_then(OsStr::to_str).unwrap_or_default());
        Ok((kind, fs::read(&file)?))
    });
    let (kind, bytes) = found.await?;
    if kind == "audio/wav" {
        return Ok(crate::sound::respond(bytes, &headers));
    }
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

fn media(ending: &str) -> &'static str {
    match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "vtt" => "text/vtt; charset=utf-8",
        "wav" => "audio/wav",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
