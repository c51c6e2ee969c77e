//! Claims as JSON, as anybody may send them. Written out and read again, a file stays the same.
#![no_main]

use earwitness_desk::claims::File;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match File::read(text) {
    Ok(file) => {
        let written = file.to_text();
        assert_eq!(File::read(&written).as_ref(), Ok(&file), "it was written as {written}");
    }
    Err(faults) => assert!(!faults.is_empty(), "a refusal says why"),
});
