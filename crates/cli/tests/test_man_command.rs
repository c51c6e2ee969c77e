//! `earwitness man`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::earwitness;
use std::fs;

#[test]
fn every_command_gets_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let pages = dir.path().join("man1");
    earwitness().arg("man").arg(&pages).env("EARWITNESS_ARCHIVE", "/secret/place").assert().success();
    let main = fs::read_to_string(pages.join("earwitness.1")).unwrap();
    assert!(main.contains("The daily path"), "{main}");
    for command in ["import", "show", "correct", "export-transcripts", "models-fetch"] {
        let page = fs::read_to_string(pages.join(format!("earwitness-{command}.1"))).unwrap();
        assert!(!page.contains("/secret/place"), "{page}");
    }
}
