//! From the published text and the edits back to the source. It shares nothing with the way there but the three rules
//! of how an edit is shown, so that either finds the other's mistakes.

use super::{Edit, edits, publish};
use std::iter::Peekable;
use std::vec::IntoIter;

/// Published text that the declared edits do not explain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the edits do not explain the published text: {0}")]
pub struct UndoError(String);

/// The words of each turn, from the lines that were published and the edits.
///
/// `turns` gives, in order, the number of each quoted turn and how many characters its source has.
///
/// # Errors
/// [`UndoError`] where the lines are not what these edits make of any source.
pub fn undo(lines: &[String], turns: &[(usize, usize)], edits: &[Edit]) -> Result<Vec<String>, UndoError> {
    let mut edits = edits.to_vec();
    edits::sort(&mut edits);
    let mut lines = lines.iter();
    let mut line: Option<Peekable<IntoIter<char>>> = None;
    let mut sources = Vec::new();
    for (turn, length) in turns {
        let own: Vec<&Edit> = edits.iter().filter(|e| e.turn() == *turn).collect();
        let mut shown = match line.take() {
            Some(shown) => shown,
            None => {
                let next = lines.next().ok_or_else(|| UndoError(format!("turn {turn} is missing")))?;
                next.chars().collect::<Vec<_>>().into_iter().peekable()
            }
        };
        sources.push(one_turn(&mut shown, *length, &own)?);
        if own.iter().any(|e| matches!(e, Edit::Join { .. })) {
            expect(&mut shown, " ")?;
            line = Some(shown);
        } else if let Some(rest) = shown.next() {
            return Err(UndoError(format!("“{rest}{}” is left over", shown.collect::<String>())));
        }
    }
    match lines.next() {
        Some(more) => Err(UndoError(format!("“{more}” is left over"))),
        None => Ok(sources),
    }
}

type Shown = Peekable<IntoIter<char>>;

fn one_turn(shown: &mut Shown, length: usize, edits: &[&Edit]) -> Result<String, UndoError> {
    let mut source: Vec<char> = Vec::new();
    for (i, edit) in edits.iter().enumerate() {
        let (from, _) = edit.place();
        if matches!(edit, Edit::Join { .. }) {
            continue;
        }
        copy(shown, &mut source, from)?;
        let before = source.last().copied();
        match edit {
            Edit::Cut { text, .. } => {
                expect(shown, &publish::ellipsis(before))?;
                source.extend(text.chars());
                if !publish::is_explained(edit, edits.get(i + 1).copied()) {
                    skip_blank(shown, source.len() < length);
                }
            }
            Edit::Insert { text, .. } if i > 0 && publish::is_explained(edits[i - 1], Some(edit)) => {
                expect(shown, &format!(" [{text}]"))?;
                skip_blank(shown, source.len() < length);
            }
            Edit::Insert { text, .. } => expect(shown, &publish::brackets(before, text))?,
            Edit::Mask { text, .. } => {
                expect(shown, &publish::masked(text))?;
                source.extend(text.chars());
            }
            Edit::Join { .. } => {}
        }
    }
    copy(shown, &mut source, length)?;
    Ok(source.into_iter().collect())
}

/// Behind an ellipsis a word follows after a blank; punctuation and the end of the turn follow at once. No cut ends
/// before a blank of the source.
fn skip_blank(shown: &mut Shown, more: bool) {
    if more {
        let _ = shown.next_if_eq(&' ');
    }
}

/// Takes characters over until the source has so many.
fn copy(shown: &mut Shown, source: &mut Vec<char>, until: usize) -> Result<(), UndoError> {
    while source.len() < until {
        source.push(shown.next().ok_or_else(|| UndoError("it ends too early".into()))?);
    }
    Ok(())
}

fn expect(shown: &mut Shown, what: &str) -> Result<(), UndoError> {
    for c in what.chars() {
        if shown.next_if_eq(&c).is_none() {
            let there: String = shown.by_ref().take(20).collect();
            return Err(UndoError(format!("“{what}” should stand where “{there}” stands")));
        }
    }
    Ok(())
}
