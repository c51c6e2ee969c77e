//! On which side of the line somebody speaks: a person's word, kept beside the labels and apart from them.

use super::{Result, SpeakersError};
use crate::kept::{Keepable, Kept, undo};
use earwitness_archive::{Archive, Tx};
use earwitness_model::{Author, Call, CallId, Phone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A side of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineSide {
    /// Who called: the number in `from`.
    Caller,
    /// Who was called: the number in `to`.
    Called,
}

impl LineSide {
    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Called => "called",
        }
    }

    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Caller => Self::Called,
            Self::Called => Self::Caller,
        }
    }

    /// The number on this side, as the table has it.
    pub fn number(self, call: &Call) -> Option<&str> {
        let phone = match self {
            Self::Caller => call.from.as_ref(),
            Self::Called => call.to.as_ref(),
        };
        phone.map(Phone::label).filter(|label| !label.trim().is_empty())
    }
}

/// What people said of the sides of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSides {
    /// By label; counts before the track.
    #[serde(default)]
    pub speakers: BTreeMap<String, LineSide>,
    /// By track, from 0.
    #[serde(default)]
    pub channels: BTreeMap<u16, LineSide>,
}

impl Keepable for LineSides {
    const KIND: &'static str = "line-sides";
    // Named after its call.
    const LETTER: &'static str = "";
}

impl LineSides {
    /// The side of a speaker of `call` who is mostly heard on `channel`. With two tracks, one tells the other.
    pub fn of(&self, call: &Call, label: &str, channel: u16) -> Option<LineSide> {
        let other = || {
            let across = self.channels.get(&(1 - channel.min(1)))?;
            (call.channels == 2 && channel < 2).then(|| across.other())
        };
        self.speakers.get(label).or_else(|| self.channels.get(&channel)).copied().or_else(other)
    }
}

/// Whose side is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideOf {
    /// A speaker's, by label.
    Speaker(String),
    /// That of everybody on a track, from 0.
    Channel(u16),
}

/// The end of a line that is listened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineEnd {
    /// Which side that is in this call.
    pub side: LineSide,
    /// Its number, where the table has one.
    pub number: Option<String>,
}

/// Which end is listened to, where the table tells the direction.
pub fn listened_to(call: &Call) -> Option<LineEnd> {
    let side = match call.direction.as_deref() {
        Some("outgoing") => LineSide::Caller,
        Some("incoming") => LineSide::Called,
        _ => return None,
    };
    Some(LineEnd { side, number: side.number(call).map(str::to_owned) })
}

/// What people said of the sides of a call.
///
/// # Errors
/// What the archive gives.
pub fn sides(archive: &Archive, call: &CallId) -> Result<LineSides> {
    Ok(Kept::<LineSides>::get(archive, call.as_str())?.map(|kept| kept.is).unwrap_or_default())
}

/// A person's word on which side a speaker or a track is; none: it is not known.
///
/// # Errors
/// [`SpeakersError::NoTrack`], [`SpeakersError::Same`], what the archive gives.
pub fn set_side(
    tx: &Tx<'_>,
    author: Author,
    call: &Call,
    of: SideOf,
    side: Option<LineSide>,
) -> Result<Kept<LineSides>> {
    change(tx, author, call, |known| {
        match of {
            SideOf::Channel(channel) if channel >= call.channels => {
                let track = u32::from(channel) + 1;
                return Err(SpeakersError::NoTrack { call: call.id.clone(), track, tracks: call.channels });
            }
            SideOf::Channel(channel) => set(&mut known.channels, channel, side),
            SideOf::Speaker(label) => set(&mut known.speakers, label, side),
        }
        Ok(())
    })
}

fn set<K: Ord>(all: &mut BTreeMap<K, LineSide>, key: K, side: Option<LineSide>) {
    match side {
        Some(side) => all.insert(key, side),
        None => all.remove(&key),
    };
}

/// Gives the side of one label to another.
pub(super) fn move_label(tx: &Tx<'_>, author: &Author, call: &Call, old: &str, new: &str) -> Result<()> {
    if !sides(tx, &call.id)?.speakers.contains_key(old) {
        return Ok(());
    }
    change(tx, author.clone(), call, |known| {
        if let Some(side) = known.speakers.remove(old) {
            known.speakers.insert(new.to_owned(), side);
        }
        Ok(())
    })?;
    Ok(())
}

fn change(
    tx: &Tx<'_>,
    author: Author,
    call: &Call,
    how: impl FnOnce(&mut LineSides) -> Result<()>,
) -> Result<Kept<LineSides>> {
    let newest = tx.newest_record(LineSides::KIND, call.id.as_str())?;
    let number = newest.as_ref().map(|record| record.number);
    let before = newest.filter(|record| !record.is_withdrawn()).map(Kept::<LineSides>::read).transpose()?;
    let before = before.map(|kept| kept.is).unwrap_or_default();
    let mut after = before.clone();
    how(&mut after)?;
    if after == before {
        return Err(SpeakersError::Same(call.id.clone()));
    }
    let body = serde_json::to_value(&after)
        .map_err(|e| earwitness_archive::Error::Unrecordable(format!("the sides of {}: {e}", call.id)))?;
    Ok(Kept::read(tx.put_record(LineSides::KIND, call.id.as_str(), number, author, body)?)?)
}

/// Puts back what was said of the sides of a call before the last change; again: undoes the undoing.
///
/// # Errors
/// [`SpeakersError::NoSides`], what the archive gives.
pub fn undo_side(tx: &Tx<'_>, author: Author, call: &Call) -> Result<LineSides> {
    if tx.newest_record(LineSides::KIND, call.id.as_str())?.is_none() {
        return Err(SpeakersError::NoSides(call.id.clone()));
    }
    undo(tx, LineSides::KIND, call.id.as_str(), None, author)?;
    sides(tx, &call.id)
}
