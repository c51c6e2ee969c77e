//! `earwitness export`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use earwitness_model::{CallId, RevisionBody, Transcript, Translation, transcript::TranslatedTurn};
use earwitness_testkit::python;
use predicates::str::contains;
use std::{fs, process::Command};

const FORMATS: [&str; 6] = ["json", "srt", "vtt", "txt", "csv", "rttm"];

fn export(lab: &Lab, format: &str, more: &[&str]) -> String {
    let args = ["export", "transcripts", "--unprotected", "--format", format, "--out", "out"];
    lab.run(&[args.as_slice(), more].concat()).assert().success();
    fs::read_to_string(lab.path(&format!("out/{}.{format}", id(1)))).unwrap()
}

#[test]
fn every_format_holds_the_words() {
    let lab = Lab::new();
    for format in FORMATS {
        let text = export(&lab, format, &[]);
        assert!(text.contains(if format == "rttm" { "SPEAKER" } else { "Артём" }), "{format}: {text}");
        assert_eq!(common::mode(&lab.path(&format!("out/{}.{format}", id(1)))), 0o600);
    }
    let json: serde_json::Value = serde_json::from_str(&export(&lab, "json", &[])).unwrap();
    assert_eq!(json["turns"][0]["words"][0]["w"], "Мам,");
}

#[test]
fn subtitles_show_the_words_that_were_asked_for() {
    let lab = Lab::new();
    let english = export(&lab, "srt", &["--lang", "translation"]);
    assert!(english.contains("I hear you, son.") && !english.contains("Слышу"), "{english}");
    let both = export(&lab, "srt", &["--lang", "both"]);
    assert!(both.contains("I hear you, son.") && both.contains("Слышу"), "{both}");
    lab.run(&["export", "transcripts", "--format", "doc", "--out", "out"]).assert().code(2);
}

#[test]
fn srt_and_vtt_are_read_back_by_other_programs() {
    let Some(python) = python(&["pysubs2", "webvtt"]) else {
        println!("SKIPPED: no Python with pysubs2 and webvtt-py");
        return;
    };
    let lab = Lab::new();
    export(&lab, "srt", &[]);
    export(&lab, "vtt", &[]);
    let script = "import sys, pysubs2, webvtt\n\
        s = [(e.start, e.end, e.plaintext) for e in pysubs2.load(sys.argv[1])]\n\
        v = [(c.start, c.end, c.text) for c in webvtt.read(sys.argv[2])]\n\
        assert len(s) == len(v) == 3, (s, v)\n\
        assert s[0][0] == 500 and s[0][1] == 2000 and 'Артём' in s[0][2], s\n\
        assert v[1][0] == '00:00:02.250' and 'сынок' in v[1][2], v\n";
    let file = |format| lab.path(&format!("out/{}.{format}", id(1)));
    let told = Command::new(python).args(["-c", script]).arg(file("srt")).arg(file("vtt")).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

#[test]
fn what_somebody_edited_is_not_written_over() {
    let lab = Lab::new();
    export(&lab, "txt", &[]);
    let args = ["export", "transcripts", "--unprotected", "--format", "txt", "--out", "out"];
    let again = lab.json(&args);
    assert_eq!((again["written"].as_array().unwrap().len(), again["unchanged"].as_array().unwrap().len()), (0, 1));
    assert_eq!(again["without_transcript"][0], id(2));
    let file = lab.path(&format!("out/{}.txt", id(1)));
    fs::write(&file, "mine").unwrap();
    let told = lab.run(&args).assert().code(1);
    told.stderr(contains("changed since"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn only_the_calls_that_were_asked_for_and_never_into_the_archive() {
    let lab = Lab::new();
    lab.hear(2);
    let args = ["export", "transcripts", "--format", "csv", "--out", "out", "--call", "0311_0002"];
    assert_eq!(lab.json(&args)["written"].as_array().unwrap().len(), 1);
    assert!(!lab.path("out/call-001.csv").exists() && lab.path("out/call-002.csv").exists());
    let inside =
        lab.run(&["export", "transcripts", "--format", "csv", "--out", "archive/originals/new"]).assert().code(2);
    inside.stderr(contains("inside the archive"));
    assert!(!lab.root.join("originals/new").exists());
}

#[test]
fn nothing_to_export_is_told() {
    let lab = Lab::empty();
    lab.add_call(1);
    lab.run(&["export", "transcripts", "--format", "srt", "--out", "out"]).assert().code(1).stderr(contains("process"));
}

#[test]
fn names_of_people_leave_as_they_may() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Сергей", "--alias", "The caller", "--protect"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--standing", "confirmed"]);
    lab.text(&["people", "add", "Лиза", "--protect"]);
    lab.text(&["people", "link", "p2", &format!("{}:B", id(1))]);
    for (format, alias) in [
        ("txt", "# A: The caller (confirmed, p1)"),
        ("srt", "A (The caller): Мам"),
        ("vtt", "<v A (The caller)>"),
        ("csv", "The caller,confirmed"),
        ("json", "\"alias\": \"The caller\""),
    ] {
        let text = export(&lab, format, &[]);
        assert!(text.contains(alias), "{format}: {text}");
        assert!(!text.contains("Сергей") && !text.contains("Лиза"), "{format}: {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&export(&lab, "json", &[])).unwrap();
    assert_eq!((&json["turns"][0]["speaker"], &json["turns"][0]["person"]["name"]), (&"A".into(), &().into()));
    assert!(export(&lab, "vtt", &["--names"]).contains("<v B (perhaps Лиза)>"));
    let text = export(&lab, "txt", &["--names"]);
    assert!(text.contains("# A: Сергей (confirmed, p1)") && text.contains("] A (ch1): Мам"), "{text}");
    // The text goes back as it is.
    lab.run(&["correct", &id(1), "--file", &format!("out/{}.txt", id(1))]).assert().success();
    assert_eq!(lab.json(&["show", &id(1)])["transcript"]["revision"]["number"], 1);
}

/// Two people, one of them protected and held to use a number of the first call.
fn peopled() -> Lab {
    let lab = Lab::new();
    lab.text(&["people", "add", "Сергей", "--alias", "The caller", "--protect"]);
    lab.text(&["people", "link", "p1", &format!("{}:A", id(1)), "--standing", "confirmed", "--evidence", "he says so"]);
    lab.text(&["people", "link", "p1", "000001"]);
    lab.text(&["people", "add", "Mother", "--role", "mother of p1"]);
    lab.text(&["people", "link", "p2", &format!("{}:B", id(1))]);
    lab.text(&["people", "decide", "l3", "reject"]);
    lab
}

#[test]
fn a_network_is_read_by_networkx_as_it_was_written() {
    let Some(python) = python(&["networkx"]) else {
        println!("SKIPPED: no Python with networkx");
        return;
    };
    let lab = peopled();
    for format in ["graphml", "json"] {
        lab.text(&["export", "network", "--unprotected", "--format", format, "--out", &format!("net.{format}")]);
    }
    let script = "import sys, json, networkx\n\
        g = networkx.read_graphml(sys.argv[1]); j = json.load(open(sys.argv[2]))\n\
        print(json.dumps([g.number_of_nodes(), g.number_of_edges(), len(j['nodes']), len(j['edges']),\n\
            g.nodes['person:p1'], [[a, d['kind'], d['standing'], d['evidence']] for a, b, d in g.edges(data=True) if b == 'person:p1']]))";
    let told = Command::new(python)
        .args(["-c", script])
        .arg(lab.path("net.graphml"))
        .arg(lab.path("net.json"))
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let read: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    // Two people, two speakers, two phones, two calls; four ends of calls, two speakers in a call, three links.
    assert_eq!(serde_json::json!([read[0], read[1], read[2], read[3]]), serde_json::json!([8, 9, 8, 9]));
    assert_eq!((&read[4]["label"], &read[4]["protected"]), (&"The caller".into(), &true.into()));
    let speaker = format!("speaker:{}:A", id(1));
    assert_eq!(read[5], serde_json::json!([[speaker, "is", "confirmed", 1], ["phone:1", "is", "suggested", 0]]));
}

#[test]
fn a_network_says_no_more_than_it_may() {
    let lab = peopled();
    lab.text(&["export", "network", "--unprotected", "--format", "csv", "--out", "net"]);
    let read = |name: &str| fs::read_to_string(lab.path(name)).unwrap();
    let (nodes, edges) = (read("net/nodes.csv"), read("net/edges.csv"));
    assert!(nodes.contains("The caller") && nodes.contains("phone-1, withheld") && nodes.contains("Mother"), "{nodes}");
    assert!(!nodes.contains("Сергей") && !nodes.contains("380440000001") && nodes.contains("380440000002"), "{nodes}");
    assert!(edges.contains(",person:p2,is,rejected,"), "{edges}");
    assert_eq!(common::mode(&lab.path("net/nodes.csv")), 0o600);
    let again = ["export", "network", "--unprotected", "--format", "csv", "--out", "net"];
    lab.run(&again).assert().code(1).stderr(contains("--force"));
    lab.run(&[again.as_slice(), &["--force", "--names"]].concat()).assert().success();
    assert!(read("net/nodes.csv").contains("Сергей") && read("net/nodes.csv").contains("'+380440000001"));
    lab.run(&["export", "network", "--format", "json", "--out", "archive/x"]).assert().code(2);
}

#[test]
fn a_number_dictated_over_several_turns_leaves_in_no_form() {
    let lab = Lab::empty();
    lab.add_call(1);
    let texts = [
        ("Записывай: ноль сорок четыре.", "Write down: zero four four."),
        ("Так, минуту.", "Yes, a minute."),
        ("Ноль ноль ноль, ноль ноль.", "000 00"),
        ("Ноль один. Всё.", "zero one. That is all."),
    ];
    let by = |n: usize| u16::from(n == 1);
    let turns: Vec<_> =
        (0..4).map(|n| common::turn(n as f64 * 2.0, n as f64 * 2.0 + 1.5, by(n), texts[n].0, 0.9)).collect();
    let english = turns.iter().zip(texts).map(|(turn, text)| TranslatedTurn {
        start: turn.start,
        end: turn.end,
        channel: turn.channel,
        text: text.1.into(),
        taken: None,
    });
    let english: Vec<_> = english.collect();
    let archive = lab.open();
    archive
        .write(|tx| {
            let body = Transcript { language: Some("ru".into()), turns };
            let call = CallId::new(id(1));
            let kept = tx.add_revision(&call, common::machine(), None, RevisionBody::Transcript(body))?;
            let body = Translation { of: kept.id.clone(), language: "en".into(), turns: english };
            tx.add_revision(&call, common::machine(), Some(kept.id), RevisionBody::Translation(body))
        })
        .unwrap();
    drop(archive);
    let leaks = |dir: &str| -> serde_json::Value {
        serde_json::from_slice(&lab.run(&["leak-check", dir, "--json"]).output().unwrap().stdout).unwrap()
    };
    for format in FORMATS {
        let args = ["export", "transcripts", "--format", format, "--lang", "both", "--out"];
        lab.text(&[args.as_slice(), &["out"]].concat());
        lab.text(&[args.as_slice(), &[&format!("bare-{format}"), "--unprotected"]].concat());
        let found = leaks(&format!("bare-{format}")).to_string();
        assert!(format == "rttm" || found.contains("dictated in pieces"), "{format}: {found}");
    }
    assert_eq!(leaks("out"), serde_json::json!([]));
    let json = fs::read_to_string(lab.path("out/call-001.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let told: Vec<_> = json["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["text"].as_str().unwrap(), t["translation"].as_str().unwrap()))
        .collect();
    let wanted = [
        ("Записывай: [bleep].", "Write down: [bleep]."),
        ("Так, минуту.", "Yes, a minute."),
        ("[bleep].", "[bleep]"),
        ("[bleep]. Всё.", "[bleep]. That is all."),
    ];
    assert_eq!(told, wanted);
    assert_eq!(json["turns"][0]["words"].as_array().unwrap().len(), 4);
}

/// Rules for what is said in the first call.
fn protected() -> Lab {
    let lab = peopled();
    lab.text(&["protect", "add", "name", "Артём", "Artyom", "--alias", "Misha"]);
    lab.text(&["protect", "add", "words", "мост цел", "the bridge stands", "--word", "a place"]);
    lab
}

#[test]
fn an_export_carries_protection_and_passes_the_leak_check() {
    let lab = protected();
    lab.hear(2);
    for format in FORMATS {
        let report = lab.json(&["export", "transcripts", "--format", format, "--out", "out"]);
        assert_eq!((&report["unprotected"], &report["names"]["call-001"]), (&false.into(), &id(1).into()));
        let text = fs::read_to_string(lab.path(&format!("out/call-001.{format}"))).unwrap();
        for word in ["Артём", "Сергей", "Мост цел", "0311_", "380440", &id(1), "50.5", "K7"] {
            assert!(!text.contains(word), "{word} in {format}: {text}");
        }
    }
    for format in ["graphml", "json"] {
        lab.text(&["export", "network", "--format", format, "--out", &format!("out/net.{format}")]);
    }
    lab.text(&["export", "network", "--format", "csv", "--out", "out/net"]);
    let told = lab.run(&["leak-check", "out", "--json"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), "[]");
    assert!(!lab.text(&["ledger", "--json"]).contains("exported.unprotected"));
    let json = fs::read_to_string(lab.path("out/call-001.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let turn = &json["turns"][0];
    assert!(turn["text"].as_str().unwrap().contains("Misha"), "{turn}");
    assert_eq!(turn["words"].as_array().unwrap().len(), 4, "{turn}");
    assert_eq!(turn["person"]["alias"], "The caller");
    // What was covered does not come back as a correction.
    lab.run(&["correct", &id(1), "--file", "out/call-001.txt"]).assert().failure();
}

#[test]
fn what_leaves_unprotected_is_noted_first() {
    let lab = protected();
    assert!(export(&lab, "txt", &[]).contains("Артём"));
    lab.text(&["export", "network", "--unprotected", "--format", "json", "--out", "net.json"]);
    let ledger = lab.text(&["ledger", "--json"]);
    let entries: Vec<serde_json::Value> = ledger.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let noted: Vec<_> = entries.iter().filter(|e| e["act"] == "exported.unprotected").collect();
    assert_eq!(noted.len(), 2);
    assert_eq!((&noted[0]["subject"], &noted[0]["payload"]["calls"]), (&"transcripts".into(), &2.into()));
    assert_eq!((&noted[1]["subject"], &noted[0]["payload"]["format"]), (&"network".into(), &"txt".into()));
    lab.run(&["verify"]).assert().success();
    lab.run(&["export", "transcripts", "--names", "--format", "txt", "--out", "out"]).assert().code(2);
}
