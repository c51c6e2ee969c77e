//! `earwitness transcribe`: single files, without an archive.

use super::{Outcome, process::threads};
use crate::{
    context::Context,
    interrupt::{self, Interrupted},
    output::clean,
    progress::{Progress, Unit},
};
use anyhow::Context as _;
use earwitness_audio::decode_file;
use earwitness_listen::{HearOptions, ListenError, Listener};
use earwitness_model::{Digest, Transcript, call::CallFile};
use earwitness_publish::transcripts::{Format, Heard, Options, Show, render};
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
    let out = &context.out;
    let format: Format = if out.json { Format::Json } else { args.format.parse()? };
    let mut hear = HearOptions { translate: args.translate, ..HearOptions::default() };
    if args.language != "auto" {
        hear.languages = vec![args.language.clone()];
    }
    hear.diarize.speakers = args.speakers.map(usize::from);
    interrupt::install();
    let listener = Listener::load(&args.model, &context.models(), threads(args.threads, 1))?;
    let options = Options { show: if args.translate { Show::Both } else { Show::Original }, ..Options::default() };
    let progress = Progress::new(out, "listening", args.files.len() as u64, Unit::Count);
    let (mut documents, mut well) = (Vec::new(), true);
    for (done, path) in args.files.iter().enumerate() {
        progress.at(done as u64, &path.to_string_lossy());
        match one(&listener, path, &hear).and_then(|heard| Ok(render(heard.source(), format, options)?)) {
            Ok(text) if format == Format::Json => documents.push(serde_json::from_str::<Value>(&text)?),
            Ok(text) => {
                let gap = if done > 0 && !text.is_empty() { "\n" } else { "" };
                out.print(&format!("{gap}{text}"))?;
            }
            Err(error) if matches!(error.downcast_ref(), Some(ListenError::Cancelled)) => {
                return Err(Interrupted.into());
            }
            Err(error) => {
                well = false;
                out.warn(&format!(
                    "{} could not be heard: {}",
                    clean(&path.to_string_lossy()),
                    clean(&format!("{error:#}"))
                ));
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

fn one(listener: &Listener, path: &Path, hear: &HearOptions) -> anyhow::Result<Heard> {
    let file = File::open(path).context("it cannot be opened")?;
    let (sha256, _) = Digest::of_reader(file).context("it cannot be read")?;
    let sound = decode_file(path)?;
    let found = listener.hear(&sound.channels, sound.sample_rate, hear, &interrupt::asked)?;
    let author = listener.recogniser().author(serde_json::to_value(hear)?);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let transcript = Transcript { language: found.language, turns: found.turns };
    let channels = u16::try_from(sound.channels.len()).unwrap_or(u16::MAX);
    let file = CallFile { name, sha256 };
    let heard = Heard::new(file, sound.duration(), channels, author.clone(), Timestamp::now(), transcript)?;
    Ok(match found.translation {
        Some(turns) => heard.with_translation(author, "en", turns)?,
        None => heard,
    })
}
