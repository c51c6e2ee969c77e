//! Whether a word exists. A small recogniser that mishears writes letters that are no word; of two hearings the one with
//! real words is more often right.

use std::sync::OnceLock;

/// Weight of a word that its language's dictionary does not know, against 1 for a known one. Not nothing: names, slang
/// and swearing are often in no dictionary.
pub const UNKNOWN: f32 = 0.3;

/// The weight of a word in a vote: [`UNKNOWN`] if the dictionary of its language does not know it, else 1. Only Russian
/// has a dictionary here (rumorph's, from OpenCorpora and Wiktionary); every word of another language weighs 1.
pub fn weight(word: &str, language: &str) -> f32 {
    if language != "ru" {
        return 1.0;
    }
    let Some(dictionary) = russian() else { return 1.0 };
    let known = |part: &str| part.chars().all(|c| c.is_ascii_digit()) || dictionary.is_known(part);
    let lower = word.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty());
    if parts.all(known) { 1.0 } else { UNKNOWN }
}

fn russian() -> Option<&'static rumorph::Dictionary> {
    static DICTIONARY: OnceLock<Option<rumorph::Dictionary>> = OnceLock::new();
    DICTIONARY.get_or_init(|| rumorph::Dictionary::bundled().ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_words_outweigh_misheard_ones() {
        for word in ["Мам,", "стрелять.", "кто-то", "приехал…", "41", "ещё"] {
            assert_eq!(weight(word, "ru"), 1.0, "{word}");
        }
        for word in ["пассакте", "кастили", "вооровство."] {
            assert_eq!(weight(word, "ru"), UNKNOWN, "{word}");
        }
        assert_eq!(weight("погребі", "uk"), 1.0);
    }
}
