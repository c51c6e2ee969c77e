//! `earwitness calls`: the calls, all or those that filters choose.

use super::{
    Outcome,
    search::{bad_query, unknown_languages},
};
use crate::{
    context::Context,
    output::{Output, Style, Table, count, cut},
    people_filters,
};
use earwitness_archive::Archive;
use earwitness_find::{CallMeta, Filters};
use earwitness_model::{Call, Phone, time::clock};
use earwitness_pipeline::documents::document;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Filters as in a search: from: to: phone: date:A..B lang: file: sector: near:LAT,LON,KM has:translation
    /// speaker: person: voice: theme: …
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Only calls in which this theme lies on something (the same as the filter theme:)
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,
}

/// Lists calls; exit code 1 when filters choose none.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let text = args.filters.join(" ");
    let mut filters = Filters::parse(&text).map_err(|e| bad_query(&e, &text))?;
    let archive = context.open_to_read()?;
    people_filters::with_theme(&mut filters, args.theme.as_deref());
    people_filters::resolve(&mut filters, &archive)?;
    let mut spoken = BTreeSet::new();
    let calls = chosen(&archive, &filters, &mut spoken)?;
    let out = &context.out;
    unknown_languages(&filters, &spoken, out);
    if out.json {
        let all: Vec<Value> = calls.iter().map(json_of).collect();
        out.json(&all)?;
    } else {
        out.print(&page(&calls, out))?;
    }
    Ok(Outcome::of(filters.is_empty() || !calls.is_empty()))
}

/// The calls that match, and the languages that are spoken in those that were looked at.
fn chosen(archive: &Archive, filters: &Filters, spoken: &mut BTreeSet<String>) -> anyhow::Result<Vec<Call>> {
    if filters.is_empty() {
        return Ok(archive.calls()?);
    }
    let mut chosen = Vec::new();
    for call in archive.calls()? {
        let meta = CallMeta::from(&document(archive, &call)?);
        spoken.extend(meta.turns.iter().filter_map(|turn| turn.language.clone()));
        if filters.matches(&meta) {
            chosen.push(call);
        }
    }
    Ok(chosen)
}

/// What is known of a call, as JSON.
fn json_of(call: &Call) -> Value {
    json!({
        "call": call.id, "recording": call.recording, "files": call.files, "started_at": call.started_at,
        "duration": call.duration, "channels": call.channels, "from": call.from, "to": call.to,
        "direction": call.direction, "place": call.place, "note": call.note,
    })
}

fn page(calls: &[Call], out: &Output) -> String {
    let mut table = Table::new(&["call", "started", "length", "from", "to", "sector", "file"]).right(2);
    let phone = |phone: &Option<Phone>| phone.as_ref().map(|p| p.label().to_owned()).unwrap_or_default();
    for call in calls {
        let started = call.started_at.map(|t| t.local().strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default();
        let length = clock(call.duration).split('.').next().unwrap_or_default().to_owned();
        let more = if call.files.len() > 1 { format!(" (+{})", call.files.len() - 1) } else { String::new() };
        let file = call.files.first().map(|f| cut(&f.name, 40) + &more).unwrap_or_default();
        let sector = call.place.sector.as_deref().map(|s| cut(s, 16)).unwrap_or_default();
        let rest = [started, length, phone(&call.from), phone(&call.to), sector, file];
        let name = (Style::Cyan, call.id.to_string());
        table.styled(std::iter::once(name).chain(rest.into_iter().map(|cell| (Style::Plain, cell))));
    }
    let seconds: f64 = calls.iter().map(|c| c.duration).sum();
    let length = clock(seconds).split('.').next().unwrap_or_default().to_owned();
    let total = format!("{}, {length}\n", count(calls.len() as u64, "call", "calls"));
    if calls.is_empty() { total } else { table.render(out) + &total }
}
