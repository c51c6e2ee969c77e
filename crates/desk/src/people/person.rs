//! Persons: somebody we believe exists, under a working name.

use super::{Kept, PeopleError, Result};
use crate::kept::Keepable;
use earwitness_archive::{Archive, Tx};
use earwitness_model::Author;
use serde::{Deserialize, Serialize};

/// What is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What the desk calls them.
    pub name: String,
    /// What readers are to see instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// For example `soldier` or `mother of p1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether nothing that leads to this person may leave the house.
    #[serde(default)]
    pub protect: bool,
}

impl Keepable for Person {
    const KIND: &'static str = "person";
    const LETTER: &'static str = "p";
}

impl Person {
    /// Without spaces around, without texts that say nothing.
    fn tidy(mut self) -> Result<Self> {
        self.name = plain(&self.name).ok_or(PeopleError::NoName)?;
        for text in [&mut self.alias, &mut self.role] {
            if let Some(said) = text.take().filter(|said| !said.trim().is_empty()) {
                *text = Some(plain(&said).ok_or(PeopleError::NoName)?);
            }
        }
        self.note = self.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        Ok(self)
    }
}

/// One line of at most 200 characters.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=200).contains(&text.chars().count()) && !text.contains(char::is_control);
    fits.then(|| text.to_owned())
}

/// Adds a person.
///
/// # Errors
/// [`PeopleError::NoName`], [`PeopleError::NameTaken`], what the archive gives.
pub fn add(tx: &Tx<'_>, author: Author, person: Person) -> Result<Kept<Person>> {
    let person = person.tidy()?;
    free(tx, &person.name, None)?;
    Ok(Kept::add(tx, author, &person)?)
}

/// Changes what is known of a person.
///
/// # Errors
/// As [`add`]; [`earwitness_archive::Error::Changed`] when somebody did so meanwhile.
pub fn change(tx: &Tx<'_>, author: Author, kept: &Kept<Person>, person: Person) -> Result<Kept<Person>> {
    let person = person.tidy()?;
    free(tx, &person.name, Some(&kept.id))?;
    Ok(kept.change(tx, author, &person)?)
}

fn free(archive: &Archive, name: &str, own: Option<&str>) -> Result<()> {
    let same = |p: &Kept<Person>| p.name.to_lowercase() == name.to_lowercase() && Some(p.id.as_str()) != own;
    match Kept::<Person>::all(archive)?.into_iter().find(same) {
        Some(taken) => Err(PeopleError::NameTaken { name: taken.name.clone(), id: taken.id }),
        None => Ok(()),
    }
}

/// The person that people mean by `wanted`: their number in the archive (`p1`), their name or alias, or the beginning
/// of one, tried in this order; case does not matter.
///
/// # Errors
/// [`PeopleError::NotFound`], [`PeopleError::Ambiguous`], what the archive gives.
pub fn find(archive: &Archive, wanted: &str) -> Result<Kept<Person>> {
    chosen(Kept::<Person>::all(archive)?, wanted)
}

pub(super) fn chosen(persons: Vec<Kept<Person>>, wanted: &str) -> Result<Kept<Person>> {
    let sought = wanted.trim().to_lowercase();
    let names = |p: &Kept<Person>| [Some(p.name.to_lowercase()), p.alias.as_ref().map(|a| a.to_lowercase())];
    let fits = |step: u8, p: &Kept<Person>| match step {
        0 => p.id == sought,
        1 => names(p).into_iter().flatten().any(|name| name == sought),
        _ => !sought.is_empty() && names(p).into_iter().flatten().any(|name| name.starts_with(&sought)),
    };
    for step in 0..3 {
        let mut found: Vec<Kept<Person>> = persons.iter().filter(|p| fits(step, p)).cloned().collect();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => return Ok(only),
            (Some(last), false) => {
                let choices = found.iter().chain([&last]).map(|p| format!("{} ({})", p.id, p.name)).collect();
                return Err(PeopleError::Ambiguous { wanted: wanted.into(), choices });
            }
            (None, _) => {}
        }
    }
    Err(PeopleError::NotFound { kind: "person", wanted: wanted.into() })
}
