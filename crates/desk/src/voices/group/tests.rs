use super::*;
use crate::voices::testing::{at, call, calls, decided, group, print, who};
use earwitness_model::{Call, Voiceprint};
use proptest::prelude::*;

fn strict() -> Strict {
    Strict::among(9)
}

/// The members of all groups, as text.
fn formed(prints: &[Voiceprint], calls: &[Call], said: &[(&str, &str, Standing)], strict: &Strict) -> Vec<String> {
    let decisions = decided(said);
    let scene = Scene::new(prints, calls, &[], &decisions);
    let plan = plan(&scene, &[], strict).unwrap();
    let text = |g: &Group| g.members.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut all: Vec<String> = plan.new.iter().map(text).collect();
    all.sort();
    all
}

#[test]
fn the_alike_stand_together_and_the_others_alone() {
    let prints =
        [at("c1:A", 0.0), at("c2:A", 3.0), at("c3:B", 6.0), at("c4:A", 90.0), at("c5:A", 92.0), at("c6:A", 45.0)];
    let groups = formed(&prints, &calls(), &[], &strict());
    assert_eq!(groups, ["c1:A c2:A c3:B", "c4:A c5:A"]);
}

#[test]
fn what_a_person_rejected_stays_apart_and_what_they_confirmed_together() {
    let prints = [at("c1:A", 0.0), at("c2:A", 3.0), at("c3:A", 90.0), at("c4:A", 92.0)];
    let said = [("c1:A", "c2:A", Standing::Rejected), ("c2:A", "c3:A", Standing::Confirmed)];
    // c4 is near c3, which is now one voice with c2: their likeness says no.
    assert_eq!(formed(&prints, &calls(), &said, &strict()), ["c2:A c3:A"]);
}

#[test]
fn two_speakers_of_one_call_and_two_on_the_line_at_once_are_never_joined() {
    let prints = [at("c1:A", 0.0), at("c1:B", 1.0)];
    assert!(formed(&prints, &calls(), &[], &strict()).is_empty());
    let mut calls = calls();
    calls[1].started_at = calls[0].started_at;
    let prints = [at("c1:A", 0.0), at("c2:A", 1.0), at("c3:A", 0.5)];
    assert_eq!(formed(&prints, &calls, &[], &strict()).len(), 1, "c3 joins one of them only");
    let said = [("c1:A", "c2:A", Standing::Confirmed)];
    assert_eq!(formed(&prints, &calls, &said, &strict()), ["c1:A c2:A c3:A"], "unless a person says so");
}

#[test]
fn too_little_speech_joins_nothing_by_itself_and_does_not_keep_others_apart() {
    let short = |speaker, degrees: f32| print(speaker, &at(speaker, degrees).vector, 4.0);
    let prints = [at("c1:A", 0.0), at("c2:A", 2.0), short("c3:A", 1.0)];
    assert_eq!(formed(&prints, &calls(), &[], &strict()), ["c1:A c2:A"]);
    let said = [("c1:A", "c3:A", Standing::Confirmed)];
    assert_eq!(formed(&prints, &calls(), &said, &strict()), ["c1:A c2:A c3:A"]);
}

#[test]
fn the_least_alike_pair_decides_where_linkage_is_complete() {
    let prints = [at("c1:A", 0.0), at("c2:A", 15.0), at("c3:A", 30.0)];
    let far = score::Likelihood::of(30_f32.to_radians().cos(), 40.0, 40.0).rank();
    let near = score::Likelihood::of(15_f32.to_radians().cos(), 40.0, 40.0).rank();
    let threshold = far.midpoint(near);
    let by = |linkage| Strict { threshold, linkage, ..strict() };
    assert!(near >= threshold && far < threshold);
    assert_eq!(formed(&prints, &calls(), &[], &by(Linkage::Complete)), ["c1:A c2:A"]);
    let mean = (far + near) / 2.0;
    let lower = Strict { threshold: mean - 0.01, ..by(Linkage::Average) };
    assert_eq!(formed(&prints, &calls(), &[], &lower), ["c1:A c2:A c3:A"]);
}

#[test]
fn the_more_voices_there_are_the_more_is_asked_for() {
    assert_eq!(Strict::among(0).threshold, FLOOR);
    assert_eq!(Strict::among(20).threshold, FLOOR);
    assert!((Strict::among(3000).threshold - 3.0).abs() < 1e-9);
}

#[test]
fn names_stay_with_the_most_members() {
    let prints: Vec<Voiceprint> =
        [("c1:A", 0.0), ("c2:A", 1.0), ("c3:A", 2.0), ("c4:A", 90.0), ("c5:A", 91.0)].map(|(s, d)| at(s, d)).into();
    let (calls, decisions) = (calls(), decided(&[]));
    let old = [group("V1", &["c4:A", "c1:A"]), group("V2", &["c2:A", "c3:A"]), group("V3", &["c6:A", "c7:A"])];
    let scene = Scene::new(&prints, &calls, &old, &decisions);
    let first = plan(&scene, &old, &strict()).unwrap();
    let names: Vec<&str> = first.changed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, first.new.len()), (vec!["V2", "V1"], 0), "V2 has two of three, V1 one of two");
    assert_eq!(first.dissolved, ["V3"]);
    let again = plan(&scene, &first.changed, &strict()).unwrap();
    assert_eq!(again, Plan { unchanged: 2, ..Plan::default() });
}

#[test]
fn a_group_is_confirmed_when_all_its_members_are() {
    let prints = [at("c1:A", 0.0), at("c2:A", 1.0), at("c3:A", 2.0)];
    let of = |said: &[(&str, &str, Standing)]| {
        let (decisions, calls) = (decided(said), calls());
        let scene = Scene::new(&prints, &calls, &[], &decisions);
        plan(&scene, &[], &strict()).unwrap().new.remove(0)
    };
    let one = of(&[("c1:A", "c2:A", Standing::Confirmed)]);
    assert_eq!(one.standing, Standing::Suggested);
    assert_eq!(one.method.unwrap().calibration, score::CALIBRATION);
    let all = of(&[("c1:A", "c2:A", Standing::Confirmed), ("c3:A", "c2:A", Standing::Confirmed)]);
    assert_eq!((all.standing, all.method), (Standing::Confirmed, None));
}

#[test]
fn a_group_is_read_back_as_it_was_written() {
    let (calls, decisions) = (calls(), decided(&[]));
    let prints = [at("c1:A", 0.0), at("c2:A", 1.0)];
    let scene = Scene::new(&prints, &calls, &[], &decisions);
    let group = plan(&scene, &[], &strict()).unwrap().new.remove(0);
    let value = serde_json::to_value(&group).unwrap();
    assert_eq!(value["members"], serde_json::json!(["c1:A", "c2:A"]));
    assert_eq!(value["standing"], "suggested");
    assert_eq!(serde_json::from_value::<Group>(value).unwrap(), group);
}

#[test]
fn calls_in_common_phones_are_no_reason_to_join() {
    let calls = [call("c1", 1.0, "+71", "+72"), call("c2", 2.0, "+71", "+72")];
    assert!(formed(&[at("c1:A", 0.0), at("c2:A", 60.0)], &calls, &[], &strict()).is_empty());
}

proptest! {
    #[test]
    fn the_order_does_not_matter_and_nobody_stands_in_two_groups(
        angles in prop::collection::vec(0.0_f32..180.0, 2..9),
        turn in 0_usize..9,
    ) {
        let mut prints: Vec<Voiceprint> =
            angles.iter().enumerate().map(|(i, d)| at(&format!("c{}:A", i + 1), *d)).collect();
        let said = [("c1:A", "c2:A", Standing::Rejected)];
        let one = formed(&prints, &calls(), &said, &strict());
        let by = turn % prints.len();
        prints.rotate_left(by);
        prints.reverse();
        prop_assert_eq!(&one, &formed(&prints, &calls(), &said, &strict()));
        let members: Vec<&str> = one.iter().flat_map(|g| g.split(' ')).collect();
        let mut once = members.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(members.len(), once.len());
        let apart = |g: &String| !(g.contains("c1:A") && g.contains("c2:A"));
        prop_assert!(one.iter().all(apart));
        prop_assert!(who("c1:A") != who("c2:A"));
    }
}
