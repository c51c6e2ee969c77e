//! Translations beside a corrected transcript.

use super::apply::{Applied, Line};
use super::words::plain;
use earwitness_model::transcript::{Taken, TranslatedTurn};
use earwitness_model::{Author, Revision, RevisionId, Span, Transcript, Translation, Turn, TurnTranslation};
use std::collections::BTreeSet;

/// Whether `translation` was made from another transcript revision than `current`.
pub fn is_stale(translation: &Translation, current: &RevisionId) -> bool {
    translation.of != *current
}

/// What an old translation says under the turns of the transcript that a text form was written from.
struct Before {
    /// By turn; none where it says nothing.
    shown: Vec<Option<TurnTranslation>>,
    /// By turn, the line that keeps what is said there.
    keeper: Vec<Option<usize>>,
}

impl Before {
    /// Of several lines that a turn was split into, that one keeps the translation under which the person left or wrote
    /// one, or else the one that holds most of the turn.
    fn new(lines: &[Line], base: &Transcript, old: Option<&Translation>) -> Self {
        let said =
            |t: &Translation| t.of_turns(&base.turns).into_iter().map(|t| t.filter(|t| !plain(&t.text).is_empty()));
        let shown = old.map_or_else(|| vec![None; base.turns.len()], |t| said(t).collect());
        let mut best: Vec<Option<(bool, f64, usize)>> = vec![None; base.turns.len()];
        for (n, line) in lines.iter().enumerate() {
            for &o in &line.from {
                let (Some(turn), Some(best)) = (base.turns.get(o), best.get_mut(o)) else { continue };
                let shared: f64 = line.spans.iter().map(|span| span.overlap(&turn.span())).sum();
                let written = line.text.is_some();
                if best.is_none_or(|(by_hand, most, _)| (written, shared) > (by_hand, most)) {
                    *best = Some((written, shared, n));
                }
            }
        }
        Self { shown, keeper: best.into_iter().map(|best| best.map(|(_, _, n)| n)).collect() }
    }

    /// Everything that was said under the turns that a line was made from.
    fn shown<'s>(&'s self, line: &'s Line) -> impl Iterator<Item = &'s TurnTranslation> {
        line.from.iter().filter_map(|&o| self.shown.get(o)?.as_ref())
    }

    /// What line `n` keeps of it.
    fn kept<'s>(&'s self, n: usize, line: &'s Line) -> impl Iterator<Item = &'s TurnTranslation> {
        let mine = move |o: &&usize| self.keeper.get(**o) == Some(&Some(n));
        line.from.iter().filter(mine).filter_map(|&o| self.shown.get(o)?.as_ref())
    }

    /// Whether the person left the translation as it was. After a split or a join one of the old texts may stand alone.
    fn is_left(&self, line: &Line) -> bool {
        let shown: Vec<String> = self.shown(line).map(|t| plain(&t.text)).collect();
        match line.text.as_deref() {
            None => true,
            Some([one]) => shown.contains(one) || *one == shown.join(" "),
            Some(_) => false,
        }
    }
}

impl Applied {
    /// Whether words of some turn were changed while its line of the `old` translation was left as it was; that line
    /// then translates what nobody says any more. `base` is the transcript that the text form was written from.
    pub fn translation_lags(&self, base: &Transcript, old: Option<&Translation>) -> bool {
        let before = Before::new(&self.lines, base, old);
        self.lines.iter().enumerate().any(|(n, line)| {
            let left = before.is_left(line) && before.kept(n, line).next().is_some();
            left && self.says_otherwise(base, line)
        })
    }

    /// Whether the turns that a line was made from say other words than everything that was made of them.
    fn says_otherwise(&self, base: &Transcript, line: &Line) -> bool {
        let shares = |other: &&Line| other.from.iter().any(|o| line.from.contains(o));
        let family: Vec<&Line> = self.lines.iter().filter(shares).collect();
        let from: BTreeSet<usize> = family.iter().flat_map(|l| l.from.iter().copied()).collect();
        let made = |turn: &&Turn| family.iter().any(|l| l.channel == turn.channel && l.spans.contains(&turn.span()));
        let old = from.iter().filter_map(|&o| base.turns.get(o));
        spoken(old) != spoken(self.transcript.turns.iter().filter(made))
    }

    /// The translation of the new transcript, if the person changed or vouched for any line of the `old` one; `base` is
    /// the transcript that the text form was written from, `of` the revision that holds the new transcript (or `base`,
    /// if only translations changed), `language` the ISO 639-1 code of the target where there is no old translation.
    ///
    /// Lines that were left alone or left out keep the old text and say from where it was taken; an empty line (`>`)
    /// takes it away.
    pub fn translation(
        &self,
        base: &Transcript,
        old: Option<&Revision>,
        of: &RevisionId,
        language: &str,
    ) -> Option<Translation> {
        let body = old.and_then(Revision::translation);
        let before = Before::new(&self.lines, base, body);
        let (mut changed, mut turns) = (false, Vec::new());
        for (n, line) in self.lines.iter().enumerate() {
            let (texts, taken) = match &line.text {
                Some(written) if !before.is_left(line) => {
                    changed = true;
                    (written.clone(), None)
                }
                _ => {
                    let kept: Vec<&TurnTranslation> = before.kept(n, line).collect();
                    let text = kept.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
                    let draft = |t: &&&TurnTranslation| old.is_some_and(|old| old.is_draft(t.taken.as_ref()));
                    let first = kept.iter().find(draft).or(kept.first());
                    let vouched = line.vouched && kept.iter().any(|t| draft(&t));
                    changed |= vouched;
                    let taken = first.zip(old).filter(|_| !vouched).map(|(t, old)| taken_from(t, old));
                    (vec![text], taken)
                }
            };
            turns.extend(placed(line, texts, taken.as_ref()));
        }
        turns.sort_by(|a, b| a.start.total_cmp(&b.start));
        let language = body.map_or_else(|| language.to_string(), |o| o.language.clone());
        changed.then(|| Translation { of: of.clone(), language, turns })
    }
}

/// Where a text that stays was first written.
fn taken_from(text: &TurnTranslation, old: &Revision) -> Taken {
    let person = match &old.author {
        Author::Person { name } => Some(name.clone()),
        Author::Model { .. } => None,
    };
    text.taken.clone().unwrap_or_else(|| Taken { revision: old.id.clone(), person })
}

/// Texts on the turns of their line, one on each, or else all of them on the whole.
fn placed(line: &Line, texts: Vec<String>, taken: Option<&Taken>) -> impl Iterator<Item = TranslatedTurn> {
    let (spans, texts) = if texts.len() == line.spans.len() {
        (line.spans.clone(), texts)
    } else {
        let start = line.spans.first().map_or(0.0, |s| s.start);
        (vec![Span::new(start, line.spans.last().map_or(start, |s| s.end))], vec![texts.join(" ")])
    };
    let said = spans.into_iter().zip(texts).filter(|(_, text)| !text.is_empty());
    said.map(move |(span, text)| TranslatedTurn {
        start: span.start,
        end: span.end,
        channel: line.channel,
        text,
        taken: taken.cloned(),
    })
}

/// The words of some turns, one after another.
fn spoken<'t>(turns: impl Iterator<Item = &'t Turn>) -> String {
    turns.map(|turn| plain(&turn.text)).collect::<Vec<_>>().join(" ")
}
