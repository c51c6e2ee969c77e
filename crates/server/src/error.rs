//! What happened, why, and what to do next: every failure as the pages are told, in one place.

use crate::code::Code;
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
use serde_json::{Map, Value, json};

/// The result of a request.
pub type Answer<T> = Result<T, Problem>;

/// A failure as it is told; in a box, because almost every answer may be one.
#[derive(Debug)]
pub struct Problem(Box<Told>);

#[derive(Debug)]
struct Told {
    status: StatusCode,
    code: Code,
    values: Map<String, Value>,
    what: String,
    why: Option<String>,
    next: Option<String>,
    /// What else the page must know.
    beside: Option<(&'static str, Value)>,
}

impl Problem {
    /// Something failed.
    pub fn new(status: StatusCode, what: impl Into<String>) -> Self {
        let (code, values) = (Code::of(status), Map::new());
        Self(Box::new(Told { status, code, values, what: what.into(), why: None, next: None, beside: None }))
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

    /// Says by which code pages know it (otherwise they know its status alone).
    #[must_use]
    pub fn code(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    /// Adds what a page may put into its own words: a name, a number.
    #[must_use]
    pub fn value(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.values.insert(name.to_owned(), value.into());
        self
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
        let mut body = json!({ "error": {
            "code": told.code, "values": told.values, "what": told.what, "why": told.why, "next": told.next,
        } });
        if let Some((name, value)) = told.beside {
            body[name] = value;
        }
        (told.status, Json(body)).into_response()
    }
}

fn of(status: StatusCode, error: &dyn std::error::Error, next: Option<&str>) -> Problem {
    let why = error.source().map(ToString::to_string).filter(|why| !error.to_string().contains(why.as_str()));
    let mut problem = Problem::new(status, error.to_string());
    (problem.0.why, problem.0.next) = (why, next.map(str::to_owned));
    problem
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        use ArchiveError as E;
        use Code as C;
        use StatusCode as S;
        let (status, code, next) = match &error {
            E::NotFound { .. } => (S::NOT_FOUND, C::NotFound, Some("load the page again")),
            E::Ambiguous { .. } => (S::UNPROCESSABLE_ENTITY, C::Ambiguous, Some("give more of the name")),
            E::Changed { .. } => {
                (S::CONFLICT, C::Changed, Some("look at it again, and do the same again if you still want it"))
            }
            E::Erased { .. } => (S::CONFLICT, C::Erased, None),
            E::CallTaken { .. } | E::LeaseLost { .. } => (S::CONFLICT, C::Conflict, None),
            E::Unrecordable(_) | E::NotCanonical(_) => (S::UNPROCESSABLE_ENTITY, C::Unrecordable, None),
            E::Busy => {
                let next = "wait until the other earwitness has finished, and try again";
                (S::SERVICE_UNAVAILABLE, C::Busy, Some(next))
            }
            E::ReadOnly | E::NotWritable { .. } => {
                let next = "check who owns the archive's folder and whether the disk can be written";
                (S::FORBIDDEN, C::NotWritable, Some(next))
            }
            E::DiskFull { .. } => (S::INSUFFICIENT_STORAGE, C::DiskFull, Some("make room and try again")),
            E::Damaged(_) | E::OriginalAltered { .. } | E::OriginalMissing { .. } => {
                let next = "verify the archive (Custody); keep the disk as it is and compare with your second copy";
                (S::INTERNAL_SERVER_ERROR, C::Damaged, Some(next))
            }
            _ => (S::INTERNAL_SERVER_ERROR, C::Failed, None),
        };
        let problem = of(status, &error, next).code(code);
        match error {
            E::NotFound { kind, wanted } => problem.value("kind", kind).value("wanted", wanted),
            E::Ambiguous { wanted, choices } => problem.value("wanted", wanted).value("choices", choices.join(", ")),
            E::Changed { what, author, .. } => problem.value("what", what).value("by", author),
            _ => problem,
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        use Code as C;
        use PeopleError as E;
        use StatusCode as S;
        let (status, code, next) = match &error {
            E::NotFound { .. } => (S::NOT_FOUND, C::NotFound, None),
            E::NameTaken { .. } => {
                let next = "choose a working name that tells them apart, for example Sergei 2";
                (S::CONFLICT, C::NameTaken, Some(next))
            }
            E::Rejected { .. } => (S::CONFLICT, C::LinkRejected, Some("open it again first")),
            E::NoTarget(_) => {
                let next = "name a speaker (CALL:A), a voice (V1) or a number";
                (S::UNPROCESSABLE_ENTITY, C::NoTarget, Some(next))
            }
            E::NotAVoice(_) => (S::UNPROCESSABLE_ENTITY, C::NoTarget, Some("for example voice:V1")),
            E::Ambiguous { .. } => (S::UNPROCESSABLE_ENTITY, C::Ambiguous, None),
            E::NoName => (S::UNPROCESSABLE_ENTITY, C::NoName, None),
            _ => (S::UNPROCESSABLE_ENTITY, C::Unclear, None),
        };
        let problem = of(status, &error, next).code(code);
        match error {
            E::Archive(error) => error.into(),
            E::NotFound { kind, wanted } => problem.value("kind", kind).value("wanted", wanted),
            E::NameTaken { name, id } => problem.value("name", name).value("id", id),
            E::Rejected { link, by } => problem.value("link", link).value("by", by),
            E::NoTarget(wanted) | E::NotAVoice(wanted) => problem.value("wanted", wanted),
            E::Ambiguous { wanted, choices } => problem.value("wanted", wanted).value("choices", choices.join(", ")),
            _ => problem,
        }
    }
}

impl From<SpeakersError> for Problem {
    fn from(error: SpeakersError) -> Self {
        use Code as C;
        use SpeakersError as E;
        use StatusCode as S;
        let again = Some("load the call again");
        let (status, code, next) = match &error {
            E::NoTranscript(_) => (S::NOT_FOUND, C::NoTranscript, again),
            E::NoSpeaker { .. } => (S::NOT_FOUND, C::NoSpeaker, again),
            E::NoTurn { .. } => (S::NOT_FOUND, C::NoTurn, again),
            E::NoTrack { .. } => (S::NOT_FOUND, C::NotFound, again),
            E::Taken { .. } => (S::CONFLICT, C::LabelTaken, Some("merge the two speakers")),
            E::NotALabel(_) => (S::UNPROCESSABLE_ENTITY, C::NotALabel, Some("give a short one, such as B or Mother")),
            E::NothingToUndo(_) => (S::CONFLICT, C::NothingToUndo, Some("restore an earlier revision instead")),
            E::Same(_) | E::NoSides(_) => (S::CONFLICT, C::SameAlready, None),
            _ => (S::CONFLICT, C::Conflict, None),
        };
        let problem = of(status, &error, next).code(code);
        match error {
            E::Archive(error) => error.into(),
            E::NoSpeaker { label, .. } | E::Taken { label, .. } | E::NotALabel(label) => problem.value("label", label),
            E::NoTurn { turn, .. } => problem.value("turn", turn),
            _ => problem,
        }
    }
}

impl From<ClaimsError> for Problem {
    fn from(error: ClaimsError) -> Self {
        use ClaimsError as E;
        use Code as C;
        use StatusCode as S;
        let (status, code, next) = match &error {
            E::Faults(_) => (S::UNPROCESSABLE_ENTITY, C::ClaimFaults, "correct this; nothing was kept"),
            E::KeyTaken { .. } => (S::CONFLICT, C::KeyTaken, "choose another key; nothing was sealed"),
            E::NoBearing { .. } => (S::NOT_FOUND, C::NoBearing, "load the page again"),
            _ => (S::NOT_FOUND, C::NotFound, "load the page again"),
        };
        let problem = of(status, &error, Some(next)).code(code);
        match error {
            E::Archive(error) => error.into(),
            E::Faults(faults) => {
                let places: Vec<String> = faults.into_iter().map(|fault| fault.place).collect();
                problem.value("places", places.join(", "))
            }
            E::NotFound { kind, wanted } => problem.value("kind", kind).value("wanted", wanted),
            E::NoBearing { claim, evidence } => problem.value("claim", claim).value("evidence", evidence),
            E::KeyTaken { key, id } => problem.value("key", key).value("id", id),
            _ => problem,
        }
    }
}

impl From<VoicesError> for Problem {
    fn from(error: VoicesError) -> Self {
        use Code as C;
        use StatusCode as S;
        use VoicesError as E;
        let (status, code, next) = match error {
            E::Archive(error) => return error.into(),
            E::NotMeasured(_) => (S::NOT_FOUND, C::VoiceNotMeasured, None),
            E::NotFound(_) | E::NotAMember { .. } => (S::NOT_FOUND, C::NotFound, None),
            E::Rejected { .. } | E::Contradiction { .. } | E::NothingDecided { .. } => {
                (S::CONFLICT, C::VoiceDecided, Some("decide the other pair anew first"))
            }
            E::OneSpeaker(_) => (S::UNPROCESSABLE_ENTITY, C::OneSpeaker, None),
            _ => (S::INTERNAL_SERVER_ERROR, C::Failed, None),
        };
        of(status, &error, next).code(code)
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
        use Code as C;
        use StatusCode as S;
        match error {
            EditingError::Archive(error) => error.into(),
            EditingError::Form(faults) => {
                let (line, first) = faults.first().map_or((0, None), |f| (f.line, Some(f)));
                let first = first.map(|f| (format!("turn {line}: {}", f.message), f.hint.clone()));
                let (why, next) = first.unwrap_or_default();
                let problem = Self::new(S::UNPROCESSABLE_ENTITY, "the edited transcript cannot be kept as it is");
                problem.code(C::TranscriptForm).value("line", line).why(why).next(next)
            }
            EditingError::Overtaken => {
                of(S::CONFLICT, &error, Some("look at what stands now, and edit that")).code(C::Overtaken)
            }
            EditingError::NoTranscript(_) => {
                of(S::NOT_FOUND, &error, Some("listen to it first (Deliveries, Process)")).code(C::NoTranscript)
            }
            _ => of(S::UNPROCESSABLE_ENTITY, &error, None),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let what = format!("the query cannot be read after {} characters: {}", error.at, error.message);
        let next = error.hint.unwrap_or_else(|| "for example: мост OR переправа date:2022-03".into());
        Self::unclear(what, next).code(Code::Query).value("at", error.at)
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        use Code as C;
        use StatusCode as S;
        let (status, code, next) = match &error {
            FindError::Busy { .. } => {
                (S::SERVICE_UNAVAILABLE, C::Busy, Some("wait until the other earwitness has finished"))
            }
            FindError::NeedsRebuild { .. } => {
                let next = "run `earwitness index rebuild`; nothing is lost";
                (S::INTERNAL_SERVER_ERROR, C::IndexRebuild, Some(next))
            }
            _ => (S::INTERNAL_SERVER_ERROR, C::Failed, None),
        };
        of(status, &error, next).code(code)
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
            SoundError::Decode(_) => of(StatusCode::UNPROCESSABLE_ENTITY, &error, None).code(Code::SoundUnreadable),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Archive(error) => error.into(),
            _ => of(StatusCode::UNPROCESSABLE_ENTITY, &error, Some("look at the files that were sent"))
                .code(Code::NotADelivery),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        use Code as C;
        use std::io::ErrorKind as K;
        let (status, code, next) = match error.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => {
                (StatusCode::INSUFFICIENT_STORAGE, C::DiskFull, Some("make room and try again"))
            }
            K::PermissionDenied | K::ReadOnlyFilesystem => {
                (StatusCode::FORBIDDEN, C::NotWritable, Some("check who may write there"))
            }
            K::NotFound => (StatusCode::NOT_FOUND, C::NotFound, None),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, C::Failed, None),
        };
        of(status, &error, next).code(code)
    }
}
