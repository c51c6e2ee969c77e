//! `earwitness serve`, over HTTP as a browser speaks it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod serve;

use common::{Lab, earwitness, id};
use predicates::str::contains;
use serde_json::{Value, json};
use serve::{Client, Served};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The turns of a call as a page sends them back.
fn turns(call: &Value) -> Value {
    let all = call["turns"].as_array().unwrap().iter().map(|turn| {
        json!({"start": turn["start"], "end": turn["end"], "channel": turn["channel"], "speaker": turn["speaker"],
            "text": turn["text"]})
    });
    all.collect()
}

#[test]
fn only_the_printed_address_opens_a_session() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let stranger = served.stranger();
    assert_eq!(stranger.get("/api/session").0, 401);
    assert_eq!(stranger.get("/api/calls").0, 401);
    let (status, page) = stranger.text("/");
    assert!(status == 401 && page.contains("Open the address that the terminal printed"), "{page}");
    assert_eq!(stranger.text("/open?token=0000").0, 401);
    assert_eq!(stranger.text("/open").0, 401);

    let anna = served.client("Anna");
    let (status, session) = anna.get("/api/session");
    assert_eq!((status, &session["person"], &session["archive"]["calls"]), (200, &json!("Anna"), &json!(2)));
    let page = anna.raw("GET", "/", &[]);
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'; script-src 'self'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(anna.get("/api/nothing").0, 404);
    assert_eq!(anna.text("/../Cargo.toml").0, 404);
    // Another opening is another session: nobody is signed in there.
    assert_eq!(served.visitor().get("/api/session").1["person"], Value::Null);
}

#[test]
fn changes_come_from_our_own_pages_by_somebody_with_a_name() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let person = json!({"name": "Artyom"});
    let nameless = served.visitor();
    let (status, told) = nameless.post("/api/people", &person);
    assert_eq!((status, told["error"]["next"].as_str().unwrap()), (403, "say who you are"));

    let anna = served.client("Anna");
    let body = person.to_string();
    let csrf = anna.csrf.clone();
    let with = |extra: &[(&str, &str)]| {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(extra);
        anna.raw_with("POST", "/api/people", &headers, body.as_bytes()).status
    };
    assert_eq!(with(&[]), 403, "without the page's secret");
    assert_eq!(with(&[("x-earwitness-csrf", "wrong")]), 403);
    assert_eq!(with(&[("x-earwitness-csrf", &csrf), ("origin", "http://evil.example")]), 403);
    assert_eq!(with(&[("x-earwitness-csrf", &csrf), ("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(with(&[("x-earwitness-csrf", &csrf), ("host", "evil.example")]), 403, "rebinding");
    let own = format!("http://{}", served.host);
    assert_eq!(with(&[("x-earwitness-csrf", &csrf), ("origin", &own)]), 200);
    assert_eq!(anna.raw("GET", "/api/calls", &[("host", "evil.example:80")]).status, 403);
    let local = format!("localhost:{}", served.host.rsplit(':').next().unwrap());
    assert_eq!(anna.raw("GET", "/api/calls", &[("host", &local)]).status, 200);
    let archive = lab.open();
    let record = archive.newest_record("person", "p1").unwrap().unwrap();
    assert_eq!(record.author.to_string(), "person:Anna");
}

#[test]
fn read_only_changes_nothing() {
    let lab = Lab::new();
    let before = lab.open().ledger_head().unwrap();
    let served = Served::start(&lab, &["--read-only"]);
    let anna = served.client("Anna");
    assert_eq!(anna.get("/api/session").1["read_only"], true);
    let (status, told) = anna.post("/api/people", &json!({"name": "Artyom"}));
    assert_eq!(status, 403);
    assert!(told["error"]["what"].as_str().unwrap().contains("read only"), "{told}");
    let (_, call) = anna.get(&format!("/api/calls/{}", id(1)));
    let edited = json!({"based_on": call["revision"]["id"], "turns": turns(&call)});
    assert_eq!(anna.put(&format!("/api/calls/{}/transcript", id(1)), &edited).0, 403);
    assert_eq!(anna.get("/api/search?q=%D0%BC%D0%BE%D1%81%D1%82").1["total_turns"], 1);
    assert_eq!(lab.open().ledger_head().unwrap(), before);
}

#[test]
fn other_machines_are_refused_and_a_taken_port_is_told() {
    let lab = Lab::new();
    lab.run(&["serve", "--addr", "0.0.0.0:0"]).assert().code(2).stderr(contains("other machines"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    lab.run(&["serve", "--port", &port]).assert().code(1).stderr(contains("--port 0"));
    earwitness()
        .args(["--archive", "/nowhere", "serve"])
        .assert()
        .code(1)
        .stderr(contains("not an earwitness archive"));
}

#[test]
fn it_ends_cleanly_while_pages_listen() {
    let lab = Lab::new();
    let mut served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let stream = anna.events();
    assert!(stream.head.contains("text/event-stream"), "{}", stream.head);
    let began = Instant::now();
    assert!(served.interrupt().success());
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[test]
fn it_ends_by_itself_when_nobody_uses_it() {
    let lab = Lab::new();
    let mut served = Served::start(&lab, &["--idle", "0.05"]);
    let anna = served.client("Anna");
    let stream = anna.events();
    assert_eq!(served.ended(Duration::from_secs(5)), None, "a page is open");
    drop(stream);
    // Strangers do not keep it awake.
    let stranger = served.stranger();
    let began = Instant::now();
    let ended = loop {
        if let Some(status) = served.ended(Duration::from_millis(300)) {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it goes on");
        assert_ne!(stranger.probe("/api/calls"), Some(200));
    };
    assert!(ended.success());
    lab.run(&["serve", "--idle", "0"]).assert().code(2).stderr(contains("minutes"));
    lab.run(&["serve", "--idle", "soon"]).assert().code(2);
}

#[test]
fn errors_have_names() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let code = |(_, told): (u16, Value)| told["error"]["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(code(served.stranger().get("/api/calls")), "no_session");
    assert_eq!(code(served.visitor().post("/api/people", &json!({"name": "X"}))), "nobody_signed_in");
    assert_eq!(code(anna.get("/api/nothing")), "not_found");
    assert_eq!(code(anna.get("/api/calls?limit=-1")), "unclear");
    let (_, told) = anna.get("/api/calls?q=state:lost");
    assert_eq!((&told["error"]["code"], &told["error"]["values"]), (&json!("no_state"), &json!({"word": "lost"})));
    assert_eq!(code(anna.get("/api/search?q=(")), "query");
    let (_, told) = anna.get("/api/calls/c0000000000");
    assert_eq!((&told["error"]["code"], &told["error"]["values"]["kind"]), (&json!("not_found"), &json!("call")));
    assert_eq!(code(anna.post("/api/work/w9/stop", &json!({}))), "work_not_running");
    anna.post("/api/people", &json!({"name": "Artyom"}));
    let (_, told) = anna.post("/api/people", &json!({"name": "Artyom"}));
    assert_eq!(
        (&told["error"]["code"], &told["error"]["values"]),
        (&json!("name_taken"), &json!({"name": "Artyom", "id": "p1"}))
    );
    let (_, call) = anna.get(&format!("/api/calls/{}", id(1)));
    let mut edited = json!({"based_on": "r0", "turns": turns(&call)});
    let path = format!("/api/calls/{}/transcript", id(1));
    assert_eq!(code(anna.put(&path, &edited)), "overtaken");
    edited["based_on"] = call["revision"]["id"].clone();
    edited["turns"][0]["text"] = "".into();
    assert_eq!(code(anna.put(&path, &edited)), "transcript_form");
    assert_eq!(code(anna.get("/api/stories/none")), "no_story");
}

#[test]
fn calls_are_listed_filtered_sorted_and_counted() {
    let lab = Lab::new();
    for n in 3..=12 {
        lab.add_call(n);
    }
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let list = |query: &str| anna.get(&format!("/api/calls?{query}")).1;
    let all = list("");
    assert_eq!((&all["total"], all["calls"].as_array().unwrap().len()), (&json!(12), 12));
    let first = &all["calls"][0];
    assert_eq!(
        (&first["id"], &first["state"], &first["turns"], &first["doubts"]),
        (&json!(id(1)), &json!("machine"), &json!(3), &json!(1))
    );
    assert_eq!(
        (&first["name"], &first["language"], &first["from"]),
        (&json!("0311_0001.wav"), &json!("ru"), &json!("+380440000001"))
    );
    assert_eq!(
        (&first["has_translation"], &first["stale_translation"], &first["place"]),
        (&json!(true), &json!(false), &json!("K7"))
    );
    let page = list("offset=10&limit=5");
    assert_eq!((page["total"].as_u64(), page["calls"].as_array().unwrap().len()), (Some(12), 2));
    assert_eq!(list("sort=-started&limit=1")["calls"][0]["id"], id(12));
    assert_eq!(list("sort=-doubts&limit=1")["calls"][0]["id"], id(1));
    for (filters, total) in [
        ("state:machine", 1),
        ("-state:machine", 11),
        ("state:waiting+date:2022-03-05..2022-03-06", 2),
        ("has:doubt", 1),
        ("lang:uk", 0),
        ("from:%2B380440000001", 12),
        ("file:*0003*", 1),
    ] {
        assert_eq!(list(&format!("q={filters}"))["total"], total, "{filters}");
    }
    let (status, told) = anna.get("/api/calls?q=state:lost");
    assert_eq!(status, 422);
    assert!(told["error"]["what"].as_str().unwrap().contains("lost") && told["error"]["next"].is_string(), "{told}");
    assert_eq!(anna.get("/api/calls?sort=size").0, 422);
    assert_eq!(anna.get("/api/calls?limit=-1").0, 422);

    let (_, facets) = anna.get("/api/calls/facets");
    assert_eq!((&facets["total"], facets["days"].as_array().unwrap().len()), (&json!(12), 12));
    assert_eq!(facets["languages"], json!([{"value": "ru", "count": 1}]));
    assert_eq!(facets["phones"][0]["count"], 12);
    assert_eq!(anna.get("/api/calls/facets?q=state:machine").1["days"][0]["value"], "2022-03-01");
    // What another program does is seen at once.
    lab.hear(2);
    assert_eq!(list("q=state:machine")["total"], 2);
}

#[test]
fn a_call_is_shown_whole() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let (status, call) = anna.get(&format!("/api/calls/{}", id(1)));
    assert_eq!(status, 200);
    assert_eq!(
        (&call["revision"]["by"], &call["translation"]["stale"], &call["reviewed"]),
        (&json!("machine"), &json!(false), &json!([]))
    );
    assert_eq!(call["recording"]["files"], json!(["march/0311_0001.wav"]));
    let turn = &call["turns"][2];
    assert_eq!(
        (&turn["doubt"]["reason"], &turn["by"], &turn["translation_by"]),
        (&json!("low_confidence"), &json!("machine"), &json!("machine"))
    );
    assert_eq!((turn["words"].as_array().unwrap().len(), &turn["words"][0]["w"]), (4, &json!("Мост")));
    assert_eq!(call["speakers"][0]["label"], "A");
    let (_, waiting) = anna.get(&format!("/api/calls/{}", id(2)));
    assert_eq!(
        (&waiting["state"], &waiting["revision"], &waiting["turns"]),
        (&json!("waiting"), &Value::Null, &json!([]))
    );
    for unknown in ["c0000000000", "..%2F..%2Fetc%2Fpasswd", "%00"] {
        let (status, told) = anna.get(&format!("/api/calls/{unknown}"));
        assert!(status == 404 && told["error"]["what"].is_string(), "{unknown}: {status} {told}");
    }
}

#[test]
fn sound_comes_in_ranges() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let path = format!("/api/calls/{}/sound", id(1));
    let whole = anna.raw("GET", &path, &[]);
    assert_eq!((whole.status, whole.body.len()), (200, 44 + 16_000));
    assert_eq!((whole.header("accept-ranges").as_str(), whole.header("content-type").as_str()), ("bytes", "audio/wav"));
    assert_eq!(&whole.body[..4], b"RIFF");
    assert_eq!(whole.body[44..], common::sound(1)[44..], "16-bit sound comes through bit for bit");
    let range = |text: &str| anna.raw("GET", &path, &[("range", text)]);
    let first = range("bytes=0-99");
    assert_eq!((first.status, first.header("content-range").as_str()), (206, "bytes 0-99/16044"));
    assert_eq!(first.body, whole.body[..100]);
    let last = range("bytes=-100");
    assert_eq!((last.status, &last.body[..]), (206, &whole.body[whole.body.len() - 100..]));
    assert_eq!(range("bytes=16000-99999").body, whole.body[16_000..]);
    let beyond = range("bytes=16044-");
    assert_eq!((beyond.status, beyond.header("content-range").as_str()), (416, "bytes */16044"));

    let part = anna.raw("GET", &format!("{path}?part=0.25-0.5"), &[]);
    assert_eq!((part.status, part.body.len()), (200, 44 + 4000));
    assert_eq!(part.body[44..], whole.body[44 + 4000..44 + 8000]);
    for wrong in ["1-0", "x-y", "-1-2", "0-1e400", "0-9999", "NaN-1"] {
        assert_eq!(anna.raw("GET", &format!("{path}?part={wrong}"), &[]).status, 422, "{wrong}");
    }
    let (_, peaks) = anna.get(&format!("/api/calls/{}/peaks?per_second=10", id(1)));
    assert_eq!((&peaks["duration"], peaks["channels"][0].as_array().unwrap().len()), (&json!(1.0), 10));
    let loudest = peaks["channels"][0][5].as_f64().unwrap();
    assert!((0.29..0.31).contains(&loudest), "{loudest}");
    assert_eq!(anna.get(&format!("/api/calls/{}/peaks?per_second=0", id(1))).0, 422);
    assert_eq!(anna.raw("GET", "/api/calls/c0000000000/sound", &[]).status, 404);
}

#[test]
fn a_correction_is_kept_with_its_author_and_found() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let (anna, taras) = (served.client("Anna"), served.client("Taras"));
    let path = format!("/api/calls/{}", id(1));
    let (_, call) = anna.get(&path);
    let mut edited =
        json!({"based_on": call["revision"]["id"], "tab": "t1", "turns": turns(&call), "translation": null});
    let (status, same) = anna.put(&format!("{path}/transcript"), &edited);
    assert_eq!((status, &same["revision"]["id"]), (200, &call["revision"]["id"]), "nothing changed, nothing kept");

    let stream = taras.events();
    edited["turns"][2]["text"] = "Мост цел, понтонная переправа работает.".into();
    let (status, after) = anna.put(&format!("{path}/transcript"), &edited);
    assert_eq!(status, 200, "{after}");
    assert_eq!((&after["revision"]["author"], &after["state"]), (&json!("Anna"), &json!("corrected")));
    assert_eq!((&after["turns"][2]["by"], &after["turns"][0]["by"]), (&json!("person"), &json!("machine")));
    assert_eq!(after["turns"][2]["words"][0], call["turns"][2]["words"][0], "words that stayed keep their times");
    assert_eq!(
        (&after["turns"][2]["translation_stale"], &after["turns"][0]["translation_stale"]),
        (&json!(true), &json!(false))
    );
    let told = stream.next("call");
    assert_eq!((&told["call"], &told["by"], &told["tab"]), (&json!(id(1)), &json!("Anna"), &json!("t1")));

    // Whoever was slower is told, and nothing is overwritten.
    edited["turns"][0]["text"] = "Мама, это Артём.".into();
    let (status, conflict) = taras.put(&format!("{path}/transcript"), &edited);
    assert_eq!((status, &conflict["current"]["transcript"]["author"]), (409, &json!("Anna")), "{conflict}");
    let (_, found) = taras.get("/api/search?q=%D0%BF%D0%BE%D0%BD%D1%82%D0%BE%D0%BD%D0%BD%D1%8B%D0%B9");
    assert_eq!(
        (&found["total_turns"], &found["hits"][0]["call"], &found["hits"][0]["turn"]),
        (&json!(1), &json!(id(1)), &json!(2))
    );
    let pieces = found["hits"][0]["text"].as_array().unwrap();
    assert!(pieces.iter().any(|p| p["hit"] == true && p["t"] == "понтонная"), "{found}");
    assert_eq!(found["facets"]["months"], json!([{"value": "2022-03", "count": 1}]));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn the_translation_is_corrected_beside_the_transcript() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let path = format!("/api/calls/{}", id(1));
    let (_, call) = anna.get(&path);
    let line = |n: usize, text: &str| {
        let turn = &call["turns"][n];
        json!({"start": turn["start"], "end": turn["end"], "channel": turn["channel"], "text": text})
    };
    let mut edited = json!({"based_on": call["revision"]["id"], "turns": turns(&call), "translation": [line(1, "I can hear you, son.")]});
    assert_eq!(anna.put(&format!("{path}/transcript"), &edited).0, 409, "it does not say which translation it shows");
    edited["translation_based_on"] = call["translation"]["id"].clone();
    let (status, after) = anna.put(&format!("{path}/transcript"), &edited);
    assert_eq!((status, &after["revision"]["id"]), (200, &call["revision"]["id"]), "the transcript stays");
    assert_eq!((&after["translation"]["author"], &after["translation"]["stale"]), (&json!("Anna"), &json!(false)));
    assert_eq!(
        (&after["turns"][1]["translation"], &after["turns"][1]["translation_by"]),
        (&json!("I can hear you, son."), &json!("person"))
    );
    assert_eq!(after["turns"][0]["translation_by"], "machine");
    assert_eq!(anna.put(&format!("{path}/transcript"), &edited).0, 409, "another translation stands now");
}

#[test]
fn doubts_unintelligible_words_and_what_cannot_be() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let path = format!("/api/calls/{}", id(1));
    let (_, call) = anna.get(&path);
    let mut edited = json!({"based_on": call["revision"]["id"], "turns": turns(&call)});
    edited["turns"][0]["text"] = "".into();
    let (status, told) = anna.put(&format!("{path}/transcript"), &edited);
    assert!(status == 422 && told["error"]["why"].as_str().unwrap().contains("turn 1"), "{told}");
    edited["turns"][0]["unintelligible"] = true.into();
    edited["turns"][2]["settled"] = true.into();
    let (_, after) = anna.put(&format!("{path}/transcript"), &edited);
    assert_eq!(
        (&after["turns"][0]["doubt"]["reason"], &after["turns"][2]["doubt"]),
        (&json!("unintelligible"), &Value::Null)
    );
    edited["based_on"] = after["revision"]["id"].clone();
    edited["turns"][1]["start"] = (-5.0).into();
    assert_ne!(anna.put(&format!("{path}/transcript"), &edited).0, 500);
    assert_eq!(anna.put(&format!("{path}/transcript"), &json!({"turns": 3})).0, 422);
    assert_eq!(anna.put("/api/calls/c0000000000/transcript", &json!({"based_on": "r1", "turns": []})).0, 404);
}

#[test]
fn history_differences_and_restoring() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let path = format!("/api/calls/{}", id(1));
    let (_, call) = anna.get(&path);
    let mut edited = json!({"based_on": call["revision"]["id"], "turns": turns(&call)});
    edited["turns"][1]["text"] = "Слышу тебя, доченька.".into();
    let (_, after) = anna.put(&format!("{path}/transcript"), &edited);
    let (_, all) = anna.get(&format!("{path}/revisions"));
    assert_eq!(
        (all["transcripts"][0]["number"].as_u64(), all["transcripts"][1]["by"].as_str()),
        (Some(2), Some("machine"))
    );
    let first = call["revision"]["id"].as_str().unwrap();
    let second = after["revision"]["id"].as_str().unwrap();
    let (_, diff) = anna.get(&format!("{path}/diff?from={first}&to={second}"));
    assert_eq!(diff["lines"].as_array().unwrap().len(), 1);
    let line = &diff["lines"][0];
    assert_eq!(
        (&line["kind"], &line["before"], &line["after"]),
        (&json!("changed"), &json!("Слышу тебя, сынок."), &json!("Слышу тебя, доченька."))
    );
    assert!(line["words"].as_array().unwrap().contains(&json!({"kind": "removed", "text": "сынок."})), "{line}");
    let (_, old) = anna.get(&format!("{path}/revisions/{first}"));
    assert_eq!(old["turns"][1]["text"], "Слышу тебя, сынок.");
    assert_eq!(anna.get(&format!("/api/calls/{}/revisions/{first}", id(2))).0, 404, "a revision of another call");

    let (status, back) = anna.post(&format!("{path}/restore"), &json!({"revision": first}));
    assert_eq!(status, 200, "{back}");
    assert_eq!((&back["revision"]["number"], &back["turns"][1]["text"]), (&json!(3), &json!("Слышу тебя, сынок.")));
    assert_eq!(
        (&back["turns"][1]["by"], &back["translation"]["stale"]),
        (&json!("machine"), &json!(false)),
        "its translation goes along"
    );
    lab.run(&["verify"]).assert().success();
}

#[test]
fn four_eyes() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let (anna, taras) = (served.client("Anna"), served.client("Taras"));
    let path = format!("/api/calls/{}", id(1));
    let (_, call) = anna.get(&path);
    let mut edited = json!({"based_on": call["revision"]["id"], "turns": turns(&call)});
    edited["turns"][1]["text"] = "Слышу, сынок.".into();
    let (_, call) = anna.put(&format!("{path}/transcript"), &edited);
    let read = json!({"what": "transcript", "revision": call["revision"]["id"]});
    let (status, told) = anna.post(&format!("{path}/reviewed"), &read);
    assert!(status == 409 && told["error"]["what"].as_str().unwrap().contains("second person"), "{told}");
    let (status, call) = taras.post(&format!("{path}/reviewed"), &read);
    assert_eq!((status, &call["reviewed"][0]["by"], &call["state"]), (200, &json!("Taras"), &json!("reviewed")));
    assert_eq!(anna.get("/api/calls?q=state:reviewed").1["total"], 1);
    assert_eq!(taras.post(&format!("{path}/reviewed"), &json!({"what": "transcript", "revision": "r0"})).0, 409);
    assert_eq!(lab.json(&["show", &id(1)])["revisions"].as_array().unwrap().len(), 3);
}

#[test]
fn who_speaks_is_corrected_and_named() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let path = format!("/api/calls/{}/speakers", id(1));
    let named = json!({"action": "assign", "label": "A", "person": null, "new_person": "Artyom"});
    let (status, call) = anna.post(&path, &named);
    assert_eq!(status, 200, "{call}");
    assert_eq!(
        (&call["speakers"][0]["name"], &call["speakers"][0]["standing"]),
        (&json!("Artyom"), &json!("confirmed"))
    );
    assert_eq!(anna.post(&path, &named).0, 409, "there is an Artyom already");
    assert_eq!(anna.get("/api/calls").1["calls"][0]["people"], json!(["Artyom"]));
    assert_eq!(anna.get("/api/calls?q=person:Artyom").1["total"], 1);
    assert_eq!(anna.get("/api/calls/facets").1["people"][0], json!({"value": "p1", "label": "Artyom", "count": 1}));
    let (_, people) = anna.get("/api/people");
    assert_eq!(
        (&people["people"][0]["links"][0]["kind"], &people["people"][0]["calls"][0]["id"]),
        (&json!("speaker"), &json!(id(1)))
    );
    let (_, call) = anna.post(&path, &json!({"action": "merge", "from": "B", "into": "A"}));
    let labels: BTreeSet<&str> =
        call["turns"].as_array().unwrap().iter().map(|t| t["speaker"].as_str().unwrap()).collect();
    assert_eq!(labels, BTreeSet::from(["A"]));
    assert_eq!(anna.post(&path, &json!({"action": "undo"})).1["turns"][1]["speaker"], "B");
    assert_eq!(
        anna.post(&path, &json!({"action": "side", "label": "A", "side": "caller"})).1["speakers"][0]["side"],
        "caller"
    );
    let (_, call) = anna.post(&path, &json!({"action": "assign", "label": "A", "person": null, "new_person": null}));
    assert_eq!(call["speakers"][0]["name"], Value::Null);
    assert_eq!(anna.post(&path, &json!({"action": "sing"})).0, 422);
    assert_eq!(anna.post(&path, &json!({"action": "merge", "from": "X", "into": "A"})).0, 404);
}

#[test]
fn people_phones_voices_and_the_network() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let (status, told) = anna.post("/api/people", &json!({"name": "Artyom", "role": "soldier"}));
    assert_eq!((status, &told["id"], &told["people"][0]["role"]), (200, &json!("p1"), &json!("soldier")));
    let link = json!({"target": "+380440000001", "standing": "suggested", "evidence": "he says so"});
    let (_, told) = anna.post("/api/people/p1/links", &link);
    assert_eq!((&told["id"], &told["people"][0]["links"][0]["evidence"]), (&json!("l1"), &json!("he says so")));
    let (_, told) = anna.post("/api/links/l1", &json!({"standing": "confirmed", "evidence": "his mother, too"}));
    assert_eq!(
        (&told["people"][0]["links"][0]["standing"], &told["people"][0]["links"][0]["by"]),
        (&json!("confirmed"), &json!("Anna"))
    );
    let (_, told) = anna.send("PATCH", "/api/people/p1", Some(&json!({"alias": "The youngest", "protected": true})));
    assert_eq!((&told["people"][0]["name"], &told["people"][0]["protected"]), (&json!("Artyom"), &json!(true)));
    assert_eq!(anna.send("PATCH", "/api/people/p9", Some(&json!({}))).0, 404);
    let (_, phones) = anna.get("/api/phones");
    assert_eq!(
        (&phones["phones"][0]["calls"], &phones["phones"][0]["people"][0]["name"]),
        (&json!(2), &json!("Artyom"))
    );
    let (_, network) = anna.get("/api/network");
    assert!(
        network["nodes"].as_array().unwrap().iter().any(|n| n["kind"] == "person")
            && !network["links"].as_array().unwrap().is_empty()
    );
    let (_, voices) = anna.get("/api/voices");
    assert_eq!(voices["suggestions"], json!([]));
    let decision = json!({"a": format!("{}:A", id(1)), "b": format!("{}:B", id(1)), "decision": "same"});
    assert_eq!(anna.post("/api/voices/decide", &decision).0, 404, "nobody measured these voices");
}

#[test]
fn who_else_has_a_call_open() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let (anna, taras) = (served.client("Anna"), served.client("Taras"));
    let path = format!("/api/calls/{}/presence", id(1));
    assert_eq!(anna.post(&path, &json!({"tab": "x", "editing": true})).1["people"], json!([]));
    let stream = anna.events();
    assert_eq!(taras.post(&path, &json!({"tab": "y", "editing": true})).1["people"], json!(["Anna"]));
    assert_eq!(stream.next("presence")["people"], json!(["Anna", "Taras"]));
    assert_eq!(taras.post("/api/calls/c0/presence", &json!({"tab": "y"})).0, 404);
}

/// Twenty people read and correct for `length`: what each was told to be kept is there, and the ledger holds.
fn load(length: Duration) {
    let lab = Lab::new();
    let calls = 6;
    for n in 3..=calls {
        lab.add_call(n);
    }
    (2..=calls).for_each(|n| drop(lab.hear(n)));
    let served = Served::start(&lab, &[]);
    let (kept, conflicts, reads) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let slowest = AtomicUsize::new(0);
    let end = Instant::now() + length;
    thread::scope(|scope| {
        for worker in 0..20 {
            let (served, kept, conflicts, reads, slowest) = (&served, &kept, &conflicts, &reads, &slowest);
            scope.spawn(move || {
                let client: Client = served.client(&format!("Person {worker}"));
                for round in 0.. {
                    if Instant::now() > end {
                        break;
                    }
                    let path = format!("/api/calls/{}", id(1 + (worker + round) % calls));
                    let (status, call) = client.get(&path);
                    assert_eq!(status, 200);
                    reads.fetch_add(1, Ordering::Relaxed);
                    let mut edited = json!({"based_on": call["revision"]["id"], "turns": turns(&call)});
                    edited["turns"][1]["text"] = format!("Слышу тебя {worker} {round}").into();
                    let began = Instant::now();
                    match client.put(&format!("{path}/transcript"), &edited) {
                        (200, after) => {
                            assert_eq!(after["revision"]["author"], format!("Person {worker}"));
                            kept.fetch_add(1, Ordering::Relaxed);
                        }
                        (409, _) => drop(conflicts.fetch_add(1, Ordering::Relaxed)),
                        (status, told) => panic!("{status}: {told}"),
                    }
                    slowest.fetch_max(began.elapsed().as_millis() as usize, Ordering::Relaxed);
                    assert_eq!(client.get("/api/calls?limit=50").0, 200);
                    assert_eq!(client.get("/api/search?q=%D1%81%D0%BB%D1%8B%D1%88%D1%83").0, 200);
                }
            });
        }
    });
    let kept = kept.into_inner();
    let archive = lab.open();
    let revisions: usize = (1..=calls)
        .map(|n| archive.revision_heads(&common::call(n).id).unwrap())
        .map(|all| all.iter().filter(|r| r.kind == "transcript" && r.author.is_person()).count())
        .sum();
    assert_eq!(revisions, kept, "what was told to be kept is there, and nothing else");
    assert!(kept > 0);
    println!(
        "20 clients, {} s: {} calls read, {kept} corrections kept, {} conflicts told, slowest correction {} ms",
        length.as_secs(),
        reads.into_inner(),
        conflicts.into_inner(),
        slowest.into_inner()
    );
    drop(served);
    lab.run(&["verify"]).assert().success();
}

#[test]
fn twenty_people_at_once_lose_nothing() {
    load(Duration::from_secs(4));
}

#[test]
#[ignore = "a minute long: cargo nextest run -p earwitness-cli --run-ignored only twenty_people"]
fn twenty_people_for_a_minute_lose_nothing() {
    load(Duration::from_secs(60));
}
