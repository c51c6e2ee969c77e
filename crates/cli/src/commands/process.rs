//! `earwitness process`: the calls that wait are heard.

use super::Outcome;
use crate::{
    context::Context,
    interrupt::{self, Interrupted},
    memory,
    output::{Output, Style, clean, count},
    progress::{Progress, Unit},
};
use earwitness_listen::{HearOptions, diarize::DiarizeOptions};
use earwitness_model::time::clock;
use earwitness_pipeline::{Hands, ProcessEvent, ProcessOptions, ProcessReport, process::process};
use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these calls, for example again with other settings (default: all that wait)
    #[arg(value_name = "CALL")]
    calls: Vec<String>,
    /// How many people speak on each channel, where you know it (default: it is found)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    speakers: Option<u8>,
    /// Hear at most so many calls
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// How many calls are in work at once; they share the threads, and fill each other's gaps
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Try calls that failed before once more
    #[arg(long)]
    retry: bool,
    /// The model (`earwitness models list`)
    #[arg(long, value_name = "NAME", default_value = "base")]
    model: String,
    /// The languages that may be spoken (default: the archive's, at first ru,uk,en)
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    languages: Option<Vec<String>>,
    /// Make no draft translation
    #[arg(long)]
    no_translate: bool,
    /// Processor threads (default: all)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Hears the calls that wait; a call that failed makes it fail.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let jobs = usize::from(args.jobs);
    let hear = HearOptions {
        languages: args.languages.unwrap_or_else(|| archive.settings().languages.clone()),
        translate: !args.no_translate,
        diarize: DiarizeOptions { speakers: args.speakers.map(usize::from), ..DiarizeOptions::default() },
        ..HearOptions::default()
    };
    let calls = args.calls.iter().map(|c| Ok(archive.find_call(c)?.id)).collect::<anyhow::Result<_>>()?;
    let options = ProcessOptions {
        model: args.model,
        models: context.models(),
        threads: threads(args.threads),
        jobs,
        hear,
        limit: args.limit,
        retry: args.retry,
        calls,
    };
    interrupt::install();
    let hands = Hands::default();
    let (own, other) = (hands.clone(), archive.again()?);
    let _guard = interrupt::on_interrupt(move || own.release_all(&other));
    let show = Show::new(&context.out);
    let report = process(&archive, &options, &hands, &|event| show.event(event), &interrupt::asked)?;
    show.end();
    let out = &context.out;
    if out.json {
        out.json(&report)?;
    } else {
        out.print(&page(&report, out))?;
    }
    if report.cancelled {
        return Err(Interrupted.into());
    }
    Ok(Outcome::of(report.failed.is_empty()))
}

/// Threads that a recogniser computes on.
pub fn threads(asked: Option<u16>) -> usize {
    let all = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    asked.map_or_else(|| all.clamp(1, 8), usize::from)
}

/// The bar, and a line for each call that failed.
struct Show {
    out: Output,
    state: Mutex<State>,
}

struct State {
    began: Instant,
    calls: usize,
    seconds: f64,
    ended: usize,
    heard: f64,
    progress: Option<Progress>,
}

impl Show {
    fn new(out: &Output) -> Self {
        let state = State { began: Instant::now(), calls: 0, seconds: 0.0, ended: 0, heard: 0.0, progress: None };
        Self { out: *out, state: Mutex::new(state) }
    }

    fn event(&self, event: ProcessEvent) {
        if !matches!(event, ProcessEvent::Began { .. }) {
            memory::give_back();
        }
        let state = &mut *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ProcessEvent::Began { calls, seconds } => {
                (state.calls, state.seconds) = (calls, seconds);
                if calls > 0 {
                    let text = format!("{} to hear, {}", count(calls as u64, "call", "calls"), short(seconds));
                    self.out.note(&text);
                    state.progress = Some(Progress::new(&self.out, "listening", seconds.round() as u64, Unit::Seconds));
                }
            }
            ProcessEvent::Loading => state.at("loading the model"),
            ProcessEvent::Started { name, .. } => state.at(&name),
            ProcessEvent::Voices { done, of } => state.at(&format!("measuring voices, {done} of {of} calls")),
            ProcessEvent::Done(done) => state.ended(done.seconds, &done.name),
            ProcessEvent::Failed(failed) => {
                let line =
                    format!("{} {}: {}", self.out.paint_err(Style::Red, "failed"), clean(&failed.name), failed.reason);
                if let Some(progress) = &state.progress {
                    progress.say(&line);
                }
                state.ended(failed.seconds, &failed.name);
            }
        }
    }

    fn end(self) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(progress) = state.progress {
            progress.finish();
        }
    }
}

impl State {
    fn ended(&mut self, seconds: f64, name: &str) {
        self.ended += 1;
        self.heard += seconds;
        self.at(name);
    }

    /// Files, speed, and what is in work; the bar itself shows the audio time and what is left.
    fn at(&self, name: &str) {
        let took = self.began.elapsed().as_secs_f64();
        let speed = if self.heard > 0.0 { format!("{:.1} x real time, ", self.heard / took) } else { String::new() };
        if let Some(progress) = &self.progress {
            progress.at(self.heard as u64, &format!("{} of {} files, {speed}{name}", self.ended, self.calls));
        }
    }
}

fn short(seconds: f64) -> String {
    clock(seconds).split('.').next().unwrap_or_default().to_owned()
}

fn page(report: &ProcessReport, out: &Output) -> String {
    let mut text = String::new();
    for failed in &report.failed {
        let (name, call) = (clean(&failed.name), &failed.call);
        text += &format!("{} {call} {name}: {}\n", out.paint(Style::Red, "failed"), clean(&failed.reason));
    }
    if report.done.is_empty() && report.failed.is_empty() && !report.cancelled {
        text += &format!("{} no call waits\n", out.paint(Style::Green, "ok"));
    } else if !report.done.is_empty() {
        let calls = count(report.done.len() as u64, "call", "calls");
        let speed = report.seconds / report.took.max(1e-3);
        let label = out.paint(Style::Green, "heard");
        text += &format!(
            "{label} {calls}, {} of sound in {} ({speed:.1} x real time)\n",
            short(report.seconds),
            short(report.took)
        );
    }
    let sum = |of: fn(&earwitness_pipeline::CallDone) -> usize| report.done.iter().map(of).sum::<usize>() as u64;
    if sum(|d| d.doubtful) > 0 {
        let doubtful = count(sum(|d| d.doubtful), "turn is", "turns are");
        text += &format!(
            "of {}, {doubtful} doubtful: listen before you rely on them\n",
            count(sum(|d| d.turns), "turn", "turns")
        );
    }
    let stand = sum(|d| usize::from(d.person_stands));
    if stand > 0 {
        text += &format!("in {}, what a person corrected still stands\n", count(stand, "call", "calls"));
    }
    if report.voices.calls > 0 {
        let (voices, calls) = (report.voices.voices as u64, report.voices.calls as u64);
        text += &format!("{} of {} measured", count(voices, "voice", "voices"), count(calls, "call", "calls"));
        let little = report.voices.too_little as u64;
        let say = |n| format!("; {} too little", count(n, "speaker says", "speakers say"));
        text += &(if little > 0 { say(little) } else { String::new() } + "\n");
    }
    for (call, why) in &report.voices.failed {
        let label = out.paint(Style::Red, "no voices");
        text += &format!("{label} {call}: {}\n", clean(why));
    }
    if report.waiting > 0 {
        text += &format!("{} still wait\n", count(report.waiting as u64, "call", "calls"));
    }
    if report.failed_before > 0 {
        let failed = count(report.failed_before as u64, "call", "calls");
        text += &format!("{failed} failed before: `earwitness status` says why, `process --retry` tries again\n");
    }
    text
}
