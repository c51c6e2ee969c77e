//! Words of a text, each with its place: what counts as one word, and how it is written in the index.

use std::ops::Range;
use unicode_normalization::char::decompose_canonical;

/// Letters of one word that are kept; the rest of a longer run of letters (never a word of speech) is dropped, so
/// that a hostile text cannot make terms without end.
const LONGEST_WORD: usize = 64;

/// One word, or a whole of hyphenated words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Lower case, ё as е, without accents and apostrophes.
    pub text: String,
    /// Bytes in the text it was read from; both ends on character boundaries.
    pub range: Range<usize>,
    /// Number of the word in the text, from 0. A whole stands on the position of its first part.
    pub position: usize,
    /// `кое-кто` as one: its parts are tokens of their own.
    pub whole: bool,
}

/// The words of a text in their order.
///
/// Letters and digits make words. Combining accents are dropped (`за́мок` is `замок`), but й, ї and the Ukrainian
/// і, є, ґ stay letters of their own, composed or not; ё becomes е. An apostrophe between letters joins them
/// (`м'ята`, `п’ять`, `don't`). A hyphen between letters or digits gives the parts, each on a position of its own,
/// and the whole on the position of its first part, so that `"кто сказал"` finds `кое-кто сказал`.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chain: Vec<Token> = Vec::new();
    let mut position = 0;
    let mut chars = text.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if !c.is_alphanumeric() {
            // A hyphen joins only words that touch it on both sides.
            let joins = is_hyphen(c) && chain.last().is_some_and(|last| last.range.end == start);
            chars.next();
            let goes_on = joins && chars.peek().is_some_and(|&(_, next)| next.is_alphanumeric());
            if !goes_on {
                close(&mut chain, &mut out);
            }
            continue;
        }
        let token = word(text, start, &mut chars, position);
        if !token.text.is_empty() {
            position += 1;
            chain.push(token);
        }
    }
    close(&mut chain, &mut out);
    out
}

/// Reads one word that starts at `start`, up to the first character that belongs to none.
fn word(
    text: &str,
    start: usize,
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    position: usize,
) -> Token {
    let mut folded = String::new();
    let mut letters = 0;
    let mut end = start;
    while let Some(&(at, c)) = chars.peek() {
        let next_is_letter = || text[at + c.len_utf8()..].chars().next().is_some_and(char::is_alphanumeric);
        let joins = is_silent(c) || (is_apostrophe(c) && next_is_letter());
        if !c.is_alphanumeric() && !joins {
            break;
        }
        chars.next();
        end = at + c.len_utf8();
        if letters < LONGEST_WORD {
            letters += 1;
            fold(c, &mut folded);
        }
    }
    Token { text: folded, range: start..end, position, whole: false }
}

/// Ends a chain of hyphenated words: the whole first, then its parts.
fn close(chain: &mut Vec<Token>, out: &mut Vec<Token>) {
    if let (Some(first), Some(last)) = (chain.first(), chain.last())
        && chain.len() > 1
    {
        let mut whole = Token { whole: true, ..first.clone() };
        whole.range.end = last.range.end;
        whole.text = chain.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join("-");
        if whole.text.chars().count() <= LONGEST_WORD {
            out.push(whole);
        }
    }
    out.append(chain);
}

/// Lower case without accents; й and ї keep theirs, which make them letters of their own.
fn fold(c: char, out: &mut String) {
    match c {
        '\u{306}' if out.ends_with('и') => replace_last(out, 'й'),
        '\u{308}' if out.ends_with('і') => replace_last(out, 'ї'),
        _ if is_silent(c) || is_apostrophe(c) => {}
        _ => {
            for lower in c.to_lowercase() {
                match lower {
                    'й' | 'ї' => out.push(lower),
                    _ => decompose_canonical(lower, |part| {
                        if !is_silent(part) {
                            out.push(part);
                        }
                    }),
                }
            }
        }
    }
}

fn replace_last(out: &mut String, c: char) {
    out.pop();
    out.push(c);
}

/// Written inside a word, but no part of it: combining marks, soft hyphen, joiners.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FE0F}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{B4}' | '\u{2BC}' | '\u{2018}' | '\u{2019}' | '\u{2032}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn folds_case_accents_and_yo_but_keeps_ukrainian_letters() {
        assert_eq!(
            words("Ёлка, за\u{301}мок; ЇЖАК ґанок Єва Ірпінь"),
            ["елка", "замок", "їжак", "ґанок", "єва", "ірпінь"]
        );
        assert_eq!(words("мои\u{306} і\u{308}жак е\u{308}ж"), ["мой", "їжак", "еж"]);
        assert_eq!(words("café cafe\u{301}"), ["cafe", "cafe"]);
    }

    #[test]
    fn apostrophes_join() {
        assert_eq!(words("м'ята п’ять don't 'цитата'"), ["мята", "пять", "dont", "цитата"]);
    }

    #[test]
    fn hyphens_give_parts_and_whole() {
        let found = tokens("ну кое-кто сказал");
        let seen: Vec<_> = found.iter().map(|t| (t.text.as_str(), t.position, t.whole)).collect();
        assert_eq!(
            seen,
            [("ну", 0, false), ("кое-кто", 1, true), ("кое", 1, false), ("кто", 2, false), ("сказал", 3, false)]
        );
        assert_eq!(words("- тире - и-"), ["тире", "и"]);
        assert_eq!(words("БМП-2 25-го"), ["бмп-2", "бмп", "2", "25-го", "25", "го"]);
    }

    #[test]
    fn a_run_of_letters_without_end_is_cut() {
        let long = "а".repeat(10_000);
        let found = tokens(&long);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text.chars().count(), LONGEST_WORD);
        assert_eq!(found[0].range, 0..20_000);
    }

    proptest::proptest! {
        #[test]
        fn ranges_lie_on_character_boundaries(text in "\\PC{0,60}|[а-яіїєґ'’\u{300}\u{301}\u{306}\u{308} -]{0,60}") {
            let found = tokens(&text);
            for token in &found {
                assert!(text.get(token.range.clone()).is_some_and(|s| !s.is_empty()));
                assert!(!token.text.is_empty());
            }
            let positions: Vec<_> = found.iter().filter(|t| !t.whole).map(|t| t.position).collect();
            assert_eq!(positions, (0..positions.len()).collect::<Vec<_>>());
        }
    }
}
