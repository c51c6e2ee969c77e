//! One voice: its calls, what was decided, who sounds alike.

use super::{
    Outcome, advised, load, name,
    suggest::{contradictions, fact_json, score_json},
};
use crate::{
    context::Context,
    output::{Output, Style, Table, clean, paragraph},
};
use earwitness_archive::{Archive, Record};
use earwitness_desk::voices::{Decision, Fact, Likelihood, Party, Scene, Voices, facts, find::Scan, suggest::between};
use earwitness_model::{SpeakerRef, Standing, Voiceprint, time::clock};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many others are named as sounding alike.
const ALIKE: usize = 5;

/// Someone outside who sounds alike.
struct Other {
    speaker: SpeakerRef,
    voice: Option<String>,
    score: Likelihood,
    facts: Vec<Fact>,
    standing: Standing,
}

/// Shows a group or a speaker.
pub fn run(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let voices = load(&archive)?;
    let party = voices.find(&archive, wanted).map_err(advised)?;
    let scene = voices.scene();
    let others = alike(&voices, &scene, &party);
    let history = match &party.voice {
        Some(voice) => archive.record_history("voice", voice)?,
        None => Vec::new(),
    };
    let out = &context.out;
    contradictions(scene.decisions(), out);
    if out.json {
        out.json(&json_of(&archive, &voices, &scene, &party, &others, &history)?)?;
    } else {
        out.print(&page(&voices, &scene, &party, &others, &history, out))?;
    }
    Ok(Outcome::Done)
}

/// The nearest speakers outside, each call and group once.
fn alike(voices: &Voices, scene: &Scene<'_>, party: &Party) -> Vec<Other> {
    let mut best: Vec<(f32, &Voiceprint, &Voiceprint)> = Vec::new();
    let mut scan = Scan::default();
    let mut of = None;
    for member in party.members.iter().filter_map(|m| scene.voice(m)) {
        let network = (member.print.weights, member.print.vector.len());
        if of.replace(network) != Some(network) {
            scan = Scan::new(&voices.prints, &network.0, network.1);
        }
        for found in scan.nearest(&member.print.vector, ALIKE * 4 + party.members.len()) {
            let other = voices.prints.get(found.place).filter(|p| !party.members.contains(&p.speaker));
            best.extend(other.map(|other| (found.cosine, member.print, other)));
        }
    }
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.speaker.cmp(&b.2.speaker)));
    let mut seen = BTreeSet::new();
    let mut others = Vec::new();
    for (_, own, other) in best {
        let voice = scene.group_of(&other.speaker).map(|(name, _)| name.clone());
        let (Some(a), Some(b)) = (scene.voice(&own.speaker), scene.voice(&other.speaker)) else { continue };
        let Some(score) = Likelihood::between(own, other) else { continue };
        if others.len() < ALIKE && seen.insert(voice.clone().unwrap_or_else(|| other.speaker.to_string())) {
            let standing = scene.decisions().standing(&own.speaker, &other.speaker);
            let facts = facts::facts(a, b, scene);
            others.push(Other { speaker: other.speaker.clone(), voice, score, facts, standing });
        }
    }
    others
}

fn decided<'a>(voices: &'a Voices, party: &Party) -> Vec<(&'a Decision, String)> {
    let about = |d: &Decision| party.members.contains(&d.a) || party.members.contains(&d.b);
    voices.decisions.iter().filter(|kept| about(kept)).map(|kept| (&kept.is, kept.by.to_string())).collect()
}

/// How much a member sounds like the other members.
fn to_the_others(scene: &Scene<'_>, party: &Party, member: &SpeakerRef) -> Option<Likelihood> {
    let alone = Party { voice: None, members: vec![member.clone()] };
    let others = Party { voice: None, members: party.members.iter().filter(|m| *m != member).cloned().collect() };
    between(scene, &alone, &others)
}

fn json_of(
    archive: &Archive,
    voices: &Voices,
    scene: &Scene<'_>,
    party: &Party,
    others: &[Other],
    history: &[Record],
) -> anyhow::Result<Value> {
    let mut members = Vec::new();
    for member in &party.members {
        let (print, call) = (scene.voice(member).map(|heard| heard.print), archive.call(&member.call)?);
        members.push(json!({
            "speaker": member, "call": call.id, "started_at": call.started_at, "from": call.from, "to": call.to,
            "files": call.files, "measured": print.is_some(), "net_speech": print.map(|p| p.net_speech),
            "quality": print.map(|p| p.quality), "model": print.map(|p| &p.model),
            "to_the_others": to_the_others(scene, party, member).map(score_json),
        }));
    }
    let alike: Vec<Value> = others.iter().map(|other| json!({
        "speaker": other.speaker, "voice": other.voice, "score": score_json(other.score), "standing": other.standing,
        "facts": other.facts.iter().map(fact_json).collect::<Vec<_>>(),
    })).collect();
    let decisions: Vec<Value> = decided(voices, party)
        .iter()
        .map(|(d, by)| json!({"a": d.a, "b": d.b, "standing": d.standing, "note": d.note, "by": by}))
        .collect();
    let group = party.voice.as_ref().and_then(|voice| voices.group(voice));
    Ok(json!({
        "voice": name(party), "standing": group.map(|g| g.standing), "method": group.and_then(|g| g.method.as_ref()),
        "members": members, "decisions": decisions, "sounds_alike": alike, "history": history,
    }))
}

fn page(
    voices: &Voices,
    scene: &Scene<'_>,
    party: &Party,
    others: &[Other],
    history: &[Record],
    out: &Output,
) -> String {
    let group = party.voice.as_ref().and_then(|voice| voices.group(voice));
    let standing = group.map_or("a speaker of one call", |group| group.standing.words());
    let mut text = format!("{}, {standing}\n\n", out.paint(Style::Bold, &name(party)));
    let mut table =
        Table::new(&["speaker", "started", "speech", "from", "to", "sounds like the others", "file"]).right(2);
    for member in &party.members {
        let print = scene.voice(member).map(|heard| heard.print);
        let Some(call) = voices.calls.iter().find(|call| call.id == member.call) else { continue };
        let phone = |phone: &Option<_>| phone.as_ref().map(|p: &earwitness_model::Phone| p.label().to_owned());
        table.row([
            member.to_string(),
            call.started_at.map(|t| t.to_string()).unwrap_or_default(),
            print.map_or("none".into(), |p| clock(p.net_speech.round()).trim_end_matches(".000").to_owned()),
            phone(&call.from).unwrap_or_default(),
            phone(&call.to).unwrap_or_default(),
            to_the_others(scene, party, member).map(|s| format!("{:+.1}", s.log10())).unwrap_or_default(),
            call.files.first().map(|file| file.name.clone()).unwrap_or_default(),
        ]);
    }
    text += &table.cut_to_fit().render(out);
    let decisions = decided(voices, party);
    if !decisions.is_empty() {
        text += "\ndecided:\n";
    }
    for (decision, by) in decisions {
        let word = match decision.standing {
            Standing::Confirmed => "one voice",
            Standing::Rejected => "two voices",
            Standing::Disputed => "disputed",
            Standing::Suggested => "opened again",
        };
        let note = decision.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        text += &paragraph(2, &format!("{} and {}: {word}, by {by}{note}", decision.a, decision.b));
    }
    text += &sounds(others);
    for record in history {
        let what = if record.is_withdrawn() { "taken apart" } else { "kept" };
        text += &format!(
            "revision {}: {what} by {}, {}\n",
            record.number,
            clean(&record.author.to_string()),
            record.created_at
        );
    }
    text
}

fn sounds(others: &[Other]) -> String {
    if others.is_empty() {
        return "\n".into();
    }
    let mut text = String::from("\nthe most alike of the others:\n");
    for other in others {
        let of = other.voice.as_ref().map(|voice| format!(" of {voice}")).unwrap_or_default();
        let decided = match other.standing {
            Standing::Suggested => String::new(),
            standing => format!(" ({})", standing.words()),
        };
        let score = format!("{} [log10 LR {:+.1}]", other.score.words(), other.score.log10());
        text += &paragraph(2, &format!("{}{of}{decided}: {score}", other.speaker));
        for fact in &other.facts {
            let side = if fact.supports() { "for" } else { "against" };
            text += &paragraph(4, &format!("{side}: {}", fact.words()));
        }
    }
    text + "\n"
}
