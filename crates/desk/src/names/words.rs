//! Words of a text as razdel 0.5 parts them (MIT, <https://github.com/natasha/razdel>): the network was trained on such words.

use regex::Regex;
use std::sync::LazyLock;

/// A word, a number or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub text: &'t str,
    /// The first character, from 0.
    pub from: usize,
    /// The character after the last.
    pub to: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Russian,
    Latin,
    Number,
    Mark,
    Other,
}

/// The smallest pieces; words are made of those that stand close together.
struct Atom<'t> {
    kind: Kind,
    text: &'t str,
    /// Bytes.
    start: usize,
    end: usize,
}

const DASHES: [&str; 5] = ["‑", "–", "—", "−", "-"];
const ENDINGS: [&str; 4] = [".", "?", "!", "…"];

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let atoms = atoms(text);
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (i, atom) in atoms.iter().enumerate() {
        match spans.last_mut() {
            Some((start, end))
                if *end == atom.start && joins(text.get(*start..*end).unwrap_or_default(), &atoms, i) =>
            {
                *end = atom.end;
            }
            _ => spans.push((atom.start, atom.end)),
        }
    }
    let (mut byte, mut character) = (0, 0);
    let mut words = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let from = character + part(byte, start).chars().count();
        let to = from + part(start, end).chars().count();
        words.push(Word { text: part(start, end), from, to });
        (byte, character) = (end, to);
    }
    words
}

fn atoms(text: &str) -> Vec<Atom<'_>> {
    static ATOM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let marks = r#"[\\/!#$%&*+,.:;<=>?@^_`|~№…‑–—−\-«“‘»”’"„'(\[})\]]"#;
        Regex::new(&format!(r"(?i)([а-яё]+)|([a-z]+)|(\d+)|({marks})|(\S)")).ok()
    });
    let kinds = [Kind::Russian, Kind::Latin, Kind::Number, Kind::Mark, Kind::Other];
    let found = ATOM.iter().flat_map(|atom| atom.captures_iter(text));
    found
        .filter_map(|parts| {
            let (kind, part) =
                kinds.iter().enumerate().find_map(|(i, kind)| parts.get(i + 1).map(|part| (*kind, part)))?;
            Some(Atom { kind, text: part.as_str(), start: part.start(), end: part.end() })
        })
        .collect()
}

/// Whether atom `i` belongs to the word `word` that ends right before it.
fn joins(word: &str, atoms: &[Atom<'_>], i: usize) -> bool {
    let before = |n: usize| i.checked_sub(n).and_then(|at| atoms.get(at));
    let (Some(left), Some(right)) = (before(1), atoms.get(i)) else { return false };
    across(left, right, before(2), atoms.get(i + 1))
        || marks(word, left, right)
        || odd(left.kind, right.kind)
        || (left.text.to_lowercase() == "yahoo" && right.text == "!")
}

/// `кто-то`, `snake_case`, `3,14`, `1/2`: a mark between two that belong together.
fn across(left: &Atom<'_>, right: &Atom<'_>, second: Option<&Atom<'_>>, next: Option<&Atom<'_>>) -> bool {
    let rules: [(&[&str], bool); 4] = [(&DASHES, false), (&["_"], false), (&[".", ","], true), (&["/", "\\"], true)];
    rules.iter().any(|(between, numbers)| {
        let sides = match () {
            () if between.contains(&left.text) => second.map(|second| (second, right)),
            () if between.contains(&right.text) => next.map(|next| (left, next)),
            () => None,
        };
        sides.is_some_and(|(a, b)| match numbers {
            true => a.kind == Kind::Number && b.kind == Kind::Number,
            false => a.kind != Kind::Mark && b.kind != Kind::Mark,
        })
    })
}

/// `...`, `?!`, `--`, `:-)`.
fn marks(word: &str, left: &Atom<'_>, right: &Atom<'_>) -> bool {
    static SMILE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[=:;]-?[)(]{1,3}$").ok());
    if left.kind != Kind::Mark || right.kind != Kind::Mark {
        return false;
    }
    SMILE.as_ref().is_some_and(|smile| smile.is_match(&format!("{word}{}", right.text)))
        || (ENDINGS.contains(&left.text) && ENDINGS.contains(&right.text))
        || matches!((left.text, right.text), ("-", "-") | ("*", "*"))
}

/// Letters that neither Russian nor English has belong to the word that they stand in: `міста`.
fn odd(left: Kind, right: Kind) -> bool {
    let letters = |kind| matches!(kind, Kind::Other | Kind::Russian | Kind::Latin);
    (left == Kind::Other && letters(right)) || (letters(left) && right == Kind::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_parted_as_razdel_parts_them() {
        // What razdel 0.5.0 says of these.
        let cases: [(&str, &[&str]); 9] = [
            ("Кто-то, где-нибудь.", &["Кто-то", ",", "где-нибудь", "."]),
            ("Что?! Да...", &["Что", "?!", "Да", "..."]),
            ("3,14 и 1/2, в 10:30", &["3,14", "и", "1/2", ",", "в", "10", ":", "30"]),
            ("«Малой» -- он тут", &["«", "Малой", "»", "--", "он", "тут"]),
            ("Біля міста Гомеля", &["Біля", "міста", "Гомеля"]),
            ("847-й полк, СИЗО-6", &["847-й", "полк", ",", "СИЗО-6"]),
            ("да :) нет ;-)", &["да", ":)", "нет", ";", "-", ")"]),
            ("a_b c.d +7944", &["a_b", "c", ".", "d", "+", "7944"]),
            ("", &[]),
        ];
        for (text, wanted) in cases {
            assert_eq!(words(text).iter().map(|w| w.text).collect::<Vec<_>>(), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_space_is_lost(text in ".{0,120}") {
            let chars: Vec<char> = text.chars().collect();
            let mut at = 0;
            for word in words(&text) {
                prop_assert_eq!(&chars[word.from..word.to].iter().collect::<String>(), word.text);
                prop_assert!(word.from >= at && chars[at..word.from].iter().all(|c| c.is_whitespace()));
                at = word.to;
            }
            prop_assert!(chars[at..].iter().all(|c| c.is_whitespace()));
        }
    }
}
