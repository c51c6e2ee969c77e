//! From a story to the folder that is published, with the leak check at its end.

use super::{clips, disguise::Voices, folder, load, page, proof, proof::Proof, shown, sound};
use crate::{
    commands::{Outcome, leak_check, protect},
    context::Context,
    errors::Problem,
    output::count,
};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::{Claims, Rests, Said, Tapes},
    fidelity::{self, Publication},
    kept::Kept,
    protection::Guard,
};
use earwitness_model::Digest;
use earwitness_publish::{
    leak::{Leak, Level},
    site,
    story::Story,
};
use std::{collections::BTreeMap, fs, io::Read, path::Path};

/// What makes the names of a story's clips impossible to guess; stays in the house.
const SECRET: &str = ".names";
/// Where a page lies whose clips somebody must listen to before it is published.
const TO_HEAR: &str = "to-hear";
/// The largest picture, in bytes.
const PICTURE: u64 = 64 << 20;

pub(super) fn run(name: &str, draft: bool, no_listen: bool, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let guard = Guard::new(&protect::rules(&archive)?)?;
    let (files, quotes) = make(&archive, name, (draft, no_listen), &guard, context)?;
    let dir = folder(&archive, name)?;
    let target = dir.join(if draft { "draft" } else { "site" });
    let fresh = write(&dir, &files)?;
    let leaks = leak_check::check(fresh.path(), &archive, &guard, no_listen, context)?;
    let to_hear = dir.join(TO_HEAR);
    if leaks.iter().any(|leak| leak.level == Level::Leak) {
        return refused(&leaks, REWRITE, context);
    }
    if !leaks.is_empty() {
        replace(fresh, &to_hear)?;
        let next = format!(
            "listen to these clips in {0}; `earwitness leak-check {0} --listened FILE --why TEXT` says that a clip does \
             not say it, and you build again; what does is given to `earwitness protect add` or corrected in the transcript",
            to_hear.display()
        );
        return refused(&leaks, &next, context);
    }
    replace(fresh, &target)?;
    if to_hear.exists() {
        fs::remove_dir_all(&to_hear).with_context(|| format!("{} cannot be removed", to_hear.display()))?;
    }
    if !draft {
        let digest = |(path, bytes): &site::File| (path.clone(), Digest::of(bytes).hex());
        let built = Publication { story: name.to_string(), files: files.iter().map(digest).collect() };
        let author = context.author()?;
        archive.write(|tx| Kept::add(tx, author, &built))?;
    }
    if context.out.json {
        context
            .out
            .json(&serde_json::json!({"story": name, "folder": target, "files": files.len(), "leaks": leaks}))?;
    } else {
        let sounds = files.iter().filter(|(path, _)| path.ends_with(".wav")).count();
        let quotes = count(quotes as u64, "quote", "quotes");
        context.out.line(&format!("built: {} ({quotes}, {sounds} with sound); no leak was found", target.display()))?;
    }
    Ok(Outcome::Done)
}

/// The files of a site, and how many quotes it has.
pub(super) fn make(
    archive: &Archive,
    name: &str,
    (draft, no_listen): (bool, bool),
    guard: &Guard,
    context: &Context,
) -> anyhow::Result<(Vec<site::File>, usize)> {
    let dir = folder(archive, name)?;
    let mut story = load(&dir, name)?;
    let mut proofs = proof::of(archive, name, &story)?;
    sound::listen(archive, &story, &mut proofs, no_listen, context)?;
    refuse_unsettled(&proofs, name, draft)?;
    let names = Names::of(&dir)?;
    let claims = Claims::load(archive)?;
    let mut tapes = Tapes::of(archive);
    let mut voices = Voices::load(archive, &story)?;
    let mut shown = Vec::new();
    for (number, (proof, wanted)) in proofs.iter().zip(&story.quotes).enumerate() {
        let mut one = shown::of(&story, wanted, proof, guard);
        if let Some(claim) = proof::claim(&claims, wanted)? {
            one.standing = claims.standing(&claim.id).for_readers(claim.basis, &story.head.language);
            shaken(&proof.label, &tapes.said(claim)?, context);
        }
        if !wanted.silent {
            match clips::of(archive, proof, guard, &mut voices, &names.name(&format!("clip {number} {}", proof.label)))?
            {
                Ok(clip) => one.clip = Some(clip),
                Err(why) => context.out.warn(&format!("{} is printed without sound: {why}", proof.label)),
            }
        }
        shown.push(one);
    }
    let remark = voices.remark();
    story.head.method += &remark;
    Ok((site::build(&story, &shown, &pictures(&dir, &story, &names)?)?, shown.len()))
}

/// Says that a claim beside a quote rests on what does not stand so any more.
fn shaken(label: &str, said: &Said, context: &Context) {
    let warn = |what: String| {
        context.out.warn(&format!("{label}: {what}; look at it again: `earwitness claims change`"));
    };
    if let Rests::Older { was, is, .. } = &said.rests {
        warn(format!("the claim rests on other words (“{was}”, now “{is}”)"));
    }
    if let Some(other) = &said.other_speaker {
        warn(format!("the claim's words were held to be said by {}, now by {}", other.was, other.is));
    }
}

fn refuse_unsettled(proofs: &[Proof], name: &str, draft: bool) -> anyhow::Result<()> {
    let broken = |p: &&Proof| p.report.level() == fidelity::Level::Broken;
    let open: Vec<&Proof> = proofs.iter().filter(|p| if draft { broken(p) } else { !p.is_settled() }).collect();
    let lines: Vec<String> =
        open.iter().map(|p| format!("{} (line {}): {}", p.label, p.line, page::gravest(p))).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let what =
        format!("{} cannot be published yet:\n{}", count(lines.len() as u64, "quote", "quotes"), lines.join("\n"));
    let next =
        format!("`earwitness story check {name}` tells all; `story sign {name}` takes what an editor may decide");
    Err(Problem::new(what, next).into())
}

/// What to do about a leak.
const REWRITE: &str = "take it out of the story's text, or give the word to `earwitness protect add`, and build again";

fn refused(leaks: &[Leak], next: &str, context: &Context) -> anyhow::Result<Outcome> {
    if context.out.json {
        context.out.json(&serde_json::json!({"leaks": leaks}))?;
        return Ok(Outcome::Failed);
    }
    let lines: Vec<String> = leaks.iter().take(50).map(leak_check::line).collect();
    let what = format!("the page would leak; nothing was published:\n{}", lines.join("\n"));
    Err(Problem::new(what, next).into())
}

/// Names that tell nothing, the same at every building of a story.
struct Names(Vec<u8>);

impl Names {
    fn of(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(SECRET);
        if let Ok(secret) = fs::read(&path)
            && secret.len() >= 32
        {
            return Ok(Self(secret));
        }
        let mut secret = vec![0; 32];
        let random = fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut secret));
        random.context("this computer gives no random numbers")?;
        fs::write(&path, &secret).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self(secret))
    }

    /// Sixteen letters; no digits, so that nothing in them looks like a number.
    fn name(&self, of: &str) -> String {
        let digest = Digest::of(&[&self.0, of.as_bytes()].concat()).hex();
        digest.chars().take(16).filter_map(|c| c.to_digit(16)).filter_map(|d| char::from_u32('a' as u32 + d)).collect()
    }
}

fn pictures(dir: &Path, story: &Story, names: &Names) -> anyhow::Result<BTreeMap<String, (String, Vec<u8>)>> {
    let mut pictures = BTreeMap::new();
    for picture in &story.pictures {
        let path = dir.join(&picture.file);
        let file = fs::File::open(&path)
            .with_context(|| format!("{} (line {}) cannot be read", path.display(), picture.line))?;
        let mut bytes = Vec::new();
        file.take(PICTURE).read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", path.display()))?;
        let Some((bytes, ending)) = site::strip(&bytes) else {
            let what = format!("{} (line {}) is not a whole JPEG or PNG picture", picture.file, picture.line);
            return Err(Problem::new(what, "save it as JPEG or PNG, below 64 MiB").into());
        };
        let name = format!("{}.{ending}", names.name(&format!("picture {}", picture.file)));
        pictures.insert(picture.file.clone(), (name, bytes));
    }
    Ok(pictures)
}

fn write(dir: &Path, files: &[site::File]) -> anyhow::Result<tempfile::TempDir> {
    let fresh = tempfile::Builder::new().prefix(".building-").tempdir_in(dir).context("the page cannot be written")?;
    for (path, bytes) in files {
        let path = fresh.path().join(path);
        let write = || -> std::io::Result<()> {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, bytes)
        };
        write().with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(fresh)
}

/// Puts a checked folder in the place of the one that was built before.
fn replace(fresh: tempfile::TempDir, target: &Path) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be replaced", target.display());
    if target.exists() {
        fs::remove_dir_all(target).with_context(failed)?;
    }
    fs::rename(fresh.keep(), target).with_context(failed)
}
