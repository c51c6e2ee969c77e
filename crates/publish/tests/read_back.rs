//! Subtitles are read back by the programs that others use: pysubs2 and webvtt-py.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_model::call::CallFile;
use earwitness_model::transcript::TranslatedTurn;
use earwitness_model::{Author, Digest, Transcript, Turn};
use earwitness_publish::transcripts::{Format, Heard, Options, Show, render};
use std::{fs, path::PathBuf, process::Command};

const SCRIPT: &str = r#"
import sys, json, html, pysubs2, webvtt
# webvtt-py leaves the entities of WebVTT as they are; players do not.
srt = [[e.start, e.end, e.plaintext] for e in pysubs2.load(sys.argv[1], format_="srt")]
vtt = [[c.start, c.end, c.voice, html.unescape(c.text)] for c in webvtt.read(sys.argv[2])]
print(json.dumps({"srt": srt, "vtt": vtt}))
"#;

fn call() -> Heard {
    let turn = |start: f64, end: f64, speaker: &str, text: &str| Turn {
        start,
        end,
        channel: 0,
        speaker: speaker.into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: Vec::new(),
        doubt: None,
    };
    let turns = vec![
        turn(0.5, 2.0, "A", "Мам, это я --> Артём & <b>жив</b>"),
        turn(1.5, 1.9, "B", "Сынок!\n\n7\n00:00:09,000 --> 00:00:10,000"),
        turn(3600.25, 3602.0, "B", "Ты где?"),
    ];
    let file = CallFile { name: "a.wav".into(), sha256: Digest::of(b"a") };
    let transcript = Transcript { language: None, turns };
    let english = TranslatedTurn { start: 3600.25, end: 3602.0, channel: 0, text: "2022".into(), taken: None };
    Heard::new(file, 3700.0, 1, Author::person("Test"), jiff::Timestamp::UNIX_EPOCH, transcript)
        .unwrap()
        .with_translation(Author::person("Test"), "en", vec![english])
        .unwrap()
}

#[test]
fn others_read_the_subtitles() {
    let Some(python) = earwitness_testkit::python(&["pysubs2", "webvtt"]) else {
        println!("SKIPPED: no Python with pysubs2 and webvtt-py (set EARWITNESS_PYTHON)");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = [Format::Srt, Format::Vtt]
        .into_iter()
        .map(|format| {
            let path = dir.path().join(format!("x.{}", format.extension()));
            let options = Options { show: Show::Both, csv_bom: false };
            fs::write(&path, render(call().source(), format, options).unwrap()).unwrap();
            path
        })
        .collect();
    let output = Command::new(python).args(["-c", SCRIPT]).args(&files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "srt": [
            [500, 5029, "A: Мам, это я → Артём & ‹b›жив‹/b›\nB: Сынок! 7 00∶00∶09,000 → 00∶00∶10,000"],
            [3600250, 3602000, "B: Ты где?\n2022\u{2060}"],
        ],
        "vtt": [
            ["00:00:00.500", "00:00:02.000", "A", "Мам, это я --> Артём & <b>жив</b>"],
            ["00:00:01.500", "00:00:03.735", "B", "Сынок! 7 00:00:09,000 --> 00:00:10,000"],
            ["01:00:00.250", "01:00:02.000", "B", "Ты где?\n2022"],
        ],
    });
    assert_eq!(read, expected);
}
