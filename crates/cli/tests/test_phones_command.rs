//! `earwitness phones`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::str::contains;

#[test]
fn every_number_has_a_line() {
    let lab = Lab::new();
    let list = lab.text(&["phones"]);
    assert!(list.contains("2 numbers") && list.contains("2022-03-01  2022-03-02"), "{list}");
    let json = lab.json(&["phones"]);
    assert_eq!((&json[0]["number"], &json[0]["made"]), (&"+380440000001".into(), &2.into()));
    assert_eq!(json[0]["calls"].as_array().unwrap().len(), 2);
    assert_eq!(json[0]["places"][0]["sector"], "K7");
    assert!(json[1]["places"].as_array().unwrap().is_empty());
    assert!(Lab::empty().text(&["phones"]).contains("0 numbers"));
}

#[test]
fn one_number_is_shown_by_its_last_digits() {
    let lab = Lab::new();
    lab.text(&["people", "add", "Артём"]);
    lab.text(&["people", "link", "p1", "+380440000001"]);
    let page = lab.text(&["phones", "show", "0001"]);
    for part in [
        "+380440000001  2 calls, 2 made, 2022-03-01 to 2022-03-02",
        "p1 Артём  suggested (l1)",
        "+380440000002  2 calls",
        "50.50000, 30.25000  K7  2 calls",
        "on this number or the other",
        &id(1),
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    assert_eq!(lab.json(&["phones", "show", "8 (044) 000-00-01"])["number"], "+380440000001");
    lab.run(&["phones", "show", "000"]).assert().code(1).stderr(contains("there is no phone"));
    lab.run(&["phones", "show", "9999"]).assert().code(1).stderr(contains("earwitness phones"));
}
