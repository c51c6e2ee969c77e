//! Measures how fast audio files decode and fingerprint, and what a large index costs.
//!
//! `cargo run -p earwitness-audio --release --example measure -- FILE…`

use std::collections::BTreeMap;
use std::time::Instant;

use earwitness_audio::{Fingerprint, Index, character, decode_file, resample};

fn main() {
    let mut by_codec: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let (mut prints, mut seconds) = (Vec::new(), 0.0);
    let (mut printing, mut judging, mut resampling) = (0.0, 0.0, 0.0);
    for path in std::env::args_os().skip(1) {
        let start = Instant::now();
        let Ok(decoded) = decode_file(path.as_ref()) else { continue };
        let row = by_codec.entry(decoded.format.codec.clone()).or_default();
        row.0 += decoded.duration();
        row.1 += start.elapsed().as_secs_f64();
        let mono = decoded.mono();
        seconds += decoded.duration();
        let start = Instant::now();
        prints.push(Fingerprint::of(&mono, decoded.sample_rate));
        printing += start.elapsed().as_secs_f64();
        let start = Instant::now();
        let _ = character(&mono, decoded.sample_rate);
        judging += start.elapsed().as_secs_f64();
        let start = Instant::now();
        let _ = resample(&mono, decoded.sample_rate, 16_000);
        resampling += start.elapsed().as_secs_f64();
    }
    for (codec, (sound, took)) in by_codec {
        println!("decode {codec}: {:.0} x real time", sound / took);
    }
    let a_minute = 60_000.0 / f64::max(seconds, 1.0);
    println!(
        "for a minute of sound: fingerprint {:.1} ms, character {:.1} ms, resample to 16 kHz {:.1} ms",
        printing * a_minute,
        judging * a_minute,
        resampling * a_minute
    );
    large(&prints);
}

/// Ten thousand recordings: the given ones, and more that are made of them by changing every bit at
/// random places, so that values are spread as in speech and match nothing.
fn large(prints: &[Fingerprint]) {
    let (mut index, mut state) = (Index::new(), 1u32);
    let start = Instant::now();
    for number in 0..10_000u64 {
        let Some(print) = prints.get(number as usize % prints.len().max(1)) else { return };
        let mut print = print.clone();
        if number >= prints.len() as u64 {
            for value in print.values.iter_mut().filter(|value| **value != 0) {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Two of sixteen classifiers (two bits each) change, at random, in each value.
                *value ^= (1 + (state >> 30)) << (2 * ((state >> 8) & 15)) | 3 << (2 * ((state >> 14) & 15));
                *value = value.rotate_left(2 * (1 + number as u32 % 15)).max(1);
            }
        }
        index.add(number, &print);
    }
    let minutes: f64 = prints.iter().map(|print| print.duration).sum::<f64>() / 60.0 / prints.len() as f64 * 10_000.0;
    println!(
        "index of 10,000: built in {:.2} s, {:.1} MB, {:.1} KB a minute of sound",
        start.elapsed().as_secs_f64(),
        index.memory() as f64 / 1e6,
        index.memory() as f64 / 1e3 / minutes
    );
    let start = Instant::now();
    let found: usize = prints.iter().map(|print| index.matches(print).len()).sum();
    println!(
        "a query: {:.2} ms ({found} matches for {} queries)",
        start.elapsed().as_secs_f64() * 1e3 / prints.len() as f64,
        prints.len()
    );
}
