//! How a session is opened. On this machine: whoever opens the address that the terminal printed. From other machines:
//! whoever gives a name and its password over TLS.

mod attempts;
mod page;
mod passwords;
mod tls;

pub use page::{login, look, style};
pub use passwords::{PasswordError, add as add_person, remove as remove_person};
pub use tls::{Tls, TlsError};

use crate::{
    app::{App, lock},
    error::Answer,
    serve::Abroad,
    session,
};
use attempts::Attempts;
use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use earwitness_archive::ActorName;
use earwitness_model::Digest;
use passwords::{Passwords, Stamp};
use serde::Deserialize;
use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::Semaphore;

/// Passwords that are compared at once: each takes 64 MiB and a fifth of a second.
const AT_ONCE: usize = 2;

/// From where a request comes.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The way into a server.
pub enum Door {
    /// By the address with this token.
    Token(String),
    /// By name and password.
    Password(Gate),
}

/// Who may come in with a password.
pub struct Gate {
    file: PathBuf,
    known: Mutex<(Stamp, Arc<Passwords>)>,
    attempts: Attempts,
    comparing: Semaphore,
}

impl Door {
    /// For a server of this machine alone, or for others.
    ///
    /// # Errors
    /// Where the passwords cannot be read; where the system gives no random numbers.
    pub fn new(abroad: Option<&Abroad>) -> Result<Self, PasswordError> {
        let Some(abroad) = abroad else {
            return Ok(Self::Token(session::random().map_err(PasswordError::Chance)?));
        };
        let file = abroad.passwords.clone();
        let known = Passwords::read(&file)?;
        if known.1.is_empty() {
            return Err(PasswordError::Nobody { file });
        }
        let known = Mutex::new((known.0, Arc::new(known.1)));
        let (attempts, comparing) = (Attempts::default(), Semaphore::new(AT_ONCE));
        Ok(Self::Password(Gate { file, known, attempts, comparing }))
    }

    /// Whether people come in by name and password.
    pub fn by_password(&self) -> bool {
        matches!(self, Self::Password(_))
    }

    /// What somebody without a session does next.
    pub fn way_in(&self) -> &'static str {
        match self {
            Self::Token(_) => "open the address that the terminal printed",
            Self::Password(_) => "sign in",
        }
    }

    /// What proves a person now; nothing where no password opens anything, or theirs was taken away.
    pub fn proof(&self, person: &ActorName) -> Option<Digest> {
        match self {
            Self::Token(_) => None,
            Self::Password(gate) => lock(&gate.known).1.proof(person.as_str()),
        }
    }

    /// Reads the passwords again where their file was changed, and tells whether it was.
    pub fn refresh(&self) -> bool {
        let Self::Password(gate) = self else { return false };
        if Stamp::of(&gate.file).is_ok_and(|stamp| stamp == lock(&gate.known).0) {
            return false;
        }
        match Passwords::read(&gate.file) {
            Ok((stamp, passwords)) => {
                *lock(&gate.known) = (stamp, Arc::new(passwords));
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the passwords stay as they were");
                false
            }
        }
    }
}

/// What the address in the terminal carries.
#[derive(Deserialize)]
pub struct Opening {
    #[serde(default)]
    token: String,
}

/// Opens a session by the token and goes to the pages.
pub async fn open(State(app): State<Arc<App>>, Query(opening): Query<Opening>) -> Answer<Response> {
    let fits = |token: &str| Digest::of(opening.token.as_bytes()) == Digest::of(token.as_bytes());
    if !matches!(&app.door, Door::Token(token) if fits(token)) {
        return Ok(closed(&app));
    }
    app.used();
    let cookie = app.sessions.open(None)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// What somebody without a session sees.
pub fn closed(app: &App) -> Response {
    if app.door.by_password() {
        return Redirect::to("/login").into_response();
    }
    (StatusCode::UNAUTHORIZED, Html(CLOSED)).into_response()
}

const CLOSED: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
<title>earwitness</title>\n<h1>earwitness</h1>\n<p>Open the address that the terminal printed.\n</html>\n";
