//! Which calls somebody asks for, in which order, and what they have in common.

use super::{Entry, Inner};
use crate::{
    code::Code,
    error::{Answer, Problem},
};
use earwitness_archive::Archive;
use earwitness_desk::{codebook::Theme, kept::Kept, passage::MarksError, people::meant};
use earwitness_find::Filters;
use earwitness_model::CallId;
use serde::Serialize;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashSet},
};

/// Numbers that facets tell.
const PHONES: usize = 20;

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has listened yet.
    Waiting,
    /// It could not be heard.
    Failed,
    /// A machine wrote the transcript that stands.
    Machine,
    /// One person stands behind it.
    Corrected,
    /// Two persons do.
    Reviewed,
}

impl State {
    const ALL: [Self; 5] = [Self::Waiting, Self::Failed, Self::Machine, Self::Corrected, Self::Reviewed];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Machine => "machine",
            Self::Corrected => "corrected",
            Self::Reviewed => "reviewed",
        }
    }
}

/// What somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    text: String,
    filters: Filters,
    /// States that are wanted; all where none is named.
    wanted: BTreeSet<State>,
    unwanted: BTreeSet<State>,
    sort: Sort,
    reverse: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sort {
    #[default]
    Started,
    Duration,
    Name,
    State,
    Doubts,
}

impl Ask {
    /// Reads filters (with `state:` among them) and the order, `started` or `-started` and so on.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(text: &str, sort: &str) -> Answer<Self> {
        let (rest, states) = split_states(text);
        let mut ask = Self { text: text.trim().to_owned(), filters: Filters::parse(&rest)?, ..Self::default() };
        for (negated, word) in states {
            let state = State::ALL.into_iter().find(|state| state.name() == word).ok_or_else(|| {
                let next = "state:machine, corrected, reviewed, waiting or failed";
                let problem = Problem::unclear(format!("no call can be in the state {word:?}"), next);
                problem.code(Code::NoState).value("word", word.as_str())
            })?;
            if negated {
                ask.unwanted.insert(state)
            } else {
                ask.wanted.insert(state)
            };
        }
        let name = sort.trim_start_matches('-');
        ask.reverse = sort.starts_with('-');
        ask.sort = match name {
            "" | "started" => Sort::Started,
            "duration" => Sort::Duration,
            "name" => Sort::Name,
            "state" => Sort::State,
            "doubts" => Sort::Doubts,
            _ => {
                let next = "started, duration, name, state or doubts, with - in front to turn it round";
                let problem = Problem::unclear(format!("calls cannot be sorted by {name:?}"), next);
                return Err(problem.code(Code::NoSort).value("word", name));
            }
        };
        Ok(ask)
    }

    /// The same for the same question.
    pub(super) fn key(&self) -> String {
        format!("{:?}{} {}", self.sort, self.reverse, self.text)
    }

    fn is_empty(&self) -> bool {
        self.filters.is_empty() && self.wanted.is_empty() && self.unwanted.is_empty()
    }
}

/// Takes `state:x` and `-state:x` out of a text, wherever they stand outside of quotation marks.
fn split_states(text: &str) -> (String, Vec<(bool, String)>) {
    let (mut rest, mut states, mut quoted, mut word) = (String::new(), Vec::new(), false, String::new());
    let mut done = |word: &mut String, rest: &mut String| {
        let bare = word.strip_prefix('-').unwrap_or(word);
        match bare.strip_prefix("state:") {
            Some(state) => states.push((bare.len() < word.len(), state.trim_matches('"').to_lowercase())),
            None => {
                rest.push_str(word);
                rest.push(' ');
            }
        }
        word.clear();
    };
    for c in text.chars() {
        quoted ^= c == '"';
        if c.is_whitespace() && !quoted {
            done(&mut word, &mut rest);
        } else {
            word.push(c);
        }
    }
    done(&mut word, &mut rest);
    (rest.trim().to_owned(), states)
}

/// Calls by their places in the list, in order.
pub struct Chosen {
    /// Places in [`Inner::entries`].
    pub places: Vec<u32>,
}

impl Inner {
    /// The calls in which the theme that people mean lies on something.
    ///
    /// # Errors
    /// [`MarksError::NotFound`], [`MarksError::Ambiguous`].
    pub fn with_theme(&self, written: &str) -> Result<BTreeSet<CallId>, MarksError> {
        Ok(self.codebook.calls_with(&self.codebook.find(written)?.id))
    }
}

pub(super) fn choose(inner: &Inner, archive: &Archive, ask: &Ask) -> Answer<Chosen> {
    let mut filters = ask.filters.clone();
    filters.resolve(|name, written| meant(archive, &inner.people, name, written))?;
    filters.resolve_themes(|written| inner.with_theme(written))?;
    let fits = |entry: &Entry| {
        if ask.is_empty() {
            return true;
        }
        let state = inner.state(entry);
        (ask.wanted.is_empty() || ask.wanted.contains(&state))
            && !ask.unwanted.contains(&state)
            && (filters.is_empty() || filters.matches(&entry.meta))
    };
    let all = (0..).zip(&inner.entries).filter(|(_, entry)| fits(entry));
    let mut found: Vec<(u32, &Entry)> = all.collect();
    found.sort_by(|(_, a), (_, b)| order(inner, ask, a, b));
    Ok(Chosen { places: found.into_iter().map(|(at, _)| at).collect() })
}

/// Calls without a time come last, either way round; what is equal stands by time and name.
fn order(inner: &Inner, ask: &Ask, a: &Entry, b: &Entry) -> Ordering {
    let started = |entry: &Entry| entry.meta.started_at.map(|t| t.instant());
    let turned = |order: Ordering| if ask.reverse { order.reverse() } else { order };
    let by_time = |turn: bool| match (started(a), started(b)) {
        (Some(x), Some(y)) if turn => turned(x.cmp(&y)),
        (Some(x), Some(y)) => x.cmp(&y),
        (x, y) => y.is_some().cmp(&x.is_some()),
    };
    let first = match ask.sort {
        Sort::Started => by_time(true),
        Sort::Duration => turned(a.duration.total_cmp(&b.duration)),
        Sort::Name => turned(a.name().cmp(b.name())),
        Sort::State => turned(inner.state(a).cmp(&inner.state(b))),
        Sort::Doubts => turned(a.doubts().cmp(&b.doubts())),
    };
    first.then_with(|| by_time(false)).then_with(|| a.meta.call.cmp(&b.meta.call))
}

/// A value that calls have in common.
#[derive(Debug, PartialEq, Serialize)]
pub struct Count {
    /// What is written into a filter.
    pub value: String,
    /// What people read, where that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// In how many calls.
    pub count: usize,
}

/// What the chosen calls have in common.
#[derive(Debug, Serialize)]
pub struct Facets {
    languages: Vec<Count>,
    themes: Vec<Count>,
    states: Vec<Count>,
    phones: Vec<Count>,
    people: Vec<Count>,
    days: Vec<Count>,
    total: usize,
}

impl Facets {
    /// Of chosen calls.
    pub fn of(inner: &Inner, chosen: &Chosen) -> Self {
        let mut languages: BTreeMap<String, usize> = BTreeMap::new();
        let mut states: BTreeMap<State, usize> = BTreeMap::new();
        let mut phones: BTreeMap<&str, usize> = BTreeMap::new();
        let mut days: BTreeMap<jiff::civil::Date, usize> = BTreeMap::new();
        let entries = || chosen.places.iter().filter_map(|at| inner.entries.get(*at as usize));
        for entry in entries() {
            if let Some(language) = entry.language() {
                *languages.entry(language.to_owned()).or_default() += 1;
            }
            *states.entry(inner.state(entry)).or_default() += 1;
            let ends: BTreeSet<&str> =
                [&entry.meta.from, &entry.meta.to].into_iter().flatten().map(|p| p.label()).collect();
            ends.into_iter().filter(|end| !end.trim().is_empty()).for_each(|end| *phones.entry(end).or_default() += 1);
            if let Some(day) = entry.meta.started_at.map(|t| t.local().date()) {
                *days.entry(day).or_default() += 1;
            }
        }
        let count = |(value, count): (String, usize)| Count { value, label: None, count };
        let mut phones: Vec<Count> = phones.into_iter().map(|(phone, n)| count((phone.to_owned(), n))).collect();
        phones.sort_by_key(|phone| std::cmp::Reverse(phone.count));
        phones.truncate(PHONES);
        let mut languages: Vec<Count> = languages.into_iter().map(count).collect();
        languages.sort_by_key(|language| std::cmp::Reverse(language.count));
        Self {
            languages,
            themes: themes(inner, entries()),
            states: states.into_iter().map(|(state, n)| count((state.name().to_owned(), n))).collect(),
            phones,
            people: people(inner, entries()),
            days: days.into_iter().map(|(day, n)| count((day.to_string(), n))).collect(),
            total: chosen.places.len(),
        }
    }
}

fn themes<'e>(inner: &Inner, entries: impl Iterator<Item = &'e Entry>) -> Vec<Count> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for theme in entries.filter_map(|entry| inner.themes(&entry.meta.call)).flatten() {
        *found.entry(theme).or_default() += 1;
    }
    let counted = inner.codebook.themes.iter().filter_map(|theme| Some((theme, *found.get(theme.id.as_str())?)));
    let count = |(theme, count): (&Kept<Theme>, usize)| Count {
        value: theme.id.clone(),
        label: Some(theme.name.clone()),
        count,
    };
    let mut all: Vec<Count> = counted.map(count).collect();
    all.sort_by_key(|theme| std::cmp::Reverse(theme.count));
    all
}

fn people<'e>(inner: &Inner, entries: impl Iterator<Item = &'e Entry>) -> Vec<Count> {
    let chosen: HashSet<_> = entries.map(|entry| &entry.meta.call).collect();
    let mut all: Vec<Count> = Vec::new();
    for person in &inner.people.persons {
        let calls: BTreeSet<_> = inner.people.speakers_of(&person.id).into_keys().map(|s| s.call).collect();
        let count = calls.iter().filter(|call| chosen.contains(call)).count();
        if count > 0 {
            all.push(Count { value: person.id.clone(), label: Some(person.name.clone()), count });
        }
    }
    all.sort_by_key(|person| std::cmp::Reverse(person.count));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_from_the_other_filters() {
        let (rest, states) = split_states("from:+7 -state:machine file:\"state:x y\" state:Waiting");
        assert_eq!(rest, "from:+7 file:\"state:x y\"");
        assert_eq!(states, [(true, "machine".to_owned()), (false, "waiting".to_owned())]);
        assert!(
            Ask::read("state:lost", "").is_err() && Ask::read("мост", "").is_err() && Ask::read("", "size").is_err()
        );
        assert!(Ask::read("state:failed date:2022-03", "-doubts").is_ok());
    }
}
