//! An item as a story points at it: `{{ quote k01#7 cut="There you go." }}` (docs/story.md).

use super::Item;
use crate::{
    passage::{MarksError, Passages, Place, Result, Seen},
    quote::{Declaration, Edit, Source},
};
use earwitness_model::Turn;
use serde::Serialize;

/// Words by which a long cut is named, at its beginning and at its end.
const FEW: usize = 5;
/// How often the words of a cut may stand before it is not looked for any more.
const OFTEN: usize = 50;

/// A quote, as it is written into a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// With its braces.
    pub text: String,
    /// Whether more is quoted than the words of the item.
    pub whole: bool,
}

impl Item {
    /// How a story points at these words, where `call` is what the story calls their call. Without a translation the
    /// words are quoted as spoken; `original` asks for that. Of a part of a turn the rest is cut, where the words are
    /// quoted as spoken: which words of a translation belong to them, nobody knows.
    ///
    /// # Errors
    /// [`MarksError::Moved`] for words that do not stand any more; what the archive gives.
    pub fn reference(&self, passages: &mut Passages<'_>, call: &str, original: bool) -> Result<Reference> {
        let seen = passages.look(&self.passage)?;
        let moved = |seen: &Seen| MarksError::Moved { was: seen.words.clone() };
        let place = seen.now.filter(|_| seen.stands()).ok_or_else(|| moved(&seen))?;
        let original = original || passages.archive().current_translation(&self.passage.call)?.is_none();
        let transcript = passages.standing(&self.passage.call)?.ok_or_else(|| moved(&seen))?;
        let turns = crate::passage::turns(&transcript);
        let cuts = match place.is_whole() {
            true => Some(Vec::new()),
            false if original => cuts(&transcript, turns, place),
            false => None,
        };
        let mut text = format!("{{{{ quote {}#{}", self.called(call), place.numbers());
        text.push_str(if original { " original" } else { "" });
        for Cut { words, nth } in cuts.iter().flatten() {
            let words = words.replace('\\', "\\\\").replace('"', "\\\"");
            let nth = nth.map(|nth| format!("#{nth}")).unwrap_or_default();
            text.push_str(&format!(" cut=\"{words}\"{nth}"));
        }
        text.push_str(" }}");
        Ok(Reference { text, whole: cuts.is_none() })
    }

    /// What stands before `#`; a name with blanks would end there.
    fn called<'c>(&'c self, call: &'c str) -> &'c str {
        let fits = !call.is_empty() && !call.contains(|c: char| c.is_whitespace() || "#{}".contains(c));
        if fits { call } else { self.passage.call.as_str() }
    }
}

struct Cut {
    words: String,
    nth: Option<usize>,
}

impl Cut {
    fn declared(&self) -> Declaration {
        Declaration::Cut { words: self.words.clone(), nth: self.nth }
    }
}

/// The cuts that leave just these words; none where they cannot be declared.
fn cuts(transcript: &earwitness_model::Revision, turns: &[Turn], place: Place) -> Option<Vec<Cut>> {
    let source = Source::of(transcript.transcript()?, None, place.turns()).ok()?;
    let mut cuts = Vec::new();
    if let Some(from) = place.from {
        cuts.push(cut(&source, turns, place.turn, 0, from)?);
    }
    if let Some(to) = place.to {
        let end = turns.get(place.last)?.text.chars().count();
        cuts.push(cut(&source, turns, place.last, to, end)?);
    }
    let declared: Vec<Declaration> = cuts.iter().map(Cut::declared).collect();
    source.publish(&source.resolve(&declared).ok()?).ok()?;
    Some(cuts)
}

/// A cut of the characters `from` to `to` of a turn: by all its words, or by the first and the last.
fn cut(source: &Source, turns: &[Turn], turn: usize, from: usize, to: usize) -> Option<Cut> {
    let text: Vec<char> = turns.get(turn)?.text.chars().collect();
    // Quotes are made of the text without blanks around it.
    let before = text.iter().take_while(|c| c.is_whitespace()).count();
    let cut: String = text.get(from..to)?.iter().collect();
    let words: Vec<&str> = cut.split_whitespace().collect();
    let all = words.join(" ");
    let ends = words.first_chunk::<FEW>().zip(words.last_chunk::<FEW>()).filter(|_| words.len() > 2 * FEW + 2);
    let short = ends.map(|(first, last)| format!("{} … {}", first.join(" "), last.join(" ")));
    let wanted =
        source.cut(turn, from.saturating_sub(before), to.saturating_sub(before).min(length(source, turn)?)).ok()?;
    let same = |edit: &Edit| match (edit, &wanted) {
        (Edit::Cut { turn, from, to, .. }, Edit::Cut { turn: t, from: f, to: e, .. }) => (turn, from, to) == (t, f, e),
        _ => false,
    };
    let all_ways = short.into_iter().chain([all]).flat_map(|words| {
        let ways = std::iter::once(None).chain((1..=OFTEN).map(Some));
        ways.map(move |nth| Cut { words: words.clone(), nth })
    });
    let fits = |cut: &Cut| {
        let found = source.resolve(&[cut.declared()]);
        found.is_ok_and(|edits| edits.first().is_some_and(same))
    };
    all_ways.into_iter().find(fits)
}

/// Characters of a turn of a quote.
fn length(source: &Source, turn: usize) -> Option<usize> {
    source.turns().iter().find(|t| t.index == turn).map(|t| t.text.chars().count())
}
