//! From a query to the engine's queries.

use super::{excluded::Excluded, schema::Fields};
use crate::{
    filters::{Facet, Filter, Filters, Speakers},
    query::plan::{Plan, Slot},
};
use earwitness_model::CallId;
use std::collections::BTreeSet;
use tantivy::{
    Searcher, Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery,
        Query, TermQuery, TermSetQuery,
    },
    schema::IndexRecordOption,
};

type Clause = (Occur, Box<dyn Query>);

/// The whole query; `searcher` names the facets that filters choose among.
pub(super) fn compile(
    plan: Option<&Plan>,
    filters: &Filters,
    fields: &Fields,
    searcher: &Searcher,
) -> tantivy::Result<Box<dyn Query>> {
    let mut clauses: Vec<Clause> = Vec::new();
    match plan {
        Some(plan) => clauses.push((Occur::Must, words(plan, fields))),
        None => clauses.push((Occur::Must, all())),
    }
    for filter in &filters.items {
        let facets = facets(filter, fields, searcher)?;
        clauses.push(if filter.negated { excluded(facets) } else { (Occur::Must, facets) });
    }
    Ok(boolean(clauses))
}

fn all() -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))
}

fn excluded(query: Box<dyn Query>) -> Clause {
    (Occur::MustNot, Box::new(Excluded(query)))
}

fn boolean(mut clauses: Vec<Clause>) -> Box<dyn Query> {
    match (clauses.len(), clauses.pop()) {
        (1, Some((Occur::Must | Occur::Should, only))) => only,
        (_, last) => {
            clauses.extend(last);
            Box::new(BooleanQuery::new(clauses))
        }
    }
}

fn words(plan: &Plan, fields: &Fields) -> Box<dyn Query> {
    match plan {
        Plan::Run(slots) => run(slots, fields),
        Plan::Prefix(start) => {
            let term = Term::from_field_text(fields.exact, start);
            Box::new(ConstScoreQuery::new(Box::new(FuzzyTermQuery::new_prefix(term, 0, false)), 1.0))
        }
        Plan::Fuzzy(near, n) => {
            let term = Term::from_field_text(fields.exact, near);
            Box::new(ConstScoreQuery::new(Box::new(FuzzyTermQuery::new(term, *n, true)), 1.0))
        }
        Plan::All(parts) => boolean(parts.iter().map(|p| clause(p, Occur::Must, fields)).chain(guard(parts)).collect()),
        Plan::Any(parts) => boolean(parts.iter().map(|p| (Occur::Should, words(p, fields))).collect()),
        Plan::Not(inner) => boolean(vec![(Occur::Must, all()), excluded(words(inner, fields))]),
    }
}

/// A negation inside AND takes away; alone it would have to name everything else.
fn clause(plan: &Plan, occur: Occur, fields: &Fields) -> Clause {
    match plan {
        Plan::Not(inner) => excluded(words(inner, fields)),
        other => (occur, words(other, fields)),
    }
}

/// An AND of negations alone needs something to take away from.
fn guard(parts: &[Plan]) -> Option<Clause> {
    parts.iter().all(|p| matches!(p, Plan::Not(_))).then(|| (Occur::Must, all()))
}

/// One word, or words on neighbouring positions.
fn run(slots: &[Slot], fields: &Fields) -> Box<dyn Query> {
    match slots {
        [] => Box::new(EmptyQuery),
        [Slot::Exact(word)] => exact_term(word, fields),
        // The form that was written scores as the rarer term it is, so it comes before the other forms.
        [Slot::Forms { surface, keys }] => {
            let forms = keys.iter().map(|key| form_term(key, fields));
            best(forms.chain([exact_term(surface, fields)]).collect())
        }
        _ => best(choices(slots).into_iter().map(|words| phrase(slots, &words, fields)).collect()),
    }
}

fn best(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match (queries.len(), queries.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            queries.extend(last);
            Box::new(DisjunctionMaxQuery::new(queries))
        }
    }
}

fn exact_term(word: &str, fields: &Fields) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(fields.exact, word), IndexRecordOption::WithFreqs))
}

fn form_term(key: &str, fields: &Fields) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(fields.forms, key), IndexRecordOption::WithFreqs))
}

/// Every way to choose one key for each slot; their number was bounded when the plan was made.
fn choices(slots: &[Slot]) -> Vec<Vec<&str>> {
    let mut all: Vec<Vec<&str>> = vec![Vec::new()];
    for slot in slots {
        let keys: Vec<&str> = match slot {
            Slot::Forms { keys, .. } => keys.iter().map(String::as_str).collect(),
            Slot::Exact(word) => vec![word],
        };
        all = all
            .into_iter()
            .flat_map(|chosen| keys.iter().map(move |key| chosen.iter().copied().chain([*key]).collect()))
            .collect();
    }
    all
}

fn phrase(slots: &[Slot], words: &[&str], fields: &Fields) -> Box<dyn Query> {
    // A phrase is exact throughout or not at all.
    let exact = matches!(slots.first(), Some(Slot::Exact(_)));
    let field = if exact { fields.exact } else { fields.forms };
    Box::new(PhraseQuery::new(words.iter().map(|word| Term::from_field_text(field, word)).collect()))
}

/// The documents with a facet that the filter accepts. There are few distinct facets (days, numbers, places), so
/// asking the filter about each is quick, and the answer is the filter's own.
fn facets(filter: &Filter, fields: &Fields, searcher: &Searcher) -> tantivy::Result<Box<dyn Query>> {
    if let Some(speakers) = filter.kind.speakers() {
        return Ok(self::speakers(speakers, fields));
    }
    let mut terms = Vec::new();
    for field in filter.kind.facets().iter().filter_map(|facet| fields.facet(*facet)) {
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().stream()?;
            while stream.advance() {
                if let Ok(text) = std::str::from_utf8(stream.key())
                    && filter.kind.accepts(text)
                {
                    terms.push(Term::from_field_text(field, text));
                }
            }
        }
    }
    if terms.is_empty() {
        return Ok(Box::new(EmptyQuery));
    }
    Ok(Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 0.0)))
}

/// The turns of speakers, each known by a label and a call.
fn speakers(speakers: &Speakers, fields: &Fields) -> Box<dyn Query> {
    let (Some(call), Some(speaker)) = (fields.facet(Facet::Call), fields.facet(Facet::Speaker)) else {
        return Box::new(EmptyQuery);
    };
    let one = |(label, calls): (&str, &BTreeSet<CallId>)| -> Clause {
        let calls = calls.iter().map(|id| Term::from_field_text(call, id.as_str()));
        let label = TermQuery::new(Term::from_field_text(speaker, label), IndexRecordOption::Basic);
        let both: Vec<Clause> = vec![(Occur::Must, Box::new(label)), (Occur::Must, Box::new(TermSetQuery::new(calls)))];
        (Occur::Should, Box::new(BooleanQuery::new(both)))
    };
    let clauses: Vec<Clause> = speakers.by_label().map(one).collect();
    if clauses.is_empty() {
        return Box::new(EmptyQuery);
    }
    Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(clauses)), 0.0))
}
