//! `earwitness diarize`: who speaks when in single files, without recognising words and without an archive.

use super::{Outcome, process::threads};
use crate::{
    context::Context,
    each_file::{self, Opened},
    interrupt,
};
use anyhow::Context as _;
use earwitness_listen::diarize::{DiarizeOptions, Diarizer};
use earwitness_model::{Author, Transcript};
use earwitness_publish::transcripts::{Format, Heard, Options, render};
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Recordings
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How many people speak on each channel, where you know it (default: it is found)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    speakers: Option<u8>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "rttm", value_parser = ["rttm", "json"])]
    format: String,
    /// Write a file for each recording into this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Processor threads (default: all)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Files one after the other; one that cannot be heard makes it fail, and the others go on.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let format: Format = if context.out.json { Format::Json } else { args.format.parse()? };
    let speakers = args.speakers.map(usize::from);
    let options = DiarizeOptions { speakers, ..DiarizeOptions::default() };
    if let Some(dir) = &args.out {
        std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    }
    interrupt::install();
    let diarizer = Diarizer::load(&context.models(), threads(args.threads))?;
    each_file::print(&args.files, "telling speakers apart", format, context, |path| {
        let heard = one(&diarizer, path, &options)?;
        let text = render(heard.source(), format, Options::default())?;
        keep(args.out.as_deref(), path, format, text)
    })
}

/// Writes into the folder, or hands the text on to be printed.
fn keep(dir: Option<&Path>, recording: &Path, format: Format, text: String) -> anyhow::Result<Option<String>> {
    let Some(dir) = dir else { return Ok(Some(text)) };
    let mut name = recording.file_name().unwrap_or_default().to_os_string();
    name.push(if format == Format::Json { ".json" } else { ".rttm" });
    let path = dir.join(name);
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(None)
}

fn one(diarizer: &Diarizer, path: &Path, options: &DiarizeOptions) -> anyhow::Result<Heard> {
    let opened = Opened::new(path)?;
    let turns = diarizer.turns(&opened.sound.channels, opened.sound.sample_rate, options, &interrupt::asked)?;
    let author = Author::Model {
        name: "segmentation-3.0+campplus".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        weights: diarizer.weights(),
        parameters: serde_json::to_value(options)?,
    };
    opened.heard(author, Transcript { language: None, turns })
}
