//! People, links and phones on a small archive.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_archive::{ActorName, Archive, Error, Recording, verify};
use earwitness_desk::{
    network::{EdgeKind, Network, network},
    people::{self, *},
    phones::{self, Side},
    speakers::{Relabel, relabel},
    voices::Group,
};
use earwitness_model::{
    Author, Call, CallId, Digest, Phone, Place, RevisionBody, SpeakerRef, Standing, Transcript, Turn, call::CallFile,
};
use serde_json::json;
use std::collections::BTreeSet;
use tempfile::TempDir;

struct Lab {
    _dir: TempDir,
    archive: Archive,
}

fn anna() -> Author {
    Author::person("Anna")
}

fn machine() -> Author {
    let (name, version) = ("campplus".into(), "1".into());
    Author::Model { name, version, weights: Digest::of(b"network"), parameters: json!({}) }
}

fn digest(n: u8) -> Digest {
    Digest::of(&[n; 9])
}

fn id(n: u8) -> CallId {
    CallId::of_recording(&digest(n))
}

fn speaker(n: u8, label: &str) -> SpeakerRef {
    SpeakerRef::new(id(n), label)
}

/// A soldier's number and two others; every call has a transcript with speakers A and B.
const TARGET: &str = "+380590000001";

impl Lab {
    fn new(calls: &[(u8, &str, &str, u16)]) -> Self {
        let dir = TempDir::new().unwrap();
        let archive = Archive::init(&dir.path().join("archive"), &ActorName::new("Anna").unwrap()).unwrap();
        for (n, from, to, channels) in calls {
            archive.originals().seal(&[*n; 9][..]).unwrap();
            archive
                .write(|tx| {
                    let (format, damage, sound, fingerprint) = (None, None, None, None);
                    tx.add_recording(&Recording { digest: digest(*n), size: 9, format, damage, sound, fingerprint })?;
                    tx.add_call(&call(*n, from, to, *channels))?;
                    tx.add_revision(&id(*n), machine(), None, RevisionBody::Transcript(transcript(*channels)))?;
                    Ok(())
                })
                .unwrap();
        }
        Self { _dir: dir, archive }
    }

    fn add(&self, name: &str) -> Kept<Person> {
        let person = Person { name: name.into(), ..Person::default() };
        self.archive.try_write(|tx| people::add(tx, anna(), person)).unwrap()
    }

    fn suggest(&self, person: &Kept<Person>, target: Target, score: Option<f64>) -> people::Result<Kept<Link>> {
        self.archive.try_write(|tx| suggest(tx, machine(), person, target, score, Vec::new()))
    }

    fn decide(&self, link: &str, decision: Decision) -> people::Result<Kept<Link>> {
        self.archive.try_write(|tx| decide(tx, "Boris", link, decision, Some("heard it".into())))
    }

    fn undo(&self, kind: &str, id: &str) -> earwitness_archive::Record {
        self.archive.write(|tx| undo(tx, kind, id, None, anna())).unwrap()
    }

    fn view(&self) -> People {
        People::load(&self.archive).unwrap()
    }
}

fn call(n: u8, from: &str, to: &str, channels: u16) -> Call {
    let phone = |e164: &str| Some(Phone { written: e164.into(), e164: Some(e164.into()) });
    Call {
        id: id(n),
        recording: digest(n),
        files: vec![CallFile { name: format!("{n}.wav"), sha256: digest(n) }],
        started_at: Some(format!("2022-03-{n:02}T23:45:02+02:00").parse().unwrap()),
        duration: 9.0,
        channels,
        from: phone(from),
        to: phone(to),
        direction: Some(if from == TARGET { "outgoing" } else { "incoming" }.into()),
        place: Place { latitude: Some(50.5), longitude: Some(30.25), sector: Some(format!("K{}", n % 2)) },
        note: None,
    }
}

fn transcript(channels: u16) -> Transcript {
    let turn = |label: &str, start: f64, channel: u16, text: &str| Turn {
        start,
        end: start + 1.0,
        channel: channel.min(channels - 1),
        speaker: label.into(),
        language: None,
        text: text.into(),
        confidence: 0.9,
        words: Vec::new(),
        doubt: None,
    };
    Transcript {
        language: Some("ru".into()),
        turns: vec![turn("A", 0.0, 0, "Мам, это я."), turn("B", 2.0, 1, "Слышу, сынок.")],
    }
}

fn three() -> Lab {
    Lab::new(&[(1, TARGET, "+79440000002", 1), (2, TARGET, "+79440000003", 2), (3, "+79440000002", TARGET, 1)])
}

#[test]
fn persons_are_added_renamed_and_found() {
    let lab = three();
    let artyom = lab.add("  Артём ");
    assert_eq!((artyom.id.as_str(), artyom.name.as_str(), artyom.revision), ("p1", "Артём", 1));
    let taken =
        lab.archive.try_write(|tx| people::add(tx, anna(), Person { name: "артём".into(), ..Person::default() }));
    assert_eq!(taken.unwrap_err().to_string(), "p1 is called \"Артём\" already");
    for name in ["", " ", "a\nb"] {
        let wrong =
            lab.archive.try_write(|tx| people::add(tx, anna(), Person { name: name.into(), ..Person::default() }));
        assert!(matches!(wrong, Err(PeopleError::NoName)));
    }
    lab.add("Артур");
    let alias =
        Person { alias: Some("The youngest".into()), role: Some(" ".into()), protect: true, ..artyom.is.clone() };
    let changed = lab.archive.try_write(|tx| people::change(tx, anna(), &artyom, alias)).unwrap();
    assert_eq!((changed.revision, &changed.role), (2, &None));
    for wanted in ["p1", "P1", "артём", "The Youngest", "the", "Артё"] {
        assert_eq!(people::find(&lab.archive, wanted).unwrap().id, "p1", "{wanted}");
    }
    assert!(
        matches!(people::find(&lab.archive, "арт"), Err(PeopleError::Ambiguous { choices, .. }) if choices.len() == 2)
    );
    assert!(matches!(people::find(&lab.archive, ""), Err(PeopleError::NotFound { kind: "person", .. })));
    // A writer who saw the first revision only.
    let stale = lab.archive.try_write(|tx| people::change(tx, anna(), &artyom, artyom.is.clone()));
    assert!(matches!(stale, Err(PeopleError::Archive(Error::Changed { number: 2, .. }))));
    lab.undo("person", "p1");
    assert_eq!(people::find(&lab.archive, "p1").unwrap().is, artyom.is);
    // Before the first revision there is nothing; to undo that brings it again.
    assert!(lab.undo("person", "p2").is_withdrawn());
    assert_eq!(lab.view().persons.len(), 1);
    assert_eq!(lab.undo("person", "p2").number, 3);
    assert_eq!(lab.view().persons.len(), 2);
    let unknown = lab.archive.write(|tx| undo(tx, "person", "p2", Some(9), anna()));
    assert!(matches!(unknown, Err(Error::NotFound { kind: "record", .. })));
}

#[test]
fn a_rejected_link_stays_so_until_it_is_reopened() {
    let lab = three();
    let person = lab.add("Артём");
    let target = || Target::Speaker(speaker(1, "A"));
    let link = lab.suggest(&person, target(), Some(1.5)).unwrap();
    assert_eq!((link.id.as_str(), link.standing, link.score), ("l1", Standing::Suggested, Some(1.5)));
    assert_eq!(lab.suggest(&person, target(), Some(2.0)).unwrap().id, "l1");
    let rejected = lab.decide("l1", Decision::Reject).unwrap();
    let decided = rejected.decided.clone().unwrap();
    assert_eq!(
        (rejected.standing, decided.by.as_str(), decided.why.as_deref()),
        (Standing::Rejected, "Boris", Some("heard it"))
    );
    let refused = lab.suggest(&person, target(), Some(9.0)).unwrap_err().to_string();
    assert_eq!(refused, "link l1 was rejected by Boris and stays so until somebody reopens it");
    for decision in [Decision::Confirm, Decision::Dispute] {
        assert!(matches!(lab.decide("l1", decision), Err(PeopleError::Rejected { .. })));
    }
    assert!(lab.archive.try_write(|tx| unlink(tx, "Anna", "l1")).is_err());
    assert!(lab.view().names_of(&id(1)).is_empty());
    assert_eq!(lab.decide("l1", Decision::Reopen).unwrap().standing, Standing::Suggested);
    assert_eq!(lab.decide("l1", Decision::Confirm).unwrap().standing, Standing::Confirmed);
    // A machine that comes again changes no decision.
    assert_eq!(lab.suggest(&person, target(), Some(0.1)).unwrap().standing, Standing::Confirmed);
    assert!(matches!(lab.decide("l7", Decision::Confirm), Err(PeopleError::NotFound { kind: "link", .. })));
    assert!(matches!(lab.suggest(&person, target(), Some(f64::NAN)), Err(PeopleError::NoScore)));
    lab.archive.try_write(|tx| unlink(tx, "Anna", "l1")).unwrap();
    assert!(lab.view().links.is_empty());
    lab.undo("link", "l1");
    assert_eq!(lab.view().links[0].standing, Standing::Confirmed);
}

#[test]
fn evidence_is_gathered_and_kept_once() {
    let lab = three();
    let person = lab.add("Артём");
    let turn = Evidence::turn(&lab.archive, &format!("{}#0", id(1))).unwrap();
    assert!(matches!(&turn, Evidence::Turn { turn: 0, words, .. } if words == "Мам, это я."));
    for wrong in ["1", "1#", "1#9", "none#0", "1#-1"] {
        assert!(Evidence::turn(&lab.archive, wrong).is_err(), "{wrong}");
    }
    let link = |evidence: Vec<Evidence>| {
        let target = Target::Phone(TARGET.into());
        lab.archive.try_write(|tx| people::link(tx, "Anna", &person, target, Standing::Confirmed, evidence)).unwrap()
    };
    link(vec![turn.clone()]);
    let twice = link(vec![turn, Evidence::Document("passport.pdf".into())]);
    assert_eq!((twice.evidence.len(), twice.standing), (2, Standing::Confirmed));
    assert_eq!(lab.view().people_of_phone(TARGET)[0].name, "Артём");
}

#[test]
fn targets_are_found_as_people_write_them() {
    let lab = three();
    let find = |text: &str| Target::find(&lab.archive, text);
    assert_eq!(find("1:A").unwrap(), Target::Speaker(speaker(1, "A")));
    assert_eq!(find("+380 59 000 00 01").unwrap(), Target::Phone(TARGET.into()));
    assert_eq!(find("0003").unwrap(), Target::Phone("+79440000003".into()));
    assert!(matches!(find("1:C"), Err(PeopleError::NotFound { kind: "speaker", .. })));
    assert!(matches!(find("V1"), Err(PeopleError::NotFound { kind: "voice", .. })));
    assert!(
        matches!(find("000"), Err(PeopleError::Ambiguous { choices, .. }) if choices.len() == 3)
            || find("000").is_err()
    );
    assert!(matches!(find("Артём"), Err(PeopleError::NoTarget(_))));
    voice(&lab, &[speaker(1, "A"), speaker(2, "A")]);
    assert_eq!(find("v1").unwrap(), Target::Voice("V1".into()));
}

fn voice(lab: &Lab, members: &[SpeakerRef]) {
    let group = Group { members: members.to_vec(), standing: Standing::Confirmed, method: None };
    lab.archive.write(|tx| Kept::add(tx, anna(), &group)).unwrap();
}

#[test]
fn speakers_bear_the_names_of_the_best_link() {
    let lab = three();
    let (artyom, ruslan) = (lab.add("Артём"), lab.add("Руслан"));
    voice(&lab, &[speaker(1, "A"), speaker(2, "A")]);
    lab.suggest(&artyom, Target::Voice("V1".into()), None).unwrap();
    assert_eq!(lab.view().names_of(&id(2))["A"].marked(), "Артём?");
    // Exactly this speaker, suggested as well: it says more.
    lab.suggest(&ruslan, Target::Speaker(speaker(2, "A")), None).unwrap();
    assert_eq!(lab.view().names_of(&id(2))["A"].name, "Руслан");
    assert_eq!(lab.view().names_of(&id(1))["A"].name, "Артём");
    lab.decide("l1", Decision::Confirm).unwrap();
    assert_eq!(lab.view().names_of(&id(2))["A"].marked(), "Артём");
    lab.decide("l1", Decision::Dispute).unwrap();
    assert_eq!(lab.view().names_of(&id(1))["A"].marked(), "Артём??");
    assert_eq!(lab.view().speakers_of("p1").len(), 2);
    assert!(lab.view().names_of(&id(3)).is_empty());
    // Taken back, the person takes their links along, and brings them again.
    lab.archive.write(|tx| undo(tx, "person", "p1", Some(0), anna())).unwrap();
    assert_eq!(lab.view().links.len(), 1);
    lab.undo("person", "p1");
    assert_eq!(lab.view().links.len(), 2);
}

#[test]
fn phones_have_calls_days_places_contacts_and_voices() {
    let lab = three();
    voice(&lab, &[speaker(1, "B"), speaker(3, "A")]);
    voice(&lab, &[speaker(1, "A"), speaker(2, "A"), speaker(3, "B")]);
    let person = lab.add("Артём");
    lab.suggest(&person, Target::Voice("V2".into()), None).unwrap();
    let all = phones::phones(&lab.archive, &lab.view()).unwrap();
    let target = &all[0];
    assert_eq!((target.number.as_str(), target.calls.len(), target.made), (TARGET, 3, 2));
    assert_eq!(target.first.unwrap().to_string(), "2022-03-01");
    assert_eq!(target.last.unwrap().to_string(), "2022-03-03");
    assert_eq!((target.places.len(), target.places[0].calls), (2, 2));
    let contacts: Vec<(&str, usize)> = target.contacts.iter().map(|c| (c.number.as_str(), c.calls)).collect();
    assert_eq!(contacts, [("+79440000002", 2), ("+79440000003", 1)]);
    // V2 is in calls that share this number only; V1 is in two calls that share both numbers.
    let heard: Vec<(Option<&str>, Side)> = target.voices.iter().map(|v| (v.voice.as_deref(), v.side)).collect();
    assert_eq!(heard, [(Some("V2"), Side::Here), (Some("V1"), Side::Open)]);
    assert_eq!(target.voices[0].name.as_ref().unwrap().name, "Артём");
    assert_eq!(target.heard(), (1, 1));
    // In the call with two tracks, whoever is on the other track speaks from the other number.
    let other = all.iter().find(|p| p.number == "+79440000003").unwrap();
    assert_eq!((other.voices.len(), other.voices[0].side), (1, Side::Here));
    assert_eq!(other.voices[0].speakers, [speaker(2, "B")]);
    assert!(other.places.is_empty());
    let calls = lab.archive.calls().unwrap();
    assert!(matches!(phones::find(&calls, "7777"), Err(PeopleError::NotFound { kind: "phone", .. })));
}

#[test]
fn forgotten_people_leave_nothing_but_a_number() {
    let lab = three();
    let person = lab.add("Безымянный");
    let other = lab.add("Руслан");
    let said = || vec![Evidence::Text("Безымянный told us".into())];
    let link = |target| lab.archive.try_write(|tx| suggest(tx, anna(), &person, target, None, said())).unwrap();
    link(Target::Speaker(speaker(1, "A")));
    link(Target::Speaker(speaker(2, "B")));
    lab.decide("l2", Decision::Reject).unwrap();
    link(Target::Phone(TARGET.into()));
    lab.archive.try_write(|tx| unlink(tx, "Anna", "l3")).unwrap();
    lab.suggest(&other, Target::Speaker(speaker(3, "A")), None).unwrap();
    let voices = lab.archive.try_write(|tx| forget(tx, &person)).unwrap();
    assert_eq!(voices, 1);
    assert_eq!(lab.archive.forgotten_voices().unwrap().into_iter().collect::<Vec<_>>(), [speaker(1, "A")]);
    assert!(people::find(&lab.archive, "p1").is_err());
    let view = lab.view();
    assert_eq!((view.persons.len(), view.links.len()), (1, 1));
    for file in ["catalog.sqlite", "catalog.sqlite-wal"] {
        let bytes = std::fs::read(lab.archive.root().join(file)).unwrap_or_default();
        assert!(!bytes.windows(20).any(|w| w == "Безымянный".as_bytes()), "{file}");
    }
    assert!(verify(&lab.archive, None, |_| ()).unwrap().is_whole());
}

#[test]
fn a_network_joins_phones_voices_and_people_and_withholds_what_it_must() {
    let lab = three();
    let son = lab.add("Artyom");
    voice(&lab, &[speaker(1, "A"), speaker(2, "A")]);
    let link = lab.suggest(&son, Target::Voice("V1".into()), Some(1.5)).unwrap();
    lab.suggest(&son, Target::Phone(TARGET.into()), None).unwrap();
    let joined = |network: &Network, kind: EdgeKind| -> Vec<(String, String, Option<Standing>)> {
        let of_kind = network.edges.iter().filter(|edge| edge.kind == kind);
        of_kind.map(|edge| (edge.from.clone(), edge.to.clone(), edge.standing)).collect()
    };
    let open = network(&lab.archive, Naming::Guarded).unwrap();
    let target = open.nodes.iter().find(|node| node.number.as_deref() == Some(TARGET)).unwrap().id.clone();
    let is = joined(&open, EdgeKind::Is);
    assert_eq!(is[0], ("voice:V1".into(), "person:p1".into(), Some(Standing::Suggested)));
    assert_eq!(is[1].0, target);
    assert_eq!(open.edges.iter().find(|edge| edge.kind == EdgeKind::Is).unwrap().score, Some(1.5));
    assert_eq!(joined(&open, EdgeKind::MemberOf).len(), 2);
    assert!(joined(&open, EdgeKind::SpeaksFrom).contains(&("voice:V1".into(), target, Some(Standing::Confirmed))));
    // A group that a machine put together is only suggested, and so is what follows from it.
    let formed = Group { standing: Standing::Suggested, ..Kept::<Group>::get(&lab.archive, "V1").unwrap().unwrap().is };
    let kept = Kept::<Group>::get(&lab.archive, "V1").unwrap().unwrap();
    lab.archive.write(|tx| kept.change(tx, machine(), &formed)).unwrap();
    let from = joined(&network(&lab.archive, Naming::Guarded).unwrap(), EdgeKind::SpeaksFrom);
    assert!(from.iter().all(|(from, _, standing)| from != "voice:V1" || *standing == Some(Standing::Suggested)));
    lab.decide(&link.id, Decision::Reject).unwrap();
    let protected = Person { protect: true, ..son.is.clone() };
    lab.archive.try_write(|tx| people::change(tx, anna(), &son, protected)).unwrap();
    let guarded = network(&lab.archive, Naming::Guarded).unwrap();
    assert_eq!(joined(&guarded, EdgeKind::Is)[0].2, Some(Standing::Rejected));
    let text = serde_json::to_string(&guarded).unwrap();
    assert!(!text.contains("Artyom") && !text.contains(TARGET) && text.contains("p1 (protected)"), "{text}");
    assert!(serde_json::to_string(&network(&lab.archive, Naming::Working).unwrap()).unwrap().contains(TARGET));
    assert!(!text.contains("vector"));
}

#[test]
fn groups_follow_a_speaker_to_another_label() {
    let lab = three();
    let son = lab.add("Artyom");
    voice(&lab, &[speaker(1, "A"), speaker(2, "A")]);
    lab.suggest(&son, Target::Voice("V1".into()), None).unwrap();
    let change = Relabel::Rename { from: "A".into(), to: "Son".into() };
    let call = lab.archive.call(&id(1)).unwrap();
    let done = lab.archive.try_write(|tx| relabel(tx, &anna(), &call, &change)).unwrap();
    assert!(done.transcript.author.is_person() && done.adrift.is_empty());
    let members = |lab: &Lab| -> BTreeSet<SpeakerRef> { lab.view().voices["V1"].iter().cloned().collect() };
    assert_eq!(members(&lab), BTreeSet::from([speaker(1, "Son"), speaker(2, "A")]));
    assert_eq!(lab.view().names_of(&id(1))["Son"].name, "Artyom");
    let back = lab.archive.try_write(|tx| relabel(tx, &anna(), &call, &Relabel::Undo)).unwrap();
    assert_eq!(back.transcript.number, 3);
    assert_eq!(members(&lab), BTreeSet::from([speaker(1, "A"), speaker(2, "A")]));
    assert!(verify(&lab.archive, None, |_| ()).unwrap().is_whole());
}
