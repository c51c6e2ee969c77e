//! Failures by name: the pages tell them in the language of whoever sits there. `docs/api.md` lists what each means and
//! which values come with it; a code keeps its meaning for good.

use axum::http::StatusCode;
use serde::Serialize;

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[rustfmt::skip]
pub enum Code {
    // By their status alone.
    Failed, Forbidden, NotFound, Conflict, TooLarge, Unclear, Slow,
    // Who asks.
    NoSession, WrongHost, ForeignOrigin, NoCsrf, ReadOnly, NobodySignedIn, NameFixed,
    // The server and its archive.
    ServerEnding, Busy, NotWritable, DiskFull, Damaged, IndexRebuild, Changed, Ambiguous, Unrecordable, Erased,
    // Lists.
    Query, NoState, NoSort,
    // Long work.
    WorkUnderWay, WorkNotRunning, WorkStopped, CannotListen,
    // Sound.
    SoundUnreadable, NoPart,
    // What is sent.
    UploadsFull, UploadGone, UploadTooLarge, UploadCutOff, FileName, NotADelivery,
    // A call.
    Overtaken, TranscriptForm, NoTranscript, TooManyTurns, AnotherRevision, SecondPerson, NotComparable,
    NoSpeaker, LabelTaken, NotALabel, NoTurn, NothingToUndo, SameAlready,
    // People and voices.
    NameTaken, NoName, LinkRejected, NoTarget, VoiceNotMeasured, VoiceDecided, OneSpeaker,
    // Claims and evidence.
    ClaimFaults, NoBearing, KeyTaken, EvidenceEmpty, EvidenceTooLarge, NotSealed,
    // Themes, notes, protection, the basket.
    NoWords, MarkFaults, ThemeRetired, ThemeInUse, WordsMoved, BasketOrder, NotProtectable,
    // Stories.
    StoryName, NoStory, StoryNotText, StoryTooLong, StoryChanged, StoryNotBuilt, Command,
}

impl Code {
    /// What a status says where nothing more is known.
    pub fn of(status: StatusCode) -> Self {
        use StatusCode as S;
        match status {
            S::UNAUTHORIZED => Self::NoSession,
            S::FORBIDDEN => Self::Forbidden,
            S::NOT_FOUND => Self::NotFound,
            S::CONFLICT => Self::Conflict,
            S::PAYLOAD_TOO_LARGE => Self::TooLarge,
            S::UNPROCESSABLE_ENTITY => Self::Unclear,
            S::SERVICE_UNAVAILABLE => Self::Busy,
            S::GATEWAY_TIMEOUT => Self::Slow,
            S::INSUFFICIENT_STORAGE => Self::DiskFull,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The names between two lines of this file, as they are sent.
    fn declared() -> BTreeSet<String> {
        let body = include_str!("code.rs").split_once("pub enum Code {").unwrap().1.split_once("\n}").unwrap().0;
        let names = body.lines().filter(|line| !line.trim().starts_with("//")).flat_map(|line| line.split(','));
        let snake = |name: &str| {
            let mut out = String::new();
            for c in name.chars() {
                if c.is_uppercase() && !out.is_empty() {
                    out.push('_');
                }
                out.extend(c.to_lowercase());
            }
            out
        };
        names.map(str::trim).filter(|name| !name.is_empty()).map(snake).collect()
    }

    #[test]
    fn every_code_is_described() {
        let text = include_str!("../../../docs/api.md").split_once("## Codes of errors").unwrap().1;
        let rows = text.lines().filter(|line| line.starts_with("| `"));
        let cells = rows.filter_map(|line| line.split('|').nth(1)).flat_map(|cell| cell.split(','));
        let described: BTreeSet<String> = cells.map(|name| name.trim().trim_matches('`').to_owned()).collect();
        assert_eq!(described, declared());
    }

    #[test]
    fn they_are_sent_as_they_are_described() {
        assert_eq!(serde_json::to_value(super::Code::NoCsrf).unwrap(), "no_csrf");
    }
}
