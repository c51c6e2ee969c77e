//! Headers and bodies of audio files: what they are, and what decodes of them inside this process.
#![no_main]

use earwitness_audio::{Limits, decode_bytes, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: report_without_abort(), |data: &[u8]| {
    let _ = sniff(data);
    // Small limits: what is sought is a header that talks the decoder into more than the file holds.
    let limits = Limits { max_seconds: 120.0, max_channels: 4, max_memory: 64 << 20, ..Limits::default() };
    if let Ok(decoded) = decode_bytes(data, &limits) {
        let length = decoded.channels.first().map_or(0, Vec::len);
        assert!(decoded.channels.iter().all(|channel| channel.len() == length), "channels of unequal length");
        assert!(decoded.channels.iter().flatten().all(|sample| sample.is_finite()), "a sample that is no number");
        assert!(decoded.duration() <= 121.0, "longer than allowed");
    }
});

/// A panic inside a decoder is caught where it is called, which is part of what is tested; libFuzzer's own hook
/// would end the process before. What is not caught there still ends the run.
fn report_without_abort() {
    std::panic::set_hook(Box::new(|info| {
        if info.location().is_none_or(|place| !place.file().contains("symphonia")) {
            eprintln!("{info}");
        }
    }));
}
