//! One check each.

use crate::{context::Context, output::bytes};
use earwitness_archive::Archive;
use earwitness_audio::decode::ffmpeg_version;
use earwitness_listen::weights;
use serde::Serialize;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

/// Below this a long job may fill the disk, bytes.
const LITTLE_SPACE: u64 = 1_000_000_000;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There, and right.
    Ok,
    /// Worth knowing; nothing fails for it.
    Note,
    /// Something needed is not there.
    Missing,
}

/// One thing looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// In plain words.
    pub detail: String,
    /// What to do, where there is something to do.
    pub next: Option<String>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, state: State::Ok, detail: detail.into(), next: None }
    }

    fn note(name: &'static str, detail: impl Into<String>, next: impl Into<String>) -> Self {
        Self { name, state: State::Note, detail: detail.into(), next: Some(next.into()) }
    }

    fn missing(name: &'static str, detail: impl Into<String>, next: impl Into<String>) -> Self {
        Self { state: State::Missing, ..Self::note(name, detail, next) }
    }
}

/// All checks, in the order in which one thing needs another.
pub fn all(context: &Context) -> Vec<Check> {
    let program = std::env::current_exe().map_or(String::new(), |p| format!(", {}", p.display()));
    let mut checks = vec![
        Check::ok("program", format!("earwitness {}{program}", env!("CARGO_PKG_VERSION"))),
        processor(),
        // The program is linked to it: without it we would not be here.
        Check::ok("CTranslate2", "the recogniser's library is loaded"),
        onnx(),
    ];
    checks.extend(models(&context.models()));
    checks.push(ffmpeg());
    let archive = context.archive_dir().ok();
    checks.push(match &archive {
        Some(dir) => catalog(dir),
        None => Check::note("archive", "none was named", "name one with --archive DIR, or `earwitness init DIR`"),
    });
    checks.extend(archive.as_deref().and_then(permissions));
    checks.extend(space(archive.as_deref().unwrap_or(Path::new("."))));
    checks
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<(&'static str, bool)> {
    vec![
        ("AVX", is_x86_feature_detected!("avx")),
        ("AVX2", is_x86_feature_detected!("avx2")),
        ("FMA", is_x86_feature_detected!("fma")),
        ("AVX-512", is_x86_feature_detected!("avx512f")),
        ("AVX-512 VNNI", is_x86_feature_detected!("avx512vnni")),
    ]
}

#[cfg(not(target_arch = "x86_64"))]
fn features() -> Vec<(&'static str, bool)> {
    Vec::new()
}

fn processor() -> Check {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let has: Vec<&str> = features().into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect();
    let names = if has.is_empty() { "no vector features known".into() } else { has.join(", ") };
    let detail = format!("{cores} {}, {names}", if cores == 1 { "core" } else { "cores" });
    if has.contains(&"AVX2") || !cfg!(target_arch = "x86_64") {
        return Check::ok("processor", detail);
    }
    Check::note("processor", detail, "without AVX2 recognition works, but several times slower")
}

fn onnx() -> Check {
    match weights::onnx_runtime() {
        Ok(_) => Check::ok("ONNX Runtime", "the library for voice activity is loaded"),
        Err(error) => {
            let next = "run `make native` in the source folder, reinstall, or name the library in ORT_DYLIB_PATH";
            Check::missing("ONNX Runtime", error.to_string(), next)
        }
    }
}

fn models(folder: &Path) -> Vec<Check> {
    let here = format!("in {}", folder.display());
    let one = |m: weights::ModelStatus| {
        let known = weights::find(&m.name).is_some();
        let detail = format!("{}: {}, {} {here}", m.name, m.purpose, m.state);
        match m.state {
            "missing" => Check::missing("weights", detail, format!("earwitness models fetch {}", m.name)),
            "changed" => Check::missing("weights", detail, format!("earwitness models fetch {} replaces it", m.name)),
            _ if known => Check::ok("weights", detail),
            _ => Check::ok("weights", format!("{}: {} {here}", m.name, m.purpose)),
        }
    };
    weights::list(folder, true).into_iter().map(one).collect()
}

fn ffmpeg() -> Check {
    match ffmpeg_version() {
        Some(version) => Check::ok("ffmpeg", format!("{version}, for rare formats")),
        None => Check::note("ffmpeg", "not installed; rare formats do not decode", "sudo apt-get install ffmpeg"),
    }
}

fn catalog(dir: &Path) -> Check {
    let told = Archive::open_to_read(dir).and_then(|a| a.overview());
    match told {
        Ok(o) => Check::ok("archive", format!("{}: {} calls, {} heard", dir.display(), o.calls, o.transcribed)),
        Err(error) => Check::missing("archive", error.to_string(), "check --archive, or `earwitness verify`"),
    }
}

/// Who else may look in. None where there is nothing to look at.
fn permissions(dir: &Path) -> Option<Check> {
    let open = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0);
    std::fs::metadata(dir).ok()?;
    let names = ["", "earwitness.toml", "catalog.sqlite", "ledger.head", "originals", "derived", "index"];
    let wrong: Vec<String> = names.iter().map(|n| dir.join(n)).filter(open).map(|p| p.display().to_string()).collect();
    if wrong.is_empty() {
        return Some(Check::ok("permissions", "only you can enter the archive"));
    }
    let detail = format!("others can enter or read {}", wrong.join(", "));
    Some(Check::note("permissions", detail, format!("chmod -R go= '{}'", dir.display())))
}

fn space(dir: &Path) -> Option<Check> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let detail = format!("{} free where {} lies", bytes(free), dir.display());
    if free < LITTLE_SPACE {
        return Some(Check::note("disk", detail, "make room before a large import"));
    }
    Some(Check::ok("disk", detail))
}
