//! Where bytes come from: a file or memory, opened as often as needed.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use symphonia::core::io::MediaSource;

pub(super) trait ReadSeek: Read + Seek + Send + Sync {}
impl<T: Read + Seek + Send + Sync> ReadSeek for T {}

#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    File(&'a Path),
    Bytes(&'a [u8]),
}

impl<'a> Source<'a> {
    pub fn head(&self, most: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.reader()?.take(most as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    /// The last `most` bytes.
    pub fn tail(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut tail = Vec::new();
        self.section(self.len()?.saturating_sub(most), most)?.read_to_end(&mut tail)?;
        Ok(tail)
    }

    pub fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path)?.len()),
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
        }
    }

    pub fn reader(&self) -> io::Result<Box<dyn ReadSeek + 'a>> {
        Ok(match *self {
            Self::File(path) => Box::new(BufReader::new(File::open(path)?)),
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes)),
        })
    }

    /// `length` bytes from `start`, or fewer where the file ends.
    pub fn section(&self, start: u64, length: u64) -> io::Result<io::Take<Box<dyn ReadSeek + 'a>>> {
        let mut reader = self.reader()?;
        reader.seek(SeekFrom::Start(start))?;
        Ok(reader.take(length))
    }

    pub fn media(&self) -> io::Result<Box<dyn MediaSource + 'a>> {
        Ok(match *self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes)),
        })
    }
}

/// Fills `buffer` as far as the reader goes; fewer bytes mean that it ended.
pub(super) fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while let Some(rest) = buffer.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}
