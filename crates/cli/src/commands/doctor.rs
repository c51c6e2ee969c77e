//! `earwitness doctor`: what is installed, what is missing, and how to get it.

mod checks;

use super::Outcome;
use crate::{
    context::Context,
    output::{Output, Style, Table, width},
};
use checks::{Check, State};
use earwitness_audio::{By, formats};
use serde_json::json;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 1 when something is missing that listening or the named archive needs.")]
pub struct Args {}

/// Looks at everything and tells.
pub fn run(_: Args, context: &Context) -> anyhow::Result<Outcome> {
    let out = &context.out;
    let checks = checks::all(context);
    let well = checks.iter().all(|c| c.state != State::Missing);
    if out.json {
        let formats: Vec<_> = formats()
            .into_iter()
            .map(|f| {
                let by = if f.by == By::BuiltIn { "built in" } else { "ffmpeg" };
                json!({"container": f.container, "codec": f.codec, "by": by,
                       "available": f.available, "grade": f.grade.name()})
            })
            .collect();
        out.json(&json!({"well": well, "checks": checks, "formats": formats}))?;
        return Ok(Outcome::of(well));
    }
    out.print(&found(&checks, out))?;
    out.print(&decoded(out))?;
    out.line(&match well {
        true => format!("\n{} everything that is needed is there", out.paint(Style::Green, "ok")),
        false => format!("\n{} something that is needed is missing (see above)", out.paint(Style::Red, "no")),
    })?;
    Ok(Outcome::of(well))
}

fn found(checks: &[Check], out: &Output) -> String {
    let wide = checks.iter().map(|c| width(c.name)).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks {
        let (word, style) = match check.state {
            State::Ok => ("ok     ", Style::Green),
            State::Note => ("note   ", Style::Yellow),
            State::Missing => ("MISSING", Style::Red),
        };
        let space = " ".repeat(wide - width(check.name));
        let name = format!("{}{space}", check.name);
        text += &format!("{}  {name}  {}\n", out.paint(style, word), crate::output::clean(&check.detail));
        if let Some(next) = &check.next {
            text += &format!("{}{} {next}\n", " ".repeat(11 + wide), out.paint(Style::Cyan, "->"));
        }
    }
    text
}

fn decoded(out: &Output) -> String {
    let mut table = Table::new(&["container", "codec", "decoded by", "how well"]);
    for format in formats() {
        let by = if format.by == By::BuiltIn { "this program" } else { "ffmpeg" };
        let (style, grade) = match format.available {
            true => (Style::Plain, format.grade.name()),
            false => (Style::Yellow, "needs ffmpeg"),
        };
        table.styled([
            (Style::Plain, format.container),
            (Style::Plain, format.codec),
            (Style::Dim, by),
            (style, grade),
        ]);
    }
    format!("\n{}\n{}", out.paint(Style::Bold, "Formats that decode on this machine"), table.render(out))
}
