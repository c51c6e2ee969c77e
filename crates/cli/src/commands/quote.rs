//! `earwitness quote`: the fidelity of a story's quotes, and the second pair of eyes.

use super::{Outcome, story};
use crate::{context::Context, errors::Problem};
use earwitness_desk::{fidelity::Review, kept::Kept};
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Checks every quote of a story, as `earwitness story check` does
    Check {
        /// The story
        story: String,
        /// Do not hear the clips again
        #[arg(long)]
        no_listen: bool,
        /// Write the report for editors into this folder: every quote with its tape. Nothing in it is protected
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
    },
    /// Says that you have read the translation of a call (or its transcript) against what it was made from
    Reviewed {
        /// The call: its name, the beginning of it, or the name of one of its files
        call: String,
        /// You have read the transcript against the sound, and not the translation
        #[arg(long)]
        transcript: bool,
    },
}

/// Checks quotes, and keeps reviews.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        Action::Check { story, no_listen, report } => story::check(&story, report.as_deref(), no_listen, context),
        Action::Reviewed { call, transcript } => reviewed(&call, transcript, context),
    }
}

fn reviewed(call: &str, transcript: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let call = archive.find_call(call)?;
    let (kind, revision) = if transcript {
        ("transcript", archive.current_transcript(&call.id)?)
    } else {
        ("translation", archive.current_translation(&call.id)?.map(|t| t.revision))
    };
    let none = || Problem::new(format!("the call {} has no {kind}", call.id), "`earwitness process` makes one");
    let revision = revision.ok_or_else(none)?;
    let by = context.actor()?.as_str().to_string();
    let author = context.author()?;
    let review = Review { revision: revision.id.clone(), by };
    let kept = archive.write(|tx| Kept::add(tx, author, &review))?;
    if context.out.json {
        context.out.json(&kept)?;
    } else {
        let (number, made) = (revision.number, &revision.author);
        context.out.line(&format!("kept: {} has read {kind} {number} by {made}", kept.by))?;
    }
    Ok(Outcome::Done)
}
