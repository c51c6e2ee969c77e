//! Telephone numbers, however they are written.

use super::fold::Folded;
use regex::Regex;
use std::{collections::HashMap, sync::LazyLock};

/// So many last digits make a number recognisable without its country and trunk prefix.
const KEY: usize = 9;
/// So many last digits are found where the rest was taken off.
pub(super) const SHORT_KEY: usize = 7;
/// Digits between which there may be so many other signs.
const GAP: usize = 3;

/// What is looked for of a number: its last digits. None for what has less than seven.
pub(super) fn key(term: &str) -> Option<String> {
    let digits: Vec<char> = term.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(KEY);
    (digits.len() >= SHORT_KEY).then(|| digits[from..].iter().collect())
}

/// So many digits of a country and a trunk prefix may stand before a number.
const PREFIX: usize = 4;

/// A digit of a text, with the characters it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digit {
    pub digit: char,
    pub from: usize,
    pub to: usize,
}

/// The first digit that belongs to a number, of which the last `known` digits of its key begin at `first`: what stands
/// before them belongs to it, down to the country and a trunk prefix.
pub(super) fn beginning(first: usize, key: &str, known: usize) -> usize {
    if first <= key.len().saturating_sub(known) + PREFIX { 0 } else { first }
}

/// Where a number stands, by its [`key`]: in digits, in words, or in both.
pub(super) fn places(text: &Folded, key: &str) -> Vec<(usize, usize)> {
    let short = &key[key.len().saturating_sub(SHORT_KEY)..];
    let mut found = Vec::new();
    for run in runs(text).into_iter().filter(|run| run.len() >= SHORT_KEY) {
        let digits: String = run.iter().map(|d| d.digit).collect();
        let mut at = 0;
        while let Some(hit) = digits.get(at..).and_then(|d| d.find(short)) {
            let (first, last) = (at + hit, at + hit + short.len() - 1);
            if let (Some(from), Some(to)) = (run.get(beginning(first, key, short.len())), run.get(last)) {
                found.push((from.from, to.to));
            }
            at = last + 1;
        }
    }
    found
}

/// Stretches of digits, and of words for digits, with little between them.
pub(super) fn runs(text: &Folded) -> Vec<Vec<Digit>> {
    static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{L}+(?:'\p{L}+)*|\p{Nd}").ok());
    let Some(words) = WORDS.as_ref() else { return Vec::new() };
    let shown = without_times(&text.text);
    let mut runs: Vec<Vec<Digit>> = Vec::new();
    let mut run: Vec<Digit> = Vec::new();
    let mut number = Spoken::default();
    let mut end = 0;
    for word in words.find_iter(&shown) {
        let gap = shown.get(end..word.start()).unwrap_or_default();
        let span = (text.place(word.start()), text.place(word.end().saturating_sub(1)) + 1);
        let near = gap.chars().count() <= GAP && !gap.contains(['<', '>', '{', '}', ';']);
        end = word.end();
        if !near {
            number.flush(&mut run);
            runs.push(std::mem::take(&mut run));
        }
        if let Some(digit) = word.as_str().chars().next().and_then(|c| c.to_digit(10)) {
            number.flush(&mut run);
            run.extend(char::from_digit(digit, 10).map(|digit| Digit { digit, from: span.0, to: span.1 }));
        } else if let Some(value) = value(word.as_str()) {
            number.add(value, span, &mut run);
        } else if !matches!(word.as_str(), "плюс" | "plus" | "и" | "and" | "та" | "тире" | "dash") {
            number.flush(&mut run);
            runs.push(std::mem::take(&mut run));
        }
    }
    number.flush(&mut run);
    runs.push(run);
    runs.retain(|run| !run.is_empty());
    runs
}

/// The text with letters in the place of the digits of times (`0:01`, `00:00:01.500`), as long as before: subtitles are full of
/// them, and nobody writes a number so.
fn without_times(text: &str) -> String {
    static TIMES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(^|[^0-9:])([0-9]{1,2}:[0-5][0-9](?::[0-5][0-9])?(?:[.,][0-9]{1,3})?)").ok());
    let Some(times) = TIMES.as_ref() else { return text.to_string() };
    let mut bytes = text.as_bytes().to_vec();
    for time in times.captures_iter(text).filter_map(|c| c.get(2)) {
        // What goes on after it is no time.
        let more = text.as_bytes().get(time.end()).is_some_and(|b| b.is_ascii_digit() || *b == b':');
        for byte in bytes.get_mut(time.range()).into_iter().flatten().filter(|b| !more && b.is_ascii_digit()) {
            *byte = b'x';
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_string())
}

/// The English word that multiplies what stands before it, which сто does not.
const HUNDRED: u32 = 1000;

/// A number below a thousand that is being said: девятьсот – сорок – четыре.
#[derive(Default)]
struct Spoken {
    value: Option<u32>,
    /// What the next word must be less than to belong to it.
    room: u32,
    span: (usize, usize),
}

impl Spoken {
    fn add(&mut self, value: u32, span: (usize, usize), run: &mut Vec<Digit>) {
        match self.value {
            Some(1..=9) if value == HUNDRED => {
                self.value = self.value.map(|v| v * 100);
                self.room = 100;
                self.span.1 = span.1;
                return;
            }
            Some(sum) if value > 0 && value < self.room => {
                self.value = Some(sum + value);
                self.span.1 = span.1;
            }
            _ => {
                self.flush(run);
                self.value = Some(if value == HUNDRED { 100 } else { value });
                self.span = span;
            }
        }
        self.room = match value {
            100.. => 100,
            20.. => 10,
            _ => 0,
        };
    }

    fn flush(&mut self, run: &mut Vec<Digit>) {
        if let Some(value) = self.value.take() {
            run.extend(value.to_string().chars().map(|digit| Digit { digit, from: self.span.0, to: self.span.1 }));
        }
    }
}

/// The number that a word (folded) names, as far as telephone numbers are said with it.
fn value(word: &str) -> Option<u32> {
    const UNITS: [(&[&str], u32); 38] = [
        (&["ноль", "нуль", "ноля", "нуля", "zero", "oh"], 0),
        (&["один", "одна", "раз", "одного", "one"], 1),
        (&["два", "две", "дві", "двух", "two"], 2),
        (&["три", "трех", "three"], 3),
        (&["четыре", "чотири", "четырех", "four"], 4),
        (&["пять", "п'ять", "пяти", "five"], 5),
        (&["шесть", "шість", "шести", "six"], 6),
        (&["семь", "сім", "семи", "seven"], 7),
        (&["восемь", "вісім", "восьми", "eight"], 8),
        (&["девять", "дев'ять", "девяти", "nine"], 9),
        (&["десять", "десяти", "ten"], 10),
        (&["одиннадцать", "одинадцять", "eleven"], 11),
        (&["двенадцать", "дванадцять", "twelve"], 12),
        (&["тринадцать", "тринадцять", "thirteen"], 13),
        (&["четырнадцать", "чотирнадцять", "fourteen"], 14),
        (&["пятнадцать", "п'ятнадцять", "fifteen"], 15),
        (&["шестнадцать", "шістнадцять", "sixteen"], 16),
        (&["семнадцать", "сімнадцять", "seventeen"], 17),
        (&["восемнадцать", "вісімнадцять", "eighteen"], 18),
        (&["девятнадцать", "дев'ятнадцять", "nineteen"], 19),
        (&["двадцать", "двадцять", "двадцати", "twenty"], 20),
        (&["тридцать", "тридцять", "тридцати", "thirty"], 30),
        (&["сорок", "сорока", "forty", "fourty"], 40),
        (&["пятьдесят", "п'ятдесят", "fifty"], 50),
        (&["шестьдесят", "шістдесят", "sixty"], 60),
        (&["семьдесят", "сімдесят", "seventy"], 70),
        (&["восемьдесят", "вісімдесят", "eighty"], 80),
        (&["девяносто", "дев'яносто", "ninety"], 90),
        (&["сто"], 100),
        (&["hundred"], HUNDRED),
        (&["двести", "двісті"], 200),
        (&["триста"], 300),
        (&["четыреста", "чотириста"], 400),
        (&["пятьсот", "п'ятсот"], 500),
        (&["шестьсот", "шістсот"], 600),
        (&["семьсот", "сімсот"], 700),
        (&["восемьсот", "вісімсот"], 800),
        (&["девятьсот", "дев'ятсот"], 900),
    ];
    static FOLDED: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
        UNITS.iter().flat_map(|(words, value)| words.iter().map(|w| (super::fold(w), *value))).collect()
    });
    FOLDED.get(word).copied()
}

/// Stretches of a text that look like a telephone number, whoever it may belong to: with a plus, or beginning with 0, 7
/// or 8 and in the usual groups.
pub fn looks_like_phone(text: &str) -> Vec<String> {
    static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) \+\d(?:[\s().\-–/]{0,2}\d){9,14}
            | \b[78][\s\-]?\(?\d{3}\)?[\s\-]?\d{3}[\s\-]?\d{2}[\s\-]?\d{2}\b
            | \b(?:38)?0\d{2}[\s\-]?\d{3}[\s\-]?\d{2}[\s\-]?\d{2}\b
            | \b(?:380|79)\d{9}\b",
        )
        .ok()
    });
    let Some(shapes) = SHAPES.as_ref() else { return Vec::new() };
    shapes.find_iter(text).map(|m| m.as_str().to_string()).collect()
}
