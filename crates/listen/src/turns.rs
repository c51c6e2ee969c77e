//! From words and speakers to turns: a word belongs to whom it overlaps most; a turn ends where the speaker changes, at a
//! pause, or at a pause after a sentence, and reaches as far as its speaker is heard.

use crate::diarize::Segment;
use earwitness_model::{Doubt, Span, Turn, Word};

/// How turns are cut. Seconds.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TurnOptions {
    /// A pause that always ends a turn.
    pub pause: f64,
    /// A pause that ends a turn after a full stop, question or exclamation mark.
    pub pause_after_sentence: f64,
    /// A word so far outside every speaker's time belongs to the nearest.
    pub astray: f64,
    /// Where a sentence ends so near a change of speaker, the change belongs there.
    pub snap: f64,
}

impl Default for TurnOptions {
    fn default() -> Self {
        Self { pause: 0.8, pause_after_sentence: 0.3, astray: 0.5, snap: 0.3 }
    }
}

/// Words that belong together, each with the index of its phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// In order.
    pub words: Vec<(usize, Word)>,
    /// The speaker's segment; none where nobody was heard to speak.
    pub segment: Option<usize>,
    /// As far as the speaker is heard.
    pub span: Span,
}

/// Words of one channel in order, each with the index of its phrase, cut into runs.
pub fn cut(words: &[(usize, Word)], segments: &[Segment], options: &TurnOptions) -> Vec<Run> {
    let mut owners: Vec<Option<usize>> = words.iter().map(|(_, w)| owner(w, segments, options)).collect();
    snap(words, &mut owners, segments, options);
    let mut runs: Vec<Run> = Vec::new();
    for ((phrase, word), segment) in words.iter().zip(owners) {
        let span = Span::new(word.start, word.end);
        let joins = runs.last().is_some_and(|r| r.segment == segment && !ends(r, *phrase, word, options));
        match runs.last_mut() {
            Some(run) if joins => {
                run.words.push((*phrase, word.clone()));
                run.span = Span::new(run.span.start, span.end.max(run.span.end));
            }
            _ => runs.push(Run { words: vec![(*phrase, word.clone())], segment, span }),
        }
    }
    reach(&mut runs, segments);
    runs
}

/// Whose a word is: the segment that it overlaps most, or the nearest.
fn owner(word: &Word, segments: &[Segment], options: &TurnOptions) -> Option<usize> {
    let span = Span::new(word.start, word.end);
    // Segments are in order and do not overlap, so only those around the word matter.
    let from = segments.partition_point(|s| s.span.end + options.astray < span.start);
    let around = segments.iter().enumerate().skip(from).take_while(|(_, s)| s.span.start - options.astray <= span.end);
    let away = |s: &Segment| (s.span.start - span.end).max(span.start - s.span.end).max(0.0);
    around
        .max_by(|(_, a), (_, b)| {
            a.span.overlap(&span).total_cmp(&b.span.overlap(&span)).then(away(b).total_cmp(&away(a)))
        })
        .map(|(i, _)| i)
}

fn closes(word: &Word) -> bool {
    word.text.trim_end_matches(['"', '»', '”']).ends_with(['.', '?', '!', '…'])
}

/// Aligned words are off by a few tenths of a second: where the speaker changes inside a sentence and the sentence ends or
/// begins one word away, the change is put there.
fn snap(words: &[(usize, Word)], owners: &mut [Option<usize>], segments: &[Segment], options: &TurnOptions) {
    let voice = |o: Option<usize>| o.and_then(|i| segments.get(i)).map(|s| s.speaker);
    for i in 1..words.len() {
        let (before, after) = (owners[i - 1], owners[i]);
        if before == after || voice(before) == voice(after) || closes(&words[i - 1].1) {
            continue;
        }
        let (Some(left), Some(right)) = (before.and_then(|o| segments.get(o)), after.and_then(|o| segments.get(o)))
        else {
            continue;
        };
        // The last word of a sentence that slipped into the next speaker, or the first of one that slipped out.
        if closes(&words[i].1) && words[i].1.start - left.span.end <= options.snap {
            let alone = owners.get(i + 1).is_none_or(|o| *o == after);
            let short = words[i].1.end - left.span.end <= 2.0 * options.snap;
            if alone && short && words.get(i + 1).is_some() {
                owners[i] = before;
            }
        } else if i >= 2
            && closes(&words[i - 2].1)
            && owners[i - 2] == before
            && right.span.start - words[i - 1].1.end <= options.snap
            && right.span.start - words[i - 1].1.start <= 2.0 * options.snap
        {
            owners[i - 1] = after;
        }
    }
}

/// Whether a run ends before this word. Where the end of a sentence falls together with the end of a phrase, the speaker
/// has probably ended, even if the aligned words leave no pause.
fn ends(run: &Run, phrase: usize, word: &Word, options: &TurnOptions) -> bool {
    let Some((before, last)) = run.words.last() else { return false };
    let ended = closes(last);
    let pause = if ended { options.pause_after_sentence } else { options.pause };
    word.start - last.end >= pause || (ended && phrase != *before)
}

/// Stretches runs over the time in which their speaker is heard; runs of one segment meet in the pause between them.
fn reach(runs: &mut [Run], segments: &[Segment]) {
    for i in 0..runs.len() {
        let Some(segment) = runs[i].segment.and_then(|s| segments.get(s)) else { continue };
        let own = runs[i].segment;
        let first = i == 0 || runs[i - 1].segment != own;
        let last = runs.get(i + 1).is_none_or(|r| r.segment != own);
        let start = if first { segment.span.start } else { runs[i - 1].span.end };
        let end = match runs.get(i + 1) {
            Some(next) if !last => ((runs[i].span.end + next.span.start) / 2.0).clamp(start, segment.span.end),
            _ => segment.span.end.max(start),
        };
        runs[i].span = Span::new(start, end);
        for (_, word) in &mut runs[i].words {
            word.start = word.start.clamp(start, end);
            word.end = word.end.clamp(word.start, end);
        }
    }
}

/// A turn of these words; `None` without words.
pub fn of_words(
    words: Vec<Word>,
    span: Span,
    channel: u16,
    speaker: &str,
    language: &str,
    doubt: Option<Doubt>,
) -> Option<Turn> {
    words.first()?;
    let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let confidence = words.iter().map(|w| w.probability).sum::<f32>() / words.len() as f32;
    let (start, end) = (span.start, span.end);
    let (speaker, language) = (speaker.into(), Some(language.into()));
    Some(Turn { start, end, channel, speaker, language, text, confidence, words, doubt })
}

/// `A` to `Z`, then `A2` and so on.
pub fn label(number: usize) -> String {
    let letter = char::from(b'A' + (number % 26) as u8);
    if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26 + 1) }
}

/// Gives speakers the labels they had in an earlier hearing of the same recording, where they speak at the same times, so
/// that `B` of yesterday is `B` of today. New speakers get labels that were not in use.
pub fn keep_labels(turns: &mut [Turn], earlier: &[Turn]) {
    let mut shared: Vec<(f64, String, String)> = Vec::new();
    for turn in turns.iter() {
        for old in earlier.iter().filter(|o| o.channel == turn.channel) {
            let overlap = turn.span().overlap(&old.span());
            if overlap <= 0.0 {
                continue;
            }
            match shared.iter_mut().find(|(_, a, b)| *a == turn.speaker && *b == old.speaker) {
                Some((sum, _, _)) => *sum += overlap,
                None => shared.push((overlap, turn.speaker.clone(), old.speaker.clone())),
            }
        }
    }
    shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2))));
    let mut names: Vec<(String, String)> = Vec::new();
    for (_, new, old) in shared {
        // `?` is what an earlier version wrote where it did not know.
        if old != "?" && !names.iter().any(|(n, o)| *n == new || *o == old) {
            names.push((new, old));
        }
    }
    let mut free = (0..).map(label).filter(|l| !earlier.iter().any(|o| o.speaker == *l));
    for turn in turns {
        let known = names.iter().find(|(n, _)| *n == turn.speaker).map(|(_, o)| o.clone());
        let name = known.or_else(|| free.next()).unwrap_or_else(|| turn.speaker.clone());
        if !names.iter().any(|(n, _)| *n == turn.speaker) {
            names.push((turn.speaker.clone(), name.clone()));
        }
        turn.speaker = name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start: f64, end: f64) -> (usize, Word) {
        (0, Word { text: text.into(), start, end, probability: 0.5 })
    }

    fn segment(start: f64, end: f64, speaker: usize) -> Segment {
        Segment { span: Span::new(start, end), speaker, speech: 0.9 }
    }

    fn texts(runs: &[Run]) -> Vec<String> {
        let text = |r: &Run| r.words.iter().map(|(_, w)| w.text.as_str()).collect::<Vec<_>>().join(" ");
        runs.iter().map(text).collect()
    }

    #[test]
    fn a_sentence_and_a_breath_end_a_turn_but_a_breath_alone_does_not() {
        let words = [
            word("Ты", 0.0, 0.2),
            word("где?", 0.3, 0.6),
            word("Дома", 1.0, 1.4),
            word("сижу", 1.9, 2.2),
            word("тут.", 4.0, 4.4),
        ];
        let runs = cut(&words, &[segment(0.0, 4.6, 0)], &TurnOptions::default());
        assert_eq!(texts(&runs), ["Ты где?", "Дома сижу", "тут."]);
        assert_eq!((runs[0].span, runs[2].span.end), (Span::new(0.0, 0.8), 4.6));
    }

    #[test]
    fn a_stretch_that_spans_a_change_is_split_where_the_speaker_changes() {
        let words = [word("ты", 0.1, 0.4), word("где", 0.4, 0.9), word("дома", 1.05, 1.4), word("сижу", 1.4, 1.9)];
        let runs = cut(&words, &[segment(0.0, 1.0, 0), segment(1.0, 2.1, 1)], &TurnOptions::default());
        assert_eq!(texts(&runs), ["ты где", "дома сижу"]);
        assert_eq!((runs[0].span, runs[1].span), (Span::new(0.0, 1.0), Span::new(1.0, 2.1)));
    }

    #[test]
    fn the_change_moves_to_the_end_of_the_sentence_next_to_it() {
        let words = [word("Ты", 0.1, 0.4), word("где?", 1.02, 1.3), word("Дома", 1.4, 1.8), word("сижу.", 1.8, 2.0)];
        let runs = cut(&words, &[segment(0.0, 1.0, 0), segment(1.0, 2.1, 1)], &TurnOptions::default());
        assert_eq!(texts(&runs), ["Ты где?", "Дома сижу."]);
        assert!(runs[0].words[1].1.end <= 1.0);
    }

    #[test]
    fn words_that_nobody_was_heard_to_say_are_kept() {
        let words = [word("алло", 0.1, 0.4), word("тихо", 8.0, 8.4)];
        let runs = cut(&words, &[segment(0.0, 1.0, 0)], &TurnOptions::default());
        assert_eq!((runs.len(), runs[1].segment, runs[1].span), (2, None, Span::new(8.0, 8.4)));
        assert_eq!(texts(&cut(&words, &[], &TurnOptions::default())), ["алло", "тихо"]);
    }

    #[test]
    fn labels_outlast_a_second_hearing() {
        let turn = |start: f64, end: f64, speaker: &str| {
            of_words(vec![word("x", start, end).1], Span::new(start, end), 0, speaker, "ru", None).unwrap()
        };
        let earlier = [turn(0.0, 2.0, "B"), turn(2.0, 5.0, "A")];
        let mut again = [turn(0.1, 2.0, "A"), turn(2.0, 4.0, "B"), turn(4.5, 4.9, "C")];
        keep_labels(&mut again, &earlier);
        let labels: Vec<&str> = again.iter().map(|t| t.speaker.as_str()).collect();
        assert_eq!(labels, ["B", "A", "C"]);
        assert_eq!((label(0), label(25), label(26)), ("A".into(), "Z".into(), "A2".into()));
    }
}
