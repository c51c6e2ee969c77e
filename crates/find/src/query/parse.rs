//! From pieces to a query.

use super::{
    ast::{Expr, Query},
    lex::{self, Piece, What, error},
};
use crate::filters::{Filter, Filters};

/// A query that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query cannot be read at character {}: {message}{}", at + 1, hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
pub struct QueryError {
    /// Characters before the place, from 0.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

/// Brackets and negations inside each other; more is no question, and would exhaust the stack.
const DEEPEST: usize = 40;

/// As [`Expr`], with filters still among the words.
enum Node {
    Leaf(Expr),
    Filter(usize, Filter),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
}

struct Parser {
    pieces: std::iter::Peekable<std::vec::IntoIter<Piece>>,
    /// Where the text ends, for errors there.
    end: usize,
    depth: usize,
}

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let pieces = lex::pieces(text)?;
    if pieces.is_empty() {
        return Err(error(0, "the query is empty", "write a word, or a filter such as date:2022-03"));
    }
    let (filters, words) = outer_filters(pieces)?;
    if words.is_empty() {
        return Ok(Query { text: None, filters });
    }
    let mut parser = Parser { pieces: words.into_iter().peekable(), end: text.chars().count(), depth: 0 };
    let node = parser.or()?;
    if let Some(piece) = parser.pieces.next() {
        return Err(error(piece.at, "this bracket closes nothing", "take it out, or open one before"));
    }
    lift(node, filters)
}

/// Takes out the filters that stand outside of brackets, so that `one OR two date:2022-03` asks for either word in
/// that month.
fn outer_filters(pieces: Vec<Piece>) -> Result<(Filters, Vec<Piece>), QueryError> {
    let mut filters = Filters::default();
    let mut words: Vec<Piece> = Vec::new();
    let mut depth = 0usize;
    let mut pieces = pieces.into_iter().peekable();
    while let Some(Piece { at, what }) = pieces.next() {
        match what {
            What::Filter(mut filter) if depth == 0 => {
                filter.negated = words.pop_if(|p| p.what == What::Not).is_some();
                let next = pieces.peek().map(|p| &p.what);
                let before = words.last().map(|p| &p.what);
                if before == Some(&What::Or) || (before.is_none() && next == Some(&What::Or)) {
                    return Err(inside(at, &filter));
                }
                // An AND that joined the filter goes with it.
                if words.pop_if(|p| p.what == What::And).is_none() && next == Some(&What::And) {
                    pieces.next();
                }
                filters.items.push(filter);
            }
            what => {
                match what {
                    What::Open => depth += 1,
                    What::Close => depth = depth.saturating_sub(1),
                    _ => {}
                }
                words.push(Piece { at, what });
            }
        }
    }
    Ok((filters, words))
}

fn inside(at: usize, filter: &Filter) -> QueryError {
    error(
        at,
        format!("{filter} holds for the whole query and cannot be one side of OR, or stand in brackets with it"),
        format!("{filter} (one OR two)"),
    )
}

impl Parser {
    fn peek(&mut self) -> Option<&What> {
        self.pieces.peek().map(|p| &p.what)
    }

    fn or(&mut self) -> Result<Node, QueryError> {
        let mut parts = vec![self.and()?];
        while matches!(self.peek(), Some(What::Or)) {
            self.pieces.next();
            parts.push(self.and()?);
        }
        Ok(flat(parts, Node::Or, |node| match node {
            Node::Or(inner) => Ok(inner),
            other => Err(other),
        }))
    }

    fn and(&mut self) -> Result<Node, QueryError> {
        let mut parts = vec![self.unary()?];
        loop {
            match self.peek() {
                Some(What::And) => {
                    self.pieces.next();
                }
                None | Some(What::Or | What::Close) => break,
                Some(_) => {}
            }
            parts.push(self.unary()?);
        }
        Ok(flat(parts, Node::And, |node| match node {
            Node::And(inner) => Ok(inner),
            other => Err(other),
        }))
    }

    fn unary(&mut self) -> Result<Node, QueryError> {
        let Some(Piece { at, what }) = self.pieces.next() else {
            return Err(error(self.end, "a word is missing at the end", "an operator stands between two words"));
        };
        match what {
            What::Word { text, mode } => Ok(Node::Leaf(Expr::Word { text, mode })),
            What::Phrase { text, exact } => Ok(Node::Leaf(Expr::Phrase { text, exact })),
            What::Filter(filter) => Ok(Node::Filter(at, filter)),
            What::Not => {
                self.enter(at)?;
                let inner = self.unary()?;
                self.depth -= 1;
                Ok(Node::Not(Box::new(inner)))
            }
            What::Open => {
                self.enter(at)?;
                let inner = self.or()?;
                self.depth -= 1;
                match self.pieces.next() {
                    Some(Piece { what: What::Close, .. }) => Ok(inner),
                    _ => Err(error(at, "this bracket is not closed", "(one OR two)")),
                }
            }
            What::Close => Err(error(at, "a word is missing before this bracket", "(one OR two)")),
            What::And | What::Or => Err(error(
                at,
                "this operator has no word before it",
                "to find the word itself, put it in quotation marks",
            )),
        }
    }

    fn enter(&mut self, at: usize) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(error(at, "too many brackets inside each other", format!("at most {DEEPEST}")));
        }
        Ok(())
    }
}

/// Joins parts, opening those that are already of the same kind.
fn flat(parts: Vec<Node>, join: fn(Vec<Node>) -> Node, open: fn(Node) -> Result<Vec<Node>, Node>) -> Node {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        match open(part) {
            Ok(inner) => all.extend(inner),
            Err(other) => all.push(other),
        }
    }
    if all.len() == 1 { all.remove(0) } else { join(all) }
}

/// Takes out the filters that stand in brackets but are joined to the rest by AND all the same.
fn lift(node: Node, mut filters: Filters) -> Result<Query, QueryError> {
    let parts = match node {
        Node::And(parts) => parts,
        other => vec![other],
    };
    let mut words = Vec::new();
    for part in parts {
        match part {
            Node::Filter(_, filter) => filters.items.push(filter),
            Node::Not(inner) => match *inner {
                Node::Filter(_, filter) => filters.items.push(Filter { negated: true, ..filter }),
                other => words.push(Expr::Not(Box::new(expr(other)?))),
            },
            other => words.push(expr(other)?),
        }
    }
    let text = if words.len() > 1 { Some(Expr::And(words)) } else { words.pop() };
    Ok(Query { text, filters })
}

fn expr(node: Node) -> Result<Expr, QueryError> {
    Ok(match node {
        Node::Leaf(leaf) => leaf,
        Node::And(parts) => Expr::And(parts.into_iter().map(expr).collect::<Result<_, _>>()?),
        Node::Or(parts) => Expr::Or(parts.into_iter().map(expr).collect::<Result<_, _>>()?),
        Node::Not(inner) => Expr::Not(Box::new(expr(*inner)?)),
        Node::Filter(at, filter) => return Err(inside(at, &filter)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::WordMode;
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        Query::parse(text).unwrap_or_else(|e| panic!("{text}: {e}")).to_string()
    }

    #[test]
    fn reads_the_language() {
        for (text, same) in [
            ("мама снаряд", "мама снаряд"),
            ("мама AND снаряд", "мама снаряд"),
            ("мама И (снаряд ИЛИ мина) НЕ отец", "мама (снаряд OR мина) -отец"),
            ("мама ТА тато АБО хата", "мама тато OR хата"),
            ("«на блокпосту»", "\"на блокпосту\""),
            ("=людей =\"мы пошли\"", "=людей =\"мы пошли\""),
            ("снаряд* Изюм~ Балаклея~2 Изюм~1", "снаряд* Изюм~ Балаклея~2 Изюм~"),
            // A bracket ends a bare value; the rest is a bracketed word, as anywhere.
            ("from:+7(999)1 x", "from:+7 999 1 x"),
            ("phone:\"8 (999) 123\" has:doubt", "phone:\"8 (999) 123\" has:doubt"),
            ("мама date:11.03.2022 -lang:uk отец", "date:2022-03-11 -lang:uk мама отец"),
            ("(a b) (c (d e))", "a b c d e"),
            ("-(a OR -b)", "-(a OR -b)"),
            ("мама OR отец phone:1", "phone:1 (мама OR отец)"),
            ("мама phone:1 OR отец", "phone:1 (мама OR отец)"),
            ("date:2022 AND мама AND NOT lang:uk AND отец", "date:2022-01-01..2022-12-31 -lang:uk мама отец"),
            ("(мама lang:ru)", "lang:ru мама"),
            ("18:45 кое-кто", "18:45 кое-кто"),
        ] {
            assert_eq!(shown(text), same, "{text}");
        }
    }

    #[test]
    fn errors_say_where_and_what_instead() {
        for (text, at, part) in [
            ("", 0, "empty"),
            ("   ", 0, "empty"),
            ("мама form:5330", 5, "from:"),
            ("мама \"не закрыто", 5, "not closed"),
            ("(мама", 0, "not closed"),
            ("мама)", 4, "closes nothing"),
            ("мама OR", 7, "missing"),
            ("OR мама", 0, "no word before"),
            ("сн*ряд", 2, "only end"),
            ("с*", 0, "nearly every"),
            ("да~", 0, "nearly every"),
            ("...", 0, "no word"),
            ("мама - папа", 5, "nothing after"),
            ("date:завтра", 5, "not a date"),
            ("near:1,2", 5, "not a point"),
            ("channel:два", 8, "not the number"),
            ("has:everything", 4, "cannot have"),
            ("from:", 5, "needs a value"),
            ("a OR lang:ru", 5, "whole query"),
            ("lang:ru OR a", 0, "whole query"),
            ("(a lang:ru) OR b", 3, "whole query"),
            ("NOT", 3, "missing"),
        ] {
            let error = Query::parse(text).expect_err(text);
            assert_eq!(error.at, at, "{text}: {error}");
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
        assert!(Query::parse(&"(".repeat(3000)).is_err());
        assert!(Query::parse(&"-".repeat(3000)).is_err());
        assert!(Query::parse(&"а ".repeat(3000)).is_err());
    }

    #[test]
    fn filters_alone() {
        assert_eq!(Filters::parse("").unwrap(), Filters::default());
        assert_eq!(Filters::parse("date:2022 -lang:uk").unwrap().items.len(), 2);
        assert!(Filters::parse("date:2022 мама").is_err());
    }

    fn leaf() -> impl Strategy<Value = Expr> {
        let mode = prop_oneof![
            Just(WordMode::Forms),
            Just(WordMode::Exact),
            Just(WordMode::Prefix),
            Just(WordMode::Fuzzy(1)),
            Just(WordMode::Fuzzy(2))
        ];
        prop_oneof![
            ("[а-яёіїa-z]{5,9}", mode).prop_map(|(text, mode)| Expr::Word { text, mode }),
            ("[а-я]{1,4} [a-z]{1,4}", any::<bool>()).prop_map(|(text, exact)| Expr::Phrase { text, exact }),
        ]
    }

    /// Joined as the parser joins: no `And` in an `And`, no `Or` in an `Or`.
    fn tree() -> impl Strategy<Value = Expr> {
        leaf().prop_recursive(4, 24, 4, |inner| {
            let not_and = inner.clone().prop_filter("flat", |e| !matches!(e, Expr::And(_)));
            let not_or = inner.clone().prop_filter("flat", |e| !matches!(e, Expr::Or(_)));
            prop_oneof![
                prop::collection::vec(not_and, 2..4).prop_map(Expr::And),
                prop::collection::vec(not_or, 2..4).prop_map(Expr::Or),
                inner.prop_map(|e| Expr::Not(Box::new(e))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_out_reads_back(text in tree()) {
            let query = Query { text: Some(text), filters: Filters::default() };
            prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
        }

        #[test]
        fn whatever_is_read_reads_back(text in "\\PC{0,40}|([а-яa-zИ=\"«»()*~:. -]|from:|date:2022|file:|OR |AND |NOT |НЕ |5330|near:1,2,3){0,20}") {
            if let Ok(query) = Query::parse(&text) {
                prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
            }
        }
    }
}
