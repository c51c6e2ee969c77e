//! What happened, why, and what to do next; and the exit codes.

use crate::{
    interrupt::{self, Interrupted},
    output::{Output, Style, clean},
};
use clap::error::ErrorKind;
use earwitness_archive::Error as ArchiveError;
use earwitness_desk::{claims::ClaimsError, passage::MarksError, people::PeopleError, speakers::SpeakersError};
use earwitness_find::FindError;
use earwitness_listen::ListenError;
use serde::Serialize;
use std::{error::Error, io, io::Write, process::ExitCode};

/// Wrong use.
pub const USAGE: u8 = 2;

/// The reader of stdout has gone: nothing is said, and nothing failed.
#[derive(Debug, thiserror::Error)]
#[error("the reader of the output has gone")]
pub struct Closed;

/// A failure with advice.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Problem {
    /// What happened to what.
    what: String,
    /// What to do next.
    next: String,
    /// The exit code.
    code: u8,
    /// Why.
    source: Option<anyhow::Error>,
}

impl Problem {
    /// Something failed: exit code 1.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), code: 1, source: None }
    }

    /// Wrong use: exit code 2.
    pub fn usage(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code: USAGE, ..Self::new(what, next) }
    }
}

/// An error with advice of what to do next.
pub fn advise(error: impl Into<anyhow::Error>, next: impl Into<String>) -> anyhow::Error {
    let error = error.into();
    Problem::new(error.to_string(), next).into()
}

/// Says what clap has to say (help and versions too) and gives the exit code.
pub fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nobody can be told that the terminal is gone.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let words: Vec<String> =
        std::env::args_os().skip(1).take_while(|a| a != "--").map(|a| a.to_string_lossy().into_owned()).collect();
    let query = words.iter().any(|a| a == "search" || a == "calls");
    let minus = error.kind() == ErrorKind::UnknownArgument && query;
    let next = minus.then_some("a query that begins with - goes after --, as in: earwitness search -- '-x'");
    if words.iter().any(|a| a == "--json") {
        let text = error.to_string();
        let what = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let help = "`earwitness --help` and `earwitness COMMAND --help` tell what can be typed";
        Told { what: clean(what), why: Vec::new(), next: Some(next.unwrap_or(help).into()) }.print();
    } else {
        let _ = error.print();
        if let Some(next) = next {
            let _ = writeln!(std::io::stderr().lock(), "\nnext: {next}");
        }
    }
    ExitCode::from(USAGE)
}

/// A failure as it is told.
#[derive(Serialize)]
struct Told {
    what: String,
    why: Vec<String>,
    next: Option<String>,
}

impl Told {
    fn of(error: &anyhow::Error) -> Self {
        let (what, mut why) = (error.to_string(), Vec::new());
        let mut before = what.clone();
        for cause in error.chain().skip(1).map(ToString::to_string) {
            // Messages of many libraries repeat their cause.
            if !before.contains(&cause) {
                why.push(cause.clone());
            }
            before = cause;
        }
        Self { what, why, next: error.chain().find_map(hint) }
    }

    /// One line of JSON on stderr: stdout holds results only.
    fn print(&self) {
        let _ = writeln!(std::io::stderr().lock(), "{}", serde_json::json!({ "error": self }));
    }
}

/// Says on stderr what happened, why and what to do next, and gives the exit code.
pub fn report(error: &anyhow::Error, out: &Output) -> ExitCode {
    if error.is::<Closed>() {
        return ExitCode::SUCCESS;
    }
    let interrupted = error.is::<Interrupted>() || matches!(error.downcast_ref(), Some(ListenError::Cancelled));
    let told = Told::of(error);
    if out.json {
        told.print();
    } else {
        let label =
            if interrupted { out.paint_err(Style::Yellow, "stopped") } else { out.paint_err(Style::Red, "error") };
        let mut text = format!("{label}: {}\n", lines(&told.what));
        told.why.iter().for_each(|why| text += &format!("  because {}\n", lines(why)));
        if let Some(next) = &told.next {
            text += &format!("  {} {}\n", out.paint_err(Style::Cyan, "next:"), lines(next));
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
    if interrupted {
        return ExitCode::from(interrupt::EXIT_CODE);
    }
    ExitCode::from(error.downcast_ref::<Problem>().map_or(1, |p| p.code))
}

/// Text that may hold names from outside, line by line.
fn lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n  ")
}

/// What to do about an error of a library.
fn hint(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return Some(problem.next.clone());
    }
    let text = if let Some(e) = error.downcast_ref::<ArchiveError>() {
        archive(e)?
    } else if let Some(e) = error.downcast_ref::<PeopleError>() {
        people(e)?
    } else if let Some(e) = error.downcast_ref::<SpeakersError>() {
        speakers(e)?
    } else if let Some(e) = error.downcast_ref::<ClaimsError>() {
        claims(e)?
    } else if let Some(e) = error.downcast_ref::<MarksError>() {
        marks(e)?
    } else if let Some(e) = error.downcast_ref::<FindError>() {
        find(e)?
    } else if let Some(e) = error.downcast_ref::<ListenError>() {
        listen(e)?
    } else {
        system(error.downcast_ref::<std::io::Error>()?.kind())?
    };
    Some(text.into())
}

fn archive(error: &ArchiveError) -> Option<&'static str> {
    use ArchiveError as E;
    Some(match error {
        E::NotAnArchive { .. } => {
            "check --archive and EARWITNESS_ARCHIVE, or make an archive with `earwitness init DIR`"
        }
        E::NotEmpty { .. } => "choose another folder; if it is an archive already, use it with --archive",
        E::NewerVersion { .. } => "use the newer program; nothing was changed",
        E::NotWritable { .. } => "check who owns the folder and whether the disk is mounted to be written",
        E::Busy => "wait until the other earwitness has finished; the archive is whole",
        E::DiskFull { .. } => "make room and run the same command again",
        E::Damaged(_) | E::OriginalAltered { .. } | E::OriginalMissing { .. } => {
            "run `earwitness verify`, which names the place; keep the disk as it is and compare with your second copy"
        }
        E::NotFound { kind: "call", .. } => "`earwitness calls` lists the calls of this archive",
        E::NotFound { kind: "record", .. } => "`earwitness people` lists persons; `history` lists the revisions of one",
        E::Changed { .. } => "look at it again, and run the same command again if you still want it",
        E::NotFound { kind: "revision", .. } => "`earwitness show CALL` lists the revisions of a call",
        E::Ambiguous { .. } => "give more of the name",
        E::Io { source, .. } => return system(source.kind()),
        _ => return None,
    })
}

fn people(error: &PeopleError) -> Option<&'static str> {
    use PeopleError as E;
    Some(match error {
        E::Archive(error) => return archive(error),
        E::NameTaken { .. } => "choose a working name that tells them apart, for example `Sergei 2`",
        E::NotFound { kind: "person", .. } => "`earwitness people` lists them; `earwitness people add NAME` adds one",
        E::NotFound { kind: "link", .. } => "`earwitness people show PERSON` lists the links of a person",
        E::NotFound { kind: "phone", .. } => "`earwitness phones` lists the numbers of this archive",
        E::NotFound { kind: "voice", .. } => "`earwitness voices` lists the voices that were found in several calls",
        E::NotFound { kind: "speaker" | "turn", .. } => "`earwitness show CALL` shows speakers; turns count from 0",
        E::Ambiguous { .. } => "give more of the name, or the number in front of it",
        E::Rejected { .. } => "`earwitness people decide LINK reopen` opens it again",
        E::NoTarget(_) => "for example: earwitness people link p1 c0123456789:A",
        _ => return None,
    })
}

fn speakers(error: &SpeakersError) -> Option<&'static str> {
    use SpeakersError as E;
    Some(match error {
        E::Archive(error) => return archive(error),
        E::NoTranscript(_) => "`earwitness process` makes one",
        E::NoSpeaker { .. } | E::NoTrack { .. } => "`earwitness speakers CALL` lists who speaks, and on which track",
        E::NoTurn { .. } => "`earwitness show CALL` shows the turns",
        E::Taken { .. } => "`earwitness speakers merge` makes two speakers one",
        E::NotALabel(_) => "give a short one, such as B or Mother; who that is, `earwitness people link` says",
        E::Same(_) => "`earwitness speakers CALL` shows how it stands",
        E::NothingToUndo(_) => "`earwitness show CALL` lists the revisions; text is put back with `earwitness correct`",
        _ => return None,
    })
}

fn claims(error: &ClaimsError) -> Option<&'static str> {
    use ClaimsError as E;
    Some(match error {
        E::Archive(error) => return archive(error),
        E::Faults(_) => "correct this and run the same command again; nothing was kept",
        E::NotFound { kind: "claim", .. } => "`earwitness claims` lists the claims of this archive",
        E::NotFound { .. } | E::NoBearing { .. } => {
            "`earwitness evidence` lists what was sealed, and `earwitness claims show CLAIM` what bears on a claim"
        }
        _ => return None,
    })
}

fn marks(error: &MarksError) -> Option<&'static str> {
    use MarksError as E;
    Some(match error {
        E::Archive(error) => return archive(error),
        E::NoTranscript(_) => "`earwitness process` makes one",
        E::NoTurn { .. } | E::Backwards { .. } | E::NoWords => "`earwitness show CALL` numbers the turns",
        E::NotSaid { .. } => "give the words as `earwitness show CALL` has them",
        E::NotFound { kind: "theme", .. } => "`earwitness themes` lists them; `earwitness themes add NAME` adds one",
        E::NotFound { kind: "coding", .. } => "`earwitness themes show THEME` numbers what a theme lies on",
        E::NotFound { kind: "note", .. } => "`earwitness notes` lists them",
        E::NotFound { .. } => "`earwitness basket` lists what is in it",
        E::Ambiguous { .. } => "give more of the name, or the number in front of it",
        E::Faults(_) => "correct this and run the same command again; nothing was kept",
        E::Retired(_) => "`earwitness themes retire THEME --back` brings it back",
        E::InUse { .. } => "retire the theme instead, or take it off first",
        E::Moved { .. } => "look at what is said there now, and put that into the basket",
        _ => return None,
    })
}

fn find(error: &FindError) -> Option<&'static str> {
    match error {
        FindError::NeedsRebuild { .. } => Some("run `earwitness index rebuild`; nothing is lost"),
        FindError::Busy { .. } => Some("wait until the other earwitness has finished"),
        FindError::Io { source, .. } => system(source.kind()),
        _ => None,
    }
}

fn listen(error: &ListenError) -> Option<&'static str> {
    match error {
        ListenError::WeightsMissing { .. } => Some("`earwitness models fetch base` brings the weights, once"),
        ListenError::WeightsChanged { .. } => Some("`earwitness models fetch base` replaces what is wrong"),
        ListenError::Native { .. } => Some("`earwitness doctor` tells what is missing and how to get it"),
        ListenError::Fetch { .. } => {
            Some("without a network: fetch the files elsewhere and name their folder with --from DIR")
        }
        ListenError::Io { source, .. } => system(source.kind()),
        ListenError::Cancelled => Some("the next run goes on where this one stopped"),
        _ => None,
    }
}

fn system(kind: io::ErrorKind) -> Option<&'static str> {
    use io::ErrorKind;
    match kind {
        ErrorKind::NotFound => Some("check the path"),
        ErrorKind::PermissionDenied => Some("check who owns it and who may read and write there"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some("make room and run the same command again"),
        ErrorKind::ReadOnlyFilesystem => Some("the disk is mounted to be read only"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_libraries_come_with_advice() {
        let busy = anyhow::Error::from(ArchiveError::Busy).context("the call was not kept");
        assert!(busy.chain().find_map(hint).unwrap().contains("wait"));
        let problem: anyhow::Error = Problem::usage("no", "do it").into();
        assert_eq!(problem.chain().find_map(hint).as_deref(), Some("do it"));
    }
}
