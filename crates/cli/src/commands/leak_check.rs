//! `earwitness leak-check`: a finished folder, opened as an enemy would.

use super::{Outcome, protect};
use crate::{
    context::Context,
    output::{Style, count},
};
use earwitness_archive::Archive;
use earwitness_desk::protection::Guard;
use earwitness_publish::leak::{self, Leak, Secrets};
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that is to be published
    dir: PathBuf,
}

/// Names everything that must not leave; exit code 1 when there is anything.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let guard = Guard::new(&protect::rules(&archive)?)?;
    let leaks = leak::check_folder(&args.dir, &guard, &secrets(&archive)?)?;
    if context.out.json {
        context.out.json(&leaks)?;
    } else {
        let mark = context.out.paint(Style::Red, "LEAK");
        let lines: String = leaks.iter().map(|l| format!("{mark}  {}\n", line(l))).collect();
        context.out.print(&(lines + &format!("{}\n", count(leaks.len() as u64, "leak", "leaks"))))?;
    }
    Ok(Outcome::of(leaks.is_empty()))
}

/// A leak on one line.
pub(super) fn line(leak: &Leak) -> String {
    let what = format!("{}: {}: {}", leak.file, leak.place, leak.what);
    if leak.text.is_empty() { what } else { format!("{what}: “{}”", leak.text) }
}

/// What only the archive knows.
pub(super) fn secrets(archive: &Archive) -> anyhow::Result<Secrets> {
    let mut secrets = Secrets::default();
    for call in archive.calls()? {
        secrets.ids.push(call.id.to_string());
        for file in &call.files {
            let base = file.name.rsplit('/').next().unwrap_or(&file.name);
            let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
            secrets.ids.push(file.sha256.hex()[..12].to_string());
            secrets.files.push(base.to_string());
            // A name without digits may be a word of the story.
            if stem.chars().count() >= 6 && stem.chars().any(|c| c.is_ascii_digit()) {
                secrets.files.push(stem.to_string());
            }
        }
    }
    Ok(secrets)
}
