//! A query, read. Writing it out and reading it again gives the same query.

use super::parse::{self, QueryError};
use crate::filters::Filters;
use std::{fmt, str::FromStr};

/// What is asked: words, filters, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The words.
    pub text: Option<Expr>,
    /// Which calls and turns.
    pub filters: Filters,
}

/// Words and how they are joined. `And` and `Or` hold two or more, and none of their own kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// One word.
    Word {
        /// As written.
        text: String,
        /// How it is meant.
        mode: WordMode,
    },
    /// Words one after another.
    Phrase {
        /// As written, without quotation marks.
        text: String,
        /// In exactly these forms.
        exact: bool,
    },
    /// All.
    And(Vec<Expr>),
    /// At least one.
    Or(Vec<Expr>),
    /// Not.
    Not(Box<Expr>),
}

/// How a word is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordMode {
    /// In any form.
    Forms,
    /// `=`: in this form.
    Exact,
    /// `*`: any word that begins so.
    Prefix,
    /// `~`: with so many letters otherwise, 1 or 2.
    Fuzzy(u8),
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Says where it cannot be read, why, and what would be right.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        Self::parse(text)
    }
}

impl Filters {
    /// Reads filters alone, as for a list of calls.
    ///
    /// # Errors
    /// As [`Query::parse`], and when there are words among them.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let query = Query::parse(text)?;
        match query.text {
            None => Ok(query.filters),
            Some(words) => Err(QueryError {
                at: 0,
                message: format!("only filters can stand here, not words ({words})"),
                hint: Some("words are found by a search".to_owned()),
            }),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            None => write!(f, "{}", self.filters),
            Some(text) if self.filters.is_empty() => write!(f, "{text}"),
            Some(or @ Expr::Or(_)) => write!(f, "{} ({or})", self.filters),
            Some(text) => write!(f, "{} {text}", self.filters),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word { text, mode } => match mode {
                WordMode::Forms => write!(f, "{text}"),
                WordMode::Exact => write!(f, "={text}"),
                WordMode::Prefix => write!(f, "{text}*"),
                WordMode::Fuzzy(1) => write!(f, "{text}~"),
                WordMode::Fuzzy(n) => write!(f, "{text}~{n}"),
            },
            Self::Phrase { text, exact } => write!(f, "{}\"{text}\"", if *exact { "=" } else { "" }),
            Self::And(parts) => join(f, parts, " "),
            Self::Or(parts) => join(f, parts, " OR "),
            Self::Not(inner) => match &**inner {
                Self::And(_) | Self::Or(_) => write!(f, "-({inner})"),
                _ => write!(f, "-{inner}"),
            },
        }
    }
}

/// Within `And` an `Or` needs brackets; within `Or` an `And` does not, since it binds tighter.
fn join(f: &mut fmt::Formatter<'_>, parts: &[Expr], between: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        let separator = if i > 0 { between } else { "" };
        match part {
            Expr::Or(_) => write!(f, "{separator}({part})")?,
            _ => write!(f, "{separator}{part}")?,
        }
    }
    Ok(())
}
