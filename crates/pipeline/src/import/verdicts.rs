//! The one verdict on each file, from its content and from everything the archive and this delivery hold already.

use super::look::{Content, Heard, millis};
use earwitness_archive::{Archive, Recording};
use earwitness_audio::{Container, Fingerprint, Index, Relation, extension_fits, relation};
use earwitness_model::{Digest, Span, Verdict, time::clock};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

/// The recordings of all calls, by their sound.
#[derive(Default)]
pub(crate) struct Known {
    index: Index,
    calls: Vec<(Digest, f64)>,
    places: HashMap<Digest, usize>,
}

/// A recording that is a part of the one just judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    pub recording: Digest,
    pub at: Span,
}

/// A verdict, and the calls that turn out to be parts of this recording.
pub(crate) struct Judged {
    pub verdict: Verdict,
    pub parts: Vec<Part>,
}

impl From<Verdict> for Judged {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, parts: Vec::new() }
    }
}

impl Known {
    /// The recordings of all calls of an archive.
    pub fn of(archive: &Archive) -> earwitness_archive::Result<Self> {
        let calls: HashSet<Digest> = archive.calls()?.into_iter().map(|c| c.recording).collect();
        let mut known = Self::default();
        archive.all_fingerprints(|recording, bytes| {
            if let Some(print) = Fingerprint::from_bytes(bytes).filter(|_| calls.contains(&recording)) {
                known.add(recording, &print);
            }
            Ok(())
        })?;
        Ok(known)
    }

    /// Takes in the recording of a call. What repeats another recording is not taken in: a third copy should point
    /// at the first.
    pub fn add(&mut self, recording: Digest, print: &Fingerprint) {
        if self.places.insert(recording, self.calls.len()).is_none() {
            self.index.add(self.calls.len() as u64, print);
            self.calls.push((recording, print.duration));
        }
    }

    /// The verdict on new bytes with this content, delivered under `name`.
    pub fn judge(&self, name: &str, content: &Content) -> Judged {
        match content {
            Content::Sound(heard) => self.judge_sound(name, heard),
            Content::NotAudio(Container::Unknown) if sounds_like_sound(name) => {
                Verdict::Broken { reason: "its name says sound, but its content is no format that is known".into() }
                    .into()
            }
            Content::NotAudio(seems) => Verdict::NotAudio { seems: seems.name().into() }.into(),
            Content::Broken(reason) | Content::Unknown(reason) => Verdict::Broken { reason: reason.clone() }.into(),
        }
    }

    fn judge_sound(&self, name: &str, heard: &Heard) -> Judged {
        let (repeated, parts) = self.relations(&heard.fingerprint);
        let verdict = match (&heard.damage, repeated) {
            (Some(damage), repeated) => {
                Verdict::Damaged { damage: damage.clone(), of: repeated.and_then(|verdict| verdict.repeats()) }
            }
            (None, Some(verdict)) => verdict,
            (None, None) if !extension_fits(Path::new(name), heard.container) => {
                Verdict::WrongExtension { actual: heard.container.name().into() }
            }
            (None, None) => match heard.sound {
                Some(sound) => Verdict::NoSpeechExpected { sound: sound.into() },
                None => Verdict::Accepted,
            },
        };
        Judged { verdict, parts }
    }

    /// What this sound repeats, the whole before the part; and what is a part of it.
    fn relations(&self, print: &Fingerprint) -> (Option<Verdict>, Vec<Part>) {
        let (mut same, mut excerpt, mut parts) = (None, None, Vec::new());
        for found in self.index.matches(print) {
            let place = usize::try_from(found.id).unwrap_or(usize::MAX);
            let Some(&(of, length)) = self.calls.get(place) else { continue };
            let score = (found.score * 10_000.0).round() / 10_000.0;
            let span = |start, end| Span::new(millis(start), millis(end));
            match relation(&found, print.duration, length) {
                Relation::Same => same = same.or(Some(Verdict::ReEncoding { of, score })),
                Relation::ExcerptOfReference { start, end } => {
                    excerpt = excerpt.or(Some(Verdict::Excerpt { of, at: span(start, end), score }));
                }
                Relation::ReferenceIsExcerptOfQuery { start, end } => {
                    parts.push(Part { recording: of, at: span(start, end) });
                }
                Relation::Unrelated => {}
            }
        }
        (same.or(excerpt), parts)
    }
}

/// The verdict on bytes that the archive holds already.
pub(crate) fn of_known_bytes(recording: &Recording) -> Verdict {
    match recording.size {
        // Two empty files have nothing in common.
        0 => Verdict::Broken { reason: "the file is empty".into() },
        _ => Verdict::ExactDuplicate { of: recording.digest },
    }
}

fn sounds_like_sound(name: &str) -> bool {
    use Container as C;
    let sound = [C::Wav, C::Mp3, C::OggOpus, C::OggOther, C::Mp4, C::Flac, C::AmrNb, C::Adts, C::GsmRaw, C::OtherMedia];
    Path::new(name).extension().is_some() && sound.iter().any(|c| extension_fits(Path::new(name), *c))
}

/// A verdict in plain words; `name_of` gives a name under which a recording was delivered.
pub fn reason(verdict: &Verdict, name_of: impl Fn(&Digest) -> String) -> String {
    let percent = |score: f64| format!("{:.0} % of its fingerprint", score * 100.0);
    match verdict {
        Verdict::Accepted => "sound that decodes whole".into(),
        Verdict::NoSpeechExpected { sound } => {
            format!("decodes whole, but by its level and spectrum holds only {sound}; kept as a call")
        }
        Verdict::WrongExtension { actual } => {
            format!("its name says another format, its content is {actual}; taken by its content")
        }
        Verdict::ExactDuplicate { of } => format!("the same bytes as {}", name_of(of)),
        Verdict::ReEncoding { of, score } => {
            format!("the same sound as {} in other bytes ({} agrees)", name_of(of), percent(*score))
        }
        Verdict::Excerpt { of, at, score } => {
            let (start, end) = (clock(at.start), clock(at.end));
            format!("a part of {}, from {start} to {end} ({} agrees)", name_of(of), percent(*score))
        }
        Verdict::Damaged { damage, of } => {
            let part = of.as_ref().map(|of| format!("; holds sound of {}", name_of(of))).unwrap_or_default();
            format!("{}; {:.1} s decode{part}", damage.reason, damage.decoded)
        }
        Verdict::Broken { reason } => reason.clone(),
        Verdict::NotAudio { seems } => format!("no sound; by its content: {seems}"),
    }
}
