//! `earwitness phones`: every number with its calls, places, voices, and whom it speaks with.

use super::Outcome;
use crate::{
    context::Context,
    output::{Output, Style, Table, clean, count, cut},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    people::{Named, People},
    phones::{self, Heard, PhoneFacts, PlaceSeen, Side},
};
use earwitness_model::Call;
use std::collections::BTreeMap;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Lists all numbers (as `earwitness phones` alone does)
    List,
    /// Shows a number: calls, places, voices, contacts, people
    Show {
        /// The number, as the table writes it or in E.164, or its last digits where only one number ends so
        number: String,
    },
}

/// Lists numbers, or shows one.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let people = People::load(&archive)?;
    match args.action {
        None | Some(Action::List) => list(&phones::phones(&archive, &people)?, &context.out),
        Some(Action::Show { number }) => {
            let number = phones::find(&archive.calls()?, &number)?;
            let all = phones::phones(&archive, &people)?;
            match all.iter().find(|phone| phone.number == number) {
                Some(phone) => show(phone, &archive, &context.out),
                None => Ok(Outcome::Failed),
            }
        }
    }
}

fn list(all: &[PhoneFacts], out: &Output) -> anyhow::Result<Outcome> {
    if out.json {
        out.json(&all)?;
        return Ok(Outcome::Done);
    }
    let headings = ["number", "calls", "made", "first", "last", "places", "voices", "contacts", "people"];
    let mut table = Table::new(&headings).right(1).right(2).right(5).right(7);
    for phone in all {
        let day = |day: &Option<jiff::civil::Date>| day.map_or(String::new(), |d| d.to_string());
        let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
        table.styled([
            (Style::Cyan, phone.number.clone()),
            (Style::Plain, phone.calls.len().to_string()),
            (Style::Plain, number(phone.made)),
            (Style::Plain, day(&phone.first)),
            (Style::Plain, day(&phone.last)),
            (Style::Plain, number(phone.places.len())),
            (Style::Plain, voices(phone)),
            (Style::Plain, number(phone.contacts.len())),
            (Style::Bold, cut(&names(&phone.people), 40)),
        ]);
    }
    let total = count(all.len() as u64, "number", "numbers") + "\n";
    out.print(&if all.is_empty() { total } else { table.render(out) + &total })?;
    Ok(Outcome::Done)
}

/// `2`, or `2 to 5`: how many voices speak from the number for certain, and how many may.
fn voices(phone: &PhoneFacts) -> String {
    match phone.heard() {
        (0, 0) => String::new(),
        (here, 0) => here.to_string(),
        (here, open) => format!("{here} to {}", here + open),
    }
}

fn names(people: &[Named]) -> String {
    people.iter().map(Named::marked).collect::<Vec<_>>().join(", ")
}

fn show(phone: &PhoneFacts, archive: &Archive, out: &Output) -> anyhow::Result<Outcome> {
    if out.json {
        out.json(phone)?;
        return Ok(Outcome::Done);
    }
    let heading = |text: &str| format!("\n{}\n", out.paint(Style::Bold, text));
    let mut text = out.paint(Style::Cyan, &clean(&phone.number));
    let calls = count(phone.calls.len() as u64, "call", "calls");
    text += &format!("  {calls}, {} made", phone.made);
    if let (Some(first), Some(last)) = (phone.first, phone.last) {
        text += &format!(", {first} to {last}");
    }
    text.push('\n');
    if !phone.people.is_empty() {
        text += &heading("People");
        for named in &phone.people {
            text +=
                &format!("  {} {}  {} ({})\n", named.person, clean(&named.name), named.standing.words(), named.link);
        }
    }
    if !phone.voices.is_empty() {
        text += &heading("Voices in its calls");
        text += &phone.voices.iter().map(voice).collect::<String>();
    }
    if !phone.contacts.is_empty() {
        text += &heading("Speaks with");
        let contacts = phone.contacts.iter();
        let line =
            |c: &phones::Contact| format!("  {}  {}\n", clean(&c.number), count(c.calls as u64, "call", "calls"));
        text += &contacts.map(line).collect::<String>();
    }
    if !phone.places.is_empty() {
        text += &heading("Places");
        text += &phone.places.iter().map(place).collect::<String>();
    }
    text += &heading("Calls");
    text += &calls_of(phone, archive, out)?;
    out.print(&text)?;
    Ok(Outcome::Done)
}

fn voice(heard: &Heard) -> String {
    let side = match heard.side {
        Side::Here => "on this number",
        Side::Open => "on this number or the other",
    };
    let name = heard.name.as_ref().map_or(String::new(), |named| format!("  {}", clean(&named.marked())));
    let where_ = match heard.speakers.as_slice() {
        [first, _, ..] => format!("{first} and {} more", heard.speakers.len() - 1),
        [only] => only.to_string(),
        [] => String::new(),
    };
    format!("  {:<4} {where_}  {side}{name}\n", heard.voice.as_deref().unwrap_or("-"))
}

fn place(seen: &PlaceSeen) -> String {
    let at = seen.latitude.zip(seen.longitude).map_or(String::new(), |(lat, lon)| format!("{lat:.5}, {lon:.5}  "));
    let sector = clean(seen.sector.as_deref().unwrap_or_default());
    format!("  {at}{sector}  {}\n", count(seen.calls as u64, "call", "calls"))
}

fn calls_of(phone: &PhoneFacts, archive: &Archive, out: &Output) -> anyhow::Result<String> {
    let all: BTreeMap<_, Call> = archive.calls()?.into_iter().map(|call| (call.id.clone(), call)).collect();
    let mut table = Table::new(&[]);
    for call in phone.calls.iter().filter_map(|id| all.get(id)) {
        let made = call.from.as_ref().is_some_and(|from| from.label() == phone.number);
        let other = if made { &call.to } else { &call.from };
        let started = call.started_at.map(|t| t.local().strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        let other = other.as_ref().map(|p| p.label().to_owned()).unwrap_or_default();
        let way = if made { "to" } else { "from" };
        let id = (Style::Cyan, format!("  {}", call.id));
        table.styled([id, (Style::Plain, started), (Style::Dim, way.into()), (Style::Plain, other)]);
    }
    Ok(table.render(out))
}
