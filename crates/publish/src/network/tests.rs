use super::*;
use earwitness_desk::network::{EdgeKind, Network, NodeKind};
use earwitness_model::Standing;

fn node(id: &str, kind: NodeKind, label: &str) -> Node {
    Node {
        id: id.into(),
        kind,
        label: label.into(),
        number: None,
        role: None,
        protected: false,
        standing: None,
        started_at: None,
        seconds: None,
        calls: Some(2),
    }
}

fn edge(from: &str, to: &str, kind: EdgeKind, standing: Option<Standing>) -> Edge {
    Edge { from: from.into(), to: to.into(), kind, standing, score: Some(-1.25), evidence: 1, calls: 1 }
}

fn network() -> Network {
    let nodes = vec![
        node("person:p1", NodeKind::Person, "Artyom <b>& sons</b>\u{1}"),
        node("voice:V1", NodeKind::Voice, "V1"),
        node("speaker:c1:A", NodeKind::Speaker, "c1:A"),
        node("speaker:c1:B", NodeKind::Speaker, "c1:B"),
        node("phone:1", NodeKind::Phone, "+380000000001"),
        node("phone:2", NodeKind::Phone, "=cmd()"),
        node("call:c1", NodeKind::Call, "2022-03-11 18:45"),
    ];
    let edges = vec![
        edge("phone:1", "call:c1", EdgeKind::Made, None),
        edge("call:c1", "phone:2", EdgeKind::Reached, None),
        edge("speaker:c1:A", "call:c1", EdgeKind::SpeaksIn, None),
        edge("voice:V1", "person:p1", EdgeKind::Is, Some(Standing::Suggested)),
        edge("voice:V1", "phone:1", EdgeKind::SpeaksFrom, Some(Standing::Confirmed)),
        edge("phone:2", "person:p1", EdgeKind::Is, Some(Standing::Rejected)),
        edge("phone:1", "person:p1", EdgeKind::Is, Some(Standing::Disputed)),
    ];
    Network { nodes, edges }
}

#[test]
fn a_picture_says_how_far_each_line_has_come() {
    let page = picture(&network(), "Who <speaks>").unwrap();
    assert!(
        page.contains("Artyom &lt;b&gt;&amp; sons") && !page.contains("<b>") && !page.contains("<script"),
        "{page}"
    );
    let lines = |class: &str| page.matches(&format!("class=\"line {class} j")).count();
    assert_eq!((lines("open"), lines("sure"), lines("call")), (1, 1, 1), "what is rejected is not drawn");
    let passing = page.split("class=\"line open disputed j").nth(1).unwrap();
    assert!(passing.split('"').nth(2).is_some_and(|path| path.contains('H')), "it passes the voices in a lane");
    assert!(page.contains("2 of the network&#x27;s nodes") || page.contains("Not drawn: 2 of"), "{page}");
    assert!(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("style=\""), "{page}");
    let style = page.split("<style>").nth(1).and_then(|s| s.split("</style>").next()).unwrap();
    let allowed = crate::site::hash(style).replace('/', "&#x2f;");
    assert!(page.contains(&allowed), "the style is the one that the page allows");
    assert_eq!(page, picture(&network(), "Who <speaks>").unwrap());
    assert!(picture(&Network::default(), "Nobody").unwrap().contains("0 people"));
}

#[test]
fn tables_run_nothing() {
    let (nodes, edges) = (nodes_csv(&network()).unwrap(), edges_csv(&network()).unwrap());
    assert!(nodes.starts_with("id,kind,label,number,") && nodes.contains(",'=cmd(),"), "{nodes}");
    assert!(edges.contains("voice:V1,person:p1,is,suggested,-1.250,1,1\r\n"), "{edges}");
    assert_eq!((nodes.lines().count(), edges.lines().count()), (8, 8));
}

#[test]
fn graphml_is_xml_with_a_key_for_each_property() {
    let xml = graphml(&network()).unwrap();
    assert!(xml.contains("<key id=\"e_score\" for=\"edge\" attr.name=\"score\" attr.type=\"double\""), "{xml}");
    assert!(xml.contains("Artyom &lt;b&gt;&amp; sons&lt;/b&gt;</data>"), "{xml}");
    assert_eq!((xml.matches("<node ").count(), xml.matches("<edge ").count()), (7, 7));
}
