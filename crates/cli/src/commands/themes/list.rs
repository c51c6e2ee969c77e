//! Themes in a list, and all that one lies on.

use super::passages::{Looking, Shown};
use crate::{
    commands::Outcome,
    context::Context,
    output::{Output, Style, Table, clean, count},
};
use earwitness_desk::{
    codebook::{Codebook, Coding, Count, Theme},
    kept::Kept,
};
use serde_json::{Value, json};

pub(super) fn run(context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let book = Codebook::load(&archive)?;
    let out = &context.out;
    if out.json {
        let all: Vec<Value> = book.themes.iter().map(|theme| json_of(theme, book.count(&theme.id))).collect();
        out.json(&all)?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["", "key", "name", "calls", "passages", "warning", "about"]).wrap_to_fit();
    for theme in &book.themes {
        let Count { calls, passages } = book.count(&theme.id);
        table.styled([
            (Style::Cyan, theme.id.clone()),
            (Style::Plain, theme.key.map(String::from).unwrap_or_default()),
            (if theme.retired { Style::Dim } else { Style::Bold }, name(theme)),
            (Style::Plain, calls.to_string()),
            (Style::Plain, passages.to_string()),
            (Style::Yellow, theme.warning.clone().unwrap_or_default()),
            (Style::Plain, theme.about.lines().next().unwrap_or_default().to_owned()),
        ]);
    }
    let total = count(book.themes.len() as u64, "theme", "themes") + "\n";
    out.print(&if book.themes.is_empty() { total } else { table.render(out) + &total })?;
    Ok(Outcome::Done)
}

/// A theme's name, marked where it was retired.
fn name(theme: &Theme) -> String {
    if theme.retired { format!("{} (retired)", theme.name) } else { theme.name.clone() }
}

/// A theme as JSON, with how much it lies on.
pub(super) fn json_of(theme: &Kept<Theme>, count: Count) -> Value {
    let mut value = json!(theme);
    value["calls"] = count.calls.into();
    value["passages"] = count.passages.into();
    value
}

/// A theme on one line.
pub(super) fn title(theme: &Kept<Theme>, out: &Output) -> String {
    let key = theme.key.map(|key| format!(", key {key}")).unwrap_or_default();
    let warning = theme.warning.as_ref().map(|text| format!(", warns of {}", clean(text))).unwrap_or_default();
    format!("{} {}{key}{warning}", out.paint(Style::Cyan, &theme.id), out.paint(Style::Bold, &clean(&name(theme))))
}

pub(super) fn show(wanted: &str, call: Option<&str>, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let book = Codebook::load(&archive)?;
    let theme = book.find(wanted)?;
    let call = call.map(|call| archive.find_call(call)).transpose()?.map(|call| call.id);
    let mut looking = Looking::at(&archive)?;
    let mut found: Vec<(&Kept<Coding>, Shown)> = Vec::new();
    let here = |coding: &&Kept<Coding>| {
        coding.theme == theme.id && call.as_ref().is_none_or(|call| coding.passage.call == *call)
    };
    for coding in book.codings.iter().filter(here) {
        found.push((coding, looking.look(&coding.passage)?));
    }
    found.sort_by_key(|(coding, shown)| {
        let at = shown.call.started_at.map(|t| t.instant());
        (at.is_none(), at, shown.call.id.clone(), shown.seen.now.map(|p| (p.turn, p.from)), coding.id.len())
    });
    let out = &context.out;
    if out.json {
        let passages = found.iter().map(|(coding, shown)| {
            let mut value = shown.json();
            value["id"] = json!(coding.id);
            value["note"] = json!(coding.note);
            value["by"] = json!(coding.by);
            value["at"] = json!(coding.at);
            value
        });
        let passages: Vec<Value> = passages.collect();
        out.json(&json!({"theme": json_of(theme, book.count(&theme.id)), "passages": passages}))?;
    } else {
        out.print(&page(theme, &found, out))?;
    }
    Ok(Outcome::of(!found.is_empty()))
}

fn page(theme: &Kept<Theme>, found: &[(&Kept<Coding>, Shown)], out: &Output) -> String {
    let mut table = Table::new(&["", "day", "said in", "who", "words"]).wrap_to_fit();
    for (coding, shown) in found {
        let note = if coding.note.is_empty() { String::new() } else { format!(" [{}]", coding.note) };
        let older = shown.older().map(|older| format!(" ({older})")).unwrap_or_default();
        table.styled([
            (Style::Cyan, coding.id.clone()),
            (Style::Plain, shown.day()),
            (Style::Plain, shown.place()),
            (Style::Plain, shown.who.clone()),
            (Style::Plain, format!("{}{note}{older}", shown.seen.words)),
        ]);
    }
    let mut text = title(theme, out) + "\n";
    theme.about.lines().for_each(|line| text += &format!("{}\n", clean(line)));
    if !found.is_empty() {
        text += &table.render(out);
    }
    text + &count(found.len() as u64, "passage", "passages") + "\n"
}
