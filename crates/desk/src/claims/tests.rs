use super::*;
use earwitness_archive::{ActorName, Recording};
use earwitness_model::{Author, Call, Place, RevisionBody, Transcript, Turn, Word, call::CallFile};
use proptest::prelude::*;

/// An archive in a folder that goes away with the test, with one call of three turns.
struct Desk {
    _dir: tempfile::TempDir,
    archive: Archive,
    call: CallId,
}

fn anna() -> Author {
    Author::person("Anna")
}

fn turn(start: f64, speaker: &str, text: &str) -> Turn {
    let words: Vec<&str> = text.split(' ').collect();
    let word = |(i, w): (usize, &&str)| {
        let at = start + 0.5 * i as f64;
        Word { text: (*w).to_string(), start: at, end: at + 0.5, probability: 1.0 }
    };
    Turn {
        start,
        end: start + 0.5 * words.len() as f64,
        channel: 0,
        speaker: speaker.into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: words.iter().enumerate().map(word).collect(),
        doubt: None,
    }
}

fn hear(archive: &Archive, call: &CallId, texts: [&str; 3]) -> RevisionId {
    let turns = [0.0, 10.0, 20.0].iter().zip(["A", "B", "A"]).zip(texts);
    let turns = turns.map(|((start, speaker), text)| turn(*start, speaker, text)).collect();
    let body = RevisionBody::Transcript(Transcript { language: Some("ru".into()), turns });
    archive.write(|tx| tx.add_revision(call, anna(), None, body)).unwrap().id
}

const TEXTS: [&str; 3] = ["Алло, мам.", "Слышу тебя, сынок.", "Нас обстреляли свои, у моста."];

fn desk() -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init(&dir.path().join("a"), &ActorName::new("Anna").unwrap()).unwrap();
    let sealed = archive.originals().seal(&b"sound"[..]).unwrap();
    let (digest, size) = (sealed.digest, sealed.size);
    let call = Call {
        id: CallId::of_recording(&digest),
        recording: digest,
        files: vec![CallFile { name: "k01.wav".into(), sha256: digest }],
        started_at: None,
        duration: 30.0,
        channels: 1,
        from: None,
        to: None,
        direction: None,
        place: Place::default(),
        note: None,
    };
    let recording = Recording { digest, size, format: None, damage: None, sound: None, fingerprint: None };
    archive.write(|tx| tx.add_recording(&recording).and_then(|_| tx.add_call(&call))).unwrap();
    hear(&archive, &call.id, TEXTS);
    Desk { _dir: dir, archive, call: call.id }
}

fn claim(call: &CallId, key: &str, turn: usize) -> Claim {
    Claim {
        key: key.into(),
        call: call.clone(),
        turn,
        last: None,
        words: None,
        seconds: None,
        transcript: None,
        kind: "friendly_fire".into(),
        who: None,
        what: "Their own side shelled them".into(),
        place: None,
        when: Some("2022-03-07".into()),
        basis: Basis::Firsthand,
    }
}

fn paper(key: &str, text: &str) -> Evidence {
    Evidence {
        key: key.into(),
        kind: "note".into(),
        title: "A note".into(),
        sha256: Some(Digest::of(text.as_bytes())),
        size: Some(text.len() as u64),
        name: None,
        source: "by hand".into(),
        url: None,
        captured_at: None,
    }
}

impl Desk {
    fn seal(&self, key: &str, text: &str) -> Kept<Evidence> {
        self.archive.originals().seal(text.as_bytes()).unwrap();
        self.archive.try_write(|tx| add_evidence(tx, anna(), paper(key, text))).unwrap().0
    }

    fn add(&self, claim: Claim) -> Result<Kept<Claim>> {
        self.archive.try_write(|tx| add(tx, anna(), claim))
    }

    fn import(&self, text: &str) -> Result<Imported> {
        self.archive.try_write(|tx| import(tx, &anna(), text))
    }

    /// The places and words of what is wrong with a file.
    fn refused(&self, text: &str) -> String {
        let before = self.archive.overview().unwrap().ledger;
        let error = self.import(text).unwrap_err().to_string();
        assert_eq!(self.archive.overview().unwrap().ledger, before, "something was kept of a refused file");
        error
    }
}

#[test]
fn a_claim_is_kept_on_its_place() {
    let desk = desk();
    let kept = desk.add(Claim {
        call: CallId::new("k01.wav"),
        words: Some("обстреляли свои".into()),
        ..claim(&desk.call, "c1", 2)
    });
    let kept = kept.unwrap();
    assert_eq!(kept.call, desk.call);
    let said = Tapes::of(&desk.archive).said(&kept).unwrap();
    assert_eq!((said.number, said.seconds, &said.rests), (Some(1), Some(Span::new(20.5, 21.5)), &Rests::Current));
    assert_eq!((said.turns[0].speaker.as_str(), said.turns[0].text.as_str()), ("A", TEXTS[2]));
    let wrong = |change: fn(&mut Claim)| {
        let mut claim = claim(&desk.call, "c2", 2);
        change(&mut claim);
        desk.add(claim).unwrap_err().to_string()
    };
    for (change, words) in [
        ((|c| c.call = CallId::new("k02")) as fn(&mut Claim), "call: there is no call “k02”"),
        (|c| c.turn = 3, "turn: transcript 1 of"),
        (|c| c.last = Some(9), "last: transcript 1 of"),
        (|c| c.last = Some(0), "last: the last turn comes before"),
        (|c| c.words = Some("свои обстреляли".into()), "words: these words are not said there"),
        (|c| c.words = Some("…".into()), "words: these words are not said there"),
        (|c| c.seconds = Some(Span { start: 1.0, end: 2.0 }), "seconds: the turns are spoken from 20.00 to 22.50"),
        (|c| c.seconds = Some(Span { start: 21.0, end: 99.0 }), "seconds: the turns are spoken"),
        (|c| c.seconds = Some(Span { start: f64::NAN, end: 21.0 }), "seconds: a span begins"),
        (|c| c.transcript = Some(RevisionId::new("r1")), "transcript: r1 is no transcript of"),
        (|c| c.when = Some("in March".into()), "when: “in March” is no day"),
        (|c| c.kind = "friendly fire".into(), "kind: “friendly fire” is no kind"),
        (|c| c.what = " ".into(), "what: it is empty"),
        (|c| c.who = Some("a\u{1b}b".into()), "who: it holds line breaks or control"),
        (|c| c.key = "c1".into(), "key: “c1” is the key of m1 already"),
        (|c| c.key = "m7".into(), "key: “m7” is how the archive numbers"),
        (|c| c.key = "a b".into(), "key: “a b” is no key"),
        (|c| c.turn = usize::MAX, "turn: transcript 1 of"),
    ] {
        let told = wrong(change);
        assert!(told.contains(words), "{words:?} is missing in {told:?}");
    }
    let moved = Claim { key: "c1".into(), turn: 0, words: None, ..kept.is.clone() };
    assert_eq!(desk.archive.try_write(|tx| change(tx, anna(), &kept, moved)).unwrap().revision, 2);
}

#[test]
fn a_later_correction_is_noticed() {
    let desk = desk();
    let kept = desk.add(claim(&desk.call, "c1", 2)).unwrap();
    let rests = || Tapes::of(&desk.archive).said(&kept).unwrap().rests;
    hear(&desk.archive, &desk.call, ["Алло, мама.", TEXTS[1], "нас обстреляли свои - у моста"]);
    assert_eq!(rests(), Rests::SameWords);
    hear(&desk.archive, &desk.call, ["Алло, мама.", TEXTS[1], "Нас обстреляли, у моста."]);
    let Rests::Older { was, is, number, .. } = rests() else { panic!("{:?}", rests()) };
    assert_eq!((was.as_str(), is.as_str(), number), (TEXTS[2], "Нас обстреляли, у моста.", 3));
    // Looked at again, it rests on the words that stand.
    let again = Claim { transcript: None, ..kept.is.clone() };
    let again = desk.archive.try_write(|tx| change(tx, anna(), &kept, again)).unwrap();
    assert_eq!(Tapes::of(&desk.archive).said(&again).unwrap().rests, Rests::Current);
    let of = |is: Claim| Kept { is, ..kept.clone() };
    let old = Claim { transcript: None, ..again.is.clone() };
    assert_eq!(Tapes::of(&desk.archive).said(&of(old)).unwrap().rests, Rests::NotKept);
    let lost = Claim { turn: 7, ..again.is };
    assert_eq!(Tapes::of(&desk.archive).said(&of(lost)).unwrap().rests, Rests::Lost);
}

#[test]
fn that_somebody_else_says_the_words_is_noticed() {
    let desk = desk();
    let kept = desk.add(claim(&desk.call, "c1", 2)).unwrap();
    let said = || Tapes::of(&desk.archive).said(&kept).unwrap();
    assert_eq!((said().other_speaker, said().is_shaken()), (None, false));
    // The label is corrected.
    let mut turns = desk.archive.current_transcript(&desk.call).unwrap().unwrap().transcript().unwrap().turns.clone();
    turns[2].speaker = "B".into();
    let body = RevisionBody::Transcript(Transcript { language: Some("ru".into()), turns });
    desk.archive.write(|tx| tx.add_revision(&desk.call, anna(), None, body)).unwrap();
    let changed = said();
    let other = OtherSpeaker { turn: 2, was: "A".into(), is: "B".into() };
    assert_eq!((changed.rests.clone(), changed.other_speaker.as_ref()), (Rests::SameWords, Some(&other)));
    assert!(changed.is_shaken());
    let again = Claim { transcript: None, ..kept.is.clone() };
    let again = desk.archive.try_write(|tx| change(tx, anna(), &kept, again)).unwrap();
    assert!(!Tapes::of(&desk.archive).said(&again).unwrap().is_shaken());
}

#[test]
fn what_was_done_is_undone() {
    let desk = desk();
    let kept = desk.add(claim(&desk.call, "c1", 2)).unwrap();
    let put = |wanted: &str, to| desk.archive.try_write(|tx| undo(tx, anna(), wanted, to));
    let other = Claim { what: "Nobody shelled them".into(), ..kept.is.clone() };
    desk.archive.try_write(|tx| change(tx, anna(), &kept, other.clone())).unwrap();
    let Undone::Stands(back) = put("c1", None).unwrap() else { panic!("it stands") };
    assert_eq!((back.is, back.revision), (kept.is.clone(), 3));
    let Undone::Stands(again) = put("m1", None).unwrap() else { panic!("it stands") };
    assert_eq!(again.is, other);
    // Taken back, it is found by the key that it had.
    desk.archive.write(|tx| again.withdraw(tx, anna())).unwrap();
    let Undone::Stands(back) = put("c1", None).unwrap() else { panic!("it stands") };
    assert_eq!((back.is.clone(), back.revision), (other, 6));
    assert_eq!(put("c1", Some(0)).unwrap(), Undone::TakenBack { id: "m1".into(), revision: 7 });
    // Its key is another claim's by now: nothing is put back.
    desk.add(claim(&desk.call, "c1", 0)).unwrap();
    assert!(put("m1", None).unwrap_err().to_string().contains("“c1” is the key of m2 by now"));
    assert!(Kept::<Claim>::get(&desk.archive, "m1").unwrap().is_none());
    assert!(matches!(put("c9", None), Err(ClaimsError::NotFound { kind: "claim", .. })));
    assert!(put("c1", Some(40)).is_err());
    // Decisions, and what is said of evidence.
    let piece = desk.seal("D1", "a paper");
    let bearing = |to| desk.archive.try_write(|tx| undo_bearing(tx, anna(), "c1", "D1", to));
    assert!(matches!(bearing(None), Err(ClaimsError::NoBearing { .. })));
    let decide = |says| desk.archive.try_write(|tx| bear(tx, anna(), "c1", "D1", says, "it says so")).unwrap();
    decide(Says::Denies);
    decide(Says::Corroborates);
    let Undone::Stands(back) = bearing(None).unwrap() else { panic!("it stands") };
    assert_eq!(back.says, Says::Denies);
    desk.archive.try_write(|tx| unbear(tx, anna(), "c1", "D1")).unwrap();
    assert!(matches!(bearing(None).unwrap(), Undone::Stands(_)));
    desk.archive.write(|tx| piece.withdraw(tx, anna())).unwrap();
    let evidence = desk.archive.try_write(|tx| undo_evidence(tx, anna(), "D1", None)).unwrap();
    assert!(matches!(evidence, Undone::Stands(back) if back.is == piece.is));
}

#[test]
fn records_of_earlier_versions_are_read() {
    let old = r#"{"call":"c1","turn":0,"kind":"k","what":"w","basis":"hearsay"}"#;
    let claim: Claim = serde_json::from_str(old).unwrap();
    assert_eq!((claim.transcript, claim.last), (None, None));
    let old = r#"{"key":"D1","kind":"k","title":"t","sha256":null,"source":""}"#;
    assert_eq!(serde_json::from_str::<Evidence>(old).unwrap().size, None);
}

#[test]
fn evidence_is_kept_once_and_bears_on_claims() {
    let desk = desk();
    let first = desk.seal("D1", "a paper");
    let (again, new) = desk.archive.try_write(|tx| add_evidence(tx, anna(), paper("D9", "a paper"))).unwrap();
    assert!(!new && again == first);
    let taken = desk.archive.try_write(|tx| add_evidence(tx, anna(), paper("D1", "another"))).unwrap_err();
    assert!(taken.to_string().contains("“D1” is the key of e1 already"), "{taken}");
    let odd = Evidence { url: Some("ftp://x".into()), source: String::new(), ..paper("e3", "z") };
    let told = desk.archive.try_write(|tx| add_evidence(tx, anna(), odd)).unwrap_err().to_string();
    assert!(told.contains("key: ") && told.contains("source: it is empty") && told.contains("url: "), "{told}");
    desk.add(claim(&desk.call, "c1", 2)).unwrap();
    let says = |says, why: &str| desk.archive.try_write(|tx| bear(tx, anna(), "m1", "D1", says, why));
    let standing = || Claims::load(&desk.archive).unwrap().standing("m1");
    says(Says::Corroborates, "it says so").unwrap();
    assert_eq!(standing(), ClaimStanding::Corroborated);
    assert_eq!(says(Says::Denies, "").unwrap().revision, 2);
    assert_eq!(standing(), ClaimStanding::Denied);
    assert!(says(Says::Denies, "a\nb").is_err());
    let hex = Digest::of(b"a paper").hex();
    desk.archive.try_write(|tx| unbear(tx, anna(), "c1", &hex[..12])).unwrap();
    assert_eq!(standing(), ClaimStanding::WordAlone);
    let none = desk.archive.try_write(|tx| unbear(tx, anna(), "c1", "D1")).unwrap_err();
    assert!(none.to_string().contains("nobody has decided"), "{none}");
    let none = desk.archive.try_write(|tx| bear(tx, anna(), "c1", "D7", Says::Denies, "")).unwrap_err();
    assert!(none.to_string().contains("no evidence “D7”"), "{none}");
}

#[test]
fn standings_have_words_in_both_languages() {
    for standing in ClaimStanding::ALL {
        assert_ne!(standing.words("en"), standing.words("uk"));
        assert_eq!(standing.for_readers(Basis::Firsthand, "uk"), standing.words("uk"));
        assert!(standing.for_readers(Basis::Hearsay, "en").starts_with("This is told at second hand. "));
    }
}

/// An archive with claims of all sorts.
fn busy() -> Desk {
    let desk = desk();
    desk.seal("D1", "a paper");
    desk.seal("", "a paper without a key");
    let (call, span) = (&desk.call, Span::new(20.25, 21.0));
    desk.add(Claim { seconds: Some(span), words: Some("свои".into()), ..claim(call, "c1", 2) }).unwrap();
    desk.add(Claim { last: Some(1), who: Some("“он”".into()), basis: Basis::Hearsay, ..claim(call, "", 0) }).unwrap();
    let bears =
        |claim, piece, says| desk.archive.try_write(|tx| bear(tx, anna(), claim, piece, says, "why \"so\"")).unwrap();
    bears("c1", "D1", Says::Corroborates);
    bears("c1", "e2", Says::Contradicts);
    bears("m2", "e2", Says::Denies);
    desk
}

#[test]
fn what_goes_out_comes_in_again_unchanged() {
    let desk = busy();
    let text = export(&desk.archive).unwrap();
    let told = desk.import(&text).unwrap();
    assert_eq!(told, Imported { unchanged: 2, ..Imported::default() });
    assert_eq!(export(&desk.archive).unwrap(), text);
    // Into another archive with the same call and papers.
    let other = super::tests::desk();
    assert!(other.refused(&text).contains("evidence[0]: there is no evidence “D1” in this archive"));
    other.seal("D1", "a paper");
    other.seal("", "a paper without a key");
    // Transcripts have names of their own there.
    let bare: String = text.lines().filter(|l| !l.contains("\"transcript\"")).map(|l| format!("{l}\n")).collect();
    assert_eq!(other.import(&bare).unwrap(), Imported { added: 2, decided: 3, ..Imported::default() });
    let bare_again: String = export(&other.archive)
        .unwrap()
        .lines()
        .filter(|l| !l.contains("\"transcript\""))
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(bare_again, bare);
    assert_eq!(Claims::load(&other.archive).unwrap().standing("m1"), ClaimStanding::Disputed);
    // A changed file changes what it names, and a claim goes on resting on its transcript.
    hear(&other.archive, &other.call, [TEXTS[0], TEXTS[1], "Нас обстреляли чужие, у моста, свои."]);
    let changed = bare.replace("Their own side", "Their own artillery").replace("contradicts", "denies");
    assert_eq!(other.import(&changed).unwrap(), Imported { changed: 2, decided: 1, ..Imported::default() });
    let kept = Claims::load(&other.archive).unwrap().claims.remove(0);
    assert!(matches!(Tapes::of(&other.archive).said(&kept).unwrap().rests, Rests::Older { .. }));
}

#[test]
fn every_fault_of_a_file_is_named_and_nothing_is_kept() {
    let desk = desk();
    let call = &desk.call;
    let text = format!(
        r#"{{"form": "earwitness-claims-1", "more": 1, "evidence": [{{"key": "D1", "kind": "n", "title": "t"}}], "claims": [
        {{"key": "a", "call": "{call}", "turn": 0, "kind": "k", "what": "w", "basis": "firsthand"}},
        {{"key": "b", "call": 7, "turn": -1, "kind": "k k", "when": "x", "basis": "maybe", "color": "red"}},
        {{"key": "", "call": "{call}", "turn": 0, "kind": "k", "what": "w", "basis": "firsthand", "seconds": {{"start": 1}},
          "evidence": [{{"key": "D1", "says": "proves"}}, 3]}}, []]}}"#
    );
    let told = desk.refused(&text);
    for place in [
        "more: this is not known here",
        "claims[1].call: a text",
        "claims[1].turn: a whole number",
        "claims[1].turn: a whole number",
        "claims[1].kind: “k k” is no kind",
        "claims[1].what: it is missing",
        "claims[1].when: “x” is no day",
        "claims[1].basis: this must be firsthand or hearsay",
        "claims[1].color: this is not known",
        "claims[2].key: it is empty",
        "claims[2].seconds: {\"start\"",
        "claims[2].evidence[0].says: this must be",
        "claims[2].evidence[1]: an object",
        "claims[3]: an object",
    ] {
        assert!(told.contains(place), "{place:?} is missing in\n{told}");
    }
    // What only the archive can tell comes when the form is right.
    let claim = |key: &str, more: &str| {
        format!(
            r#"{{"key": "{key}", "call": "{call}", "turn": 1, "kind": "k", "what": "w", "basis": "hearsay"{more}}}"#
        )
    };
    let file = |claims: &[String]| format!(r#"{{"form": "{FORM}", "claims": [{}]}}"#, claims.join(","));
    let told = desk.refused(&file(&[
        claim("a", ""),
        claim("b", r#", "last": 5"#),
        claim("c", r#", "evidence": [{"key": "D1", "says": "denies"}]"#),
        claim("d", r#", "transcript": "r000000000000""#),
    ]));
    for place in ["claims[1].last: ", "claims[2].evidence[0].key: there is no evidence “D1”", "claims[3].transcript: "]
    {
        assert!(told.contains(place), "{place:?} is missing in\n{told}");
    }
    let told = desk.refused(&file(&[claim("a", ""), claim("a", "")]));
    assert!(told.contains("claims[1].key: “a” is the key of claims[0], too"), "{told}");
    assert_eq!(desk.import(&file(&[claim("a", "")])).unwrap().added, 1);
    assert_eq!(desk.import(&file(&[])).unwrap(), Imported::default());
}

#[test]
fn hostile_files_are_refused() {
    let desk = desk();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (text, words) in [
        (String::new(), "it is no JSON"),
        ("null".into(), "an object"),
        ("{}".into(), "form: it is missing"),
        ("{\"form\": \"earwitness-claims-2\"}".into(), "form: a file of claims says"),
        (deep, "recursion limit"),
        (
            format!("{{\"form\": \"{FORM}\", \"claims\": [], \"claims\": [1]}}"),
            "“claims” stands twice in one object at line 1",
        ),
        (format!("{{\"form\": \"{FORM}\", \"claims\": {{}}}}"), "claims: a list"),
        ("x".repeat(LONGEST + 1), "more than 8 MiB"),
        (format!("{{\"form\": \"{FORM}\", \"claims\": [{}0]}}", "0,".repeat(1_000_000)), "and at least 950 more"),
    ] {
        let told = desk.refused(&text);
        assert!(told.contains(words), "{words:?} is missing in {}", told.chars().take(300).collect::<String>());
    }
    let marked = format!("\u{feff}{{\"form\": \"{FORM}\", \"claims\": null}}");
    assert_eq!(desk.import(&marked).unwrap(), Imported::default());
}

fn text() -> impl Strategy<Value = String> {
    "[ -~а-яёіїє“”…]{0,20}[a-z][ -~а-я\u{1f600}]{0,10}[a-z]".prop_map(|t| t.trim().to_string())
}

prop_compose! {
    fn any_claim()(
        (call, kind, what) in ("c[0-9a-f]{10}", "[a-z_]{1,12}", text()),
        (turn, more) in (0usize..500, proptest::option::of(1usize..9)),
        (words, who, place) in (proptest::option::of(text()), proptest::option::of(text()), proptest::option::of(text())),
        when in proptest::option::of(prop_oneof!["2022-0[1-9]-[12][0-8]", "2022-0[1-9]", "2022-01/2022-0[1-9]"]),
        seconds in proptest::option::of((0u32..3_000_000, 1u32..100_000)),
        (transcript, hearsay) in (proptest::option::of("r[0-9a-f]{12}"), any::<bool>()),
    ) -> Claim {
        let seconds = seconds.map(|(start, length)| Span {
            start: f64::from(start) / 1000.0,
            end: f64::from(start + length) / 1000.0,
        });
        let (call, transcript) = (CallId::new(call), transcript.map(RevisionId::new));
        let basis = if hearsay { Basis::Hearsay } else { Basis::Firsthand };
        let last = more.map(|more| turn + more);
        Claim { key: String::new(), call, turn, last, words, seconds, transcript, kind, who, what, place, when, basis }
    }
}

prop_compose! {
    fn any_mention()(says in 0..3, why in proptest::option::of(text())) -> (Says, String) {
        ([Says::Corroborates, Says::Contradicts, Says::Denies][says as usize], why.unwrap_or_default())
    }
}

proptest! {
    #[test]
    fn a_file_reads_back_as_it_was_written(
        all in proptest::collection::vec((any_claim(), proptest::collection::vec(any_mention(), 0..4)), 0..6),
    ) {
        let entry = |(n, (claim, mentions)): (usize, (Claim, Vec<(Says, String)>))| {
            let mention = |(m, (says, why))| Mention { key: format!("D{m}"), says, why };
            let evidence = mentions.into_iter().enumerate().map(mention).collect();
            Entry { claim: Claim { key: format!("k{n}"), ..claim }, evidence }
        };
        let file = File { evidence: vec![paper("D1", "x")], claims: all.into_iter().enumerate().map(entry).collect() };
        let back = File::read(&file.to_text());
        prop_assert_eq!(back, Ok(file));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        if let Err(faults) = File::read(&text) {
            prop_assert!(!faults.is_empty());
        }
    }

    /// A good file with a stretch of it cut out or written over.
    #[test]
    fn a_damaged_file_is_read_or_refused(claim in any_claim(), at in any::<proptest::sample::Index>(), put in "[\\[\\]{}\",:0-9a-z\\-]{0,6}") {
        let claims = vec![Entry { claim: Claim { key: "k".into(), ..claim }, evidence: Vec::new() }];
        let text: Vec<char> = File { evidence: Vec::new(), claims }.to_text().chars().collect();
        let at = at.index(text.len());
        let text: String = text[..at].iter().copied().chain(put.chars()).chain(text[at..].iter().skip(3).copied()).collect();
        if let Err(faults) = File::read(&text) {
            prop_assert!(!faults.is_empty());
        }
    }
}
