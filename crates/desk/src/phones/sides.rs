//! From which number a voice speaks.

use super::{Heard, Side, label};
use crate::{
    people::{Named, People},
    speakers::LineSides,
};
use earwitness_model::{Call, CallId, SpeakerRef};
use std::collections::{BTreeMap, BTreeSet};

/// The speakers of all calls with their tracks, and what is known of their ends.
pub(super) struct Sides<'a> {
    speakers: &'a BTreeMap<CallId, BTreeMap<String, u16>>,
    /// The number that a speaker is known to speak from.
    known: BTreeMap<SpeakerRef, String>,
    /// The voice that a speaker belongs to.
    voices: BTreeMap<SpeakerRef, String>,
    /// Who the speakers of each call are held to be.
    names: BTreeMap<CallId, BTreeMap<String, Named>>,
}

impl<'a> Sides<'a> {
    /// `said` is what people said of the sides of calls; it counts before what voices tell.
    pub fn of(
        calls: &[Call],
        speakers: &'a BTreeMap<CallId, BTreeMap<String, u16>>,
        people: &People,
        said: &BTreeMap<CallId, LineSides>,
    ) -> Self {
        let ends: BTreeMap<&CallId, BTreeSet<&str>> = calls.iter().map(|call| (&call.id, both(call))).collect();
        let mut known = BTreeMap::new();
        for members in people.voices.values() {
            // Calls with one readable number only say nothing of the other.
            let mut shared: Option<BTreeSet<&str>> = None;
            for numbers in members.iter().filter_map(|m| ends.get(&m.call)).filter(|numbers| numbers.len() == 2) {
                shared = Some(match shared {
                    None => numbers.clone(),
                    Some(before) => before.intersection(numbers).copied().collect(),
                });
            }
            let shared: Vec<&str> = shared.unwrap_or_default().into_iter().collect();
            let [number] = shared.as_slice() else { continue };
            let there = members.iter().filter(|m| ends.get(&m.call).is_some_and(|e| e.contains(number)));
            known.extend(there.map(|member| (member.clone(), (*number).to_owned())));
        }
        for call in calls {
            let (Some(sides), Some(labels)) = (said.get(&call.id), speakers.get(&call.id)) else { continue };
            for (label, channel) in labels {
                if let Some(number) = sides.of(call, label, *channel).and_then(|side| side.number(call)) {
                    known.insert(SpeakerRef::new(call.id.clone(), label), number.to_owned());
                }
            }
        }
        let members = people.voices.iter().flat_map(|(voice, members)| members.iter().map(move |one| (one, voice)));
        // Of two voices the first counts, as `People::voice_of` has it.
        let voices = members.rev().map(|(member, voice)| (member.clone(), voice.clone())).collect();
        let mut sides = Self { speakers, known, voices, names: people.names_of_all() };
        for call in calls.iter().filter(|call| call.channels == 2) {
            sides.by_track(call);
        }
        sides
    }

    /// With two tracks, one speaker whose end is known tells the ends of all others.
    fn by_track(&mut self, call: &Call) {
        let (Some(labels), numbers) = (self.speakers.get(&call.id), both(call)) else { return };
        let of = |label: &String| SpeakerRef::new(call.id.clone(), label);
        let told = labels.iter().find_map(|(label, track)| Some((*track, self.known.get(&of(label))?.clone())));
        let (Some((track, number)), 2) = (told, numbers.len()) else { return };
        let Some(other) = numbers.into_iter().find(|end| *end != number) else { return };
        for (label, heard_on) in labels {
            let end = if *heard_on == track { number.clone() } else { other.to_owned() };
            self.known.entry(of(label)).or_insert(end);
        }
    }

    /// Adds the voices of a call that may speak from `number`.
    pub fn hear(&self, number: &str, call: &Call, heard: &mut Vec<Heard>) {
        let Some(labels) = self.speakers.get(&call.id) else { return };
        let names = self.names.get(&call.id);
        for label in labels.keys() {
            let speaker = SpeakerRef::new(call.id.clone(), label);
            let side = match self.known.get(&speaker) {
                Some(known) if known == number => Side::Here,
                Some(_) => continue,
                None => Side::Open,
            };
            let (voice, name) = (self.voices.get(&speaker).cloned(), names.and_then(|names| names.get(label)).cloned());
            let same = |h: &&mut Heard| voice.is_some() && h.voice == voice;
            match heard.iter_mut().find(same) {
                Some(before) => {
                    before.speakers.push(speaker);
                    before.side = before.side.min(side);
                    before.name = before.name.take().or(name);
                }
                None => heard.push(Heard { voice, speakers: vec![speaker], side, name }),
            }
        }
    }
}

fn both(call: &Call) -> BTreeSet<&str> {
    [label(call.from.as_ref()), label(call.to.as_ref())].into_iter().flatten().collect()
}
