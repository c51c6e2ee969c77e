//! `earwitness notes`: what people write on calls and on what is said in them, for the desk alone.

use super::{
    Outcome,
    claims::Turns,
    themes::passages::{Looking, Shown},
};
use crate::{
    context::Context,
    output::{Output, Style, clean, count, paragraph},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    kept::Kept,
    notes::{self, Note, On},
    passage::Chosen,
};
use serde_json::{Value, json};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
For example:
  earwitness notes add k07 \"the mother seems to know more\"
  earwitness notes add k07#12 \"which bridge? ask Taras\" --words \"у моста\"
  earwitness notes --call k07

Notes never leave the archive with exports or stories.")]
enum Action {
    /// Lists notes, the newest first (as `earwitness notes` alone does)
    List(Filters),
    /// Writes a note
    Add {
        /// The call, or what is said in it: CALL, CALL#TURN or CALL#FIRST-LAST
        #[arg(value_name = "CALL[#TURN]")]
        on: String,
        /// The note
        text: String,
        /// The very words, where less than all that is said in the turns is meant
        #[arg(long, value_name = "TEXT")]
        words: Option<String>,
    },
    /// Writes another text in the place of a note's
    Change {
        /// The note: n1
        note: String,
        /// The text
        text: String,
    },
    /// Takes a note back; its history stays
    Remove {
        /// The note
        note: String,
    },
    /// Puts back what a note was before its newest change
    Undo {
        /// The note
        note: String,
    },
    /// Shows what a note said, and who wrote it when
    History {
        /// The note
        note: String,
    },
}

/// Which notes are listed.
#[derive(Debug, clap::Args)]
struct Filters {
    /// Only those on this call
    #[arg(long, value_name = "CALL")]
    call: Option<String>,
    /// Only those with these words
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
}

/// Lists, writes, changes and takes back notes.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None => list(&args.filters, context),
        Some(Action::List(filters)) => list(&filters, context),
        Some(Action::Add { on, text, words }) => add(&on, &text, words, context),
        Some(Action::Change { note, text }) => {
            let (archive, author) = (context.open()?, context.author()?);
            let kept = archive.try_write(|tx| notes::change(tx, author, &note, None, &text))?;
            said("kept", &archive, &kept, context)
        }
        Some(Action::Remove { note }) => {
            let (archive, author) = (context.open()?, context.author()?);
            let taken = archive.try_write(|tx| notes::remove(tx, author, &note))?;
            said("taken back", &archive, &taken, context)
        }
        Some(Action::Undo { note }) => undo(&note, context),
        Some(Action::History { note }) => history(&note, context),
    }
}

fn add(on: &str, text: &str, words: Option<String>, context: &Context) -> anyhow::Result<Outcome> {
    let on = match on.parse::<Turns>() {
        Ok(at) => On::Words(Chosen { words, ..Chosen::turns(at.call, at.first, at.last) }),
        Err(why) if on.contains('#') || words.is_some() => {
            return Err(crate::errors::Problem::usage(why, "or name the call alone, for a note on all of it").into());
        }
        Err(_) => On::Call(on.to_owned()),
    };
    let (archive, author) = (context.open()?, context.author()?);
    let kept = archive.try_write(|tx| notes::add(tx, author, &on, text))?;
    said("added", &archive, &kept, context)
}

fn undo(note: &str, context: &Context) -> anyhow::Result<Outcome> {
    let (archive, author) = (context.open()?, context.author()?);
    match archive.try_write(|tx| notes::undo(tx, author, note))? {
        Some(kept) => said("as it was before", &archive, &kept, context),
        None if context.out.json => context.out.json(&Value::Null).map(|()| Outcome::Done),
        None => context.out.line(&format!("undone: {note} is not there any more")).map(|()| Outcome::Done),
    }
}

/// Says what became of a note, with the words that it is about.
fn said(what: &str, archive: &Archive, note: &Kept<Note>, context: &Context) -> anyhow::Result<Outcome> {
    let out = &context.out;
    let shown = look(&mut Looking::at(archive)?, note)?;
    if out.json {
        out.json(&json_of(note, shown.as_ref()))?;
    } else {
        out.print(&format!("{what}: {}", page(note, shown.as_ref(), out)))?;
    }
    Ok(Outcome::Done)
}

fn look(looking: &mut Looking<'_>, note: &Note) -> anyhow::Result<Option<Shown>> {
    note.passage.as_ref().map(|passage| looking.look(passage)).transpose()
}

fn list(filters: &Filters, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let call = filters.call.as_ref().map(|call| archive.find_call(call)).transpose()?.map(|call| call.id);
    let sought = filters.find.as_ref().map(|text| text.to_lowercase());
    let mut found = Kept::<Note>::all(&archive)?;
    found.retain(|note| {
        call.as_ref().is_none_or(|call| note.call == *call)
            && sought.as_ref().is_none_or(|sought| note.text.to_lowercase().contains(sought.as_str()))
    });
    found.reverse();
    let mut looking = Looking::at(&archive)?;
    let (mut all, mut text) = (Vec::new(), String::new());
    for note in &found {
        let shown = look(&mut looking, note)?;
        all.push(json_of(note, shown.as_ref()));
        text += &page(note, shown.as_ref(), &context.out);
    }
    if context.out.json {
        context.out.json(&all)?;
    } else {
        context.out.print(&format!("{text}{}\n", count(found.len() as u64, "note", "notes")))?;
    }
    Ok(Outcome::Done)
}

fn page(note: &Kept<Note>, shown: Option<&Shown>, out: &Output) -> String {
    let place = shown.map_or_else(|| note.call.to_string(), Shown::place);
    let by = note.by.to_string();
    let (by, day) = (by.trim_start_matches("person:"), note.at.strftime("%Y-%m-%d %H:%M UTC"));
    let mut text = format!("{} on {place}, {}, {day}\n", out.paint(Style::Cyan, &note.id), clean(by));
    note.text.lines().for_each(|line| text += &paragraph(2, line));
    text + &shown.map(|shown| shown.lines(out)).unwrap_or_default()
}

fn json_of(note: &Kept<Note>, shown: Option<&Shown>) -> Value {
    let mut value = json!(note);
    value["passage"] = json!(shown.map(Shown::json));
    value
}

fn history(note: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let all = notes::history(&archive, note)?;
    let out = &context.out;
    if out.json {
        let all =
            all.iter().map(|r| json!({"number": r.number, "text": r.body["text"], "by": r.author, "at": r.created_at}));
        out.json(&all.collect::<Vec<_>>())?;
        return Ok(Outcome::Done);
    }
    for record in &all {
        let day = record.created_at.strftime("%Y-%m-%d %H:%M UTC");
        out.line(&format!("{}. {day}, {}", record.number, clean(&record.author.to_string())))?;
        let text = record.body["text"].as_str().unwrap_or("(taken back)");
        out.print(&text.lines().map(|line| paragraph(2, line)).collect::<String>())?;
    }
    Ok(Outcome::Done)
}
