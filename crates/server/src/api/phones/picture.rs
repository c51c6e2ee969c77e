//! So much of a network as a browser can draw.

use super::Known;
use crate::error::{Answer, Problem};
use earwitness_desk::network::NodeKind;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// The most nodes and links of a picture.
const MOST: usize = 2000;
const LINKS: usize = 5000;

/// Which part.
#[derive(Deserialize)]
pub struct Wanted {
    around: Option<String>,
    #[serde(default = "one")]
    steps: usize,
    #[serde(default = "usual")]
    most: usize,
}

fn one() -> usize {
    1
}

fn usual() -> usize {
    500
}

/// A line between two places of the list of nodes.
struct Line {
    from: usize,
    to: usize,
    /// The heavier, the sooner it is drawn.
    weight: usize,
    told: Value,
}

/// The nodes that are drawn, and what joins them.
///
/// # Errors
/// A node that is not there.
pub fn picture(known: &Known, wanted: &Wanted) -> Answer<Value> {
    let nodes = &known.network.nodes;
    let places: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
    let lines = lines(known, &places);
    let most = wanted.most.clamp(1, MOST);
    let drawn = match wanted.around.as_deref().filter(|around| !around.is_empty()) {
        Some(around) => {
            let missing = || Problem::missing(format!("there is no {around} in this network"));
            let middle = *places.get(around).ok_or_else(|| missing().value("kind", "node").value("wanted", around))?;
            near(middle, nodes.len(), &lines, wanted.steps.clamp(1, 6), most)
        }
        None if nodes.len() <= most => (0..nodes.len()).collect(),
        None => foremost(known, &lines, most),
    };
    let mut is_drawn = vec![false; nodes.len()];
    for at in &drawn {
        if let Some(is_drawn) = is_drawn.get_mut(*at) {
            *is_drawn = true;
        }
    }
    let both = |line: &&Line| [line.from, line.to].iter().all(|at| is_drawn.get(*at) == Some(&true));
    let mut shown: Vec<&Line> = lines.iter().filter(both).collect();
    // The order of the list is that of the kinds; a stable sort keeps it among lines of one weight.
    shown.sort_by_key(|line| std::cmp::Reverse(line.weight));
    shown.truncate(LINKS);
    let points: Vec<Value> = drawn.iter().filter_map(|at| nodes.get(*at)).map(|node| json!(node)).collect();
    Ok(json!({
        "nodes": points, "links": shown.iter().map(|line| &line.told).collect::<Vec<_>>(),
        "total": {"nodes": nodes.len(), "links": lines.len()},
    }))
}

/// All lines; where calls are left out, one for every two phones that talked, with how many calls there were.
fn lines(known: &Known, places: &HashMap<&str, usize>) -> Vec<Line> {
    let edges = known.network.edges.iter().filter_map(|edge| {
        let (from, to) = (*places.get(edge.from.as_str())?, *places.get(edge.to.as_str())?);
        Some(Line { from, to, weight: edge.calls, told: json!(edge) })
    });
    let mut lines: Vec<Line> = edges.collect();
    if !known.reduced {
        return lines;
    }
    let nodes = &known.network.nodes;
    let numbers: BTreeMap<&str, usize> =
        nodes.iter().enumerate().filter_map(|(at, node)| Some((node.number.as_deref()?, at))).collect();
    for phone in &known.phones {
        let Some(&from) = numbers.get(phone.number.as_str()) else { continue };
        // Each of two phones counts the other.
        for contact in phone.contacts.iter().filter(|contact| phone.number < contact.number) {
            let Some(&to) = numbers.get(contact.number.as_str()) else { continue };
            let id = |at: usize| nodes.get(at).map(|node| node.id.as_str());
            let told = json!({
                "from": id(from), "to": id(to), "kind": "calls", "standing": null, "score": contact.calls,
                "evidence": 0, "calls": contact.calls,
            });
            lines.push(Line { from, to, weight: contact.calls, told });
        }
    }
    lines
}

/// The nodes within so many steps, the nearest first; of those that are as near, the one with the heavier line.
fn near(middle: usize, count: usize, lines: &[Line], steps: usize, most: usize) -> Vec<usize> {
    let mut beside: Vec<Vec<(usize, usize)>> = vec![Vec::new(); count];
    for line in lines {
        for (one, other) in [(line.from, line.to), (line.to, line.from)] {
            if let Some(list) = beside.get_mut(one) {
                list.push((line.weight, other));
            }
        }
    }
    let mut seen = vec![false; count];
    let (mut found, mut open) = (Vec::new(), VecDeque::from([(middle, 0)]));
    if let Some(seen) = seen.get_mut(middle) {
        *seen = true;
    }
    while let Some((at, step)) = open.pop_front() {
        found.push(at);
        if step >= steps {
            continue;
        }
        let mut next = beside.get(at).cloned().unwrap_or_default();
        next.sort_by(|a, b| b.cmp(a));
        for (_, other) in next {
            if found.len() + open.len() >= most {
                break;
            }
            if let Some(seen) = seen.get_mut(other).filter(|seen| !**seen) {
                *seen = true;
                open.push_back((other, step + 1));
            }
        }
    }
    found
}

/// Persons before all others, then those with the most links; in the order of the list.
fn foremost(known: &Known, lines: &[Line], most: usize) -> Vec<usize> {
    let mut links = vec![0usize; known.network.nodes.len()];
    for at in lines.iter().flat_map(|line| [line.from, line.to]) {
        if let Some(count) = links.get_mut(at) {
            *count += 1;
        }
    }
    // Calls and single speakers have few links each and say least.
    let rank = |kind: NodeKind| match kind {
        NodeKind::Person => 0,
        NodeKind::Voice | NodeKind::Phone => 1,
        NodeKind::Speaker | NodeKind::Call => 2,
    };
    let mut ranked: Vec<(u8, std::cmp::Reverse<usize>, usize)> = known
        .network
        .nodes
        .iter()
        .zip(links)
        .enumerate()
        .map(|(at, (node, links))| (rank(node.kind), std::cmp::Reverse(links), at))
        .collect();
    ranked.sort_unstable();
    let mut drawn: Vec<usize> = ranked.into_iter().take(most).map(|(_, _, at)| at).collect();
    drawn.sort_unstable();
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use earwitness_desk::{
        network::{Network, Node},
        phones::Contact,
    };

    /// A phone that calls all others, and a person.
    fn star(rays: usize) -> Known {
        let node = |id: String, kind, number: Option<String>| Node {
            label: id.clone(),
            id,
            kind,
            number,
            role: None,
            protected: false,
            standing: None,
            started_at: None,
            seconds: None,
            calls: None,
        };
        let number = |n: usize| format!("+{n:05}");
        let mut nodes = vec![node("person:p1".into(), NodeKind::Person, None)];
        nodes.extend((0..=rays).map(|n| node(format!("phone:{n}"), NodeKind::Phone, Some(number(n)))));
        let phone = |n: usize| super::super::Phone {
            number: number(n),
            calls: 1,
            made: 0,
            first: None,
            last: None,
            places: Default::default(),
            here: 0,
            open: 0,
            contacts: (1..=rays).filter(|_| n == 0).map(|m| Contact { number: number(m), calls: m }).collect(),
            people: Vec::new(),
        };
        let network = Network { nodes, edges: Vec::new() };
        Known { phones: (0..=rays).map(phone).collect(), network, reduced: true }
    }

    fn wanted(around: Option<&str>, most: usize) -> Wanted {
        Wanted { around: around.map(str::to_owned), steps: 1, most }
    }

    #[test]
    fn a_picture_is_bounded_and_tells_what_it_leaves_out() {
        let known = star(10_000);
        let told = picture(&known, &wanted(None, usize::MAX)).unwrap();
        assert_eq!(
            (told["nodes"].as_array().unwrap().len(), &told["total"]),
            (MOST, &json!({"nodes": 10_002, "links": 10_000}))
        );
        assert_eq!(told["nodes"][0]["id"], "person:p1");
        assert_eq!(told["nodes"][1]["id"], "phone:0", "the one with the most links");
        assert_eq!(told["links"].as_array().unwrap().len(), MOST - 2);
    }

    #[test]
    fn around_a_node_the_strongest_links_come_first() {
        let known = star(100);
        let told = picture(&known, &wanted(Some("phone:0"), 3)).unwrap();
        let ids: Vec<&str> = told["nodes"].as_array().unwrap().iter().map(|n| n["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["phone:0", "phone:100", "phone:99"]);
        assert_eq!((&told["links"][0]["kind"], &told["links"][0]["score"]), (&json!("calls"), &json!(100)));
        assert_eq!(picture(&known, &wanted(Some("person:p1"), 3)).unwrap()["nodes"].as_array().unwrap().len(), 1);
        assert!(picture(&known, &wanted(Some("phone:x"), 3)).is_err());
    }
}
