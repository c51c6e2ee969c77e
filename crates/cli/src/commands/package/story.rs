//! A story that was built, as a zip with its report and the hashes of both.

use crate::{
    commands::{
        Outcome,
        export::outside,
        leak_check, protect,
        story::{TEXT, folder, load, proof, put, report, sound},
    },
    context::Context,
    errors::Problem,
    output::count,
};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_desk::{fidelity::Publication, kept::Kept, protection::Guard};
use earwitness_model::Digest;
use earwitness_publish::{package, site::File};
use std::{collections::BTreeMap, fs, path::Path};

/// What the ledger calls it.
const ACT: &str = "packaged";

pub(super) fn run(name: &str, out: &Path, no_listen: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    outside(out, archive.root())?;
    let dir = folder(&archive, name)?;
    let story = load(&dir, name)?;
    let site = built(&archive, name, &dir.join("site"))?;
    let guard = Guard::new(&protect::rules(&archive)?)?;
    let leaks = leak_check::check(&dir.join("site"), &archive, &guard, no_listen, context)?;
    if let Some(first) = leaks.first() {
        let what = format!(
            "the site would leak by the rules of today ({}): {}",
            count(leaks.len() as u64, "finding", "findings"),
            leak_check::line(first)
        );
        return Err(Problem::new(what, format!("`earwitness story build {name}` builds it again")).into());
    }
    let text = fs::read(dir.join(TEXT)).with_context(|| format!("the story {name} cannot be read"))?;
    let mut proofs = proof::of(&archive, name, &story)?;
    sound::listen(&archive, &story, &mut proofs, no_listen, context)?;
    let report = report::files(&archive, name, &text, &story, &proofs)?;
    let package = package::pack(name, &site, &report, !no_listen)?;
    let digest = Digest::of(&package.zip).hex();
    let list: BTreeMap<&str, &str> = package.entries.iter().map(|e| (e.path.as_str(), e.sha256.as_str())).collect();
    let noted =
        serde_json::json!({"sha256": digest, "bytes": package.zip.len(), "listened": !no_listen, "files": list});
    // In the ledger before it is in the world.
    archive.write(|tx| tx.record(ACT, &format!("story/{name}"), &noted))?;
    let folder = out.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = out.file_name().map(|name| name.to_string_lossy().into_owned());
    let file = file.ok_or_else(|| Problem::usage(format!("{} is no file", out.display()), "give a file with --out"))?;
    put(folder, &[(file, package.zip)])?;
    if context.out.json {
        context
            .out
            .json(&serde_json::json!({"story": name, "file": out, "sha256": digest, "files": package.entries}))?;
    } else {
        let files = count(package.entries.len() as u64, "file", "files");
        context.out.line(&format!("packed: {} ({files})\nSHA-256 {digest}", out.display()))?;
        context.out.line("publish the folder site in it and nothing else: report is for editors")?;
    }
    Ok(Outcome::Done)
}

/// The files of the site, which must be those that were built last.
fn built(archive: &Archive, name: &str, dir: &Path) -> anyhow::Result<Vec<File>> {
    let mine = Kept::<Publication>::all(archive)?.into_iter().rfind(|p| p.story == name);
    let again = format!("`earwitness story build {name}` builds it");
    let none = || Problem::new(format!("the story {name} was not built yet"), again.clone());
    let publication = mine.ok_or_else(none)?;
    let mut files = Vec::new();
    for (path, digest) in &publication.files {
        let bytes = fs::read(dir.join(path)).unwrap_or_default();
        if Digest::of(&bytes).hex() != *digest {
            let what = format!("{} is not what was built", dir.join(path).display());
            return Err(Problem::new(what, again).into());
        }
        files.push((path.clone(), bytes));
    }
    Ok(files)
}
