//! One turn a row, for spreadsheets (RFC 4180, UTF-8).

use super::{CallExport, one_line};
use earwitness_model::time::clock;

const HEADINGS: [&str; 20] = [
    "call",
    "file",
    "started_at",
    "from",
    "to",
    "at",
    "start",
    "end",
    "track",
    "speaker",
    "language",
    "text",
    "translation",
    "confidence",
    "doubt",
    "author",
    "revision",
    "translation_draft",
    "person",
    "person_standing",
];

/// The table; tracks are counted from 1. Text cells that a spreadsheet would take for a formula get a `'` in front, telephone numbers too.
pub(super) fn render(call: &CallExport, bom: bool) -> Result<String, String> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(HEADINGS).map_err(|e| e.to_string())?;
    let optional = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
    for turn in &call.turns {
        let row = [
            cell(call.call.as_str()),
            call.files.first().map(|f| cell(&f.name)).unwrap_or_default(),
            call.started_at.map(|t| t.to_string()).unwrap_or_default(),
            optional(&call.from),
            optional(&call.to),
            clock(turn.start),
            format!("{:.3}", turn.start),
            format!("{:.3}", turn.end),
            (u32::from(turn.channel) + 1).to_string(),
            cell(&turn.speaker),
            optional(&turn.language),
            cell(&turn.text),
            optional(&turn.translation),
            format!("{:.3}", turn.confidence),
            turn.doubt.as_ref().map(|d| cell(&d.detail)).unwrap_or_default(),
            cell(&call.revision.author),
            cell(call.revision.id.as_str()),
            turn.translation.as_ref().map(|_| turn.translation_draft.to_string()).unwrap_or_default(),
            turn.person.as_ref().and_then(|p| p.written()).map(cell).unwrap_or_default(),
            turn.person.as_ref().map(|p| p.standing.words().to_owned()).unwrap_or_default(),
        ];
        table.write_record(row).map_err(|e| e.to_string())?;
    }
    let bytes = table.into_inner().map_err(|e| e.to_string())?;
    let text = String::from_utf8(bytes).map_err(|e| e.to_string())?;
    Ok(if bom { format!("\u{feff}{text}") } else { text })
}

/// A text that no spreadsheet runs (OWASP, CSV injection).
pub(crate) fn cell(text: &str) -> String {
    let text = one_line(text);
    let formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{text}") } else { text }
}
