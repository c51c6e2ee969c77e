//! Whisper (Radford et al. 2022) through CTranslate2: encode once, then find the language, decode and align.
//!
//! Windows shorter than 30 s are encoded at their own length plus one second of silence instead of being padded to
//! 30 s: on telephone speech the words are as good, and the encoder's time shrinks in proportion.

mod tokens;

use crate::engine::{Ask, Capabilities, Recognised, Recogniser, WindowWord};
use crate::features::{HOP, LogMel, SAMPLE_RATE};
use crate::{ListenError, weights};
use ct2rs::sys::{ComputeType, Config, Device, StorageView, Whisper as Ct2, WhisperOptions};
use earwitness_model::Digest;
use std::path::Path;
use tokens::Vocabulary;

/// Frames of 10 ms that the encoder takes at most.
const LONGEST_FRAMES: usize = 3000;
/// Silence after each window, in frames.
const TAIL_FRAMES: usize = 100;
/// The version of CTranslate2 that `tools/native.py` fetches.
const ENGINE: &str = "ctranslate2 4.8.4";

/// A loaded Whisper model.
pub struct Whisper {
    name: String,
    weights: Digest,
    model: Ct2,
    mel: LogMel,
    vocabulary: Vocabulary,
    suppress: Vec<i32>,
    replicas: usize,
}

/// An encoded batch: CTranslate2's encoder output and the frames of each window.
struct Encoded {
    output: StorageView<'static>,
    frames: Vec<usize>,
}

impl Whisper {
    /// Loads a model folder (CTranslate2 format: model.bin, config.json, vocabulary.txt or .json). `threads` is the number
    /// of processor threads; each works on batches of its own (a second copy of the weights costs less than two threads
    /// waiting for each other at every step of the decoder).
    ///
    /// # Errors
    /// [`ListenError::NotAModel`] for a folder that is none, [`ListenError::Engine`] if CTranslate2 refuses it.
    pub fn load(name: &str, dir: &Path, weights: Digest, threads: usize) -> Result<Self, ListenError> {
        let not = |why: String| ListenError::NotAModel { dir: dir.into(), why };
        let vocabulary = Vocabulary::load(dir).map_err(not)?;
        let replicas = threads.max(1);
        let config = Config {
            device: Device::CPU,
            compute_type: ComputeType::INT8,
            device_indices: vec![0; replicas],
            num_threads_per_replica: 1,
            ..Config::default()
        };
        let model = Ct2::new(dir, config).map_err(|e| not(e.to_string()))?;
        if !model.is_multilingual() {
            return Err(not("it knows English only".into()));
        }
        let mut suppress = vec![-1];
        suppress.extend(vocabulary.never_spoken().into_iter().map(|id| id as i32));
        let mel = LogMel::new(model.n_mels());
        Ok(Self { name: name.into(), weights, model, mel, vocabulary, suppress, replicas })
    }

    fn encode(&self, windows: &[&[f32]]) -> Result<Encoded, ListenError> {
        let frames: Vec<usize> = windows.iter().map(|w| w.len().div_ceil(HOP).clamp(1, LONGEST_FRAMES)).collect();
        let longest = frames.iter().copied().max().unwrap_or(1);
        let length = (longest + TAIL_FRAMES).next_multiple_of(2).min(LONGEST_FRAMES);
        let mels = self.mel.mels();
        let mut features = vec![0.0f32; windows.len() * mels * length];
        for (window, out) in windows.iter().zip(features.chunks_mut(mels * length)) {
            self.mel.write(window, length, out);
        }
        let view = StorageView::new(&[windows.len(), mels, length], &mut features, Device::CPU).map_err(failed)?;
        Ok(Encoded { output: self.model.encode(&view, false).map_err(failed)?, frames })
    }

    fn options(&self, beam: usize, no_repeat: usize, longest: usize) -> WhisperOptions {
        WhisperOptions {
            beam_size: beam.max(1),
            no_repeat_ngram_size: no_repeat,
            // Telephone speech stays under 10 tokens a second; a loop would fill the whole window.
            max_length: (24 + longest * 14 / 100).min(440),
            return_scores: true,
            return_no_speech_prob: true,
            suppress_tokens: self.suppress.clone(),
            ..WhisperOptions::default()
        }
    }

    /// The language of each window among those asked for, with the probabilities in the order of the question.
    fn languages(&self, encoded: &Encoded, ask: &Ask<'_>) -> Result<Vec<(usize, Vec<f32>)>, ListenError> {
        if ask.languages.len() == 1 {
            return Ok(encoded.frames.iter().map(|_| (0, vec![1.0])).collect());
        }
        let detected = self.model.detect_language(&encoded.output).map_err(failed)?;
        Ok(detected
            .into_iter()
            .map(|found| {
                let of = |code: &String| {
                    let token = format!("<|{code}|>");
                    found.iter().find(|d| d.language == token).map_or(0.0, |d| d.probability)
                };
                let p: Vec<f32> = ask.languages.iter().map(of).collect();
                let best = (0..p.len()).max_by(|&a, &b| p[a].total_cmp(&p[b])).unwrap_or(0);
                (best, p)
            })
            .collect())
    }

    fn words(
        &self,
        encoded: &Encoded,
        language: &str,
        texts: &[Vec<usize>],
    ) -> Result<Vec<Vec<WindowWord>>, ListenError> {
        let start = self.vocabulary.ids(&["<|startoftranscript|>", &format!("<|{language}|>"), "<|transcribe|>"])?;
        let ended: Vec<Vec<usize>> = texts.iter().map(|t| [t.as_slice(), &[self.vocabulary.end()]].concat()).collect();
        let aligned = self.model.align(&encoded.output, &start, &ended, &encoded.frames, 7).map_err(failed)?;
        Ok(aligned
            .iter()
            .zip(texts)
            .zip(&encoded.frames)
            .map(|((alignment, ids), frames)| {
                let steps: Vec<(i64, i64)> = alignment.alignments.iter().map(|a| (a.token_x, a.frame_x)).collect();
                let length = *frames as f64 * HOP as f64 / f64::from(SAMPLE_RATE);
                self.vocabulary.words(ids, &token_starts(&steps), &alignment.text_token_probs, length)
            })
            .collect())
    }
}

/// The moment at which each token begins, in seconds: the frame of its first step on the alignment path (20 ms a frame).
fn token_starts(path: &[(i64, i64)]) -> Vec<f64> {
    let mut starts = Vec::new();
    let mut last = -1;
    for &(token, frame) in path {
        if token != last {
            starts.push(frame as f64 * 0.02);
            last = token;
        }
    }
    starts
}

fn failed(e: impl std::fmt::Display) -> ListenError {
    ListenError::Engine { what: "recognition".into(), why: e.to_string() }
}

impl Recogniser for Whisper {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            sample_rate: SAMPLE_RATE,
            languages: Vec::new(),
            longest_window: 28.0,
            word_times: true,
            translates: self.vocabulary.id("<|translate|>").is_some(),
            parallel: self.replicas,
        }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        ENGINE
    }

    fn weights(&self) -> Digest {
        self.weights
    }

    fn recognise(&self, windows: &[&[f32]], ask: &Ask<'_>) -> Result<Vec<Recognised>, ListenError> {
        if windows.is_empty() || ask.languages.is_empty() {
            return Ok(Vec::new());
        }
        let encoded = self.encode(windows)?;
        let chosen = self.languages(&encoded, ask)?;
        let code = |i: &usize| ask.languages.get(*i).cloned().unwrap_or_default();
        let prompts: Vec<Vec<String>> = chosen
            .iter()
            .map(|(i, _)| {
                ["<|startoftranscript|>", &format!("<|{}|>", code(i)), "<|transcribe|>", "<|notimestamps|>"]
                    .map(String::from)
                    .to_vec()
            })
            .collect();
        let longest = encoded.frames.iter().copied().max().unwrap_or(0);
        let options = self.options(ask.beam, ask.no_repeat, longest);
        let results = self.model.generate(&encoded.output, &prompts, &options).map_err(failed)?;
        let texts: Vec<Vec<usize>> = results
            .iter()
            .map(|r| self.vocabulary.text_ids(r.sequences_ids.first().map_or(&[], Vec::as_slice)))
            .collect();
        // The language token hardly moves the alignment, so one call serves a batch of mixed languages.
        let common = chosen.first().map(|(i, _)| code(i)).unwrap_or_default();
        let words = self.words(&encoded, &common, &texts)?;
        Ok(results
            .iter()
            .zip(chosen)
            .zip(words)
            .map(|((result, (best, probabilities)), words)| Recognised {
                language: code(&best),
                languages: probabilities,
                words,
                score: result.scores.first().copied().unwrap_or(f32::MIN),
                no_speech: result.no_speech_prob,
            })
            .collect())
    }

    fn translate(&self, windows: &[&[f32]], languages: &[&str], beam: usize) -> Result<Vec<String>, ListenError> {
        if windows.is_empty() {
            return Ok(Vec::new());
        }
        let encoded = self.encode(windows)?;
        let prompts: Vec<Vec<String>> = languages
            .iter()
            .map(|code| {
                ["<|startoftranscript|>", &format!("<|{code}|>"), "<|translate|>", "<|notimestamps|>"]
                    .map(String::from)
                    .to_vec()
            })
            .collect();
        let longest = encoded.frames.iter().copied().max().unwrap_or(0);
        // English runs of four tokens seldom repeat in one turn; loops always do.
        let options = self.options(beam, 4, longest);
        let results = self.model.generate(&encoded.output, &prompts, &options).map_err(failed)?;
        Ok(results
            .iter()
            .map(|r| self.vocabulary.text(r.sequences_ids.first().map_or(&[], Vec::as_slice)).trim().to_string())
            .collect())
    }
}

/// Loads the model that `name` means in `models`: one of the manifest, or a folder added with `models add`.
///
/// # Errors
/// [`ListenError::WeightsMissing`] or [`ListenError::WeightsChanged`], and those of [`Whisper::load`].
pub fn load_named(name: &str, models: &Path, threads: usize) -> Result<Whisper, ListenError> {
    let (dir, weights) = weights::recogniser(name, models)?;
    Whisper::load(name, &dir, weights, threads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_starts_at_its_first_frame() {
        assert_eq!(token_starts(&[(0, 0), (0, 1), (1, 5), (1, 6), (2, 9)]), vec![0.0, 0.1, 0.18]);
        assert!(token_starts(&[]).is_empty());
    }
}
