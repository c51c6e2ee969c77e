//! Telephone numbers that are dictated in pieces: over several turns, or with other words between.
//!
//! A piece is a stretch of digits, written or spoken. Pieces that follow each other closely and make a protected number
//! together are all found, each where it stands: in what one speaker says, and in what is said in the call. A piece that
//! somebody says again (“ноль шестьдесят семь?” “ноль шестьдесят семь”) belongs to it; a single digit between (“один
//! момент”) does not stop it.

use super::{
    Finder, Guard, Hit, Search,
    fold::Folded,
    numbers::{self, Digit, SHORT_KEY},
};
use std::collections::{BTreeMap, BTreeSet};

/// Pieces further apart are not one number: turns of the same stream, and characters.
const TURNS: usize = 3;
const APART: usize = 240;
/// The most pieces of one number, with those that are said twice.
const PIECES: usize = 24;
/// What stands between two turns: first so that words of a number go on over it (“пятьсот / шестьдесят семь” is 567), then
/// so that they do not (“сто / двадцать” is 100 20).
const BETWEEN: [&str; 2] = [" ", " ; "];

/// A turn as a text that somebody says.
#[derive(Clone, Copy, Debug)]
pub struct Uttered<'a> {
    /// Under which label; only who has the same label is one speaker.
    pub by: &'a str,
    /// The words.
    pub text: &'a str,
}

/// Characters of a turn.
type Part = (usize, usize, usize);

/// Digits of a stream that follow each other.
struct Piece {
    digits: Vec<Digit>,
    text: String,
}

/// Turns that are read one after the other.
struct Stream {
    text: Vec<char>,
    /// The number of each turn, and the characters from–to that it takes in the text.
    turns: Vec<Part>,
    pieces: Vec<Piece>,
}

/// Digits of a piece, from–to, by the piece's number.
type Taken = (usize, usize, usize);

impl Guard {
    /// Everything protected in the turns of one call, by turn and in order: what stands in each alone, and the parts of
    /// numbers that are dictated in pieces. Where two lie on each other, both.
    pub fn find_turns(&self, turns: &[Uttered<'_>]) -> Vec<Vec<Hit>> {
        let (mut found, parts) = self.looked_through(turns);
        for (hits, parts) in found.iter_mut().zip(parts) {
            hits.extend(parts);
            super::in_order(hits);
        }
        found
    }

    /// Only the parts of numbers that are dictated in pieces, by turn.
    pub fn find_dictated(&self, turns: &[Uttered<'_>]) -> Vec<Vec<Hit>> {
        self.looked_through(turns).1
    }

    /// What stands in each turn alone, and parts of what is dictated.
    fn looked_through(&self, turns: &[Uttered<'_>]) -> (Vec<Vec<Hit>>, Vec<Vec<Hit>>) {
        let whole: Vec<Vec<Hit>> = turns.iter().map(|turn| self.find(turn.text)).collect();
        let mut parts: Vec<Vec<Hit>> = vec![Vec::new(); turns.len()];
        let mut streams = streams(turns);
        // First with what stands whole in its turn: its beginning may have been said in the turn before.
        let mut found = self.dictated(&mut streams);
        streams.iter_mut().for_each(|stream| stream.without(&whole));
        loop {
            for ((turn, from, to), finder) in found {
                let (Some(hits), Some(said)) = (parts.get_mut(turn), turns.get(turn)) else { continue };
                let text = said.text.chars().skip(from).take(to - from).collect();
                let hit = Hit { rule: finder.rule, term: finder.term.clone(), from, to, text };
                // One speaker's words are also words of the call.
                hits.extend(Some(hit).filter(|hit| !hits.contains(hit)));
            }
            // Between what is left when that is gone there may be another number.
            streams.iter_mut().for_each(|stream| stream.without(&parts));
            found = self.dictated(&mut streams);
            if found.is_empty() {
                return (whole, parts);
            }
        }
    }

    fn dictated(&self, streams: &mut [Stream]) -> Vec<(Part, &Finder)> {
        let mut parts = Vec::new();
        for stream in streams {
            for finder in &self.finders {
                if let Search::Digits(key) = &finder.search {
                    parts.extend(stream.dictated(key).into_iter().map(|part| (part, finder)));
                }
            }
        }
        parts
    }
}

/// What each speaker says, and what is said in the call.
fn streams(turns: &[Uttered<'_>]) -> Vec<Stream> {
    let mut by: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, turn) in turns.iter().enumerate() {
        by.entry(turn.by).or_default().push(number);
    }
    let all = (by.len() > 1).then(|| (0..turns.len()).collect());
    let groups: Vec<Vec<usize>> = by.into_values().chain(all).collect();
    let of = |group: &Vec<usize>| BETWEEN.map(|between| Stream::of(turns, group, between));
    let enough = |stream: &Stream| stream.pieces.iter().map(|p| p.digits.len()).sum::<usize>() >= SHORT_KEY;
    groups.iter().flat_map(of).filter(enough).collect()
}

impl Stream {
    fn of(turns: &[Uttered<'_>], group: &[usize], between: &str) -> Self {
        let (mut text, mut places): (Vec<char>, Vec<Part>) = (Vec::new(), Vec::new());
        for number in group {
            if !text.is_empty() {
                text.extend(between.chars());
            }
            let from = text.len();
            text.extend(turns.get(*number).map_or("", |turn| turn.text).chars());
            places.push((*number, from, text.len()));
        }
        let folded = Folded::new(&text.iter().collect::<String>());
        Self { pieces: numbers::runs(&folded).into_iter().map(Piece::of).collect(), text, turns: places }
    }

    /// The parts of a number that is dictated here; its digits are taken out.
    fn dictated(&mut self, key: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        // With as many digits as are said, so that its beginning is found with it.
        for known in (SHORT_KEY..=key.len()).rev() {
            let tail = key.get(key.len() - known..).unwrap_or_default();
            let mut at = 0;
            while at < self.pieces.len() {
                let Some(path) = self.path(at, tail, key) else {
                    at += 1;
                    continue;
                };
                parts.extend(path.iter().flat_map(|taken| self.parts(taken)));
                self.keep(|n, digit| !path.iter().any(|taken| taken.0 == n && (taken.1..taken.2).contains(&digit)));
            }
        }
        parts
    }

    /// The pieces that are `tail` together, beginning with one; none where it stands in one turn alone.
    fn path(&self, at: usize, tail: &str, key: &str) -> Option<Vec<Taken>> {
        let piece = self.pieces.get(at)?;
        if let Some(first) = piece.text.find(tail) {
            let whole = (at, numbers::beginning(first, key, tail.len()), first + tail.len());
            return (self.parts(&whole).len() > 1).then(|| vec![whole]);
        }
        for said in (1..tail.len().min(piece.text.len() + 1)).rev() {
            if !piece.text.ends_with(tail.get(..said)?) {
                continue;
            }
            if let Some(mut path) = self.follow((at, at), said, tail, &mut BTreeSet::new()) {
                let end = piece.text.len();
                path.push((at, numbers::beginning(end - said, key, tail.len()), end));
                return Some(path);
            }
        }
        None
    }

    /// The pieces after `last` that say the rest of `tail`, of which so many digits are said.
    fn follow(
        &self,
        (first, last): (usize, usize),
        said: usize,
        tail: &str,
        dead: &mut BTreeSet<(usize, usize)>,
    ) -> Option<Vec<Taken>> {
        let next = last + 1;
        let piece = self.pieces.get(next)?;
        if next - first > PIECES || !self.near(last, next) || dead.contains(&(last, said)) {
            return None;
        }
        let (before, open) = tail.split_at_checked(said)?;
        let whole = (next, 0, piece.text.len());
        if piece.text.starts_with(open) {
            return Some(vec![(next, 0, open.len())]);
        }
        if open.starts_with(&piece.text)
            && let Some(mut path) = self.follow((first, next), said + piece.text.len(), tail, dead)
        {
            path.push(whole);
            return Some(path);
        }
        let again = before.ends_with(&piece.text);
        if (again || piece.text.len() == 1)
            && let Some(mut path) = self.follow((first, next), said, tail, dead)
        {
            path.extend(again.then_some(whole));
            return Some(path);
        }
        dead.insert((last, said));
        None
    }

    fn near(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.pieces.get(one), self.pieces.get(other)) else { return false };
        let (Some(end), Some(begin)) = (one.digits.last(), other.digits.first()) else { return false };
        let turn = |at: usize| self.turns.partition_point(|turn| turn.2 < at);
        begin.from.saturating_sub(end.to) <= APART && turn(begin.from).saturating_sub(turn(end.to)) <= TURNS
    }

    /// Digits of a piece as characters of the turns that they lie in.
    fn parts(&self, (piece, from, to): &Taken) -> Vec<Part> {
        let digits = self.pieces.get(*piece).and_then(|p| p.digits.get(*from..*to)).unwrap_or_default();
        let (Some(from), Some(to)) = (digits.first().map(|d| d.from), digits.last().map(|d| d.to)) else {
            return Vec::new();
        };
        let here = |turn: &Part| {
            let (mut from, mut to) = (from.max(turn.1), to.min(turn.2));
            let sign = |at: usize| self.text.get(at).is_some_and(|c| !c.is_alphanumeric());
            while from < to && sign(from) {
                from += 1;
            }
            while from < to && sign(to - 1) {
                to -= 1;
            }
            (from < to).then(|| (turn.0, from - turn.1, to - turn.1))
        };
        self.turns.iter().filter_map(here).collect()
    }

    /// Takes out what was found.
    fn without(&mut self, found: &[Vec<Hit>]) {
        if found.iter().all(Vec::is_empty) {
            return;
        }
        let hit = |(turn, from, to): Part| {
            found.get(turn).is_some_and(|hits| hits.iter().any(|hit| hit.from < to && from < hit.to))
        };
        let mut left = BTreeSet::new();
        for (n, piece) in self.pieces.iter().enumerate() {
            let open = |digit: &usize| !self.parts(&(n, *digit, digit + 1)).into_iter().any(hit);
            left.extend((0..piece.digits.len()).filter(open).map(|digit| (n, digit)));
        }
        self.keep(|n, digit| left.contains(&(n, digit)));
    }

    /// Keeps some digits, by the number of their piece and their own in it; what stood on both sides of others is two
    /// pieces then.
    fn keep(&mut self, wanted: impl Fn(usize, usize) -> bool) {
        let mut kept = Vec::with_capacity(self.pieces.len());
        for (n, piece) in std::mem::take(&mut self.pieces).into_iter().enumerate() {
            let mut digits = Vec::new();
            for (number, digit) in piece.digits.into_iter().enumerate() {
                if wanted(n, number) {
                    digits.push(digit);
                } else if !digits.is_empty() {
                    kept.push(Piece::of(std::mem::take(&mut digits)));
                }
            }
            kept.extend((!digits.is_empty()).then(|| Piece::of(digits)));
        }
        self.pieces = kept;
    }
}

impl Piece {
    fn of(digits: Vec<Digit>) -> Self {
        Self { text: digits.iter().map(|d| d.digit).collect(), digits }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Rule, StandIn};
    use super::*;
    use proptest::prelude::*;

    fn guard() -> Guard {
        let rule = Rule {
            kind: Kind::Phone,
            terms: vec!["+380671234567".into()],
            stand_in: StandIn::Bleep,
            exact: false,
            person: None,
            note: String::new(),
        };
        Guard::new(&[rule]).unwrap()
    }

    fn covered(turns: &[(&str, &str)]) -> Vec<String> {
        let turns: Vec<Uttered<'_>> = turns.iter().map(|(by, text)| Uttered { by, text }).collect();
        guard().apply_turns(&turns).into_iter().map(|turn| turn.text).collect()
    }

    #[test]
    fn a_number_over_several_turns_of_one_speaker_is_covered_part_by_part() {
        for turns in [
            ["Пиши: ноль шестьдесят семь.", "Сто двадцать три, да", "сорок пять, шестьдесят семь. Всё."],
            ["Пиши: нуль шістдесят сім.", "сто двадцять три, да", "сорок п'ять, шістдесят сім. Всё."],
            ["Пиши: oh six seven.", "one two three, да", "forty-five sixty-seven. Всё."],
            ["Пиши: 067.", "123, да", "45-67. Всё."],
            ["Пиши: 380 67.", "сто двадцать три, да", "45 67. Всё."],
        ] {
            let told = covered(&turns.map(|text| ("A", text)));
            assert_eq!(told, ["Пиши: [bleep].", "[bleep], да", "[bleep]. Всё."], "{turns:?}");
        }
    }

    #[test]
    fn what_another_says_between_does_not_hide_it_and_what_he_repeats_is_covered() {
        let told = covered(&[
            ("A", "Ноль шестьдесят семь"),
            ("B", "Так, один момент."),
            ("A", "сто двадцать три"),
            ("B", "Сто двадцать три."),
            ("A", "сорок пять шестьдесят семь"),
            ("B", "В двадцать два часа."),
        ]);
        let wanted = ["[bleep]", "Так, один момент.", "[bleep]", "[bleep].", "[bleep]", "В двадцать два часа."];
        assert_eq!(told, wanted);
        let by_turns = covered(&[("A", "067"), ("B", "123"), ("A", "45"), ("B", "67")]);
        assert_eq!(by_turns, ["[bleep]"; 4]);
    }

    #[test]
    fn a_number_word_may_be_cut_in_two_by_the_end_of_a_turn() {
        // 067 123 4567, with 4567 as “четыре пятьсот / шестьдесят семь”.
        let told = covered(&[("A", "067 123 четыре пятьсот"), ("A", "шестьдесят семь.")]);
        assert_eq!(told, ["[bleep]", "[bleep]."]);
    }

    #[test]
    fn within_one_turn_other_words_may_stand_between() {
        let told =
            covered(&[("A", "ноль шестьдесят семь, записал? сто двадцать три, ага, сорок пять шестьдесят семь")]);
        assert_eq!(told, ["[bleep], записал? [bleep], ага, [bleep]"]);
    }

    #[test]
    fn other_numbers_stay() {
        let same = |turns: &[(&str, &str)]| {
            assert_eq!(covered(turns), turns.iter().map(|t| t.1.to_string()).collect::<Vec<_>>());
        };
        same(&[("A", "067"), ("A", "123"), ("A", "45 68")]);
        same(&[("A", "сорок пять"), ("A", "шестьдесят семь")]);
        same(&[("A", "123"), ("A", "да"), ("A", "да"), ("A", "да"), ("A", "45 67")]);
        let far = "слово ".repeat(60);
        same(&[("A", "067 123"), ("A", &format!("{far} 45 67"))]);
    }

    proptest! {
        #[test]
        fn any_turns_are_looked_through(turns in proptest::collection::vec(("[AB]", "[0-9 а-я.]{0,12}|\\PC{0,12}"), 0..12)) {
            let told: Vec<Uttered<'_>> = turns.iter().map(|(by, text)| Uttered { by, text }).collect();
            let covered = guard().apply_turns(&told);
            let again: Vec<Uttered<'_>> =
                covered.iter().zip(&turns).map(|(c, (by, _))| Uttered { by, text: &c.text }).collect();
            prop_assert!(guard().find_turns(&again).iter().all(Vec::is_empty));
        }

        #[test]
        fn however_it_is_cut_nothing_is_left(cuts in proptest::collection::btree_set(1usize..10, 1..5)) {
            let mut turns = Vec::new();
            let mut at = 0;
            for cut in cuts.into_iter().chain([10]) {
                turns.push(("A", "0671234567"[at..cut].to_string()));
                at = cut;
            }
            let told: Vec<(&str, &str)> = turns.iter().map(|(by, text)| (*by, text.as_str())).collect();
            // The zero that everybody dials tells nothing.
            prop_assert!(covered(&told).iter().all(|text| text == "[bleep]" || text == "0"), "{told:?}");
        }
    }
}
