//! SubRip subtitles. Many players show one cue at a time, so none overlap here.

use super::cues::{Cue, cues, end_of, extend, within};
use super::{CallExport, Show};
use std::fmt::Write as _;

/// Milliseconds that a cue stays at least, where cues crowd.
const LEAST: u64 = 800;

/// The subtitles, each turn with its speaker's label in front.
pub(super) fn render(call: &CallExport, show: Show) -> String {
    let mut shown = merge(cues(&call.turns, show, true), if show == Show::Both { 4 } else { 2 });
    extend(&mut shown);
    separate(&mut shown);
    within(&mut shown, end_of(call.duration));
    let mut out = String::new();
    for (i, cue) in shown.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}\n{} --> {}", i + 1, stamp(cue.start), stamp(cue.end));
        cue.lines.iter().for_each(|line| out.push_str(&format!("{}\n", harmless(line))));
        out.push('\n');
    }
    out
}

/// Two short cues spoken over each other become one with a line for each.
fn merge(cues: Vec<Cue>, lines: usize) -> Vec<Cue> {
    let mut merged: Vec<Cue> = Vec::with_capacity(cues.len());
    for cue in cues {
        match merged.last_mut() {
            Some(last)
                if last.end > cue.start + (cue.end - cue.start) / 2
                    && last.lines.len() + cue.lines.len() <= lines
                    && cue.end.max(last.end) - last.start <= Cue::LONGEST =>
            {
                last.end = last.end.max(cue.end);
                last.lines.extend(cue.lines);
            }
            _ => merged.push(cue),
        }
    }
    merged
}

/// A cue ends when the next begins, but not before it could be read at a glance; then the next begins a little late.
fn separate(cues: &mut [Cue]) {
    for i in 1..cues.len() {
        let (before, rest) = cues.split_at_mut(i);
        let (Some(last), Some(cue)) = (before.last_mut(), rest.first_mut()) else { continue };
        if last.end <= cue.start {
            continue;
        }
        last.end = cue.start.max(last.end.min(last.start + LEAST));
        if cue.start < last.end {
            cue.start = last.end;
            cue.end = cue.end.max(cue.start + LEAST);
        }
    }
}

fn stamp(ms: u64) -> String {
    format!("{:02}:{:02}:{:02},{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// Nothing that players take for markup, a position or a time line; some take any line with two times for one.
fn harmless(line: &str) -> String {
    let line = line.replace("-->", "→").replace('<', "‹").replace('>', "›").replace('{', "(").replace('}', ")");
    // A last line of digits would be taken for the number of a next cue; a word joiner is not seen.
    if line.chars().all(char::is_numeric) {
        return line + "\u{2060}";
    }
    if line.matches(':').count() < 4 {
        return line;
    }
    let mut last = ' ';
    line.chars()
        .map(|c| {
            let c = if c == ':' && last.is_numeric() { '∶' } else { c };
            last = c;
            c
        })
        .collect()
}
