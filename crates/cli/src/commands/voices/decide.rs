//! What is kept of voices: groups, a person's word, and forgetting.

use super::{Outcome, advised, load, name, write};
use crate::{
    context::Context,
    errors::Problem,
    output::{Output, Style, count},
};
use clap::ValueEnum;
use earwitness_archive::Archive;
use earwitness_desk::voices::{Group, Party, Plan, Strict, Voices, VoicesError, keep};
use earwitness_model::{SpeakerRef, Standing};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{self, BufRead, IsTerminal},
};

/// Arguments of `group`.
#[derive(Debug, clap::Args)]
pub struct GroupArgs {
    /// The least log10 likelihood ratio between two parts of a group (default: by how many voices there are, 1.4 or more)
    #[arg(long, value_name = "X")]
    above: Option<f64>,
    /// Leave out voiceprints of less speech (default: 5)
    #[arg(long, value_name = "SECONDS")]
    least_speech: Option<f64>,
}

/// Arguments of `decide`.
#[derive(Debug, clap::Args)]
pub struct DecideArgs {
    /// A speaker, CALL:A
    a: String,
    /// Another
    b: String,
    /// What you hold
    #[arg(value_enum)]
    word: Word,
    /// Why
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// What a person says of two speakers.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    /// One voice
    Same,
    /// Two voices
    Different,
    /// Open again what was decided
    Reopen,
}

/// Arguments of `join`.
#[derive(Debug, clap::Args)]
pub struct JoinArgs {
    /// Groups (V1) and speakers (CALL:A)
    #[arg(required = true)]
    voices: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Arguments of `split`.
#[derive(Debug, clap::Args)]
pub struct SplitArgs {
    /// The group, V1
    voice: String,
    /// Who leaves it, CALL:A
    speaker: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Arguments of `forget`.
#[derive(Debug, clap::Args)]
pub struct ForgetArgs {
    /// Groups (V1: all of their speakers) and speakers (CALL:A)
    #[arg(required = true)]
    voices: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Forms groups.
pub fn group(args: &GroupArgs, context: &Context) -> anyhow::Result<Outcome> {
    if [args.above, args.least_speech].into_iter().flatten().any(|x| !x.is_finite()) {
        return Err(Problem::usage("--above and --least-speech are numbers", "as in: --above 2").into());
    }
    let archive = context.open()?;
    let before = load(&archive)?;
    let strict = Strict::among(before.prints.len());
    let threshold = args.above.unwrap_or(strict.threshold);
    let strict = Strict { threshold, least_seconds: args.least_speech.unwrap_or(strict.least_seconds), ..strict };
    let plan = write(&archive, |tx| keep::form(tx, &strict))?;
    context
        .out
        .note(&format!("formed where the parts of a group sound alike with a mean log10 LR of {threshold:.2} or more"));
    told(&archive, &before, &plan, &context.out)?;
    Ok(Outcome::Done)
}

/// Keeps a person's word on two speakers.
pub fn decide(args: DecideArgs, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let before = load(&archive)?;
    let (a, b) = (speaker(&before, &archive, &args.a)?, speaker(&before, &archive, &args.b)?);
    let standing = match args.word {
        Word::Same => Standing::Confirmed,
        Word::Different => Standing::Rejected,
        Word::Reopen => Standing::Suggested,
    };
    let author = context.author()?;
    let plan = write(&archive, |tx| keep::decide(tx, &author, (&a, &b), standing, args.note))?;
    let words = match args.word {
        Word::Same => "are one voice",
        Word::Different => "are two voices",
        Word::Reopen => "are open again",
    };
    if !context.out.json {
        context.out.line(&format!("{}: {a} and {b} {words}", context.out.paint(Style::Green, "kept")))?;
    }
    told(&archive, &before, &plan, &context.out)?;
    Ok(Outcome::Done)
}

/// Joins groups and speakers by a person's word.
pub fn join(args: &JoinArgs, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let before = load(&archive)?;
    let members = members(&before, &archive, &args.voices)?;
    let author = context.author()?;
    let plan = write(&archive, |tx| keep::join(tx, &author, &members, args.note.as_deref()))?;
    told(&archive, &before, &plan, &context.out)?;
    Ok(Outcome::Done)
}

/// Takes a speaker out of a group by a person's word.
pub fn split(args: &SplitArgs, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let before = load(&archive)?;
    let speaker = speaker(&before, &archive, &args.speaker)?;
    let author = context.author()?;
    let plan = write(&archive, |tx| keep::leave(tx, &author, &args.voice, &speaker, args.note.as_deref()))?;
    told(&archive, &before, &plan, &context.out)?;
    Ok(Outcome::Done)
}

/// Removes voiceprints for good.
pub fn forget(args: &ForgetArgs, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let before = load(&archive)?;
    let members: Vec<SpeakerRef> = members(&before, &archive, &args.voices)?.into_iter().collect();
    let named = |n: usize| count(n as u64, "voiceprint", "voiceprints");
    if !args.yes && !asked(&format!("Remove {} for good? They will not be made again. [y/N] ", named(members.len())))? {
        context.out.note("nothing was removed");
        return Ok(Outcome::Failed);
    }
    let author = context.author()?;
    let removed = write(&archive, |tx| keep::forget(tx, &author, &members))?;
    let out = &context.out;
    if out.json {
        out.json(&json!({ "forgotten": removed, "speakers": members }))?;
    } else {
        out.line(&format!("{} {}", out.paint(Style::Green, "removed for good:"), named(removed)))?;
        out.note("The ledger says that voices were removed, not whose. Copies of this folder still hold them.");
    }
    Ok(Outcome::Done)
}

/// Asks on the terminal; where nobody sits there, nothing is removed.
fn asked(question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        let next = "say so with --yes, or run it on a terminal";
        return Err(Problem::usage("nobody can be asked whether to remove voiceprints for good", next).into());
    }
    eprint!("{question}");
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn members(voices: &Voices, archive: &Archive, wanted: &[String]) -> anyhow::Result<BTreeSet<SpeakerRef>> {
    let mut members = BTreeSet::new();
    for text in wanted {
        members.extend(voices.find(archive, text).map_err(advised)?.members);
    }
    Ok(members)
}

fn speaker(voices: &Voices, archive: &Archive, wanted: &str) -> anyhow::Result<SpeakerRef> {
    let Party { voice: None, members } = voices.find(archive, wanted).map_err(advised)? else {
        let what = format!("{wanted} is a group, and a decision is about two speakers");
        return Err(Problem::usage(what, "name speakers (CALL:A), or join groups with `earwitness voices join`").into());
    };
    members.into_iter().next().ok_or_else(|| advised(VoicesError::NotFound(wanted.into())))
}

/// Says what became of groups: what is new, what changed and how, what fell apart.
fn told(archive: &Archive, before: &Voices, plan: &Plan, out: &Output) -> anyhow::Result<()> {
    let after = load(archive)?;
    let named = |group: &Group| after.groups.iter().find(|kept| kept.is == *group).map(|kept| kept.id.clone());
    let new: Vec<(String, &Group)> = plan.new.iter().map(|group| (named(group).unwrap_or_default(), group)).collect();
    if out.json {
        let group = |name: &str, group: &Group| json!({"voice": name, "group": group});
        return out.json(&json!({
            "new": new.iter().map(|(name, g)| group(name, g)).collect::<Vec<Value>>(),
            "changed": plan.changed.iter().map(|(name, g)| group(name, g)).collect::<Vec<Value>>(),
            "dissolved": plan.dissolved, "unchanged": plan.unchanged,
        }));
    }
    for (voice, group) in &new {
        let members = list(&group.members.iter().collect::<Vec<_>>());
        out.line(&format!("{} {voice}, {}: {members}", out.paint(Style::Green, "new"), group.standing.words()))?;
    }
    for (voice, group) in &plan.changed {
        let old = before.group(voice).map(|kept| kept.members.clone()).unwrap_or_default();
        let joined: Vec<&SpeakerRef> = group.members.iter().filter(|m| !old.contains(m)).collect();
        let left: Vec<&SpeakerRef> = old.iter().filter(|m| !group.members.contains(m)).collect();
        let mut text = format!("{} {voice}, {}", out.paint(Style::Yellow, "changed"), group.standing.words());
        for (word, who) in [("joined", joined), ("left", left)] {
            if !who.is_empty() {
                text += &format!("; {word}: {}", list(&who));
            }
        }
        out.line(&text)?;
    }
    for voice in &plan.dissolved {
        out.line(&format!(
            "{} {voice}; its speakers stand alone or in other groups",
            out.paint(Style::Yellow, "taken apart")
        ))?;
    }
    if new.is_empty() && plan.changed.is_empty() && plan.dissolved.is_empty() {
        out.line("No group changed.")?;
    }
    if plan.new.iter().chain(plan.changed.iter().map(|(_, g)| g)).any(|g| g.standing == Standing::Suggested) {
        out.note(
            "Groups are suggestions by likeness: `earwitness voices show V1` tells how alike, `split` takes one out.",
        );
    }
    Ok(())
}

fn list(speakers: &[&SpeakerRef]) -> String {
    let names: Vec<String> =
        speakers.iter().map(|s| name(&Party { voice: None, members: vec![(*s).clone()] })).collect();
    names.join(" ")
}
