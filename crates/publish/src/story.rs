//! Stories: a text that anybody can write in any editor, with quotes by reference. docs/story.md describes the form.
//!
//! [`parse`] reads `story.md` and names every line that cannot be understood. Nothing here opens an archive: what a
//! reference means is found out by whoever knows the calls.

mod html;
mod prose;
mod reference;

pub use html::to_html;
pub use reference::{Place, QuoteRef};

use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest text that is taken for a story, in bytes.
pub const LONGEST: usize = 4 << 20;
/// The most quotes of one story.
pub const MOST_QUOTES: usize = 2000;
/// Marks around the number of a quote in [`Story::body`]; from the private use area, so that no text has them.
pub(crate) const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];
/// The line that begins and ends the head.
const FENCE: &str = "+++";

/// A story as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Title and the like.
    pub head: Head,
    /// The prose, in Markdown, with a mark where each quote belongs.
    pub body: String,
    /// In the order of the text.
    pub quotes: Vec<QuoteRef>,
    /// The pictures, by file name.
    pub pictures: Vec<Picture>,
}

/// A picture that the story shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its file, beside the story.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// The head of a story, in TOML between two lines `+++`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The title.
    pub title: String,
    /// A sentence or two below the title.
    #[serde(default)]
    pub summary: String,
    /// Who wrote it.
    #[serde(default)]
    pub byline: String,
    /// When it was published, as it is to be printed.
    #[serde(default)]
    pub date: String,
    /// The language of the page: `en` or `uk`.
    #[serde(default = "english")]
    pub language: String,
    /// What readers must know before they read or listen.
    #[serde(default)]
    pub warning: String,
    /// Where the recordings came from, how they were checked, what is not known. Paragraphs of Markdown.
    #[serde(default)]
    pub method: String,
    /// A line at the end.
    #[serde(default)]
    pub footer: String,
    /// Where it will be published, `https://…`; pictures in links to it need it.
    #[serde(default)]
    pub address: String,
    /// Short names of calls, with what the archive calls them: the call's name or that of one of its files.
    #[serde(default)]
    pub calls: BTreeMap<String, String>,
    /// Who is who, under names that may be published.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
}

/// Somebody in the story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name that is published.
    pub name: String,
    /// In a few words.
    #[serde(default)]
    pub about: String,
    /// Where this person speaks: `CALL:LABEL`, with the short names of calls.
    #[serde(default)]
    pub speaks: Vec<String>,
    /// Whether the clips in which this person speaks are published in another voice.
    #[serde(default)]
    pub disguise: bool,
}

fn english() -> String {
    "en".into()
}

impl Head {
    /// What the archive calls a call of this story.
    pub fn call<'a>(&'a self, short: &'a str) -> &'a str {
        self.calls.get(short).map_or(short, String::as_str)
    }

    /// The person (key and description) who speaks under this label of a call, by its short name.
    pub fn speaker(&self, call: &str, label: &str) -> Option<(&str, &Person)> {
        let voice = format!("{call}:{label}");
        let found = self.people.iter().find(|(_, p)| p.speaks.iter().any(|s| s.trim() == voice));
        found.map(|(key, person)| (key.as_str(), person))
    }
}

/// A place in a story that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: line {line}: {message}; {hint}")]
pub struct StoryFault {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A fault whose file is not yet named.
#[derive(Debug)]
struct Fault {
    line: usize,
    message: String,
    hint: String,
}

impl Fault {
    fn new(line: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { line, message: message.into(), hint: hint.into() }
    }
}

/// Reads a story; `file` is what faults call it.
///
/// # Errors
/// Every place that cannot be understood, with what to do about it.
pub fn parse(file: &str, text: &str) -> Result<Story, Vec<StoryFault>> {
    let named = |f: Fault| StoryFault { file: file.to_string(), line: f.line, message: f.message, hint: f.hint };
    read(text).map_err(|faults| faults.into_iter().map(named).collect())
}

fn read(text: &str) -> Result<Story, Vec<Fault>> {
    if text.len() > LONGEST {
        let hint = "is it the right file? divide it into several stories";
        return Err(vec![Fault::new(1, "the file is too long to be a story", hint)]);
    }
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    if let Some(at) = text.find(MARKS) {
        let line = text[..at].matches('\n').count() + 1;
        return Err(vec![Fault::new(line, "there is a character that no font shows (U+E000 or U+E001)", "remove it")]);
    }
    let mut faults = Vec::new();
    let (head, body, first) = match split(&text) {
        Ok((head, body, first)) => (read_head(head, &mut faults), body, first),
        Err(fault) => return Err(vec![fault]),
    };
    let (body, quotes) = reference::take_quotes(body, first, &mut faults);
    let pictures = prose::check(&body, first, &mut faults);
    check_quotes(&head, &quotes, &mut faults);
    faults.sort_by_key(|f| f.line);
    if faults.is_empty() { Ok(Story { head, body, quotes, pictures }) } else { Err(faults) }
}

/// The head, the body, and the line on which the body begins.
fn split(text: &str) -> Result<(&str, &str, usize), Fault> {
    let hint = "begin the file with a line +++, then title = \"…\", then another line +++";
    let before = text.len() - text.trim_start().len();
    let rest = text.trim_start().strip_prefix(FENCE).and_then(|t| t.split_once('\n'));
    let Some((_, rest)) = rest.filter(|(line, _)| line.trim().is_empty()) else {
        return Err(Fault::new(1, "the story has no head", hint));
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim() == FENCE {
            let (head, body) = (&rest[..at], &rest[at + line.len()..]);
            let lines = |t: &str| t.matches('\n').count();
            let above = lines(&text[..before]) + 2 + lines(head);
            return Ok((head, body, above + 1));
        }
        at += line.len();
    }
    Err(Fault::new(1, "the head does not end", hint))
}

fn read_head(text: &str, faults: &mut Vec<Fault>) -> Head {
    match toml::from_str::<Head>(text) {
        Ok(head) => {
            if head.title.trim().is_empty() {
                faults.push(Fault::new(2, "the story has no title", "write title = \"…\" in its head"));
            }
            if !matches!(head.language.as_str(), "en" | "uk") {
                let message = format!("pages cannot be made in the language “{}”", head.language);
                faults.push(Fault::new(2, message, "write language = \"en\" or language = \"uk\""));
            }
            if !(head.address.is_empty() || head.address.starts_with("https://")) {
                let message = format!("“{}” is not where a page can be published", head.address);
                faults.push(Fault::new(2, message, "write address = \"https://…\", or leave it out"));
            }
            head
        }
        Err(error) => {
            let at = error.span().map_or(0, |s| s.start).min(text.len());
            let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 2;
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            faults.push(Fault::new(line, message, "docs/story.md shows what a head may hold"));
            Head::default()
        }
    }
}

/// What quotes name must be in the head.
fn check_quotes(head: &Head, quotes: &[QuoteRef], faults: &mut Vec<Fault>) {
    if head.title.is_empty() {
        return;
    }
    for quote in quotes {
        if let Some(by) = quote.by.as_ref().filter(|by| !head.people.contains_key(*by)) {
            let hint = format!("add [people.{by}] with a name to the head, or correct the name");
            faults.push(Fault::new(quote.line, format!("nobody is called “{by}” in the head"), hint));
        }
    }
}

#[cfg(test)]
mod tests;
