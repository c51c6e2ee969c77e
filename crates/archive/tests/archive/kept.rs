//! What is kept, given again, found.

use crate::support::*;
use earwitness_archive::*;
use earwitness_model::{Author, CallId, Digest, RevisionId, call::CallFile};
use std::{fs, io::Read};

#[test]
fn folders_that_are_no_archives() {
    let dir = tempfile::TempDir::new().unwrap();
    let open = |path: &std::path::Path| Archive::open(path, &anna()).map(|_| ()).unwrap_err();
    assert!(matches!(open(dir.path()), Error::NotAnArchive { .. }));
    assert!(matches!(open(&dir.path().join("nowhere")), Error::NotAnArchive { .. }));
    fs::write(dir.path().join("file"), b"").unwrap();
    assert!(matches!(open(&dir.path().join("file")), Error::NotAnArchive { .. }));
    assert!(matches!(Archive::init(dir.path(), &anna()).map(|_| ()).unwrap_err(), Error::NotEmpty { .. }));

    let lab = Lab::filled();
    let settings = lab.root.join("earwitness.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("format = 1", "format = 2")).unwrap();
    assert!(matches!(open(&lab.root), Error::NewerVersion { found: 2, .. }));
    fs::write(&settings, "format = [").unwrap();
    assert!(matches!(open(&lab.root), Error::Settings { .. }));
    fs::write(&settings, &text).unwrap();
    fs::copy(Lab::empty().root.join("earwitness.toml"), &settings).unwrap();
    assert!(open(&lab.root).to_string().contains("come from different archives"));
    fs::write(&settings, &text).unwrap();
    lab.sql("PRAGMA user_version = 99");
    assert!(matches!(open(&lab.root), Error::NewerVersion { found: 99, .. }));
    fs::write(lab.root.join("catalog.sqlite"), b"this is no database, whatever its name may say").unwrap();
    assert!(matches!(open(&lab.root), Error::Damaged(_)));
    fs::remove_file(lab.root.join("catalog.sqlite")).unwrap();
    assert!(open(&lab.root).to_string().contains("it has no catalog.sqlite"));
}

#[test]
fn settings_are_kept() {
    let lab = Lab::empty();
    let mut archive = lab.open();
    let mut settings = archive.settings().clone();
    settings.timezone = "Europe/Warsaw".into();
    settings.archive = "another name".into();
    settings.other.insert("listen".into(), toml::Value::Boolean(true));
    archive.set_settings(settings).unwrap();
    let again = lab.open();
    assert_eq!(again.settings(), archive.settings());
    assert_eq!(again.settings().timezone, "Europe/Warsaw");
    assert_eq!(again.settings().archive.len(), 16);
    assert!(again.settings().other.contains_key("listen"));
}

#[test]
fn sealed_once_and_never_replaced() {
    let lab = Lab::empty();
    let archive = lab.open();
    let originals = archive.originals();
    let first = originals.seal(&b"bytes"[..]).unwrap();
    assert_eq!(first, Sealed { digest: Digest::of(b"bytes"), size: 5, was_new: true });
    assert!(!originals.seal(&b"bytes"[..]).unwrap().was_new);
    let mut read = String::new();
    originals.open(&first.digest).unwrap().read_to_string(&mut read).unwrap();
    assert_eq!(read, "bytes");
    assert!(matches!(originals.open(&Digest::ZERO).map(|_| ()).unwrap_err(), Error::OriginalMissing { .. }));

    let path = originals.path(&first.digest);
    fs::remove_file(&path).unwrap();
    fs::write(&path, b"bytez").unwrap();
    assert!(matches!(originals.seal(&b"bytes"[..]).unwrap_err(), Error::OriginalAltered { .. }));
    assert_eq!(fs::read(&path).unwrap(), b"bytez");

    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("bad sector"))
        }
    }
    let error = originals.seal((&b"half"[..]).chain(Fails)).unwrap_err();
    assert!(matches!(error, Error::Unreadable(_)));
    let mut batch = originals.batch().unwrap();
    assert!(batch.add(&b"twice"[..]).unwrap().was_new);
    assert!(!batch.add(&b"twice"[..]).unwrap().was_new);
    batch.settle().unwrap();
    assert!(batch.is_empty());
}

#[test]
fn the_same_delivery_again_adds_nothing_and_a_grown_one_only_the_new() {
    let lab = Lab::empty();
    let archive = lab.open();
    assert_eq!(take_in(&archive, 0, 3).unwrap(), 13);
    let before = archive.overview().unwrap();
    assert_eq!(take_in(&archive, 0, 3).unwrap(), 0);
    assert_eq!(archive.overview().unwrap(), before);
    assert_eq!(take_in(&archive, 0, 5).unwrap(), 8);
    let id = archive.deliveries().unwrap()[0].id.clone();
    let whole = archive.delivered(&id).unwrap().unwrap();
    assert_eq!((whole.files.len(), whole.rows.len(), whole.faults.len()), (5, 5, 1));
    assert_eq!(whole.delivery.terms, terms());
    assert_eq!(id.as_str(), "d1");

    let file = |n: usize| (format!("march/{n:04}.wav"), Digest::of(&bytes(n)));
    let like = |files: &[(String, Digest)]| archive.delivery_like(files).unwrap().map(|d| d.to_string());
    assert_eq!(like(&(0..5).map(file).collect::<Vec<_>>()).as_deref(), Some("d1"));
    assert_eq!(like(&(0..9).map(file).collect::<Vec<_>>()).as_deref(), Some("d1"));
    assert_eq!(like(&[file(3)]).as_deref(), Some("d1"));
    assert_eq!(like(&[file(3), file(77)]), None);
    assert_eq!(like(&[]), None);
    assert_eq!(like(&[("other.wav".into(), Digest::of(&bytes(3)))]), None);
    assert_eq!(archive.deliveries_of(&Digest::of(&bytes(3))).unwrap().len(), 1);
    assert!(archive.delivered_file(&id, "march/0003.wav", None).unwrap().is_none());

    let mut unreadable = whole.files[0].clone();
    (unreadable.name, unreadable.sha256, unreadable.recording, unreadable.size) = ("x.wav".into(), None, None, None);
    assert!(archive.write(|tx| tx.add_delivered_file(&unreadable)).unwrap());
    assert!(!archive.write(|tx| tx.add_delivered_file(&unreadable)).unwrap());
    assert_eq!(archive.delivered_file(&id, "x.wav", None).unwrap(), Some(unreadable));
    assert!(lab.verify().is_whole());
}

#[test]
fn calls_are_found_as_people_name_them() {
    let lab = Lab::filled();
    let archive = lab.open();
    let copy = archive.originals().seal(&b"the same sound in other bytes"[..]).unwrap();
    archive
        .write(|tx| {
            tx.add_recording(&recording(copy.digest, copy.size))?;
            let file = CallFile { name: "copies/0001.mp3".into(), sha256: copy.digest };
            assert!(tx.add_call_file(&lab.id(0), &file)?);
            assert!(!tx.add_call_file(&lab.id(0), &file)?);
            Ok(())
        })
        .unwrap();
    let find = |text: &str| archive.find_call(text).map(|c| c.id);
    for name in [lab.id(0).as_str(), &lab.id(0).as_str()[..9], "march/0000.wav", "0000.wav", " 0000 ", "0001.mp3"] {
        assert_eq!(find(name).unwrap(), lab.id(0), "{name}");
    }
    let Err(Error::Ambiguous { choices, .. }) = find("0001") else { panic!("0001 may be either") };
    assert_eq!(choices.len(), 2);
    assert!(matches!(find("c"), Err(Error::Ambiguous { .. })));
    for nothing in ["", "nothing", "'; DROP TABLE call; --", "%", "c%"] {
        assert!(matches!(find(nothing), Err(Error::NotFound { .. })), "{nothing}");
    }
    assert_eq!(archive.call_of_recording(&copy.digest).unwrap(), Some(lab.id(0)));
    assert_eq!(archive.call_of_recording(&Digest::ZERO).unwrap(), None);
    assert_eq!(archive.call(&lab.id(0)).unwrap().files.len(), 2);
    assert!(lab.verify().is_whole());
}

#[test]
fn calls_come_by_time_and_keep_everything() {
    let lab = Lab::filled();
    let archive = lab.open();
    let mut timeless = archive.call(&lab.id(1)).unwrap();
    timeless.started_at = None;
    assert!(archive.write(|tx| tx.change_call(&timeless)).unwrap());
    assert!(!archive.write(|tx| tx.change_call(&timeless)).unwrap());
    let order: Vec<CallId> = archive.calls().unwrap().into_iter().map(|c| c.id).collect();
    assert_eq!(order, [3, 2, 0, 1].map(|n| lab.id(n)));
    assert_eq!(archive.calls().unwrap()[0], call(3, Digest::of(&bytes(3))));
    let mut other = call(0, Digest::of(&bytes(1)));
    other.id = lab.id(0);
    assert!(matches!(archive.write(|tx| tx.add_call(&other)), Err(Error::CallTaken { .. })));
    assert!(matches!(archive.write(|tx| tx.change_call(&other)), Err(Error::CallTaken { .. })));
    let head = archive.ledger_head().unwrap().seq;
    assert_eq!(archive.calls_touched_since(head - 1).unwrap().into_iter().collect::<Vec<_>>(), [lab.id(1)]);
    assert!(archive.calls_touched_since(head).unwrap().is_empty());
    assert!(lab.verify().is_whole());
}

#[test]
fn a_persons_word_wins_over_any_machines() {
    let lab = Lab::empty();
    let archive = lab.open();
    take_in(&archive, 0, 1).unwrap();
    let id = lab.id(0);
    let add = |author: Author, body| archive.write(|tx| tx.add_revision(&id, author, None, body)).unwrap();
    assert!(archive.current_transcript(&id).unwrap().is_none());
    let first = add(machine(), transcript("раз"));
    let translated = add(machine(), translation(&first.id, "one"));
    assert!(!archive.current_translation(&id).unwrap().unwrap().stale);
    let second = add(machine(), transcript("два"));
    assert_eq!(archive.current_transcript(&id).unwrap().unwrap(), second);
    let by_hand = add(Author::person("Anna"), transcript("три"));
    add(machine(), transcript("чотири"));
    assert_eq!(archive.current_transcript(&id).unwrap().unwrap(), by_hand);
    assert_eq!((by_hand.number, translated.number), (3, 1));
    let current = archive.current_translation(&id).unwrap().unwrap();
    assert!(current.stale && current.revision == translated);
    assert_eq!(archive.revisions(&id).unwrap().len(), 5);
    assert_eq!(archive.revision(&second.id).unwrap(), second);
    assert_eq!(archive.find_revision(&id, "2").unwrap(), second);
    assert_eq!(archive.find_revision(&id, &by_hand.id.as_str()[..10]).unwrap(), by_hand);
    assert!(matches!(archive.find_revision(&id, "r"), Err(Error::Ambiguous { .. })));
    assert!(matches!(archive.find_revision(&id, "9"), Err(Error::NotFound { .. })));
    let astray = archive.write(|tx| tx.add_revision(&id, machine(), None, translation(&RevisionId::new("r0"), "?")));
    assert!(matches!(astray, Err(Error::NotFound { kind: "transcript", .. })));
    let nobody = archive.write(|tx| tx.add_revision(&CallId::new("c0"), machine(), None, transcript("?")));
    assert!(matches!(nobody, Err(Error::NotFound { kind: "call", .. })));
    assert!(lab.verify().is_whole());
}

#[test]
fn fingerprints_come_one_by_one() {
    let lab = Lab::filled();
    let mut found = 0;
    lab.open()
        .all_fingerprints(|digest, bytes| {
            assert_eq!(bytes, digest.as_bytes());
            found += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(found, 4);
}

#[test]
fn the_exported_ledger_checks_out() {
    let lab = Lab::filled();
    let archive = lab.open();
    archive.write(|tx| tx.record("export.made", "transcripts", &serde_json::json!({"calls": 4}))).unwrap();
    let mut exported = Vec::new();
    let head = archive.export_ledger(&mut exported).unwrap();
    assert_eq!(head, archive.ledger_head().unwrap());
    assert_eq!(ledger::check_export(&exported[..]).unwrap(), head);
    let text = String::from_utf8(exported).unwrap();
    assert!(ledger::check_export(text.replacen("Anna", "Yana", 1).as_bytes()).is_err());
    let first = archive.ledger_entries(1..=1).unwrap().remove(0);
    assert_eq!((first.act.as_str(), first.actor.as_str()), ("archive.made", "Anna"));
    assert_eq!(archive.ledger_entries(1..=u64::MAX).unwrap().len() as u64, head.seq);
}

#[test]
fn writes_are_whole_or_nothing_and_not_nested() {
    let lab = Lab::empty();
    let archive = lab.open();
    let before = archive.ledger_head().unwrap();
    let nested = archive.write(|tx| {
        tx.record("test.done", "x", &1)?;
        tx.write(|_| Ok(()))
    });
    assert!(matches!(nested, Err(Error::Nested)));
    assert_eq!(archive.ledger_head().unwrap(), before);
    let long = "x".repeat(5 << 20);
    assert!(matches!(archive.write(|tx| tx.record("test.done", "x", &long)), Err(Error::Unrecordable(_))));
    assert!(matches!(archive.write(|tx| tx.record("test.done", "x", &f64::NAN)), Ok(_) | Err(Error::NotCanonical(_))));
    assert!(lab.verify().is_whole());
}

#[test]
fn opened_to_read_it_reads_and_does_not_write() {
    let lab = Lab::filled();
    let archive = Archive::open_to_read(&lab.root).unwrap();
    assert_eq!(archive.calls().unwrap().len(), 4);
    assert!(verify(&archive, None, |_| ()).unwrap().is_whole());
    assert!(matches!(archive.write(|_| Ok(())), Err(Error::ReadOnly)));
    assert!(matches!(archive.originals().seal(&b""[..]), Err(Error::ReadOnly)));
    assert!(matches!(archive.lease("w", "listen", Default::default()), Err(Error::ReadOnly)));
    drop(archive);
    // With a writer at work it sees what the writer has kept.
    let writer = lab.open();
    take_in(&writer, 4, 5).unwrap();
    let archive = Archive::open_to_read(&lab.root).unwrap();
    assert_eq!(archive.calls().unwrap().len(), 5);
}
