//! The claims and papers of the corpus, entered as an editor would: their standings must be those of the truth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_archive::{ActorName, Archive, Error, Tx};
use earwitness_desk::claims::{Basis, Bearing, Claim, ClaimStanding, Claims, Evidence, Says};
use earwitness_desk::kept::Kept;
use earwitness_model::{Author, CallId, Digest};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn by() -> Author {
    Author::person("Anna")
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_string)
}

/// Enters the papers; gives the record of each by its key.
fn enter_papers(tx: &Tx<'_>, truth: &Value, folder: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut papers = BTreeMap::new();
    for paper in truth["documents"].as_array().unwrap() {
        let bytes = std::fs::read(folder.join(paper["file"].as_str().unwrap())).unwrap();
        let evidence = Evidence {
            key: string(&paper["id"]).unwrap(),
            kind: string(&paper["kind"]).unwrap(),
            title: string(&paper["title"]).unwrap(),
            sha256: Some(Digest::of(&bytes)),
            size: Some(bytes.len() as u64),
            name: None,
            url: None,
            captured_at: None,
            source: "came with the delivery".into(),
        };
        papers.insert(evidence.key.clone(), Kept::add(tx, by(), &evidence)?.id);
    }
    Ok(papers)
}

fn claim_of(call: &Value, turn: &Value, claim: &Value) -> Claim {
    Claim {
        key: string(&claim["id"]).unwrap(),
        call: CallId::new(string(&call["id"]).unwrap()),
        turn: usize::try_from(turn["index"].as_u64().unwrap()).unwrap(),
        last: None,
        words: None,
        seconds: None,
        transcript: None,
        kind: string(&claim["kind"]).unwrap(),
        who: string(&claim["who"]),
        what: string(&claim["what"]).unwrap(),
        place: string(&claim["where"]),
        when: string(&claim["when"]),
        basis: if claim["basis"] == "hearsay" { Basis::Hearsay } else { Basis::Firsthand },
    }
}

/// Enters every claim with what the papers say of it; gives the status that the truth has for each.
fn enter_claims(
    tx: &Tx<'_>,
    truth: &Value,
    papers: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Error> {
    let mut expected = BTreeMap::new();
    for call in truth["calls"].as_array().unwrap() {
        for turn in call["turns"].as_array().unwrap() {
            for claim in turn["claims"].as_array().unwrap() {
                let entered = claim_of(call, turn, claim);
                let kept = Kept::add(tx, by(), &entered)?;
                expected.insert(entered.key, string(&claim["status"]).unwrap());
                for (paper, says) in claim["documents"].as_object().unwrap() {
                    let says = if says == "contradicts" { Says::Contradicts } else { Says::Corroborates };
                    let (claim, evidence) = (kept.id.clone(), papers[paper].clone());
                    Kept::add(tx, by(), &Bearing { claim, evidence, says, why: String::new() })?;
                }
            }
        }
    }
    Ok(expected)
}

#[test]
fn standings_follow_from_the_papers() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("EARWITNESS_CORPUS").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(corpus.join("truth/calls.json")) else {
        println!("skipped: no corpus");
        return;
    };
    let truth: Value = serde_json::from_str(&text).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init(&dir.path().join("a"), &ActorName::new("Anna").unwrap()).unwrap();
    let enter = |tx: &Tx<'_>| enter_claims(tx, &truth, &enter_papers(tx, &truth, &corpus.join("documents"))?);
    let expected = archive.write(enter).unwrap();
    let claims = Claims::load(&archive).unwrap();
    assert!(expected.len() > 80 && claims.claims.len() == expected.len(), "{}", expected.len());
    let standings = claims.standings();
    for (key, status) in &expected {
        let told = match standings[claims.claim(key).unwrap().id.as_str()] {
            ClaimStanding::WordAlone => "uncorroborated",
            ClaimStanding::Corroborated => "corroborated",
            ClaimStanding::Contradicted => "contradicted",
            ClaimStanding::Denied => "denied",
            ClaimStanding::Disputed => "disputed",
        };
        assert_eq!(told, status, "{key}");
    }
    println!("{} claims stand as the truth says", expected.len());
    // A bearing that is taken back bears no more.
    let bearing = claims.bearings[0].clone();
    archive.write(|tx| bearing.withdraw(tx, Author::person("Anna"))).unwrap();
    assert_eq!(Claims::load(&archive).unwrap().bearings.len(), claims.bearings.len() - 1);
    assert_eq!(ClaimStanding::of(&[Says::Denies]), ClaimStanding::Denied);
    assert_eq!(ClaimStanding::of(&[Says::Denies, Says::Corroborates]), ClaimStanding::Disputed);
}
