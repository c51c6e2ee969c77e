//! Whether a clip carries the words that are quoted: what a recogniser hears in it, against what was said.
//!
//! A recogniser mishears much on a telephone, most of all in three seconds. So letters are compared and not words, and
//! the levels are those that told true clips from wrong ones (docs/benchmarks.md).

use super::{Check, Finding, Level};
use crate::protection::fold;

/// From this share of letters on a clip carries its words.
pub const CARRIES: f64 = 0.62;
/// Below this share it may as well be another clip.
pub const ANOTHER: f64 = 0.5;
/// The most letters that are compared: a quote has less.
const MOST: usize = 6000;

/// The share of the letters of `said` that stand in `heard`, 0 to 1: one less the least number of letters to be changed,
/// put in or left out, beginning and ending anywhere in `heard`, for a letter of `said`. For texts without a word in common
/// about a third.
pub fn carries(said: &str, heard: &str) -> f64 {
    let letters = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).take(MOST).collect::<Vec<_>>();
    let (said, heard) = (letters(said), letters(heard));
    if said.is_empty() {
        return 1.0;
    }
    // Sellers 1980: edit distance to the best matching stretch.
    let mut row: Vec<usize> = vec![0; heard.len() + 1];
    for (i, letter) in said.iter().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            diagonal = std::mem::replace(first, i + 1);
        }
        let mut left = i + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&heard) {
            let best = (diagonal + usize::from(letter != other)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
    }
    let least = row.into_iter().min().unwrap_or(said.len());
    1.0 - least as f64 / said.len() as f64
}

/// What is to be said of a clip in which `heard` was heard, and `said` should be. In the same words for the same level, so
/// that a signature holds.
pub fn finding(said: &str, heard: &str) -> Finding {
    let (level, words) = match carries(said, heard) {
        share if share >= CARRIES => (Level::Passed, "The clip was heard again, and carries these words."),
        share if share >= ANOTHER => (
            Level::Note,
            "The clip was heard again, and much of it sounded different: listen whether it carries these words.",
        ),
        _ => (
            Level::Decide,
            "The clip was heard again, and these words were not recognised in it: it may be another stretch, or too \
             poor for a machine. Listen to it.",
        ),
    };
    Finding::new(level, Check::Sound, words)
}

/// That nobody heard the clip, and why.
pub fn unheard(why: &str) -> Finding {
    Finding::new(Level::Note, Check::Sound, format!("The clip was not heard again: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "Мам, я в этой Вербовке стою. Целая школа. Мы мимо неё за водой ходим.";

    #[test]
    fn what_was_misheard_is_much_alike_and_what_was_not_said_is_not() {
        assert!((carries(SAID, SAID) - 1.0).abs() < 1e-9);
        assert!((carries(SAID, &format!("Да, слушаю. {} Ну что?", SAID.to_uppercase())) - 1.0).abs() < 1e-9);
        let misheard = "мама я в этой верховке стою целое школа мы мимо него за водой ходим";
        assert_eq!(finding(SAID, misheard).level, Level::Passed);
        let other = "Я тут телевизор смотрю, впервые за месяц. Там про нас рассказывают, а я не узнаю.";
        assert!(carries(SAID, other) < 0.45, "{}", carries(SAID, other));
        assert_eq!(finding(SAID, other).level, Level::Decide);
        assert_eq!(finding(SAID, "").level, Level::Decide);
        assert!(carries(SAID, "").abs() < 1e-9 && (carries("", "да") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn half_of_it_is_not_all_of_it() {
        let half = "Мам, я в этой Вербовке стою. Целая шк";
        assert!((0.45..0.62).contains(&carries(SAID, half)), "{}", carries(SAID, half));
    }

    proptest::proptest! {
        #[test]
        fn a_share_is_a_share(said in "\\PC{0,60}", heard in "\\PC{0,80}") {
            let share = carries(&said, &heard);
            proptest::prop_assert!((0.0..=1.0).contains(&share));
            let inside = format!("{heard} {said} {heard}");
            proptest::prop_assert!(carries(&said, &inside) >= share);
        }
    }
}
