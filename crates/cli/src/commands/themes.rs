//! `earwitness themes`: the codebook, and what its themes lie on.

mod change;
mod counts;
mod exchange;
mod list;
pub(super) mod passages;

use super::{Outcome, claims::Turns};
use crate::context::Context;
use clap::ValueEnum;
use earwitness_desk::codebook::By;
use std::path::PathBuf;

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
  earwitness themes add \"Looting\" --key l --about \"taking things from houses, and talk of it\"
  earwitness themes add \"Ill-treatment\" --key i --warning \"violence against prisoners\"
  earwitness themes put looting k07#12 --words \"забрали ноутбук\"
  earwitness themes show looting              all that was said, in the order of days
  earwitness themes counts --by week          how what is said changes
  earwitness calls --theme looting

A theme is named by its number (t1), its name, the beginning of its name, or its key.")]
enum Action {
    /// Lists all themes (as `earwitness themes` alone does)
    List,
    /// Adds a theme
    Add {
        /// What it is called
        name: String,
        #[command(flatten)]
        facts: Facts,
    },
    /// Changes a theme; an empty text removes what was known
    Change {
        /// The theme
        theme: String,
        /// Another name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        #[command(flatten)]
        facts: Facts,
    },
    /// Lays a theme on nothing new; where it lies it stays
    Retire {
        /// The theme
        theme: String,
        /// Brings it back
        #[arg(long)]
        back: bool,
    },
    /// Lays a theme on what is said
    Put {
        /// The theme
        theme: String,
        #[command(flatten)]
        at: At,
        /// Why, or what is to be seen here
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Takes themes off what they lie on; the history stays
    Take {
        /// As `show` numbers them: o1
        #[arg(required = true)]
        coding: Vec<String>,
    },
    /// Shows all that a theme lies on: day, call, who speaks, the words
    Show {
        /// The theme
        theme: String,
        /// Only in this call
        #[arg(long, value_name = "CALL")]
        call: Option<String>,
    },
    /// Counts themes by week or month
    Counts {
        /// How long a period is
        #[arg(long, value_name = "PERIOD", default_value = "month")]
        by: Period,
    },
    /// Puts back what a theme (t1) or what it lies on (o1) was before its newest change
    Undo {
        /// t1 or o1
        id: String,
    },
    /// Writes the codebook, without what its themes lie on
    Export {
        /// The file; nothing is written over. - writes to stdout
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// JSON, or the form in which other programs for such work hand codebooks to each other (REFI-QDA)
        #[arg(long, value_name = "FORM", default_value = "json")]
        form: Form,
    },
    /// Takes a codebook in, as JSON: all of it, or nothing where anything is wrong
    Import {
        /// The file; - reads stdin
        file: PathBuf,
    },
}

/// What else a theme is.
#[derive(Debug, clap::Args)]
struct Facts {
    /// What belongs to it, and what does not
    #[arg(long, value_name = "TEXT")]
    about: Option<String>,
    /// The digit or small letter that lays it on a selection in the workbench
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// What listeners are warned of before they hear such words
    #[arg(long, value_name = "TEXT")]
    warning: Option<String>,
    /// Its colour, 0 to 11; of a new theme, else the one that the fewest have
    #[arg(long, value_name = "N")]
    colour: Option<u8>,
}

/// Words of a call.
#[derive(Debug, clap::Args)]
pub(super) struct At {
    /// Where: CALL#TURN, or CALL#FIRST-LAST; turns count from 0, as `earwitness show` numbers them
    #[arg(value_name = "CALL#TURN")]
    at: Turns,
    /// The very words, where less than all that is said in the turns is meant
    #[arg(long, value_name = "TEXT")]
    words: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Period {
    /// From Monday to Sunday
    Week,
    /// A month
    Month,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// JSON
    Json,
    /// REFI-QDA codebook (.qdc)
    Qdc,
}

impl From<Period> for By {
    fn from(period: Period) -> Self {
        match period {
            Period::Week => Self::Week,
            Period::Month => Self::Month,
        }
    }
}

/// Lists, shows, changes and counts themes, and lays them on what is said.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None | Some(Action::List) => list::run(context),
        Some(Action::Add { name, facts }) => change::add(name, facts, context),
        Some(Action::Change { theme, name, facts }) => change::change(&theme, name, facts, context),
        Some(Action::Retire { theme, back }) => change::retire(&theme, !back, context),
        Some(Action::Put { theme, at, note }) => change::put(&theme, at, &note, context),
        Some(Action::Take { coding }) => change::take(&coding, context),
        Some(Action::Show { theme, call }) => list::show(&theme, call.as_deref(), context),
        Some(Action::Counts { by }) => counts::run(by.into(), context),
        Some(Action::Undo { id }) => change::undo(&id, context),
        Some(Action::Export { out, form }) => exchange::export(&out, form, context),
        Some(Action::Import { file }) => exchange::import(&file, context),
    }
}
