//! Whether a recogniser can tell if a clip carries its words: `carries CORPUS MODELS`.
//!
//! The clips of the corpus' story are cut as they would be published and heard, as they are and in disguise; so are the turns
//! beside them. What was heard is compared with the words of the quote (true clips) and of all other quotes and with
//! the quote's neighbour (wrong clips). Figures in docs/benchmarks.md.
use earwitness_audio::{Disguise, bleep, decode_file};
use earwitness_desk::fidelity::heard::{ANOTHER, CARRIES, carries};
use earwitness_listen::{HearOptions, Listener};
use serde_json::Value;
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

const MARGIN: f64 = 0.15;
const DRAW: [u8; 8] = [12, 40, 90, 200, 33, 7, 150, 61];

struct Ears<'a> {
    listener: Listener,
    corpus: &'a Path,
}

impl Ears<'_> {
    fn hear(&self, call: &Value, turn: &Value, disguised: bool, languages: &[&str]) -> Result<String, Failure> {
        let file = call["file"].as_str().unwrap_or_default();
        let sound = decode_file(&self.corpus.join("delivered/audio").join(file))?;
        let channel = turn["channel"].as_u64().unwrap_or(1) as usize - 1;
        let samples = sound.channels.get(channel).ok_or("no such channel")?;
        let at = |key: &str| turn[key].as_f64().unwrap_or(0.0);
        let mut clip = bleep::clip(samples, sound.sample_rate, (at("start") - MARGIN).max(0.0), at("end") + MARGIN);
        if disguised {
            clip = Disguise::drawn(DRAW).over(&clip, sound.sample_rate);
        }
        let languages = languages.iter().map(|l| (*l).to_string()).collect();
        let options = HearOptions { translate: false, languages, ..HearOptions::default() };
        let heard = self.listener.hear(&[clip], sound.sample_rate, &options, &|| false)?;
        let of =
            |t: earwitness_model::Turn| format!("{} {}", t.text, t.doubt.and_then(|d| d.heard).unwrap_or_default());
        Ok(heard.turns.into_iter().map(of).collect::<Vec<_>>().join(" "))
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, models] = args.as_slice() else { return Err("carries CORPUS MODELS".into()) };
    let corpus = Path::new(corpus);
    let read = |name: &str| -> Result<Value, Failure> {
        Ok(serde_json::from_str(&std::fs::read_to_string(corpus.join("truth").join(name))?)?)
    };
    let (story, truth) = (read("story.json")?, read("calls.json")?);
    let ears = Ears { listener: Listener::load("base", Path::new(models), 2)?, corpus };
    quotes(&ears, &story, &truth)
}

const ALL: [&str; 3] = ["ru", "uk", "en"];

fn quotes(ears: &Ears<'_>, story: &Value, truth: &Value) -> Result<(), Failure> {
    let empty = Vec::new();
    let mut heard = Vec::new();
    for quote in story["quotes"].as_array().unwrap_or(&empty) {
        let call = truth["calls"].as_array().and_then(|all| all.iter().find(|c| c["id"] == quote["call"]));
        let call = call.ok_or("a quote without its call")?;
        let turns = call["turns"].as_array().unwrap_or(&empty);
        let number = quote["turn"].as_u64().unwrap_or(0) as usize;
        let turn = turns.get(number).ok_or("a quote without its turn")?;
        let beside = turns.get(number + 1).or(turns.get(number.wrapping_sub(1))).ok_or("a call of one turn")?;
        let said = quote["ru"].as_str().unwrap_or_default().to_string();
        let texts = [
            ears.hear(call, turn, false, &ALL)?,
            ears.hear(call, turn, true, &ALL)?,
            ears.hear(call, beside, false, &ALL)?,
        ];
        heard.push((quote["call"].as_str().unwrap_or_default().to_string(), said, texts));
    }
    println!(
        "| quote | its clip | in disguise | the turn beside it | best of the other quotes' clips |\n|---|---|---|---|---|"
    );
    let (mut wrong, mut right) = (Vec::new(), Vec::new());
    for (i, (call, said, [own, disguised, beside])) in heard.iter().enumerate() {
        let others =
            heard.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, (_, _, texts))| carries(said, &texts[0]));
        let others: Vec<f64> = others.collect();
        let best = others.iter().copied().fold(0.0, f64::max);
        let shares = [carries(said, own), carries(said, disguised), carries(said, beside)];
        println!("| {call} | {:.2} | {:.2} | {:.2} | {best:.2} |", shares[0], shares[1], shares[2]);
        right.push(shares[0]);
        wrong.extend(others.into_iter().chain([shares[2]]));
    }
    let least = right.iter().copied().fold(1.0, f64::min);
    let most = wrong.iter().copied().fold(0.0, f64::max);
    let above = |all: &[f64], at: f64| all.iter().filter(|x| **x >= at).count();
    println!(
        "true clips: {} of {} at {CARRIES} or more, {} at {ANOTHER} or more; least {least:.2}",
        above(&right, CARRIES),
        right.len(),
        above(&right, ANOTHER)
    );
    println!(
        "wrong clips: {} of {} at {CARRIES} or more, {} at {ANOTHER} or more; most {most:.2}",
        above(&wrong, CARRIES),
        wrong.len(),
        above(&wrong, ANOTHER)
    );
    for (call, _, [own, disguised, _]) in &heard {
        eprintln!("{call}: {own}\n     {disguised}");
    }
    Ok(())
}
