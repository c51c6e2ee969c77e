//! How far a command is: a bar on a terminal, a line every few seconds elsewhere, nothing with `--quiet`. On stderr.

use crate::output::{self, Output};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    cell::Cell,
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

/// The time between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(5);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Seconds of sound.
    Seconds,
}

/// How far a command is.
pub struct Progress {
    out: Output,
    what: String,
    unit: Unit,
    bar: Option<ProgressBar>,
    told: Cell<Instant>,
    total: Cell<u64>,
}

impl Progress {
    /// Begins; `what` says what is being done, in a word or two. A total of 0 is one that is not known yet.
    pub fn new(out: &Output, what: &str, total: u64, unit: Unit) -> Self {
        let bar = (!out.quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(8));
            let figures = match unit {
                Unit::Count => "{human_pos}/{human_len}",
                Unit::Bytes => "{decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec}",
                Unit::Seconds => "{pos}/{len} s of sound",
            };
            let template = format!("{{prefix}} {{bar:24}} {figures} {{wide_msg}} {{eta}} left");
            let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style.progress_chars("━╸ "));
            bar.set_prefix(what.to_string());
            bar
        });
        Self { out: *out, what: what.into(), unit, bar, told: Cell::new(Instant::now()), total: Cell::new(total) }
    }

    /// Corrects the total.
    pub fn set_total(&self, total: u64) {
        self.total.set(total);
        if let Some(bar) = &self.bar {
            bar.set_length(total);
        }
    }

    /// Tells how much is done, and something about it (may be empty).
    pub fn at(&self, done: u64, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(output::clean(message));
            bar.set_position(done);
        } else if self.told.get().elapsed() >= PAUSE {
            self.told.set(Instant::now());
            let show = |n: u64| match self.unit {
                Unit::Bytes => output::bytes(n),
                Unit::Count => n.to_string(),
                Unit::Seconds => format!("{n} s"),
            };
            let text =
                format!("{}: {} of {} {}", self.what, show(done), show(self.total.get()), output::clean(message));
            self.out.note(text.trim_end());
        }
    }

    /// Says a line that stays, above the bar; silent with `--quiet`.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => self.out.note(line),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
