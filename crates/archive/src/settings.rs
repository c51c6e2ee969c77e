//! `earwitness.toml`: what people set for one archive.

use crate::{Error, Result, files};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest form of the archive folder that this program knows.
pub(crate) const FORMAT: i64 = 1;

/// The settings of one archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The form of the folder.
    pub format: i64,
    /// The archive's own name, drawn at random when it was made; the catalog repeats it.
    pub archive: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The time zone of tables that do not name one (IANA name).
    #[serde(default = "default_timezone")]
    pub timezone: String,
    /// Languages that may be heard, ISO 639-1.
    #[serde(default = "default_languages")]
    pub languages: Vec<String>,
    /// Settings of other rooms, kept as they are.
    #[serde(flatten)]
    pub other: toml::Table,
}

fn default_timezone() -> String {
    "Europe/Kyiv".into()
}

fn default_languages() -> Vec<String> {
    ["ru", "uk", "en"].map(String::from).into()
}

impl Settings {
    pub(crate) const FILE: &str = "earwitness.toml";

    pub(crate) fn new(archive: String, made_at: Timestamp) -> Self {
        Self {
            format: FORMAT,
            archive,
            made_at,
            timezone: default_timezone(),
            languages: default_languages(),
            other: toml::Table::new(),
        }
    }

    /// Reads the settings of the archive in `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let path = root.join(Self::FILE);
        let text = std::fs::read_to_string(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                Error::NotAnArchive { path: root.into(), why: format!("it has no {}", Self::FILE) }
            }
            _ => Error::Io { what: "read", path: path.clone(), source: e },
        })?;
        let wrong = |why: String| Error::Settings { path: path.clone(), why };
        let table: toml::Table = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        match table.get("format").and_then(toml::Value::as_integer) {
            Some(found) if found > FORMAT => return Err(Error::NewerVersion { found, known: FORMAT }),
            Some(_) => {}
            None => return Err(wrong("it does not say `format = 1`".into())),
        }
        table.try_into().map_err(|e: toml::de::Error| wrong(e.to_string()))
    }

    /// Writes the settings of the archive in `root`, whole or not at all.
    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        let path = root.join(Self::FILE);
        let text = toml::to_string(self).map_err(|e| Error::Settings { path: path.clone(), why: e.to_string() })?;
        files::replace(&path, text.as_bytes())
    }
}
