//! Under which name a person is written.

use super::{Named, People};
use earwitness_model::{CallId, Standing};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which name of a person may be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// The working name: for those who work on the archive.
    #[default]
    Working,
    /// The alias where there is one, else the working name of whoever is not protected.
    Aliases,
    /// The working name, but only the alias of whoever is protected: for what leaves the house.
    Guarded,
}

/// A person as they may be written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// The person's record.
    pub id: String,
    /// The working name, if it may be written.
    pub name: Option<String>,
    /// What readers are to see instead.
    pub alias: Option<String>,
    /// How far that has come.
    pub standing: Standing,
    #[serde(skip)]
    written: Option<String>,
}

impl Naming {
    /// The one of two names that may be written; none for a protected person without an alias.
    pub fn choose<'n>(self, name: &'n str, alias: Option<&'n str>, protect: bool) -> Option<&'n str> {
        match (self, protect) {
            (Self::Working, _) | (Self::Guarded, false) => Some(name),
            (Self::Aliases, false) => Some(alias.unwrap_or(name)),
            (Self::Aliases | Self::Guarded, true) => alias,
        }
    }
}

impl Named {
    /// As it may be written.
    pub fn shown(&self, naming: Naming) -> Shown {
        let written = naming.choose(&self.name, self.alias.as_deref(), self.protect).map(str::to_owned);
        Shown {
            id: self.person.clone(),
            name: written.clone().filter(|written| *written == self.name),
            alias: self.alias.clone(),
            standing: self.standing,
            written,
        }
    }
}

impl Shown {
    /// The one name that is to be read; none where it may not be.
    pub fn written(&self) -> Option<&str> {
        self.written.as_deref()
    }

    /// With other words in the place of its names, where something is protected besides persons.
    pub fn changed(self, change: impl Fn(&str) -> String) -> Self {
        let change = |text: Option<String>| text.map(|text| change(&text));
        Self { name: change(self.name), alias: change(self.alias), written: change(self.written), ..self }
    }

    /// The name beside a label, with how sure it is: `A (Artyom)`, `A (perhaps Artyom)`.
    pub fn beside(&self, label: &str) -> String {
        let Some(name) = self.written() else { return label.to_owned() };
        match self.standing {
            Standing::Confirmed => format!("{label} ({name})"),
            Standing::Suggested => format!("{label} (perhaps {name})"),
            Standing::Rejected | Standing::Disputed => format!("{label} (perhaps {name}, disputed)"),
        }
    }
}

impl People {
    /// Who the speakers of a call are held to be, by label, as they may be written.
    pub fn shown_in(&self, call: &CallId, naming: Naming) -> BTreeMap<String, Shown> {
        self.names_of(call).into_iter().map(|(label, named)| (label, named.shown(naming))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(alias: Option<&str>, protect: bool, standing: Standing) -> Named {
        let (person, name, link) = ("p1".into(), "Artyom".into(), "l1".into());
        Named { person, name, alias: alias.map(str::to_owned), protect, standing, link }
    }

    #[test]
    fn who_is_protected_leaves_under_an_alias_or_not_at_all() {
        for (alias, protect, naming, written) in [
            (Some("The youngest"), true, Naming::Working, Some("Artyom")),
            (Some("The youngest"), true, Naming::Guarded, Some("The youngest")),
            (Some("The youngest"), false, Naming::Guarded, Some("Artyom")),
            (Some("The youngest"), false, Naming::Aliases, Some("The youngest")),
            (None, true, Naming::Guarded, None),
            (None, true, Naming::Aliases, None),
            (None, false, Naming::Aliases, Some("Artyom")),
        ] {
            let shown = named(alias, protect, Standing::Confirmed).shown(naming);
            assert_eq!(shown.written(), written);
            let json = serde_json::to_string(&shown).unwrap();
            assert_eq!(json.contains("Artyom"), written == Some("Artyom"), "{json}");
        }
    }

    #[test]
    fn how_sure_a_name_is_stands_beside_it() {
        let beside = |standing| named(None, false, standing).shown(Naming::Working).beside("A");
        assert_eq!(beside(Standing::Confirmed), "A (Artyom)");
        assert_eq!(beside(Standing::Suggested), "A (perhaps Artyom)");
        assert_eq!(beside(Standing::Disputed), "A (perhaps Artyom, disputed)");
        assert_eq!(named(None, true, Standing::Confirmed).shown(Naming::Guarded).beside("A"), "A");
    }
}
