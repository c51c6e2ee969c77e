//! The pages of a site, filled in.

use super::{File, Shown, SiteError, drawing, hash, strip_of, tracks, words};
use crate::story::{Story, to_html};
use minijinja::{AutoEscape, Environment, Value, context, value::Serde};
use serde::Serialize;
use std::collections::BTreeMap;

const TEMPLATES: [(&str, &str); 5] = [
    ("page.html", include_str!("page.html")),
    ("method.html", include_str!("method.html")),
    ("head.html", include_str!("head.html")),
    ("dock.html", include_str!("dock.html")),
    ("parts.html", include_str!("parts.html")),
];
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("player.js");
/// How many characters of a quote the list of calls shows.
const GLANCE: usize = 80;

/// The story, and the page that tells how it was made.
pub(super) fn of(
    story: &Story,
    shown: &[Shown],
    pictures: &BTreeMap<String, (String, Vec<u8>)>,
) -> Result<Vec<File>, SiteError> {
    let environment = environment()?;
    let language = story.head.language.as_str();
    let words = Value::from(Serde(words::of(language)));
    let days: Vec<String> = shown.iter().map(|s| words::day(&s.day, language)).collect();
    let rendered = quotes(&environment, shown, &days, language, &words)?;
    let get = |number: usize, which: usize| rendered.get(number).map(|r| r[which].clone()).unwrap_or_default();
    let picture = |file: &str| pictures.get(file).map(|p| format!("pictures/{}", p.0)).unwrap_or_default();
    let body = to_html(story, &|n| get(n, 0), &|n| get(n, 1), &picture);
    let (none, no_picture) = (|_: usize| String::new(), |_: &str| String::new());
    let method =
        Story { body: story.head.method.clone(), quotes: Vec::new(), pictures: Vec::new(), head: story.head.clone() };
    let method = to_html(&method, &none, &none, &no_picture);
    let sources: Vec<Value> = rendered.iter().map(|r| Value::from_safe_string(r[2].clone())).collect();
    let bars = strip_of(shown);
    let strip = (!bars.is_empty()).then(|| drawing::wave(&bars));
    let context = context! {
        head => Value::from(Serde(Top::of(story))), words, sources, strip,
        calls => Value::from(Serde(calls(shown, &days))), people => Value::from(Serde(people(story, shown))),
        facts => Value::from(Serde(Facts::of(shown))),
        body => Value::from_safe_string(body), method => Value::from_safe_string(method),
        style => Value::from_safe_string(STYLE.into()), script => Value::from_safe_string(SCRIPT.into()),
        style_hash => Value::from_safe_string(hash(STYLE)), script_hash => Value::from_safe_string(hash(SCRIPT)),
    };
    let fill = |template: &str| -> Result<Vec<u8>, SiteError> {
        Ok(environment.get_template(template)?.render(context.clone())?.trim_start().to_string().into_bytes())
    };
    Ok(vec![("index.html".into(), fill("page.html")?), ("method.html".into(), fill("method.html")?)])
}

fn environment() -> Result<Environment<'static>, SiteError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("clock", |seconds: f64| format!("{}:{:02}", seconds as u64 / 60, seconds as u64 % 60));
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// Each quote within a paragraph, as a paragraph of its own, and in the list of all.
fn quotes(
    environment: &Environment<'_>,
    shown: &[Shown],
    days: &[String],
    language: &str,
    words: &Value,
) -> Result<Vec<[String; 3]>, SiteError> {
    let parts = environment.get_template("parts.html")?;
    let mut rendered = Vec::new();
    for (number, (quote, day)) in shown.iter().zip(days).enumerate() {
        let [captions, spoken] = tracks(quote).map(|t| t.map(|(file, _)| file).unwrap_or_default());
        let common = context! {
            quote => Value::from(Serde(quote)), words, language, number => number + 1, day,
            wave => quote.clip.as_ref().map(|c| drawing::wave(&c.peaks)),
            tracks => context! { shown => captions, spoken },
        };
        let part = |part: &str| -> Result<String, SiteError> {
            Ok(parts.render(context! { part, ..common.clone() })?.trim().to_string())
        };
        rendered.push([part("inline")?, part("alone")?, part("source")?]);
    }
    Ok(rendered)
}

/// What the pages show of the head.
#[derive(Serialize)]
struct Top<'a> {
    title: &'a str,
    summary: &'a str,
    byline: &'a str,
    date: &'a str,
    language: &'a str,
    warning: &'a str,
    footer: &'a str,
    /// With `/` at its end.
    address: String,
}

impl<'a> Top<'a> {
    fn of(story: &'a Story) -> Self {
        let head = &story.head;
        let (title, summary, byline, date) = (&head.title, &head.summary, &head.byline, &head.date);
        let (language, warning, footer) = (&head.language, &head.warning, &head.footer);
        let address = match head.address.trim_end_matches('/') {
            "" => String::new(),
            address => format!("{address}/"),
        };
        Self { title, summary, byline, date, language, warning, footer, address }
    }
}

/// A day on which somebody called.
#[derive(Serialize)]
struct Day<'a> {
    iso: &'a str,
    day: &'a str,
    quotes: Vec<Glance<'a>>,
}

/// A quote in the list of calls.
#[derive(Serialize)]
struct Glance<'a> {
    number: usize,
    who: &'a str,
    words: String,
}

fn calls<'a>(shown: &'a [Shown], days: &'a [String]) -> Vec<Day<'a>> {
    let mut all: BTreeMap<&str, Day<'a>> = BTreeMap::new();
    for (number, quote) in shown.iter().enumerate().filter(|(_, q)| !q.day.is_empty()) {
        let Some(line) = quote.lines.first() else { continue };
        let words = glance(&line.parts.iter().map(|p| p.text.as_str()).collect::<String>());
        let day = all.entry(&quote.day).or_insert_with(|| Day { iso: &quote.day, day: &days[number], quotes: vec![] });
        day.quotes.push(Glance { number: number + 1, who: &line.who, words });
    }
    all.into_values().collect()
}

/// The beginning of a text, up to the end of a word.
fn glance(text: &str) -> String {
    if text.chars().count() <= GLANCE {
        return text.trim().to_string();
    }
    let start: String = text.chars().take(GLANCE).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{} …", whole.trim_end_matches([',', '.', ';', ':', '…', ' ']).trim_start())
}

/// Somebody, and the days on which they are heard.
#[derive(Serialize)]
struct Somebody<'a> {
    name: &'a str,
    about: &'a str,
    lane: String,
}

/// In the order in which they are first heard; those who are not, last.
fn people<'a>(story: &'a Story, shown: &'a [Shown]) -> Vec<Somebody<'a>> {
    let mut all: Vec<&str> = shown.iter().map(|s| s.day.as_str()).filter(|d| !d.is_empty()).collect();
    all.sort_unstable();
    let heard = |name: &str| -> Vec<&str> {
        let speaks = |s: &&Shown| s.lines.iter().any(|l| l.who == name) && !s.day.is_empty();
        let mut days: Vec<&str> = shown.iter().filter(speaks).map(|s| s.day.as_str()).collect();
        days.sort_unstable();
        days
    };
    let mut people: Vec<(Option<&str>, Somebody<'a>)> = Vec::new();
    for person in story.head.people.values() {
        let days = heard(&person.name);
        let lane = drawing::lane(&days, &all);
        people.push((days.first().copied(), Somebody { name: &person.name, about: &person.about, lane }));
    }
    people.sort_by_key(|(first, _)| (first.is_none(), *first));
    people.into_iter().map(|(_, somebody)| somebody).collect()
}

/// How many quotes were edited in which way.
#[derive(Default, Serialize)]
struct Facts {
    quotes: usize,
    whole: usize,
    cut: usize,
    inserted: usize,
    masked: usize,
    sounding: usize,
}

impl Facts {
    fn of(shown: &[Shown]) -> Self {
        let edited = |quote: &Shown, kind: &str| quote.lines.iter().flat_map(|l| &l.parts).any(|p| p.kind == kind);
        let count = |kind: &str| shown.iter().filter(|q| edited(q, kind)).count();
        let whole = |q: &&Shown| !["cut", "inserted", "masked"].iter().any(|kind| edited(q, kind));
        Self {
            quotes: shown.len(),
            whole: shown.iter().filter(whole).count(),
            cut: count("cut"),
            inserted: count("inserted"),
            masked: count("masked"),
            sounding: shown.iter().filter(|q| q.clip.is_some()).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::glance;

    #[test]
    fn a_glance_ends_with_a_word() {
        assert_eq!(glance("… We walk."), "… We walk.");
        let long = "I carried them out on a tarp, and nobody in these calls knows where the fourteen were taken then.";
        assert_eq!(glance(long), "I carried them out on a tarp, and nobody in these calls knows where the …");
        assert_eq!(glance(&"x".repeat(200)).chars().count(), 82);
    }
}
