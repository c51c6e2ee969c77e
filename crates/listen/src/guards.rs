//! Guards against invented words.
//!
//! Whisper writes fluent text for noise: credits of subtitles, thanks for watching, one phrase over and over (Koenecke et
//! al. 2024, "Careless Whisper"). A stretch that a guard does not trust keeps its place as a doubtful turn without text;
//! what was heard is kept beside the reason, so that nothing is hidden and nothing is made up.

use earwitness_model::{Doubt, DoubtReason, Word};
use std::collections::HashMap;

/// Credits and channel phrases that Whisper learnt from subtitles; never trusted, whatever their score.
/// Compared as lower-case words without punctuation, ё as е.
const CREDITS: &[&str] = &[
    "субтитры сделал",
    "субтитры создавал",
    "субтитры подготовил",
    "субтитры делал",
    "субтитры добавил",
    "редактор субтитров",
    "корректор а",
    "dimatorzok",
    "амара орг",
    "amara org",
    "продолжение следует",
    "спасибо за просмотр",
    "спасибо за внимание подписывайтесь",
    "подписывайтесь на канал",
    "подпишитесь на канал",
    "ставьте лайки",
    "с вами был игорь негода",
    "дякую за перегляд",
    "дякуємо за перегляд",
    "підписуйтесь на канал",
    "субтитрувальниця",
    "thanks for watching",
    "thank you for watching",
    "please subscribe",
    "subtitles by",
    "transcription by",
    "динамичная музыка",
    "спокойная музыка",
    "тревожная музыка",
    "торжественная музыка",
    "музыкальная заставка",
    "позитивная музыка",
    "лирическая музыка",
    "телефонный звонок",
    "гудок поезда",
    "шум ветра",
    "фоновая музыка",
];

/// Short phrases that are ordinary speech, but that Whisper also writes for noise; doubtful only when weak.
const FILLERS: &[&str] = &[
    "спасибо",
    "пока",
    "угу",
    "ага",
    "да",
    "нет",
    "все",
    "ну",
    "а",
    "и",
    "о",
    "дякую",
    "так",
    "you",
    "thank you",
    "bye",
    "the",
    "okay",
    "музыка",
    "аплодисменты",
    "смех",
    "до свидания",
    "алло",
    "хорошо",
];

/// The thresholds, kept with every revision.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GuardOptions {
    /// Below this mean probability of the words a turn is marked as doubtful, but keeps its text.
    pub unsure: f32,
    /// Below this, with weak evidence of speech, nothing is written.
    pub refuse: f32,
    /// The highest probability of speech in the stretch that counts as weak evidence.
    pub weak_speech: f32,
    /// Letters a second that nobody speaks.
    pub letters_per_second: f64,
}

impl Default for GuardOptions {
    fn default() -> Self {
        Self { unsure: 0.45, refuse: 0.35, weak_speech: 0.4, letters_per_second: 32.0 }
    }
}

/// What a guard says of a stretch.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgement {
    /// The words may stand.
    Trusted,
    /// The words may stand with a mark.
    Marked(Doubt),
    /// Nothing may be written; what was heard is in the doubt.
    Refused(Doubt),
}

/// Judges the words of one stretch; `speech` is the highest probability of speech there and `no_speech` the
/// recogniser's own probability that nobody speaks.
pub fn judge(words: &[Word], speech: f32, no_speech: f32, options: &GuardOptions) -> Judgement {
    let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let plain = plain_words(&text);
    let mean = words.iter().map(|w| w.probability).sum::<f32>() / words.len().max(1) as f32;
    let doubt = |reason, detail: String, refused: bool| Doubt { reason, detail, heard: refused.then(|| text.clone()) };
    if plain.is_empty() {
        return Judgement::Refused(doubt(DoubtReason::NoSpeech, "no words".into(), false));
    }
    let joined = plain.join(" ");
    if let Some(phrase) = CREDITS.iter().find(|c| joined.contains(*c)) {
        let detail = format!("{phrase:?} is a phrase that the model makes up over noise");
        return Judgement::Refused(doubt(DoubtReason::GhostPhrase, detail, true));
    }
    if let Some(times) = looped(&plain) {
        return Judgement::Refused(doubt(DoubtReason::Loop, format!("the same words {times} times in a row"), true));
    }
    if circles(&plain) {
        return Judgement::Refused(doubt(DoubtReason::Loop, "the same words again and again".into(), true));
    }
    let (start, end) = (words.first().map_or(0.0, |w| w.start), words.last().map_or(0.0, |w| w.end));
    let letters = plain.iter().map(|w| w.chars().count()).sum::<usize>();
    let weak = speech < options.weak_speech;
    if letters > 12 && letters as f64 > options.letters_per_second * (end - start).max(0.3) {
        let detail = format!("{letters} letters in {:.1} s", end - start);
        return Judgement::Refused(doubt(DoubtReason::Rate, detail, true));
    }
    let figures =
        format!("mean probability of the words {mean:.2}, of speech {speech:.2}, of no speech {no_speech:.2}");
    if weak && (mean < options.refuse || FILLERS.contains(&joined.as_str()))
        || (no_speech > 0.8 && mean < options.unsure)
    {
        return Judgement::Refused(doubt(DoubtReason::NoSpeech, figures, true));
    }
    if mean < options.unsure {
        return Judgement::Marked(doubt(DoubtReason::LowConfidence, figures, false));
    }
    Judgement::Trusted
}

/// Whether a text holds one of the phrases that are never trusted.
pub fn is_ghost(text: &str) -> bool {
    let joined = plain_words(text).join(" ");
    CREDITS.iter().any(|c| joined.contains(c))
}

/// How often the last or any run of up to eight words stands in a row, if four times or more and covering most words.
pub fn looped(words: &[String]) -> Option<usize> {
    for size in 1..=8usize {
        for start in 0..words.len().saturating_sub(size) {
            let Some(unit) = words.get(start..start + size) else { break };
            let times = words[start..].chunks(size).take_while(|c| *c == unit).count();
            // "да, да, да" is how people speak; five in a row, or three long ones, is how a model fails.
            let many = if size <= 2 { 6 } else { 3 };
            if times >= many && times * size * 2 > words.len() {
                return Some(times);
            }
        }
    }
    None
}

/// Whether a text goes in circles: two fifths of its words or more stand in runs of four that occur three times or more,
/// with or without other words between them. Whisper falls into such circles; nobody speaks so.
pub fn circles(words: &[String]) -> bool {
    const RUN: usize = 4;
    let mut seen: HashMap<&[String], usize> = HashMap::new();
    for run in words.windows(RUN) {
        *seen.entry(run).or_default() += 1;
    }
    let mut covered = vec![false; words.len()];
    for (start, run) in words.windows(RUN).enumerate() {
        if seen.get(run).is_some_and(|n| *n >= 3) {
            covered.iter_mut().skip(start).take(RUN).for_each(|c| *c = true);
        }
    }
    words.len() >= 3 * RUN && covered.iter().filter(|c| **c).count() * 5 >= words.len() * 2
}

/// Lower-case words without punctuation, ё as е.
pub fn plain_words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace('ё', "е")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(String::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, p: f32, seconds: f64) -> Vec<Word> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let step = seconds / parts.len().max(1) as f64;
        let at = |i: usize| i as f64 * step;
        parts
            .iter()
            .enumerate()
            .map(|(i, w)| Word { text: (*w).into(), start: at(i), end: at(i + 1), probability: p })
            .collect()
    }

    fn judged(text: &str, p: f32, speech: f32) -> Judgement {
        judge(&words(text, p, 4.0), speech, 0.1, &GuardOptions::default())
    }

    #[test]
    fn ordinary_speech_stands() {
        assert_eq!(judged("Мам, это я, Артём.", 0.8, 0.9), Judgement::Trusted);
        assert_eq!(judged("Да, да, да, понял.", 0.8, 0.9), Judgement::Trusted);
        assert_eq!(judged("Спасибо.", 0.9, 0.95), Judgement::Trusted);
    }

    #[test]
    fn ghosts_loops_and_rushes_are_refused_with_what_was_heard() {
        for (text, reason) in [
            ("Субтитры сделал DimaTorzok", DoubtReason::GhostPhrase),
            ("Продолжение следует...", DoubtReason::GhostPhrase),
            ("Thanks for watching!", DoubtReason::GhostPhrase),
            ("я не знаю я не знаю я не знаю я не знаю", DoubtReason::Loop),
            ("а а а а а а а", DoubtReason::Loop),
        ] {
            match judged(text, 0.9, 0.9) {
                Judgement::Refused(d) => assert!(d.reason == reason && d.heard.is_some(), "{text} {d:?}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let rushed = judge(
            &words(&"слово ".repeat(9).replace("слово", "раз два три четыре пять шесть"), 0.9, 1.0),
            0.9,
            0.0,
            &GuardOptions::default(),
        );
        assert!(matches!(rushed, Judgement::Refused(_)));
    }

    #[test]
    fn a_circle_with_other_words_in_it_is_seen() {
        // Heard in a call of the corpus: a loop that a few other words interrupt.
        let circle = "Показывали же, что вы уже под самым климатом. Показывали же, что вы уже под самым нет. Показывали же, \
                      что вы уже под самым климатом. Показывали. Русская, я думал, вы на три дня.";
        assert!(circles(&plain_words(circle)));
        let speech =
            "Да, да, да. Я тебе говорю, не ходи туда. Не ходи туда, слышишь? Я тебе говорю, там мины, не ходи.";
        assert!(!circles(&plain_words(speech)));
    }

    #[test]
    fn weak_evidence_refuses_what_strong_evidence_lets_stand() {
        assert!(matches!(judged("Спасибо.", 0.6, 0.2), Judgement::Refused(_)));
        assert!(matches!(judged("Вот так он сказал", 0.3, 0.2), Judgement::Refused(_)));
        assert!(matches!(judged("Вот так он сказал", 0.3, 0.9), Judgement::Marked(_)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged(text in ".{0,200}", p in 0.0f32..1.0, s in 0.0f32..1.0) {
            let _ = judged(&text, p, s);
        }
    }
}
