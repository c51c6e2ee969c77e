//! Claims from a file, and into one.

use crate::{
    commands::{Outcome, export},
    context::Context,
    errors::{Problem, advise},
    output::{clean, count},
};
use anyhow::Context as _;
use earwitness_desk::claims;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// What stands for stdin and stdout.
const PIPE: &str = "-";

pub(super) fn import(path: &Path, context: &Context) -> anyhow::Result<Outcome> {
    let shown = if path == Path::new(PIPE) { "stdin".to_string() } else { clean(&path.display().to_string()) };
    let text = read(path).with_context(|| format!("{shown} cannot be read"))?;
    let text = String::from_utf8(text)
        .map_err(|_| Problem::new(format!("{shown} is not UTF-8 text"), "save it as UTF-8; nothing was kept"))?;
    let archive = context.open()?;
    let author = context.author()?;
    let told = archive.try_write(|tx| claims::import(tx, &author, &text)).map_err(|e| match e {
        claims::ClaimsError::Faults(_) => {
            let next = "correct these places and import again; nothing was kept. docs/claims.md describes the form";
            advise(anyhow::anyhow!("{shown} was not taken in:\n{e}"), next)
        }
        e => e.into(),
    })?;
    if context.out.json {
        context.out.json(&told)?;
    } else {
        let claims::Imported { added, changed, unchanged, decided } = told;
        let claims = count(added as u64, "claim", "claims");
        let decided = count(decided as u64, "decision", "decisions");
        context
            .out
            .line(&format!("{claims} added, {changed} changed, {unchanged} as before; {decided} on evidence"))?;
    }
    Ok(Outcome::Done)
}

/// A file, as far as one byte more than may be read.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let most = claims::LONGEST as u64 + 1;
    let mut text = Vec::new();
    if path == Path::new(PIPE) {
        io::stdin().lock().take(most).read_to_end(&mut text)?;
    } else {
        File::open(path)?.take(most).read_to_end(&mut text)?;
    }
    Ok(text)
}

pub(super) fn export(path: &Path, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let piped = path == Path::new(PIPE);
    if !piped {
        export::outside(path, archive.root())?;
        if path.symlink_metadata().is_ok() {
            let what = format!("{} is there already", clean(&path.display().to_string()));
            return Err(Problem::new(what, "choose another name with --out").into());
        }
    }
    let (text, written) = (claims::export(&archive)?, claims::Claims::load(&archive)?.claims.len());
    // Nothing in it is protected: said before it leaves, as for every other thing that leaves so.
    export::note_unprotected(&archive, "claims", &serde_json::json!({"claims": written}))?;
    if piped {
        context.out.print(&text)?;
        return Ok(Outcome::Done);
    }
    export::put(&[(path.to_path_buf(), text)], false)?;
    if context.out.json {
        context.out.json(&serde_json::json!({"file": path, "claims": written}))?;
    } else {
        let claims = count(written as u64, "claim", "claims");
        context.out.line(&format!("{claims} written to {}", clean(&path.display().to_string())))?;
    }
    context
        .out
        .note("It holds names as the desk keeps them, protected ones too: it is not for readers. The ledger says so.");
    Ok(Outcome::Done)
}
