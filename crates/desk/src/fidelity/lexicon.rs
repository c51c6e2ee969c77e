//! Words that change what a sentence says, in English, Russian and Ukrainian.
//!
//! The lists are closed classes of grammar (negations, conditions, conjunctions that turn back), written down from
//! reference grammars, with the slang of soldiers' calls. Open classes, such as everybody who may act, are covered by
//! their commonest members and by capital letters. A `*` stands for any ending; a blank joins the words of a phrase.

mod english;
mod russian;
mod ukrainian;

use english::ENGLISH;
use russian::RUSSIAN;
use ukrainian::UKRAINIAN;

/// What a word does in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// It says no.
    Negation,
    /// It makes something depend on something.
    Condition,
    /// It turns back what was said before.
    Reversal,
    /// It takes everything back: a joke, a lie.
    Retraction,
    /// It says who acts.
    Actor,
    /// It says how sure the speaker is, or whose word it is.
    Hedge,
    /// It points at something said before.
    Pointer,
    /// It answers.
    Answer,
}

/// The lists of a language (ISO 639-1); all of them where it is not known.
fn lists(language: Option<&str>) -> impl Iterator<Item = &'static (Sense, &'static [&'static str])> {
    let all: &[&'static [(Sense, &[&str])]] = match language {
        Some("en") => &[ENGLISH],
        // People mix the two in one call, and models take one for the other.
        Some("ru" | "uk") => &[RUSSIAN, UKRAINIAN],
        _ => &[ENGLISH, RUSSIAN, UKRAINIAN],
    };
    all.iter().flat_map(|l| l.iter())
}

/// How many words from the beginning of `words` (in lower case, with plain apostrophes and ё as е) have this sense
/// together; 0 where they do not.
pub fn has(sense: Sense, words: &[&str], language: Option<&str>) -> usize {
    let Some(first) = words.first() else { return 0 };
    if sense == Sense::Negation && first.ends_with("n't") {
        return 1;
    }
    let fits = |entry: &&str| {
        let parts: Vec<&str> = entry.split(' ').collect();
        let all = parts.len() <= words.len() && parts.iter().zip(words).all(|(part, word)| one(part, word));
        all.then_some(parts.len())
    };
    let senses = lists(language).filter(|(s, _)| *s == sense);
    senses.flat_map(|(_, entries)| entries.iter()).filter_map(fits).max().unwrap_or(0)
}

fn one(entry: &str, word: &str) -> bool {
    // “they'll”, “he's”: the part before the apostrophe is the word.
    let head = word.split_once('\'').filter(|(h, _)| h.is_ascii()).map_or(word, |(h, _)| h);
    match entry.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => entry == word || entry == head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negations_of_three_languages() {
        for (word, language) in [
            ("not", "en"),
            ("couldn't", "en"),
            ("nobody", "en"),
            ("не", "ru"),
            ("никого", "ru"),
            ("никакими", "ru"),
            ("немає", "uk"),
            ("жодного", "uk"),
            ("ніяких", "uk"),
        ] {
            assert_eq!(has(Sense::Negation, &[word], Some(language)), 1, "{word}");
            assert_eq!(has(Sense::Negation, &[word], None), 1, "{word}");
        }
        for (word, language) in [("note", "en"), ("know", "en"), ("нефть", "ru"), ("нить", "ru"), ("день", "uk")]
        {
            assert_eq!(has(Sense::Negation, &[word], Some(language)), 0, "{word}");
        }
        assert_eq!(has(Sense::Negation, &["вряд", "ли"], Some("ru")), 2);
        assert_eq!(has(Sense::Negation, &["вряд"], Some("ru")), 0);
        assert_eq!(has(Sense::Actor, &["they'll"], Some("en")), 1);
        assert_eq!(has(Sense::Negation, &[], None), 0);
    }
}
