//! Everything somebody may do to an archive behind our back is found, and named.

use crate::support::*;
use earwitness_archive::{FindingKind, ledger::Head, verify};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn rewrite(path: &Path, bytes: &[u8]) {
    mode(path, 0o600);
    fs::write(path, bytes).unwrap();
    mode(path, 0o400);
}

/// The first finding's words, after tampering by SQL.
fn after(sql: &str) -> String {
    let lab = Lab::filled();
    lab.sql(sql);
    let report = lab.verify();
    report.findings.first().unwrap_or_else(|| panic!("not found: {sql}")).text.clone()
}

#[test]
fn an_untouched_archive_is_whole() {
    let lab = Lab::filled();
    let report = lab.verify();
    assert!(report.is_whole(), "{:?}", report.findings);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(report.originals, 4);
    assert_eq!(report.bytes, (0..4).map(|n| bytes(n).len() as u64).sum::<u64>());
    assert_eq!(report.head.unwrap(), lab.open().ledger_head().unwrap());
}

#[test]
fn one_flipped_bit_in_any_original() {
    for n in 0..4 {
        let lab = Lab::filled();
        let mut changed = bytes(n);
        let at = changed.len() * (n + 1) / 5;
        changed[at] ^= 1 << n;
        rewrite(&lab.original(n), &changed);
        let report = lab.verify();
        assert_eq!(report.findings.len(), 1);
        let text = &report.findings[0].text;
        assert!(text.contains("was changed") && text.contains(&format!("march/{n:04}.wav")), "{text}");
    }
}

#[test]
fn missing_swapped_linked_and_foreign_originals() {
    let lab = Lab::filled();
    fs::remove_file(lab.original(0)).unwrap();
    assert!(lab.verify().findings[0].text.contains("is missing"));

    let lab = Lab::filled();
    rewrite(&lab.original(0), &bytes(1));
    rewrite(&lab.original(1), &bytes(0));
    let report = lab.verify();
    assert_eq!(report.findings.len(), 2);
    assert!(report.findings.iter().all(|f| f.text.contains("was swapped")), "{:?}", report.findings);

    let lab = Lab::filled();
    let (there, here) = (lab.dir.path().join("elsewhere"), lab.original(0));
    fs::rename(&here, &there).unwrap();
    symlink(&there, &here).unwrap();
    assert!(lab.verify().findings[0].text.contains("it is a link"));

    let lab = Lab::filled();
    fs::write(lab.root.join("originals/notes.txt"), b"?").unwrap();
    fs::write(lab.original(0).with_file_name("notes"), b"?").unwrap();
    assert_eq!(lab.verify().findings.iter().filter(|f| f.text.contains("put there by hand")).count(), 2);

    let lab = Lab::filled();
    let shorter = &bytes(2)[1..];
    rewrite(&lab.original(2), shorter);
    let size = bytes(2).len();
    let text = lab.verify().findings[0].text.clone();
    assert!(text.contains(&format!("and are {} instead of {size}", size - 1)), "{text}");
}

#[test]
fn a_sealed_file_that_the_catalog_does_not_know() {
    let lab = Lab::filled();
    let digest = lab.open().originals().seal(&b"sealed, then the program was killed"[..]).unwrap().digest;
    let report = lab.verify();
    assert!(report.is_whole());
    assert_eq!(report.warnings[0].kind, FindingKind::Unclaimed);
    rewrite(&lab.open().originals().path(&digest), b"something else");
    assert!(lab.verify().findings[0].text.contains("was changed"));
}

#[test]
fn wrong_permissions() {
    let lab = Lab::filled();
    mode(&lab.original(1), 0o644);
    mode(&lab.root, 0o755);
    mode(&lab.root.join("catalog.sqlite"), 0o640);
    let report = lab.verify();
    assert!(report.is_whole());
    let texts: Vec<_> = report.warnings.iter().map(|w| w.text.as_str()).collect();
    assert!(texts.iter().any(|t| t.contains("has the permissions 644")), "{texts:?}");
    assert!(texts.iter().any(|t| t.starts_with("the archive folder can be entered")), "{texts:?}");
    assert!(texts.iter().any(|t| t.starts_with("catalog.sqlite can be")), "{texts:?}");
}

#[test]
fn edited_ledger_entries() {
    for (column, value, word) in [
        ("payload", r#"'{"a":1}'"#, "payload of entry 5 was edited"),
        ("payload", "' ' || payload", "payload of entry 5 was edited"),
        ("payload", "'not json'", "entry 5 cannot be read"),
        ("actor", "'Boris'", "entry 5 was edited"),
        ("act", "'nothing'", "entry 5 was edited"),
        ("subject", "'d2'", "entry 5 was edited"),
        ("time", "'2020-01-01T00:00:00Z'", "entry 5 was edited"),
        ("hash", "replace(hash, substr(hash, 1, 1), 'x')", "entry 5 cannot be read"),
        ("previous", "'ab'", "entry 5 cannot be read"),
    ] {
        let text = after(&format!("UPDATE ledger SET {column} = {value} WHERE seq = 5"));
        assert!(text.contains("the ledger holds up to entry 4; then:") && text.contains(word), "{column}: {text}");
    }
}

#[test]
fn deleted_added_and_reordered_ledger_entries() {
    let text = after("DELETE FROM ledger WHERE act = 'delivery.fault';");
    assert!(text.contains("entries were deleted, added or reordered"), "{text}");
    let text = after(
        "UPDATE ledger SET seq = -1 WHERE seq = 3; UPDATE ledger SET seq = 3 WHERE seq = 4;
         UPDATE ledger SET seq = 4 WHERE seq = -1;",
    );
    assert!(text.contains("holds up to entry 2; then: entry 3 was edited"), "{text}");
    let text = after(
        "INSERT INTO ledger SELECT max(seq) + 1, time, actor, act, subject, payload, payload_sha256, 'p', 'h' FROM ledger",
    );
    assert!(text.contains("cannot be read"), "{text}");
    let text = after("DELETE FROM ledger WHERE seq = 1");
    assert!(text.contains("holds up to entry 0; then: entry 1 should stand here"), "{text}");
}

#[test]
fn entries_cut_off_at_the_end() {
    // Row and entry both gone: only ledger.head remembers.
    let cut = "DELETE FROM revision WHERE number = 1 AND author_kind = 'person';
               DELETE FROM ledger WHERE seq >= (SELECT seq FROM ledger WHERE act = 'revision.kept'
                   ORDER BY seq DESC LIMIT 1);
               UPDATE call SET note = NULL, ledger_seq = (SELECT seq FROM ledger WHERE act = 'call.made'
                   AND subject = call.id);";
    assert!(after(cut).contains("ledger.head speaks of entry"));

    // The entry alone: the ledger comes first, then the row that refers to it, last what the database says.
    let lab = Lab::filled();
    lab.sql("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)");
    let texts: Vec<String> = lab.verify().findings.into_iter().map(|f| f.text).collect();
    assert!(texts[0].contains("ledger.head speaks of entry"), "{texts:?}");
    assert!(texts[1].contains("which is not there"), "{texts:?}");
    assert!(texts.last().unwrap().contains("refers to a row of ledger that is not there"), "{texts:?}");

    // ledger.head gone as well: said, though what was cut cannot be known.
    let lab = Lab::filled();
    fs::remove_file(lab.root.join("ledger.head")).unwrap();
    assert!(lab.verify().findings[0].text.contains("ledger.head is missing"));

    // Everything set back together: only a head kept elsewhere helps.
    let lab = Lab::filled();
    let known = lab.open().ledger_head().unwrap();
    lab.sql(cut);
    let before = lab.open().ledger_head().unwrap();
    fs::write(lab.root.join("ledger.head"), format!("{:020}:{}\n", before.seq, before.hash)).unwrap();
    assert!(lab.verify().is_whole());
    let report = verify(&lab.open(), Some(known), |_| ()).unwrap();
    assert!(report.findings[0].text.contains("the head that was given speaks of entry"));
    let other = Head { seq: 2, ..known };
    let report = verify(&lab.open(), Some(other), |_| ()).unwrap();
    assert!(report.findings[0].text.contains("the ledger was rewritten"));
}

#[test]
fn edited_catalog_rows() {
    for sql in [
        "UPDATE revision SET body = replace(body, 'добрий', 'поганий') WHERE number = 1",
        "UPDATE revision SET author_kind = 'person' WHERE author_kind = 'model'",
        "UPDATE revision SET author = '{\"kind\":\"person\",\"name\":\"Boris\"}', author_kind = 'person'
            WHERE author_kind = 'model'",
        "UPDATE revision SET created_at = '2020-01-01T00:00:00Z'",
        "UPDATE revision SET language = 'ru'",
        "UPDATE revision SET number = 7 WHERE author_kind = 'person'",
        "UPDATE call SET from_e164 = '+380000000009'",
        "UPDATE call SET started_ms = started_ms + 1",
        "UPDATE call SET note = NULL",
        "UPDATE call_file SET name = 'other.wav' WHERE position = 0",
        "UPDATE recording SET duration = 3",
        "UPDATE recording SET fingerprint = x'00'",
        "UPDATE delivery SET source = 'found in the street'",
        "UPDATE delivered_file SET verdict = '{\"verdict\":\"broken\",\"reason\":\"\"}'",
        "UPDATE delivered_row SET written = '{}'",
        "UPDATE table_fault SET text = ''",
    ] {
        let text = after(sql);
        assert!(text.contains("was edited"), "{sql}: {text}");
    }
    assert!(after("UPDATE revision SET body = 'x'").contains("cannot be read"));
}

#[test]
fn deleted_catalog_rows() {
    for sql in [
        "DELETE FROM revision WHERE kind = 'translation'",
        "DELETE FROM delivered_file WHERE name = 'march/0001.wav'",
        "DELETE FROM delivered_row WHERE line = 3",
        "DELETE FROM table_fault",
    ] {
        let text = after(sql);
        assert!(text.contains("the catalog no longer holds it"), "{sql}: {text}");
    }
    let done = "UPDATE job SET state = 'done' WHERE id = 2";
    assert!(after(done).contains("job 2 (listen of c"), "{}", after(done));
    // A call set back to what was known before, its entry too.
    let text = after(
        "UPDATE call SET note = NULL, ledger_seq = (SELECT min(seq) FROM ledger WHERE subject = call.id
            AND act = 'call.made') WHERE note IS NOT NULL",
    );
    assert!(text.contains("changed it later"), "{text}");
}

#[test]
fn a_damaged_database_is_an_error_or_a_finding() {
    let lab = Lab::filled();
    let path = lab.root.join("catalog.sqlite");
    let mut content = fs::read(&path).unwrap();
    let middle = content.len() / 2;
    for byte in &mut content[middle..middle + 6000] {
        *byte = 0x5a;
    }
    fs::write(&path, content).unwrap();
    let found = earwitness_archive::Archive::open(&lab.root, &anna())
        .and_then(|archive| verify(&archive, None, |_| ()))
        .map(|report| report.is_whole());
    assert!(!matches!(found, Ok(true)), "{found:?}");
}
