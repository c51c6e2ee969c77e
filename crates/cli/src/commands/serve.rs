//! `earwitness serve`: the workbench in a browser, on this machine.

use super::{Outcome, process::threads};
use crate::{
    context::Context,
    errors::advise,
    interrupt,
    output::{Style, clean},
};
use anyhow::Context as _;
use earwitness_server::{Options, ServeError, Server};
use std::{
    net::SocketAddr,
    process::{Command, Stdio},
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whoever has the address that is printed can work on the archive: it opens a session in that browser, until the server
ends. Nothing is loaded from anywhere else, and no other machine can reach it. Ctrl-C ends it.")]
pub struct Args {
    /// Where to listen, on this machine
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
}

/// Serves the archive until somebody stops it.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let mut address = args.addr;
    address.set_port(args.port.unwrap_or(address.port()));
    let (root, models) = (context.archive_dir()?, context.models());
    let program = std::env::current_exe().context("the program does not know where it lies")?;
    let options = Options { root, address, read_only: args.read_only, models, threads: threads(None), program };
    let server = Server::bind(options).map_err(words)?;
    interrupt::install();
    let stopper = server.stopper();
    let _guard = interrupt::on_interrupt(move || stopper.stop());
    let (url, out) = (server.url(), &context.out);
    if out.json {
        out.json(&serde_json::json!({ "url": url, "read_only": args.read_only }))?;
    } else {
        out.line(&out.paint(Style::Bold, &url))?;
        out.note("Open this address in a browser of this machine. Ctrl-C ends the server.");
    }
    if args.open {
        open(&url, context);
    }
    server.run()?;
    Ok(Outcome::Done)
}

/// What to do about an archive that cannot be served.
fn words(error: ServeError) -> anyhow::Error {
    let next = match &error {
        ServeError::Archive(_) => return error.into(),
        ServeError::NotLoopback(_) => {
            "use 127.0.0.1 or [::1]; to reach it from another machine, tunnel to this one (ssh -L 4680:127.0.0.1:4680)"
        }
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
