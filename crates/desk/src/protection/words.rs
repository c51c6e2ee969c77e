//! Protection in what has times: the words of a turn.

use super::{Guard, Hit, Protected, Uttered};
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

/// The turns as texts.
fn uttered<'t>(turns: &'t [Turn], texts: &'t [String]) -> Vec<Uttered<'t>> {
    turns.iter().zip(texts).map(|(turn, text)| Uttered { by: &turn.speaker, text }).collect()
}

impl Guard {
    /// Which words of the turns of one call say something protected, by turn; none where the text of a turn holds
    /// something that its words do not, so that nobody knows when it is said.
    pub fn find_spoken(&self, turns: &[Turn]) -> Vec<Option<Vec<SpokenHit>>> {
        let spoken: Vec<Spoken> = turns.iter().map(Spoken::of).collect();
        let written: Vec<String> = turns.iter().map(|turn| turn.text.clone()).collect();
        let said: Vec<String> = spoken.iter().map(|s| s.text.clone()).collect();
        let in_texts = self.find_turns(&uttered(turns, &written));
        let in_words = self.find_turns(&uttered(turns, &said));
        let hits = spoken.iter().zip(in_words).zip(in_texts);
        hits.map(|((spoken, said), written)| (said.len() >= written.len()).then(|| spoken.hits(said))).collect()
    }

    /// The turns of a call as they may leave: text, words and what was heard in doubt. There are as many words as before,
    /// with their times; where they cannot be covered one by one, there are none.
    pub fn cover_turns(&self, turns: &[Turn]) -> Vec<Turn> {
        let written: Vec<String> = turns.iter().map(|turn| turn.text.clone()).collect();
        let heard = |turn: &Turn| turn.doubt.as_ref().and_then(|doubt| doubt.heard.clone());
        let heard: Vec<String> = turns.iter().map(|turn| heard(turn).unwrap_or_else(|| turn.text.clone())).collect();
        let texts = self.apply_turns(&uttered(turns, &written));
        let heard = self.apply_turns(&uttered(turns, &heard));
        let words = self.cover_words(turns);
        let mut covered = turns.to_vec();
        for (((turn, text), heard), words) in covered.iter_mut().zip(texts).zip(heard).zip(words) {
            (turn.text, turn.words) = (text.text, words.unwrap_or_default());
            if let Some(doubt) = &mut turn.doubt {
                doubt.heard = doubt.heard.take().map(|_| heard.text);
                doubt.detail = self.apply(&doubt.detail).text;
            }
        }
        covered
    }

    fn cover_words(&self, turns: &[Turn]) -> Vec<Option<Vec<Word>>> {
        let spoken: Vec<Spoken> = turns.iter().map(Spoken::of).collect();
        let said: Vec<String> = spoken.iter().map(|s| s.text.clone()).collect();
        let covered = self.apply_turns(&uttered(turns, &said));
        let known = self.find_spoken(turns);
        let one = |(((turn, spoken), covered), known): (((&Turn, &Spoken), Protected), Option<_>)| {
            known.map(|_: Vec<SpokenHit>| self.changed(turn, spoken, &covered.hits))
        };
        let mut words: Vec<Option<Vec<Word>>> = turns.iter().zip(&spoken).zip(covered).zip(known).map(one).collect();
        // What stands there word by word must hold nothing either.
        let left: Vec<String> = words.iter().map(|words| joined(words.as_deref().unwrap_or_default()).0).collect();
        for (words, left) in words.iter_mut().zip(self.find_turns(&uttered(turns, &left))) {
            *words = words.take().filter(|_| left.is_empty());
        }
        words
    }

    /// The words with something else in the place of what was found in them.
    fn changed(&self, turn: &Turn, spoken: &Spoken, hits: &[Hit]) -> Vec<Word> {
        let mut words = turn.words.clone();
        for (word, place) in words.iter_mut().zip(&spoken.places) {
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
        words
    }
}

/// What the words of a turn say.
struct Spoken {
    text: String,
    places: Vec<Range<usize>>,
}

impl Spoken {
    fn of(turn: &Turn) -> Self {
        let (text, places) = joined(&turn.words);
        Self { text, places }
    }

    fn hits(&self, hits: Vec<Hit>) -> Vec<SpokenHit> {
        let touched = |from: usize, to: usize| {
            let first = self.places.iter().position(|p| p.start < to && from < p.end)?;
            let last = self.places.iter().rposition(|p| p.start < to && from < p.end)?;
            Some(first..last + 1)
        };
        hits.into_iter()
            .filter_map(|hit| Some(SpokenHit { rule: hit.rule, words: touched(hit.from, hit.to)? }))
            .collect()
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
        let after = guard().cover_turns(std::slice::from_ref(&before)).remove(0);
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
        assert_eq!(guard().cover_turns(&[doubtful]).remove(0).doubt.unwrap().heard.unwrap(), "Pavel, Pavel");
    }

    #[test]
    fn words_that_do_not_say_what_the_text_says_are_left_out() {
        let mut odd = turn("Зимину хуже");
        odd.words.truncate(0);
        assert_eq!(guard().find_spoken(std::slice::from_ref(&odd)), [None]);
        odd.words = turn("Зими ну хуже").words;
        let covered = guard().cover_turns(&[odd]).remove(0);
        assert_eq!((covered.text.as_str(), covered.words.len()), ("Pavel хуже", 0));
        assert_eq!(guard().find_spoken(&[turn("")]), [Some(Vec::new())]);
    }

    #[test]
    fn places_of_hits_are_words() {
        let found = guard().find_spoken(&[turn("о Зимине и Сухой Балке")]).remove(0).unwrap();
        assert_eq!(found, [SpokenHit { rule: 0, words: 1..2 }, SpokenHit { rule: 1, words: 3..5 }]);
    }

    #[test]
    fn a_number_over_two_turns_is_covered_word_by_word() {
        let turns = [turn("Пиши: ноль пять девять"), turn("сто десять, да, сорок четыре семьдесят два")];
        let found: Vec<_> = guard().find_spoken(&turns).into_iter().map(|hits| hits.unwrap()).collect();
        let words = |hits: &[SpokenHit]| hits.iter().map(|hit| (hit.words.start, hit.words.end)).collect::<Vec<_>>();
        assert_eq!((words(&found[0]), words(&found[1])), (vec![(1, 4)], vec![(0, 2), (3, 7)]));
        let covered = guard().cover_turns(&turns);
        assert_eq!(texts(&covered[0]), ["Пиши:", "[bleep]", "[…]", "[…]"]);
        assert_eq!(texts(&covered[1]), ["[bleep]", "[…],", "да,", "[bleep]", "[…]", "[…]", "[…]"]);
        assert_eq!(covered[1].text, "[bleep], да, [bleep]");
        // Whose words are not known is not cut out of the sound, and says so.
        let mut odd = turns.clone();
        odd[1].words.clear();
        let found = guard().find_spoken(&odd);
        assert_eq!((found[0].is_some(), found[1].is_none()), (false, true));
    }
}
