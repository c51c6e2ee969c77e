//! What people decided and what was measured of voices, against the ledger: also whether what is gone was removed by
//! an act that the ledger knows of.

use super::{FindingKind, VerifyReport};
use crate::{
    Archive, Result, database, jobs,
    records::{self, commitment, subject},
    voiceprints::{self, Kept, Spoken, Voice},
};
use earwitness_model::{CallId, SpeakerRef};
use rusqlite::Row;
use std::collections::{BTreeMap, BTreeSet};

/// Bodies of records against the commitments that the ledger holds.
pub(super) fn bodies(archive: &Archive, report: &mut VerifyReport) -> Result<()> {
    let sql = "SELECT subject, max(seq) FROM ledger WHERE act = ?1 GROUP BY subject";
    let erased = database::all(archive.connection(), sql, [records::ERASED], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, u64>(1)?))
    })?;
    let erased: BTreeMap<String, u64> = erased.into_iter().collect();
    let sql = "SELECT r.kind, r.id, r.number, r.commitment, r.ledger_seq, b.salt, b.body FROM record r LEFT JOIN
               record_body b ON b.kind = r.kind AND b.id = r.id AND b.number = r.number ORDER BY r.ledger_seq";
    database::each(archive.connection(), sql, [], |row| {
        let (kind, id, number): (String, String, u32) = (row.get("kind")?, row.get("id")?, row.get("number")?);
        let (committed, seq): (String, u64) = (row.get("commitment")?, row.get("ledger_seq")?);
        let (salt, body): (Option<String>, Option<String>) = (row.get("salt")?, row.get("body")?);
        let said = salt.zip(body).map(|(salt, body)| commitment(&salt, &body).hex());
        let removed = erased.get(&subject(&kind, &id)).filter(|removed| **removed > seq);
        let wrong = match (said, removed) {
            (Some(_), Some(removed)) => format!("was removed in ledger entry {removed}, but is there again"),
            (Some(said), None) if said != committed => {
                format!("was edited: it is not what ledger entry {seq} recorded")
            }
            (None, None) => "is gone, and no ledger entry says that it was removed".into(),
            _ => return Ok(()),
        };
        let text = format!("what revision {number} of {kind} {id} says {wrong}");
        report.broken(FindingKind::Catalog, subject(&kind, &id), text);
        Ok(())
    })?;
    let sql = "SELECT b.kind, b.id, b.number FROM record_body b WHERE NOT EXISTS (SELECT 1 FROM record r
               WHERE r.kind = b.kind AND r.id = b.id AND r.number = b.number) ORDER BY b.kind, b.id, b.number";
    database::each(archive.connection(), sql, [], |row| {
        let (kind, id, number): (String, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let text = format!("revision {number} of {kind} {id} was added outside the ledger");
        report.broken(FindingKind::Catalog, subject(&kind, &id), text);
        Ok(())
    })
}

/// Voiceprints and what was forgotten.
pub(super) fn voices(archive: &Archive, report: &mut VerifyReport) -> Result<()> {
    let mut latest = BTreeMap::new();
    let sql = "SELECT seq, subject FROM ledger WHERE act = ?1 ORDER BY seq";
    database::each(archive.connection(), sql, [voiceprints::KEPT], |row| {
        latest.insert(CallId::new(row.get::<_, String>("subject")?), row.get::<_, u64>("seq")?);
        Ok(())
    })?;
    let forgotten = archive.forgotten_voices()?;
    for (call, seq) in &latest {
        for wrong in set(archive, call, *seq, |s| forgotten.contains(&SpeakerRef::new(call.clone(), s)))? {
            report.broken(FindingKind::Catalog, call.as_str(), format!("the voices of {call}: {wrong}"));
        }
    }
    for table in ["voiceprint_set", "voiceprint"] {
        let sql = format!("SELECT DISTINCT call FROM {table} ORDER BY call");
        let calls = database::all(archive.connection(), &sql, [], |row| Ok(CallId::new(row.get::<_, String>(0)?)))?;
        for call in calls.iter().filter(|call| !latest.contains_key(call)) {
            let text = format!("the voices of {call} were added outside the ledger ({table})");
            report.broken(FindingKind::Catalog, call.as_str(), text);
        }
    }
    tombstones(archive, report)
}

/// What is wrong with the voices of a call, of which ledger entry `seq` speaks last.
fn set(archive: &Archive, call: &CallId, seq: u64, forgotten: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let entry = archive.ledger_entries(seq..=seq).ok().and_then(|mut entries| entries.pop());
    let Some(kept) = entry.and_then(|entry| serde_json::from_value::<Kept>(entry.payload).ok()) else {
        return Ok(vec![format!("ledger entry {seq} cannot be read")]);
    };
    let mut wrong = Vec::new();
    let sql = "SELECT of_revision, author, ledger_seq FROM voiceprint_set WHERE call = ?1";
    let read = |row: &Row<'_>| {
        let of: String = row.get(0)?;
        Ok(of == kept.of.as_str()
            && database::from_json(row, "author").ok() == Some(kept.author.clone())
            && row.get::<_, u64>(2)? == seq)
    };
    match database::first(archive.connection(), sql, [call.as_str()], read)? {
        Some(true) => {}
        Some(false) => wrong.push(format!("who measured them and when is not what ledger entry {seq} recorded")),
        None => wrong.push(format!("they were recorded in ledger entry {seq}, but the catalog no longer holds them")),
    }
    let voices = match archive.voices_of(call) {
        Ok(voices) => voices,
        Err(e) => return Ok(vec![format!("they cannot be read: {e}")]),
    };
    let mut found: BTreeMap<String, Spoken> =
        voices.into_iter().map(|Voice { spoken, .. }| (spoken.speaker.clone(), spoken)).collect();
    for expected in kept.speakers {
        let label = &expected.speaker;
        match (found.remove(label), forgotten(label)) {
            (Some(_), true) => wrong.push(format!("{label} was removed for good, but is there again")),
            (Some(found), false) if found != expected => {
                wrong.push(format!("{label} was edited: it is not what ledger entry {seq} recorded"));
            }
            (None, false) => wrong.push(format!("{label} is gone, and was not removed by anybody known to the ledger")),
            _ => {}
        }
    }
    wrong.extend(found.keys().map(|label| format!("{label} was added outside the ledger")));
    Ok(wrong)
}

/// The ledger says how many voices an act removed; as many must be marked.
fn tombstones(archive: &Archive, report: &mut VerifyReport) -> Result<()> {
    let sql = "SELECT ledger_seq, count(*) FROM voiceprint_forgotten GROUP BY ledger_seq";
    let read = |row: &Row<'_>| Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?));
    let mut marked: BTreeMap<u64, u64> = database::all(archive.connection(), sql, [], read)?.into_iter().collect();
    let sql = "SELECT seq, payload FROM ledger WHERE act = ?1 ORDER BY seq";
    database::each(archive.connection(), sql, [voiceprints::FORGOTTEN], |row| {
        let (seq, payload): (u64, serde_json::Value) =
            (row.get("seq")?, database::from_json(row, "payload").unwrap_or_default());
        let (said, found) = (payload["voices"].as_u64().unwrap_or(0), marked.remove(&seq).unwrap_or(0));
        if said != found {
            let text = format!("ledger entry {seq} removed {said} voices for good, but {found} are marked so");
            report.broken(FindingKind::Catalog, "voices", text);
        }
        Ok(())
    })?;
    for (seq, count) in marked {
        let text = format!("{count} voices are marked as removed by ledger entry {seq}, which says nothing of it");
        report.broken(FindingKind::Catalog, "voices", text);
    }
    Ok(())
}

/// Jobs that are marked as done although nothing was done: their calls would never be heard.
pub(super) fn work(archive: &Archive, report: &mut VerifyReport) -> Result<()> {
    let mut done = BTreeSet::new();
    let sql = "SELECT subject, payload FROM ledger WHERE act = ?1";
    database::each(archive.connection(), sql, [jobs::DONE], |row| {
        let payload: serde_json::Value = database::from_json(row, "payload").unwrap_or_default();
        let part = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
        done.insert((row.get::<_, String>("subject")?, part("stage"), part("input")));
        Ok(())
    })?;
    let sql = "SELECT id, subject, stage, input FROM job WHERE state = 'done' ORDER BY id";
    database::each(archive.connection(), sql, [], |row| {
        let (id, call, stage): (u64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if !done.contains(&(call.clone(), stage.clone(), row.get(3)?)) {
            let text = format!("job {id} ({stage} of {call}) is marked as done, but the ledger knows of no such work");
            report.broken(FindingKind::Catalog, call, text);
        }
        Ok(())
    })
}
