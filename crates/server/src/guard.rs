//! What every request must be, and what every answer says: asked for under a name that is ours, by a page that is ours,
//! and shown under a policy that lets nothing else in.

use crate::{
    app::App,
    code::Code,
    error::{Answer, Problem},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::SocketAddr, sync::Arc};

/// The names under which a server answers.
pub struct Names {
    hosts: Vec<String>,
    scheme: &'static str,
}

impl Names {
    /// Of a server at `address`, and under the names that people gave it.
    pub fn new(address: SocketAddr, others: &[String], tls: bool) -> Self {
        let ip = address.ip();
        let own = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
        let mut names = others.to_vec();
        // Nobody asks for 0.0.0.0: it stands for all addresses of the machine.
        names.extend((!ip.is_unspecified()).then_some(own));
        names.extend(
            ip.is_loopback().then_some(["127.0.0.1", "localhost", "[::1]"]).into_iter().flatten().map(str::to_owned),
        );
        let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{}", address.port())).collect();
        // The port that browsers leave out.
        if tls && address.port() == 443 {
            hosts.extend(names);
        }
        Self { hosts, scheme: if tls { "https" } else { "http" } }
    }

    /// The address under which people open it.
    pub fn address(&self) -> String {
        format!("{}://{}", self.scheme, self.hosts.first().map(String::as_str).unwrap_or_default())
    }

    fn host<'a>(&self, headers: &'a HeaderMap) -> Answer<&'a str> {
        let host = text(headers, &header::HOST).unwrap_or_default();
        if self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            return Ok(host);
        }
        let next = "open the address that the terminal printed";
        let what = "the page was asked for under a name that is not this server's";
        Err(Problem::forbidden(what, next).code(Code::WrongHost))
    }

    /// Refuses requests under a name that is not ours (DNS rebinding), and those that other sites sent.
    fn check(&self, headers: &HeaderMap) -> Answer<()> {
        let host = self.host(headers)?;
        let elsewhere = text(headers, &header::ORIGIN).is_some_and(|origin| !self.own(origin, host))
            || text(headers, &FETCH_SITE).is_some_and(|site| site == "cross-site");
        if elsewhere {
            let problem = Problem::forbidden("another site sent this request", "use the pages of this server");
            return Err(problem.code(Code::ForeignOrigin));
        }
        Ok(())
    }

    fn own(&self, origin: &str, host: &str) -> bool {
        let of = origin.strip_prefix(self.scheme).and_then(|rest| rest.strip_prefix("://"));
        of.is_some_and(|of| of.eq_ignore_ascii_case(host))
    }

    /// Whether a form was sent by a page of ours, as browsers tell it of every form.
    pub fn sent_by_own_page(&self, headers: &HeaderMap) -> bool {
        let host = text(headers, &header::HOST).unwrap_or_default();
        text(headers, &header::ORIGIN).is_some_and(|origin| self.own(origin, host))
    }
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Checks host and origin of every request and puts the safety headers on every response.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    // An address may be opened from a mail or a note: that is what it is for. It changes nothing by itself.
    let entrance = path == "/open" || (app.door.by_password() && matches!(path.as_str(), "/" | "/login"));
    let checked = if entrance && request.method() == Method::GET {
        app.names.host(request.headers()).map(drop)
    } else {
        app.names.check(request.headers())
    };
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    safety(response.headers_mut(), &path);
    response
}

/// Everything comes from here alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// For built stories, which a page shows in a frame. They carry a script and a style of their own, and a stricter policy
/// that names both by their hashes; nothing there may ask this server for anything but pictures and sound.
const STORY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; \
    media-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
/// For the page on which people give their password: it runs nothing.
const LOGIN: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn safety(headers: &mut HeaderMap, path: &str) {
    let (policy, referrer) = match path {
        // Browsers tell where a form comes from only where the page lets them.
        "/login" => (LOGIN, "same-origin"),
        _ if path.starts_with("/stories/") => (STORY, "no-referrer"),
        _ => (POLICY, "no-referrer"),
    };
    let all = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, referrer),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn only_its_own_names_are_answered_to() {
        let far = Names::new("192.0.2.7:4680".parse().unwrap(), &["desk.example".into()], true);
        assert_eq!(far.address(), "https://desk.example:4680");
        for (host, fine) in [
            ("192.0.2.7:4680", true),
            ("DESK.example:4680", true),
            ("desk.example", false),
            ("localhost:4680", false),
            ("evil.example:4680", false),
            ("192.0.2.7", false),
        ] {
            assert_eq!(far.check(&headers(&[("host", host)])).is_ok(), fine, "{host}");
        }
        let usual = Names::new("192.0.2.7:443".parse().unwrap(), &["desk.example".into()], true);
        assert!(usual.check(&headers(&[("host", "desk.example")])).is_ok());
        assert!(usual.check(&headers(&[("host", "192.0.2.7")])).is_ok());
        let any = Names::new("0.0.0.0:4680".parse().unwrap(), &["desk.example".into()], true);
        assert!(any.check(&headers(&[("host", "0.0.0.0:4680")])).is_err());
        let near = Names::new("127.0.0.1:4680".parse().unwrap(), &[], false);
        assert!(near.check(&headers(&[("host", "localhost:4680")])).is_ok());
        let six = Names::new("[::1]:4680".parse().unwrap(), &[], false);
        assert!(six.check(&headers(&[("host", "[::1]:4680")])).is_ok());
    }

    #[test]
    fn other_origins_are_refused() {
        let names = Names::new("192.0.2.7:4680".parse().unwrap(), &[], true);
        let from = |origin: &str| {
            let headers = headers(&[("host", "192.0.2.7:4680"), ("origin", origin)]);
            (names.check(&headers).is_ok(), names.sent_by_own_page(&headers))
        };
        assert_eq!(from("https://192.0.2.7:4680"), (true, true));
        for foreign in ["http://192.0.2.7:4680", "https://192.0.2.7", "https://evil.example", "null", ""] {
            assert_eq!(from(foreign), (false, false), "{foreign}");
        }
        let silent = headers(&[("host", "192.0.2.7:4680")]);
        assert_eq!((names.check(&silent).is_ok(), names.sent_by_own_page(&silent)), (true, false));
        assert!(names.check(&headers(&[("host", "192.0.2.7:4680"), ("sec-fetch-site", "cross-site")])).is_err());
    }
}
