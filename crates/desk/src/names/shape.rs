//! The shape of a word: its alphabet and its capitals, as slovnet 0.6 names them (MIT).

use regex::Regex;
use std::sync::LazyLock;

/// `RU_Xx`, `EN_XX`, `PUNCT_,`, `NUM`, `OTHER` …
pub(super) fn shape(word: &str) -> String {
    static TYPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let marks = r##"[!#$%&()\[\]\\/*+,.:;<=>?@^_{|}~\-‐−‒⁃–—―`"'«»„“ʼʻ”№…]"##;
        Regex::new(&format!(r"(?i)^(?:([а-яё]+)|([a-z]+)|([+-]?\d+)|({marks}+))")).ok()
    });
    let Some(parts) = TYPE.as_ref().and_then(|kind| kind.captures(word)) else { return "OTHER".into() };
    let has = |group: usize| parts.get(group).is_some();
    let one = word.chars().nth(1).is_none();
    match () {
        () if has(1) => format!("RU_{}", outline(word)),
        () if has(2) => format!("EN_{}", outline(word)),
        () if has(3) => "NUM".into(),
        () if one => format!("PUNCT_{word}"),
        () => "PUNCT_OTHER".into(),
    }
}

fn outline(word: &str) -> &'static str {
    let one = word.chars().nth(1).is_none();
    match () {
        () if one && is_upper(word) => "X",
        () if one => "x",
        () if is_upper(word) => "XX",
        () if is_lower(word) => "xx",
        () if is_title(word) => "Xx",
        () if word.split_once('-').is_some_and(|(left, right)| is_title(left) && is_title(right)) => "Xx-Xx",
        () => "OTHER",
    }
}

/// As Python says it: letters with case are there, and all of them are capitals.
fn is_upper(word: &str) -> bool {
    word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase)
}

fn is_lower(word: &str) -> bool {
    word.chars().any(char::is_lowercase) && !word.chars().any(char::is_uppercase)
}

fn is_title(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && is_lower(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_those_of_slovnet() {
        let cases = [
            ("Я", "RU_X"),
            ("я", "RU_x"),
            ("ПВО", "RU_XX"),
            ("мама", "RU_xx"),
            ("Тёма", "RU_Xx"),
            ("Ростов-Дон", "RU_Xx-Xx"),
            ("СИЗО-6", "RU_XX"),
            ("847-й", "NUM"),
            ("тАк", "RU_OTHER"),
            ("John", "EN_Xx"),
            (",", "PUNCT_,"),
            ("...", "PUNCT_OTHER"),
            ("і", "OTHER"),
            ("місто", "RU_xx"),
        ];
        for (word, wanted) in cases {
            assert_eq!(shape(word), wanted, "{word}");
        }
    }
}
