//! The program `earwitness`: reads the command line, runs one command, says what happened.

mod commands;
mod context;
mod errors;
mod interrupt;
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
  earwitness export transcripts --format txt --out WORK          carry away, or correct in an editor and then
  earwitness correct CALL --file WORK/CALL.txt                   bring the corrected text back
  earwitness verify                                              prove that nothing was altered

Exit code: 0 done, 1 something failed or nothing was found, 2 wrong use, 130 interrupted.";

/// Holds glibc to two heaps: with one for each thread that ever listened, freed memory stays scattered among them (977
/// against 930 MiB at the peak on the 28 minutes of the corpus).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn few_heaps() {
    const M_ARENA_MAX: std::ffi::c_int = -8; // malloc.h
    #[allow(unsafe_code)] // The declaration: mallopt takes two numbers and touches nothing of ours.
    unsafe extern "C" {
        safe fn mallopt(parameter: std::ffi::c_int, value: std::ffi::c_int) -> std::ffi::c_int;
    }
    mallopt(M_ARENA_MAX, 2);
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn few_heaps() {}

fn main() -> ExitCode {
    few_heaps();
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
