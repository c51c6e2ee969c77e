use super::super::{Format, Heard, Options, Show, render};
use super::*;
use crate::leak::{Secrets, check_file};
use earwitness_desk::protection::{Kind, Rule, StandIn};
use earwitness_model::{Transcript, Turn, Word, transcript::TranslatedTurn};

fn guard() -> Guard {
    let rule = |kind, terms: &[&str], stand_in| Rule {
        kind,
        terms: terms.iter().map(|t| (*t).to_string()).collect(),
        stand_in,
        exact: false,
        person: None,
        note: String::new(),
    };
    Guard::new(&[
        rule(Kind::Name, &["Зимин"], StandIn::Alias("Pavel".into())),
        rule(Kind::Phone, &["+380591104472"], StandIn::Bleep),
    ])
    .unwrap()
}

fn heard() -> Heard {
    let text = "Зимину позвони: ноль пять девять сто десять сорок четыре семьдесят два";
    let word = |(i, w): (usize, &str)| Word { text: w.into(), start: i as f64, end: i as f64 + 0.5, probability: 0.9 };
    let turn = Turn {
        start: 0.0,
        end: 12.0,
        channel: 0,
        speaker: "Зимина".into(),
        language: Some("ru".into()),
        text: text.into(),
        confidence: 0.9,
        words: text.split(' ').enumerate().map(word).collect(),
        doubt: None,
    };
    let file = CallFile { name: "audio/0224_055210_k01.wav".into(), sha256: Digest::of(b"sound") };
    let transcript = Transcript { language: Some("ru".into()), turns: vec![turn] };
    let author = Author::person("Anna");
    let mut heard = Heard::new(file, 12.0, 1, author.clone(), jiff::Timestamp::UNIX_EPOCH, transcript).unwrap();
    heard.call.from = Some(Phone { written: "059 110 44 72".into(), e164: Some("+380591104472".into()) });
    heard.call.place = Place { latitude: Some(50.5), longitude: Some(30.25), sector: Some("K7".into()) };
    heard.call.note = Some("Зимин".into());
    let english = "Call Zimin: 059 110-44-72".to_string();
    let english = TranslatedTurn { start: 0.0, end: 12.0, channel: 0, text: english, taken: None };
    heard.with_translation(author, "en", vec![english]).unwrap()
}

#[test]
fn nothing_protected_is_in_any_form_and_the_rest_is() {
    let (heard, guard) = (heard(), guard());
    let cover = Cover::new(&guard, std::slice::from_ref(&heard.call));
    let covered = cover.over(heard.source());
    let id = heard.call.id.to_string();
    let secrets = Secrets {
        ids: vec![id, Digest::of(b"sound").hex()[..12].into(), heard.transcript.id.to_string()],
        files: vec!["0224_055210_k01".into()],
        ..Secrets::default()
    };
    for format in Format::ALL {
        let text = render(covered.source(), format, Options { show: Show::Both, csv_bom: false }).unwrap();
        let leaks = check_file("call-001.x", text.as_bytes(), &guard, &secrets);
        assert_eq!(leaks, [], "{format:?}: {text}");
        assert!(!text.contains("Anna") && !text.contains("50.5"), "{format:?}: {text}");
        match format {
            Format::Rttm => {}
            // Subtitles break their lines between any two words.
            Format::Srt | Format::Vtt => {
                assert!(text.contains("Pavel") && text.contains("позвони"), "{format:?}: {text}")
            }
            _ => assert!(text.contains("Pavel позвони:") && text.contains("Call Pavel"), "{format:?}: {text}"),
        }
    }
    let json = render(covered.source(), Format::Json, Options::default()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["call"], &json["from"], &json["to"]), (&"call-001".into(), &"phone-1".into(), &().into()));
    assert_eq!((&json["files"][0]["name"], &json["files"][0]["sha256"]), (&"call-001".into(), &().into()));
    assert_eq!((&json["revision"]["author"], &json["translation_stale"]), (&"person:a person".into(), &false.into()));
    let words = json["turns"][0]["words"].as_array().unwrap();
    assert_eq!((words.len(), &words[0]["w"], &words[2]["w"]), (11, &"Pavel".into(), &"[bleep]".into()));
    assert_eq!(words[10]["end"], 10.5);
}

#[test]
fn calls_and_phones_have_the_same_names_in_every_export() {
    let (one, guard) = (heard().call, guard());
    let other = Call { id: CallId::new("c2"), to: one.from.clone(), from: None, ..one.clone() };
    let cover = Cover::new(&guard, &[one.clone(), other.clone()]);
    assert_eq!((cover.name(&one.id), cover.name(&other.id)), ("call-001", "call-002"));
    let to = cover.call(&other).to.unwrap();
    assert_eq!(to.label(), cover.call(&one).from.unwrap().label());
    assert_eq!(cover.speaker("c2:Зимин"), "call-002:Pavel");
}
