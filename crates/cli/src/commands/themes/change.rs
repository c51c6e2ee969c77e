//! Adding and changing themes, laying them on what is said, taking them off.

use super::{At, Facts, list, passages::Looking};
use crate::{
    commands::Outcome,
    context::Context,
    errors::Problem,
    output::{Style, clean},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    codebook::{self, Codebook, Theme},
    kept::Kept,
};

impl Facts {
    fn is_empty(&self) -> bool {
        let Self { about, key, warning, colour } = self;
        [about, key, warning].iter().all(|text| text.is_none()) && colour.is_none()
    }

    /// A theme with these facts in the place of the known ones.
    fn over(self, known: Theme) -> anyhow::Result<Theme> {
        let key = match self.key.as_deref().map(str::trim) {
            None => known.key,
            Some("") => None,
            Some(text) => {
                let mut signs = text.chars();
                let (first, more) = (signs.next(), signs.next());
                let wrong = || Problem::usage(format!("{text:?} is no key"), "give one digit or one small letter");
                Some(first.filter(|_| more.is_none()).ok_or_else(wrong)?)
            }
        };
        Ok(Theme {
            about: self.about.unwrap_or(known.about),
            key,
            warning: self.warning.or(known.warning),
            colour: self.colour.unwrap_or(known.colour),
            ..known
        })
    }
}

pub(super) fn add(name: String, facts: Facts, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let theme = facts.over(Theme { name, colour: Codebook::load(&archive)?.free_colour(), ..Theme::default() })?;
    let kept = archive.try_write(|tx| codebook::add(tx, author, theme))?;
    said("added", &archive, &kept, context)
}

pub(super) fn change(wanted: &str, name: Option<String>, facts: Facts, context: &Context) -> anyhow::Result<Outcome> {
    if name.is_none() && facts.is_empty() {
        let next = "give --name, --about, --key, --warning or --colour";
        return Err(Problem::usage("nothing was said that should be changed", next).into());
    }
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| -> anyhow::Result<_> {
        let book = Codebook::load(tx)?;
        let known = book.find(wanted)?;
        let mut to = facts.over(known.is.clone())?;
        to.name = name.unwrap_or(to.name);
        Ok(codebook::change(tx, author, known, to)?)
    })?;
    said("kept", &archive, &kept, context)
}

pub(super) fn retire(wanted: &str, retired: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| -> anyhow::Result<_> {
        let book = Codebook::load(tx)?;
        let known = book.find(wanted)?;
        Ok(codebook::change(tx, author, known, Theme { retired, ..known.is.clone() })?)
    })?;
    said(if retired { "retired" } else { "brought back" }, &archive, &kept, context)
}

fn said(what: &str, archive: &Archive, theme: &Kept<Theme>, context: &Context) -> anyhow::Result<Outcome> {
    let out = &context.out;
    if out.json {
        out.json(&list::json_of(theme, Codebook::load(archive)?.count(&theme.id)))?;
    } else {
        out.line(&format!("{what}: {}", list::title(theme, out)))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn put(theme: &str, at: At, note: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let chosen = at.chosen();
    let (kept, new) = archive.try_write(|tx| codebook::put(tx, author, theme, &chosen, note))?;
    let shown = Looking::at(&archive)?.look(&kept.passage)?;
    let out = &context.out;
    if out.json {
        let mut value = shown.json();
        value["id"] = kept.id.clone().into();
        value["theme"] = kept.theme.clone().into();
        value["note"] = kept.note.clone().into();
        value["new"] = new.into();
        out.json(&value)?;
        return Ok(Outcome::Done);
    }
    let book = Codebook::load(&archive)?;
    let name = book.theme(&kept.theme).map_or("", |theme| theme.name.as_str());
    let there = if new { "" } else { " (it lay there already)" };
    let id = out.paint(Style::Cyan, &kept.id);
    out.line(&format!("{id} {} on {}{there}", clean(name), shown.place()))?;
    out.print(&shown.lines(out))?;
    Ok(Outcome::Done)
}

pub(super) fn take(codings: &[String], context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let taken = archive.try_write(|tx| {
        let each = codings.iter().map(|coding| codebook::take(tx, author.clone(), coding));
        each.collect::<Result<Vec<_>, _>>()
    })?;
    let out = &context.out;
    if out.json {
        out.json(&taken)?;
        return Ok(Outcome::Done);
    }
    for coding in &taken {
        let place = format!("{}#{}", coding.passage.call, coding.passage.place.numbers());
        out.line(&format!("taken off: {} ({} on {place})", coding.id, coding.theme))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn undo(id: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    archive.try_write(|tx| codebook::undo(tx, author, id))?;
    let book = Codebook::load(&archive)?;
    let stands = book.theme(id).is_some() || book.coding(id).is_ok();
    let out = &context.out;
    if out.json {
        out.json(&serde_json::json!({"id": id, "stands": stands}))?;
    } else {
        out.line(&format!("undone: {id} {}", if stands { "is as it was before" } else { "is not there any more" }))?;
    }
    Ok(Outcome::Done)
}
