//! `earwitness graph`: people, voices and phones as a picture.

use super::{
    Outcome,
    export::{outside, put},
};
use crate::{context::Context, output::clean};
use earwitness_desk::{network::network, people::Naming};
use earwitness_publish::network::picture;
use serde_json::json;
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The page; it holds everything in itself, needs no network and runs no script
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    /// What stands above the picture
    #[arg(long, value_name = "TEXT", default_value = "Who speaks, from which phone")]
    title: String,
    /// Write the names of protected persons and the numbers that are held to be theirs, too; without it those persons
    /// appear under their alias, or not by name at all, and their numbers are withheld
    #[arg(long)]
    names: bool,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// Draws the network.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    outside(&args.html, archive.root())?;
    let naming = if args.names { Naming::Working } else { Naming::Guarded };
    let page = picture(&network(&archive, naming)?, &args.title)?;
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
