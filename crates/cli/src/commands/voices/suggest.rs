//! Pairs worth a person's ear.

use super::{Outcome, load, name};
use crate::{
    context::Context,
    output::{Output, Style, count, paragraph},
};
use earwitness_desk::voices::{Decisions, Fact, Likelihood, Party, Suggestion, score, suggest};
use serde_json::{Value, json};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// The least log10 likelihood ratio; 1 means ten times likelier if one person spoke
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    above: f64,
}

/// Shows suggestions.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let voices = load(&archive)?;
    let scene = voices.scene();
    let found = suggest::suggest(&scene, args.above, args.limit);
    let out = &context.out;
    contradictions(scene.decisions(), out);
    if out.json {
        let all: Vec<Value> = found.iter().map(json_of).collect();
        out.json(&all)?;
    } else if found.is_empty() {
        out.line("Nothing to suggest: nobody sounds alike enough whom you have not decided about.")?;
    } else {
        found.iter().try_for_each(|suggestion| out.print(&page(suggestion, out)))?;
        let pairs = count(found.len() as u64, "pair", "pairs");
        out.note(&format!("{pairs}. A likeness is evidence, not an identity: listen, then decide."));
    }
    Ok(Outcome::Done)
}

/// Decisions that cannot all hold are said whenever voices are compared.
pub fn contradictions(decisions: &Decisions, out: &Output) {
    for decision in decisions.contradictions() {
        let text = format!("decisions contradict each other: {} and {} were held to be", decision.a, decision.b);
        out.warn(&format!("{text} two voices, and one by other decisions; neither is used until you decide again"));
    }
}

/// A score as JSON: the number, its words, and what made it.
pub fn score_json(score: Likelihood) -> Value {
    json!({
        "log10_lr": score.log10(), "strength": score.strength(), "towards": score.towards(), "words": score.words(),
        "calibration": score::CALIBRATION,
    })
}

/// A fact as JSON, with its words.
pub fn fact_json(fact: &Fact) -> Value {
    let mut value = serde_json::to_value(fact).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("words".into(), fact.words().into());
        fields.insert("supports".into(), fact.supports().into());
    }
    value
}

fn json_of(suggestion: &Suggestion) -> Value {
    let Suggestion { a, b, closest, log10_lr, rank, facts } = suggestion;
    json!({
        "a": a, "b": b, "listen_to": [closest.0, closest.1], "score": score_json(*log10_lr), "rank": rank,
        "facts": facts.iter().map(fact_json).collect::<Vec<_>>(),
    })
}

fn page(suggestion: &Suggestion, out: &Output) -> String {
    let Suggestion { a, b, closest, log10_lr, facts, .. } = suggestion;
    let of = |party: &Party| match &party.voice {
        Some(voice) => format!("{voice} ({})", count(party.members.len() as u64, "speaker", "speakers")),
        None => name(party),
    };
    let mut text = format!("{} and {}\n", out.paint(Style::Bold, &of(a)), out.paint(Style::Bold, &of(b)));
    text += &paragraph(2, &format!("{} [log10 LR {:+.1}]", log10_lr.words(), log10_lr.log10()));
    for fact in facts {
        let side = if fact.supports() { "for" } else { "against" };
        text += &paragraph(2, &format!("{side}: {}", fact.words()));
    }
    text + &format!("  decide: earwitness voices decide {} {} same|different\n\n", closest.0, closest.1)
}
