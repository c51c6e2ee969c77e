//! A story as one zip: what is published, the report for editors, and the hashes of both.
//!
//! The same files give the same bytes: names are sorted, and no time is kept.

use crate::site::File;
use earwitness_model::Digest;
use serde::Serialize;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// The folder that is published.
pub const SITE: &str = "site";
/// The folder that is not.
pub const REPORT: &str = "report";
/// What says so in it.
const WARNING: &str = "report/NOT-FOR-PUBLICATION.txt";
const WARNING_TEXT: &str = "NOT FOR PUBLICATION\n\nThis folder is for editors. It holds real names, words that were cut, and \
    recordings with nothing taken out.\nPublish the folder site/ and nothing else.\n";
/// Hashes for programs, and for `sha256sum -c`.
const MANIFESTS: [&str; 2] = ["manifest.json", "manifest-sha256.txt"];

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its path in the zip, with `/`.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub bytes: usize,
    /// Whether it is for the public.
    pub public: bool,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The zip.
    pub zip: Vec<u8>,
    /// Every file in it but the manifests, sorted.
    pub entries: Vec<Entry>,
}

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The zip.
    #[error("the zip cannot be written")]
    Zip(#[from] zip::result::ZipError),
    /// The bytes.
    #[error("the zip cannot be written")]
    Io(#[from] std::io::Error),
    /// The manifest.
    #[error("the manifest cannot be written")]
    Json(#[from] serde_json::Error),
}

/// Packs the files of a site and of a report of the story `name`. The manifest says whether the clips were `listened` to,
/// for protected words and voices, before they were packed.
///
/// # Errors
/// [`PackageError`].
pub fn pack(name: &str, site: &[File], report: &[File], listened: bool) -> Result<Package, PackageError> {
    let under = |folder: &str, (path, bytes): &File| (format!("{folder}/{path}"), bytes.clone());
    let mut files: Vec<File> = site.iter().map(|f| under(SITE, f)).collect();
    files.extend(report.iter().map(|f| under(REPORT, f)));
    files.push((WARNING.into(), WARNING_TEXT.into()));
    files.sort();
    let entry = |(path, bytes): &File| Entry {
        path: path.clone(),
        sha256: Digest::of(bytes).hex(),
        bytes: bytes.len(),
        public: path.starts_with(&format!("{SITE}/")),
    };
    let entries: Vec<Entry> = files.iter().map(entry).collect();
    let list: String = entries.iter().map(|e| format!("{}  {}\n", e.sha256, e.path)).collect();
    let checks = serde_json::json!({"leaks": "none found", "listened": listened});
    let manifest = serde_json::json!({
        "package": "earwitness story", "version": 1, "story": name, "checked": checks, "files": entries,
    });
    files.insert(0, (MANIFESTS[0].into(), serde_json::to_vec_pretty(&manifest)?));
    files.insert(1, (MANIFESTS[1].into(), list.into_bytes()));
    Ok(Package { zip: zip(&files)?, entries })
}

fn zip(files: &[File]) -> Result<Vec<u8>, PackageError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_package_is_the_same_every_time_and_keeps_the_report_apart() {
        let site = [("index.html".to_string(), b"page".to_vec()), ("clips/a.wav".into(), b"RIFF".to_vec())];
        let report = [("report.html".to_string(), b"names".to_vec())];
        let package = pack("war", &site, &report, true).unwrap();
        let other = pack("war", &[site[1].clone(), site[0].clone()], &report, true).unwrap();
        assert_eq!(package.zip, other.zip);
        let public: Vec<_> = package.entries.iter().map(|e| (e.path.as_str(), e.public)).collect();
        let apart = [(WARNING, false), ("report/report.html", false)];
        assert_eq!(public, [apart[0], apart[1], ("site/clips/a.wav", true), ("site/index.html", true)]);
        let mut zip = zip::ZipArchive::new(Cursor::new(&package.zip)).unwrap();
        assert_eq!(zip.len(), 6);
        let mut list = String::new();
        zip.by_name("manifest-sha256.txt").unwrap().read_to_string(&mut list).unwrap();
        assert!(list.contains(&format!("{}  site/index.html\n", Digest::of(b"page").hex())), "{list}");
        let mut manifest = String::new();
        zip.by_name("manifest.json").unwrap().read_to_string(&mut manifest).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["files"].as_array().map(Vec::len), Some(4));
        assert_eq!(manifest["checked"]["listened"], true);
        assert_ne!(pack("war", &site, &report, false).unwrap().zip, package.zip);
    }
}
