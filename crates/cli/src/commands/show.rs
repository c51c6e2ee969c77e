//! `earwitness show`: one call to be read.

mod difference;
mod page;

pub use difference::difference;

use super::Outcome;
use crate::{context::Context, errors::Problem};
use earwitness_archive::{Archive, DeliveredFile, Recording};
use earwitness_desk::{
    correction::{Diff, diff},
    people::{Named, Naming, People, Shown as Written},
};
use earwitness_model::{Call, Revision, RevisionId, Transcript};
use earwitness_publish::transcripts::{CallExport, Source};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The call: its name, the beginning of it, or the name of one of its files
    call: String,
    /// A revision by number (of the transcript) or by name, instead of the current one
    #[arg(long, value_name = "N")]
    revision: Option<String>,
    /// Show what differs from revision N (default: from the revision it was made from)
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "")]
    diff: Option<String>,
    /// Show the translation under each turn
    #[arg(long)]
    translation: bool,
    /// Show people under the aliases that readers are to see
    #[arg(long)]
    aliases: bool,
}

/// All there is to say of a call.
struct Shown {
    call: Call,
    recording: Option<Recording>,
    files: Vec<DeliveredFile>,
    revisions: Vec<Listed>,
    transcript: Option<Revision>,
    translation: Option<Revision>,
    /// Whether the shown translation was made from another transcript than the shown one.
    stale: bool,
    /// Who the speakers are held to be, by label.
    people: BTreeMap<String, Named>,
    /// The same, as they may be written.
    written: BTreeMap<String, Written>,
}

/// A line in the list of revisions.
#[derive(Serialize)]
struct Listed {
    id: RevisionId,
    kind: &'static str,
    number: u32,
    author: String,
    created_at: String,
    based_on: Option<RevisionId>,
    current: bool,
    stale: bool,
}

/// Shows one call.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let call = archive.find_call(&args.call)?;
    let naming = if args.aliases { Naming::Aliases } else { Naming::Working };
    let shown = gather(&archive, call, args.revision.as_deref(), naming)?;
    let out = &context.out;
    if let Some(other) = &args.diff {
        let (old, new, differs) = compare(&archive, &shown, other)?;
        if out.json {
            out.json(&json!({"call": shown.call.id, "from": old.id, "to": new.id, "diff": differs}))?;
        } else {
            out.print(&page::compared(&old, &new, out))?;
            out.print(&difference(&differs, out))?;
        }
    } else if out.json {
        out.json(&document(&shown)?)?;
    } else {
        out.print(&page::page(&shown, args.translation, out))?;
    }
    Ok(Outcome::Done)
}

fn gather(archive: &Archive, call: Call, wanted: Option<&str>, naming: Naming) -> anyhow::Result<Shown> {
    let (transcript, mut translation) = match wanted {
        Some(wanted) => {
            let revision = archive.find_revision(&call.id, wanted)?;
            match revision.translation().map(|t| t.of.clone()) {
                Some(of) => (Some(archive.revision(&of)?), Some(revision)),
                None => (Some(revision), None),
            }
        }
        None => (archive.current_transcript(&call.id)?, None),
    };
    let all = archive.revisions(&call.id)?;
    let of_shown = |r: &&Revision| r.translation().map(|t| &t.of) == transcript.as_ref().map(|t| &t.id);
    let current = archive.current_translation(&call.id)?;
    if translation.is_none() {
        // The newest one of just this transcript, or else the one that stands.
        translation = all.iter().rev().find(of_shown).cloned().or(current.as_ref().map(|t| t.revision.clone()));
    }
    let stale = translation.as_ref().is_some_and(|t| !of_shown(&t));
    let standing = archive.current_transcript(&call.id)?.map(|t| t.id);
    let revisions = all.iter().map(|r| {
        let is_current = Some(&r.id) == standing.as_ref() || current.as_ref().is_some_and(|t| t.revision.id == r.id);
        let stale = r.translation().is_some_and(|t| Some(&t.of) != standing.as_ref());
        Listed {
            id: r.id.clone(),
            kind: r.body.kind(),
            number: r.number,
            author: r.author.to_string(),
            created_at: format!("{:.3}", r.created_at),
            based_on: r.based_on.clone(),
            current: is_current,
            stale,
        }
    });
    let revisions = revisions.collect();
    let (recording, files) = (archive.recording(&call.recording)?, archive.files_about(&call.recording)?);
    let people = People::load(archive)?.names_of(&call.id);
    let written = people.iter().map(|(label, named)| (label.clone(), named.shown(naming))).collect();
    Ok(Shown { call, recording, files, revisions, transcript, translation, stale, people, written })
}

fn compare(archive: &Archive, shown: &Shown, other: &str) -> anyhow::Result<(Revision, Revision, Diff)> {
    let missing = |what: &str| Problem::new(what, "`earwitness show CALL` lists the revisions of a call");
    let new = shown.transcript.clone().ok_or_else(|| missing("the call has no transcript yet"))?;
    let old = if other.is_empty() {
        let of_base = new.based_on.as_ref().map(|base| archive.revision(base)).transpose()?;
        let before = |r: &Revision| r.transcript().is_some() && r.number + 1 == new.number;
        let earlier = of_base.or(archive.revisions(&shown.call.id)?.into_iter().find(before));
        earlier.ok_or_else(|| missing("this is the first revision of the transcript: there is nothing before it"))?
    } else {
        archive.find_revision(&shown.call.id, other)?
    };
    let turns = |r: &Revision| -> anyhow::Result<Transcript> {
        Ok(r.transcript().cloned().ok_or_else(|| missing("only transcripts can be compared"))?)
    };
    let differs = diff(&turns(&old)?, &turns(&new)?);
    Ok((old, new, differs))
}

fn document(shown: &Shown) -> anyhow::Result<serde_json::Value> {
    let (call, translation, people) = (&shown.call, shown.translation.as_ref(), Some(&shown.written));
    let export = |transcript| CallExport::new(Source { call, transcript, translation, people });
    let recording = shown
        .recording
        .as_ref()
        .map(|r| json!({"sha256": r.digest, "size": r.size, "format": r.format, "damage": r.damage, "sound": r.sound}));
    Ok(json!({
        "call": shown.call,
        "recording": recording,
        "files": shown.files,
        "revisions": shown.revisions,
        "people": shown.written,
        "transcript": shown.transcript.as_ref().map(export).transpose()?,
    }))
}
