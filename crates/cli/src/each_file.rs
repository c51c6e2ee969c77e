//! What commands that hear single files, without an archive, have in common.

use crate::{
    commands::Outcome,
    context::Context,
    interrupt::Interrupted,
    memory,
    output::clean,
    progress::{Progress, Unit},
};
use anyhow::Context as _;
use earwitness_audio::{Decoded, decode_file};
use earwitness_listen::ListenError;
use earwitness_model::{Author, Digest, Transcript, call::CallFile};
use earwitness_publish::transcripts::{Format, Heard};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// Prints what `one` makes of each file; JSON as one document. A file that cannot be heard is named and makes the
/// command fail; the others go on.
pub fn print(
    files: &[PathBuf],
    doing: &str,
    format: Format,
    context: &Context,
    mut one: impl FnMut(&Path) -> anyhow::Result<Option<String>>,
) -> anyhow::Result<Outcome> {
    let out = &context.out;
    let progress = Progress::new(out, doing, files.len() as u64, Unit::Count);
    let (mut documents, mut well) = (Vec::new(), true);
    for (done, path) in files.iter().enumerate() {
        progress.at(done as u64, &path.to_string_lossy());
        let made = one(path);
        memory::give_back();
        match made {
            Ok(None) => {}
            Ok(Some(text)) if format == Format::Json => documents.push(serde_json::from_str::<Value>(&text)?),
            Ok(Some(text)) => {
                // Transcripts of several files are paragraphs; the lines of RTTM name their file.
                let gap = if done > 0 && !text.is_empty() && format != Format::Rttm { "\n" } else { "" };
                out.print(&format!("{gap}{text}"))?;
            }
            Err(error) if matches!(error.downcast_ref(), Some(ListenError::Cancelled)) => {
                return Err(Interrupted.into());
            }
            Err(error) => {
                well = false;
                let (name, why) = (clean(&path.to_string_lossy()), clean(&format!("{error:#}")));
                out.warn(&format!("{name} could not be heard: {why}"));
            }
        }
    }
    progress.finish();
    match documents.as_slice() {
        [] => {}
        [one] if files.len() == 1 => out.json(one)?,
        all => out.json(&all)?,
    }
    Ok(Outcome::of(well))
}

/// A file's hash and sound.
pub struct Opened {
    file: CallFile,
    /// What decodes of it.
    pub sound: Decoded,
}

impl Opened {
    /// Reads, hashes and decodes a file.
    pub fn new(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).context("it cannot be opened")?;
        let (sha256, _) = Digest::of_reader(file).context("it cannot be read")?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { file: CallFile { name, sha256 }, sound: decode_file(path)? })
    }

    /// As it can be written down.
    pub fn heard(self, author: Author, transcript: Transcript) -> anyhow::Result<Heard> {
        let channels = u16::try_from(self.sound.channels.len()).unwrap_or(u16::MAX);
        Ok(Heard::new(self.file, self.sound.duration(), channels, author, Timestamp::now(), transcript)?)
    }
}
