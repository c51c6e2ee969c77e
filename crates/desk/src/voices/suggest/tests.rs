use super::*;
use crate::voices::testing::{at, call, calls, decided, group};
use earwitness_model::{Call, Voiceprint};

type Said<'a> = (&'a str, &'a str, Standing);

fn shown(
    prints: &[Voiceprint],
    calls: &[Call],
    groups: &[(String, crate::voices::Group)],
    said: &[Said<'_>],
) -> Vec<String> {
    let decisions = decided(said);
    let scene = Scene::new(prints, calls, groups, &decisions);
    let name = |p: &Party| p.voice.clone().unwrap_or_else(|| p.members[0].to_string());
    suggest(&scene, 0.5, 10).iter().map(|s| format!("{} {}", name(&s.a), name(&s.b))).collect()
}

#[test]
fn the_most_alike_come_first() {
    let prints = [at("c1:A", 0.0), at("c2:A", 30.0), at("c3:A", 35.0), at("c4:A", 120.0)];
    let shown = shown(&prints, &calls(), &[], &[]);
    assert_eq!(shown.first().map(String::as_str), Some("c2:A c3:A"));
    assert!(shown.iter().all(|pair| !pair.contains("c4")));
}

#[test]
fn what_was_decided_is_not_shown_again_until_it_is_opened_again() {
    let prints = [at("c1:A", 0.0), at("c2:A", 3.0)];
    let with = |standing| shown(&prints, &calls(), &[], &[("c1:A", "c2:A", standing)]);
    assert!(with(Standing::Rejected).is_empty());
    assert!(with(Standing::Confirmed).is_empty());
    assert!(with(Standing::Disputed).is_empty());
    assert_eq!(with(Standing::Suggested), ["c1:A c2:A"]);
}

#[test]
fn two_groups_are_suggested_once_and_never_across_a_rejected_pair() {
    let prints = [at("c1:A", 0.0), at("c2:A", 1.0), at("c3:A", 9.0), at("c4:A", 10.0)];
    let groups = [group("V1", &["c1:A", "c2:A"]), group("V2", &["c3:A", "c4:A"])];
    assert_eq!(shown(&prints, &calls(), &groups, &[]), ["V1 V2"]);
    assert!(shown(&prints, &calls(), &groups, &[("c1:A", "c4:A", Standing::Rejected)]).is_empty());
}

#[test]
fn speakers_of_one_call_are_not_suggested_and_contradictions_are_told() {
    let mut calls = calls();
    calls[1].started_at = calls[0].started_at;
    let prints = [at("c1:A", 0.0), at("c1:B", 1.0), at("c2:A", 0.5)];
    let decisions = decided(&[]);
    let scene = Scene::new(&prints, &calls, &[], &decisions);
    let all = suggest(&scene, 0.5, 10);
    assert_eq!(all.len(), 2, "c1:A and c1:B are not shown");
    assert!(all.iter().all(|s| s.facts.contains(&Fact::BothOnTheLine { seconds: 100 })));
}

#[test]
fn facts_are_told_but_do_not_change_the_score() {
    let near = [call("c1", 1.0, "+71", "+72"), call("c2", 30.0, "+72", "+71"), call("c3", 31.0, "+73", "+74")];
    let prints = [at("c1:A", 0.0), at("c2:A", 5.0), at("c3:A", -5.0)];
    let decisions = decided(&[]);
    let scene = Scene::new(&prints, &near, &[], &decisions);
    let all = suggest(&scene, 0.5, 10);
    let of =
        |a: &str, b: &str| all.iter().find(|s| s.closest.0.to_string() == a && s.closest.1.to_string() == b).unwrap();
    let phones = Fact::SamePhones { numbers: ["+71".into(), "+72".into()] };
    assert_eq!(of("c1:A", "c2:A").facts, [phones, Fact::CloseInTime { days: 1 }]);
    assert_eq!(of("c1:A", "c3:A").facts, [Fact::CloseInTime { days: 1 }]);
    assert!((of("c1:A", "c2:A").log10_lr.rank() - of("c1:A", "c3:A").log10_lr.rank()).abs() < 1e-6);
}

#[test]
fn a_common_partner_is_a_fact() {
    let calls = [call("c1", 1.0, "+71", "+72"), call("c2", 500.0, "+73", "+74")];
    let prints = [at("c1:A", 0.0), at("c2:A", 5.0), at("c1:B", 90.0), at("c2:B", 91.0)];
    let groups = [group("V4", &["c1:B", "c2:B"])];
    let decisions = decided(&[]);
    let scene = Scene::new(&prints, &calls, &groups, &decisions);
    let all = suggest(&scene, 0.5, 10);
    assert_eq!(all[0].facts, [Fact::SamePartner { voice: "V4".into() }]);
    assert_eq!(all[0].facts[0].words(), "both speak with the voice V4");
}

#[test]
fn no_more_are_kept_than_there_is_room_for_and_the_best_stay() {
    let key = Key::Speaker;
    let mut closest: Closest = (0..10).map(|i| ((key(i), key(i + 1)), (i as f64 / 10.0, i, i + 1))).collect();
    let floor = keep_best(&mut closest, 4);
    assert_eq!(closest.len(), 4);
    assert!(closest.values().all(|best| best.0 as f32 > floor));
}
