//! Who `person:` and `voice:` mean in a query: the index knows labels and calls, the desk knows the rest.

use super::{People, PeopleError, Result, Target};
use earwitness_archive::Archive;
use earwitness_model::{SpeakerRef, Standing};

/// What ends the name of a person whose suggested links count, too.
const PERHAPS: char = '?';

/// The speakers that a filter means, by its name (`person` or `voice`) and what was written behind it.
///
/// A person by number, name or alias: where somebody confirmed that they speak, and with `?` behind the name also where
/// that is only suggested. What is disputed counts with the `?`, what is rejected never. A voice that was found in
/// several calls, or the speaker of one.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::Ambiguous`], [`PeopleError::NotAVoice`], what the archive gives.
pub fn meant(archive: &Archive, people: &People, filter: &str, written: &str) -> Result<Vec<SpeakerRef>> {
    if filter == "person" {
        let name = written.trim_end_matches(PERHAPS);
        let perhaps = name.len() < written.len();
        let id = people.find(name)?.id;
        let counts = |standing: Standing| perhaps || standing == Standing::Confirmed;
        let all = people.speakers_of(&id).into_iter();
        return Ok(all.filter(|(_, standing)| counts(*standing)).map(|(speaker, _)| speaker).collect());
    }
    match Target::find(archive, written)? {
        target @ (Target::Voice(_) | Target::Speaker(_)) => Ok(people.speakers(&target)),
        Target::Phone(_) => Err(PeopleError::NotAVoice(written.into())),
    }
}
