//! Transcripts of calls in json, srt, vtt, txt, csv and rttm.
//!
//! [`render`] makes the text of one call, with or without an archive; [`Folder`] writes many into a folder, whole or
//! not at all, and never over a file that somebody else made or changed. [`Cover`] takes out of a call what must not leave.

mod cover;
mod cues;
mod folder;
mod heard;
mod json;
mod rttm;
mod srt;
pub(crate) mod table;
mod vtt;

pub use cover::{Cover, Covered};
pub use folder::{Folder, Written};
pub use heard::Heard;
pub use json::{CallExport, ExportFile, ExportRevision, ExportTranslation, ExportTurn};

use earwitness_desk::{correction::text_form, people::Shown};
use earwitness_model::{Call, Revision};
use std::{collections::BTreeMap, path::PathBuf, str::FromStr};

/// A form of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Everything, for programs; a contract: fields may be added, those that are there stay.
    Json,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles, with voices.
    Vtt,
    /// The text that `earwitness correct` takes back.
    Text,
    /// One turn a row, for spreadsheets.
    Csv,
    /// Who spoke when, as defined by NIST for the Rich Transcription evaluations.
    Rttm,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Json, Self::Srt, Self::Vtt, Self::Text, Self::Csv, Self::Rttm];

    /// The ending of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Text => "txt",
            Self::Csv => "csv",
            Self::Rttm => "rttm",
        }
    }
}

/// A name that is none of a format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no export format; there are json, srt, vtt, txt (or text), csv and rttm")]
pub struct NotAFormat(
    /// The name.
    pub String,
);

impl FromStr for Format {
    type Err = NotAFormat;

    fn from_str(name: &str) -> Result<Self, NotAFormat> {
        let name = name.to_lowercase();
        let known = Self::ALL.into_iter().find(|f| f.extension() == name || (*f == Self::Text && name == "text"));
        known.ok_or(NotAFormat(name))
    }
}

/// Which words subtitles show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// What was said.
    #[default]
    Original,
    /// The translation; turns that have none are left out.
    Translation,
    /// What was said, and the translation under it.
    Both,
}

/// How to render.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which words subtitles show.
    pub show: Show,
    /// Begin csv files with a byte order mark, without which Excel takes UTF-8 for something else.
    pub csv_bom: bool,
}

/// A call with the revisions to be exported.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The call.
    pub call: &'a Call,
    /// A transcript revision.
    pub transcript: &'a Revision,
    /// A translation revision.
    pub translation: Option<&'a Revision>,
    /// Who the speakers are held to be, by label, as they may be written.
    pub people: Option<&'a BTreeMap<String, Shown>>,
}

/// Why an export was not made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A revision of the wrong kind.
    #[error("revision {id} of call {call} is no {wanted}")]
    WrongKind {
        /// The revision.
        id: String,
        /// The call.
        call: String,
        /// `transcript` or `translation`.
        wanted: &'static str,
    },
    /// A call whose name cannot be a file's name.
    #[error("the call's name {0:?} cannot be the name of a file")]
    Name(String),
    /// A file that somebody else made, or changed since it was exported.
    #[error(
        "{} was not written by this export or was changed since; it is left as it is (move it away to export anew)",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// JSON or CSV could not be made.
    #[error("the export of call {call} could not be put together: {reason}")]
    Render {
        /// The call.
        call: String,
        /// What the library says.
        reason: String,
    },
    /// Reading or writing failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The text of `source` in a format, ending with a line end (rttm of a silent call is empty).
///
/// # Errors
/// [`ExportError::WrongKind`] for revisions of the wrong kind, [`ExportError::Render`] if a writer fails.
pub fn render(source: Source<'_>, format: Format, options: Options) -> Result<String, ExportError> {
    let call = CallExport::new(source)?;
    let failed = |reason: String| ExportError::Render { call: call.call.to_string(), reason };
    match format {
        Format::Json => serde_json::to_string_pretty(&call).map(|t| t + "\n").map_err(|e| failed(e.to_string())),
        Format::Srt => Ok(srt::render(&call, options.show)),
        Format::Vtt => Ok(vtt::render(&call, options.show)),
        Format::Text => {
            let people: Vec<String> = source.people.into_iter().flatten().filter_map(remark).collect();
            text_form::write_with(source.call, source.transcript, source.translation, &people)
                .map_err(|e| failed(e.to_string()))
        }
        Format::Csv => table::render(&call, options.csv_bom).map_err(failed),
        Format::Rttm => Ok(rttm::render(&call)),
    }
}

/// Who a speaker is held to be, for the head of a text: the lines of turns bear labels alone, to be read back.
fn remark((label, person): (&String, &Shown)) -> Option<String> {
    let name = person.written()?;
    Some(format!("{label}: {name} ({}, {})", person.standing.words(), person.id))
}

/// A text on one line: white space and control characters become single spaces; characters that cannot be seen or
/// that turn the direction of writing are dropped.
pub(crate) fn one_line(text: &str) -> String {
    let hidden = |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let seen: String = text.chars().filter(|c| !hidden(c)).collect();
    seen.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
