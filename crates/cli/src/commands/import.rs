//! `earwitness import`: a delivery is understood, sealed and judged.

use super::Outcome;
use crate::{
    context::Context,
    errors::{Problem, advise},
    interrupt::{self, Interrupted},
    output::{Output, Style, Table, bytes, count, cut, paragraph},
    progress::{Progress, Unit},
};
use anyhow::Context as _;
use earwitness_intake::Mapping;
use earwitness_model::{Verdict, time::clock};
use earwitness_pipeline::{
    FileReport, ImportError, ImportEvent, ImportOptions, ImportReport, TableReport, import::import,
};
use std::{cell::RefCell, collections::HashSet, fs, path::PathBuf, thread};

/// Up to so many files are all listed; of more, those that are not simply accepted.
const LISTED: usize = 60;
/// How many lines of one list are shown; JSON has all.
const SHOWN: usize = 200;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder or a zip of recordings, with its table
    #[arg(value_name = "DELIVERY")]
    delivery: PathBuf,
    /// The table, if it is not found by itself: a file of the delivery or one elsewhere
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// Which column means what, in TOML (`file = "heading"`); overrides the guess
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Where the delivery comes from, in your words; kept in the ledger
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
    /// The time zone of the table's times (default: the archive's, at first Europe/Kyiv)
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Show how everything would be understood, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Takes a delivery in; files that could not be read or kept make it fail.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = if args.dry_run { context.open_to_read()? } else { context.open()? };
    let options = ImportOptions {
        table: args.table,
        map: args.map.map(mapping).transpose()?,
        source: args.source,
        timezone: args.timezone.unwrap_or_else(|| archive.settings().timezone.clone()),
        dry_run: args.dry_run,
        workers: thread::available_parallelism().map_or(1, |n| n.get().min(8)),
        named: None,
    };
    interrupt::install();
    let out = &context.out;
    let show = Show::new(out);
    let report = import(&archive, &args.delivery, &options, &mut |event| show.event(event), &interrupt::asked);
    let report = report.map_err(words)?;
    show.end()?;
    if out.json {
        out.json(&report)?;
    } else {
        out.print(&page(&report, out))?;
        advice(&report, out);
    }
    if interrupt::asked() && report.stopped.is_some() {
        return Err(Interrupted.into());
    }
    Ok(Outcome::of(report.errors.is_empty() && report.stopped.is_none()))
}

fn mapping(path: PathBuf) -> anyhow::Result<Mapping> {
    let text = fs::read_to_string(&path).with_context(|| format!("the mapping {} cannot be read", path.display()))?;
    Mapping::from_toml(&text).map_err(|e| Problem::usage(e.to_string(), format!("correct {}", path.display())).into())
}

/// What to do about a delivery that cannot be taken in.
fn words(error: ImportError) -> anyhow::Error {
    let next = match &error {
        ImportError::Archive(_) => return anyhow::Error::from(error).context("the delivery was not taken in"),
        ImportError::Mapping(_) | ImportError::MapWithoutTable => {
            "correct the mapping file; --dry-run shows the columns"
        }
        ImportError::Table(_) | ImportError::NamedTable { .. } => "name another table with --table FILE",
        ImportError::TimeZone(_) => "give an IANA name as in --timezone Europe/Kyiv",
        ImportError::Delivery(_) | ImportError::ArchiveInside { .. } => "check the path",
    };
    advise(error, next)
}

/// Progress, and the table as soon as it is read.
struct Show<'a> {
    out: &'a Output,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    total: u64,
    done: u64,
    comparing: bool,
    progress: Option<Progress>,
    failed: Option<anyhow::Error>,
}

impl<'a> Show<'a> {
    fn new(out: &'a Output) -> Self {
        Self { out, state: RefCell::default() }
    }

    fn event(&self, event: ImportEvent<'_>) {
        let state = &mut *self.state.borrow_mut();
        match event {
            ImportEvent::Opened { bytes, .. } => state.total = bytes,
            ImportEvent::Table(table) => {
                if !self.out.json {
                    state.failed = self.out.print(&table_page(table, self.out)).err();
                }
            }
            ImportEvent::Compared { bytes } => self.step(state, true, bytes, ""),
            ImportEvent::File { file, bytes } => self.step(state, false, bytes, &file.name),
        }
    }

    fn step(&self, state: &mut State, comparing: bool, bytes: u64, name: &str) {
        if state.progress.is_none() || state.comparing != comparing {
            let what = if comparing { "comparing" } else { "taking in" };
            state.progress = Some(Progress::new(self.out, what, state.total, Unit::Bytes));
            (state.comparing, state.done) = (comparing, 0);
        }
        state.done += bytes;
        if let Some(progress) = &state.progress {
            progress.at(state.done, name);
        }
    }

    fn end(self) -> anyhow::Result<()> {
        self.state.into_inner().failed.map_or(Ok(()), Err)
    }
}

/// How the table was understood.
fn table_page(table: Option<&TableReport>, out: &Output) -> String {
    let Some(table) = table else {
        return noted("note", Style::Yellow, "no table was found; calls will have no times and numbers", out) + "\n";
    };
    let TableReport { name, encoding, dialect, rows, .. } = table;
    let rows = count(*rows as u64, "row", "rows");
    let mut text = noted("Table", Style::Bold, &format!("{name}: {dialect}, {encoding}, {rows}"), out);
    let lines: Vec<String> = table.samples.iter().map(|s| format!("line {}", s.line)).collect();
    let headings: Vec<&str> = ["field", "column"].into_iter().chain(lines.iter().map(String::as_str)).collect();
    let mut cells = Table::new(&headings).cut_to_fit();
    for (field, column) in &table.mapping.columns {
        let read = table.samples.iter().map(|sample| {
            let found = sample.fields.iter().find(|(name, _, _)| name == field.name());
            found.map_or(String::new(), |(_, written, understood)| match understood.as_str() {
                "" => format!("{written} (?)"),
                same if same == written => written.clone(),
                other => format!("{written} = {other}"),
            })
        });
        let row: Vec<String> = [field.name().to_owned(), column.clone()].into_iter().chain(read).collect();
        cells.row(row);
    }
    text += &cells.render(out);
    if !table.unmapped.is_empty() {
        let names: Vec<String> = table.unmapped.iter().map(|c| format!("“{c}”")).collect();
        text += &paragraph(0, &format!("kept as written: {}", names.join(", ")));
    }
    for note in &table.notes {
        text += &noted("note", Style::Yellow, note, out);
    }
    text + "\n"
}

/// A paragraph that begins with a word in a style.
fn noted(label: &str, style: Style, text: &str, out: &Output) -> String {
    paragraph(0, &format!("{label} {text}")).replacen(label, &out.paint(style, label), 1)
}

fn style(verdict: &Verdict) -> Style {
    match verdict {
        Verdict::Accepted => Style::Green,
        Verdict::Broken { .. } => Style::Red,
        Verdict::NoSpeechExpected { .. } | Verdict::Damaged { .. } | Verdict::WrongExtension { .. } => Style::Yellow,
        _ => Style::Dim,
    }
}

/// The name of a verdict as people read it.
fn words_of(verdict: &str) -> String {
    verdict.replace("re_", "re-").replace('_', " ")
}

/// Everything that was decided.
fn page(report: &ImportReport, out: &Output) -> String {
    let mut text = String::new();
    let all = report.files.len() <= LISTED;
    // What could not be taken in is told once, at the end.
    let failed: HashSet<&str> = report.errors.iter().map(|e| e.name.as_str()).collect();
    let told = report.files.iter().filter(|f| all || !matches!(f.verdict, Verdict::Accepted));
    let told: Vec<&FileReport> = told.filter(|f| !failed.contains(f.name.as_str())).collect();
    let mut table = Table::new(&["file", "length", "verdict", "reason"]).right(1).wrap_to_fit();
    for file in told.iter().take(SHOWN) {
        let length = file.format.as_ref().map(|f| short_clock(f.duration)).unwrap_or_default();
        let verdict = words_of(file.verdict.name());
        let cells = [(Style::Plain, cut(&file.name, 48)), (Style::Plain, length)];
        let judged = [(style(&file.verdict), verdict), (Style::Plain, file.reason.clone())];
        table.styled(cells.into_iter().chain(judged));
    }
    if !told.is_empty() {
        text += &table.render(out);
    }
    text += &more(told.len());
    let faults = report.faults.iter().map(|f| match f.line {
        Some(line) => format!("line {line}: {}", f.text),
        None => f.text.clone(),
    });
    text += &list("The table", faults, out);
    let problems: Vec<String> = report
        .problems
        .iter()
        .filter(|p| !failed.contains(p.name.as_str()))
        .map(|p| format!("{}: {}", p.name, p.reason))
        .collect();
    text += &list("Not taken as it is", problems.into_iter(), out);
    let longer = report.longer_originals.iter().map(|l| {
        let (from, to) = (clock(l.at.start), clock(l.at.end));
        format!("{} holds {} as a part, from {from} to {to}; both are kept as calls", l.name, l.part_name)
    });
    text += &list("Longer originals that came later", longer, out);
    text += &list("Could not be taken in", report.errors.iter().map(|e| format!("{}: {}", e.name, e.error)), out);
    text + "\n" + &summary(report, out)
}

fn summary(report: &ImportReport, out: &Output) -> String {
    let verdicts: Vec<String> = report.verdicts.iter().map(|(v, n)| format!("{n} {}", words_of(v))).collect();
    let (taken, all) = (report.files.len(), count(report.delivered as u64, "file", "files"));
    let files = if taken == report.delivered { all } else { format!("{taken} of {all}") };
    let verdicts = if verdicts.is_empty() { "nothing was judged".into() } else { verdicts.join(", ") };
    let mut text = noted("Summary", Style::Bold, &format!("{files}: {verdicts}"), out);
    let added = &report.added;
    if let Some(why) = &report.stopped {
        text += &noted("stopped early:", Style::Red, &format!("{why}; what was kept is whole"), out);
    }
    if report.dry_run {
        text += "dry run: nothing was written\n";
    } else if report.nothing_new {
        text += &format!("{} everything was in the archive before; nothing was added\n", out.paint(Style::Green, "ok"));
    } else {
        let calls = count(added.calls as u64, "new call", "new calls");
        let sealed = count(added.recordings as u64, "recording", "recordings");
        let changed = match added.calls_changed {
            0 => String::new(),
            n => format!(", {} described anew", count(n as u64, "call", "calls")),
        };
        let delivery = report.delivery.as_ref().map_or(String::new(), |id| format!(", delivery {id}"));
        text += &format!("kept: {calls}, {sealed} sealed ({}){changed}{delivery}\n", bytes(added.bytes));
    }
    text
}

fn advice(report: &ImportReport, out: &Output) {
    if !report.errors.is_empty() || report.stopped.is_some() {
        out.note("next: put right what could not be taken in, and import again; it goes on where it stopped");
    } else if report.dry_run {
        out.note("next: the same without --dry-run; --map FILE says which column means what");
    } else if report.added.calls > 0 {
        out.note("next: earwitness process");
    }
}

fn list(title: &str, lines: impl ExactSizeIterator<Item = String>, out: &Output) -> String {
    let total = lines.len();
    if total == 0 {
        return String::new();
    }
    let mut text = format!("\n{}\n", out.paint(Style::Bold, title));
    for line in lines.take(SHOWN) {
        text += &paragraph(2, &line);
    }
    text + &more(total)
}

fn more(total: usize) -> String {
    if total > SHOWN { format!("  … and {} more (--json has all)\n", total - SHOWN) } else { String::new() }
}

/// Minutes and seconds.
fn short_clock(seconds: f64) -> String {
    clock(seconds).split('.').next().unwrap_or_default().to_owned()
}
