//! `earwitness completions`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::earwitness;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = common::stdout(earwitness().args(["completions", shell]));
        assert!(script.contains("transcripts") && script.contains("archive"), "{shell}");
    }
    earwitness().args(["completions", "abacus"]).assert().code(2);
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let program = assert_cmd::cargo::cargo_bin!("earwitness");
    let piped = format!("set -o pipefail; '{}' completions zsh | head -c 10", program.display());
    let told = std::process::Command::new("bash").args(["-c", &piped]).output().unwrap();
    assert!(told.status.success() && told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
}
