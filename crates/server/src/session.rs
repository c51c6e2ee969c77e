//! Who sits at a page: the address with a token opens a session, a cookie carries it, and every change must come from
//! our own pages by somebody who said who they are.

use crate::{
    app::App,
    error::{Answer, Problem},
};
use axum::{
    Json,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use earwitness_archive::ActorName;
use earwitness_model::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::HashMap,
    io::Read,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Sessions that are remembered; of more, the oldest is forgotten.
const MOST: usize = 1000;
/// The header that carries what only our own pages know.
const CSRF: HeaderName = HeaderName::from_static("x-earwitness-csrf");

/// All sessions of a running server.
pub struct Sessions {
    token: String,
    hosts: Vec<String>,
    cookie: String,
    all: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    by_id: HashMap<Digest, Session>,
    opened: u64,
}

struct Session {
    number: u64,
    csrf: String,
    person: Option<ActorName>,
}

/// Who made a request.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The session: a digest, so that it opens nothing where it is shown.
    pub session: Digest,
    /// Who they said they are.
    pub person: Option<ActorName>,
    csrf: String,
}

impl Visitor {
    /// Who acts; nobody does so without a name.
    pub fn actor(&self) -> Answer<ActorName> {
        self.person.clone().ok_or_else(|| Problem::forbidden("nobody is signed in on this page", "say who you are"))
    }
}

/// A text that nobody can guess, of 256 bits.
pub fn random() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(Digest::of(&bytes).hex())
}

impl Sessions {
    /// For a server that listens at `address`.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn new(address: SocketAddr) -> std::io::Result<Self> {
        let port = address.port();
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")).into();
        // Cookies do not know ports: two servers on one machine must not take each other's for theirs.
        Ok(Self { token: random()?, hosts, cookie: format!("earwitness-{port}"), all: Mutex::default() })
    }

    /// What opens a session.
    pub fn token(&self) -> &str {
        &self.token
    }

    fn open(&self) -> std::io::Result<String> {
        let (id, csrf) = (random()?, random()?);
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.by_id.len() >= MOST {
            let oldest = all.by_id.iter().min_by_key(|(_, session)| session.number).map(|(id, _)| *id);
            oldest.and_then(|id| all.by_id.remove(&id));
        }
        all.opened += 1;
        let session = Session { number: all.opened, csrf, person: None };
        all.by_id.insert(Digest::of(id.as_bytes()), session);
        Ok(id)
    }

    fn sign_in(&self, session: &Digest, person: ActorName) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = all.by_id.get_mut(session) {
            session.person = Some(person);
        }
    }

    fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.find_map(|(name, value)| {
            let id = Digest::of((name == self.cookie).then_some(value)?.as_bytes());
            let session = all.by_id.get(&id)?;
            Some(Visitor { session: id, person: session.person.clone(), csrf: session.csrf.clone() })
        })
    }

    /// Refuses requests under a name that is not ours (DNS rebinding), and those that other sites sent.
    fn check_origin(&self, headers: &HeaderMap) -> Answer<()> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = text(header::HOST).unwrap_or_default();
        if !self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            let next = "open the address that the terminal printed";
            return Err(Problem::forbidden("the page was asked for under a name that is not this server's", next));
        }
        let own = |origin: &str| origin.strip_prefix("http://").is_some_and(|of| of.eq_ignore_ascii_case(host));
        let elsewhere = text(header::ORIGIN).is_some_and(|origin| !own(origin))
            || text(HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site == "cross-site");
        if elsewhere {
            return Err(Problem::forbidden("another site sent this request", "use the pages of this server"));
        }
        Ok(())
    }
}

/// Checks host and origin of every request and puts the safety headers on every response.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let opening = path == "/open";
    let checked = app.sessions.check_origin(request.headers());
    // The address may be opened from a mail or a note: that is what it is for.
    let checked = if opening { checked.or_else(|_| app.sessions.host_only(request.headers())) } else { checked };
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    safety(response.headers_mut(), &path);
    response
}

impl Sessions {
    fn host_only(&self, headers: &HeaderMap) -> Answer<()> {
        let mut bare = HeaderMap::new();
        if let Some(host) = headers.get(header::HOST) {
            bare.insert(header::HOST, host.clone());
        }
        self.check_origin(&bare)
    }
}

/// Everything comes from here alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// For built stories, which a page shows in a frame. They carry a script and a style of their own, and a stricter policy
/// that names both by their hashes; nothing there may ask this server for anything but pictures and sound.
const STORY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; \
    media-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

fn safety(headers: &mut HeaderMap, path: &str) {
    let policy = if path.starts_with("/stories/") { STORY } else { POLICY };
    let all = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Lets only sessions in; changes only with the page's own secret, by somebody with a name, where changes are allowed.
pub async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match admitted(&app, &request) {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn admitted(app: &App, request: &Request) -> Answer<Visitor> {
    let visitor = app.sessions.visitor(request.headers()).ok_or_else(|| {
        Problem::new(StatusCode::UNAUTHORIZED, "this page has no session")
            .next("open the address that the terminal printed")
    })?;
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(visitor);
    }
    let told = request.headers().get(CSRF).map(HeaderValue::as_bytes).unwrap_or_default();
    if Digest::of(told) != Digest::of(visitor.csrf.as_bytes()) {
        return Err(Problem::forbidden("the request does not come from a page of this server", "load the page again"));
    }
    let path = request.uri().path();
    let harmless = path == "/api/session" || path == "/api/verify" || path.ends_with("/presence");
    if app.options.read_only && !harmless {
        let next = "start it without --read-only";
        return Err(Problem::forbidden("this workbench was started to be read only", next));
    }
    if path != "/api/session" {
        visitor.actor()?;
    }
    Ok(visitor)
}

/// What the address in the terminal carries.
#[derive(Deserialize)]
pub struct Opening {
    #[serde(default)]
    token: String,
}

/// Opens a session and goes to the pages.
pub async fn open(State(app): State<Arc<App>>, Query(opening): Query<Opening>) -> Answer<Response> {
    if Digest::of(opening.token.as_bytes()) != Digest::of(app.sessions.token().as_bytes()) {
        return Ok((StatusCode::UNAUTHORIZED, Html(CLOSED)).into_response());
    }
    let id = app.sessions.open()?;
    let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Strict", app.sessions.cookie);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// What somebody without a session sees.
pub const CLOSED: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
<title>earwitness</title>\n<h1>earwitness</h1>\n<p>Open the address that the terminal printed.\n</html>\n";

/// Whether a request comes with a session.
pub fn is_open(app: &App, headers: &HeaderMap) -> bool {
    app.sessions.visitor(headers).is_some()
}

#[derive(Serialize)]
struct Seen {
    name: String,
    calls: u64,
    seconds: f64,
    deliveries: u64,
}

/// Who sits here, and where.
pub async fn show(State(app): State<Arc<App>>, visitor: axum::Extension<Visitor>) -> Answer<Json<serde_json::Value>> {
    told(&app, &visitor.csrf, visitor.person.as_ref()).await
}

/// A person's name.
#[derive(Deserialize)]
pub struct Name {
    person: String,
}

/// Somebody says who they are.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: axum::Extension<Visitor>,
    Json(name): Json<Name>,
) -> Answer<Json<serde_json::Value>> {
    let person = ActorName::new(&name.person)?;
    app.sessions.sign_in(&visitor.session, person.clone());
    told(&app, &visitor.csrf, Some(&person)).await
}

async fn told(app: &Arc<App>, csrf: &str, person: Option<&ActorName>) -> Answer<Json<serde_json::Value>> {
    let archive = app
        .read(|archive| {
            let seen = archive.overview()?;
            let folder = archive.root().canonicalize().unwrap_or_else(|_| archive.root().to_owned());
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Seen { name, calls: seen.calls, seconds: seen.seconds, deliveries: seen.deliveries })
        })
        .await?;
    Ok(Json(json!({
        "person": person, "csrf": csrf, "read_only": app.options.read_only, "archive": archive,
        "version": env!("CARGO_PKG_VERSION"),
    })))
}
