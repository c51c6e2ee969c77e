//! What the tests of this crate share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_archive::{ActorName, Archive, verify};
use earwitness_pipeline::{ImportOptions, ImportReport, import};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub fn anna() -> ActorName {
    ActorName::new("Anna").unwrap()
}

/// An archive in a temporary folder.
pub struct Lab {
    pub dir: TempDir,
    pub root: PathBuf,
    pub archive: Archive,
}

impl Lab {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("archive");
        let archive = Archive::init(&root, &anna()).unwrap();
        Self { dir, root, archive }
    }

    pub fn import(&self, delivery: &Path) -> ImportReport {
        self.import_with(delivery, &options())
    }

    pub fn import_with(&self, delivery: &Path, options: &ImportOptions) -> ImportReport {
        import(&self.archive, delivery, options, &mut |_| (), &|| false).unwrap()
    }

    pub fn is_whole(&self) {
        let report = verify(&self.archive, None, |_| ()).unwrap();
        assert!(report.is_whole(), "{:?}", report.findings);
    }
}

pub fn options() -> ImportOptions {
    ImportOptions {
        table: None,
        map: None,
        source: "a test".into(),
        timezone: "Europe/Kyiv".into(),
        dry_run: false,
        workers: 2,
        named: None,
    }
}

/// A voice that is nobody's: a gliding buzz in bursts, different for every seed.
pub fn voice(seed: u64, seconds: f64) -> Vec<f32> {
    // The generator makes no difference between an even seed and the next odd one.
    let mut rng = earwitness_testkit::Rng::new(seed.wrapping_mul(2_654_435_762));
    let mut out = Vec::new();
    let (mut phase, mut pitch) = (0.0f32, 120.0f32);
    while out.len() < (seconds * 8000.0) as usize {
        let (to, formant) = (90.0 + 160.0 * rng.unit(), 2 + rng.below(7));
        let length = 800 + rng.below(2400);
        let loud = if rng.below(5) == 0 { 0.0 } else { 0.05 + 0.1 * rng.unit() };
        for n in 0..length {
            let at = pitch + (to - pitch) * n as f32 / length as f32;
            phase += std::f32::consts::TAU * at / 8000.0;
            let harmonics = (1..12).map(|h| {
                let near = 1.0 / (1.0 + (h as f32 - formant as f32).powi(2));
                (phase * h as f32).sin() * (0.1 + near)
            });
            let noise = (rng.unit() - 0.5) * 0.01;
            out.push(loud * harmonics.sum::<f32>() + noise);
        }
        pitch = to;
    }
    out.truncate((seconds * 8000.0) as usize);
    out
}
