//! `earwitness init`: makes an archive.

use super::Outcome;
use crate::{
    context::Context,
    errors::Problem,
    output::{Style, clean},
};
use earwitness_archive::Archive;
use serde_json::json;
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder, new or empty (default: the one named with --archive)
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Makes an archive in a new or empty folder.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let named = || context.named_archive().map(PathBuf::from);
    let dir = args.dir.or_else(named).filter(|d| !d.as_os_str().is_empty());
    let dir = dir.ok_or_else(|| Problem::usage("no folder was named", "name one: `earwitness init DIR`"))?;
    let archive = Archive::init(&dir, &context.actor()?)?;
    let (out, settings) = (&context.out, archive.settings());
    if out.json {
        out.json(&json!({"dir": dir, "archive": settings.archive, "made_at": settings.made_at}))?;
        return Ok(Outcome::Done);
    }
    let shown = clean(&std::path::absolute(&dir).unwrap_or(dir).display().to_string());
    out.line(&format!("An archive was made in {}; only you can enter it.", out.paint(Style::Bold, &shown)))?;
    out.note("It is not encrypted by itself: keep it on an encrypted disk.");
    out.note(&format!("next: export EARWITNESS_ARCHIVE='{shown}' && earwitness import DELIVERY --dry-run"));
    Ok(Outcome::Done)
}
