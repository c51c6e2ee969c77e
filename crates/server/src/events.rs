//! What changes is told to every open page: server-sent events, and who has which call open.

use crate::{app::App, session::Visitor};
use axum::{
    Extension,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use earwitness_model::Digest;
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::broadcast;
use tokio_stream::{Stream, StreamExt, wrappers::BroadcastStream};

/// Events that a slow page may lag behind before it is told to load everything again.
const BACKLOG: usize = 1024;
/// A page that was not heard of for so long has gone.
const GONE: Duration = Duration::from_secs(30);

/// Something to be told.
#[derive(Clone, Debug)]
pub enum News {
    /// An event with its name and body.
    Told(&'static str, Arc<Value>),
    /// The server ends.
    End,
}

/// Who has a call open: by session and tab.
type Tabs = BTreeMap<(Digest, String), Present>;

/// Who is told, and who is where.
pub struct Events {
    news: broadcast::Sender<News>,
    here: Mutex<BTreeMap<String, Tabs>>,
}

struct Present {
    person: String,
    seen: Instant,
}

impl Default for Events {
    fn default() -> Self {
        Self { news: broadcast::channel(BACKLOG).0, here: Mutex::default() }
    }
}

impl Events {
    /// Tells all pages.
    pub fn tell(&self, name: &'static str, body: &impl Serialize) {
        let body = serde_json::to_value(body).unwrap_or_default();
        // Nobody listening is no fault.
        let _ = self.news.send(News::Told(name, Arc::new(body)));
    }

    /// A call has a new revision.
    pub fn call(&self, call: &str, revision: Option<&str>, by: &str, tab: Option<&str>) {
        self.tell("call", &json!({"call": call, "revision": revision, "by": by, "tab": tab}));
    }

    /// Something else in the archive changed.
    pub fn archive(&self, what: &str) {
        self.tell("archive", &json!({"what": what}));
    }

    /// What is noted on a call changed.
    pub fn marks(&self, what: &str, call: Option<&str>) {
        match call {
            Some(call) => self.tell("archive", &json!({"what": what, "call": call})),
            None => self.archive(what),
        }
    }

    /// Whether any page listens.
    pub fn heard(&self) -> bool {
        self.news.receiver_count() > 0
    }

    /// Ends all streams.
    pub fn end(&self) {
        let _ = self.news.send(News::End);
    }

    /// A page has a call open. Gives who else has.
    pub fn present(&self, call: &str, session: Digest, tab: &str, person: &str) -> Vec<String> {
        let key = (session, tab.to_owned());
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let tabs = here.entry(call.to_owned()).or_default();
        let before = names(tabs);
        tabs.insert(key.clone(), Present { person: person.to_owned(), seen: Instant::now() });
        let (now, others) = (names(tabs), tabs.iter().filter(|(tab, _)| **tab != key));
        let others: BTreeSet<String> = others.map(|(_, present)| present.person.clone()).collect();
        drop(here);
        if before != now {
            self.tell("presence", &json!({"call": call, "people": now}));
        }
        others.into_iter().collect()
    }

    /// Forgets pages that were not heard of.
    pub fn sweep(&self) {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (call, tabs) in here.iter_mut() {
            let before = names(tabs);
            tabs.retain(|_, present| present.seen.elapsed() < GONE);
            let now = names(tabs);
            if before != now {
                changed.push(json!({"call": call, "people": now}));
            }
        }
        here.retain(|_, tabs| !tabs.is_empty());
        drop(here);
        changed.iter().for_each(|body| self.tell("presence", body));
    }
}

fn names(tabs: &Tabs) -> BTreeSet<String> {
    tabs.values().map(|present| present.person.clone()).collect()
}

/// The stream of one page.
pub async fn stream(
    State(app): State<Arc<App>>,
    _visitor: Extension<Visitor>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = BroadcastStream::new(app.events.news.subscribe());
    let told = news.map(|news| match news {
        Ok(News::Told(name, body)) => Some(event(name, &body)),
        Ok(News::End) => None,
        Err(_) => Some(event("archive", &json!({"what": "all"}))),
    });
    let stream = told.take_while(Option::is_some).filter_map(|event| event).map(Ok);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

fn event(name: &str, body: &Value) -> Event {
    Event::default().event(name).data(body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_else_is_there_is_told() {
        let events = Events::default();
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let mut news = events.news.subscribe();
        assert!(events.present("c1", one, "x", "Oksana").is_empty());
        assert_eq!(events.present("c1", two, "x", "Taras"), ["Oksana"]);
        assert_eq!(events.present("c1", one, "x", "Oksana"), ["Taras"]);
        assert_eq!(events.present("c1", one, "y", "Oksana"), ["Oksana", "Taras"], "another tab of one's own counts");
        assert!(events.present("c2", two, "z", "Taras").is_empty());
        let mut told = 0;
        while let Ok(News::Told(name, _)) = news.try_recv() {
            assert_eq!(name, "presence");
            told += 1;
        }
        assert_eq!(told, 3, "only changes are told");
    }
}
