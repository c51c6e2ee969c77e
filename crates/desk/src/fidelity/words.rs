//! Words and sentences of a text, with their places in characters.

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case, with plain apostrophes and ё as е.
    pub text: String,
    /// The first character.
    pub from: usize,
    /// The character after the last.
    pub to: usize,
    /// Whether it begins with a capital.
    pub capital: bool,
}

/// A sentence: its place, from its first character to behind its last mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    pub from: usize,
    pub to: usize,
    /// Whether it ends with a question mark.
    pub question: bool,
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '‘')
}

/// The words of a text.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let chars: Vec<char> = text.chars().collect();
    let letter = |i: usize| chars.get(i).is_some_and(|c| c.is_alphanumeric());
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !letter(at) {
            at += 1;
            continue;
        }
        let from = at;
        // An apostrophe or hyphen within a word belongs to it; accents and soft hyphens do, too, and are not compared.
        while letter(at)
            || chars.get(at).is_some_and(|c| matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}'))
            || (chars.get(at).is_some_and(|c| apostrophe(*c) || *c == '-') && letter(at + 1))
        {
            at += 1;
        }
        let plain = chars[from..at].iter().filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}'));
        let text: String = plain.map(|&c| if apostrophe(c) { '\'' } else { c }).collect();
        let text = text.to_lowercase().replace('ё', "е");
        words.push(Word { text, from, to: at, capital: chars[from].is_uppercase() });
    }
    words
}

/// The sentences of a text: what ends with `.`, `!`, `?` or `…` before a blank or the end. A line ends one, too.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let chars: Vec<char> = text.chars().collect();
    let mut sentences = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < chars.len() {
        let mark = |c: char| matches!(c, '.' | '!' | '?' | '…');
        let first = at;
        while at < chars.len() && (mark(chars[at]) || (at > first && matches!(chars[at], '"' | '»' | '”' | ')' | '\'')))
        {
            at += 1;
        }
        let ends = at > first && chars.get(at).is_none_or(|c| c.is_whitespace());
        // “I almost… then” goes on: an ellipsis before a small letter ends nothing.
        let goes_on = chars[first..at].contains(&'…')
            && chars[at..].iter().find(|c| !c.is_whitespace()).is_some_and(|c| c.is_lowercase());
        if (ends && !goes_on) || chars.get(at) == Some(&'\n') {
            sentences.push(Sentence { from, to: at, question: chars[from..at].contains(&'?') });
            while chars.get(at).is_some_and(|c| c.is_whitespace()) {
                at += 1;
            }
            from = at;
        } else if at == first {
            at += 1;
        }
    }
    if from < chars.len() {
        sentences.push(Sentence { from, to: chars.len(), question: chars[from..].contains(&'?') });
    }
    sentences
}

/// Whether two texts have the same words; case, punctuation and ё do not matter.
pub fn same_words(one: &str, other: &str) -> bool {
    let texts = |t: &str| words(t).into_iter().map(|w| w.text).collect::<Vec<_>>();
    texts(one) == texts(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_apostrophes() {
        let texts: Vec<String> = words("Don’t — п'ять, Ещё-то 'guys'.").into_iter().map(|w| w.text).collect();
        assert_eq!(texts, ["don't", "п'ять", "еще-то", "guys"]);
    }

    #[test]
    fn sentences_end_where_they_end() {
        let text = "Юль… ты тут? Нет. 3.5 км! «Да.» И всё";
        let parts = sentences(text).into_iter().map(|s| {
            let chars: Vec<char> = text.chars().collect();
            chars[s.from..s.to].iter().collect::<String>()
        });
        assert_eq!(parts.collect::<Vec<_>>(), ["Юль… ты тут?", "Нет.", "3.5 км!", "«Да.»", "И всё"]);
        assert!(sentences("").is_empty());
    }

    #[test]
    fn only_words_are_compared() {
        assert!(same_words("Мы ещё стоим.", "мы... еще СТОИМ"));
        assert!(!same_words("мы стоим", "не мы стоим"));
        assert!(!same_words("мы", ""));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_into_sentences(text in ".{0,80}") {
            let count = text.chars().count();
            let mut last = 0;
            for s in sentences(&text) {
                proptest::prop_assert!(s.from >= last && s.from <= s.to && s.to <= count);
                last = s.to;
            }
            let _ = words(&text);
        }
    }
}
