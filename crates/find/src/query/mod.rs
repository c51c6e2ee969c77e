//! The query language.
//!
//! ```text
//! мама снаряд            both words, in any form (AND may be written)
//! мама OR отец           either; also ИЛИ, АБО.  AND: И, І, ТА.  NOT: НЕ, -слово
//! "на блокпосту"         the words one after another, in any form
//! =людей  ="мы пошли"    exactly this form
//! снаряд*                words that begin so
//! Изюм~  Изюм~2          words with one letter (two letters) otherwise
//! (а OR б) -в            brackets
//! from:  to:  phone:  date:  lang:  file:  sector:  near:  has:  speaker:  channel:  call:
//! ```
//!
//! Words are sought within one turn. Filters hold for the whole query, wherever they stand (`one OR two date:2022` is
//! either word in that year), and so cannot be one side of OR; a leading `-` turns one round.

mod ast;
mod lex;
mod parse;
pub(crate) mod plan;

pub use ast::{Expr, Query, WordMode};
pub(crate) use lex::ends_word;
pub use parse::QueryError;
