//! Every verdict, and every fault of the table, equals the truth of the fictional deliveries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, options};
use earwitness_archive::Archive;
use earwitness_model::Verdict;
use earwitness_pipeline::ImportReport;
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

fn truth(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap()
}

/// What the truth calls a file, as the name of a verdict.
fn expected(kind: &str) -> &'static str {
    match kind {
        "call" => "accepted",
        "duplicate_exact" => "exact_duplicate",
        "duplicate_other_codec" => "re_encoding",
        "excerpt" => "excerpt",
        "silence" | "noise" | "ringing_and_music" => "no_speech_expected",
        "empty" => "broken",
        "text_named_wav" => "not_audio",
        "truncated" => "damaged",
        "wrong_extension" => "wrong_extension",
        other => panic!("the truth has a kind that this test does not know: {other}"),
    }
}

fn files_are_true(report: &ImportReport, truth: &Value, archive: &Archive) {
    let files = truth["files"].as_array().unwrap();
    assert_eq!(report.files.len(), files.len());
    for wanted in files {
        let name = wanted["file"].as_str().unwrap();
        let kind = wanted["kind"].as_str().unwrap();
        let file = report.files.iter().find(|f| base(&f.name) == name).unwrap_or_else(|| panic!("no verdict: {name}"));
        println!("{name}: {} — {}", file.verdict.name(), file.reason);
        assert_eq!(file.verdict.name(), expected(kind), "{name} ({kind}): {}", file.reason);
        if let Some(of) = wanted["of"].as_str() {
            let repeated = archive.deliveries_of(&file.verdict.repeats().unwrap()).unwrap();
            assert_eq!(base(&repeated[0].name), of, "{name}");
        }
        match &file.verdict {
            Verdict::Excerpt { at, .. } => {
                let start = wanted["offset"].as_f64().unwrap();
                let end = start + wanted["length"].as_f64().unwrap();
                assert!((at.start - start).abs() < 0.5 && (at.end - end).abs() < 0.5, "{at:?}");
            }
            Verdict::Damaged { damage, .. } => {
                let decoded = wanted["duration"].as_f64().unwrap();
                assert!((damage.decoded - decoded).abs() < 0.2, "{damage:?}");
                assert!(damage.declared.unwrap() > 40.0, "{damage:?}");
            }
            Verdict::NoSpeechExpected { sound } => {
                assert_eq!(sound, if kind == "ringing_and_music" { "tone" } else { kind }, "{name}");
            }
            _ => {}
        }
    }
}

fn faults_are_true(report: &ImportReport, truth: &Value, names: &[&str]) {
    for kind in ["file_without_row", "row_without_file", "wrong_duration", "empty_numbers"] {
        let wanted: BTreeSet<&str> = truth["manifest_faults"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|fault| fault["issue"] == kind)
            .map(|fault| fault["file"].as_str().unwrap())
            .collect();
        let found: Vec<_> = report.faults.iter().filter(|fault| fault.kind == kind).collect();
        assert_eq!(found.len(), wanted.len(), "{kind}: {found:#?}");
        for name in wanted {
            assert!(found.iter().any(|fault| fault.text.contains(name)), "{kind} {name}: {found:#?}");
        }
    }
    let others: Vec<_> = report.faults.iter().filter(|fault| !names.contains(&fault.kind)).collect();
    assert!(others.is_empty(), "{others:#?}");
}

fn calls_are_true(archive: &Archive, truth: &Value) {
    for call in archive.calls().unwrap() {
        let name = base(&call.files[0].name).to_owned();
        let Some(file) = truth["files"].as_array().unwrap().iter().find(|f| f["file"] == name.as_str()) else {
            panic!("a call of nothing: {name}");
        };
        if let (Some(time), Some(start)) = (call.started_at, file["start"].as_str()) {
            assert_eq!(time.to_string(), start, "{name}");
        }
    }
}

const KINDS: [&str; 4] = ["file_without_row", "row_without_file", "wrong_duration", "empty_numbers"];

#[test]
fn the_demonstration_is_judged_truly() {
    let truth = truth(&earwitness_testkit::workspace().join("demo/truth.json"));
    let lab = Lab::new();
    let report = lab.import(&earwitness_testkit::demo());
    files_are_true(&report, &truth, &lab.archive);
    faults_are_true(&report, &truth, &KINDS);
    calls_are_true(&lab.archive, &truth);
    assert_eq!(report.errors, []);
    assert_eq!(report.longer_originals, []);
    // Eight calls, one with a wrong extension, three in which nobody speaks.
    assert_eq!((report.added.calls, lab.archive.calls().unwrap().len()), (12, 12));
    assert_eq!(report.table.as_ref().unwrap().encoding, "windows-1251");
    assert_eq!(report.table.as_ref().unwrap().samples.len(), 3);

    // The duplicate and the re-encoding are files of their calls, and can be named like them.
    let k05 = lab.archive.find_call("0301_231148_k31").unwrap();
    assert_eq!(k05.files.len(), 2);
    assert_eq!(k05.started_at.unwrap().to_string(), "2022-03-01T18:44:39+02:00");
    assert_eq!(k05.from.unwrap().e164.as_deref(), Some("+380591104472"));
    assert_eq!(k05.place.latitude, Some(50.78458));
    assert_eq!(lab.archive.find_call("0303_210219_k33.amr").unwrap().files.len(), 2);

    // The table is sealed, and kept with the delivery and its mapping.
    let kept = lab.archive.delivered(report.delivery.as_ref().unwrap()).unwrap().unwrap();
    assert_eq!((kept.files.len(), kept.rows.len(), kept.faults.len()), (19, 18, report.faults.len()));
    assert_eq!(kept.files[0].name, "calls.csv");
    assert_eq!(kept.delivery.terms.mapping["file"], "файл");
    assert_eq!(kept.rows[0].written["номер А"], "380591104472");
    let table = std::fs::read(earwitness_testkit::demo().join("calls.csv")).unwrap();
    let sealed = std::fs::read(lab.archive.originals().path(&kept.files[0].sha256.unwrap())).unwrap();
    assert_eq!(table, sealed);
    lab.is_whole();
}

#[test]
fn the_corpus_is_judged_truly() {
    let Some(corpus) = earwitness_testkit::corpus() else {
        println!("SKIPPED: no corpus (set EARWITNESS_CORPUS)");
        return;
    };
    let truth = truth(&corpus.join("truth/calls.json"));
    let lab = Lab::new();
    let began = std::time::Instant::now();
    let report = lab.import(&corpus.join("delivered"));
    println!("{} files in {:?}", report.files.len(), began.elapsed());
    files_are_true(&report, &truth, &lab.archive);
    faults_are_true(&report, &truth, &KINDS);
    calls_are_true(&lab.archive, &truth);
    assert_eq!((report.errors.len(), report.longer_originals.len()), (0, 0));
    lab.is_whole();
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let lab = Lab::new();
    let before = lab.archive.overview().unwrap();
    let dry = lab
        .import_with(&earwitness_testkit::demo(), &earwitness_pipeline::ImportOptions { dry_run: true, ..options() });
    assert_eq!(lab.archive.overview().unwrap(), before);
    assert_eq!(dry.delivery, None);
    let wet = lab.import(&earwitness_testkit::demo());
    let verdicts = |r: &ImportReport| r.files.iter().map(|f| (f.name.clone(), f.reason.clone())).collect::<Vec<_>>();
    assert_eq!(verdicts(&dry), verdicts(&wet));
    assert_eq!(dry.faults, wet.faults);
    assert!(!dry.nothing_new && !wet.nothing_new);
}
