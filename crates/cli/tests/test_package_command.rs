//! `earwitness package`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, id};
use predicates::{prelude::*, str::contains};
use std::{fs, process::Command};

/// A story with one quote, signed.
fn signed(quote: &str) -> Lab {
    let lab = Lab::new();
    lab.text(&["story", "new", "one"]);
    let text =
        format!("+++\ntitle = \"One call\"\n[calls]\nk01 = \"{}\"\n+++\nShe said: {{{{ quote {quote} }}}}\n", id(1));
    fs::write(lab.root.join("stories/one/story.md"), text).unwrap();
    lab.text(&["story", "sign", "one", "--no-listen"]);
    lab
}

#[test]
fn a_package_holds_site_report_and_hashes_that_can_be_checked() {
    let lab = signed("k01#1");
    let pack = |out: &str| lab.run(&["package", "story", "one", "--no-listen", "--out", out]);
    pack("a.zip").assert().code(1).stderr(contains("was not built yet"));
    lab.text(&["story", "build", "one", "--no-listen"]);
    pack("a.zip").assert().success().stdout(contains("SHA-256").and(contains("nothing else")));
    pack("b.zip").assert().success();
    let (first, second) = (fs::read(lab.path("a.zip")).unwrap(), fs::read(lab.path("b.zip")).unwrap());
    assert!(first == second, "the same story gives another package");
    assert_eq!(common::mode(&lab.path("a.zip")), 0o600);
    let entry = lab.text(&["ledger", "--last", "1"]);
    assert!(entry.contains("packaged") && entry.contains("story/one"), "{entry}");
    // With the tools that everybody has.
    let run = |program: &str, args: &[&str], dir: &str| {
        let done = Command::new(program).args(args).current_dir(lab.path(dir)).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    run("python3", &["-m", "zipfile", "-e", "a.zip", "out"], "");
    let checked = run("sha256sum", &["-c", "manifest-sha256.txt"], "out");
    for file in ["site/index.html: OK", "site/method.html: OK", "report/report.html: OK"] {
        assert!(checked.contains(file), "{file} is missing in\n{checked}");
    }
    assert!(lab.path("out/report/NOT-FOR-PUBLICATION.txt").exists());
    let manifest = fs::read_to_string(lab.path("out/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["checked"]["listened"], false, "--no-listen is said");
    let public = fs::read_dir(lab.path("out/site")).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    assert!(public.into_iter().all(|name| !name.contains("report")));
}

#[test]
fn what_was_changed_after_it_was_built_is_not_packed() {
    let lab = signed("k01#1");
    lab.text(&["story", "build", "one", "--no-listen"]);
    let pack = || lab.run(&["package", "story", "one", "--no-listen", "--out", "a.zip"]).assert().code(1);
    let page = lab.root.join("stories/one/site/index.html");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("She said", "He said")).unwrap();
    pack().stderr(contains("is not what was built"));
    fs::write(&page, text).unwrap();
    // A rule that was made since.
    lab.text(&["protect", "add", "words", "One call"]);
    pack().stderr(contains("would leak by the rules of today"));
    assert!(!lab.path("a.zip").exists());
}

#[test]
fn a_package_is_listened_to_before_it_is_packed() {
    let lab = signed("k01#0");
    lab.text(&["story", "build", "one", "--no-listen"]);
    let pack = |args: &[&str]| {
        let mut command = lab.run(&[&["package", "story", "one", "--out", "a.zip"], args].concat());
        command.env("EARWITNESS_MODELS", lab.path("no-models")).assert()
    };
    // Without weights nobody can hear the clip, and what nobody heard is not handed over.
    pack(&[]).code(1).stderr(contains("would leak by the rules of today").and(contains("nobody heard it")));
    assert!(!lab.path("a.zip").exists());
    pack(&["--no-listen"]).success().stderr(contains("NOBODY LISTENED"));
    let entry = lab.text(&["ledger", "--json", "--last", "1"]);
    assert!(entry.contains("\"listened\":false"), "{entry}");
}
