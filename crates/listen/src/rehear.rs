//! Hearing again what scored badly, and keeping the better of two hearings, phrase by phrase.
//!
//! Two hearings of the same sound differ in places. They are compared between moments at which neither has a word, by
//! the mean probability of the words weighted by their length; the first stands unless the second is clearly better.

use crate::{engine::Recognised, speech::Region, windows::Packed};
use earwitness_model::{Span, Word};

/// What was heard in one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegionHearing {
    /// In order, in the recording's time.
    pub words: Vec<Word>,
    /// Language of the words, ISO 639-1.
    pub language: String,
    /// The recogniser's own probability that nobody speaks in the window.
    pub no_speech: f32,
}

/// The second hearing must be better by so much (mean probability of the words).
pub const MARGIN: f32 = 0.03;
/// Seconds of the shortest phrase that is compared.
const SHORTEST_PHRASE: f64 = 1.0;

/// Hands the words of a window to its regions.
pub fn place(packed: &Packed, heard: &Recognised, regions: &[Region], out: &mut [RegionHearing]) {
    for word in &heard.words {
        let Some((index, span)) = packed.place(word.start, word.end) else { continue };
        let Some(hearing) = out.get_mut(index) else { continue };
        hearing.words.push(Word {
            text: word.text.clone(),
            start: span.start,
            end: span.end,
            probability: word.probability,
        });
    }
    for index in packed.regions() {
        if let Some(hearing) = out.get_mut(index) {
            hearing.language.clone_from(&heard.language);
            hearing.no_speech = heard.no_speech;
        }
    }
    debug_assert_eq!(regions.len(), out.len());
}

/// Mean probability of words, weighted by their letters; 0 without words.
pub fn worth(words: &[Word]) -> f32 {
    let letters = |w: &Word| w.text.chars().count() as f32;
    let total: f32 = words.iter().map(letters).sum();
    words.iter().map(|w| w.probability * letters(w)).sum::<f32>() / total.max(1.0)
}

/// The better of two hearings of one region, phrase by phrase, and how many phrases came from the second.
pub fn better(first: &[Word], second: &[Word], region: Span) -> (Vec<Word>, usize) {
    let mut words = Vec::new();
    let mut taken = 0;
    for phrase in phrases(first, second, region) {
        let inside = |list: &[Word]| -> Vec<Word> {
            list.iter().filter(|w| w.start >= phrase.start && w.start < phrase.end).cloned().collect()
        };
        let (a, b) = (inside(first), inside(second));
        if worth(&b) > worth(&a) + MARGIN {
            words.extend(b);
            taken += 1;
        } else {
            words.extend(a);
        }
    }
    (words, taken)
}

/// Stretches between moments at which neither hearing is inside a word.
fn phrases(first: &[Word], second: &[Word], region: Span) -> Vec<Span> {
    const SLACK: f64 = 0.08;
    let all = || first.iter().chain(second);
    let mut cuts: Vec<f64> =
        all().map(|w| w.start - 0.04).filter(|t| !all().any(|w| w.start + SLACK < *t && *t < w.end - SLACK)).collect();
    cuts.sort_by(f64::total_cmp);
    let mut bounds = vec![region.start - 1.0];
    for cut in cuts {
        if bounds.last().is_some_and(|last| cut - last >= SHORTEST_PHRASE) {
            bounds.push(cut);
        }
    }
    let end = region.end + 1.0;
    let mut spans: Vec<Span> = bounds.windows(2).map(|b| Span::new(b[0], b[1])).collect();
    spans.push(Span::new(bounds.last().copied().unwrap_or(region.start), end));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(items: &[(&str, f64, f64, f32)]) -> Vec<Word> {
        items.iter().map(|&(t, s, e, p)| Word { text: t.into(), start: s, end: e, probability: p }).collect()
    }

    #[test]
    fn each_phrase_comes_from_the_better_hearing() {
        let first = words(&[
            ("Мам,", 0.0, 0.5, 0.9),
            ("привет.", 0.5, 1.2, 0.9),
            ("каша", 3.0, 3.5, 0.2),
            ("мала", 3.5, 4.0, 0.2),
        ]);
        let second = words(&[
            ("Нам", 0.0, 0.5, 0.3),
            ("привет.", 0.5, 1.2, 0.8),
            ("Как", 3.0, 3.4, 0.8),
            ("мама?", 3.4, 4.0, 0.8),
        ]);
        let (kept, taken) = better(&first, &second, Span::new(0.0, 4.2));
        let text: Vec<&str> = kept.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(text, ["Мам,", "привет.", "Как", "мама?"]);
        assert_eq!(taken, 1);
    }

    #[test]
    fn nothing_is_lost_when_the_second_hearing_is_empty() {
        let first = words(&[("Да.", 0.0, 0.5, 0.1)]);
        assert_eq!(better(&first, &[], Span::new(0.0, 1.0)), (first.clone(), 0));
        assert_eq!(better(&[], &first, Span::new(0.0, 1.0)), (first, 1));
    }

    proptest::proptest! {
        #[test]
        fn two_equal_hearings_give_the_same_words(times in proptest::collection::vec((0.05f64..0.6, 0.0f32..1.0), 0..30)) {
            let mut t = 0.0;
            let list: Vec<Word> = times.iter().map(|(d, p)| {
                t += d;
                Word { text: "слово".into(), start: t - d, end: t, probability: *p }
            }).collect();
            assert_eq!(better(&list, &list, Span::new(0.0, t)).0, list);
        }
    }
}
