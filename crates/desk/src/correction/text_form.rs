//! A transcript as a text that can be edited in any editor, and back.
//!
//! ```text
//! # earwitness transcript
//! # call: c0123456789
//! # base: r0123456789ab
//!
//! [0:03.568 - 0:08.008] A (ch1): Мам, это я, Артём.
//!    > Mom, it's me, Artyom.
//!    ?? low confidence: 0.31 on average
//! ```
//!
//! What a transcript holds beyond this (exact times, word times, probabilities) is not in the text: it is taken
//! from the revision named in the head when the edited text is applied.

mod parse;

pub use parse::{parse, parse_bytes};

use super::words::{body, doubt, label, plain};
use earwitness_model::{Call, Phone, Revision, Transcript, Translation, time::clock};
use std::fmt::Write as _;

/// The first line of every text form.
pub const TITLE: &str = "# earwitness transcript";

const HOW: &str = "\
# How to edit (lines that begin with # are only for you and are not read back):
#   words          just change them; times of the words you leave alone are kept
#   split a turn   put | where the second turn begins; | B: if somebody else speaks there;
#                  or begin a new line with a time of your own: [0:05.2] B: text
#   join two       delete the [time] and name at the head of the second, and leave its text
#   delete         delete the turn with all its lines; add one: [0:05.2 - 0:07.0] B (ch1): text
#   speaker, time  change them in the head of the turn; ch1 is the first track
#   cannot hear    write /unintelligible/ for a word or instead of the whole text
#   > line         the translation; change it, or leave it or delete it to keep the old one;
#                  >! line is one that you vouch for: no longer a machine's draft
#   ?? line        a doubt; delete it once you have listened and the text is right
#                  (a turn without text keeps its doubt); or add one of your own for the next listener
";

/// The revision given as a transcript is a translation.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("revision {0} is a translation, not a transcript")]
pub struct NotATranscript(
    /// The name of the revision.
    pub String,
);

/// The text form of `transcript`, a revision of `call`, with the lines of `translation`, a revision too, where it is
/// given.
///
/// # Errors
/// [`NotATranscript`] if the revision is a translation.
pub fn write(call: &Call, transcript: &Revision, translation: Option<&Revision>) -> Result<String, NotATranscript> {
    write_with(call, transcript, translation, &[])
}

/// As [`write()`], with lines of one's own in the head, which are not read back.
///
/// # Errors
/// As [`write()`].
pub fn write_with(
    call: &Call,
    transcript: &Revision,
    translation: Option<&Revision>,
    remarks: &[String],
) -> Result<String, NotATranscript> {
    let turns = transcript.transcript().ok_or_else(|| NotATranscript(transcript.id.to_string()))?;
    let mut out = head(call, transcript, translation, remarks);
    out.push_str(&write_turns(turns, translation.and_then(Revision::translation)));
    Ok(out)
}

/// The turns of a text form without its head, for a transcript that is no revision of an archive.
pub fn write_turns(transcript: &Transcript, translation: Option<&Translation>) -> String {
    let mut out = String::new();
    let turns = &transcript.turns;
    let translations = translation.map_or_else(|| vec![None; turns.len()], |t| t.of_turns(turns));
    for (turn, translation) in turns.iter().zip(translations) {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "\n[{} - {}] {} (ch{}): {}",
            clock(turn.start),
            clock(turn.end),
            label(&turn.speaker),
            u32::from(turn.channel) + 1,
            body(turn)
        );
        if let Some(text) = translation.map(|t| plain(&t.text)).filter(|t| !t.is_empty()) {
            let _ = writeln!(out, "   > {text}");
        }
        if let Some(d) = &turn.doubt {
            let _ = writeln!(out, "   ?? {}", doubt(d));
        }
    }
    out
}

fn head(call: &Call, revision: &Revision, translation: Option<&Revision>, remarks: &[String]) -> String {
    let mut lines = vec![
        TITLE.to_string(),
        format!("# call: {}", plain(call.id.as_str())),
        format!("# base: {}", plain(revision.id.as_str())),
        format!(
            "# made: revision {} by {}, {:.3}",
            revision.number,
            plain(&revision.author.to_string()),
            revision.created_at
        ),
    ];
    for file in &call.files {
        lines.push(format!("# file: {}", plain(&file.name)));
    }
    let phone = |p: &Option<Phone>| p.as_ref().map_or("unknown".into(), |p| plain(p.label()));
    let when = call.started_at.map_or("unknown time".to_string(), |t| t.to_string());
    lines.push(format!("# when: {when}, {} long", clock(call.duration)));
    lines.push(format!("# from: {} to: {}", phone(&call.from), phone(&call.to)));
    lines.extend(remarks.iter().map(|remark| format!("# {}", plain(remark))));
    if let Some((drafts, all)) = translation.map(Revision::drafts).filter(|(drafts, _)| *drafts > 0) {
        lines.push(format!("# The translation: {drafts} of {all} turns are still a machine's draft."));
    }
    if translation.and_then(Revision::translation).is_some_and(|t| super::is_stale(t, &revision.id)) {
        lines.push("# The translation was made from an older revision of this transcript.".into());
    }
    lines.push("#".into());
    format!("{}\n{HOW}", lines.join("\n"))
}
