//! What must never leave an archive, and what stands in its place.
//!
//! A [`Rule`] names something by one or more terms. A [`Guard`] made of the rules finds these in any text: names in their
//! Russian and Ukrainian forms and in the usual Latin spellings, numbers however they are punctuated or spelled in
//! words, plates in letters of either alphabet. It errs towards finding too much: a person decides by adding the exact
//! terms that are meant, and readers lose less by a word too many that is hidden than families by one too few.

mod dictated;
mod fold;
mod keep;
mod names;
mod near;
mod numbers;
mod words;

pub use dictated::Uttered;
pub use fold::fold;
pub use keep::{add, remove};
pub use near::Listened;
pub use numbers::looks_like_phone;
pub use words::SpokenHit;

use crate::kept::Keepable;
use fold::Folded;
use regex::Regex;
use serde::{Deserialize, Serialize};

/// The longest term, in characters.
pub const LONGEST_TERM: usize = 200;

/// What kind of thing is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's name or nickname.
    Name,
    /// A telephone number.
    Phone,
    /// A street, a house.
    Address,
    /// A military unit.
    Unit,
    /// A village, a town.
    Place,
    /// The number of a vehicle.
    Vehicle,
    /// A voice, by a speaker of a call (`CALL:LABEL`); no text is searched for it.
    Voice,
    /// Any other words.
    Words,
}

/// What stands in the place of something protected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "with", content = "text", rename_all = "snake_case")]
pub enum StandIn {
    /// A name that may be published.
    Alias(String),
    /// A general word, shown in brackets: `[a village]`.
    Word(String),
    /// A tone in sound, `[bleep]` in text.
    Bleep,
    /// Another voice in sound; nothing changes in text.
    Disguise,
    /// Silence in sound, `[…]` in text.
    Blank,
}

impl StandIn {
    /// What readers see.
    pub fn shown(&self) -> String {
        match self {
            Self::Alias(name) => name.clone(),
            Self::Word(word) => format!("[{word}]"),
            Self::Bleep => "[bleep]".into(),
            Self::Disguise | Self::Blank => "[…]".into(),
        }
    }
}

/// One thing that must not leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What it is.
    pub kind: Kind,
    /// Names, nicknames, spellings: each is searched for in all its forms.
    pub terms: Vec<String>,
    /// What stands in its place.
    pub stand_in: StandIn,
    /// Only the terms as they are written, in any case, and no other form.
    #[serde(default)]
    pub exact: bool,
    /// The person it belongs to, as the archive calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Keepable for Rule {
    const KIND: &'static str = "protection";
    const LETTER: &'static str = "x";
}

/// A rule that cannot be searched for.
#[derive(Debug, thiserror::Error)]
pub enum ProtectionError {
    /// A term of a kind that it cannot be.
    #[error("“{term}” cannot be protected as {kind:?}: {why}")]
    Term {
        /// The term.
        term: String,
        /// The kind.
        kind: Kind,
        /// Why not.
        why: &'static str,
    },
    /// A rule without anything to look for.
    #[error("a rule needs at least one term")]
    Nothing,
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] earwitness_archive::Error),
    /// The forms of a term are too many to be searched for.
    #[error("“{term}” has too many forms to be searched for; give a shorter term")]
    TooMany {
        /// The term.
        term: String,
    },
}

/// Something protected that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The number of the rule, in the order in which the guard was given them.
    pub rule: usize,
    /// The term of the rule.
    pub term: String,
    /// The first character.
    pub from: usize,
    /// The character after the last.
    pub to: usize,
    /// What stands there.
    pub text: String,
}

/// A text in which nothing protected is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Protected {
    /// The text with what stands in the places.
    pub text: String,
    /// What was found, in order.
    pub hits: Vec<Hit>,
}

enum Search {
    /// A pattern of whole words over folded text, and one that also stands inside longer words of addresses and file
    /// names.
    Pattern { whole: Regex, loose: Option<Regex> },
    /// The last digits of a number.
    Digits(String),
}

struct Finder {
    rule: usize,
    term: String,
    search: Search,
}

/// All rules, ready to search.
pub struct Guard {
    rules: Vec<Rule>,
    finders: Vec<Finder>,
}

impl Guard {
    /// A guard of these rules.
    ///
    /// # Errors
    /// [`ProtectionError`] for a rule that cannot be searched for; nothing is then guarded.
    pub fn new(rules: &[Rule]) -> Result<Self, ProtectionError> {
        let mut finders = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            for (term, search) in rule.searches()? {
                finders.push(Finder { rule: number, term, search });
            }
        }
        Ok(Self { rules: rules.to_vec(), finders })
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Everything protected that stands in a text, in order; where two lie on each other, both.
    pub fn find(&self, text: &str) -> Vec<Hit> {
        let folded = Folded::new(text);
        let mut hits = Vec::new();
        for finder in &self.finders {
            let places = match &finder.search {
                Search::Pattern { whole, loose } => {
                    let mut places = folded.whole(whole);
                    let handles = loose.as_ref().map(|p| folded.inside_handles(p)).unwrap_or_default();
                    let apart = |h: &(usize, usize)| !places.iter().any(|p| h.0 < p.1 && p.0 < h.1);
                    places.extend(handles.into_iter().filter(apart).collect::<Vec<_>>());
                    places
                }
                Search::Digits(digits) => numbers::places(&folded, digits),
            };
            hits.extend(places.into_iter().map(|(from, to)| Hit {
                rule: finder.rule,
                term: finder.term.clone(),
                from,
                to,
                text: folded.original(from, to),
            }));
        }
        in_order(&mut hits);
        hits
    }

    /// The text with something else in the place of everything protected.
    pub fn apply(&self, text: &str) -> Protected {
        let alone = [Uttered { by: "", text }];
        self.apply_turns(&alone).pop().unwrap_or_else(|| self.replaced(text, self.find(text)))
    }

    /// The turns of one call, each with something else in the place of everything protected, numbers that are dictated
    /// over several of them, too.
    pub fn apply_turns(&self, turns: &[Uttered<'_>]) -> Vec<Protected> {
        let hits = self.find_turns(turns);
        turns.iter().zip(hits).map(|(turn, hits)| self.replaced(turn.text, hits)).collect()
    }

    fn replaced(&self, text: &str, found: Vec<Hit>) -> Protected {
        let chars: Vec<char> = text.chars().collect();
        let mut hits: Vec<Hit> = Vec::new();
        for hit in found {
            if hits.last().is_none_or(|last| hit.from >= last.to) {
                hits.push(hit);
            } else if let Some(last) = hits.last_mut().filter(|last| hit.to > last.to) {
                // Nothing of either may be left: what stands in for the first stands in for both.
                last.to = hit.to;
                last.text = chars.get(last.from..last.to).unwrap_or_default().iter().collect();
            }
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for hit in &hits {
            out.extend(chars.get(at..hit.from).unwrap_or_default());
            out.push_str(&self.rules.get(hit.rule).map_or_else(|| "[…]".into(), |r| r.stand_in.shown()));
            at = hit.to;
        }
        out.extend(chars.get(at..).unwrap_or_default());
        Protected { text: out, hits }
    }
}

fn in_order(hits: &mut [Hit]) {
    hits.sort_by_key(|h| (h.from, std::cmp::Reverse(h.to), h.rule));
}

impl Rule {
    /// Whether a guard can search for it.
    ///
    /// # Errors
    /// [`ProtectionError`].
    pub fn check(&self) -> Result<(), ProtectionError> {
        self.searches().map(|_| ())
    }

    fn searches(&self) -> Result<Vec<(String, Search)>, ProtectionError> {
        if self.terms.iter().all(|t| t.trim().is_empty()) {
            return Err(ProtectionError::Nothing);
        }
        let mut searches = Vec::new();
        for term in self.terms.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
            let wrong = |why| ProtectionError::Term { term: term.to_string(), kind: self.kind, why };
            if term.chars().count() > LONGEST_TERM {
                return Err(wrong("it is too long"));
            }
            match self.kind {
                Kind::Voice => {}
                Kind::Phone => {
                    let digits = numbers::key(term).ok_or_else(|| wrong("a telephone number has 7 digits or more"))?;
                    searches.push((term.to_string(), Search::Digits(digits)));
                }
                _ => {
                    let letters = term.chars().filter(|c| c.is_alphanumeric()).count();
                    if letters < 2 {
                        return Err(wrong("it has less than two letters"));
                    }
                    let source = match (self.kind, self.exact) {
                        (Kind::Vehicle, _) => names::plate(term),
                        (_, true) => names::exact(term),
                        _ => names::forms(term),
                    };
                    let build = |source: &str| regex::RegexBuilder::new(source).size_limit(4 << 20).build();
                    let too_many = |_| ProtectionError::TooMany { term: term.to_string() };
                    let whole = build(&format!(r"(?:^|\P{{L}})({source})(?:\P{{L}}|$)")).map_err(too_many)?;
                    let loose = (letters >= 5).then(|| build(&source)).transpose().map_err(too_many)?;
                    searches.push((term.to_string(), Search::Pattern { whole, loose }));
                }
            }
        }
        Ok(searches)
    }
}

#[cfg(test)]
mod tests;
