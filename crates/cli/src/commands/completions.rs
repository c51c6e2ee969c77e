//! `earwitness completions`: what a shell needs to complete commands and options.

use super::Outcome;
use crate::context::Context;
use clap::CommandFactory;
use clap_complete::Shell;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "For example:\n  earwitness completions bash > ~/.local/share/bash-completion/completions/earwitness"
)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints completions for a shell.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::Cli::command(), "earwitness", &mut script);
    context.out.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
