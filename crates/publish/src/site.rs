//! A story as a page that needs no server, no script and nothing from outside to be read.

mod pictures;
mod words;

pub use pictures::strip;

use crate::story::{Story, to_html};
use earwitness_model::Digest;
use minijinja::{AutoEscape, Environment, Value, context, value::Serde};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many bars a waveform has.
pub const BARS: usize = 96;
/// How high the drawing of a waveform is, in its own units.
const HEIGHT: f32 = 40.0;

const PAGE: &str = include_str!("site/page.html");
const PARTS: &str = include_str!("site/parts.html");
const STYLE: &str = include_str!("site/style.css");
const SCRIPT: &str = include_str!("site/player.js");

/// A quote as readers see and hear it; everything in it has been protected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// What is said.
    pub lines: Vec<ShownLine>,
    /// The words as spoken, where a translation is shown; one line a turn.
    pub spoken: Vec<String>,
    /// The language of the words as spoken, ISO 639-1.
    pub spoken_language: String,
    /// The day of the call, as `2022-03-11`; nothing where it is not known.
    pub day: String,
    /// How the claim stands, in plain words.
    pub standing: String,
    /// The sound.
    pub clip: Option<Clip>,
}

/// What one person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownLine {
    /// The name that is published; nothing where it is not known.
    pub who: String,
    /// The text in pieces.
    pub parts: Vec<Part>,
}

/// A piece of a text, and what was done to it: `kept`, `cut`, `inserted`, `masked`, `joint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What was done.
    pub kind: &'static str,
    /// What readers see.
    pub text: String,
}

/// The sound of a quote.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clip {
    /// A name that tells nothing, without folder.
    pub file: String,
    /// How long it is.
    pub seconds: f64,
    /// The lowest and highest sample of each bar of the waveform, -1 to 1.
    pub peaks: Vec<(f32, f32)>,
    /// A file without any description of itself.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Why a site cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Quotes and references differ in number.
    #[error("the story has {wanted} quotes, and {given} were given")]
    Quotes {
        /// In the story.
        wanted: usize,
        /// Given.
        given: usize,
    },
    /// A picture that was not given.
    #[error("the picture {0} is missing")]
    Picture(String),
    /// The page cannot be filled in.
    #[error("the page cannot be made")]
    Template(#[from] minijinja::Error),
}

/// A file of the site: its path, with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// Builds a site: its files. `shown` has one entry for each quote of the story, `pictures` the bytes of each picture
/// under a name that may be published.
///
/// # Errors
/// [`SiteError`].
pub fn build(
    story: &Story,
    shown: &[Shown],
    pictures: &BTreeMap<String, (String, Vec<u8>)>,
) -> Result<Vec<File>, SiteError> {
    if shown.len() != story.quotes.len() {
        return Err(SiteError::Quotes { wanted: story.quotes.len(), given: shown.len() });
    }
    if let Some(missing) = story.pictures.iter().find(|p| !pictures.contains_key(&p.file)) {
        return Err(SiteError::Picture(missing.file.clone()));
    }
    let environment = environment()?;
    let page = page(&environment, story, shown, pictures)?;
    let mut files = vec![("index.html".to_string(), page.into_bytes())];
    files.extend(shown.iter().filter_map(|s| s.clip.as_ref()).map(|c| (format!("clips/{}", c.file), c.bytes.clone())));
    files.extend(pictures.values().map(|(name, bytes)| (format!("pictures/{name}"), bytes.clone())));
    Ok(files)
}

fn environment() -> Result<Environment<'static>, SiteError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("clock", |seconds: f64| format!("{}:{:02}", seconds as u64 / 60, seconds as u64 % 60));
    environment.add_template("page.html", PAGE)?;
    environment.add_template("parts.html", PARTS)?;
    Ok(environment)
}

fn page(
    environment: &Environment<'_>,
    story: &Story,
    shown: &[Shown],
    pictures: &BTreeMap<String, (String, Vec<u8>)>,
) -> Result<String, SiteError> {
    let words = Value::from(Serde(words::of(&story.head.language)));
    let days: Vec<String> = shown.iter().map(|s| words::day(&s.day, &story.head.language)).collect();
    let parts = environment.get_template("parts.html")?;
    let mut rendered: Vec<[String; 3]> = Vec::new();
    for (number, quote) in shown.iter().enumerate() {
        let wave = quote.clip.as_ref().map(|c| wave(&c.peaks)).unwrap_or_default();
        let common = context! {
            quote => Value::from(Serde(quote)), wave, words => words.clone(), number => number + 1,
            day => days[number].as_str(),
        };
        let part = |part: &str| parts.render(context! { part, ..common.clone() });
        rendered.push([part("inline")?, part("alone")?, part("source")?]);
    }
    let get =
        |number: usize, which: usize| rendered.get(number).map(|r| r[which].trim().to_string()).unwrap_or_default();
    let picture = |file: &str| pictures.get(file).map(|p| format!("pictures/{}", p.0)).unwrap_or_default();
    let body = to_html(story, &|n| get(n, 0), &|n| get(n, 1), &picture);
    let method =
        Story { body: story.head.method.clone(), quotes: Vec::new(), pictures: Vec::new(), head: story.head.clone() };
    let method = to_html(&method, &|_| String::new(), &|_| String::new(), &|_| String::new());
    let sources: Vec<Value> = rendered.iter().map(|r| Value::from_safe_string(r[2].clone())).collect();
    let page = environment.get_template("page.html")?.render(context! {
        head => Value::from(Serde(HeadOf::of(story))), words, sources, calls => Value::from(Serde(timeline(shown, &days))),
        body => Value::from_safe_string(body), method => Value::from_safe_string(method),
        style => Value::from_safe_string(STYLE.into()), script => Value::from_safe_string(SCRIPT.into()),
        style_hash => Value::from_safe_string(hash(STYLE)), script_hash => Value::from_safe_string(hash(SCRIPT)),
    })?;
    Ok(page)
}

/// What the page shows of the head.
#[derive(Serialize)]
struct HeadOf<'a> {
    title: &'a str,
    summary: &'a str,
    byline: &'a str,
    date: &'a str,
    language: &'a str,
    warning: &'a str,
    footer: &'a str,
    people: Vec<(&'a str, &'a str)>,
}

impl<'a> HeadOf<'a> {
    fn of(story: &'a Story) -> Self {
        let head = &story.head;
        let people = head.people.values().map(|p| (p.name.as_str(), p.about.as_str())).collect();
        let (title, summary, byline, date) = (&head.title, &head.summary, &head.byline, &head.date);
        let (language, warning, footer) = (&head.language, &head.warning, &head.footer);
        Self { title, summary, byline, date, language, warning, footer, people }
    }
}

/// A day on which somebody called.
#[derive(Serialize)]
struct Day<'a> {
    day: &'a str,
    quotes: Vec<(usize, &'a str)>,
}

fn timeline<'a>(shown: &'a [Shown], days: &'a [String]) -> Vec<Day<'a>> {
    let mut all: BTreeMap<&str, Day<'a>> = BTreeMap::new();
    for (number, quote) in shown.iter().enumerate().filter(|(_, q)| !q.day.is_empty()) {
        let who = quote.lines.first().map_or("", |l| l.who.as_str());
        let day = all.entry(&quote.day).or_insert_with(|| Day { day: &days[number], quotes: Vec::new() });
        day.quotes.push((number + 1, who));
    }
    all.into_values().collect()
}

/// A waveform as the path of a drawing.
fn wave(peaks: &[(f32, f32)]) -> String {
    use std::fmt::Write;
    let loudest = peaks.iter().flat_map(|(low, high)| [low.abs(), high.abs()]).fold(0.05_f32, f32::max);
    let mut path = String::new();
    for (at, (low, high)) in peaks.iter().enumerate() {
        let reach = |v: f32| (v.abs() / loudest * (HEIGHT / 2.0 - 1.0)).clamp(0.5, HEIGHT / 2.0);
        let (top, bottom) = (HEIGHT / 2.0 - reach(*high), HEIGHT / 2.0 + reach(*low));
        // Writing into a text cannot fail.
        let _ = write!(path, "M{} {:.0}V{:.0}", at * 4 + 2, top, bottom);
    }
    path
}

/// The hash by which a page allows its own style and script.
pub(crate) fn hash(text: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hex = Digest::of(text.as_bytes()).hex();
    let bytes: Vec<u32> = (0..32).map(|i| u32::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap_or(0)).collect();
    let mut out = String::from("sha256-");
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0, |n, b| n << 8 | b) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            out.push(if i <= chunk.len() { SIGNS[(n >> (18 - 6 * i) & 63) as usize] as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests;
