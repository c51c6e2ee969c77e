//! A small archive, built through the archive crate without any weights, and the program to run on it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use earwitness_archive::{ActorName, Archive, DeliveredFile, Recording, Terms};
use earwitness_model::{
    Author, Call, CallId, Digest, Doubt, DoubtReason, Phone, Place, Revision, RevisionBody, Transcript, Translation,
    Turn, Verdict, Word, call::CallFile, recording::AudioFormat, transcript::TranslatedTurn,
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// An archive in a folder that goes away with the test.
pub struct Lab {
    pub dir: TempDir,
    pub root: PathBuf,
}

/// The program, far from the environment of the one who runs the tests.
pub fn earwitness() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("earwitness"));
    for name in ["EARWITNESS_ARCHIVE", "EARWITNESS_AUTHOR", "EARWITNESS_LOG", "NO_COLOR", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// What a program printed on stdout.
pub fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

impl Lab {
    /// An archive without calls.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("archive");
        Archive::init(&root, &anna()).unwrap();
        Self { dir, root }
    }

    /// An archive with two calls: the first was heard and translated by a machine, the second waits.
    pub fn new() -> Self {
        let lab = Self::empty();
        lab.add_call(1);
        lab.add_call(2);
        lab.hear(1);
        lab
    }

    pub fn open(&self) -> Archive {
        Archive::open(&self.root, &anna()).unwrap()
    }

    /// The program on this archive.
    pub fn run(&self, args: &[&str]) -> Command {
        let mut command = earwitness();
        command.arg("--archive").arg(&self.root).args(["--author", "Anna"]).args(args).current_dir(self.dir.path());
        command
    }

    /// What it prints as JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&stdout(self.run(args).arg("--json"))).unwrap()
    }

    /// What it prints.
    pub fn text(&self, args: &[&str]) -> String {
        stdout(&mut self.run(args))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where the bytes of a call lie.
    pub fn original(&self, n: usize) -> PathBuf {
        let hex = digest(n).hex();
        self.root.join("originals").join(&hex[..2]).join(&hex[2..])
    }

    /// Seals a recording, delivers it, and makes it a call.
    pub fn add_call(&self, n: usize) {
        let archive = self.open();
        let sealed = archive.originals().seal(sound(n).as_slice()).unwrap();
        assert_eq!(sealed.digest, digest(n));
        let call = call(n);
        archive
            .write(|tx| {
                tx.add_recording(&recording(n))?;
                tx.add_call(&call)?;
                let delivery = tx.add_delivery(&terms())?;
                tx.add_delivered_file(&DeliveredFile {
                    delivery: delivery.id,
                    name: call.files[0].name.clone(),
                    size: Some(sound(n).len() as u64),
                    sha256: Some(digest(n)),
                    recording: Some(digest(n)),
                    verdict: Verdict::Accepted,
                    notes: json!({}),
                })?;
                Ok(())
            })
            .unwrap();
    }

    /// Gives a call a machine's transcript and translation, as `process` would.
    pub fn hear(&self, n: usize) -> Revision {
        let (archive, id) = (self.open(), call(n).id);
        archive
            .write(|tx| {
                let kept = tx.add_revision(&id, machine(), None, RevisionBody::Transcript(transcript()))?;
                let body = RevisionBody::Translation(translation(&kept));
                tx.add_revision(&id, machine(), Some(kept.id.clone()), body)?;
                Ok(kept)
            })
            .unwrap()
    }
}

pub fn anna() -> ActorName {
    ActorName::new("Anna").unwrap()
}

pub fn machine() -> Author {
    Author::Model {
        name: "whisper-base".into(),
        version: "test".into(),
        weights: Digest::of(b"weights"),
        parameters: json!({"beam": 5}),
    }
}

/// A second of a tone; another one for every `n`.
pub fn sound(n: usize) -> Vec<u8> {
    earwitness_testkit::wav(8000, &[earwitness_testkit::tone(8000, 1.0, 300.0 + n as f64, 0.3)])
}

pub fn digest(n: usize) -> Digest {
    Digest::of(&sound(n))
}

pub fn id(n: usize) -> String {
    call(n).id.to_string()
}

pub fn call(n: usize) -> Call {
    let phone = |written: &str, e164: &str| Some(Phone { written: written.into(), e164: Some(e164.into()) });
    Call {
        id: CallId::of_recording(&digest(n)),
        recording: digest(n),
        files: vec![CallFile { name: format!("march/0311_{n:04}.wav"), sha256: digest(n) }],
        started_at: Some(format!("2022-03-{n:02}T18:45:02+02:00").parse().unwrap()),
        duration: 9.0,
        channels: 2,
        from: phone("8 (044) 000-00-01", "+380440000001"),
        to: phone("+380440000002", "+380440000002"),
        direction: Some("outgoing".into()),
        place: Place { latitude: Some(50.5), longitude: Some(30.25), sector: Some("K7".into()) },
        note: Some("from the table".into()),
    }
}

fn recording(n: usize) -> Recording {
    let (container, codec) = ("wav".into(), "pcm_s16le".into());
    let format = AudioFormat { container, codec, sample_rate: 8000, channels: 2, duration: 9.0 };
    Recording {
        digest: digest(n),
        size: sound(n).len() as u64,
        format: Some(format),
        damage: None,
        sound: None,
        fingerprint: None,
    }
}

/// A sound that was sealed, and the call that it is, of one channel and with nothing but its name known; neither is kept
/// in the catalog yet.
pub fn sealed(archive: &Archive, file: &str, bytes: &[u8], duration: f64) -> (Recording, Call) {
    let digest = archive.originals().seal(bytes).unwrap().digest;
    let (container, codec) = ("wav".into(), "pcm_s16le".into());
    let format = AudioFormat { container, codec, sample_rate: 8000, channels: 1, duration };
    let size = bytes.len() as u64;
    let recording = Recording { digest, size, format: Some(format), damage: None, sound: None, fingerprint: None };
    let call = Call {
        id: CallId::of_recording(&digest),
        recording: digest,
        files: vec![CallFile { name: file.into(), sha256: digest }],
        started_at: None,
        duration,
        channels: 1,
        from: None,
        to: None,
        direction: None,
        place: Place::default(),
        note: None,
    };
    (recording, call)
}

fn terms() -> Terms {
    Terms {
        path: "/media/stick/batch".into(),
        source: "handed over by a fictional source".into(),
        timezone: "Europe/Kyiv".into(),
        table: None,
        mapping: json!({}),
        options: json!({}),
    }
}

/// A turn whose words share its time.
pub fn turn(start: f64, end: f64, channel: u16, text: &str, probability: f32) -> Turn {
    let words: Vec<&str> = text.split_whitespace().collect();
    let step = (end - start) / words.len().max(1) as f64;
    let word = |(i, w): (usize, &&str)| {
        let from = start + step * i as f64;
        Word { text: (*w).to_string(), start: from, end: from + step, probability }
    };
    Turn {
        start,
        end,
        channel,
        speaker: if channel == 0 { "A" } else { "B" }.into(),
        language: Some("ru".into()),
        text: text.into(),
        confidence: probability,
        words: words.iter().enumerate().map(word).collect(),
        doubt: None,
    }
}

pub fn transcript() -> Transcript {
    let mut unsure = turn(4.5, 8.0, 0, "Мост цел, переправа работает.", 0.31);
    let detail = "0.31 on average".into();
    unsure.doubt = Some(Doubt { reason: DoubtReason::LowConfidence, detail, heard: None });
    let turns =
        vec![turn(0.5, 2.0, 0, "Мам, это я, Артём.", 0.9), turn(2.25, 4.0, 1, "Слышу тебя, сынок.", 0.8), unsure];
    Transcript { language: Some("ru".into()), turns }
}

fn translation(of: &Revision) -> Translation {
    let texts = ["Mom, it's me, Artyom.", "I hear you, son.", "The bridge is whole, the crossing works."];
    let spoken = of.transcript().unwrap().turns.iter().zip(texts);
    let turns = spoken
        .map(|(t, text)| TranslatedTurn {
            start: t.start,
            end: t.end,
            channel: t.channel,
            text: text.into(),
            taken: None,
        })
        .collect();
    Translation { of: of.id.clone(), language: "en".into(), turns }
}

/// Permission bits.
pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
