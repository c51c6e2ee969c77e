//! From the source and the edits to the text that is published.

use super::{Edit, QuoteError, Source, SourceTurn, edits};
use serde::Serialize;

/// What readers see of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// One for each turn, or for turns that were joined.
    pub lines: Vec<Line>,
}

/// What one speaker says at a stretch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The label within the call, not a person.
    pub speaker: String,
    /// The first turn, from 0.
    pub first: usize,
    /// The last turn.
    pub last: usize,
    /// In order.
    pub pieces: Vec<Piece>,
}

/// A run of characters that were treated alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "piece", rename_all = "snake_case")]
pub enum Piece {
    /// As it stands in the source.
    Kept {
        /// The words.
        text: String,
    },
    /// Left out.
    Cut {
        /// What stood there.
        source: String,
        /// An ellipsis, with a blank on each side where one belongs.
        shown: String,
    },
    /// Put in by an editor.
    Inserted {
        /// With brackets, and a blank on one side.
        shown: String,
    },
    /// A word that is not printed in full.
    Masked {
        /// The word.
        source: String,
        /// Its first letter and a dash.
        shown: String,
    },
    /// The blank between joined turns.
    Joint {
        /// A blank.
        shown: String,
    },
}

impl Piece {
    /// What readers see.
    pub fn shown(&self) -> &str {
        match self {
            Self::Kept { text } => text,
            Self::Cut { shown, .. } | Self::Inserted { shown } | Self::Masked { shown, .. } | Self::Joint { shown } => {
                shown
            }
        }
    }
}

impl Line {
    /// What readers see.
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::shown).collect()
    }
}

impl Published {
    /// What readers see, one line a speaker.
    pub fn text(&self) -> String {
        self.lines.iter().map(Line::text).collect::<Vec<_>>().join("\n")
    }
}

impl Source {
    /// The text with these edits, which may come from a file.
    ///
    /// # Errors
    /// [`QuoteError::OtherWords`] where the words of the source are not those that the edits were made for;
    /// [`QuoteError::Refused`] for edits that are not allowed, lie on each other, or leave nothing.
    pub fn publish(&self, edits: &[Edit]) -> Result<Published, QuoteError> {
        let mut edits = edits.to_vec();
        edits::sort(&mut edits);
        edits.iter().try_for_each(|e| self.check(e))?;
        edits::apart(&edits)?;
        let mut lines: Vec<Line> = Vec::new();
        let mut joined = false;
        for turn in self.turns() {
            let own: Vec<&Edit> = edits.iter().filter(|e| e.turn() == turn.index).collect();
            let pieces = pieces(turn, &own);
            match lines.last_mut().filter(|_| joined) {
                Some(line) => {
                    line.last = turn.index;
                    line.pieces.push(Piece::Joint { shown: " ".into() });
                    line.pieces.extend(pieces);
                }
                None => {
                    let speaker = turn.speaker.clone();
                    lines.push(Line { speaker, first: turn.index, last: turn.index, pieces });
                }
            }
            joined = own.iter().any(|e| matches!(e, Edit::Join { .. }));
        }
        let kept = |p: &Piece| matches!(p, Piece::Kept { text } if text.chars().any(char::is_alphanumeric));
        if !lines.iter().flat_map(|l| &l.pieces).any(kept) {
            return Err(QuoteError::Refused("the edits leave no word of the quote".into()));
        }
        Ok(Published { lines })
    }
}

fn pieces(turn: &SourceTurn, edits: &[&Edit]) -> Vec<Piece> {
    let text: Vec<char> = turn.text.chars().collect();
    let kept = |from: usize, to: usize| (from < to).then(|| Piece::Kept { text: text[from..to].iter().collect() });
    let mut pieces = Vec::new();
    let mut at = 0;
    for (i, edit) in edits.iter().enumerate() {
        let (from, to) = edit.place();
        let before = from.checked_sub(1).and_then(|i| text.get(i)).copied();
        let after = text.get(to).copied();
        let piece = match edit {
            Edit::Cut { text: source, .. } => {
                let explained = is_explained(edit, edits.get(i + 1).copied());
                let shown = ellipsis(before) + blank_before(after.filter(|_| !explained));
                Piece::Cut { source: source.clone(), shown }
            }
            Edit::Insert { text: inserted, .. } => {
                let explains = i.checked_sub(1).is_some_and(|i| is_explained(edits[i], Some(edit)));
                let shown =
                    if explains { format!(" [{inserted}]{}", blank_before(after)) } else { brackets(before, inserted) };
                Piece::Inserted { shown }
            }
            Edit::Mask { text: source, .. } => Piece::Masked { source: source.clone(), shown: masked(source) },
            Edit::Join { .. } => continue,
        };
        pieces.extend(kept(at, from));
        pieces.push(piece);
        at = to;
    }
    pieces.extend(kept(at, text.len()));
    pieces
}

/// Whether an insertion stands in the place of a cut.
pub(super) fn is_explained(cut: &Edit, next: Option<&Edit>) -> bool {
    let here = |e: &Edit| matches!(e, Edit::Insert { .. }) && e.turn() == cut.turn() && e.place().0 == cut.place().1;
    matches!(cut, Edit::Cut { .. }) && next.is_some_and(here)
}

/// An ellipsis; a blank keeps it from the word before it, unless that is punctuation that opens something.
pub(super) fn ellipsis(before: Option<char>) -> String {
    let opening = |c: char| matches!(c, '(' | '[' | '«' | '“' | '„' | '‘' | '"');
    if before.is_some_and(|c| !opening(c)) { " …".into() } else { "…".into() }
}

/// The blank before what follows an ellipsis; punctuation that closes something needs none.
fn blank_before(after: Option<char>) -> &'static str {
    let closing = |c: char| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | ']' | '»' | '”' | '…');
    if after.is_some_and(|c| !closing(c)) { " " } else { "" }
}

/// An insertion in brackets; it belongs to the word before it, else to the word after it.
pub(super) fn brackets(before: Option<char>, inserted: &str) -> String {
    if before.is_some_and(|c| !c.is_whitespace()) { format!(" [{inserted}]") } else { format!("[{inserted}] ") }
}

/// The first letter of a word and a dash.
pub(super) fn masked(word: &str) -> String {
    word.chars().take(1).chain(['—']).collect()
}
