//! What leaves the house without leading back: words covered by a guard, and names of its own for calls, files, phones
//! and revisions, in the place of those that the archive derives from recordings and numbers.

use super::Source;
use earwitness_desk::{
    network::{Network, NodeKind},
    people::Shown,
    protection::{Guard, Uttered},
};
use earwitness_model::{
    Author, Call, CallId, Digest, Phone, Place, Revision, RevisionBody, RevisionId, Span,
    call::CallFile,
    transcript::{Taken, TranslatedTurn},
};
use std::collections::{BTreeMap, BTreeSet};

/// Who made a revision, where that was somebody.
const SOMEBODY: &str = "a person";

/// What hides an archive's calls.
pub struct Cover<'a> {
    guard: &'a Guard,
    calls: BTreeMap<CallId, String>,
    phones: BTreeMap<String, String>,
}

/// A call with its revisions as they may leave.
#[derive(Clone, Debug)]
pub struct Covered {
    call: Call,
    transcript: Revision,
    translation: Option<Revision>,
    people: Option<BTreeMap<String, Shown>>,
}

impl Covered {
    /// To be rendered.
    pub fn source(&self) -> Source<'_> {
        let (translation, people) = (self.translation.as_ref(), self.people.as_ref());
        Source { call: &self.call, transcript: &self.transcript, translation, people }
    }
}

impl<'a> Cover<'a> {
    /// What the guard hides, and running numbers for `calls`: all of the archive, so that a call has the same number in
    /// every export, in the order in which they are to be numbered (that of their days). Phones are numbered, too.
    pub fn new(guard: &'a Guard, calls: &[Call]) -> Self {
        let digits = calls.len().to_string().len().max(3);
        let number = |(n, call): (usize, &Call)| (call.id.clone(), format!("call-{n:0digits$}"));
        let phones = calls.iter().flat_map(|call| [&call.from, &call.to]).flatten().map(|p| p.label().to_string());
        let phones: BTreeSet<String> = phones.filter(|phone| !phone.trim().is_empty()).collect();
        Self {
            guard,
            calls: (1..).zip(calls).map(number).collect(),
            phones: (1..).zip(phones).map(|(n, phone)| (phone, format!("phone-{n}"))).collect(),
        }
    }

    /// What a call is called outside.
    pub fn name(&self, call: &CallId) -> &str {
        self.calls.get(call).map_or("call", String::as_str)
    }

    /// A call as it may leave. What was protected is gone from words, translation and doubts; the file has no name and
    /// no digest, the phones have no number and no place.
    pub fn over(&self, source: Source<'_>) -> Covered {
        let name = self.name(&source.call.id);
        let labels = self.labels(source.transcript);
        let label = |label: &str| labels.get(label).cloned().unwrap_or_else(|| label.to_string());
        let mut transcript = self.revision(source.transcript, name);
        if let RevisionBody::Transcript(said) = &mut transcript.body {
            said.turns = self.guard.cover_turns(&said.turns);
            for turn in &mut said.turns {
                turn.speaker = label(&turn.speaker);
            }
        }
        let translation = source.translation.map(|revision| {
            let mut covered = self.revision(revision, name);
            if let RevisionBody::Translation(translation) = &mut covered.body {
                let same = translation.of == source.transcript.id;
                translation.of = if same { transcript.id.clone() } else { RevisionId::new("transcript-earlier") };
                let texts = self.translated(source.transcript, &translation.turns);
                for (turn, text) in translation.turns.iter_mut().zip(texts) {
                    turn.text = text;
                    turn.taken = turn.taken.take().map(taken);
                }
            }
            covered
        });
        let shown = |(of, shown): (&String, &Shown)| (label(of), shown.clone().changed(|name| self.text(name)));
        let people = source.people.map(|people| people.iter().map(shown).collect());
        Covered { call: self.call(source.call), transcript, translation, people }
    }

    /// A network as it may leave: numbers are withheld, calls and phones have the names that they have in the other
    /// exports, labels and roles are covered.
    pub fn over_network(&self, network: Network) -> Network {
        let Network { mut nodes, mut edges } = network;
        let outside = |id: &str| match id.split_once(':') {
            Some(("call", call)) => format!("call:{}", self.name(&CallId::new(call))),
            Some(("speaker", speaker)) => format!("speaker:{}", self.speaker(speaker)),
            _ => id.to_string(),
        };
        for node in &mut nodes {
            node.id = outside(&node.id);
            node.number = None;
            node.role = node.role.take().map(|role| self.text(&role));
            node.label = match node.kind {
                // As the same number is called in transcripts: both count all numbers of the calls in their order.
                NodeKind::Phone => node.id.replace(':', "-"),
                NodeKind::Speaker => self.speaker(&node.label),
                NodeKind::Call if node.started_at.is_none() => node.id.replace("call:", ""),
                _ => self.text(&node.label),
            };
        }
        for edge in &mut edges {
            (edge.from, edge.to) = (outside(&edge.from), outside(&edge.to));
        }
        Network { nodes, edges }
    }

    /// The texts of a translation, each under the label of whoever speaks then.
    fn translated(&self, transcript: &Revision, turns: &[TranslatedTurn]) -> Vec<String> {
        let spoken = transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
        let by = |turn: &TranslatedTurn| {
            let span = Span::new(turn.start, turn.end);
            let here = spoken.iter().filter(|t| t.channel == turn.channel).map(|t| (t.span().overlap(&span), t));
            here.filter(|(overlap, _)| *overlap > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, t)| t)
        };
        let said = |turn| by(turn).map_or("", |t| t.speaker.as_str());
        let uttered: Vec<Uttered<'_>> = turns.iter().map(|turn| Uttered { by: said(turn), text: &turn.text }).collect();
        self.guard.apply_turns(&uttered).into_iter().map(|covered| covered.text).collect()
    }

    /// A text of its own as it may leave.
    pub fn text(&self, text: &str) -> String {
        self.guard.apply(text).text
    }

    /// `CALL:LABEL` as it may leave.
    fn speaker(&self, speaker: &str) -> String {
        let (call, label) = speaker.split_once(':').unwrap_or((speaker, ""));
        format!("{}:{}", self.name(&CallId::new(call)), self.text(label))
    }

    /// Other labels for those under which something protected is written.
    fn labels(&self, transcript: &Revision) -> BTreeMap<String, String> {
        let turns = transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
        let all: BTreeSet<&str> = turns.iter().map(|turn| turn.speaker.as_str()).collect();
        let told = (1..).zip(all).filter(|(_, label)| !self.guard.find(label).is_empty());
        told.map(|(n, label)| (label.to_string(), format!("speaker-{n}"))).collect()
    }

    fn call(&self, call: &Call) -> Call {
        let name = self.name(&call.id);
        let phone = |phone: &Option<Phone>| {
            let phone = phone.as_ref().map(|p| self.phones.get(p.label()).map_or("phone", String::as_str));
            phone.map(|name| Phone { written: name.into(), e164: None })
        };
        Call {
            id: CallId::new(name),
            recording: Digest::ZERO,
            files: vec![CallFile { name: name.into(), sha256: Digest::ZERO }],
            from: phone(&call.from),
            to: phone(&call.to),
            place: Place::default(),
            direction: call.direction.as_deref().map(|text| self.text(text)),
            note: call.note.as_deref().map(|text| self.text(text)),
            ..call.clone()
        }
    }

    fn revision(&self, revision: &Revision, call: &str) -> Revision {
        let author = if revision.author.is_person() { Author::person(SOMEBODY) } else { revision.author.clone() };
        let id = RevisionId::new(format!("{}-{}", revision.body.kind(), revision.number));
        Revision { id, call: CallId::new(call), author, based_on: None, ..revision.clone() }
    }
}

/// Where a translated turn came from, without who and which.
fn taken(taken: Taken) -> Taken {
    Taken { revision: RevisionId::new("translation-earlier"), person: taken.person.map(|_| SOMEBODY.into()) }
}

#[cfg(test)]
mod tests;
