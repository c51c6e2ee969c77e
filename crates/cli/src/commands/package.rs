//! `earwitness package`: what was made, as one file that can be handed over.

mod story;

use super::Outcome;
use crate::context::Context;
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
For example:
  earwitness package story column --out column.zip
  unzip column.zip -d column && cd column && sha256sum -c manifest-sha256.txt")]
enum Action {
    /// A zip of a story that was built: the site, the report for editors apart from it, and hashes of all files
    Story {
        /// The story
        name: String,
        /// The zip that is written
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Do not listen to the clips before they are packed: neither words nor voices are checked there. The manifest and
        /// the ledger say so
        #[arg(long)]
        no_listen: bool,
    },
}

/// Packs.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        Action::Story { name, out, no_listen } => story::run(&name, &out, no_listen, context),
    }
}
