//! The whole of listening for one recording: channel by channel from sound to turns and a draft translation.

use crate::engine::{Ask, Recogniser};
use crate::guards::{self, GuardOptions, Judgement};
use crate::rehear::{self, RegionHearing};
use crate::speech::{Region, SpeechDetector, SpeechOptions};
use crate::turns::{self, TurnOptions};
use crate::windows::{self, Packed, Window};
use crate::{ListenError, weights, whisper};
use earwitness_audio::resample;
use earwitness_model::{Doubt, DoubtReason, Turn, Word, transcript::TranslatedTurn};
use serde::{Deserialize, Serialize};
use std::{path::Path, time::Instant};

/// Asked between batches; `true` stops the work.
pub type Cancel<'a> = &'a (dyn Fn() -> bool + Sync);

/// Everything that bears on the result; kept with every revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HearOptions {
    /// ISO 639-1 codes of the languages that may be spoken.
    pub languages: Vec<String>,
    /// Whether an English draft is made.
    pub translate: bool,
    /// Hypotheses kept while decoding.
    pub beam: usize,
    /// Seconds of speech in a window.
    pub window: f64,
    /// Windows decoded together.
    pub batch: usize,
    /// Regions whose words are below this (mean probability weighted by length) are heard again.
    pub hear_again: f32,
    /// How regions are cut.
    pub speech: SpeechOptions,
    /// How turns are cut.
    pub turns: TurnOptions,
    /// What may stand.
    pub guards: GuardOptions,
}

impl Default for HearOptions {
    fn default() -> Self {
        Self {
            languages: ["ru", "uk", "en"].map(String::from).to_vec(),
            translate: true,
            beam: 5,
            window: 20.0,
            batch: 4,
            hear_again: 0.5,
            speech: SpeechOptions::default(),
            turns: TurnOptions::default(),
            guards: GuardOptions::default(),
        }
    }
}

/// What it took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HearStats {
    /// Seconds of sound, all channels together.
    pub audio: f64,
    /// Seconds of speech found.
    pub speech: f64,
    /// Seconds of speech heard a second time.
    pub heard_again: f64,
    /// Phrases taken from a second hearing.
    pub improved: usize,
    /// Seconds of work for finding speech.
    pub detection_time: f64,
    /// Seconds of work for recognition.
    pub recognition_time: f64,
    /// Seconds of work for translation.
    pub translation_time: f64,
}

/// What was heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The language of most words.
    pub language: Option<String>,
    /// Ordered by start.
    pub turns: Vec<Turn>,
    /// The draft in English, if asked for.
    pub translation: Option<Vec<TranslatedTurn>>,
    /// What it took.
    pub stats: HearStats,
}

/// The engines, loaded once.
pub struct Listener {
    detector: SpeechDetector,
    recogniser: Box<dyn Recogniser>,
}

/// One channel on its way.
struct Channel {
    samples: Vec<f32>,
    regions: Vec<Region>,
    hearings: Vec<RegionHearing>,
}

impl Listener {
    /// Loads the engines: `model` is a name of the manifest or of a model added by hand.
    ///
    /// # Errors
    /// Missing or changed weights, missing native libraries.
    pub fn load(model: &str, models: &Path, threads: usize) -> Result<Self, ListenError> {
        let detector = SpeechDetector::load(&weights::voice_activity(models)?)?;
        Ok(Self { detector, recogniser: Box::new(whisper::load_named(model, models, threads)?) })
    }

    /// The recogniser.
    pub fn recogniser(&self) -> &dyn Recogniser {
        self.recogniser.as_ref()
    }

    /// Hears all channels (mono tracks of one recording, `rate` hertz).
    ///
    /// # Errors
    /// [`ListenError::Cancelled`] when `cancel` says so; [`ListenError::Engine`].
    pub fn hear(
        &self,
        channels: &[Vec<f32>],
        rate: u32,
        options: &HearOptions,
        cancel: Cancel<'_>,
    ) -> Result<Heard, ListenError> {
        let mut stats = HearStats::default();
        let mut tracks = Vec::with_capacity(channels.len());
        let began = Instant::now();
        for samples in channels {
            stopped(cancel)?;
            tracks.push(self.find_speech(samples, rate, options)?);
            stats.audio += samples.len() as f64 / f64::from(rate.max(1));
        }
        stats.speech = tracks.iter().flat_map(|t| &t.regions).map(|r| r.span.length()).sum();
        stats.detection_time = began.elapsed().as_secs_f64();

        let began = Instant::now();
        self.first_hearing(&mut tracks, options, cancel)?;
        self.second_hearing(&mut tracks, options, cancel, &mut stats)?;
        stats.recognition_time = began.elapsed().as_secs_f64();

        let two = tracks.len() > 1;
        let mut turns: Vec<Turn> =
            tracks.iter().enumerate().flat_map(|(i, track)| track_turns(track, i as u16, two, options)).collect();
        turns.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.channel.cmp(&b.channel)));

        let began = Instant::now();
        let translation = match options.translate && self.recogniser.capabilities().translates {
            true => Some(self.translate(&tracks, &turns, options, cancel)?),
            false => None,
        };
        stats.translation_time = began.elapsed().as_secs_f64();
        Ok(Heard { language: main_language(&turns), turns, translation, stats })
    }

    fn find_speech(&self, samples: &[f32], rate: u32, options: &HearOptions) -> Result<Channel, ListenError> {
        let mut samples = resample(samples, rate, self.recogniser.capabilities().sample_rate);
        let regions = self.detector.regions(&samples, &options.speech)?;
        even_level(&mut samples, &regions);
        let hearings = vec![RegionHearing::default(); regions.len()];
        Ok(Channel { samples, regions, hearings })
    }

    fn first_hearing(
        &self,
        tracks: &mut [Channel],
        options: &HearOptions,
        cancel: Cancel<'_>,
    ) -> Result<(), ListenError> {
        let jobs: Vec<(usize, Window)> = tracks
            .iter()
            .enumerate()
            .flat_map(|(i, t)| {
                windows::pack(&t.regions, options.window, options.window).into_iter().map(move |w| (i, w))
            })
            .collect();
        for (track, packed, heard) in self.hear_windows(tracks, jobs, options, 0, cancel)? {
            let t = &mut tracks[track];
            rehear::place(&packed, &heard, &t.regions, &mut t.hearings);
        }
        Ok(())
    }

    /// Hears again, in other windows and with repetitions forbidden, the regions that scored badly.
    fn second_hearing(
        &self,
        tracks: &mut [Channel],
        options: &HearOptions,
        cancel: Cancel<'_>,
        stats: &mut HearStats,
    ) -> Result<(), ListenError> {
        let mut jobs: Vec<(usize, Window)> = Vec::new();
        for (i, track) in tracks.iter().enumerate() {
            for window in windows::pack(&track.regions, options.window * 0.6, options.window * 0.4) {
                if window.regions.clone().any(|r| is_poor(track, r, options)) {
                    stats.heard_again += window.regions.clone().map(|r| track.regions[r].span.length()).sum::<f64>();
                    jobs.push((i, window));
                }
            }
        }
        for (i, packed, heard) in self.hear_windows(tracks, jobs, options, 3, cancel)? {
            let track = &mut tracks[i];
            let mut again = vec![RegionHearing::default(); track.regions.len()];
            rehear::place(&packed, &heard, &track.regions, &mut again);
            for r in packed.regions().filter(|&r| is_poor(track, r, options)).collect::<Vec<_>>() {
                let region = track.regions[r];
                let first = &track.hearings[r];
                let loops = guards::looped(&guards::plain_words(&text_of(&first.words))).is_some();
                let (words, taken) = if loops || first.words.is_empty() {
                    (again[r].words.clone(), 1)
                } else {
                    rehear::better(&first.words, &again[r].words, region.span)
                };
                stats.improved += taken;
                track.hearings[r].words = words;
            }
        }
        Ok(())
    }

    fn hear_windows(
        &self,
        tracks: &[Channel],
        jobs: Vec<(usize, Window)>,
        options: &HearOptions,
        no_repeat: usize,
        cancel: Cancel<'_>,
    ) -> Result<Vec<(usize, Packed, crate::engine::Recognised)>, ListenError> {
        let rate = self.recogniser.capabilities().sample_rate;
        let mut packed: Vec<(usize, Packed)> = jobs
            .into_iter()
            .filter_map(|(i, w)| tracks.get(i).map(|t| (i, Packed::new(&w, &t.regions, &t.samples, rate))))
            .collect();
        // Windows of like length share a batch, so that little of it is padding.
        packed.sort_by_key(|(_, p)| std::cmp::Reverse(p.samples.len()));
        let ask = Ask { languages: &options.languages, prior: &[], beam: options.beam, no_repeat };
        let mut all = Vec::new();
        for batch in packed.chunks(options.batch.max(1)) {
            stopped(cancel)?;
            let samples: Vec<&[f32]> = batch.iter().map(|(_, p)| p.samples.as_slice()).collect();
            let heard = self.recogniser.recognise(&samples, &ask)?;
            all.extend(batch.iter().cloned().zip(heard).map(|((i, p), h)| (i, p, h)));
        }
        Ok(all)
    }

    fn translate(
        &self,
        tracks: &[Channel],
        turns: &[Turn],
        options: &HearOptions,
        cancel: Cancel<'_>,
    ) -> Result<Vec<TranslatedTurn>, ListenError> {
        let rate = f64::from(self.recogniser.capabilities().sample_rate);
        let longest = self.recogniser.capabilities().longest_window;
        let mut jobs: Vec<(usize, &Turn)> = turns.iter().enumerate().filter(|(_, t)| !t.words.is_empty()).collect();
        jobs.sort_by(|a, b| b.1.span().length().total_cmp(&a.1.span().length()));
        let mut texts = vec![String::new(); turns.len()];
        for batch in jobs.chunks(options.batch.max(1) * 2) {
            stopped(cancel)?;
            let samples: Vec<&[f32]> = batch
                .iter()
                .map(|(_, turn)| {
                    let track = tracks.get(turn.channel as usize).map_or(&[][..], |t| t.samples.as_slice());
                    let at = |t: f64| ((t * rate).max(0.0) as usize).min(track.len());
                    let end = (turn.end + 0.2).min(turn.start + longest);
                    &track[at(turn.start - 0.2)..at(end)]
                })
                .collect();
            let languages: Vec<&str> = batch.iter().map(|(_, t)| t.language.as_deref().unwrap_or("ru")).collect();
            for ((index, _), text) in batch.iter().zip(self.recogniser.translate(&samples, &languages, 2)?) {
                texts[*index] = text;
            }
        }
        Ok(turns
            .iter()
            .zip(texts)
            .filter(|(_, text)| !text.is_empty() && !guards::is_ghost(text))
            .map(|(t, text)| TranslatedTurn { start: t.start, end: t.end, channel: t.channel, text })
            .collect())
    }
}

fn stopped(cancel: Cancel<'_>) -> Result<(), ListenError> {
    if cancel() { Err(ListenError::Cancelled) } else { Ok(()) }
}

fn text_of(words: &[Word]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether a region is worth a second hearing.
fn is_poor(track: &Channel, region: usize, options: &HearOptions) -> bool {
    let (Some(hearing), Some(r)) = (track.hearings.get(region), track.regions.get(region)) else { return false };
    if hearing.words.is_empty() {
        return r.peak >= options.guards.weak_speech && r.span.length() > 1.2;
    }
    let judged = guards::judge(&hearing.words, r.peak, hearing.no_speech, &options.guards);
    matches!(judged, Judgement::Refused(_)) || rehear::worth(&hearing.words) < options.hear_again
}

/// Brings every region to the same level (RMS 0.1), with the gain between regions interpolated: the far side of the line
/// is often 15 dB quieter, and Whisper's features are measured from the loudest moment of a window.
fn even_level(samples: &mut [f32], regions: &[Region]) {
    const TARGET: f32 = 0.1;
    const MOST: f32 = 30.0;
    let rate = f64::from(crate::features::SAMPLE_RATE);
    for region in regions {
        let at = |t: f64| ((t * rate) as usize).min(samples.len());
        let Some(part) = samples.get_mut(at(region.span.start)..at(region.span.end)) else { continue };
        let power = part.iter().map(|s| s * s).sum::<f32>() / part.len().max(1) as f32;
        let gain = (TARGET / power.sqrt().max(1e-6)).min(MOST);
        part.iter_mut().for_each(|s| *s = (*s * gain).clamp(-1.0, 1.0));
    }
}

/// The turns of one channel: trusted words as text, doubtful stretches marked, refused ones kept without text.
fn track_turns(track: &Channel, channel: u16, two: bool, options: &HearOptions) -> Vec<Turn> {
    let speaker = if two { char::from(b'A' + (channel.min(25)) as u8).to_string() } else { "?".into() };
    let mut turns = Vec::new();
    for (region, hearing) in track.regions.iter().zip(&track.hearings) {
        if hearing.words.is_empty() {
            if region.peak >= options.guards.weak_speech && region.span.length() > 1.2 {
                let detail = format!("{:.1} s that sound like speech, but no words", region.span.length());
                turns.push(unheard(
                    region,
                    channel,
                    &speaker,
                    Doubt { reason: DoubtReason::Rate, detail, heard: None },
                ));
            }
            continue;
        }
        for run in turns::cut(&hearing.words, &options.turns) {
            let language = hearing.language.as_str();
            match guards::judge(&run, region.peak, hearing.no_speech, &options.guards) {
                Judgement::Trusted => turns.extend(turns::of_words(run, channel, &speaker, language, None)),
                Judgement::Marked(d) => turns.extend(turns::of_words(run, channel, &speaker, language, Some(d))),
                Judgement::Refused(doubt) => {
                    if let Some(mut turn) = turns::of_words(run, channel, &speaker, language, Some(doubt)) {
                        turn.text.clear();
                        turn.words.clear();
                        turns.push(turn);
                    }
                }
            }
        }
    }
    turns
}

fn unheard(region: &Region, channel: u16, speaker: &str, doubt: Doubt) -> Turn {
    Turn {
        start: region.span.start,
        end: region.span.end,
        channel,
        speaker: speaker.into(),
        language: None,
        text: String::new(),
        confidence: 0.0,
        words: Vec::new(),
        doubt: Some(doubt),
    }
}

/// The language with most words.
fn main_language(turns: &[Turn]) -> Option<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for turn in turns.iter().filter(|t| !t.words.is_empty()) {
        let Some(code) = turn.language.as_deref() else { continue };
        match counts.iter_mut().find(|(c, _)| *c == code) {
            Some((_, n)) => *n += turn.words.len(),
            None => counts.push((code, turn.words.len())),
        }
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map(|(c, _)| c.to_string())
}
