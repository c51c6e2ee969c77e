//! `earwitness ledger`: the chain of custody, shown, exported, checked.

use super::Outcome;
use crate::{
    context::Context,
    errors::{Closed, Problem},
    output::{Style, Table},
};
use anyhow::Context as _;
use earwitness_archive::{
    Archive, Error,
    ledger::{Entry, Head, check_export},
};
use earwitness_model::canonical;
use serde_json::json;
use std::{
    fs::File,
    io::{self, BufReader, BufWriter, ErrorKind},
    path::{Path, PathBuf},
};

/// Entries that are read at once.
const CHUNK: u64 = 500;
/// Hexadecimal digits of a digest that people are shown.
const SHOWN: usize = 20;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --json the ledger is printed as JSON Lines, one entry a line; kept elsewhere, it can be checked with --check and
without earwitness. The head is worth writing down: `earwitness verify --head` finds whatever was changed before it.")]
pub struct Args {
    /// Check an exported ledger instead (JSON Lines; `-` reads stdin)
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Show only the last N entries
    #[arg(long, value_name = "N", conflicts_with = "check")]
    last: Option<u64>,
}

/// Shows the chain of custody, or checks an exported one.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    if let Some(file) = args.check {
        return check(&file, context);
    }
    let archive = context.open_to_read()?;
    let out = &context.out;
    if out.json && args.last.is_none() {
        return match archive.export_ledger(BufWriter::new(io::stdout().lock())) {
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::BrokenPipe => Err(Closed.into()),
            other => Ok(other.map(|_| Outcome::Done)?),
        };
    }
    let head = archive.ledger_head()?;
    let first = head.seq.saturating_sub(args.last.unwrap_or(u64::MAX)) + 1;
    for from in (first..=head.seq).step_by(CHUNK as usize) {
        let entries = archive.ledger_entries(from..=head.seq.min(from + CHUNK - 1))?;
        if out.json {
            entries.iter().try_for_each(|e| out.line(&canonical::to_text(e)?))?;
        } else {
            out.print(&page(&entries, context))?;
        }
    }
    if !out.json {
        out.line(&format!("head: {}", out.paint(Style::Bold, &head.to_string())))?;
    }
    Ok(Outcome::Done)
}

fn page(entries: &[Entry], context: &Context) -> String {
    let mut table = Table::new(&[]).right(0);
    for entry in entries {
        let subject: String = entry.subject.chars().take(if is_digest(&entry.subject) { SHOWN } else { 200 }).collect();
        table.styled([
            (Style::Dim, entry.seq.to_string()),
            (Style::Plain, entry.time.clone()),
            (Style::Plain, entry.actor.clone()),
            (Style::Cyan, entry.act.clone()),
            (Style::Plain, subject),
        ]);
    }
    table.render(&context.out)
}

fn is_digest(text: &str) -> bool {
    text.parse::<earwitness_model::Digest>().is_ok()
}

fn check(file: &Path, context: &Context) -> anyhow::Result<Outcome> {
    let checked = if file == Path::new("-") {
        check_export(BufReader::new(io::stdin().lock()))
    } else {
        let opened = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
        check_export(BufReader::new(opened))
    };
    let out = &context.out;
    let head = match checked {
        Ok(head) => head,
        Err(fault) if out.json => {
            out.json(&json!({"whole": false, "line": fault.line, "why": fault.why}))?;
            return Ok(Outcome::Failed);
        }
        Err(fault) => {
            let next = "compare with another copy; what stands before that line is as it was written";
            return Err(Problem::new(format!("{} is not whole: {fault}", file.display()), next).into());
        }
    };
    let here = context.named_archive().map(|_| context.open_to_read()).transpose()?;
    let same = here.as_ref().map(|archive| agrees(archive, head)).transpose()?;
    if out.json {
        out.json(&json!({"whole": true, "head": head, "agrees_with_archive": same}))?;
        return Ok(Outcome::of(same != Some(false)));
    }
    out.line(&format!("{} the chain is whole: {} entries, head {head}", out.paint(Style::Green, "ok"), head.seq))?;
    match same {
        Some(true) => out.line("   it is the ledger of this archive, up to that entry")?,
        Some(false) => out.line(&out.paint(Style::Red, "   it is not the ledger of this archive"))?,
        None => {}
    }
    Ok(Outcome::of(same != Some(false)))
}

/// Whether the archive has the very entry that an exported ledger ends with.
fn agrees(archive: &Archive, head: Head) -> anyhow::Result<bool> {
    if head.seq == 0 {
        return Ok(true);
    }
    Ok(archive.ledger_entries(head.seq..=head.seq)?.first().is_some_and(|e| e.hash == head.hash))
}
