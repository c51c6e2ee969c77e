//! Which voices are worth a person's ear: the most alike first, nothing that was decided, nothing twice.

use super::{Fact, Heard, Likelihood, Scene, facts, find::dot, score};
use earwitness_model::{SpeakerRef, Standing, Voiceprint};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many pairs are kept while looking, for each one that is wanted.
const KEPT: usize = 200_000;
/// The most pairs of speakers behind one score.
const COMPARED: usize = 10_000;

/// One side of a suggestion: a speaker alone, or a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The name of the group, where it is one.
    pub voice: Option<String>,
    /// Its members, or the one speaker.
    pub members: Vec<SpeakerRef>,
}

/// Two voices that sound alike, with what speaks for and against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// One of them.
    pub a: Party,
    /// The other.
    pub b: Party,
    /// The two speakers that sound most alike: the ones to listen to.
    pub closest: (SpeakerRef, SpeakerRef),
    /// The mean log10 likelihood ratio of all pairs between the two.
    pub log10_lr: Likelihood,
    /// The same where little speech gets no credit: orders suggestions, and is not to be told.
    pub rank: f64,
    /// Of the closest two.
    pub facts: Vec<Fact>,
}

/// The pair of speakers seen so far that two parties are most alike in.
type Closest = BTreeMap<(Key, Key), (f64, usize, usize)>;

/// What stands on one side: a group by its place, or a speaker by theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Group(usize),
    Speaker(usize),
}

/// The `most` best suggestions of at least `least` (log10), best first. What people confirmed or rejected, what
/// follows from that, speakers of one call and members of one group are not suggested.
pub fn suggest(scene: &Scene<'_>, least: f64, most: usize) -> Vec<Suggestion> {
    let voices = scene.voices();
    let mut floor = score::least_cosine(least);
    let mut closest = Closest::new();
    for (i, a) in voices.iter().enumerate() {
        for (j, b) in voices.iter().enumerate().skip(i + 1) {
            let cosine = dot(&a.print.vector, &b.print.vector);
            if cosine < floor || !worth_showing(a, b, scene) {
                continue;
            }
            if Likelihood::between(a.print, b.print).is_some_and(|found| found.rank() >= least) {
                let (x, y) = (scene.key(i), scene.key(j));
                let best = closest.entry((x.min(y), x.max(y))).or_insert((f64::from(cosine), i, j));
                if f64::from(cosine) > best.0 {
                    *best = (f64::from(cosine), i, j);
                }
            }
        }
        if closest.len() > KEPT {
            floor = floor.max(keep_best(&mut closest, KEPT / 2));
        }
    }
    let mut all: Vec<Suggestion> =
        closest.into_iter().filter_map(|((x, y), (_, i, j))| described(scene, (x, y), (i, j))).collect();
    all.retain(|s| s.log10_lr.rank() >= least);
    all.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| a.closest.cmp(&b.closest)));
    all.truncate(most);
    all
}

/// Whether a pair is open: of two calls, of two groups, and nothing decided.
fn worth_showing(a: &Heard<'_>, b: &Heard<'_>, scene: &Scene<'_>) -> bool {
    let group = |h: &Heard<'_>| scene.group_of(h.speaker()).map(|(name, _)| name);
    let one_group = group(a).is_some() && group(a) == group(b);
    let open = || scene.decisions().standing(a.speaker(), b.speaker()) == Standing::Suggested;
    a.call.id != b.call.id && !one_group && open()
}

/// Drops all but the best, and tells the cosine of the least of them.
fn keep_best(closest: &mut Closest, keep: usize) -> f32 {
    let mut all: Vec<f64> = closest.values().map(|best| best.0).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    let floor = all.get(keep).copied().unwrap_or(-1.0);
    closest.retain(|_, best| best.0 > floor);
    floor as f32
}

fn described(scene: &Scene<'_>, (x, y): (Key, Key), (i, j): (usize, usize)) -> Option<Suggestion> {
    let (a, b) = (scene.party(x)?, scene.party(y)?);
    let decided = |p: &SpeakerRef, q: &SpeakerRef| scene.decisions().standing(p, q) == Standing::Rejected;
    // One rejected pair between two groups is enough to leave them in peace.
    if a.members.iter().any(|p| b.members.iter().any(|q| decided(p, q))) {
        return None;
    }
    let (first, second) = (scene.voices().get(i)?, scene.voices().get(j)?);
    let (first, second) = if a.members.contains(first.speaker()) { (first, second) } else { (second, first) };
    let log10_lr = between(scene, &a, &b)?;
    let rank = mean(scene, &a, &b, Likelihood::strictly_between)?.rank();
    let facts = facts::facts(first, second, scene);
    let closest = (first.speaker().clone(), second.speaker().clone());
    Some(Suggestion { a, b, closest, log10_lr, rank, facts })
}

/// The mean log10 likelihood ratio of all pairs of speakers between two parties that can be compared; bounded by a
/// fixed number of pairs, the first ones.
pub fn between(scene: &Scene<'_>, a: &Party, b: &Party) -> Option<Likelihood> {
    mean(scene, a, b, Likelihood::between)
}

fn mean(
    scene: &Scene<'_>,
    a: &Party,
    b: &Party,
    worth: fn(&Voiceprint, &Voiceprint) -> Option<Likelihood>,
) -> Option<Likelihood> {
    let voices = |party: &Party| -> Vec<&Heard<'_>> { party.members.iter().filter_map(|m| scene.voice(m)).collect() };
    let (left, right) = (voices(a), voices(b));
    let pairs = left.iter().flat_map(|x| right.iter().map(move |y| (x, y)));
    let all: Vec<Likelihood> = pairs.filter_map(|(x, y)| worth(x.print, y.print)).take(COMPARED).collect();
    Likelihood::mean(&all)
}

impl Scene<'_> {
    fn key(&self, place: usize) -> Key {
        let speaker = self.voices().get(place).map(Heard::speaker);
        speaker.and_then(|s| self.place_of_group(s)).map_or(Key::Speaker(place), Key::Group)
    }

    fn party(&self, key: Key) -> Option<Party> {
        match key {
            Key::Speaker(place) => {
                Some(Party { voice: None, members: vec![self.voices().get(place)?.speaker().clone()] })
            }
            Key::Group(place) => {
                let (name, group) = self.groups().get(place)?;
                Some(Party { voice: Some(name.clone()), members: group.members.clone() })
            }
        }
    }
}

#[cfg(test)]
mod tests;
