//! `earwitness correct`: a transcript out to an editor, and back as a new revision.

use super::{Outcome, show::difference};
use crate::{
    context::Context,
    errors::{Problem, advise},
    output::{Output, Style, clean, count},
};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_desk::{
    correction::{Diff, EditedTranscript, FormError, diff, text_form},
    editing::{Corrected, Correction, EditingError},
};
use earwitness_model::{Author, Call, Revision, RevisionId};
use serde::Serialize;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// The longest text that is taken for a transcript, bytes.
const LONGEST: u64 = 64 << 20;
/// How many faults of a text are shown.
const SHOWN: usize = 20;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For example:
  earwitness correct CALL --print > call.txt     its first lines say how to edit it
  earwitness correct CALL --file call.txt        after editing: a new revision under your name

What a machine or a person wrote before stays beside it; `earwitness show CALL --diff` shows what changed.")]
pub struct Args {
    /// The call: its name, the beginning of it, or the name of one of its files
    call: String,
    /// The corrected text (txt form); `-` reads stdin
    #[arg(long, value_name = "FILE", required_unless_present = "print")]
    file: Option<PathBuf>,
    /// Print the text to be edited
    #[arg(long, conflicts_with_all = ["file", "dry_run", "force"])]
    print: bool,
    /// Show what would change and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep the text although the transcript changed since it was exported, or its head is gone
    #[arg(long)]
    force: bool,
}

/// What became of a correction.
#[derive(Debug, Serialize)]
struct Report {
    call: String,
    dry_run: bool,
    changed: bool,
    diff: Diff,
    transcript: Option<RevisionId>,
    translation: Option<RevisionId>,
    translation_changed: bool,
    translation_stale: bool,
}

/// Prints a transcript to be edited, or brings an edited one back.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let Some(file) = args.file.filter(|_| !args.print) else {
        return print(&args.call, context);
    };
    let archive = if args.dry_run { context.open_to_read()? } else { context.open()? };
    let call = archive.find_call(&args.call)?;
    let edited = text_form::parse_bytes(&read(&file)?).map_err(|faults| refused(&file, &faults))?;
    let correction = prepare(&archive, &call, &edited, args.force, &file)?;
    let mut report = foresee(&correction, &call, args.dry_run);
    if !args.dry_run && (report.changed || report.translation_changed) {
        let author = context.author()?;
        let kept = keep(&correction, &archive, &call, &author)?;
        (report.transcript, report.translation) = (kept.transcript, kept.translation);
        refresh(&archive, context);
    }
    if context.out.json {
        context.out.json(&report)?;
    } else {
        say(&report, &context.out)?;
    }
    Ok(Outcome::Done)
}

fn no_transcript(call: &Call) -> Problem {
    Problem::new(format!("the call {} has no transcript yet", call.id), "`earwitness process` makes one")
}

fn print(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let call = archive.find_call(wanted)?;
    let transcript = archive.current_transcript(&call.id)?.ok_or_else(|| no_transcript(&call))?;
    let translation = archive.current_translation(&call.id)?.map(|t| t.revision);
    context.out.print(&text_form::write(&call, &transcript, translation.as_ref())?)?;
    Ok(Outcome::Done)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let failed = || format!("{} cannot be read", file.display());
    if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes).with_context(failed)?;
    } else {
        File::open(file).with_context(failed)?.take(LONGEST + 1).read_to_end(&mut bytes).with_context(failed)?;
    }
    if bytes.len() as u64 > LONGEST {
        let next = "give the text that `earwitness correct CALL --print` or `export transcripts --format txt` wrote";
        return Err(Problem::new(format!("{} is too long to be a transcript", file.display()), next).into());
    }
    Ok(bytes)
}

/// Every line that cannot be understood: people correct them all at once.
fn refused(file: &Path, faults: &[FormError]) -> anyhow::Error {
    let lines = |n: usize| count(n as u64, "line", "lines");
    let mut text = format!("{}: {} cannot be understood", file.display(), lines(faults.len()));
    for fault in faults.iter().take(SHOWN) {
        text += &format!("\n{fault}");
    }
    if faults.len() > SHOWN {
        text += &format!("\nand {} more", lines(faults.len() - SHOWN));
    }
    Problem::new(text, "correct these lines and give the file again; nothing was kept").into()
}

fn prepare(
    archive: &Archive,
    call: &Call,
    edited: &EditedTranscript,
    force: bool,
    file: &Path,
) -> anyhow::Result<Correction> {
    if let Some(other) = edited.call.as_ref().filter(|id| **id != call.id) {
        let what = format!("{} is the transcript of the call {other}, not of {}", file.display(), call.id);
        return Err(
            Problem::usage(what, format!("`earwitness correct {other} --file …`, if that is what you mean")).into()
        );
    }
    let current = archive.current_transcript(&call.id)?.ok_or_else(|| no_transcript(call))?;
    let base = match &edited.base {
        Some(base) if *base == current.id => current.clone(),
        Some(base) if force => archive.find_revision(&call.id, base.as_str())?,
        Some(base) => return Err(overtaken(base, &current)),
        None if force => current.clone(),
        None => {
            let what = format!(
                "{} does not say which revision it was made from: its head (# base: …) is gone",
                file.display()
            );
            let next = "put the head back, or lay the text on the current revision with --force";
            return Err(Problem::new(what, next).into());
        }
    };
    Correction::new(archive, call, base, &current.id, edited).map_err(|error| match error {
        EditingError::Form(faults) => refused(file, &faults),
        EditingError::Archive(error) => error.into(),
        other => other.into(),
    })
}

fn overtaken(base: &RevisionId, current: &Revision) -> anyhow::Error {
    let what = format!(
        "the text was made from revision {base}, but {} ({}, by {}) stands now: it would be set aside unread",
        current.id, current.number, current.author
    );
    let next =
        "look at it with `earwitness show CALL --diff`, export it and carry your changes over, or insist with --force";
    Problem::new(what, next).into()
}

fn foresee(correction: &Correction, call: &Call, dry_run: bool) -> Report {
    let translation_changed = correction.translated(&correction.base.id).is_some();
    let changed = correction.applied.changed;
    Report {
        call: call.id.to_string(),
        dry_run,
        changed,
        diff: diff(&correction.old, &correction.applied.transcript),
        transcript: None,
        translation: None,
        translation_changed,
        translation_stale: changed && correction.translation.is_some() && (!translation_changed || correction.lags()),
    }
}

/// Keeps the transcript, if it changed, and the translation, if it did, in one transaction.
fn keep(correction: &Correction, archive: &Archive, call: &Call, author: &Author) -> anyhow::Result<Corrected> {
    archive.try_write(|tx| correction.keep(tx, call, author)).map_err(|error| match error {
        EditingError::Overtaken => advise(error, "look at the new revision, then give your text again"),
        EditingError::Archive(error) => error.into(),
        other => other.into(),
    })
}

/// What is kept is kept: an index that lags behind is told, and catches up later.
pub(super) fn refresh(archive: &Archive, context: &Context) {
    let behind = match earwitness_pipeline::index::open(archive) {
        Ok(index) if index.behind == 0 => return,
        Ok(_) => "another program is writing to it".into(),
        Err(error) => clean(&error.to_string()),
    };
    context.out.warn(&format!("the search index lags behind ({behind}); the next search brings it up to date"));
}

fn say(report: &Report, out: &Output) -> anyhow::Result<()> {
    if !report.changed && !report.translation_changed {
        return out.line("Nothing differs from the revision that the text was made from; nothing was kept.");
    }
    if report.changed {
        out.print(&difference(&report.diff, out))?;
    }
    if report.dry_run {
        return out.line("Nothing was kept (--dry-run).");
    }
    for (kind, id) in [("transcript", &report.transcript), ("translation", &report.translation)] {
        if let Some(id) = id {
            out.line(&format!(
                "{} as {kind} revision {}",
                out.paint(Style::Green, "kept"),
                out.paint(Style::Bold, id.as_str())
            ))?;
        }
    }
    if report.translation_stale && report.translation_changed {
        out.note(
            "Some lines of the translation were left under changed text: it is STALE until you correct them, too.",
        );
    } else if report.translation_stale {
        out.note("The translation is kept and is now STALE: it was made from the text before your correction.");
    }
    Ok(())
}
