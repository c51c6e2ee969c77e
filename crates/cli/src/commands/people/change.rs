//! Adding, changing, linking, deciding, undoing.

use super::{Facts, Reasons, page};
use crate::{commands::Outcome, context::Context, errors::Problem, output::clean};
use earwitness_archive::Archive;
use earwitness_desk::people::{self, Decision, Evidence, Kept, Link, Person, Target};
use earwitness_model::Standing;

pub(super) fn add(name: String, facts: Facts, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let person = facts.over(Person { name, ..Person::default() });
    let kept = archive.try_write(|tx| people::add(tx, author, person))?;
    said(&kept, "added", context)
}

pub(super) fn rename(person: &str, name: String, context: &Context) -> anyhow::Result<Outcome> {
    change(person, context, |known| Person { name, ..known })
}

pub(super) fn set(person: &str, facts: Facts, no_protect: bool, context: &Context) -> anyhow::Result<Outcome> {
    let nothing = facts.alias.is_none() && facts.role.is_none() && facts.note.is_none() && !facts.protect;
    if nothing && !no_protect {
        let next = "give --alias, --role, --note, --protect or --no-protect";
        return Err(Problem::usage("nothing was said that should be changed", next).into());
    }
    change(person, context, |known| {
        let set = facts.over(known);
        Person { protect: set.protect && !no_protect, ..set }
    })
}

fn change(person: &str, context: &Context, to: impl FnOnce(Person) -> Person) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| {
        let known = people::find(tx, person)?;
        let changed = to(known.is.clone());
        people::change(tx, author, &known, changed)
    })?;
    said(&kept, "kept", context)
}

impl Facts {
    /// A person with these facts in the place of the known ones.
    fn over(self, known: Person) -> Person {
        let (alias, role, note) = (self.alias.or(known.alias), self.role.or(known.role), self.note.or(known.note));
        Person { name: known.name, alias, role, note, protect: known.protect || self.protect }
    }
}

fn said(person: &Kept<Person>, what: &str, context: &Context) -> anyhow::Result<Outcome> {
    let out = &context.out;
    if out.json {
        out.json(person)?;
    } else {
        out.line(&format!("{what}: {}", page::title(person, out)))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn link(
    person: &str,
    target: &str,
    reasons: Reasons,
    standing: Standing,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let who = context.actor()?;
    let kept = archive.try_write(|tx| {
        let person = people::find(tx, person)?;
        let target = Target::find(tx, target)?;
        let evidence = reasons.read(tx)?;
        people::link(tx, who.as_str(), &person, target, standing, evidence)
    })?;
    said_link(&archive, &kept, context)
}

impl Reasons {
    fn read(&self, archive: &Archive) -> people::Result<Vec<Evidence>> {
        let texts = self.evidence.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let mut all: Vec<Evidence> = texts.map(|text| Evidence::Text(text.to_owned())).collect();
        for turn in &self.turn {
            all.push(Evidence::turn(archive, turn)?);
        }
        all.extend(self.document.iter().map(|path| Evidence::Document(path.to_string_lossy().into_owned())));
        Ok(all)
    }
}

pub(super) fn unlink(link: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let who = context.actor()?;
    let taken = archive.try_write(|tx| people::unlink(tx, who.as_str(), link))?;
    let out = &context.out;
    if out.json {
        out.json(&taken)?;
    } else {
        let target = clean(&taken.target.to_string());
        out.line(&format!("{target} is no longer linked to {}", taken.person))?;
        out.note(&format!("`earwitness people undo {}` links it again", taken.id));
    }
    Ok(Outcome::Done)
}

pub(super) fn decide(
    link: &str,
    decision: Decision,
    why: Option<String>,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let who = context.actor()?;
    let kept = archive.try_write(|tx| people::decide(tx, who.as_str(), link, decision, why))?;
    said_link(&archive, &kept, context)
}

fn said_link(archive: &Archive, link: &Kept<Link>, context: &Context) -> anyhow::Result<Outcome> {
    let out = &context.out;
    if out.json {
        out.json(link)?;
    } else {
        let people = people::People::load(archive)?;
        let name = people.person(&link.person).map_or(link.person.clone(), |p| clean(&p.name));
        out.print(&page::link(link, &format!("{name}: "), out))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn undo(id: &str, to: Option<u32>, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let (kind, id) = page::kind_of(id)?;
    let record = archive.write(|tx| people::undo(tx, kind, &id, to, author))?;
    let out = &context.out;
    if out.json {
        out.json(&record)?;
    } else if record.is_withdrawn() {
        out.line(&format!("{id} was taken back; `earwitness people undo {id}` brings it again"))?;
    } else if kind == "person" {
        out.line(&format!("put back: {}", page::title(&Kept::<Person>::read(record)?, out)))?;
    } else {
        out.print(&page::link(&Kept::<Link>::read(record)?, "put back: ", out))?;
    }
    Ok(Outcome::Done)
}
