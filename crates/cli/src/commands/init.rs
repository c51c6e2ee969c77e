//! `earwitness init`.

use super::Outcome;
use crate::context::Context;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Makes an archive in a new or empty folder.
pub fn run(_: Args, _: &Context) -> anyhow::Result<Outcome> {
    anyhow::bail!("not built yet")
}
