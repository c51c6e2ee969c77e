//! The page of a call.

use super::{Listed, Shown};
use crate::output::{Output, Style, Table, bytes, clean, columns, count, width, wrap};
use earwitness_model::{Call, Phone, Revision, Turn, TurnTranslation, Verdict, time::clock};

/// Below this mean probability a turn is shown as doubtful even where no doubt was marked.
const UNSURE: f32 = 0.5;
/// Seconds by which a translation reaches beyond its turn before that is told.
const BEYOND: f64 = 0.1;
/// Columns before the speaker.
const BEFORE: usize = 13;
/// Columns before the text of a turn, as they are in [`turn`].
const INDENT: usize = 16;
/// The most that names may move it to the right.
const FARTHEST: usize = 42;

/// The whole page.
pub fn page(shown: &Shown, translated: bool, out: &Output) -> String {
    let mut text = format!("{}\n", out.paint(Style::Bold, &format!("Call {}", shown.call.id)));
    text += &facts(shown).render(out);
    text += &files(shown, out);
    text += &revisions(&shown.revisions, out);
    let Some(revision) = &shown.transcript else {
        return text + "\nNot heard yet: `earwitness process` makes a transcript.\n";
    };
    let title = format!("Transcript {} by {}", revision.number, clean(&revision.author.to_string()));
    text += &format!("\n{}\n", out.paint(Style::Bold, &title));
    if !revision.author.is_person() {
        text += &format!("{}\n", out.paint(Style::Dim, "A machine's draft: listen before you rely on it."));
    }
    text += &people(shown, out);
    let translation = shown.translation.as_ref().filter(|_| translated);
    text += &banner(shown, translated, out);
    text.push('\n');
    let turns = revision.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    if turns.is_empty() {
        text += "No words were heard.\n";
    }
    let said = translation.and_then(Revision::translation);
    let said = said.map_or_else(|| vec![None; turns.len()], |t| t.of_turns(turns));
    let who: Vec<String> = turns.iter().map(|one| who(one, shown)).collect();
    let widest = who.iter().map(|who| width(who)).max().unwrap_or(0);
    let indent = (BEFORE + widest + 2).clamp(INDENT, FARTHEST);
    for ((one, said), who) in turns.iter().zip(said).zip(&who) {
        let said = said.zip(translation).map(|(said, revision)| under_turn(&said, one, revision));
        text += &turn(one, who, indent, said.as_deref(), out);
    }
    text
}

/// The label, with its track where there are several, and the name beside it.
fn who(turn: &Turn, shown: &Shown) -> String {
    let speaker = clean(&turn.speaker);
    let tracks = shown.call.channels > 1;
    let label = if tracks { format!("{speaker}/{}", u32::from(turn.channel) + 1) } else { speaker };
    shown.written.get(&turn.speaker).map_or(label.clone(), |person| clean(&person.beside(&label)))
}

/// Who the speakers are held to be: a hypothesis, and so beside the transcript and not in it.
fn people(shown: &Shown, out: &Output) -> String {
    let mut table = Table::new(&[]);
    for (label, named) in &shown.people {
        let standing = format!("{} ({}, {})", named.standing.words(), named.person, named.link);
        let alias = named.alias.as_ref().map_or(String::new(), |alias| format!("for readers: {alias}"));
        let protect = if named.protect { "PROTECTED" } else { "" };
        table.styled([
            (Style::Cyan, format!("  {label}")),
            (Style::Bold, shown.written.get(label).and_then(|w| w.written()).unwrap_or("(protected)").into()),
            (Style::Dim, standing),
            (Style::Plain, alias),
            (Style::Red, protect.into()),
        ]);
    }
    table.render(out)
}

/// The translation as it stands under its turn: what it reaches over after a split, and whether it is a machine's draft
/// in the translation of a person.
fn under_turn(said: &TurnTranslation, turn: &Turn, revision: &Revision) -> String {
    let mut text = clean(&said.text);
    if said.span.start < turn.start - BEYOND || said.span.end > turn.end + BEYOND {
        text += &format!("  (of {} - {})", clock(said.span.start), clock(said.span.end));
    }
    if revision.author.is_person() && revision.is_draft(said.taken.as_ref()) {
        text += "  (draft)";
    }
    text
}

/// The head of a comparison.
pub fn compared(old: &Revision, new: &Revision, out: &Output) -> String {
    let name = |r: &Revision| format!("transcript {} ({}) by {}", r.number, r.id, clean(&r.author.to_string()));
    let title = format!("From {}\n  to {}", name(old), name(new));
    title.lines().map(|line| out.paint(Style::Bold, line) + "\n").collect()
}

fn facts(shown: &Shown) -> Table {
    let call = &shown.call;
    let mut table = Table::new(&[]);
    let mut fact = |name: &str, text: String| table.styled([(Style::Dim, format!("  {name}")), (Style::Plain, text)]);
    let when = call.started_at.map_or("unknown".into(), |t| t.to_string().replacen('T', " ", 1));
    let tracks = count(call.channels.into(), "track", "tracks");
    fact("when", format!("{when}, {} long, {tracks}", clock(call.duration)));
    fact("from", phone(call.from.as_ref()));
    fact("to", phone(call.to.as_ref()));
    if let Some(direction) = &call.direction {
        fact("direction", direction.clone());
    }
    if let Some(place) = place(call) {
        fact("place", place);
    }
    if let Some(note) = &call.note {
        fact("note", note.clone());
    }
    if let Some(recording) = &shown.recording {
        let format = recording.format.as_ref();
        let format = format.map_or(String::new(), |f| format!("{} {} {} Hz, ", f.container, f.codec, f.sample_rate));
        fact("sound", format!("{format}{}", bytes(recording.size)));
        if let Some(damage) = &recording.damage {
            fact("DAMAGED", format!("{} decodes: {}", clock(damage.decoded), damage.reason));
        }
        if let Some(sound) = &recording.sound {
            fact("holds", format!("{sound}: no speech is expected"));
        }
    }
    fact("sealed as", call.recording.hex());
    table
}

fn phone(phone: Option<&Phone>) -> String {
    match phone {
        None => "unknown".into(),
        Some(Phone { written, e164: Some(e164) }) if e164 != written => format!("{e164}  (written {written})"),
        Some(Phone { written, e164: Some(_) }) => written.clone(),
        Some(Phone { written, e164: None }) => format!("{written}  (not a telephone number)"),
    }
}

fn place(call: &Call) -> Option<String> {
    let point = call.place.latitude.zip(call.place.longitude).map(|(lat, lon)| format!("{lat:.5}, {lon:.5}"));
    let parts: Vec<String> = point.into_iter().chain(call.place.sector.clone()).collect();
    (!parts.is_empty()).then(|| format!("{} (the base station, not the person)", parts.join(", ")))
}

fn files(shown: &Shown, out: &Output) -> String {
    let mut table = Table::new(&[]);
    if shown.files.is_empty() {
        for file in &shown.call.files {
            table.row(["  ", &file.name]);
        }
    }
    for file in &shown.files {
        let verdict = match &file.verdict {
            Verdict::ReEncoding { score, .. } => {
                format!("the same sound in other bytes ({:.0} % alike)", score * 100.0)
            }
            Verdict::Excerpt { at, .. } => format!("an excerpt: {} - {}", clock(at.start), clock(at.end)),
            Verdict::ExactDuplicate { .. } => "the same bytes again".into(),
            other => other.name().replace('_', " "),
        };
        table.row([format!("  {}", file.delivery), file.name.clone(), verdict]);
    }
    format!("\n{}\n{}", out.paint(Style::Bold, "Files"), table.render(out))
}

fn revisions(list: &[Listed], out: &Output) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[]);
    for revision in list {
        let mark = match (revision.current, revision.stale) {
            (true, true) => (Style::Yellow, "current, STALE"),
            (true, false) => (Style::Green, "current"),
            (false, true) => (Style::Dim, "stale"),
            (false, false) => (Style::Plain, ""),
        };
        let based = revision.based_on.as_ref().map_or(String::new(), |b| format!("on {b}"));
        table.styled([
            (Style::Plain, format!("  {} {}", revision.kind, revision.number)),
            (Style::Cyan, revision.id.to_string()),
            (Style::Plain, revision.author.clone()),
            (Style::Dim, revision.created_at.clone()),
            (Style::Dim, based),
            (mark.0, mark.1.into()),
        ]);
    }
    format!("\n{}\n{}", out.paint(Style::Bold, "Revisions"), table.render(out))
}

fn banner(shown: &Shown, translated: bool, out: &Output) -> String {
    let Some(translation) = &shown.translation else {
        return if translated { "There is no translation.\n".into() } else { String::new() };
    };
    let made = match translation.drafts() {
        (0, _) => String::new(),
        (drafts, all) if drafts == all => " A machine's translation is a draft of a draft.".into(),
        (drafts, all) => format!(" {drafts} of {all} turns are still a machine's draft."),
    };
    match (translated, shown.stale) {
        (_, true) => {
            let loud = "THE TRANSLATION IS STALE: it was made from another revision of this transcript.";
            format!("{}{}\n", out.paint(Style::Yellow, loud), if translated { &made } else { "" })
        }
        (true, false) => {
            let author = clean(&translation.author.to_string());
            // A name may end with a stop of its own.
            let stop = if author.ends_with('.') { "" } else { "." };
            format!("Translation {} by {author}{stop}{made}\n", translation.number)
        }
        (false, false) => String::new(),
    }
}

/// Time, speaker, text; under it the translation, and the doubt.
fn turn(turn: &Turn, who: &str, indent: usize, translation: Option<&str>, out: &Output) -> String {
    let unsure = turn.doubt.is_some() || turn.confidence < UNSURE;
    let head = format!("{:>11}  {who}", clock(turn.start));
    let space = " ".repeat(indent.saturating_sub(width(&head)).max(1));
    let sure = if turn.text.is_empty() { String::new() } else { format!("{:3.0} %", turn.confidence * 100.0) };
    let words = if turn.text.is_empty() { "…".into() } else { clean(&turn.text) };
    let mut lines = wrap(&format!("{words}  {sure}"), columns().saturating_sub(indent)).into_iter();
    let style = if unsure { Style::Dim } else { Style::Plain };
    let first = lines.next().unwrap_or_default();
    let mut text = format!("{}{space}{}\n", out.paint(Style::Cyan, &head), out.paint(style, &first));
    let mut under = |mark: &str, style: Style, words: &str| {
        for line in wrap(&format!("{mark}{words}"), columns().saturating_sub(indent)) {
            text += &format!("{}{}\n", " ".repeat(indent), out.paint(style, &line));
        }
    };
    lines.for_each(|line| under("", style, &line));
    if let Some(words) = translation {
        under("> ", Style::Green, words);
    }
    if let Some(mark) = &turn.doubt {
        let heard = mark.heard.as_ref().map_or(String::new(), |h| format!("; heard \"{}\"", clean(h)));
        under("?? ", Style::Yellow, &format!("{}: {}{heard}", mark.reason.words(), clean(&mark.detail)));
    }
    text
}
