//! Every row of the catalog against the ledger entry that recorded it, and the other way round.

use super::{FindingKind, Progress, Step, VerifyReport, people};
use crate::{
    Archive, DeliveredFile, DeliveredRow, Delivery, Document, Recording, Result, TableFault, calls, database,
    deliveries, evidence, recordings, records, revisions,
};
use earwitness_model::{Author, Digest, RevisionBody, canonical};
use rusqlite::Row;
use serde::Serialize;

/// Tables with the acts that write them.
const TABLES: [(&str, &[&str]); 9] = [
    ("recording", &[recordings::SEALED]),
    ("document", &[evidence::SEALED]),
    ("delivery", &[deliveries::RECEIVED]),
    ("delivered_file", &[deliveries::FILE]),
    ("delivered_row", &[deliveries::ROW]),
    ("table_fault", &[deliveries::FAULT]),
    ("call", &[calls::MADE, calls::CHANGED]),
    ("revision", &[revisions::KEPT]),
    ("record", &[records::KEPT]),
];

/// What a row says of itself: its name in the ledger, and the payload that its entry should have.
struct Claim {
    subject: String,
    payload: Digest,
    /// Columns that repeat what others say, and do not.
    contradiction: Option<&'static str>,
}

impl Claim {
    fn new(subject: impl Into<String>, payload: &impl Serialize) -> Result<Self> {
        Ok(Self { subject: subject.into(), payload: canonical::digest(payload)?, contradiction: None })
    }
}

pub(super) fn verify(archive: &Archive, report: &mut VerifyReport, progress: &mut impl FnMut(Progress)) -> Result<()> {
    let total = TABLES.len() as u64;
    for (done, (table, acts)) in (0..).zip(TABLES) {
        progress(Progress { step: Step::Catalog, done, total, bytes: 0, total_bytes: 0 });
        let sql = format!("SELECT * FROM {table} ORDER BY ledger_seq");
        database::each(archive.connection(), &sql, [], |row| check_row(archive, table, acts, row, report))?;
        deleted(archive, table, acts, report)?;
    }
    outdated_calls(archive, report)?;
    people::bodies(archive, report)?;
    people::voices(archive, report)?;
    people::work(archive, report)?;
    progress(Progress { step: Step::Catalog, done: total, total, bytes: 0, total_bytes: 0 });
    Ok(())
}

fn check_row(archive: &Archive, table: &str, acts: &[&str], row: &Row<'_>, report: &mut VerifyReport) -> Result<()> {
    let seq: u64 = row.get("ledger_seq").unwrap_or(0);
    let claim = match claim(archive, table, row) {
        Ok(claim) => claim,
        Err(e) => {
            let text = format!("a row of the table {table} (ledger entry {seq}) cannot be read: {e}");
            report.broken(FindingKind::Catalog, format!("{table} {seq}"), text);
            return Ok(());
        }
    };
    let sql = "SELECT act, subject, payload_sha256 FROM ledger WHERE seq = ?1";
    let entry = database::first(archive.connection(), sql, [seq], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let subject = &claim.subject;
    let wrong = match entry {
        None => Some(format!("refers to ledger entry {seq}, which is not there")),
        Some((act, of, _)) if of != *subject || !acts.contains(&act.as_str()) => {
            Some(format!("refers to ledger entry {seq}, which records something else ({act} of {of})"))
        }
        Some((_, _, payload)) if payload != claim.payload.hex() => {
            Some(format!("was edited: it is not what ledger entry {seq} recorded"))
        }
        Some(_) => claim.contradiction.map(|column| format!("was edited: its {column} contradicts the rest of it")),
    };
    if let Some(wrong) = wrong {
        report.broken(FindingKind::Catalog, subject, format!("{} {subject} {wrong}", table.replace('_', " ")));
    }
    Ok(())
}

fn claim(archive: &Archive, table: &str, row: &Row<'_>) -> Result<Claim> {
    match table {
        "recording" => {
            let recording = Recording::from_row(row)?;
            Claim::new(recording.digest.hex(), &recording.payload())
        }
        "document" => {
            let document = Document::from_row(row)?;
            Claim::new(document.digest.hex(), &document)
        }
        "delivery" => {
            let delivery = Delivery::from_row(row)?;
            let mut claim = Claim::new(delivery.id.as_str(), &delivery)?;
            let number: u64 = row.get("number")?;
            claim.contradiction = (delivery.id.as_str() != format!("d{number}")).then_some("number");
            Ok(claim)
        }
        "delivered_file" => {
            let file = DeliveredFile::from_row(row)?;
            Claim::new(file.subject(), &file)
        }
        "delivered_row" => {
            let row = DeliveredRow::from_row(row)?;
            Claim::new(row.delivery.as_str(), &row)
        }
        "table_fault" => {
            let fault = TableFault::from_row(row)?;
            Claim::new(fault.delivery.as_str(), &fault)
        }
        "call" => call(archive, row),
        "record" => {
            let kept = records::Kept::from_row(row)?;
            let mut claim = Claim::new(kept.subject(), &kept)?;
            let author: String = row.get("author_kind")?;
            claim.contradiction = (author != kept.author_kind()).then_some("author_kind");
            Ok(claim)
        }
        _ => revision(row),
    }
}

fn call(archive: &Archive, row: &Row<'_>) -> Result<Claim> {
    let mut call = calls::from_row(row)?;
    call.files = archive.call_files(&call.id)?;
    let mut claim = Claim::new(call.id.as_str(), &call)?;
    let started: Option<i64> = row.get("started_ms")?;
    claim.contradiction = (started != call.started_at.map(|t| t.instant().as_millisecond())).then_some("started_ms");
    Ok(claim)
}

fn revision(row: &Row<'_>) -> Result<Claim> {
    let revision = revisions::from_row(row)?;
    let mut claim = Claim::new(revision.id.as_str(), &revisions::payload(&revision)?)?;
    let (kind, author, language): (String, String, Option<String>) =
        (row.get("kind")?, row.get("author_kind")?, row.get("language")?);
    let who = match revision.author {
        Author::Person { .. } => "person",
        Author::Model { .. } => "model",
    };
    let spoken = match &revision.body {
        RevisionBody::Transcript(t) => t.language.as_deref(),
        RevisionBody::Translation(t) => Some(t.language.as_str()),
    };
    let agree = [
        (kind == revision.body.kind(), "kind"),
        (author == who, "author_kind"),
        (language.as_deref() == spoken, "language"),
    ];
    claim.contradiction = agree.into_iter().find(|(agrees, _)| !agrees).map(|(_, column)| column);
    Ok(claim)
}

/// Things that the ledger recorded and the catalog no longer holds.
fn deleted(archive: &Archive, table: &str, acts: &[&str], report: &mut VerifyReport) -> Result<()> {
    let Some(act) = acts.first() else { return Ok(()) };
    // A call's row moves on to the entry of its latest change; everything else stays with its own.
    let same = if table == "call" { "t.id = ledger.subject" } else { "t.ledger_seq = ledger.seq" };
    let sql = format!(
        "SELECT seq, subject FROM ledger WHERE act = ?1 AND NOT EXISTS (SELECT 1 FROM {table} t WHERE {same})
         ORDER BY seq"
    );
    database::each(archive.connection(), &sql, [act], |row| {
        let (seq, subject): (u64, String) = (row.get(0)?, row.get(1)?);
        let name = table.replace('_', " ");
        let text = format!("{name} {subject} was recorded in ledger entry {seq}, but the catalog no longer holds it");
        report.broken(FindingKind::Catalog, subject, text);
        Ok(())
    })
}

/// Calls that were set back to what an older entry recorded.
fn outdated_calls(archive: &Archive, report: &mut VerifyReport) -> Result<()> {
    let sql = "SELECT call.id, call.ledger_seq, latest.seq FROM call JOIN
                 (SELECT subject, max(seq) AS seq FROM ledger WHERE act IN (?1, ?2) GROUP BY subject) latest
               ON latest.subject = call.id WHERE latest.seq <> call.ledger_seq ORDER BY call.id";
    database::each(archive.connection(), sql, [calls::MADE, calls::CHANGED], |row| {
        let (id, at, latest): (String, u64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let text = format!("call {id} stands as in ledger entry {at}, although entry {latest} changed it later");
        report.broken(FindingKind::Catalog, id, text);
        Ok(())
    })
}
