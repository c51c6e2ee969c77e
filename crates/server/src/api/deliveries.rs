//! Deliveries: sent, looked at, taken in, listened to.

use crate::{
    app::App,
    code::Code,
    error::{Answer, Problem},
    input::{Asked, Sent},
    session::Visitor,
    upload::Upload,
    work::{Doing, Kind, Step, Work},
};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
};
use earwitness_archive::{Archive, Delivery};
use earwitness_listen::{HearOptions, ListenError};
use earwitness_model::DeliveryId;
use earwitness_pipeline::{
    Hands, ImportEvent, ImportOptions, ImportReport, ProcessError, ProcessEvent, ProcessOptions, import as importing,
    process as processing,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// All deliveries.
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let listed = app.read(|archive| {
        let all: Answer<Vec<Value>> = archive.deliveries()?.iter().map(|one| briefly(archive, one)).collect();
        Ok(Json(json!({ "deliveries": all? })))
    });
    listed.await
}

/// No delivery has this name.
pub(super) fn unknown(id: &str) -> Problem {
    Problem::missing(format!("there is no delivery {id}")).value("kind", "delivery").value("wanted", id)
}

fn briefly(archive: &Archive, delivery: &Delivery) -> Answer<Value> {
    let files = archive.delivered_files(&delivery.id)?;
    let table = delivery.terms.table.as_deref();
    let files: Vec<_> = files.iter().filter(|file| Some(file.name.as_str()) != table).collect();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &files {
        *verdicts.entry(file.verdict.name()).or_default() += 1;
    }
    let accepted = files.iter().filter(|file| file.verdict.becomes_call()).count();
    let verdicts = verdicts.into_iter().map(|(verdict, count)| json!({"verdict": verdict, "count": count}));
    Ok(json!({
        "id": delivery.id, "source": delivery.terms.source, "path": delivery.terms.path, "at": delivery.received_at,
        "table": table, "files": files.len(), "accepted": accepted, "verdicts": verdicts.collect::<Vec<_>>(),
    }))
}

/// One delivery with every file, row and fault.
pub async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let shown = app.read(move |archive| {
        let found = archive.delivered(&DeliveryId::new(id.as_str()))?;
        let found = found.ok_or_else(|| unknown(&id))?;
        let mut value = briefly(archive, &found.delivery)?;
        value["table"] = json!({"name": found.delivery.terms.table, "mapping": found.delivery.terms.mapping});
        value["rows"] = json!(found.rows);
        value["faults"] = json!(found.faults);
        let mut told = Vec::with_capacity(found.files.len());
        for file in &found.files {
            let call = file.recording.map(|digest| archive.call_of_recording(&digest)).transpose()?.flatten();
            let mut one =
                json!({"name": file.name, "size": file.size, "sha256": file.sha256, "call": call, "notes": file.notes});
            if let (Some(one), Ok(Value::Object(verdict))) = (one.as_object_mut(), serde_json::to_value(&file.verdict))
            {
                one.extend(verdict);
            }
            told.push(one);
        }
        value["delivered"] = told.into();
        Ok(Json(value))
    });
    shown.await
}

/// Begins to send a delivery.
pub async fn begin(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    Ok(Json(json!({ "upload": app.uploads.begin()? })))
}

/// The name of a file.
#[derive(Deserialize)]
pub struct FileName {
    name: String,
}

/// One file of it, as it comes.
pub async fn file(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(file): Asked<FileName>,
    body: Body,
) -> Answer<Json<Value>> {
    let size = app.uploads.get(&id)?.take(&file.name, body).await?;
    Ok(Json(json!({ "size": size })))
}

/// Gives a delivery up.
pub async fn give_up(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let upload = app.uploads.take(&id)?;
    // Removing many files takes a while.
    tokio::task::spawn_blocking(move || drop(upload));
    Ok(Json(json!({})))
}

/// How everything would be understood; nothing is written.
pub async fn look(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let upload = app.uploads.get(&id)?;
    let looked = app.read(move |archive| {
        let (path, mut options) = how(archive, &upload, "");
        options.dry_run = true;
        let report = importing::import(archive, &path, &options, &mut |_| (), &|| false)?;
        Ok(Json(seen(&report)))
    });
    looked.await
}

/// A dry run as the page shows it.
fn seen(report: &ImportReport) -> Value {
    let table = report.table.as_ref().map(|table| {
        let field = |heading: &String| {
            table.mapping.columns.iter().find(|(_, column)| *column == heading).map(|(field, _)| field.name())
        };
        let columns = table.columns.iter().map(|heading| json!({"heading": heading, "field": field(heading)}));
        let samples = table.samples.iter().map(|sample| {
            let fields = sample.fields.iter();
            fields
                .map(|(name, written, read)| json!({"field": name, "written": written, "read": read}))
                .collect::<Vec<_>>()
        });
        json!({
            "name": table.name, "encoding": table.encoding, "dialect": table.dialect, "rows": table.rows,
            "columns": columns.collect::<Vec<_>>(), "sample": samples.collect::<Vec<_>>(), "notes": table.notes,
        })
    });
    let files = report.files.iter().map(|file| {
        let duration = file.format.as_ref().map(|format| format.duration);
        json!({"name": file.name, "verdict": file.verdict.name(), "reason": file.reason, "duration": duration, "line": file.line})
    });
    json!({
        "table": table, "files": files.collect::<Vec<_>>(), "faults": report.faults, "problems": report.problems,
        "errors": report.errors, "verdicts": report.verdicts,
    })
}

fn how(archive: &Archive, upload: &Upload, source: &str) -> (std::path::PathBuf, ImportOptions) {
    let (path, table) = upload.delivery();
    let options = ImportOptions {
        table,
        map: None,
        source: source.trim().to_owned(),
        timezone: archive.settings().timezone.clone(),
        dry_run: false,
        workers: std::thread::available_parallelism().map_or(1, |n| n.get().min(8)),
        named: Some("sent through the workbench".into()),
    };
    (path, options)
}

/// Where a delivery comes from.
#[derive(Deserialize)]
pub struct Source {
    #[serde(default)]
    source: String,
}

/// Takes a delivery in.
pub async fn import(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(said): Sent<Source>,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let upload = app.uploads.get(&id)?;
    let root = app.options.root.clone();
    let work = app.begin(Kind::Import, || (), move |doing| {
        let archive = Archive::open(&root, &actor)?;
        let (path, options) = how(&archive, &upload, &said.source);
        let report = take_in(&archive, &path, &options, doing)?;
        drop(upload);
        doing.app().follow();
        doing.app().events.archive("deliveries");
        Ok(json!({
            "delivery": report.delivery, "files": report.files.len(), "verdicts": report.verdicts, "added": report.added,
            "nothing_new": report.nothing_new, "errors": report.errors, "stopped": report.stopped,
        }))
    })?;
    // From here on the work holds the files.
    app.uploads.take(&id)?;
    Ok(Json(json!({ "work": work })))
}

fn take_in(archive: &Archive, path: &std::path::Path, options: &ImportOptions, doing: &Doing) -> Answer<ImportReport> {
    let (mut done, mut total) = (0usize, 0usize);
    let mut events = |event: ImportEvent<'_>| match event {
        ImportEvent::Opened { files, .. } => total = files,
        ImportEvent::Table(_) | ImportEvent::Compared { .. } => {}
        ImportEvent::File { file, .. } => {
            done += 1;
            let (done, total) = (done as f64, total as f64);
            doing.at(Step { done, total, unit: "files", detail: file.name.clone() });
        }
    };
    Ok(importing::import(archive, path, options, &mut events, &|| doing.stopped())?)
}

/// Listens to the calls that wait.
pub async fn process(State(app): State<Arc<App>>, Extension(visitor): Extension<Visitor>) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let (root, models, threads) = (app.options.root.clone(), app.options.models.clone(), app.options.threads);
    let hands = Hands::default();
    let (own, place, who) = (hands.clone(), root.clone(), actor.clone());
    // The engine cannot be broken off in the midst of a batch; what it holds waits again at once.
    let release = move || match Archive::open(&place, &who) {
        Ok(archive) => own.release_all(&archive),
        Err(error) => tracing::warn!(%error, "jobs were not given back; they wait again when the program has ended"),
    };
    let work = app.begin(Kind::Process, release, move |doing| {
        let archive = Archive::open(&root, &actor)?;
        let hear = HearOptions { languages: archive.settings().languages.clone(), ..HearOptions::default() };
        let (model, jobs, retry) = ("base".into(), 2, false);
        let options = ProcessOptions { model, models, threads, jobs, hear, limit: None, retry, calls: Vec::new() };
        let heard = Heard::default();
        let events = |event: ProcessEvent| heard.event(event, doing);
        let report =
            processing::process(&archive, &options, &hands, &events, &|| doing.stopped()).map_err(|e| match e {
                ProcessError::Archive(error) => Problem::from(error),
                ProcessError::Listen(ListenError::Cancelled) => {
                    Problem::conflict("it was stopped", "start it again; it goes on").code(Code::WorkStopped)
                }
                other => {
                    let next = "run `earwitness doctor`, which tells what is missing";
                    Problem::unclear(other.to_string(), next).code(Code::CannotListen)
                }
            })?;
        doing.app().follow();
        serde_json::to_value(&report).map_err(|e| std::io::Error::other(e).into())
    })?;
    Ok(Json(json!({ "work": work })))
}

/// How much was heard.
#[derive(Default)]
struct Heard {
    state: Mutex<(f64, f64)>,
    measuring: AtomicBool,
}

impl Heard {
    fn event(&self, event: ProcessEvent, doing: &Doing) {
        let mut state = crate::app::lock(&self.state);
        let mut calls = None;
        let detail = match event {
            ProcessEvent::Began { seconds, .. } => {
                *state = (0.0, seconds);
                String::new()
            }
            ProcessEvent::Loading => "loading the model".into(),
            ProcessEvent::Started { name, .. } => name,
            ProcessEvent::Voices { done, of } => {
                self.measuring.store(true, Ordering::Relaxed);
                calls = Some((done as f64, of as f64));
                "measuring voices".into()
            }
            ProcessEvent::Done(done) => {
                state.0 += done.seconds;
                doing.app().events.call(done.call.as_str(), None, "", None);
                done.name
            }
            ProcessEvent::Failed(failed) => {
                state.0 += failed.seconds;
                doing.app().events.call(failed.call.as_str(), None, "", None);
                format!("{}: {}", failed.name, failed.reason)
            }
        };
        let ((done, total), unit) = calls.map_or((*state, "seconds"), |calls| (calls, "calls"));
        drop(state);
        doing.at(Step { done, total, unit, detail });
    }
}

/// All work.
pub async fn works(State(app): State<Arc<App>>) -> Json<Vec<Work>> {
    Json(app.works.list())
}

/// Asks work to stop.
pub async fn stop(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let asked = tokio::task::spawn_blocking(move || own.works.stop(&id)).await;
    asked.map_err(|e| std::io::Error::other(e.to_string()))??;
    Ok(Json(json!({})))
}
