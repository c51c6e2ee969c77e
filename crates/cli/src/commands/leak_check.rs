//! `earwitness leak-check`: a finished folder, opened as an enemy would.

mod sounds;

use super::{Outcome, protect};
use crate::{
    context::Context,
    output::{Style, count},
};
use earwitness_archive::Archive;
use earwitness_desk::{claims::Claims, protection::Guard};
use earwitness_model::Author;
use earwitness_publish::leak::{self, Leak, Secrets};
use std::path::{Path, PathBuf};

/// What is said where nobody listened.
const NOT_HEARD: &str =
    "NOBODY LISTENED (--no-listen): a name that is spoken in a clip, or a voice that is known, was not looked for";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that is to be published
    dir: PathBuf,
    /// Do not listen to the sounds in it: neither words nor voices are checked there
    #[arg(long)]
    no_listen: bool,
}

/// Names everything that must not leave; exit code 1 when there is anything.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let guard = Guard::new(&protect::rules(&archive)?)?;
    let leaks = check(&args.dir, &archive, &guard, args.no_listen, context)?;
    if context.out.json {
        context.out.json(&leaks)?;
    } else {
        let mark = context.out.paint(Style::Red, "LEAK");
        let lines: String = leaks.iter().map(|l| format!("{mark}  {}\n", line(l))).collect();
        context.out.print(&(lines + &format!("{}\n", count(leaks.len() as u64, "leak", "leaks"))))?;
    }
    Ok(Outcome::of(leaks.is_empty()))
}

/// Everything that leaks from a folder: what is written in it, and unless `no_listen` what is heard in it.
pub(super) fn check(
    dir: &Path,
    archive: &Archive,
    guard: &Guard,
    no_listen: bool,
    context: &Context,
) -> anyhow::Result<Vec<Leak>> {
    let mut leaks = leak::check_folder(dir, guard, &secrets(archive)?)?;
    if no_listen {
        context.out.warn(NOT_HEARD);
    } else {
        leaks.extend(sounds::check(dir, archive, guard, context)?);
        leaks.sort();
    }
    Ok(leaks)
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
        for revision in
            [archive.current_transcript(&call.id)?, archive.current_translation(&call.id)?.map(|t| t.revision)]
        {
            if let Some(Author::Model { weights, .. }) = revision.map(|r| r.author) {
                secrets.harmless.insert(weights.hex());
            }
        }
        secrets.ids.push(call.id.to_string());
        for file in &call.files {
            let base = file.name.rsplit('/').next().unwrap_or(&file.name);
            secrets.ids.push(file.sha256.hex()[..12].to_string());
            secrets.files.push(base.to_string());
            secrets.files.extend(telling(base));
        }
    }
    for evidence in Claims::load(archive)?.evidence {
        secrets.ids.extend(evidence.sha256.map(|digest| digest.hex()[..12].to_string()));
        secrets.files.extend(evidence.name.as_deref().and_then(telling));
    }
    Ok(secrets)
}

/// A file's name without its ending, where it tells: one without digits may be a word of the story.
fn telling(name: &str) -> Option<String> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    (stem.chars().count() >= 6 && stem.chars().any(|c| c.is_ascii_digit())).then(|| stem.to_string())
}
