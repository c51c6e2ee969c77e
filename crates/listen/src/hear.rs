//! The whole of listening for one recording: channel by channel from sound to turns and a draft translation.

mod settle;
mod shape;

use crate::engine::{Ask, Recognised, Recogniser};
use crate::guards::{self, GuardOptions, Judgement};
use crate::rehear::{self, Hypothesis};
use crate::speech::{Region, SpeechDetector, SpeechOptions};
use crate::turns::TurnOptions;
use crate::windows::{self, Packed, Window};
use crate::{
    ListenError, crosstalk,
    diarize::{self, DiarizeOptions, Diarizer, Line, Segment},
    permits::Permits,
    weights, whisper,
};
use earwitness_model::{Turn, Word, transcript::TranslatedTurn};
use serde::{Deserialize, Serialize};
use settle::settle;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// Seconds of sound that may be in work at once (a recording that is longer is heard alone); a minute takes 4 MB.
const ROOM: usize = 1800;

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
    /// Seconds of speech in a window of the second hearing.
    pub second_window: f64,
    /// Windows decoded together.
    pub batch: usize,
    /// Windows whose words are worth less than this on average ([`rehear::worth`]) are heard again in another cut.
    pub hear_again: f32,
    /// How regions are cut.
    pub speech: SpeechOptions,
    /// How speakers are told apart.
    pub diarize: DiarizeOptions,
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
            second_window: 28.0,
            batch: 1,
            hear_again: 0.75,
            speech: SpeechOptions::default(),
            diarize: DiarizeOptions::default(),
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
    /// Words that are not those of the first hearing.
    pub improved: usize,
    /// Seconds of cross-talk that was not listened to.
    pub crosstalk: f64,
    /// Seconds of work for finding speech.
    pub detection_time: f64,
    /// Seconds of work for telling speakers apart.
    pub diarization_time: f64,
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
    diarizer: Diarizer,
    recogniser: Box<dyn Recogniser>,
    permits: Arc<Permits>,
    /// Seconds of sound that may be in work.
    room: Permits,
}

/// One channel on its way.
struct Channel {
    samples: Vec<f32>,
    regions: Vec<Region>,
    /// Who speaks when.
    segments: Vec<Segment>,
    /// What was heard in each region, the first hearing first.
    hearings: Vec<Vec<Hypothesis>>,
}

impl Listener {
    /// Loads the engines: `model` is a name of the manifest or of a model added by hand. Several recordings may be heard
    /// at once; together they compute on `threads` threads.
    ///
    /// # Errors
    /// Missing or changed weights, missing native libraries.
    pub fn load(model: &str, models: &Path, threads: usize) -> Result<Self, ListenError> {
        let detector = SpeechDetector::load(&weights::voice_activity(models)?)?;
        let permits = Arc::new(Permits::new(threads));
        let diarizer = Diarizer::sharing(models, &permits)?;
        let recogniser = Box::new(whisper::load_named(model, models, threads)?);
        Ok(Self { detector, diarizer, recogniser, permits, room: Permits::new(ROOM) })
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
        let seconds = channels.iter().map(|c| c.len() as f64 / f64::from(rate.max(1))).sum::<f64>();
        let _room = self.room.some(seconds as usize);
        let mut stats = HearStats { audio: seconds, ..HearStats::default() };
        let mut tracks = self.tracks(channels, rate, options, cancel, &mut stats)?;
        let began = Instant::now();
        self.first_hearing(&mut tracks, options, cancel)?;
        self.second_hearing(&mut tracks, options, cancel, &mut stats)?;
        stats.recognition_time = began.elapsed().as_secs_f64();

        let mut turns: Vec<Turn> = Vec::new();
        let segments: Vec<&[Segment]> = tracks.iter().map(|t| t.segments.as_slice()).collect();
        for (i, (track, names)) in tracks.iter().zip(diarize::labels(&segments)).enumerate() {
            let settled = settle(&track.hearings, &track.regions);
            stats.improved += settled.changed;
            turns.extend(shape::turns_of(track, &settled, i as u16, &names, options));
        }
        turns.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.channel.cmp(&b.channel)));

        let began = Instant::now();
        let translation = match options.translate && self.recogniser.capabilities().translates {
            true => Some(self.translate(&tracks, &turns, options, cancel)?),
            false => None,
        };
        stats.translation_time = began.elapsed().as_secs_f64();
        Ok(Heard { language: main_language(&turns), turns, translation, stats })
    }

    /// Every channel with its speech and its speakers, brought to the recogniser's rate and an even level.
    fn tracks(
        &self,
        channels: &[Vec<f32>],
        rate: u32,
        options: &HearOptions,
        cancel: Cancel<'_>,
        stats: &mut HearStats,
    ) -> Result<Vec<Channel>, ListenError> {
        let began = Instant::now();
        let mut sounds = diarize::prepared(channels, rate);
        stats.crosstalk = crosstalk::silence(&mut sounds).iter().sum();
        let line = Line::of(sounds.len());
        let mut tracks = Vec::with_capacity(sounds.len());
        for samples in sounds {
            stopped(cancel)?;
            let permit = self.permits.one();
            let regions = self.detector.regions(&samples, &options.speech)?;
            drop(permit);
            stats.speech += regions.iter().map(|r| r.span.length()).sum::<f64>();
            let hearings = vec![Vec::new(); regions.len()];
            tracks.push(Channel { samples, regions, segments: Vec::new(), hearings });
        }
        stats.detection_time = began.elapsed().as_secs_f64();
        let began = Instant::now();
        for track in &mut tracks {
            track.segments = self.diarizer.segments(&track.samples, line, &options.diarize, cancel)?;
            even_level(&mut track.samples, &track.regions);
        }
        stats.diarization_time = began.elapsed().as_secs_f64();
        Ok(tracks)
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
            .flat_map(|(i, t)| windows::pack(&t.regions, options.window).into_iter().map(move |w| (i, w)))
            .collect();
        for (track, packed, heard) in self.hear_windows(tracks, jobs, options, cancel)? {
            place(&packed, &heard, &mut tracks[track].hearings);
        }
        Ok(())
    }

    /// Hears again, in other windows, what scored badly.
    fn second_hearing(
        &self,
        tracks: &mut [Channel],
        options: &HearOptions,
        cancel: Cancel<'_>,
        stats: &mut HearStats,
    ) -> Result<(), ListenError> {
        let mut jobs: Vec<(usize, Window)> = Vec::new();
        for (i, track) in tracks.iter().enumerate() {
            for window in windows::pack(&track.regions, options.second_window) {
                if is_poor(track, &window, options) {
                    stats.heard_again += window.regions.clone().map(|r| track.regions[r].span.length()).sum::<f64>();
                    jobs.push((i, window));
                }
            }
        }
        for (i, packed, heard) in self.hear_windows(tracks, jobs, options, cancel)? {
            place(&packed, &heard, &mut tracks[i].hearings);
        }
        Ok(())
    }

    fn hear_windows(
        &self,
        tracks: &[Channel],
        jobs: Vec<(usize, Window)>,
        options: &HearOptions,
        cancel: Cancel<'_>,
    ) -> Result<Vec<(usize, Packed, Recognised)>, ListenError> {
        let rate = self.recogniser.capabilities().sample_rate;
        let mut packed: Vec<(usize, Packed)> = jobs
            .into_iter()
            .filter_map(|(i, w)| tracks.get(i).map(|t| (i, Packed::new(&w, &t.regions, &t.samples, rate))))
            .collect();
        // Windows of like length share a batch, so that little of it is padding.
        packed.sort_by_key(|(_, p)| std::cmp::Reverse(p.samples.len()));
        let hear = |items: &[(usize, Packed)], no_repeat: usize| {
            let ask = Ask { languages: &options.languages, beam: options.beam, no_repeat };
            self.batches(items, options.batch, cancel, |batch| {
                let samples: Vec<&[f32]> = batch.iter().map(|(_, p)| p.samples.as_slice()).collect();
                self.recogniser.recognise(&samples, &ask)
            })
        };
        let mut heard = hear(&packed, 0)?;
        for (item, found) in packed.iter().zip(&mut heard).filter(|(_, h)| goes_in_circles(h)) {
            // Once more with repetitions forbidden; a hearing that still goes in circles says nothing.
            *found = hear(std::slice::from_ref(item), 5)?.pop().unwrap_or_else(|| found.clone());
            if goes_in_circles(found) {
                found.words.clear();
            }
        }
        Ok(packed.into_iter().zip(heard).map(|((i, p), h)| (i, p, h)).collect())
    }

    /// Works through `items` in batches of at most `size`, on as many threads as the recogniser has copies. The results
    /// come in the order of the items.
    fn batches<T: Sync, R: Send>(
        &self,
        items: &[T],
        size: usize,
        cancel: Cancel<'_>,
        work: impl Fn(&[T]) -> Result<Vec<R>, ListenError> + Sync,
    ) -> Result<Vec<R>, ListenError> {
        let workers = self.recogniser.capabilities().parallel.max(1);
        let size = items.len().div_ceil(workers).clamp(1, size.max(1));
        let batches: Vec<&[T]> = items.chunks(size).collect();
        let next = AtomicUsize::new(0);
        let take = || -> Result<Vec<(usize, Vec<R>)>, ListenError> {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(batch) = batches.get(index) else { return Ok(done) };
                let _permit = self.permits.one();
                stopped(cancel)?;
                done.push((index, work(batch)?));
            }
        };
        let mut results = Vec::with_capacity(batches.len());
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers.min(batches.len())).map(|_| scope.spawn(take)).collect();
            results.extend(take()?);
            for other in others {
                results.extend(other.join().map_err(|_| ListenError::Engine {
                    what: "listening".into(),
                    why: "a thread broke off".into(),
                })??);
            }
            Ok::<(), ListenError>(())
        })?;
        results.sort_by_key(|(index, _)| *index);
        Ok(results.into_iter().flat_map(|(_, r)| r).collect())
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
        let english = self.batches(&jobs, options.batch * 2, cancel, |batch| {
            let samples: Vec<&[f32]> = batch
                .iter()
                .map(|(_, turn)| {
                    let track = tracks.get(turn.channel as usize).map_or(&[][..], |t| t.samples.as_slice());
                    let at = |t: f64| ((t * rate).max(0.0) as usize).min(track.len());
                    let end = (turn.end + 0.2).min(turn.start + longest);
                    track.get(at(turn.start - 0.2)..at(end)).unwrap_or_default()
                })
                .collect();
            let languages: Vec<&str> = batch.iter().map(|(_, t)| t.language.as_deref().unwrap_or("ru")).collect();
            self.recogniser.translate(&samples, &languages, 2)
        })?;
        let mut texts = vec![String::new(); turns.len()];
        for ((index, _), text) in jobs.iter().zip(english) {
            if let Some(place) = texts.get_mut(*index) {
                *place = text;
            }
        }
        Ok(turns
            .iter()
            .zip(texts)
            .filter(|(_, text)| !text.is_empty() && !guards::is_ghost(text))
            .map(|(t, text)| TranslatedTurn { start: t.start, end: t.end, channel: t.channel, text, taken: None })
            .collect())
    }
}

fn stopped(cancel: Cancel<'_>) -> Result<(), ListenError> {
    if cancel() { Err(ListenError::Cancelled) } else { Ok(()) }
}

/// Hands the words of a window to its regions, as one more hearing of each.
fn place(packed: &Packed, heard: &Recognised, hearings: &mut [Vec<Hypothesis>]) {
    let mut regions: Vec<(usize, Hypothesis)> = packed
        .regions()
        .map(|r| (r, Hypothesis { words: Vec::new(), language: heard.language.clone(), no_speech: heard.no_speech }))
        .collect();
    for word in &heard.words {
        let Some((index, span)) = packed.place(word.start, word.end) else { continue };
        let Some((_, hypothesis)) = regions.iter_mut().find(|(r, _)| *r == index) else { continue };
        let (text, probability) = (word.text.clone(), word.probability);
        hypothesis.words.push(Word { text, start: span.start, end: span.end, probability });
    }
    for (index, hypothesis) in regions {
        if let Some(all) = hearings.get_mut(index) {
            all.push(hypothesis);
        }
    }
}

/// Whether a window is worth a second hearing: where a guard refuses what was heard, or its words are worth little.
fn is_poor(track: &Channel, window: &Window, options: &HearOptions) -> bool {
    let (mut worth, mut seconds) = (0.0f64, 0.0f64);
    for index in window.regions.clone() {
        let (Some(hearings), Some(region)) = (track.hearings.get(index), track.regions.get(index)) else { continue };
        let Some(first) = hearings.first() else { continue };
        if first.words.is_empty() {
            if region.peak >= options.guards.weak_speech && region.span.length() > 1.2 {
                return true;
            }
            continue;
        }
        let judged = guards::judge(&first.words, region.peak, first.no_speech, &options.guards);
        if matches!(judged, Judgement::Refused(_)) {
            return true;
        }
        worth += f64::from(rehear::worth(first)) * region.span.length();
        seconds += region.span.length();
    }
    seconds > 0.0 && worth / seconds < f64::from(options.hear_again)
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

fn goes_in_circles(heard: &Recognised) -> bool {
    let text = heard.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let words = guards::plain_words(&text);
    guards::circles(&words) || guards::looped(&words).is_some()
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
