//! Verification: recomputes everything that the archive claims, and names the first broken place.
//!
//! What is found: any change to the bytes of an original; an original that is missing, foreign, or holds another's
//! bytes; any ledger entry that was edited, added, reordered, or deleted, at the end too as long as `ledger.head` or
//! a catalog row still speaks of it; any row of the catalog that no longer says what its ledger entry recorded; rows
//! deleted although the ledger knows of them; words of people and voiceprints that are gone although the ledger knows
//! of no removal, or there although it does; damage to the database file.
//!
//! What cannot be found from inside: somebody with the whole folder in hand who rewrites the catalog, every hash
//! from the changed entry on, and `ledger.head`; or who puts an older state of the whole folder in its place. Against
//! these stands a head that was written down elsewhere (on paper, in a letter): give it as `known`.

mod catalog;
mod ledger;
mod originals;
mod people;

use crate::{Archive, Error, Result, database, files, ledger::Head};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many findings of one sort are listed; the others are counted.
const MOST_LISTED: usize = 1000;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The database file itself.
    Database,
    /// The chain of custody.
    Ledger,
    /// A row of the catalog against its ledger entry.
    Catalog,
    /// A sealed file.
    Original,
    /// Who may read or write.
    Permissions,
    /// A sealed file that the catalog does not know: left by an interrupted import, harmless.
    Unclaimed,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// The digest, name or number of the thing.
    pub subject: String,
    /// Plain words.
    pub text: String,
}

/// What verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifyReport {
    /// What is broken, the first broken place first: database, ledger, catalog, originals. A thousand at most.
    pub findings: Vec<Finding>,
    /// What deserves a look but breaks nothing. A thousand at most.
    pub warnings: Vec<Finding>,
    /// How many findings and warnings were not listed.
    pub not_listed: u64,
    /// Originals that were hashed.
    pub originals: u64,
    /// Bytes that were hashed.
    pub bytes: u64,
    /// The last ledger entry up to which the chain holds; worth writing down elsewhere.
    pub head: Option<Head>,
}

impl VerifyReport {
    /// Whether nothing is broken.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn broken(&mut self, kind: FindingKind, subject: impl Into<String>, text: impl Into<String>) {
        self.add(true, Finding { kind, subject: subject.into(), text: text.into() });
    }

    fn warn(&mut self, kind: FindingKind, subject: impl Into<String>, text: impl Into<String>) {
        self.add(false, Finding { kind, subject: subject.into(), text: text.into() });
    }

    fn add(&mut self, broken: bool, finding: Finding) {
        let list = if broken { &mut self.findings } else { &mut self.warnings };
        if list.len() < MOST_LISTED {
            list.push(finding);
        } else {
            self.not_listed += 1;
        }
    }
}

/// What is being verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The database file; counts nothing.
    Database,
    /// Ledger entries.
    Ledger,
    /// Tables of the catalog.
    Catalog,
    /// Originals.
    Originals,
}

/// How far verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being verified.
    pub step: Step,
    /// How many of these are done.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Bytes of originals hashed so far.
    pub bytes: u64,
    /// Bytes of originals to hash.
    pub total_bytes: u64,
}

/// Verifies the whole archive as it stands at this moment; `known` is a ledger head that was written down elsewhere.
///
/// # Errors
/// Only where verification itself cannot go on, [`Error::Database`] or [`Error::Io`]; what is broken in the archive is
/// a finding.
pub fn verify(archive: &Archive, known: Option<Head>, mut progress: impl FnMut(Progress)) -> Result<VerifyReport> {
    let mut report = VerifyReport::default();
    let mut recordings = BTreeMap::new();
    // Read before the catalog: a program that writes meanwhile brings it further than what we look at.
    let kept_head = archive.head_file().read();
    let looked = archive.at_one_moment(|archive| {
        progress(Progress { step: Step::Database, done: 0, total: 1, bytes: 0, total_bytes: 0 });
        for fault in database::integrity(archive.connection())? {
            report.broken(FindingKind::Database, "catalog.sqlite", fault);
        }
        ledger::verify(archive, kept_head, known, &mut report, &mut progress)?;
        catalog::verify(archive, &mut report, &mut progress)?;
        // Last: where a row is gone, the ledger says more of it than the database.
        for fault in database::lost_references(archive.connection())? {
            report.broken(FindingKind::Database, "catalog.sqlite", fault);
        }
        recordings = originals::kept(archive)?;
        Ok(())
    });
    match looked {
        Err(Error::Damaged(what)) => report.broken(FindingKind::Database, "catalog.sqlite", what),
        other => other?,
    }
    originals::verify(archive, recordings, &mut report, &mut progress)?;
    permissions(archive, &mut report);
    Ok(report)
}

fn permissions(archive: &Archive, report: &mut VerifyReport) {
    let open = |path: &std::path::Path| std::fs::metadata(path).is_ok_and(|m| files::mode(&m) & 0o077 != 0);
    for name in ["", "earwitness.toml", "catalog.sqlite", "ledger.head", "originals", "derived", "index"] {
        if open(&archive.root().join(name)) {
            let name = if name.is_empty() { "the archive folder" } else { name };
            report.warn(
                FindingKind::Permissions,
                name,
                format!("{name} can be entered or read by others than its owner"),
            );
        }
    }
}
