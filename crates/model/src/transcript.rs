//! Turns and words, and the revisions that hold them. A revision is never changed; a change is a new revision.

use crate::{Author, CallId, RevisionId, Span, canonical, canonical::NotCanonical};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One spoken word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word with its punctuation.
    #[serde(rename = "w")]
    pub text: String,
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Probability that the model gave the word, 0 to 1; 1 for a word that a person wrote.
    #[serde(rename = "p")]
    pub probability: f32,
}

/// Why a stretch is doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtReason {
    /// The model is unsure of most words.
    LowConfidence,
    /// The model repeated itself.
    Loop,
    /// Words that the model is known to make up over noise.
    GhostPhrase,
    /// The stretch may hold no speech at all.
    NoSpeech,
    /// More words than the time can hold, or speech with no words.
    Rate,
    /// A person marked it /unintelligible/.
    Unintelligible,
}

impl DoubtReason {
    /// The kind of doubt in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LowConfidence => "low confidence",
            Self::Loop => "repeated itself",
            Self::GhostPhrase => "words often made up over noise",
            Self::NoSpeech => "perhaps no speech",
            Self::Rate => "words do not fit the time",
            Self::Unintelligible => "unintelligible",
        }
    }
}

/// A mark on a turn that must be heard by a person before it is relied upon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The kind of doubt.
    pub reason: DoubtReason,
    /// The figures behind it, in plain words.
    pub detail: String,
    /// What the model proposed, where it is not trusted enough to stand as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<String>,
}

/// A stretch of one speaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Track of the recording, from 0.
    pub channel: u16,
    /// `A`, `B` …: a label within the call, not a person.
    pub speaker: String,
    /// ISO 639-1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The words as one text; empty where nothing could be written down (see `doubt`).
    pub text: String,
    /// Mean probability of the words, 0 to 1; 1 when a person wrote them.
    pub confidence: f32,
    /// The words with their times.
    #[serde(default)]
    pub words: Vec<Word>,
    /// Present where a person must listen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

impl Turn {
    /// Where the turn lies.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// The turns of a call, ordered by start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The language of most of the speech, ISO 639-1.
    pub language: Option<String>,
    /// Ordered by start.
    pub turns: Vec<Turn>,
}

/// A translated turn; it keeps its own span so that it still finds its place after turns are split or joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TranslatedTurn {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Track of the recording, from 0.
    pub channel: u16,
    /// The translated text.
    pub text: String,
    /// Present where the author of the revision left the text as somebody else had made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

impl TranslatedTurn {
    /// Where the turn lies.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// Where a translated turn was first written as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The revision.
    pub revision: RevisionId,
    /// The person who wrote it; none where a machine did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// A translation of one transcript revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Translation {
    /// The transcript revision it was made from; stale when that is no longer the current one.
    pub of: RevisionId,
    /// ISO 639-1 of the target.
    pub language: String,
    /// In the order of the transcript's turns; turns without words are left out.
    pub turns: Vec<TranslatedTurn>,
}

/// What a translation has to say under one turn of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnTranslation {
    /// The texts of its translated turns, joined by spaces.
    pub text: String,
    /// From the start of the first to the end of the last of them. Longer than the turn where that was split after it
    /// was translated.
    pub span: Span,
    /// As in [`TranslatedTurn::taken`]; a machine's where the texts of several are joined and one of them is.
    pub taken: Option<Taken>,
}

impl Translation {
    /// The translation of each of `turns`. A translated turn stands once: under the turn on its channel that holds
    /// most of it (the first of equals), if they share more than half of the shorter of the two.
    pub fn of_turns(&self, turns: &[Turn]) -> Vec<Option<TurnTranslation>> {
        let mut found: Vec<Option<TurnTranslation>> = vec![None; turns.len()];
        for translated in &self.turns {
            let Some(place) = place_of(translated, turns).and_then(|at| found.get_mut(at)) else { continue };
            let TranslatedTurn { text, taken, .. } = translated;
            let span = translated.span();
            match place {
                Some(one) => {
                    one.text = format!("{} {text}", one.text);
                    one.span = Span::new(one.span.start.min(span.start), one.span.end.max(span.end));
                    if taken.as_ref().is_some_and(|t| t.person.is_none()) {
                        one.taken.clone_from(taken);
                    }
                }
                None => *place = Some(TurnTranslation { text: text.clone(), span, taken: taken.clone() }),
            }
        }
        found
    }
}

/// The turn that holds most of a translated turn.
fn place_of(translated: &TranslatedTurn, turns: &[Turn]) -> Option<usize> {
    let span = translated.span();
    let mut best = (0.0, None);
    for (at, turn) in turns.iter().enumerate().filter(|(_, turn)| turn.channel == translated.channel) {
        let here = turn.span();
        let shared = span.overlap(&here);
        if shared > best.0 && shared > 0.5 * span.length().min(here.length()) {
            best = (shared, Some(at));
        }
    }
    best.1
}

/// What a revision holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RevisionBody {
    /// The source words.
    Transcript(Transcript),
    /// A translation.
    Translation(Translation),
}

impl RevisionBody {
    /// `transcript` or `translation`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Transcript(_) => "transcript",
            Self::Translation(_) => "translation",
        }
    }
}

/// One revision: who made what of which call, when, from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// From the content, see [`RevisionId`].
    pub id: RevisionId,
    /// The call.
    pub call: CallId,
    /// 1 for the first revision of this kind of the call.
    pub number: u32,
    /// Who made it.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
    /// The revision it was made from, where there is one.
    pub based_on: Option<RevisionId>,
    /// The turns.
    pub body: RevisionBody,
}

impl Revision {
    /// Makes a revision and its name from everything else in it.
    ///
    /// # Errors
    /// [`NotCanonical`] if a time or probability is not a finite number.
    pub fn new(
        call: CallId,
        number: u32,
        author: Author,
        created_at: Timestamp,
        based_on: Option<RevisionId>,
        body: RevisionBody,
    ) -> Result<Self, NotCanonical> {
        let mut revision = Self { id: RevisionId::new(""), call, number, author, created_at, based_on, body };
        revision.id = RevisionId::new(format!("r{}", &canonical::digest(&revision)?.hex()[..12]));
        Ok(revision)
    }

    /// The transcript, if this is one.
    pub fn transcript(&self) -> Option<&Transcript> {
        match &self.body {
            RevisionBody::Transcript(t) => Some(t),
            RevisionBody::Translation(_) => None,
        }
    }

    /// The translation, if this is one.
    pub fn translation(&self) -> Option<&Translation> {
        match &self.body {
            RevisionBody::Translation(t) => Some(t),
            RevisionBody::Transcript(_) => None,
        }
    }

    /// Whether a text in this revision, taken from where `taken` says, is a machine's draft that no person has changed
    /// or vouched for.
    pub fn is_draft(&self, taken: Option<&Taken>) -> bool {
        taken.map_or(!self.author.is_person(), |taken| taken.person.is_none())
    }

    /// How many turns of a translation are still a machine's draft, and how many it has.
    pub fn drafts(&self) -> (usize, usize) {
        let turns = self.translation().map(|t| t.turns.as_slice()).unwrap_or_default();
        (turns.iter().filter(|turn| self.is_draft(turn.taken.as_ref())).count(), turns.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(start: f64, end: f64) -> Turn {
        Turn {
            start,
            end,
            channel: 0,
            speaker: "A".into(),
            language: None,
            text: "да".into(),
            confidence: 1.0,
            words: Vec::new(),
            doubt: None,
        }
    }

    fn translation(turns: &[(f64, f64, &str)]) -> Translation {
        let turns = turns.iter().map(|&(start, end, text)| TranslatedTurn {
            start,
            end,
            channel: 0,
            text: text.into(),
            taken: None,
        });
        Translation { of: RevisionId::new("r1"), language: "en".into(), turns: turns.collect() }
    }

    fn texts(translation: &Translation, turns: &[Turn]) -> Vec<Option<String>> {
        translation.of_turns(turns).into_iter().map(|t| t.map(|t| t.text)).collect()
    }

    #[test]
    fn a_translated_turn_stands_once_after_a_split() {
        let whole = translation(&[(1.0, 4.0, "yes, I hear you")]);
        let halves = [turn(1.0, 2.0), turn(2.0, 4.0)];
        assert_eq!(texts(&whole, &halves), [None, Some("yes, I hear you".into())]);
        assert_eq!(whole.of_turns(&halves)[1].as_ref().unwrap().span, Span::new(1.0, 4.0));
        assert_eq!(texts(&whole, &[turn(1.0, 2.5), turn(2.5, 4.0)]), [Some("yes, I hear you".into()), None]);
    }

    #[test]
    fn translated_turns_are_joined_where_turns_were() {
        let two = translation(&[(1.0, 2.0, "yes"), (2.5, 4.0, "I hear you")]);
        assert_eq!(texts(&two, &[turn(1.0, 4.0), turn(5.0, 6.0)]), [Some("yes I hear you".into()), None]);
        let other = Turn { channel: 1, ..turn(1.0, 4.0) };
        assert_eq!(texts(&two, &[other]), [None]);
    }

    #[test]
    fn what_a_person_left_as_a_machine_made_it_stays_a_draft() {
        let mut body = translation(&[(1.0, 2.0, "yes"), (2.5, 4.0, "I hear you")]);
        body.turns[0].taken = Some(Taken { revision: RevisionId::new("r0"), person: None });
        let now = Timestamp::UNIX_EPOCH;
        let (call, by) = (CallId::new("c1"), Author::person("Anna"));
        let kept = Revision::new(call, 2, by, now, None, RevisionBody::Translation(body.clone())).unwrap();
        assert_eq!(kept.drafts(), (1, 2));
        let joined = body.of_turns(&[turn(1.0, 4.0)]);
        assert!(kept.is_draft(joined[0].as_ref().unwrap().taken.as_ref()));
    }

    #[test]
    fn translated_turns_of_older_archives_are_read_and_written_as_they_were() {
        let text = r#"{"start":1.0,"end":2.0,"channel":0,"text":"yes"}"#;
        let old: TranslatedTurn = serde_json::from_str(text).unwrap();
        assert_eq!(old.taken, None);
        assert_eq!(serde_json::to_string(&old).unwrap(), text);
    }
}
