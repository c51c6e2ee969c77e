//! A file read as what is said in it, one turn after the other: by the fields of JSON, the columns of tables, and else by
//! lines, without labels, times and markup. A number that is dictated over several turns is found only so.

use earwitness_desk::protection::{Guard, Hit, Uttered};
use regex::Regex;
use serde_json::Value;
use std::{collections::BTreeMap, sync::LazyLock};

/// So many turns are looked through at once, with so many of those before: nobody dictates a number for longer.
const AT_ONCE: usize = 2000;
const BEFORE: usize = 50;
/// Files of programs, and networks of calls: nobody speaks in them.
const PROGRAMS: [&str; 5] = [".js", ".css", ".svg", ".woff2", ".graphml"];

/// What somebody says.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    by: String,
    text: String,
    place: String,
}

/// Parts of protected numbers that are dictated in pieces, each with its place.
pub(super) fn dictated(name: &str, bytes: &[u8], guard: &Guard) -> Vec<(String, Hit)> {
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| !PROGRAMS.iter().any(|end| name.ends_with(end))) else {
        return Vec::new();
    };
    let mut found: Vec<(String, Hit)> = Vec::new();
    for talk in read(name, text) {
        let mut from = 0_usize;
        while from < talk.len() {
            let part = talk.get(from.saturating_sub(BEFORE)..(from + AT_ONCE).min(talk.len())).unwrap_or_default();
            let turns: Vec<Uttered<'_>> = part.iter().map(|told| Uttered { by: &told.by, text: &told.text }).collect();
            for (told, hits) in part.iter().zip(guard.find_dictated(&turns)) {
                found.extend(hits.into_iter().map(|hit| (told.place.clone(), hit)));
            }
            from += AT_ONCE;
        }
    }
    found.dedup();
    found
}

/// Everything in a file that may be a call, each as its turns.
fn read(name: &str, text: &str) -> Vec<Vec<Told>> {
    let text = text.trim_start_matches('\u{feff}');
    // What begins with a bracket may be JSON, JSON lines, or a transcript whose lines begin with a time in brackets.
    if text.starts_with(['{', '[']) {
        let whole: Option<Value> = serde_json::from_str(text).ok();
        let lines = || text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect();
        if let Some(value) = whole.or_else(|| Result::ok(lines()).map(Value::Array)) {
            let mut talks = Vec::new();
            of_json(&value, "", &mut talks);
            return talks;
        }
    }
    if name.ends_with(".csv") {
        return of_table(text);
    }
    vec![of_lines(&unmarked(text))]
}

/// Every list in a JSON document: its texts, or one field of its objects.
fn of_json(value: &Value, place: &str, talks: &mut Vec<Vec<Told>>) {
    match value {
        Value::Array(list) => {
            let mut fields: BTreeMap<&str, Vec<Told>> = BTreeMap::new();
            for (n, one) in list.iter().enumerate() {
                let at = format!("{place}[{n}]");
                let told = |by: &str, text: &str, place: String| Told { by: by.into(), text: text.into(), place };
                match one {
                    Value::String(text) => fields.entry("").or_default().push(told("", text, at.clone())),
                    Value::Object(object) => {
                        let by = ["speaker", "who", "by"].iter().find_map(|key| object.get(*key)?.as_str());
                        for (key, text) in object.iter().filter_map(|(key, value)| Some((key, value.as_str()?))) {
                            let told = told(by.unwrap_or_default(), text, format!("{at}.{key}"));
                            fields.entry(key).or_default().push(told);
                        }
                    }
                    _ => {}
                }
                of_json(one, &at, talks);
            }
            talks.extend(fields.into_values());
        }
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| of_json(value, &format!("{place}.{key}"), talks));
        }
        _ => {}
    }
}

/// Each column of a table in which anything but numbers stands.
fn of_table(text: &str) -> Vec<Vec<Told>> {
    let mut columns: Vec<Vec<Told>> = Vec::new();
    let rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for row in rows.into_records().map_while(Result::ok) {
        let line = row.position().map_or(0, |place| place.line());
        for (n, cell) in row.iter().enumerate() {
            if columns.len() <= n {
                columns.push(Vec::new());
            }
            let told = Told { by: String::new(), text: cell.into(), place: format!("line {line}, column {}", n + 1) };
            columns.get_mut(n).into_iter().for_each(|column| column.push(told.clone()));
        }
    }
    let number = |told: &Told| told.text.is_empty() || told.text.parse::<f64>().is_ok();
    columns.retain(|column| !column.iter().skip(1).all(number));
    columns
}

/// A line for each thing that stands on lines of its own; nothing of scripts and styles.
fn unmarked(text: &str) -> String {
    static SILENT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?is)<(script|style)\b[^>]{0,500}>.*?</(?:script|style)\s*>").ok());
    static INLINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)</?(?:a|abbr|b|cite|em|i|mark|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,2000})?>").ok()
    });
    static VOICE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)<v(?:\.[^\s>]+)?\s+([^<>]{1,200})>").ok());
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"</?[A-Za-z!?][^<>]{0,2000}>").ok());
    let mut text = text.to_string();
    // Lines of the file are kept, so that places can be told.
    let lines = |found: &regex::Captures<'_>| "\n".repeat(found.get(0).map_or(0, |m| m.as_str().matches('\n').count()));
    if let Some(silent) = SILENT.as_ref() {
        text = silent.replace_all(&text, lines).into_owned();
    }
    for (shape, with) in [(&VOICE, "$1: "), (&INLINE, "")] {
        if let Some(shape) = shape.as_ref() {
            text = shape.replace_all(&text, with).into_owned();
        }
    }
    if let Some(tag) = TAG.as_ref() {
        // A mark that no text has, for an end that is no end of a line.
        text = tag.replace_all(&text, |found: &regex::Captures<'_>| format!("\u{1e}{}", lines(found))).into_owned();
    }
    super::views::entities(&text)
}

/// Turns by lines. What a line begins with says who speaks, as in subtitles, transcripts and dialogues.
fn of_lines(text: &str) -> Vec<Told> {
    static HEAD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(?:\[[^\]]{0,80}\]\s*)?(?:([^:“”«»]{1,60}?)\s*(?:\(ch\d+\))?:\s)?\s*").ok());
    let lines: Vec<&str> = text.lines().collect();
    let time = |n: usize| lines.get(n).is_some_and(|line| line.contains("-->"));
    let (mut told, mut by) = (Vec::new(), String::new());
    for (n, line) in lines.iter().enumerate() {
        // The number of a subtitle, and its times.
        let counter = time(n + 1) && line.trim().bytes().all(|b| b.is_ascii_digit());
        if time(n) || counter {
            continue;
        }
        for part in line.split('\u{1e}').map(str::trim).filter(|part| !part.is_empty()) {
            let head = HEAD.as_ref().and_then(|head| head.captures(part));
            let label = head.as_ref().and_then(|head| head.get(1)).map(|label| label.as_str());
            if let Some(label) = label {
                by = label.to_string();
            }
            let text = head.and_then(|head| part.get(head.get(0)?.end()..)).unwrap_or(part);
            told.push(Told { by: by.clone(), text: text.into(), place: format!("line {}", n + 1) });
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use earwitness_desk::protection::{Kind, Rule, StandIn};
    use proptest::prelude::*;

    fn guard() -> Guard {
        let terms = vec!["+380671234567".into()];
        let (kind, stand_in, note) = (Kind::Phone, StandIn::Blank, String::new());
        Guard::new(&[Rule { kind, terms, stand_in, exact: false, person: None, note }]).unwrap()
    }

    /// The same call in every form that leaves the house.
    const FORMS: [(&str, &str); 8] = [
        (
            "a.txt",
            "[0:01.000 - 0:02.000] A (ch1): ноль шестьдесят семь\n[0:02.5 - 0:03.0] B (ch2): так\n[0:03 - 0:04] A (ch1): сто двадцать три\n   > one two three\n[0:05 - 0:06] A (ch1): сорок пять шестьдесят семь\n",
        ),
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\nA: ноль шестьдесят семь\n\n2\n00:00:03,000 --> 00:00:04,000\nA: 123\n\n3\n00:00:05,000 --> 00:00:06,000\nA: сорок пять\nшестьдесят семь\n",
        ),
        (
            "a.vtt",
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>oh six seven\n\n00:03.000 --> 00:04.000\n<v A>one two three\n\n00:05.000 --> 00:06.000\n<v A>45 67\n",
        ),
        (
            "a.csv",
            "start,end,speaker,text\r\n1.0,2.0,A,067\r\n3.0,4.0,A,\"сто двадцать три, да\"\r\n5.0,6.0,A,45 67\r\n",
        ),
        (
            "a.json",
            "{\"turns\":[{\"start\":1.0,\"speaker\":\"A\",\"text\":\"067\",\"words\":[{\"w\":\"067\",\"start\":1.0}]},{\"start\":3.5,\"speaker\":\"A\",\"text\":\"сто двадцать три\"},{\"start\":5.5,\"speaker\":\"A\",\"text\":\"45 67\"}]}",
        ),
        ("a.jsonl", "{\"text\":\"067\"}\n{\"text\":\"123\"}\n{\"text\":\"45 67\"}\n"),
        (
            "a.html",
            "<style>p{margin:1px 2px}</style><p><b>Pavel:</b> “067”</p><p><b>Olga:</b> “<i>Yes?</i>”</p>\n<p><b>Pavel:</b> “one two&nbsp;three”</p><p><b>Pavel:</b> “forty-five sixty-seven”</p>",
        ),
        ("b.html", "<dl><dt>Pavel<dd>067<dt>Pavel<dd>123<dt>Pavel<dd>45 67</dl>"),
    ];

    #[test]
    fn a_number_over_several_turns_is_found_in_every_form() {
        for (name, text) in FORMS {
            let found = dictated(name, text.as_bytes(), &guard());
            assert!(found.len() >= 3, "{name}: {found:?}");
        }
        let (name, text) = FORMS[0];
        let found = dictated(name, text.as_bytes(), &guard());
        let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        assert!(places.contains(&"line 1") && places.contains(&"line 3") && places.contains(&"line 5"), "{places:?}");
    }

    #[test]
    fn another_number_is_not() {
        for (name, text) in FORMS {
            let other =
                text.replace("067", "068").replace("ноль шестьдесят семь", "три").replace("oh six seven", "none");
            // Without its beginning it is still known by its last seven digits, so these change as well.
            let other = other.replace("123", "124").replace("двадцать три", "двадцать").replace("one two", "one");
            assert_eq!(dictated(name, other.as_bytes(), &guard()), [], "{name}");
        }
    }

    #[test]
    fn long_files_are_looked_through_in_parts() {
        let mut lines = "слово\n".repeat(AT_ONCE - 1);
        lines += "067\n123\n45 67\n";
        assert_eq!(dictated("a.txt", lines.as_bytes(), &guard()).len(), 3);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[{\"<>/vp:. \n0-9a,}\\]]{0,80}|.{0,60}", name in "a\\.(html|csv|json|srt)") {
            let _ = dictated(&name, text.as_bytes(), &guard());
        }
    }
}
