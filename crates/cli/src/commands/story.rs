//! `earwitness story`: texts with quotes from the archive, checked, signed, and built into a page.

mod build;
mod clips;
mod disguise;
mod page;
pub(super) mod proof;
pub(super) mod report;
mod serve;
mod shown;
pub(super) mod sound;
mod tape;

use super::{
    Outcome,
    export::{note_unprotected, outside},
};
use crate::{
    context::Context,
    errors::{Problem, advise},
    output::count,
};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_desk::{
    fidelity::{Level, Signed},
    kept::Kept,
};
use earwitness_publish::{
    site,
    story::{self, Story},
};
use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
};

/// The text of a story.
pub(super) const TEXT: &str = "story.md";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
For example:
  earwitness story new column            a text to begin with: stories/column/story.md
  earwitness story check column          every quote against its source, and what an editor must decide
  earwitness story check column --report /media/stick/report
                                         the same as a page on which every quote plays its tape, for editors only
  earwitness story serve column          the page in a browser while you write it
  earwitness story sign column           you have looked at what was found, and take the quotes as they are
  earwitness story build column          the page, in stories/column/site, after the leak check")]
enum Action {
    /// Makes the folder of a story, with a text to begin with
    New {
        /// The name of its folder: letters, digits, hyphens
        name: String,
    },
    /// Checks every quote: source, edits, who stands behind the words, what changed since
    Check {
        /// The story
        name: String,
        /// Write the report for editors into this folder: every quote with its tape. Nothing in it is protected
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Do not hear the clips again
        #[arg(long)]
        no_listen: bool,
    },
    /// Signs the quotes: what was found is decided, and the revisions are pinned
    Sign {
        /// The story
        name: String,
        /// Only these quotes, as the story names them: k01#7
        #[arg(value_name = "QUOTE")]
        quotes: Vec<String>,
        /// Why, in your words
        #[arg(long, value_name = "TEXT", default_value = "")]
        why: String,
        /// Do not hear the clips again
        #[arg(long)]
        no_listen: bool,
    },
    /// Builds the page; ends with the leak check
    Build {
        /// The story
        name: String,
        /// Build although quotes are not signed, into `draft` and not into `site`
        #[arg(long)]
        draft: bool,
        /// Do not hear the clips: neither words nor voices are checked there
        #[arg(long)]
        no_listen: bool,
    },
    /// Shows the page while you write it, in a browser on this machine; made again when the text changes
    Serve {
        /// The story
        name: String,
        /// The port on 127.0.0.1 (0: any that is free)
        #[arg(long, value_name = "PORT", default_value_t = 0)]
        port: u16,
    },
}

/// Makes, checks, signs and builds stories.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        Action::New { name } => new(&name, context),
        Action::Check { name, report, no_listen } => check(&name, report.as_deref(), no_listen, context),
        Action::Sign { name, quotes, why, no_listen } => sign(&name, &quotes, &why, no_listen, context),
        Action::Build { name, draft, no_listen } => build::run(&name, draft, no_listen, context),
        Action::Serve { name, port } => serve::run(&name, port, context),
    }
}

pub(super) fn folder(archive: &Archive, name: &str) -> anyhow::Result<PathBuf> {
    let plain =
        !name.is_empty() && name.len() <= 80 && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !plain {
        return Err(
            Problem::usage(format!("“{name}” is not a name for a story"), "use letters, digits and hyphens").into()
        );
    }
    Ok(archive.root().join("stories").join(name))
}

fn new(name: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let dir = folder(&archive, name)?;
    fs::create_dir_all(archive.root().join("stories")).context("the folder stories cannot be made")?;
    let taken = || Problem::new(format!("there is a story {name} already"), "choose another name");
    fs::create_dir(&dir).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => taken().into(),
        _ => anyhow::Error::from(e).context(format!("{} cannot be made", dir.display())),
    })?;
    let text = dir.join(TEXT);
    fs::write(&text, include_str!("story/new.md")).with_context(|| format!("{} cannot be written", text.display()))?;
    if context.out.json {
        context.out.json(&serde_json::json!({"story": name, "text": text}))?;
    } else {
        context.out.line(&format!("made: {}", text.display()))?;
    }
    Ok(Outcome::Done)
}

/// Reads a story's text.
pub(super) fn load(dir: &Path, name: &str) -> anyhow::Result<Story> {
    let path = dir.join(TEXT);
    let mut text = String::new();
    let file = fs::File::open(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Problem::new(format!("there is no story {name}"), format!("`earwitness story new {name}` makes one")).into()
        }
        _ => anyhow::Error::from(e).context(format!("{} cannot be read", path.display())),
    })?;
    let longest = story::LONGEST as u64 + 1;
    file.take(longest).read_to_string(&mut text).map_err(|e| {
        advise(anyhow::Error::from(e).context(format!("{} cannot be read", path.display())), "save it as UTF-8 text")
    })?;
    story::parse(&format!("stories/{name}/{TEXT}"), &text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().take(20).map(ToString::to_string).collect();
        Problem::new(lines.join("\n"), "correct these lines; docs/story.md describes the form").into()
    })
}

/// Checks every quote of a story; exit code 1 while anything is to be decided.
pub(super) fn check(name: &str, report: Option<&Path>, no_listen: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = if report.is_some() { context.open()? } else { context.open_to_read()? };
    let dir = folder(&archive, name)?;
    let story = load(&dir, name)?;
    let mut proofs = proof::of(&archive, name, &story)?;
    sound::listen(&archive, &story, &mut proofs, no_listen, context)?;
    if let Some(target) = report {
        outside(target, archive.root())?;
        let text = fs::read(dir.join(TEXT)).with_context(|| format!("the story {name} cannot be read"))?;
        let files = report::files(&archive, name, &text, &story, &proofs)?;
        // Said before it leaves, as for every other thing that leaves as it is.
        note_unprotected(&archive, "fidelity report", &serde_json::json!({"story": name, "quotes": proofs.len()}))?;
        put(target, &files)?;
    }
    let well = proofs.iter().all(|p| p.is_settled());
    if context.out.json {
        context.out.json(&proofs.iter().map(page::json).collect::<Vec<_>>())?;
    } else {
        context.out.print(&page::report(&proofs, &context.out))?;
        if let Some(target) = report {
            let page = target.join("report.html");
            context.out.line(&format!("written for editors, not for publication: {}", page.display()))?;
        }
    }
    Ok(Outcome::of(well))
}

/// Writes files whole or not at all, which only their owner may read.
pub(super) fn put(target: &Path, files: &[site::File]) -> anyhow::Result<()> {
    for (path, bytes) in files {
        let path = target.join(path);
        let write = || -> std::io::Result<()> {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(target))?;
            file.write_all(bytes)?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn sign(name: &str, only: &[String], why: &str, no_listen: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let story = load(&folder(&archive, name)?, name)?;
    let mut proofs = proof::of(&archive, name, &story)?;
    sound::listen(&archive, &story, &mut proofs, no_listen, context)?;
    let unknown = only.iter().find(|q| proofs.iter().all(|p| p.label != **q));
    if let Some(quote) = unknown {
        return Err(
            Problem::usage(format!("the story has no quote {quote}"), "name it as the story does: k01#7").into()
        );
    }
    let chosen: Vec<_> = proofs.iter().filter(|p| only.is_empty() || only.contains(&p.label)).collect();
    if let Some(broken) = chosen.iter().find(|p| p.report.level() == Level::Broken) {
        let what = format!("{} (line {}) cannot be signed: {}", broken.label, broken.line, page::gravest(broken));
        let next =
            "a quote whose words have changed must be looked at anew: change its edits in the story, or take it out";
        return Err(Problem::new(what, next).into());
    }
    let author = context.author()?;
    let signed = archive.try_write(|tx| -> anyhow::Result<usize> {
        let mut signed = 0;
        for proof in chosen.iter().filter(|p| !p.is_settled() || p.signed.is_none()) {
            let body = Signed {
                story: name.to_string(),
                label: proof.label.clone(),
                declared: proof.declared.clone(),
                quote: proof.quote.clone(),
                decided: proof.report.of(Level::Decide).cloned().collect(),
                why: why.trim().to_string(),
            };
            match &proof.signed {
                Some(before) => before.change(tx, author.clone(), &body)?,
                None => Kept::add(tx, author.clone(), &body)?,
            };
            signed += 1;
        }
        Ok(signed)
    })?;
    if context.out.json {
        context.out.json(&serde_json::json!({"story": name, "signed": signed}))?;
    } else {
        context.out.line(&format!("signed: {}", count(signed as u64, "quote", "quotes")))?;
    }
    Ok(Outcome::Done)
}
