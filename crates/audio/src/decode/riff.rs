//! The header of a WAVE file, read forgivingly: recorders that were cut off leave lengths of zero,
//! lengths beyond the end, or none at all, and the sound is there all the same.
//! (Microsoft/IBM Multimedia Programming Interface 1.0; EBU Tech 3306 for RF64.)

use std::io::{Read, Seek, SeekFrom};

use super::DecodeError;
use super::source::{Source, read_full};

/// Chunks before the sound beyond which a file is taken to be something else.
const MOST_CHUNKS: usize = 256;

pub(super) struct Header {
    /// The `fmt ` chunk's own bytes.
    pub format: Vec<u8>,
    pub tag: u16,
    pub channels: u16,
    pub rate: u32,
    bytes_per_second: u32,
    pub block: u16,
    /// Where the sound starts.
    pub data_at: u64,
    /// Bytes of sound that are there.
    pub data_len: u64,
    /// Bytes of sound that the header promises, where it does.
    declared: Option<u64>,
    /// The header's lengths were never filled in.
    pub unfinished: bool,
}

pub(super) enum Codec {
    /// PCM, A-law, µ-law, ADPCM: what the packet decoders know.
    Samples,
    Gsm,
    Mp3,
    /// Anything else, by name.
    Other(String),
}

impl Header {
    pub fn read(source: &Source<'_>) -> Result<Self, DecodeError> {
        let length = source.len()?;
        let mut reader = source.reader()?;
        let mut mark = [0; 12];
        let got = read_full(&mut reader, &mut mark)?;
        let riff_len = u64::from(u32_at(&mark, 4));
        let mut at = got as u64;
        let (mut format, mut long_data) = (None, None);
        for _ in 0..MOST_CHUNKS {
            reader.seek(SeekFrom::Start(at))?;
            let mut head = [0; 8];
            if read_full(&mut reader, &mut head)? < 8 {
                break;
            }
            let size = u64::from(u32_at(&head, 4));
            at += 8;
            match head.first_chunk::<4>() {
                Some(b"data") => {
                    let Some(format) = format else { break };
                    return Ok(Self::new(format, at, size, long_data, riff_len, length));
                }
                Some(b"fmt ") => {
                    let mut bytes = Vec::new();
                    reader.by_ref().take(size.min(4096)).read_to_end(&mut bytes)?;
                    format = (bytes.len() >= 14).then_some(bytes);
                }
                Some(b"ds64") => {
                    let mut bytes = [0; 16];
                    read_full(&mut reader, &mut bytes)?;
                    long_data = bytes.last_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
                }
                _ => {}
            }
            at = at.saturating_add(size).saturating_add(size % 2);
            if at >= length {
                break;
            }
        }
        let missing = if format.is_some() { "sound" } else { "description of the sound" };
        Err(DecodeError::NothingDecodes { reason: format!("the WAV header holds no {missing}") })
    }

    fn new(format: Vec<u8>, at: u64, size: u64, long: Option<u64>, riff_len: u64, length: u64) -> Self {
        let there = length.saturating_sub(at);
        let streamed = size == u64::from(u32::MAX) && long.is_none();
        // A length of zero with bytes behind it that no chunk claims: the recorder never came back.
        let unfinished = streamed || (size == 0 && there > 0 && riff_len + 8 < length);
        let declared = if unfinished { None } else { Some(long.unwrap_or(size)) };
        let mut tag = u16_at(&format, 0);
        if tag == 0xfffe && format.len() >= 26 {
            tag = u16_at(&format, 24);
        }
        Self {
            tag,
            channels: u16_at(&format, 2),
            rate: u32_at(&format, 4),
            bytes_per_second: u32_at(&format, 8),
            block: u16_at(&format, 12),
            format,
            data_at: at,
            data_len: declared.map_or(there, |declared| declared.min(there)),
            declared,
            unfinished: unfinished && !streamed,
        }
    }

    pub fn codec(&self) -> Codec {
        match self.tag {
            0x01 | 0x02 | 0x03 | 0x06 | 0x07 | 0x11 => Codec::Samples,
            0x31 => Codec::Gsm,
            0x55 => Codec::Mp3,
            other => Codec::Other(match other {
                0x14 | 0x45 | 0x64 => "g726 in wav".into(),
                0x22 => "truespeech in wav".into(),
                0x42 => "g723_1 in wav".into(),
                0x50 => "mp2 in wav".into(),
                0x57 | 0x58 => "amr in wav".into(),
                0x83 => "g729 in wav".into(),
                0x160..=0x163 => "wma in wav".into(),
                tag => format!("wave format 0x{tag:04x}"),
            }),
        }
    }

    /// Seconds that the header promises.
    pub fn declared_seconds(&self) -> Option<f64> {
        let per_second = match self.tag {
            // Compressed forms often leave this field wrong; these two follow from the block.
            0x31 => 1625.0 * f64::from(self.rate) / 8000.0,
            0x01 | 0x03 | 0x06 | 0x07 => f64::from(self.rate) * f64::from(self.block),
            _ => f64::from(self.bytes_per_second),
        };
        self.declared.filter(|_| per_second > 0.0).map(|bytes| bytes as f64 / per_second)
    }

    /// What is wrong, in plain words, where the header already shows it.
    pub fn complaint(&self) -> Option<String> {
        match self.declared {
            _ if self.unfinished => Some("the recorder never completed the file's header".into()),
            Some(declared) if declared > self.data_len => {
                Some(format!("the header promises {declared} bytes of sound and {} are there", self.data_len))
            }
            _ => None,
        }
    }

    /// A header that tells the truth, to go before the sound.
    pub fn honest(&self) -> Vec<u8> {
        let size = u32::try_from(self.data_len).unwrap_or(u32::MAX);
        let mut bytes = b"RIFF".to_vec();
        bytes.extend(u32::MAX.to_le_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend((self.format.len() as u32).to_le_bytes());
        bytes.extend(&self.format);
        bytes.extend(vec![0; self.format.len() % 2]);
        bytes.extend(b"data");
        bytes.extend(size.to_le_bytes());
        bytes
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |raw| u16::from_le_bytes(*raw))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |raw| u32::from_le_bytes(*raw))
}
