//! A small archive to play with.

use earwitness_archive::*;
use earwitness_model::{call::CallFile, recording::*, transcript::*, *};
use rusqlite::Connection;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// An archive in a temporary folder.
pub struct Lab {
    pub dir: TempDir,
    pub root: PathBuf,
}

pub fn anna() -> ActorName {
    ActorName::new("Anna").unwrap()
}

pub fn bytes(n: usize) -> Vec<u8> {
    format!("recording number {n} ").repeat(40).into_bytes()
}

pub fn recording(digest: Digest, size: u64) -> Recording {
    Recording {
        digest,
        size,
        format: Some(AudioFormat {
            container: "wav".into(),
            codec: "pcm_s16le".into(),
            sample_rate: 8000,
            channels: 1,
            duration: 12.5,
        }),
        damage: None,
        sound: None,
        fingerprint: Some(digest.as_bytes().to_vec()),
    }
}

pub fn call(n: usize, digest: Digest) -> Call {
    let phone = |e164: &str| Some(Phone { written: e164.into(), e164: Some(e164.into()) });
    Call {
        id: CallId::of_recording(&digest),
        recording: digest,
        files: vec![CallFile { name: format!("march/{n:04}.wav"), sha256: digest }],
        started_at: Some(format!("2022-03-{:02}T18:45:02+02:00", 28 - n % 28).parse().unwrap()),
        duration: 12.5,
        channels: 1,
        from: phone("+380000000001"),
        to: phone("+380000000002"),
        direction: Some("outgoing".into()),
        place: Place { latitude: Some(50.5), longitude: Some(30.25), sector: Some("K7".into()) },
        note: None,
    }
}

pub fn transcript(text: &str) -> RevisionBody {
    let word = Word { text: text.into(), start: 0.1, end: 0.4, probability: 0.83 };
    let turn = Turn {
        start: 0.1,
        end: 0.4,
        channel: 0,
        speaker: "A".into(),
        language: Some("uk".into()),
        text: text.into(),
        confidence: 0.83,
        words: vec![word],
        doubt: None,
    };
    RevisionBody::Transcript(Transcript { language: Some("uk".into()), turns: vec![turn] })
}

pub fn translation(of: &RevisionId, text: &str) -> RevisionBody {
    let turn = TranslatedTurn { start: 0.1, end: 0.4, channel: 0, text: text.into(), taken: None };
    RevisionBody::Translation(Translation { of: of.clone(), language: "en".into(), turns: vec![turn] })
}

pub fn machine() -> Author {
    Author::Model {
        name: "whisper-base".into(),
        version: "1".into(),
        weights: Digest::of(b"weights"),
        parameters: json!({"beam": 5, "temperature": 0.0}),
    }
}

pub fn terms() -> Terms {
    Terms {
        path: "/media/stick/march".into(),
        source: "handed over by the collective".into(),
        timezone: "Europe/Kyiv".into(),
        table: Some("calls.csv".into()),
        mapping: json!({"started_at": "Дата"}),
        options: json!({}),
    }
}

/// Takes in calls `from..to` of the delivery, as a pipeline does: seal, settle, keep. Gives how much was new.
pub fn take_in(archive: &Archive, from: usize, to: usize) -> Result<usize> {
    let mut batch = archive.originals().batch()?;
    let mut sealed = Vec::new();
    for n in from..to {
        sealed.push((n, batch.add(&bytes(n)[..])?));
    }
    batch.settle()?;
    archive.write(|tx| {
        let delivery = match tx.delivery_from(&terms().path)? {
            Some(delivery) => delivery,
            None => tx.add_delivery(&terms())?,
        };
        let mut new = 0;
        for (n, sealed) in &sealed {
            new += usize::from(tx.add_recording(&recording(sealed.digest, sealed.size))?);
            new += usize::from(tx.add_call(&call(*n, sealed.digest))?);
            new += usize::from(tx.add_delivered_file(&DeliveredFile {
                delivery: delivery.id.clone(),
                name: format!("march/{n:04}.wav"),
                size: Some(sealed.size),
                sha256: Some(sealed.digest),
                recording: Some(sealed.digest),
                verdict: Verdict::Accepted,
                notes: json!([]),
            })?);
            new += usize::from(tx.add_delivered_row(&DeliveredRow {
                delivery: delivery.id.clone(),
                line: *n as u64 + 2,
                written: json!({"Дата": "11.03.2022"}),
                interpreted: json!({"started_at": "2022-03-11"}),
                file: Some(format!("march/{n:04}.wav")),
            })?);
            tx.enqueue("listen", &CallId::of_recording(&sealed.digest), &Digest::of(b"input"))?;
        }
        new += usize::from(tx.add_table_fault(&TableFault {
            delivery: delivery.id,
            kind: "row_without_file".into(),
            line: Some(99),
            column: None,
            text: "no such file".into(),
        })?);
        Ok(new)
    })
}

impl Lab {
    /// An archive without anything in it.
    pub fn empty() -> Self {
        let dir = TempDir::new().unwrap();
        let root = dir.path().join("archive");
        Archive::init(&root, &anna()).unwrap();
        Self { dir, root }
    }

    /// An archive with four calls, the first two transcribed and the first translated.
    pub fn filled() -> Self {
        let lab = Self::empty();
        let archive = lab.open();
        take_in(&archive, 0, 4).unwrap();
        archive
            .write(|tx| {
                let first = tx.add_revision(&lab.id(0), machine(), None, transcript("добрий день"))?;
                tx.add_revision(&lab.id(0), machine(), None, translation(&first.id, "good day"))?;
                tx.add_revision(&lab.id(1), Author::person("Anna"), None, transcript("слухаю"))?;
                let mut call = tx.call(&lab.id(2))?;
                call.note = Some("heard twice".into());
                tx.change_call(&call)?;
                Ok(())
            })
            .unwrap();
        lab
    }

    pub fn open(&self) -> Archive {
        Archive::open(&self.root, &anna()).unwrap()
    }

    pub fn id(&self, n: usize) -> CallId {
        CallId::of_recording(&Digest::of(&bytes(n)))
    }

    pub fn original(&self, n: usize) -> PathBuf {
        self.open().originals().path(&Digest::of(&bytes(n)))
    }

    pub fn verify(&self) -> VerifyReport {
        verify(&self.open(), None, |_| ()).unwrap()
    }

    /// Does what somebody does who opens the catalog with another program.
    pub fn sql(&self, sql: &str) {
        let connection = Connection::open(self.root.join("catalog.sqlite")).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        let triggers: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        for trigger in triggers {
            connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        connection.execute_batch(sql).unwrap();
    }
}

/// A small file system in memory, unmounted when dropped.
pub struct SmallDisk {
    pub dir: TempDir,
}

impl SmallDisk {
    /// None, with a printed line, where nothing can be mounted.
    pub fn mount(size: &str) -> Option<Self> {
        let disk = Self { dir: TempDir::new().unwrap() };
        let options = format!("size={size}");
        if disk.run(&["-t", "tmpfs", "-o", &options, "tmpfs"]) {
            return Some(disk);
        }
        println!("skipped: a small file system cannot be mounted here");
        None
    }

    pub fn remount(&self, options: &str) {
        assert!(self.run(&["-o", &format!("remount,{options}")]));
    }

    fn run(&self, args: &[&str]) -> bool {
        let mut mount = Command::new("mount");
        mount.args(args).arg(self.dir.path()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.dir.path()).stderr(Stdio::null()).status();
    }
}

/// A child process: this test program again, running one ignored test on the archive in `root`, below `shell` words
/// such as `umask 000;`.
pub fn child(test: &str, root: &Path, shell: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{shell} exec \"$0\" \"$@\"")).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads", "1"]);
    command.env("EARWITNESS_TEST_ARCHIVE", root).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The archive that a child is to work on; none when the ignored tests are run by hand.
pub fn child_root() -> Option<PathBuf> {
    std::env::var_os("EARWITNESS_TEST_ARCHIVE").map(PathBuf::from)
}
