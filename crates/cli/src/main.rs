//! The program `earwitness`: reads the command line, runs one command, says what happened.

mod commands;
mod context;
mod each_file;
mod errors;
mod interrupt;
mod listening;
mod memory;
mod names;
mod output;
mod people_filters;
mod progress;

use clap::{CommandFactory, FromArgMatches, Parser};
use std::process::ExitCode;

/// What every command understands, and the command.
#[derive(Debug, Parser)]
#[command(name = "earwitness", version, about, long_about = None, arg_required_else_help = true)]
#[command(about = "Takes recorded telephone calls in, listens, finds, corrects, exports. Offline, on this machine.")]
#[command(after_help = DAILY_PATH, propagate_version = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    globals: context::Globals,
    #[command(subcommand)]
    command: commands::Command,
}

const DAILY_PATH: &str = "\
The daily path:
  earwitness init ~/calls && export EARWITNESS_ARCHIVE=~/calls   once
  earwitness import DELIVERY --dry-run                           see how a delivery is understood
  earwitness import DELIVERY                                     seal it
  earwitness process                                             listen; Ctrl-C stops, the next run goes on
  earwitness search 'мост OR переправа' date:2022-03             find
  earwitness show CALL                                           read a call
  earwitness correct CALL --print > call.txt                     correct in an editor, and then
  earwitness correct CALL --file call.txt                        bring the corrected text back
  earwitness export transcripts --format srt --out DIR           carry away, without what is protected
  earwitness verify                                              prove that nothing was altered

Exit code: 0 done, 1 something failed or nothing was found, 2 wrong use, 130 interrupted.";

fn main() -> ExitCode {
    memory::few_heaps();
    let parsed = Cli::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return errors::usage(&error),
    };
    let context = context::Context::new(cli.globals);
    match cli.command.run(&context) {
        Ok(commands::Outcome::Done) => ExitCode::SUCCESS,
        Ok(commands::Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => errors::report(&error, &context.out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
