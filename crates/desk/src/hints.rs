//! Hints from the speech itself: who names himself, whom he addresses, of whom he speaks.
//!
//! By lexicon, by a network that knows names where it is at hand ([`Tagger`]), and by the stops around a word; nothing is
//! decided here. A name that is said proves little (callers lie, joke, and speak of others), and machine transcripts get
//! names wrong more often than other words.

mod lexicon;
mod tokens;

use crate::names::{NameKind, Tagger};
use earwitness_model::Transcript;
use lexicon::{Form, lexicon};
use serde::Serialize;
use std::collections::BTreeSet;
use tokens::{Token, tokens};

/// What is done with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HintKind {
    /// The speaker says who he is.
    NamesSelf,
    /// The speaker addresses the other, or asks whether that is who he speaks with.
    Addresses,
    /// The speaker speaks of somebody.
    SpeaksAbout,
}

impl HintKind {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NamesSelf => "names himself",
            Self::Addresses => "addresses",
            Self::SpeaksAbout => "speaks about",
        }
    }
}

/// What found a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// The lexicon of given names, with the ends of surnames and words of kinship.
    Lexicon,
    /// The network.
    Network,
}

impl FoundBy {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Lexicon => "lexicon",
            Self::Network => "network",
        }
    }
}

/// A name or a form of address in a turn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hint {
    /// The turn, from 0.
    pub turn: u32,
    /// Seconds from the beginning of the recording, where the turn starts.
    pub start: f64,
    /// Who says it.
    pub speaker: String,
    /// What is done with it.
    pub kind: HintKind,
    /// As it is said.
    pub words: String,
    /// The first character of it in the turn's text, from 0.
    pub from: usize,
    /// The character after it.
    pub to: usize,
    /// Full names that it may stand for; empty for a surname or a word like `мам`.
    pub names: Vec<String>,
    /// For words like `мам`: the relation of the one who is called so.
    pub relation: Option<&'static str>,
    /// Labels of those whom it is about: the speaker himself, or the others of the call.
    pub about: Vec<String>,
    /// What found it.
    pub found_by: BTreeSet<FoundBy>,
}

/// What is said before somebody is addressed.
const CALLS: &str = "алло алё але привет приветик здравствуй здравствуйте здорово здоров здарова ну слушай слушайте а ой эй \
    да нет прости пока спасибо послушай погоди подожди давай ладно блин дорогой дорогая милый милая родной родная ага \
    угу ох ах привіт вітаю чуєш слухай ні hello hi hey well oh dear listen yes no bye okay ok";
/// What is said before a place, and not before a person.
const PLACES: &str = "в во из под на до через около возле близ из-за із з під біля in at near from to";

/// A stretch of tokens that is one name, or one word of kinship.
struct Found {
    first: usize,
    last: usize,
    names: Vec<String>,
    relation: Option<&'static str>,
    form: Form,
    /// Only where it stands between stops: a word that is common otherwise.
    unsure: bool,
    /// Surname first: nobody is called so to his face.
    formal: bool,
}

/// Below this confidence of a turn a surname alone is no hint: what looks like one is mostly a misheard word (with a small
/// recogniser on telephone speech, 7 of 7 were).
const SURE: f32 = 0.9;

/// The hints of a transcript, in its order. Without a network those of the lexicon.
pub fn hints(transcript: &Transcript, tagger: Option<&Tagger>) -> Vec<Hint> {
    let labels: BTreeSet<&str> = transcript.turns.iter().map(|turn| turn.speaker.as_str()).collect();
    let mut all = Vec::new();
    for (number, turn) in (0..).zip(&transcript.turns) {
        let others = || labels.iter().filter(|l| **l != turn.speaker).map(|l| (*l).to_owned()).collect();
        let said = of_text(&turn.text, tagger).into_iter();
        let stands = |hint: &Hint| !hint.names.is_empty() || hint.relation.is_some() || turn.confidence >= SURE;
        all.extend(said.filter(stands).map(|said| Hint {
            turn: number,
            start: turn.start,
            speaker: turn.speaker.clone(),
            about: match said.kind {
                HintKind::NamesSelf => vec![turn.speaker.clone()],
                HintKind::Addresses => others(),
                HintKind::SpeaksAbout => Vec::new(),
            },
            ..said
        }));
    }
    all
}

/// The hints of one text, as of a turn of nobody.
fn of_text(text: &str, tagger: Option<&Tagger>) -> Vec<Hint> {
    let tokens = tokens(text);
    let mut found = of_lexicon(text, &tokens);
    let persons = tagger.map(|tagger| tagger.names(text)).unwrap_or_default();
    for name in persons.iter().filter(|name| name.kind == NameKind::Person) {
        let mut known = found.iter_mut().filter(|hint| hint.from < name.to && name.from < hint.to).peekable();
        if known.peek().is_none() {
            drop(known);
            let name = named(&tokens, name.from, name.to).filter(|name| stands_out(&tokens, name));
            found.extend(name.and_then(|name| hint(text, &tokens, name)).map(by_network));
        } else {
            known.filter(|hint| hint.relation.is_none()).for_each(|hint| {
                hint.found_by.insert(FoundBy::Network);
            });
        }
    }
    found.sort_by_key(|hint| hint.from);
    found
}

fn by_network(hint: Hint) -> Hint {
    Hint { found_by: BTreeSet::from([FoundBy::Network]), ..hint }
}

/// What the network takes for a person, from character to character; none for words that never are one.
fn named(tokens: &[Token], from: usize, to: usize) -> Option<Found> {
    let within = |token: &Token| from < token.to && token.from < to;
    let (first, last) = (tokens.iter().position(within)?, tokens.iter().rposition(within)?);
    let words = tokens.get(first..=last)?;
    if words.iter().any(|word| lexicon().is_never(word) || lexicon().relation(&word.lower).is_some()) {
        return None;
    }
    let known = words.iter().find_map(|word| lexicon().name(word));
    let oblique = words.last().is_some_and(tokens::is_oblique);
    let form = known.as_ref().map_or(if oblique { Form::Oblique } else { Form::Nominative }, |known| known.form);
    let names = known.map(|known| known.names).unwrap_or_default();
    Some(Found { first, last, names, relation: None, form, unsure: false, formal: false })
}

/// Whether its capital letters say that this is a name: the network learned from news, and takes what begins a sentence in
/// speech for one (“Подожди”, “Э-э”, “Комбат”; measured in tests/hints_corpus.rs).
fn stands_out(tokens: &[Token], name: &Found) -> bool {
    let words = tokens.get(name.first..=name.last).unwrap_or_default();
    let one_sentence = words.iter().skip(1).all(|word| !word.initial);
    let inside = words.iter().any(|word| !word.initial && word.is_capital());
    one_sentence && inside
}

fn of_lexicon(text: &str, tokens: &[Token]) -> Vec<Hint> {
    let mut found = Vec::new();
    let mut next = 0;
    while next < tokens.len() {
        match name_at(tokens, next).or_else(|| kin_at(tokens, next)) {
            Some(name) => {
                next = name.last + 1;
                found.extend(hint(text, tokens, name));
            }
            None => next += 1,
        }
    }
    found
}

/// A name that begins with this token: given name, surname, patronymic, in any order that is usual.
fn name_at(tokens: &[Token], first: usize) -> Option<Found> {
    let head = tokens.get(first)?;
    let given = |token: &Token| lexicon().name(token);
    let next_to = |i: usize| tokens.get(i).filter(|t| !t.stop_before && t.is_capital());
    if let Some(known) = given(head) {
        let mut last = first;
        while last < first + 2
            && let Some(more) = next_to(last + 1)
            && (tokens::is_patronymic(more) || tokens::is_surname(more))
        {
            last += 1;
        }
        let unsure = known.common && last == first && (head.initial || !head.is_capital());
        if unsure && !head.is_capital() {
            return None;
        }
        return Some(Found {
            first,
            last,
            names: known.names.clone(),
            relation: None,
            form: known.form,
            unsure,
            formal: false,
        });
    }
    let before = first.checked_sub(1).and_then(|i| tokens.get(i));
    let of_place = before.is_some_and(|t| !head.stop_before && listed(PLACES, &t.lower));
    if !tokens::is_surname(head) || !head.is_capital() || of_place {
        return None;
    }
    // A surname: with a given name after it anywhere, alone only where no sentence begins.
    let form = if tokens::is_oblique(head) { Form::Oblique } else { Form::Nominative };
    let mut found = Found { first, last: first, names: Vec::new(), relation: None, form, unsure: false, formal: false };
    match next_to(first + 1).and_then(given) {
        Some(known) => {
            (found.names, found.form) = (known.names, known.form);
            found.last = first + 1;
            found.formal = true;
            if next_to(first + 2).is_some_and(tokens::is_patronymic) {
                found.last += 1;
            }
        }
        None if head.initial => return None,
        None => {}
    }
    Some(found)
}

fn kin_at(tokens: &[Token], at: usize) -> Option<Found> {
    let relation = lexicon().relation(&tokens.get(at)?.lower)?;
    let form = Form::Nominative;
    Some(Found { first: at, last: at, names: Vec::new(), relation: Some(relation), form, unsure: true, formal: false })
}

/// What is done with a name, if enough speaks for it.
fn hint(text: &str, tokens: &[Token], found: Found) -> Option<Hint> {
    let (first, last) = (tokens.get(found.first)?, tokens.get(found.last)?);
    let kind = kind(tokens, &found)?;
    let words = text.chars().skip(first.from).take(last.to - first.from).collect();
    Some(Hint {
        turn: 0,
        start: 0.0,
        speaker: String::new(),
        kind,
        words,
        from: first.from,
        to: last.to,
        names: found.names,
        relation: found.relation,
        about: Vec::new(),
        found_by: BTreeSet::from([FoundBy::Lexicon]),
    })
}

fn kind(tokens: &[Token], found: &Found) -> Option<HintKind> {
    let before = |n: usize| found.first.checked_sub(n).and_then(|i| tokens.get(i));
    let said = |n: usize, words: &str| before(n).is_some_and(|t| listed(words, &t.lower));
    let (Some(first), Some(last)) = (tokens.get(found.first), tokens.get(found.last)) else { return None };
    let upright = found.form == Form::Nominative;
    let alone = last.stop_after;
    let this = "это эт це this is it's its";
    // "это я, Артём"; "Мам, это Артём."; but "Это я, мам" and "Это я, Юль" call somebody.
    if upright && alone && found.relation.is_none() && said(1, "я i me") && said(2, this) {
        return Some(HintKind::NamesSelf);
    }
    let this_is = said(1, this) || (said(1, "твоя твой твій ваш your") && said(2, this));
    if upright && alone && !first.stop_before && this_is {
        return Some(if last.question { HintKind::Addresses } else { HintKind::NamesSelf });
    }
    if upright && found.relation.is_none() && introduces(tokens, found, &said) {
        return Some(HintKind::NamesSelf);
    }
    let called = first.stop_before || (said(1, CALLS) && !said(2, "о об про for about"));
    let short = found.form == Form::Vocative;
    if found.form != Form::Oblique && !found.formal && ((called && alone) || (short && (first.stop_before || alone))) {
        return Some(HintKind::Addresses);
    }
    (found.relation.is_none() && !found.unsure).then_some(HintKind::SpeaksAbout)
}

/// `меня зовут Артём`, `Артём слушает`, `я Артём.`, `Я, Лаптев Артём Сергеевич, …`.
fn introduces(tokens: &[Token], found: &Found, said: &dyn Fn(usize, &str) -> bool) -> bool {
    let after = |n: usize, words: &str| tokens.get(found.last + n).is_some_and(|t| listed(words, &t.lower));
    let Some((first, last)) = tokens.get(found.first).zip(tokens.get(found.last)) else { return false };
    let full = found.last > found.first;
    (said(1, "зовут звати зовуть") && said(2, "меня мене"))
        || (said(1, "is") && said(2, "name") && said(3, "my"))
        || (said(1, "слушает беспокоит слухає турбує") && !first.stop_before)
        || (after(1, "слушает слухає беспокоит speaking") && !last.stop_after)
        || (after(1, "на") && after(2, "проводе связи дроті зв'язку линии"))
        || (said(1, "я i'm") && (full || (!first.stop_before && last.stop_after)))
}

fn listed(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|w| w == word)
}

#[cfg(test)]
mod tests;
