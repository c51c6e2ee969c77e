//! Who was held to speak at an earlier moment: what rests on it must notice when that is somebody else now.

use super::{Kept, Link, Named, People, Person, Result};
use crate::{kept::Keepable, voices::Group};
use earwitness_archive::{Archive, Record};
use earwitness_model::CallId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// All persons, links and voices, and all that they were before.
pub struct PeopleOverTime {
    now: People,
    persons: Vec<Vec<Record>>,
    links: Vec<Vec<Record>>,
    voices: Vec<Vec<Record>>,
    /// When any of them was changed last.
    last: Option<Timestamp>,
}

impl PeopleOverTime {
    /// Reads them.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn load(archive: &Archive) -> Result<Self> {
        let (persons, links, voices) =
            (histories::<Person>(archive)?, histories::<Link>(archive)?, histories::<Group>(archive)?);
        let all = [&persons, &links, &voices].into_iter().flatten().flatten();
        let last = all.map(|record| record.created_at).max();
        Ok(Self { now: People::load(archive)?, persons, links, voices, last })
    }

    /// Who the speakers of a call are held to be, by label.
    pub fn names_now(&self, call: &CallId) -> BTreeMap<String, Named> {
        self.now.names_of(call)
    }

    /// Who the speakers of a call were held to be at a moment, by the labels that they had then. What was removed for
    /// good was never there.
    pub fn names_at(&self, moment: Timestamp, call: &CallId) -> BTreeMap<String, Named> {
        if self.last.is_none_or(|last| last <= moment) {
            return self.now.names_of(call);
        }
        let persons: Vec<Kept<Person>> = standing(&self.persons, moment);
        let mut links: Vec<Kept<Link>> = standing(&self.links, moment);
        links.retain(|link| persons.iter().any(|person| person.id == link.person));
        let voices: Vec<Kept<Group>> = standing(&self.voices, moment);
        let voices = voices.into_iter().map(|voice| (voice.id, voice.is.members)).collect();
        People { persons, links, voices }.names_of(call)
    }
}

fn histories<T: Keepable>(archive: &Archive) -> Result<Vec<Vec<Record>>> {
    let ids = archive.record_ids(T::KIND)?;
    Ok(ids.iter().map(|id| archive.record_history(T::KIND, id)).collect::<earwitness_archive::Result<_>>()?)
}

/// What stood at a moment. What cannot be read any more is left out: it was of another form.
fn standing<T: Keepable>(histories: &[Vec<Record>], moment: Timestamp) -> Vec<Kept<T>> {
    let newest = |history: &Vec<Record>| history.iter().rfind(|record| record.created_at <= moment).cloned();
    let stood = histories.iter().filter_map(newest).filter(|record| !record.is_withdrawn());
    stood.filter_map(|record| Kept::read(record).ok()).collect()
}
