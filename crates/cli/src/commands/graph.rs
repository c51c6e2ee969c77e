//! `earwitness graph`: people, voices and phones as a picture.

use super::{
    Outcome,
    export::{Leaving, outside, put},
};
use crate::{context::Context, output::clean};
use earwitness_publish::network::picture;
use serde_json::json;
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The page; it holds everything in itself, needs no network and runs no script
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    /// What stands above the picture; protected words are taken out of it as well
    #[arg(long, value_name = "TEXT", default_value = "Who speaks, from which phone")]
    title: String,
    #[command(flatten)]
    leaving: Leaving,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// Draws the network.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = args.leaving.open(context)?;
    outside(&args.html, archive.root())?;
    let (network, title) = args.leaving.network(&archive, "picture", &args.title)?;
    let page = picture(&network, &title)?;
    put(&[(args.html.clone(), page)], args.force)?;
    if context.out.json {
        context.out.json(&json!({"written": [args.html]}))?;
    } else {
        context.out.line(&format!("drawn: {}", clean(&args.html.display().to_string())))?;
        context
            .out
            .note("`earwitness export network` gives the same, with every call, to programs that draw and count.");
    }
    Ok(Outcome::Done)
}
