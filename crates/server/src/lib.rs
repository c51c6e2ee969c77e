//! The workbench: the archive as pages in a browser.
//!
//! Thin over the libraries: what a page can do, a command can do. The server listens on the loopback interface, lets in
//! whoever opens the address with its token, and takes changes only from its own pages, in the name of somebody who said
//! who they are. Other machines are let in over TLS, and with a password. What the pages ask for and send is described in
//! `docs/api.md`.

mod api;
mod app;
mod assets;
mod calls;
mod code;
mod door;
mod error;
mod events;
mod guard;
mod input;
mod serve;
mod session;
mod sound;
mod upload;
mod work;

pub use door::{PasswordError, TlsError, add_person, remove_person};
pub use serve::{Abroad, Ended, Options, ServeError, Server, Stopper};
