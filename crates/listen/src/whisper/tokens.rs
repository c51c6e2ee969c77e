//! Whisper's vocabulary: byte-level tokens (Radford et al. 2019, GPT-2) to text and words.

use crate::{ListenError, engine::WindowWord};
use std::{collections::HashMap, fs, path::Path};

/// The tokens of a model.
pub(super) struct Vocabulary {
    /// The bytes of each ordinary token; special tokens are empty.
    bytes: Vec<Vec<u8>>,
    special: HashMap<String, usize>,
    end: usize,
}

impl Vocabulary {
    /// Reads vocabulary.txt (one token a line) or vocabulary.json (a list).
    pub fn load(dir: &Path) -> Result<Self, String> {
        let tokens: Vec<String> = if let Ok(text) = fs::read_to_string(dir.join("vocabulary.txt")) {
            text.lines().map(String::from).collect()
        } else {
            let text = fs::read_to_string(dir.join("vocabulary.json"))
                .map_err(|e| format!("neither vocabulary.txt nor vocabulary.json can be read ({e})"))?;
            serde_json::from_str(&text).map_err(|e| format!("vocabulary.json is not a list of texts ({e})"))?
        };
        Self::new(&tokens)
    }

    fn new(tokens: &[String]) -> Result<Self, String> {
        let byte_of = byte_alphabet();
        let end = tokens.iter().position(|t| t == "<|endoftext|>").ok_or("there is no end token in the vocabulary")?;
        let special = tokens.iter().enumerate().skip(end).map(|(i, t)| (t.clone(), i)).collect();
        let bytes =
            tokens[..end].iter().map(|t| t.chars().filter_map(|c| byte_of.get(&c).copied()).collect()).collect();
        Ok(Self { bytes, special, end })
    }

    /// The end token.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The number of a special token.
    pub fn id(&self, token: &str) -> Option<usize> {
        self.special.get(token).copied()
    }

    /// The numbers of special tokens.
    pub fn ids(&self, tokens: &[&str]) -> Result<Vec<usize>, ListenError> {
        let missing =
            |t: &str| ListenError::Engine { what: "recognition".into(), why: format!("the model does not know {t}") };
        tokens.iter().map(|t| self.id(t).ok_or_else(|| missing(t))).collect()
    }

    /// Special tokens that must never be decoded as speech.
    pub fn never_spoken(&self) -> Vec<usize> {
        [
            "<|startoftranscript|>",
            "<|translate|>",
            "<|transcribe|>",
            "<|startoflm|>",
            "<|startofprev|>",
            "<|nospeech|>",
            "<|nocaptions|>",
        ]
        .iter()
        .filter_map(|t| self.id(t))
        .collect()
    }

    /// Only the ordinary tokens.
    pub fn text_ids(&self, ids: &[usize]) -> Vec<usize> {
        ids.iter().copied().filter(|&i| i < self.end).collect()
    }

    /// The text of tokens; broken UTF-8 becomes the replacement character.
    pub fn text(&self, ids: &[usize]) -> String {
        let bytes: Vec<u8> = ids.iter().filter_map(|&i| self.bytes.get(i)).flatten().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Words with times: a word begins at a token that begins with a space. `starts` holds the start of each token and
    /// of the end token; `probabilities` one value a token; `length` bounds the last word (seconds).
    pub fn words(&self, ids: &[usize], starts: &[f64], probabilities: &[f32], length: f64) -> Vec<WindowWord> {
        let begins = |&i: &usize| self.bytes.get(i).is_some_and(|b| b.first() == Some(&b' '));
        let mut firsts: Vec<usize> = (0..ids.len()).filter(|&k| k == 0 || begins(&ids[k])).collect();
        firsts.push(ids.len());
        let time = |k: usize| starts.get(k).or(starts.last()).copied().unwrap_or(0.0).min(length);
        let mut words: Vec<WindowWord> = Vec::new();
        for pair in firsts.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let text = self.text(&ids[from..to]).trim().replace('\u{fffd}', "");
            let p = probabilities.get(from..to).unwrap_or_default();
            let probability = p.iter().sum::<f32>() / p.len().max(1) as f32;
            let word = WindowWord { text, start: time(from), end: time(to), probability };
            match words.last_mut() {
                _ if word.text.is_empty() => {}
                // A lone dash or ellipsis belongs to the word before it.
                Some(last) if !word.text.chars().any(char::is_alphanumeric) => {
                    last.text = format!("{} {}", last.text, word.text);
                }
                _ => words.push(word),
            }
        }
        words.retain(|w| w.text.chars().any(char::is_alphanumeric));
        words
    }
}

/// GPT-2's printable stand-ins for the 256 bytes.
fn byte_alphabet() -> HashMap<char, u8> {
    let printable = |b: u8| matches!(b, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let mut next = 256u32;
    (0..=255u8)
        .filter_map(|b| {
            let code = if printable(b) {
                u32::from(b)
            } else {
                next += 1;
                next - 1
            };
            char::from_u32(code).map(|c| (c, b))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let tokens = ["ĠÐ¼", "Ð°Ð¼", ",", "ĠÑįÑĤÐ¾", "Ġ", "âĢĶ", "<|endoftext|>", "<|ru|>"];
        Vocabulary::new(&tokens.map(String::from)).unwrap()
    }

    #[test]
    fn bytes_become_cyrillic_words_with_times() {
        let v = vocabulary();
        let words = v.words(&[0, 1, 2, 3], &[0.1, 0.3, 0.5, 0.6, 1.0], &[0.5, 0.7, 0.9, 0.4], 2.0);
        assert_eq!(words[0].text, "мам,");
        assert_eq!((words[0].start, words[0].end), (0.1, 0.6));
        assert!((words[0].probability - 0.7).abs() < 1e-6);
        assert_eq!((words[1].text.as_str(), words[1].end), ("это", 1.0));
    }

    #[test]
    fn a_lone_dash_joins_the_word_before() {
        let words = vocabulary().words(&[3, 4, 5], &[0.0, 0.5, 0.5, 0.7], &[0.9; 3], 1.0);
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].text, "это —");
    }

    proptest::proptest! {
        #[test]
        fn any_tokens_and_times_are_survived(
            ids in proptest::collection::vec(0usize..20, 0..30),
            starts in proptest::collection::vec(0.0f64..40.0, 0..30),
            p in proptest::collection::vec(0.0f32..1.0, 0..30),
        ) {
            for word in vocabulary().words(&ids, &starts, &p, 30.0) {
                assert!(!word.text.is_empty() && word.end <= 30.0);
            }
        }
    }
}
