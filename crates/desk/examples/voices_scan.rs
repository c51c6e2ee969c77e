//! How long an exact scan for a voice takes, and how much memory: `cargo run -p earwitness-desk --example voices_scan`.
//! The voiceprints are made up; a scan does the same work whatever they hold.

use earwitness_desk::voices::Scan;
use earwitness_model::{CallId, Digest, SpeakerRef, Voiceprint};
use std::{fs, time::Instant};

const WIDTH: usize = 192;
const ROUNDS: usize = 21;

fn main() {
    println!(
        "| voiceprints | median scan, ms | slowest, ms | to lay them side by side, ms | the scan's memory, MB | program, MB |"
    );
    println!("|---|---|---|---|---|---|");
    for count in [10_000, 50_000, 100_000, 250_000] {
        let prints = made_up(count);
        let began = Instant::now();
        let scan = Scan::new(&prints, &Digest::of(b"network"), WIDTH);
        let laid = began.elapsed();
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|round| {
                let wanted = prints.get(round * 37).map_or(&[][..], |print| &print.vector);
                let began = Instant::now();
                let found = scan.nearest(wanted, 10);
                assert_eq!(found.first().map(|m| m.place), Some(round * 37));
                began.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let (median, slowest) = (times.get(ROUNDS / 2).unwrap_or(&0.0), times.last().unwrap_or(&0.0));
        let (laid, memory) = (laid.as_secs_f64() * 1000.0, (count * (WIDTH * 4 + 8)) as f64 / 1e6);
        println!("| {count} | {median:.1} | {slowest:.1} | {laid:.0} | {memory:.0} | {:.0} |", resident());
    }
}

/// Vectors of unit length from a small generator with a fixed seed.
fn made_up(count: usize) -> Vec<Voiceprint> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1_u32 << 24) as f32) - 0.5
    };
    (0..count)
        .map(|i| {
            let mut vector: Vec<f32> = (0..WIDTH).map(|_| number()).collect();
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            vector.iter_mut().for_each(|x| *x /= length);
            let speaker = SpeakerRef::new(CallId::new(format!("c{i}")), "A");
            let (model, weights) = ("made up".into(), Digest::of(b"network"));
            Voiceprint { speaker, vector, net_speech: 30.0, quality: 0.9, model, weights }
        })
        .collect()
}

/// Megabytes that the program has in memory now.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0 / 1e6
}
