//! The same calls in SQLite FTS5 (`unicode61 remove_diacritics 2`), asked for the same: how many turns and calls,
//! and the best twenty with marks.

use earwitness_find::CallDocument;
use rusqlite::{Connection, params};
use std::path::Path;

pub fn build(path: &Path, calls: impl Iterator<Item = CallDocument>) {
    let mut db = Connection::open(path).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         CREATE TABLE turns (id INTEGER PRIMARY KEY, call INTEGER, day TEXT, from_number TEXT, to_number TEXT,
                             language TEXT, start REAL);
         CREATE VIRTUAL TABLE words USING fts5 (text, translation, tokenize = 'unicode61 remove_diacritics 2');",
    )
    .unwrap();
    let tx = db.transaction().unwrap();
    {
        let mut turns = tx.prepare("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)").unwrap();
        let mut words = tx.prepare("INSERT INTO words (rowid, text, translation) VALUES (?, ?, ?)").unwrap();
        let mut id = 0i64;
        for (number, call) in calls.enumerate() {
            let day = call.started_at.map(|t| t.local().date().to_string());
            let digits = |p: &Option<earwitness_model::Phone>| p.as_ref().map(|p| p.label().to_owned());
            for turn in &call.turns {
                id += 1;
                let language = turn.language.as_ref().or(call.language.as_ref());
                turns
                    .execute(params![
                        id,
                        number as i64,
                        day,
                        digits(&call.from),
                        digits(&call.to),
                        language,
                        turn.start
                    ])
                    .unwrap();
                words.execute(params![id, turn.text, turn.translation]).unwrap();
            }
        }
    }
    tx.execute_batch("CREATE INDEX by_day ON turns (day); INSERT INTO words (words) VALUES ('optimize');").unwrap();
    tx.commit().unwrap();
}

pub fn open(path: &Path) -> Connection {
    let db = Connection::open(path).unwrap();
    db.execute_batch("PRAGMA mmap_size = 4000000000; PRAGMA cache_size = -200000;").unwrap();
    db
}

/// Counts turns and calls and reads the first twenty; gives the number of turns.
pub fn ask(db: &Connection, words: &str, condition: &str) -> u64 {
    let condition = if condition.is_empty() { "1" } else { condition };
    let (from, matches, order, marks) = if words.is_empty() {
        ("turns JOIN words ON words.rowid = turns.id", "1", "day", "words.text")
    } else {
        ("words JOIN turns ON turns.id = words.rowid", "words MATCH :words", "rank", "highlight(words, 0, '[', ']')")
    };
    let count = format!("SELECT count(*), count(DISTINCT call) FROM {from} WHERE {matches} AND {condition}");
    let best = format!(
        "SELECT call, start, {marks}, words.translation FROM {from} WHERE {matches} AND {condition} ORDER BY {order} LIMIT 20"
    );
    let given: &[(&str, &dyn rusqlite::ToSql)] = if words.is_empty() { &[] } else { &[(":words", &words)] };
    let turns: i64 = db.prepare_cached(&count).unwrap().query_row(given, |row| row.get(0)).unwrap();
    let mut statement = db.prepare_cached(&best).unwrap();
    let texts = statement.query_map(given, |row| row.get::<_, String>(2)).unwrap();
    let read: usize = texts.map(|t| t.unwrap().len()).sum();
    assert!(turns == 0 || read > 0);
    turns as u64
}
