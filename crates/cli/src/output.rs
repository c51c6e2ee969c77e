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
    let set = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    set.unwrap_or_else(|| console_columns().unwrap_or(120)).max(40)
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
}

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
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let wide = |i: usize| self.rows.iter().filter_map(|r| r.get(i)).map(|(_, c)| width(c)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(wide).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (i, ((style, cell), wide)) in row.iter().zip(&widths).enumerate() {
                let space = " ".repeat(wide - width(cell));
                let painted = out.paint(*style, cell);
                if self.right.contains(&i) {
                    line += &format!("{space}{painted}  ");
                } else {
                    line += &format!("{painted}{space}  ");
                }
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
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
