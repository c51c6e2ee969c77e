//! A transcript as a page edits it: turn by turn, without the marks of the text form.

use super::words::{UNINTELLIGIBLE, doubt, label, plain};
use super::{EditedPiece, EditedTranscript, EditedTurn};
use earwitness_model::{RevisionId, Span, Transcript};

/// One turn as it stands on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageTurn {
    /// Where it lies, seconds.
    pub span: Span,
    /// Track, from 0.
    pub channel: u16,
    /// The label.
    pub speaker: String,
    /// The words.
    pub text: String,
    /// Whether nobody can make out any word of it; counts where there is no text.
    pub unintelligible: bool,
    /// Whether the person has listened, so that its doubt goes although the text stayed.
    pub settled: bool,
}

/// One line of the translation as it stands on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageLine {
    /// Where its turn lies, seconds.
    pub span: Span,
    /// Track, from 0.
    pub channel: u16,
    /// The text; an empty one takes the line away.
    pub text: String,
    /// Whether the person stands behind it, changed or not.
    pub vouched: bool,
}

/// What a page made of the transcript `base` (the revision `id`). A turn without a line in `lines` keeps what was
/// translated. Turns are numbered from 1 where the text form numbers lines.
pub fn edited(base: &Transcript, id: &RevisionId, turns: &[PageTurn], lines: &[PageLine]) -> EditedTranscript {
    let mut taken = vec![false; lines.len()];
    let turns = turns.iter().enumerate().map(|(n, turn)| {
        let line = closest(turn, lines, &taken);
        if let Some(taken) = line.and_then(|at| taken.get_mut(at)) {
            *taken = true;
        }
        let line = line.and_then(|at| lines.get(at));
        let text = plain(&turn.text);
        let text = if text.is_empty() && turn.unintelligible { UNINTELLIGIBLE.into() } else { text };
        EditedTurn {
            line: n + 1,
            start: turn.span.start,
            end: Some(turn.span.end),
            channel: Some(turn.channel),
            speaker: label(&turn.speaker),
            pieces: vec![EditedPiece { speaker: None, text }],
            translation: line.map(|line| vec![plain(&line.text)]),
            vouched: line.is_some_and(|line| line.vouched),
            doubt: doubts(base, turn),
        }
    });
    EditedTranscript { call: None, base: Some(id.clone()), turns: turns.collect() }
}

/// The line of a turn: the one that shares most of its time, and was not given to another turn.
fn closest(turn: &PageTurn, lines: &[PageLine], taken: &[bool]) -> Option<usize> {
    let free =
        lines.iter().enumerate().filter(|(at, line)| line.channel == turn.channel && taken.get(*at) == Some(&false));
    let shared = free.map(|(at, line)| (at, line.span.overlap(&turn.span), line.span == turn.span));
    let best = shared.max_by(|a, b| a.2.cmp(&b.2).then(a.1.total_cmp(&b.1)).then(b.0.cmp(&a.0)));
    best.filter(|(_, seconds, same)| *same || *seconds > 0.0).map(|(at, ..)| at)
}

/// The doubts that lay where the turn lies now, as the text form writes them: they stay unless somebody settled them.
fn doubts(base: &Transcript, turn: &PageTurn) -> Option<String> {
    let here = |old: &&earwitness_model::Turn| {
        let shared = old.span().overlap(&turn.span);
        old.channel == turn.channel
            && (old.span() == turn.span || shared > 0.5 * old.span().length().min(turn.span.length()))
    };
    let all: Vec<String> = base.turns.iter().filter(here).filter_map(|old| old.doubt.as_ref()).map(doubt).collect();
    (!turn.settled && !all.is_empty()).then(|| all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correction::apply;
    use earwitness_model::{Doubt, DoubtReason, Turn, Word};

    fn word(text: &str, start: f64, end: f64) -> Word {
        Word { text: text.into(), start, end, probability: 0.5 }
    }

    fn base() -> Transcript {
        let turn = |start: f64, words: [&str; 3], doubt| Turn {
            start,
            end: start + 3.0,
            channel: 0,
            speaker: "A".into(),
            language: Some("ru".into()),
            text: words.join(" "),
            confidence: 0.5,
            words: words
                .iter()
                .zip(0..)
                .map(|(w, n)| word(w, start + f64::from(n), start + f64::from(n) + 1.0))
                .collect(),
            doubt,
        };
        let doubt = Doubt { reason: DoubtReason::LowConfidence, detail: "0.31 on average".into(), heard: None };
        let turns = vec![turn(0.0, ["мост", "еще", "цел"], Some(doubt)), turn(4.0, ["слышу", "тебя", "сынок"], None)];
        Transcript { language: Some("ru".into()), turns }
    }

    fn page(base: &Transcript) -> Vec<PageTurn> {
        let turn = |t: &Turn| PageTurn {
            span: t.span(),
            channel: t.channel,
            speaker: t.speaker.clone(),
            text: t.text.clone(),
            unintelligible: false,
            settled: false,
        };
        base.turns.iter().map(turn).collect()
    }

    fn applied(base: &Transcript, turns: &[PageTurn]) -> super::super::Applied {
        apply(base, &edited(base, &RevisionId::new("r1"), turns, &[]), 8.0).unwrap()
    }

    #[test]
    fn what_was_left_alone_stays_as_it_is_with_its_doubt() {
        let base = base();
        let same = applied(&base, &page(&base));
        assert!(!same.changed, "{:?}", same.transcript);
    }

    #[test]
    fn a_doubt_goes_when_it_is_settled_or_the_text_is_changed() {
        let base = base();
        let mut turns = page(&base);
        turns[0].settled = true;
        assert_eq!(applied(&base, &turns).transcript.turns[0].doubt, None);
        turns[0].settled = false;
        turns[0].text = "мост уже цел".into();
        let changed = applied(&base, &turns).transcript;
        assert_eq!(changed.turns[0].doubt, None);
        assert_eq!(changed.turns[0].words[2], base.turns[0].words[2], "a word that was left keeps its time");
        turns[0].text = String::new();
        turns[0].unintelligible = true;
        let doubt = applied(&base, &turns).transcript.turns[0].doubt.clone().unwrap();
        assert_eq!(doubt.reason, DoubtReason::Unintelligible);
    }

    #[test]
    fn a_turn_is_split_and_joined() {
        let base = base();
        let mut turns = page(&base);
        let second =
            PageTurn {
                span: Span::new(1.0, 3.0), text: "еще цел".into(), speaker: "B".into(), ..turns[0].clone()
            };
        turns[0] = PageTurn { span: Span::new(0.0, 1.0), text: "мост".into(), ..turns[0].clone() };
        turns.insert(1, second);
        let split = applied(&base, &turns).transcript;
        assert_eq!(split.turns[1].words[0].start, 1.0);
        assert_eq!((split.turns[1].speaker.as_str(), split.turns.len()), ("B", 3));
        let joined = PageTurn {
            span: Span::new(0.0, 7.0),
            text: "мост еще цел слышу тебя сынок".into(),
            ..page(&base)[0].clone()
        };
        let joined = applied(&base, &[joined]).transcript;
        assert_eq!(joined.turns[0].words.last(), base.turns[1].words.last());
    }

    #[test]
    fn lines_find_their_turns_and_marks_of_the_text_form_mean_nothing() {
        let base = base();
        let mut turns = page(&base);
        turns[1].text = "слышу | B: тебя".into();
        let line = |start: f64, text: &str| PageLine {
            span: Span::new(start, start + 3.0),
            channel: 0,
            text: text.into(),
            vouched: false,
        };
        let edited = edited(&base, &RevisionId::new("r1"), &turns, &[line(4.0, "I hear you")]);
        assert_eq!(edited.turns[0].translation, None);
        assert_eq!(edited.turns[1].translation, Some(vec!["I hear you".into()]));
        assert_eq!(edited.turns[1].pieces.len(), 1);
        assert_eq!(apply(&base, &edited, 8.0).unwrap().transcript.turns[1].text, "слышу ¦ B: тебя");
    }
}
