//! What leaves the archive: transcripts in the forms that other programs read.

pub mod leak;
pub mod network;
pub mod package;
pub mod report;
pub mod site;
pub mod story;
pub mod transcripts;
