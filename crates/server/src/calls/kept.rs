//! What was read of transcripts, kept in `derived/` so that the next start has it at once. It can be deleted.

use super::{Entry, Known, entry::Read};
use crate::error::Answer;
use earwitness_archive::Archive;
use earwitness_find::filters::TurnMeta;
use earwitness_model::{CallId, Digest, RevisionId};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io::{BufRead, BufReader, BufWriter, Write},
};

/// One JSON document a line: the stamp, then the calls.
const FILE: &str = "calls.jsonl";
/// Goes up when the lines mean something else.
const VERSION: u32 = 1;

/// Until where the ledger was read.
#[derive(Serialize, Deserialize)]
struct Stamp {
    version: u32,
    archive: String,
    seq: u64,
    hash: Digest,
}

#[derive(Serialize, Deserialize)]
struct Line {
    c: CallId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r: Option<RevisionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<String>,
    t: u32,
    d: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stale: Option<bool>,
    m: Vec<(Option<String>, String, u16, bool, bool)>,
}

impl Line {
    fn of(entry: &Entry, known: &Known) -> Self {
        let (r, by) = known.transcript.clone().map_or((None, None), |(id, by)| (Some(id), by));
        let meta = |m: &TurnMeta| (m.language.clone(), m.speaker.clone(), m.channel, m.translated, m.doubtful);
        Self {
            c: entry.meta.call.clone(),
            r,
            by,
            l: known.language.clone(),
            t: known.turns,
            d: known.doubts,
            stale: known.translation,
            m: entry.meta.turns.iter().map(meta).collect(),
        }
    }

    fn known(self) -> (CallId, Read) {
        let meta = |(language, speaker, channel, translated, doubtful)| TurnMeta {
            language,
            speaker,
            channel,
            translated,
            doubtful,
        };
        let by = self.by;
        let known = Known {
            transcript: self.r.map(|id| (id, by)),
            language: self.l,
            turns: self.t,
            doubts: self.d,
            translation: self.stale,
        };
        (self.c, (known, self.m.into_iter().map(meta).collect()))
    }
}

/// What was kept of calls that nobody touched since. A file that cannot be read says nothing.
pub(super) fn load(archive: &Archive) -> Answer<HashMap<CallId, Read>> {
    let Ok(file) = std::fs::File::open(archive.derived().join(FILE)) else { return Ok(HashMap::new()) };
    let mut lines = BufReader::new(file).lines().map_while(Result::ok);
    let stamp: Option<Stamp> = lines.next().and_then(|line| serde_json::from_str(&line).ok());
    let Some(stamp) = stamp.filter(|s| s.version == VERSION && s.archive == archive.settings().archive) else {
        return Ok(HashMap::new());
    };
    let there = archive.ledger_entries(stamp.seq..=stamp.seq)?;
    if !there.iter().any(|entry| entry.hash == stamp.hash) {
        return Ok(HashMap::new());
    }
    let read = lines.filter_map(|line| serde_json::from_str::<Line>(&line).ok());
    let mut all: HashMap<CallId, Read> = read.map(Line::known).collect();
    for id in archive.calls_touched_since(stamp.seq)? {
        all.remove(&id);
    }
    Ok(all)
}

/// Keeps what was read up to the ledger entry `seq`; whole, or not at all.
pub(super) fn save(archive: &Archive, seq: u64, entries: &[Entry]) -> Answer<()> {
    let Some(entry) = archive.ledger_entries(seq..=seq)?.pop() else { return Ok(()) };
    let dir = archive.derived();
    let file = tempfile::NamedTempFile::new_in(&dir)?;
    let mut out = BufWriter::new(&file);
    let stamp = Stamp { version: VERSION, archive: archive.settings().archive.clone(), seq, hash: entry.hash };
    let line = |value: serde_json::Result<String>| value.map_err(std::io::Error::other);
    writeln!(out, "{}", line(serde_json::to_string(&stamp))?)?;
    for entry in entries {
        if let Some(known) = &entry.known {
            writeln!(out, "{}", line(serde_json::to_string(&Line::of(entry, known)))?)?;
        }
    }
    out.flush()?;
    drop(out);
    file.persist(dir.join(FILE)).map_err(|e| e.error)?;
    Ok(())
}
