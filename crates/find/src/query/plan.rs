//! What a query means in terms of words and forms: the one thing that both the index and the highlighter follow.

use super::{
    ast::{Expr, WordMode},
    lex::single,
};
use crate::text::{
    Analyzer, Token,
    forms::{Keys, Side},
    tokens,
};
use std::{ops::Range, sync::Arc};

/// The index spells out every choice of forms of a phrase, so their number is bounded.
const MOST_CHOICES: usize = 64;

/// A query, ready to be looked for.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Words on neighbouring positions; one word is a run of one.
    Run(Vec<Slot>),
    /// Words that begin so.
    Prefix(String),
    /// Words within an edit distance (insertions, deletions, replacements and swaps of neighbours).
    Fuzzy(String, u8),
    All(Vec<Plan>),
    Any(Vec<Plan>),
    Not(Box<Plan>),
}

/// What may stand on one position of a run.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    /// A word with one of these keys.
    Forms { surface: String, keys: Vec<String> },
    /// This form.
    Exact(String),
}

/// A word of a text with its keys.
pub(crate) struct Read {
    pub(crate) token: Token,
    pub(crate) keys: Arc<Keys>,
}

/// Reads a text as the index reads it.
pub(crate) fn read(analyzer: &Analyzer, text: &str, side: Side) -> Vec<Read> {
    tokens(text)
        .into_iter()
        .map(|token| {
            let keys = analyzer.keys(&token.text, side);
            Read { token, keys }
        })
        .collect()
}

impl Plan {
    pub(crate) fn of(expr: &Expr, analyzer: &Analyzer) -> Self {
        match expr {
            Expr::Word { text, mode } => match mode {
                WordMode::Forms => word(text, false, analyzer),
                WordMode::Exact => word(text, true, analyzer),
                WordMode::Prefix => Self::Prefix(single(text).unwrap_or_default()),
                WordMode::Fuzzy(n) => Self::Fuzzy(single(text).unwrap_or_default(), *n),
            },
            Expr::Phrase { text, exact } => run(text, *exact, analyzer),
            Expr::And(parts) => Self::All(parts.iter().map(|p| Self::of(p, analyzer)).collect()),
            Expr::Or(parts) => Self::Any(parts.iter().map(|p| Self::of(p, analyzer)).collect()),
            Expr::Not(inner) => Self::Not(Box::new(Self::of(inner, analyzer))),
        }
    }

    /// Bytes of the text that answer the query, ordered, not overlapping.
    pub(crate) fn ranges(&self, text: &[Read]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.collect(text, &mut found);
        found.sort_by_key(|r| (r.start, std::cmp::Reverse(r.end)));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    fn collect(&self, text: &[Read], found: &mut Vec<Range<usize>>) {
        match self {
            Self::Run(slots) => found.extend(runs(slots, text)),
            Self::Prefix(start) => found.extend(words(text, |w| w.starts_with(start.as_str()))),
            Self::Fuzzy(near, n) => found.extend(words(text, |w| distance(near, w) <= usize::from(*n))),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.collect(text, found)),
            // What must not be there is not what was found.
            Self::Not(_) => {}
        }
    }

    /// Whether a turn answers the query, by going through its words: the meaning that the index must give.
    #[cfg(test)]
    pub(crate) fn answers(&self, texts: &[Vec<Read>; 2]) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|p| p.answers(texts)),
            Self::Any(parts) => parts.iter().any(|p| p.answers(texts)),
            Self::Not(inner) => !inner.answers(texts),
            _ => texts.iter().any(|text| !self.ranges(text).is_empty()),
        }
    }
}

/// A bare word. With a hyphen it is the whole as such, or its parts one after another.
fn word(text: &str, exact: bool, analyzer: &Analyzer) -> Plan {
    let parts = run(text, exact, analyzer);
    match tokens(text).into_iter().next() {
        Some(first) if first.whole && single(text).is_some() => {
            Plan::Any(vec![Plan::Run(vec![slot(&first.text, exact, false, analyzer)]), parts])
        }
        _ => parts,
    }
}

fn run(text: &str, exact: bool, analyzer: &Analyzer) -> Plan {
    let parts: Vec<Token> = tokens(text).into_iter().filter(|t| !t.whole).collect();
    let in_row = parts.len() > 1;
    let mut slots: Vec<Slot> = parts.iter().map(|t| slot(&t.text, exact, in_row, analyzer)).collect();
    if in_row {
        bound_choices(&mut slots);
    }
    Plan::Run(slots)
}

/// Within a row a word stands for its own forms only; its neighbours already say which word is meant.
fn slot(word: &str, exact: bool, in_row: bool, analyzer: &Analyzer) -> Slot {
    if exact {
        return Slot::Exact(word.to_owned());
    }
    let keys = analyzer.keys(word, Side::Query);
    let keys = if in_row { keys.own.clone() } else { keys.all().map(str::to_owned).collect() };
    Slot::Forms { surface: word.to_owned(), keys }
}

/// Gives up the least likely keys, one by one, of the words that have most.
fn bound_choices(slots: &mut [Slot]) {
    let size = |slot: &Slot| match slot {
        Slot::Forms { keys, .. } => keys.len(),
        Slot::Exact(_) => 1,
    };
    while slots.iter().map(size).fold(1usize, usize::saturating_mul) > MOST_CHOICES {
        match slots.iter_mut().max_by_key(|s| size(s)) {
            Some(Slot::Forms { keys, .. }) if keys.len() > 1 => keys.pop(),
            _ => break,
        };
    }
}

impl Slot {
    fn takes(&self, word: &Read) -> bool {
        match self {
            Self::Exact(surface) => word.token.text == *surface,
            Self::Forms { keys, .. } => word.keys.all().any(|key| keys.iter().any(|k| k == key)),
        }
    }
}

/// Where words on neighbouring positions take the slots in order.
fn runs(slots: &[Slot], text: &[Read]) -> Vec<Range<usize>> {
    let Some((first, rest)) = slots.split_first() else { return Vec::new() };
    let mut found = Vec::new();
    for (i, word) in text.iter().enumerate().filter(|(_, w)| first.takes(w)) {
        let mut range = word.token.range.clone();
        let follows = rest.iter().enumerate().all(|(n, slot)| {
            let position = word.token.position + n + 1;
            let next = text.iter().skip(i).find(|w| w.token.position == position && slot.takes(w));
            next.map(|w| range.end = range.end.max(w.token.range.end)).is_some()
        });
        if follows {
            found.push(range);
        }
    }
    found
}

fn words(text: &[Read], fits: impl Fn(&str) -> bool) -> impl Iterator<Item = Range<usize>> {
    text.iter().filter(move |w| fits(&w.token.text)).map(|w| w.token.range.clone())
}

/// Edit distance with swaps of neighbours (optimal string alignment), as the automaton of the index counts it.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, n) in
            [("изюм", "изюм", 0), ("изюм", "изум", 1), ("изюм", "июзм", 1), ("", "аб", 2), ("кот", "ток", 2)]
        {
            assert_eq!(distance(a, b), n, "{a} {b}");
        }
    }

    #[test]
    fn choices_of_a_long_phrase_are_bounded() {
        let analyzer = Analyzer::default();
        let Plan::Run(slots) = run("еду есть стали мать пошли лет матери жил было есть стали", false, &analyzer)
        else {
            panic!("a phrase is a run");
        };
        let choices: usize = slots
            .iter()
            .map(|s| match s {
                Slot::Forms { keys, .. } => keys.len(),
                Slot::Exact(_) => 1,
            })
            .product();
        assert!((1..=MOST_CHOICES).contains(&choices), "{choices}");
        assert_eq!(slots.len(), 11);
    }
}
