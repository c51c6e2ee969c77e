//! Long work over HTTP: listening with real weights, to its end and stopped.

use super::Served;
use crate::common::Lab;
use earwitness_testkit::{Delivery, demo, models_ready};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

/// An archive with some calls of the demonstration that nobody heard.
fn taken_in(names: &[&str]) -> Lab {
    let lab = Lab::empty();
    let mut delivery = Delivery::new();
    for name in names {
        delivery = delivery.file(name, fs::read(demo().join("audio").join(name)).unwrap());
    }
    lab.run(&["import", &delivery.path().display().to_string()]).assert().success();
    lab
}

fn finished(anna: &super::Client, work: &Value) -> Value {
    let began = Instant::now();
    loop {
        let (_, all) = anna.get("/api/work");
        let found = all.as_array().unwrap().iter().find(|one| one["id"] == work["work"]).cloned().unwrap();
        if found["state"] != "running" {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(240), "{found}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_delivery_is_heard_to_its_end() {
    if !models_ready() {
        return;
    }
    let lab = taken_in(&["0310_130241_k40.wav"]);
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    assert_eq!(anna.get("/api/calls").1["calls"][0]["state"], "waiting");
    let stream = anna.events();
    let (status, begun) = anna.post("/api/process", &json!({}));
    assert_eq!(status, 200, "{begun}");
    let (status, told) = anna.post("/api/process", &json!({}));
    assert_eq!((status, &told["error"]["code"]), (409, &json!("work_under_way")));
    let call = stream.next("call")["call"].clone();
    let ended = finished(&anna, &begun);
    assert_eq!((&ended["state"], &ended["kind"]), (&json!("done"), &json!("process")), "{ended}");
    assert_eq!(ended["result"]["done"].as_array().unwrap().len(), 1, "{ended}");
    let row = &anna.get("/api/calls").1["calls"][0];
    assert_eq!((&row["state"], &row["id"]), (&json!("machine"), &call), "{row}");
    let (_, shown) = anna.get(&format!("/api/calls/{}", call.as_str().unwrap()));
    assert!(shown["turns"].as_array().unwrap().len() > 1 && shown["turns"][0]["words"][0]["w"].is_string(), "{shown}");
    let word =
        shown["turns"][0]["words"][0]["w"].as_str().unwrap().trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let query: String = word.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_ne!(anna.get(&format!("/api/search?q={query}")).1["total_turns"], 0, "{word} is found at once");
    // Nothing waits any more: the next one ends at once.
    let again = anna.post("/api/process", &json!({})).1;
    assert_eq!(finished(&anna, &again)["result"]["done"], json!([]));
    lab.run(&["verify"]).assert().success();
}

#[test]
fn what_runs_is_stopped_and_goes_on_later() {
    if !models_ready() {
        return;
    }
    let names = ["0301_184439_k05.wav", "0310_130241_k40.wav", "0310_205022_k14.wav"];
    let lab = taken_in(&names);
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    let (_, begun) = anna.post("/api/process", &json!({}));
    let work = begun["work"].as_str().unwrap();
    assert_eq!(anna.post(&format!("/api/work/{work}/stop"), &json!({})).0, 200);
    let ended = finished(&anna, &begun);
    assert_eq!(ended["state"], "stopped", "{ended}");
    let waiting = anna.get("/api/calls?q=state:waiting").1["total"].as_u64().unwrap();
    assert!(waiting >= 1, "it was stopped before its end");
    assert_eq!(anna.post(&format!("/api/work/{work}/stop"), &json!({})).0, 404, "it has ended");
    let again = anna.post("/api/process", &json!({})).1;
    let ended = finished(&anna, &again);
    assert_eq!(ended["result"]["done"].as_array().unwrap().len() as u64, waiting, "{ended}");
    assert_eq!(anna.get("/api/calls?q=state:machine").1["total"], 3);
    for call in anna.get("/api/calls").1["calls"].as_array().unwrap() {
        let path = format!("/api/calls/{}/revisions", call["id"].as_str().unwrap());
        assert_eq!(anna.get(&path).1["transcripts"].as_array().unwrap().len(), 1, "each was heard once");
    }
}
