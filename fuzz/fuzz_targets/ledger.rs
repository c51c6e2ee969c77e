//! An exported ledger, as a stranger may hand it over to be checked.
#![no_main]

use earwitness_archive::ledger::check_export;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(fault) = check_export(data) {
        assert!(fault.line >= 1, "a fault names its line");
    }
});
