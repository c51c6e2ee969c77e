//! Groups: voices that stand together until somebody looks.
//!
//! Speakers whom a person confirmed to be one voice are put together first. What is left is joined from the most
//! alike downwards, as long as the mean (or the least) likelihood ratio between two clusters is at least the
//! threshold, and never across a pair that somebody rejected or that cannot be one person (Davidson and Ravi 2005,
//! "Agglomerative hierarchical clustering with constraints"). The same voices and decisions give the same groups,
//! in whatever order they come.

use super::{Heard, Scene, facts::excluded, find::dot, score};
use earwitness_model::{Digest, SpeakerRef, Standing};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most voices that may hang together by pairs above the threshold: their comparisons are kept in memory.
const MOST_TOGETHER: usize = 6000;

/// What a record of the kind `voice` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// In their order.
    pub members: Vec<SpeakerRef>,
    /// `confirmed` where people decided that all members are one voice, else `suggested`.
    pub standing: Standing,
    /// How the machine put members together; none where people did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
}

/// Everything that is needed to form the same groups again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// [`score::CALIBRATION`].
    pub calibration: String,
    /// Which likelihood ratio between two clusters counts.
    pub linkage: Linkage,
    /// The least log10 likelihood ratio.
    pub threshold: f64,
    /// Net seconds below which a voiceprint joins nothing by itself.
    pub least_seconds: f64,
    /// SHA-256 of the weights of the network that measured the voices.
    pub weights: Digest,
}

/// Which likelihood ratio between the members of two clusters counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linkage {
    /// The mean: it measured better on the corpus with the speakers that the program finds (`docs/voices.md`).
    #[default]
    Average,
    /// The least.
    Complete,
}

/// Above which groups form by themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strict {
    /// The least log10 likelihood ratio.
    pub threshold: f64,
    /// Net seconds below which a voiceprint joins nothing by itself.
    pub least_seconds: f64,
    /// Which likelihood ratio between two clusters counts.
    pub linkage: Linkage,
}

impl Strict {
    /// What is strict among so many voices: the more there are, the more of them sound alike by chance. A pair must be
    /// likelier one voice than two even if only three of all the others are the same voice; never less than [`FLOOR`].
    pub fn among(voices: usize) -> Self {
        let threshold = (voices.max(1) as f64 / 3.0).log10().max(FLOOR);
        Self { threshold, least_seconds: 5.0, linkage: Linkage::Average }
    }
}

/// The least strict threshold, log10: what it does on the corpus is in `docs/voices.md`.
pub const FLOOR: f64 = 1.4;

/// More voices hang together than can be compared with each other at once.
#[derive(Debug, thiserror::Error)]
#[error("{voices} voices hang together by pairs above the threshold; at most {MOST_TOGETHER} can be grouped at once")]
pub struct TooManyAlike {
    /// How many.
    pub voices: usize,
}

/// What there is to be written so that the groups are as they should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Groups that are there already and differ now.
    pub changed: Vec<(String, Group)>,
    /// Groups that are new, the largest first.
    pub new: Vec<Group>,
    /// Groups that fell apart.
    pub dissolved: Vec<String>,
    /// Groups that stay as they are.
    pub unchanged: usize,
}

/// Forms groups and compares them with those that stand.
///
/// # Errors
/// [`TooManyAlike`].
pub fn plan(scene: &Scene<'_>, standing: &[(String, Group)], strict: &Strict) -> Result<Plan, TooManyAlike> {
    let mut members: Vec<Vec<SpeakerRef>> = Vec::new();
    for cluster in clusters(scene, strict)? {
        let heard = cluster.iter().filter_map(|place| scene.voices().get(*place));
        members.push(heard.map(|h| h.speaker().clone()).collect());
    }
    with_the_unmeasured(&mut members, scene);
    let groups = members.into_iter().map(|members| described(scene, members, strict)).collect();
    Ok(named(groups, standing))
}

/// Clusters of two or more, each sorted, by their first member: places in [`Scene::voices`].
fn clusters(scene: &Scene<'_>, strict: &Strict) -> Result<Vec<Vec<usize>>, TooManyAlike> {
    let voices = scene.voices();
    let mut forest = Forest::new(voices.len());
    let mut first: HashMap<usize, usize> = HashMap::new();
    for (i, heard) in voices.iter().enumerate() {
        if let Some(number) = scene.decisions().voice(heard.speaker()) {
            forest.join(i, *first.entry(number).or_insert(i));
        }
    }
    let least = score::least_cosine(strict.threshold);
    for (i, a) in voices.iter().enumerate() {
        for (j, b) in voices.iter().enumerate().skip(i + 1) {
            // Cheap first: nearly all pairs end at the product.
            let near = dot(&a.print.vector, &b.print.vector) >= least;
            if near && likelihood(a, b, strict).is_some_and(|l| l >= strict.threshold) {
                forest.join(i, j);
            }
        }
    }
    let mut together: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..voices.len() {
        together.entry(forest.root(i)).or_default().push(i);
    }
    let mut all = Vec::new();
    for places in together.into_values().filter(|places| places.len() > 1) {
        if places.len() > MOST_TOGETHER {
            return Err(TooManyAlike { voices: places.len() });
        }
        all.extend(Table::new(scene, &places, strict).joined(strict));
    }
    all.retain(|cluster| cluster.len() > 1);
    all.sort();
    Ok(all)
}

/// Adds whom people confirmed and nobody could measure, or who was forgotten: their word needs no voiceprint.
fn with_the_unmeasured(groups: &mut Vec<Vec<SpeakerRef>>, scene: &Scene<'_>) {
    for voice in scene.decisions().voices() {
        let (here, missing): (Vec<_>, Vec<_>) = voice.into_iter().partition(|s| scene.voice(s).is_some());
        if missing.is_empty() || here.len() + missing.len() < 2 {
            continue;
        }
        let missing = missing.into_iter().cloned();
        let first = here.first();
        match groups.iter_mut().find(|group| first.is_some_and(|first| group.contains(first))) {
            Some(group) => group.extend(missing),
            None => groups.push(here.into_iter().cloned().chain(missing).collect()),
        }
    }
    groups.iter_mut().for_each(|group| group.sort());
    groups.sort();
}

/// What two voices are worth, as a rank: bounded scores would make all that are very alike equal. None where they
/// cannot be compared or one says too little.
fn likelihood(a: &Heard<'_>, b: &Heard<'_>, strict: &Strict) -> Option<f64> {
    let enough = a.print.net_speech.min(b.print.net_speech) >= strict.least_seconds;
    enough.then(|| score::Likelihood::strictly_between(a.print, b.print)).flatten().map(score::Likelihood::rank)
}

/// What is known of two clusters. Twelve bytes: there is one for each pair of voices that hang together.
#[derive(Clone, Copy)]
struct Link {
    /// Of the ranks of all pairs that could be compared.
    sum: f32,
    count: u32,
    /// Minus infinity where a pair between them must not be joined.
    least: f32,
}

impl Link {
    /// Nothing is known.
    const NONE: Self = Self { sum: 0.0, count: 0, least: f32::INFINITY };

    fn of(a: &Heard<'_>, b: &Heard<'_>, standing: Standing, strict: &Strict) -> Self {
        let found = likelihood(a, b, strict).map(|rank| rank as f32);
        let apart = match standing {
            Standing::Rejected | Standing::Disputed => true,
            // A person's word counts whatever the sound says, and whatever the clocks say.
            Standing::Confirmed => false,
            Standing::Suggested => excluded(a, b),
        };
        let least = if apart { f32::NEG_INFINITY } else { found.unwrap_or(f32::INFINITY) };
        Self { sum: found.unwrap_or(0.0), count: u32::from(found.is_some()), least }
    }

    fn with(self, other: Self) -> Self {
        let count = self.count.saturating_add(other.count);
        Self { sum: self.sum + other.sum, count, least: self.least.min(other.least) }
    }

    /// What joining is worth.
    fn worth(self, linkage: Linkage) -> f64 {
        match linkage {
            _ if self.count == 0 || self.least == f32::NEG_INFINITY => f64::NEG_INFINITY,
            Linkage::Average => f64::from(self.sum) / f64::from(self.count),
            Linkage::Complete => f64::from(self.least),
        }
    }
}

/// Voices that hang together, all compared with all.
struct Table {
    clusters: Vec<Vec<usize>>,
    /// Of each pair i < j: row after row, without what lies on the diagonal and below it.
    links: Vec<Link>,
    size: usize,
}

impl Table {
    fn new(scene: &Scene<'_>, places: &[usize], strict: &Strict) -> Self {
        let voices: Vec<&Heard> = places.iter().filter_map(|p| scene.voices().get(*p)).collect();
        let size = voices.len();
        let clusters = places.iter().map(|p| vec![*p]).collect();
        let mut table = Self { clusters, links: vec![Link::NONE; size * size.saturating_sub(1) / 2], size };
        let mut confirmed = Vec::new();
        for (i, a) in voices.iter().enumerate() {
            for (j, b) in voices.iter().enumerate().skip(i + 1) {
                let standing = scene.decisions().standing(a.speaker(), b.speaker());
                table.set(i, j, Link::of(a, b, standing, strict));
                if standing == Standing::Confirmed {
                    confirmed.push((i, j));
                }
            }
        }
        let mut forest = Forest::new(size);
        for (i, j) in confirmed {
            let (a, b) = (forest.root(i), forest.root(j));
            if a != b {
                forest.join(a, b);
                table.merge(a.min(b), a.max(b));
            }
        }
        table
    }

    fn place(&self, i: usize, j: usize) -> usize {
        let (i, j) = (i.min(j), i.max(j));
        i * self.size - i * (i + 1) / 2 + (j - i).saturating_sub(1)
    }

    /// What is known of two different clusters.
    fn get(&self, i: usize, j: usize) -> Link {
        self.links.get(self.place(i, j)).copied().unwrap_or(Link::NONE)
    }

    fn set(&mut self, i: usize, j: usize, link: Link) {
        let place = self.place(i, j);
        if let Some(kept) = self.links.get_mut(place) {
            *kept = link;
        }
    }

    /// Takes cluster `j` into `i`.
    fn merge(&mut self, i: usize, j: usize) {
        let moved = self.clusters.get_mut(j).map(std::mem::take).unwrap_or_default();
        if let Some(into) = self.clusters.get_mut(i) {
            into.extend(moved);
        }
        for k in (0..self.size).filter(|k| *k != i && *k != j) {
            self.set(i, k, self.get(i, k).with(self.get(j, k)));
        }
    }

    /// The best partner of a cluster among those after it; of equals, the first.
    fn best(&self, alive: &[usize], i: usize, linkage: Linkage) -> Option<(f64, usize)> {
        let after = alive.iter().filter(|j| **j > i).map(|j| (self.get(i, *j).worth(linkage), *j));
        after.reduce(|a, b| if b.0 > a.0 { b } else { a })
    }

    /// Joins the most alike until nothing is alike enough; of equals, the first.
    fn joined(mut self, strict: &Strict) -> Vec<Vec<usize>> {
        let linkage = strict.linkage;
        let filled = self.clusters.iter().enumerate().filter(|(_, cluster)| !cluster.is_empty());
        let mut alive: Vec<usize> = filled.map(|(i, _)| i).collect();
        let mut nearest: HashMap<usize, (f64, usize)> =
            alive.iter().filter_map(|i| Some((*i, self.best(&alive, *i, linkage)?))).collect();
        loop {
            let ranked = alive.iter().filter_map(|i| nearest.get(i).map(|(worth, j)| (*worth, *i, *j)));
            let Some((worth, i, j)) = ranked.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { break };
            if worth < strict.threshold {
                break;
            }
            self.merge(i, j);
            alive.retain(|k| *k != j);
            nearest.remove(&j);
            // A joined cluster is never nearer to anybody than the nearer of its two parts was: only those look
            // again whose nearest was one of the parts.
            let stale = |k: &&usize| **k == i || nearest.get(*k).is_some_and(|(_, n)| *n == i || *n == j);
            let stale: Vec<usize> = alive.iter().filter(stale).copied().collect();
            for k in stale {
                match self.best(&alive, k, linkage) {
                    Some(best) => nearest.insert(k, best),
                    None => nearest.remove(&k),
                };
            }
        }
        let mut clusters: Vec<Vec<usize>> = self.clusters.into_iter().filter(|c| !c.is_empty()).collect();
        clusters.iter_mut().for_each(|cluster| cluster.sort_unstable());
        clusters
    }
}

/// Who hangs together with whom.
struct Forest(Vec<usize>);

impl Forest {
    fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    /// The least place that hangs together with this one.
    fn root(&mut self, mut i: usize) -> usize {
        while let Some(&up) = self.0.get(i).filter(|up| **up != i) {
            let higher = self.0.get(up).copied().unwrap_or(up);
            if let Some(place) = self.0.get_mut(i) {
                *place = higher;
            }
            i = up;
        }
        i
    }

    fn join(&mut self, i: usize, j: usize) {
        let (a, b) = (self.root(i), self.root(j));
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }
}

fn described(scene: &Scene<'_>, members: Vec<SpeakerRef>, strict: &Strict) -> Group {
    let first = members.iter().find_map(|member| scene.voice(member));
    let standing = standing_of(&members, scene);
    let method = (standing != Standing::Confirmed).then(|| Method {
        calibration: score::CALIBRATION.into(),
        linkage: strict.linkage,
        threshold: strict.threshold,
        least_seconds: strict.least_seconds,
        weights: first.map_or_else(|| Digest::of(b""), |h| h.print.weights),
    });
    Group { members, standing, method }
}

/// Whether people decided that all of these are one voice.
fn standing_of(members: &[SpeakerRef], scene: &Scene<'_>) -> Standing {
    let first = members.first();
    let all = first.is_some_and(|first| {
        members.iter().skip(1).all(|m| scene.decisions().standing(first, m) == Standing::Confirmed)
    });
    if all { Standing::Confirmed } else { Standing::Suggested }
}

/// Gives each new group the name of the old one that it shares the most members with.
fn named(groups: Vec<Group>, standing: &[(String, Group)]) -> Plan {
    let old_of: HashMap<&SpeakerRef, usize> =
        standing.iter().enumerate().flat_map(|(o, (_, g))| g.members.iter().map(move |m| (m, o))).collect();
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (g, group) in groups.iter().enumerate() {
        for o in group.members.iter().filter_map(|m| old_of.get(m)) {
            *shared.entry((g, *o)).or_default() += 1;
        }
    }
    let mut ranked: Vec<(usize, usize, usize)> = shared.into_iter().map(|((g, o), n)| (n, o, g)).collect();
    // The most in common first; of equals, the older name.
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut name_of, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, o, g) in ranked {
        if !taken.contains(&o) && !name_of.contains_key(&g) {
            name_of.insert(g, o);
            taken.insert(o);
        }
    }
    let mut plan = Plan::default();
    for (g, group) in groups.into_iter().enumerate() {
        match name_of.get(&g).and_then(|o| standing.get(*o)) {
            Some((_, old)) if *old == group => plan.unchanged += 1,
            Some((name, _)) => plan.changed.push((name.clone(), group)),
            None => plan.new.push(group),
        }
    }
    plan.new.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    let gone = standing.iter().enumerate().filter(|(o, _)| !taken.contains(o));
    plan.dissolved = gone.map(|(_, (name, _))| name.clone()).collect();
    plan
}

#[cfg(test)]
mod tests;
