//! Two tables for spreadsheets (RFC 4180, UTF-8): nodes and edges.

use super::{EDGE, NODE, NotWritten, of_edge, of_node};
use crate::transcripts::table::cell;
use earwitness_desk::network::Network;

/// One node a row. Text cells that a spreadsheet would take for a formula get a `'` in front, telephone numbers too.
///
/// # Errors
/// [`NotWritten`] if the writer fails.
pub fn nodes_csv(network: &Network) -> Result<String, NotWritten> {
    let headings = ["id"].into_iter().chain(NODE.map(|(name, _)| name));
    let rows = network.nodes.iter().map(|node| std::iter::once(Some(node.id.clone())).chain(of_node(node)));
    table(headings, rows)
}

/// One edge a row; the score is a log10 likelihood ratio.
///
/// # Errors
/// [`NotWritten`] if the writer fails.
pub fn edges_csv(network: &Network) -> Result<String, NotWritten> {
    let headings = ["from", "to"].into_iter().chain(EDGE.map(|(name, _)| name));
    let ends = |edge: &earwitness_desk::network::Edge| [Some(edge.from.clone()), Some(edge.to.clone())].into_iter();
    let rows = network.edges.iter().map(|edge| ends(edge).chain(of_edge(edge)));
    table(headings, rows)
}

fn table<'h, R>(headings: impl Iterator<Item = &'h str>, rows: impl Iterator<Item = R>) -> Result<String, NotWritten>
where
    R: Iterator<Item = Option<String>>,
{
    let failed = |e: csv::Error| NotWritten(e.to_string());
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(headings).map_err(failed)?;
    for row in rows {
        // A score below zero is a number, not a formula.
        let plain =
            |text: String| if text.parse::<f64>().is_ok() && !text.starts_with('+') { text } else { cell(&text) };
        table.write_record(row.map(|value| value.map(plain).unwrap_or_default())).map_err(failed)?;
    }
    let bytes = table.into_inner().map_err(|e| NotWritten(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| NotWritten(e.to_string()))
}
