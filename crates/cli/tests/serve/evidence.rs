//! Evidence and the reports of deliveries over HTTP.

use super::Served;
use crate::common::{Lab, id};
use serde_json::{Value, json};

fn send(anna: &super::Client, query: &str, bytes: &[u8]) -> (u16, Value) {
    let csrf = [("x-earwitness-csrf", anna.csrf.as_str())];
    let answer = anna.raw_with("POST", &format!("/api/evidence?{query}"), &csrf, bytes);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

#[test]
fn a_document_is_sealed_described_and_taken_back() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let roster = b"line one\nline \xd1\x8f\n";
    let query = "kind=unit_roster&title=A%20page%20of%20a%20roster&source=From%20M.%2C%20on%20a%20card&key=D2\
        &name=C%3A%5Cpapers%5C%D0%BB%D0%B8%D1%81%D1%82.txt";
    let stream = served.client("Taras").events();
    let (status, told) = send(&anna, query, roster);
    assert_eq!((status, &told["id"], &told["was_new"]), (200, &json!("e1"), &json!(true)), "{told}");
    assert_eq!(stream.next("archive")["what"], "claims");
    let piece = &told["evidence"][0];
    assert_eq!(
        (&piece["title"], &piece["name"], &piece["by"], &piece["size"]),
        (&json!("A page of a roster"), &json!("лист.txt"), &json!("Anna"), &json!(roster.len()))
    );
    // The same bytes are kept once; another key for other bytes is asked for.
    assert_eq!(send(&anna, "kind=x&title=y&source=z", roster).1["was_new"], false);
    let (status, told) = send(&anna, "kind=x&title=y&source=z&key=D2", b"other bytes");
    assert_eq!((status, &told["error"]["code"]), (409, &json!("key_taken")), "{told}");
    assert_eq!(lab.open().documents().unwrap().len(), 1, "nothing was sealed");
    for (query, places) in [
        ("kind=two%20words&title=x&source=y", "kind"),
        ("kind=x&title=&source=", "title, source"),
        ("kind=x&title=x&source=y&url=https%3A%2F%2Fexample.org", "captured_at"),
        ("kind=x&title=x&source=y&url=https%3A%2F%2Fexample.org&captured_at=yesterday", "captured_at"),
    ] {
        let (status, told) = send(&anna, query, b"x");
        assert_eq!((status, &told["error"]["values"]["places"]), (422, &json!(places)), "{query}: {told}");
    }
    assert_eq!(send(&anna, "kind=x", b"x").0, 422);
    assert_eq!(send(&anna, "kind=x&title=x&source=y", b"").1["error"]["code"], "evidence_empty");

    let (_, one) = anna.get("/api/evidence/D2");
    assert_eq!((&one["begins"], &one["evidence"]["id"]), (&json!("line one\nline я\n"), &json!("e1")));
    let file = anna.raw("GET", "/api/evidence/e1/file", &[]);
    assert_eq!((file.status, file.body.as_slice()), (200, roster.as_slice()));
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''%D0%BB%D0%B8%D1%81%D1%82.txt");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(anna.get("/api/evidence/e9").0, 404);

    anna.post(
        "/api/claims",
        &json!({"call": id(1), "turn": 2, "kind": "order", "what": "The crossing works", "basis": "firsthand"}),
    );
    let bearing = |why: &str| json!({"evidence": "e1", "says": "contradicts", "why": why});
    let (status, told) = anna.post("/api/claims/m1/bearings", &bearing(" "));
    assert_eq!((status, &told["error"]["values"]["places"]), (422, &json!("why")));
    assert_eq!(anna.post("/api/claims/m1/bearings", &bearing("it gives another day")).0, 200);
    let on = &anna.get("/api/evidence").1["evidence"][0]["bears_on"][0];
    assert_eq!(
        (&on["claim"], &on["standing"], &on["by"]),
        (&json!("m1"), &json!("contradicted"), &json!("Anna")),
        "{on}"
    );
    let (_, told) = anna.send("PATCH", "/api/evidence/e1", Some(&json!({"title": "Another page", "key": ""})));
    assert_eq!((&told["evidence"][0]["title"], &told["evidence"][0]["revision"]), (&json!("Another page"), &json!(2)));
    let (_, told) = anna.send("DELETE", "/api/evidence/e1", None);
    assert_eq!(told["evidence"], json!([]));
    assert_eq!(anna.get("/api/claims").1["claims"][0]["standing"], "word_alone");
    lab.run(&["verify"]).assert().success();
}

#[test]
fn sealing_needs_a_page_with_a_name() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    assert_eq!(send(&served.visitor(), "kind=x&title=x&source=y", b"x").1["error"]["code"], "nobody_signed_in");
    assert_eq!(send(&served.stranger(), "kind=x&title=x&source=y", b"x").0, 401);
    let still = Served::start(&lab, &["--read-only"]);
    let (status, told) = send(&still.client("Anna"), "kind=x&title=x&source=y", b"x");
    assert_eq!((status, &told["error"]["code"]), (403, &json!("read_only")));
    assert!(lab.open().documents().unwrap().is_empty());
}

#[test]
fn claims_are_changed_and_taken_back() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let claim = json!({"call": id(1), "turn": 2, "kind": "order", "what": "The crossing works", "basis": "firsthand", "who": "they"});
    anna.post("/api/claims", &claim);
    let (status, told) =
        anna.send("PATCH", "/api/claims/m1", Some(&json!({"what": "It works", "who": "", "basis": "hearsay"})));
    let claim = &told["claims"][0];
    assert_eq!(
        (status, &claim["what"], &claim["who"], &claim["basis"], &claim["turn"]),
        (200, &json!("It works"), &Value::Null, &json!("hearsay"), &json!(2))
    );
    let (_, told) = anna.send("PATCH", "/api/claims/m1", Some(&json!({"turn": 1})));
    assert_eq!(
        (&told["claims"][0]["turn"], &told["claims"][0]["said"][0]["text"]),
        (&json!(1), &json!("Слышу тебя, сынок.")),
        "{told}"
    );
    assert_eq!(anna.send("PATCH", "/api/claims/m1", Some(&json!({"turn": 77}))).0, 422);
    assert_eq!(anna.send("PATCH", "/api/claims/m9", Some(&json!({}))).0, 404);
    assert_eq!(anna.send("DELETE", "/api/claims/m1", None).1["claims"], json!([]));
    assert_eq!(lab.json(&["claims"]), json!([]));
}

#[test]
fn the_report_of_an_earlier_delivery_in_pages() {
    let lab = Lab::empty();
    let delivery = earwitness_testkit::Delivery::new()
        .sound("a.wav", earwitness_testkit::tone(8000, 3.0, 440.0, 0.3))
        .file("b.wav", b"no sound at all")
        .row(&["a.wav", "24.02.2022 05:52", "3,0", "+380440000001", "+380440000002"])
        .row(&["c.wav", "25.02.2022 05:52", "3,0", "+380440000001", "+380440000002"])
        .table("calls.csv", ';', earwitness_testkit::Encoding::Utf8);
    let imported =
        lab.run(&["import", &delivery.path().display().to_string(), "--source", "a friend"]).output().unwrap();
    assert!(matches!(imported.status.code(), Some(0 | 1)));
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let (status, report) = anna.get("/api/deliveries/d1/report");
    assert_eq!((status, &report["source"], &report["total"]), (200, &json!("a friend"), &json!(2)), "{report}");
    let files = report["files"].as_array().unwrap();
    let named = |name: &str| files.iter().find(|file| file["name"].as_str().unwrap().ends_with(name)).unwrap();
    let (a, b) = (named("a.wav"), named("b.wav"));
    assert!(a["line"] == 2 && a["duration"] == 3.0 && a["call"].is_string() && a["call_name"] == "a.wav", "{a}");
    assert!(
        b["verdict"] == "not_audio" && b["call"].is_null() && b["reason"].as_str().unwrap().contains("text"),
        "{b}"
    );
    let columns = report["table"]["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 5);
    assert!(columns.iter().any(|column| column["field"] == "file") && report["table"]["rows"] == 2, "{report}");
    assert!(report["faults"].as_array().unwrap().iter().any(|fault| fault["line"] == 3), "{report}");
    let broken = anna.get("/api/deliveries/d1/report?verdict=not_audio").1;
    assert_eq!((&broken["total"], broken["files"].as_array().unwrap().len()), (&json!(1), 1));
    let page = anna.get("/api/deliveries/d1/report?offset=1&limit=1").1;
    assert_eq!((&page["total"], page["files"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(anna.get("/api/deliveries/d9/report").1["error"]["values"]["wanted"], "d9");
}
