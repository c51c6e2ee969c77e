//! `earwitness transcribe`: single files, without an archive.

use super::{Outcome, process::threads};
use crate::{
    context::Context,
    each_file::{self, Opened},
    interrupt,
};
use earwitness_listen::{HearOptions, Listener};
use earwitness_model::Transcript;
use earwitness_publish::transcripts::{Format, Heard, Options, Show, render};
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Recordings
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The language that is spoken; auto: ru, uk or en, found for each stretch
    #[arg(long, value_name = "LANGUAGE", default_value = "auto", value_parser = ["auto", "ru", "uk", "en"])]
    language: String,
    /// Make a draft translation into English
    #[arg(long)]
    translate: bool,
    /// How many people speak on each channel, where you know it (default: it is found)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    speakers: Option<u8>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json", "srt", "vtt", "rttm"])]
    format: String,
    /// The model (`earwitness models list`)
    #[arg(long, value_name = "NAME", default_value = "base")]
    model: String,
    /// Processor threads (default: all)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Hears files one after the other; one that cannot be heard makes it fail, and the others go on.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let format: Format = if context.out.json { Format::Json } else { args.format.parse()? };
    let mut hear = HearOptions { translate: args.translate, ..HearOptions::default() };
    if args.language != "auto" {
        hear.languages = vec![args.language.clone()];
    }
    hear.diarize.speakers = args.speakers.map(usize::from);
    interrupt::install();
    let listener = Listener::load(&args.model, &context.models(), threads(args.threads))?;
    let options = Options { show: if args.translate { Show::Both } else { Show::Original }, ..Options::default() };
    each_file::print(&args.files, "listening", format, context, |path| {
        Ok(Some(render(one(&listener, path, &hear)?.source(), format, options)?))
    })
}

fn one(listener: &Listener, path: &Path, hear: &HearOptions) -> anyhow::Result<Heard> {
    let opened = Opened::new(path)?;
    let found = listener.hear(&opened.sound.channels, opened.sound.sample_rate, hear, &interrupt::asked)?;
    let author = listener.recogniser().author(serde_json::to_value(hear)?);
    let heard = opened.heard(author.clone(), Transcript { language: found.language, turns: found.turns })?;
    Ok(match found.translation {
        Some(turns) => heard.with_translation(author, "en", turns)?,
        None => heard,
    })
}
