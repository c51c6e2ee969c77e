//! How claims stand, and the words for it.

use super::{Basis, Says};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What is none of the words that may stand there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not known here")]
pub struct NotAChoice(String);

/// The one of several things that has this name; `_` and `-` are the same.
fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, NotAChoice> {
    let wanted = text.trim().replace('_', "-");
    let found = all.iter().copied().find(|one| name(*one) == wanted);
    found.ok_or_else(|| NotAChoice(text.chars().take(60).collect()))
}

impl FromStr for ClaimStanding {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        named(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Basis {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        named(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Says {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        named(&Self::ALL, Self::name, text)
    }
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStanding {
    /// Nothing bears on it.
    WordAlone,
    /// Evidence supports it, and none speaks against it.
    Corroborated,
    /// Evidence speaks against it, and none supports it.
    Contradicted,
    /// Somebody concerned denies it; no other evidence bears on it.
    Denied,
    /// Evidence supports it, and other evidence speaks against it or somebody denies it.
    Disputed,
}

impl ClaimStanding {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::WordAlone, Self::Corroborated, Self::Contradicted, Self::Denied, Self::Disputed];

    /// By what the evidence says.
    pub fn of(says: &[Says]) -> Self {
        let has = |what| says.contains(&what);
        match (has(Says::Corroborates), has(Says::Contradicts), has(Says::Denies)) {
            (false, false, false) => Self::WordAlone,
            (true, false, false) => Self::Corroborated,
            (true, _, _) => Self::Disputed,
            (false, true, _) => Self::Contradicted,
            (false, false, true) => Self::Denied,
        }
    }

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::WordAlone => "word-alone",
            _ => self.short(),
        }
    }

    /// What it means, for whoever chooses.
    pub fn means(self) -> &'static str {
        match self {
            Self::WordAlone => "Nothing bears on it",
            Self::Corroborated => "Evidence supports it",
            Self::Contradicted => "Evidence speaks against it",
            Self::Denied => "Somebody concerned denies it",
            Self::Disputed => "Some evidence supports it, and some speaks against it",
        }
    }

    /// In a word or two, for the desk.
    pub fn short(self) -> &'static str {
        match self {
            Self::WordAlone => "word alone",
            Self::Corroborated => "corroborated",
            Self::Contradicted => "contradicted",
            Self::Denied => "denied",
            Self::Disputed => "disputed",
        }
    }

    /// For readers, in a page of this language (`en` or `uk`).
    pub fn words(self, language: &str) -> &'static str {
        match (self, language) {
            (Self::WordAlone, "uk") => "Немає жодних доказів цього, крім сказаного в розмові.",
            (Self::Corroborated, "uk") => "Це підтверджують інші докази.",
            (Self::Contradicted, "uk") => "Інші докази свідчать про протилежне.",
            (Self::Denied, "uk") => "Ті, кого це стосується, це заперечують.",
            (Self::Disputed, "uk") => "Одні докази це підтверджують, інші свідчать проти.",
            (Self::WordAlone, _) => "There is no evidence of this beyond what is said in the call.",
            (Self::Corroborated, _) => "Other evidence supports this.",
            (Self::Contradicted, _) => "Other evidence contradicts this.",
            (Self::Denied, _) => "Somebody concerned denies this.",
            (Self::Disputed, _) => "Some evidence supports this, and some speaks against it.",
        }
    }

    /// As [`ClaimStanding::words`], with how the caller knows where that is from others.
    pub fn for_readers(self, basis: Basis, language: &str) -> String {
        match basis {
            Basis::Firsthand => self.words(language).to_string(),
            Basis::Hearsay => format!("{} {}", basis.words(language), self.words(language)),
        }
    }
}

impl Basis {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Firsthand, Self::Hearsay];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Firsthand => "firsthand",
            Self::Hearsay => "hearsay",
        }
    }

    /// What it means, for whoever chooses.
    pub fn means(self) -> &'static str {
        match self {
            Self::Firsthand => "They saw or did it",
            Self::Hearsay => "They were told",
        }
    }

    /// In a word, for the desk.
    pub fn short(self) -> &'static str {
        match self {
            Self::Firsthand => "first hand",
            Self::Hearsay => "hearsay",
        }
    }

    /// For readers, in a page of this language (`en` or `uk`).
    pub fn words(self, language: &str) -> &'static str {
        match (self, language) {
            (Self::Firsthand, "uk") => "Мовець сам це бачив або робив.",
            (Self::Hearsay, "uk") => "Це переказано з чужих слів.",
            (Self::Firsthand, _) => "The speaker saw or did this.",
            (Self::Hearsay, _) => "This is told at second hand.",
        }
    }
}

impl Says {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Corroborates, Self::Contradicts, Self::Denies];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        self.short()
    }

    /// What it means, for whoever chooses.
    pub fn means(self) -> &'static str {
        match self {
            Self::Corroborates => "It supports it",
            Self::Contradicts => "It speaks against it",
            Self::Denies => "Somebody concerned says that it is not so",
        }
    }

    /// In a word.
    pub fn short(self) -> &'static str {
        match self {
            Self::Corroborates => "corroborates",
            Self::Contradicts => "contradicts",
            Self::Denies => "denies",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_and_what_is_kept_too() {
        for standing in ClaimStanding::ALL {
            assert_eq!(standing.name().parse(), Ok(standing));
            let kept = serde_json::to_value(standing).unwrap();
            assert_eq!(kept.as_str().unwrap().parse(), Ok(standing));
        }
        for basis in Basis::ALL {
            assert_eq!((basis.name().parse(), serde_json::json!(basis)), (Ok(basis), basis.name().into()));
        }
        for says in Says::ALL {
            assert_eq!((says.name().parse(), serde_json::json!(says)), (Ok(says), says.name().into()));
        }
        assert_eq!("maybe".parse::<Basis>().unwrap_err().to_string(), "“maybe” is not known here");
    }
}
