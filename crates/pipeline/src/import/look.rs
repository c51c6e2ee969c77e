//! Looking into files: decoded, measured and fingerprinted, on a few threads with bounded memory.

use earwitness_audio::{Container, DecodeError, Decoded, Fingerprint, Limits, Sound, character, decode_file_with};
use earwitness_model::{AudioFormat, Damage};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Hertz at which sound is decoded to be judged. Chromaprint hears nothing above 3.5 kHz, and telephones send little.
const RATE: u32 = 8000;
/// Bytes of samples that one file may take: twelve hours of one channel.
const MEMORY: u64 = 1_500 << 20;

/// What a file holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// Sound, at least in part.
    Sound(Box<Heard>),
    /// Something else.
    NotAudio(Container),
    /// Nothing that can be decoded; why, in plain words.
    Broken(String),
    /// It cannot be told on this machine at this time; why, in plain words.
    Unknown(String),
}

/// What was measured of sound.
#[derive(Debug)]
pub(crate) struct Heard {
    pub container: Container,
    pub format: AudioFormat,
    pub damage: Option<Damage>,
    /// `silence`, `tone` or `noise` where nobody can be speaking.
    pub sound: Option<&'static str>,
    pub fingerprint: Fingerprint,
}

/// To the millisecond, so that a kept figure is the same on every machine.
pub(crate) fn millis(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Looks into one file.
pub(crate) fn look(path: &Path) -> Content {
    let limits = Limits { rate: Some(RATE), max_memory: MEMORY, ..Limits::default() };
    // The decoders are other people's code on strangers' bytes: what they cannot bear, this program survives.
    let looked = catch_unwind(AssertUnwindSafe(|| decode_file_with(path, &limits).map(|decoded| heard(&decoded))));
    match looked {
        Ok(Ok(heard)) => Content::Sound(Box::new(heard)),
        Ok(Err(DecodeError::NotAudio { seems })) => Content::NotAudio(seems),
        Ok(Err(error @ (DecodeError::NeedsFfmpeg { .. } | DecodeError::Io(_)))) => Content::Unknown(error.to_string()),
        Ok(Err(error)) => Content::Broken(error.to_string()),
        Err(_) => Content::Broken("the decoder could not go on with it".into()),
    }
}

fn heard(decoded: &Decoded) -> Heard {
    let format = &decoded.format;
    let damage = decoded.damage.as_ref().map(|d| Damage {
        decoded: millis(d.decoded),
        declared: d.declared.map(millis),
        reason: d.reason.clone(),
    });
    Heard {
        container: format.container,
        format: AudioFormat {
            container: format.container.name().into(),
            codec: format.codec.clone(),
            sample_rate: format.sample_rate,
            channels: format.channels,
            duration: millis(decoded.duration()),
        },
        damage,
        sound: no_speech(decoded),
        fingerprint: Fingerprint::of(&decoded.mono(), decoded.sample_rate),
    }
}

/// Why nobody can be speaking, if that is sure for every channel.
fn no_speech(decoded: &Decoded) -> Option<&'static str> {
    let mut sound = Sound::Silence;
    for channel in &decoded.channels {
        match character(channel, decoded.sample_rate) {
            Sound::PossiblySpeech => return None,
            Sound::Silence => {}
            other => sound = other,
        }
    }
    Some(match sound {
        Sound::SteadyNoise => "noise",
        Sound::Tones => "tone",
        _ => "silence",
    })
}

/// Threads that look into files. They hold at most one decoded file each.
pub(crate) struct Lookers {
    jobs: Sender<(usize, PathBuf)>,
    results: Receiver<(usize, Content)>,
}

impl Lookers {
    /// Runs `act` with `count` threads, which end with it.
    pub fn with<T>(count: usize, act: impl FnOnce(&Self) -> T) -> T {
        thread::scope(|scope| {
            let (jobs, waiting) = channel::<(usize, PathBuf)>();
            let (found, results) = channel();
            let waiting = std::sync::Arc::new(Mutex::new(waiting));
            for _ in 0..count.max(1) {
                let (waiting, found) = (std::sync::Arc::clone(&waiting), found.clone());
                scope.spawn(move || {
                    loop {
                        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok((number, path)) = job else { return };
                        if found.send((number, look(&path))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(found);
            // `lookers` is dropped with `act`, which ends the threads before the scope waits for them.
            act(&Self { jobs, results })
        })
    }

    /// Asks for a file to be looked into.
    pub fn ask(&self, number: usize, path: PathBuf) {
        // Fails only when no thread lives, and then `answers` ends early.
        let _ = self.jobs.send((number, path));
    }

    /// The next `count` answers, in any order.
    pub fn answers(&self, count: usize) -> impl Iterator<Item = (usize, Content)> {
        self.results.iter().take(count)
    }
}
