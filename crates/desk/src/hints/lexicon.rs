//! Given names with their short and declined forms, and words of kinship.

use super::tokens::Token;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// How a form is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// `Юля`: names and calls.
    Nominative,
    /// `Юль`, `Миколо`: only calls.
    Vocative,
    /// `Галю`, `Иване`: calls in Ukrainian, and is another case as well.
    Either,
    /// `Юли`: does neither.
    Oblique,
}

/// What is known of one form.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Full names that it may stand for.
    pub names: Vec<String>,
    pub form: Form,
    /// Whether the form is a common word as well.
    pub common: bool,
}

pub(super) struct Lexicon {
    /// By the form in lower case, ё written е.
    names: BTreeMap<String, Known>,
    /// In lower case, ё written where it is.
    common: BTreeSet<&'static str>,
    /// Never a name, ё written е.
    never: BTreeSet<String>,
    relations: BTreeMap<&'static str, &'static str>,
}

/// The one lexicon.
pub(super) fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);
    &LEXICON
}

/// How many full names are listed for one form.
const MOST_NAMES: usize = 4;

impl Lexicon {
    fn read() -> Self {
        let (mut common, mut never) = (BTreeSet::new(), BTreeSet::new());
        for line in lines(include_str!("common.txt")) {
            match line.strip_prefix('!') {
                Some(words) => never.extend(words.split_whitespace().map(plain)),
                None => common.extend(line.split_whitespace()),
            }
        }
        let mut names: BTreeMap<String, Known> = BTreeMap::new();
        for line in lines(include_str!("names.txt")) {
            let (full, short) = line.split_once('|').unwrap_or((line, ""));
            let Some(name) = full.split_whitespace().next() else { continue };
            for base in full.split_whitespace().chain(short.split_whitespace()) {
                let fond = short.split_whitespace().any(|s| s == base);
                for (form, use_) in forms(&base.to_lowercase(), fond) {
                    add(&mut names, &form, use_, name);
                }
            }
        }
        names.retain(|form, _| !never.contains(form));
        let mut relations = BTreeMap::new();
        for line in lines(include_str!("kinship.txt")) {
            if let Some((relation, words)) = line.split_once(':') {
                relations.extend(words.split_whitespace().map(|word| (word, relation)));
            }
        }
        Self { names, common, never, relations }
    }

    /// Whether a word is never taken for a name.
    pub fn is_never(&self, token: &Token) -> bool {
        self.never.contains(&plain(&token.lower))
    }

    /// What is known of a word as a given name.
    pub fn name(&self, token: &Token) -> Option<Known> {
        let known = self.names.get(&plain(&token.lower))?;
        Some(Known { common: self.common.contains(token.lower.as_str()), ..known.clone() })
    }

    /// The relation that a word of address means.
    pub fn relation(&self, word: &str) -> Option<&'static str> {
        self.relations.get(word).copied()
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// As machines often write it.
fn plain(word: &str) -> String {
    word.replace('ё', "е")
}

fn add(names: &mut BTreeMap<String, Known>, form: &str, use_: Form, name: &str) {
    let known = names.entry(plain(form)).or_insert_with(|| Known { names: Vec::new(), form: use_, common: false });
    known.form = match (known.form, use_) {
        (before, now) if before == now => now,
        (Form::Nominative, _) | (_, Form::Nominative) => Form::Nominative,
        _ => Form::Either,
    };
    if known.names.len() < MOST_NAMES && !known.names.iter().any(|n| n == name) {
        known.names.push(name.to_owned());
    }
}

/// All forms of a name in lower case. Diminutives (`юлька`, `юлечка`, `юленька`) are made of short forms only.
fn forms(base: &str, short: bool) -> Vec<(String, Form)> {
    if base.is_ascii() {
        return vec![(base.to_owned(), Form::Nominative), (format!("{base}'s"), Form::Oblique)];
    }
    let mut all = declined(base);
    let stem: String = base.chars().take(base.chars().count().saturating_sub(1)).collect();
    if !short || stem.chars().count() < 2 {
        return all;
    }
    let fond: &[&str] = match base.chars().last() {
        Some('а') if !stem.ends_with('к') => &["ка", "очка", "енька", "уля"],
        Some('я') => &["ька", "ечка", "енька", "юша"],
        _ => &[],
    };
    // The Ukrainian vocative of these sounds like common words (`Только`), and nobody uses it.
    all.extend(fond.iter().flat_map(|end| declined(&format!("{stem}{end}"))).filter(|(form, _)| !form.ends_with('о')));
    all
}

/// A name with its cases, Russian and Ukrainian together, and its vocatives.
fn declined(base: &str) -> Vec<(String, Form)> {
    let stem: String = base.chars().take(base.chars().count().saturating_sub(1)).collect();
    let soft = stem.ends_with('і') || stem.ends_with('и');
    let after_k = stem.ends_with(['к', 'г', 'х', 'ж', 'ч', 'ш', 'щ']);
    let (oblique, vocative): (Vec<&str>, Vec<&str>) = match base.chars().last() {
        Some('а') if after_k => (vec!["и", "е", "і", "у", "ой", "ою", "ей", "ею"], vec!["", "о"]),
        Some('а') => (vec!["ы", "и", "е", "і", "у", "ой", "ою"], vec!["", "о"]),
        Some('я') if soft => (vec!["и", "ї", "ю", "ей", "єю", "е"], vec!["є"]),
        Some('я') => (vec!["и", "і", "е", "ю", "ей", "ею"], vec!["ь", "ю"]),
        Some('й') => (vec!["я", "ю", "ем", "єм", "е", "и", "ї", "єві"], vec!["ю"]),
        Some('ь') => (vec!["я", "ю", "ем", "е", "и", "ем", "еві", "і"], vec!["ю"]),
        Some('о') => (vec!["а", "у", "ом", "ові", "е", "і"], vec!["у", "е"]),
        Some('е' | 'у' | 'и' | 'і' | 'э' | 'ю') | None => return vec![(base.to_owned(), Form::Nominative)],
        Some(_) => {
            let ends = ["а", "у", "ом", "ем", "е", "ы", "и", "ові", "еві", "і"];
            let mut all: Vec<(String, Form)> = ends.iter().map(|e| (format!("{base}{e}"), Form::Oblique)).collect();
            // Виталик, Витёк: Витька; Олег: Олеже.
            if let Some(root) = base.strip_suffix("ёк").or_else(|| base.strip_suffix("ок")) {
                let ends = ["ька", "ьку", "ьком", "ьке", "ка", "ку", "ком", "ке"];
                all.extend(ends.iter().map(|e| (format!("{root}{e}"), Form::Oblique)));
            }
            let called = base.strip_suffix('г').map_or_else(|| format!("{base}е"), |root| format!("{root}же"));
            all.extend([
                (called, Form::Vocative),
                (format!("{base}у"), Form::Vocative),
                (base.to_owned(), Form::Nominative),
            ]);
            return all;
        }
    };
    let mut all = vec![(base.to_owned(), Form::Nominative)];
    all.extend(oblique.iter().map(|end| (format!("{stem}{end}"), Form::Oblique)));
    all.extend(vocative.iter().map(|end| (format!("{stem}{end}"), Form::Vocative)));
    all.retain(|(form, _)| form.chars().count() >= 2);
    all
}
