use super::*;
use earwitness_model::call::CallFile;
use earwitness_model::transcript::TranslatedTurn;
use earwitness_model::{Author, Digest, Doubt, DoubtReason, Phone, Transcript, Turn, Word};
use proptest::prelude::*;

fn turn(start: f64, end: f64, speaker: &str, text: &str) -> Turn {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let step = (end - start) / tokens.len().max(1) as f64;
    let at = |i: usize| start + step * i as f64;
    let word = |(i, t): (usize, &&str)| Word { text: t.to_string(), start: at(i), end: at(i + 1), probability: 0.9 };
    Turn {
        start,
        end,
        channel: 0,
        speaker: speaker.into(),
        language: Some("ru".into()),
        text: text.into(),
        confidence: 0.9,
        words: tokens.iter().enumerate().map(word).collect(),
        doubt: None,
    }
}

fn heard(turns: Vec<Turn>) -> Heard {
    let file = CallFile { name: "audio/0224_k01.wav".into(), sha256: Digest::of(b"sound") };
    let transcript = Transcript { language: Some("ru".into()), turns };
    let mut heard = Heard::new(file, 63.2, 1, Author::person("Test"), jiff::Timestamp::UNIX_EPOCH, transcript).unwrap();
    heard.call.from = Some(Phone { written: "+7 944".into(), e164: Some("+79440000001".into()) });
    heard
}

fn translated(heard: Heard, translations: &[(f64, f64, &str)]) -> Heard {
    let turn = |&(start, end, text): &(f64, f64, &str)| TranslatedTurn {
        start,
        end,
        channel: 0,
        text: text.into(),
        taken: None,
    };
    heard.with_translation(Author::person("Test"), "en", translations.iter().map(turn).collect()).unwrap()
}

fn text(heard: &Heard, format: Format, show: Show) -> String {
    render(heard.source(), format, Options { show, csv_bom: false }).unwrap()
}

fn two() -> Heard {
    let turns = vec![turn(1.0, 2.5, "A", "Мам, это я"), turn(3.0, 4.0004, "B", "=Ты <где>?")];
    translated(heard(turns), &[(1.0, 2.5, "Mom, it's me"), (3.0, 4.0, "Where are you & who?")])
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let json: serde_json::Value = serde_json::from_str(&text(&two(), Format::Json, Show::Original)).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["call", "files", "started_at", "duration", "from", "to", "language", "revision", "turns"] {
        assert!(keys.contains(&key), "{key} is missing");
    }
    assert_eq!(json["files"][0]["name"], "0224_k01.wav");
    assert_eq!(json["files"][0]["path"], "audio/0224_k01.wav");
    assert_eq!(json["from"], "+79440000001");
    assert_eq!(json["revision"]["author"], "person:Test");
    assert_eq!(json["revision"]["created_at"], "1970-01-01T00:00:00.000Z");
    assert_eq!(json["translation_stale"], false);
    assert_eq!(json["translation_revision"]["of"], json["revision"]["id"]);
    let turn = &json["turns"][1];
    assert_eq!((&turn["start"], &turn["end"], &turn["channel"]), (&3.0.into(), &4.0.into(), &0.into()));
    assert_eq!((&turn["speaker"], &turn["translation"]), (&"B".into(), &"Where are you & who?".into()));
    let word = serde_json::json!({"w": "Мам,", "start": 1.0, "end": 1.5, "p": 0.9});
    assert_eq!(json["turns"][0]["words"][0].to_string(), word.to_string());
}

#[test]
fn a_translation_of_another_revision_is_stale() {
    let mut two = two();
    two.transcript.id = earwitness_model::RevisionId::new("r2");
    let json: serde_json::Value = serde_json::from_str(&text(&two, Format::Json, Show::Original)).unwrap();
    assert_eq!(json["translation_stale"], true);
    let wrong = Source { transcript: two.translation.as_ref().unwrap(), ..two.source() };
    assert!(matches!(render(wrong, Format::Json, Options::default()), Err(ExportError::WrongKind { .. })));
}

#[test]
fn srt_and_vtt() {
    let srt = "1\n00:00:01,000 --> 00:00:02,500\nA: Мам, это я\n\n2\n00:00:03,000 --> 00:00:04,000\nB: =Ты ‹где›?\n\n";
    assert_eq!(text(&two(), Format::Srt, Show::Original), srt);
    let both = text(&two(), Format::Srt, Show::Both);
    assert!(both.contains("A: Мам, это я\nMom, it's me\n\n2\n"), "{both}");
    let vtt = text(&two(), Format::Vtt, Show::Translation);
    let cue = "\n00:00:03.000 --> 00:00:04.176\n<v B>Where are you &amp; who?\n";
    assert!(vtt.starts_with("WEBVTT\n\nNOTE call c") && vtt.contains(cue), "{vtt}");
}

#[test]
fn no_cue_runs_beyond_the_end_of_the_recording() {
    // Reading wants two seconds for this, the recording has half of one left.
    let last = heard(vec![turn(62.7, 63.0, "A", "Всё, мам, больше не могу говорить, целую")]);
    for (format, end) in [(Format::Srt, "--> 00:01:03,200\n"), (Format::Vtt, "--> 00:01:03.200\n")] {
        let text = text(&last, format, Show::Original);
        assert!(text.contains(end), "{text}");
    }
}

#[test]
fn a_split_turn_shows_its_translation_once_and_drafts_are_told() {
    let turns = vec![turn(1.0, 2.0, "A", "Мам,"), turn(2.0, 4.0, "B", "это я")];
    let mut heard = translated(heard(turns), &[(1.0, 4.0, "Mom, it's me")]);
    let json = |heard: &Heard| -> serde_json::Value {
        serde_json::from_str(&text(heard, Format::Json, Show::Original)).unwrap()
    };
    let whole = json(&heard);
    assert_eq!(whole["turns"][0]["translation"], serde_json::Value::Null);
    assert_eq!(whole["turns"][1]["translation"], "Mom, it's me");
    assert_eq!(whole["turns"][1]["translation_span"], serde_json::json!({"start": 1.0, "end": 4.0}));
    assert_eq!(whole["turns"][1]["translation_draft"], false, "a person made it");
    let mut revision = heard.translation.take().unwrap();
    let earwitness_model::RevisionBody::Translation(body) = &mut revision.body else { panic!("no translation") };
    let revision_id = earwitness_model::RevisionId::new("r0");
    body.turns[0].taken = Some(earwitness_model::transcript::Taken { revision: revision_id, person: None });
    heard.translation = Some(revision);
    let draft = json(&heard);
    assert_eq!(draft["turns"][1]["translation_draft"], true);
    assert_eq!(draft["translation_revision"]["drafts"], 1);
    assert!(text(&heard, Format::Vtt, Show::Both).contains("NOTE translation: 1 of 1 turns are a machine's draft"));
}

#[test]
fn nothing_in_a_text_breaks_subtitles() {
    let evil = vec![turn(0.0, 2.0, "A\n\n9", "a\n\n2\n00:00:00,000 --> 00:00:01,000\n\nb {\\an8} <i>c")];
    let srt = text(&heard(evil.clone()), Format::Srt, Show::Original);
    assert_eq!(srt.matches("-->").count(), 1, "{srt}");
    assert_eq!(srt.matches("\n\n").count(), 1, "{srt}");
    assert!(!srt.contains(['{', '<']));
    let vtt = text(&heard(evil), Format::Vtt, Show::Original);
    assert_eq!((vtt.matches("-->").count(), vtt.matches("\n\n").count()), (1, 2), "{vtt}");
}

#[test]
fn doubts_are_seen() {
    let mut turns = vec![turn(0.0, 1.0, "A", "Спасибо"), turn(2.0, 3.0, "A", "")];
    let doubt = |reason| Some(Doubt { reason, detail: "x".into(), heard: None });
    (turns[0].doubt, turns[1].doubt) = (doubt(DoubtReason::GhostPhrase), doubt(DoubtReason::Unintelligible));
    let srt = text(&heard(turns), Format::Srt, Show::Original);
    assert!(srt.contains("A: [?] Спасибо\n") && srt.contains("A: [unintelligible]\n"), "{srt}");
}

#[test]
fn spreadsheets_run_nothing() {
    let csv = render(two().source(), Format::Csv, Options { csv_bom: true, show: Show::Original }).unwrap();
    assert!(csv.starts_with("\u{feff}call,file,") && csv.ends_with("\r\n"));
    let row = csv.lines().nth(2).unwrap();
    assert!(row.contains(",'=Ты <где>?,Where are you & who?,") && row.contains(",'+79440000001,"), "{row}");
    assert!(row.contains(",0:03.000,3.000,4.000,1,B,ru,"), "{row}");
}

#[test]
fn rttm_has_ten_fields() {
    let expected = "SPEAKER 0224_k01 1 1.000 1.500 <NA> <NA> A <NA> <NA>\n\
                    SPEAKER 0224_k01 1 3.000 1.000 <NA> <NA> B <NA> <NA>\n";
    assert_eq!(text(&two(), Format::Rttm, Show::Original), expected);
    assert_eq!(text(&heard(vec![turn(0.0, 1.0, "a b\nc", "x")]), Format::Rttm, Show::Original).split(' ').count(), 10);
}

#[test]
fn txt_is_the_form_for_correction() {
    let back = text_form::parse(&text(&two(), Format::Text, Show::Original)).unwrap();
    assert_eq!((back.turns.len(), back.base), (2, Some(two().transcript.id)));
    assert_eq!("text".parse(), Ok(Format::Text));
    assert!("doc".parse::<Format>().is_err());
}

#[test]
fn long_turns_become_short_cues_at_word_times() {
    let text = "Мы вчера вышли из Орловки, ночью шли через лес. Потом нас накрыло, двоих ранило, а командир \
                сказал ждать до утра и никому не звонить, но я всё равно звоню.";
    let cues = cues::cues(&[ExportTurnOf(turn(10.0, 30.0, "A", text)).into()], Show::Original, true);
    assert!(cues.len() >= 3);
    let words: Vec<String> =
        cues.iter().flat_map(|c| c.lines.join(" ")[3..].split(' ').map(str::to_string).collect::<Vec<_>>()).collect();
    assert_eq!(words.join(" "), text);
    assert!(cues[0].lines.join(" ").ends_with("лес."), "{:?}", cues[0].lines);
    for cue in &cues {
        assert!(cue.end - cue.start <= 7000 && cue.lines.len() <= 2);
    }
}

struct ExportTurnOf(Turn);

impl From<ExportTurnOf> for ExportTurn {
    fn from(turn: ExportTurnOf) -> Self {
        CallExport::new(heard(vec![turn.0]).source()).unwrap().turns.remove(0)
    }
}

#[test]
fn a_folder_never_writes_over_what_is_not_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("new/out");
    let write = |call: &Heard| {
        let mut folder = Folder::open(&out).unwrap();
        let written = folder.write(call.source(), Format::Text, Options::default());
        folder.finish().unwrap();
        written
    };
    let (one, other) = (heard(vec![turn(0.0, 1.0, "A", "раз")]), heard(vec![turn(0.0, 1.0, "A", "два")]));
    let Written::Now(path) = write(&one).unwrap() else { panic!("not written") };
    assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{}.txt", one.call.id));
    assert_eq!(write(&one).unwrap(), Written::Before(path.clone()));
    assert_eq!(write(&other).unwrap(), Written::Now(path.clone()), "an export replaces its own older one");
    let sums = std::fs::read_to_string(out.join("SHA256SUMS")).unwrap();
    let sum = Digest::of(&std::fs::read(&path).unwrap());
    assert_eq!(sums, format!("{sum}  {}.txt\n", one.call.id));
    std::fs::write(&path, "a person's corrections").unwrap();
    assert!(matches!(write(&one), Err(ExportError::NotOurs(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a person's corrections");
    let mut evil = one.clone();
    evil.call.id = earwitness_model::CallId::new("../x");
    assert!(matches!(write(&evil), Err(ExportError::Name(_))));
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 2, "no temporary file is left");
}

proptest! {
    #[test]
    fn subtitles_hold_their_limits(
        turns in proptest::collection::vec((0.0..60.0, 0.0..20.0, "[ABВ]{0,2}", "([а-я,.]{1,9} |\\PC{1,50} ){0,30}"), 0..6),
        english in "([a-z,.]{1,9} ){0,30}",
    ) {
        let times: Vec<(f64, f64)> = turns.iter().map(|t| (t.0, t.0 + t.1)).collect();
        let turns = turns.iter().map(|(s, l, who, text)| turn(*s, s + l, who, text)).collect();
        let english: Vec<(f64, f64, &str)> = times.iter().map(|(s, e)| (*s, *e, english.as_str())).collect();
        let heard = translated(heard(turns), &english);
        let _ = text(&heard, Format::Vtt, Show::Both);
        let srt = text(&heard, Format::Srt, Show::Original);
        let mut last = String::new();
        for cue in srt.split("\n\n").filter(|c| !c.is_empty()) {
            let lines: Vec<&str> = cue.lines().collect();
            prop_assert!(lines.len() <= 4 && lines[2..].iter().all(|l| l.chars().count() <= 42), "{}", cue);
            let (start, end) = lines[1].split_once(" --> ").unwrap();
            prop_assert!(last.as_str() <= start && start < end, "{} then {}", last, cue);
            last = end.to_string();
        }
    }
}
