//! `earwitness search`.

use super::Outcome;
use crate::context::Context;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Finds words, in all their forms, in originals and translations.
pub fn run(_: Args, _: &Context) -> anyhow::Result<Outcome> {
    anyhow::bail!("not built yet")
}
