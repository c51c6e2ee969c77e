//! `earwitness man`: the manual pages, made from the same definitions as `--help`.

use super::Outcome;
use crate::context::Context;
use anyhow::Context as _;
use clap::CommandFactory;
use std::{fs, path::PathBuf};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; it is made where it is missing
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Writes the manual pages, one for each command.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let failed = || format!("the manual pages cannot be written to {}", args.dir.display());
    fs::create_dir_all(&args.dir).with_context(failed)?;
    clap_mangen::generate_to(crate::Cli::command(), &args.dir).with_context(failed)?;
    context.out.note(&format!("manual pages were written to {}", args.dir.display()));
    Ok(Outcome::Done)
}
