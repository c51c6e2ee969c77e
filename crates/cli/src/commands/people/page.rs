//! Persons to be read.

use crate::{
    commands::Outcome,
    context::Context,
    errors::Problem,
    output::{Output, Style, Table, clean, count, cut},
};
use earwitness_archive::{Archive, Record};
use earwitness_desk::people::{Evidence, Kept, Link, People, Person, Target};
use earwitness_model::{Call, SpeakerRef, Standing, time::clock};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn list(context: &Context) -> anyhow::Result<Outcome> {
    let people = People::load(&context.open_to_read()?)?;
    let out = &context.out;
    if out.json {
        out.json(&people.persons.iter().map(|p| json_of(p, &people)).collect::<Vec<_>>())?;
        return Ok(Outcome::Done);
    }
    let mut table =
        Table::new(&["", "name", "alias", "role", "voices", "phones", "to decide", ""]).right(4).right(5).right(6);
    for person in &people.persons {
        let standing: Vec<&Kept<Link>> =
            people.links_of(&person.id).filter(|link| link.standing != Standing::Rejected).collect();
        let phones = standing.iter().filter(|link| matches!(link.target, Target::Phone(_))).count();
        let open = standing.iter().filter(|link| link.standing != Standing::Confirmed).count();
        let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
        table.styled([
            (Style::Cyan, person.id.clone()),
            (Style::Bold, cut(&person.name, 30)),
            (Style::Plain, cut(person.alias.as_deref().unwrap_or_default(), 30)),
            (Style::Plain, cut(person.role.as_deref().unwrap_or_default(), 30)),
            (Style::Plain, number(standing.len() - phones)),
            (Style::Plain, number(phones)),
            (Style::Yellow, number(open)),
            (Style::Red, if person.protect { "protected".into() } else { String::new() }),
        ]);
    }
    let total = count(people.persons.len() as u64, "person", "people");
    out.print(&if people.persons.is_empty() { format!("{total}\n") } else { table.render(out) + &total + "\n" })?;
    if people.persons.is_empty() {
        out.note("`earwitness people add NAME` adds one; `earwitness people hints` shows what names are said");
    }
    Ok(Outcome::Done)
}

/// A person with their links, as JSON.
fn json_of(person: &Kept<Person>, people: &People) -> Value {
    let mut value = serde_json::to_value(person).unwrap_or_default();
    value["links"] = people.links_of(&person.id).map(|l| serde_json::to_value(l).unwrap_or_default()).collect();
    value
}

pub(super) fn show(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let people = People::load(&archive)?;
    let person = people.find(wanted)?;
    let heard = heard(&archive, &people.speakers_of(&person.id))?;
    let out = &context.out;
    if out.json {
        let mut value = json_of(&person, &people);
        value["heard"] = heard
            .iter()
            .map(|(call, speaker, standing)| {
                json!({"speaker": speaker, "started_at": call.started_at, "standing": standing,
                    "from": call.from, "to": call.to, "voice": people.voice_of(speaker)})
            })
            .collect();
        out.json(&value)?;
        return Ok(Outcome::Done);
    }
    let mut text = title(&person, out) + "\n";
    if let Some(note) = &person.note {
        text += &format!("  {}\n", clean(note));
    }
    text += &format!("  revision {} by {}, {}\n", person.revision, clean(&person.by.to_string()), day(person.at));
    let links: Vec<&Kept<Link>> = people.links_of(&person.id).collect();
    if !links.is_empty() {
        text += &format!("\n{}\n", out.paint(Style::Bold, "Links"));
        text += &links.iter().map(|l| link(l, "  ", out)).collect::<String>();
    }
    if !heard.is_empty() {
        text += &format!("\n{}\n{}", out.paint(Style::Bold, "Heard in"), calls(&heard, out));
    }
    out.print(&text)?;
    Ok(Outcome::Done)
}

type Heard = (Call, SpeakerRef, Standing);

/// The calls of speakers, by time.
fn heard(archive: &Archive, speakers: &BTreeMap<SpeakerRef, Standing>) -> anyhow::Result<Vec<Heard>> {
    let mut all = Vec::new();
    for call in archive.calls()? {
        let here = speakers.iter().filter(|(speaker, _)| speaker.call == call.id);
        all.extend(here.map(|(speaker, standing)| (call.clone(), speaker.clone(), *standing)));
    }
    Ok(all)
}

fn calls(heard: &[Heard], out: &Output) -> String {
    let mut table = Table::new(&[]);
    let phone = |p: &Option<earwitness_model::Phone>| p.as_ref().map(|p| p.label().to_owned()).unwrap_or_default();
    for (call, speaker, standing) in heard {
        let started = call.started_at.map(|t| t.local().strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        let way = format!("{} -> {}", phone(&call.from), phone(&call.to));
        table.styled([
            (Style::Cyan, format!("  {speaker}")),
            (Style::Plain, started),
            (Style::Plain, way),
            (style(*standing), standing.words().into()),
        ]);
    }
    table.render(out)
}

/// The person on one line.
pub(super) fn title(person: &Kept<Person>, out: &Output) -> String {
    let mut text = format!("{} {}", out.paint(Style::Cyan, &person.id), out.paint(Style::Bold, &clean(&person.name)));
    if let Some(alias) = &person.alias {
        text += &format!(" (for readers: {})", clean(alias));
    }
    if let Some(role) = &person.role {
        text += &format!(", {}", clean(role));
    }
    if person.protect {
        text += &format!("  {}", out.paint(Style::Red, "PROTECTED"));
    }
    text
}

/// A link with its evidence.
pub(super) fn link(link: &Kept<Link>, before: &str, out: &Output) -> String {
    let standing = out.paint(style(link.standing), link.standing.words());
    let decided = link.decided.as_ref().map_or(String::new(), |d| {
        let why = d.why.as_ref().map_or(String::new(), |why| format!(": {}", clean(why)));
        format!(" by {}, {}{why}", clean(&d.by), day(d.at))
    });
    let score = link.score.map_or(String::new(), |score| format!("  log10 likelihood ratio {score:.1}"));
    let target = clean(&link.target.to_string());
    let mut text = format!("{before}{}  {target}  {standing}{decided}{score}\n", out.paint(Style::Cyan, &link.id));
    for evidence in &link.evidence {
        let said = match evidence {
            Evidence::Text(text) => clean(text),
            Evidence::Document(name) => format!("document: {}", clean(name)),
            Evidence::Turn { call, turn, start, words, .. } => {
                format!("{call}#{turn} at {}: {}", clock(*start), clean(&cut(words, 80)))
            }
        };
        text += &format!("      - {said}\n");
    }
    text
}

fn style(standing: Standing) -> Style {
    match standing {
        Standing::Confirmed => Style::Green,
        Standing::Suggested => Style::Yellow,
        Standing::Rejected | Standing::Disputed => Style::Red,
    }
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The kind of record that `p1` or `l1` is the name of, and the name as it is kept.
pub(super) fn kind_of(id: &str) -> anyhow::Result<(&'static str, String)> {
    let id = id.trim().to_lowercase();
    let number = |letter| id.strip_prefix(letter).is_some_and(|n: &str| n.parse::<u32>().is_ok());
    match (number('p'), number('l')) {
        (true, _) => Ok(("person", id)),
        (_, true) => Ok(("link", id)),
        _ => {
            let what = format!("{} is neither a person (p1) nor a link (l1)", clean(&id));
            Err(Problem::usage(what, "`earwitness people` lists persons, `earwitness people show p1` their links")
                .into())
        }
    }
}

pub(super) fn history(id: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let (kind, id) = kind_of(id)?;
    let all = archive.record_history(kind, &id)?;
    let out = &context.out;
    if out.json {
        out.json(&all)?;
        return Ok(Outcome::of(!all.is_empty()));
    }
    if all.is_empty() {
        let next = "`earwitness people` lists persons; what was removed for good has no history";
        return Err(Problem::new(format!("there is no {kind} {id}"), next).into());
    }
    for record in all {
        out.print(&revision(record, out)?)?;
    }
    Ok(Outcome::Done)
}

fn revision(record: Record, out: &Output) -> anyhow::Result<String> {
    let head = format!("{:>3}  {}  {}", record.number, day(record.created_at), clean(&record.author.to_string()));
    if record.is_withdrawn() {
        return Ok(format!("{head}  taken back\n"));
    }
    Ok(match record.kind.as_str() {
        "person" => {
            let person = Kept::<Person>::read(record)?;
            let note = person.note.as_ref().map_or(String::new(), |note| format!("  ({})", clean(note)));
            format!("{head}  {}{note}\n", title(&person, out))
        }
        _ => link(&Kept::<Link>::read(record)?, &format!("{head}  "), out),
    })
}
