//! Who was heard where: voiceprints with their calls, and the groups that they stand in.

use super::{Decisions, Group};
use earwitness_model::{Call, CallId, SpeakerRef, Voiceprint};
use std::collections::HashMap;

/// One speaker of one call: the voiceprint, and the call it was measured in.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// What was measured.
    pub print: &'a Voiceprint,
    /// Where.
    pub call: &'a Call,
}

impl<'a> Heard<'a> {
    /// Who.
    pub fn speaker(&self) -> &'a SpeakerRef {
        &self.print.speaker
    }

    /// The numbers of the call, the caller's first; which of them this speaker spoke on is not known.
    pub fn numbers(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        [&self.call.from, &self.call.to].into_iter().flatten().map(|phone| phone.label())
    }

    /// Seconds since 1970 at which the call began and ended, where the table says when.
    pub fn time(&self) -> Option<(f64, f64)> {
        let start = self.call.started_at?.instant().as_second() as f64;
        Some((start, start + self.call.duration.max(0.0)))
    }
}

/// All voices of an archive, ready to be compared.
#[derive(Debug)]
pub struct Scene<'a> {
    voices: Vec<Heard<'a>>,
    /// Place in `voices` of each speaker.
    places: HashMap<&'a SpeakerRef, usize>,
    by_call: HashMap<&'a CallId, Vec<usize>>,
    groups: &'a [(String, Group)],
    /// Place in `groups` of each speaker.
    grouped: HashMap<&'a SpeakerRef, usize>,
    decisions: &'a Decisions,
}

impl<'a> Scene<'a> {
    /// Brings voiceprints, their calls, what was grouped and what was decided together. A voiceprint of a call that
    /// is not there is left out.
    pub fn new(
        prints: &'a [Voiceprint],
        calls: &'a [Call],
        groups: &'a [(String, Group)],
        decisions: &'a Decisions,
    ) -> Self {
        let calls: HashMap<&CallId, &Call> = calls.iter().map(|call| (&call.id, call)).collect();
        let heard = |print: &'a Voiceprint| Some(Heard { print, call: calls.get(&print.speaker.call)? });
        let mut voices: Vec<Heard> = prints.iter().filter_map(heard).collect();
        // One order, whatever order they came in: what follows is the same every time.
        voices.sort_by(|a, b| a.speaker().cmp(b.speaker()));
        let places = voices.iter().enumerate().map(|(i, heard)| (heard.speaker(), i)).collect();
        let mut by_call: HashMap<&CallId, Vec<usize>> = HashMap::new();
        for (i, heard) in voices.iter().enumerate() {
            by_call.entry(&heard.call.id).or_default().push(i);
        }
        let members = |(g, (_, group)): (usize, &'a (String, Group))| group.members.iter().map(move |m| (m, g));
        let grouped = groups.iter().enumerate().flat_map(members).collect();
        Self { voices, places, by_call, groups, grouped, decisions }
    }

    /// All voices, by call and label.
    pub fn voices(&self) -> &[Heard<'a>] {
        &self.voices
    }

    /// The voice of a speaker, where there is a voiceprint.
    pub fn voice(&self, speaker: &SpeakerRef) -> Option<&Heard<'a>> {
        self.voices.get(*self.places.get(speaker)?)
    }

    /// The group that a speaker stands in.
    pub fn group_of(&self, speaker: &SpeakerRef) -> Option<&'a (String, Group)> {
        self.groups.get(*self.grouped.get(speaker)?)
    }

    /// The groups, as they were given.
    pub fn groups(&self) -> &'a [(String, Group)] {
        self.groups
    }

    pub(crate) fn place_of_group(&self, speaker: &SpeakerRef) -> Option<usize> {
        self.grouped.get(speaker).copied()
    }

    /// What people decided.
    pub fn decisions(&self) -> &'a Decisions {
        self.decisions
    }

    /// The group that both calls have a voice of besides these two: they speak with the same voice.
    pub(crate) fn common_partner(&self, a: &Heard<'_>, b: &Heard<'_>) -> Option<&'a str> {
        let partners = |heard: &Heard<'_>| {
            let others = self.by_call.get(&heard.call.id).into_iter().flatten().filter_map(|i| self.voices.get(*i));
            let others = others.filter(|other| other.speaker() != heard.speaker());
            others.filter_map(|other| self.grouped.get(other.speaker()).copied()).collect::<Vec<_>>()
        };
        let theirs = partners(b);
        let own = [a, b].map(|h| self.grouped.get(h.speaker()).copied());
        let shared = partners(a).into_iter().filter(|g| theirs.contains(g) && !own.contains(&Some(*g))).min()?;
        self.groups.get(shared).map(|(name, _)| name.as_str())
    }
}
