//! What holds for all commands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::earwitness;
use predicates::{prelude::*, str::contains};
use std::{fs, path::Path};

/// The names of all commands: their files, so that none can be forgotten.
fn commands() -> Vec<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(home.join("src/commands")).unwrap().flatten().map(|e| e.path());
    let files = files.filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let names: Vec<String> = files.map(|p| p.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert!(names.len() > 25, "{names:?}");
    names
}

#[test]
fn every_command_has_its_tests() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in commands() {
        let tests = home.join(format!("tests/test_{name}_command.rs"));
        let text = fs::read_to_string(&tests).unwrap_or_default();
        assert!(text.contains("#[test]"), "{} is missing or holds no test", tests.display());
    }
}

#[test]
fn without_a_command_the_daily_path_is_shown() {
    earwitness().assert().code(2).stderr(contains("The daily path").and(contains("earwitness verify")));
    earwitness().arg("--help").assert().success().stdout(contains("The daily path"));
    earwitness().arg("--version").assert().success().stdout(contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_command_explains_itself() {
    for command in commands() {
        let command = command.replace('_', "-");
        earwitness().args([command.as_str(), "--help"]).assert().success().stdout(contains("Usage: earwitness"));
        earwitness().args([command.as_str(), "--no-such-option"]).assert().code(2);
    }
}

#[test]
fn colour_is_used_only_where_it_is_wanted() {
    let lab = common::Lab::new();
    let coloured = |args: &[&str]| lab.text(&[args, &["show", &common::id(1)]].concat()).contains('\u{1b}');
    assert!(coloured(&["--color", "always"]));
    assert!(!coloured(&[]) && !coloured(&["--color", "never"]));
}

#[test]
fn a_failure_under_json_is_one_line_of_json_on_stderr() {
    let lab = common::Lab::new();
    let error = |args: &[&str], code: i32| -> serde_json::Value {
        let told = lab.run(args).arg("--json").assert().code(code).stdout("");
        serde_json::from_slice::<serde_json::Value>(&told.get_output().stderr).unwrap()["error"].clone()
    };
    let missing = error(&["show", "nobody"], 1);
    assert!(missing["what"].as_str().unwrap().contains("nobody"), "{missing}");
    assert!(missing["next"].as_str().unwrap().contains("earwitness calls") && missing["why"].is_array(), "{missing}");
    assert_eq!(error(&["search", "(мост"], 2)["why"], serde_json::json!([]));
    let wrong = error(&["show", "--no-such-option"], 2);
    assert!(wrong["what"].as_str().unwrap().contains("--no-such-option"), "{wrong}");
    // Without it, people read.
    lab.run(&["show", "nobody"]).assert().code(1).stderr(contains("error: ").and(contains("next: ")));
}
