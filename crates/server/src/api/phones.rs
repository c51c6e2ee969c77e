//! Numbers, and the network of people, voices and phones: in pages, and in pictures that a browser can draw, however many
//! calls there are.

mod picture;

use crate::{app::App, error::Answer, input::Asked};
use axum::{
    Json,
    extract::{Path, State},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    network::{self, Network},
    people::{Named, Naming, PeopleError},
    phones::{self, Contact, Labels, PhoneFacts},
    speakers::NOBODY,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The most numbers of one answer, and contacts of each in a list.
const MOST: usize = 1000;
const CONTACTS: usize = 50;
/// Archives with more calls are not drawn with their calls.
const DRAWN: usize = 2000;

/// What is told of a number; its calls and voices are counted.
struct Phone {
    number: String,
    calls: usize,
    made: usize,
    first: Option<Date>,
    last: Option<Date>,
    places: BTreeSet<String>,
    here: usize,
    open: usize,
    contacts: Vec<Contact>,
    people: Vec<Named>,
}

/// Numbers and what joins them, as the archive stands.
struct Known {
    phones: Vec<Phone>,
    network: Network,
    /// Calls and single speakers are left out of the network.
    reduced: bool,
}

impl Phone {
    fn of(phone: PhoneFacts) -> Self {
        let (here, open) = phone.heard();
        Self {
            number: phone.number,
            calls: phone.calls.len(),
            made: phone.made,
            first: phone.first,
            last: phone.last,
            places: phone.places.into_iter().filter_map(|place| place.sector).collect(),
            here,
            open,
            contacts: phone.contacts,
            people: phone.people,
        }
    }

    fn fits(&self, wanted: &str, digits: &str) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(wanted);
        let number: String = self.number.chars().filter(char::is_ascii_digit).collect();
        (!digits.is_empty() && number.contains(digits))
            || holds(&self.number)
            || self.people.iter().any(|named| holds(&named.name))
            || self.places.iter().any(|place| holds(place))
    }

    fn told(&self, contacts: usize) -> Value {
        let people = self.people.iter().map(
            |named| json!({"id": named.person, "name": named.name, "standing": named.standing, "link": named.link}),
        );
        let called: Vec<&Contact> = self.contacts.iter().take(contacts).collect();
        json!({
            "number": self.number, "calls": self.calls, "made": self.made, "first": self.first, "last": self.last,
            "places": self.places, "voices": self.here, "voices_perhaps": self.open, "contacts": called,
            "contacts_total": self.contacts.len(), "people": people.collect::<Vec<_>>(),
        })
    }
}

/// Made again only when the archive has changed.
fn known(app: &App, archive: &Archive) -> Answer<Arc<Known>> {
    app.remembered("phones", archive, || {
        let (people, labels) = (Arc::clone(&app.calls.now(archive)?.people), labels(app, archive)?);
        let calls = labels.len();
        let facts = phones::phones_of(archive, &people, &labels)?;
        let reduced = calls > DRAWN;
        let network = if reduced {
            network::overview(archive, &people, &facts, Naming::Working)?
        } else {
            network::network(archive, Naming::Working)?
        };
        Ok(Known { phones: facts.into_iter().map(Phone::of).collect(), network, reduced })
    })
}

/// Who speaks in each call: from the list in memory; a transcript is read only where the list does not know it, or cannot
/// tell on which of two tracks somebody is mostly heard.
fn labels(app: &App, archive: &Archive) -> Answer<Labels> {
    let inner = app.calls.now(archive)?;
    let (mut all, mut unclear) = (Labels::new(), Vec::new());
    for entry in &inner.entries {
        let mut found: BTreeMap<String, u16> = BTreeMap::new();
        let turns = entry.meta.turns.iter().filter(|turn| turn.speaker != NOBODY);
        let both =
            turns.filter(|turn| found.insert(turn.speaker.clone(), turn.channel).is_some_and(|c| c != turn.channel));
        if both.count() > 0 || entry.known.is_none() {
            unclear.push(entry.meta.call.clone());
        }
        all.insert(entry.meta.call.clone(), found);
    }
    // The list is given free: reading takes longer.
    drop(inner);
    for call in unclear {
        let found = phones::labels_of(archive, &call)?;
        all.insert(call, found);
    }
    Ok(all)
}

/// Which numbers.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    offset: usize,
    #[serde(default = "most")]
    limit: usize,
}

fn most() -> usize {
    MOST
}

/// Numbers, those with the most calls first.
pub async fn list(State(app): State<Arc<App>>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let known = known(&own, archive)?;
        let text = wanted.q.trim().to_lowercase();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let fitting = || known.phones.iter().filter(|phone| text.is_empty() || phone.fits(&text, &digits));
        let page = fitting().skip(wanted.offset).take(wanted.limit.min(MOST));
        let page: Vec<Value> = page.map(|phone| phone.told(CONTACTS)).collect();
        Ok(Json(json!({ "total": fitting().count(), "phones": page })))
    });
    told.await
}

/// One number.
pub async fn show(State(app): State<Arc<App>>, Path(number): Path<String>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let known = known(&own, archive)?;
        let missing = || PeopleError::NotFound { kind: "phone", wanted: number.clone() };
        let phone = known.phones.iter().find(|phone| phone.number == number).ok_or_else(missing)?;
        Ok(Json(json!({ "phone": phone.told(usize::MAX) })))
    });
    told.await
}

/// People, voices, phones, and calls where they can be drawn; and what joins them.
pub async fn network(State(app): State<Arc<App>>, Asked(wanted): Asked<picture::Wanted>) -> Answer<Json<Value>> {
    let own = Arc::clone(&app);
    let told = app.read(move |archive| {
        let known = known(&own, archive)?;
        Ok(Json(picture::picture(&known, &wanted)?))
    });
    told.await
}
