//! `earwitness verify`.

use super::Outcome;
use crate::context::Context;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Recomputes everything the archive claims and names what is broken.
pub fn run(_: Args, _: &Context) -> anyhow::Result<Outcome> {
    anyhow::bail!("not built yet")
}
