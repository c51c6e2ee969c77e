//! All voices: groups first, then speakers that stand alone.

use super::{Outcome, calls_of, load, phones, speech};
use crate::{
    context::Context,
    output::{Output, Table, count},
};
use earwitness_desk::voices::Voices;
use earwitness_model::{SpeakerRef, time::clock};
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    voice: String,
    /// `suggested` or `confirmed`; none for a speaker alone.
    standing: Option<&'static str>,
    members: Vec<SpeakerRef>,
    calls: usize,
    first: Option<String>,
    last: Option<String>,
    phones: Vec<String>,
    net_speech: f64,
}

pub fn run(context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let voices = load(&archive)?;
    let rows = rows(&voices);
    let out = &context.out;
    if out.json {
        out.json(&rows)?;
    } else {
        out.print(&page(&rows, &voices, out))?;
    }
    Ok(Outcome::Done)
}

fn rows(voices: &Voices) -> Vec<Row> {
    let grouped = |speaker: &SpeakerRef| voices.groups.iter().any(|group| group.members.contains(speaker));
    let groups = voices.groups.iter().map(|kept| {
        let standing = Some(kept.standing.words());
        row(voices, kept.id.clone(), standing, kept.members.clone())
    });
    let alone = voices.prints.iter().filter(|print| !grouped(&print.speaker));
    let alone = alone.map(|print| row(voices, print.speaker.to_string(), None, vec![print.speaker.clone()]));
    groups.chain(alone).collect()
}

fn row(voices: &Voices, voice: String, standing: Option<&'static str>, members: Vec<SpeakerRef>) -> Row {
    let calls = calls_of(voices, &members);
    let days: Vec<String> = calls.iter().filter_map(|call| Some(call.started_at?.local().date().to_string())).collect();
    Row {
        voice,
        standing,
        calls: calls.len(),
        first: days.first().cloned(),
        last: days.last().cloned(),
        phones: phones(&calls),
        net_speech: speech(voices, &members),
        members,
    }
}

fn page(rows: &[Row], voices: &Voices, out: &Output) -> String {
    if rows.is_empty() {
        return "No voices yet: `earwitness process` measures them while it listens.\n".into();
    }
    let mut table = Table::new(&["voice", "standing", "calls", "speech", "first", "last", "phones"]).right(2).right(3);
    for row in rows {
        table.row([
            row.voice.clone(),
            row.standing.unwrap_or("alone").into(),
            row.calls.to_string(),
            clock(row.net_speech.round()).trim_end_matches(".000").into(),
            row.first.clone().unwrap_or_default(),
            row.last.clone().unwrap_or_default(),
            row.phones.join(" "),
        ]);
    }
    let alone = rows.iter().filter(|row| row.standing.is_none()).count();
    let mut text = table.cut_to_fit().render(out);
    text += &format!(
        "\n{}, {} alone, {} of people\n",
        count(voices.groups.len() as u64, "group", "groups"),
        count(alone as u64, "speaker", "speakers"),
        count(voices.decisions.len() as u64, "decision", "decisions"),
    );
    text
}
