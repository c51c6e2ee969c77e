//! The forms in which a word is found.
//!
//! Every word stands in the index under a few *keys*; a word of a query finds every word with which it shares one.
//! Which keys, and why:
//!
//! - Russian words of the dictionary: their lemmas (`людей` and `человек` share `человек`; `еду` has `еда` and
//!   `ехать`, since the sound alone does not tell which), and the Snowball stem where it is long enough to be
//!   particular, which joins what a dictionary keeps apart (`быстро`, `быстрый`). Short stems are left out for
//!   words with a lemma: `мать` and `мат`, `брат` and `брать` share stems, and a search for one must not drown in
//!   the other.
//! - Other Cyrillic words (names, slang, new words, Ukrainian): the Russian and the Ukrainian Snowball stem, and
//!   Ukrainian lemmas from a small table. Letters decide where they can: і, ї, є, ґ are Ukrainian; ы, э, ъ Russian.
//! - Latin words: the English Snowball stem, and the lemma of irregular words from a small table.
//!
//! Keys of the Ukrainian stemmer carry a mark, so that a Russian and a Ukrainian stem that happen to be spelled
//! alike do not meet.

use super::irregular::Irregular;
use frostem::{Algorithm, Stemmer};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// Stems of at least this many letters join words that also have a lemma.
const PARTICULAR_STEM: usize = 5;
/// A reading of a word rarer than this share of its uses is not worth the wrong finds it brings.
const RARE_READING: f64 = 0.02;
/// Most lemmas of one word.
const MOST_LEMMAS: usize = 4;
/// Words whose keys are remembered; speech repeats itself.
const REMEMBERED: usize = 100_000;

/// Finds the dictionary forms of Russian words.
pub trait RussianLemmas: Send + Sync {
    /// The lemmas of a word in lower case with ё as е, the likeliest first; empty for a word it does not know.
    fn lemmas(&self, word: &str) -> Vec<String>;
}

/// The bundled dictionary of rumorph (OpenCorpora and Wiktionary; CC BY-SA 4.0).
struct Bundled(rumorph::Dictionary);

impl RussianLemmas for Bundled {
    fn lemmas(&self, word: &str) -> Vec<String> {
        // The analyzer guesses at words it does not know; a stem errs less than a guessed lemma.
        if !self.0.is_known(word) {
            return Vec::new();
        }
        let mut lemmas: Vec<(String, f64)> = Vec::new();
        for reading in self.0.analyze(word) {
            let lemma = reading.lemma.to_lowercase().replace('ё', "е");
            match lemmas.iter_mut().find(|(known, _)| *known == lemma) {
                Some((_, share)) => *share += reading.prob,
                None => lemmas.push((lemma, reading.prob)),
            }
        }
        lemmas.sort_by(|a, b| b.1.total_cmp(&a.1));
        let best = lemmas.first().map_or(0.0, |l| l.1);
        lemmas.retain(|l| l.1 >= RARE_READING || l.1 >= best);
        lemmas.into_iter().map(|l| l.0).take(MOST_LEMMAS).collect()
    }
}

/// Knows nothing; stems alone then join forms.
struct NoLemmas;

impl RussianLemmas for NoLemmas {
    fn lemmas(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// The keys of one word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Keys that name the word itself: lemmas, or stems where no lemma is known. The likeliest first.
    pub own: Vec<String>,
    /// Keys that also join relatives of the word.
    pub wide: Vec<String>,
}

impl Keys {
    /// All keys.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.own.iter().chain(&self.wide).map(String::as_str)
    }

    /// Whether a word with these keys is found by a word with those.
    pub fn meets(&self, other: &Self) -> bool {
        self.all().any(|key| other.all().any(|theirs| theirs == key))
    }

    fn add_own(&mut self, key: String) {
        if !self.own.contains(&key) {
            self.own.push(key);
        }
    }
}

/// On which side a word stands: searched text names its language, a query does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// A word of a query: every language it may belong to.
    Query,
    /// A word of a text whose language is not Ukrainian.
    Text,
    /// A word of a Ukrainian text.
    UkrainianText,
}

impl Side {
    /// The side of a text in a language (ISO 639-1, where known).
    pub fn of_language(language: Option<&str>) -> Self {
        if language == Some("uk") { Self::UkrainianText } else { Self::Text }
    }
}

type Remembered = HashMap<(Side, String), Arc<Keys>>;

/// Gives words their keys. Cheap to share; holds the dictionary once.
pub struct Analyzer {
    russian: Stemmer,
    ukrainian: Stemmer,
    english: Stemmer,
    lemmas: Box<dyn RussianLemmas>,
    irregular: Irregular,
    remembered: Mutex<Remembered>,
}

impl Default for Analyzer {
    /// With the bundled Russian dictionary, which is read in place from the program (some milliseconds).
    fn default() -> Self {
        match rumorph::Dictionary::bundled() {
            Ok(dictionary) => Self::with_lemmas(Box::new(Bundled(dictionary))),
            Err(error) => {
                tracing::warn!(%error, "the Russian dictionary cannot be read; stems alone will join forms");
                Self::with_lemmas(Box::new(NoLemmas))
            }
        }
    }
}

impl Analyzer {
    /// With another source of Russian lemmas.
    pub fn with_lemmas(lemmas: Box<dyn RussianLemmas>) -> Self {
        Self {
            russian: Stemmer::new(Algorithm::Russian),
            ukrainian: Stemmer::new(Algorithm::Ukrainian),
            english: Stemmer::new(Algorithm::English),
            lemmas,
            irregular: Irregular::new(),
            remembered: Mutex::default(),
        }
    }

    /// The keys of a word as [`super::tokens()`] writes it.
    pub fn keys(&self, word: &str, side: Side) -> Arc<Keys> {
        // A poisoned memory is still a memory: every entry was whole when it was put in.
        let mut remembered = self.remembered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(keys) = remembered.get(&(side, word.to_owned())) {
            return Arc::clone(keys);
        }
        let keys = Arc::new(self.find_keys(word, side));
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert((side, word.to_owned()), Arc::clone(&keys));
        keys
    }

    fn find_keys(&self, word: &str, side: Side) -> Keys {
        let mut keys = Keys::default();
        if word.chars().any(|c| matches!(c, '\u{400}'..='\u{52F}')) {
            let lemmas = self.add_russian(word, &mut keys);
            let ukrainian = side != Side::Text || !lemmas;
            if ukrainian && !word.contains(['ы', 'э', 'ъ']) {
                self.add_ukrainian(word, &mut keys);
            }
        } else {
            for lemma in self.irregular.english(word) {
                keys.add_own(self.english.stem(lemma).into_owned());
            }
            keys.add_own(self.english.stem(word).into_owned());
        }
        keys
    }

    /// Adds lemma and stem; says whether the word has a Russian lemma.
    fn add_russian(&self, word: &str, keys: &mut Keys) -> bool {
        if word.contains(['і', 'ї', 'є', 'ґ']) {
            return false;
        }
        let lemmas = self.lemmas.lemmas(word);
        let known = !lemmas.is_empty();
        for lemma in lemmas {
            keys.add_own(lemma);
        }
        let stem = self.russian.stem(word).into_owned();
        if !known {
            keys.add_own(stem);
        } else if stem.chars().count() >= PARTICULAR_STEM && !keys.own.contains(&stem) {
            keys.wide.push(stem);
        }
        known
    }

    fn add_ukrainian(&self, word: &str, keys: &mut Keys) {
        for lemma in self.irregular.ukrainian(word) {
            keys.add_own(format!("{UKRAINIAN}{lemma}"));
        }
        keys.add_own(format!("{UKRAINIAN}{}", self.ukrainian.stem(word)));
    }
}

/// The mark of Ukrainian keys; no word holds it.
const UKRAINIAN: char = '/';

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(analyzer: &Analyzer, query: &str, text: &str, language: &str) -> bool {
        let query = analyzer.keys(&fold(query), Side::Query);
        query.meets(&analyzer.keys(&fold(text), Side::of_language(Some(language))))
    }

    fn fold(word: &str) -> String {
        super::super::tokens(word).remove(0).text
    }

    #[test]
    fn russian_forms_meet() {
        let analyzer = Analyzer::default();
        for group in [
            &["люди", "людей", "человек", "людьми", "человека"][..],
            &["идти", "шёл", "шла", "иду", "шли"],
            &["ребёнок", "дети", "детей", "ребенка"],
            &["брат", "братья", "братьев", "брату"],
            &["мать", "матери", "матерью"],
            &["год", "лет", "годами"],
            &["береза", "берёзы"],
            &["стреляли", "стрелять", "стреляет"],
            &["быстро", "быстрый"],
            &["дронобойка", "дронобойками", "дронобойку"],
        ] {
            for (a, b) in group.iter().flat_map(|a| group.iter().map(move |b| (a, b))) {
                assert!(meet(&analyzer, a, b, "ru"), "{a} should find {b}");
            }
        }
    }

    #[test]
    fn others_do_not_meet() {
        let analyzer = Analyzer::default();
        for (a, b) in [("мать", "мат"), ("дом", "дым"), ("брат", "брать"), ("стреляли", "стрела"), ("child", "chill")]
        {
            assert!(!meet(&analyzer, a, b, "ru"), "{a} should not find {b}");
        }
    }

    #[test]
    fn ukrainian_and_english_forms_meet() {
        let analyzer = Analyzer::default();
        for (a, b) in [
            ("людина", "людей"),
            ("дитина", "діти"),
            ("йшов", "йти"),
            ("снаряди", "снарядів"),
            ("м'ята", "м’яту"),
            ("солдати", "солдатів"),
            ("хату", "хата"),
            ("дівчина", "дівчину"),
        ] {
            assert!(meet(&analyzer, a, b, "uk"), "{a} should find {b}");
            assert!(meet(&analyzer, b, a, "uk"), "{b} should find {a}");
        }
        for (a, b) in [("go", "went"), ("children", "child"), ("soldiers", "soldier"), ("shot", "shooting")] {
            assert!(meet(&analyzer, a, b, "en") && meet(&analyzer, b, a, "en"), "{a} and {b} should meet");
        }
    }

    #[test]
    fn ukrainian_words_are_found_in_a_turn_taken_for_russian() {
        let analyzer = Analyzer::default();
        assert!(meet(&analyzer, "снаряди", "снарядів", "ru"));
        assert!(meet(&analyzer, "война", "войны", "uk"));
    }

    #[test]
    fn without_a_dictionary_stems_still_join() {
        let analyzer = Analyzer::with_lemmas(Box::new(NoLemmas));
        assert!(meet(&analyzer, "снаряда", "снарядами", "ru"));
        assert!(!meet(&analyzer, "люди", "человек", "ru"));
    }
}
