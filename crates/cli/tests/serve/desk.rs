//! Deliveries, custody, claims and stories over HTTP.

use super::Served;
use crate::common::{Lab, id};
use earwitness_testkit::{Delivery, Encoding, tone};
use serde_json::{Value, json};

#[test]
fn a_delivery_is_sent_looked_at_and_taken_in() {
    let lab = Lab::empty();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let delivery = Delivery::new()
        .sound("a.wav", tone(8000, 3.0, 440.0, 0.3))
        .row(&["a.wav", "24.02.2022 05:52", "3,0", "+380440000001", "+380440000002"])
        .table("calls.csv", ';', Encoding::Utf8);
    let (_, begun) = anna.post("/api/uploads", &json!({}));
    let upload = begun["upload"].as_str().unwrap().to_owned();
    let send = |name: &str, bytes: &[u8]| {
        let path = format!("/api/uploads/{upload}/files?name={name}");
        anna.raw_with("PUT", &path, &[("x-earwitness-csrf", anna.csrf.as_str())], bytes).status
    };
    for hostile in ["..%2Fevil.wav", "%2Fetc%2Fpasswd", "a%2F..%2F..%2Fevil", "a%00b", "a%0Ab", ""] {
        assert_eq!(send(hostile, b"x"), 422, "{hostile}");
    }
    for name in ["a.wav", "calls.csv"] {
        assert_eq!(send(&format!("calls%2F{name}"), &std::fs::read(delivery.path().join(name)).unwrap()), 200);
    }
    let (status, look) = anna.post(&format!("/api/uploads/{upload}/look"), &json!({}));
    assert_eq!(status, 200, "{look}");
    assert_eq!(
        (&look["files"][0]["verdict"], look["table"]["columns"].as_array().unwrap().len()),
        (&json!("accepted"), 5)
    );
    assert_eq!(lab.open().overview().unwrap().recordings, 0, "a look writes nothing");

    let stream = anna.events();
    let (status, begun) = anna.post(&format!("/api/uploads/{upload}/import"), &json!({"source": "a friend"}));
    assert_eq!(status, 200, "{begun}");
    let ended = stream.until("work", |work| work["id"] == begun["work"] && work["state"] != "running");
    assert_eq!((&ended["state"], &ended["result"]["added"]["calls"]), (&json!("done"), &json!(1)), "{ended}");
    assert_eq!(anna.get("/api/calls").1["calls"][0]["from"], "+380440000001");
    let (_, deliveries) = anna.get("/api/deliveries");
    assert_eq!(
        (&deliveries["deliveries"][0]["source"], &deliveries["deliveries"][0]["path"]),
        (&json!("a friend"), &json!("sent through the workbench"))
    );
    let (_, one) = anna.get("/api/deliveries/d1");
    let accepted = |file: &Value| file["name"] == "calls/a.wav" && file["verdict"] == "accepted";
    assert!(one["delivered"].as_array().unwrap().iter().any(accepted), "{one}");
    assert_eq!(one["rows"].as_array().unwrap().len(), 1);
    assert_eq!(anna.get("/api/deliveries/d9").0, 404);
    assert_eq!(anna.post(&format!("/api/uploads/{upload}/look"), &json!({})).0, 404, "it is gone");
    let left: Vec<_> =
        walk(&lab.root.join("derived/uploads")).into_iter().filter(|p| p.is_file() && !p.ends_with("lock")).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
    lab.run(&["verify"]).assert().success();
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn custody() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let (_, ledger) = anna.get("/api/ledger?limit=2");
    let total = ledger["total"].as_u64().unwrap();
    assert_eq!((ledger["entries"][0]["seq"].as_u64(), ledger["entries"].as_array().unwrap().len()), (Some(total), 2));
    assert_eq!(anna.get(&format!("/api/ledger?offset={total}")).1["entries"], json!([]));
    let stream = anna.events();
    let (_, begun) = anna.post("/api/verify", &json!({}));
    let ended = stream.until("work", |work| work["id"] == begun["work"] && work["state"] != "running");
    assert_eq!((&ended["result"]["whole"], &ended["result"]["originals"]), (&json!(true), &json!(2)), "{ended}");
    assert_eq!(anna.get("/api/work").1[0]["state"], "done");
    assert_eq!(anna.get("/api/status").1["waiting"]["calls"], 2, "no job heard the first one");
    assert_eq!(anna.post("/api/work/w99/stop", &json!({})).0, 404);
}

#[test]
fn claims_and_what_bears_on_them() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let claim = json!({"call": id(1), "turn": 2, "kind": "order", "what": "The crossing works", "basis": "firsthand", "who": ""});
    let (status, told) = anna.post("/api/claims", &claim);
    assert_eq!(status, 200, "{told}");
    let kept = &told["claims"][0];
    assert_eq!(
        (&kept["standing"], &kept["call_name"], &kept["by"]),
        (&json!("word_alone"), &json!("0311_0001.wav"), &json!("Anna"))
    );
    assert!(kept["sentence"].as_str().unwrap().contains("no evidence"), "{kept}");
    assert_eq!(
        anna.post("/api/claims", &json!({"call": id(1), "turn": 99, "kind": "order", "what": "x", "basis": "hearsay"}))
            .0,
        422
    );
    let bearing = json!({"evidence": "e9", "says": "denies", "why": "so"});
    assert_eq!(anna.post(&format!("/api/claims/{}/bearings", kept["id"].as_str().unwrap()), &bearing).0, 404);
    let text = std::fs::read(lab.root.join("earwitness.toml")).unwrap();
    std::fs::write(lab.path("paper.txt"), text).unwrap();
    lab.run(&["evidence", "add", "paper.txt", "--kind", "note", "--title", "A note", "--source", "found"])
        .assert()
        .success();
    let bearing = json!({"evidence": "e1", "says": "corroborates", "why": "it says so"});
    let (status, told) = anna.post("/api/claims/m1/bearings", &bearing);
    assert_eq!((status, &told["claims"][0]["standing"]), (200, &json!("corroborated")), "{told}");
    let (_, told) = anna.send("DELETE", "/api/claims/m1/bearings", Some(&json!({"evidence": "e1"})));
    assert_eq!(told["claims"][0]["bearings"], json!([]));
}

#[test]
fn a_story_is_written_checked_and_built() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let (status, story) = anna.post("/api/stories", &json!({"name": "column"}));
    assert_eq!(status, 200, "{story}");
    assert_eq!(anna.post("/api/stories", &json!({"name": "column"})).0, 409);
    for hostile in ["../x", "-x", "a b", ""] {
        assert_eq!(anna.post("/api/stories", &json!({"name": hostile})).0, 422, "{hostile}");
    }
    let text = format!(
        "+++\ntitle = \"A bridge\"\n[calls]\nk = \"{}\"\n+++\n\nThey talk.\n\n{{{{ quote k#2 silent }}}}\n",
        id(1)
    );
    let written = json!({"text": text, "based_on": story["version"]});
    let (status, story) = anna.put("/api/stories/column", &written);
    assert_eq!((status, &story["problems"]), (200, &json!([])), "{story}");
    assert_eq!((&story["quotes"][0]["label"], &story["quotes"][0]["level"]), (&json!("k#2"), &json!("decide")));
    assert_eq!(anna.put("/api/stories/column", &written).0, 409, "somebody was faster");
    let faulty = json!({"text": "no head", "based_on": story["version"]});
    assert!(!anna.put("/api/stories/column", &faulty).1["problems"].as_array().unwrap().is_empty());
    let version = anna.get("/api/stories/column").1["version"].clone();
    anna.put("/api/stories/column", &json!({"text": text, "based_on": version}));

    let (status, told) = anna.post("/api/stories/column/build", &json!({"draft": false}));
    assert!(status == 409 && told["error"]["what"].as_str().unwrap().contains("cannot be published"), "{told}");
    let (status, signed) = anna.post("/api/stories/column/sign", &json!({"quotes": [], "why": "--it is so"}));
    assert_eq!((status, &signed["quotes"][0]["signed"]), (200, &json!(true)), "{signed}");
    let (status, built) = anna.post("/api/stories/column/build", &json!({"draft": true}));
    assert_eq!(
        (status, &built["built"], &built["page"]),
        (200, &json!(true), &json!("/stories/column/draft/index.html")),
        "{built}"
    );
    let page = anna.raw("GET", "/stories/column/draft/index.html", &[]);
    assert!(page.status == 200 && page.header("content-security-policy").contains("frame-ancestors 'self'"));
    assert_eq!(served.stranger().raw("GET", "/stories/column/draft/index.html", &[]).status, 401);
    for hostile in [
        "draft/..%2Fstory.md",
        "draft/../story.md",
        "site/index.html",
        "..%2F..%2Fcatalog.sqlite",
        "draft/%2Fetc%2Fpasswd",
    ] {
        assert_eq!(anna.raw("GET", &format!("/stories/column/{hostile}"), &[]).status, 404, "{hostile}");
    }
    assert_eq!(anna.get("/api/stories").1["stories"][0]["title"], "A bridge");
}
