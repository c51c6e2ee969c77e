use super::*;
use earwitness_desk::fidelity::Check;

fn claim() -> Claim {
    Claim {
        name: "k05.c1".into(),
        what: "The column stands.".into(),
        basis: "first hand".into(),
        standing: "corroborated".into(),
        sentence: "Other evidence supports this.".into(),
        bearings: vec![Bearing {
            title: "A roster".into(),
            says: "corroborates".into(),
            why: "It lists them.".into(),
            by: "person:Anna".into(),
        }],
    }
}

fn quote(label: &str, level: Level, settled: bool) -> Quote {
    let piece = |kind, source: &str, shown: &str| Piece { kind, source: source.into(), shown: shown.into() };
    let words = |author: &str, by_person| Words {
        revision: "r0123456789ab".into(),
        number: 2,
        author: author.into(),
        by_person,
        at: "2026-01-02 10:00 UTC".into(),
        read_by: if by_person { vec!["Clara".into()] } else { vec![] },
    };
    Quote {
        label: label.into(),
        line: 12,
        call: "c0123456789".into(),
        files: vec!["audio/<k05>.wav".into()],
        recording: "ab".repeat(32),
        when: "2022-03-01T18:44:39+02:00".into(),
        lines: vec![Line {
            who: "Ruslan".into(),
            pieces: vec![
                piece("cut", "I caught a cold. ", "… "),
                piece("kept", "We're stuck", "We're stuck"),
                piece("inserted", "", " [without fuel]"),
                piece("masked", "damn", "d—"),
            ],
        }],
        source: vec!["I caught a cold. We're stuck".into()],
        spoken: vec!["Простыл. Застряли мы".into()],
        language: "ru".into(),
        level,
        settled,
        findings: vec![Finding { level, check: Check::Negation, words: "A cut took “not” <away>.".into() }],
        transcript: words("person:Anna", true),
        translation: Some(words("model:whisper-base", false)),
        speaker: Speaker {
            label: "A".into(),
            name: "Real Name".into(),
            standing: "confirmed".into(),
            alias: "Ruslan".into(),
        },
        claim: Some(claim()),
        signature: settled.then(|| Signature {
            by: "person:Anna".into(),
            at: "2026-01-02 11:00 UTC".into(),
            why: "short".into(),
            decided: 2,
        }),
        tape: Ok(Tape {
            start: 7.5,
            seconds: 12.0,
            from: 2.0,
            to: 10.0,
            peaks: vec![(-0.5, 0.5); 12],
            wav: b"RIFF".to_vec(),
        }),
    }
}

#[test]
fn a_report_plays_every_tape_beside_its_words_and_says_what_it_is() {
    let mut broken = quote("k07#10", Level::Broken, false);
    broken.tape = Err("the recording is gone".into());
    let quotes = vec![quote("k05#2", Level::Decide, true), quote("k05#4", Level::Decide, false), broken];
    let report = Report { story: "war".into(), title: "As <if>".into(), text_sha256: "cd".repeat(32), quotes };
    let page = to_html(&report).unwrap();
    for part in [
        "Not for publication.",
        "As &lt;if&gt;",
        "3 quotes, 1 settled, <b>1 to be decided</b>, <b class=\"bad\">1 broken</b>",
        "<del>I caught a cold. </del>We&#x27;re stuck<ins> [without fuel]</ins><del>damn</del><ins>d—</ins>",
        "<p lang=\"ru\">Простыл. Застряли мы</p>",
        "src=\"data:audio/wav;base64,UklGRg==\"",
        "<rect x=\"8.0\" y=\"0\" width=\"32.0\"",
        "A cut took “not” &lt;away&gt;.",
        "model:whisper-base <em>(a machine)</em>",
        "read by Clara",
        "Real Name (confirmed)",
        "A roster <b>corroborates</b>: It lists them.",
        "2 findings decided: “short”",
        "There is no tape: the recording is gone",
    ] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    // What is open stands before what is settled.
    let place = |label: &str| page.find(&format!("\">{label} <span")).unwrap();
    assert!(place("k07#10") < place("k05#4") && place("k05#4") < place("k05#2"), "{page}");
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(page.contains(&hash(style)) && !page.contains("<script"));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["quotes"][0]["tape"]["Ok"]["from"], 2.0);
    assert!(json["quotes"][0]["tape"]["Ok"].get("wav").is_none());
}
