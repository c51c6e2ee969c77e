//! Stories of an archive, told from outside: kept, given again, broken into, killed, shared, full.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod decided;
mod evidence;
mod kept;
mod killed;
mod shared;
mod speed;
mod support;
mod tampered;
mod voices;
mod work;
