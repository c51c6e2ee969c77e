//! Tables of deliveries: CSV in any encoding, JSON Lines, spreadsheets. The first byte chooses the name's ending,
//! because the name takes part in telling what a table is.
#![no_main]

use earwitness_intake::table::{looks_like_table, read_bytes};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 6] = ["calls.csv", "calls.tsv", "calls.jsonl", "calls.xlsx", "calls.ods", "calls"];

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else { return };
    let name = NAMES[usize::from(choice) % NAMES.len()];
    let _ = looks_like_table(name, &bytes[..bytes.len().min(4096)]);
    let _ = read_bytes(name, bytes);
});
