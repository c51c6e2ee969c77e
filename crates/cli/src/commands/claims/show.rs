//! One claim to be read.

use super::{find, list};
use crate::{
    commands::Outcome,
    context::Context,
    output::{Output, Style, Table, clean, paragraph},
};
use earwitness_archive::{Archive, Record};
use earwitness_desk::{
    claims::{Bearing, Claim, Claims, Evidence, Rests, Said, Says, Tapes},
    kept::{Keepable, Kept},
};
use earwitness_model::time::clock;
use serde_json::{Value, json};

pub(super) fn run(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let all = Claims::load(&archive)?;
    let claim = find(&all, wanted)?;
    let said = Tapes::of(&archive).said(&claim)?;
    let history = history(&archive, &claim)?;
    let out = &context.out;
    if out.json {
        let mut value = list::json_of(&claim, all.standing(&claim.id), &said);
        let words = |language| all.standing(&claim.id).for_readers(claim.basis, language);
        value["for_readers"] = json!({"en": words("en"), "uk": words("uk")});
        value["said"] = json!(said);
        value["evidence"] = all.bearing_on(&claim.id).map(|(b, e)| json!({"bearing": b, "evidence": e})).collect();
        value["history"] = history.iter().map(Change::json).collect();
        out.json(&value)?;
        return Ok(Outcome::Done);
    }
    let mut text = list::title(&claim, out) + "\n" + &facts(&claim, &said).render(out);
    text += &words(&said, out);
    text += &standing(&all, &claim, out);
    text += &format!("\n{}\n", out.paint(Style::Bold, "History"));
    text += &history.iter().map(|change| paragraph(2, &change.line())).collect::<String>();
    out.print(&text)?;
    Ok(Outcome::Done)
}

fn facts(claim: &Claim, said: &Said) -> Table {
    let mut table = Table::new(&[]);
    let mut fact = |name: &str, text: Option<String>| {
        let cells = text.map(|text| [(Style::Dim, format!("  {name}")), (Style::Plain, text)]);
        cells.into_iter().for_each(|cells| table.styled(cells));
    };
    fact("who", claim.who.clone());
    fact("where", claim.place.clone());
    fact("when", claim.when.clone());
    fact("basis", Some(claim.basis.short().into()));
    let seconds = said.seconds.map(|s| format!(", {} - {}", clock(s.start), clock(s.end))).unwrap_or_default();
    fact("said in", Some(format!("{}#{}{seconds}", claim.call, list::turns(claim))));
    fact("words", claim.words.clone());
    let number = said.number.map(|number| format!("transcript {number}, "));
    fact("rests on", number.zip(said.transcript.as_ref()).map(|(number, id)| format!("{number}{id}")));
    table
}

/// The turns, and whether they still stand so.
fn words(said: &Said, out: &Output) -> String {
    let mut text = format!("\n{}\n", out.paint(Style::Bold, "Words"));
    for turn in &said.turns {
        text += &paragraph(2, &format!("#{} {}: {}", turn.turn, turn.speaker, turn.text));
    }
    if let Some(other) = &said.other_speaker {
        let what =
            format!("#{} was held to be said by {} and now by {}: look at it again.", other.turn, other.was, other.is);
        text += &out.paint(Style::Yellow, &paragraph(2, &what));
    }
    let older = match &said.rests {
        Rests::Current => return text,
        Rests::SameWords => return text + "  A later transcript of the call has the same words.\n",
        Rests::NotKept => {
            "An earlier version did not keep which transcript this rests on; these are the words that stand now.".into()
        }
        Rests::Lost => "The turns that this rests on are not there.".into(),
        Rests::Older { was, is, number, by } => format!(
            "This rests on an older revision: transcript {number} by {by} has other words where “{was}” was: “{is}”."
        ),
    };
    text + &out.paint(Style::Yellow, &paragraph(2, &older))
}

/// How it stands, and by what.
fn standing(all: &Claims, claim: &Kept<Claim>, out: &Output) -> String {
    let stands = all.standing(&claim.id);
    let short = out.paint(list::style(stands), stands.short());
    let mut text = format!("\n{} {short}\n", out.paint(Style::Bold, "Standing:"));
    text += &paragraph(2, &stands.for_readers(claim.basis, "en"));
    for says in [Says::Corroborates, Says::Contradicts, Says::Denies] {
        for (bearing, piece) in all.bearing_on(&claim.id).filter(|(bearing, _)| bearing.says == says) {
            text += &bears(bearing, piece, out);
        }
    }
    text
}

fn bears(bearing: &Kept<Bearing>, piece: &Kept<Evidence>, out: &Output) -> String {
    let name = if piece.key.is_empty() { &piece.id } else { &piece.key };
    let why = if bearing.why.is_empty() { String::new() } else { format!(": {}", bearing.why) };
    let at = bearing.at.strftime("%Y-%m-%d %H:%M UTC");
    let says = format!("{} {name} {}{why}", bearing.says.short(), piece.title);
    paragraph(2, &says) + &out.paint(Style::Dim, &paragraph(6, &format!("decided by {}, {at}", bearing.by)))
}

/// A revision of the claim or of a decision about it.
struct Change {
    record: Record,
    /// What it was before.
    before: Value,
    /// The evidence, for a decision.
    evidence: Option<String>,
}

/// Everything that was done to a claim, by time.
fn history(archive: &Archive, claim: &Kept<Claim>) -> anyhow::Result<Vec<Change>> {
    let mut all = Vec::new();
    let mut take = |records: Vec<Record>, evidence: Option<String>| {
        let mut before = Value::Null;
        for record in records {
            let now = record.body.clone();
            all.push(Change { record, before: std::mem::replace(&mut before, now), evidence: evidence.clone() });
        }
    };
    take(archive.record_history(Claim::KIND, &claim.id)?, None);
    for id in archive.record_ids(Bearing::KIND)? {
        let records = archive.record_history(Bearing::KIND, &id)?;
        let of =
            records.iter().find(|r| !r.is_withdrawn()).map(|r| (r.body["claim"].as_str(), r.body["evidence"].as_str()));
        if let Some((Some(of), Some(evidence))) = of
            && of == claim.id
        {
            let evidence = evidence.to_string();
            take(records, Some(evidence));
        }
    }
    all.sort_by_key(|change| change.record.created_at);
    Ok(all)
}

impl Change {
    /// What was done, in words.
    fn what(&self) -> String {
        let Record { number, body, .. } = &self.record;
        match (&self.evidence, body.is_null()) {
            (Some(evidence), true) => format!("{evidence} no longer bears on it"),
            (Some(evidence), false) => {
                format!("{evidence} {} it", body["says"].as_str().unwrap_or_default())
            }
            (None, true) => "taken back".into(),
            (None, false) if *number == 1 => "added".into(),
            (None, false) if self.before.is_null() => "put back".into(),
            (None, false) => format!("changed: {}", self.fields().join(", ")),
        }
    }

    /// The fields that differ from the revision before.
    fn fields(&self) -> Vec<String> {
        let (Some(now), Some(before)) = (self.record.body.as_object(), self.before.as_object()) else {
            return Vec::new();
        };
        let mut names: Vec<String> =
            now.keys().chain(before.keys()).filter(|name| now.get(*name) != before.get(*name)).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    fn line(&self) -> String {
        let at = self.record.created_at.strftime("%Y-%m-%d %H:%M UTC");
        format!("{at}  {}  {}", clean(&self.record.author.to_string()), self.what())
    }

    fn json(&self) -> Value {
        let Record { kind, id, number, author, created_at, body } = &self.record;
        json!({"record": kind, "id": id, "revision": number, "by": author, "at": created_at, "what": self.what(),
            "body": body})
    }
}
