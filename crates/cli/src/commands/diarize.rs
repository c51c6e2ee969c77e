//! `earwitness diarize`: who speaks when in single files, without recognising words and without an archive.

use super::{Outcome, process::threads};
use crate::{
    context::Context,
    interrupt::{self, Interrupted},
    output::clean,
    progress::{Progress, Unit},
};
use anyhow::Context as _;
use earwitness_audio::decode_file;
use earwitness_listen::{
    ListenError,
    diarize::{DiarizeOptions, Diarizer},
};
use earwitness_model::{Author, Digest, Transcript, call::CallFile};
use earwitness_publish::transcripts::{Format, Heard, Options, render};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
};

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
    let out = &context.out;
    let format: Format = if out.json { Format::Json } else { args.format.parse()? };
    let speakers = args.speakers.map(usize::from);
    let options = DiarizeOptions { speakers, ..DiarizeOptions::default() };
    if let Some(dir) = &args.out {
        std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    }
    interrupt::install();
    let diarizer = Diarizer::load(&context.models(), threads(args.threads, 1))?;
    let progress = Progress::new(out, "telling speakers apart", args.files.len() as u64, Unit::Count);
    let (mut documents, mut well) = (Vec::new(), true);
    for (done, path) in args.files.iter().enumerate() {
        progress.at(done as u64, &path.to_string_lossy());
        let text = one(&diarizer, path, &options)
            .and_then(|heard| Ok(render(heard.source(), format, Options::default())?))
            .and_then(|text| keep(args.out.as_deref(), path, format, text));
        match text {
            Ok(None) => {}
            Ok(Some(text)) if format == Format::Json => documents.push(serde_json::from_str::<Value>(&text)?),
            Ok(Some(text)) => out.print(&text)?,
            Err(error) if matches!(error.downcast_ref(), Some(ListenError::Cancelled)) => {
                return Err(Interrupted.into());
            }
            Err(error) => {
                well = false;
                let (name, why) = (clean(&path.to_string_lossy()), clean(&format!("{error:#}")));
                out.warn(&format!("{name} could not be heard: {why}"));
            }
        }
    }
    progress.finish();
    match documents.as_slice() {
        [] => {}
        [one] if args.files.len() == 1 => out.json(one)?,
        all => out.json(&all)?,
    }
    Ok(Outcome::of(well))
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
    let file = File::open(path).context("it cannot be opened")?;
    let (sha256, _) = Digest::of_reader(file).context("it cannot be read")?;
    let sound = decode_file(path)?;
    let turns = diarizer.turns(&sound.channels, sound.sample_rate, options, &interrupt::asked)?;
    let author = Author::Model {
        name: "segmentation-3.0+campplus".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        weights: diarizer.weights(),
        parameters: serde_json::to_value(options)?,
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let transcript = Transcript { language: None, turns };
    let channels = u16::try_from(sound.channels.len()).unwrap_or(u16::MAX);
    let file = CallFile { name, sha256 };
    Ok(Heard::new(file, sound.duration(), channels, author, Timestamp::now(), transcript)?)
}
