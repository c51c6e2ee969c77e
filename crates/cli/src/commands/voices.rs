//! `earwitness voices`: the same voice in other calls. A score is evidence for or against, never an identity.

mod decide;
mod find;
mod list;
mod show;
mod suggest;

use super::Outcome;
use crate::{context::Context, errors::advise};
use earwitness_archive::{Archive, Tx};
use earwitness_desk::voices::{Party, Voices, VoicesError};
use earwitness_model::{Call, SpeakerRef};
use std::collections::BTreeSet;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For example:
  earwitness voices suggest                       who sounds like whom, with what speaks for and against
  earwitness voices decide CALL:A CALL:B same     your word, after listening
  earwitness voices group                         groups of what is most alike; `voices split` takes them apart again
  earwitness voices find --clip clip.wav          who sounds like this

A speaker is written CALL:A, a group V1. A score says how much likelier a measurement is if one person spoke than if
two did. It names nobody and proves nothing by itself.")]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Lists voices: groups, and speakers that stand alone
    List,
    /// Shows pairs of voices that sound alike and that nobody decided yet, the most alike first
    Suggest(suggest::Args),
    /// Shows a group or a speaker: calls, what was decided, who sounds alike
    Show {
        /// V1, or CALL:A
        voice: String,
    },
    /// Forms groups above a strict threshold, and says what changed
    Group(decide::GroupArgs),
    /// Keeps your word on two speakers: one voice, two, or open again
    Decide(decide::DecideArgs),
    /// Makes groups and speakers one voice by your word; with one group, confirms it
    Join(decide::JoinArgs),
    /// Takes a speaker out of a group by your word
    Split(decide::SplitArgs),
    /// Finds who sounds like a clip or a turn
    Find(find::Args),
    /// Removes voiceprints for good; they are not made again
    Forget(decide::ForgetArgs),
}

/// Lists, suggests, shows, groups, decides, finds, forgets.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action.unwrap_or(Action::List) {
        Action::List => list::run(context),
        Action::Suggest(args) => suggest::run(&args, context),
        Action::Show { voice } => show::run(&voice, context),
        Action::Group(args) => decide::group(&args, context),
        Action::Decide(args) => decide::decide(args, context),
        Action::Join(args) => decide::join(&args, context),
        Action::Split(args) => decide::split(&args, context),
        Action::Find(args) => find::run(&args, context),
        Action::Forget(args) => decide::forget(&args, context),
    }
}

/// An error with what to do about it.
fn advised(error: VoicesError) -> anyhow::Error {
    let next = match &error {
        VoicesError::NotFound(_) => "`earwitness voices` lists groups (V1) and speakers (CALL:A)".into(),
        VoicesError::NotMeasured(_) => "`earwitness voices` lists who has a voiceprint".into(),
        VoicesError::OneSpeaker(_) => "name two speakers, as in `earwitness voices decide CALL:A CALL:B same`".into(),
        VoicesError::Rejected { a, b, .. } => format!("`earwitness voices decide {a} {b} reopen` opens it again"),
        VoicesError::Contradiction { a, b } => {
            format!(
                "look at `earwitness voices show {a}` and open one of the decisions again, or split the group ({b})"
            )
        }
        VoicesError::NothingDecided { .. } => "decide it: `earwitness voices decide CALL:A CALL:B same`".into(),
        VoicesError::NotAMember { voice, .. } => format!("`earwitness voices show {voice}` lists its speakers"),
        VoicesError::TooManyAlike(_) => "ask for more with --above".into(),
        _ => return error.into(),
    };
    advise(error, next)
}

fn load(archive: &Archive) -> anyhow::Result<Voices> {
    Voices::load(archive).map_err(advised)
}

/// Writes, and gives errors advice.
fn write<T>(archive: &Archive, change: impl FnOnce(&Tx<'_>) -> Result<T, VoicesError>) -> anyhow::Result<T> {
    archive.try_write(change).map_err(advised)
}

/// The name of a party: the group's, or the speaker's.
fn name(party: &Party) -> String {
    let first = party.members.first().map(ToString::to_string);
    party.voice.clone().or(first).unwrap_or_default()
}

/// The calls of some speakers, by time and name.
fn calls_of<'a>(voices: &'a Voices, members: &[SpeakerRef]) -> Vec<&'a Call> {
    let ids: BTreeSet<_> = members.iter().map(|m| &m.call).collect();
    let mut calls: Vec<&Call> = voices.calls.iter().filter(|call| ids.contains(&call.id)).collect();
    calls.sort_by_key(|call| (call.started_at.map(|t| t.instant()), call.id.clone()));
    calls
}

/// The numbers of these calls, without repetition.
fn phones(calls: &[&Call]) -> Vec<String> {
    let phones = calls.iter().flat_map(|call| [&call.from, &call.to]).flatten();
    let labels: BTreeSet<String> = phones.map(|phone| phone.label().to_owned()).collect();
    labels.into_iter().collect()
}

/// Net seconds of speech behind the voiceprints of some speakers.
fn speech(voices: &Voices, members: &[SpeakerRef]) -> f64 {
    voices.prints.iter().filter(|print| members.contains(&print.speaker)).map(|print| print.net_speech).sum()
}
