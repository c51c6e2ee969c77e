//! The network as a picture: one page without a script and without anything from outside. People, voices and phones stand
//! in three columns; a call is a line between two phones.

use super::{NotWritten, layout::heights};
use crate::site::hash;
use earwitness_desk::network::{Edge, EdgeKind, Network, Node, NodeKind};
use earwitness_model::Standing;
use minijinja::{AutoEscape, Environment, Value, context, value::Serde};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("picture.html");
const STYLE: &str = include_str!("picture.css");

/// The most nodes of a kind: more than that is no picture any more. Those with the most calls are drawn.
const MOST: usize = 200;
/// Letters of a label.
const LETTERS: usize = 24;
/// Letters of what stands below it.
const SMALL: usize = 34;
/// Sizes in the picture's own units.
const COLUMNS: [f64; 3] = [20.0, 400.0, 780.0];
const WIDE: f64 = 224.0;
const HIGH: f64 = 42.0;
const GAP: f64 = 60.0;
const TOP: f64 = 52.0;
/// How far a line between two phones or two voices reaches out of its column, at most.
const REACH: f64 = 190.0;

/// A node as it is drawn.
#[derive(Debug, Serialize)]
struct Drawn {
    number: usize,
    kind: &'static str,
    x: f64,
    y: f64,
    label: String,
    below: String,
    title: String,
    near: Vec<usize>,
}

/// A line as it is drawn.
#[derive(Debug, Serialize)]
struct Line {
    from: usize,
    to: usize,
    class: &'static str,
    path: String,
    width: f64,
    title: String,
}

/// A line in words.
#[derive(Debug, Serialize)]
struct Said {
    from: String,
    how: &'static str,
    to: String,
    standing: &'static str,
    worth: String,
}

/// A line before it is drawn.
struct Join<'n> {
    from: usize,
    to: usize,
    how: &'static str,
    standing: Option<Standing>,
    score: Option<f64>,
    evidence: usize,
    calls: usize,
    nodes: (&'n Node, &'n Node),
}

/// The page. Rejected links are not drawn; speakers who were heard in one call only are drawn where somebody linked them.
///
/// # Errors
/// [`NotWritten`] if the page cannot be put together.
pub fn picture(network: &Network, title: &str) -> Result<String, NotWritten> {
    let failed = |e: minijinja::Error| NotWritten(e.to_string());
    let chosen = chosen(network);
    let joins = joins(network, &chosen);
    let (at, lanes) = places(&chosen, &joins);
    let boxes = boxes(network, &chosen, &joins, &at);
    let lines: Vec<Line> =
        joins.iter().enumerate().filter_map(|(n, join)| line(join, &boxes, lanes.get(&n).copied())).collect();
    let said: Vec<Said> = joins.iter().map(said).collect();
    let height = at.iter().copied().fold(0.0, f64::max) + TOP + HIGH + 20.0;
    let style = format!("{STYLE}{}", highlights(&boxes));
    let count = |kind: NodeKind| network.nodes.iter().filter(|node| node.kind == kind).count();
    let left_out = network.nodes.iter().filter(|n| n.kind != NodeKind::Call).count() - chosen.len();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("picture.html", PAGE).map_err(failed)?;
    let page = environment.get_template("picture.html").map_err(failed)?;
    page.render(context! {
        title, height, left_out, style_hash => hash(&style), style => Value::from_safe_string(style),
        boxes => Value::from(Serde(&boxes)), lines => Value::from(Serde(&lines)), said => Value::from(Serde(&said)),
        people => count(NodeKind::Person), voices => count(NodeKind::Voice), phones => count(NodeKind::Phone),
        calls => count(NodeKind::Call), columns => Value::from(Serde(COLUMNS)),
    })
    .map_err(failed)
}

/// How far each node is from the top, and each line that passes the column of voices: it has a place of its own there, so
/// that it passes behind nobody.
fn places(chosen: &[&Node], joins: &[Join<'_>]) -> (Vec<f64>, BTreeMap<usize, f64>) {
    let mut columns: Vec<usize> = chosen.iter().map(|node| column(node)).collect();
    let (mut joined, mut passing) = (Vec::new(), Vec::new());
    for (n, join) in joins.iter().enumerate() {
        let [a, b] = [join.nodes.0, join.nodes.1].map(column);
        if a.abs_diff(b) == 2 {
            let lane = columns.len();
            columns.push(1);
            passing.push((n, lane));
            joined.extend([(join.from, lane), (lane, join.to)]);
        } else {
            joined.push((join.from, join.to));
        }
    }
    let at = heights(&columns, &joined, GAP);
    let lanes = passing.into_iter().filter_map(|(n, lane)| Some((n, *at.get(lane)?))).collect();
    (at, lanes)
}

fn column(node: &Node) -> usize {
    match node.kind {
        NodeKind::Person => 0,
        NodeKind::Voice | NodeKind::Speaker => 1,
        NodeKind::Phone | NodeKind::Call => 2,
    }
}

/// The nodes that are drawn, by column.
fn chosen(network: &Network) -> Vec<&Node> {
    let standing = |edge: &&Edge| edge.kind == EdgeKind::Is && edge.standing != Some(Standing::Rejected);
    let linked: BTreeSet<&str> = network.edges.iter().filter(standing).map(|edge| edge.from.as_str()).collect();
    let mut chosen = Vec::new();
    for kind in [NodeKind::Person, NodeKind::Voice, NodeKind::Speaker, NodeKind::Phone] {
        let drawn =
            |node: &&Node| node.kind == kind && (kind != NodeKind::Speaker || linked.contains(node.id.as_str()));
        let mut all: Vec<&Node> = network.nodes.iter().filter(drawn).collect();
        all.sort_by_key(|node| std::cmp::Reverse(node.calls));
        chosen.extend(all.into_iter().take(MOST));
    }
    chosen
}

/// What joins the nodes that are drawn, calls as lines between phones.
fn joins<'n>(network: &'n Network, chosen: &[&'n Node]) -> Vec<Join<'n>> {
    let place: BTreeMap<&str, usize> = chosen.iter().enumerate().map(|(n, node)| (node.id.as_str(), n)).collect();
    let voice_of: BTreeMap<&str, &str> = of_kind(network, EdgeKind::MemberOf).map(|e| (&*e.from, &*e.to)).collect();
    let drawn = |id: &str| place.get(id).or_else(|| place.get(voice_of.get(id)?)).copied();
    let mut all: Vec<Join<'n>> = Vec::new();
    for edge in network.edges.iter().filter(|edge| edge.standing != Some(Standing::Rejected)) {
        let how = match edge.kind {
            EdgeKind::Is => "held to be",
            EdgeKind::SpeaksFrom => "speaks from",
            EdgeKind::MemberOf => "belongs to",
            EdgeKind::SoundsLike => "sounds like",
            EdgeKind::SameVoice => "same voice as",
            EdgeKind::Made | EdgeKind::Reached | EdgeKind::SpeaksIn => continue,
        };
        let (Some(from), Some(to)) = (drawn(&edge.from), drawn(&edge.to)) else { continue };
        let (Some(a), Some(b)) = (chosen.get(from), chosen.get(to)) else { continue };
        let there = |join: &Join<'_>| (join.from, join.to, join.how) == (from, to, how);
        if from != to && !all.iter().any(there) {
            let Edge { standing, score, evidence, calls, .. } = *edge;
            all.push(Join { from, to, how, standing, score, evidence, calls, nodes: (a, b) });
        }
    }
    let mut between: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let reached: BTreeMap<&str, &str> = of_kind(network, EdgeKind::Reached).map(|e| (&*e.from, &*e.to)).collect();
    for made in of_kind(network, EdgeKind::Made) {
        let Some(other) = reached.get(made.to.as_str()) else { continue };
        if let (Some(from), Some(to)) = (drawn(&made.from), drawn(other)) {
            *between.entry((from.min(to), from.max(to))).or_default() += 1;
        }
    }
    for ((from, to), calls) in between.into_iter().filter(|((from, to), _)| from != to) {
        if let (Some(a), Some(b)) = (chosen.get(from), chosen.get(to)) {
            let (how, nodes) = ("speaks with", (*a, *b));
            all.push(Join { from, to, how, standing: None, score: None, evidence: 0, calls, nodes });
        }
    }
    all
}

fn of_kind(network: &Network, kind: EdgeKind) -> impl Iterator<Item = &Edge> {
    network.edges.iter().filter(move |edge| edge.kind == kind)
}

fn boxes(network: &Network, chosen: &[&Node], joins: &[Join<'_>], at: &[f64]) -> Vec<Drawn> {
    let calls = |n: Option<usize>| match n {
        None | Some(0) => String::new(),
        Some(1) => "1 call".into(),
        Some(n) => format!("{n} calls"),
    };
    let one = |(number, (node, y)): (usize, (&&Node, &f64))| {
        let mut below = vec![calls(node.calls)];
        let mut label = node.label.clone();
        match node.kind {
            NodeKind::Person => {
                below.insert(0, node.role.clone().unwrap_or_default());
                below.push(if node.protected { "protected".into() } else { String::new() });
            }
            NodeKind::Speaker => {
                let call = network.edges.iter().find(|e| e.kind == EdgeKind::SpeaksIn && e.from == node.id);
                let call = call.and_then(|edge| network.node(&edge.to)).map_or("", |call| &call.label);
                label = node.label.rsplit(':').next().map_or(label, |l| format!("Speaker {l}"));
                below = vec![call.into()];
            }
            NodeKind::Voice => below.push(node.standing.map_or("", Standing::words).into()),
            NodeKind::Phone | NodeKind::Call => {}
        }
        below.retain(|text| !text.is_empty());
        let below = below.join(", ");
        let near = joins.iter().filter_map(|join| match (join.from, join.to) {
            (from, to) if from == number => Some(to),
            (from, to) if to == number => Some(from),
            _ => None,
        });
        Drawn {
            number,
            kind: if node.kind == NodeKind::Speaker { "voice" } else { node.kind.name() },
            x: COLUMNS[column(node)],
            y: TOP + y,
            title: format!("{} {}: {below}", node.kind.name(), node.label),
            label: short(&label, LETTERS),
            below: short(&below, SMALL),
            near: near.chain([number]).collect::<BTreeSet<_>>().into_iter().collect(),
        }
    };
    chosen.iter().zip(at).enumerate().map(one).collect()
}

fn short(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters - 1).collect::<String>() + "…"
}

/// From side to side between columns, bowed out beside the column within one, straight through `lane` past the voices.
fn line(join: &Join<'_>, boxes: &[Drawn], lane: Option<f64>) -> Option<Line> {
    let (mut a, mut b) = (boxes.get(join.from)?, boxes.get(join.to)?);
    if a.x > b.x {
        (a, b) = (b, a);
    }
    let (y1, y2) = (a.y + HIGH / 2.0, b.y + HIGH / 2.0);
    let path = if (a.x - b.x).abs() < 1.0 {
        // Phones bow out to the right, voices to the left: there is room.
        let right = a.kind == "phone";
        let (x, way) = if right { (a.x + WIDE, 1.0) } else { (a.x, -1.0) };
        let most = if right { REACH } else { REACH / 2.0 };
        let out = x + way * (30.0 + (y1 - y2).abs() * 0.35).min(most);
        format!("M{x:.1} {y1:.1}C{out:.1} {y1:.1} {out:.1} {y2:.1} {x:.1} {y2:.1}")
    } else if let Some(lane) = lane {
        let (x1, x2, y) = (a.x + WIDE, b.x, TOP + lane + HIGH / 2.0);
        let (left, right) = (COLUMNS[1], COLUMNS[1] + WIDE);
        let (m1, m2) = (f64::midpoint(x1, left), f64::midpoint(right, x2));
        let there = format!("M{x1:.1} {y1:.1}C{m1:.1} {y1:.1} {m1:.1} {y:.1} {left:.1} {y:.1}");
        format!("{there}H{right:.1}C{m2:.1} {y:.1} {m2:.1} {y2:.1} {x2:.1} {y2:.1}")
    } else {
        let (x1, x2) = (a.x + WIDE, b.x);
        let middle = f64::midpoint(x1, x2);
        format!("M{x1:.1} {y1:.1}C{middle:.1} {y1:.1} {middle:.1} {y2:.1} {x2:.1} {y2:.1}")
    };
    let said = said(join);
    Some(Line {
        from: join.from,
        to: join.to,
        class: match join.standing {
            None => "call",
            Some(Standing::Confirmed) => "sure",
            Some(Standing::Disputed) => "open disputed",
            Some(Standing::Suggested | Standing::Rejected) => "open",
        },
        path,
        width: if join.standing.is_none() { 1.2 + (join.calls as f64).ln() * 1.4 } else { 2.0 },
        title: format!("{} {} {}: {} {}", said.from, said.how, said.to, said.standing, said.worth),
    })
}

fn said(join: &Join<'_>) -> Said {
    let mut worth = Vec::new();
    if matches!(join.how, "speaks with" | "speaks from") {
        worth.push(if join.calls == 1 { "1 call".into() } else { format!("{} calls", join.calls) });
    }
    if let Some(score) = join.score {
        worth.push(format!("score {score:.1}"));
    }
    if join.evidence > 0 {
        let pieces = if join.evidence == 1 { "piece" } else { "pieces" };
        worth.push(format!("{} {pieces} of evidence", join.evidence));
    }
    Said {
        from: join.nodes.0.label.clone(),
        how: join.how,
        to: join.nodes.1.label.clone(),
        standing: join.standing.map_or("from the table", Standing::words),
        worth: worth.join(", "),
    }
}

/// Whoever is pointed at, or reached with the keyboard, stands out with all that is joined to them.
fn highlights(boxes: &[Drawn]) -> String {
    let rule = |node: &Drawn| {
        let n = node.number;
        let seen: String = node.near.iter().map(|other| format!(":not(#n{other})")).collect();
        format!("svg:has(#n{n}:is(:hover,:focus-visible)) :is(.node{seen},.line:not(.j{n})){{opacity:.13}}\n")
    };
    boxes.iter().map(rule).collect()
}
