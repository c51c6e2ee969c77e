//! The chain of custody: every act, by whom, on what, with the hash of what came before.
//!
//! An entry's hash is the SHA-256 of the canonical JSON (RFC 8785) of `{act, actor, payload_sha256, previous, seq,
//! subject, time}`; `previous` is the hash of the entry before it, 64 zeros for the first. So whoever holds one
//! hash holds the whole history before it.

use crate::{
    Archive, Error, Result, Tx, database,
    files::{self, FILE},
};
use earwitness_model::{Digest, canonical};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::File,
    io::{BufRead, Read, Write},
    ops::RangeInclusive,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// The largest payload of an entry, bytes of canonical JSON.
const MAX_PAYLOAD: usize = 4 << 20;
/// The longest subject, bytes.
const MAX_SUBJECT: usize = 1 << 15;
/// The longest line of an exported ledger, bytes: a payload with everything around it.
const MAX_LINE: u64 = 5 << 20;

/// Who acts, as the ledger writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ActorName(String);

impl ActorName {
    /// A name of 1 to 200 characters without control characters; spaces around it are dropped.
    ///
    /// # Errors
    /// [`Error::Unrecordable`] for any other text.
    pub fn new(name: &str) -> Result<Self> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(Error::Unrecordable("an actor's name has 1 to 200 characters on one line".into()));
        }
        Ok(Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One entry of the ledger. A line of an exported ledger is its canonical JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1 for the first entry of an archive, without gaps.
    pub seq: u64,
    /// RFC 3339, UTC, exactly as hashed.
    pub time: String,
    /// Who acted.
    pub actor: String,
    /// What was done, for example `recording.sealed`.
    pub act: String,
    /// To what, for example a digest or the name of a call.
    pub subject: String,
    /// The thing as it was recorded, or for large things a summary with its hash.
    pub payload: serde_json::Value,
    /// SHA-256 of the payload's canonical JSON.
    pub payload_sha256: Digest,
    /// The hash of the entry before.
    pub previous: Digest,
    /// The entry's own hash.
    pub hash: Digest,
}

impl Entry {
    /// The hash that the entry should have.
    fn own_hash(&self) -> Result<Digest> {
        #[derive(Serialize)]
        struct Hashed<'a> {
            act: &'a str,
            actor: &'a str,
            payload_sha256: Digest,
            previous: Digest,
            seq: u64,
            subject: &'a str,
            time: &'a str,
        }
        let Self { seq, time, actor, act, subject, payload_sha256, previous, .. } = self;
        let (seq, payload_sha256, previous) = (*seq, *payload_sha256, *previous);
        Ok(canonical::digest(&Hashed { act, actor, payload_sha256, previous, seq, subject, time })?)
    }

    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            seq: row.get("seq")?,
            time: row.get("time")?,
            actor: row.get("actor")?,
            act: row.get("act")?,
            subject: row.get("subject")?,
            payload: database::from_json(row, "payload")?,
            payload_sha256: database::digest(row, "payload_sha256")?,
            previous: database::digest(row, "previous")?,
            hash: database::digest(row, "hash")?,
        })
    }
}

/// The last entry: how long the chain is and what it hashes to. Written `SEQ:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The number of entries.
    pub seq: u64,
    /// The hash of the last one; zero for an empty ledger.
    pub hash: Digest,
}

impl Head {
    /// The head of a ledger without entries.
    pub const EMPTY: Self = Self { seq: 0, hash: Digest::ZERO };
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// A text that is not a head.
#[derive(Debug, thiserror::Error)]
#[error("not the head of a ledger (number:hash)")]
pub struct NotAHead;

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> std::result::Result<Self, NotAHead> {
        let (seq, hash) = text.trim().split_once(':').ok_or(NotAHead)?;
        Ok(Self { seq: seq.parse().map_err(|_| NotAHead)?, hash: hash.parse().map_err(|_| NotAHead)? })
    }
}

/// Why a chain breaks at an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// Entries are missing, doubled, or out of order.
    #[error("entry {expected} should stand here, but entry {found} does: entries were deleted, added or reordered")]
    Order {
        /// The number that is due.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// The payload does not hash to what the entry says.
    #[error("the payload of entry {0} was edited: it no longer has the hash that the entry says")]
    Payload(u64),
    /// A field does not hash to the entry's hash.
    #[error("entry {0} was edited: it no longer has its own hash")]
    Field(u64),
    /// The entry hangs on another predecessor.
    #[error("entry {0} does not follow the entry before it: one of them was replaced")]
    Link(u64),
    /// The entry cannot be read at all.
    #[error("entry {0} cannot be read: {1}")]
    Unreadable(u64, String),
}

/// Walks a chain from its first entry.
#[derive(Clone, Copy, Debug)]
pub struct ChainCheck {
    head: Head,
}

impl Default for ChainCheck {
    fn default() -> Self {
        Self { head: Head::EMPTY }
    }
}

impl ChainCheck {
    /// The last entry that held.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The first [`Break`].
    pub fn next(&mut self, entry: &Entry) -> std::result::Result<(), Break> {
        let expected = self.head.seq.saturating_add(1);
        let unreadable = |e: String| Break::Unreadable(expected, e);
        if entry.seq != expected {
            return Err(Break::Order { expected, found: entry.seq });
        }
        let payload = canonical::digest(&entry.payload).map_err(|e| unreadable(e.to_string()))?;
        if payload != entry.payload_sha256 {
            return Err(Break::Payload(entry.seq));
        }
        if entry.own_hash().map_err(|e| unreadable(e.to_string()))? != entry.hash {
            return Err(Break::Field(entry.seq));
        }
        if entry.previous != self.head.hash {
            return Err(Break::Link(entry.seq));
        }
        self.head = Head { seq: entry.seq, hash: entry.hash };
        Ok(())
    }
}

impl Tx<'_> {
    /// Appends an entry to the ledger, in the transaction that writes the thing recorded. Gives its number.
    ///
    /// # Errors
    /// [`Error::Unrecordable`] for a payload over 4 MiB or a subject over 32 KiB, [`Error::NotCanonical`] for a value
    /// without canonical JSON, and what the database gives.
    pub fn record(&self, act: &str, subject: &str, payload: &impl Serialize) -> Result<u64> {
        let text = canonical::to_text(payload)?;
        if text.len() > MAX_PAYLOAD || subject.len() > MAX_SUBJECT {
            return Err(Error::Unrecordable(format!("{act}: {} bytes are too many", text.len().max(subject.len()))));
        }
        let before = match self.head.get() {
            Some(head) => head,
            None => self.ledger_head()?,
        };
        let mut entry = Entry {
            seq: before.seq + 1,
            time: self.now().to_string(),
            actor: self.actor().as_str().into(),
            act: act.into(),
            subject: subject.into(),
            payload: serde_json::Value::Null,
            payload_sha256: Digest::of(text.as_bytes()),
            previous: before.hash,
            hash: Digest::ZERO,
        };
        entry.hash = entry.own_hash()?;
        let sql = "INSERT INTO ledger (seq, time, actor, act, subject, payload, payload_sha256, previous, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let Entry { seq, time, actor, act, subject, payload_sha256, previous, hash, .. } = entry;
        let (sha, before, own) = (payload_sha256.hex(), previous.hex(), hash.hex());
        database::run(self.connection(), sql, (seq, time, actor, act, subject, text, sha, before, own))?;
        self.head.set(Some(Head { seq, hash }));
        Ok(seq)
    }
}

impl Archive {
    /// The last entry's number and hash.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn ledger_head(&self) -> Result<Head> {
        let sql = "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1";
        let read = |row: &Row<'_>| Ok(Head { seq: row.get("seq")?, hash: database::digest(row, "hash")? });
        Ok(database::first(self.connection(), sql, [], read)?.unwrap_or(Head::EMPTY))
    }

    /// The entries with these numbers, in order.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Database`].
    pub fn ledger_entries(&self, range: RangeInclusive<u64>) -> Result<Vec<Entry>> {
        let sql = "SELECT * FROM ledger WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq";
        let (first, last) = range.into_inner();
        let most = i64::MAX as u64;
        database::all(self.connection(), sql, (first.min(most), last.min(most)), Entry::from_row)
    }

    /// Writes the whole ledger as JSON Lines, one canonical entry a line, as [`check_export`] reads it.
    ///
    /// # Errors
    /// [`Error::Damaged`]; [`Error::Io`] from `out`.
    pub fn export_ledger(&self, mut out: impl Write) -> Result<Head> {
        let mut head = Head::EMPTY;
        let wrong = || Error::io("write", Path::new("the exported ledger"));
        loop {
            let entries = self.ledger_entries(head.seq + 1..=head.seq + 1000)?;
            let Some(last) = entries.last() else { break };
            head = Head { seq: last.seq, hash: last.hash };
            for entry in &entries {
                writeln!(out, "{}", canonical::to_text(entry)?).map_err(wrong())?;
            }
        }
        out.flush().map_err(wrong())?;
        Ok(head)
    }
}

/// What is wrong with an exported ledger, and where.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ExportFault {
    /// From 1.
    pub line: u64,
    /// Plain words.
    pub why: String,
}

/// Reads an exported ledger (JSON Lines) in bounded memory and recomputes its chain. Each line must be exactly the
/// canonical JSON of its entry, so that no two readers can see different things in it.
///
/// # Errors
/// The first [`ExportFault`].
pub fn check_export(mut reader: impl BufRead) -> std::result::Result<Head, ExportFault> {
    let mut check = ChainCheck::default();
    let mut bytes = Vec::new();
    for line in 1.. {
        let fault = |why: String| ExportFault { line, why };
        bytes.clear();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes);
        if read.map_err(|e| fault(format!("cannot be read: {e}")))? == 0 {
            break;
        }
        let Some(text) = bytes.strip_suffix(b"\n") else {
            return Err(fault("the line has no end, or is too long".into()));
        };
        let entry: Entry = serde_json::from_slice(text).map_err(|e| fault(format!("not a ledger entry: {e}")))?;
        let again = canonical::to_text(&entry).map_err(|e| fault(e.to_string()))?;
        if again.as_bytes() != text {
            return Err(fault("not written as canonical JSON".into()));
        }
        check.next(&entry).map_err(|e| fault(e.to_string()))?;
    }
    Ok(check.head())
}

/// `ledger.head`: the head of the ledger kept a second time, outside the catalog, so that entries cut off at the end
/// are missed. One line of fixed length, written in place after each commit; it may lag behind, never lead.
pub(crate) struct HeadFile {
    file: Option<File>,
    path: PathBuf,
}

/// Twenty digits, a colon, 64 hexadecimal digits, a line end.
const HEAD_LINE: usize = 86;

impl HeadFile {
    pub const NAME: &str = "ledger.head";

    pub fn open(root: &Path, write: bool) -> Result<Self> {
        let path = root.join(Self::NAME);
        let opened = File::options().read(true).write(write).create(write).truncate(false).open(&path);
        let file = match opened {
            Ok(file) => Some(file),
            Err(e) if !write && e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(Error::io("open", &path)(e)),
        };
        if write {
            files::set_mode(&path, FILE)?;
        }
        Ok(Self { file, path })
    }

    /// What the file says; none where it is missing or says nothing readable.
    pub fn read(&self) -> Option<Head> {
        let mut line = [0; HEAD_LINE];
        self.file.as_ref()?.read_exact_at(&mut line, 0).ok()?;
        std::str::from_utf8(&line).ok()?.parse().ok()
    }

    /// Writes the head unless another program already wrote a later one.
    pub fn advance(&self, head: Head) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let wrong = || Error::io("write", &self.path);
        file.lock().map_err(wrong())?;
        let later = self.read().is_some_and(|kept| kept.seq >= head.seq);
        let line = format!("{:020}:{}\n", head.seq, head.hash);
        let written = if later { Ok(()) } else { file.write_all_at(line.as_bytes(), 0) };
        file.unlock().map_err(wrong())?;
        written.map_err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(length: u64) -> Vec<Entry> {
        let mut previous = Digest::ZERO;
        let make = |seq| {
            let payload = serde_json::json!({ "n": seq, "текст": "ё" });
            let mut entry = Entry {
                seq,
                time: "2026-01-01T00:00:00Z".into(),
                actor: "Anna".into(),
                act: "test.done".into(),
                subject: format!("s{seq}"),
                payload_sha256: canonical::digest(&payload).unwrap(),
                payload,
                previous,
                hash: Digest::ZERO,
            };
            entry.hash = entry.own_hash().unwrap();
            previous = entry.hash;
            entry
        };
        (1..=length).map(make).collect()
    }

    fn written(entries: &[Entry]) -> String {
        entries.iter().map(|e| canonical::to_text(e).unwrap() + "\n").collect()
    }

    fn fault(entries: &[Entry]) -> String {
        check_export(written(entries).as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_chain_holds() {
        let entries = chain(5);
        let head = check_export(written(&entries).as_bytes()).unwrap();
        assert_eq!(head, Head { seq: 5, hash: entries[4].hash });
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        assert_eq!(check_export(&b""[..]).unwrap(), Head::EMPTY);
    }

    #[test]
    fn every_tampering_is_named() {
        let whole = chain(5);
        let mut edited = whole.clone();
        edited[2].payload["n"] = 9.into();
        assert!(fault(&edited).contains("line 3: the payload of entry 3 was edited"));
        let mut edited = whole.clone();
        edited[2].actor = "Boris".into();
        assert!(fault(&edited).contains("line 3: entry 3 was edited"));
        let mut deleted = whole.clone();
        deleted.remove(1);
        assert!(fault(&deleted).contains("entry 2 should stand here, but entry 3 does"));
        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        assert!(fault(&swapped).contains("entry 2 should stand here"));
        let mut replaced = whole.clone();
        replaced[1].actor = "Boris".into();
        replaced[1].hash = replaced[1].own_hash().unwrap();
        assert!(fault(&replaced).contains("line 3: entry 3 does not follow"));
    }

    #[test]
    fn a_line_has_one_form_only() {
        let line = written(&chain(1));
        for other in [
            line.replace("\"seq\":1", "\"seq\": 1"),
            line.replace("\"seq\":1", "\"seq\":1,\"seq\":1"),
            line.replace("\"n\":1", "\"n\":7,\"n\":1"),
            line.replace("\"seq\":1", "\"more\":0,\"seq\":1"),
            line.trim_end().to_string(),
        ] {
            assert_ne!(other, line);
            assert!(check_export(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn endless_lines_and_deep_nesting_are_refused() {
        let endless = std::io::BufReader::new(std::io::repeat(b' '));
        assert!(check_export(endless).unwrap_err().why.contains("too long"));
        let deep = format!("{}\n", "[".repeat(100_000));
        assert!(check_export(deep.as_bytes()).is_err());
    }

    #[test]
    fn actors_have_names() {
        assert_eq!(ActorName::new(" Анна ").unwrap().as_str(), "Анна");
        for wrong in ["", "  ", "a\nb", &"x".repeat(201)] {
            assert!(ActorName::new(wrong).is_err());
        }
    }

    proptest! {
        #[test]
        fn check_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = check_export(&bytes[..]);
        }

        #[test]
        fn one_changed_byte_is_found(at in 0usize..2000, to in any::<u8>()) {
            let text = written(&chain(3)).into_bytes();
            let mut changed = text.clone();
            let at = at % text.len();
            changed[at] = to;
            prop_assert_eq!(check_export(&changed[..]).is_ok(), changed == text);
        }

        #[test]
        fn a_head_never_panics(text in ".{0,120}") {
            let _ = text.parse::<Head>();
        }
    }
}
