//! The network of phones, voices, people and calls in forms that other programs read, and as a picture.

mod graphml;
mod layout;
mod picture;
mod tables;

pub use graphml::graphml;
pub use picture::picture;
pub use tables::{edges_csv, nodes_csv};

use earwitness_desk::network::{Edge, Node};

/// A network that cannot be written in a form.
#[derive(Debug, thiserror::Error)]
#[error("the network could not be put together: {0}")]
pub struct NotWritten(String);

/// The name of a property and its type in GraphML.
type Property = (&'static str, &'static str);

const NODE: [Property; 9] = [
    ("kind", "string"),
    ("label", "string"),
    ("number", "string"),
    ("role", "string"),
    ("protected", "boolean"),
    ("standing", "string"),
    ("started_at", "string"),
    ("seconds", "double"),
    ("calls", "int"),
];

const EDGE: [Property; 5] =
    [("kind", "string"), ("standing", "string"), ("score", "double"), ("evidence", "int"), ("calls", "int")];

/// The values of [`NODE`].
fn of_node(node: &Node) -> [Option<String>; 9] {
    [
        Some(node.kind.name().to_owned()),
        Some(node.label.clone()),
        node.number.clone(),
        node.role.clone(),
        Some(node.protected.to_string()),
        node.standing.map(|s| s.words().to_owned()),
        node.started_at.map(|t| t.to_string()),
        node.seconds.map(|s| format!("{s:.3}")),
        node.calls.map(|n| n.to_string()),
    ]
}

/// The values of [`EDGE`].
fn of_edge(edge: &Edge) -> [Option<String>; 5] {
    [
        Some(edge.kind.name().to_owned()),
        edge.standing.map(|s| s.words().to_owned()),
        edge.score.map(|s| format!("{s:.3}")),
        Some(edge.evidence.to_string()),
        Some(edge.calls.to_string()),
    ]
}

#[cfg(test)]
mod tests;
