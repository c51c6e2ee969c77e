//! What goes to the terminal: plain text and JSON on stdout, everything else on stderr.
//!
//! Text that came from outside (file names, cells of a table, words) goes through [`clean`], so that a hostile
//! delivery cannot send control sequences to the terminal.

use crate::errors::Closed;
use clap::ValueEnum;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use unicode_width::UnicodeWidthStr;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a piece of text looks, where colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Headings.
    Bold,
    /// Beside the point, or doubtful.
    Dim,
    /// Broken.
    Red,
    /// Done, added.
    Green,
    /// To be looked at.
    Yellow,
    /// Names of things.
    Cyan,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Cyan => "36",
        }
    }
}

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// JSON is wanted instead of text.
    pub json: bool,
    /// Nothing but results and errors.
    pub quiet: bool,
    stdout_colour: bool,
    stderr_colour: bool,
}

impl Output {
    /// Looks at the terminal and at NO_COLOR (<https://no-color.org>).
    pub fn new(json: bool, quiet: bool, when: When) -> Self {
        let none = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        let colour = |terminal: bool| match when {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !none && !dumb,
        };
        let (stdout_colour, stderr_colour) = (colour(io::stdout().is_terminal()), colour(io::stderr().is_terminal()));
        Self { json, quiet, stdout_colour, stderr_colour }
    }

    /// `text` in a style, for stdout.
    pub fn paint(&self, style: Style, text: &str) -> String {
        painted(self.stdout_colour, style, text)
    }

    /// `text` in a style, for stderr.
    pub fn paint_err(&self, style: Style, text: &str) -> String {
        painted(self.stderr_colour, style, text)
    }

    /// Prints text on stdout as it is.
    ///
    /// # Errors
    /// [`Closed`] when the reader has gone; what the system says else.
    pub fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut stdout = io::stdout().lock();
        written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// Prints a line on stdout.
    ///
    /// # Errors
    /// As [`Output::print`].
    pub fn line(&self, text: &str) -> anyhow::Result<()> {
        self.print(&format!("{text}\n"))
    }

    /// Prints one JSON document on stdout.
    ///
    /// # Errors
    /// As [`Output::print`].
    pub fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        self.line(&serde_json::to_string_pretty(value)?)
    }

    /// Says something on stderr that is no result; silent with `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            // Nobody can be told that stderr is gone.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Says on stderr what somebody should look at.
    pub fn warn(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{} {text}", self.paint_err(Style::Yellow, "warning:"));
    }
}

/// A failed write to stdout: a reader that has gone (`| head`) is no fault.
pub fn written<T>(result: io::Result<T>) -> anyhow::Result<T> {
    result.map_err(|e| if e.kind() == io::ErrorKind::BrokenPipe { Closed.into() } else { e.into() })
}

fn painted(colour: bool, style: Style, text: &str) -> String {
    if !colour || style == Style::Plain || text.is_empty() {
        return text.to_string();
    }
    format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
}

/// Text from outside on one line: control characters and those that turn the direction of writing become `\u{…}`.
pub fn clean(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() || turns(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// How wide `text` is on a terminal, in columns.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` cut to at most `columns`, with `…` where something was cut off.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if width(&out) + 1 > columns {
            out.pop();
            break;
        }
    }
    out + "…"
}

/// The columns of the terminal, or 120 where there is none.
pub fn columns() -> usize {
    terminal().unwrap_or(120)
}

/// The columns of the terminal, at least 40; none where the output goes elsewhere and COLUMNS says nothing.
pub fn terminal() -> Option<usize> {
    let set = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    set.or_else(console_columns).map(|columns: usize| columns.max(40))
}

/// Lines of whole words, each as wide as fits (a longer word stays whole).
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let Some(last) = lines.last_mut() else { continue };
        if last.is_empty() {
            last.push_str(word);
        } else if width(last) + 1 + width(word) <= columns {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_string());
        }
    }
    lines
}

/// The text with a space in words that are wider than `columns`.
fn broken(text: &str, columns: usize) -> String {
    let (mut out, mut so_far) = (String::with_capacity(text.len()), 0);
    for c in text.chars() {
        let wide = width(c.encode_utf8(&mut [0; 4]));
        if c != ' ' && so_far + wide > columns {
            out.push(' ');
            so_far = 0;
        }
        so_far = if c == ' ' { 0 } else { so_far + wide };
        out.push(c);
    }
    out
}

/// Text from outside behind `indent` spaces, wrapped on a terminal with two more spaces before what goes on; elsewhere
/// it stays one line.
pub fn paragraph(indent: usize, text: &str) -> String {
    let (text, space) = (clean(text), " ".repeat(indent));
    let Some(columns) = terminal() else { return format!("{space}{text}\n") };
    let lines = wrap(&text, columns.saturating_sub(indent + 2));
    let line = |(n, line): (usize, &String)| format!("{space}{}{line}\n", if n > 0 { "  " } else { "" });
    lines.iter().enumerate().map(line).collect()
}

fn console_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then(|| size.ws_col.into())
}

/// Bytes in the unit that fits: `12.3 MB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut value = count as f64 / 1000.0;
    if value < 1.0 {
        return format!("{count} B");
    }
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// `1 call`, `2 calls`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Lines of cells, aligned.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<(Style, String)>>,
    right: Vec<usize>,
    fit: Fit,
}

/// What becomes of a table that is wider than the terminal.
#[derive(Clone, Copy, Debug, Default)]
enum Fit {
    /// It runs over.
    #[default]
    Over,
    /// The widest cells are cut until it has so many columns.
    Cut(usize),
    /// The last cell goes on below itself.
    Wrap(usize),
}

/// The narrowest that a column is cut to.
const NARROWEST: usize = 6;
/// What the last column is left at least, where it goes on below itself.
const LAST: usize = 24;

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&str]) -> Self {
        let mut table = Self::default();
        if !headings.is_empty() {
            table.rows.push(headings.iter().map(|h| (Style::Bold, (*h).to_string())).collect());
        }
        table
    }

    /// Aligns a column, from 0, to the right.
    #[must_use]
    pub fn right(mut self, column: usize) -> Self {
        self.right.push(column);
        self
    }

    /// Cuts the widest cells, with `…`, until the table fits into the terminal; in a pipe it stays whole.
    #[must_use]
    pub fn cut_to_fit(mut self) -> Self {
        self.fit = terminal().map_or(Fit::Over, Fit::Cut);
        self
    }

    /// Lets the last cell of a row go on below itself, where the terminal is narrower; in a pipe it stays whole.
    #[must_use]
    pub fn wrap_to_fit(mut self) -> Self {
        self.fit = terminal().map_or(Fit::Over, Fit::Wrap);
        self
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.styled(cells.into_iter().map(|c| (Style::Plain, c)));
    }

    /// Adds a row of cells in styles.
    pub fn styled<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = (Style, S)>) {
        self.rows.push(cells.into_iter().map(|(style, text)| (style, clean(text.as_ref()))).collect());
    }

    /// The lines, two spaces between columns, nothing after the last cell.
    pub fn render(&self, out: &Output) -> String {
        let widths = self.widths();
        let before: usize = widths.split_last().map_or(0, |(_, rest)| rest.iter().map(|w| w + 2).sum());
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            let mut below = Vec::new();
            for (i, ((style, cell), wide)) in row.iter().zip(&widths).enumerate() {
                let mut cell = cell.clone();
                if i + 1 == widths.len() && matches!(self.fit, Fit::Wrap(_)) {
                    below = wrap(&broken(&cell, *wide), *wide);
                    cell = below.remove(0);
                }
                let cell = if matches!(self.fit, Fit::Over) { cell } else { cut(&cell, *wide) };
                let space = " ".repeat(wide.saturating_sub(width(&cell)));
                let painted = out.paint(*style, &cell);
                if self.right.contains(&i) {
                    line += &format!("{space}{painted}  ");
                } else {
                    line += &format!("{painted}{space}  ");
                }
            }
            text += line.trim_end();
            text.push('\n');
            below.iter().for_each(|line| text += &format!("{}{line}\n", " ".repeat(before)));
        }
        text
    }

    /// The columns that each column gets.
    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let wide = |i: usize| self.rows.iter().filter_map(|r| r.get(i)).map(|(_, c)| width(c)).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..columns).map(wide).collect();
        let gaps = 2 * columns.saturating_sub(1);
        let (room, least) = match self.fit {
            Fit::Over => return widths,
            Fit::Cut(room) => (room, NARROWEST),
            Fit::Wrap(room) => (room, LAST),
        };
        if let (Fit::Wrap(_), Some((last, rest))) = (self.fit, widths.split_last_mut()) {
            *last = (*last).min(room.saturating_sub(rest.iter().sum::<usize>() + gaps).max(least));
        }
        while widths.iter().sum::<usize>() + gaps > room {
            match widths.iter_mut().rev().max_by_key(|w| **w).filter(|w| **w > NARROWEST) {
                Some(widest) => *widest -= 1,
                None => break,
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Output {
        Output::new(false, false, When::Never)
    }

    #[test]
    fn columns_stand_under_each_other_in_any_script() {
        let mut table = Table::new(&["call", "n"]).right(1);
        table.row(["мост", "7"]);
        table.row(["日本", "123"]);
        assert_eq!(table.render(&plain()), "call    n\nмост    7\n日本  123\n");
    }

    #[test]
    fn a_table_fits_into_the_terminal() {
        let mut table = Table::new(&["field", "what is written"]);
        table.row(["datetime", "24.02.2022 05:52 = 2022-02-24T05:52:00+02:00"]);
        assert!(table.render(&plain()).contains("05:52:00+02:00"), "nothing is cut in a pipe");
        table.fit = Fit::Cut(30);
        assert_eq!(table.render(&plain()), "field     what is written\ndatetime  24.02.2022 05:52 = …\n");
        table.fit = Fit::Wrap(36);
        let wrapped = "field     what is written\ndatetime  24.02.2022 05:52 =\n          2022-02-24T05:52:00+02:00\n";
        assert_eq!(table.render(&plain()), wrapped);
    }

    #[test]
    fn wraps_at_words() {
        assert_eq!(wrap("мост через реку", 10), ["мост через", "реку"]);
        assert_eq!(wrap("переправа", 3), ["переправа"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(broken("мост audio/k14.wav", 8), "мост audio/k1 4.wav");
    }

    #[test]
    fn a_file_name_cannot_command_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c\nd"), "a\\u{1b}[2Jb\\u{202e}c d");
        let mut table = Table::new(&[]);
        table.row(["\u{1b}]0;x\u{7}"]);
        assert!(!table.render(&plain()).contains('\u{1b}'));
    }

    #[test]
    fn colour_only_where_asked() {
        let always = Output::new(false, false, When::Always);
        assert_eq!(always.paint(Style::Red, "x"), "\u{1b}[31mx\u{1b}[0m");
        assert_eq!(plain().paint(Style::Red, "x"), "x");
    }

    #[test]
    fn cuts_and_counts() {
        assert_eq!((cut("переправа", 5).as_str(), cut("мост", 4).as_str()), ("пере…", "мост"));
        assert_eq!(
            (bytes(999), bytes(1_234_567), bytes(u64::MAX)),
            ("999 B".into(), "1.2 MB".into(), "18446744.1 TB".into())
        );
        assert_eq!((count(1, "call", "calls"), count(0, "call", "calls")), ("1 call".into(), "0 calls".into()));
    }
}
