//! `earwitness index rebuild`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, transcript};

#[test]
fn a_rebuilt_index_gives_the_same_answers() {
    let lab = Lab::new();
    lab.hear(2);
    let query = "call:c";
    let before = lab.json(&["search", query]);
    assert!(before["turns"].as_u64().unwrap() > 0);
    let built = lab.json(&["index", "rebuild"]);
    assert_eq!((&built["calls"], built["turns"].as_u64()), (&2.into(), Some(2 * transcript().turns.len() as u64)));
    assert_eq!(lab.json(&["search", query]), before);
    assert!(lab.text(&["index", "rebuild"]).contains("2 calls"));
    lab.run(&["index"]).assert().code(2);
}
