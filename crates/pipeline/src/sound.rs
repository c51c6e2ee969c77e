//! The sound of a sealed recording, checked against its hash before it is listened to.

use earwitness_archive::{Archive, Error as ArchiveError};
use earwitness_audio::{DecodeError, Decoded, Limits, decode_file_with};
use earwitness_model::{Call, Digest};

/// Bytes of samples from which a recording is brought to the recogniser's rate while it is decoded.
const LARGE: f64 = 256e6;
/// The recogniser's rate in hertz.
const RATE: u32 = 16_000;

/// Why a recording cannot be listened to.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The original is missing, altered, or cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The original cannot be read to its end.
    #[error("the original of {call} cannot be read: {source}")]
    Io {
        /// The call.
        call: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// Nothing decodes.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// Decodes the recording of a call.
///
/// # Errors
/// [`SoundError`].
pub fn of_call(archive: &Archive, call: &Call) -> Result<Decoded, SoundError> {
    let file = archive.originals().open(&call.recording)?;
    let io = |source| SoundError::Io { call: call.id.to_string(), source };
    let (found, _) = Digest::of_reader(file).map_err(io)?;
    if found != call.recording {
        return Err(ArchiveError::OriginalAltered { digest: call.recording }.into());
    }
    let format = archive.recording(&call.recording)?.and_then(|r| r.format);
    let samples = format.map_or(0.0, |f| f.duration * f64::from(f.sample_rate) * f64::from(f.channels));
    let limits = Limits { rate: (samples * 4.0 > LARGE).then_some(RATE), ..Limits::default() };
    Ok(decode_file_with(&archive.originals().path(&call.recording), &limits)?)
}
