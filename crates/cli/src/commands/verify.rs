//! `earwitness verify`: recomputes everything that the archive claims.

use super::Outcome;
use crate::{
    context::Context,
    output::{Style, bytes, count, paragraph},
    progress::{Progress, Unit},
};
use earwitness_archive::{Finding, FindingKind, Step, VerifyReport, ledger::Head, verify};
use serde::Serialize;

/// How many findings are shown; JSON has more.
const SHOWN: usize = 50;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A head of the ledger that was written down elsewhere, as `earwitness verify` and `ledger` print it
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<Head>,
}

#[derive(Serialize)]
struct Document<'a> {
    whole: bool,
    #[serde(flatten)]
    report: &'a VerifyReport,
}

/// Verifies the archive; what is broken makes it fail.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let out = &context.out;
    let progress = Progress::new(out, "verifying", 0, Unit::Bytes);
    let report = verify(&archive, args.head, |at| {
        let step = match at.step {
            Step::Database => "database".into(),
            Step::Ledger => format!("ledger, entry {} of {}", at.done, at.total),
            Step::Catalog => "catalog".into(),
            Step::Originals => format!("original {} of {}", at.done, at.total),
        };
        progress.set_total(at.total_bytes);
        progress.at(at.bytes, &step);
    })?;
    progress.finish();
    if out.json {
        out.json(&Document { whole: report.is_whole(), report: &report })?;
        return Ok(Outcome::of(report.is_whole()));
    }
    out.print(&page(&report, context))?;
    if !report.is_whole() {
        out.note("next: keep the disk as it is, do not repair, and compare with your second copy");
    }
    Ok(Outcome::of(report.is_whole()))
}

fn page(report: &VerifyReport, context: &Context) -> String {
    let out = &context.out;
    let mut text = String::new();
    if let Some(first) = report.findings.first() {
        let label = "BROKEN, first at";
        text += &paragraph(0, &format!("{label} {}", told(first))).replacen(label, &out.paint(Style::Red, label), 1);
    }
    text += &listed("Broken", Style::Red, report.findings.get(1..).unwrap_or_default(), context);
    text += &listed("To be looked at", Style::Yellow, &report.warnings, context);
    if report.not_listed > 0 {
        text += &format!("and {} more\n", report.not_listed);
    }
    let hashed = format!("{} hashed, {}", count(report.originals, "original", "originals"), bytes(report.bytes));
    if report.is_whole() {
        text += &format!("{} nothing was altered: {hashed}\n", out.paint(Style::Green, "ok"));
    } else {
        text += &format!("{hashed}\n");
    }
    if let Some(head) = report.head {
        let label = if report.is_whole() { "head of the ledger" } else { "the ledger holds up to" };
        let head = head.to_string();
        text += &paragraph(0, &format!("{label}: {head}")).replacen(&head, &out.paint(Style::Bold, &head), 1);
    }
    text
}

fn listed(title: &str, style: Style, findings: &[Finding], context: &Context) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut lines = String::new();
    for finding in findings.iter().take(SHOWN) {
        let kind = name(finding.kind);
        lines += &paragraph(2, &told(finding)).replacen(kind, &context.out.paint(style, kind), 1);
    }
    let more = findings.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("and {more} more (--json lists them)\n") } else { String::new() };
    format!("{}\n{lines}{more}", context.out.paint(Style::Bold, title))
}

/// A finding in one line. Most texts name what they are about, and a digest is long enough once.
fn told(finding: &Finding) -> String {
    let Finding { kind, subject, text, .. } = finding;
    let about = if text.contains(subject.as_str()) { String::new() } else { format!(" {subject}") };
    format!("{}{about}: {text}", name(*kind))
}

fn name(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Database => "database",
        FindingKind::Ledger => "ledger entry",
        FindingKind::Catalog => "catalog",
        FindingKind::Original => "original",
        FindingKind::Permissions => "permissions",
        FindingKind::Unclaimed => "unclaimed original",
    }
}
