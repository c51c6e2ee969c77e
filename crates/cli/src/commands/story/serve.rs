//! A preview for the one who writes: on this machine only, and made again when the text changes. Nothing is written, and
//! only what was made is given out: there are no paths to leave.

use super::{TEXT, build, folder};
use crate::{
    commands::{Outcome, protect},
    context::Context,
    errors::Problem,
    interrupt,
};
use earwitness_desk::protection::Guard;
use earwitness_publish::site::File;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::{Duration, SystemTime},
};
use tiny_http::{Header, Method, Request, Response, Server};

/// How often the program looks whether somebody wants it to end.
const PATIENCE: Duration = Duration::from_millis(200);

/// What was made last, and from what.
struct Preview {
    made: Result<BTreeMap<String, Vec<u8>>, String>,
    of: Vec<(String, Option<SystemTime>)>,
}

pub(super) fn run(name: &str, port: u16, context: &Context) -> anyhow::Result<Outcome> {
    let dir = folder(&context.open_to_read()?, name)?;
    let failed = |e: &dyn std::fmt::Display| {
        Problem::new(format!("port {port} cannot be used: {e}"), "choose another with --port, or leave it out")
    };
    let server = Server::http(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(|e| failed(&e))?;
    let port = server.server_addr().to_ip().map_or(port, |a| a.port());
    interrupt::install();
    let mut preview = Preview::of(name, &dir, context);
    if let Err(why) = &preview.made {
        context.out.warn(why);
    }
    context.out.line(&format!("http://127.0.0.1:{port}/  shows {name} while you write it; Ctrl-C ends"))?;
    while !interrupt::asked() {
        let Some(request) = server.recv_timeout(PATIENCE)? else { continue };
        if preview.of != stamp(&dir) && request.url().trim_end_matches("index.html") == "/" {
            preview = Preview::of(name, &dir, context);
        }
        // Whoever went away in the middle of an answer does not matter.
        let _ = answer(request, &preview, port);
    }
    Ok(Outcome::Done)
}

impl Preview {
    fn of(name: &str, dir: &Path, context: &Context) -> Self {
        let of = stamp(dir);
        let made = || -> anyhow::Result<Vec<File>> {
            let archive = context.open_to_read()?;
            let guard = Guard::new(&protect::rules(&archive)?)?;
            Ok(build::make(&archive, name, (true, true), &guard, context)?.0)
        };
        Self { made: made().map(BTreeMap::from_iter).map_err(|e| format!("{e:#}")), of }
    }
}

/// The files of a story's folder with the times of their last change.
fn stamp(dir: &Path) -> Vec<(String, Option<SystemTime>)> {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let named = files.map(|f| (f.file_name().to_string_lossy().into_owned(), f));
    let own = named.filter(|(name, _)| name == TEXT || !name.starts_with('.'));
    let mut all: Vec<_> = own
        .filter_map(|(name, f)| f.metadata().ok().filter(|m| m.is_file()).map(|m| (name, m.modified().ok())))
        .collect();
    all.sort();
    all
}

fn answer(request: Request, preview: &Preview, port: u16) -> std::io::Result<()> {
    let plain = |code: u16, text: &str| (code, "text/plain; charset=utf-8", text.as_bytes().to_vec());
    let host = request.headers().iter().find(|h| h.field.equiv("Host")).map(|h| h.value.as_str().to_string());
    // Another site must not reach this one through a name that leads to this machine.
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let path = request.url().split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let (code, kind, bytes) = match &preview.made {
        _ if !host.is_some_and(|h| ours.contains(&h)) => plain(403, "this preview is for its own machine only"),
        _ if !matches!(request.method(), Method::Get | Method::Head) => plain(405, "this can only be read"),
        Err(why) => plain(500, why),
        Ok(files) => match files.get(path) {
            Some(bytes) => (200, kind(path), bytes.clone()),
            None => plain(404, "there is no such file in the story"),
        },
    };
    let mut response = Response::from_data(bytes).with_status_code(code);
    for (name, value) in [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "frame-ancestors 'none'"),
    ] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    request.respond(response)
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "wav" => "audio/wav",
        "vtt" => "text/vtt; charset=utf-8",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}
