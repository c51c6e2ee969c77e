//! What people decide: revised, undone, taken back, removed for good.

use crate::support::*;
use earwitness_archive::*;
use earwitness_model::Author;
use serde_json::{Value, json};
use std::{fs, path::Path};

fn by(name: &str) -> Author {
    Author::person(name)
}

fn person(archive: &Archive, body: Value) -> Record {
    archive.write(|tx| tx.add_record("person", "p", by("Anna"), body)).unwrap()
}

/// Whether any file of an archive holds these bytes.
pub fn holds(root: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(root).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, wanted);
        }
        fs::read(&path).unwrap().windows(wanted.len()).any(|w| w == wanted)
    })
}

#[test]
fn records_are_revised_and_undone() {
    let lab = Lab::empty();
    let archive = lab.open();
    let first = person(&archive, json!({"name": "Артём", "weight": 0.0}));
    assert_eq!((first.id.as_str(), first.number), ("p1", 1));
    let put = |expected, body| archive.write(|tx| tx.put_record("person", "p1", expected, by("Boris"), body));
    let second = put(Some(1), json!({"name": "Тёма"})).unwrap();
    assert_eq!((second.number, &second.author), (2, &by("Boris")));
    let undone = put(Some(2), first.body.clone()).unwrap();
    assert_eq!((undone.number, &undone.body), (3, &first.body));
    assert_eq!(archive.newest_record("person", "p1").unwrap(), Some(undone.clone()));
    assert_eq!(archive.record_history("person", "p1").unwrap(), [first, second, undone]);
    assert_eq!(archive.newest_record("link", "p1").unwrap(), None);
    assert!(lab.verify().is_whole());
}

#[test]
fn an_equal_body_writes_nothing_and_a_stale_writer_is_told() {
    let lab = Lab::empty();
    let archive = lab.open();
    person(&archive, json!({"a": 1, "b": 2}));
    let head = archive.ledger_head().unwrap();
    let put = |id: &str, expected, body| archive.write(|tx| tx.put_record("person", id, expected, by("Boris"), body));
    assert_eq!(put("p1", Some(1), json!({"b": 2, "a": 1})).unwrap().number, 1);
    assert_eq!(archive.ledger_head().unwrap(), head);
    put("p1", Some(1), json!({"a": 2})).unwrap();
    let told = put("p1", Some(1), json!({"a": 3})).unwrap_err();
    assert_eq!(told.to_string(), "person/p1 was changed meanwhile: person:Boris wrote revision 2");
    assert!(matches!(put("p1", None, json!({})), Err(Error::Changed { number: 2, .. })));
    assert!(matches!(put("p9", Some(1), json!({})), Err(Error::NotFound { kind: "record", .. })));
    for (kind, id) in [("", "x"), ("person", ""), ("Person", "x"), ("person", "a/b"), ("person", "Артём")] {
        let wrong = archive.write(|tx| tx.put_record(kind, id, None, by("Anna"), json!({})));
        assert!(matches!(wrong, Err(Error::Unrecordable(_))), "{kind} {id}");
    }
    assert!(matches!(put("p1", Some(2), json!("x".repeat(5 << 20))), Err(Error::Unrecordable(_))));
}

#[test]
fn the_newest_of_each_that_was_not_taken_back() {
    let lab = Lab::empty();
    let archive = lab.open();
    for n in 1..=11 {
        person(&archive, json!({"n": n}));
    }
    archive.write(|tx| tx.put_record("person", "p2", Some(1), by("Anna"), Value::Null)).unwrap();
    archive.write(|tx| tx.put_record("person", "p3", Some(1), by("Anna"), json!({"n": 33}))).unwrap();
    archive.write(|tx| tx.erase_record("person", "p11")).unwrap();
    let all = archive.records("person").unwrap();
    let ids: Vec<&str> = all.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["p1", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10"]);
    assert_eq!(all[1].body, json!({"n": 33}));
    assert!(archive.newest_record("person", "p2").unwrap().unwrap().is_withdrawn());
    assert_eq!(person(&archive, json!({})).id, "p12");
    assert!(lab.verify().is_whole());
}

#[test]
fn what_is_erased_is_in_no_file_any_more() {
    let lab = Lab::empty();
    let archive = lab.open();
    let name = "Артём-Безымянный";
    // Records of all sizes, revised in between, so that pages are split and overflow.
    for n in 0..120_usize {
        let body = json!({"name": name, "note": "x".repeat(n * 97 % 9000), "n": n});
        person(&archive, body);
        archive
            .write(|tx| tx.add_record("link", "l", by("Anna"), json!({"n": n, "pad": "y".repeat(n * 31 % 700)})))
            .unwrap();
        let id = format!("p{}", n / 2 + 1);
        let seen = archive.newest_record("person", &id).unwrap().unwrap().number;
        archive
            .write(|tx| tx.put_record("person", &id, Some(seen), by("Anna"), json!({"name": name, "n": n})))
            .unwrap();
    }
    assert!(holds(&lab.root, name.as_bytes()));
    let links = archive.records("link").unwrap();
    archive
        .write(|tx| {
            for record in tx.records("person")? {
                assert!(tx.erase_record("person", &record.id)? > 0);
            }
            Ok(())
        })
        .unwrap();
    // While the archive is still open: nothing waits for the end of the program.
    assert!(!holds(&lab.root, name.as_bytes()));
    assert_eq!(archive.records("link").unwrap(), links);
    assert!(archive.records("person").unwrap().is_empty());
    assert!(archive.record_history("person", "p1").unwrap().is_empty());
    assert!(lab.verify().is_whole(), "{:?}", lab.verify().findings);
    let again = |expected| archive.write(|tx| tx.put_record("person", "p1", expected, by("Anna"), json!({})));
    assert!(matches!(again(None), Err(Error::Erased { .. })));
    assert!(matches!(again(Some(1)), Err(Error::Erased { .. })));
    assert_eq!(archive.write(|tx| tx.erase_record("person", "p1")).unwrap(), 0);
    assert!(matches!(archive.write(|tx| tx.erase_record("person", "p999")), Err(Error::NotFound { .. })));
    let mut ledger = Vec::new();
    archive.export_ledger(&mut ledger).unwrap();
    assert!(!String::from_utf8(ledger).unwrap().contains(name));
}

#[test]
fn a_reader_delays_the_emptying_of_the_log_and_nothing_else() {
    let lab = Lab::empty();
    let archive = lab.open();
    let name = "Кирилл-Безымянный";
    person(&archive, json!({ "name": name }));
    archive.set_patience(std::time::Duration::from_millis(50)).unwrap();
    let reader = Archive::open_to_read(&lab.root).unwrap();
    reader
        .at_one_moment(|reader| {
            assert_eq!(reader.records("person")?.len(), 1);
            archive.write(|tx| tx.erase_record("person", "p1"))?;
            assert_eq!(reader.records("person")?.len(), 1);
            Ok(())
        })
        .unwrap();
    assert!(archive.records("person").unwrap().is_empty());
    drop(reader);
    drop(archive);
    assert!(!holds(&lab.root, name.as_bytes()));
    assert!(lab.verify().is_whole());
}

#[test]
fn what_was_done_behind_the_ledgers_back_is_found() {
    let found = |sql: &str| {
        let lab = Lab::empty();
        let archive = lab.open();
        person(&archive, json!({"name": "Артём"}));
        person(&archive, json!({"name": "Кирилл"}));
        archive.write(|tx| tx.erase_record("person", "p2")).unwrap();
        drop(archive);
        assert!(lab.verify().is_whole());
        lab.sql(sql);
        lab.verify().findings.first().unwrap_or_else(|| panic!("not found: {sql}")).text.clone()
    };
    for (sql, words) in [
        ("UPDATE record_body SET body = '{\"name\":\"Y\"}'", "what revision 1 of person p1 says was edited"),
        ("UPDATE record_body SET salt = 'x'", "was edited"),
        (
            "UPDATE record SET commitment = CASE substr(commitment, 1, 1) WHEN '0' THEN '1' ELSE '0' END
          || substr(commitment, 2) WHERE id = 'p1'",
            "was edited",
        ),
        ("UPDATE record SET created_at = '2020-01-01T00:00:00Z' WHERE id = 'p1'", "was edited"),
        ("UPDATE record SET author = replace(author, 'Anna', 'Yana') WHERE id = 'p1'", "was edited"),
        ("UPDATE record SET author_kind = 'model' WHERE id = 'p1'", "its author_kind contradicts"),
        ("DELETE FROM record_body", "is gone, and no ledger entry says that it was removed"),
        ("DELETE FROM record_body; DELETE FROM record WHERE id = 'p1'", "the catalog no longer holds it"),
        ("INSERT INTO record_body VALUES ('person', 'p2', 1, 's', '{}')", "was removed in ledger entry"),
        ("INSERT INTO record_body VALUES ('person', 'p7', 1, 's', '{}')", "was added outside the ledger"),
        (
            "INSERT INTO record SELECT kind, 'p8', 1, author_kind, author, created_at, commitment, 1 FROM record
          WHERE id = 'p1'",
            "which records something else",
        ),
    ] {
        let text = found(sql);
        assert!(text.contains(words), "{sql}: {text}");
    }
}

#[test]
fn an_archive_of_the_first_version_is_brought_up_to_date() {
    let lab = Lab::filled();
    lab.sql(
        "DROP TABLE record_body; DROP TABLE record; DROP TABLE voiceprint; DROP TABLE voiceprint_set;
             DROP TABLE voiceprint_forgotten; DROP TABLE document; PRAGMA user_version = 2",
    );
    // Also by somebody who only wants to look.
    assert!(Archive::open_to_read(&lab.root).unwrap().records("person").unwrap().is_empty());
    let archive = lab.open();
    person(&archive, json!({"name": "Артём"}));
    assert_eq!(archive.records("person").unwrap().len(), 1);
    assert!(lab.verify().is_whole());
}
