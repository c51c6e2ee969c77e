//! A running server, and clients that speak to it as browsers do.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod abroad;
mod desk;
mod evidence;
mod marks;
mod working;

use crate::common::Lab;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use ureq::{Agent, http::Response};

/// The program at work.
pub struct Served {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub host: String,
    token: String,
}

impl Served {
    pub fn start(lab: &Lab, more: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("earwitness"));
        command.arg("--archive").arg(&lab.root).args(["serve", "--port", "0"]).args(more);
        command.env("EARWITNESS_MODELS", earwitness_testkit::models());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (host, token) = line.trim().strip_prefix("http://").unwrap().split_once("/open?token=").unwrap();
        assert_eq!(token.len(), 64);
        Self { host: host.into(), token: token.into(), child }
    }

    /// A browser that never opened the address.
    pub fn stranger(&self) -> Client {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let (agent, host) = (Agent::new_with_config(config), self.host.clone());
        Client { agent, host, cookie: String::new(), csrf: String::new() }
    }

    /// One that did.
    pub fn visitor(&self) -> Client {
        let mut client = self.stranger();
        let opened = client.raw("GET", &format!("/open?token={}", self.token), &[]);
        assert_eq!((opened.status, opened.header("location").as_str()), (303, "/"));
        let cookie = opened.header("set-cookie");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"),
            "{cookie}"
        );
        client.cookie = cookie.split(';').next().unwrap().to_owned();
        client.csrf = client.get("/api/session").1["csrf"].as_str().unwrap().to_owned();
        client
    }

    /// One in which somebody said who they are.
    pub fn client(&self, person: &str) -> Client {
        let client = self.visitor();
        assert_eq!(client.post("/api/session", &json!({"person": person})).1["person"], person);
        client
    }

    /// How it ended, where it did so by itself within this time.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < within {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self) -> ExitStatus {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.interrupt();
        }
    }
}

/// A browser.
pub struct Client {
    agent: Agent,
    host: String,
    cookie: String,
    pub csrf: String,
}

/// What came back, as it is.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, by its name in lower case; empty where it is not there.
    pub fn header(&self, name: &str) -> String {
        let named =
            self.head.lines().filter_map(|line| line.split_once(':')).find(|(n, _)| n.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }
}

impl Client {
    pub fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send("POST", path, Some(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send("PUT", path, Some(body))
    }

    /// A request with all that our pages send.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = format!("http://{}{path}", self.host);
        let request = ureq::http::Request::builder().method(method).uri(url).header("cookie", &self.cookie);
        let request = request.header("x-earwitness-csrf", &self.csrf).header("content-type", "application/json");
        let request = request.body(body.map(Value::to_string).unwrap_or_default()).unwrap();
        let mut response: Response<_> = self.agent.run(request).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub fn text(&self, path: &str) -> (u16, String) {
        let answer = self.raw("GET", path, &[]);
        (answer.status, String::from_utf8(answer.body).unwrap())
    }

    pub fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.raw_with(method, path, headers, b"")
    }

    /// The status of an answer, where anybody answers.
    pub fn probe(&self, path: &str) -> Option<u16> {
        self.agent.get(format!("http://{}{path}", self.host)).call().ok().map(|answer| answer.status().as_u16())
    }

    /// Exactly this request, with the cookie.
    pub fn raw_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.begin(method, path, headers, body);
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    fn begin(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "host") {
            text += &format!("host: {}\r\n", self.host);
        }
        if !self.cookie.is_empty() {
            text += &format!("cookie: other=1; {}\r\n", self.cookie);
        }
        headers.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
        stream.write_all((text + "\r\n").as_bytes()).unwrap();
        // A server that refuses need not read it.
        let _ = stream.write_all(body);
        stream
    }

    /// The stream of events of one page.
    pub fn events(&self) -> Events {
        let stream = self.begin("GET", "/api/events", &[("accept", "text/event-stream")], b"");
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).unwrap(), 0);
        }
        Events { head, reader: RefCell::new(reader) }
    }
}

/// Events as they come.
pub struct Events {
    pub head: String,
    reader: RefCell<BufReader<TcpStream>>,
}

impl Events {
    /// The next event of a name.
    pub fn next(&self, name: &str) -> Value {
        self.until(name, |_| true)
    }

    /// The next one of a name that is as wanted.
    pub fn until(&self, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let (mut line, mut event, began) = (String::new(), String::new(), Instant::now());
        while began.elapsed() < Duration::from_secs(60) {
            line.clear();
            assert_ne!(self.reader.borrow_mut().read_line(&mut line).unwrap(), 0, "the stream ended");
            if let Some(of) = line.trim().strip_prefix("event:") {
                event = of.trim().to_owned();
            } else if let Some(data) = line.trim().strip_prefix("data:").filter(|_| event == name) {
                let value: Value = serde_json::from_str(data).unwrap();
                if wanted(&value) {
                    return value;
                }
            }
        }
        panic!("no such event came: {name}");
    }
}
