//! Whether a forgotten bleep is heard: `names_heard CORPUS MODELS [KEPT.json]`.
//!
//! The first 60 turns of the corpus in which a person's name is said are cut as clips and heard as the leak check hears them: in
//! any language, in Russian, in Ukrainian. The name is looked for in what is heard, exactly and nearly. Then the names of
//! all persons are looked for in turns in which nobody is named, and in the clips in which the name is covered by a tone:
//! whatever is found there is a false alarm. What was heard is kept in KEPT.json, so that only looking is repeated.
//! Figures in docs/benchmarks.md.
use earwitness_audio::{bleep, decode_file};
use earwitness_desk::protection::{Guard, Kind, Rule, StandIn};
use earwitness_listen::{HearOptions, Listener};
use earwitness_model::Turn;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

type Failure = Box<dyn std::error::Error>;

const MARGIN: f64 = 0.15;
/// Seconds around a word that are covered, as in a story.
const AROUND: f64 = 0.12;
/// How many turns with a name are heard.
const NAMED: usize = 60;
/// How many without.
const NAMELESS: usize = 180;
const LANGUAGES: [&[&str]; 3] = [&["ru", "uk", "en"], &["ru"], &["uk"]];

struct Ears<'a> {
    listener: Listener,
    corpus: &'a Path,
    kept: BTreeMap<String, Vec<Turn>>,
}

impl Ears<'_> {
    /// What is heard in a turn, with these seconds of its clip covered.
    fn hear(
        &mut self,
        call: &Value,
        turn: &Value,
        covered: &[(f64, f64)],
        languages: &[&str],
    ) -> Result<Vec<Turn>, Failure> {
        let key = format!("{} {} {covered:.2?} {}", call["id"], turn["index"], languages.join("+"));
        if let Some(kept) = self.kept.get(&key) {
            return Ok(kept.clone());
        }
        let sound = decode_file(&self.corpus.join("delivered/audio").join(call["file"].as_str().unwrap_or_default()))?;
        let channel = turn["channel"].as_u64().unwrap_or(1) as usize - 1;
        let samples = sound.channels.get(channel).ok_or("no such channel")?;
        let at = |key: &str| turn[key].as_f64().unwrap_or(0.0);
        let mut clip = bleep::clip(samples, sound.sample_rate, (at("start") - MARGIN).max(0.0), at("end") + MARGIN);
        for (from, to) in covered {
            bleep::cover(&mut clip, sound.sample_rate, from - AROUND, to + AROUND, bleep::Cover::Tone);
        }
        let languages = languages.iter().map(|l| (*l).to_string()).collect();
        let options = HearOptions { translate: false, languages, ..HearOptions::default() };
        let heard = self.listener.hear(&[clip], sound.sample_rate, &options, &|| false)?.turns;
        self.kept.insert(key, heard.clone());
        Ok(heard)
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (corpus, models, kept) = match args.as_slice() {
        [corpus, models] => (corpus, models, None),
        [corpus, models, kept] => (corpus, models, Some(kept)),
        _ => return Err("names_heard CORPUS MODELS [KEPT.json]".into()),
    };
    let corpus = Path::new(corpus);
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(corpus.join("truth/calls.json"))?)?;
    let before = kept.and_then(|k| std::fs::read(k).ok()).and_then(|b| serde_json::from_slice(&b).ok());
    let listener = Listener::load("base", Path::new(models), 2)?;
    let mut ears = Ears { listener, corpus, kept: before.unwrap_or_default() };
    let done = measure(&mut ears, &truth);
    if let Some(kept) = kept {
        std::fs::write(kept, serde_json::to_vec(&ears.kept)?)?;
    }
    done
}

/// What is found of a guard's names in the hearings of one clip.
#[derive(Default)]
struct Found {
    /// In the first hearing, in any of the three.
    exact: [bool; 2],
    /// Exactly or nearly in any of the three.
    near: bool,
    words: Vec<String>,
}

fn look(
    ears: &mut Ears<'_>,
    call: &Value,
    turn: &Value,
    covered: &[(f64, f64)],
    guard: &Guard,
) -> Result<Found, Failure> {
    let mut found = Found::default();
    for (number, languages) in LANGUAGES.iter().enumerate() {
        for heard in ears.hear(call, turn, covered, languages)? {
            let doubtful = heard.doubt.and_then(|doubt| doubt.heard).unwrap_or_default();
            let text = format!("{} {doubtful}", heard.text);
            let (exact, near) = (guard.find(&text), guard.find_near(&text));
            found.exact[0] |= number == 0 && !exact.is_empty();
            found.exact[1] |= !exact.is_empty();
            found.near |= !exact.is_empty() || !near.is_empty();
            found.words.extend(exact.into_iter().chain(near).map(|hit| format!("{} for {}", hit.text, hit.term)));
        }
    }
    Ok(found)
}

/// Where a name is heard, in seconds of the clip; the first hearing in which it is.
fn spans(ears: &mut Ears<'_>, call: &Value, turn: &Value, guard: &Guard) -> Result<Vec<(f64, f64)>, Failure> {
    for languages in LANGUAGES {
        let heard = ears.hear(call, turn, &[], languages)?;
        let says = |text: &str| !guard.find(text).is_empty() || !guard.find_near(text).is_empty();
        let words = heard.iter().flat_map(|turn| &turn.words).filter(|word| says(&word.text));
        let spans: Vec<(f64, f64)> = words.map(|word| (word.start, word.end)).collect();
        if !spans.is_empty() {
            return Ok(spans);
        }
    }
    Ok(Vec::new())
}

fn guard(names: impl IntoIterator<Item = String>) -> Result<Guard, Failure> {
    let rule = |name| Rule {
        kind: Kind::Name,
        terms: vec![name],
        stand_in: StandIn::Blank,
        exact: false,
        person: None,
        note: String::new(),
    };
    Ok(Guard::new(&names.into_iter().map(rule).collect::<Vec<_>>())?)
}

/// The persons who are named in a turn, as they are called there.
fn names_of(turn: &Value) -> Vec<&str> {
    let persons = turn["entities"].as_array().into_iter().flatten().filter(|e| e["type"] == "PERSON");
    persons.filter_map(|e| e["text"].as_str()).collect()
}

fn measure(ears: &mut Ears<'_>, truth: &Value) -> Result<(), Failure> {
    let empty = Vec::new();
    let turns = |call: &Value| call["turns"].as_array().cloned().unwrap_or_default();
    let calls = truth["calls"].as_array().unwrap_or(&empty);
    let all = calls
        .iter()
        .flat_map(turns)
        .flat_map(|turn| names_of(&turn).into_iter().map(str::to_owned).collect::<Vec<_>>());
    let all: BTreeSet<String> = all.collect();
    println!("{} names: {}", all.len(), all.iter().cloned().collect::<Vec<_>>().join(", "));
    let everybody = guard(all)?;
    let (mut named, mut nameless) = (0, 0);
    let (mut once, mut thrice, mut near) = (0, 0, 0);
    let (mut bleeped, mut still, mut others, mut alarms) = (0, 0, 0, [0; 2]);
    for call in calls {
        for turn in turns(call).iter().filter(|turn| turn["overlaps_previous"] != true) {
            let id = format!("{} #{}", call["id"], turn["index"]);
            match names_of(turn).first() {
                Some(name) if named < NAMED => {
                    named += 1;
                    let own = guard([(*name).to_owned()])?;
                    let found = look(ears, call, turn, &[], &own)?;
                    once += usize::from(found.exact[0]);
                    thrice += usize::from(found.exact[1]);
                    near += usize::from(found.near);
                    println!("{id} {name}: {:?} {} {:?}", found.exact, found.near, found.words);
                    let spans = spans(ears, call, turn, &own)?;
                    if !spans.is_empty() {
                        let after = look(ears, call, turn, &spans, &everybody)?;
                        // Another person may be named in the same turn.
                        let said = names_of(turn);
                        let same = |word: &&String| word.ends_with(&format!(" for {name}"));
                        let said = |word: &&String| said.iter().any(|name| word.ends_with(&format!(" for {name}")));
                        bleeped += 1;
                        still += usize::from(after.words.iter().any(|word| same(&word)));
                        others += usize::from(after.words.iter().any(|word| !said(&word)));
                        println!("    covered: {:?}", after.words);
                    }
                }
                None if nameless < NAMELESS => {
                    nameless += 1;
                    let found = look(ears, call, turn, &[], &everybody)?;
                    alarms[0] += usize::from(found.exact[1]);
                    alarms[1] += usize::from(found.near);
                    if found.near {
                        println!("{id}: {:?}", found.words);
                    }
                }
                _ => {}
            }
        }
    }
    println!("{named} turns with a name: {once} found in one hearing, {thrice} in three, {near} exactly or nearly");
    println!("{bleeped} of them with the name covered: the same name in {still}, another name in {others}");
    println!("{nameless} turns without a name: {} found exactly, {} exactly or nearly", alarms[0], alarms[1]);
    Ok(())
}
