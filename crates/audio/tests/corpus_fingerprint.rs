//! In the corpus, fingerprints find every pair that shares sound and no other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::HashMap;

use common::{corpus, files};
use earwitness_audio::{Fingerprint, Index, Relation, decode_file, relation};

#[test]
fn true_pairs_are_found_and_no_others() {
    let Some(corpus) = corpus() else { return };
    let mut index = Index::new();
    let mut prints: Vec<(String, Fingerprint)> = Vec::new();
    for file in files(&corpus) {
        let Ok(decoded) = decode_file(&file.path) else { continue };
        prints.push((file.name, Fingerprint::of(&decoded.mono(), decoded.sample_rate)));
    }
    for (number, (_, print)) in prints.iter().enumerate() {
        index.add(number as u64, print);
    }
    let mut relations = HashMap::new();
    let short = |name: &str| name.rsplit(['_', '.']).nth(1).unwrap().to_string();
    for (number, (name, print)) in prints.iter().enumerate() {
        for found in index.matches(print).iter().filter(|found| found.id != number as u64) {
            let (other, reference) = &prints[found.id as usize];
            let kind = relation(found, print.duration, reference.duration);
            println!("{name} ~ {other}: {kind:?}\n   {found:?}");
            relations.insert((short(name), short(other)), kind);
        }
        if ["k34", "k35", "k36"].contains(&short(name).as_str()) {
            assert_eq!(print.telling(), 0, "{name} can be told from others");
        }
    }
    let of = |a: &str, b: &str| relations.get(&(a.to_string(), b.to_string())).copied();
    for (a, b) in [("k32", "k12"), ("k33", "k07"), ("k31", "k05")] {
        assert_eq!(of(a, b), Some(Relation::Same), "{a} {b}");
        assert_eq!(of(b, a), Some(Relation::Same), "{b} {a}");
    }
    let Some(Relation::ExcerptOfReference { start, end }) = of("03", "k14") else { panic!("fragment: {relations:?}") };
    assert!((start - 21.5).abs() < 0.3 && (end - 41.5).abs() < 0.4, "{start} to {end}");
    let Some(Relation::ReferenceIsExcerptOfQuery { start, .. }) = of("k14", "03") else { panic!("{relations:?}") };
    assert!((start - 21.5).abs() < 0.3, "{start}");
    let Some(Relation::ExcerptOfReference { start, end }) = of("k39", "k16") else { panic!("k39: {relations:?}") };
    assert!(start < 0.3 && (end - 22.5).abs() < 0.5, "{start} to {end}");
    // The five pairs, each from both sides.
    assert_eq!(relations.len(), 10, "{:?}", relations.keys());
}
