//! An archive with one call of three turns, for the tests of everything that people note on passages.

use crate::passage::{Chosen, Passages, Seen};
use earwitness_archive::{ActorName, Archive, Recording};
use earwitness_model::{
    Author, Call, CallId, Place, Revision, RevisionBody, Transcript, Translation, Turn, Word, call::CallFile,
    transcript::TranslatedTurn,
};

pub const TEXTS: [&str; 3] = ["Алло, мам.", "Слышу тебя, сынок.", "Нас обстреляли свои, у моста."];
pub const ENGLISH: [&str; 3] = ["Hello, Mum.", "I hear you, son.", "Our own side shelled us, by the bridge."];

pub struct Desk {
    _dir: tempfile::TempDir,
    pub archive: Archive,
    pub call: CallId,
}

pub fn anna() -> Author {
    Author::person("Anna")
}

/// A turn of which every word takes half a second.
pub fn turn(start: f64, speaker: &str, text: &str) -> Turn {
    let words: Vec<&str> = text.split(' ').collect();
    let word = |(i, w): (usize, &&str)| {
        let at = start + 0.5 * i as f64;
        Word { text: (*w).to_string(), start: at, end: at + 0.5, probability: 1.0 }
    };
    Turn {
        start,
        end: start + 0.5 * words.len() as f64,
        channel: 0,
        speaker: speaker.into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: words.iter().enumerate().map(word).collect(),
        doubt: None,
    }
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self::unheard();
        desk.hear(&[(0.0, "A", TEXTS[0]), (10.0, "B", TEXTS[1]), (20.0, "A", TEXTS[2])]);
        desk
    }

    pub fn unheard() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::init(&dir.path().join("a"), &ActorName::new("Anna").unwrap()).unwrap();
        let sealed = archive.originals().seal(&b"sound"[..]).unwrap();
        let (digest, size) = (sealed.digest, sealed.size);
        let call = Call {
            id: CallId::of_recording(&digest),
            recording: digest,
            files: vec![CallFile { name: "k01.wav".into(), sha256: digest }],
            started_at: None,
            duration: 30.0,
            channels: 1,
            from: None,
            to: None,
            direction: None,
            place: Place::default(),
            note: None,
        };
        let recording = Recording { digest, size, format: None, damage: None, sound: None, fingerprint: None };
        archive.write(|tx| tx.add_recording(&recording).and_then(|_| tx.add_call(&call))).unwrap();
        Self { _dir: dir, archive, call: call.id }
    }

    pub fn hear(&self, turns: &[(f64, &str, &str)]) -> Revision {
        let turns = turns.iter().map(|(start, speaker, text)| turn(*start, speaker, text)).collect();
        let body = RevisionBody::Transcript(Transcript { language: Some("ru".into()), turns });
        self.archive.write(|tx| tx.add_revision(&self.call, anna(), None, body)).unwrap()
    }

    pub fn translate(&self) {
        let of = self.archive.current_transcript(&self.call).unwrap().unwrap();
        let line = |(turn, text): (&Turn, &&str)| TranslatedTurn {
            start: turn.start,
            end: turn.end,
            channel: 0,
            text: (*text).into(),
            taken: None,
        };
        let turns = of.transcript().unwrap().turns.iter().zip(&ENGLISH).map(line).collect();
        let body = RevisionBody::Translation(Translation { of: of.id.clone(), language: "en".into(), turns });
        self.archive.write(|tx| tx.add_revision(&self.call, anna(), Some(of.id.clone()), body)).unwrap();
    }

    pub fn chosen(&self, turn: usize, from: Option<usize>, to: Option<usize>) -> Chosen {
        Chosen { from, to, ..Chosen::turns(self.call.as_str(), turn, None) }
    }

    pub fn said(&self, turn: usize, words: &str) -> Chosen {
        Chosen { words: Some(words.into()), ..Chosen::turns(self.call.as_str(), turn, None) }
    }

    pub fn look(&self, passage: &crate::passage::Passage) -> Seen {
        Passages::of(&self.archive).look(passage).unwrap()
    }
}
