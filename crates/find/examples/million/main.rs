//! Builds an index of generated calls (1,000,000 turns, or as many as the first argument says), asks it some thirty
//! questions, asks SQLite FTS5 the same, and prints what was measured as Markdown. Everything is deterministic but
//! the clock.
//!
//! ```text
//! cargo run -p earwitness-find --release --example million [TURNS]
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod generate;
mod sqlite;

use earwitness_find::{Index, Query, SearchOptions};
use generate::Generator;
use std::time::{Duration, Instant};

/// Times each question is asked.
const ROUNDS: usize = 15;

/// A question to the index, and to FTS5 with a condition on calls where it can be asked there at all.
struct Question {
    kind: &'static str,
    ours: &'static str,
    fts: Option<(&'static str, &'static str)>,
}

const fn ask(kind: &'static str, ours: &'static str, fts: &'static str) -> Question {
    Question { kind, ours, fts: Some((fts, "")) }
}

const fn narrow(kind: &'static str, ours: &'static str, fts: &'static str, condition: &'static str) -> Question {
    Question { kind, ours, fts: Some((fts, condition)) }
}

const fn only(kind: &'static str, ours: &'static str) -> Question {
    Question { kind, ours, fts: None }
}

const QUESTIONS: &[Question] = &[
    ask("word", "люди", "люди"),
    ask("word", "человек", "человек"),
    ask("word", "снарядами", "снарядами"),
    ask("word", "идти", "идти"),
    ask("word", "ребёнок", "ребёнок"),
    ask("word", "блокпост", "блокпост"),
    ask("word", "village", "village"),
    ask("word", "went", "went"),
    ask("exact form", "=людей", "людей"),
    ask("rare name", "Тарокимево", "Тарокимево"),
    ask("two words", "мама снаряд", "мама AND снаряд"),
    ask("two words", "человек деревня", "человек AND деревня"),
    ask("two words", "солдат house", "солдат AND house"),
    ask("three words", "брат ехать танк", "брат AND ехать AND танк"),
    ask("or", "танк OR миномёт OR снаряд", "танк OR миномёт OR снаряд"),
    ask("not", "снаряд -мама -брат", "снаряд NOT мама NOT брат"),
    ask("phrase", "\"большая деревня\"", "\"большая деревня\""),
    ask("phrase", "\"мать сказала\"", "\"мать сказала\""),
    ask("phrase", "\"идти домой завтра\"", "\"идти домой завтра\""),
    ask("prefix", "снаря*", "снаря*"),
    ask("prefix", "дет*", "дет*"),
    ask("prefix", "по*", "по*"),
    only("fuzzy", "блакпост~"),
    only("fuzzy", "деревня~2"),
    narrow("word, month", "снаряд date:2022-03", "снаряд", "day BETWEEN '2022-03-01' AND '2022-03-31'"),
    narrow("word, day", "мама date:2022-04-11", "мама", "day = '2022-04-11'"),
    narrow("word, number", "мама phone:5330", "мама", "(from_number LIKE '%5330' OR to_number LIKE '%5330')"),
    narrow("word, language", "человек lang:uk", "человек", "language = 'uk'"),
    only("word, place", "снаряд near:49.2,37.3,15"),
    only("word, place, month", "люди near:49.2,37.3,15 date:2022-03"),
    narrow("month alone", "date:2022-05", "", "day BETWEEN '2022-05-01' AND '2022-05-31'"),
];

#[derive(Clone, Copy)]
struct Timing {
    hits: u64,
    median: Duration,
    p95: Duration,
}

fn time(rounds: usize, mut ask: impl FnMut() -> u64) -> Timing {
    ask();
    let mut times = Vec::new();
    let mut hits = 0;
    for _ in 0..rounds {
        let start = Instant::now();
        hits = ask();
        times.push(start.elapsed());
    }
    times.sort();
    Timing { hits, median: times[times.len() / 2], p95: times[times.len() * 95 / 100] }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

fn main() {
    let turns: usize = std::env::args().nth(1).map_or(1_000_000, |n| n.parse().expect("a number of turns"));
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("index");
    let database = place.path().join("fts.sqlite");

    let start = Instant::now();
    let bytes: usize = Generator::new(turns).map(|c| c.turns.iter().map(size).sum::<usize>()).sum();
    let generating = start.elapsed();
    println!(
        "{turns} turns, {:.0} MB of text and translation; making them takes {:.0} s of the build times",
        bytes as f64 / 1e6,
        generating.as_secs_f64()
    );

    let start = Instant::now();
    let index = Index::open_or_create(&folder).unwrap();
    let mut writer = index.writer_for_all().unwrap();
    for call in Generator::new(turns) {
        writer.put_call(&call).unwrap();
    }
    writer.commit().unwrap();
    writer.close().unwrap();
    let built = start.elapsed();
    let start = Instant::now();
    sqlite::build(&database, Generator::new(turns));
    let built_fts = start.elapsed();
    println!("\n| | earwitness-find | SQLite FTS5 |\n|---|---|---|");
    println!("| build, s | {:.0} | {:.0} |", built.as_secs_f64(), built_fts.as_secs_f64());
    println!("| size, MB | {:.0} | {:.0} |", on_disk(&folder), on_disk(&database));

    ask_all(&folder, &database);
    println!("\npeak memory of the whole run: {}", peak());
}

fn size(turn: &earwitness_find::TurnDocument) -> usize {
    turn.text.len() + turn.translation.as_ref().map_or(0, String::len)
}

fn ask_all(folder: &std::path::Path, database: &std::path::Path) {
    let start = Instant::now();
    let index = Index::open_or_create(folder).unwrap();
    println!("| open, ms | {} | |", ms(start.elapsed()));
    let fts = sqlite::open(database);
    println!(
        "\n| kind | query | turns | median ms | p95 ms | FTS5 turns | median ms | p95 ms |\n|---|---|---|---|---|---|---|---|"
    );
    let mut medians = Vec::new();
    let mut fts_medians = Vec::new();
    for question in QUESTIONS {
        let query = Query::parse(question.ours).unwrap();
        let ours = time(ROUNDS, || index.search(&query, SearchOptions::default()).unwrap().turns);
        medians.push(ours.median);
        let theirs = question.fts.map(|(words, condition)| time(ROUNDS / 3, || sqlite::ask(&fts, words, condition)));
        fts_medians.extend(theirs.map(|t| t.median));
        let text = question.ours.replace('|', "\\|");
        print!("| {} | `{text}` | {} | {} | {} ", question.kind, ours.hits, ms(ours.median), ms(ours.p95));
        match theirs {
            Some(t) => println!("| {} | {} | {} |", t.hits, ms(t.median), ms(t.p95)),
            None => println!("| cannot | | |"),
        }
    }
    medians.sort();
    fts_medians.sort();
    let middle = |all: &[Duration]| ms(all[all.len() / 2]);
    println!(
        "| all | median of the medians | | {} | {} (slowest) | | {} | {} (slowest) |",
        middle(&medians),
        ms(medians[medians.len() - 1]),
        middle(&fts_medians),
        ms(fts_medians[fts_medians.len() - 1])
    );
}

/// Megabytes of a file, or of the files in a folder.
fn on_disk(path: &std::path::Path) -> f64 {
    let size = |p: &std::path::Path| p.metadata().unwrap().len();
    let bytes: u64 =
        if path.is_dir() { path.read_dir().unwrap().map(|e| size(&e.unwrap().path())).sum() } else { size(path) };
    bytes as f64 / 1e6
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM"));
    line.map_or("unknown".to_owned(), |l| l.trim_start_matches("VmHWM:").trim().to_owned())
}
