//! Times for words that have none, between the words that kept theirs.

use super::words::weight;
use earwitness_model::{Span, Turn, Word};

/// Seconds that a letter takes at least; quick Russian speech has some 15 to 20 letters a second.
const LETTER: f64 = 0.04;

/// The words of a turn with their times. Where a turn has a text and no words, its text is laid over its time.
pub(crate) fn words_of(turn: &Turn) -> Vec<Word> {
    if !turn.words.is_empty() {
        return turn.words.clone();
    }
    let slots = super::words::tokens(&turn.text)
        .into_iter()
        .map(|text| Slot { text, probability: turn.confidence, time: None })
        .collect();
    fit(slots, turn.span())
}

/// A word that is to be given a time within a turn.
pub(crate) struct Slot {
    /// The word.
    pub text: String,
    /// 0 to 1.
    pub probability: f32,
    /// The time that it kept, where it did.
    pub time: Option<Span>,
}

/// Words with times that rise and lie within `turn`. Runs of words without a time share the gap between their
/// neighbours in proportion to their letters; a gap too short for them takes from the neighbours up to a half.
pub(crate) fn fit(slots: Vec<Slot>, turn: Span) -> Vec<Word> {
    let mut times = kept(&slots, turn);
    let mut at = 0;
    while at < slots.len() {
        if times[at].is_some() {
            at += 1;
            continue;
        }
        let end = (at..slots.len()).find(|&i| times[i].is_some()).unwrap_or(slots.len());
        let gap = widen(&mut times, &slots[at..end], at, end, turn);
        let total: f64 = slots[at..end].iter().map(|s| weight(&s.text)).sum();
        let mut from = gap.start;
        for i in at..end {
            let to = (from + gap.length() * weight(&slots[i].text) / total).min(gap.end);
            times[i] = Some(Span::new(from, to));
            from = to;
        }
        at = end;
    }
    slots
        .into_iter()
        .zip(times.into_iter().flatten())
        .map(|(s, t)| Word { text: s.text, start: t.start, end: t.end, probability: s.probability })
        .collect()
}

/// The kept times, cut to the turn and to one another; one that lies outside or behind is given up.
fn kept(slots: &[Slot], turn: Span) -> Vec<Option<Span>> {
    let mut from = turn.start;
    slots
        .iter()
        .map(|slot| {
            let time = slot.time?;
            let cut = Span { start: time.start.max(from), end: time.end.min(turn.end) };
            let sound = cut.start.is_finite() && cut.end.is_finite() && cut.start <= cut.end;
            if !sound || (cut.length() <= 0.0 && time.length() > 0.0) {
                return None;
            }
            from = cut.end;
            Some(cut)
        })
        .collect()
}

/// The gap for the words `at..end`, after its neighbours gave what is wanting.
fn widen(times: &mut [Option<Span>], slots: &[Slot], at: usize, end: usize, turn: Span) -> Span {
    let before = at.checked_sub(1).and_then(|i| times[i]);
    let after = times.get(end).copied().flatten();
    let mut gap = Span::new(before.map_or(turn.start, |b| b.end), after.map_or(turn.end, |a| a.start));
    let need: f64 = slots.iter().map(|s| weight(&s.text) * LETTER).sum();
    let wanting = (need - gap.length()).max(0.0);
    let share = |word: Option<Span>, ask: f64| word.map_or(0.0, |w| (w.length() / 2.0).min(ask));
    let left = share(before, if after.is_some() { wanting / 2.0 } else { wanting });
    let right = share(after, wanting - left);
    gap = Span::new(gap.start - left, gap.end + right);
    if let (Some(b), Some(i)) = (before, at.checked_sub(1)) {
        times[i] = Some(Span::new(b.start, gap.start));
    }
    if let Some(a) = after {
        times[end] = Some(Span::new(gap.end, a.end));
    }
    gap
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(text: &str, time: Option<(f64, f64)>) -> Slot {
        Slot { text: text.into(), probability: 1.0, time: time.map(|(a, b)| Span::new(a, b)) }
    }

    #[test]
    fn gaps_are_shared_by_letters() {
        let words = fit(vec![slot("я", None), slot("здесь", None), slot("а", Some((3.0, 4.0)))], Span::new(0.0, 5.0));
        let times: Vec<(f64, f64)> = words.iter().map(|w| (w.start, w.end)).collect();
        assert_eq!(times, [(0.0, 0.5), (0.5, 3.0), (3.0, 4.0)]);
    }

    #[test]
    fn a_word_between_two_that_touch_takes_from_both() {
        let words = fit(
            vec![slot("да", Some((0.0, 1.0))), slot("конечно", None), slot("нет", Some((1.0, 2.0)))],
            Span::new(0.0, 2.0),
        );
        assert!(
            words[1].end - words[1].start > 0.27 && words[0].end <= words[1].start && words[1].end <= words[2].start
        );
    }

    proptest::proptest! {
        #[test]
        fn times_rise_within_the_turn(
            slots in proptest::collection::vec(("[а-я]{0,6}", proptest::option::of((-5.0..30.0, -5.0..30.0))), 0..12),
            start in 0.0..10.0, length in 0.0..10.0,
        ) {
            let turn = Span::new(start, start + length);
            let n = slots.len();
            let words = fit(slots.into_iter().map(|(t, s)| slot(&t, s)).collect(), turn);
            assert_eq!(words.len(), n);
            let mut last = turn.start;
            for w in &words {
                assert!(w.start >= last - 1e-9 && w.end >= w.start && w.end <= turn.end + 1e-9, "{words:?} in {turn:?}");
                last = w.end;
            }
        }
    }
}
