//! Filters: which calls, and which of their turns, a question is about.
//!
//! A filter is a predicate on short texts called facets (`2022-03-11`, `47.1,37.5`, a number, a file name …).
//! A call has its facets ([`CallMeta`]), and the index keeps the same facets as terms; so [`Filters::matches`] and a
//! search of the index apply one and the same function and cannot disagree.

mod calls;
mod date;
mod facets;
mod pattern;
mod phone;
mod place;
mod speakers;

pub use calls::Calls;
pub use date::DateSpan;
pub use facets::{CallMeta, TurnMeta};
pub(crate) use facets::{Facet, call_facets, turn_facets};
pub use pattern::Pattern;
pub use phone::PhonePattern;
pub use place::Near;
pub use speakers::Speakers;

use earwitness_model::{CallId, SpeakerRef};
use std::fmt;

/// Every filter must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filters {
    /// In the order they were written.
    pub items: Vec<Filter>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Written with a leading `-`: what matches is left out.
    pub negated: bool,
    /// The condition.
    pub kind: FilterKind,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterKind {
    /// `from:` the number that called.
    From(PhonePattern),
    /// `to:` the number that was called.
    To(PhonePattern),
    /// `phone:` a number on either side.
    Phone(PhonePattern),
    /// `date:` the day on the wall calendar where the call was made.
    Date(DateSpan),
    /// `lang:` the language of the turn.
    Language(String),
    /// `file:` a delivered file that holds the call.
    File(Pattern),
    /// `sector:` the base station.
    Sector(Pattern),
    /// `near:` distance from a point.
    Near(Near),
    /// `has:translation`: the turn has one.
    HasTranslation,
    /// `has:doubt`: the turn is doubtful.
    HasDoubt,
    /// `speaker:` the label of the speaker within the call.
    Speaker(String),
    /// `person:` who is held to speak; told by [`Filters::resolve`].
    Person(Speakers),
    /// `voice:` a voice that was found in several calls; told by [`Filters::resolve`].
    Voice(Speakers),
    /// `theme:` a theme that lies on some words of the call; told by [`Filters::resolve_themes`].
    Theme(Calls),
    /// `channel:` the track, from 0.
    Channel(u16),
    /// `call:` the beginning of the call's name.
    Call(String),
}

/// The names of all filters, for messages.
pub const NAMES: [&str; 15] = [
    "from", "to", "phone", "date", "lang", "file", "sector", "near", "has", "speaker", "person", "voice", "theme",
    "channel", "call",
];

/// A filter's value that cannot be read.
#[derive(Debug, PartialEq)]
pub(crate) struct BadValue {
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

/// Whether a filter of this name exists.
pub(crate) fn is_name(name: &str) -> bool {
    NAMES.contains(&name) || name == "language"
}

impl FilterKind {
    /// Reads the value of a filter; `None` for a name that no filter has.
    pub(crate) fn read(name: &str, value: &str) -> Option<Result<Self, BadValue>> {
        let bad = |message: String, hint| Err(BadValue { message, hint });
        Some(match name {
            "from" => Ok(Self::From(PhonePattern::new(value))),
            "to" => Ok(Self::To(PhonePattern::new(value))),
            "phone" => Ok(Self::Phone(PhonePattern::new(value))),
            "date" => DateSpan::read(value).map(Self::Date),
            "lang" | "language" => Ok(Self::Language(value.to_lowercase())),
            "file" => Ok(Self::File(Pattern::new(value))),
            "sector" => Ok(Self::Sector(Pattern::new(value))),
            "near" => Near::read(value).map(Self::Near),
            "has" => match value {
                "translation" => Ok(Self::HasTranslation),
                "doubt" => Ok(Self::HasDoubt),
                _ => bad(format!("a turn cannot have {value:?}"), "has:translation or has:doubt"),
            },
            "speaker" => Ok(Self::Speaker(value.to_owned())),
            "person" => Ok(Self::Person(Speakers::new(value))),
            "voice" => Ok(Self::Voice(Speakers::new(value))),
            "theme" => Ok(Self::Theme(Calls::new(value))),
            "channel" => match value.parse() {
                Ok(channel) => Ok(Self::Channel(channel)),
                Err(_) => bad(format!("{value:?} is not the number of a channel"), "channel:0 is the first"),
            },
            "call" => Ok(Self::Call(value.to_lowercase())),
            _ => return None,
        })
    }

    /// The facets it looks at.
    pub(crate) fn facets(&self) -> &'static [Facet] {
        match self {
            Self::From(_) => &[Facet::From],
            Self::To(_) => &[Facet::To],
            Self::Phone(_) => &[Facet::From, Facet::To],
            Self::Date(_) => &[Facet::Day],
            Self::Language(_) => &[Facet::Language],
            Self::File(_) => &[Facet::File],
            Self::Sector(_) => &[Facet::Sector],
            Self::Near(_) => &[Facet::Place],
            Self::HasTranslation | Self::HasDoubt => &[Facet::Has],
            Self::Speaker(_) => &[Facet::Speaker],
            // Call and label together: no facet says it alone.
            Self::Person(_) | Self::Voice(_) => &[],
            Self::Channel(_) => &[Facet::Channel],
            Self::Theme(_) | Self::Call(_) => &[Facet::Call],
        }
    }

    /// Whether a facet's text is one that is asked for.
    pub(crate) fn accepts(&self, facet: &str) -> bool {
        match self {
            Self::From(phone) | Self::To(phone) | Self::Phone(phone) => phone.accepts(facet),
            Self::Date(span) => span.accepts(facet),
            Self::Language(language) => facet == language,
            Self::File(pattern) | Self::Sector(pattern) => pattern.accepts(facet),
            Self::Near(near) => near.accepts(facet),
            Self::HasTranslation => facet == "translation",
            Self::HasDoubt => facet == "doubt",
            Self::Speaker(speaker) => facet.to_lowercase() == speaker.to_lowercase(),
            Self::Person(_) | Self::Voice(_) => false,
            Self::Theme(calls) => calls.accepts(facet),
            Self::Channel(channel) => facet.parse() == Ok(*channel),
            Self::Call(start) => facet.to_lowercase().starts_with(start.as_str()),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::From(_) => "from",
            Self::To(_) => "to",
            Self::Phone(_) => "phone",
            Self::Date(_) => "date",
            Self::Language(_) => "lang",
            Self::File(_) => "file",
            Self::Sector(_) => "sector",
            Self::Near(_) => "near",
            Self::HasTranslation | Self::HasDoubt => "has",
            Self::Speaker(_) => "speaker",
            Self::Person(_) => "person",
            Self::Voice(_) => "voice",
            Self::Theme(_) => "theme",
            Self::Channel(_) => "channel",
            Self::Call(_) => "call",
        }
    }

    fn value(&self) -> String {
        match self {
            Self::From(phone) | Self::To(phone) | Self::Phone(phone) => phone.to_string(),
            Self::Date(span) => span.to_string(),
            Self::File(pattern) | Self::Sector(pattern) => pattern.to_string(),
            Self::Near(near) => near.to_string(),
            Self::HasTranslation => "translation".to_owned(),
            Self::HasDoubt => "doubt".to_owned(),
            Self::Person(speakers) | Self::Voice(speakers) => speakers.to_string(),
            Self::Theme(calls) => calls.to_string(),
            Self::Channel(channel) => channel.to_string(),
            Self::Language(text) | Self::Speaker(text) | Self::Call(text) => text.clone(),
        }
    }

    /// The speakers that are looked for, where that is what is asked.
    pub(crate) fn speakers(&self) -> Option<&Speakers> {
        match self {
            Self::Person(speakers) | Self::Voice(speakers) => Some(speakers),
            _ => None,
        }
    }

    fn is_of_turn(&self) -> bool {
        self.speakers().is_some() || self.facets().iter().all(|facet| facet.is_of_turn())
    }

    fn holds_for_turn(&self, call: &CallId, turn: &TurnMeta, facets: &[(Facet, String)]) -> bool {
        match self.speakers() {
            Some(speakers) => speakers.holds(call, &turn.speaker),
            None => self.holds(facets),
        }
    }

    fn holds(&self, facets: &[(Facet, String)]) -> bool {
        facets.iter().any(|(facet, text)| self.facets().contains(facet) && self.accepts(text))
    }
}

impl Filters {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The languages that are asked for.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter(|f| !f.negated).filter_map(|f| match &f.kind {
            FilterKind::Language(language) => Some(language.as_str()),
            _ => None,
        })
    }

    /// Lets whoever knows people and voices say which speakers `person:` and `voice:` mean: `who` is given the name of
    /// the filter and what was written.
    ///
    /// # Errors
    /// What `who` gives.
    pub fn resolve<E, S>(&mut self, mut who: impl FnMut(&'static str, &str) -> Result<S, E>) -> Result<(), E>
    where
        S: IntoIterator<Item = SpeakerRef>,
    {
        for filter in &mut self.items {
            let name = filter.kind.name();
            if let FilterKind::Person(speakers) | FilterKind::Voice(speakers) = &mut filter.kind {
                let told = who(name, speakers.written())?;
                speakers.tell(told);
            }
        }
        Ok(())
    }

    /// Lets whoever knows the themes say in which calls those that `theme:` names lie: `which` is given what was written.
    ///
    /// # Errors
    /// What `which` gives.
    pub fn resolve_themes<E, C>(&mut self, mut which: impl FnMut(&str) -> Result<C, E>) -> Result<(), E>
    where
        C: IntoIterator<Item = CallId>,
    {
        for filter in &mut self.items {
            if let FilterKind::Theme(calls) = &mut filter.kind {
                let told = which(calls.written())?;
                calls.tell(told);
            }
        }
        Ok(())
    }

    /// Whether a call matches: every filter on the call holds, and, where there are filters on turns (language,
    /// speaker, person, voice, channel, has), one of its turns meets all of those together.
    pub fn matches(&self, call: &CallMeta) -> bool {
        let (of_turn, of_call): (Vec<&Filter>, Vec<&Filter>) = self.items.iter().partition(|f| f.kind.is_of_turn());
        let facets = call_facets(call);
        of_call.iter().all(|f| f.kind.holds(&facets) != f.negated)
            && (of_turn.is_empty()
                || call.turns.iter().any(|turn| {
                    let facets = turn_facets(turn);
                    of_turn.iter().all(|f| f.kind.holds_for_turn(&call.call, turn, &facets) != f.negated)
                }))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.kind.value();
        let minus = if self.negated { "-" } else { "" };
        let plain = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || crate::query::ends_word(c));
        let quote = if plain { "" } else { "\"" };
        write!(f, "{minus}{}:{quote}{value}{quote}", self.kind.name())
    }
}

impl fmt::Display for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, filter) in self.items.iter().enumerate() {
            write!(f, "{}{filter}", if i > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}
