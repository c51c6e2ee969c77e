//! Names of people, places and organisations in Russian text, found by a small network.
//!
//! The network is natasha's (slovnet NER, trained on news; MIT): quantised word embeddings (navec) and the shape of each
//! word, three convolutions, a linear-chain CRF. It is read from the publishers' own files and gives the same tags as
//! their program. Method: <https://github.com/natasha/slovnet>, <https://github.com/natasha/navec>.
//!
//! It knows cased text. In text without capital letters it finds next to nothing, and of what a recogniser misheard it may
//! make a name: what it finds is a suggestion.

mod network;
mod pack;
mod shape;
mod words;

use network::Network;
use pack::Pack;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Weights that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NamesError {
    /// A part is not there.
    #[error("the weights for names have no {0}")]
    Missing(String),
    /// A part is of another form than this program knows.
    #[error("the weights for names cannot be used: {0}")]
    Odd(String),
}

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A person.
    Person,
    /// A place.
    Place,
    /// An organisation, a military unit among them.
    Organisation,
}

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Name {
    /// What it names.
    pub kind: NameKind,
    /// The first character, from 0.
    pub from: usize,
    /// The character after the last.
    pub to: usize,
    /// As it is written.
    pub text: String,
}

/// The network with its vocabularies.
pub struct Tagger {
    words: HashMap<String, usize>,
    unknown: usize,
    shapes: HashMap<String, usize>,
    tags: Vec<String>,
    network: Network,
}

impl Tagger {
    /// Reads the network from the bytes of `slovnet_ner_news_v1.tar` and of `navec_news_v1_1B_250K_300d_100q.tar`.
    ///
    /// # Errors
    /// [`NamesError`] for anything else than these.
    pub fn read(slovnet: &[u8], navec: &[u8]) -> Result<Self, NamesError> {
        let pack = Pack::read(slovnet)?;
        let numbered = |items: Vec<String>| -> HashMap<String, usize> {
            items.into_iter().enumerate().map(|(number, item)| (item, number)).collect()
        };
        let words = numbered(pack.vocabulary("word")?);
        let unknown = *words.get("<unk>").ok_or_else(|| NamesError::Missing("<unk> in the vocabulary".into()))?;
        let (shapes, tags) = (pack.vocabulary("shape")?, pack.vocabulary("tag")?);
        let network = Network::read(&pack, navec, words.len(), shapes.len(), tags.len())?;
        Ok(Self { words, unknown, shapes: numbered(shapes), tags, network })
    }

    /// Each word of a text (words, numbers and marks, as razdel parts them) with its tag: `O`, `B-PER`, `I-PER`, and so
    /// with `LOC` and `ORG`.
    pub fn tags<'t>(&self, text: &'t str) -> Vec<(&'t str, &str)> {
        let words = words::words(text);
        words.iter().map(|word| word.text).zip(self.tagged(&words)).collect()
    }

    /// The names in a text, in order.
    pub fn names(&self, text: &str) -> Vec<Name> {
        let words = words::words(text);
        let tags = self.tagged(&words);
        let mut names: Vec<(NameKind, usize, usize)> = Vec::new();
        let mut open = false;
        for (word, tag) in words.iter().zip(tags) {
            match (tag.split_once('-'), names.last_mut().filter(|_| open)) {
                (Some(("B", kind)), _) => {
                    names.extend(kind_of(kind).map(|kind| (kind, word.from, word.to)));
                    open = kind_of(kind).is_some();
                }
                (Some(_), Some(last)) => last.2 = word.to,
                _ => open = false,
            }
        }
        let chars: Vec<char> = text.chars().collect();
        let name =
            |(kind, from, to)| Name { kind, from, to, text: chars.get(from..to).unwrap_or_default().iter().collect() };
        names.into_iter().map(name).collect()
    }

    fn tagged(&self, words: &[words::Word<'_>]) -> Vec<&str> {
        let ids: Vec<(usize, usize)> = words
            .iter()
            .map(|word| {
                let id = self.words.get(&word.text.to_lowercase()).copied().unwrap_or(self.unknown);
                (id, self.shapes.get(&shape::shape(word.text)).copied().unwrap_or_default())
            })
            .collect();
        self.network.tags(&ids).into_iter().map(|tag| self.tags.get(tag).map_or("O", String::as_str)).collect()
    }
}

fn kind_of(tag: &str) -> Option<NameKind> {
    match tag {
        "PER" => Some(NameKind::Person),
        "LOC" => Some(NameKind::Place),
        "ORG" => Some(NameKind::Organisation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_are_refused() {
        assert!(matches!(Tagger::read(b"", b""), Err(NamesError::Missing(_))));
        assert!(Tagger::read(&[7; 4096], &[7; 4096]).is_err());
    }
}
