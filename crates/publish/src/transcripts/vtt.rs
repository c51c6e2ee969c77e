//! WebVTT subtitles (W3C), with voices. Cues may overlap; players stack them.

use super::cues::{cues, end_of, extend, within};
use super::{CallExport, Show, one_line};
use std::fmt::Write as _;

/// The subtitles.
pub(super) fn render(call: &CallExport, show: Show) -> String {
    let mut shown = cues(&call.turns, show, false);
    extend(&mut shown);
    within(&mut shown, end_of(call.duration));
    let name = |text: &str| one_line(text).replace("-->", "→");
    let mut out = format!(
        "WEBVTT\n\nNOTE call {}, transcript {} by {}\n",
        name(call.call.as_str()),
        name(call.revision.id.as_str()),
        name(&call.revision.author)
    );
    if let Some(translation) = call.translation_revision.as_ref().filter(|t| show != Show::Original && t.drafts > 0) {
        let (drafts, all) = (translation.drafts, translation.turns);
        let _ = writeln!(out, "\nNOTE translation: {drafts} of {all} turns are a machine's draft");
    }
    for cue in &shown {
        let lines: Vec<String> = cue.lines.iter().map(|line| escaped(line)).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "\n{} --> {}\n<v {}>{}",
            stamp(cue.start),
            stamp(cue.end),
            escaped(&cue.speaker),
            lines.join("\n")
        );
    }
    out
}

fn stamp(ms: u64) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

fn escaped(line: &str) -> String {
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
