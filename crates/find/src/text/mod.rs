//! From text to terms: words ([`mod@tokens`]), and the forms in which a word is found ([`forms`]).

pub mod forms;
mod irregular;
pub mod tokens;

pub use forms::{Analyzer, RussianLemmas};
pub use tokens::{Token, tokens};
