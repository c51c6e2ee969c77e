//! How texts look in the text form, and when two words are the same.

use earwitness_model::{Doubt, DoubtReason, Turn};

/// What stands in a text where nobody can make out the words.
pub(crate) const UNINTELLIGIBLE: &str = "/unintelligible/";

/// Ways of writing the mark that are understood, lower case.
const MARKS: [&str; 3] = [UNINTELLIGIBLE, "/неразборчиво/", "/нерозбірливо/"];

/// Longest speaker label that the form shows, in characters.
pub(crate) const LABEL: usize = 40;

/// The text on one line: white space and control characters become single spaces, invisible characters go, and
/// `|`, which splits turns, becomes `¦`. Whatever a transcript holds, the form shows it in one line.
pub(crate) fn plain(text: &str) -> String {
    one_line(text).replace('|', "¦")
}

/// As [`plain`], with `|` left in.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|&c| !invisible(c)) {
        if !(c.is_whitespace() || c.is_control()) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Soft hyphens, zero-width characters and the marks that turn the direction of writing, which would let a text
/// look other than it is.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The words of a text as the form shows them.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    plain(text).split(' ').filter(|t| !t.is_empty()).map(str::to_string).collect()
}

/// What of a word can be heard: lower case, ё as е, no punctuation. A word of punctuation only stays as it is.
pub(crate) fn key(word: &str) -> String {
    let letters: String = word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    if letters.is_empty() { word.to_string() } else { letters.replace('ё', "е") }
}

/// Whether a word of the form is the mark for words nobody can make out.
pub(crate) fn is_mark(word: &str) -> bool {
    let bare = word.trim_end_matches(['.', ',', '!', '?', '…', ';', ':']).to_lowercase();
    MARKS.contains(&bare.as_str())
}

/// Number of letters and digits, at least one.
pub(crate) fn weight(word: &str) -> f64 {
    word.chars().filter(|c| c.is_alphanumeric()).count().max(1) as f64
}

/// Milliseconds as the form shows them.
pub(crate) fn ms(seconds: f64) -> u64 {
    if seconds.is_finite() { (seconds.max(0.0) * 1000.0).round() as u64 } else { 0 }
}

/// The label of a speaker as the form shows it. One Cyrillic letter that looks Latin becomes Latin: who types
/// Russian easily writes `В:` for `B:`.
pub(crate) fn label(speaker: &str) -> String {
    let shown: String = plain(speaker)
        .chars()
        .map(|c| if ":：[]()（）|#>".contains(c) { '_' } else { c })
        .take(LABEL)
        .collect::<String>()
        .trim()
        .to_string();
    match shown.as_str() {
        "" => "?".into(),
        "А" => "A".into(),
        "В" => "B".into(),
        "С" => "C".into(),
        "Е" => "E".into(),
        _ => shown,
    }
}

/// The text of a turn as the form shows it.
pub(crate) fn body(turn: &Turn) -> String {
    let text = plain(&turn.text);
    let unintelligible = turn.doubt.as_ref().is_some_and(|d| d.reason == DoubtReason::Unintelligible);
    if text.is_empty() && unintelligible { UNINTELLIGIBLE.into() } else { text }
}

/// A doubt as the form shows it, after `??`.
pub(crate) fn doubt(doubt: &Doubt) -> String {
    let mut text = doubt.reason.words().to_string();
    if !doubt.detail.is_empty() {
        text.push_str(&format!(": {}", doubt.detail));
    }
    if let Some(heard) = &doubt.heard {
        text.push_str(&format!("; heard \"{heard}\""));
    }
    plain(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_one_line() {
        assert_eq!(plain("  a\u{a0}\r\n\tb\u{2028}c|d\u{200b}\u{202e} "), "a b c¦d");
        assert_eq!(label(" В "), "B");
        assert_eq!(label("x: (y)\n"), "x_ _y_");
        assert_eq!(label("\u{feff}"), "?");
    }

    #[test]
    fn words_are_heard_the_same() {
        assert_eq!(key("«Ещё,"), key("еще"));
        assert_ne!(key("—"), key("…"));
        assert!(is_mark("/Неразборчиво/,") && !is_mark("unintelligible"));
    }
}
