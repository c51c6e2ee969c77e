//! The chain of custody, recomputed from the first entry to the last.

use super::{FindingKind, Progress, Step, VerifyReport};
use crate::{
    Archive, Result, database,
    ledger::{Break, ChainCheck, Entry, Head},
};
use earwitness_model::Digest;
use rusqlite::Row;

pub(super) fn verify(
    archive: &Archive,
    kept: Option<Head>,
    known: Option<Head>,
    report: &mut VerifyReport,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let total = archive.overview().map_or(0, |o| o.ledger);
    let mut check = ChainCheck::default();
    let mut broken = None;
    database::each(archive.connection(), "SELECT * FROM ledger ORDER BY seq", [], |row| {
        if broken.is_none() {
            broken = next(&mut check, row).err();
            let done = check.head().seq;
            if done.is_multiple_of(1000) || done == total {
                progress(Progress { step: Step::Ledger, done, total, bytes: 0, total_bytes: 0 });
            }
        }
        Ok(())
    })?;
    let head = check.head();
    report.head = Some(head);
    if let Some(broken) = broken {
        let at = (head.seq + 1).to_string();
        report.broken(FindingKind::Ledger, at, format!("the ledger holds up to entry {}; then: {broken}", head.seq));
    }
    match kept {
        Some(kept) => against(archive, kept, "ledger.head", report),
        None if head.seq == 0 => {}
        None => {
            let text = "ledger.head is missing or cannot be read, so entries cut off at the end would not be missed";
            report.broken(FindingKind::Ledger, "ledger.head", text);
        }
    }
    if let Some(known) = known {
        against(archive, known, "the head that was given", report);
    }
    if head.seq == 0 {
        report.broken(FindingKind::Ledger, "1", "the ledger is empty, or broken at its first entry");
    }
    Ok(())
}

fn next(check: &mut ChainCheck, row: &Row<'_>) -> std::result::Result<(), Break> {
    let expected = check.head().seq + 1;
    let entry = Entry::from_row(row).map_err(|e| Break::Unreadable(expected, e.to_string()))?;
    // The text itself is hashed too: a payload has one form only.
    let text = row.get_ref("payload").ok().and_then(|v| v.as_str().ok()).unwrap_or_default();
    if entry.seq == expected && Digest::of(text.as_bytes()) != entry.payload_sha256 {
        return Err(Break::Payload(entry.seq));
    }
    check.next(&entry)
}

/// Compares the ledger with a head that is kept elsewhere.
fn against(archive: &Archive, kept: Head, name: &str, report: &mut VerifyReport) {
    let Head { seq, hash } = kept;
    let found = archive.ledger_entries(seq..=seq).ok().and_then(|mut e| e.pop());
    let text = match found {
        _ if seq == 0 => return,
        Some(entry) if entry.hash == hash => return,
        Some(_) => format!("entry {seq} is not the one that {name} speaks of: the ledger was rewritten"),
        None => format!("{name} speaks of entry {seq}, which is not there: entries were cut off at the end"),
    };
    report.broken(FindingKind::Ledger, seq.to_string(), text);
}
