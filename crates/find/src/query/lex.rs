//! From characters to the pieces of a query.

use super::{ast::WordMode, parse::QueryError};
use crate::{
    filters::{self, Filter, FilterKind},
    text::tokens,
};

/// A query longer than this is no question.
const LONGEST_QUERY: usize = 4000;

/// One piece, and the character at which it begins.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) at: usize,
    pub(super) what: What,
}

#[derive(Debug, PartialEq)]
pub(super) enum What {
    Open,
    Close,
    And,
    Or,
    Not,
    Word { text: String, mode: WordMode },
    Phrase { text: String, exact: bool },
    Filter(Filter),
}

pub(super) fn error(at: usize, message: impl Into<String>, hint: impl Into<String>) -> QueryError {
    QueryError { at, message: message.into(), hint: Some(hint.into()) }
}

/// Characters that end a bare word.
pub(crate) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')') || closing(c).is_some() || matches!(c, '»' | '”')
}

/// The quotation mark that closes what this one opens.
fn closing(c: char) -> Option<&'static [char]> {
    match c {
        '"' => Some(&['"']),
        '«' => Some(&['»']),
        '“' => Some(&['”', '“']),
        '„' => Some(&['“', '”', '"']),
        _ => None,
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// All pieces of a query.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, QueryError> {
    let chars: Vec<char> = text.chars().take(LONGEST_QUERY + 1).collect();
    if chars.len() > LONGEST_QUERY {
        return Err(error(LONGEST_QUERY, "the query is too long", format!("at most {LONGEST_QUERY} characters")));
    }
    let mut lexer = Lexer { chars, at: 0 };
    let mut pieces = Vec::new();
    while let Some(piece) = lexer.next()? {
        pieces.push(piece);
    }
    Ok(pieces)
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Result<Option<Piece>, QueryError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let at = self.at;
        let Some(c) = self.peek() else { return Ok(None) };
        let what = match c {
            '(' => self.single(What::Open),
            ')' => self.single(What::Close),
            '-' => self.minus()?,
            '»' | '”' => return Err(error(at, format!("{c} closes a phrase that was not opened"), "\"two words\"")),
            _ if closing(c).is_some() => What::Phrase { text: self.phrase()?, exact: false },
            '=' => self.exact()?,
            _ => self.word_or_filter()?,
        };
        Ok(Some(Piece { at, what }))
    }

    fn single(&mut self, what: What) -> What {
        self.at += 1;
        what
    }

    fn minus(&mut self) -> Result<What, QueryError> {
        let at = self.at;
        self.at += 1;
        match self.peek() {
            Some(c) if !c.is_whitespace() && c != ')' => Ok(What::Not),
            _ => Err(error(at, "there is nothing after the minus", "write -word to leave out turns with it")),
        }
    }

    fn exact(&mut self) -> Result<What, QueryError> {
        let at = self.at;
        self.at += 1;
        if self.peek().and_then(closing).is_some() {
            return Ok(What::Phrase { text: self.phrase()?, exact: true });
        }
        let text = self.chunk();
        if text.ends_with(['*', '~']) {
            return Err(error(
                at,
                "a word cannot be both exact and open",
                format!("={}", text.trim_end_matches(['*', '~'])),
            ));
        }
        check_word(at + 1, &text)?;
        Ok(What::Word { text, mode: WordMode::Exact })
    }

    /// Everything up to a space, a bracket or a quotation mark.
    fn chunk(&mut self) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let text: String = rest.iter().take_while(|c| !ends_word(**c)).collect();
        self.at += text.chars().count();
        text
    }

    /// What stands between quotation marks, the lexer being at the first.
    fn quoted(&mut self) -> Result<String, QueryError> {
        let at = self.at;
        let ends = self.peek().and_then(closing).unwrap_or_default();
        let rest = self.chars.get(at + 1..).unwrap_or_default();
        let Some(length) = rest.iter().position(|c| ends.contains(c)) else {
            return Err(error(at, "the quotation mark is not closed", "\"two words\""));
        };
        self.at += length + 2;
        // A quotation mark inside could not be written out again, and no word holds one.
        let text: String = rest.iter().take(length).map(|&c| if c == '"' { ' ' } else { c }).collect();
        Ok(text.trim().to_owned())
    }

    fn phrase(&mut self) -> Result<String, QueryError> {
        let at = self.at;
        let text = self.quoted()?;
        check_word(at, &text)?;
        Ok(text)
    }

    fn word_or_filter(&mut self) -> Result<What, QueryError> {
        let at = self.at;
        let text = self.chunk();
        match text.as_str() {
            "AND" | "И" | "І" | "ТА" => return Ok(What::And),
            "OR" | "ИЛИ" | "АБО" => return Ok(What::Or),
            "NOT" | "НЕ" => return Ok(What::Not),
            _ => {}
        }
        if let Some((name, value)) = text.split_once(':')
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphabetic())
        {
            return self.filter(at, name, value);
        }
        word(at, text)
    }

    fn filter(&mut self, at: usize, name: &str, value: &str) -> Result<What, QueryError> {
        let known = name.to_ascii_lowercase();
        if !filters::is_name(&known) {
            let hint = nearest(&known).map_or_else(
                || {
                    format!(
                        "the filters are {}; words with a colon need quotation marks",
                        filters::NAMES.join(": ") + ":"
                    )
                },
                |near| format!("did you mean {near}: ?"),
            );
            return Err(error(at, format!("there is no filter {name}:"), hint));
        }
        let value =
            if value.is_empty() && self.peek().and_then(closing).is_some() { self.quoted()? } else { value.to_owned() };
        let value_at = at + name.chars().count() + 1;
        if value.is_empty() {
            return Err(error(value_at, format!("{name}: needs a value"), example(&known)));
        }
        match FilterKind::read(&known, &value) {
            Some(Ok(kind)) => Ok(What::Filter(Filter { negated: false, kind })),
            Some(Err(bad)) => Err(error(value_at, bad.message, bad.hint)),
            None => Err(error(at, format!("there is no filter {name}:"), example(&known))),
        }
    }
}

/// A bare word with its mode.
fn word(at: usize, text: String) -> Result<What, QueryError> {
    let (bare, mode) = if let Some(bare) = text.strip_suffix('*') {
        (bare, WordMode::Prefix)
    } else if let Some(bare) = text.strip_suffix("~2") {
        (bare, WordMode::Fuzzy(2))
    } else if let Some(bare) = text.strip_suffix("~1").or_else(|| text.strip_suffix('~')) {
        (bare, WordMode::Fuzzy(1))
    } else {
        (text.as_str(), WordMode::Forms)
    };
    if let Some(i) = bare.chars().position(|c| matches!(c, '*' | '~')) {
        return Err(error(at + i, "* and ~ can only end a word; ~ may carry 1 or 2", "снаряд*  Изюм~  Изюм~2"));
    }
    check_word(at, bare)?;
    let letters = shortest(bare);
    let (least, why) = match mode {
        WordMode::Forms | WordMode::Exact => (0, ""),
        WordMode::Prefix => (2, "two letters before the star"),
        WordMode::Fuzzy(1) => (3, "three letters before ~"),
        WordMode::Fuzzy(_) => (5, "five letters before ~2"),
    };
    if letters < least {
        return Err(error(at, format!("{text} would find nearly every word"), format!("at least {why}")));
    }
    if least > 0 && single(bare).is_none() {
        return Err(error(at, format!("{bare} is more than one word"), "* and ~ go with one word"));
    }
    Ok(What::Word { text: bare.to_owned(), mode })
}

fn shortest(text: &str) -> usize {
    single(text).map_or(usize::MAX, |one| one.chars().count())
}

/// The text as one term of the index (hyphens may be inside), if it is one.
pub(super) fn single(text: &str) -> Option<String> {
    let found = tokens(text);
    let parts = found.iter().filter(|t| !t.whole).count();
    match found.first() {
        Some(first) if first.whole && found.len() == parts + 1 => Some(first.text.clone()),
        Some(first) if parts == 1 => Some(first.text.clone()),
        _ => None,
    }
}

fn check_word(at: usize, text: &str) -> Result<(), QueryError> {
    if tokens(text).is_empty() {
        return Err(error(at, format!("there is no word in {text:?}"), "a word has at least one letter or digit"));
    }
    Ok(())
}

fn example(name: &str) -> &'static str {
    match name {
        "from" | "to" | "phone" => "phone:5330 finds numbers that end so",
        "date" => "date:2022-03-11 or date:2022-03..2022-05",
        "lang" | "language" => "lang:ru",
        "file" => "file:k07 or file:*.wav",
        "sector" => "sector:Izium-2",
        "near" => "near:47.10,37.55,15",
        "has" => "has:translation or has:doubt",
        "speaker" => "speaker:A",
        "theme" => "theme:t1 or theme:\"a name\"",
        "channel" => "channel:0",
        _ => "call:c01ab",
    }
}

/// The name of a filter that differs in at most two letters.
fn nearest(name: &str) -> Option<&'static str> {
    filters::NAMES
        .into_iter()
        .map(|known| (super::plan::distance(known, name), known))
        .filter(|(d, known)| *d <= 2 && *d < known.len())
        .min()
        .map(|(_, known)| known)
}
