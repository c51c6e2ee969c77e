//! Names in what a machine heard, with and without the network: `names_corpus CORPUS MODELS ARCHIVE`.
//!
//! The archive holds the corpus, processed and corrected by nobody. A hint with a name is right where a person whom the
//! authors marked is named in an overlapping turn of the truth, in a form of the same name or a name that it may stand
//! for. Then places are counted in the same way, and how fast the network reads. Figures in docs/benchmarks.md.
use earwitness_archive::Archive;
use earwitness_desk::{
    hints::{FoundBy, Hint, hints},
    names::{NameKind, Tagger},
    protection::{Guard, Kind, Rule, StandIn},
};
use earwitness_model::{Span, Transcript, Turn};
use serde_json::Value;
use std::{path::Path, time::Instant};

type Failure = Box<dyn std::error::Error>;

/// Something that is said in the truth.
struct Marked {
    text: String,
    span: Span,
    names: Vec<String>,
    guard: Guard,
}

fn turn(start: f64, end: f64, text: &str) -> Turn {
    Turn {
        start,
        end,
        channel: 0,
        speaker: "A".into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: Vec::new(),
        doubt: None,
    }
}

fn marked(call: &Value, kind: &str) -> Result<Vec<Marked>, Failure> {
    let empty = Vec::new();
    let mut all = Vec::new();
    for said in call["turns"].as_array().unwrap_or(&empty) {
        let at = |key: &str| said[key].as_f64().unwrap_or(0.0);
        for entity in said["entities"].as_array().unwrap_or(&empty).iter().filter(|e| e["type"] == kind) {
            let text = entity["text"].as_str().unwrap_or_default().to_string();
            let rule = Rule {
                kind: if kind == "PLACE" { Kind::Place } else { Kind::Name },
                terms: vec![text.clone()],
                stand_in: StandIn::Blank,
                exact: false,
                person: None,
                note: String::new(),
            };
            // What the lexicon says that the name may stand for.
            let alone = Transcript { language: None, turns: vec![turn(0.0, 1.0, &format!("{text}."))] };
            let names = hints(&alone, None).into_iter().flat_map(|hint| hint.names).collect();
            all.push(Marked { text, span: Span::new(at("start"), at("end")), names, guard: Guard::new(&[rule])? });
        }
    }
    Ok(all)
}

#[derive(Debug, Default)]
struct Counted {
    marked: usize,
    found: usize,
    said: usize,
    right: usize,
}

impl Counted {
    /// Counts what was said (time, words, names that it may stand for) against what is marked.
    fn add(&mut self, said: &[(Span, String, Vec<String>)], marked: &[Marked], tell: bool) {
        let meets = |(span, words, names): &(Span, String, Vec<String>), m: &Marked| {
            span.overlap(&m.span) > 0.0
                && (!m.guard.find(words).is_empty() || names.iter().any(|name| m.names.contains(name)))
        };
        self.marked += marked.len();
        self.found += marked.iter().filter(|m| said.iter().any(|s| meets(s, m))).count();
        self.said += said.len();
        self.right += said.iter().filter(|s| marked.iter().any(|m| meets(s, m))).count();
        for (span, words, _) in said.iter().filter(|s| tell && !marked.iter().any(|m| meets(s, m))) {
            let near: Vec<&str> =
                marked.iter().filter(|m| m.span.overlap(span) > 0.0).map(|m| m.text.as_str()).collect();
            println!("wrong: {words} at {:.1} (marked there: {})", span.start, near.join(", "));
        }
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, models, archive] = args.as_slice() else { return Err("names_corpus CORPUS MODELS ARCHIVE".into()) };
    let truth = std::fs::read_to_string(Path::new(corpus).join("truth/calls.json"))?;
    let truth: Value = serde_json::from_str(&truth)?;
    let read = |name: &str| std::fs::read(Path::new(models).join("names").join(name));
    let begun = Instant::now();
    let navec = read("navec_news_v1_1B_250K_300d_100q.tar")?;
    let tagger = Tagger::read(&read("slovnet_ner_news_v1.tar")?, &navec)?;
    println!("read in {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    let archive = Archive::open_to_read(Path::new(archive))?;
    let mut names = [Counted::default(), Counted::default(), Counted::default()];
    let mut places = Counted::default();
    let (mut words, mut seconds) = (0, 0.0);
    for call in archive.calls()? {
        let is = |c: &&Value| call.files.iter().any(|f| c["file"].as_str().is_some_and(|file| f.name.ends_with(file)));
        let Some(true_call) = truth["calls"].as_array().and_then(|all| all.iter().find(is)) else { continue };
        let Some(kept) = archive.current_transcript(&call.id)? else { continue };
        let Some(heard) = kept.transcript() else { continue };
        let (persons, towns) = (marked(true_call, "PERSON")?, marked(true_call, "PLACE")?);
        let both = hints(heard, Some(&tagger));
        let of = |h: &Hint| {
            let turn = heard.turns.get(h.turn as usize).map_or(Span::new(0.0, 0.0), |t| t.span());
            (turn, h.words.clone(), h.names.clone())
        };
        let chosen = |all: &[Hint], keep: &dyn Fn(&Hint) -> bool| -> Vec<_> {
            all.iter().filter(|h| h.relation.is_none() && keep(h)).map(of).collect()
        };
        names[0].add(&chosen(&hints(heard, None), &|_| true), &persons, false);
        names[1].add(&chosen(&both, &|h| h.found_by.contains(&FoundBy::Network)), &persons, false);
        names[2].add(&chosen(&both, &|_| true), &persons, true);
        let begun = Instant::now();
        let mut said = Vec::new();
        for turn in &heard.turns {
            words += tagger.tags(&turn.text).len();
            let of_turn = tagger.names(&turn.text).into_iter().filter(|n| n.kind == NameKind::Place);
            said.extend(of_turn.map(|n| (turn.span(), n.text, Vec::new())));
        }
        seconds += begun.elapsed().as_secs_f64();
        places.add(&said, &towns, false);
    }
    for (what, counted) in ["lexicon", "network", "both"].iter().zip(&names) {
        println!("{what}: {counted:?}");
    }
    println!("places, network: {places:?}");
    println!("{:.0} words a second", 2.0 * words as f64 / seconds);
    Ok(())
}
