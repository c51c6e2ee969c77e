//! How what is said changes.

use crate::{commands::Outcome, context::Context, output::Table};
use earwitness_desk::codebook::{By, Codebook, Period, over_time};
use serde_json::json;

pub(super) fn run(by: By, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let book = Codebook::load(&archive)?;
    let calls = archive.calls()?;
    let days = calls.iter().map(|call| (&call.id, call.started_at.map(|t| t.local().date())));
    let periods = over_time(days, &book.codings, by);
    let out = &context.out;
    if out.json {
        let name = if by == By::Week { "week" } else { "month" };
        out.json(&json!({"by": name, "periods": periods}))?;
        return Ok(Outcome::Done);
    }
    let used: Vec<_> = book.themes.iter().filter(|theme| book.count(&theme.id).passages > 0).collect();
    let headings: Vec<&str> = ["from", "calls"].into_iter().chain(used.iter().map(|t| t.name.as_str())).collect();
    let mut table = Table::new(&headings).right(1);
    let cell = |period: &Period, theme: &str| match period.themes.get(theme) {
        Some(count) => format!("{} in {}", count.passages, count.calls),
        None => String::new(),
    };
    for period in &periods {
        let from = period.from.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        let first = [from, period.calls.to_string()];
        table.row(first.into_iter().chain(used.iter().map(|theme| cell(period, &theme.id))));
    }
    out.print(&table.render(out))?;
    if used.is_empty() {
        out.note("No theme lies on anything yet; `earwitness themes put THEME CALL#TURN` lays one.");
    }
    Ok(Outcome::Done)
}
