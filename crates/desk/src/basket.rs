//! The basket: words that somebody may want to quote. Everybody has one.

mod reference;

pub use reference::Reference;

use crate::{
    claims::Fault,
    kept::{self, Keepable, Kept},
    passage::{self, Chosen, MarksError, Passage, Passages, Result},
};
use earwitness_archive::{Archive, Tx};
use earwitness_model::Author;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most items of a basket.
const MOST: usize = 500;
/// The longest note, in characters.
const LONGEST: usize = 4000;

/// A basket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    /// Whose it is, by the name that revisions carry.
    pub owner: String,
    /// In the order in which its owner wants them.
    pub items: Vec<Item>,
    /// The number of the newest item there ever was.
    pub newest: u32,
}

impl Keepable for Basket {
    const KIND: &'static str = "basket";
    const LETTER: &'static str = "k";
}

/// Words in a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number in this basket.
    pub id: u32,
    /// The words.
    #[serde(flatten)]
    pub passage: Passage,
    /// What they are wanted for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Basket {
    /// Somebody's basket, with its record where there is one.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn of(archive: &Archive, owner: &str) -> Result<(Self, Option<Kept<Self>>)> {
        let kept = Kept::<Self>::all(archive)?.into_iter().find(|basket| basket.owner == owner);
        let empty = || Self { owner: owner.to_owned(), ..Self::default() };
        Ok((kept.as_ref().map_or_else(empty, |kept| kept.is.clone()), kept))
    }

    /// An item.
    ///
    /// # Errors
    /// [`MarksError::NotFound`].
    pub fn item(&self, id: u32) -> Result<&Item> {
        let missing = || MarksError::NotFound { kind: "item of the basket", wanted: id.to_string() };
        self.items.iter().find(|item| item.id == id).ok_or_else(missing)
    }
}

/// Changes somebody's basket.
fn change<T>(tx: &Tx<'_>, owner: &str, act: impl FnOnce(&mut Basket) -> Result<T>) -> Result<T> {
    let (mut basket, kept) = Basket::of(tx, owner)?;
    let value = act(&mut basket)?;
    let author = Author::person(owner);
    match kept {
        Some(kept) => kept.change(tx, author, &basket)?,
        None => Kept::add(tx, author, &basket)?,
    };
    Ok(value)
}

fn checked(note: &str) -> Result<String> {
    match passage::text("note", note.trim(), LONGEST, true) {
        Some(fault) => Err(vec![fault].into()),
        None => Ok(note.trim().to_owned()),
    }
}

/// Puts words into somebody's basket and gives the number of the item; the same words once.
///
/// # Errors
/// [`MarksError::Faults`] for a basket that is full; as [`Passages::choose`].
pub fn add(tx: &Tx<'_>, owner: &str, chosen: &Chosen, note: &str) -> Result<u32> {
    let (passage, note) = (Passages::of(tx).choose(chosen)?, checked(note)?);
    change(tx, owner, |basket| {
        if let Some(same) = basket.items.iter_mut().find(|item| item.passage == passage) {
            if !note.is_empty() {
                same.note = note;
            }
            return Ok(same.id);
        }
        if basket.items.len() >= MOST {
            return Err(vec![Fault::new("", format!("there are {MOST} items in the basket; take some out"))].into());
        }
        basket.newest = basket.newest.saturating_add(1);
        basket.items.push(Item { id: basket.newest, passage, note });
        Ok(basket.newest)
    })
}

/// Writes another note on an item.
///
/// # Errors
/// [`MarksError::NotFound`], [`MarksError::Faults`]; what the archive gives.
pub fn note(tx: &Tx<'_>, owner: &str, id: u32, note: &str) -> Result<()> {
    let note = checked(note)?;
    change(tx, owner, |basket| {
        basket.item(id)?;
        basket.items.iter_mut().filter(|item| item.id == id).for_each(|item| item.note.clone_from(&note));
        Ok(())
    })
}

/// Takes an item out.
///
/// # Errors
/// [`MarksError::NotFound`]; what the archive gives.
pub fn remove(tx: &Tx<'_>, owner: &str, id: u32) -> Result<Item> {
    change(tx, owner, |basket| {
        let item = basket.item(id)?.clone();
        basket.items.retain(|item| item.id != id);
        Ok(item)
    })
}

/// Puts the items into this order.
///
/// # Errors
/// [`MarksError::Order`] where these are not the items, each once; what the archive gives.
pub fn order(tx: &Tx<'_>, owner: &str, ids: &[u32]) -> Result<()> {
    change(tx, owner, |basket| {
        let mut items: BTreeMap<u32, Item> = std::mem::take(&mut basket.items).into_iter().map(|i| (i.id, i)).collect();
        basket.items = ids.iter().map_while(|id| items.remove(id)).collect();
        if basket.items.len() == ids.len() && items.is_empty() { Ok(()) } else { Err(MarksError::Order) }
    })
}

/// Puts back what the basket was before its newest change. To undo an undo is to do it again.
///
/// # Errors
/// [`MarksError::NotFound`] where there never was anything in it; what the archive gives.
pub fn undo(tx: &Tx<'_>, owner: &str) -> Result<()> {
    let missing = || MarksError::NotFound { kind: "basket of", wanted: owner.to_owned() };
    let kept = Basket::of(tx, owner)?.1.ok_or_else(missing)?;
    if kept.revision > 1 {
        kept::undo(tx, Basket::KIND, &kept.id, None, Author::person(owner))?;
        return Ok(());
    }
    // Its number stays with its owner: an empty basket, not none.
    kept.change(tx, Author::person(owner), &Basket { items: Vec::new(), ..kept.is.clone() })?;
    Ok(())
}

#[cfg(test)]
mod tests;
