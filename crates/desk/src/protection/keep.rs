//! Keeping rules, and taking them back.

use super::{ProtectionError, Rule};
use crate::{kept::Kept, people::Person};
use earwitness_archive::{Error, Tx};
use earwitness_model::Author;

/// Keeps a rule. The same rule again keeps nothing: the one that is there is given back.
///
/// # Errors
/// [`ProtectionError`] for a rule that cannot be searched for or a person who is not there; what the archive gives.
pub fn add(tx: &Tx<'_>, author: Author, mut rule: Rule) -> Result<Kept<Rule>, ProtectionError> {
    rule.terms = rule.terms.iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty()).collect();
    rule.check()?;
    if let Some(person) = &rule.person
        && Kept::<Person>::get(tx, person)?.is_none()
    {
        return Err(Error::NotFound { kind: "person", wanted: person.clone() }.into());
    }
    let same = Kept::<Rule>::all(tx)?.into_iter().find(|known| known.is == rule);
    Ok(same.map_or_else(|| Kept::add(tx, author, &rule), Ok)?)
}

/// Takes a rule back; gives what it said.
///
/// # Errors
/// [`Error::NotFound`], and what else the archive gives.
pub fn remove(tx: &Tx<'_>, author: Author, id: &str) -> earwitness_archive::Result<Kept<Rule>> {
    let missing = || Error::NotFound { kind: "rule", wanted: id.to_owned() };
    let known = Kept::<Rule>::get(tx, id)?.ok_or_else(missing)?;
    known.withdraw(tx, author)?;
    Ok(known)
}
