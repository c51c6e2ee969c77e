//! Which word of an old text is which word of a new one: global alignment with gap costs (Needleman and Wunsch, 1970).

use super::words::key;

/// Largest table of the alignment, in cells (one byte each); beyond it only what the two texts begin and end with
/// alike is matched. 4,000 words against 4,000 fit.
const CELLS: usize = 16_000_000;

/// Least likeness of two different words, 0 to 1, for one to stand in the place of the other.
const LIKE: f32 = 0.4;

/// For every word of `new`, the word of `old` that it is or that it stands for. Indices rise.
pub(crate) fn align(old: &[String], new: &[String]) -> Vec<Option<usize>> {
    let keys = |words: &[String]| words.iter().map(|w| key(w).chars().collect::<Vec<char>>()).collect::<Vec<_>>();
    let (old_keys, new_keys) = (keys(old), keys(new));
    let mut found = vec![None; new.len()];
    let head = old_keys.iter().zip(&new_keys).take_while(|(o, n)| o == n).count();
    let tail = old_keys[head..].iter().rev().zip(new_keys[head..].iter().rev()).take_while(|(o, n)| o == n).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    found.iter_mut().take(head).enumerate().for_each(|(i, f)| *f = Some(i));
    for i in 0..tail {
        found[new_end + i] = Some(old_end + i);
    }
    let cost = |o: usize, n: usize| {
        let cost = replace_cost(&old_keys[head + o], &new_keys[head + n]);
        // Between equally heard words the one that is also written alike wins.
        if cost == 0.0 && old[head + o] != new[head + n] { 0.01 } else { cost }
    };
    for (o, n) in table(old_end - head, new_end - head, cost) {
        found[head + n] = Some(head + o);
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Match,
    Delete,
    Insert,
}

/// Pairs (old, new) of the cheapest path; a deletion and an insertion cost 1 each.
fn table(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f32) -> Vec<(usize, usize)> {
    let width = columns + 1;
    if rows == 0 || columns == 0 || (rows + 1).saturating_mul(width) > CELLS {
        return Vec::new();
    }
    let mut steps = vec![Step::Insert; (rows + 1) * width];
    let mut costs: Vec<f32> = (0..width).map(|n| n as f32).collect();
    for o in 1..=rows {
        let mut diagonal = costs[0];
        costs[0] = o as f32;
        steps[o * width] = Step::Delete;
        for n in 1..width {
            let options = [
                (diagonal + cost(o - 1, n - 1), Step::Match),
                (costs[n] + 1.0, Step::Delete),
                (costs[n - 1] + 1.0, Step::Insert),
            ];
            diagonal = costs[n];
            let best = options.into_iter().fold(options[0], |a, b| if b.0 < a.0 { b } else { a });
            (costs[n], steps[o * width + n]) = best;
        }
    }
    let (mut o, mut n, mut pairs) = (rows, columns, Vec::new());
    while o > 0 && n > 0 {
        match steps[o * width + n] {
            Step::Match => {
                (o, n) = (o - 1, n - 1);
                pairs.push((o, n));
            }
            Step::Delete => o -= 1,
            Step::Insert => n -= 1,
        }
    }
    pairs
}

/// 0 for the same word, up to about 1.4 for a like one; more than a deletion and an insertion for any other.
fn replace_cost(old: &[char], new: &[char]) -> f32 {
    if old == new {
        return 0.0;
    }
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let likeness = (head + tail) as f32 / old.len().max(new.len()).max(1) as f32;
    if likeness < LIKE { 3.0 } else { 0.6 + 1.2 * (1.0 - likeness) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_string).collect()
    }

    #[test]
    fn insertions_deletions_and_like_words() {
        let (old, new) = (words("мам это я из Орлвки звоню ночью"), words("Мам, ну это я из Орловки звоню"));
        assert_eq!(align(&old, &new), [Some(0), None, Some(1), Some(2), Some(3), Some(4), Some(5)]);
        assert_eq!(align(&words("a b c"), &[]), []);
        assert_eq!(align(&[], &words("a")), [None]);
        assert_eq!(align(&words("кот"), &words("пёс")), [None]);
    }

    proptest::proptest! {
        #[test]
        fn indices_rise_and_fit(old in "[abв ]{0,30}", new in "[abв ]{0,30}") {
            let (old, new) = (words(&old), words(&new));
            let found = align(&old, &new);
            assert_eq!(found.len(), new.len());
            let matched: Vec<usize> = found.into_iter().flatten().collect();
            assert!(matched.windows(2).all(|w| w[0] < w[1]) && matched.iter().all(|&o| o < old.len()));
        }
    }
}
