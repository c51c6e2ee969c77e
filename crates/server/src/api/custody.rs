//! The chain of custody, and proof that nothing was altered.

use crate::{
    app::App,
    error::Answer,
    input::Asked,
    work::{Kind, Step},
};
use axum::{Json, extract::State};
use earwitness_archive::{self as archive, Finding, Step as Verifying};
use earwitness_pipeline::status::{self, Status};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most entries of one answer.
const MOST: u64 = 1000;

/// Which entries.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    offset: u64,
    #[serde(default = "usual")]
    limit: u64,
}

fn usual() -> u64 {
    100
}

/// The ledger, the newest entries first.
pub async fn ledger(State(app): State<Arc<App>>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Value>> {
    let listed = app.read(move |archive| {
        let head = archive.ledger_head()?;
        let last = head.seq.saturating_sub(wanted.offset);
        let first = last.saturating_sub(wanted.limit.min(MOST).saturating_sub(1)).max(1);
        let found = if last == 0 || wanted.limit == 0 { Vec::new() } else { archive.ledger_entries(first..=last)? };
        let entries: Vec<Value> = found
            .iter()
            .rev()
            .map(|e| json!({"seq": e.seq, "at": e.time, "actor": e.actor, "act": e.act, "subject": e.subject, "hash": e.hash}))
            .collect();
        Ok(Json(json!({ "total": head.seq, "head": head.to_string(), "entries": entries })))
    });
    listed.await
}

/// Verifies the archive in the background.
pub async fn verify(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let work = app.begin(
        Kind::Verify,
        || (),
        |doing| {
            let own = Arc::clone(doing.app());
            own.read_now(|opened| {
                let report = archive::verify(opened, None, |at| {
                    let detail = match at.step {
                        Verifying::Database => "database".to_owned(),
                        Verifying::Ledger => format!("ledger, entry {} of {}", at.done, at.total),
                        Verifying::Catalog => "catalog".to_owned(),
                        Verifying::Originals => format!("original {} of {}", at.done, at.total),
                    };
                    let (done, total) = (at.bytes as f64, at.total_bytes as f64);
                    doing.at(Step { done, total, unit: "bytes", detail });
                })?;
                let told = |f: &Finding| json!({"kind": f.kind, "subject": f.subject, "what": f.text});
                Ok(json!({
                    "whole": report.is_whole(), "findings": report.findings.iter().map(told).collect::<Vec<_>>(),
                    "warnings": report.warnings.iter().map(told).collect::<Vec<_>>(), "originals": report.originals,
                    "bytes": report.bytes, "entries": report.head.map_or(0, |head| head.seq),
                    "head": report.head.map(|head| head.to_string()),
                }))
            })
        },
    )?;
    Ok(Json(json!({ "work": work })))
}

/// Where the archive stands.
pub async fn status(State(app): State<Arc<App>>) -> Answer<Json<Status>> {
    app.read(|archive| Ok(Json(archive.at_one_moment(status::gather)?))).await
}
