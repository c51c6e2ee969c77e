//! `earwitness show`.

use super::Outcome;
use crate::context::Context;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Shows one call: its facts, files, revisions and turns.
pub fn run(_: Args, _: &Context) -> anyhow::Result<Outcome> {
    anyhow::bail!("not built yet")
}
