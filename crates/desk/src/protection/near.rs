//! Names that were heard nearly: written by a recogniser with another letter or two, or broken into two words.
//!
//! Only for what a machine heard: in what people wrote this would find too much. Words are compared as sounds, so that what
//! Russian and Ukrainian do not tell apart (unstressed vowels, voiced and unvoiced consonants, doubled and soft letters)
//! is no difference, and by a weighted edit distance (Levenshtein 1966; letters that sound alike cost half).

use super::{Guard, Hit, Kind, fold, names};
use crate::kept::Keepable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What one letter costs that is another, that is missing, or that is too many.
const OTHER: u32 = 2;
/// What a letter costs that sounds much like the one that is meant.
const ALIKE: u32 = 1;
/// So many sounds may cost [`ALIKE`] once.
const SOUNDS: u32 = 3;
/// Names with fewer sounds are too much like other words.
const SHORTEST: usize = 4;
/// Endings of cases, Russian and Ukrainian, in folded letters.
const CASES: [&str; 16] = ["", "а", "у", "е", "и", "ю", "я", "ы", "ом", "ем", "ои", "еи", "ым", "ого", "ому", "ові"];

/// That somebody listened to a clip in which something was heard nearly, and that it is not said there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listened {
    /// The clip, from the folder that is published.
    pub file: String,
    /// How long it is.
    pub milliseconds: u64,
    /// What is not said in it.
    pub term: String,
    /// Why, in the words of the one who listened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Keepable for Listened {
    const KIND: &'static str = "listened";
    const LETTER: &'static str = "h";
}

impl Guard {
    /// Words of a heard text that sound nearly like a protected name, place, address, unit or other word of one word. What
    /// [`Guard::find`] finds is not among them.
    pub fn find_near(&self, heard: &str) -> Vec<Hit> {
        let words = heard_words(heard);
        let exact = self.find(heard);
        let mut hits = Vec::new();
        for (number, rule) in self.rules().iter().enumerate() {
            if matches!(rule.kind, Kind::Phone | Kind::Vehicle | Kind::Voice) {
                continue;
            }
            for term in &rule.terms {
                let forms = forms(term, rule.exact);
                let sounds_so = |sounds: &[char]| forms.iter().any(|form| near(sounds, form));
                let found = places(&words, sounds_so).into_iter().map(|(from, to)| Hit {
                    rule: number,
                    term: term.clone(),
                    from,
                    to,
                    text: heard.chars().skip(from).take(to - from).collect(),
                });
                hits.extend(found.filter(|hit| !exact.iter().any(|e| e.from < hit.to && hit.from < e.to)));
            }
        }
        hits.sort_by_key(|hit| (hit.from, hit.to, hit.rule));
        hits
    }
}

/// A word that was heard, as sounds.
struct Heard {
    sounds: Vec<char>,
    from: usize,
    to: usize,
}

/// The Cyrillic words of a text.
fn heard_words(text: &str) -> Vec<Heard> {
    let chars: Vec<char> = text.chars().collect();
    let inside = |c: &char| c.is_alphabetic() || matches!(c, '\'' | '’' | 'ʼ' | '\u{301}');
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or_default();
        let length = rest.iter().take_while(|c| inside(c)).count();
        if length > 0 {
            let word: String = rest.iter().take(length).collect();
            words.push(Heard { sounds: sounds(&word), from: at, to: at + length });
        }
        at += length.max(1);
    }
    words
}

/// Where one word, or two neighbours together, sound so.
fn places(words: &[Heard], sounds_so: impl Fn(&[char]) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for word in words.iter().filter(|word| sounds_so(&word.sounds)) {
        found.push((word.from, word.to));
    }
    for pair in words.windows(2) {
        let [first, second] = pair else { continue };
        let apart = |(from, to): &(usize, usize)| *to <= first.from || second.to <= *from;
        let joined: Vec<char> = first.sounds.iter().chain(&second.sounds).copied().collect();
        if found.iter().all(apart) && sounds_so(&joined) {
            found.push((first.from, second.to));
        }
    }
    found
}

/// The forms of a term of one word, as sounds; none for a term that is too short or has several words.
fn forms(term: &str, exact: bool) -> BTreeSet<Vec<char>> {
    let folded = fold(term);
    let mut forms = BTreeSet::new();
    if folded.chars().all(|c| c.is_alphabetic() || c == '\'') {
        let latin = folded.chars().any(|c| c.is_ascii_alphabetic());
        let word = if latin { names::to_cyrillic(&folded) } else { folded };
        forms.insert(sounds(&word));
        if !exact {
            let stem = names::stem(&word);
            // Where the name has an ending, a bare stem is another word.
            let cases = CASES.iter().filter(|case| !case.is_empty() || stem == word);
            forms.extend(cases.map(|case| sounds(&format!("{stem}{case}"))));
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// A Cyrillic word as sounds: what is not told apart over a telephone is one letter.
fn sounds(word: &str) -> Vec<char> {
    let mut all: Vec<char> = Vec::new();
    for c in fold(word).chars() {
        let sound = match c {
            'о' | 'а' | 'я' => 'а',
            'е' | 'э' | 'є' | 'и' | 'і' | 'ы' => 'и',
            'у' | 'ю' => 'у',
            'б' | 'п' => 'п',
            'в' | 'ф' => 'ф',
            'г' | 'ґ' | 'к' => 'к',
            'д' | 'т' => 'т',
            'з' | 'с' | 'ц' => 'с',
            'ж' | 'ш' | 'щ' | 'ч' => 'ш',
            c if c.is_alphabetic() && !matches!(c, 'ь' | 'ъ') => c,
            _ => continue,
        };
        if all.last() != Some(&sound) {
            all.push(sound);
        }
    }
    all
}

/// Whether sounds are near enough to those of a form: longer names may differ more.
fn near(heard: &[char], form: &[char]) -> bool {
    let most = u32::try_from(form.len()).unwrap_or(u32::MAX) / SOUNDS * ALIKE;
    let apart = u32::try_from(heard.len().abs_diff(form.len())).unwrap_or(u32::MAX);
    apart.saturating_mul(ALIKE) <= most && distance(heard, form) <= most
}

/// What it costs to make one of the other.
fn distance(a: &[char], b: &[char]) -> u32 {
    let step = |sound: &char| if is_vowel(*sound) { ALIKE } else { OTHER };
    let mut row: Vec<u32> = vec![0];
    row.extend(b.iter().scan(0, |sum, sound| {
        *sum += step(sound);
        Some(*sum)
    }));
    for x in a {
        let mut before = row.first().copied().unwrap_or_default();
        let mut left = before + step(x);
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            left = (before + change(*x, *y)).min(above + step(x)).min(left + step(y));
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

fn is_vowel(sound: char) -> bool {
    matches!(sound, 'а' | 'и' | 'у')
}

/// What it costs that one sound is heard for another.
fn change(x: char, y: char) -> u32 {
    // Stops, hissing sounds, nasals and liquids are mixed up on a telephone line.
    const GROUPS: [&str; 5] = ["аиу", "птк", "сшфхк", "мн", "лрф"];
    match () {
        () if x == y => 0,
        () if GROUPS.iter().any(|group| group.contains(x) && group.contains(y)) => ALIKE,
        () => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rule, StandIn};
    use super::*;
    use proptest::prelude::*;

    fn guard(terms: &[&str]) -> Guard {
        let rule = |term: &&str| Rule {
            kind: Kind::Name,
            terms: vec![(*term).into()],
            stand_in: StandIn::Blank,
            exact: false,
            person: None,
            note: String::new(),
        };
        Guard::new(&terms.iter().map(rule).collect::<Vec<_>>()).unwrap()
    }

    fn near(terms: &[&str], heard: &str) -> Vec<String> {
        guard(terms).find_near(heard).into_iter().map(|hit| hit.text).collect()
    }

    #[test]
    fn misheard_names_are_near() {
        let cases = [
            ("Руслан", "через Рутлан, там же", "Рутлан"),
            ("Руслан", "скажи Руз лану", "Руз лану"),
            ("Ruslan", "Рутлан", "Рутлан"),
            ("Динара", "Тинору позови", "Тинору"),
            ("Артём", "Ортём", "Ортём"),
        ];
        for (term, heard, wanted) in cases {
            assert_eq!(near(&[term], heard), [wanted], "{term}: {heard}");
        }
    }

    #[test]
    fn what_is_found_exactly_and_other_words_are_not_near() {
        assert!(near(&["Руслан"], "Руслана, Русланом").is_empty());
        assert!(near(&["Руслан", "Оля", "Денис"], "где русский план, а только поле и река").is_empty());
        assert!(near(&["Сухая Балка", "847-й полк"], "сухой балкон").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_gives_places_within_it(text in "[а-яёА-ЯЁіїєґ' a-z,.!\u{301}-]{0,80}") {
            for hit in guard(&["Руслан", "Алия", "Денис"]).find_near(&text) {
                prop_assert!(hit.from < hit.to && hit.to <= text.chars().count());
            }
        }

        #[test]
        fn distance_is_the_same_both_ways(a in "[апти]{0,8}", b in "[апти]{0,8}") {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &a), 0);
        }
    }
}
