//! The rows of the table, and what is wrong with them.

use super::{Fault, ImportError, ImportReport, Importer, State, Taken, reading::Reading};
use earwitness_archive::{DeliveredRow, Result, TableFault};
use earwitness_intake::{
    CallRow,
    delivery::Problem,
    matching::{self, DurationDisagrees, MatchProblem},
};
use earwitness_model::{AudioFormat, Verdict};
use serde_json::{Map, Value, json};

/// Rows that are kept in one transaction.
const ROWS: usize = 2000;

impl Importer<'_> {
    /// After the files: those that could not be opened, the rows, the faults.
    pub(super) fn finish(&mut self) -> Result<(), ImportError> {
        self.unopened()?;
        if self.report.stopped.is_none() {
            if let Some(reading) = &self.reading {
                self.report.faults = faults(reading, &self.report);
            }
            if !self.options.dry_run && self.report.delivery.is_some() {
                self.keep_table()?;
            }
        }
        let added = &self.report.added;
        let parts = [added.files, added.recordings, added.calls, added.calls_changed, added.rows, added.faults];
        let clean = self.report.stopped.is_none() && self.report.errors.is_empty() && !self.report.dry_run;
        self.report.nothing_new = clean && parts.iter().all(|n| *n == 0);
        self.report.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }

    /// Files that are there but cannot be opened are kept as such.
    fn unopened(&mut self) -> Result<()> {
        if self.report.stopped.is_some() {
            return Ok(());
        }
        let taken = |problem: &Problem| Taken {
            name: problem.name.clone(),
            bytes: 0,
            is_table: false,
            state: State::Unreadable(problem.reason.clone()),
        };
        let lost: Vec<Taken> = self.lost.iter().map(taken).collect();
        if lost.is_empty() { Ok(()) } else { self.keep(lost, &mut |_| ()) }
    }

    fn keep_table(&mut self) -> Result<()> {
        let (Some(reading), Some(delivery)) = (&self.reading, &self.report.delivery) else { return Ok(()) };
        let files = reading.files_by_row();
        let (mut rows, mut faults) = (0, 0);
        let pairs: Vec<_> = reading.table.rows.iter().zip(&reading.rows).enumerate().collect();
        for chunk in pairs.chunks(ROWS) {
            rows += self.archive.write(|tx| {
                let mut new = 0;
                for (place, (written, row)) in chunk {
                    let row = DeliveredRow {
                        delivery: delivery.clone(),
                        line: row.line as u64,
                        written: cells(reading, &written.cells),
                        interpreted: json!(row),
                        file: files.get(place).map(|name| (*name).to_owned()),
                    };
                    new += usize::from(tx.add_delivered_row(&row)?);
                }
                Ok(new)
            })?;
        }
        for chunk in self.report.faults.chunks(ROWS) {
            faults += self.archive.write(|tx| {
                let mut new = 0;
                for fault in chunk {
                    let fault = TableFault {
                        delivery: delivery.clone(),
                        kind: fault.kind.into(),
                        line: fault.line.map(|line| line as u64),
                        column: fault.column.clone(),
                        text: fault.text.clone(),
                    };
                    new += usize::from(tx.add_table_fault(&fault)?);
                }
                Ok(new)
            })?;
        }
        let kept = self.archive.deliveries()?.into_iter().find(|d| d.id == *delivery);
        if rows > 0 && kept.is_some_and(|kept| kept.terms.mapping != self.terms.mapping) {
            // Read in another way than when it first came: the ledger keeps how.
            self.archive.write(|tx| tx.record("delivery.read_again", delivery.as_str(), &self.terms))?;
        }
        (self.report.added.rows, self.report.added.faults) = (rows, faults);
        Ok(())
    }
}

/// The cells of a row by their headings; those beyond the headings by their number.
fn cells(reading: &Reading, cells: &[String]) -> Value {
    let heading =
        |place: usize| reading.table.columns.get(place).cloned().unwrap_or_else(|| format!("column {}", place + 1));
    let named = cells.iter().enumerate().map(|(place, cell)| (heading(place), Value::String(cell.clone())));
    Value::Object(named.collect::<Map<_, _>>())
}

/// Everything that is wrong with the table, by line.
fn faults(reading: &Reading, report: &ImportReport) -> Vec<Fault> {
    let mut faults: Vec<Fault> = reading
        .table
        .problems
        .iter()
        .map(|p| Fault { kind: "table", line: p.line, column: None, file: None, text: p.reason.clone() })
        .collect();
    for row in &reading.matching.rows_without_file {
        let text = match &row.written {
            Some(name) => format!("the row speaks of {name}, which was not delivered"),
            None => "the row names no file".into(),
        };
        faults.push(Fault { kind: "row_without_file", line: Some(row.line), column: None, file: None, text });
    }
    for problem in &reading.matching.problems {
        let (kind, line) = match problem {
            MatchProblem::SecondRow { line, .. } => ("second_row", *line),
            MatchProblem::SeveralFiles { line, .. } => ("several_files", *line),
        };
        faults.push(Fault { kind, line: Some(line), column: None, file: None, text: problem.to_string() });
    }
    for fault in reading.rows.iter().flat_map(|row| &row.faults) {
        let text = format!("“{}” could not be read; expected {}", fault.written, fault.expected);
        let column = Some(fault.column.clone());
        faults.push(Fault { kind: "unreadable_cell", line: Some(fault.line), column, file: None, text });
    }
    for file in &report.files {
        let row = reading.row_of(&file.name);
        let (kind, text) = match row {
            // A letter or a picture needs no row.
            None if matches!(file.verdict, Verdict::NotAudio { .. }) => continue,
            None => ("file_without_row", format!("no row speaks of {}", file.name)),
            Some(row) => match of_call(row, &file.verdict, file.format.as_ref()) {
                Some((kind, text)) => (kind, format!("{}: {text}", file.name)),
                None => continue,
            },
        };
        let line = row.map(|row| row.line);
        faults.push(Fault { kind, line, column: None, file: Some(file.name.clone()), text });
    }
    faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
    faults
}

/// What is wrong with a row in the light of the file that it speaks of.
fn of_call(row: &CallRow, verdict: &Verdict, format: Option<&AudioFormat>) -> Option<(&'static str, String)> {
    // A damaged file is shorter than its call, and that is no fault of the table.
    let sound = format.filter(|_| !matches!(verdict, Verdict::Damaged { .. }));
    let differs = row.duration.zip(sound).and_then(|(stated, f)| matching::duration_disagrees(&stated, f.duration));
    if let Some(d) = differs.filter(|d| !frames_left_out(d, sound)) {
        return Some(("wrong_duration", format!("the table says {} s, the sound lasts {:.1} s", d.stated, d.decoded)));
    }
    let numbers = row.from.is_some() || row.to.is_some();
    let speech = matches!(verdict, Verdict::Accepted | Verdict::WrongExtension { .. });
    (speech && !numbers).then(|| ("empty_numbers", "no telephone number is written in its row".into()))
}

/// AMR with discontinuous transmission (3GPP TS 26.093) sends few frames in pauses. Programs that leave the others out
/// count up to some tenth less than the call lasted, and tables made with them say so.
fn frames_left_out(differs: &DurationDisagrees, format: Option<&AudioFormat>) -> bool {
    let amr = format.is_some_and(|f| f.codec.starts_with("amr"));
    amr && differs.stated < differs.decoded && differs.stated > 0.85 * differs.decoded
}
