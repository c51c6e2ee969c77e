//! Words of a call as pages point at them and see them, and what goes wrong with what is noted on them.

use super::view;
use crate::{
    app::App,
    calls::{Entry, Inner},
    code::Code,
    error::{Answer, Problem},
    session::Visitor,
};
use axum::http::StatusCode;
use earwitness_archive::Archive;
use earwitness_desk::passage::{MarksError, Passage, Passages, Place};
use earwitness_model::Author;
use serde_json::{Value, json};
use std::sync::Arc;

/// A passage as pages see it.
///
/// # Errors
/// What the archive gives.
pub fn shown(inner: &Inner, passages: &mut Passages<'_>, passage: &Passage) -> Answer<Value> {
    let seen = passages.look(passage)?;
    let entry = inner.entry(&passage.call);
    let names = view::names(inner, &passage.call);
    let person = seen.speaker.as_ref().and_then(|label| names.get(label));
    let at = |part: fn(&Place) -> Option<usize>| seen.now.as_ref().and_then(part);
    Ok(json!({
        "call": passage.call, "call_name": entry.map(Entry::name), "started_at": entry.and_then(|e| e.meta.started_at),
        "revision": passage.transcript, "turn": at(|p| Some(p.turn)), "last": at(|p| Some(p.last)), "from": at(|p| p.from),
        "to": at(|p| p.to), "start": seen.seconds.map(|s| s.start), "end": seen.seconds.map(|s| s.end),
        "speaker": seen.speaker, "person": person, "words": seen.words, "translation": seen.translation,
        "rests": seen.rests,
    }))
}

/// Changes what is noted in a person's name, and shows it as it stands then.
///
/// # Errors
/// What `act` and `show` give; a page on which nobody said who they are.
pub async fn change<T: Send + 'static>(
    app: &Arc<App>,
    visitor: &Visitor,
    act: impl FnOnce(&Archive, Author) -> Answer<T> + Send + 'static,
    show: impl FnOnce(&Inner, &Archive, T) -> Answer<Value> + Send + 'static,
) -> Answer<Value> {
    let actor = visitor.actor()?;
    let (own, by) = (Arc::clone(app), Author::person(actor.as_str()));
    let done = app.write(actor, move |archive| {
        let changed = act(archive, by)?;
        let inner = own.calls.now(archive)?;
        show(&inner, archive, changed)
    });
    done.await
}

impl From<MarksError> for Problem {
    fn from(error: MarksError) -> Self {
        use MarksError as E;
        use StatusCode as S;
        let what = error.to_string();
        let (status, code, next) = match &error {
            E::NoTranscript(_) => (S::NOT_FOUND, Code::NoTranscript, "listen to it first (Deliveries, Process)"),
            E::NoTurn { .. } | E::Backwards { .. } => (S::NOT_FOUND, Code::NoTurn, "load the call again"),
            E::NoWords | E::NotSaid { .. } => (S::UNPROCESSABLE_ENTITY, Code::NoWords, "select a word at least"),
            E::NotFound { .. } => (S::NOT_FOUND, Code::NotFound, "load the page again"),
            E::Ambiguous { .. } => (S::UNPROCESSABLE_ENTITY, Code::Ambiguous, "give more of the name"),
            E::Retired(_) => (S::CONFLICT, Code::ThemeRetired, "bring the theme back, or choose another"),
            E::InUse { .. } => (S::CONFLICT, Code::ThemeInUse, "retire the theme instead"),
            E::Moved { .. } => {
                (S::CONFLICT, Code::WordsMoved, "look at what is said there now, and put that into the basket")
            }
            E::Order => (S::CONFLICT, Code::BasketOrder, "load the basket again"),
            _ => (S::UNPROCESSABLE_ENTITY, Code::MarkFaults, "correct this; nothing was kept"),
        };
        let problem = Self::new(status, what).code(code).next(next);
        match error {
            E::Archive(error) => error.into(),
            E::NotFound { kind, wanted } => problem.value("kind", kind).value("wanted", wanted),
            E::Ambiguous { wanted, choices } => problem.value("wanted", wanted).value("choices", choices.join(", ")),
            E::Retired(theme) => problem.value("theme", theme),
            E::InUse { theme, passages } => problem.value("theme", theme).value("passages", passages),
            E::Moved { was } => problem.value("was", was),
            _ => problem,
        }
    }
}
