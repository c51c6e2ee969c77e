//! Who sits at a page: a cookie carries a session, and every change must come from our own pages by somebody who said
//! who they are. How sessions are opened is told in `door`.

use crate::{
    app::{App, lock},
    code::Code,
    door::Door,
    error::{Answer, Problem},
    input::Sent,
};
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use earwitness_archive::ActorName;
use earwitness_model::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::HashMap,
    io::Read,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Sessions that are remembered; of more, the oldest is forgotten.
const MOST: usize = 1000;
/// A session that a password opened ends when nothing was asked for so long.
const REST: Duration = Duration::from_hours(12);
/// The header that carries what only our own pages know.
const CSRF: HeaderName = HeaderName::from_static("x-earwitness-csrf");

/// All sessions of a running server.
pub struct Sessions {
    cookie: String,
    secure: bool,
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
    /// What proves the person, where a password did.
    proof: Option<Digest>,
    seen: Instant,
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
        let nobody =
            || Problem::forbidden("nobody is signed in on this page", "say who you are").code(Code::NobodySignedIn);
        self.person.clone().ok_or_else(nobody)
    }
}

/// A text that nobody can guess, of 256 bits.
pub fn random() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(Digest::of(&bytes).hex())
}

impl Sessions {
    /// For a server that listens at this port. Cookies do not know ports: two servers on one machine must not take each
    /// other's for theirs. `secure`: the cookie goes over TLS alone.
    pub fn new(port: u16, secure: bool) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        Self { cookie: format!("{prefix}earwitness-{port}"), secure, all: Mutex::default() }
    }

    /// Opens a session and gives the cookie that carries it. `person`: who came with a password, and what proves it.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn open(&self, person: Option<(ActorName, Digest)>) -> std::io::Result<String> {
        let (id, csrf) = (random()?, random()?);
        let (person, proof) = person.unzip();
        let mut all = lock(&self.all);
        if all.by_id.len() >= MOST {
            let oldest = all.by_id.iter().min_by_key(|(_, session)| session.number).map(|(id, _)| *id);
            oldest.and_then(|id| all.by_id.remove(&id));
        }
        all.opened += 1;
        let session = Session { number: all.opened, csrf, person, proof, seen: Instant::now() };
        all.by_id.insert(Digest::of(id.as_bytes()), session);
        Ok(self.cookie_of(&id, ""))
    }

    fn cookie_of(&self, id: &str, more: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={id}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", self.cookie)
    }

    fn sign_in(&self, session: &Digest, person: ActorName) {
        if let Some(session) = lock(&self.all).by_id.get_mut(session) {
            session.person = Some(person);
        }
    }

    fn close(&self, session: &Digest) {
        lock(&self.all).by_id.remove(session);
    }

    /// Who comes with these headers, as long as what proves them is still so.
    pub fn visitor(&self, headers: &HeaderMap, door: &Door) -> Option<Visitor> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut all = lock(&self.all);
        pairs.find_map(|(name, value)| {
            let id = Digest::of((name == self.cookie).then_some(value)?.as_bytes());
            let session = all.by_id.get_mut(&id)?;
            if let (Some(person), Some(proof)) = (&session.person, session.proof)
                && (session.seen.elapsed() > REST || door.proof(person) != Some(proof))
            {
                all.by_id.remove(&id);
                return None;
            }
            session.seen = Instant::now();
            Some(Visitor { session: id, person: session.person.clone(), csrf: session.csrf.clone() })
        })
    }
}

/// Lets only sessions in; changes only with the page's own secret, by somebody with a name, where changes are allowed.
pub async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match admitted(&app, &request) {
        Ok(visitor) => {
            app.used();
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn admitted(app: &App, request: &Request) -> Answer<Visitor> {
    let visitor = app
        .sessions
        .visitor(request.headers(), &app.door)
        .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "this page has no session").next(app.door.way_in()))?;
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(visitor);
    }
    let told = request.headers().get(CSRF).map(HeaderValue::as_bytes).unwrap_or_default();
    if Digest::of(told) != Digest::of(visitor.csrf.as_bytes()) {
        let what = "the request does not come from a page of this server";
        return Err(Problem::forbidden(what, "load the page again").code(Code::NoCsrf));
    }
    let path = request.uri().path();
    let harmless = path == "/api/session" || path == "/api/verify" || path.ends_with("/presence");
    if app.options.read_only && !harmless {
        let next = "start it without --read-only";
        let what = "this workbench was started to be read only";
        return Err(Problem::forbidden(what, next).code(Code::ReadOnly));
    }
    if path != "/api/session" {
        visitor.actor()?;
    }
    Ok(visitor)
}

/// Whether a request comes with a session.
pub fn is_open(app: &App, headers: &HeaderMap) -> bool {
    app.sessions.visitor(headers, &app.door).is_some()
}

#[derive(Serialize)]
struct Seen {
    name: String,
    calls: u64,
    seconds: f64,
    deliveries: u64,
}

/// Who sits here, and where.
pub async fn show(State(app): State<Arc<App>>, visitor: Extension<Visitor>) -> Answer<Json<serde_json::Value>> {
    told(&app, &visitor.csrf, visitor.person.as_ref()).await
}

/// A person's name.
#[derive(Deserialize)]
pub struct Name {
    person: String,
}

/// Somebody says who they are; whoever came with a password is who they are.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: Extension<Visitor>,
    Sent(name): Sent<Name>,
) -> Answer<Json<serde_json::Value>> {
    let person = ActorName::new(&name.person)?;
    if let Some(own) = visitor.person.as_ref().filter(|own| app.door.by_password() && **own != person) {
        let problem = Problem::forbidden(format!("you came in as {own}"), "sign out, and in with the other name");
        return Err(problem.code(Code::NameFixed).value("person", own.as_str()));
    }
    app.sessions.sign_in(&visitor.session, person.clone());
    told(&app, &visitor.csrf, Some(&person)).await
}

/// Ends the session.
pub async fn sign_out(State(app): State<Arc<App>>, visitor: Extension<Visitor>) -> Response {
    app.sessions.close(&visitor.session);
    ([(header::SET_COOKIE, app.sessions.cookie_of("", "; Max-Age=0"))], Json(json!({}))).into_response()
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
    let sign_in = if app.door.by_password() { "password" } else { "name" };
    Ok(Json(json!({
        "person": person, "csrf": csrf, "read_only": app.options.read_only, "archive": archive,
        "version": env!("CARGO_PKG_VERSION"), "sign_in": sign_in,
    })))
}
