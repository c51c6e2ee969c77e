//! The fidelity report: every quote of a story with its tape, for editors.
//!
//! One page that holds everything, sound too, so that it can be handed to a second editor or a lawyer. **Nothing in it
//! is protected**: real names, uncut words, the recording as it is. It says so on top, and never belongs into a site.

use crate::site::{base64, hash};
use earwitness_desk::fidelity::{Finding, Level};
use minijinja::{AutoEscape, Environment, Value, context, value::Serde};
use serde::Serialize;

const PAGE: &str = include_str!("report/page.html");
const STYLE: &str = include_str!("report/style.css");
/// How many bars the waveform of a tape has.
pub const BARS: usize = 240;

/// Everything about the quotes of a story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The story's folder.
    pub story: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of its text as it was checked.
    pub text_sha256: String,
    /// In the order of the story.
    pub quotes: Vec<Quote>,
}

/// One quote, and what was found about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// As the story names it.
    pub label: String,
    /// Where the story names it.
    pub line: usize,
    /// The call by the archive's name, and what it is called in the delivery.
    pub call: String,
    /// Names of the delivered files that hold it.
    pub files: Vec<String>,
    /// SHA-256 of the recording.
    pub recording: String,
    /// When the call began, as the table says; nothing where it does not.
    pub when: String,
    /// What readers will see, line by line.
    pub lines: Vec<Line>,
    /// The words that are quoted, before the edits, turn by turn.
    pub source: Vec<String>,
    /// The words as spoken, where a translation is quoted, turn by turn.
    pub spoken: Vec<String>,
    /// Language of the words as spoken, ISO 639-1; nothing where it is not known.
    pub language: String,
    /// The gravest finding.
    pub level: Level,
    /// Whether nothing is left to be decided.
    pub settled: bool,
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// Who wrote the words down, and who read them.
    pub transcript: Words,
    /// Who translated them, and who read that; none where the original is quoted.
    pub translation: Option<Words>,
    /// Who is held to speak.
    pub speaker: Speaker,
    /// The claim that the quote makes.
    pub claim: Option<Claim>,
    /// Who took it as it is.
    pub signature: Option<Signature>,
    /// The sound, with some seconds around it; none, with the reason, where it cannot be had.
    pub tape: Result<Tape, String>,
}

/// What one speaker says at a stretch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name that readers see; nothing where there is none.
    pub who: String,
    /// In order.
    pub pieces: Vec<Piece>,
}

/// A run of characters that were treated alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// `kept`, `cut`, `inserted`, `masked`, `joint`.
    pub kind: &'static str,
    /// What stands in the source.
    pub source: String,
    /// What readers see.
    pub shown: String,
}

/// A revision, and who stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Its name.
    pub revision: String,
    /// 1 for the first of its kind.
    pub number: u32,
    /// Who made it.
    pub author: String,
    /// Whether that was a person.
    pub by_person: bool,
    /// When.
    pub at: String,
    /// Who read it against what it was made from.
    pub read_by: Vec<String>,
}

/// Who is held to speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Speaker {
    /// The label within the call.
    pub label: String,
    /// The person, as the desk knows him; nothing where nobody said.
    pub name: String,
    /// How far that has been decided: `confirmed`, `suggested` …; nothing where nobody said.
    pub standing: String,
    /// The name that readers see.
    pub alias: String,
}

/// The claim that a quote makes, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// What is said to have happened.
    pub what: String,
    /// How the caller knows: `first hand`, `hearsay`.
    pub basis: String,
    /// In a word.
    pub standing: String,
    /// What readers are told.
    pub sentence: String,
    /// What bears on it.
    pub bearings: Vec<Bearing>,
}

/// What one piece of evidence says about a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bearing {
    /// What it is.
    pub title: String,
    /// `corroborates`, `contradicts`, `denies`.
    pub says: String,
    /// Why, in the editor's words.
    pub why: String,
    /// Who decided it.
    pub by: String,
}

/// That an editor took a quote as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// Why, in his words.
    pub why: String,
    /// How many findings he decided.
    pub decided: usize,
}

/// The sound of a quote with some seconds around it, nothing taken out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tape {
    /// Where it begins in the recording, in seconds.
    pub start: f64,
    /// How long it is, in seconds.
    pub seconds: f64,
    /// Where the quoted turns begin in it, in seconds.
    pub from: f64,
    /// Where they end in it, in seconds.
    pub to: f64,
    /// The lowest and highest sample of each bar of the waveform, -1 to 1.
    #[serde(skip)]
    pub peaks: Vec<(f32, f32)>,
    /// A WAV file.
    #[serde(skip)]
    pub wav: Vec<u8>,
}

/// The page cannot be filled in.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be made")]
pub struct ReportError(#[from] minijinja::Error);

/// The report as one page that holds its sound, and that loads nothing.
///
/// # Errors
/// [`ReportError`].
pub fn to_html(report: &Report) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("clock", |s: f64| format!("{}:{:04.1}", s as u64 / 60, s % 60.0));
    environment.add_template("page.html", PAGE)?;
    let mut order: Vec<(usize, &Quote)> = report.quotes.iter().enumerate().collect();
    // What is broken or to be decided first; within that, as in the story.
    order.sort_by_key(|(number, quote)| (quote.settled, std::cmp::Reverse(quote.level), *number));
    let sounds: Vec<Value> = order.iter().map(|(_, quote)| Value::from(Serde(Sound::of(quote)))).collect();
    let count = |level| report.quotes.iter().filter(|q| q.level == level && !q.settled).count();
    let page = environment.get_template("page.html")?;
    let text = page.render(context! {
        report => Value::from(Serde(report)),
        quotes => order.iter().map(|(_, quote)| Value::from(Serde(*quote))).collect::<Vec<_>>(),
        sounds, broken => count(Level::Broken), open => count(Level::Decide),
        settled => report.quotes.iter().filter(|q| q.settled).count(),
        style => Value::from_safe_string(STYLE.into()), style_hash => Value::from_safe_string(hash(STYLE)),
    })?;
    Ok(text)
}

/// A tape as the page holds it.
#[derive(Serialize)]
struct Sound {
    /// The WAV file, in base64.
    data: String,
    wave: String,
    /// Where the quote lies in the drawing, which is as wide as it has bars.
    from: f64,
    width: f64,
    bars: usize,
}

impl Sound {
    fn of(quote: &Quote) -> Option<Self> {
        let tape = quote.tape.as_ref().ok()?;
        let (wave, bars) = crate::site::wave(&tape.peaks);
        let scale = bars as f64 / tape.seconds.max(0.001);
        let place = |seconds: f64| (seconds * scale * 10.0).round() / 10.0;
        let width = place(tape.to - tape.from).max(1.0);
        Some(Self { data: base64(&tape.wav), wave, from: place(tape.from), width, bars })
    }
}

#[cfg(test)]
mod tests;
