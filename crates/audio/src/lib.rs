//! Everything about sound as such: what a file is, its samples, their rate and level, whether two
//! recordings are the same, and clips. Knows no archive, no terminal and no call.
//!
//! Times are seconds, rates hertz, samples `f32` in -1 to 1, one `Vec` per channel.

pub mod bleep;
pub mod decode;
pub mod disguise;
pub mod fingerprint;
pub mod levels;
pub mod panics;
pub mod resample;
pub mod sniff;
pub mod wav;

pub use decode::{
    By, Damage, DecodeError, Decoded, Format, FormatSupport, Grade, Limits, decode_bytes, decode_file,
    decode_file_with, ffmpeg_version, formats,
};
pub use disguise::Disguise;
pub use fingerprint::{Fingerprint, Index, Match, Piece, Relation, relation};
pub use levels::{Level, Measured, Sound, character, level, measure, mix, peaks};
pub use panics::survive;
pub use resample::{Resampler, resample};
pub use sniff::{Container, extension_fits, sniff};
pub use wav::{WavError, encode_wav, write_wav};
