//! Words found again in a later transcript of the same call.

use super::place::{Place, runs, tokens};
use crate::{claims::Rests, fidelity::other_words};
use earwitness_model::{Revision, Span, Turn};
use std::collections::BTreeSet;

/// Seconds by which a correction may move words and they are still looked for.
const DRIFT: f64 = 2.0;

/// Where the words of a passage are in the transcript that stands, and whether they are the same. A part of a turn stands
/// where its words stand one after the other; of whole turns, everything that is said there is compared.
pub(super) fn found(old: &[Turn], place: &Place, now: &Revision) -> (Option<Place>, Rests) {
    let new = super::turns(now);
    let Some(seconds) = place.seconds(old).filter(|_| place.is_in(old)) else { return (None, Rests::Lost) };
    let tracks: BTreeSet<u16> = old.get(place.turns()).unwrap_or_default().iter().map(|t| t.channel).collect();
    let run = run(old, place, new, &tracks, seconds);
    let somewhere = run.or_else(|| by_time(new, &tracks, seconds));
    let Some(there) = somewhere else { return (None, Rests::Lost) };
    let other = match place.is_whole() {
        true => old.get(place.turns()).unwrap_or_default().iter().find_map(|turn| other_words(turn, old, new)),
        false if run.is_some() => None,
        false => Some((place.words(old), there.words(new))),
    };
    let rests = match other {
        Some((was, is)) => Rests::Older { was, is, number: now.number, by: now.author.to_string() },
        None => Rests::SameWords,
    };
    (Some(there), rests)
}

/// The same words one after the other, nearest to where they were.
fn run(old: &[Turn], place: &Place, new: &[Turn], tracks: &BTreeSet<u16>, seconds: Span) -> Option<Place> {
    let wanted: Vec<String> = place.tokens(old).into_iter().map(|t| t.text).collect();
    let wide = Span::new(seconds.start - DRIFT, seconds.end + DRIFT);
    let near = new.iter().enumerate().filter(|(_, t)| tracks.contains(&t.channel) && t.span().overlap(&wide) > 0.0);
    let near: Vec<usize> = near.map(|(number, _)| number).collect();
    let said = tokens(new, near);
    let places = runs(&said, &wanted).map(|(first, end)| Place::between(new, first, end));
    let away = |place: &Place| place.seconds(new).map_or(f64::MAX, |s| (s.start - seconds.start).abs());
    places.min_by(|a, b| away(a).total_cmp(&away(b)))
}

/// The turns that lie mostly where the words were, or else those that touch it.
fn by_time(new: &[Turn], tracks: &BTreeSet<u16>, seconds: Span) -> Option<Place> {
    let here = |least: fn(Span, Span) -> f64| {
        let fits = |t: &Turn| tracks.contains(&t.channel) && t.span().overlap(&seconds) > least(t.span(), seconds);
        let mut all = new.iter().enumerate().filter(|(_, t)| fits(t)).map(|(number, _)| number);
        let turn = all.next()?;
        Some(Place { turn, last: all.next_back().unwrap_or(turn), from: None, to: None })
    };
    here(|turn, words| 0.5 * turn.length().min(words.length())).or_else(|| here(|_, _| 0.01))
}
