//! Claims in a list.

use super::Filters;
use crate::{
    commands::Outcome,
    context::Context,
    output::{Output, Style, Table, clean, count},
};
use earwitness_desk::{
    claims::{Claim, ClaimStanding, Claims, Rests, Said, Tapes},
    kept::Kept,
};
use serde_json::{Value, json};

pub(super) fn run(filters: &Filters, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let all = Claims::load(&archive)?;
    let call = filters.call.as_ref().map(|call| archive.find_call(call)).transpose()?.map(|call| call.id);
    let (standings, mut tapes, mut found) = (all.standings(), Tapes::of(&archive), Vec::new());
    for claim in &all.claims {
        let standing = standings.get(claim.id.as_str()).copied().unwrap_or(ClaimStanding::WordAlone);
        let fits = call.as_ref().is_none_or(|call| claim.call == *call)
            && filters.kind.as_ref().is_none_or(|kind| claim.kind == kind.trim())
            && filters.standing.is_none_or(|wanted| standing == wanted);
        if fits {
            found.push((claim, standing, tapes.said(claim)?));
        }
    }
    let out = &context.out;
    if out.json {
        out.json(&found.iter().map(|(claim, standing, said)| json_of(claim, *standing, said)).collect::<Vec<_>>())?;
        return Ok(Outcome::Done);
    }
    let total = count(found.len() as u64, "claim", "claims");
    out.print(&if found.is_empty() { format!("{total}\n") } else { table(&found, out) + &total + "\n" })?;
    let how_many = |wanted: fn(&Said) -> bool| found.iter().filter(|(_, _, said)| wanted(said)).count() as u64;
    let older = how_many(|said| matches!(said.rests, Rests::Older { .. } | Rests::Lost));
    if older > 0 {
        let claims = count(older, "claim rests", "claims rest");
        out.note(&format!("{claims} on words that were changed later; `earwitness claims show CLAIM` shows both."));
    }
    let others = how_many(|said| said.other_speaker.is_some());
    if others > 0 {
        let claims = count(others, "claim rests", "claims rest");
        let what = format!("{claims} on words that somebody else is held to say by now");
        out.note(&format!("{what}; `earwitness claims show CLAIM` tells who."));
    }
    Ok(Outcome::Done)
}

/// A claim as JSON, with how it stands.
pub(super) fn json_of(claim: &Kept<Claim>, standing: ClaimStanding, said: &Said) -> Value {
    let mut value = serde_json::to_value(claim).unwrap_or_default();
    value["standing"] = json!(standing);
    value["rests"] = json!(said.rests);
    if let Some(other) = &said.other_speaker {
        value["other_speaker"] = json!(other);
    }
    value
}

fn table(found: &[(&Kept<Claim>, ClaimStanding, Said)], out: &Output) -> String {
    let mut table = Table::new(&["", "key", "said in", "kind", "when", "standing", "what"]).wrap_to_fit();
    for (claim, standing, said) in found {
        let mark = match said.rests {
            Rests::Older { .. } | Rests::Lost => " (older words)",
            _ if said.other_speaker.is_some() => " (another speaker)",
            _ => "",
        };
        table.styled([
            (Style::Cyan, claim.id.clone()),
            (Style::Bold, claim.key.clone()),
            (Style::Plain, format!("{}#{}", claim.call, turns(claim))),
            (Style::Plain, claim.kind.clone()),
            (Style::Plain, claim.when.clone().unwrap_or_default()),
            (style(*standing), format!("{}{mark}", standing.short())),
            (Style::Plain, claim.what.clone()),
        ]);
    }
    table.render(out)
}

/// `7`, or `7-9`.
pub(super) fn turns(claim: &Claim) -> String {
    claim.last.map_or_else(|| claim.turn.to_string(), |last| format!("{}-{last}", claim.turn))
}

pub(super) fn style(standing: ClaimStanding) -> Style {
    match standing {
        ClaimStanding::WordAlone => Style::Plain,
        ClaimStanding::Corroborated => Style::Green,
        ClaimStanding::Contradicted | ClaimStanding::Denied => Style::Red,
        ClaimStanding::Disputed => Style::Yellow,
    }
}

/// A claim on one line.
pub(super) fn title(claim: &Kept<Claim>, out: &Output) -> String {
    let key =
        if claim.key.is_empty() { String::new() } else { format!(" {}", out.paint(Style::Bold, &clean(&claim.key))) };
    format!("{}{key} {} ({})", out.paint(Style::Cyan, &claim.id), clean(&claim.what), clean(&claim.kind))
}
