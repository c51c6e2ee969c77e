//! Other machines: TLS, passwords, and what is refused. The certificate is made here.

use super::Answer;
use crate::common::{Lab, id};
use predicates::str::contains;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::CertificateDer};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

const PASSWORD: &str = "correct horse battery";
const NEED: [&str; 6] = ["--password-file", "people", "--tls-cert", "cert.pem", "--tls-key", "key.pem"];

/// A certificate and a key in the lab's folder.
fn certificate(lab: &Lab, cert: &str, key: &str) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".into(), "127.0.0.1".into()]).unwrap();
    fs::write(lab.path(cert), made.cert.pem()).unwrap();
    fs::write(lab.path(key), made.signing_key.serialize_pem()).unwrap();
    mode(lab, key, 0o600);
    made.cert.der().clone()
}

fn mode(lab: &Lab, name: &str, mode: u32) {
    fs::set_permissions(lab.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

fn add(lab: &Lab, name: &str, password: &str) -> assert_cmd::assert::Assert {
    let mut command = lab.run(&["serve", "--password-file", "people", "--add-person", name]);
    command.write_stdin(format!("{password}\n")).assert()
}

/// A server for other machines, and what they trust.
struct Far {
    child: Child,
    port: u16,
    config: Arc<ClientConfig>,
}

impl Far {
    fn start(lab: &Lab) -> Self {
        let root = certificate(lab, "cert.pem", "key.pem");
        add(lab, "Anna", PASSWORD).success().stdout(contains("added: Anna"));
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("earwitness"));
        command
            .arg("--archive")
            .arg(&lab.root)
            .args(["serve", "--addr", "0.0.0.0:0", "--host", "localhost"])
            .args(NEED);
        let mut child =
            command.current_dir(lab.dir.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("https://localhost:").unwrap().trim_end_matches('/').parse().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(root).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
        Self { child, port, config }
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let to = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        to.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.config), "localhost".try_into().unwrap()).unwrap();
        let mut stream = StreamOwned::new(connection, to);
        let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "host") {
            text += &format!("host: {}\r\n", self.host());
        }
        headers.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
        stream.write_all((text + "\r\n" + body).as_bytes()).unwrap();
        let mut bytes = Vec::new();
        // Not every end of an answer is also a clean end of TLS.
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    fn login(&self, name: &str, password: &str, more: &[(&str, &str)]) -> Answer {
        let own = format!("https://{}", self.host());
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if !more.iter().any(|(name, _)| *name == "origin") {
            headers.push(("origin", &own));
        }
        headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        self.ask("POST", "/login", &headers, &format!("name={name}&password={}", password.replace(' ', "+")))
    }

    /// Somebody who signed in: their cookie and their page's secret.
    fn enter(&self, name: &str, password: &str) -> (String, String) {
        let entered = self.login(name, password, &[]);
        assert_eq!((entered.status, entered.header("location").as_str()), (303, "/"), "{}", entered.head);
        let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        let session = json_of(&self.ask("GET", "/api/session", &[("cookie", &cookie)], ""));
        (cookie, session["csrf"].as_str().unwrap().to_owned())
    }

    fn post(&self, (cookie, csrf): &(String, String), method: &str, path: &str, body: &Value) -> (u16, Value) {
        let headers = [("cookie", cookie.as_str()), ("x-earwitness-csrf", csrf), ("content-type", "application/json")];
        let answer = self.ask(method, path, &headers, &body.to_string());
        (answer.status, json_of(&answer))
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

#[test]
fn somebody_signs_in_from_another_machine_and_is_who_they_are() {
    let lab = Lab::new();
    let far = Far::start(&lab);
    let front = far.ask("GET", "/", &[], "");
    assert_eq!((front.status, front.header("location").as_str()), (303, "/login"));
    assert_eq!(far.ask("GET", "/open?token=x", &[], "").header("location"), "/login", "no token opens anything");
    assert_eq!(json_of(&far.ask("GET", "/api/calls", &[], ""))["error"]["code"], "no_session");
    let page = far.ask("GET", "/login", &[("accept-language", "uk")], "");
    let text = String::from_utf8(page.body.clone()).unwrap();
    assert!(page.status == 200 && text.contains("<html lang=\"uk\">") && text.contains("Пароль"), "{text}");
    let policy = page.header("content-security-policy");
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(
        (page.header("referrer-policy").as_str(), page.header("cache-control").as_str()),
        ("same-origin", "no-store")
    );
    assert!(far.ask("GET", "/login.css", &[], "").header("content-type").starts_with("text/css"));

    for (name, password) in [("Anna", "wrong"), ("Nobody", PASSWORD), ("", ""), ("a%0Ab", PASSWORD)] {
        let refused = far.login(name, password, &[]);
        assert_eq!((refused.status, refused.header("set-cookie").as_str()), (401, ""), "{name}");
        assert!(String::from_utf8(refused.body).unwrap().contains("do not fit"));
    }
    let entered = far.login("Anna", PASSWORD, &[]);
    let cookie = entered.header("set-cookie");
    assert!(cookie.starts_with(&format!("__Host-earwitness-{}=", far.port)), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part) && !cookie.contains("Domain"), "{cookie}");
    }
    let anna = far.enter("Anna", PASSWORD);
    let session = json_of(&far.ask("GET", "/api/session", &[("cookie", &anna.0)], ""));
    assert_eq!((&session["person"], &session["sign_in"]), (&json!("Anna"), &json!("password")));
    let (status, told) = far.post(&anna, "POST", "/api/session", &json!({"person": "Taras"}));
    assert_eq!((status, &told["error"]["code"]), (403, &json!("name_fixed")), "{told}");
    assert_eq!(far.post(&anna, "POST", "/api/session", &json!({"person": "Anna"})).0, 200);
    assert_eq!(far.post(&anna, "POST", "/api/people", &json!({"name": "Artyom"})).0, 200);
    assert_eq!(lab.open().newest_record("person", "p1").unwrap().unwrap().author.to_string(), "person:Anna");
    let sound =
        far.ask("GET", &format!("/api/calls/{}/sound", id(1)), &[("cookie", &anna.0), ("range", "bytes=0-9")], "");
    assert_eq!((sound.status, sound.body.len()), (206, 10));
    assert_eq!(far.post(&anna, "DELETE", "/api/session", &json!({})).0, 200);
    assert_eq!(far.ask("GET", "/api/calls", &[("cookie", &anna.0)], "").status, 401);
    // Plain HTTP gets nowhere.
    let mut plain = TcpStream::connect(("127.0.0.1", far.port)).unwrap();
    plain.write_all(format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", far.host()).as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"));
}

#[test]
fn other_names_other_sites_and_guesses_are_refused() {
    let lab = Lab::new();
    let far = Far::start(&lab);
    let evil = far.ask("GET", "/login", &[("host", "evil.example:443")], "");
    assert_eq!((evil.status, &json_of(&evil)["error"]["code"]), (403, &json!("wrong_host")), "rebinding");
    let anna = far.enter("Anna", PASSWORD);
    let list = |headers: &[(&str, &str)]| {
        let headers: Vec<_> = [("cookie", anna.0.as_str())].into_iter().chain(headers.iter().copied()).collect();
        far.ask("GET", "/api/calls", &headers, "").status
    };
    assert_eq!(list(&[]), 200);
    let wrong = format!("http://{}", far.host());
    for headers in [
        ("host", "evil.example"),
        ("origin", "https://evil.example"),
        ("origin", wrong.as_str()),
        ("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(list(&[headers]), 403, "{headers:?}");
    }
    assert_eq!(
        list(&[("host", &format!("127.0.0.1:{}", far.port))]),
        403,
        "0.0.0.0 is no name, and no other was given"
    );
    for origin in ["", "null", "https://evil.example"] {
        let answer = far.login("Anna", PASSWORD, &[("origin", origin)]);
        assert_eq!((answer.status, answer.header("set-cookie").as_str()), (403, ""), "{origin:?}");
    }
    for n in 0..5 {
        assert_eq!(far.login("Anna", "a guess", &[]).status, 401, "{n}");
    }
    let late = far.login("Anna", PASSWORD, &[]);
    assert_eq!((late.status, late.header("set-cookie").as_str()), (429, ""));
    let left: u64 = late.header("retry-after").parse().unwrap();
    assert!((800..=900).contains(&left), "{left}");
    assert_eq!(list(&[]), 200, "whoever is in stays in");
}

#[test]
fn a_changed_or_removed_password_ends_sessions() {
    let lab = Lab::new();
    let far = Far::start(&lab);
    let anna = far.enter("Anna", PASSWORD);
    add(&lab, "Taras", "tractor lemon quiet").success();
    let taras = far.enter("Taras", "tractor lemon quiet");
    let until_gone = |cookie: &str| {
        let began = Instant::now();
        while far.ask("GET", "/api/calls", &[("cookie", cookie)], "").status != 401 {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    add(&lab, "Anna", "another long password").success().stdout(contains("new password"));
    until_gone(&anna.0);
    assert_eq!(far.login("Anna", PASSWORD, &[]).status, 401);
    assert_eq!(far.ask("GET", "/api/calls", &[("cookie", &taras.0)], "").status, 200);
    lab.run(&["serve", "--password-file", "people", "--remove-person", "Taras"]).assert().success();
    until_gone(&taras.0);
    lab.run(&["serve", "--password-file", "people", "--remove-person", "Taras"]).assert().code(1);
}

#[test]
fn what_is_missing_or_open_to_others_is_told() {
    let lab = Lab::new();
    certificate(&lab, "cert.pem", "key.pem");
    certificate(&lab, "cert2.pem", "key2.pem");
    add(&lab, "Anna", "short").code(1).stderr(contains("12 to"));
    add(&lab, "An:na", PASSWORD).code(1).stderr(contains("no colon"));
    lab.run(&["serve", "--add-person", "Anna"]).assert().code(2);
    let serve = |addr: &str, more: &[&str]| lab.run(&[&["serve", "--addr", addr], more].concat()).assert();
    serve("192.0.2.1:0", &NEED).code(1).stderr(contains("--add-person"));
    add(&lab, "Anna", PASSWORD).success();
    let hash = fs::read_to_string(lab.path("people")).unwrap();
    assert!(hash.starts_with("Anna:$argon2id$") && !hash.contains(PASSWORD), "{hash}");
    for (addr, more, missing) in [
        ("192.0.2.1:0", &[][..], "--password-file and --tls-cert and --tls-key"),
        ("192.0.2.1:0", &NEED[..2], "--tls-cert and --tls-key"),
        ("192.0.2.1:0", &NEED[..4], "give --tls-key"),
        ("127.0.0.1:0", &NEED[2..], "give --password-file"),
        ("0.0.0.0:0", &NEED[..], "--host"),
    ] {
        serve(addr, more).code(2).stderr(contains(missing));
    }
    for wrong in ["a b", "x:1", ""] {
        serve("0.0.0.0:0", &[&NEED[..], &["--host", wrong]].concat()).code(2);
    }
    mode(&lab, "key.pem", 0o644);
    serve("127.0.0.1:0", &NEED).code(1).stderr(contains("key.pem (its mode is 0644)"));
    mode(&lab, "key.pem", 0o600);
    mode(&lab, "people", 0o640);
    serve("127.0.0.1:0", &NEED).code(1).stderr(contains("chmod 600"));
    mode(&lab, "people", 0o600);
    let with =
        |cert: &str, key: &str| serve("127.0.0.1:0", &[&NEED[..2], &["--tls-cert", cert, "--tls-key", key]].concat());
    with("cert.pem", "key2.pem").code(1).stderr(contains("cannot be used"));
    with("key.pem", "key.pem").code(1).stderr(contains("no certificate"));
    with("cert.pem", "none.pem").code(1).stderr(contains("none.pem"));
    fs::write(lab.path("people"), "Anna:secret\n").unwrap();
    serve("127.0.0.1:0", &NEED).code(1).stderr(contains("line 1"));
}
