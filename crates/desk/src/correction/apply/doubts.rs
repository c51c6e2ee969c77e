//! What remains of a doubt after a person was there.

use crate::correction::words::{doubt as shown, plain};
use earwitness_model::{Doubt, DoubtReason, Turn};

/// The doubt of a turn whose head and text were left alone; `line` is what its `??` line says now.
pub(super) fn of_untouched(turn: &Turn, line: Option<&str>) -> Option<Doubt> {
    let Some(old) = &turn.doubt else { return line.map(note) };
    match line {
        Some(line) if line == shown(old) => Some(old.clone()),
        _ if old.reason == DoubtReason::Unintelligible => Some(old.clone()),
        Some(line) => Some(Doubt { heard: old.heard.clone(), ..note(line) }),
        // Nothing was written down, so deleting the line confirms nothing.
        None => plain(&turn.text).is_empty().then(|| old.clone()),
    }
}

/// A doubt that a person wrote.
pub(super) fn note(line: &str) -> Doubt {
    let prefix = format!("{}:", DoubtReason::LowConfidence.words());
    let detail = line.strip_prefix(&prefix).unwrap_or(line).trim();
    let detail = if detail.is_empty() { "marked by hand" } else { detail };
    Doubt { reason: DoubtReason::LowConfidence, detail: detail.into(), heard: None }
}

/// The doubt of a turn with `marks` marks among its `words` words, made from `from`.
pub(super) fn unintelligible(marks: usize, words: usize, from: &[&Turn]) -> Doubt {
    if marks < words {
        let places = if marks == 1 { "1 place".into() } else { format!("{marks} places") };
        let detail = format!("{places} marked by a person");
        return Doubt { reason: DoubtReason::Unintelligible, detail, heard: None };
    }
    let heard: Vec<&str> = from
        .iter()
        .map(|t| t.doubt.as_ref().and_then(|d| d.heard.as_deref()).unwrap_or(&t.text))
        .filter(|t| !t.is_empty())
        .collect();
    let heard = (!heard.is_empty()).then(|| heard.join(" "));
    Doubt { reason: DoubtReason::Unintelligible, detail: "marked by a person".into(), heard }
}
