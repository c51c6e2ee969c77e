//! Correcting who speaks.

use super::page;
use crate::{
    commands::{Outcome, correct},
    context::Context,
    errors::Problem,
    output::{Style, clean, count},
};
use earwitness_archive::Archive;
use earwitness_desk::speakers::{self, LineSide, Relabel, Relabelled, SideOf};
use earwitness_model::Call;
use serde_json::json;
use std::collections::BTreeSet;

/// The most turns in a range that somebody types.
const MOST: usize = 100_000;

pub(super) fn merge(call: &str, from: String, into: String, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let call = archive.find_call(call)?;
    relabel(&archive, &call, &Relabel::Merge { from, into }, context)
}

pub(super) fn rename(call: &str, from: String, to: String, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let call = archive.find_call(call)?;
    relabel(&archive, &call, &Relabel::Rename { from, to }, context)
}

pub(super) fn undo(call: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let call = archive.find_call(call)?;
    relabel(&archive, &call, &Relabel::Undo, context)
}

/// `words` are turns, `CALL#4` or `CALL#6-8`, and last the label.
pub(super) fn assign(words: &[String], context: &Context) -> anyhow::Result<Outcome> {
    let Some((label, places)) = words.split_last() else {
        return Err(Problem::usage("no turns were named", "for example: earwitness speakers assign CALL#4 B").into());
    };
    let archive = context.open()?;
    let mut found: Option<Call> = None;
    let mut turns = BTreeSet::new();
    for place in places {
        let (name, range) = turns_of(place)?;
        let call = archive.find_call(name)?;
        if found.as_ref().is_some_and(|other| other.id != call.id) {
            let next = "give the turns of one call; then those of the other";
            return Err(
                Problem::usage(format!("{} is of another call than the turns before", clean(place)), next).into()
            );
        }
        found = Some(call);
        turns.extend(range);
    }
    let Some(call) = found else { return Ok(Outcome::Failed) };
    relabel(&archive, &call, &Relabel::Assign { turns, to: label.clone() }, context)
}

/// The call and the turns that `CALL#6-8` names.
fn turns_of(place: &str) -> anyhow::Result<(&str, std::ops::RangeInclusive<usize>)> {
    let wrong = || {
        let what = format!("{:?} names no turns of a call", clean(place));
        Problem::usage(what, "for example CALL#4, or CALL#6-8; turns count from 0, as a search shows them")
    };
    let (call, numbers) = place.trim().rsplit_once('#').ok_or_else(wrong)?;
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let number = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
    let (first, last) = (number(first)?, number(last)?);
    if call.trim().is_empty() || last < first || last - first > MOST {
        return Err(wrong().into());
    }
    Ok((call, first..=last))
}

fn relabel(archive: &Archive, call: &Call, change: &Relabel, context: &Context) -> anyhow::Result<Outcome> {
    let author = context.author()?;
    let done = archive.try_write(|tx| speakers::relabel(tx, &author, call, change))?;
    correct::refresh(archive, context);
    let out = &context.out;
    if out.json {
        out.json(&json!({
            "call": call.id, "transcript": done.transcript.id, "translation": done.translation,
            "turns": done.turns, "adrift": done.adrift,
        }))?;
        return Ok(Outcome::Done);
    }
    say(&done, context)?;
    page::tell(archive, call, context)?;
    Ok(Outcome::Done)
}

fn say(done: &Relabelled, context: &Context) -> anyhow::Result<()> {
    let out = &context.out;
    out.line(&format!(
        "{} as transcript revision {}: {}",
        out.paint(Style::Green, "kept"),
        out.paint(Style::Bold, done.transcript.id.as_str()),
        count(done.turns as u64, "turn has another speaker", "turns have another speaker"),
    ))
}

/// `who` is a label, or `ch1` for everybody on the first track.
pub(super) fn side(call: &str, who: &str, side: Option<LineSide>, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let call = archive.find_call(call)?;
    let author = context.author()?;
    let known = speakers::list(&archive, &call, &earwitness_desk::people::People::default())?;
    let track = who.trim().strip_prefix("ch").and_then(|n| n.parse::<u16>().ok()?.checked_sub(1));
    let of = match track {
        Some(channel) => SideOf::Channel(channel),
        None if known.speakers.iter().any(|s| s.speaker == who.trim()) => SideOf::Speaker(who.trim().into()),
        None => {
            let labels = known.speakers.into_iter().map(|s| s.speaker).collect();
            let (call, label) = (call.id.clone(), who.trim().to_owned());
            return Err(speakers::SpeakersError::NoSpeaker { call, label, labels }.into());
        }
    };
    archive.try_write(|tx| speakers::set_side(tx, author, &call, of, side))?;
    page::tell(&archive, &call, context)?;
    Ok(Outcome::Done)
}

pub(super) fn undo_sides(call: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let call = archive.find_call(call)?;
    let author = context.author()?;
    archive.try_write(|tx| speakers::undo_side(tx, author, &call))?;
    page::tell(&archive, &call, context)?;
    Ok(Outcome::Done)
}
