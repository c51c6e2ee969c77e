//! The page on which people give their name and password. It stands by itself: no script runs there, and nothing of the
//! archive is on it.

use super::{Door, Gate, Peer};
use crate::{
    app::{App, lock},
    error::{Answer, Problem},
};
use axum::{
    Extension, Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use earwitness_archive::ActorName;
use earwitness_model::Digest;
use serde::Deserialize;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const PAGE: &str = include_str!("login.html");
const STYLE: &str = include_str!("login.css");

/// The words of the page in a language.
struct Words {
    language: &'static str,
    title: &'static str,
    name: &'static str,
    password: &'static str,
    enter: &'static str,
    wrong: &'static str,
    wait: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    title: "Sign in",
    name: "Name",
    password: "Password",
    enter: "Sign in",
    wrong: "Name and password do not fit.",
    wait: "Too many wrong passwords. Try again in {} minutes.",
};
const UKRAINIAN: Words = Words {
    language: "uk",
    title: "Вхід",
    name: "Ім’я",
    password: "Пароль",
    enter: "Увійти",
    wrong: "Ім’я або пароль неправильні.",
    wait: "Забагато неправильних паролів. Спробуйте ще раз через {} хв.",
};

impl Words {
    /// In the first of the two languages that the browser asks for.
    fn of(headers: &HeaderMap) -> &'static Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let tongue = |part: &str| part.trim().split(['-', ';']).next().unwrap_or_default().to_lowercase();
        let first = asked.split(',').map(tongue).find(|tongue| matches!(tongue.as_str(), "en" | "uk"));
        if first.as_deref() == Some("uk") { &UKRAINIAN } else { &ENGLISH }
    }

    fn page(&self, told: &str) -> Html<String> {
        let alert = if told.is_empty() { String::new() } else { format!("<p role=\"alert\">{told}</p>") };
        let parts = [
            ("{{language}}", self.language),
            ("{{title}}", self.title),
            ("{{name}}", self.name),
            ("{{password}}", self.password),
            ("{{enter}}", self.enter),
            ("{{alert}}", &alert),
        ];
        Html(parts.iter().fold(PAGE.to_owned(), |page, (mark, text)| page.replace(mark, text)))
    }
}

fn gate(app: &App) -> Answer<&Gate> {
    match &app.door {
        Door::Password(gate) => Ok(gate),
        Door::Token(_) => Err(Problem::missing("nobody signs in here with a password").next(app.door.way_in())),
    }
}

/// The page.
pub async fn look(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer<Response> {
    gate(&app)?;
    if crate::session::is_open(&app, &headers) {
        return Ok(Redirect::to("/").into_response());
    }
    Ok(Words::of(&headers).page("").into_response())
}

/// How it looks.
pub async fn style(State(app): State<Arc<App>>) -> Answer<Response> {
    gate(&app)?;
    Ok(([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response())
}

/// What people give.
#[derive(Deserialize)]
pub struct Given {
    name: String,
    password: String,
}

/// Somebody gives a name and a password.
pub async fn login(
    State(app): State<Arc<App>>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    given: Result<Form<Given>, FormRejection>,
) -> Answer<Response> {
    let gate = gate(&app)?;
    // Nobody is signed in by another site, under a name that they did not choose.
    if !app.names.sent_by_own_page(&headers) {
        let problem = Problem::forbidden("another site sent this request", "open this server's own page");
        return Err(problem.code(crate::code::Code::ForeignOrigin));
    }
    let Form(given) = given.map_err(|e| Problem::new(e.status(), "a name and a password are needed"))?;
    let words = Words::of(&headers);
    let refused = || (StatusCode::UNAUTHORIZED, words.page(words.wrong)).into_response();
    let Ok(person) = ActorName::new(&given.name) else { return Ok(refused()) };
    if let Err(left) = gate.attempts.count(person.as_str(), from, Instant::now()) {
        tracing::warn!(%from, "too many wrong passwords");
        return Ok(wait(words, left));
    }
    let Some(proof) = fits(&app, gate, &person, given.password).await? else {
        tracing::warn!(%from, "a wrong password");
        return Ok(refused());
    };
    gate.attempts.forgive(person.as_str(), from);
    app.used();
    let cookie = app.sessions.open(Some((person, proof)))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

async fn fits(app: &App, gate: &Gate, person: &ActorName, password: String) -> Answer<Option<Digest>> {
    app.door.refresh();
    let known = Arc::clone(&lock(&gate.known).1);
    let person = person.clone();
    let _turn = gate.comparing.acquire().await.map_err(|e| std::io::Error::other(e.to_string()))?;
    let compared = tokio::task::spawn_blocking(move || known.check(person.as_str(), &password));
    compared.await.map_err(|e| std::io::Error::other(e.to_string()).into())
}

fn wait(words: &Words, left: Duration) -> Response {
    let told = words.wait.replace("{}", &left.as_secs().div_ceil(60).to_string());
    let mut response = (StatusCode::TOO_MANY_REQUESTS, words.page(&told)).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(left.as_secs().max(1)));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_the_browsers_language() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(text).unwrap());
            Words::of(&headers).language
        };
        assert_eq!(asked("uk-UA,uk;q=0.9,en;q=0.5"), "uk");
        assert_eq!(asked("de,en-GB;q=0.7,uk;q=0.3"), "en");
        assert_eq!(asked("de"), "en");
        let page = UKRAINIAN.page(UKRAINIAN.wrong).0;
        assert!(page.contains("<html lang=\"uk\">") && page.contains("неправильні") && !page.contains("{{"), "{page}");
    }
}
