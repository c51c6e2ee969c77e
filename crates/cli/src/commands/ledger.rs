//! `earwitness ledger`.

use super::Outcome;
use crate::context::Context;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Shows the chain of custody, or checks an exported one.
pub fn run(_: Args, _: &Context) -> anyhow::Result<Outcome> {
    anyhow::bail!("not built yet")
}
