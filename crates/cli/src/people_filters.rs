//! Tells the filters of a query who `person:` and `voice:` mean.

use earwitness_archive::Archive;
use earwitness_desk::people::{People, meant};
use earwitness_find::{FilterKind, Filters};

/// Tells the filters which speakers are meant.
pub fn resolve(filters: &mut Filters, archive: &Archive) -> anyhow::Result<()> {
    let asked = |kind: &FilterKind| matches!(kind, FilterKind::Person(_) | FilterKind::Voice(_));
    if !filters.items.iter().any(|filter| asked(&filter.kind)) {
        return Ok(());
    }
    let people = People::load(archive)?;
    Ok(filters.resolve(|name, written| meant(archive, &people, name, written))?)
}
