//! Which edits are allowed, and where.

use super::{Edit, LONGEST_INSERTION, QuoteError, Source};

impl Edit {
    /// The turn it changes.
    pub fn turn(&self) -> usize {
        match self {
            Self::Cut { turn, .. } | Self::Insert { turn, .. } | Self::Mask { turn, .. } | Self::Join { turn } => *turn,
        }
    }

    /// Where it begins and ends, in characters of its turn; a joint lies behind everything.
    pub(super) fn place(&self) -> (usize, usize) {
        match self {
            Self::Cut { from, to, .. } | Self::Mask { from, to, .. } => (*from, *to),
            Self::Insert { at, .. } => (*at, *at),
            Self::Join { .. } => (usize::MAX, usize::MAX),
        }
    }
}

/// Puts edits in the order of the text.
pub(super) fn sort(edits: &mut [Edit]) {
    edits.sort_by_key(|e| (e.turn(), e.place()));
}

/// Whether two characters belong to one word, so that an edit between them would make another word.
fn bound(before: char, after: char) -> bool {
    let of_word = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '\'' | '’' | 'ʼ' | '`' | '-' | '\u{2011}' | '\u{ad}' | '\u{200b}'..='\u{200d}')
            || matches!(c, '\u{300}'..='\u{36f}')
    };
    of_word(before) && of_word(after)
}

/// Whether a place lies within a word or a number.
pub(super) fn inside_word(text: &[char], at: usize) -> bool {
    let char_at = |i: Option<usize>| i.and_then(|i| text.get(i)).copied();
    let (Some(before), Some(after)) = (char_at(at.checked_sub(1)), char_at(Some(at))) else { return false };
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let point = |c: char| matches!(c, '.' | ',' | ':');
    let number = (digit(Some(before)) && point(after) && digit(char_at(at.checked_add(1))))
        || (point(before) && digit(Some(after)) && digit(char_at(at.checked_sub(2))));
    number || bound(before, after)
}

/// Takes the blanks on both sides into a range that is to be cut, so that the ellipsis decides about blanks.
pub(super) fn with_blanks(text: &[char], from: usize, to: usize) -> (usize, usize) {
    let blank = |i: usize| text.get(i).is_some_and(|c| c.is_whitespace());
    let mut range = (from, to);
    while range.0 > 0 && blank(range.0 - 1) {
        range.0 -= 1;
    }
    while blank(range.1) {
        range.1 += 1;
    }
    range
}

impl Source {
    /// A cut of these characters and the blanks around them.
    ///
    /// # Errors
    /// [`QuoteError::Refused`] for a place that is not there or lies within a word.
    pub fn cut(&self, turn: usize, from: usize, to: usize) -> Result<Edit, QuoteError> {
        let text: Vec<char> = self.turn(turn)?.text.chars().collect();
        if from >= to || to > text.len() {
            return Err(QuoteError::Refused(format!("turn {turn} has no characters {from} to {to} to cut")));
        }
        let (from, to) = with_blanks(&text, from, to);
        let edit = Edit::Cut { turn, from, to, text: text[from..to].iter().collect() };
        self.check(&edit)?;
        Ok(edit)
    }

    /// An insertion before this character.
    ///
    /// # Errors
    /// [`QuoteError::Refused`] for a place within a word, and for texts that cannot stand in brackets.
    pub fn insert(&self, turn: usize, at: usize, text: &str) -> Result<Edit, QuoteError> {
        let edit = Edit::Insert { turn, at, text: text.trim().to_string() };
        self.check(&edit)?;
        Ok(edit)
    }

    /// The masking of one word.
    ///
    /// # Errors
    /// [`QuoteError::Refused`] where this is not one word of two letters or more.
    pub fn mask(&self, turn: usize, from: usize, to: usize) -> Result<Edit, QuoteError> {
        let text: Vec<char> = self.turn(turn)?.text.chars().collect();
        let word = text.get(from..to).unwrap_or_default();
        let edit = Edit::Mask { turn, from, to, text: word.iter().collect() };
        self.check(&edit)?;
        Ok(edit)
    }

    /// The joining of a turn with the next.
    ///
    /// # Errors
    /// [`QuoteError::Refused`] where the next is not in the quote or somebody else's.
    pub fn join(&self, turn: usize) -> Result<Edit, QuoteError> {
        let edit = Edit::Join { turn };
        self.check(&edit)?;
        Ok(edit)
    }

    /// Whether an edit, which may come from a file, is one that [`Source::cut`] and its siblings would make.
    pub(super) fn check(&self, edit: &Edit) -> Result<(), QuoteError> {
        let turn = edit.turn();
        let text: Vec<char> = self.turn(turn)?.text.chars().collect();
        match edit {
            Edit::Cut { from, to, text: cut, .. } => {
                stands(&text, turn, *from, *to, cut)?;
                whole_words(&text, *from, *to, cut, "a cut")?;
                if with_blanks(&text, *from, *to) != (*from, *to) {
                    return refused(format!("the cut of “{}” leaves a blank at its edge", cut.trim()));
                }
                Ok(())
            }
            Edit::Mask { from, to, text: word, .. } => {
                stands(&text, turn, *from, *to, word)?;
                whole_words(&text, *from, *to, word, "a mask")?;
                if word.chars().count() < 2 || !word.chars().all(char::is_alphabetic) {
                    return refused(format!("only one whole word can be masked, not “{word}”"));
                }
                Ok(())
            }
            Edit::Insert { at, text: inserted, .. } => insertion(&text, turn, *at, inserted),
            Edit::Join { .. } => self.joinable(turn),
        }
    }

    fn joinable(&self, turn: usize) -> Result<(), QuoteError> {
        let this = self.turn(turn)?;
        let Some(next) = self.turns.iter().find(|t| t.index == turn.saturating_add(1)) else {
            return refused(format!("turn {turn} is the last of the quote: there is nothing to join it with"));
        };
        if (&this.speaker, this.channel) != (&next.speaker, next.channel) {
            return refused(format!(
                "turns {turn} and {} cannot be joined: {} speaks, and then {}",
                next.index, this.speaker, next.speaker
            ));
        }
        Ok(())
    }
}

/// No two edits may claim the same characters.
pub(super) fn apart(edits: &[Edit]) -> Result<(), QuoteError> {
    for pair in edits.windows(2) {
        let [a, b] = pair else { continue };
        let ((a_from, a_to), (b_from, b_to)) = (a.place(), b.place());
        let clash = match (a, b) {
            _ if a.turn() != b.turn() => false,
            (Edit::Cut { .. }, Edit::Cut { .. }) => b_from <= a_to,
            _ => b_from < a_to || (a_from, a_to) == (b_from, b_to),
        };
        if clash {
            return refused(format!("two edits of turn {} lie on the same words; declare them as one", a.turn()));
        }
    }
    Ok(())
}

fn refused<T>(why: String) -> Result<T, QuoteError> {
    Err(QuoteError::Refused(why))
}

fn stands(text: &[char], turn: usize, from: usize, to: usize, expected: &str) -> Result<(), QuoteError> {
    let found: String = text.get(from..to).unwrap_or_default().iter().collect();
    if from >= to || found != expected {
        return Err(QuoteError::OtherWords { turn, expected: expected.to_string(), found });
    }
    Ok(())
}

fn whole_words(text: &[char], from: usize, to: usize, what: &str, kind: &str) -> Result<(), QuoteError> {
    if inside_word(text, from) || inside_word(text, to) {
        return refused(format!("{kind} takes whole words; “{}” begins or ends within one", what.trim()));
    }
    Ok(())
}

fn insertion(text: &[char], turn: usize, at: usize, inserted: &str) -> Result<(), QuoteError> {
    if at > text.len() {
        return refused(format!("turn {turn} has no character {at} to insert at"));
    }
    if inside_word(text, at) {
        return refused(format!("“[{inserted}]” would stand within a word"));
    }
    let fit = !inserted.is_empty() && inserted.trim() == inserted && inserted.chars().count() <= LONGEST_INSERTION;
    if !fit || inserted.chars().any(|c| matches!(c, '[' | ']' | '…') || c.is_control()) {
        return refused(format!(
            "an insertion is one line of 1 to {LONGEST_INSERTION} characters without brackets or ellipsis of its own, \
             not “{inserted}”"
        ));
    }
    Ok(())
}
