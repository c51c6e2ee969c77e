//! The codebook as JSON: out of an archive, and into one. Passages are not part of it.

use super::{COLOURS, Theme, decide};
use crate::{
    claims::Fault,
    kept::Kept,
    object::{self, Object, each},
    passage::Result,
};
use earwitness_archive::{Archive, Tx};
use earwitness_model::Author;
use serde::Serialize;
use serde_json::{Value, json};

/// What a file says of itself.
pub const FORM: &str = "earwitness-codebook-1";
/// The longest file, in bytes.
pub const LONGEST: usize = 1 << 20;
/// The most themes of a file.
const MOST: usize = 1000;

/// Fields of a theme in a file.
const THEME: [&str; 6] = ["name", "about", "key", "warning", "colour", "retired"];

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Records of themes that are new.
    pub added: Vec<String>,
    /// Records of themes that say something else than before.
    pub changed: Vec<String>,
    /// How many themes were there, just so.
    pub same: usize,
}

/// All themes of an archive, with a line break at the end.
///
/// # Errors
/// What the archive gives.
pub fn export(archive: &Archive) -> earwitness_archive::Result<String> {
    let themes: Vec<Theme> = Kept::<Theme>::all(archive)?.into_iter().map(|theme| theme.is).collect();
    // Texts, truths and whole numbers always have a form; `#` prints what serde_json prints prettily.
    Ok(format!("{:#}\n", json!({"form": FORM, "themes": themes})))
}

/// Takes a codebook in: all of it or, where anything is wrong, nothing. A theme whose name is known is changed to what
/// the file says; what the file does not name stays as it is. The same file again changes nothing.
///
/// # Errors
/// [`crate::passage::MarksError::Faults`] with everything that is wrong, each with its place; what the archive gives.
pub fn import(tx: &Tx<'_>, author: &Author, text: &str) -> Result<Imported> {
    let themes = read(text)?;
    let known = Kept::<Theme>::all(tx)?;
    let called = |name: &str| known.iter().find(|k| k.name.to_lowercase() == name.to_lowercase());
    let stays = |k: &&Kept<Theme>| !themes.iter().any(|t| t.name.to_lowercase() == k.name.to_lowercase());
    let mut faults = Vec::new();
    for (n, theme) in themes.iter().enumerate() {
        let mut wrong: Vec<Fault> = known.iter().filter(stays).flat_map(|k| decide::clashes(theme, k, &k.id)).collect();
        for (m, other) in themes.iter().enumerate().take(n) {
            wrong.extend(decide::clashes(theme, other, &format!("themes[{m}]")));
        }
        faults.extend(wrong.into_iter().map(|fault| fault.within(&format!("themes[{n}]"))));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let mut told = Imported::default();
    for theme in &themes {
        match called(&theme.name) {
            None => told.added.push(Kept::add(tx, author.clone(), theme)?.id),
            Some(known) if known.is == *theme => told.same += 1,
            Some(known) => told.changed.push(known.change(tx, author.clone(), theme)?.id),
        }
    }
    Ok(told)
}

/// The themes of a file.
///
/// # Errors
/// Everything that is wrong with it, each with its place: `themes[3].key`, from 0.
pub(super) fn read(text: &str) -> Result<Vec<Theme>, Vec<Fault>> {
    let value = object::read(text, LONGEST)?;
    let mut faults = Vec::new();
    let themes = Object::of("", &value, &["form", "themes"], &mut faults).map(|mut file| {
        if file.needed("form") != FORM {
            file.wrong("form", format!("a codebook says \"form\": \"{FORM}\""));
        }
        file.missing("themes");
        file.list("themes")
    });
    let themes = themes.unwrap_or_default();
    if themes.len() > MOST {
        faults.push(Fault::new("themes", format!("there are more than {MOST}")));
        return Err(faults);
    }
    let themes = each("themes", themes, &mut faults, theme);
    if faults.is_empty() { Ok(themes) } else { Err(faults) }
}

fn theme(place: &str, value: &Value, faults: &mut Vec<Fault>) -> Option<Theme> {
    let mut object = Object::of(place, value, &THEME, faults)?;
    let key = object.text("key").filter(|key| !key.trim().is_empty());
    let mut signs = key.iter().flat_map(|key| key.trim().chars());
    let (first, more) = (signs.next(), signs.next());
    if more.is_some() {
        object.wrong("key", "a key is one digit or one small letter");
    }
    let colour = object.number("colour").unwrap_or_default();
    let theme = Theme {
        name: object.needed("name"),
        about: object.text("about").unwrap_or_default(),
        key: first,
        warning: object.text("warning"),
        colour: u8::try_from(colour).unwrap_or(COLOURS),
        retired: object.flag("retired"),
    };
    let (theme, wrong) = theme.checked();
    // What is missing was told, and is not told as empty again.
    let said = wrong.into_iter().filter(|f| value.get(&f.place).is_some_and(Value::is_string) || f.place == "colour");
    object.faults.extend(said.map(|f| f.within(place)));
    Some(theme)
}
