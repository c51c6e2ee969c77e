//! Where the workspace, the corpus and the weights lie.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace lies two folders above this crate")
}

/// The fictional delivery with exact truth: `EARWITNESS_CORPUS`, or `../shared/corpus` beside the workspace. A test
/// that gets none skips with a printed line.
pub fn corpus() -> Option<PathBuf> {
    let beside = workspace().join("../shared/corpus");
    let corpus = env::var_os("EARWITNESS_CORPUS").map_or(beside, PathBuf::from);
    corpus.join("delivered").is_dir().then_some(corpus)
}

/// The small fictional delivery that the workspace carries.
pub fn demo() -> PathBuf {
    workspace().join("demo/delivery")
}

/// The folder of weights: `EARWITNESS_MODELS`, or `native/models` in the workspace.
pub fn models() -> PathBuf {
    env::var_os("EARWITNESS_MODELS").map_or_else(|| workspace().join("native/models"), PathBuf::from)
}

/// Whether the weights of `models fetch base` are all there. A test without them skips with a printed line, but not in CI.
pub fn models_ready() -> bool {
    let needed = ["whisper-base", "silero-vad", "segmentation", "campplus", "names"];
    let ready = needed.iter().all(|m| models().join(m).is_dir());
    assert!(ready || env::var_os("CI").is_none(), "CI needs the weights in {}", models().display());
    if !ready {
        println!("SKIPPED: no weights in {} (set EARWITNESS_MODELS)", models().display());
    }
    ready
}

/// A Python (`EARWITNESS_PYTHON`, or the workspace's `native/venv`) that can import all of `modules`.
pub fn python(modules: &[&str]) -> Option<PathBuf> {
    let own = workspace().join("native/venv/bin/python");
    let python = env::var_os("EARWITNESS_PYTHON").map_or(own, PathBuf::from);
    let import = format!("import {}", modules.join(", "));
    let able = Command::new(&python).args(["-c", &import]).output().is_ok_and(|o| o.status.success());
    able.then_some(python)
}
