//! How fast, against the plain tools. Run by hand:
//! `cargo test --release -p earwitness-archive --test archive speed -- --ignored --nocapture`

use crate::support::*;
use earwitness_archive::*;
use std::{
    fs::{self, File},
    process::Command,
    time::Instant,
};

const FILES: usize = 10_000;
const SIZE: usize = 20_000;

/// Writes different bytes that no file system packs together.
fn make_files(folder: &std::path::Path) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for n in 0..FILES {
        let content: Vec<u8> = (0..SIZE / 8)
            .flat_map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()
            })
            .collect();
        fs::write(folder.join(format!("{n:05}.wav")), content).unwrap();
    }
}

fn report(what: &str, files: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let rate = files as f64 / seconds;
    println!("{what}: {seconds:.2} s, {rate:.0} files/s, {:.1} MB/s", rate * SIZE as f64 / 1e6);
}

#[test]
#[ignore = "a measurement"]
fn measure_sealing() {
    let lab = Lab::empty();
    let folder = lab.dir.path().join("delivery");
    fs::create_dir(&folder).unwrap();
    make_files(&folder);
    Command::new("sync").status().unwrap();

    let begun = Instant::now();
    let shell = "cp -r delivery copy && sync -f copy && find copy -type f -print0 | xargs -0 sha256sum > sums";
    assert!(Command::new("sh").arg("-c").arg(shell).current_dir(lab.dir.path()).status().unwrap().success());
    report("cp, sync, sha256sum", FILES, begun);

    let archive = lab.open();
    let begun = Instant::now();
    let few = 500;
    for n in 0..few {
        archive.originals().seal(File::open(folder.join(format!("{n:05}.wav"))).unwrap()).unwrap();
    }
    report("sealed one by one (500 files)", few, begun);

    let lab = Lab::empty();
    let archive = lab.open();
    let begun = Instant::now();
    let numbers: Vec<usize> = (0..FILES).collect();
    let mut kept = Vec::new();
    for group in numbers.chunks(256) {
        let mut batch = archive.originals().batch().unwrap();
        for n in group {
            kept.push(batch.add(File::open(folder.join(format!("{n:05}.wav"))).unwrap()).unwrap());
        }
        batch.settle().unwrap();
    }
    report("sealed in groups of 256", FILES, begun);

    let begun = Instant::now();
    for group in kept.chunks(256) {
        archive
            .write(|tx| group.iter().try_for_each(|s| tx.add_recording(&recording(s.digest, s.size)).map(|_| ())))
            .unwrap();
    }
    report("kept in the catalog in groups of 256", FILES, begun);

    let begun = Instant::now();
    let result = verify(&archive, None, |_| ()).unwrap();
    assert!(result.is_whole());
    report("verified", FILES, begun);
}

#[test]
#[ignore = "a measurement"]
fn measure_ledger() {
    let lab = Lab::empty();
    let archive = lab.open();
    let begun = Instant::now();
    let entries = 100_000;
    archive.write(|tx| (0..entries).try_for_each(|n| tx.record("test.done", "x", &n).map(|_| ()))).unwrap();
    println!("ledger, one transaction: {:.0} entries/s", f64::from(entries) / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let writes = 300;
    for n in 0..writes {
        archive.write(|tx| tx.record("test.done", "x", &n)).unwrap();
    }
    println!("ledger, one entry a transaction: {:.0} entries/s", f64::from(writes) / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let result = verify(&archive, None, |_| ()).unwrap();
    let count = result.head.unwrap().seq;
    println!("ledger verified: {:.0} entries/s", count as f64 / begun.elapsed().as_secs_f64());
}
