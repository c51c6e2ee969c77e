//! The report of an earlier delivery, in the form in which a delivery is looked at before it is taken in.

use super::deliveries::unknown;
use crate::{
    app::App,
    calls::{Entry, Inner},
    error::Answer,
    input::Asked,
};
use axum::{
    Json,
    extract::{Path, State},
};
use earwitness_archive::{Archive, Delivered, DeliveredFile};
use earwitness_model::{DeliveryId, Digest};
use earwitness_pipeline::import as importing;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The most files and faults of one answer.
const MOST: usize = 1000;

/// Which files.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    offset: usize,
    #[serde(default = "usual")]
    limit: usize,
    #[serde(default)]
    verdict: String,
}

fn usual() -> usize {
    500
}

/// What became of a delivery.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let found = archive.delivered(&DeliveryId::new(id.as_str()))?.ok_or_else(|| unknown(&id))?;
        let calls = own.calls.now(archive)?;
        Ok(Json(report(archive, &calls, &found, &wanted)?))
    });
    told.await
}

fn report(archive: &Archive, inner: &Inner, found: &Delivered, wanted: &Wanted) -> Answer<Value> {
    let terms = &found.delivery.terms;
    let table = terms.table.as_deref();
    let lines: HashMap<&str, u64> =
        found.rows.iter().filter_map(|row| Some((row.file.as_deref()?, row.line))).collect();
    let files = || found.files.iter().filter(|file| Some(file.name.as_str()) != table);
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files() {
        *verdicts.entry(file.verdict.name()).or_default() += 1;
    }
    let chosen = || files().filter(|file| wanted.verdict.is_empty() || file.verdict.name() == wanted.verdict);
    let page = chosen().skip(wanted.offset).take(wanted.limit.min(MOST));
    let page: Answer<Vec<Value>> = page.map(|one| file(archive, inner, one, &lines)).collect();
    let faults = found.faults.iter().take(MOST);
    let faults =
        faults.map(|f| json!({"kind": f.kind, "line": f.line, "column": f.column, "text": f.text})).collect::<Vec<_>>();
    Ok(json!({
        "id": found.delivery.id, "source": terms.source, "path": terms.path, "at": found.delivery.received_at,
        "timezone": terms.timezone,
        "table": table.map(|name| json!({"name": name, "columns": columns(found), "rows": found.rows.len()})),
        "files": page?, "total": chosen().count(),
        "verdicts": verdicts.into_iter().map(|(v, count)| json!({"verdict": v, "count": count})).collect::<Vec<_>>(),
        "faults": faults, "faults_total": found.faults.len(),
    }))
}

fn file(archive: &Archive, inner: &Inner, file: &DeliveredFile, lines: &HashMap<&str, u64>) -> Answer<Value> {
    let call = file.recording.map(|digest| archive.call_of_recording(&digest)).transpose()?.flatten();
    let entry = call.as_ref().and_then(|call| inner.entry(call));
    let name_of = |digest: &Digest| {
        let call = archive.call_of_recording(digest).ok().flatten();
        let name = call.and_then(|call| inner.entry(&call).map(|entry| entry.name().to_owned()));
        name.unwrap_or_else(|| digest.hex())
    };
    Ok(json!({
        "name": file.name, "size": file.size, "sha256": file.sha256, "verdict": file.verdict.name(),
        "reason": importing::reason(&file.verdict, name_of), "duration": entry.map(|entry| entry.duration), "line": lines.get(file.name.as_str()),
        "call": call, "call_name": entry.map(Entry::name),
    }))
}

/// The headings of the table in their order, and what each was held to mean.
fn columns(found: &Delivered) -> Vec<Value> {
    let none = Map::new();
    let mapped = found.delivery.terms.mapping.as_object().unwrap_or(&none);
    // Beside the headings stand how dates and numbers were read.
    let fields = || mapped.iter().filter(|(field, _)| !matches!(field.as_str(), "default_country" | "date_order"));
    let meaning = |heading: &str| fields().find(|(_, column)| column.as_str() == Some(heading)).map(|(field, _)| field);
    let first = found.rows.first().and_then(|row| row.written.as_object()).unwrap_or(&none);
    first.keys().map(|heading| json!({"heading": heading, "field": meaning(heading)})).collect()
}
