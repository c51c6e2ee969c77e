//! How claims stand, and the words for it.

use super::{Basis, Says};
use serde::{Deserialize, Serialize};

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
    /// In a word.
    pub fn short(self) -> &'static str {
        match self {
            Self::Corroborates => "corroborates",
            Self::Contradicts => "contradicts",
            Self::Denies => "denies",
        }
    }
}
