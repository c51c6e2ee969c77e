//! What happened, why, and what to do next: every failure as the pages are told, in one place.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use earwitness_archive::Error as ArchiveError;
use earwitness_desk::{
    claims::ClaimsError, editing::EditingError, network::NetworkError, people::PeopleError, speakers::SpeakersError,
    voices::VoicesError,
};
use earwitness_find::{FindError, QueryError};
use earwitness_pipeline::{ImportError, IndexError, sound::SoundError};
use serde_json::{Value, json};

/// The result of a request.
pub type Answer<T> = Result<T, Problem>;

/// A failure as it is told; in a box, because almost every answer may be one.
#[derive(Debug)]
pub struct Problem(Box<Told>);

#[derive(Debug)]
struct Told {
    status: StatusCode,
    what: String,
    why: Option<String>,
    next: Option<String>,
    /// What else the page must know.
    beside: Option<(&'static str, Value)>,
}

impl Problem {
    /// Something failed.
    pub fn new(status: StatusCode, what: impl Into<String>) -> Self {
        Self(Box::new(Told { status, what: what.into(), why: None, next: None, beside: None }))
    }

    /// What was sent cannot be understood.
    pub fn unclear(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, what).next(next)
    }

    /// It is not allowed.
    pub fn forbidden(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, what).next(next)
    }

    /// It is not there.
    pub fn missing(what: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, what)
    }

    /// It contradicts how things stand.
    pub fn conflict(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, what).next(next)
    }

    /// Adds the reason.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.0.next = Some(next.into());
        self
    }

    /// Adds a field beside `error`.
    #[must_use]
    pub fn beside(mut self, name: &'static str, value: Value) -> Self {
        self.0.beside = Some((name, value));
        self
    }

    /// The failure in a line or two.
    pub fn words(&self) -> String {
        [Some(&self.0.what), self.0.why.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(": ")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let told = *self.0;
        if told.status.is_server_error() {
            tracing::error!(what = told.what, why = told.why, "a request failed");
        }
        let mut body = json!({ "error": { "what": told.what, "why": told.why, "next": told.next } });
        if let Some((name, value)) = told.beside {
            body[name] = value;
        }
        (told.status, Json(body)).into_response()
    }
}

fn of(status: StatusCode, error: &dyn std::error::Error, next: Option<&str>) -> Problem {
    let why = error.source().map(ToString::to_string).filter(|why| !error.to_string().contains(why.as_str()));
    Problem(Box::new(Told { status, what: error.to_string(), why, next: next.map(str::to_owned), beside: None }))
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        use ArchiveError as E;
        use StatusCode as S;
        let (status, next) = match &error {
            E::NotFound { .. } => (S::NOT_FOUND, Some("load the page again")),
            E::Ambiguous { .. } => (S::UNPROCESSABLE_ENTITY, Some("give more of the name")),
            E::Changed { .. } => (S::CONFLICT, Some("look at it again, and do the same again if you still want it")),
            E::Erased { .. } | E::CallTaken { .. } | E::LeaseLost { .. } => (S::CONFLICT, None),
            E::Unrecordable(_) | E::NotCanonical(_) => (S::UNPROCESSABLE_ENTITY, None),
            E::Busy => (S::SERVICE_UNAVAILABLE, Some("wait until the other earwitness has finished, and try again")),
            E::ReadOnly | E::NotWritable { .. } => {
                (S::FORBIDDEN, Some("check who owns the archive's folder and whether the disk can be written"))
            }
            E::DiskFull { .. } => (S::INSUFFICIENT_STORAGE, Some("make room and try again")),
            E::Damaged(_) | E::OriginalAltered { .. } | E::OriginalMissing { .. } => {
                let next = "verify the archive (Custody); keep the disk as it is and compare with your second copy";
                (S::INTERNAL_SERVER_ERROR, Some(next))
            }
            _ => (S::INTERNAL_SERVER_ERROR, None),
        };
        of(status, &error, next)
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        use PeopleError as E;
        use StatusCode as S;
        let (status, next) = match error {
            E::Archive(error) => return error.into(),
            E::NotFound { .. } => (S::NOT_FOUND, None),
            E::NameTaken { .. } => {
                (S::CONFLICT, Some("choose a working name that tells them apart, for example Sergei 2"))
            }
            E::Rejected { .. } => (S::CONFLICT, Some("open it again first")),
            E::NoTarget(_) => (S::UNPROCESSABLE_ENTITY, Some("name a speaker (CALL:A), a voice (V1) or a number")),
            E::NotAVoice(_) => (S::UNPROCESSABLE_ENTITY, Some("for example voice:V1")),
            _ => (S::UNPROCESSABLE_ENTITY, None),
        };
        of(status, &error, next)
    }
}

impl From<SpeakersError> for Problem {
    fn from(error: SpeakersError) -> Self {
        use SpeakersError as E;
        use StatusCode as S;
        let (status, next) = match error {
            E::Archive(error) => return error.into(),
            E::NoTranscript(_) | E::NoSpeaker { .. } | E::NoTurn { .. } | E::NoTrack { .. } => {
                (S::NOT_FOUND, Some("load the call again"))
            }
            E::Taken { .. } => (S::CONFLICT, Some("merge the two speakers")),
            E::NotALabel(_) => (S::UNPROCESSABLE_ENTITY, Some("give a short one, such as B or Mother")),
            E::NothingToUndo(_) => (S::CONFLICT, Some("restore an earlier revision instead")),
            _ => (S::CONFLICT, None),
        };
        of(status, &error, next)
    }
}

impl From<ClaimsError> for Problem {
    fn from(error: ClaimsError) -> Self {
        use StatusCode as S;
        match error {
            ClaimsError::Archive(error) => error.into(),
            ClaimsError::Faults(_) => of(S::UNPROCESSABLE_ENTITY, &error, Some("correct this; nothing was kept")),
            _ => of(S::NOT_FOUND, &error, Some("load the page again")),
        }
    }
}

impl From<VoicesError> for Problem {
    fn from(error: VoicesError) -> Self {
        use StatusCode as S;
        use VoicesError as E;
        let (status, next) = match error {
            E::Archive(error) => return error.into(),
            E::NotFound(_) | E::NotMeasured(_) | E::NotAMember { .. } => (S::NOT_FOUND, None),
            E::Rejected { .. } | E::Contradiction { .. } | E::NothingDecided { .. } => {
                (S::CONFLICT, Some("decide the other pair anew first"))
            }
            E::OneSpeaker(_) => (S::UNPROCESSABLE_ENTITY, None),
            _ => (S::INTERNAL_SERVER_ERROR, None),
        };
        of(status, &error, next)
    }
}

impl From<NetworkError> for Problem {
    fn from(error: NetworkError) -> Self {
        match error {
            NetworkError::Archive(error) => error.into(),
            NetworkError::People(error) => error.into(),
            NetworkError::Voices(error) => error.into(),
        }
    }
}

impl From<EditingError> for Problem {
    fn from(error: EditingError) -> Self {
        use StatusCode as S;
        match error {
            EditingError::Archive(error) => error.into(),
            EditingError::Form(faults) => {
                let first = faults.first().map(|f| (format!("turn {}: {}", f.line, f.message), f.hint.clone()));
                let (why, next) = first.unwrap_or_default();
                Self::new(S::UNPROCESSABLE_ENTITY, "the edited transcript cannot be kept as it is").why(why).next(next)
            }
            EditingError::Overtaken => of(S::CONFLICT, &error, Some("look at what stands now, and edit that")),
            EditingError::NoTranscript(_) => of(S::NOT_FOUND, &error, Some("listen to it first (Deliveries, Process)")),
            _ => of(S::UNPROCESSABLE_ENTITY, &error, None),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let what = format!("the query cannot be read after {} characters: {}", error.at, error.message);
        let next = error.hint.unwrap_or_else(|| "for example: мост OR переправа date:2022-03".into());
        Self::unclear(what, next)
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        use StatusCode as S;
        let (status, next) = match &error {
            FindError::Busy { .. } => (S::SERVICE_UNAVAILABLE, Some("wait until the other earwitness has finished")),
            FindError::NeedsRebuild { .. } => {
                (S::INTERNAL_SERVER_ERROR, Some("run `earwitness index rebuild`; nothing is lost"))
            }
            _ => (S::INTERNAL_SERVER_ERROR, None),
        };
        of(status, &error, next)
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Archive(error) => error.into(),
            IndexError::Find(error) => error.into(),
            IndexError::Stamp(_) => of(StatusCode::INTERNAL_SERVER_ERROR, &error, None),
        }
    }
}

impl From<SoundError> for Problem {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Archive(error) => error.into(),
            SoundError::Io { source, .. } => source.into(),
            SoundError::Decode(_) => of(StatusCode::UNPROCESSABLE_ENTITY, &error, None),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Archive(error) => error.into(),
            _ => of(StatusCode::UNPROCESSABLE_ENTITY, &error, Some("look at the files that were sent")),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let (status, next) = match error.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => {
                (StatusCode::INSUFFICIENT_STORAGE, Some("make room and try again"))
            }
            K::PermissionDenied | K::ReadOnlyFilesystem => (StatusCode::FORBIDDEN, Some("check who may write there")),
            K::NotFound => (StatusCode::NOT_FOUND, None),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        of(status, &error, next)
    }
}
