//! `earwitness leak-check`: a finished folder, opened as an enemy would.

mod sounds;

use super::{Outcome, protect};
use crate::{
    context::Context,
    errors::Problem,
    output::{Style, count},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::Claims,
    kept::Kept,
    protection::{Guard, Listened},
};
use earwitness_model::Author;
use earwitness_publish::leak::{self, Leak, Level, Secrets};
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
    /// You listened to this clip (as a finding names it): the words that sound like protected ones are others. May be
    /// given several times
    #[arg(long, value_name = "FILE", conflicts_with = "no_listen")]
    listened: Vec<String>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT", default_value = "", requires = "listened")]
    why: String,
}

/// Names everything that must not leave; exit code 1 when there is anything.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = if args.listened.is_empty() { context.open_to_read()? } else { context.open()? };
    let guard = Guard::new(&protect::rules(&archive)?)?;
    if !args.listened.is_empty() {
        listened(&args, &archive, &guard, context)?;
    }
    let leaks = check(&args.dir, &archive, &guard, args.no_listen, context)?;
    if context.out.json {
        context.out.json(&leaks)?;
    } else {
        let mark = |leak: &Leak| match leak.level {
            Level::Leak => context.out.paint(Style::Red, "LEAK"),
            Level::Listen => context.out.paint(Style::Yellow, "LISTEN"),
        };
        let lines: String = leaks.iter().map(|l| format!("{}  {}\n", mark(l), line(l))).collect();
        context.out.print(&(lines + &format!("{}\n", summary(&leaks))))?;
    }
    Ok(Outcome::of(leaks.is_empty()))
}

/// `0 leaks`, `2 leaks, 1 place to listen to`.
fn summary(leaks: &[Leak]) -> String {
    let near = leaks.iter().filter(|leak| leak.level == Level::Listen).count();
    let sure = count((leaks.len() - near) as u64, "leak", "leaks");
    match near {
        0 => sure,
        near => format!("{sure}, {}", count(near as u64, "place to listen to", "places to listen to")),
    }
}

/// Keeps that somebody listened to clips, with what was heard nearly in them today.
fn listened(args: &Args, archive: &Archive, guard: &Guard, context: &Context) -> anyhow::Result<()> {
    let heard = sounds::check(&args.dir, archive, guard, context)?;
    let mut signed: Vec<Listened> = Vec::new();
    for file in &args.listened {
        let of_file = heard.iter().filter_map(|heard| heard.not_there.as_ref()).filter(|not| not.file == *file);
        let before = signed.len();
        for not_there in of_file {
            let not_there = Listened { why: args.why.clone(), ..not_there.clone() };
            if !signed.contains(&not_there) {
                signed.push(not_there);
            }
        }
        if signed.len() == before {
            let next = "name a file as a finding marked LISTEN names it; what is marked LEAK cannot be signed";
            return Err(Problem::new(format!("nothing in {file} waits for somebody to listen"), next).into());
        }
    }
    let author = context.author()?;
    archive.write(|tx| signed.iter().try_for_each(|one| Kept::add(tx, author.clone(), one).map(drop)))?;
    context.out.note(&format!("signed: {}", count(signed.len() as u64, "near word", "near words")));
    Ok(())
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
        leaks.extend(sounds::check(dir, archive, guard, context)?.into_iter().map(|heard| heard.leak));
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
