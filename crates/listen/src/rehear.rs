//! Putting several hearings of the same sound together, word by word.
//!
//! ROVER (Fiscus 1997, "A post-processing system to yield reduced word error rates"): hearings are aligned into a row of
//! slots, and each slot goes to the word with most weight. A hearing's weight for a word is the recogniser's probability,
//! lowered where the word is in no dictionary ([`crate::lexicon`]); for having no word there it is [`NOTHING`].

use crate::{guards::plain_words, lexicon};
use earwitness_model::Word;

/// The weight of a hearing that has no word where another has one.
pub const NOTHING: f32 = 0.4;

/// One hearing of one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hypothesis {
    /// In order, in the recording's time.
    pub words: Vec<Word>,
    /// ISO 639-1.
    pub language: String,
    /// The recogniser's own probability that nobody speaks.
    pub no_speech: f32,
}

/// What the hearings have at one place: a word or nothing, in the order of the hearings.
type Slot = Vec<Option<Word>>;

/// The words that most hearings of a channel stand for; `language` tells the language where a word lies. The first
/// hearing wins ties; without hearings there are no words. Also how many words differ from the first hearing.
pub fn vote<'a>(hearings: &[Vec<Word>], language: &dyn Fn(&Word) -> &'a str) -> (Vec<Word>, usize) {
    let Some((first, others)) = hearings.split_first() else { return (Vec::new(), 0) };
    let mut slots: Vec<Slot> = first.iter().map(|w| vec![Some(w.clone())]).collect();
    for (n, other) in others.iter().enumerate() {
        slots = join(slots, other, n + 1);
    }
    let mut words: Vec<Word> = Vec::with_capacity(slots.len());
    let mut changed = 0;
    for slot in slots {
        let winner = winner(&slot, language);
        let plain = |w: Option<&Word>| w.map(|w| plain_words(&w.text));
        changed += usize::from(plain(winner.as_ref()) != plain(slot.first().and_then(Option::as_ref)));
        let Some(mut word) = winner else { continue };
        // Two hearings may place neighbouring words a little differently.
        if let Some(last) = words.last() {
            word.start = word.start.max(last.start);
            word.end = word.end.max(word.start);
        }
        words.push(word);
    }
    (words, changed)
}

fn winner<'a>(slot: &Slot, language: &dyn Fn(&Word) -> &'a str) -> Option<Word> {
    let mut sums: Vec<(Vec<String>, f32, Option<&Word>)> = Vec::new();
    for word in slot {
        let key = word.as_ref().map(|w| plain_words(&w.text)).unwrap_or_default();
        let weight = word.as_ref().map_or(NOTHING, |w| w.probability * lexicon::weight(&w.text, language(w)));
        match sums.iter_mut().find(|(k, _, _)| *k == key) {
            Some((_, sum, best)) => {
                *sum += weight;
                if best.map_or(0.0, |b| b.probability) < word.as_ref().map_or(0.0, |w| w.probability) {
                    *best = word.as_ref();
                }
            }
            None => sums.push((key, weight, word.as_ref())),
        }
    }
    // Strictly greater, so that the first hearing wins ties.
    let best = sums.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
    best.and_then(|(_, _, word)| word.cloned())
}

/// Aligns `words` with the slots (Needleman and Wunsch 1970) and puts them in; `before` hearings are in the slots already.
fn join(slots: Vec<Slot>, words: &[Word], before: usize) -> Vec<Slot> {
    let faces: Vec<Option<&Word>> = slots.iter().map(|s| s.iter().flatten().next()).collect();
    let cost = |i: usize, j: usize| -> f64 {
        let (Some(Some(a)), Some(b)) = (faces.get(i), words.get(j)) else { return 2.0 };
        let apart = ((a.start - b.start).abs() * 0.2).min(0.9);
        if plain_words(&a.text) == plain_words(&b.text) { apart } else { 1.0 + apart }
    };
    let (n, m) = (slots.len(), words.len());
    let width = m + 1;
    let mut table = vec![0.0f64; (n + 1) * width];
    for i in 0..=n {
        for j in 0..=m {
            table[i * width + j] = match (i, j) {
                (0, _) => j as f64,
                (_, 0) => i as f64,
                _ => (table[(i - 1) * width + j] + 1.0)
                    .min(table[i * width + j - 1] + 1.0)
                    .min(table[(i - 1) * width + j - 1] + cost(i - 1, j - 1)),
            };
        }
    }
    let mut joined: Vec<Slot> = Vec::with_capacity(n.max(m));
    let (mut i, mut j) = (n, m);
    let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
    while i > 0 || j > 0 {
        let here = table[i * width + j];
        if i > 0 && j > 0 && same(here, table[(i - 1) * width + j - 1] + cost(i - 1, j - 1)) {
            (i, j) = (i - 1, j - 1);
            joined.push([slots[i].clone(), vec![Some(words[j].clone())]].concat());
        } else if i > 0 && same(here, table[(i - 1) * width + j] + 1.0) {
            i -= 1;
            joined.push([slots[i].clone(), vec![None]].concat());
        } else {
            j -= 1;
            joined.push([vec![None; before], vec![Some(words[j].clone())]].concat());
        }
    }
    joined.reverse();
    joined
}

/// Mean weight of words (probability, lowered for words that do not exist), by their letters; 0 without words.
pub fn worth(hypothesis: &Hypothesis) -> f32 {
    let letters = |w: &Word| w.text.chars().count() as f32;
    let total: f32 = hypothesis.words.iter().map(letters).sum();
    let weight = |w: &Word| w.probability * lexicon::weight(&w.text, &hypothesis.language);
    hypothesis.words.iter().map(|w| weight(w) * letters(w)).sum::<f32>() / total.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hearing(text: &str, p: f32) -> Hypothesis {
        let word = |(i, t): (usize, &str)| {
            // `слово!` stands for a word that is heard badly.
            let probability = if t.ends_with('!') { 0.2 } else { p };
            Word { text: t.into(), start: i as f64 * 0.5, end: i as f64 * 0.5 + 0.4, probability }
        };
        let words = text.split_whitespace().enumerate().map(word).collect();
        Hypothesis { words, language: "ru".into(), no_speech: 0.0 }
    }

    fn spoken(hearings: &[Hypothesis]) -> (Vec<Word>, usize) {
        let words: Vec<Vec<Word>> = hearings.iter().map(|h| h.words.clone()).collect();
        vote(&words, &|_| "ru")
    }

    fn text(hearings: &[Hypothesis]) -> String {
        spoken(hearings).0.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_real_word_beats_letters_that_are_none() {
        let heard = [hearing("Сидим в пассакте под городом.", 0.7), hearing("Сидим в посадке под городом.", 0.6)];
        assert_eq!(text(&heard), "Сидим в посадке под городом.");
    }

    #[test]
    fn two_hearings_outvote_one_and_the_first_wins_ties() {
        let (a, b) = (hearing("я приехал домой", 0.8), hearing("я приедем домой", 0.7));
        assert_eq!(text(&[a.clone(), b.clone(), b.clone()]), "я приедем домой");
        let b = hearing("я приедем домой", 0.8);
        assert_eq!(text(&[a, b]), "я приехал домой");
    }

    #[test]
    fn a_word_that_one_hearing_lost_is_kept_if_it_is_sure_of_it() {
        let (whole, lost) = (hearing("ты не виноват", 0.8), hearing("ты виноват", 0.8));
        assert_eq!(text(&[whole.clone(), lost.clone()]), "ты не виноват");
        assert_eq!(text(&[lost, whole]), "ты не виноват");
        assert_eq!(text(&[hearing("ты виноват", 0.8), hearing("ты ну! виноват", 0.8)]), "ты виноват");
        assert_eq!(spoken(&[]), (vec![], 0));
    }

    proptest::proptest! {
        #[test]
        fn equal_hearings_change_nothing_and_times_stay_ordered(
            a in proptest::collection::vec("[а-е]{1,2}", 0..12), b in proptest::collection::vec("[а-е]{1,2}", 0..12)
        ) {
            let (a, b) = (hearing(&a.join(" "), 0.5), hearing(&b.join(" "), 0.6));
            assert_eq!(spoken(&[a.clone(), a.clone()]), (a.words.clone(), 0));
            let (words, _) = spoken(&[a, b.clone(), b]);
            assert!(words.windows(2).all(|w| w[0].start <= w[1].start && w[1].start <= w[1].end));
        }
    }
}
