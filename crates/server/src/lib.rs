//! The workbench: the archive as pages in a browser, on this machine alone.
//!
//! Thin over the libraries: what a page can do, a command can do. The server listens on the loopback interface, lets in
//! whoever opens the address with its token, and takes changes only from its own pages, in the name of somebody who said
//! who they are. What the pages ask for and send is described in `docs/api.md`.

mod api;
mod app;
mod assets;
mod calls;
mod error;
mod events;
mod input;
mod serve;
mod session;
mod sound;
mod upload;
mod work;

pub use serve::{Options, ServeError, Server, Stopper};
