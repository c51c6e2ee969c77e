//! `earwitness people`: persons, and what ties them to voices and phones.

mod change;
mod forget;
mod hints;
mod page;

use super::Outcome;
use crate::context::Context;
use clap::{ArgGroup, ValueEnum};
use earwitness_desk::people::Decision;
use earwitness_model::Standing;
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Lists all persons (as `earwitness people` alone does)
    List,
    /// Shows a person: facts, links with their evidence, and the calls they are heard in
    Show {
        /// The person: p1, the name or the alias, or the beginning of one
        person: String,
    },
    /// Adds a person under a working name
    Add {
        /// The name that the desk uses
        name: String,
        #[command(flatten)]
        facts: Facts,
    },
    /// Gives a person another working name
    Rename {
        /// The person
        person: String,
        /// The new name
        name: String,
    },
    /// Changes what is known of a person; an empty text removes it
    Set {
        /// The person
        person: String,
        #[command(flatten)]
        facts: Facts,
        /// Let it leave the house again
        #[arg(long, conflicts_with = "protect")]
        no_protect: bool,
    },
    /// Links a voice or a phone to a person, with evidence
    Link {
        /// The person
        person: String,
        /// What is theirs: a speaker (CALL:A), a voice (V1), or a telephone number (its last digits will do)
        target: String,
        #[command(flatten)]
        evidence: Reasons,
        /// How far this has come
        #[arg(long, value_name = "STANDING", default_value = "suggested")]
        standing: Reached,
    },
    /// Takes a link back
    Unlink {
        /// The link, as `earwitness people show` numbers it: l1
        link: String,
    },
    /// Decides about a link; a rejected one stays so until somebody reopens it
    Decide {
        /// The link: l1
        link: String,
        /// What is decided
        decision: Decided,
        /// Why, in your words
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Puts back what a person or a link was before its last change (again: undoes the undoing)
    Undo {
        /// The person (p1) or the link (l1)
        id: String,
        /// The revision to put back; 0 takes the thing back altogether
        #[arg(long, value_name = "N")]
        to: Option<u32>,
    },
    /// Shows every revision of a person or a link, who made it and when
    History {
        /// The person (p1) or the link (l1)
        id: String,
    },
    /// Shows who names himself and who is called what, from the speech itself; nothing is decided by it
    Hints {
        /// Only these calls
        calls: Vec<String>,
        /// Show each turn, also where somebody else is spoken of
        #[arg(long)]
        turns: bool,
        /// Only hints that may stand for this name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Removes a person for good: what is known, the evidence, and the voiceprints of their voices
    Forget {
        /// The person
        person: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// What can be known of a person.
#[derive(Debug, clap::Args)]
struct Facts {
    /// What readers are to see instead of the name
    #[arg(long, value_name = "TEXT")]
    alias: Option<String>,
    /// For example: soldier, or mother of p1
    #[arg(long, value_name = "TEXT")]
    role: Option<String>,
    /// Anything else
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Nothing that leads to this person may leave the house
    #[arg(long)]
    protect: bool,
}

/// Why somebody thinks so.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("reasons").multiple(true)))]
struct Reasons {
    /// In free words (may be given more than once)
    #[arg(long, value_name = "TEXT")]
    evidence: Vec<String>,
    /// A turn where it is said, counted from 0 as in a search (may be given more than once)
    #[arg(long, value_name = "CALL#N")]
    turn: Vec<String>,
    /// A document: its name or where it is kept (may be given more than once)
    #[arg(long, value_name = "TEXT")]
    document: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Reached {
    /// To be decided
    Suggested,
    /// You decide that it holds
    Confirmed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Decided {
    /// It holds
    Confirm,
    /// It does not hold
    Reject,
    /// There is evidence against it
    Dispute,
    /// It is to be decided again
    Reopen,
}

impl From<Reached> for Standing {
    fn from(reached: Reached) -> Self {
        match reached {
            Reached::Suggested => Self::Suggested,
            Reached::Confirmed => Self::Confirmed,
        }
    }
}

impl From<Decided> for Decision {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Confirm => Self::Confirm,
            Decided::Reject => Self::Reject,
            Decided::Dispute => Self::Dispute,
            Decided::Reopen => Self::Reopen,
        }
    }
}

/// Lists, shows and changes people.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None | Some(Action::List) => page::list(context),
        Some(Action::Show { person }) => page::show(&person, context),
        Some(Action::History { id }) => page::history(&id, context),
        Some(Action::Hints { calls, turns, name }) => hints::run(&calls, turns, name.as_deref(), context),
        Some(Action::Forget { person, yes }) => forget::run(&person, yes, context),
        Some(Action::Add { name, facts }) => change::add(name, facts, context),
        Some(Action::Rename { person, name }) => change::rename(&person, name, context),
        Some(Action::Set { person, facts, no_protect }) => change::set(&person, facts, no_protect, context),
        Some(Action::Link { person, target, evidence, standing }) => {
            change::link(&person, &target, evidence, standing.into(), context)
        }
        Some(Action::Unlink { link }) => change::unlink(&link, context),
        Some(Action::Decide { link, decision, why }) => change::decide(&link, decision.into(), why, context),
        Some(Action::Undo { id, to }) => change::undo(&id, to, context),
    }
}
