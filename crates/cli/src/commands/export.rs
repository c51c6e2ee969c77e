//! `earwitness export`: transcripts into a folder, and the network of people, voices and phones.

mod network;

pub(super) use network::Leaving;

use super::{Outcome, protect};
use crate::{
    context::Context,
    errors::Problem,
    output::{Output, Style, clean, count},
    progress::{Progress, Unit},
};
use anyhow::Context as _;
use clap::ValueEnum;
use earwitness_archive::Archive;
use earwitness_desk::{
    people::{Naming, People},
    protection::Guard,
};
use earwitness_model::{Call, CallId, Revision};
use earwitness_publish::transcripts::{Cover, Covered, ExportError, Folder, Format, Options, Show, Source, Written};
use serde::Serialize;
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The ledger's word for an export that hides nothing.
const UNPROTECTED: &str = "exported.unprotected";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Writes one file per call, without what `earwitness protect` keeps; a file that somebody edited is never written over
    Transcripts(Transcripts),
    /// Writes phones, voices, people and calls as a network, without numbers; no voiceprints
    Network(network::Network),
}

#[derive(Debug, clap::Args)]
struct Transcripts {
    /// json, srt, vtt, txt (the form that `correct` takes back), csv or rttm
    #[arg(long)]
    format: Format,
    /// The folder; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only this call, by its name or the name of its file; may be given more than once
    #[arg(long, value_name = "CALL")]
    call: Vec<String>,
    /// The words that subtitles show
    #[arg(long, value_name = "WORDS", default_value = "original")]
    lang: Words,
    /// Begin csv files with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// Hide nothing: words, numbers and the names of files as they are; the ledger notes it
    #[arg(long)]
    unprotected: bool,
    /// Write the working names of protected persons beside their labels, too, and not their alias
    #[arg(long, requires = "unprotected")]
    names: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Words {
    Original,
    Translation,
    Both,
}

/// What became of the calls.
#[derive(Debug, Default, Serialize)]
struct Report {
    out: PathBuf,
    /// Whether nothing was hidden.
    unprotected: bool,
    /// What protected calls are called in the export; this list stays in the house.
    names: BTreeMap<String, CallId>,
    written: Vec<PathBuf>,
    unchanged: Vec<PathBuf>,
    without_transcript: Vec<CallId>,
    refused: Vec<Refused>,
    /// Translated turns that are a machine's, of how many.
    translation_drafts: usize,
    translated_turns: usize,
}

#[derive(Debug, Serialize)]
struct Refused {
    call: CallId,
    why: String,
}

/// Writes transcripts into a folder.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let args = match args.what {
        What::Transcripts(args) => args,
        What::Network(args) => return network::run(&args, context),
    };
    let archive = if args.unprotected { context.open()? } else { context.open_to_read()? };
    outside(&args.out, archive.root())?;
    let calls = chosen(&archive, &args.call)?;
    if args.unprotected {
        let of =
            if args.call.is_empty() { json!("all") } else { json!(calls.iter().map(|c| &c.id).collect::<Vec<_>>()) };
        let how = json!({"format": args.format.extension(), "calls": calls.len(), "of": of, "names": args.names});
        note_unprotected(&archive, "transcripts", &how)?;
    }
    let report = write(&archive, &calls, &args, &context.out)?;
    if context.out.json {
        context.out.json(&report)?;
    } else {
        say(&report, &context.out)?;
    }
    let unheard = !args.call.is_empty() && !report.without_transcript.is_empty();
    let nothing = report.written.is_empty() && report.unchanged.is_empty();
    Ok(Outcome::of(report.refused.is_empty() && !unheard && !nothing))
}

/// Says in the ledger that something left as it is, before it leaves.
pub(super) fn note_unprotected(archive: &Archive, what: &str, how: &serde_json::Value) -> anyhow::Result<()> {
    archive.write(|tx| tx.record(UNPROTECTED, what, how))?;
    Ok(())
}

/// An archive holds what was delivered and what was made of it, in files that only this program writes.
pub(super) fn outside(dir: &Path, archive: &Path) -> anyhow::Result<()> {
    let archive = archive.canonicalize().unwrap_or_else(|_| archive.into());
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.into());
    // The folder may not be there yet: what is there of its path decides.
    let there = whole.ancestors().find_map(|a| a.canonicalize().ok());
    if there.is_some_and(|dir| dir.starts_with(&archive)) {
        let what = format!("{} lies inside the archive", dir.display());
        return Err(Problem::usage(what, "choose a folder outside the archive with --out").into());
    }
    Ok(())
}

/// Writes files whole or not at all, readable by their owner only, and over no other file unless `force`.
pub(super) fn put(files: &[(PathBuf, String)], force: bool) -> anyhow::Result<()> {
    if let Some((there, _)) = files.iter().find(|(path, _)| !force && path.symlink_metadata().is_ok()) {
        let what = format!("{} is there already", there.display());
        return Err(
            Problem::new(what, "choose another name with --out or --html, or write over it with --force").into()
        );
    }
    for (path, text) in files {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed = || format!("{} cannot be written", path.display());
        fs::create_dir_all(dir).with_context(failed)?;
        let mut file = tempfile::Builder::new().prefix(".earwitness-").tempfile_in(dir).with_context(failed)?;
        file.write_all(text.as_bytes()).with_context(failed)?;
        file.persist(path).map_err(|e| e.error).with_context(failed)?;
    }
    Ok(())
}

fn chosen(archive: &Archive, wanted: &[String]) -> anyhow::Result<Vec<Call>> {
    if wanted.is_empty() {
        return Ok(archive.calls()?);
    }
    let mut calls: Vec<Call> = Vec::new();
    for name in wanted {
        let call = archive.find_call(name)?;
        if calls.iter().all(|c| c.id != call.id) {
            calls.push(call);
        }
    }
    Ok(calls)
}

fn write(archive: &Archive, calls: &[Call], args: &Transcripts, out: &Output) -> anyhow::Result<Report> {
    let show = match args.lang {
        Words::Original => Show::Original,
        Words::Translation => Show::Translation,
        Words::Both => Show::Both,
    };
    let options = Options { show, csv_bom: args.bom };
    let (guard, all) = (Guard::new(&protect::rules(archive)?)?, archive.calls()?);
    let cover = Cover::new(&guard, &all);
    let mut report = Report { out: args.out.clone(), unprotected: args.unprotected, ..Report::default() };
    let mut folder = Folder::open(&args.out)?;
    let people = People::load(archive)?;
    let naming = if args.names { Naming::Working } else { Naming::Guarded };
    let progress = Progress::new(out, "exporting", calls.len() as u64, Unit::Count);
    for (call, done) in calls.iter().zip(1..) {
        let Some(transcript) = archive.current_transcript(&call.id)? else {
            report.without_transcript.push(call.id.clone());
            continue;
        };
        let translation = archive.current_translation(&call.id)?.map(|t| t.revision);
        let (drafts, all) = translation.as_ref().map(Revision::drafts).unwrap_or_default();
        (report.translation_drafts, report.translated_turns) =
            (report.translation_drafts + drafts, report.translated_turns + all);
        let people = people.shown_in(&call.id, naming);
        let translation = translation.as_ref();
        let source = Source { call, transcript: &transcript, translation, people: Some(&people) };
        let covered = (!args.unprotected).then(|| cover.over(source));
        if covered.is_some() {
            report.names.insert(cover.name(&call.id).to_string(), call.id.clone());
        }
        match folder.write(covered.as_ref().map_or(source, Covered::source), args.format, options) {
            Ok(Written::Now(path)) => report.written.push(path),
            Ok(Written::Before(path)) => report.unchanged.push(path),
            Err(e @ ExportError::Io { .. }) => return Err(e.into()),
            Err(e) => report.refused.push(Refused { call: call.id.clone(), why: e.to_string() }),
        }
        progress.at(done, call.id.as_str());
    }
    folder.finish()?;
    Ok(report)
}

fn say(report: &Report, out: &Output) -> anyhow::Result<()> {
    for refused in &report.refused {
        out.warn(&format!("{}: {}", refused.call, clean(&refused.why)));
    }
    let files = |paths: &[PathBuf]| count(paths.len() as u64, "file", "files");
    let dir = clean(&report.out.display().to_string());
    let mut text = format!("{} written to {}", files(&report.written), out.paint(Style::Bold, &dir));
    if !report.unchanged.is_empty() {
        text += &format!(", {} held the same already", files(&report.unchanged));
    }
    out.line(&text)?;
    let unheard = report.without_transcript.len() as u64;
    if unheard > 0 {
        out.note(&format!(
            "{} without a transcript; `earwitness process` makes them",
            count(unheard, "call is", "calls are")
        ));
    }
    if report.translation_drafts > 0 {
        let (drafts, all) = (report.translation_drafts, report.translated_turns);
        out.note(&format!("Of {all} translated turns {drafts} are a machine's draft: nobody has checked them."));
    }
    if report.unprotected {
        out.note("Nothing was hidden: every name, number and place that was said lies there. The ledger says so.");
    } else if !report.names.is_empty() {
        out.note(
            "What `earwitness protect` knows was taken out; calls and phones have names of their own. Only people know \
             what it does not: read it before you hand it on.",
        );
        out.note("To correct a transcript, `earwitness correct CALL --print`; covered text is not taken back.");
    }
    Ok(())
}
