//! Removing a person for good.

use crate::{
    commands::Outcome,
    context::Context,
    errors::Problem,
    output::{clean, count},
};
use earwitness_desk::people::{self, People};
use serde_json::json;
use std::io;

pub(super) fn run(wanted: &str, yes: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let people = People::load(&archive)?;
    let person = people.find(wanted)?;
    let (links, speakers) = (people.links_of(&person.id).count(), people.speakers_of(&person.id).len());
    let (name, all_links) = (clean(&person.name), count(links as u64, "link", "links"));
    if !yes {
        context.out.warn(&format!(
            "{} ({name}), {all_links} with all evidence, and the voiceprints of {} are to be removed for good. Nothing \
             brings them back.",
            person.id,
            count(speakers as u64, "speaker", "speakers")
        ));
        context.out.warn("type the name to do it:");
        let mut typed = String::new();
        io::stdin().read_line(&mut typed)?;
        if typed.trim() != person.name {
            let next = "type the name as it is kept, or give --yes";
            return Err(Problem::new(format!("another name was typed; {name} was left as it is"), next).into());
        }
    }
    let voices = archive.try_write(|tx| people::forget(tx, &person))?;
    let out = &context.out;
    if out.json {
        out.json(&json!({"person": person.id, "links": links, "voices": voices}))?;
    } else {
        let voices = count(voices as u64, "speaker", "speakers");
        out.line(&format!("removed for good: {}, {all_links}, and the voiceprints of {voices}", person.id))?;
        out.note("What is said in calls stays, and so do copies of the archive and files that were exported before.");
    }
    Ok(Outcome::Done)
}
