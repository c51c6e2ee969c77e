//! Sound that is about to leave, heard again: its words and its voices. Networks are loaded once and only when they are
//! needed; what was heard is kept in the archive's `derived/`, by the sound and the weights, so that it is heard once.

use crate::{commands::process::threads, context::Context, errors::Problem, interrupt};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_audio::resample;
use earwitness_listen::{
    HearOptions, Listener,
    speech::{SpeechDetector, SpeechOptions},
    voiceprint::VoiceprintExtractor,
    weights,
};
use earwitness_model::{CallId, Digest, Span, SpeakerRef, Voiceprint};
use serde::{Deserialize, Serialize};
use std::{cell::OnceCell, fs, io::Write, path::PathBuf};

/// The model that `process` hears with unless it is told otherwise.
const MODEL: &str = "base";
/// The rate that voices are measured at, hertz.
const RATE: u32 = 16_000;
/// What changes here changes what was kept before.
const FORM: &str = "heard-1";

/// What was heard in a piece of sound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeardAgain {
    /// The language of most words, ISO 639-1.
    pub language: Option<String>,
    /// In order.
    pub turns: Vec<HeardTurn>,
}

/// A stretch of what was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardTurn {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// A label within the sound.
    pub speaker: String,
    /// The words, and those that a transcript would hold back as doubtful.
    pub text: String,
}

impl HeardAgain {
    /// All words.
    pub fn text(&self) -> String {
        self.turns.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// What hears and measures.
pub struct Ears {
    models: PathBuf,
    kept: PathBuf,
    languages: Vec<String>,
    listener: OnceCell<Listener>,
    voices: OnceCell<(SpeechDetector, VoiceprintExtractor)>,
}

impl Ears {
    /// Ears for an archive's languages. Nothing is loaded yet.
    pub fn new(context: &Context, archive: &Archive) -> Self {
        interrupt::install();
        let languages = archive.settings().languages.clone();
        let kept = archive.derived().join("heard");
        Self { models: context.models(), kept, languages, listener: OnceCell::new(), voices: OnceCell::new() }
    }

    /// The languages that may be spoken.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// Hears mono tracks of one length (`rate` hertz), in which these languages may be spoken.
    pub fn hear(&self, channels: &[Vec<f32>], rate: u32, languages: &[String]) -> anyhow::Result<HeardAgain> {
        let options = HearOptions { languages: languages.to_vec(), translate: false, ..HearOptions::default() };
        let path = self.kept.join(format!("{}.json", self.key(channels, rate, &options)?));
        let kept = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let heard = self.listener()?.hear(channels, rate, &options, &interrupt::asked)?;
        let turns = heard.turns.into_iter().map(|turn| {
            let held_back = turn.doubt.and_then(|doubt| doubt.heard).unwrap_or_default();
            let text = format!("{} {held_back}", turn.text).trim().to_string();
            HeardTurn { start: turn.start, end: turn.end, speaker: turn.speaker, text }
        });
        let heard = HeardAgain { language: heard.language, turns: turns.collect() };
        // An archive that can only be read keeps nothing, and is heard again next time.
        let _ = self.keep(&path, &heard);
        Ok(heard)
    }

    /// The voice in `samples` (`rate` hertz) where somebody speaks within `span`; none where that is too short.
    pub fn voice(&self, samples: &[f32], rate: u32, span: Span) -> anyhow::Result<Option<Voiceprint>> {
        let samples = resample(samples, rate, RATE);
        let (detector, extractor) = self.networks()?;
        let regions = detector.regions(&samples, &SpeechOptions::default())?;
        let within = |s: Span| Span::new(s.start.max(span.start), s.end.min(span.end));
        let spans: Vec<Span> = regions.into_iter().map(|r| within(r.span)).filter(|s| s.length() > 0.2).collect();
        let measured = extractor.measure(&samples, &spans, &interrupt::asked)?;
        Ok(measured.map(|voice| Voiceprint {
            speaker: SpeakerRef::new(CallId::new("clip"), "?"),
            vector: voice.vector,
            net_speech: voice.net_speech,
            quality: voice.quality,
            model: VoiceprintExtractor::MODEL.into(),
            weights: extractor.weights(),
        }))
    }

    fn listener(&self) -> anyhow::Result<&Listener> {
        if let Some(listener) = self.listener.get() {
            return Ok(listener);
        }
        let listener = Listener::load(MODEL, &self.models, threads(None))?;
        Ok(self.listener.get_or_init(|| listener))
    }

    fn networks(&self) -> anyhow::Result<&(SpeechDetector, VoiceprintExtractor)> {
        if let Some(networks) = self.voices.get() {
            return Ok(networks);
        }
        let detector = SpeechDetector::load(&weights::voice_activity(&self.models)?)?;
        let extractor = VoiceprintExtractor::load(&self.models, threads(None))?;
        Ok(self.voices.get_or_init(|| (detector, extractor)))
    }

    /// The name of what was heard in this sound by these weights.
    fn key(&self, channels: &[Vec<f32>], rate: u32, options: &HearOptions) -> anyhow::Result<String> {
        let present = weights::list(&self.models, false).into_iter().find(|m| m.name == MODEL && m.state == "present");
        let missing = || {
            let next =
                format!("`earwitness models fetch {MODEL}` brings them, or leave the listening out: --no-listen");
            Problem::new(format!("the weights of the model {MODEL} are not there"), next)
        };
        let weights = present.and_then(|m| m.weights).ok_or_else(missing)?;
        let mut bytes = format!("{FORM} {weights} {} {rate} {}", serde_json::to_string(options)?, channels.len());
        bytes.push_str(env!("CARGO_PKG_VERSION"));
        let mut bytes = bytes.into_bytes();
        for channel in channels {
            bytes.extend(channel.iter().flat_map(|sample| sample.to_le_bytes()));
        }
        Ok(Digest::of(&bytes).hex())
    }

    fn keep(&self, path: &std::path::Path, heard: &HeardAgain) -> anyhow::Result<()> {
        fs::create_dir_all(&self.kept)?;
        let mut file = tempfile::Builder::new().prefix(".heard-").tempfile_in(&self.kept)?;
        file.write_all(&serde_json::to_vec(heard)?)?;
        file.persist(path).map_err(|e| e.error).context("what was heard cannot be kept")?;
        Ok(())
    }
}

/// Why something was not heard, in one line.
pub fn reason(error: &anyhow::Error) -> String {
    format!("{error:#}").replace('\n', " ")
}
