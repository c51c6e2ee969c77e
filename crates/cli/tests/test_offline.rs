//! Nothing but `models fetch` uses a network: the whole path in a namespace that has none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use earwitness_testkit::{Delivery, Encoding, tone};
use std::{path::Path, process::Command};

/// A command without any network interface but an unused loopback; none where the system does not permit it.
fn unshared() -> Option<Vec<&'static str>> {
    let ways = [vec!["unshare", "-n"], vec!["unshare", "-r", "-n"]];
    let works = |way: &Vec<&str>| {
        let told = Command::new(way[0]).args(&way[1..]).args(["cat", "/proc/net/dev"]).output();
        let only_loopback = |text: &str| text.lines().skip(2).all(|line| line.trim_start().starts_with("lo:"));
        told.is_ok_and(|o| o.status.success() && only_loopback(&String::from_utf8_lossy(&o.stdout)))
    };
    ways.into_iter().find(works)
}

fn offline(way: &[&str], archive: &Path, args: &[&str]) -> std::process::Output {
    let program = assert_cmd::cargo::cargo_bin!("earwitness");
    let mut command = Command::new(way[0]);
    command.args(&way[1..]).arg(program).arg("--archive").arg(archive).args(args);
    command.output().unwrap()
}

#[test]
fn the_daily_path_needs_no_network() {
    let Some(way) = unshared() else {
        println!("SKIPPED: network namespaces are not permitted here (unshare -n)");
        return;
    };
    let lab = Lab::new();
    let delivery = Delivery::new()
        .sound("a.wav", tone(8000, 3.0, 440.0, 0.3))
        .row(&["a.wav", "24.02.2022 05:52", "3,0", "+380440000001", "+380440000002"])
        .table("calls.csv", ';', Encoding::Utf8);
    let (new, source) = (lab.path("new"), delivery.path().to_string_lossy().into_owned());
    let well = |archive: &Path, args: &[&str]| {
        let told = offline(&way, archive, args);
        assert!(told.status.success(), "{args:?}: {}", String::from_utf8_lossy(&told.stderr));
    };
    well(&new, &["init"]);
    well(&new, &["import", &source]);
    well(&new, &["verify"]);
    well(&new, &["status"]);
    well(&lab.root, &["show", &id(1)]);
    well(&lab.root, &["search", "мост"]);
    well(&lab.root, &["verify"]);
}

#[test]
fn listening_needs_no_network() {
    let Some(way) = unshared().filter(|_| earwitness_testkit::models_ready()) else {
        println!("SKIPPED: no network namespaces, or no weights");
        return;
    };
    let lab = Lab::new();
    let wav = lab.path("tone.wav");
    std::fs::write(&wav, common::sound(1)).unwrap();
    let told = offline(&way, &lab.root, &["transcribe", &wav.to_string_lossy()]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}
