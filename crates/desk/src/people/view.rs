//! All persons and links at one moment, and who speaks in a call by them.

use super::{Kept, Link, Person, Result, Target, person};
use crate::voices::Group;
use earwitness_archive::Archive;
use earwitness_model::{CallId, SpeakerRef, Standing};
use serde::Serialize;
use std::collections::BTreeMap;

/// Who a speaker of a call is held to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// The person's record.
    pub person: String,
    /// The working name.
    pub name: String,
    /// What readers are to see instead.
    pub alias: Option<String>,
    /// Whether nothing that leads to this person may leave the house.
    pub protect: bool,
    /// How far that has come.
    pub standing: Standing,
    /// The link that says so.
    pub link: String,
}

impl Named {
    /// The working name, with a mark where nobody has confirmed it: `Artyom?`, `Artyom??` where it is disputed.
    pub fn marked(&self) -> String {
        let mark = match self.standing {
            Standing::Confirmed => "",
            Standing::Suggested => "?",
            Standing::Rejected | Standing::Disputed => "??",
        };
        format!("{}{mark}", self.name)
    }
}

/// All persons, links and voices.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// In the order of their numbers.
    pub persons: Vec<Kept<Person>>,
    /// In the order of their numbers; rejected ones, too.
    pub links: Vec<Kept<Link>>,
    /// Members of each voice that was found in several calls.
    pub voices: BTreeMap<String, Vec<SpeakerRef>>,
}

impl People {
    /// Reads them.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn load(archive: &Archive) -> Result<Self> {
        let voices = Kept::<Group>::all(archive)?.into_iter().map(|voice| (voice.id, voice.is.members)).collect();
        let persons = Kept::<Person>::all(archive)?;
        let mut links = Kept::<Link>::all(archive)?;
        links.retain(|link| persons.iter().any(|p| p.id == link.person));
        Ok(Self { persons, links, voices })
    }

    /// The person with this number in the archive.
    pub fn person(&self, id: &str) -> Option<&Kept<Person>> {
        self.persons.iter().find(|p| p.id == id)
    }

    /// The person that people mean, see [`super::find`].
    ///
    /// # Errors
    /// [`super::PeopleError::NotFound`], [`super::PeopleError::Ambiguous`].
    pub fn find(&self, wanted: &str) -> Result<Kept<Person>> {
        person::chosen(self.persons.clone(), wanted)
    }

    /// The links of a person, rejected ones too.
    pub fn links_of(&self, person: &str) -> impl Iterator<Item = &Kept<Link>> {
        self.links.iter().filter(move |link| link.person == person)
    }

    /// The speakers of calls that a target stands for; none for a phone.
    pub fn speakers(&self, target: &Target) -> Vec<SpeakerRef> {
        match target {
            Target::Speaker(speaker) => vec![speaker.clone()],
            Target::Voice(id) => self.voices.get(id).cloned().unwrap_or_default(),
            Target::Phone(_) => Vec::new(),
        }
    }

    /// Where a person is held to speak, rejected links left out; where two links say so, the better standing.
    pub fn speakers_of(&self, person: &str) -> BTreeMap<SpeakerRef, Standing> {
        let mut all = BTreeMap::new();
        for link in self.links_of(person).filter(|link| link.standing != Standing::Rejected) {
            for speaker in self.speakers(&link.target) {
                let kept = all.entry(speaker).or_insert(link.standing);
                if weight(link.standing) > weight(*kept) {
                    *kept = link.standing;
                }
            }
        }
        all
    }

    /// Who the speakers of a call are held to be, by label. Where links contradict each other the better standing
    /// counts, then the one that speaks of just this speaker, then the newer one.
    pub fn names_of(&self, call: &CallId) -> BTreeMap<String, Named> {
        let mut best: BTreeMap<String, ((u8, bool, usize), Named)> = BTreeMap::new();
        for (place, link) in self.links.iter().enumerate().filter(|(_, link)| link.standing != Standing::Rejected) {
            let Some(person) = self.person(&link.person) else { continue };
            let exact = matches!(link.target, Target::Speaker(_));
            let rank = (weight(link.standing), exact, place);
            for speaker in self.speakers(&link.target).into_iter().filter(|speaker| speaker.call == *call) {
                if best.get(&speaker.speaker).is_none_or(|(before, _)| *before < rank) {
                    best.insert(speaker.speaker, (rank, named(person, link)));
                }
            }
        }
        best.into_iter().map(|(label, (_, named))| (label, named)).collect()
    }

    /// As [`People::names_of`], of all calls at once: much faster than one by one.
    pub fn names_of_all(&self) -> BTreeMap<CallId, BTreeMap<String, Named>> {
        let mut best: BTreeMap<SpeakerRef, ((u8, bool, usize), Named)> = BTreeMap::new();
        for (place, link) in self.links.iter().enumerate().filter(|(_, link)| link.standing != Standing::Rejected) {
            let Some(person) = self.person(&link.person) else { continue };
            let rank = (weight(link.standing), matches!(link.target, Target::Speaker(_)), place);
            for speaker in self.speakers(&link.target) {
                if best.get(&speaker).is_none_or(|(before, _)| *before < rank) {
                    best.insert(speaker, (rank, named(person, link)));
                }
            }
        }
        let mut all: BTreeMap<CallId, BTreeMap<String, Named>> = BTreeMap::new();
        for (speaker, (_, named)) in best {
            all.entry(speaker.call).or_default().insert(speaker.speaker, named);
        }
        all
    }

    /// Who is held to use a phone, rejected links left out.
    pub fn people_of_phone(&self, number: &str) -> Vec<Named> {
        let of_phone = |link: &&Kept<Link>| {
            link.standing != Standing::Rejected && matches!(&link.target, Target::Phone(n) if n == number)
        };
        self.links.iter().filter(of_phone).filter_map(|link| Some(named(self.person(&link.person)?, link))).collect()
    }

    /// The voice that a speaker of a call belongs to, where one was found.
    pub fn voice_of(&self, speaker: &SpeakerRef) -> Option<&str> {
        self.voices.iter().find(|(_, members)| members.contains(speaker)).map(|(id, _)| id.as_str())
    }
}

fn named(person: &Kept<Person>, link: &Kept<Link>) -> Named {
    Named {
        person: person.id.clone(),
        name: person.name.clone(),
        alias: person.alias.clone(),
        protect: person.protect,
        standing: link.standing,
        link: link.id.clone(),
    }
}

fn weight(standing: Standing) -> u8 {
    match standing {
        Standing::Confirmed => 3,
        Standing::Suggested => 2,
        Standing::Disputed => 1,
        Standing::Rejected => 0,
    }
}
