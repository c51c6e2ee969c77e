//! Translations beside a corrected transcript.

use super::apply::Applied;
use super::words::plain;
use earwitness_model::transcript::TranslatedTurn;
use earwitness_model::{RevisionId, Span, Transcript, Translation, Turn};

/// Whether `translation` was made from another transcript revision than `current`.
pub fn is_stale(translation: &Translation, current: &RevisionId) -> bool {
    translation.of != *current
}

impl Applied {
    /// Whether words of some turn were changed while its line of the `old` translation was left as it was; that line
    /// then translates what nobody says any more. `base` is the transcript that the text form was written from.
    pub fn translation_lags(&self, base: &Transcript, old: Option<&Translation>) -> bool {
        let Some(old) = old else { return false };
        self.lines.iter().any(|line| {
            let from = || line.from.iter().filter_map(|&o| base.turns.get(o));
            let shown: Vec<String> =
                from().filter_map(|t| old.of_turn(t)).map(|t| plain(&t)).filter(|t| !t.is_empty()).collect();
            let left = match &line.text {
                None => true,
                Some(written) => matches!(&written[..], [one] if shown.contains(one) || *one == shown.join(" ")),
            };
            let now =
                self.transcript.turns.iter().filter(|t| t.channel == line.channel && line.spans.contains(&t.span()));
            left && !shown.is_empty() && spoken(from()) != spoken(now)
        })
    }

    /// The translation of the new transcript, if the person changed any line of the `old` one; `base` is the
    /// transcript that the text form was written from, `of` the revision that holds the new transcript (or `base`,
    /// if only translations changed), `language` the ISO 639-1 code of the target where there is no old translation.
    ///
    /// Lines that were left alone or left out keep the old text; an empty line (`>`) takes it away.
    pub fn translation(
        &self,
        base: &Transcript,
        old: Option<&Translation>,
        of: &RevisionId,
        language: &str,
    ) -> Option<Translation> {
        let mut changed = false;
        let mut turns = Vec::new();
        for line in &self.lines {
            let old_texts = line.from.iter().filter_map(|&o| old?.of_turn(base.turns.get(o)?));
            let old_texts: Vec<String> = old_texts.filter(|t| !plain(t).is_empty()).collect();
            let shown: Vec<String> = old_texts.iter().map(|t| plain(t)).collect();
            let mut texts = vec![old_texts.join(" ")];
            if let Some(written) = &line.text {
                let one = written.join(" ");
                // After a split or a join one of the old lines may stand alone.
                let as_it_was = written.len() == 1 && (shown.contains(&one) || one == shown.join(" "));
                if !as_it_was {
                    changed = true;
                    texts = written.clone();
                }
            }
            let whole = || {
                let start = line.spans.first().map_or(0.0, |s| s.start);
                vec![Span::new(start, line.spans.last().map_or(start, |s| s.end))]
            };
            let fits = texts.len() == line.spans.len();
            let (spans, texts) = if fits { (line.spans.clone(), texts) } else { (whole(), vec![texts.join(" ")]) };
            turns.extend(
                spans.into_iter().zip(texts).filter(|(_, text)| !text.is_empty()).map(|(s, text)| TranslatedTurn {
                    start: s.start,
                    end: s.end,
                    channel: line.channel,
                    text,
                }),
            );
        }
        turns.sort_by(|a, b| a.start.total_cmp(&b.start));
        let language = old.map_or_else(|| language.to_string(), |o| o.language.clone());
        changed.then(|| Translation { of: of.clone(), language, turns })
    }
}

/// The words of some turns, one after another.
fn spoken<'t>(turns: impl Iterator<Item = &'t Turn>) -> String {
    turns.map(|turn| plain(&turn.text)).collect::<Vec<_>>().join(" ")
}
