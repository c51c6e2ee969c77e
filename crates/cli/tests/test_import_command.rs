//! `earwitness import` on the demonstration and on trouble.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Lab;
use earwitness_testkit::{Delivery, Encoding, demo, noise, tone};
use predicates::prelude::*;
use std::fs;

fn demo_path() -> String {
    demo().display().to_string()
}

#[test]
fn a_delivery_is_shown_judged_and_kept() {
    let lab = Lab::empty();
    let text = lab.text(&["import", &demo_path(), "--source", "a test"]);
    for part in ["windows-1251", "номер А", "= +380591104472", "re-encoding", "0:21.5", "8 accepted", "12 new calls"]
    {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let again = lab.text(&["import", &demo_path()]);
    assert!(again.contains("nothing was added"), "{again}");
    lab.run(&["verify"]).assert().success();
}

#[test]
fn json_is_one_document() {
    let lab = Lab::empty();
    let dry = lab.json(&["import", &demo_path(), "--dry-run"]);
    assert_eq!((&dry["dry_run"], &dry["delivery"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(lab.json(&["status"])["calls"], 0);
    let report = lab.json(&["import", &demo_path()]);
    assert_eq!(report["files"].as_array().unwrap().len(), 18);
    let of = |name: &str| {
        let files = report["files"].as_array().unwrap();
        files.iter().find(|f| f["name"].as_str().unwrap().ends_with(name)).unwrap().clone()
    };
    assert_eq!(of("fragment_10_03.mp3")["verdict"], "excerpt");
    assert!((of("fragment_10_03.mp3")["at"]["start"].as_f64().unwrap() - 21.5).abs() < 0.5);
    assert_eq!(of("k37.wav")["verdict"], "broken");
    assert_eq!(report["table"]["samples"].as_array().unwrap().len(), 3);
    assert_eq!(report["table"]["mapping"]["file"], "файл");
    assert_eq!(report["faults"].as_array().unwrap().len(), 3);
    assert_eq!(report["added"]["calls"], 12);
    assert_eq!(
        dry["files"],
        report["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| {
                // A dry run keeps no call, so a copy cannot name the one that it holds.
                let mut f = f.clone();
                f["call"] =
                    dry["files"].as_array().unwrap().iter().find(|d| d["name"] == f["name"]).unwrap()["call"].clone();
                f
            })
            .collect::<serde_json::Value>()
    );
}

#[test]
fn a_mapping_table_and_time_zone_may_be_said() {
    let lab = Lab::empty();
    let delivery = Delivery::with_headings(&["что", "когда", "первый", "второй"])
        .sound("a.wav", noise(8000, 4.0, 0.1, 1))
        .row(&["a.wav", "24.02.2022 05:52", "+380501112233", "+79161112233"])
        .table("list.csv", ';', Encoding::Utf8);
    let map = lab.path("map.toml");
    fs::write(&map, "file = \"что\"\ndatetime = \"когда\"\nfrom = \"второй\"\nto = \"первый\"\n").unwrap();
    let (path, map) = (delivery.path().display().to_string(), map.display().to_string());
    lab.run(&["import", &path, "--table", "list.csv", "--map", &map, "--timezone", "Europe/Moscow"]).assert().success();
    let calls = lab.json(&["calls"]);
    assert_eq!(calls[0]["started_at"], "2022-02-24T05:52:00+03:00");
    assert_eq!(calls[0]["from"]["e164"], "+79161112233");
    lab.run(&["import", &path, "--timezone", "Mars/Base"]).assert().code(1).stderr(predicate::str::contains("IANA"));
    lab.run(&["import", &path, "--table", "none.csv"]).assert().code(1).stderr(predicate::str::contains("none.csv"));
    fs::write(lab.path("map.toml"), "what = \"x\"\n").unwrap();
    lab.run(&["import", &path, "--map", &map]).assert().code(2);
    lab.run(&["import", "/no/such/delivery"]).assert().code(1).stderr(predicate::str::contains("/no/such/delivery"));
}

#[test]
fn a_hostile_delivery_cannot_command_the_terminal() {
    let lab = Lab::empty();
    let delivery = Delivery::new()
        .sound("a\u{1b}[2Jb.wav", tone(8000, 3.0, 440.0, 0.2))
        .row(&["../../../etc/passwd", "\u{202e}22.02.2022", "1", "", ""])
        .table("calls.csv", ';', Encoding::Utf8);
    let text = lab.text(&["import", &delivery.path().display().to_string()]);
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains("passwd"), "{text:?}");
}

#[test]
fn a_narrow_terminal_gets_narrow_tables_and_a_pipe_gets_it_all() {
    let lab = Lab::empty();
    let wide = lab.text(&["import", &demo_path(), "--dry-run"]);
    assert!(wide.contains(" = 2022-") && wide.lines().any(|l| l.chars().count() > 120), "{wide}");
    let mut narrow = lab.run(&["import", &demo_path(), "--dry-run"]);
    let narrow = common::stdout(narrow.env("COLUMNS", "80"));
    for line in narrow.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(narrow.contains('…') && narrow.contains("datetime") | narrow.contains("date"), "{narrow}");
    // Reasons are not cut: they go on below.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&narrow).contains("agrees)") && narrow.matches('…').count() < wide.lines().count(), "{narrow}");
}

#[test]
fn the_table_is_no_recording() {
    let lab = Lab::empty();
    let report = lab.json(&["import", &demo_path()]);
    let status = lab.json(&["status"]);
    assert_eq!(status["delivered_files"].as_u64(), Some(report["files"].as_array().unwrap().len() as u64));
    assert_eq!((&status["tables"], &report["delivered"]), (&1.into(), &status["delivered_files"]));
}

#[test]
fn a_call_is_found_by_the_name_of_an_excerpt_of_it() {
    let lab = Lab::empty();
    let report = lab.json(&["import", &demo_path()]);
    let files = report["files"].as_array().unwrap();
    let excerpt = files.iter().find(|f| f["verdict"] == "excerpt").unwrap();
    let shown = lab.json(&["show", excerpt["name"].as_str().unwrap().rsplit('/').next().unwrap()]);
    assert_eq!(shown["call"]["recording"], excerpt["of"]);
    assert!(shown["files"].as_array().unwrap().iter().any(|f| f["name"] == excerpt["name"]), "{shown}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::empty();
    let delivery =
        Delivery::new().sound("a.wav", tone(8000, 3.0, 440.0, 0.2)).sound("b.wav", tone(8000, 3.0, 350.0, 0.2));
    let locked = delivery.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(delivery.path().join("a.wav"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(delivery.path().join("a.wav")).is_ok() {
        println!("SKIPPED: this account may read everything");
        return;
    }
    let path = delivery.path().display().to_string();
    let told = lab.run(&["import", &path]).assert().code(1);
    let text = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    // Each is told once, and the folder is no file.
    assert_eq!(text.matches("locked: this folder cannot be read").count(), 1, "{text}");
    assert_eq!(text.matches("a.wav: cannot be read: Permission denied").count(), 1, "{text}");
    assert!(text.contains("Summary 2 files: 1 broken, 1 no speech expected"), "{text}");
    assert_eq!(lab.json(&["status"])["delivered_files"], 2);
    assert_eq!(lab.json(&["calls"]).as_array().unwrap().len(), 1);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(delivery.path().join("a.wav"), fs::Permissions::from_mode(0o600)).unwrap();
    lab.run(&["import", &path]).assert().success();
    assert_eq!(lab.json(&["calls"]).as_array().unwrap().len(), 2);
}
