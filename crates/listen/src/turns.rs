//! From words to turns: a turn ends at a pause, at the end of a region, or where another side of the line cuts in.

use earwitness_model::{Doubt, Turn, Word};

/// How turns are cut. Seconds.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TurnOptions {
    /// A pause that always ends a turn.
    pub pause: f64,
    /// A pause that ends a turn after a full stop, question or exclamation mark.
    pub pause_after_sentence: f64,
}

impl Default for TurnOptions {
    fn default() -> Self {
        Self { pause: 0.8, pause_after_sentence: 0.3 }
    }
}

/// Words of one channel in order, each with the index of its phrase, cut into runs. Where the end of a sentence falls
/// together with the end of a phrase, the speaker has probably ended, even if the aligned words leave no pause.
pub fn cut(words: &[(usize, Word)], options: &TurnOptions) -> Vec<Vec<(usize, Word)>> {
    let mut runs: Vec<Vec<(usize, Word)>> = Vec::new();
    for (phrase, word) in words {
        let joins = runs.last().and_then(|r| r.last()).is_some_and(|(before, last)| {
            let ended = last.text.trim_end_matches(['"', '»', '”']).ends_with(['.', '?', '!', '…']);
            let pause = if ended { options.pause_after_sentence } else { options.pause };
            word.start - last.end < pause && !(ended && phrase != before)
        });
        match runs.last_mut() {
            Some(run) if joins => run.push((*phrase, word.clone())),
            _ => runs.push(vec![(*phrase, word.clone())]),
        }
    }
    runs
}

/// A turn of these words; `None` without words.
pub fn of_words(words: Vec<Word>, channel: u16, speaker: &str, language: &str, doubt: Option<Doubt>) -> Option<Turn> {
    let (start, end) = (words.first()?.start, words.last()?.end);
    let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let confidence = words.iter().map(|w| w.probability).sum::<f32>() / words.len() as f32;
    Some(Turn {
        start,
        end,
        channel,
        speaker: speaker.into(),
        language: Some(language.into()),
        text,
        confidence,
        words,
        doubt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start: f64, end: f64) -> (usize, Word) {
        (0, Word { text: text.into(), start, end, probability: 0.5 })
    }

    #[test]
    fn a_sentence_and_a_breath_end_a_turn_but_a_breath_alone_does_not() {
        let words = [
            word("Ты", 0.0, 0.2),
            word("где?", 0.3, 0.6),
            word("Дома", 1.0, 1.4),
            word("сижу", 1.9, 2.2),
            word("тут.", 4.0, 4.4),
        ];
        let texts: Vec<String> = cut(&words, &TurnOptions::default())
            .into_iter()
            .filter_map(|r| of_words(r.into_iter().map(|(_, w)| w).collect(), 0, "A", "ru", None))
            .map(|t| t.text)
            .collect();
        assert_eq!(texts, ["Ты где?", "Дома сижу", "тут."]);
    }
}
