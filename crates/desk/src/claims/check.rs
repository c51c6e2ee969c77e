//! What a claim and a piece of evidence must be before they are kept.

use super::{Claim, Evidence, Fault, When};
use crate::kept::Keepable;
use earwitness_model::Span;

/// The longest texts, in characters.
const KEY: usize = 80;
const KIND: usize = 60;
const SHORT: usize = 300;
const LONG: usize = 4000;

/// Drops blanks around texts, and texts without anything in them.
fn tidy(text: &mut Option<String>) {
    *text = text.take().map(|t| t.trim().to_string()).filter(|t| !t.is_empty());
}

/// A key of letters, digits and `.`, `_`, `-`, that is no record's name.
fn key<T: Keepable>(key: &str, faults: &mut Vec<Fault>) {
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if key.chars().count() > KEY || !key.chars().all(sign) {
        let what = format!("“{}” is no key: letters, digits, “.”, “_” and “-”, {KEY} at most", cut(key));
        faults.push(Fault::new("key", what));
    }
    let number = key.strip_prefix(T::LETTER).unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        faults.push(Fault::new("key", format!("“{key}” is how the archive numbers these; choose another key")));
    }
}

fn kind(kind: &str, faults: &mut Vec<Fault>) {
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if kind.is_empty() || kind.chars().count() > KIND || !kind.chars().all(sign) {
        let what = format!("“{}” is no kind: one word of letters, digits, “_” and “-”, {KIND} at most", cut(kind));
        faults.push(Fault::new("kind", what));
    }
}

/// A text on one line.
fn line(place: &str, text: &str, most: usize, faults: &mut Vec<Fault>) {
    if text.is_empty() {
        faults.push(Fault::new(place, "it is empty"));
    } else if text.chars().count() > most {
        faults.push(Fault::new(place, format!("it has more than {most} characters")));
    } else if text.chars().any(char::is_control) {
        faults.push(Fault::new(place, "it holds line breaks or control characters"));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Why an editor decides something; may be empty.
pub(super) fn why(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !text.is_empty() {
        line("why", text, LONG, &mut faults);
    }
    faults
}

impl Claim {
    /// The claim with its texts tidied, and everything that is wrong with it in itself, whatever the archive holds.
    pub fn checked(mut self) -> (Self, Vec<Fault>) {
        for text in [&mut self.words, &mut self.who, &mut self.place, &mut self.when] {
            tidy(text);
        }
        for text in [&mut self.key, &mut self.kind, &mut self.what] {
            *text = text.trim().to_string();
        }
        self.last = self.last.filter(|last| *last != self.turn);
        // A millisecond is finer than anybody hears, and has one form in JSON.
        let round = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        self.seconds = self.seconds.map(|s| Span { start: round(s.start), end: round(s.end) });
        let mut faults = Vec::new();
        key::<Self>(&self.key, &mut faults);
        if self.last.is_some_and(|last| last < self.turn) {
            faults.push(Fault::new("last", "the last turn comes before the first"));
        }
        kind(&self.kind, &mut faults);
        line("what", &self.what, LONG, &mut faults);
        for (place, text, most) in
            [("words", &self.words, LONG), ("who", &self.who, SHORT), ("where", &self.place, SHORT)]
        {
            text.iter().for_each(|text| line(place, text, most, &mut faults));
        }
        if let Some(Err(e)) = self.when.as_ref().map(|when| when.parse::<When>()) {
            faults.push(Fault::new("when", e.to_string()));
        }
        if self
            .seconds
            .is_some_and(|s| !(s.start.is_finite() && s.end.is_finite() && 0.0 <= s.start && s.start < s.end))
        {
            faults.push(Fault::new("seconds", "a span begins at 0 or later, and ends after it begins"));
        }
        (self, faults)
    }
}

impl Evidence {
    /// The piece with its texts tidied, and everything that is wrong with it.
    pub fn checked(mut self) -> (Self, Vec<Fault>) {
        tidy(&mut self.url);
        for text in [&mut self.key, &mut self.kind, &mut self.title, &mut self.source] {
            *text = text.trim().to_string();
        }
        let mut faults = Vec::new();
        key::<Self>(&self.key, &mut faults);
        kind(&self.kind, &mut faults);
        line("title", &self.title, SHORT, &mut faults);
        line("source", &self.source, LONG, &mut faults);
        if let Some(url) = &self.url {
            let web = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if web.is_none_or(str::is_empty) || url.contains(char::is_whitespace) {
                faults.push(Fault::new("url", "it is no address that begins with https:// or http://"));
            }
            line("url", url, LONG, &mut faults);
        }
        (self, faults)
    }
}
