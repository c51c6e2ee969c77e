//! `earwitness status`: what is done, what waits, what failed and why.

use super::Outcome;
use crate::{
    context::Context,
    output::{Output, Style, Table, bytes, clean, count},
};
use earwitness_model::time::clock;
use earwitness_pipeline::status::{Part, Status, gather};

/// Failed calls that are listed; JSON has all.
const SHOWN: usize = 50;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Tells where the archive stands.
pub fn run(_: Args, context: &Context) -> anyhow::Result<Outcome> {
    // Only a writer can take back what dead programs held; a medium that cannot be written is looked at as it is.
    let archive = match context.open() {
        Ok(archive) => {
            archive.take_back_jobs()?;
            archive
        }
        Err(_) => context.open_to_read()?,
    };
    let status = archive.at_one_moment(gather)?;
    if context.out.json {
        context.out.json(&status)?;
    } else {
        context.out.print(&page(&status, &context.out))?;
    }
    Ok(Outcome::Done)
}

fn page(status: &Status, out: &Output) -> String {
    let o = &status.overview;
    let files = count(o.delivered_files, "file", "files");
    let deliveries = count(o.deliveries, "delivery", "deliveries");
    let sealed = count(o.recordings, "original", "originals");
    let mut text = format!("{} {}\n", out.paint(Style::Bold, "Archive"), clean(&status.path));
    text += &format!("{deliveries} of {files}, {sealed} sealed ({}), ", bytes(o.bytes));
    text += &format!(
        "{}, {}\n\n",
        count(o.revisions, "revision", "revisions"),
        count(o.ledger, "ledger entry", "ledger entries")
    );
    let mut table = Table::new(&["calls", "", "audio"]).right(1).right(2);
    let mut row = |style, name: &str, part: &Part| {
        let audio = clock(part.seconds).split('.').next().unwrap_or_default().to_owned();
        table.styled([(style, name.to_owned()), (Style::Plain, part.calls.to_string()), (Style::Plain, audio)]);
    };
    row(Style::Green, "heard", &status.heard);
    row(Style::Cyan, "in work", &status.in_work);
    row(Style::Plain, "waiting", &status.waiting);
    row(if status.failed.calls > 0 { Style::Red } else { Style::Plain }, "failed", &status.failed);
    text += &table.render(out);
    for failure in status.failures.iter().take(SHOWN) {
        let (file, reason) = (clean(&failure.file), clean(&failure.reason));
        text += &format!("\n{} {} {file}\n  {reason}\n", out.paint(Style::Red, "failed"), failure.call);
    }
    if status.failures.len() > SHOWN {
        text += &format!("… and {} more (--json has all)\n", status.failures.len() - SHOWN);
    }
    if status.failed.calls > 0 {
        text += "\nnext: earwitness process --retry\n";
    } else if status.waiting.calls > 0 {
        text += "\nnext: earwitness process\n";
    }
    text
}
