//! Who spoke when: SPEAKER lines as in NIST's Rich Transcription evaluations (RT-09 plan, appendix A).

use super::{CallExport, one_line};
use earwitness_model::DoubtReason;
use std::fmt::Write as _;

/// One line a turn. Stretches that perhaps hold no speech, and of which nothing was written down, are left out.
pub(super) fn render(call: &CallExport) -> String {
    let name = call.files.first().map_or(call.call.as_str(), |f| f.name.as_str());
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut out = String::new();
    for turn in &call.turns {
        let no_speech =
            turn.doubt.as_ref().is_some_and(|d| matches!(d.reason, DoubtReason::NoSpeech | DoubtReason::GhostPhrase));
        let length = turn.end - turn.start;
        if length <= 0.0 || (no_speech && turn.text.is_empty()) {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "SPEAKER {} {} {:.3} {length:.3} <NA> <NA> {} <NA> <NA>",
            field(stem),
            u32::from(turn.channel) + 1,
            turn.start,
            field(&turn.speaker)
        );
    }
    out
}

/// A field without white space.
fn field(text: &str) -> String {
    let text = one_line(text).replace(' ', "_");
    if text.is_empty() { "<NA>".into() } else { text }
}
