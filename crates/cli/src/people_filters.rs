//! Tells the filters of a query who `person:` and `voice:` mean, and where `theme:` lies.

use crate::errors::Problem;
use earwitness_archive::Archive;
use earwitness_desk::{
    codebook::Codebook,
    passage::MarksError,
    people::{People, PeopleError, meant},
};
use earwitness_find::{
    FilterKind, Filters,
    filters::{Calls, Filter},
};

const NOT_A_VOICE: &str = "for example voice:V1, or voice:CALL:A for one speaker; `earwitness voices` lists voices";

/// The same filters, and a theme among them.
pub fn with_theme(filters: &mut Filters, theme: Option<&str>) {
    let kind = theme.map(|theme| FilterKind::Theme(Calls::new(theme)));
    filters.items.extend(kind.map(|kind| Filter { negated: false, kind }));
}

/// Tells the filters which speakers and calls are meant.
pub fn resolve(filters: &mut Filters, archive: &Archive) -> anyhow::Result<()> {
    if filters.items.iter().any(|filter| matches!(filter.kind, FilterKind::Theme(_))) {
        let book = Codebook::load(archive)?;
        filters.resolve_themes(|written| {
            let theme = book.find(written)?;
            Ok::<_, MarksError>(book.calls_with(&theme.id))
        })?;
    }
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
