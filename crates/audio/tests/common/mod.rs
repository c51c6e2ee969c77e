//! What the integration tests share: the corpus, if it is there, and sound made up on the spot.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The corpus of fictional calls: `EARWITNESS_CORPUS`, or `shared/corpus` beside the workspace.
/// Prints a line and gives `None` where it is absent.
pub fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("EARWITNESS_CORPUS").map_or(beside, PathBuf::from);
    if path.join("truth/calls.json").is_file() {
        return Some(path);
    }
    println!("skipped: the corpus is not at {}", path.display());
    None
}

/// One file of the corpus as its truth describes it.
#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    pub path: PathBuf,
    pub kind: String,
    pub of: Option<String>,
    pub duration: Option<f64>,
}

pub fn files(corpus: &Path) -> Vec<File> {
    let text = std::fs::read_to_string(corpus.join("truth/calls.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&text).unwrap();
    let text = |file: &serde_json::Value, key: &str| file[key].as_str().map(String::from);
    truth["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let name = text(file, "file").unwrap();
            File {
                path: corpus.join("delivered/audio").join(&name),
                kind: text(file, "kind").unwrap(),
                of: text(file, "of"),
                duration: file["duration"].as_f64(),
                name,
            }
        })
        .collect()
}

/// Whether the ffmpeg program is here; prints a line if not.
pub fn ffmpeg_here() -> bool {
    let here = earwitness_audio::ffmpeg_version().is_some();
    if !here {
        println!("skipped: ffmpeg is not on this machine");
    }
    here
}

/// Runs ffmpeg; false where it fails, as it does for a codec it was built without.
pub fn ffmpeg(args: &[&str]) -> bool {
    let status =
        Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-y"]).args(args).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// A file as ffmpeg decodes it, perhaps with a decoder of one's choice: its first channel at `rate` hertz.
pub fn by_ffmpeg(path: &Path, decoder: &[&str], rate: u32) -> Vec<f32> {
    let rate = rate.to_string();
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error"])
        .args(decoder)
        .arg("-i")
        .arg(path)
        .args(["-af", "pan=mono|c0=c0", "-ar", &rate, "-f", "f32le", "pipe:1"])
        .output()
        .unwrap();
    output.stdout.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// A fixed linear congruential generator (Numerical Recipes), so that runs agree.
pub struct Dice(pub u32);

impl Dice {
    /// From 0 up to 1.
    pub fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 16_777_216.0
    }
}

/// Something that moves as a voice does: syllables of a gliding buzz through two formants, with
/// pauses. Different for each seed. Mono at 8 kHz.
pub fn babble(seed: u32, seconds: f64) -> Vec<f32> {
    let mut dice = Dice(seed.wrapping_mul(2_654_435_761).wrapping_add(1));
    let mut out = Vec::new();
    let base = 90.0 + 120.0 * dice.roll();
    while (out.len() as f64) < seconds * 8000.0 {
        let length = (800.0 + 1800.0 * dice.roll()) as usize;
        let (pitch, glide) = (base * (0.8 + 0.5 * dice.roll()), 0.6 * (dice.roll() - 0.5));
        let formants = [(300.0 + 500.0 * dice.roll(), 1.0), (900.0 + 1400.0 * dice.roll(), 0.5)];
        let loud = 0.05 + 0.1 * dice.roll();
        let mut phase = 0.0f32;
        for n in 0..length {
            let along = n as f32 / length as f32;
            phase += pitch * (1.0 + glide * along) / 8000.0;
            let mut sample = 0.0;
            for harmonic in 1..20 {
                let hz = pitch * harmonic as f32;
                let strength: f32 =
                    formants.iter().map(|(at, much)| much * (-((hz - at) / 160.0f32).powi(2)).exp()).sum();
                sample += (0.02 + strength) * (std::f32::consts::TAU * phase * harmonic as f32).sin();
            }
            out.push(loud * sample * (std::f32::consts::PI * along).sin());
        }
        if dice.roll() < 0.25 {
            out.resize(out.len() + (4000.0 * dice.roll()) as usize, 0.0);
        }
    }
    out.truncate((seconds * 8000.0) as usize);
    out
}
