//! What texts must be before they are kept.

use crate::claims::Fault;

/// Whether a text may be kept: not longer than so many characters, on one line unless it may have several.
pub(crate) fn text(place: &str, text: &str, most: usize, lines: bool) -> Option<Fault> {
    let strange = |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\t'));
    let what = if text.chars().count() > most {
        format!("it has more than {most} characters")
    } else if text.chars().any(strange) {
        let breaks = if lines { "" } else { "line breaks or " };
        format!("it holds {breaks}control characters")
    } else {
        return None;
    };
    Some(Fault::new(place, what))
}
