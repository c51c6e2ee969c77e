//! `earwitness status`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, call};
use std::time::Duration;

#[test]
fn what_waits_and_what_is_in_work() {
    let lab = Lab::empty();
    lab.add_call(1);
    lab.add_call(2);
    assert!(lab.text(&["status"]).contains("next: earwitness process"));
    let archive = lab.open();
    let input = call(1).recording;
    archive.write(|tx| tx.enqueue("listen/0", &call(1).id, &input)).unwrap();
    let lease = archive.lease("a test", "listen/0", Duration::from_secs(60)).unwrap().unwrap();
    let status = lab.json(&["status"]);
    assert_eq!((&status["in_work"]["calls"], &status["waiting"]["calls"]), (&1.into(), &1.into()));
    assert_eq!(status["recordings"], 2);

    archive.fail(&lease, "the tape \u{1b}[31mtore").unwrap();
    let status = lab.json(&["status"]);
    assert_eq!((&status["failed"]["calls"], &status["failures"][0]["attempts"]), (&1.into(), &1.into()));
    let text = lab.text(&["status"]);
    assert!(text.contains("tore") && text.contains("--retry") && !text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn what_a_dead_worker_held_waits_again() {
    let lab = Lab::new();
    let archive = lab.open();
    archive.write(|tx| tx.enqueue("listen/0", &call(2).id, &call(2).recording)).unwrap();
    archive.lease("a test", "listen/0", Duration::from_secs(3600)).unwrap().unwrap();
    drop(archive);
    assert_eq!(lab.json(&["status"])["in_work"]["calls"], 0);
}
