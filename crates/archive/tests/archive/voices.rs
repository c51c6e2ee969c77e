//! Voiceprints: measured, measured again, removed for good.

use crate::{decided::holds, support::*};
use earwitness_archive::*;
use earwitness_model::{Author, CallId, Digest, RevisionId, SpeakerRef, Voiceprint};

fn network() -> Author {
    let (name, version) = ("campplus".into(), "1".into());
    Author::Model { name, version, weights: Digest::of(b"network"), parameters: serde_json::json!({"least": 3}) }
}

/// A vector that no other seed gives, and that is nowhere by chance.
fn voice(lab: &Lab, n: usize, label: &str, seed: u8) -> Voiceprint {
    let vector = (0..192_u16).map(|i| ((f32::from(i) + 0.123) * (1.0 + 0.37 * f32::from(seed))).sin() / 10.0).collect();
    Voiceprint {
        speaker: SpeakerRef::new(lab.id(n), label),
        vector,
        net_speech: 12.345_678,
        quality: 0.712_345,
        model: "campplus".into(),
        weights: Digest::of(b"network"),
    }
}

fn bytes_of(voiceprint: &Voiceprint) -> Vec<u8> {
    voiceprint.vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn transcript_of(archive: &Archive, lab: &Lab, n: usize) -> RevisionId {
    archive.current_transcript(&lab.id(n)).unwrap().unwrap().id
}

/// The first call's voices A and B, and a child who says too little.
fn measured(lab: &Lab) -> Archive {
    let archive = lab.open();
    keep(&archive, lab, 0, &[voice(lab, 0, "A", 1), voice(lab, 0, "B", 2)], &[("C", 0.8)]).unwrap();
    archive
}

fn keep(archive: &Archive, lab: &Lab, n: usize, voices: &[Voiceprint], little: &[(&str, f64)]) -> Result<bool> {
    let of = transcript_of(archive, lab, n);
    let little: Vec<(String, f64)> = little.iter().map(|(label, s)| ((*label).to_owned(), *s)).collect();
    archive.write(|tx| tx.keep_voiceprints(&lab.id(n), &of, network(), voices, &little))
}

#[test]
fn measured_and_read_back() {
    let lab = Lab::filled();
    let archive = measured(&lab);
    let set = archive.voiceprints_of(&lab.id(0)).unwrap().unwrap();
    assert_eq!((set.voiceprints.len(), set.author.clone(), set.of), (2, network(), transcript_of(&archive, &lab, 0)));
    let (kept, given) = (&set.voiceprints[1], voice(&lab, 0, "B", 2));
    assert_eq!((&kept.vector, &kept.speaker, &kept.model), (&given.vector, &given.speaker, &given.model));
    assert_eq!((kept.net_speech, kept.quality), (12.346, 0.7123));
    assert_eq!(set.too_little, [TooLittle { speaker: SpeakerRef::new(lab.id(0), "C"), net_speech: 0.8 }]);
    assert_eq!(archive.voiceprints().unwrap(), set.voiceprints);
    assert!(archive.voiceprints_of(&lab.id(1)).unwrap().is_none());
    assert!(lab.verify().is_whole(), "{:?}", lab.verify().findings);
    // The ledger knows labels, seconds and hashes, no vectors.
    let entry = archive.ledger_entries(1..=u64::MAX).unwrap().pop().unwrap();
    assert_eq!((entry.act.as_str(), entry.payload["speakers"][2]["net_speech"].as_f64()), ("voices.kept", Some(0.8)));
    assert_eq!(
        entry.payload["speakers"][0]["voiceprint"]["vector_sha256"],
        Digest::of(&bytes_of(&voice(&lab, 0, "A", 1))).hex()
    );
}

#[test]
fn measured_again_it_takes_the_place_of_what_was() {
    let lab = Lab::filled();
    let archive = measured(&lab);
    let head = archive.ledger_head().unwrap();
    let both = [voice(&lab, 0, "B", 2), voice(&lab, 0, "A", 1)];
    assert!(!keep(&archive, &lab, 0, &both, &[("C", 0.8)]).unwrap());
    assert_eq!(archive.ledger_head().unwrap(), head);
    assert!(keep(&archive, &lab, 0, &[voice(&lab, 0, "A", 3)], &[]).unwrap());
    assert_eq!(archive.voiceprints().unwrap().len(), 1);
    assert!(keep(&archive, &lab, 0, &[], &[]).unwrap());
    assert!(archive.voiceprints_of(&lab.id(0)).unwrap().unwrap().voiceprints.is_empty());
    assert!(lab.verify().is_whole(), "{:?}", lab.verify().findings);
}

#[test]
fn what_is_no_voiceprint_of_the_call_is_refused() {
    let lab = Lab::filled();
    let archive = lab.open();
    let (good, mut broken, mut empty) = (voice(&lab, 0, "A", 1), voice(&lab, 0, "A", 1), voice(&lab, 0, "A", 1));
    broken.vector[7] = f32::NAN;
    empty.vector.clear();
    for voices in [vec![voice(&lab, 1, "A", 1)], vec![broken], vec![empty], vec![good.clone(), good.clone()]] {
        assert!(matches!(keep(&archive, &lab, 0, &voices, &[]), Err(Error::Unrecordable(_))));
    }
    assert!(matches!(keep(&archive, &lab, 0, std::slice::from_ref(&good), &[("A", 1.0)]), Err(Error::Unrecordable(_))));
    assert!(matches!(keep(&archive, &lab, 0, &[], &[("A", f64::NAN)]), Err(Error::Unrecordable(_))));
    let of = transcript_of(&archive, &lab, 1);
    let astray = archive.write(|tx| tx.keep_voiceprints(&lab.id(0), &of, network(), &[good], &[]));
    assert!(matches!(astray, Err(Error::NotFound { .. })));
}

#[test]
fn forgotten_for_good_and_not_measured_again() {
    let lab = Lab::filled();
    let archive = measured(&lab);
    let b = voice(&lab, 0, "B", 2);
    let (whole, part) = (bytes_of(&b), &bytes_of(&b)[64..128]);
    assert!(holds(&lab.root, &whole));
    // Never measured ones can be forgotten as well, and nobody twice.
    let never = SpeakerRef::new(lab.id(1), "A");
    let forget = |speakers: &[SpeakerRef]| archive.write(|tx| tx.forget_voiceprints(speakers));
    assert_eq!(forget(&[b.speaker.clone(), never.clone(), never.clone()]).unwrap(), 2);
    assert!(!holds(&lab.root, part));
    assert!(holds(&lab.root, &bytes_of(&voice(&lab, 0, "A", 1))));
    assert_eq!(forget(std::slice::from_ref(&b.speaker)).unwrap(), 0);
    assert!(matches!(
        forget(&[SpeakerRef::new(earwitness_model::CallId::new("c0"), "A")]),
        Err(Error::NotFound { .. })
    ));
    assert_eq!(archive.forgotten_voices().unwrap().len(), 2);
    assert_eq!(archive.voiceprints().unwrap().len(), 1);
    assert!(lab.verify().is_whole(), "{:?}", lab.verify().findings);
    // The ledger says that two were removed, not whose.
    let entry = archive.ledger_entries(1..=u64::MAX).unwrap().pop().unwrap();
    assert_eq!((entry.act.as_str(), entry.subject.as_str()), ("voices.forgotten", "voices"));
    assert_eq!(entry.payload, serde_json::json!({"voices": 2}));

    keep(&archive, &lab, 0, &[voice(&lab, 0, "A", 4), voice(&lab, 0, "B", 5)], &[]).unwrap();
    keep(&archive, &lab, 1, &[], &[("A", 0.5)]).unwrap();
    let labels: Vec<String> = archive.voiceprints().unwrap().into_iter().map(|v| v.speaker.speaker).collect();
    assert_eq!(labels, ["A"]);
    assert!(archive.voiceprints_of(&lab.id(1)).unwrap().unwrap().too_little.is_empty());
    assert!(lab.verify().is_whole());
}

#[test]
fn what_was_done_behind_the_ledgers_back_is_found() {
    let found = |sql: &str| {
        let lab = Lab::filled();
        let archive = measured(&lab);
        archive.write(|tx| tx.forget_voiceprints(&[SpeakerRef::new(lab.id(0), "B")])).unwrap();
        drop(archive);
        assert!(lab.verify().is_whole());
        lab.sql(sql);
        lab.verify().findings.first().unwrap_or_else(|| panic!("not found: {sql}")).text.clone()
    };
    for (sql, words) in [
        ("UPDATE voiceprint SET vector = zeroblob(768) WHERE speaker = 'A'", "A was edited"),
        ("UPDATE voiceprint SET net_speech = 60 WHERE speaker = 'C'", "C was edited"),
        ("UPDATE voiceprint SET model = 'other' WHERE speaker = 'A'", "A was edited"),
        ("UPDATE voiceprint SET vector = NULL WHERE speaker = 'A'", "A was edited"),
        ("UPDATE voiceprint SET speaker = 'D' WHERE speaker = 'A'", "A is gone"),
        ("DELETE FROM voiceprint WHERE speaker = 'A'", "A is gone, and was not removed by anybody known"),
        ("DELETE FROM voiceprint; DELETE FROM voiceprint_set", "the catalog no longer holds them"),
        ("UPDATE voiceprint_set SET author = replace(author, 'campplus', 'other')", "who measured them and when"),
        (
            "INSERT INTO voiceprint SELECT call, 'B', model, weights, net_speech, quality, vector FROM voiceprint
          WHERE speaker = 'A'",
            "B was removed for good, but is there again",
        ),
        (
            "INSERT INTO voiceprint SELECT call, 'E', model, weights, net_speech, quality, vector FROM voiceprint
          WHERE speaker = 'A'",
            "E was added outside the ledger",
        ),
        ("UPDATE voiceprint SET call = (SELECT max(id) FROM call WHERE id <> voiceprint.call)", "is gone"),
        ("DELETE FROM voiceprint_forgotten", "B is gone"),
        (
            "DELETE FROM voiceprint WHERE speaker = 'A'; INSERT INTO voiceprint_forgotten SELECT call, 'A', ledger_seq
          FROM voiceprint_forgotten",
            "removed 1 voices for good, but 2 are marked so",
        ),
        (
            "DELETE FROM voiceprint WHERE speaker = 'A'; INSERT INTO voiceprint_forgotten SELECT call, 'A', 1
          FROM voiceprint_forgotten",
            "which says nothing of it",
        ),
    ] {
        let text = found(sql);
        assert!(text.contains(words), "{sql}: {text}");
    }
}

#[test]
fn the_calls_that_wait_to_be_measured_are_told() {
    let lab = Lab::filled();
    let archive = lab.open();
    let all = archive.calls_with_unmeasured_voices().unwrap();
    let with_transcript = |id: &CallId| archive.current_transcript(id).unwrap().is_some();
    let mut expected: Vec<CallId> =
        archive.calls().unwrap().into_iter().map(|c| c.id).filter(with_transcript).collect();
    expected.sort();
    assert!(!expected.is_empty());
    assert_eq!(all, expected, "calls without a transcript do not wait");
    keep(&archive, &lab, 0, &[voice(&lab, 0, "A", 1)], &[]).unwrap();
    expected.retain(|id| *id != lab.id(0));
    assert_eq!(archive.calls_with_unmeasured_voices().unwrap(), expected);
    // A person's correction is another transcript: the voices wait again, also where a machine hears anew after it.
    let before = archive.current_transcript(&lab.id(0)).unwrap().unwrap();
    archive
        .write(|tx| tx.add_revision(&lab.id(0), Author::person("Anna"), Some(before.id.clone()), before.body.clone()))
        .unwrap();
    assert!(archive.calls_with_unmeasured_voices().unwrap().contains(&lab.id(0)));
    keep(&archive, &lab, 0, &[voice(&lab, 0, "A", 1)], &[]).unwrap();
    archive.write(|tx| tx.add_revision(&lab.id(0), network(), Some(before.id), before.body)).unwrap();
    assert!(!archive.calls_with_unmeasured_voices().unwrap().contains(&lab.id(0)));
}
