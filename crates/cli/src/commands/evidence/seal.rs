//! Bytes in, and copies of them out.

use super::{find, page};
use crate::{
    commands::Outcome,
    context::Context,
    errors::{Problem, advise},
    output::{bytes, clean},
};
use anyhow::Context as _;
use earwitness_archive::{Archive, Error};
use earwitness_desk::claims::{self, Claims, ClaimsError, Evidence};
use earwitness_model::{Digest, digest::Hasher};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{Cursor, Read, Seek, Write},
    path::Path,
};

/// What is left free on the disk beside a sealed file, in bytes: the catalog must be written, too.
const SPARE: u64 = 16 << 20;

/// Seals a file.
pub(super) fn file(path: &Path, piece: Evidence, context: &Context) -> anyhow::Result<Outcome> {
    let shown = clean(&path.display().to_string());
    let size = sealable(path, &shown)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let archive = context.open()?;
    let room = archive.originals().room()?;
    if size.saturating_add(SPARE) > room {
        let what = format!("{shown} has {}, and only {} are free where the archive lies", bytes(size), bytes(room));
        return Err(Problem::new(what, "make room and run the same command again").into());
    }
    let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
    keep(&archive, file, Evidence { name, ..piece }, context)
}

/// The size of a file that can be sealed.
fn sealable(path: &Path, shown: &str) -> anyhow::Result<u64> {
    let there = fs::metadata(path).with_context(|| format!("{shown} cannot be read"))?;
    let refused = |what: &str, next: &str| Err(Problem::new(format!("{shown} {what}"), next).into());
    if there.is_dir() {
        return refused("is a folder", "seal its files one by one, or a zip of them");
    }
    // A device or a pipe may never end.
    if !there.is_file() {
        return refused("is no file", "give a file with the bytes that are to be sealed");
    }
    if there.len() == 0 {
        return refused("is empty: there is nothing to seal", "check that it was copied as a whole");
    }
    Ok(there.len())
}

/// Seals a note.
pub(super) fn note(text: &str, piece: Evidence, context: &Context) -> anyhow::Result<Outcome> {
    if text.trim().is_empty() {
        return Err(Problem::usage("the note is empty: there is nothing to seal", "write what is to be kept").into());
    }
    keep(&context.open()?, Cursor::new(text), piece, context)
}

/// How a note begins, as its title.
pub(super) fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title: String = line.chars().filter(|c| !c.is_control()).take(61).collect();
    if title.chars().count() > 60 {
        title.pop();
        title.push('…');
    }
    title
}

fn keep(archive: &Archive, from: impl Read + Seek, piece: Evidence, context: &Context) -> anyhow::Result<Outcome> {
    let sealed = claims::seal(archive, context.author()?, from, piece);
    let (kept, new) = sealed.map_err(|e| match e {
        ClaimsError::Archive(Error::Unreadable(e)) => unreadable(e),
        e @ ClaimsError::KeyTaken { .. } => advise(e, "choose another key; nothing was sealed"),
        e => e.into(),
    })?;
    let out = &context.out;
    if out.json {
        let mut value = serde_json::to_value(&kept)?;
        value["was_new"] = json!(new);
        out.json(&value)?;
    } else if new {
        let (digest, size) = (kept.sha256.map(|d| d.hex()).unwrap_or_default(), bytes(kept.size.unwrap_or_default()));
        out.line(&format!("sealed: {}\n  {size}, SHA-256 {digest}", page::title(&kept, out)))?;
    } else {
        out.line(&format!("sealed already: {}", page::title(&kept, out)))?;
        out.note("The same bytes are kept once, and nothing was changed; `earwitness evidence change` changes what is said of them.");
    }
    Ok(Outcome::Done)
}

fn unreadable(error: std::io::Error) -> anyhow::Error {
    advise(Error::Unreadable(error), "check the disk or stick that it lies on")
}

/// Writes a copy of sealed bytes, and checks on the way that they are still those that were sealed.
pub(super) fn get(wanted: &str, to: &Path, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open_to_read()?;
    let piece = find(&Claims::load(&archive)?, wanted)?;
    let digest = piece.sha256.ok_or_else(|| {
        let next = "it was entered by an earlier version; `earwitness evidence add` seals a file";
        Problem::new(format!("no bytes were sealed for {}", piece.id), next)
    })?;
    let shown = clean(&to.display().to_string());
    let there = || Problem::new(format!("{shown} is there already"), "choose another name with --out");
    if to.symlink_metadata().is_ok() {
        return Err(there().into());
    }
    let failed = || format!("{shown} cannot be written");
    let folder = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copy = tempfile::Builder::new().prefix(".earwitness-").tempfile_in(folder).with_context(failed)?;
    let found = copied(archive.originals().open(&digest)?, &mut copy).with_context(failed)?;
    if found != digest {
        return Err(Error::OriginalAltered { digest }.into());
    }
    copy.persist_noclobber(to).map_err(|e| match e.error.kind() {
        std::io::ErrorKind::AlreadyExists => anyhow::Error::from(there()),
        _ => anyhow::Error::from(e.error).context(failed()),
    })?;
    if context.out.json {
        context.out.json(&json!({"evidence": piece.id, "key": piece.key, "sha256": digest, "file": to}))?;
    } else {
        context.out.line(&format!("{} is a copy of {}", shown, page::title(&piece, &context.out)))?;
        context.out.note("What lies there is no longer protected by the archive.");
    }
    Ok(Outcome::Done)
}

fn copied(mut from: File, to: &mut impl Write) -> std::io::Result<Digest> {
    let (mut hasher, mut buffer) = (Hasher::new(), vec![0; 1 << 18]);
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        hasher.update(bytes);
        to.write_all(bytes)?;
    }
    to.flush()?;
    Ok(hasher.finish().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_called_by_its_beginning() {
        assert_eq!(beginning(" He is\nalive. "), "He is alive.");
        let long = beginning(&"слово ".repeat(30));
        assert_eq!((long.chars().count(), long.ends_with('…')), (61, true));
    }
}
