//! `earwitness story`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use earwitness_archive::{Archive, Recording};
use earwitness_model::{
    Author, Call, CallId, Phone, RevisionBody, Transcript, Translation, Turn, transcript::TranslatedTurn,
};
use predicates::{prelude::*, str::contains};
use serde_json::{Value, json};
use std::{fs, path::Path};

const HEAD: &str = "+++\ntitle = \"One call\"\n[people.artyom]\nname = \"Misha\"\nspeaks = [\"k01:A\"]\n";

/// A story with one quote, whose call is named k01.
fn story(lab: &Lab, body: &str) {
    if !lab.root.join("stories/one").exists() {
        lab.text(&["story", "new", "one"]);
    }
    let text = format!("{HEAD}[calls]\nk01 = \"{}\"\n+++\n{body}\n", id(1));
    fs::write(lab.root.join("stories/one/story.md"), text).unwrap();
}

/// A file of the site that was built.
fn site(lab: &Lab, file: &str) -> String {
    fs::read_to_string(lab.root.join("stories/one/site").join(file)).unwrap()
}

/// Opens a site in a real browser, where there is one. CI must have one.
fn in_browser(site: &Path) {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    let node = std::process::Command::new("node").arg("tests/story.mjs").arg(site).current_dir(web).output();
    let node = match node {
        Ok(done) => done,
        Err(_) if std::env::var_os("CI").is_none() => return println!("skipped: no node"),
        Err(error) => panic!("{error}"),
    };
    let (said, wrong) = (String::from_utf8_lossy(&node.stdout), String::from_utf8_lossy(&node.stderr));
    println!("{said}");
    assert!(node.status.success(), "{wrong}");
}

#[test]
fn a_new_story_can_be_read() {
    let lab = Lab::new();
    lab.text(&["story", "new", "one"]);
    lab.run(&["story", "new", "one"]).assert().code(1).stderr(contains("already"));
    lab.run(&["story", "new", "../one"]).assert().code(2);
    let told = lab.run(&["story", "check", "one"]).assert().success();
    told.stdout(contains("0 quotes"));
}

#[test]
fn faults_are_named_with_file_and_line() {
    let lab = Lab::new();
    story(&lab, "{{ quote k01#x }}");
    lab.run(&["story", "check", "one"]).assert().code(1).stderr(contains("stories/one/story.md: line 9: "));
    story(&lab, "\n{{ quote k01#1 cut=\"a lie\" }}\n\n{{ quote k09#1 }}");
    let told = lab.run(&["story", "check", "one"]).assert().code(1);
    told.stderr(contains("line 10: k01#1: “a lie” does not stand").and(contains("line 12: k09#1")));
}

#[test]
fn quotes_are_checked_signed_and_built() {
    let lab = Lab::new();
    story(&lab, "She heard him. {{ quote k01#1 cut=\"I hear\" }}\n\n{{ quote k01#0 cut=\"Mom, it's me,\" }}");
    let check = || String::from_utf8(lab.run(&["story", "check", "one"]).output().unwrap().stdout).unwrap();
    assert!(check().contains("takes who acted (“i”)") && check().contains("0 of them settled"), "{}", check());
    lab.run(&["story", "build", "one"]).assert().code(1).stderr(contains("cannot be published yet"));
    lab.run(&["story", "sign", "one", "k01#7"]).assert().code(2);
    assert!(lab.text(&["story", "sign", "one", "--why", "short"]).contains("signed: 2 quotes"));
    assert!(check().contains("2 of them settled") && check().contains("signed by person:Anna"));
    let built = lab.text(&["story", "build", "one", "--no-listen"]);
    assert!(built.contains("1 with sound") && built.contains("no leak"), "{built}");
    let page = site(&lab, "index.html") + &site(&lab, "method.html");
    for part in ["you, son.", "Misha:", "March 1, 2022", "Слышу тебя, сынок.", "<h1>One call</h1>"] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    // A claim's standing is printed in plain words.
    let claim =
        json!({"key": "c1", "call": id(1), "turn": 0, "kind": "contact", "what": "He calls", "basis": "firsthand"});
    lab.open().write(|tx| tx.add_record("claim", "m", Author::person("Anna"), claim)).unwrap();
    let path = lab.root.join("stories/one/story.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("me,\" }}", "me,\" claim=c9 }}")).unwrap();
    lab.run(&["story", "build", "one"]).assert().code(1).stderr(contains("a claim that is not there: c9"));
    fs::write(&path, text.replace("me,\" }}", "me,\" claim=c1 }}")).unwrap();
    lab.text(&["story", "build", "one", "--no-listen"]);
    let page = fs::read_to_string(lab.root.join("stories/one/site/index.html")).unwrap();
    assert!(page.contains("There is no evidence of this beyond what is said in the call."));
    // The bits of the clip are a tone, and its name tells nothing.
    let clips = fs::read_dir(lab.root.join("stories/one/site/clips")).unwrap();
    let mut names: Vec<String> = clips.map(|c| c.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let stem = names[0].split(['.', '-']).next().unwrap();
    assert!(stem.len() == 16 && !stem.contains(|c: char| c.is_ascii_digit()), "{names:?}");
    assert_eq!(names, [format!("{stem}-spoken.vtt"), format!("{stem}.vtt"), format!("{stem}.wav")]);
    // The words that were cut are heard, and can be read there.
    let captions = site(&lab, &format!("clips/{stem}.vtt"));
    assert!(captions.contains("\n<v Misha>Mom, it's me, Artyom.\n"), "{captions}");
    assert!(site(&lab, &format!("clips/{stem}-spoken.vtt")).contains("Мам, это я, Артём."));
    assert!(lab.text(&["ledger", "--last", "1"]).contains("publication"));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn a_later_correction_stops_a_signed_quote() {
    let lab = Lab::new();
    story(&lab, "{{ quote k01#1 }}");
    lab.text(&["story", "sign", "one"]);
    lab.text(&["story", "build", "one", "--no-listen"]);
    let text = lab.text(&["correct", &id(1), "--print"]).replace("Слышу тебя", "Не слышу тебя");
    fs::write(lab.path("t.txt"), text).unwrap();
    lab.run(&["correct", &id(1), "--file", "t.txt"]).assert().success();
    lab.run(&["story", "check", "one"]).assert().code(1).stdout(contains("BROKEN").and(contains("STALE")));
    lab.run(&["story", "build", "one"]).assert().code(1).stderr(contains("Не слышу тебя"));
    lab.run(&["story", "sign", "one"]).assert().code(1).stderr(contains("cannot be signed"));
}

#[test]
fn a_page_that_leaks_is_not_built() {
    let lab = Lab::new();
    lab.text(&["protect", "add", "name", "Artyom", "Артём", "--alias", "Misha"]);
    story(&lab, "{{ quote k01#0 }}");
    lab.text(&["story", "sign", "one"]);
    // Quotes are protected: the text has the alias, and the sound of the word is covered.
    lab.text(&["story", "build", "one", "--no-listen"]);
    let page = site(&lab, "index.html") + &site(&lab, "method.html");
    assert!(page.contains("me, Misha") && page.contains("Мам, это я, Misha"), "{page}");
    // The editor's own words are not: they stop the building.
    story(&lab, "Artyom's mother, call 8 044 000 00 01. {{ quote k01#0 }}");
    let told = lab.run(&["story", "build", "one"]).assert().code(1);
    told.stderr(contains("index.html: line").and(contains("protected name")).and(contains("telephone number")));
    let page = fs::read_to_string(lab.root.join("stories/one/site/index.html")).unwrap();
    assert!(!page.contains("Artyom"), "the page that leaks was kept");
}

/// Keeps a call with a person's transcript, another's translation, and the review of a third.
fn keep_words(archive: &Archive, kept: &Call, recording: &Recording, turns: Vec<Turn>, english: Vec<TranslatedTurn>) {
    let id = kept.id.clone();
    archive
        .write(|tx| {
            tx.add_recording(recording)?;
            tx.add_call(kept)?;
            let transcript = Transcript { language: Some("ru".into()), turns };
            let spoken = tx.add_revision(&id, Author::person("Anna"), None, RevisionBody::Transcript(transcript))?;
            let translation = Translation { of: spoken.id.clone(), language: "en".into(), turns: english };
            let made =
                tx.add_revision(&id, Author::person("Boris"), Some(spoken.id), RevisionBody::Translation(translation))?;
            let review = json!({"revision": made.id, "by": "Clara"});
            tx.add_record("review", "w", Author::person("Clara"), review)?;
            Ok(())
        })
        .unwrap();
}

/// The corpus' call of this name as the archive would hold it after people corrected and translated it.
fn keep_call(archive: &Archive, corpus: &Path, call: &Value) -> CallId {
    let file = call["file"].as_str().unwrap();
    let bytes = fs::read(corpus.join("delivered/audio").join(file)).unwrap();
    let duration = call["duration"].as_f64().unwrap();
    let (recording, bare) = common::sealed(archive, &format!("audio/{file}"), &bytes, duration);
    let phone = |key: &str| call[key].as_str().map(|n| Phone { written: n.into(), e164: Some(n.into()) });
    let kept = Call {
        started_at: call["start"].as_str().map(|t| t.parse().unwrap()),
        channels: u16::try_from(call["audio"]["channels"].as_u64().unwrap()).unwrap(),
        from: phone("number_from"),
        to: phone("number_to"),
        ..bare
    };
    let texts = |key: &str| {
        call["turns"].as_array().unwrap().iter().map(|t| t[key].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    let place = |t: &Value| {
        (t["start"].as_f64().unwrap(), t["end"].as_f64().unwrap(), (t["channel"].as_u64().unwrap() - 1) as u16)
    };
    let turns: Vec<Turn> = call["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| {
            let (start, end, channel) = place(t);
            let speaker = t["side"].as_str().unwrap().to_string();
            Turn { speaker, ..common::turn(start, end, channel, t["text"].as_str().unwrap(), 1.0) }
        })
        .collect();
    let english = turns
        .iter()
        .zip(texts("en"))
        .map(|(t, text)| TranslatedTurn { start: t.start, end: t.end, channel: t.channel, text, taken: None })
        .collect();
    keep_words(archive, &kept, &recording, turns, english);
    kept.id
}

/// The model story in our form, from its references.
fn model_story(truth: &Value) -> String {
    let mut text =
        format!("+++\ntitle = {}\nwarning = \"Strong language.\"\nmethod = \"All invented.\"\n", truth["title"]);
    for (key, name, about) in [
        ("artyom", "Artyom", "a private"),
        ("ruslan", "Ruslan", "a sergeant"),
        ("denis", "Denis", "a driver"),
        ("viktor", "Viktor", "his father"),
    ] {
        text += &format!("[people.{key}]\nname = \"{name}\"\nabout = \"{about}\"\n");
    }
    text += "[calls]\n";
    let quotes = truth["quotes"].as_array().unwrap();
    let calls: std::collections::BTreeSet<&str> = quotes.iter().map(|q| q["call"].as_str().unwrap()).collect();
    for call in calls {
        text += &format!("{call} = \"CALL-{call}\"\n");
    }
    text += "+++\n";
    for paragraph in truth["paragraphs"].as_array().unwrap() {
        let mut paragraph = paragraph.as_str().unwrap().to_string();
        for quote in quotes {
            let mut reference = format!(
                "{{{{ quote {}#{} by={}",
                quote["call"].as_str().unwrap(),
                quote["turn"],
                quote["speaker"].as_str().unwrap()
            );
            for op in quote["ops"].as_array().unwrap() {
                let of = |key: &str| op[key].as_str().unwrap_or_default().trim();
                reference += &match op["op"].as_str().unwrap() {
                    "cut" => format!(" cut=\"{}\"", of("text")),
                    "mask" => format!(" mask=\"{}\"", of("word")),
                    _ => format!(" insert=\"{} {}\"", of("after"), of("text")),
                };
            }
            paragraph = paragraph.replace(&format!("{{{}}}", quote["key"].as_str().unwrap()), &(reference + " }}"));
        }
        text += &format!("\n{paragraph}\n");
    }
    text
}

/// The text of a page, without tags and with entities as characters.
fn words_of(page: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&#x27;", "'").replace("&quot;", "\"").replace("&amp;", "&").replace("&#39;", "'")
}

/// For looking at the page: EARWITNESS_KEEP_SITE names a folder that it is copied into.
fn keep_site(lab: &Lab) {
    if let Some(keep) = std::env::var_os("EARWITNESS_KEEP_SITE") {
        let done = std::process::Command::new("cp").arg("-r").arg(lab.root.join("stories/war")).arg(keep).status();
        assert!(done.unwrap().success());
    }
}

/// Every quote is the truth's, byte for byte, and its clip carries it.
fn proved(checked: &Value, quotes: &[Value]) {
    for (proof, quote) in checked.as_array().unwrap().iter().zip(quotes) {
        assert_eq!(
            (&proof["published"], &proof["source"], &proof["spoken"]),
            (&quote["edited_en"], &quote["reference_en"], &quote["ru"])
        );
        let findings = proof["findings"].as_array().unwrap();
        let undone = findings.iter().any(|f| f["check"] == "undone" && f["level"] == "passed");
        assert!(undone && findings.iter().all(|f| f["level"] != "broken"), "{findings:#?}");
    }
    // The clips were heard again; most of them carry their words so that a machine hears it.
    if earwitness_testkit::models_ready() {
        let carried = |proof: &&Value| {
            let findings = proof["findings"].as_array().unwrap();
            findings.iter().any(|f| f["check"] == "sound" && f["level"] == "passed")
        };
        assert!(checked.as_array().unwrap().iter().filter(carried).count() >= 12, "{checked:#}");
    }
}

#[test]
fn the_story_of_the_corpus_is_built_from_its_references() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("EARWITNESS_CORPUS").map_or(beside, Into::into);
    let read = |name: &str| {
        fs::read_to_string(corpus.join("truth").join(name)).ok().map(|t| serde_json::from_str::<Value>(&t).unwrap())
    };
    let (Some(truth), Some(calls)) = (read("story.json"), read("calls.json")) else {
        println!("skipped: no corpus");
        return;
    };
    let lab = Lab::empty();
    let mut text = model_story(&truth);
    let archive = lab.open();
    for call in calls["calls"].as_array().unwrap() {
        let short = call["id"].as_str().unwrap();
        let id = keep_call(&archive, &corpus, call);
        text = text.replace(&format!("CALL-{short}\""), &format!("{id}\""));
    }
    drop(archive);
    for (name, terms) in [
        ("name", "Лаптев"),
        ("name", "Гареев"),
        ("name", "Мохов"),
        ("name", "Дроздов"),
        ("name", "Зимин"),
        ("name", "Ершов"),
        ("address", "улица Садовая"),
        ("place", "Сухая Балка"),
        ("unit", "847 мсп"),
    ] {
        lab.text(&["protect", "add", name, terms]);
    }
    lab.text(&["story", "new", "war"]);
    fs::write(lab.root.join("stories/war/story.md"), text).unwrap();
    let checked: Value =
        serde_json::from_slice(&lab.run(&["story", "check", "war", "--json"]).output().unwrap().stdout).unwrap();
    let quotes = truth["quotes"].as_array().unwrap();
    assert_eq!(checked.as_array().unwrap().len(), 14);
    proved(&checked, quotes);
    lab.text(&["story", "sign", "war"]);
    let built = lab.text(&["story", "build", "war", "--no-listen"]);
    assert!(built.contains("14 quotes, 14 with sound") && built.contains("no leak"), "{built}");
    let page = words_of(&fs::read_to_string(lab.root.join("stories/war/site/index.html")).unwrap());
    for quote in quotes {
        assert!(page.contains(&format!("“{}”", quote["edited_en"].as_str().unwrap())), "{}", quote["key"]);
    }
    for paragraph in truth["paragraphs"].as_array().unwrap() {
        let prose = paragraph.as_str().unwrap().split('{').next().unwrap().trim();
        assert!(page.contains(prose), "{prose}");
    }
    keep_site(&lab);
    in_browser(&lab.root.join("stories/war/site"));
}

#[test]
fn the_report_for_editors_plays_every_quote_and_stays_out_of_the_archive() {
    let lab = Lab::new();
    lab.text(&["protect", "add", "name", "Artyom", "Артём", "--alias", "Misha"]);
    story(&lab, "She heard him. {{ quote k01#1 cut=\"I hear\" }}\n\n{{ quote k01#0 cut=\"Mom, it's me,\" }}");
    let inside = lab.root.join("report");
    let told = lab.run(&["story", "check", "one", "--report", inside.to_str().unwrap()]).assert().code(2);
    told.stderr(contains("inside the archive"));
    // Exit code 1: there is something to be decided; the report is what it is decided with.
    let told = lab.run(&["story", "check", "one", "--no-listen", "--report", "report"]).assert().code(1);
    told.stdout(contains("not for publication"));
    let page = fs::read_to_string(lab.path("report/report.html")).unwrap();
    for part in [
        "Not for publication.",
        "<del>I hear </del>",
        "Слышу тебя, сынок.",
        "Мам, это я, Артём.",
        "takes who acted",
        "model:whisper-base",
        "src=\"data:audio/wav;base64,UklGR",
        "0311_0001.wav",
    ] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    let report: Value = serde_json::from_slice(&fs::read(lab.path("report/report.json")).unwrap()).unwrap();
    assert_eq!(report["quotes"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["quotes"][1]["lines"][0]["pieces"][0]["source"], "Mom, it's me, ");
    assert_eq!(common::mode(&lab.path("report/report.html")), 0o600);
    assert!(lab.text(&["ledger", "--last", "1"]).contains("exported.unprotected"));
}

#[test]
fn a_story_is_shown_while_it_is_written() {
    use std::io::{BufRead, BufReader, Read, Write};
    let lab = Lab::new();
    story(&lab, "{{ quote k01#1 }}");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("earwitness"));
    command.arg("--archive").arg(&lab.root).args(["story", "serve", "one"]).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.strip_prefix("http://127.0.0.1:").unwrap().split('/').next().unwrap().to_string();
    let ask = |path: &str, host: &str| {
        let mut stream = std::net::TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let own = format!("127.0.0.1:{port}");
    let page = ask("/", &own);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<h1>One call</h1>"), "{page}");
    assert!(ask("/card.png", &own).contains("Content-Type: image/png"));
    for path in ["/../../catalog.sqlite", "/..%2f..%2fcatalog.sqlite", "/story.md", "//etc/passwd"] {
        assert!(ask(path, &own).starts_with("HTTP/1.1 404"), "{path}");
    }
    assert!(ask("/", "evil.example").starts_with("HTTP/1.1 403"));
    story(&lab, "A new word. {{ quote k01#1 }}");
    assert!(ask("/", &own).contains("A new word."));
    story(&lab, "{{ quote k01#99 }}");
    let broken = ask("/", &own);
    assert!(broken.starts_with("HTTP/1.1 500") && broken.contains("k01#99"), "{broken}");
    child.kill().unwrap();
    child.wait().unwrap();
}
