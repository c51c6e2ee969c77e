//! Phones: every number with its calls, days, places, voices, and whom it speaks with.
//!
//! A table says which two numbers a call joins, and seldom on which of them a voice is heard. It can often be told all
//! the same: a voice that was found in several calls speaks from the one number that all of them share, and in a
//! recording with two tracks whoever is on the other track speaks from the other number. A person's word (see
//! [`crate::speakers`]) counts before both. Where nothing helps, the side is open, and said to be.

mod sides;

use crate::{
    kept::Kept,
    people::{Named, People, PeopleError, Result},
    speakers::LineSides,
};
use earwitness_archive::Archive;
use earwitness_model::{Call, CallId, Phone, SpeakerRef, Turn};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// All there is to say of one number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhoneFacts {
    /// In E.164, or as the table writes it where it cannot be read.
    pub number: String,
    /// By time.
    pub calls: Vec<CallId>,
    /// How many of them it made.
    pub made: usize,
    /// The day of the first call with a known time, on the calendar of the place.
    pub first: Option<Date>,
    /// The day of the last.
    pub last: Option<Date>,
    /// Where it was, as far as the network knew; only of calls whose table says that this is the listened-to line.
    pub places: Vec<PlaceSeen>,
    /// The other numbers, the most frequent first.
    pub contacts: Vec<Contact>,
    /// The voices in its calls that are not known to speak from the other number.
    pub voices: Vec<Heard>,
    /// Who is held to use it.
    pub people: Vec<Named>,
}

/// Where a phone was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaceSeen {
    /// Base station or sector, as written.
    pub sector: Option<String>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// In how many calls.
    pub calls: usize,
}

/// The other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The number.
    pub number: String,
    /// How many calls.
    pub calls: usize,
}

/// From which end of its calls a voice speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// From this number.
    Here,
    /// From this number or the other one.
    Open,
}

/// A voice in the calls of a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heard {
    /// The voice that was found in several calls, if it is one.
    pub voice: Option<String>,
    /// Where it is heard on this number.
    pub speakers: Vec<SpeakerRef>,
    /// From which end.
    pub side: Side,
    /// Whose it is held to be.
    pub name: Option<Named>,
}

impl PhoneFacts {
    /// How many voices speak from this number, and how many may.
    pub fn heard(&self) -> (usize, usize) {
        let here = self.voices.iter().filter(|v| v.side == Side::Here).count();
        (here, self.voices.len() - here)
    }
}

/// The name of a number: E.164, or as written.
fn label(phone: Option<&Phone>) -> Option<&str> {
    phone.map(Phone::label).filter(|label| !label.trim().is_empty())
}

/// The number that people mean: itself, as the table writes it, or its last digits where only one number ends so.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::Ambiguous`].
pub fn find(calls: &[Call], wanted: &str) -> Result<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (text, sought) = (wanted.trim(), digits(wanted));
    let phones: Vec<&Phone> = calls.iter().flat_map(|call| [&call.from, &call.to]).flatten().collect();
    let steps: [&dyn Fn(&Phone) -> bool; 3] = [
        &|phone| phone.label() == text || phone.written == text,
        &|phone| !sought.is_empty() && digits(phone.label()) == sought,
        &|phone| !sought.is_empty() && digits(phone.label()).ends_with(&sought),
    ];
    for step in steps {
        let found: BTreeSet<&str> = phones.iter().filter(|p| step(p)).filter_map(|p| label(Some(p))).collect();
        match (found.len(), found.first()) {
            (0, _) | (_, None) => {}
            (1, Some(only)) => return Ok((*only).to_owned()),
            _ => {
                let choices = found.into_iter().take(20).map(str::to_owned).collect();
                return Err(PeopleError::Ambiguous { wanted: wanted.into(), choices });
            }
        }
    }
    Err(PeopleError::NotFound { kind: "phone", wanted: wanted.into() })
}

/// Who speaks in each call: the labels, with the track that each is mostly heard on.
pub type Labels = BTreeMap<CallId, BTreeMap<String, u16>>;

/// Every number of an archive, the one with the most calls first.
///
/// # Errors
/// What the archive gives.
pub fn phones(archive: &Archive, people: &People) -> Result<Vec<PhoneFacts>> {
    let mut speakers = Labels::new();
    for call in archive.calls()? {
        let labels = labels_of(archive, &call.id)?;
        speakers.insert(call.id, labels);
    }
    phones_of(archive, people, &speakers)
}

/// The labels of one call.
///
/// # Errors
/// What the archive gives.
pub fn labels_of(archive: &Archive, call: &CallId) -> Result<BTreeMap<String, u16>> {
    Ok(labels(&archive.outline(call)?.turns))
}

/// As [`phones`], for whoever knows already who speaks in each call.
///
/// # Errors
/// What the archive gives.
pub fn phones_of(archive: &Archive, people: &People, speakers: &Labels) -> Result<Vec<PhoneFacts>> {
    let calls = archive.calls()?;
    let said: BTreeMap<CallId, LineSides> =
        Kept::<LineSides>::all(archive)?.into_iter().map(|kept| (CallId::new(kept.id), kept.is)).collect();
    let sides = sides::Sides::of(&calls, speakers, people, &said);
    let mut by_number: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in &calls {
        let ends: BTreeSet<&str> = [label(call.from.as_ref()), label(call.to.as_ref())].into_iter().flatten().collect();
        for number in ends {
            by_number.entry(number).or_default().push(call);
        }
    }
    let mut all: Vec<PhoneFacts> =
        by_number.into_iter().map(|(number, calls)| facts(number, &calls, &sides, people)).collect();
    all.sort_by(|a, b| b.calls.len().cmp(&a.calls.len()).then_with(|| a.number.cmp(&b.number)));
    Ok(all)
}

/// The labels of a transcript with the track that each is mostly heard on.
fn labels(turns: &[Turn]) -> BTreeMap<String, u16> {
    let mut seconds: BTreeMap<&str, BTreeMap<u16, f64>> = BTreeMap::new();
    // A turn of nobody known is no voice.
    for turn in turns.iter().filter(|turn| turn.speaker != "?") {
        *seconds.entry(&turn.speaker).or_default().entry(turn.channel).or_default() += turn.span().length();
    }
    let most = |tracks: BTreeMap<u16, f64>| tracks.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |t| t.0);
    seconds.into_iter().map(|(label, tracks)| (label.to_owned(), most(tracks))).collect()
}

fn facts(number: &str, calls: &[&Call], sides: &sides::Sides<'_>, people: &People) -> PhoneFacts {
    let days: Vec<Date> = calls.iter().filter_map(|call| Some(call.started_at?.local().date())).collect();
    let mut contacts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut places: Vec<PlaceSeen> = Vec::new();
    let (mut made, mut voices) = (0, Vec::new());
    for call in calls {
        let (from, to) = (label(call.from.as_ref()), label(call.to.as_ref()));
        made += usize::from(from == Some(number));
        if let Some(other) = [from, to].into_iter().flatten().find(|end| *end != number) {
            *contacts.entry(other).or_default() += 1;
        }
        let listened_to = match call.direction.as_deref() {
            Some("outgoing") => from,
            Some("incoming") => to,
            _ => None,
        };
        if listened_to == Some(number) {
            seen(&mut places, call);
        }
        sides.hear(number, call, &mut voices);
    }
    voices.sort_by(|a: &Heard, b| a.side.cmp(&b.side).then_with(|| b.speakers.len().cmp(&a.speakers.len())));
    let mut contacts: Vec<Contact> =
        contacts.into_iter().map(|(number, calls)| Contact { number: number.to_owned(), calls }).collect();
    contacts.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.number.cmp(&b.number)));
    places.sort_by_key(|place| std::cmp::Reverse(place.calls));
    PhoneFacts {
        number: number.to_owned(),
        calls: calls.iter().map(|call| call.id.clone()).collect(),
        made,
        first: days.iter().min().copied(),
        last: days.iter().max().copied(),
        places,
        contacts,
        voices,
        people: people.people_of_phone(number),
    }
}

fn seen(places: &mut Vec<PlaceSeen>, call: &Call) {
    let place = &call.place;
    if place.sector.is_none() && place.latitude.is_none() {
        return;
    }
    let same =
        |p: &&mut PlaceSeen| (&p.sector, p.latitude, p.longitude) == (&place.sector, place.latitude, place.longitude);
    match places.iter_mut().find(same) {
        Some(known) => known.calls += 1,
        None => places.push(PlaceSeen {
            sector: place.sector.clone(),
            latitude: place.latitude,
            longitude: place.longitude,
            calls: 1,
        }),
    }
}
