//! `earwitness evidence`: documents, pictures, web captures and notes, sealed as recordings are.

mod page;
pub(super) mod records;
mod seal;

use super::Outcome;
use crate::{context::Context, errors::Problem};
use earwitness_desk::claims::{Claims, ClaimsError, Evidence, change_evidence, undo_evidence};
use earwitness_desk::kept::Kept;
use earwitness_model::time::CallTime;
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
For example:
  earwitness evidence add roster.jpg --kind unit_roster --title \"Page of a roster\" \\
      --source \"Photographed by M. in an abandoned car, sent on a card\" --key D2
  earwitness evidence note \"His brother says on the telephone that he is alive\" --source \"Call by K., 11 April\"
  earwitness evidence get D2 --out look.jpg     a copy to look at
  earwitness claims bear c1 D2 --says corroborates --why \"the name stands in line 11\"

The sealed bytes stay in the archive for good; what is said of them can be changed and taken back.")]
enum Action {
    /// Lists all evidence (as `earwitness evidence` alone does)
    List,
    /// Seals a file
    Add {
        /// The file; it is read and left as it is
        file: PathBuf,
        /// What it is, in one word: obituary, unit_roster, satellite_image …
        #[arg(long, value_name = "KIND")]
        kind: String,
        /// What it is, for readers
        #[arg(long, value_name = "TEXT")]
        title: String,
        #[command(flatten)]
        origin: Origin,
    },
    /// Seals a note of your own, as text
    Note {
        /// The note
        text: String,
        /// What it is, in one word
        #[arg(long, value_name = "KIND", default_value = "note")]
        kind: String,
        /// What it is, for readers (default: how the note begins)
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        #[command(flatten)]
        origin: Origin,
    },
    /// Shows a piece of evidence, and the claims that it bears on
    Show {
        /// Its key (D2), its name (e2), or the beginning of its SHA-256
        evidence: String,
    },
    /// Writes a copy to be read; the sealed bytes stay where they are
    Get {
        /// Its key (D2), its name (e2), or the beginning of its SHA-256
        evidence: String,
        /// The file to write; nothing is written over
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Changes what is said of a piece of evidence; its bytes stay what they are
    Change(Changes),
    /// Takes a piece of evidence back: it bears on nothing any more. Its bytes stay sealed
    Remove {
        /// Its key (D2), its name (e2), or the beginning of its SHA-256
        evidence: String,
    },
    /// Puts back what was said of a piece of evidence before the last change (again: undoes the undoing)
    Undo {
        /// Its key (D2) or its name (e2); of one that was taken back the name, or the key that it had
        evidence: String,
        /// The revision to put back; 0 takes it back altogether
        #[arg(long, value_name = "N")]
        to: Option<u32>,
    },
}

/// Where something is from.
#[derive(Debug, clap::Args)]
struct Origin {
    /// From whom or where it was got, and how
    #[arg(long, value_name = "TEXT")]
    source: String,
    /// A short name of your own, such as D2
    #[arg(long, value_name = "KEY", default_value = "")]
    key: String,
    /// For a web capture: the address that it shows
    #[arg(long, value_name = "URL", requires = "captured_at")]
    url: Option<String>,
    /// For a web capture: when it was made, as 2022-04-11T10:30:00+03:00
    #[arg(long, value_name = "TIME", requires = "url")]
    captured_at: Option<CallTime>,
}

/// What is to be changed.
#[derive(Debug, clap::Args)]
struct Changes {
    /// Its key (D2), its name (e2), or the beginning of its SHA-256
    evidence: String,
    /// What it is, in one word
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// What it is, for readers
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// From whom or where it was got, and how
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Another key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// Seals, lists, shows, gives out and changes evidence.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None | Some(Action::List) => page::list(context),
        Some(Action::Add { file, kind, title, origin }) => seal::file(&file, origin.piece(kind, title), context),
        Some(Action::Note { text, kind, title, origin }) => {
            let title = title.unwrap_or_else(|| seal::beginning(&text));
            seal::note(&text, origin.piece(kind, title), context)
        }
        Some(Action::Show { evidence }) => page::show(&evidence, context),
        Some(Action::Get { evidence, out }) => seal::get(&evidence, &out, context),
        Some(Action::Change(changes)) => change(changes, context),
        Some(Action::Remove { evidence }) => {
            records::take_back(|tx| find(&Claims::load(tx)?, &evidence), page::title, context)
        }
        Some(Action::Undo { evidence, to }) => undo(&evidence, to, context),
    }
}

impl Origin {
    /// What is known before anything is sealed.
    fn piece(self, kind: String, title: String) -> Evidence {
        let Self { source, key, url, captured_at } = self;
        Evidence { key, kind, title, sha256: None, size: None, name: None, source, url, captured_at }
    }
}

/// The piece that people mean.
fn find(claims: &Claims, wanted: &str) -> anyhow::Result<Kept<Evidence>> {
    let missing = || ClaimsError::NotFound { kind: "evidence", wanted: wanted.into() };
    Ok(claims.piece(wanted).cloned().ok_or_else(missing)?)
}

fn change(changes: Changes, context: &Context) -> anyhow::Result<Outcome> {
    let Changes { evidence, kind, title, source, key } = changes;
    if kind.is_none() && title.is_none() && source.is_none() && key.is_none() {
        let next = "give --kind, --title, --source or --key";
        return Err(Problem::usage("nothing was said that should be changed", next).into());
    }
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| -> anyhow::Result<_> {
        let known = find(&Claims::load(tx)?, &evidence)?;
        let is = known.is.clone();
        let to = Evidence {
            kind: kind.unwrap_or(is.kind),
            title: title.unwrap_or(is.title),
            source: source.unwrap_or(is.source),
            key: key.unwrap_or(is.key),
            ..is
        };
        Ok(change_evidence(tx, author, &known, to)?)
    })?;
    records::told("kept", &kept, page::title, context)
}

fn undo(wanted: &str, to: Option<u32>, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let undone = archive.try_write(|tx| undo_evidence(tx, author, wanted, to))?;
    records::undone(&undone, page::title, context)
}
