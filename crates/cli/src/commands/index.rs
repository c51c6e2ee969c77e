//! `earwitness index`: the search index, which can always be built again.

use super::Outcome;
use crate::{
    context::Context,
    output::{Style, count},
    progress::{Progress, Unit},
};
use earwitness_pipeline::index;
use serde_json::json;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to do with the index.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Deletes the index and builds it from the archive; it gives the same answers
    Rebuild,
}

/// Builds the index again.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let What::Rebuild = args.what;
    let archive = context.open()?;
    let out = &context.out;
    let progress = Progress::new(out, "indexing", 0, Unit::Count);
    let mut calls = 0;
    let index = index::rebuild(&archive, &mut |done, total| {
        calls = total as u64;
        progress.set_total(calls);
        progress.at(done as u64, "");
    })?;
    progress.finish();
    let turns = index.turns()?;
    if out.json {
        out.json(&json!({ "calls": calls, "turns": turns }))?;
    } else {
        let (calls, turns) = (count(calls, "call", "calls"), count(turns, "turn", "turns"));
        out.line(&format!("{} {calls} with {turns} indexed", out.paint(Style::Green, "ok")))?;
    }
    Ok(Outcome::Done)
}
