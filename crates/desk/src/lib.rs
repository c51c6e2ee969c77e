//! The desk: where people work on what the machines heard.
//!
//! It knows no archive, no terminal and no file. It turns a transcript into a text that anybody can edit,
//! and an edited text back into a transcript whose word times have survived.

pub mod correction;
pub mod quote;
