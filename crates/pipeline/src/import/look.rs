//! Looking into files: decoded, measured and fingerprinted, on a few threads with bounded memory.

use earwitness_audio::{
    Container, DecodeError, Decoded, Fingerprint, Limits, Measured, Sound, decode_file_with, measure, survive,
};
use earwitness_model::{AudioFormat, Damage};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
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
    let looked = survive(|| decode_file_with(path, &limits).map(|decoded| heard(&decoded)));
    match looked {
        Some(Ok(heard)) => Content::Sound(Box::new(heard)),
        Some(Err(DecodeError::NotAudio { seems })) => Content::NotAudio(seems),
        Some(Err(error @ (DecodeError::NeedsFfmpeg { .. } | DecodeError::Io(_)))) => {
            Content::Unknown(error.to_string())
        }
        Some(Err(error)) => Content::Broken(error.to_string()),
        None => Content::Broken("the decoder could not go on with it".into()),
    }
}

fn heard(decoded: &Decoded) -> Heard {
    let format = &decoded.format;
    let damage = decoded.damage.as_ref().map(|d| Damage {
        decoded: millis(d.decoded),
        declared: d.declared.map(millis),
        reason: d.reason.clone(),
    });
    let channels: Vec<Measured> = decoded.channels.iter().map(|c| measure(c, decoded.sample_rate)).collect();
    // One channel is its own mean, and was looked over just now.
    let fingerprint = match (decoded.channels.as_slice(), channels.as_slice()) {
        ([samples], [measured]) => Fingerprint::of_measured(samples, decoded.sample_rate, measured),
        _ => Fingerprint::of(&decoded.mono(), decoded.sample_rate),
    };
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
        sound: no_speech(&channels),
        fingerprint,
    }
}

/// Why nobody can be speaking, if that is sure for every channel.
fn no_speech(channels: &[Measured]) -> Option<&'static str> {
    let mut sound = Sound::Silence;
    for channel in channels {
        match channel.sound {
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

/// A file to be looked into, and where the answer goes.
struct Job {
    number: usize,
    path: PathBuf,
    answer: Sender<(usize, Content)>,
}

/// Threads that look into files. They hold at most one decoded file each.
pub(crate) struct Lookers {
    jobs: Sender<Job>,
    stop: Arc<AtomicBool>,
}

/// Files that are being looked into.
pub(crate) struct Looking {
    asked: usize,
    answer: Sender<(usize, Content)>,
    answers: Receiver<(usize, Content)>,
}

impl Lookers {
    /// Runs `act` with `count` threads, which end with it; what they were asked for and have not begun is left.
    pub fn with<T>(count: usize, act: impl FnOnce(&Self) -> T) -> T {
        thread::scope(|scope| {
            let (jobs, waiting) = channel::<Job>();
            let (waiting, stop) = (Arc::new(Mutex::new(waiting)), Arc::new(AtomicBool::new(false)));
            for _ in 0..count.max(1) {
                let (waiting, stop) = (Arc::clone(&waiting), Arc::clone(&stop));
                scope.spawn(move || {
                    loop {
                        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok(Job { number, path, answer }) = job else { return };
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        // Fails when nobody waits for this any more; others may.
                        let _ = answer.send((number, look(&path)));
                    }
                });
            }
            // The lookers are dropped with `act`, which ends the threads before the scope waits for them.
            act(&Self { jobs, stop })
        })
    }

    /// Begins a set of files.
    pub fn begin(&self) -> Looking {
        let (answer, answers) = channel();
        Looking { asked: 0, answer, answers }
    }

    /// Asks for a file of a set to be looked into.
    pub fn ask(&self, set: &mut Looking, number: usize, path: PathBuf) {
        // Fails only when no thread lives, and then the answers end early.
        let _ = self.jobs.send(Job { number, path, answer: set.answer.clone() });
        set.asked += 1;
    }
}

impl Drop for Lookers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Looking {
    /// Waits for the answers, which come in any order.
    pub fn answers(self) -> impl Iterator<Item = (usize, Content)> {
        let Self { asked, answer, answers } = self;
        // Only the threads may hold the channel open: where they are gone, nobody waits for ever.
        drop(answer);
        answers.into_iter().take(asked)
    }
}
