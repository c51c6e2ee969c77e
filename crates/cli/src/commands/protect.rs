//! `earwitness protect`: what must never leave the archive, and what stands in its place.

mod suggest;
pub(super) mod voices;

use super::Outcome;
use crate::{
    context::Context,
    errors::{Problem, advise},
    output::{Table, count},
};
use clap::{ArgGroup, ValueEnum};
use earwitness_archive::Archive;
use earwitness_desk::{
    kept::Kept,
    people::People,
    protection::{self, Guard, Kind, Rule, StandIn},
};
use std::{collections::BTreeSet, io::Read};

/// The longest text that is tried, in bytes.
const LONGEST: u64 = 4 << 20;

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
  earwitness protect add name Лаптев Тёма --alias Artyom
  earwitness protect add place \"Сухая Балка\" --word \"a village\"
  earwitness protect add phone +380591104472 --bleep
  earwitness protect voice p1                 clips of this person leave in another voice
  earwitness protect suggest                  names and numbers that no rule covers
  earwitness protect try < text.txt           the text as readers would see it

The numbers of all calls, and the persons that `earwitness people` protects, are protected without a rule.")]
enum Action {
    /// Lists all rules (as `earwitness protect` alone does)
    List,
    /// Adds a rule
    Add {
        /// What it is
        kind: Chosen,
        /// Names, nicknames, spellings; each is found in all its forms, in Cyrillic and Latin letters
        #[arg(required = true)]
        terms: Vec<String>,
        #[command(flatten)]
        instead: Instead,
        /// Only the terms as they are written, in no other form
        #[arg(long)]
        exact: bool,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Protects a voice: its clips leave in disguise only, which is not anonymity
    Voice {
        /// A person (p1, a name), a voice of several calls (V1), or one speaker (CALL:LABEL)
        who: String,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Lists what may have to be protected: names and numbers that are said, what is linked to protected persons
    Suggest {
        /// All of it
        #[arg(long)]
        all: bool,
    },
    /// Takes a rule back
    Remove {
        /// The rule: x1
        rule: String,
    },
    /// Reads a text from stdin and prints it as readers would see it
    Try,
}

/// What stands in the place.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("instead").multiple(false)))]
struct Instead {
    /// Another name
    #[arg(long, group = "instead", value_name = "NAME")]
    alias: Option<String>,
    /// A general word, shown in brackets
    #[arg(long, group = "instead", value_name = "WORD")]
    word: Option<String>,
    /// A tone in sound, the word bleep in brackets in text
    #[arg(long, group = "instead")]
    bleep: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Chosen {
    /// A name or nickname
    Name,
    /// A telephone number
    Phone,
    /// A street, a house
    Address,
    /// A military unit
    Unit,
    /// A village, a town
    Place,
    /// The number of a vehicle
    Vehicle,
    /// Any other words
    Words,
}

impl From<Chosen> for Kind {
    fn from(chosen: Chosen) -> Self {
        match chosen {
            Chosen::Name => Self::Name,
            Chosen::Phone => Self::Phone,
            Chosen::Address => Self::Address,
            Chosen::Unit => Self::Unit,
            Chosen::Place => Self::Place,
            Chosen::Vehicle => Self::Vehicle,
            Chosen::Words => Self::Words,
        }
    }
}

/// Lists, adds, removes and tries rules.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None | Some(Action::List) => list(context),
        Some(Action::Add { kind, terms, instead, exact, note }) => {
            let stand_in = match (instead.alias, instead.word, instead.bleep) {
                (Some(alias), _, _) => StandIn::Alias(alias),
                (_, Some(word), _) => StandIn::Word(word),
                (_, _, true) => StandIn::Bleep,
                _ => StandIn::Blank,
            };
            add(Rule { kind: kind.into(), terms, stand_in, exact, person: None, note }, context)
        }
        Some(Action::Voice { who, note }) => voices::protect(&who, note, context),
        Some(Action::Suggest { all }) => suggest::suggest(all, context),
        Some(Action::Remove { rule }) => remove(&rule, context),
        Some(Action::Try) => try_text(context),
    }
}

/// All rules that hold: those that people made, protected persons, and every number of the calls.
pub(super) fn rules(archive: &Archive) -> anyhow::Result<Vec<Rule>> {
    let mut rules: Vec<Rule> = Kept::<Rule>::all(archive)?.into_iter().map(|r| r.is).collect();
    for person in People::load(archive)?.persons.iter().filter(|p| p.protect) {
        let stand_in = person.alias.clone().map_or(StandIn::Blank, StandIn::Alias);
        rules.push(Rule {
            kind: Kind::Name,
            terms: vec![person.name.clone()],
            stand_in,
            exact: false,
            person: Some(person.id.clone()),
            note: "a protected person".into(),
        });
    }
    let mut numbers = BTreeSet::new();
    for call in archive.calls()? {
        numbers.extend([call.from, call.to].into_iter().flatten().map(|phone| phone.label().to_string()));
    }
    for number in numbers {
        let rule = Rule {
            kind: Kind::Phone,
            terms: vec![number],
            stand_in: StandIn::Bleep,
            exact: false,
            person: None,
            note: "a number of a call".into(),
        };
        // What a table calls a number may be a word; it is no number that could be dialled.
        rules.extend(rule.check().is_ok().then_some(rule));
    }
    Ok(rules)
}

fn list(context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let rules = Kept::<Rule>::all(&archive)?;
    if context.out.json {
        context.out.json(&rules)?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["rule", "kind", "terms", "instead", "note"]);
    for rule in &rules {
        let kind = format!("{:?}", rule.kind).to_lowercase();
        table.row([rule.id.clone(), kind, rule.terms.join(", "), rule.stand_in.shown(), rule.note.clone()]);
    }
    let total = format!("{}\n", count(rules.len() as u64, "rule", "rules"));
    context.out.print(&if rules.is_empty() { total } else { table.render(&context.out) + &total })?;
    Ok(Outcome::Done)
}

fn add(rule: Rule, context: &Context) -> anyhow::Result<Outcome> {
    rule.check().map_err(|e| advise(e, "give the term as people write it"))?;
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| protection::add(tx, author, rule))?;
    if context.out.json {
        context.out.json(&kept)?;
    } else {
        context.out.line(&format!("added: {} ({} -> {})", kept.id, kept.terms.join(", "), kept.stand_in.shown()))?;
    }
    Ok(Outcome::Done)
}

fn remove(rule: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let known = Kept::<Rule>::get(&archive, rule)?;
    let known =
        known.ok_or_else(|| Problem::new(format!("there is no rule {rule}"), "`earwitness protect` lists them"))?;
    archive.write(|tx| known.withdraw(tx, author))?;
    if context.out.json {
        context.out.json(&known)?;
    } else {
        context.out.line(&format!("taken back: {} ({})", known.id, known.terms.join(", ")))?;
    }
    Ok(Outcome::Done)
}

fn try_text(context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let guard = Guard::new(&rules(&archive)?)?;
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST).read_to_string(&mut text).map_err(|e| advise(e, "give UTF-8 text"))?;
    let done = guard.apply(&text);
    if context.out.json {
        context.out.json(&done)?;
    } else {
        context.out.print(&done.text)?;
    }
    Ok(Outcome::Done)
}
