//! From the archive to a network.

use super::{ALIKE, Edge, EdgeKind, MOST_ALIKE, Network, Node, NodeKind, call_node, speaker_node};
use crate::{
    kept::Kept,
    people::{Naming, People, PeopleError, Person, Target},
    phones::{self, PhoneFacts, Side},
    voices::{Group, Voices, VoicesError, suggest},
};
use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_model::{Call, SpeakerRef, Standing, Turn};
use std::collections::{BTreeMap, BTreeSet};

/// Why there is no network.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What is kept of people cannot be read.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// What is kept of voices cannot be read.
    #[error(transparent)]
    Voices(#[from] VoicesError),
}

/// The network of an archive. Rejected links and decisions stand in it as rejected.
///
/// # Errors
/// What the archive gives.
pub fn network(archive: &Archive, naming: Naming) -> Result<Network, NetworkError> {
    let people = People::load(archive)?;
    let phones = phones::phones(archive, &people)?;
    let voices = Voices::load(archive)?;
    let mut builder = Builder::new(naming, &people);
    builder.people();
    builder.voices(&voices.groups);
    builder.phones(&phones);
    for call in &voices.calls {
        builder.call(call, &archive.outline(&call.id)?.turns);
    }
    builder.links();
    builder.alike(&voices);
    Ok(builder.finish())
}

/// Persons, the voices that were found in several calls, and phones, and what joins them: what is left of a network whose
/// calls and single speakers are too many to be drawn. Of a speaker whose person is known, the person speaks from the phone.
///
/// # Errors
/// What the archive gives.
pub fn overview(
    archive: &Archive,
    people: &People,
    phones: &[PhoneFacts],
    naming: Naming,
) -> Result<Network, NetworkError> {
    let mut builder = Builder::new(naming, people);
    builder.people();
    builder.voices(&Kept::<Group>::all(archive)?);
    builder.phones(phones);
    builder.named(phones);
    builder.links();
    Ok(builder.finish())
}

struct Builder<'a> {
    naming: Naming,
    people: &'a People,
    /// The node of each number.
    phones: BTreeMap<&'a str, String>,
    /// How sure each voice is.
    voices: BTreeMap<String, Standing>,
    network: Network,
}

fn node(id: String, kind: NodeKind, label: String) -> Node {
    Node {
        id,
        kind,
        label,
        number: None,
        role: None,
        protected: false,
        standing: None,
        started_at: None,
        seconds: None,
        calls: None,
    }
}

fn edge(from: String, to: String, kind: EdgeKind) -> Edge {
    Edge { from, to, kind, standing: None, score: None, evidence: 0, calls: 1 }
}

impl<'a> Builder<'a> {
    fn new(naming: Naming, people: &'a People) -> Self {
        Self { naming, people, phones: BTreeMap::new(), voices: BTreeMap::new(), network: Network::default() }
    }

    fn people(&mut self) {
        for person in &self.people.persons {
            let calls: BTreeSet<_> = self.people.speakers_of(&person.id).into_keys().map(|s| s.call).collect();
            self.network.nodes.push(Node {
                role: self.role(person),
                protected: person.protect,
                calls: Some(calls.len()),
                ..node(format!("person:{}", person.id), NodeKind::Person, self.name(person))
            });
        }
    }

    /// What may be written of a person; the number in the archive where no name may.
    fn name(&self, person: &Kept<Person>) -> String {
        let name = self.naming.choose(&person.name, person.alias.as_deref(), person.protect);
        name.map_or_else(|| format!("{} (protected)", person.id), str::to_owned)
    }

    /// The role, unless it names somebody who is protected (`wife of …`), by so much of a name as its forms share.
    fn role(&self, person: &Kept<Person>) -> Option<String> {
        let role = person.role.as_ref()?;
        let said = role.to_lowercase();
        let stem = |word: &str| word.chars().take((word.chars().count() - 1).max(3)).collect::<String>();
        let named = |name: &str| {
            let name = name.to_lowercase();
            name.split_whitespace().filter(|word| word.chars().count() > 2).any(|word| said.contains(&stem(word)))
        };
        let mut protected = self.people.persons.iter().filter(|other| other.protect);
        let hide = self.naming != Naming::Working && protected.any(|other| named(&other.name));
        (!hide).then(|| role.clone())
    }

    fn voices(&mut self, voices: &[Kept<Group>]) {
        for voice in voices {
            let calls: BTreeSet<_> = voice.members.iter().map(|member| &member.call).collect();
            self.voices.insert(voice.id.clone(), voice.standing);
            self.network.nodes.push(Node {
                standing: Some(voice.standing),
                calls: Some(calls.len()),
                ..node(format!("voice:{}", voice.id), NodeKind::Voice, voice.id.clone())
            });
            for member in &voice.members {
                let (from, to) = (speaker_node(member), format!("voice:{}", voice.id));
                let standing = Some(voice.standing);
                self.network.edges.push(Edge { standing, ..edge(from, to, EdgeKind::MemberOf) });
            }
        }
    }

    fn phones(&mut self, phones: &'a [PhoneFacts]) {
        let numbers: BTreeMap<&str, &PhoneFacts> = phones.iter().map(|phone| (phone.number.as_str(), phone)).collect();
        for (place, (number, facts)) in (1..).zip(numbers) {
            let id = format!("phone:{place}");
            let protected = facts.people.iter().any(|person| person.protect);
            let withheld = protected && self.naming != Naming::Working;
            let label = if withheld { format!("phone-{place}, withheld") } else { number.to_owned() };
            self.network.nodes.push(Node {
                number: (!withheld).then(|| number.to_owned()),
                protected,
                calls: Some(facts.calls.len()),
                ..node(id.clone(), NodeKind::Phone, label)
            });
            for heard in &facts.voices {
                self.heard(heard, &id);
            }
            self.phones.insert(number, id);
        }
    }

    /// From which end somebody speaks; of those who were found in one call only, where it is known.
    fn heard(&mut self, heard: &phones::Heard, phone: &str) {
        let here = heard.side == Side::Here;
        let from = match (&heard.voice, heard.speakers.first()) {
            (Some(voice), _) => format!("voice:{voice}"),
            (None, Some(only)) if here => speaker_node(only),
            _ => return,
        };
        // What follows from a voice is no surer than the voice.
        let standing = heard.voice.as_ref().and_then(|voice| self.voices.get(voice)).copied();
        let sure = here && standing.is_none_or(|standing| standing == Standing::Confirmed);
        let standing = Some(if sure { Standing::Confirmed } else { Standing::Suggested });
        let calls = heard.speakers.len();
        let spoken = edge(from, phone.to_owned(), EdgeKind::SpeaksFrom);
        self.network.edges.push(Edge { standing, calls, ..spoken });
    }

    /// From which phone those speak who are known in one call only.
    fn named(&mut self, phones: &[PhoneFacts]) {
        let mut spoken: BTreeMap<(String, String), (bool, usize)> = BTreeMap::new();
        for phone in phones {
            let Some(id) = self.phones.get(phone.number.as_str()) else { continue };
            for heard in phone.voices.iter().filter(|heard| heard.voice.is_none() && heard.side == Side::Here) {
                let Some(name) = &heard.name else { continue };
                let (sure, calls) = spoken.entry((format!("person:{}", name.person), id.clone())).or_default();
                *sure |= name.standing == Standing::Confirmed;
                *calls += heard.speakers.len();
            }
        }
        for ((person, phone), (sure, calls)) in spoken {
            let standing = Some(if sure { Standing::Confirmed } else { Standing::Suggested });
            self.network.edges.push(Edge { standing, calls, ..edge(person, phone, EdgeKind::SpeaksFrom) });
        }
    }

    fn call(&mut self, call: &Call, turns: &[Turn]) {
        let day = call.started_at.map(|t| t.local().strftime("%Y-%m-%d %H:%M").to_string());
        let label = day.unwrap_or_else(|| call.id.to_string());
        let id = call_node(&call.id);
        self.network.nodes.push(Node {
            started_at: call.started_at,
            seconds: Some(call.duration),
            ..node(id.clone(), NodeKind::Call, label)
        });
        if let Some(from) = call.from.as_ref().and_then(|phone| self.phones.get(phone.label())) {
            self.network.edges.push(edge(from.clone(), id.clone(), EdgeKind::Made));
        }
        if let Some(to) = call.to.as_ref().and_then(|phone| self.phones.get(phone.label())) {
            self.network.edges.push(edge(id.clone(), to.clone(), EdgeKind::Reached));
        }
        let mut seconds: BTreeMap<&str, f64> = BTreeMap::new();
        for turn in turns.iter().filter(|turn| turn.speaker != crate::speakers::NOBODY) {
            *seconds.entry(&turn.speaker).or_default() += turn.span().length();
        }
        for (label, seconds) in seconds {
            let speaker = SpeakerRef::new(call.id.clone(), label);
            let from = speaker_node(&speaker);
            self.network.nodes.push(Node {
                seconds: Some((seconds * 1000.0).round() / 1000.0),
                ..node(from.clone(), NodeKind::Speaker, speaker.to_string())
            });
            self.network.edges.push(edge(from, id.clone(), EdgeKind::SpeaksIn));
        }
    }

    fn links(&mut self) {
        for link in &self.people.links {
            let from = match &link.target {
                Target::Speaker(speaker) => speaker_node(speaker),
                Target::Voice(id) => format!("voice:{id}"),
                Target::Phone(number) => match self.phones.get(number.as_str()) {
                    Some(id) => id.clone(),
                    None => continue,
                },
            };
            self.network.edges.push(Edge {
                standing: Some(link.standing),
                score: link.score,
                evidence: link.evidence.len(),
                ..edge(from, format!("person:{}", link.person), EdgeKind::Is)
            });
        }
    }

    /// Voices that sound alike and of which nobody decided, and what was decided of pairs.
    fn alike(&mut self, voices: &Voices) {
        for found in suggest::suggest(&voices.scene(), ALIKE, MOST_ALIKE) {
            let [from, to] = [&found.closest.0, &found.closest.1].map(speaker_node);
            self.network.edges.push(Edge {
                standing: Some(Standing::Suggested),
                score: Some(found.log10_lr.log10()),
                evidence: found.facts.len(),
                calls: 2,
                ..edge(from, to, EdgeKind::SoundsLike)
            });
        }
        for decision in &voices.decisions {
            self.network.edges.push(Edge {
                standing: Some(decision.standing),
                evidence: usize::from(decision.note.is_some()),
                calls: 2,
                ..edge(speaker_node(&decision.a), speaker_node(&decision.b), EdgeKind::SameVoice)
            });
        }
    }

    /// In order, and without edges to what is not there any more (a label that was corrected away).
    fn finish(self) -> Network {
        let Network { mut nodes, mut edges } = self.network;
        nodes.sort_by_key(|node| node.kind);
        let known: BTreeSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
        edges.retain(|edge| known.contains(edge.from.as_str()) && known.contains(edge.to.as_str()));
        edges.sort_by_key(|edge| edge.kind);
        Network { nodes, edges }
    }
}
