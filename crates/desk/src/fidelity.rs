//! Whether a quote is faithful: what the edits took away, who stands behind the words, and whether they still stand.
//!
//! Nothing here decides that a quote may be published. [`check`] finds what an editor must know, in plain words; the
//! editor decides and signs. Lists of words and simple rules see what they see: a quote without findings has not been
//! proved fair, and [`lexicon`] says which words are known.

mod cuts;
pub mod heard;
pub mod lexicon;
mod signed;
mod standing;
mod words;

pub use signed::{Publication, Signed};
pub(crate) use standing::other_words;
pub use words::same_words;
pub(crate) use words::words;

use crate::quote::{Edit, Line, Published, Quote, Source, undo};
use earwitness_model::{Revision, Standing};
use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Checked, and well.
    Passed,
    /// Good to know.
    Note,
    /// An editor must look at it, decide and sign.
    Decide,
    /// The quote is not what it claims to be, or no longer.
    Broken,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The edits undone give the source exactly.
    Undone,
    /// The words stand in the order in which they were spoken.
    Order,
    /// A word was left out that says no.
    Negation,
    /// A word was left out that makes it depend on something.
    Condition,
    /// A word was left out that says who acted.
    Actor,
    /// A word was left out that turns back what was said before.
    Reversal,
    /// A word was left out that says how sure the speaker is, or whose word it is.
    Hedge,
    /// A question was made a statement, or an answer stands without its question.
    Question,
    /// The rests of two sentences were made one.
    Splice,
    /// What is left begins with a word that points at what was left out.
    Reference,
    /// What was put in says more than an explanation.
    Insertion,
    /// The source holds an ellipsis or brackets of its own.
    Marks,
    /// Who wrote the words down.
    Transcript,
    /// Who translated them.
    Translation,
    /// Whether a second person read them.
    Review,
    /// Whether a later revision changed the words.
    Stale,
    /// Who speaks.
    Speaker,
    /// Whether the clip carries the words.
    Sound,
}

/// One thing that was found about a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// What was looked at.
    pub check: Check,
    /// In a sentence or two.
    pub words: String,
}

impl Finding {
    pub(crate) fn new(level: Level, check: Check, words: impl Into<String>) -> Self {
        Self { level, check, words: words.into() }
    }
}

/// That a person has read a revision against what it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was read.
    pub revision: earwitness_model::RevisionId,
    /// Who read it.
    pub by: String,
}

/// The people who made the words of a revision: its author, or of a translation those who wrote its lines. Nobody where a
/// machine made all of it.
pub fn makers(revision: &Revision) -> std::collections::BTreeSet<String> {
    let author = match &revision.author {
        earwitness_model::Author::Person { name } => Some(name.clone()),
        earwitness_model::Author::Model { .. } => None,
    };
    match revision.translation() {
        None => author.into_iter().collect(),
        Some(translation) => {
            let maker = |taken: Option<&earwitness_model::transcript::Taken>| match taken {
                Some(taken) => taken.person.clone(),
                None => author.clone(),
            };
            translation.turns.iter().filter_map(|line| maker(line.taken.as_ref())).collect()
        }
    }
}

/// Who is believed to speak, and how far that has been decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The person, by the name that editors use.
    pub name: String,
    /// How far the hypothesis has come.
    pub standing: Standing,
}

/// A quote with all that its check needs.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The quote.
    pub quote: &'a Quote,
    /// The transcript revision that it names.
    pub transcript: &'a Revision,
    /// The translation revision that it names.
    pub translation: Option<&'a Revision>,
    /// The transcript that stands now.
    pub transcript_now: &'a Revision,
    /// The translation that stands now.
    pub translation_now: Option<&'a Revision>,
    /// Of any revision; others than those of the quote are ignored.
    pub reviews: &'a [Review],
    /// Who speaks, where somebody said so.
    pub speaker: Option<&'a Identity>,
    /// Names that occur in the archive, in the form in which they are written in the quote's language.
    pub names: &'a [String],
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What readers would see; none where the quote cannot be made.
    pub published: Option<Published>,
    /// The words that are quoted, before the edits.
    pub source: Option<Source>,
    /// The words as spoken, where a translation is quoted.
    pub spoken: Option<Source>,
    /// What the cuts left out, in order.
    pub missing: Vec<String>,
    /// The gravest first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The gravest level.
    pub fn level(&self) -> Level {
        self.findings.iter().map(|f| f.level).max().unwrap_or(Level::Passed)
    }

    /// Adds what was found elsewhere, in its order.
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings.sort_by_key(|f| (std::cmp::Reverse(f.level), f.check));
    }

    /// The findings of this level.
    pub fn of(&self, level: Level) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |f| f.level == level)
    }
}

/// Checks one quote.
pub fn check(case: &Case<'_>) -> Report {
    let mut report = Report { published: None, source: None, spoken: None, missing: Vec::new(), findings: Vec::new() };
    if let Err(why) = words_of(case, &mut report) {
        report.findings.push(Finding::new(Level::Broken, Check::Undone, why));
        return report;
    }
    if let (Some(source), Some(published)) = (&report.source, &report.published) {
        let mut findings = vec![undone(source, published, &case.quote.edits), order(source, published)];
        let language = standing::language(case);
        findings.extend(cuts::check(source, &case.quote.edits, language.as_deref(), case.names));
        findings.extend(cuts::insertions(source, &case.quote.edits, language.as_deref()));
        findings.extend(cuts::lost_in_translation(source, report.spoken.as_ref()));
        findings.extend(standing::check(case));
        report.findings = findings;
    }
    report.findings.sort_by_key(|f| (std::cmp::Reverse(f.level), f.check));
    report
}

fn words_of(case: &Case<'_>, report: &mut Report) -> Result<(), String> {
    let (quote, wrong) = (case.quote, |what: &str| format!("the revision of the {what} is not the one that is quoted"));
    let transcript = case.transcript.transcript().filter(|_| case.transcript.id == quote.transcript);
    let transcript = transcript.ok_or_else(|| wrong("transcript"))?;
    let translation = case.translation.filter(|t| Some(&t.id) == quote.translation.as_ref());
    let translation = translation.and_then(Revision::translation);
    if quote.translation.is_some() && translation.is_none() {
        return Err(wrong("translation"));
    }
    let turns = quote.first..=quote.last;
    let source = Source::of(transcript, translation, turns.clone()).map_err(|e| e.to_string())?;
    if translation.is_some() {
        report.spoken = Source::of(transcript, None, turns).ok();
    }
    let published = source.publish(&quote.edits).map_err(|e| e.to_string())?;
    let cut = |e: &Edit| match e {
        Edit::Cut { text, .. } => Some(text.trim().to_string()),
        _ => None,
    };
    report.missing = quote.edits.iter().filter_map(cut).collect();
    (report.source, report.published) = (Some(source), Some(published));
    Ok(())
}

fn undone(source: &Source, published: &Published, edits: &[Edit]) -> Finding {
    let lines: Vec<String> = published.lines.iter().map(Line::text).collect();
    let shape: Vec<(usize, usize)> = source.turns().iter().map(|t| (t.index, t.text.chars().count())).collect();
    let texts: Vec<&str> = source.turns().iter().map(|t| t.text.as_str()).collect();
    match undo(&lines, &shape, edits) {
        Ok(back) if back == texts => {
            Finding::new(Level::Passed, Check::Undone, "The edits undone give the source exactly.")
        }
        Ok(_) => Finding::new(Level::Broken, Check::Undone, "The edits undone do not give the source."),
        Err(why) => Finding::new(Level::Broken, Check::Undone, why.to_string()),
    }
}

/// Looks at the words that were kept without regard to the edits: they must stand in the source one after the other.
fn order(source: &Source, published: &Published) -> Finding {
    let text = source.text();
    let mut spoken = words::words(&text).into_iter().map(|w| w.text);
    let kept = |p: &crate::quote::Piece| match p {
        crate::quote::Piece::Kept { text } => words::words(text),
        _ => Vec::new(),
    };
    let in_order = published.lines.iter().flat_map(|l| &l.pieces).flat_map(kept).all(|w| spoken.any(|s| s == w.text));
    if in_order {
        Finding::new(Level::Passed, Check::Order, "The words stand in the order in which they were spoken.")
    } else {
        Finding::new(Level::Broken, Check::Order, "The words do not stand in the order in which they were spoken.")
    }
}

#[cfg(test)]
mod tests;
