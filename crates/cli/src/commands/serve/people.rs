//! Who may come in from other machines: names and passwords in a file.

use crate::{
    commands::Outcome,
    context::Context,
    errors::{Problem, advise},
    output::clean,
};
use anyhow::Context as _;
use earwitness_server::{PasswordError, add_person, remove_person};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    io::{self, BufRead, IsTerminal, Read, Write},
    path::Path,
};

/// The longest line that is read as a password, bytes.
const LONGEST: u64 = 16 << 10;

/// Gives somebody a password, read from the terminal or from stdin: an argument could be read by every program.
pub(super) fn add(file: &Path, name: &str, context: &Context) -> anyhow::Result<Outcome> {
    let password = if io::stdin().is_terminal() { asked(name)? } else { line()? };
    let new = add_person(file, name, &password).map_err(words)?;
    said(if new { "added" } else { "given a new password" }, file, name, context)
}

/// Takes somebody's password away.
pub(super) fn remove(file: &Path, name: &str, context: &Context) -> anyhow::Result<Outcome> {
    if !remove_person(file, name).map_err(words)? {
        let what = format!("{} has no password in {}", clean(name), clean(&file.display().to_string()));
        return Err(Problem::new(what, "write the name as it stands in the file").into());
    }
    said("removed", file, name, context)
}

fn said(what: &str, file: &Path, name: &str, context: &Context) -> anyhow::Result<Outcome> {
    if context.out.json {
        context.out.json(&serde_json::json!({"person": name.trim(), "what": what, "file": file}))?;
    } else {
        context.out.line(&format!("{what}: {}", clean(name.trim())))?;
    }
    Ok(Outcome::Done)
}

/// Asked for twice, and not shown.
fn asked(name: &str) -> anyhow::Result<String> {
    let silent = Silent::new()?;
    let first = prompt(&format!("Password of {}: ", clean(name.trim())))?;
    let second = prompt("The same again: ")?;
    drop(silent);
    if first != second {
        return Err(Problem::new("the two passwords differ", "run the same command again").into());
    }
    Ok(first)
}

fn prompt(text: &str) -> anyhow::Result<String> {
    let mut to = io::stderr().lock();
    to.write_all(text.as_bytes()).and_then(|()| to.flush()).context("the terminal cannot be written to")?;
    let read = line();
    // The return key was not shown either.
    let _ = to.write_all(b"\n");
    read
}

fn line() -> anyhow::Result<String> {
    let mut text = String::new();
    io::stdin().lock().take(LONGEST).read_line(&mut text).context("the password cannot be read")?;
    Ok(text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text)).unwrap_or(&text).to_owned())
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silent(Termios);

impl Silent {
    fn new() -> anyhow::Result<Self> {
        let before = tcgetattr(io::stdin()).context("the terminal cannot be asked")?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).context("the terminal cannot be silenced")?;
        Ok(Self(before))
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// What to do about a file of passwords.
pub(super) fn words(error: PasswordError) -> anyhow::Error {
    let next = match &error {
        PasswordError::Open { file, .. } => format!("chmod 600 {}", clean(&file.display().to_string())),
        PasswordError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            "make it: earwitness serve --add-person NAME --password-file FILE".into()
        }
        PasswordError::Io { .. } => "check who owns it and where it lies".into(),
        PasswordError::Line { .. } => "each line is NAME:HASH; `serve --add-person` writes them".into(),
        PasswordError::Nobody { .. } => "earwitness serve --add-person NAME --password-file FILE".into(),
        PasswordError::Name(_) => "give another name".into(),
        PasswordError::Length => "several words in a row are easy to remember and hard to guess".into(),
        _ => "try again".into(),
    };
    advise(error, next)
}
