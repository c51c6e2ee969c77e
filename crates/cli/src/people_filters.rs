//! Tells the filters of a query who `person:` and `voice:` mean.

use crate::errors::Problem;
use earwitness_archive::Archive;
use earwitness_desk::people::{People, PeopleError, meant};
use earwitness_find::{FilterKind, Filters};

const NOT_A_VOICE: &str = "for example voice:V1, or voice:CALL:A for one speaker; `earwitness voices` lists voices";

/// Tells the filters which speakers are meant.
pub fn resolve(filters: &mut Filters, archive: &Archive) -> anyhow::Result<()> {
    let asked = |kind: &FilterKind| matches!(kind, FilterKind::Person(_) | FilterKind::Voice(_));
    if !filters.items.iter().any(|filter| asked(&filter.kind)) {
        return Ok(());
    }
    let people = People::load(archive)?;
    filters.resolve(|name, written| meant(archive, &people, name, written)).map_err(|error| match error {
        PeopleError::NotAVoice(_) => Problem::usage(error.to_string(), NOT_A_VOICE).into(),
        other => other.into(),
    })
}
