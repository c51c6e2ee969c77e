//! A transcript that came back from somebody's editor.
#![no_main]

use earwitness_desk::correction::text_form::parse_bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(errors) = parse_bytes(data) {
        assert!(!errors.is_empty(), "a refusal says why");
    }
});
