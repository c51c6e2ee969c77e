//! The speakers of a call to be read.

use crate::{
    commands::Outcome,
    context::Context,
    output::{Output, Style, Table, clean, count},
};
use earwitness_archive::Archive;
use earwitness_desk::{
    people::People,
    speakers::{self, CallSpeakers, Measured, NOBODY, Speaker},
};
use earwitness_model::{Call, Phone};

pub(super) fn show(wanted: &str, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let call = archive.find_call(wanted)?;
    tell(&archive, &call, context)?;
    Ok(Outcome::Done)
}

/// The list, as text or as JSON.
pub(super) fn tell(archive: &Archive, call: &Call, context: &Context) -> anyhow::Result<()> {
    let people = People::load(archive)?;
    let found = speakers::list(archive, call, &people)?;
    let out = &context.out;
    if out.json {
        return out.json(&found);
    }
    out.print(&page(&found, call, out))?;
    for link in &found.adrift {
        let who = people.person(&link.person).map_or(link.person.clone(), |p| clean(&p.name));
        out.warn(&format!(
            "{} links {who} to {}, whom nobody in this call is any more; if it holds of another speaker, say so with \
             `earwitness people link`",
            link.id,
            clean(&link.target.to_string())
        ));
    }
    Ok(())
}

fn page(found: &CallSpeakers, call: &Call, out: &Output) -> String {
    let mut text = format!("{}\n", out.paint(Style::Bold, &format!("Call {}", found.call)));
    text += &format!("  {}\n", line(found));
    let columns = ["", "side", "turns", "speaks", "held to be", "voice", "voiceprint"];
    let mut table = Table::new(&columns).right(2).right(3).cut_to_fit();
    for speaker in &found.speakers {
        table.styled(row(speaker, call.channels > 1));
    }
    text += &table.render(out);
    text += &format!("{} by {}\n", count(voices(found), "speaker", "speakers"), clean(&found.by.to_string()));
    if found.speakers.iter().any(|s| s.voiceprint == Measured::Outdated) {
        text +=
            "The transcript was corrected since the voices were measured: `earwitness process` measures them again.\n";
    }
    text
}

fn voices(found: &CallSpeakers) -> u64 {
    found.speakers.iter().filter(|s| s.speaker != NOBODY).count() as u64
}

/// The two ends of the line, and which of them is listened to.
fn line(found: &CallSpeakers) -> String {
    let number = |phone: Option<&Phone>| phone.map_or("unknown".into(), |p| clean(p.label()));
    let ends = format!("caller {} -> called {}", number(found.from.as_ref()), number(found.to.as_ref()));
    match &found.listened_to {
        None => format!("{ends}  (the table does not say which line is listened to)"),
        Some(end) => {
            let number = end.number.as_ref().map_or(String::new(), |n| format!(" {}", clean(n)));
            format!("{ends}  (listened to: the {}{number})", end.side.words())
        }
    }
}

fn row(speaker: &Speaker, tracks: bool) -> [(Style, String); 7] {
    let track = match (tracks, speaker.channels.first()) {
        (true, Some(channel)) => format!(" /{}", u32::from(*channel) + 1),
        _ => String::new(),
    };
    let nobody = if speaker.speaker == NOBODY { " (nobody known)" } else { "" };
    let person = speaker.person.as_ref().map_or(String::new(), |p| format!("{}, {}", p.name, p.standing.words()));
    let voice = speaker.voice.as_ref().map_or(String::new(), |v| format!("{}, {}", v.id, v.standing.words()));
    let (style, print) = match &speaker.voiceprint {
        Measured::Yes { net_speech, quality } => (Style::Plain, format!("{quality:.2} on {net_speech:.1} s")),
        Measured::TooLittle { net_speech } => (Style::Yellow, format!("too little speech ({net_speech:.1} s)")),
        Measured::Forgotten => (Style::Dim, "forgotten".into()),
        Measured::Outdated => (Style::Yellow, "to be measured again".into()),
        Measured::No => (Style::Dim, "not measured".into()),
    };
    [
        (Style::Cyan, format!("  {}{track}{nobody}", speaker.speaker)),
        (Style::Plain, speaker.side.map_or("", |side| side.words()).into()),
        (Style::Plain, speaker.turns.to_string()),
        (Style::Plain, format!("{:.1} s", speaker.seconds)),
        (Style::Bold, person),
        (Style::Plain, voice),
        (style, print),
    ]
}
