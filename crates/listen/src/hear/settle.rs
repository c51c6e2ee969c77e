//! What several hearings of a channel agree on.

use super::Hypothesis;
use crate::{guards, rehear, speech::Region};
use earwitness_model::Word;

/// What is written for a channel: the vote of its hearings, with the region of each word and the language of each region.
/// In a region, a hearing that ran into a loop or is in another language than the best one gives its voice to the best.
pub(super) fn settle(hearings: &[Vec<Hypothesis>], regions: &[Region]) -> Settled {
    let languages: Vec<String> =
        hearings.iter().map(|h| best_of(h).map_or(String::new(), |b| b.language.clone())).collect();
    let region_at = |w: &Word| {
        let middle = (w.start + w.end) / 2.0;
        regions.partition_point(|r| r.span.start <= middle).saturating_sub(1)
    };
    let language = |w: &Word| languages.get(region_at(w)).map_or("", String::as_str);
    let mut settled = Settled { words: Vec::new(), languages: Vec::new(), changed: 0 };
    for group in groups(regions) {
        let group = hearings.get(group).unwrap_or_default();
        let rounds = group.iter().map(Vec::len).max().unwrap_or(0);
        let mut whole: Vec<Vec<Word>> = vec![Vec::new(); rounds];
        for region in group {
            let Some(best) = best_of(region) else { continue };
            for (round, words) in whole.iter_mut().enumerate() {
                let own = region.get(round).filter(|h| !is_looped(h) && h.language == best.language);
                words.extend(own.unwrap_or(best).words.iter().cloned());
            }
        }
        let (words, changed) = rehear::vote(&whole, &language);
        settled.words.extend(words.into_iter().map(|w| (region_at(&w), w)));
        settled.changed += changed;
    }
    settled.languages = languages;
    settled
}

fn best_of(hearings: &[Hypothesis]) -> Option<&Hypothesis> {
    let value = |h: &Hypothesis| rehear::worth(h) + if is_looped(h) { 0.0 } else { 1.0 };
    hearings.iter().reduce(|a, b| if value(b) > value(a) { b } else { a })
}

/// Regions in groups of a minute or two, cut at real pauses where there are any: alignment needs the square of a
/// group's words in memory.
fn groups(regions: &[Region]) -> Vec<std::ops::Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut seconds) = (0, 0.0);
    for (i, region) in regions.iter().enumerate() {
        seconds += region.span.length();
        if (seconds > 40.0 && region.pause >= 1.0) || seconds > 120.0 || i + 1 == regions.len() {
            groups.push(start..i + 1);
            (start, seconds) = (i + 1, 0.0);
        }
    }
    groups
}

/// What the hearings of a channel agreed on.
pub(super) struct Settled {
    /// Each word with the index of its region.
    pub words: Vec<(usize, Word)>,
    /// The language of each region.
    pub languages: Vec<String>,
    /// Words that are not those of the first hearing.
    pub changed: usize,
}

fn is_looped(h: &Hypothesis) -> bool {
    let text = h.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    guards::looped(&guards::plain_words(&text)).is_some()
}
