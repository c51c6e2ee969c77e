//! Keeping themes, changing them, and laying them on passages.

use super::{COLOURS, Codebook, Coding, Theme};
use crate::{
    claims::Fault,
    kept::{self, Keepable, Kept},
    passage::{self, Chosen, MarksError, Passages, Result},
};
use earwitness_archive::Tx;
use earwitness_model::Author;

/// The longest texts, in characters.
const NAME: usize = 80;
const LONG: usize = 4000;

impl Theme {
    /// The theme with its texts tidied, and everything that is wrong with it in itself.
    pub fn checked(mut self) -> (Self, Vec<Fault>) {
        for text in [&mut self.name, &mut self.about] {
            *text = text.trim().to_owned();
        }
        self.warning = self.warning.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut faults: Vec<Fault> = passage::text("name", &self.name, NAME, false).into_iter().collect();
        if self.name.is_empty() {
            faults.push(Fault::new("name", "a theme needs a name"));
        }
        let number = self.name.strip_prefix(Self::LETTER).unwrap_or_default();
        if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
            let what = format!("“{}” is how the archive numbers themes; choose another name", self.name);
            faults.push(Fault::new("name", what));
        }
        faults.extend(passage::text("about", &self.about, LONG, true));
        faults.extend(self.warning.iter().filter_map(|text| passage::text("warning", text, NAME, false)));
        if self.key.is_some_and(|key| !is_key(key)) {
            faults.push(Fault::new("key", "a key is one digit or one small letter"));
        }
        if self.colour >= COLOURS {
            faults.push(Fault::new("colour", format!("there are the colours 0 to {}", COLOURS - 1)));
        }
        (self, faults)
    }
}

/// A digit or a letter that has no other case than the small one it is.
fn is_key(key: char) -> bool {
    key.is_ascii_digit() || (key.is_alphabetic() && key.is_lowercase())
}

/// What two themes have that only one may have: `other` is another theme than `theme`.
pub(super) fn clashes(theme: &Theme, other: &Theme, called: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if theme.name.to_lowercase() == other.name.to_lowercase() {
        faults.push(Fault::new("name", format!("“{}” is the name of {called} already", other.name)));
    }
    if let Some(key) = theme.key.filter(|_| !theme.retired && !other.retired && theme.key == other.key) {
        faults.push(Fault::new("key", format!("“{key}” is the key of “{}” already", other.name)));
    }
    faults
}

fn ready(tx: &Tx<'_>, theme: Theme, own: Option<&str>) -> Result<Theme> {
    let (theme, mut faults) = theme.checked();
    for other in Kept::<Theme>::all(tx)?.iter().filter(|other| Some(other.id.as_str()) != own) {
        faults.extend(clashes(&theme, other, &other.id));
    }
    if faults.is_empty() { Ok(theme) } else { Err(faults.into()) }
}

/// Adds a theme.
///
/// # Errors
/// [`MarksError::Faults`] for texts that cannot be, a name or key that is taken; what the archive gives.
pub fn add(tx: &Tx<'_>, author: Author, theme: Theme) -> Result<Kept<Theme>> {
    let theme = ready(tx, theme, None)?;
    Ok(Kept::add(tx, author, &theme)?)
}

/// Keeps a changed theme, unless somebody changed it since this revision.
///
/// # Errors
/// As [`add`].
pub fn change(tx: &Tx<'_>, author: Author, known: &Kept<Theme>, to: Theme) -> Result<Kept<Theme>> {
    let theme = ready(tx, to, Some(&known.id))?;
    Ok(known.change(tx, author, &theme)?)
}

/// Lays a theme on a passage. Where it lies on just these words already, that coding is given back, with false.
///
/// # Errors
/// [`MarksError::Retired`], [`MarksError::Faults`] for a note that cannot be kept; as [`Codebook::find`] and
/// [`Passages::choose`].
pub fn put(tx: &Tx<'_>, author: Author, theme: &str, chosen: &Chosen, note: &str) -> Result<(Kept<Coding>, bool)> {
    let book = Codebook::load(tx)?;
    let theme = book.find(theme)?;
    if theme.retired {
        return Err(MarksError::Retired(theme.name.clone()));
    }
    let note = checked(note)?;
    let mut passages = Passages::of(tx);
    let passage = passages.choose(chosen)?;
    let here = passages.look(&passage)?.now;
    for known in book.codings.iter().filter(|c| c.theme == theme.id && c.passage.call == passage.call) {
        let same = known.passage == passage || (here.is_some() && passages.look(&known.passage)?.now == here);
        if same {
            return Ok((known.clone(), false));
        }
    }
    let coding = Coding { theme: theme.id.clone(), passage, note };
    Ok((Kept::add(tx, author, &coding)?, true))
}

/// Writes another note on a coding.
///
/// # Errors
/// [`MarksError::NotFound`], [`MarksError::Faults`]; what the archive gives.
pub fn note(tx: &Tx<'_>, author: Author, coding: &str, note: &str) -> Result<Kept<Coding>> {
    let book = Codebook::load(tx)?;
    let known = book.coding(coding)?;
    let changed = Coding { note: checked(note)?, ..known.is.clone() };
    Ok(known.change(tx, author, &changed)?)
}

fn checked(note: &str) -> Result<String> {
    let note = note.trim();
    match passage::text("note", note, LONG, true) {
        Some(fault) => Err(vec![fault].into()),
        None => Ok(note.to_owned()),
    }
}

/// Takes a theme off a passage; gives what lay there.
///
/// # Errors
/// [`MarksError::NotFound`]; what the archive gives.
pub fn take(tx: &Tx<'_>, author: Author, coding: &str) -> Result<Kept<Coding>> {
    let known = Codebook::load(tx)?.coding(coding)?.clone();
    known.withdraw(tx, author)?;
    Ok(known)
}

/// Puts back what a theme (`t1`) or a coding (`o1`) was before its newest change. To undo an undo is to do it again.
///
/// # Errors
/// [`MarksError::NotFound`], [`MarksError::InUse`] for a theme that would go and lies on something,
/// [`MarksError::Faults`] where its old name or key is another's now; what the archive gives.
pub fn undo(tx: &Tx<'_>, author: Author, id: &str) -> Result<()> {
    let is_theme = id.starts_with(Theme::LETTER);
    let kind = if is_theme { Theme::KIND } else { Coding::KIND };
    if tx.record_history(kind, id)?.is_empty() {
        return Err(MarksError::NotFound { kind, wanted: id.into() });
    }
    let before = Codebook::load(tx)?;
    let record = kept::undo(tx, kind, id, None, author)?;
    if !is_theme {
        return Ok(());
    }
    match record.is_withdrawn() {
        true => match before.count(id).passages {
            0 => Ok(()),
            passages => Err(MarksError::InUse { theme: id.into(), passages }),
        },
        false => ready(tx, Kept::<Theme>::read(record)?.is, Some(id)).map(|_| ()),
    }
}
