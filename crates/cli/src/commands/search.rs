//! `earwitness search`: words are found in all their forms, in originals and translations.

use super::Outcome;
use crate::{
    context::Context,
    errors::Problem,
    output::{Output, Style, clean, count},
    people_filters,
};
use earwitness_archive::Archive;
use earwitness_desk::people::{Naming, People, Shown};
use earwitness_find::{
    CallDocument, Filters, Hit, Order, Query, QueryError, SearchOptions, SearchResult, TurnDocument,
};
use earwitness_model::{CallId, Phone, time::clock};
use earwitness_pipeline::{documents::document, index};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// Words and filters
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Show at most so many turns
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Leave out so many before
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// Show N turns before and after
    #[arg(long, value_name = "N", default_value_t = 0)]
    context: u32,
    /// The oldest first, not the best
    #[arg(long)]
    by_date: bool,
    /// Only in calls in which this theme lies on something (the same as the filter theme:)
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,
    /// Show people under the aliases that readers are to see
    #[arg(long)]
    aliases: bool,
}

const HELP: &str = "\
Words:    мама снаряд   both, in any form         мама OR отец   either          -в  NOT в   without
          \"на блокпосту\"  one after another       =людей  exactly so   снаряд*  beginning   Изюм~  one letter off
Filters:  from: to: phone: date:2022-03..2022-04 lang: file: sector: near:LAT,LON,KM has:translation has:doubt
          speaker: channel: call:     (a leading - turns one round; a query that begins with - goes after --)
          person:Artyom  where somebody confirmed that he speaks; person:Artyom?  also where it is only suggested
          voice:V1       a voice that was found in several calls
          theme:looting  in calls in which this theme of the codebook lies on something";

/// Searches; exit code 1 when nothing is found.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let text = args.query.join(" ");
    let mut query = Query::parse(&text).map_err(|e| bad_query(&e, &text))?;
    let archive = context.open_to_read()?;
    people_filters::with_theme(&mut query.filters, args.theme.as_deref());
    people_filters::resolve(&mut query.filters, &archive)?;
    let opened = index::open(&archive)?;
    if opened.behind > 0 {
        let calls = count(opened.behind as u64, "call is", "calls are");
        context.out.warn(&format!(
            "{calls} not yet searched as now kept; another program is at work, or the disk cannot be written"
        ));
    }
    let order = if args.by_date { Order::Date } else { Order::Score };
    let options = SearchOptions { limit: args.limit, offset: args.offset, order };
    let found = opened.index.search(&query, options)?;
    let naming = if args.aliases { Naming::Aliases } else { Naming::Working };
    let people = People::load(&archive)?;
    let mut calls = HashMap::new();
    for hit in &found.hits {
        if !calls.contains_key(&hit.call) {
            let document = document(&archive, &archive.call(&hit.call)?)?;
            calls.insert(hit.call.clone(), Found { document, people: people.shown_in(&hit.call, naming) });
        }
    }
    let out = &context.out;
    unknown_languages(&query.filters, &opened.index.languages()?, out);
    if out.json {
        out.json(&json_of(&query, &found, &calls, args.context, &archive))?;
    } else {
        out.print(&page(&found, &calls, args.context, out))?;
    }
    Ok(Outcome::of(found.turns > 0))
}

/// A language that nobody speaks here is more likely a slip than a question.
pub fn unknown_languages(filters: &Filters, spoken: &BTreeSet<String>, out: &Output) {
    for language in filters.languages().filter(|language| !spoken.contains(*language) && !spoken.is_empty()) {
        let known = spoken.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        out.warn(&format!("no turn of this archive is in the language {:?}; there are {known}", clean(language)));
    }
}

/// A query that cannot be read is wrong use; the place is shown.
pub fn bad_query(error: &QueryError, text: &str) -> anyhow::Error {
    let before: String = text.chars().take(error.at).collect();
    let place = if before.is_empty() { String::new() } else { format!(" after {before:?}") };
    let what = format!("the query cannot be read{place}: {}", error.message);
    let next = error.hint.clone().unwrap_or_else(|| "`earwitness search --help` shows what can be asked".into());
    Problem::usage(what, next).into()
}

/// A call in which something was found, and who speaks in it.
struct Found {
    document: CallDocument,
    people: BTreeMap<String, Shown>,
}

impl Found {
    /// A label, with the name beside it where there is one.
    fn who(&self, label: &str) -> String {
        clean(&self.people.get(label).map_or(label.to_owned(), |person| person.beside(label)))
    }

    fn turn(&self, hit: &Hit) -> Option<&TurnDocument> {
        self.document.turns.get(usize::try_from(hit.turn).ok()?)
    }
}

type Calls = HashMap<CallId, Found>;

/// The turns around a hit: before and after.
fn around<'c>(calls: &'c Calls, hit: &Hit, count: u32) -> (Vec<&'c TurnDocument>, Vec<&'c TurnDocument>) {
    let turns = calls.get(&hit.call).map(|c| c.document.turns.as_slice()).unwrap_or_default();
    let near = |turn: &&TurnDocument| turn.index.abs_diff(hit.turn) <= count;
    let before = turns.iter().filter(near).filter(|t| t.index < hit.turn).collect();
    (before, turns.iter().filter(near).filter(|t| t.index > hit.turn).collect())
}

fn json_of(query: &Query, found: &SearchResult, calls: &Calls, context: u32, archive: &Archive) -> Value {
    let hits: Vec<Value> = found
        .hits
        .iter()
        .map(|hit| {
            let found = calls.get(&hit.call);
            let call = found.map(|found| &found.document);
            let (before, after) = around(calls, hit, context);
            let turn = found.and_then(|found| found.turn(hit));
            let person = found.zip(turn).and_then(|(found, turn)| found.people.get(&turn.speaker));
            json!({
                "call": hit.call, "started_at": call.and_then(|c| c.started_at),
                "from": call.and_then(|c| c.from.as_ref()), "to": call.and_then(|c| c.to.as_ref()),
                "files": call.map(|c| &c.files), "turn": hit.turn, "start": hit.start, "end": hit.end,
                "speaker": turn.map(|t| &t.speaker), "person": person, "channel": turn.map(|t| t.channel),
                "language": turn.and_then(|t| t.language.as_ref()), "doubtful": turn.map(|t| t.doubtful),
                "text": hit.text, "highlights": hit.highlights, "translation": hit.translation,
                "translation_highlights": hit.translation_highlights, "score": hit.score,
                "before": before, "after": after,
            })
        })
        .collect();
    json!({
        "query": query.to_string(), "archive": archive.settings().archive,
        "turns": found.turns, "calls": found.calls, "hits": hits,
    })
}

fn page(found: &SearchResult, calls: &Calls, context: u32, out: &Output) -> String {
    let mut text = String::new();
    for hit in &found.hits {
        let call = calls.get(&hit.call);
        let who = |label: &str| call.map_or_else(|| clean(label), |call| call.who(label));
        text += &heading(hit, call.map(|call| &call.document), out);
        let (before, after) = around(calls, hit, context);
        let dim = |turn: &TurnDocument| {
            let line = format!("    {} {}: {}", clock(turn.start), who(&turn.speaker), clean(&turn.text));
            out.paint(Style::Dim, &line) + "\n"
        };
        before.into_iter().for_each(|turn| text += &dim(turn));
        let speaker = call.and_then(|call| call.turn(hit)).map(|turn| format!("{}: ", who(&turn.speaker)));
        let speaker = out.paint(Style::Cyan, &speaker.unwrap_or_default());
        text += &format!("    {speaker}{}\n", marked(&hit.text, &hit.highlights, out));
        if let Some(translation) = &hit.translation {
            text += &format!(
                "    {} {}\n",
                out.paint(Style::Dim, "="),
                marked(translation, &hit.translation_highlights, out)
            );
        }
        after.into_iter().for_each(|turn| text += &dim(turn));
        text.push('\n');
    }
    let (turns, calls) = (count(found.turns, "turn", "turns"), count(found.calls, "call", "calls"));
    match found.turns {
        0 => text + "nothing found\n",
        all if all > found.hits.len() as u64 => {
            text + &format!("{turns} in {calls}; {} shown (--limit, --offset)\n", found.hits.len())
        }
        _ => text + &format!("{turns} in {calls}\n"),
    }
}

fn heading(hit: &Hit, call: Option<&CallDocument>, out: &Output) -> String {
    let started = call.and_then(|c| c.started_at).map(|t| t.local().strftime("%Y-%m-%d %H:%M").to_string());
    let phone = |phone: Option<&Phone>| phone.map_or("?".to_owned(), |p| clean(p.label()));
    let phones = call.map(|c| format!("{} → {}", phone(c.from.as_ref()), phone(c.to.as_ref()))).unwrap_or_default();
    let started = started.unwrap_or_else(|| "no time".into());
    let (name, at) = (out.paint(Style::Cyan, hit.call.as_str()), out.paint(Style::Bold, &clock(hit.start)));
    // Filters alone find everything equally well.
    let score = if hit.score > 0.0 { format!("  score {:.2}", hit.score) } else { String::new() };
    format!("{name}  {started}  {phones}  at {at}{}\n", out.paint(Style::Dim, &score))
}

/// A text with what was found in colour.
fn marked(text: &str, ranges: &[Range<usize>], out: &Output) -> String {
    let (mut shown, mut at) = (String::new(), 0);
    for range in ranges {
        let (Some(before), Some(found)) = (text.get(at..range.start), text.get(range.clone())) else { continue };
        shown += &clean(before);
        shown += &out.paint(Style::Yellow, &clean(found));
        at = range.end;
    }
    shown + &clean(text.get(at..).unwrap_or_default())
}
