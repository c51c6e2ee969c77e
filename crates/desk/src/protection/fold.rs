//! Text in a form in which things are compared: lower case, without marks above letters, without characters that
//! nobody sees, and without letters of the other alphabet inside a word.

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// A text, folded, and where each of its characters came from.
pub(super) struct Folded {
    /// The folded text.
    pub text: String,
    /// For each character of the folded text its byte there and the number of the character it came from.
    places: Vec<(usize, usize)>,
    original: Vec<char>,
}

/// Characters that take no place on paper.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{300}'..='\u{36f}')
}

/// Latin letters that look like Cyrillic ones.
const ALIKE: [(char, char); 17] = [
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('i', 'і'),
    ('j', 'ј'),
    ('k', 'к'),
    ('m', 'м'),
    ('n', 'п'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
    ('r', 'г'),
    ('u', 'и'),
];

fn cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

fn latin(c: char) -> bool {
    c.is_ascii_alphabetic()
}

/// A text in the form in which things are compared.
pub fn fold(text: &str) -> String {
    Folded::new(text).text
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let original: Vec<char> = text.chars().collect();
        let mut folded: Vec<(char, usize)> = Vec::with_capacity(original.len());
        for (at, c) in original.iter().enumerate() {
            for c in c.nfkd().filter(|c| !unseen(*c)).flat_map(char::to_lowercase).filter(|c| !unseen(*c)) {
                let c = match c {
                    '’' | 'ʼ' | '‘' | '`' | 'ʹ' | '′' => '\'',
                    '–' | '—' | '−' | '‑' | '‐' => '-',
                    c if c.is_whitespace() => ' ',
                    c => c,
                };
                folded.push((c, at));
            }
        }
        one_alphabet(&mut folded);
        let mut text = String::with_capacity(folded.len() * 2);
        let mut places = Vec::with_capacity(folded.len());
        for (c, at) in folded {
            places.push((text.len(), at));
            text.push(c);
        }
        Self { text, places, original }
    }

    /// The number of the original's character that the folded byte belongs to.
    pub fn place(&self, byte: usize) -> usize {
        let behind = self.places.partition_point(|p| p.0 <= byte);
        behind.checked_sub(1).and_then(|i| self.places.get(i)).map_or(0, |p| p.1)
    }

    /// The characters from–to of the original.
    pub fn original(&self, from: usize, to: usize) -> String {
        self.original.get(from..to).unwrap_or_default().iter().collect()
    }

    /// Where the first group of a pattern stands. The pattern may look at what surrounds the group.
    pub fn whole(&self, pattern: &Regex) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(hit) = pattern.captures_at(&self.text, at).and_then(|c| c.get(1)) {
            found.push(self.span(hit.start(), hit.end()));
            // What surrounds one hit may surround the next.
            at = hit.end();
        }
        found
    }

    /// Where a pattern stands inside what looks like an address, a file name or a handle.
    pub fn inside_handles(&self, pattern: &Regex) -> Vec<(usize, usize)> {
        let spans = pattern.find_iter(&self.text).map(|hit| self.span(hit.start(), hit.end()));
        spans.filter(|(from, to)| self.in_handle(*from, *to)).collect()
    }

    /// The characters of the original for bytes of the folded text.
    fn span(&self, start: usize, end: usize) -> (usize, usize) {
        (self.place(start), self.behind(self.place(end.saturating_sub(1))))
    }

    /// Behind a character and the unseen ones that follow it.
    fn behind(&self, last: usize) -> usize {
        let more = self.original.iter().skip(last + 1).take_while(|c| unseen(**c)).count();
        (last + 1 + more).min(self.original.len())
    }

    /// Whether a stretch belongs to something that people do not write as words: with `@`, `/`, `_`, a digit, or a
    /// capital inside.
    fn in_handle(&self, from: usize, to: usize) -> bool {
        let gap = |c: &char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',' | ';');
        let head = self.original.get(..from).unwrap_or_default();
        let start = head.iter().rposition(gap).map_or(0, |i| i + 1);
        let tail = self.original.get(to..).unwrap_or_default();
        let end = to + tail.iter().position(gap).unwrap_or(tail.len());
        let token = self.original.get(start..end).unwrap_or_default();
        let odd = |c: &char| matches!(c, '@' | '/' | '_' | '\\' | '=' | '&' | '#' | '%') || c.is_numeric();
        token.iter().any(odd) || token.windows(2).any(|w| w[0].is_lowercase() && w[1].is_uppercase())
    }
}

/// Makes words Cyrillic that have letters of both alphabets.
fn one_alphabet(folded: &mut [(char, usize)]) {
    let mut at = 0;
    while at < folded.len() {
        let letters = folded[at..].iter().take_while(|(c, _)| cyrillic(*c) || latin(*c)).count();
        let word = &mut folded[at..at + letters];
        if word.iter().any(|(c, _)| cyrillic(*c)) && word.iter().any(|(c, _)| latin(*c)) {
            for (c, _) in word.iter_mut() {
                *c = ALIKE.iter().find(|(l, _)| l == c).map_or(*c, |(_, r)| *r);
            }
        }
        at += letters.max(1);
    }
}
