//! WebVTT captions (W3C) of a clip.

use super::Caption;
use std::fmt::Write as _;

/// The most characters of one caption: two lines of a small screen.
const LONGEST: usize = 84;

/// Whose words are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// In the language of the page.
    Shown,
    /// As spoken.
    Spoken,
}

/// The captions of a clip; nothing where there are no words of this kind.
pub(super) fn render(captions: &[Caption], words: Words) -> Option<String> {
    let mut out = String::from("WEBVTT\n");
    let mut any = false;
    for caption in captions {
        let text = match words {
            Words::Shown => &caption.text,
            Words::Spoken => &caption.spoken,
        };
        for (start, end, part) in cues(caption.start, caption.end, text) {
            any = true;
            let who = if caption.who.is_empty() { String::new() } else { format!("<v {}>", escaped(&caption.who)) };
            // Writing into a text cannot fail.
            let _ = write!(out, "\n{} --> {}\n{who}{}\n", stamp(start), stamp(end), escaped(&part));
        }
    }
    any.then_some(out)
}

/// A text in pieces that can be read at a glance, each with its share of the time by its letters.
fn cues(start: f64, end: f64, text: &str) -> Vec<(f64, f64, String)> {
    let (parts, length) = (cut(text), (end - start).max(0.0));
    let letters = |t: &String| t.chars().count() as f64;
    let all: f64 = parts.iter().map(letters).sum::<f64>().max(1.0);
    let mut before = 0.0;
    let mut timed = Vec::new();
    for part in parts {
        let from = start + length * before / all;
        before += letters(&part);
        timed.push((from, start + length * before / all, part));
    }
    timed
}

/// At sentences where they end in the second half of a caption, else between words.
fn cut(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut open = String::new();
    for word in text.split_whitespace() {
        let length = open.chars().count();
        let full = length + 1 + word.chars().count() > LONGEST;
        let sentence = open.ends_with(['.', '!', '?', '…']) && length > LONGEST / 2;
        if !open.is_empty() && (full || sentence) {
            parts.push(std::mem::take(&mut open));
        }
        if !open.is_empty() {
            open.push(' ');
        }
        open.push_str(word);
    }
    parts.extend(Some(open).filter(|o| !o.is_empty()));
    parts
}

fn stamp(seconds: f64) -> String {
    let ms = (seconds.clamp(0.0, 3.6e6) * 1000.0).round() as u64;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn caption(text: &str) -> Caption {
        Caption { start: 0.5, end: 8.5, who: "A <b>".into(), text: text.into(), spoken: String::new() }
    }

    #[test]
    fn long_words_are_shown_piece_by_piece() {
        let text = "We are stuck, you understand? There is no diesel. The column is eleven kilometers long --> here, and \
                    it is not moving.";
        let vtt = render(&[caption(text)], Words::Shown).unwrap();
        assert_eq!(
            vtt,
            "WEBVTT\n\n00:00:00.500 --> 00:00:03.850\n<v A &lt;b&gt;>We are stuck, you understand? There is no diesel.\n\
             \n00:00:03.850 --> 00:00:08.500\n<v A &lt;b&gt;>The column is eleven kilometers long --&gt; here, and it is \
             not moving.\n"
        );
        assert_eq!(render(&[caption(text)], Words::Spoken), None);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_times_go_on(text in "(\\PC{0,12}[ .\n]){0,40}", length in 0.0..30.0f64) {
            let cues = cues(2.0, 2.0 + length, &text);
            let all: Vec<String> = cues.iter().flat_map(|c| c.2.split_whitespace().map(String::from)).collect();
            prop_assert_eq!(all, text.split_whitespace().map(String::from).collect::<Vec<_>>());
            prop_assert!(cues.windows(2).all(|w| w[0].1 <= w[1].0 + 1e-9));
            let vtt = render(&[caption(&text)], Words::Shown).unwrap_or_default();
            prop_assert_eq!(vtt.matches("-->").count(), cut(&text).len());
        }
    }
}
