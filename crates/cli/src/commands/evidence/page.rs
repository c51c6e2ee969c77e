//! Evidence to be read.

use super::find;
use crate::{
    commands::Outcome,
    context::Context,
    output::{Output, Style, Table, bytes, clean, count, cut, paragraph},
};
use earwitness_desk::{
    claims::{Bearing, Claim, Claims, Evidence, beginning},
    kept::Kept,
};
use serde_json::{Value, json};

pub(super) fn list(context: &Context) -> anyhow::Result<Outcome> {
    let claims = Claims::load(&context.open_to_read()?)?;
    let out = &context.out;
    if out.json {
        out.json(&claims.evidence.iter().map(|e| json_of(e, &claims)).collect::<Vec<_>>())?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["", "key", "kind", "what it is", "size", "bears on"]).right(4);
    for piece in &claims.evidence {
        let on = bears_on(piece, &claims).count() as u64;
        table.styled([
            (Style::Cyan, piece.id.clone()),
            (Style::Bold, piece.key.clone()),
            (Style::Plain, piece.kind.clone()),
            (Style::Plain, cut(&piece.title, 60)),
            (Style::Plain, piece.size.map(bytes).unwrap_or_default()),
            (Style::Plain, if on == 0 { String::new() } else { count(on, "claim", "claims") }),
        ]);
    }
    let total = format!("{}\n", count(claims.evidence.len() as u64, "piece of evidence", "pieces of evidence"));
    out.print(&if claims.evidence.is_empty() { total } else { table.render(out) + &total })?;
    Ok(Outcome::Done)
}

/// A piece on one line.
pub(super) fn title(piece: &Kept<Evidence>, out: &Output) -> String {
    let key =
        if piece.key.is_empty() { String::new() } else { format!(" {}", out.paint(Style::Bold, &clean(&piece.key))) };
    let (id, what) = (out.paint(Style::Cyan, &piece.id), clean(&piece.title));
    format!("{id}{key} {what} ({})", clean(&piece.kind))
}

/// What a piece bears on.
fn bears_on<'a>(
    piece: &'a Kept<Evidence>,
    claims: &'a Claims,
) -> impl Iterator<Item = (&'a Kept<Bearing>, &'a Kept<Claim>)> {
    let here = claims.bearings.iter().filter(|b| b.evidence == piece.id);
    here.filter_map(|b| Some((b, claims.claims.iter().find(|c| c.id == b.claim)?)))
}

fn json_of(piece: &Kept<Evidence>, claims: &Claims) -> Value {
    let mut value = serde_json::to_value(piece).unwrap_or_default();
    let one = |(b, c): (&Kept<Bearing>, &Kept<Claim>)| json!({"claim": c.id, "key": c.key, "says": b.says, "why": b.why, "by": b.by, "at": b.at});
    value["bears_on"] = bears_on(piece, claims).map(one).collect();
    value
}

pub(super) fn show(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let claims = Claims::load(&archive)?;
    let piece = find(&claims, wanted)?;
    let out = &context.out;
    let text = beginning(&archive, &piece)?;
    if out.json {
        let mut value = json_of(&piece, &claims);
        value["begins"] = json!(text);
        out.json(&value)?;
        return Ok(Outcome::Done);
    }
    let mut page = title(&piece, out) + "\n" + &facts(&piece).render(out);
    if bears_on(&piece, &claims).next().is_some() {
        page += &format!("\n{}\n", out.paint(Style::Bold, "Bears on"));
    }
    for (bearing, claim) in bears_on(&piece, &claims) {
        let key = if claim.key.is_empty() { &claim.id } else { &claim.key };
        let why = if bearing.why.is_empty() { String::new() } else { format!(" ({})", bearing.why) };
        page += &paragraph(2, &format!("{} {key}: {}{why}", bearing.says.short(), claim.what));
    }
    if let Some(text) = text {
        page += &format!("\n{}\n", out.paint(Style::Bold, "Begins"));
        page += &text.lines().map(|line| format!("  {}\n", clean(line))).collect::<String>();
    }
    out.print(&page)?;
    Ok(Outcome::Done)
}

fn facts(piece: &Kept<Evidence>) -> Table {
    let mut table = Table::new(&[]);
    let mut fact = |name: &str, text: String| table.styled([(Style::Dim, format!("  {name}")), (Style::Plain, text)]);
    fact("source", piece.source.clone());
    if let Some(url) = &piece.url {
        let at = piece.captured_at.map(|at| format!(", captured {at}")).unwrap_or_default();
        fact("address", format!("{url}{at}"));
    }
    if let Some(name) = &piece.name {
        fact("file", name.clone());
    }
    match (piece.sha256, piece.size) {
        (Some(digest), size) => {
            fact("SHA-256", digest.hex());
            fact("size", size.map(bytes).unwrap_or_default());
        }
        (None, _) => fact("sealed", "no; entered by an earlier version".into()),
    }
    let at = piece.at.strftime("%Y-%m-%d %H:%M UTC");
    fact("entered", format!("revision {} by {}, {at}", piece.revision, piece.by));
    table
}
