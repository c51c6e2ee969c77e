//! What the cuts took away.

use super::lexicon::{Sense, has};
use super::words::{Sentence, Word, sentences, words};
use super::{Check, Finding, Level};
use crate::quote::{Edit, Source};

/// A sentence cut as a whole with a hedge in it speaks about its neighbour if it has no more words than this
/// (“That's what they say.”).
const REMARK: usize = 6;

/// The classes of words whose loss is told, with what is told about them.
const CLASSES: [(Sense, Check, &str); 6] = [
    (Sense::Negation, Check::Negation, "a word that says no"),
    (Sense::Condition, Check::Condition, "a condition"),
    (Sense::Actor, Check::Actor, "who acted"),
    (Sense::Reversal, Check::Reversal, "a word that turns back what was said"),
    (Sense::Retraction, Check::Reversal, "that the speaker takes it back"),
    (Sense::Hedge, Check::Hedge, "how sure the speaker is, or whose word it is"),
];

/// One turn with what was cut from it.
struct Turn<'a> {
    words: Vec<Word>,
    sentences: Vec<Sentence>,
    cuts: Vec<(usize, usize, &'a str)>,
    language: Option<&'a str>,
    names: &'a [String],
}

/// Findings about all cuts.
pub(super) fn check(source: &Source, edits: &[Edit], language: Option<&str>, names: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for turn in source.turns() {
        let cut = |e: &Edit| match e {
            Edit::Cut { turn: t, from, to, .. } if *t == turn.index => Some((*from, *to)),
            _ => None,
        };
        let texts = edits.iter().filter_map(|e| match e {
            Edit::Cut { turn: t, text, .. } if *t == turn.index => Some(text.trim()),
            _ => None,
        });
        let cuts = edits.iter().filter_map(cut).zip(texts).map(|((from, to), text)| (from, to, text)).collect();
        let (words, sentences) = (words(&turn.text), sentences(&turn.text));
        let turn = Turn { words, sentences, cuts, language, names };
        for at in 0..turn.cuts.len() {
            turn.cut(at, &mut findings);
        }
    }
    findings
}

/// How much of a sentence was cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    Nothing,
    Part,
    All,
}

impl Turn<'_> {
    fn is_cut(&self, word: &Word) -> bool {
        self.cuts.iter().any(|&(from, to, _)| word.from >= from && word.to <= to)
    }

    fn of<'a>(&'a self, sentence: &Sentence) -> impl Iterator<Item = &'a Word> + use<'a> {
        let (from, to) = (sentence.from, sentence.to);
        self.words.iter().filter(move |w| w.from >= from && w.to <= to)
    }

    fn share(&self, sentence: &Sentence) -> Share {
        let (mut cut, mut kept) = (false, false);
        for word in self.of(sentence) {
            if self.is_cut(word) { cut = true } else { kept = true }
        }
        match (cut, kept) {
            (false, _) => Share::Nothing,
            (true, true) => Share::Part,
            (true, false) => Share::All,
        }
    }

    fn cut(&self, at: usize, findings: &mut Vec<Finding>) {
        let (from, to, text) = self.cuts[at];
        let touched: Vec<usize> = (0..self.sentences.len())
            .filter(|&i| self.of(&self.sentences[i]).any(|w| w.from >= from && w.to <= to))
            .collect();
        for &i in &touched {
            let sentence = &self.sentences[i];
            let share = self.share(sentence);
            let lost: Vec<&Word> = self.of(sentence).filter(|w| w.from >= from && w.to <= to).collect();
            for (sense, check, what) in CLASSES {
                let mut found = self.with_sense(sense, &lost);
                if sense == Sense::Actor {
                    found.extend(self.capitals(&lost, sentence));
                }
                if !found.is_empty() {
                    let level = self.level(sense, share, i);
                    findings.push(told(level, check, what, &found, text, share));
                }
            }
            if share == Share::Part && sentence.question && to >= sentence.to {
                let words =
                    format!("The cut of “{text}” takes the question mark: a question now reads as a statement.");
                findings.push(Finding::new(Level::Decide, Check::Question, words));
            }
        }
        self.splice(&touched, text, findings);
        if let Some(last) = touched.last().filter(|&&i| self.share(&self.sentences[i]) == Share::All) {
            self.what_follows(*last, text, findings);
        }
    }

    fn with_sense(&self, sense: Sense, lost: &[&Word]) -> Vec<String> {
        let texts: Vec<&str> = lost.iter().map(|w| w.text.as_str()).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < texts.len() {
            let length = has(sense, &texts[at..], self.language);
            if length > 0 && !self.idle(sense, lost, at) {
                found.push(texts[at..at + length].join(" "));
            }
            at += length.max(1);
        }
        found
    }

    /// Words that have the sense only in other places: «а» opens questions and stories, «на хрен» says nothing.
    fn idle(&self, sense: Sense, lost: &[&Word], at: usize) -> bool {
        let word = lost[at];
        let before = self.words.iter().rev().find(|w| w.to <= word.from);
        let opens = self.sentences.iter().any(|s| self.of(s).next().is_some_and(|w| w.from == word.from));
        match sense {
            Sense::Reversal => word.text == "а" && opens,
            Sense::Negation => {
                matches!(word.text.as_str(), "хрен" | "хер" | "фиг")
                    && before.is_some_and(|w| matches!(w.text.as_str(), "на" | "по" | "какого"))
            }
            _ => false,
        }
    }

    /// Names: capital letters within a sentence, and names that are known wherever they stand.
    fn capitals(&self, lost: &[&Word], sentence: &Sentence) -> Vec<String> {
        let first = self.of(sentence).next().map(|w| w.from);
        let known = |w: &Word| self.names.iter().any(|n| words(n).iter().any(|n| n.text == w.text));
        let name = |w: &&&Word| {
            w.capital && (Some(w.from) != first || known(w)) && has(Sense::Actor, &[&w.text], self.language) == 0
        };
        lost.iter().filter(name).map(|w| w.text.clone()).collect()
    }

    /// What was cut from a sentence that stays is for an editor to decide; whole sentences only where they speak about
    /// the one before.
    fn level(&self, sense: Sense, share: Share, at: usize) -> Level {
        let after_kept = at.checked_sub(1).is_some_and(|i| self.share(&self.sentences[i]) != Share::All);
        let kept_beside = after_kept || self.sentences.get(at + 1).is_some_and(|s| self.share(s) != Share::All);
        let mut of = self.of(&self.sentences[at]);
        let opener: Vec<&str> = of.by_ref().take(2).map(|w| w.text.as_str()).collect();
        let count = self.of(&self.sentences[at]).count();
        let decide = match (share, sense) {
            (Share::Part, _) => true,
            (_, Sense::Retraction) => kept_beside,
            (_, Sense::Reversal | Sense::Negation | Sense::Condition) => {
                after_kept
                    && (has(sense, &opener, self.language) > 0 || (sense == Sense::Negation && self.answers(&opener)))
            }
            (_, Sense::Hedge) => kept_beside && count <= REMARK,
            _ => false,
        };
        if decide { Level::Decide } else { Level::Note }
    }

    fn answers(&self, opener: &[&str]) -> bool {
        has(Sense::Answer, opener, self.language) > 0
    }

    /// A cut from the middle of one sentence into the middle of another.
    fn splice(&self, touched: &[usize], text: &str, findings: &mut Vec<Finding>) {
        let (Some(first), Some(last)) = (touched.first(), touched.last()) else { return };
        let begins_kept = |i: usize| self.of(&self.sentences[i]).next().is_some_and(|w| !self.is_cut(w));
        let ends_kept = |i: usize| self.of(&self.sentences[i]).last().is_some_and(|w| !self.is_cut(w));
        if first != last && begins_kept(*first) && ends_kept(*last) {
            let words = format!("The cut of “{text}” makes one sentence of the rests of two.");
            findings.push(Finding::new(Level::Decide, Check::Splice, words));
        }
    }

    /// A kept sentence right behind one that is gone.
    fn what_follows(&self, last: usize, text: &str, findings: &mut Vec<Finding>) {
        let Some(next) = self.sentences.get(last + 1) else { return };
        let opener: Vec<&str> = self.of(next).filter(|w| !self.is_cut(w)).take(2).map(|w| w.text.as_str()).collect();
        if self.sentences[last].question && self.answers(&opener) {
            let words = format!("“{}” answers a question that was cut: “{text}”.", opener.join(" "));
            findings.push(Finding::new(Level::Decide, Check::Question, words));
        }
        if has(Sense::Pointer, &opener, self.language) > 0 {
            let word = opener.first().copied().unwrap_or_default();
            let words = format!("What follows the cut begins with “{word}”, which may point at something in “{text}”.");
            findings.push(Finding::new(Level::Decide, Check::Reference, words));
        }
    }
}

fn told(level: Level, check: Check, what: &str, found: &[String], text: &str, share: Share) -> Finding {
    let found = found.iter().map(|w| format!("“{w}”")).collect::<Vec<_>>().join(", ");
    let from = if share == Share::Part { "from within a sentence that stays" } else { "with a whole sentence" };
    Finding::new(level, check, format!("The cut of “{text}” takes {what} ({found}) {from}."))
}

/// Insertions that say more than an explanation should, and marks of the source that readers may take for ours.
pub(super) fn insertions(source: &Source, edits: &[Edit], language: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for edit in edits {
        let Edit::Insert { text, .. } = edit else { continue };
        let words = words(text);
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        let turns_it = (0..texts.len()).find(|&i| {
            [Sense::Negation, Sense::Reversal, Sense::Condition].iter().any(|s| has(*s, &texts[i..], language) > 0)
        });
        if let Some(at) = turns_it {
            let words = format!("“[{text}]” puts in “{}”, which can turn what was said.", texts[at]);
            findings.push(Finding::new(Level::Decide, Check::Insertion, words));
        }
    }
    for turn in source.turns() {
        if turn.text.contains('…') || turn.text.contains("...") {
            let words =
                "The source has an ellipsis of its own, where the speaker breaks off; readers may take it for a cut.";
            findings.push(Finding::new(Level::Note, Check::Marks, words));
        }
        if turn.text.contains(['[', ']']) {
            let words = "The source has brackets of its own; readers may take them for an editor's.";
            findings.push(Finding::new(Level::Decide, Check::Marks, words));
        }
    }
    findings
}

/// A translation without any negation of words with one.
pub(super) fn lost_in_translation(source: &Source, spoken: Option<&Source>) -> Vec<Finding> {
    let negations = |text: &str, language: Option<&str>| {
        let words = words(text);
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        (0..texts.len()).any(|i| has(Sense::Negation, &texts[i..], language) > 0)
    };
    let mut findings = Vec::new();
    for (turn, said) in source.turns().iter().zip(spoken.map(Source::turns).unwrap_or_default()) {
        if negations(&said.text, Some("ru")) && !negations(&turn.text, None) {
            let words = format!("“{}” has a word that says no, and its translation has none.", said.text);
            findings.push(Finding::new(Level::Decide, Check::Negation, words));
        }
    }
    findings
}
