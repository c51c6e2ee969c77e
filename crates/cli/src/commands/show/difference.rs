//! What differs between two transcripts, so that it can be read without colours, too: `[-gone-] {+new+}`.

use crate::output::{Output, Style, clean, count};
use earwitness_desk::correction::{Change, ChangeKind, Counts, Diff, Mark, Piece};
use earwitness_model::time::clock;

/// The differences as a page.
pub fn difference(diff: &Diff, out: &Output) -> String {
    if diff.is_empty() {
        return "nothing differs\n".into();
    }
    let mut text = format!("{}\n\n", counts(&diff.counts));
    for change in &diff.changes {
        text += &one(change, out);
    }
    text
}

/// How much differs, on one line.
fn counts(counts: &Counts) -> String {
    let parts = [
        (counts.turns_changed, "turn changed", "turns changed"),
        (counts.turns_added, "turn added", "turns added"),
        (counts.turns_removed, "turn removed", "turns removed"),
        (counts.words_added, "word added", "words added"),
        (counts.words_removed, "word removed", "words removed"),
    ];
    let told = parts.iter().filter(|(n, _, _)| *n > 0).map(|(n, one, many)| count(*n as u64, one, many));
    told.collect::<Vec<_>>().join(", ")
}

fn one(change: &Change, out: &Output) -> String {
    let (kind, style) = match change.kind {
        ChangeKind::Added => ("added", Style::Green),
        ChangeKind::Removed => ("removed", Style::Red),
        ChangeKind::Changed => ("changed", Style::Yellow),
    };
    let marks: Vec<String> = change.marks.iter().map(mark).collect();
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    let head = format!("[{}] {}", clock(change.at.start), clean(&change.speaker));
    let pieces: Vec<String> = change.pieces.iter().map(|p| piece(p, out)).collect();
    format!("{} {}{marks}\n   {}\n", out.paint(Style::Bold, &head), out.paint(style, kind), pieces.join(" "))
}

fn piece(piece: &Piece, out: &Output) -> String {
    match piece {
        Piece::Same(text) => clean(text),
        Piece::Removed(text) => out.paint(Style::Red, &format!("[-{}-]", clean(text))),
        Piece::Added(text) => out.paint(Style::Green, &format!("{{+{}+}}", clean(text))),
    }
}

fn mark(mark: &Mark) -> String {
    match mark {
        Mark::Speaker { from } => format!("speaker was {}", clean(from)),
        Mark::Channel { from } => format!("track was {}", u32::from(*from) + 1),
        Mark::Moved { from } => format!("was at {} - {}", clock(from.start), clock(from.end)),
        Mark::Split => "split off".into(),
        Mark::Joined => "joined".into(),
        Mark::DoubtSettled(reason) => format!("doubt settled: {}", reason.words()),
        Mark::DoubtRaised(reason) => format!("doubt raised: {}", reason.words()),
    }
}
