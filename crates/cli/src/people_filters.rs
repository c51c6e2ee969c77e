//! Who `person:` and `voice:` mean in a query: the index knows labels and calls, the archive knows the rest.

use crate::errors::Problem;
use earwitness_archive::Archive;
use earwitness_desk::people::{People, Target};
use earwitness_find::{FilterKind, Filters};
use earwitness_model::{SpeakerRef, Standing};

/// What ends the name of a person whose suggested links count, too.
const PERHAPS: char = '?';

/// Tells the filters which speakers are meant.
pub fn resolve(filters: &mut Filters, archive: &Archive) -> anyhow::Result<()> {
    let asked = |kind: &FilterKind| matches!(kind, FilterKind::Person(_) | FilterKind::Voice(_));
    if !filters.items.iter().any(|filter| asked(&filter.kind)) {
        return Ok(());
    }
    let people = People::load(archive)?;
    filters.resolve(|name, written| match name {
        "person" => person(&people, written),
        _ => voice(archive, &people, written),
    })
}

/// A person by number, name or alias: where somebody confirmed that they speak, and with `?` behind the name also
/// where that is only suggested. What is disputed counts with the `?`, what is rejected never.
fn person(people: &People, written: &str) -> anyhow::Result<Vec<SpeakerRef>> {
    let name = written.trim_end_matches(PERHAPS);
    let perhaps = name.len() < written.len();
    let id = people.find(name)?.id;
    let counts = |standing: Standing| perhaps || standing == Standing::Confirmed;
    Ok(people.speakers_of(&id).into_iter().filter(|(_, standing)| counts(*standing)).map(|(s, _)| s).collect())
}

/// A voice that was found in several calls, or the speaker of one.
fn voice(archive: &Archive, people: &People, written: &str) -> anyhow::Result<Vec<SpeakerRef>> {
    match Target::find(archive, written)? {
        target @ (Target::Voice(_) | Target::Speaker(_)) => Ok(people.speakers(&target)),
        Target::Phone(_) => {
            let next = "for example voice:V1, or voice:CALL:A for one speaker; `earwitness voices` lists voices";
            Err(Problem::usage(format!("{written:?} is no voice"), next).into())
        }
    }
}
