//! Finding, among many fingerprints, those that share sound with one.
//!
//! Two recordings of the same sound agree in all bits of three of a value's four bytes every few
//! values, and do so at one and the same shift in time. So values are looked up by three bytes in
//! four tables, hits vote for a recording and a shift, and only where votes gather are bits compared.

use std::collections::HashMap;

use super::{Fingerprint, REACH};

/// For each table, the bits that must agree.
const MASKS: [u32; 4] = [0xffff_ff00, 0xffff_00ff, 0xff00_ffff, 0x00ff_ffff];
/// Only every second value of a reference is kept in the tables; neighbours are much alike, and a
/// query looks up all of its own.
const KEPT: usize = 2;
/// Entries of one table row that a look-up reads at most, so that sound found everywhere (an
/// announcement in each call) cannot make it slow.
const MOST_READ: usize = 2000;
/// Votes that a recording and shift need to be looked at.
const VOTES: u32 = 3;
/// Recordings and shifts looked at for one query, those with most votes first.
const MOST_LOOKS: usize = 200;
/// Shift in values by which a match may wander (resampling, rounding) and still be one piece.
const WANDER: i64 = 1;
/// Bits may differ by this share over 10 s and more, and by the second over the shortest piece.
const DIFFER_LONG: f64 = 0.27;
const DIFFER_SHORT: f64 = 0.15;
/// Values by which one piece may reach into the next: a value tells of the 2.7 s from there.
const OVERLAP: i64 = 22;
/// Telling values of the shortest piece (about 2.5 s, that tell of 5 s) and of a long one (10 s).
const SHORTEST: usize = 20;
const LONG: usize = 80;

/// A stretch that two recordings share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// From and to, in seconds of the query.
    pub at_query: (f64, f64),
    /// From and to, in seconds of the reference.
    pub at_reference: (f64, f64),
    /// The share of equal bits, 0.5 for chance and 1 for identity.
    pub score: f64,
}

/// What a query and one reference share.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The reference's number.
    pub id: u64,
    /// From and to, in seconds of the query, first piece to last.
    pub at_query: (f64, f64),
    /// From and to, in seconds of the reference, first piece to last.
    pub at_reference: (f64, f64),
    /// The share of equal bits over all pieces.
    pub score: f64,
    /// The share of the query's telling sound that was found in the reference, 0 to 1.
    pub coverage_query: f64,
    /// The share of the reference's telling sound that was found in the query, 0 to 1.
    pub coverage_reference: f64,
    /// The stretches themselves; several where one recording was cut or lost time in between.
    pub pieces: Vec<Piece>,
}

/// Fingerprints that can be searched. Costs about 10 KB of memory for a minute of speech.
#[derive(Default)]
pub struct Index {
    entries: Vec<Entry>,
    /// All values of all references, one after another.
    values: Vec<u32>,
    /// Kept values, as positions in `values`.
    kept: Vec<u32>,
    tables: [Table; 4],
}

struct Entry {
    id: u64,
    start: usize,
    length: usize,
    telling: usize,
    hop: f64,
}

/// Chains of equal keys: `heads` by hash, `next` by kept value, both one more than the index.
#[derive(Default)]
struct Table {
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many fingerprints it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of memory it takes.
    pub fn memory(&self) -> usize {
        let tables: usize = self.tables.iter().map(|table| table.heads.capacity() + table.next.capacity()).sum();
        4 * (self.values.capacity() + self.kept.capacity() + tables)
            + self.entries.capacity() * std::mem::size_of::<Entry>()
    }

    /// Takes a fingerprint in under a number. The index holds up to 2³² values in all (some 17
    /// years of sound); beyond that, nothing more is taken.
    pub fn add(&mut self, id: u64, fingerprint: &Fingerprint) {
        let start = self.values.len();
        let length = fingerprint.values.len();
        if u32::try_from(start + length).is_err() {
            return;
        }
        self.values.extend_from_slice(&fingerprint.values);
        self.entries.push(Entry { id, start, length, telling: fingerprint.telling(), hop: fingerprint.hop });
        for (at, value) in fingerprint.values.iter().enumerate().step_by(KEPT) {
            if *value == 0 {
                continue;
            }
            self.kept.push((start + at) as u32);
            for (table, mask) in self.tables.iter_mut().zip(MASKS) {
                table.push(value & mask, |kept| {
                    let at = self.kept.get(kept).copied().unwrap_or(0);
                    self.values.get(at as usize).copied().unwrap_or(0) & mask
                });
            }
        }
    }

    /// All references that share sound with the query, best covered first.
    pub fn matches(&self, query: &Fingerprint) -> Vec<Match> {
        let mut by_entry: HashMap<usize, Vec<Run>> = HashMap::new();
        for (entry, shift) in self.votes(query) {
            let runs = by_entry.entry(entry).or_default();
            // A shift next to one that was found is the same piece again.
            if runs.iter().any(|run| (run.shift - shift).abs() <= 2 * WANDER) {
                continue;
            }
            if let Some(reference) = self.entries.get(entry) {
                let best = (-WANDER..=WANDER).filter_map(|by| self.run(query, reference, shift + by));
                runs.extend(best.max_by(|a, b| a.gain.total_cmp(&b.gain)));
            }
        }
        let mut found: Vec<Match> = by_entry
            .into_iter()
            .filter_map(|(entry, runs)| self.entries.get(entry).and_then(|entry| matched(query, entry, runs)))
            .collect();
        found.sort_by(|a, b| {
            let covered = |found: &Match| found.coverage_query + found.coverage_reference;
            covered(b).total_cmp(&covered(a)).then(a.id.cmp(&b.id))
        });
        found
    }

    /// Recordings and shifts (reference minus query, in values) that gather votes.
    fn votes(&self, query: &Fingerprint) -> Vec<(usize, i64)> {
        let mut votes: HashMap<(usize, i64), u32> = HashMap::new();
        for (at, &value) in query.values.iter().enumerate().filter(|(_, value)| **value != 0) {
            for (table, mask) in self.tables.iter().zip(MASKS) {
                for kept in table.chain(value & mask).take(MOST_READ) {
                    let Some(&position) = self.kept.get(kept) else { continue };
                    if self.values.get(position as usize).is_none_or(|other| (other ^ value) & mask != 0) {
                        continue;
                    }
                    let entry =
                        self.entries.partition_point(|entry| entry.start <= position as usize).saturating_sub(1);
                    let start = self.entries.get(entry).map_or(0, |entry| entry.start);
                    *votes.entry((entry, position as i64 - start as i64 - at as i64)).or_default() += 1;
                }
            }
        }
        let around = |&(entry, shift): &(usize, i64)| -> u32 {
            (-WANDER..=WANDER).filter_map(|by| votes.get(&(entry, shift + by))).sum()
        };
        let mut gathered: Vec<(u32, (usize, i64))> =
            votes.keys().map(|key| (around(key), *key)).filter(|(count, _)| *count >= VOTES).collect();
        gathered.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        gathered.truncate(MOST_LOOKS);
        gathered.into_iter().map(|(_, key)| key).collect()
    }

    /// The best stretch at one shift, if it is good enough.
    fn run(&self, query: &Fingerprint, reference: &Entry, shift: i64) -> Option<Run> {
        let values = self.values.get(reference.start..reference.start + reference.length)?;
        let from = usize::try_from(-shift).unwrap_or(0).min(query.values.len());
        let pairs = query.values.iter().enumerate().skip(from).map_while(|(at, value)| {
            let other = usize::try_from(at as i64 + shift).ok().and_then(|at| values.get(at))?;
            Some((at, *value, *other))
        });
        // The stretch of largest gain (Kadane's algorithm): agreeing values add, others take away.
        let (mut best, mut now) = (Run::at(shift, from), Run::at(shift, from));
        for (at, value, other) in pairs {
            if value == 0 || other == 0 {
                continue;
            }
            let differ = f64::from((value ^ other).count_ones());
            if now.gain <= 0.0 {
                now = Run::at(shift, at);
            }
            now.gain += 32.0 * 0.34 - differ;
            now.differ += differ;
            now.count += 1;
            now.end = at + 1;
            if now.gain > best.gain {
                best = now;
            }
        }
        best.good().then_some(best)
    }
}

/// A stretch of values that agree at one shift.
#[derive(Clone, Copy)]
struct Run {
    shift: i64,
    start: usize,
    end: usize,
    count: usize,
    differ: f64,
    gain: f64,
}

impl Run {
    fn at(shift: i64, start: usize) -> Self {
        Self { shift, start, end: start, count: 0, differ: 0.0, gain: 0.0 }
    }

    /// Long stretches agree by chance less than short ones, so they may differ more.
    fn good(&self) -> bool {
        let along = self.count.saturating_sub(SHORTEST) as f64 / (LONG - SHORTEST) as f64;
        let allowed = DIFFER_SHORT + (DIFFER_LONG - DIFFER_SHORT) * along.min(1.0);
        self.count >= SHORTEST && self.differ <= allowed * 32.0 * self.count as f64
    }

    fn piece(&self, hop: f64) -> Piece {
        let span = |start: f64, end: f64| (start * hop, (end - 1.0).max(start) * hop + REACH);
        let (start, end, shift) = (self.start as f64, self.end as f64, self.shift as f64);
        Piece {
            at_query: span(start, end),
            at_reference: span(start + shift, end + shift),
            score: 1.0 - self.differ / (32.0 * self.count.max(1) as f64),
        }
    }
}

/// Joins stretches of one reference into a match: the best, and others that follow in the same order.
fn matched(query: &Fingerprint, reference: &Entry, mut runs: Vec<Run>) -> Option<Match> {
    runs.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    let mut kept: Vec<Run> = Vec::new();
    for run in runs {
        let apart = |other: &Run| {
            let before = |a: &Run, b: &Run| {
                let (end, start) = (a.end as i64 - OVERLAP, b.start as i64);
                end <= start && end + a.shift <= start + b.shift && a.start < b.start
            };
            before(&run, other) || before(other, &run)
        };
        if kept.iter().all(apart) {
            kept.push(run);
        }
    }
    kept.sort_by_key(|run| run.start);
    let pieces: Vec<Piece> = kept.iter().map(|run| run.piece(reference.hop)).collect();
    let (first, last) = (pieces.first()?, pieces.last()?);
    let count: usize = kept.iter().map(|run| run.count).sum();
    let differ: f64 = kept.iter().map(|run| run.differ).sum();
    let share = |of: usize| (count as f64 / of.max(1) as f64).min(1.0);
    Some(Match {
        id: reference.id,
        at_query: (first.at_query.0, last.at_query.1),
        at_reference: (first.at_reference.0, last.at_reference.1),
        score: 1.0 - differ / (32.0 * count.max(1) as f64),
        coverage_query: share(query.telling()),
        coverage_reference: share(reference.telling),
        pieces,
    })
}

impl Table {
    /// Adds the next kept value with its key; `key_of` tells the key of one added before.
    fn push(&mut self, key: u32, key_of: impl Fn(usize) -> u32) {
        self.next.push(0);
        if self.next.len() > self.heads.len() {
            self.heads = vec![0; (self.heads.len() * 2).max(1024)];
            for kept in 0..self.next.len() - 1 {
                self.link(key_of(kept), kept);
            }
        }
        self.link(key, self.next.len() - 1);
    }

    fn link(&mut self, key: u32, kept: usize) {
        let row = self.row(key);
        if let (Some(head), Some(next)) = (self.heads.get_mut(row), self.next.get_mut(kept)) {
            *next = std::mem::replace(head, kept as u32 + 1);
        }
    }

    fn row(&self, key: u32) -> usize {
        // Fibonacci hashing (Knuth, TAOCP 3, 6.4); the number of rows is a power of two.
        let hash = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        hash as usize & self.heads.len().wrapping_sub(1)
    }

    /// Kept values in the key's row, newest first; rows are shared by keys of equal hash.
    fn chain(&self, key: u32) -> impl Iterator<Item = usize> {
        let mut at = self.heads.get(self.row(key)).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let kept = (at as usize).checked_sub(1)?;
            at = self.next.get(kept).copied().unwrap_or(0);
            Some(kept)
        })
    }
}
