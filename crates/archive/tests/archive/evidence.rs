//! Documents are sealed as recordings are, and whatever is done to them is found and named.

use crate::support::*;
use earwitness_archive::{Document, Error, FindingKind};
use earwitness_model::{Author, Digest};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt};

const PAPER: &[u8] = b"STRENGTH ROSTER as of March 10";

/// Seals the paper and gives it a record, as the desk does.
fn filled() -> Lab {
    let lab = Lab::filled();
    let archive = lab.open();
    let sealed = archive.originals().seal(PAPER).unwrap();
    let document = Document { digest: sealed.digest, size: sealed.size };
    let new = archive.write(|tx| {
        let body = json!({"key": "D2", "kind": "roster", "title": "A roster", "sha256": sealed.digest});
        tx.add_record("evidence", "e", Author::person("Anna"), body)?;
        tx.add_document(&document)
    });
    assert!(new.unwrap());
    lab
}

#[test]
fn a_document_is_sealed_read_only_and_verified() {
    let lab = filled();
    let archive = lab.open();
    let path = archive.originals().path(&Digest::of(PAPER));
    assert_eq!(fs::read(&path).unwrap(), PAPER);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
    let document = Document { digest: Digest::of(PAPER), size: PAPER.len() as u64 };
    assert_eq!(archive.documents().unwrap(), [document]);
    assert!(!archive.write(|tx| tx.add_document(&document)).unwrap(), "the same bytes are kept once");
    let report = lab.verify();
    assert!(report.is_whole() && report.warnings.is_empty(), "{report:?}");
    assert_eq!(report.originals, 5);
    let last = archive.ledger_entries(1..=u64::MAX >> 1).unwrap().pop().unwrap();
    assert_eq!((last.act.as_str(), last.subject), ("document.sealed", document.digest.hex()));
}

#[test]
fn bytes_may_be_a_recording_and_a_document() {
    let lab = Lab::filled();
    let document = Document { digest: Digest::of(&bytes(0)), size: bytes(0).len() as u64 };
    assert!(lab.open().write(|tx| tx.add_document(&document)).unwrap());
    let report = lab.verify();
    assert!(report.is_whole() && report.originals == 4, "{report:?}");
}

#[test]
fn what_was_not_sealed_is_no_document() {
    let lab = Lab::filled();
    let none = Document { digest: Digest::of(b"nowhere"), size: 7 };
    let refused = lab.open().write(|tx| tx.add_document(&none));
    assert!(matches!(refused, Err(Error::OriginalMissing { .. })));
    // Sealed, and then killed before the catalog spoke of it.
    lab.open().originals().seal(PAPER).unwrap();
    let report = lab.verify();
    assert!(report.is_whole() && report.warnings[0].kind == FindingKind::Unclaimed, "{report:?}");
}

#[test]
fn a_changed_or_missing_document_is_named_as_people_call_it() {
    let lab = filled();
    let path = lab.open().originals().path(&Digest::of(PAPER));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, [&PAPER[1..], b"1"].concat()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let found = lab.verify().findings.remove(0);
    assert_eq!(found.kind, FindingKind::Original);
    assert!(found.text.contains("(the evidence e1 (D2)) was changed"), "{}", found.text);
    fs::remove_file(&path).unwrap();
    let found = lab.verify().findings.remove(0);
    assert!(found.text.contains("(the evidence e1 (D2)) is missing"), "{}", found.text);
}

#[test]
fn the_catalog_and_the_ledger_must_agree_about_documents() {
    for (sql, words) in [
        ("DELETE FROM document", "but the catalog no longer holds it"),
        ("UPDATE document SET size = size + 1", "was edited"),
        ("UPDATE document SET ledger_seq = 1", "records something else"),
    ] {
        let lab = filled();
        lab.sql(sql);
        let text = lab.verify().findings.remove(0).text;
        assert!(text.contains(words), "{sql}: {text}");
    }
}

#[test]
fn there_is_some_room() {
    assert!(Lab::empty().open().originals().room().unwrap() > 0);
}
