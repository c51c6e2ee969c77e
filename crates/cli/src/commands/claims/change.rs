//! Adding, changing, taking back; and deciding what bears on a claim.

use super::{Facts, Turns, find, list};
use crate::{
    commands::{Outcome, evidence::records},
    context::Context,
    errors::Problem,
    output::{Style, paragraph},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::{self, Basis, Bearing, Claim, Claims, Says, Tapes, Undone},
    kept::Kept,
};
use earwitness_model::CallId;

pub(super) fn add(at: Turns, kind: String, what: String, facts: Facts, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let bare = Claim {
        key: String::new(),
        call: CallId::new(&at.call),
        turn: at.first,
        last: at.last,
        words: None,
        seconds: None,
        transcript: None,
        kind,
        who: None,
        what,
        place: None,
        when: None,
        basis: Basis::Firsthand,
    };
    let kept = archive.try_write(|tx| claims::add(tx, author, facts.over(bare)))?;
    said("added", &archive, &kept, context)
}

pub(super) fn change(
    wanted: &str,
    at: Option<Turns>,
    kind: Option<String>,
    what: Option<String>,
    facts: Facts,
    context: &Context,
) -> anyhow::Result<Outcome> {
    if at.is_none() && kind.is_none() && what.is_none() && facts.is_empty() {
        let next = "give --at, --kind, --what, --who, --where, --when, --basis, --key, --words or --seconds";
        return Err(Problem::usage("nothing was said that should be changed", next).into());
    }
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| -> anyhow::Result<_> {
        let known = find(&Claims::load(tx)?, wanted)?;
        let mut to = facts.over(known.is.clone());
        (to.kind, to.what) = (kind.unwrap_or(to.kind), what.unwrap_or(to.what));
        if let Some(at) = at {
            // Looked at anew: the turns are those of the transcript that stands.
            (to.call, to.turn, to.last, to.transcript) = (CallId::new(at.call), at.first, at.last, None);
        }
        Ok(claims::change(tx, author, &known, to)?)
    })?;
    said("kept", &archive, &kept, context)
}

pub(super) fn remove(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    records::take_back(|tx| find(&Claims::load(tx)?, wanted), list::title, context)
}

/// Puts a claim back, or what was decided about it and a piece of evidence.
pub(super) fn undo(claim: &str, evidence: Option<&str>, to: Option<u32>, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let Some(evidence) = evidence else {
        let undone = archive.try_write(|tx| claims::undo(tx, author, claim, to))?;
        return match undone {
            Undone::Stands(kept) => said("put back", &archive, &kept, context),
            gone => records::undone(&gone, list::title, context),
        };
    };
    match archive.try_write(|tx| claims::undo_bearing(tx, author, claim, evidence, to))? {
        Undone::Stands(kept) => stands(&archive, &kept, kept.says.short(), context),
        gone => records::undone(&gone, |bearing, _| bearing.id.clone(), context),
    }
}

impl Facts {
    fn is_empty(&self) -> bool {
        let Self { who, place, when, basis, key, words, seconds } = self;
        [who, place, when, key, words].iter().all(|text| text.is_none()) && basis.is_none() && seconds.is_none()
    }

    /// A claim with these facts in the place of the known ones.
    fn over(&self, known: Claim) -> Claim {
        let or = |said: &Option<String>, known| said.clone().or(known);
        Claim {
            key: self.key.clone().unwrap_or(known.key),
            words: or(&self.words, known.words),
            seconds: self.seconds.map_or(known.seconds, |seconds| seconds.0),
            who: or(&self.who, known.who),
            place: or(&self.place, known.place),
            when: or(&self.when, known.when),
            basis: self.basis.unwrap_or(known.basis),
            ..known
        }
    }
}

/// Says what was kept, with the words that it rests on: the wrong turn is seen at once.
fn said(what: &str, archive: &Archive, claim: &Kept<Claim>, context: &Context) -> anyhow::Result<Outcome> {
    let out = &context.out;
    let said = Tapes::of(archive).said(claim)?;
    if out.json {
        let mut value = list::json_of(claim, Claims::load(archive)?.standing(&claim.id), &said);
        value["said"] = serde_json::to_value(&said)?;
        out.json(&value)?;
        return Ok(Outcome::Done);
    }
    out.line(&format!("{what}: {}", list::title(claim, out)))?;
    for turn in &said.turns {
        out.print(&out.paint(Style::Dim, &paragraph(2, &format!("#{} {}: {}", turn.turn, turn.speaker, turn.text))))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn bear(claim: &str, evidence: &str, says: Says, why: &str, context: &Context) -> anyhow::Result<Outcome> {
    if why.trim().is_empty() {
        let next = "say with --why in which place, or by which words, the evidence bears on the claim";
        return Err(Problem::usage("no reason was given", next).into());
    }
    let archive = context.open()?;
    let author = context.author()?;
    let kept = archive.try_write(|tx| claims::bear(tx, author, claim, evidence, says, why))?;
    stands(&archive, &kept, says.short(), context)
}

pub(super) fn unbear(claim: &str, evidence: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let taken = archive.try_write(|tx| claims::unbear(tx, author, claim, evidence))?;
    stands(&archive, &taken, "no longer bears on", context)
}

/// Says how the claim stands after a decision.
fn stands(archive: &Archive, bearing: &Kept<Bearing>, verb: &str, context: &Context) -> anyhow::Result<Outcome> {
    let all = Claims::load(archive)?;
    let standing = all.standing(&bearing.claim);
    let out = &context.out;
    if out.json {
        out.json(&serde_json::json!({"bearing": bearing, "standing": standing}))?;
        return Ok(Outcome::Done);
    }
    let (claim, piece) = (find(&all, &bearing.claim)?, all.piece(&bearing.evidence));
    let name = |key: &str, id: &str| if key.is_empty() { id.to_string() } else { key.to_string() };
    let piece = piece.map_or(bearing.evidence.clone(), |piece| name(&piece.key, &piece.id));
    let short = out.paint(list::style(standing), standing.short());
    out.line(&format!("{piece} {verb} {}, which now stands: {short}", name(&claim.key, &claim.id)))?;
    Ok(Outcome::Done)
}
