//! What is kept: sealed originals, the catalog, the chain of custody, the queue of work.
//!
//! An archive is one folder that can be moved:
//!
//! ```text
//! earwitness.toml    settings                         catalog.sqlite   the truth (SQLite, WAL)
//! originals/ab/cdef… sealed bytes, by SHA-256, 0400   ledger.head      the last ledger entry, kept a second time
//! derived/ index/    can be deleted and rebuilt       stories/ cuts/   texts that people edit
//! ```
//!
//! Nothing evidential is written but inside [`Archive::write`], where each thing kept takes its [`ledger`] entry in
//! the same transaction; nothing evidential is ever changed or deleted. [`verify::verify`] recomputes all of it.
//! Two things can be removed for good, because they are about people: what a [`Record`] says, and voiceprints; the
//! ledger then says that something was removed, and not what.
//! An [`Archive`] belongs to one thread; [`Archive::again`] opens the same folder for another.

mod archive;
mod calls;
mod database;
mod deliveries;
mod error;
mod evidence;
mod files;
mod jobs;
pub mod ledger;
mod originals;
mod outline;
mod recordings;
mod records;
mod revisions;
mod sessions;
mod settings;
pub mod verify;
mod voiceprints;

pub use archive::{Archive, Overview, Tx};
pub use deliveries::{Delivered, DeliveredFile, DeliveredRow, Delivery, TableFault, Terms};
pub use error::{Error, Result};
pub use evidence::Document;
pub use jobs::{Job, JobState, Lease, StageSummary};
pub use ledger::ActorName;
pub use originals::{Batch, Originals, Sealed};
pub use outline::Outline;
pub use recordings::Recording;
pub use records::Record;
pub use revisions::{CurrentTranslation, RevisionHead};
pub use settings::Settings;
pub use verify::{Finding, FindingKind, Progress, Step, VerifyReport, verify};
pub use voiceprints::{TooLittle, VoiceprintSet};
