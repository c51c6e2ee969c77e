//! GraphML (<http://graphml.graphdrawing.org>): read by Gephi, yEd, networkx and others.

use super::{EDGE, NODE, NotWritten, Property, of_edge, of_node};
use crate::transcripts::one_line;
use earwitness_desk::network::{Edge, Network, Node};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use std::io;

const NAMESPACE: &str = "http://graphml.graphdrawing.org/xmlns";

/// The network as a directed graph. Properties of nodes are keys `n_…`, of edges `e_…`; what is not known has no key.
///
/// # Errors
/// [`NotWritten`] if the writer fails.
pub fn graphml(network: &Network) -> Result<String, NotWritten> {
    let failed = |e: io::Error| NotWritten(e.to_string());
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).map_err(failed)?;
    let root = xml.create_element("graphml").with_attribute(("xmlns", NAMESPACE));
    root.write_inner_content(|xml| {
        keys(xml)?;
        let graph = xml.create_element("graph").with_attributes([("id", "earwitness"), ("edgedefault", "directed")]);
        graph.write_inner_content(|xml| {
            network.nodes.iter().try_for_each(|node| one_node(xml, node))?;
            (0..).zip(&network.edges).try_for_each(|(number, edge)| one_edge(xml, number, edge))
        })?;
        Ok(())
    })
    .map_err(failed)?;
    let mut text = String::from_utf8(xml.into_inner()).map_err(|e| NotWritten(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn keys(xml: &mut Writer<Vec<u8>>) -> io::Result<()> {
    let node = NODE.iter().map(|(name, kind)| ("n", "node", *name, *kind));
    let edge = EDGE.iter().map(|(name, kind)| ("e", "edge", *name, *kind));
    for (letter, whose, name, kind) in node.chain(edge) {
        let id = format!("{letter}_{name}");
        let attributes = [("id", id.as_str()), ("for", whose), ("attr.name", name), ("attr.type", kind)];
        xml.create_element("key").with_attributes(attributes).write_empty()?;
    }
    Ok(())
}

fn one_node(xml: &mut Writer<Vec<u8>>, node: &Node) -> io::Result<()> {
    let id = one_line(&node.id);
    let element = xml.create_element("node").with_attribute(("id", id.as_str()));
    element.write_inner_content(|xml| data(xml, "n", NODE.iter().zip(of_node(node))))?;
    Ok(())
}

fn one_edge(xml: &mut Writer<Vec<u8>>, number: usize, edge: &Edge) -> io::Result<()> {
    let (id, from, to) = (format!("e{number}"), one_line(&edge.from), one_line(&edge.to));
    let ends = [("id", id.as_str()), ("source", from.as_str()), ("target", to.as_str())];
    let element = xml.create_element("edge").with_attributes(ends);
    element.write_inner_content(|xml| data(xml, "e", EDGE.iter().zip(of_edge(edge))))?;
    Ok(())
}

fn data<'p>(
    xml: &mut Writer<Vec<u8>>,
    letter: &str,
    properties: impl Iterator<Item = (&'p Property, Option<String>)>,
) -> io::Result<()> {
    for ((name, _), value) in properties {
        if let Some(value) = value {
            let key = format!("{letter}_{name}");
            let element = xml.create_element("data").with_attribute(("key", key.as_str()));
            element.write_text_content(BytesText::new(&one_line(&value)))?;
        }
    }
    Ok(())
}
