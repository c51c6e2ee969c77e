//! The codebook from a file, and into one.

use super::Form;
use crate::{
    commands::{Outcome, export},
    context::Context,
    errors::{Problem, advise},
    output::{clean, count},
};
use anyhow::Context as _;
use earwitness_desk::{
    codebook::{self, Codebook, Imported},
    passage::MarksError,
};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// What stands for stdin and stdout.
const PIPE: &str = "-";

pub(super) fn import(path: &Path, context: &Context) -> anyhow::Result<Outcome> {
    let pipe = path == Path::new(PIPE);
    let shown = if pipe { "stdin".to_string() } else { clean(&path.display().to_string()) };
    let most = codebook::LONGEST as u64 + 1;
    let mut bytes = Vec::new();
    let read = match pipe {
        true => io::stdin().lock().take(most).read_to_end(&mut bytes),
        false => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    read.with_context(|| format!("{shown} cannot be read"))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{shown} is not UTF-8 text"), "save it as UTF-8; nothing was kept"))?;
    let archive = context.open()?;
    let author = context.author()?;
    let told = archive.try_write(|tx| codebook::import(tx, &author, &text)).map_err(|e| match e {
        MarksError::Faults(_) => {
            let next = "correct these places and import again; nothing was kept. `earwitness themes export` writes one";
            advise(anyhow::anyhow!("{shown} was not taken in:\n{e}"), next)
        }
        e => e.into(),
    })?;
    if context.out.json {
        context.out.json(&told)?;
    } else {
        let Imported { added, changed, same } = told;
        let themes = count(added.len() as u64, "theme", "themes");
        context.out.line(&format!("{themes} added, {} changed, {same} as before", changed.len()))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn export(path: &Path, form: Form, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let text = match form {
        Form::Json => codebook::export(&archive)?,
        Form::Qdc => codebook::qdc(&archive)?,
    };
    if path == Path::new(PIPE) {
        context.out.print(&text)?;
        return Ok(Outcome::Done);
    }
    export::outside(path, archive.root())?;
    export::put(&[(path.to_path_buf(), text)], false)?;
    let written = Codebook::load(&archive)?.themes.len();
    if context.out.json {
        context.out.json(&serde_json::json!({"file": path, "themes": written}))?;
    } else {
        let themes = count(written as u64, "theme", "themes");
        context.out.line(&format!("{themes} written to {}", clean(&path.display().to_string())))?;
    }
    Ok(Outcome::Done)
}
