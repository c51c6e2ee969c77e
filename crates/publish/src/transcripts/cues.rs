//! Turns cut into subtitles: at most two lines of 42 characters, at most seven seconds, cut between words.

use super::{ExportTurn, Show, one_line};
use earwitness_model::DoubtReason;

/// Characters of a line, and lines of a text, as broadcasters have it.
const WIDTH: usize = 42;
const LINES: usize = 2;

/// A word longer than this is cut: beside a label it would not fit in a line.
const WORD: usize = 28;

/// Longest label, in characters.
const LABEL: usize = 10;
/// The same with a name beside it, and where it stands outside of the lines.
const NAMED: usize = 22;
const APART: usize = 80;

/// Characters that viewers read in a second.
const READING: u64 = 17;

/// Milliseconds: a cue is shown so long where there is room, and speech counts for at least so long.
const COMFORT: u64 = 1000;
const SHORTEST: u64 = 500;

/// Milliseconds beyond which no time is believed (a thousand hours).
const LATEST: f64 = 3.6e9;

/// A subtitle.
pub(super) struct Cue {
    /// Milliseconds.
    pub start: u64,
    /// Milliseconds.
    pub end: u64,
    pub speaker: String,
    pub lines: Vec<String>,
}

impl Cue {
    /// Milliseconds.
    pub const LONGEST: u64 = 7000;
}

/// The subtitles of all turns in the order of their starts; with `label`, the first line of a cue begins with the
/// speaker.
pub(super) fn cues(turns: &[ExportTurn], show: Show, label: bool) -> Vec<Cue> {
    let mut cues: Vec<Cue> = turns.iter().flat_map(|turn| of_turn(turn, show, label)).collect();
    cues.sort_by_key(|c| c.start);
    cues
}

/// The end of a recording of `duration` seconds in milliseconds; without one, nothing is cut.
pub(super) fn end_of(duration: f64) -> u64 {
    if duration > 0.0 { (duration * 1000.0).min(LATEST) as u64 } else { LATEST as u64 }
}

/// Lets no cue run beyond the end of the recording, unless nothing would be left of it.
pub(super) fn within(cues: &mut [Cue], end: u64) {
    for cue in cues {
        if cue.start < end {
            cue.end = cue.end.min(end);
        }
    }
}

/// Gives cues the time that reading takes, as far as the next one leaves room.
pub(super) fn extend(cues: &mut [Cue]) {
    for i in 0..cues.len() {
        let next = cues.get(i + 1).map(|c| c.start);
        let cue = &mut cues[i];
        let letters: usize = cue.lines.iter().map(|l| l.chars().count()).sum();
        let wanted = cue.start + (letters as u64 * 1000 / READING).clamp(COMFORT, Cue::LONGEST);
        cue.end = cue.end.max(next.map_or(wanted, |n| wanted.min(n)));
    }
}

/// A word with its time in milliseconds.
#[derive(Clone)]
struct Timed {
    text: String,
    start: u64,
    end: u64,
}

fn of_turn(turn: &ExportTurn, show: Show, label: bool) -> Vec<Cue> {
    let longest = match (label, &turn.person) {
        (false, _) => APART,
        (true, Some(_)) => NAMED,
        (true, None) => LABEL,
    };
    let speaker: String = one_line(&turn.who()).chars().take(longest).collect();
    let prefix = if label && !speaker.is_empty() { format!("{speaker}: ") } else { String::new() };
    let width = prefix.chars().count();
    let original = timed(turn, &marked(turn, &turn.text), true);
    let translation = turn.translation.as_deref().map(|t| timed(turn, &marked(turn, t), false)).unwrap_or_default();
    let parts: Vec<(Vec<Timed>, Vec<Timed>)> = match show {
        Show::Original => cut(&original, width, WIDTH * LINES).into_iter().map(|p| (p, Vec::new())).collect(),
        Show::Translation => cut(&translation, width, WIDTH * LINES).into_iter().map(|p| (p, vec![])).collect(),
        Show::Both => side_by_side(&original, &translation, width),
    };
    parts
        .into_iter()
        .filter_map(|(words, below)| {
            let (first, last) = (words.first()?, words.last()?);
            let end = last.end.clamp(first.start + SHORTEST, first.start + Cue::LONGEST);
            let mut lines = wrap(&format!("{prefix}{}", joined(&words)));
            lines.extend(wrap(&joined(&below)));
            Some(Cue { start: first.start, end, speaker: speaker.clone(), lines })
        })
        .collect()
}

/// The text with a sign that a person must still listen; what nobody understands says so.
fn marked(turn: &ExportTurn, text: &str) -> String {
    match &turn.doubt {
        Some(d) if d.reason == DoubtReason::Unintelligible && text.is_empty() => "[unintelligible]".into(),
        Some(d) if d.reason != DoubtReason::Unintelligible && !text.is_empty() => format!("[?] {text}"),
        _ => text.to_string(),
    }
}

/// The words of `text` with the times of the turn's words where they are as many (if `spoken`), else with shares of
/// the turn's time by letters.
fn timed(turn: &ExportTurn, text: &str, spoken: bool) -> Vec<Timed> {
    let ms = |seconds: f64| (seconds * 1000.0).round().clamp(0.0, LATEST) as u64;
    let line = one_line(text);
    let tokens: Vec<&str> = line.split(' ').filter(|t| !t.is_empty()).collect();
    let marks = tokens.first().is_some_and(|t| *t == "[?]").into();
    let own_times = spoken && turn.words.len() + marks == tokens.len();
    let weights: Vec<u64> = tokens.iter().map(|t| t.chars().count() as u64).collect();
    let (total, from, length) = (weights.iter().sum::<u64>().max(1), ms(turn.start), ms(turn.end - turn.start));
    let (mut words, mut before) = (Vec::new(), 0);
    for (i, token) in tokens.iter().enumerate() {
        let share = |part: u64| from + (u128::from(length) * u128::from(part) / u128::from(total)) as u64;
        let (start, end) = match turn.words.get(i.saturating_sub(marks)) {
            Some(word) if own_times => (ms(word.start), ms(word.end)),
            _ => (share(before), share(before + weights[i])),
        };
        before += weights[i];
        let letters: Vec<char> = token.chars().collect();
        words.extend(letters.chunks(WORD).map(|c| Timed { text: c.iter().collect(), start, end: end.max(start) }));
    }
    words
}

/// Words in cues of at most `limit` characters, behind a label of `label` characters.
fn cut(words: &[Timed], label: usize, limit: usize) -> Vec<Vec<Timed>> {
    let fits = |words: &[Timed]| {
        let text = format!("{}{}", "x".repeat(label), joined(words));
        let length = words.last().map_or(0, |l| l.end).saturating_sub(words.first().map_or(0, |f| f.start));
        text.chars().count() <= limit && wrap(&text).len() <= LINES && length <= Cue::LONGEST
    };
    let mut done = Vec::new();
    let mut open: Vec<Timed> = Vec::new();
    for word in words {
        open.push(word.clone());
        while open.len() > 1 && !fits(&open) {
            let rest = open.split_off(break_at(&open[..open.len() - 1]));
            done.push(std::mem::replace(&mut open, rest));
        }
    }
    if !open.is_empty() {
        done.push(open);
    }
    done
}

/// After how many of `words` to cut: in the second half after a sentence, else a pause, else a comma, else the end.
fn break_at(words: &[Timed]) -> usize {
    let places = || (words.len() / 2..words.len()).filter(|&i| i > 0).rev();
    let after = |ends: &'static [char]| places().find(|&i| words[i - 1].text.ends_with(ends));
    let pause = || places().find(|&i| words[i].start.saturating_sub(words[i - 1].end) > 300);
    after(&['.', '!', '?', '…']).or_else(pause).or_else(|| after(&[',', ';', ':', '—', '–'])).unwrap_or(words.len())
}

/// Original and translation in as many parts; the original is cut smaller until the translation fits beside it.
fn side_by_side(original: &[Timed], translation: &[Timed], label: usize) -> Vec<(Vec<Timed>, Vec<Timed>)> {
    let mut limit = WIDTH * LINES;
    loop {
        let above = cut(original, label, limit);
        let below = portions(&above, translation);
        limit = limit * 4 / 5;
        if limit < WORD || below.iter().all(|part| wrap(&joined(part)).len() <= LINES) {
            return above.into_iter().zip(below).collect();
        }
    }
}

/// `words` divided as the letters of `parts` are.
fn portions(parts: &[Vec<Timed>], words: &[Timed]) -> Vec<Vec<Timed>> {
    let letters = |words: &[Timed]| words.iter().map(|w| w.text.chars().count() + 1).sum::<usize>();
    let total: usize = parts.iter().map(|p| letters(p)).sum::<usize>().max(1);
    let (own, mut before, mut at) = (letters(words), 0, 0);
    let mut out: Vec<Vec<Timed>> = Vec::with_capacity(parts.len());
    for (i, part) in parts.iter().enumerate() {
        before += letters(part);
        let goal = if i + 1 == parts.len() { own } else { own * before / total };
        let from = at;
        // A word goes where the middle of it falls.
        while at < words.len() && letters(&words[..at]) + letters(&words[at..=at]) / 2 < goal.max(1) {
            at += 1;
        }
        out.push(words[from..at].to_vec());
    }
    out
}

fn joined(words: &[Timed]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Lines of at most [`WIDTH`] characters; two lines are as even as can be. Words are not longer than that.
fn wrap(text: &str) -> Vec<String> {
    let length = |t: &str| t.chars().count();
    if text.is_empty() {
        return Vec::new();
    }
    if length(text) <= WIDTH {
        return vec![text.to_string()];
    }
    let halves = text.match_indices(' ').map(|(at, _)| (&text[..at], &text[at + 1..]));
    let two = halves.filter(|(a, b)| length(a) <= WIDTH && length(b) <= WIDTH);
    if let Some((a, b)) = two.min_by_key(|(a, b)| length(a).abs_diff(length(b))) {
        return vec![a.to_string(), b.to_string()];
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if length(line) + 1 + length(word) <= WIDTH => line.push_str(&format!(" {word}")),
            _ => lines.push(word.to_string()),
        }
    }
    lines
}
