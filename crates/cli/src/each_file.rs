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
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

/// Files in work at once: two fill the gaps that each leaves, and they share the threads of what hears them.
const AT_ONCE: usize = 2;

/// What was made of a file: its text, or none where the text went elsewhere.
type Made = anyhow::Result<Option<String>>;

/// Prints what `one` makes of each file, in their order; JSON as one document. A file that cannot be heard is named and
/// makes the command fail; the others go on.
pub fn print(
    files: &[PathBuf],
    doing: &str,
    format: Format,
    context: &Context,
    one: impl Fn(&Path) -> Made + Sync,
) -> anyhow::Result<Outcome> {
    let progress = Progress::new(&context.out, doing, files.len() as u64, Unit::Count);
    let mut pages = Pages { context, format, documents: Vec::new(), printed: 0, well: true };
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(files.len()) {
            let (tell, next, stop, one) = (tell.clone(), &next, &stop, &one);
            scope.spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some(path) = files.get(index) else { break };
                    let made = one(path);
                    memory::give_back();
                    // Nobody listens any more where the command is about to end.
                    let _ = tell.send((index, made));
                }
            });
        }
        drop(tell);
        let ended = in_order(&told, |index, made| {
            progress.at(index as u64 + 1, &files.get(index).map_or_else(Default::default, |f| f.to_string_lossy()));
            pages.add(files.get(index).map_or(Path::new(""), PathBuf::as_path), made)
        });
        stop.store(true, Ordering::SeqCst);
        ended
    })?;
    progress.finish();
    pages.end(files.len())
}

/// Hands things on in their order, whatever the order in which they come.
fn in_order<T>(
    told: &mpsc::Receiver<(usize, T)>,
    mut take: impl FnMut(usize, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (mut early, mut next) = (BTreeMap::new(), 0);
    for (index, thing) in told {
        early.insert(index, thing);
        while let Some(thing) = early.remove(&next) {
            take(next, thing)?;
            next += 1;
        }
    }
    Ok(())
}

/// What is printed.
struct Pages<'a> {
    context: &'a Context,
    format: Format,
    documents: Vec<Value>,
    printed: usize,
    well: bool,
}

impl Pages<'_> {
    fn add(&mut self, path: &Path, made: Made) -> anyhow::Result<()> {
        let out = &self.context.out;
        match made {
            Ok(None) => {}
            Ok(Some(text)) if self.format == Format::Json => self.documents.push(serde_json::from_str(&text)?),
            Ok(Some(text)) => {
                // Transcripts of several files are paragraphs; the lines of RTTM name their file.
                let apart = self.printed > 0 && !text.is_empty() && self.format != Format::Rttm;
                out.print(&format!("{}{text}", if apart { "\n" } else { "" }))?;
                self.printed += 1;
            }
            Err(error) if matches!(error.downcast_ref(), Some(ListenError::Cancelled)) => {
                return Err(Interrupted.into());
            }
            Err(error) => {
                self.well = false;
                let (name, why) = (clean(&path.to_string_lossy()), clean(&format!("{error:#}")));
                out.warn(&format!("{name} could not be heard: {why}"));
            }
        }
        Ok(())
    }

    fn end(self, files: usize) -> anyhow::Result<Outcome> {
        match self.documents.as_slice() {
            [] => {}
            [one] if files == 1 => self.context.out.json(one)?,
            all => self.context.out.json(&all)?,
        }
        Ok(Outcome::of(self.well))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_early_waits_for_its_turn() {
        let (tell, told) = mpsc::channel();
        for thing in [(2, 'c'), (0, 'a'), (3, 'd'), (1, 'b')] {
            tell.send(thing).unwrap();
        }
        drop(tell);
        let mut seen = String::new();
        in_order(&told, |_, c| {
            seen.push(c);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, "abcd");
    }
}
