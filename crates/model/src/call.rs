//! The event that was recorded: when, how long, between which phones, where.

use crate::{CallId, CallTime, Digest};
use serde::{Deserialize, Serialize};

/// A telephone number as written in the table, and in E.164 where it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phone {
    /// Exactly what the table says.
    pub written: String,
    /// `+` and 7 to 15 digits (ITU-T E.164), or none when the text cannot be read as a number.
    pub e164: Option<String>,
}

impl Phone {
    /// The E.164 form where there is one, else what was written.
    pub fn label(&self) -> &str {
        self.e164.as_deref().unwrap_or(&self.written)
    }
}

/// Where the listened-to phone was, as far as the network knew (a base station, not a person).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Base station or sector, as written.
    pub sector: Option<String>,
}

/// A call with the delivered files that hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Its name in every archive.
    pub id: CallId,
    /// The sealed recording that is heard.
    pub recording: Digest,
    /// Names of delivered files that hold this call (re-encodings and duplicates too), first the one that is heard.
    pub files: Vec<CallFile>,
    /// From the table; none where the table has no readable time.
    pub started_at: Option<CallTime>,
    /// Seconds of sound that decode.
    pub duration: f64,
    /// Number of tracks.
    pub channels: u16,
    /// Who called.
    pub from: Option<Phone>,
    /// Who was called.
    pub to: Option<Phone>,
    /// `outgoing` or `incoming`, seen from the listened-to line, where the table says so.
    pub direction: Option<String>,
    /// Where the listened-to phone was.
    pub place: Place,
    /// Remarks of the table, as written.
    pub note: Option<String>,
}

/// One delivered file that holds a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallFile {
    /// Path inside the delivery, with `/`.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}
