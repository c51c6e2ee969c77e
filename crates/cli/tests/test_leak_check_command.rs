//! `earwitness leak-check`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::str::contains;
use std::fs;

#[test]
fn leaks_are_named_with_file_and_place() {
    let lab = Lab::new();
    lab.text(&["protect", "add", "name", "Зимин"]);
    let dir = lab.path("out");
    fs::create_dir(&dir).unwrap();
    let check = || lab.run(&["leak-check", "out"]);
    fs::write(dir.join("index.html"), "<p>Clean.</p>\n").unwrap();
    check().assert().success().stdout(contains("0 leaks"));
    let planted = format!("<p>x</p>\n<p>Zi<b>min</b></p>\n<i id={}>\n<a href=0311_0001.mp3>\n+38(044)0000001\n", id(1));
    fs::write(dir.join("index.html"), planted).unwrap();
    let told = check().assert().code(1);
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    for part in [
        "index.html: line 2, between tags: protected name",
        "a name from the archive",
        "delivered file",
        "telephone number",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    lab.run(&["leak-check", "nowhere"]).assert().code(1).stderr(contains("cannot be read"));
}
