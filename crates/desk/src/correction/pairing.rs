//! Which turns of an old transcript a turn of a new one was made from, word by word.

use super::align::align;
use std::collections::{BTreeMap, BTreeSet};

/// A turn as far as pairing looks at it.
pub(crate) struct Seq {
    /// Turns of one lane (track) follow each other; lanes are paired apart.
    pub lane: u16,
    /// Milliseconds.
    pub start: u64,
    /// Milliseconds, where it is known.
    pub end: Option<u64>,
    /// As the form shows them.
    pub words: Vec<String>,
}

/// What a new turn was made from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// Old turns, rising.
    pub turns: Vec<usize>,
    /// For every word of the new turn, the old turn and word that it is or stands for.
    pub words: Vec<Option<(usize, usize)>>,
}

/// The origins of all new turns.
pub(crate) fn pair(old: &[Seq], new: &[Seq]) -> Vec<Origin> {
    let mut origins = vec![Origin::default(); new.len()];
    for (old_turns, new_turns) in groups(old, new) {
        pair_group(old, new, &old_turns, &new_turns, &mut origins);
    }
    origins
}

/// Stretches of old and new turns of one lane that belong together. A new turn with the times of an old one opens
/// a stretch with it; all others go with the stretch before them. So one changed place never disturbs another, and
/// alignments stay small.
fn groups(old: &[Seq], new: &[Seq]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let lanes: BTreeSet<u16> = old.iter().chain(new).map(|t| t.lane).collect();
    let mut groups = Vec::new();
    for lane in lanes {
        let on = |turns: &[Seq]| (0..turns.len()).filter(|&i| turns[i].lane == lane).collect::<Vec<_>>();
        let (old_lane, new_lane) = (on(old), on(new));
        let mut by_time: BTreeMap<(u64, Option<u64>), Vec<usize>> = BTreeMap::new();
        for (at, &o) in old_lane.iter().enumerate() {
            by_time.entry((old[o].start, old[o].end)).or_default().push(at);
        }
        let (mut old_from, mut new_from, mut least) = (0, 0, 0);
        for (at, &n) in new_lane.iter().enumerate() {
            let same = by_time.get(&(new[n].start, new[n].end)).and_then(|o| o.iter().find(|&&o| o >= least));
            let Some(&anchor) = same else { continue };
            groups.push((old_lane[old_from..anchor].to_vec(), new_lane[new_from..at].to_vec()));
            (old_from, new_from, least) = (anchor, at, anchor + 1);
        }
        groups.push((old_lane[old_from..].to_vec(), new_lane[new_from..].to_vec()));
    }
    groups.retain(|(_, new_turns)| !new_turns.is_empty());
    groups
}

fn pair_group(old: &[Seq], new: &[Seq], old_turns: &[usize], new_turns: &[usize], origins: &mut [Origin]) {
    let flat = |turns: &[usize], all: &[Seq]| -> (Vec<(usize, usize)>, Vec<String>) {
        let places = turns.iter().flat_map(|&t| (0..all[t].words.len()).map(move |w| (t, w)));
        places.map(|(t, w)| ((t, w), all[t].words[w].clone())).unzip()
    };
    let (old_places, old_words) = flat(old_turns, old);
    let (new_places, new_words) = flat(new_turns, new);
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for &n in new_turns {
        origins[n].words = vec![None; new[n].words.len()];
    }
    for (at, found) in align(&old_words, &new_words).into_iter().enumerate() {
        let Some(place) = found.map(|f| old_places[f]) else { continue };
        let (n, word) = new_places[at];
        origins[n].words[word] = Some(place);
        *shared.entry((n, place.0)).or_default() += 1;
    }
    for &n in new_turns {
        let made_of = |o: usize| {
            let common = shared.get(&(n, o)).copied().unwrap_or(0);
            let same_times = old[o].start == new[n].start && old[o].end == new[n].end;
            same_times || (common > 0 && common * 2 >= old[o].words.len().min(new[n].words.len()))
        };
        origins[n].turns = old_turns.iter().copied().filter(|&o| made_of(o)).collect();
        let turns = std::mem::take(&mut origins[n].turns);
        // A few like words of a turn that was deleted are chance.
        origins[n].words.iter_mut().filter(|w| w.is_some_and(|(o, _)| !turns.contains(&o))).for_each(|w| *w = None);
        origins[n].turns = turns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correction::words::tokens;

    fn seq(start: u64, end: u64, text: &str) -> Seq {
        Seq { lane: 0, start, end: Some(end), words: tokens(text) }
    }

    #[test]
    fn split_joined_and_deleted_turns() {
        let old = [seq(0, 9, "раз два три четыре"), seq(10, 19, "пять шесть"), seq(20, 29, "семь восемь девять")];
        let new = [seq(0, 9, "раз два"), seq(5, 9, "три четыре пять шесть"), seq(30, 40, "другое слово")];
        let origins = pair(&old, &new);
        assert_eq!(origins[0].turns, [0]);
        assert_eq!(origins[1].turns, [0, 1]);
        assert_eq!(origins[1].words, [Some((0, 2)), Some((0, 3)), Some((1, 0)), Some((1, 1))]);
        assert!(origins[2].turns.is_empty());
    }
}
