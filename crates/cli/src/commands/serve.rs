//! `earwitness serve`: the workbench in a browser, on this machine.

mod people;

use super::{Outcome, process::threads};
use crate::{
    context::Context,
    errors::{Problem, advise},
    interrupt,
    output::{Style, clean},
};
use anyhow::Context as _;
use earwitness_server::{Abroad, Ended, Options, ServeError, Server};
use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whoever has the address that is printed can work on the archive: it opens a session in that browser, until the server
ends. Nothing is loaded from anywhere else, and no other machine can reach it. Ctrl-C ends it.

To let other machines in, people need passwords, and the connection TLS:
  earwitness serve --add-person Oksana --password-file people
  earwitness serve --addr 192.168.1.20:4680 --password-file people --tls-cert cert.pem --tls-key key.pem
They open https://192.168.1.20:4680/ and sign in; what they do is kept under that name.")]
pub struct Args {
    /// Where to listen; other than on this machine, only with a password file and TLS
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4680")]
    addr: SocketAddr,
    /// Listen at another port; 0 takes any that is free
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// Let nothing be changed
    #[arg(long)]
    read_only: bool,
    /// End by itself when nobody used it for so many minutes; a page that is open uses it
    #[arg(long, value_name = "MINUTES", value_parser = minutes)]
    idle: Option<Duration>,
    #[command(flatten)]
    others: Others,
}

/// What it takes to let other machines in.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Other machines")]
struct Others {
    /// Who may come in: NAME:HASH, one a line; nobody else may read the file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The certificate in PEM, those that vouch for it behind it
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Its private key in PEM; nobody else may read the file
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// A name under which people open it, beside its address (may be given again)
    #[arg(long, value_name = "HOST", value_parser = host)]
    host: Vec<String>,
    /// Give somebody a password, or a new one, and end; it is asked for, or read from stdin
    #[arg(long, value_name = "NAME", requires = "password_file", conflicts_with = "remove_person")]
    add_person: Option<String>,
    /// Take somebody's password away, and end; their sessions end within seconds
    #[arg(long, value_name = "NAME", requires = "password_file")]
    remove_person: Option<String>,
}

fn minutes(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse::<f64>().ok().filter(|minutes| (0.01..=525_600.0).contains(minutes));
    number.map(|minutes| Duration::from_secs_f64(minutes * 60.0)).ok_or("a number of minutes, as 240")
}

fn host(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let fine = !text.is_empty() && text.len() <= 253 && text.chars().all(plain);
    if fine { Ok(text.to_ascii_lowercase()) } else { Err("a name without a port, as desk.example.org") }
}

/// Serves the archive until somebody stops it.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match (&args.others.add_person, &args.others.remove_person, &args.others.password_file) {
        (Some(name), _, Some(file)) => return people::add(file, name, context),
        (_, Some(name), Some(file)) => return people::remove(file, name, context),
        _ => {}
    }
    let mut address = args.addr;
    address.set_port(args.port.unwrap_or(address.port()));
    let abroad = abroad(address, args.others)?;
    let (root, models) = (context.archive_dir()?, context.models());
    let program = std::env::current_exe().context("the program does not know where it lies")?;
    let (read_only, idle, threads) = (args.read_only, args.idle, threads(None));
    let server = Server::bind(Options { root, address, abroad, idle, read_only, models, threads, program });
    let server = server.map_err(words)?;
    interrupt::install();
    let stopper = server.stopper();
    let _guard = interrupt::on_interrupt(move || stopper.stop());
    let url = told(&server, read_only, context)?;
    if args.open {
        open(&url, context);
    }
    if server.run()? == Ended::Unused {
        context.out.note("Nobody used it for so long that it ended by itself.");
    }
    Ok(Outcome::Done)
}

/// Says where it is, and gives the address.
fn told(server: &Server, read_only: bool, context: &Context) -> anyhow::Result<String> {
    let (url, out, certificate) = (server.url(), &context.out, server.fingerprint());
    if out.json {
        out.json(&serde_json::json!({ "url": url, "read_only": read_only, "certificate_sha256": certificate }))?;
        return Ok(url);
    }
    out.line(&out.paint(Style::Bold, &url))?;
    match certificate {
        None => out.note("Open this address in a browser of this machine. Ctrl-C ends the server."),
        Some(digest) => {
            out.note("Open this address and sign in. Ctrl-C ends the server.");
            out.note(&format!("The certificate's SHA-256, should the browser not know it: {}", digest.hex()));
        }
    }
    Ok(url)
}

/// What lets other machines in: all of it, or nothing.
fn abroad(address: SocketAddr, others: Others) -> anyhow::Result<Option<Abroad>> {
    let Others { password_file, tls_cert, tls_key, host: names, .. } = others;
    let given = [&password_file, &tls_cert, &tls_key].map(Option::is_some);
    if let (Some(passwords), Some(certificate), Some(key)) = (password_file, tls_cert, tls_key) {
        return Ok(Some(Abroad { passwords, certificate, key, names }));
    }
    let here = address.ip().is_loopback();
    if here && names.is_empty() && !given.contains(&true) {
        return Ok(None);
    }
    let options = ["--password-file", "--tls-cert", "--tls-key"];
    let missing: Vec<&str> = options.into_iter().zip(given).filter(|(_, given)| !given).map(|(name, _)| name).collect();
    let what = if here {
        "passwords, certificate and key belong together".to_owned()
    } else {
        format!("{address} can be reached from other machines: that takes passwords and TLS")
    };
    let next = format!(
        "give {} too, or listen on 127.0.0.1 and tunnel to it (ssh -L 4680:127.0.0.1:4680)",
        missing.join(" and ")
    );
    Err(Problem::usage(what, next).into())
}

/// What to do about an archive that cannot be served.
fn words(error: ServeError) -> anyhow::Error {
    let next = match error {
        ServeError::Archive(_) => return error.into(),
        ServeError::Passwords(error) => return people::words(error),
        ServeError::Tls(error) => {
            return advise(
                error,
                "give a certificate and its own key in PEM; nobody else may read the key (chmod 600)",
            );
        }
        ServeError::NoName(address) => {
            let what = format!("{address} stands for all addresses of this machine");
            let next = "say with --host under which name people open it, or give the one address with --addr";
            return Problem::usage(what, next).into();
        }
        ServeError::NotLoopback(_) => "give --password-file, --tls-cert and --tls-key",
        ServeError::Listen { .. } => "another program may listen there: --port 0 takes any that is free",
        _ => "run `earwitness verify`, which names what is broken",
    };
    advise(error, next)
}

/// The browser of the desk; where there is none, the address stands above all the same.
fn open(url: &str, context: &Context) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = || Stdio::null();
    let begun = Command::new(program).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
    if let Err(error) = begun {
        let why = clean(&error.to_string());
        context.out.warn(&format!("{program} could not be started ({why}); open the address yourself"));
    }
}
