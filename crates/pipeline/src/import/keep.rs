//! A group of files: its verdicts, and one transaction that keeps them.

use super::{
    FileError, FileReport, ImportEvent, Importer, LongerOriginal, State, Taken,
    look::{Content, Heard},
    verdicts::{self, Judged, Part},
};
use earwitness_archive::{DeliveredFile, Recording, Result, Tx};
use earwitness_audio::extension_fits;
use earwitness_intake::{CallRow, matching};
use earwitness_model::{Call, CallId, DeliveryId, Digest, Place, Verdict, call::CallFile};
use serde_json::{Map, Value, json};
use std::path::Path;

/// What a transaction writes for one file.
struct Write {
    recording: Option<Recording>,
    file: DeliveredFile,
    call: Option<Call>,
    /// What the table says, for a call that is there already.
    row: Option<CallRow>,
    was_there: bool,
}

/// Until the delivery has its name.
fn unnamed() -> DeliveryId {
    DeliveryId::new("")
}

impl Importer<'_> {
    pub(super) fn keep(&mut self, taken: Vec<Taken>, events: &mut dyn FnMut(ImportEvent<'_>)) -> Result<()> {
        let mut writes = Vec::with_capacity(taken.len());
        let mut told = Vec::with_capacity(taken.len());
        for taken in taken {
            let (bytes, is_table) = (taken.bytes, taken.is_table);
            let (file, write) = self.decide(taken)?;
            writes.extend(write);
            if !is_table {
                told.push((file, bytes));
            }
        }
        // A delivery of which nothing could be read leaves no trace: it could not be known again.
        let readable = self.report.delivery.is_some() || writes.iter().any(|w| w.file.sha256.is_some());
        if !self.options.dry_run && readable {
            self.commit(&writes)?;
        }
        for (file, bytes) in told {
            *self.report.verdicts.entry(file.verdict.name()).or_default() += 1;
            events(ImportEvent::File { file: &file, bytes });
            self.report.files.push(file);
        }
        Ok(())
    }

    fn commit(&mut self, writes: &[Write]) -> Result<()> {
        let mut added = self.report.added;
        let (terms, delivery) = (&self.terms, self.report.delivery.clone());
        let id = self.archive.write(|tx| {
            let id = match delivery {
                Some(id) => id,
                None => tx.add_delivery(terms)?.id,
            };
            for write in writes {
                if let Some(recording) = &write.recording
                    && tx.add_recording(recording)?
                {
                    added.recordings += 1;
                    added.bytes += recording.size;
                }
                let file = DeliveredFile { delivery: id.clone(), ..write.file.clone() };
                added.files += usize::from(!write.was_there && tx.add_delivered_file(&file)?);
                if let Some(call) = &write.call {
                    added.calls += usize::from(tx.add_call(call)?);
                }
                added.calls_changed += usize::from(enrich(tx, write)?);
            }
            Ok(id)
        })?;
        self.report.delivery = Some(id);
        self.report.added = added;
        Ok(())
    }

    /// The verdict on one file, and what is to be written for it.
    fn decide(&mut self, taken: Taken) -> Result<(FileReport, Option<Write>)> {
        let row = self.reading.as_ref().and_then(|r| r.row_of(&taken.name)).cloned();
        let mut file = FileReport {
            name: taken.name,
            size: None,
            sha256: None,
            verdict: Verdict::Accepted,
            reason: String::new(),
            format: None,
            call: None,
            line: row.as_ref().map(|row| row.line),
            kept_before: false,
            notes: Value::Null,
        };
        match taken.state {
            State::Before(before) => self.as_before(file, *before, row),
            State::Unreadable(why) => {
                // A folder or entry that intake could not open says so in these words already.
                let why = why.strip_prefix("cannot be read: ").unwrap_or(&why);
                Ok(self.not_read(file, format!("cannot be read: {why}"), true))
            }
            State::NotKept(why) => Ok(self.not_read(file, why, false)),
            State::Sealed { digest, size, content } => {
                (file.sha256, file.size) = (Some(digest), Some(size));
                match content {
                    Some(Content::Unknown(why)) => Ok(self.not_read(file, why, false)),
                    _ if taken.is_table => Ok(self.table(file, digest, size)),
                    Some(content) => Ok(self.new_bytes(file, digest, size, &content, row)),
                    None => self.known_bytes(file, digest, row),
                }
            }
        }
    }

    /// A file that this delivery brought before: its verdict stays. What the table says of its call may have changed.
    fn as_before(
        &mut self,
        mut file: FileReport,
        before: DeliveredFile,
        row: Option<CallRow>,
    ) -> Result<(FileReport, Option<Write>)> {
        let digest = before.recording.or(before.sha256);
        if let Some(digest) = digest {
            self.names.entry(digest).or_insert_with(|| file.name.clone());
            file.format = self.archive.recording(&digest)?.and_then(|r| r.format);
        }
        (file.size, file.sha256, file.kept_before) = (before.size, before.sha256, true);
        file.notes.clone_from(&before.notes);
        file.call = self.call_of(&before);
        file.verdict = before.verdict.clone();
        file.reason = verdicts::reason(&file.verdict, |of| self.name_of(of));
        let row = row.filter(|_| before.verdict.becomes_call());
        Ok((file, Some(Write { recording: None, file: before, call: None, row, was_there: true })))
    }

    /// A file that could not be read (`kept`: the catalog remembers that) or kept.
    fn not_read(&mut self, mut file: FileReport, why: String, kept: bool) -> (FileReport, Option<Write>) {
        self.report.errors.push(FileError { name: file.name.clone(), error: why.clone() });
        file.reason.clone_from(&why);
        file.verdict = Verdict::Broken { reason: why };
        let write =
            kept.then(|| Write { recording: None, file: delivered(&file), call: None, row: None, was_there: false });
        (file, write)
    }

    fn table(&mut self, mut file: FileReport, digest: Digest, size: u64) -> (FileReport, Option<Write>) {
        file.verdict = Verdict::NotAudio { seems: "the table of this delivery".into() };
        file.notes = json!({ "role": "table" });
        let recording = silent(digest, size);
        self.seen.entry(digest).or_insert_with(|| recording.clone());
        self.names.entry(digest).or_insert_with(|| file.name.clone());
        let write =
            Write { recording: Some(recording), file: delivered(&file), call: None, row: None, was_there: false };
        (file, Some(write))
    }

    fn new_bytes(
        &mut self,
        mut file: FileReport,
        digest: Digest,
        size: u64,
        content: &Content,
        row: Option<CallRow>,
    ) -> (FileReport, Option<Write>) {
        let Judged { verdict, parts } = self.known.judge(&file.name, content);
        file.reason = verdicts::reason(&verdict, |of| self.name_of(of));
        let mut recording = silent(digest, size);
        let mut call = None;
        if let Content::Sound(heard) = content {
            recording.format = Some(heard.format.clone());
            recording.damage.clone_from(&heard.damage);
            recording.sound = heard.sound.map(str::to_owned);
            recording.fingerprint = Some(heard.fingerprint.to_bytes());
            file.format = Some(heard.format.clone());
            if verdict.becomes_call() {
                self.known.add(digest, &heard.fingerprint);
                let bare = bare_call(digest, &file.name, heard);
                call = Some(row.as_ref().map_or(bare.clone(), |row| with_row(&bare, row)));
            }
        }
        file.notes = self.notes(&file, &verdict, content, &parts, row.is_some());
        for Part { recording: part, at } in parts {
            let part_name = self.name_of(&part);
            self.report.longer_originals.push(LongerOriginal { name: file.name.clone(), part, part_name, at });
        }
        file.verdict = verdict;
        self.seen.insert(digest, Recording { fingerprint: None, ..recording.clone() });
        self.names.entry(digest).or_insert_with(|| file.name.clone());
        let kept = DeliveredFile { recording: Some(digest), ..delivered(&file) };
        file.call = self.call_of(&kept);
        (file, Some(Write { recording: Some(recording), file: kept, call, row, was_there: false }))
    }

    /// A file whose bytes the archive, or this delivery, holds already.
    fn known_bytes(
        &mut self,
        mut file: FileReport,
        digest: Digest,
        row: Option<CallRow>,
    ) -> Result<(FileReport, Option<Write>)> {
        let Some(recording) = self.seen.get(&digest) else {
            let why = "the same bytes as another file that could not be taken in".to_owned();
            return Ok(self.not_read(file, why, false));
        };
        file.format.clone_from(&recording.format);
        file.verdict = verdicts::of_known_bytes(recording);
        file.reason = verdicts::reason(&file.verdict, |of| self.name_of(of));
        file.notes = json!({});
        let kept = delivered(&file);
        file.call = self.call_of(&kept);
        Ok((file, Some(Write { recording: None, file: kept, call: None, row, was_there: false })))
    }

    /// Everything else that was noticed of new bytes.
    fn notes(&self, file: &FileReport, verdict: &Verdict, content: &Content, parts: &[Part], has_row: bool) -> Value {
        let mut notes = Map::new();
        if let Content::Sound(heard) = content {
            let misnamed = !extension_fits(Path::new(&file.name), heard.container);
            if misnamed && !matches!(verdict, Verdict::WrongExtension { .. }) {
                notes.insert("wrong_extension".into(), json!(heard.container.name()));
            }
            if let Some(sound) = heard.sound.filter(|_| !matches!(verdict, Verdict::NoSpeechExpected { .. })) {
                notes.insert("sound".into(), json!(sound));
            }
        }
        if !parts.is_empty() {
            let parts: Vec<Value> = parts.iter().map(|p| json!({ "recording": p.recording, "at": p.at })).collect();
            notes.insert("holds".into(), json!(parts));
        }
        // A time in a name is a guess: it is kept as what was noticed, and not as when the call began.
        let zone = earwitness_intake::fields::timezone(&self.options.timezone).ok().filter(|_| !has_row);
        if let Some(stamp) = zone.and_then(|zone| matching::time_from_name(&file.name, &zone)) {
            notes.insert("time_in_name".into(), json!(stamp.time));
        }
        Value::Object(notes)
    }
}

/// Ties a duplicate or re-encoding to its call, and writes what a row says into the call that it speaks of. Tells
/// whether the call changed.
fn enrich(tx: &Tx<'_>, write: &Write) -> Result<bool> {
    let of = match &write.file.verdict {
        Verdict::ExactDuplicate { of } | Verdict::ReEncoding { of, .. } => *of,
        verdict if verdict.becomes_call() => match write.file.recording {
            Some(digest) => digest,
            None => return Ok(false),
        },
        _ => return Ok(false),
    };
    let Some(id) = tx.call_of_recording(&of)? else { return Ok(false) };
    let repeats = write.file.verdict.repeats().is_some();
    if let Some(sha256) = write.file.sha256.filter(|_| repeats && !write.was_there) {
        tx.add_call_file(&id, &CallFile { name: write.file.name.clone(), sha256 })?;
    }
    let Some(row) = write.row.as_ref().filter(|row| says_something(row)) else { return Ok(false) };
    let call = tx.call(&id)?;
    let own = call.files.first().is_some_and(|first| first.name == write.file.name);
    // The row of a copy speaks of the call only where no row speaks of the file that is heard.
    let same_bytes = write.file.sha256 == Some(call.recording);
    if own || (same_bytes && knows_nothing(&call)) { tx.change_call(&with_row(&call, row)) } else { Ok(false) }
}

fn says_something(row: &CallRow) -> bool {
    row.started_at.is_some()
        || row.from.is_some()
        || row.to.is_some()
        || row.place != Place::default()
        || row.note.is_some()
}

fn knows_nothing(call: &Call) -> bool {
    call.started_at.is_none()
        && call.from.is_none()
        && call.to.is_none()
        && call.place == Place::default()
        && call.note.is_none()
}

fn bare_call(digest: Digest, name: &str, heard: &Heard) -> Call {
    Call {
        id: CallId::of_recording(&digest),
        recording: digest,
        files: vec![CallFile { name: name.to_owned(), sha256: digest }],
        started_at: None,
        duration: heard.format.duration,
        channels: heard.format.channels,
        from: None,
        to: None,
        direction: None,
        place: Place::default(),
        note: None,
    }
}

/// The call as a row describes it.
fn with_row(call: &Call, row: &CallRow) -> Call {
    Call {
        started_at: row.started_at,
        from: row.from.clone(),
        to: row.to.clone(),
        direction: row.direction.clone(),
        place: row.place.clone(),
        note: row.note.clone(),
        ..call.clone()
    }
}

/// A recording of which nothing is known but its bytes.
fn silent(digest: Digest, size: u64) -> Recording {
    Recording { digest, size, format: None, damage: None, sound: None, fingerprint: None }
}

fn delivered(file: &FileReport) -> DeliveredFile {
    DeliveredFile {
        delivery: unnamed(),
        name: file.name.clone(),
        size: file.size,
        sha256: file.sha256,
        recording: file.sha256,
        verdict: file.verdict.clone(),
        notes: if file.notes.is_null() { json!({}) } else { file.notes.clone() },
    }
}
