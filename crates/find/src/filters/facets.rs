//! The facets of a call and of a turn.

use crate::document::{CallDocument, TurnDocument};
use earwitness_model::{CallId, CallTime, Phone, Place};

/// What filters look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facet {
    Call,
    From,
    To,
    Day,
    File,
    Sector,
    Place,
    Language,
    Speaker,
    Channel,
    Has,
}

impl Facet {
    pub(crate) const ALL: [Self; 11] = [
        Self::Call,
        Self::From,
        Self::To,
        Self::Day,
        Self::File,
        Self::Sector,
        Self::Place,
        Self::Language,
        Self::Speaker,
        Self::Channel,
        Self::Has,
    ];

    /// The field of the index that holds it.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::From => "from",
            Self::To => "to",
            Self::Day => "day",
            Self::File => "file",
            Self::Sector => "sector",
            Self::Place => "place",
            Self::Language => "language",
            Self::Speaker => "speaker",
            Self::Channel => "channel",
            Self::Has => "has",
        }
    }

    pub(crate) fn is_of_turn(self) -> bool {
        matches!(self, Self::Language | Self::Speaker | Self::Channel | Self::Has)
    }
}

/// What filters need to know of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallMeta {
    /// The call.
    pub call: CallId,
    /// When it began, if known.
    pub started_at: Option<CallTime>,
    /// Who called.
    pub from: Option<Phone>,
    /// Who was called.
    pub to: Option<Phone>,
    /// Names of the delivered files that hold it.
    pub files: Vec<String>,
    /// Where the listened-to phone was.
    pub place: Place,
    /// Its turns; each distinct one is enough.
    pub turns: Vec<TurnMeta>,
}

/// What filters need to know of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnMeta {
    /// ISO 639-1; the language of the call where the turn has none.
    pub language: Option<String>,
    /// `A`, `B` …
    pub speaker: String,
    /// Track, from 0.
    pub channel: u16,
    /// Whether it is translated.
    pub translated: bool,
    /// Whether it is doubtful.
    pub doubtful: bool,
}

impl TurnMeta {
    pub(crate) fn of(call: &CallDocument, turn: &TurnDocument) -> Self {
        Self {
            language: turn.language.clone().or_else(|| call.language.clone()),
            speaker: turn.speaker.clone(),
            channel: turn.channel,
            translated: turn.translation.is_some(),
            doubtful: turn.doubtful,
        }
    }
}

impl From<&CallDocument> for CallMeta {
    fn from(document: &CallDocument) -> Self {
        let mut turns: Vec<TurnMeta> = Vec::new();
        for turn in &document.turns {
            let meta = TurnMeta::of(document, turn);
            if !turns.contains(&meta) {
                turns.push(meta);
            }
        }
        Self {
            call: document.call.clone(),
            started_at: document.started_at,
            from: document.from.clone(),
            to: document.to.clone(),
            files: document.files.clone(),
            place: document.place.clone(),
            turns,
        }
    }
}

/// Facets longer than this cannot be terms of the index.
const LONGEST_FACET: usize = 2000;

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_FACET).collect()
}

/// The facets of a call.
pub(crate) fn call_facets(call: &CallMeta) -> Vec<(Facet, String)> {
    let mut facets = vec![(Facet::Call, cut(call.call.as_str()))];
    let mut add = |facet, text: Option<String>| facets.extend(text.map(|t| (facet, cut(&t))));
    add(Facet::From, call.from.as_ref().map(super::phone::facet));
    add(Facet::To, call.to.as_ref().map(super::phone::facet));
    add(Facet::Day, call.started_at.map(|t| t.local().date().to_string()));
    add(Facet::Sector, call.place.sector.clone());
    add(Facet::Place, super::place::facet(&call.place));
    for file in &call.files {
        add(Facet::File, Some(file.clone()));
    }
    facets
}

/// The facets of a turn.
pub(crate) fn turn_facets(turn: &TurnMeta) -> Vec<(Facet, String)> {
    let mut facets = vec![(Facet::Speaker, cut(&turn.speaker)), (Facet::Channel, turn.channel.to_string())];
    let mut add = |facet, text: Option<String>| facets.extend(text.map(|t| (facet, cut(&t))));
    add(Facet::Language, turn.language.as_ref().map(|l| l.to_lowercase()));
    add(Facet::Has, turn.translated.then(|| "translation".to_owned()));
    add(Facet::Has, turn.doubtful.then(|| "doubt".to_owned()));
    facets
}
