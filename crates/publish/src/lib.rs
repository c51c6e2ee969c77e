//! What leaves the archive: transcripts in the forms that other programs read.

pub mod transcripts;
