//! `earwitness speakers`: who speaks in one call, and a person's corrections of it.

mod change;
mod page;

use super::Outcome;
use crate::context::Context;
use clap::ValueEnum;
use earwitness_desk::speakers::LineSide;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = HELP)]
pub struct Args {
    /// The call: its name, the beginning of it, or the name of one of its files
    #[arg(required = true)]
    call: Option<String>,
    #[command(subcommand)]
    action: Option<Action>,
}

const HELP: &str = "\
For example:
  earwitness speakers CALL                       who speaks, how long, on which side, held to be whom
  earwitness speakers assign CALL#4 CALL#6-8 C   turns 4 and 6 to 8 (counted from 0) are said by C
  earwitness speakers merge CALL B A             what B says is said by A

A label is a speaker within one call; who that is, `earwitness people link` says. Labels go into every export: do not
put the name of somebody there who is to be protected. Each correction is a new revision of the transcript under your
name; it stands against every later `process`, and the machine's own stays beside it.";

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// All turns of one speaker are another's
    Merge {
        /// The call
        call: String,
        /// The label that goes
        from: String,
        /// The label that stays
        into: String,
    },
    /// Gives a speaker another label; links, voices and sides go with it
    Rename {
        /// The call
        call: String,
        /// The label
        from: String,
        /// The new label
        to: String,
    },
    /// Gives turns to another speaker, who may be new
    Assign {
        /// Turns (CALL#4, CALL#6-8, counted from 0 as in a search), and then the label
        #[arg(value_name = "CALL#TURN|LABEL", required = true, num_args = 2..)]
        turns: Vec<String>,
    },
    /// Says on which side of the line somebody speaks, or everybody on a track
    Side {
        /// The call
        call: String,
        /// The label; or a track: ch1, ch2
        who: String,
        /// The side
        side: Side,
    },
    /// Puts the labels back as they were before the last such correction (again: undoes the undoing)
    Undo {
        /// The call
        call: String,
        /// Put back the sides instead
        #[arg(long)]
        sides: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Side {
    /// Who called
    Caller,
    /// Who was called
    Called,
    /// Take back what was said
    Unknown,
}

impl From<Side> for Option<LineSide> {
    fn from(side: Side) -> Self {
        match side {
            Side::Caller => Some(LineSide::Caller),
            Side::Called => Some(LineSide::Called),
            Side::Unknown => None,
        }
    }
}

/// Shows and corrects who speaks.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None => page::show(args.call.as_deref().unwrap_or_default(), context),
        Some(Action::Merge { call, from, into }) => change::merge(&call, from, into, context),
        Some(Action::Rename { call, from, to }) => change::rename(&call, from, to, context),
        Some(Action::Assign { turns }) => change::assign(&turns, context),
        Some(Action::Side { call, who, side }) => change::side(&call, &who, side.into(), context),
        Some(Action::Undo { call, sides: false }) => change::undo(&call, context),
        Some(Action::Undo { call, sides: true }) => change::undo_sides(&call, context),
    }
}
