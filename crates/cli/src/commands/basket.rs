//! `earwitness basket`: words that somebody may want to quote, ready for a story.

use super::{
    Outcome,
    themes::{At, passages::Looking},
};
use crate::{
    context::Context,
    output::{Style, clean, count, paragraph},
};
use earwitness_desk::{
    basket::{self, Basket},
    passage::Passages,
};
use serde_json::{Value, json};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
For example:
  earwitness basket add k07#12 --words \"мы стоим у моста\" --note \"the end\"
  earwitness basket quote 1 >> story.md

Everybody has a basket: it is that of --author.")]
enum Action {
    /// Lists what is in it (as `earwitness basket` alone does)
    List,
    /// Puts words into it
    Add {
        #[command(flatten)]
        at: At,
        /// What they are wanted for
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Takes words out
    Remove {
        /// The number of the item
        item: u32,
    },
    /// Prints how a story points at the words
    Quote {
        /// The number of the item
        item: u32,
        /// Quotes the words as spoken, not their translation
        #[arg(long)]
        original: bool,
        /// What the story calls the call
        #[arg(long, value_name = "NAME", default_value = "")]
        call: String,
    },
}

/// Lists, fills and empties a basket.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let owner = context.actor()?;
    let owner = owner.as_str();
    let out = &context.out;
    match args.action {
        None | Some(Action::List) => list(owner, context),
        Some(Action::Add { at, note }) => {
            let (archive, chosen) = (context.open()?, at.chosen());
            let id = archive.try_write(|tx| basket::add(tx, owner, &chosen, &note))?;
            let (basket, _) = Basket::of(&archive, owner)?;
            let shown = Looking::at(&archive)?.look(&basket.item(id)?.passage)?;
            if out.json {
                let mut value = shown.json();
                value["id"] = id.into();
                out.json(&value)?;
            } else {
                out.line(&format!("in the basket: {id}, {}", shown.place()))?;
                out.print(&shown.lines(out))?;
            }
            Ok(Outcome::Done)
        }
        Some(Action::Remove { item }) => {
            let archive = context.open()?;
            let taken = archive.try_write(|tx| basket::remove(tx, owner, item))?;
            if out.json {
                out.json(&taken)?
            } else {
                out.line(&format!("taken out: {item}"))?
            };
            Ok(Outcome::Done)
        }
        Some(Action::Quote { item, original, call }) => {
            let archive = context.open_to_read()?;
            let (basket, _) = Basket::of(&archive, owner)?;
            let quote = basket.item(item)?.reference(&mut Passages::of(&archive), &call, original)?;
            if out.json {
                out.json(&quote)?
            } else {
                out.line(&quote.text)?
            };
            if quote.whole {
                out.warn("the whole turn is quoted: cut what is too much in the story (docs/story.md)");
            }
            Ok(Outcome::Done)
        }
    }
}

fn list(owner: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let (basket, _) = Basket::of(&archive, owner)?;
    let mut looking = Looking::at(&archive)?;
    let (mut all, mut text): (Vec<Value>, String) = (Vec::new(), String::new());
    let out = &context.out;
    for item in &basket.items {
        let shown = looking.look(&item.passage)?;
        let mut value = shown.json();
        value["id"] = item.id.into();
        value["note"] = json!(item.note);
        all.push(value);
        let id = out.paint(Style::Cyan, &item.id.to_string());
        text += &format!("{id} {} {}\n{}", shown.day(), shown.place(), shown.lines(out));
        item.note.lines().for_each(|line| text += &paragraph(2, &clean(line)));
    }
    if out.json {
        out.json(&all)?;
    } else {
        out.print(&format!("{text}{}\n", count(basket.items.len() as u64, "item", "items")))?;
    }
    Ok(Outcome::Done)
}
