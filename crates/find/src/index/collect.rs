//! Counting and ordering what is found.

use super::{Order, schema::Fields};
use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashSet},
};
use tantivy::{
    DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader, Term,
    collector::{Collector, SegmentCollector},
    columnar::Column,
    query::Bm25StatisticsProvider,
    schema::Field,
};

/// Words of a turn, for the length normalization of BM25. A constant, not the mean of this index, so that a score
/// does not change with what else is in it.
const USUAL_TURN: u64 = 12;

/// Scores are compared in steps of 1/1000; smaller differences come from the order of additions.
const STEPS: f32 = 1000.0;

/// The place of a turn among others; the smaller comes first. No two turns have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    score: Reverse<i64>,
    started: i64,
    call: u64,
    turn: u64,
}

/// A turn that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    rank: Rank,
    pub(super) score: f32,
    pub(super) address: DocAddress,
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) turns: u64,
    calls: HashSet<u64>,
    best: BinaryHeap<Ranked>,
}

impl Found {
    pub(super) fn calls(&self) -> u64 {
        self.calls.len() as u64
    }

    pub(super) fn into_calls(self) -> HashSet<u64> {
        self.calls
    }

    pub(super) fn sorted(self) -> Vec<Ranked> {
        self.best.into_sorted_vec()
    }

    /// Keeps the first `keep` in the heap, whose top is the last of them.
    fn offer(&mut self, ranked: Ranked, keep: usize) {
        if self.best.len() < keep {
            self.best.push(ranked);
        } else if let Some(mut last) = self.best.peek_mut()
            && ranked < *last
        {
            *last = ranked;
        }
    }
}

/// Goes through every turn that answers.
pub(super) struct Ranking {
    pub(super) keep: usize,
    pub(super) order: Order,
    /// Only the first turn of each call is kept (all are counted).
    pub(super) first_of_call: bool,
}

pub(super) struct SegmentRanking {
    found: Found,
    keep: usize,
    order: Order,
    first_of_call: bool,
    last_call: Option<u64>,
    segment: SegmentOrdinal,
    started: Column<i64>,
    call: Column<u64>,
    turn: Column<u64>,
}

impl Collector for Ranking {
    type Fruit = Found;
    type Child = SegmentRanking;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentRanking> {
        let fast = reader.fast_fields();
        Ok(SegmentRanking {
            found: Found::default(),
            keep: self.keep,
            order: self.order,
            first_of_call: self.first_of_call,
            last_call: None,
            segment,
            started: fast.i64("started")?,
            call: fast.u64("call_key")?,
            turn: fast.u64("turn")?,
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        let mut all = Found::default();
        for segment in segments {
            all.turns += segment.turns;
            all.calls.extend(segment.calls);
            for ranked in segment.best {
                all.offer(ranked, self.keep);
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentRanking {
    type Fruit = Found;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.turns += 1;
        let call = self.call.first(doc).unwrap_or_default();
        // The turns of a call lie together, in order, in one segment: they are put in as one.
        let new_call = self.last_call != Some(call) && self.found.calls.insert(call);
        self.last_call = Some(call);
        if self.first_of_call && !new_call {
            return;
        }
        let steps = match self.order {
            Order::Score => (score * STEPS).round() as i64,
            Order::Date => 0,
        };
        let full = self.found.best.len() >= self.keep;
        // Most turns are out by their score alone, before their other columns are read.
        if full && self.found.best.peek().is_none_or(|last| Reverse(steps) > last.rank.score) {
            return;
        }
        let rank = Rank {
            score: Reverse(steps),
            started: self.started.first(doc).unwrap_or(i64::MAX),
            call,
            turn: self.turn.first(doc).unwrap_or_default(),
        };
        let address = DocAddress::new(self.segment, doc);
        self.found.offer(Ranked { rank, score, address }, self.keep);
    }

    fn harvest(self) -> Found {
        self.found
    }
}

/// Frequencies for BM25 that do not count what was replaced or removed, so that an index grown step by step scores
/// as one built afresh.
pub(super) struct Alive<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: &'a Fields,
}

impl Bm25StatisticsProvider for Alive<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        // A word has about two keys.
        let keys = if field == self.fields.forms { 2 } else { 1 };
        Ok(self.searcher.num_docs().max(1) * USUAL_TURN * keys)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.searcher.num_docs().max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let mut total = 0;
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(term.field())?;
            total += match segment.alive_bitset() {
                None => u64::from(index.doc_freq(term)?),
                Some(alive) => {
                    let postings = index.read_postings(term, tantivy::schema::IndexRecordOption::Basic)?;
                    postings.map_or(0, |p| u64::from(p.doc_freq_given_deletes(alive)))
                }
            };
        }
        Ok(total)
    }
}
