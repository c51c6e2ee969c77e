//! Which bytes of a text answer a query.

use crate::{
    query::{
        Expr,
        plan::{Plan, read},
    },
    text::{Analyzer, forms::Side},
};
use std::ops::Range;

/// The ranges of bytes in `text` (of a language, ISO 639-1, where known) that the words of a query find, in whatever
/// form they stand there: ordered, not overlapping, on character boundaries. A phrase is one range.
pub fn highlight(analyzer: &Analyzer, words: &Expr, text: &str, language: Option<&str>) -> Vec<Range<usize>> {
    Plan::of(words, analyzer).ranges(&read(analyzer, text, Side::of_language(language)))
}
