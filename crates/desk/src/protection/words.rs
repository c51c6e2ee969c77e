//! Protection in what has times: the words of a turn.

use super::Guard;
use earwitness_model::{Turn, Word};
use std::ops::Range;

/// What stands for the second and later words of something protected.
const MORE: &str = "[…]";

/// Words of a turn that say something protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenHit {
    /// The number of the rule, in the order in which the guard was given them.
    pub rule: usize,
    /// Which words, from 0.
    pub words: Range<usize>,
}

/// The text that words make together, and the characters that each takes in it.
fn joined(words: &[Word]) -> (String, Vec<Range<usize>>) {
    let (mut text, mut places, mut length) = (String::new(), Vec::new(), 0);
    for word in words {
        if !text.is_empty() {
            text.push(' ');
            length += 1;
        }
        let letters = word.text.trim();
        let from = length;
        length += letters.chars().count();
        text.push_str(letters);
        places.push(from..length);
    }
    (text, places)
}

impl Guard {
    /// Which words of a turn say something protected; none where its text holds something that its words do not, so that
    /// nobody knows when it is said.
    pub fn find_spoken(&self, turn: &Turn) -> Option<Vec<SpokenHit>> {
        let in_text = self.find(&turn.text).len();
        if in_text == 0 && turn.words.is_empty() {
            return Some(Vec::new());
        }
        let (text, places) = joined(&turn.words);
        let hits = self.find(&text);
        if hits.len() < in_text {
            return None;
        }
        let touched = |from: usize, to: usize| {
            let first = places.iter().position(|p| p.start < to && from < p.end)?;
            let last = places.iter().rposition(|p| p.start < to && from < p.end)?;
            Some(first..last + 1)
        };
        let spoken = |hit: super::Hit| Some(SpokenHit { rule: hit.rule, words: touched(hit.from, hit.to)? });
        hits.into_iter().map(spoken).collect()
    }

    /// The turn as it may leave: text, words and what was heard in doubt. There are as many words as before, with their
    /// times; where they cannot be covered one by one, there are none.
    pub fn cover_turn(&self, turn: &Turn) -> Turn {
        let mut covered = turn.clone();
        covered.text = self.apply(&turn.text).text;
        covered.words = self.cover_words(turn).unwrap_or_default();
        if let Some(doubt) = &mut covered.doubt {
            doubt.heard = doubt.heard.take().map(|heard| self.apply(&heard).text);
            doubt.detail = self.apply(&doubt.detail).text;
        }
        covered
    }

    fn cover_words(&self, turn: &Turn) -> Option<Vec<Word>> {
        self.find_spoken(turn)?;
        let (text, places) = joined(&turn.words);
        let hits = self.apply(&text).hits;
        let mut words = turn.words.clone();
        for (word, place) in words.iter_mut().zip(&places) {
            let letters: Vec<char> = word.text.trim().chars().collect();
            let (mut out, mut at) = (String::new(), 0);
            for hit in hits.iter().filter(|h| h.from < place.end && place.start < h.to) {
                let from = hit.from.saturating_sub(place.start).min(letters.len());
                out.extend(letters.get(at..from).unwrap_or_default());
                let begins = hit.from >= place.start;
                let shown = self.rules().get(hit.rule).filter(|_| begins).map(|rule| rule.stand_in.shown());
                out += shown.as_deref().unwrap_or(MORE);
                at = hit.to.saturating_sub(place.start).min(letters.len());
            }
            if at > 0 {
                out.extend(letters.get(at..).unwrap_or_default());
                word.text = out;
            }
        }
        self.find(&joined(&words).0).is_empty().then_some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Rule, StandIn};
    use super::*;
    use earwitness_model::{Doubt, DoubtReason};

    fn guard() -> Guard {
        let rule = |kind, term: &str, stand_in| Rule {
            kind,
            terms: vec![term.into()],
            stand_in,
            exact: false,
            person: None,
            note: String::new(),
        };
        Guard::new(&[
            rule(Kind::Name, "Зимин", StandIn::Alias("Pavel".into())),
            rule(Kind::Place, "Сухая Балка", StandIn::Word("a village".into())),
            rule(Kind::Phone, "+380591104472", StandIn::Bleep),
        ])
        .unwrap()
    }

    fn turn(text: &str) -> Turn {
        let word =
            |(i, w): (usize, &str)| Word { text: w.into(), start: i as f64, end: i as f64 + 0.9, probability: 0.5 };
        Turn {
            start: 0.0,
            end: 9.0,
            channel: 0,
            speaker: "A".into(),
            language: None,
            text: text.into(),
            confidence: 0.5,
            words: text.split_whitespace().enumerate().map(word).collect(),
            doubt: None,
        }
    }

    fn texts(turn: &Turn) -> Vec<&str> {
        turn.words.iter().map(|w| w.text.as_str()).collect()
    }

    #[test]
    fn words_keep_their_number_and_times() {
        let before = turn("«Зимину, в Сухой Балке!» Ноль пять девять сто десять сорок четыре семьдесят два.");
        let after = guard().cover_turn(&before);
        let more = "[…]";
        let mut wanted = vec!["«Pavel,", "в", "[a village]", "[…]!»", "[bleep]"];
        wanted.extend([more; 7]);
        wanted.push("[…].");
        assert_eq!(texts(&after), wanted);
        let times = |t: &Turn| t.words.iter().map(|w| (w.start, w.end)).collect::<Vec<_>>();
        assert_eq!(times(&before), times(&after));
        assert_eq!(after.text, "«Pavel, в [a village]!» [bleep].");
    }

    #[test]
    fn what_nobody_wrote_down_is_covered_too() {
        let mut doubtful = turn("да");
        doubtful.doubt =
            Some(Doubt {
                reason: DoubtReason::Loop, detail: "3 times".into(), heard: Some("Зимин, Зимин".into())
            });
        assert_eq!(guard().cover_turn(&doubtful).doubt.unwrap().heard.unwrap(), "Pavel, Pavel");
    }

    #[test]
    fn words_that_do_not_say_what_the_text_says_are_left_out() {
        let mut odd = turn("Зимину хуже");
        odd.words.truncate(0);
        assert_eq!(guard().find_spoken(&odd), None);
        odd.words = turn("Зими ну хуже").words;
        let covered = guard().cover_turn(&odd);
        assert_eq!((covered.text.as_str(), covered.words.len()), ("Pavel хуже", 0));
        assert_eq!(guard().find_spoken(&turn("")), Some(Vec::new()));
    }

    #[test]
    fn places_of_hits_are_words() {
        let found = guard().find_spoken(&turn("о Зимине и Сухой Балке")).unwrap();
        assert_eq!(found, [SpokenHit { rule: 0, words: 1..2 }, SpokenHit { rule: 1, words: 3..5 }]);
    }
}
