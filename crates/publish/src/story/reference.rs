//! `{{ quote k01#7 cut="There you go." }}`: how a story points at words of a call.

use super::{Fault, MARKS, MOST_QUOTES};
use earwitness_desk::quote::Declaration;
use earwitness_model::{Span, time::read_clock};

/// How quotes are written.
const FORM: &str = "write {{ quote CALL#TURN cut=\"words\" insert=\"words [explanation]\" mask=\"word\" }}";
/// The longest reference, in characters.
const LONGEST: usize = 8000;

/// A quote as the story names it.
#[derive(Clone, Debug, PartialEq)]
pub struct QuoteRef {
    /// Where it stands, from 1.
    pub line: usize,
    /// The call, by its short name or as the archive calls it.
    pub call: String,
    /// Which of its words.
    pub place: Place,
    /// The edits, as declared.
    pub edits: Vec<Declaration>,
    /// Who speaks, by the key of the head; none where the head's `speaks` tells.
    pub by: Option<String>,
    /// The claim whose standing is printed beside it.
    pub claim: Option<String>,
    /// Whether the original is quoted, and not its translation.
    pub original: bool,
    /// Whether the quote is printed without its sound.
    pub silent: bool,
}

/// Which words of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Turns, first and last, from 0.
    Turns(usize, usize),
    /// The turns that lie mostly in these seconds.
    Seconds(Span),
}

impl QuoteRef {
    /// The call and the place, as they are written: `k01#7`.
    pub fn label(&self) -> String {
        match self.place {
            Place::Turns(first, last) if first == last => format!("{}#{first}", self.call),
            Place::Turns(first, last) => format!("{}#{first}-{last}", self.call),
            Place::Seconds(span) => format!("{}@{:.1}-{:.1}", self.call, span.start, span.end),
        }
    }
}

/// Takes the references out of a body that begins on the line `first`, and leaves a mark for each.
pub(super) fn take_quotes(body: &str, first: usize, faults: &mut Vec<Fault>) -> (String, Vec<QuoteRef>) {
    let mut quotes = Vec::new();
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    let mut line = first;
    while let Some(open) = rest.find("{{") {
        let (before, inside) = (&rest[..open], &rest[open + 2..]);
        line += before.matches('\n').count();
        text.push_str(before);
        let Some(end) = closing(inside) else {
            faults.push(Fault::new(line, "a {{ is not closed by }}", FORM));
            return (text, quotes);
        };
        match read(&inside[..end], line) {
            Ok(quote) => {
                text.extend([MARKS[0]]);
                text.push_str(&quotes.len().to_string());
                text.extend([MARKS[1]]);
                quotes.push(quote);
            }
            Err(fault) => faults.push(fault),
        }
        // The lines that a long reference takes stay, so that places behind it keep theirs.
        let lines = inside[..end].matches('\n').count();
        text.extend(std::iter::repeat_n('\n', lines));
        line += lines;
        rest = &inside[end + 2..];
        if quotes.len() > MOST_QUOTES {
            faults.push(Fault::new(line, format!("there are more than {MOST_QUOTES} quotes"), "divide the story"));
            return (text, quotes);
        }
    }
    text.push_str(rest);
    (text, quotes)
}

/// The quotation marks that may stand around a value, and those that end it.
fn ends(open: char) -> Option<&'static [char]> {
    Some(match open {
        '"' => &['"'],
        '“' => &['”', '“'],
        '„' => &['“', '”'],
        '«' => &['»'],
        _ => return None,
    })
}

/// Where `}}` stands outside of values.
fn closing(text: &str) -> Option<usize> {
    let mut value: Option<&'static [char]> = None;
    let mut chars = text.char_indices().take(LONGEST).peekable();
    while let Some((at, c)) = chars.next() {
        match value {
            Some(_) if c == '\\' => drop(chars.next()),
            Some(marks) if marks.contains(&c) => value = None,
            Some(_) => {}
            None if c == '}' && chars.peek().is_some_and(|(_, c)| *c == '}') => return Some(at),
            None => value = ends(c),
        }
    }
    None
}

fn read(text: &str, line: usize) -> Result<QuoteRef, Fault> {
    let wrong = |message: String| Fault::new(line, message, FORM);
    let mut words = Words { rest: text.trim() };
    match words.plain() {
        "quote" => {}
        other => return Err(wrong(format!("“{other}” is not known; only quotes can stand in {{{{ }}}}"))),
    }
    let (call, place) = read_place(words.plain()).map_err(wrong)?;
    let mut quote =
        QuoteRef { line, call, place, edits: Vec::new(), by: None, claim: None, original: false, silent: false };
    while !words.rest.is_empty() {
        let name = words.name();
        let value = words.value().map_err(wrong)?;
        quote.set(name, value).map_err(wrong)?;
    }
    Ok(quote)
}

/// The value of an attribute, and which of several places it means.
type Value = Option<(String, Option<usize>)>;

impl QuoteRef {
    fn set(&mut self, name: &str, value: Value) -> Result<(), String> {
        let needed = || format!("{name} needs words: {name}=\"…\"");
        match (name, value) {
            ("join", None) => self.edits.push(Declaration::Join),
            ("original", None) => self.original = true,
            ("silent", None) => self.silent = true,
            ("join" | "original" | "silent", Some(_)) => return Err(format!("{name} stands alone, without =")),
            ("cut", value) => {
                let (words, nth) = value.ok_or_else(needed)?;
                self.edits.push(Declaration::Cut { words, nth });
            }
            ("mask", value) => {
                let (word, nth) = value.ok_or_else(needed)?;
                self.edits.push(Declaration::Mask { word, nth });
            }
            ("insert", value) => {
                let (text, nth) = value.ok_or_else(needed)?;
                let inside = text.trim().strip_suffix(']').and_then(|t| t.split_once('['));
                let (after, text) = inside.ok_or("an insertion is written insert=\"words before it [explanation]\"")?;
                self.edits.push(Declaration::Insert { after: after.trim().into(), text: text.trim().into(), nth });
            }
            ("by", value) => self.by = Some(value.ok_or_else(needed)?.0),
            ("claim", value) => self.claim = Some(value.ok_or_else(needed)?.0),
            (other, _) => return Err(format!("“{other}” cannot be said of a quote")),
        }
        Ok(())
    }
}

/// `k01#7`, `k01#7-9`, `k01@0:12.5-0:20`.
fn read_place(text: &str) -> Result<(String, Place), String> {
    let wrong = || format!("“{text}” is not a place in a call, as in k01#7, k01#7-9 or k01@0:12.5-0:20");
    let (call, place) = if let Some((call, turns)) = text.rsplit_once('#') {
        let (first, last) = turns.split_once(['-', '–']).unwrap_or((turns, turns));
        let number = |t: &str| t.parse::<usize>().ok().filter(|n| *n < 1_000_000);
        let (first, last) = (number(first).ok_or_else(wrong)?, number(last).ok_or_else(wrong)?);
        if last < first {
            return Err(format!("“{text}” ends before it begins"));
        }
        (call, Place::Turns(first, last))
    } else if let Some((call, times)) = text.rsplit_once('@') {
        let (start, end) = times.split_once(['-', '–']).ok_or_else(wrong)?;
        let (start, end) = (read_clock(start).ok_or_else(wrong)?, read_clock(end).ok_or_else(wrong)?);
        if end <= start {
            return Err(format!("“{text}” ends before it begins"));
        }
        (call, Place::Seconds(Span::new(start, end)))
    } else {
        return Err(wrong());
    };
    if call.is_empty() || call.contains(char::is_control) {
        return Err(wrong());
    }
    Ok((call.to_string(), place))
}

/// What stands between the braces, word by word.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn plain(&mut self) -> &'a str {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn name(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(self.rest.len());
        let name = self.rest.get(..end).unwrap_or_default();
        self.rest = self.rest.get(end..).unwrap_or_default().trim_start();
        name
    }

    fn take(&mut self, end: usize) -> &'a str {
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest.trim_start();
        word
    }

    /// What stands behind `=`, if there is one.
    fn value(&mut self) -> Result<Value, String> {
        let Some(rest) = self.rest.strip_prefix('=') else { return Ok(None) };
        self.rest = rest.trim_start();
        let value = match self.rest.chars().next().and_then(ends) {
            Some(marks) => self.between(marks)?,
            None => self.plain().to_string(),
        };
        if value.trim().is_empty() {
            return Err("there is nothing behind =".into());
        }
        Ok(Some((value, self.nth()?)))
    }

    fn between(&mut self, marks: &[char]) -> Result<String, String> {
        let mut value = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                value.extend(chars.next().map(|(_, c)| c));
            } else if marks.contains(&c) {
                self.rest = &self.rest[at + c.len_utf8()..];
                return Ok(value.split_whitespace().collect::<Vec<_>>().join(" "));
            } else {
                value.push(c);
            }
        }
        Err("a quotation mark is not closed".into())
    }

    /// `#2` behind a value.
    fn nth(&mut self) -> Result<Option<usize>, String> {
        let Some(rest) = self.rest.strip_prefix('#') else {
            self.rest = self.rest.trim_start();
            return Ok(None);
        };
        self.rest = rest;
        let digits = self.plain();
        let nth = digits.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("“#{digits}” is not as in #2"))?;
        Ok(Some(nth))
    }
}
