//! Every quote of a story, found in the archive and checked.

use crate::errors::Problem;
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::{Claim, Claims},
    fidelity::{self, Case, Identity, Level, Report, Review, Signed},
    kept::Kept,
    people::People,
    quote::{Declaration, Quote, Source, turns_at},
};
use earwitness_model::{Call, Revision};
use earwitness_publish::story::{Place, QuoteRef, Story};
use std::ops::RangeInclusive;

/// A quote with its revisions and what was found about it.
pub(in crate::commands) struct Proof {
    /// As the story names it.
    pub label: String,
    /// Where the story names it.
    pub line: usize,
    /// The short name of its call.
    pub short: String,
    pub call: Call,
    pub declared: Vec<Declaration>,
    pub quote: Quote,
    pub transcript: Revision,
    pub translation: Option<Revision>,
    /// Who is held to speak.
    pub identity: Option<Identity>,
    pub report: Report,
    /// The name by which the archive knows the speaker's public self, where it does.
    pub alias: Option<String>,
    pub signed: Option<Kept<Signed>>,
    /// What a machine heard in the clip, where it listened.
    pub heard: Option<String>,
}

impl Proof {
    /// Whether nothing is left to be decided.
    pub fn is_settled(&self) -> bool {
        match self.report.level() {
            Level::Passed | Level::Note => true,
            Level::Decide => self.signed.as_ref().is_some_and(|s| s.covers(&self.report)),
            Level::Broken => false,
        }
    }
}

/// What is looked up once for all quotes.
struct Known {
    signed: Vec<Kept<Signed>>,
    reviews: Vec<Review>,
    people: People,
    names: Vec<String>,
}

pub(in crate::commands) fn of(archive: &Archive, name: &str, story: &Story) -> anyhow::Result<Vec<Proof>> {
    let mut signed = Kept::<Signed>::all(archive)?;
    signed.retain(|s| s.story == name);
    let people = People::load(archive)?;
    let names = people.persons.iter().flat_map(|p| [Some(p.name.clone()), p.alias.clone()]).flatten();
    let names = names.chain(story.head.people.values().map(|p| p.name.clone())).collect();
    let reviews = Kept::<Review>::all(archive)?.into_iter().map(|r| r.is).collect();
    let known = Known { signed, reviews, people, names };
    let mut proofs = Vec::new();
    let mut faults = Vec::new();
    for quote in &story.quotes {
        match one(archive, story, quote, &known) {
            Ok(proof) => proofs.push(proof),
            Err(why) => faults.push(format!("stories/{name}/story.md: line {}: {}: {why}", quote.line, quote.label())),
        }
    }
    if !faults.is_empty() {
        let next = "correct these quotes; `earwitness show CALL` numbers the turns of a call";
        return Err(Problem::new(faults.join("\n"), next).into());
    }
    Ok(proofs)
}

fn one(archive: &Archive, story: &Story, wanted: &QuoteRef, known: &Known) -> anyhow::Result<Proof> {
    let call = archive.find_call(story.head.call(&wanted.call))?;
    let now = archive.current_transcript(&call.id)?;
    let now = now.ok_or_else(|| anyhow::anyhow!("the call has no transcript yet; `earwitness process` makes one"))?;
    let translation_now = match wanted.original {
        true => None,
        false => archive.current_translation(&call.id)?.map(|t| t.revision),
    };
    if translation_now.is_none() && !wanted.original {
        anyhow::bail!("the call has no translation; write `original` to quote the words as spoken");
    }
    let label = wanted.label();
    let same = |s: &&Kept<Signed>| {
        s.label == label
            && s.declared == wanted.edits
            && s.quote.call == call.id
            && s.quote.translation.is_none() == wanted.original
    };
    let signed = known.signed.iter().rev().find(same).cloned();
    let (quote, transcript, translation) = match &signed {
        Some(signed) => {
            let translation = signed.quote.translation.as_ref().map(|id| archive.revision(id)).transpose()?;
            (signed.quote.clone(), archive.revision(&signed.quote.transcript)?, translation)
        }
        None => {
            let quote = fresh(&call, &now, translation_now.as_ref(), wanted)?;
            (quote, now.clone(), translation_now.clone())
        }
    };
    let named = known.people.names_of(&call.id);
    let label_of = transcript.transcript().and_then(|t| t.turns.get(quote.first)).map(|t| t.speaker.clone());
    let named = label_of.and_then(|label| named.get(&label));
    let identity = named.map(|n| Identity { name: n.name.clone(), standing: n.standing });
    let case = Case {
        quote: &quote,
        transcript: &transcript,
        translation: translation.as_ref(),
        transcript_now: &now,
        translation_now: translation_now.as_ref(),
        reviews: &known.reviews,
        speaker: identity.as_ref(),
        names: &known.names,
    };
    let report = fidelity::check(&case);
    let alias = named.and_then(|n| n.alias.clone());
    let (line, short, declared) = (wanted.line, wanted.call.clone(), wanted.edits.clone());
    Ok(Proof {
        label,
        line,
        short,
        call,
        declared,
        quote,
        transcript,
        translation,
        identity,
        report,
        alias,
        signed,
        heard: None,
    })
}

/// The quote that a reference means in the revisions that stand now.
fn fresh(call: &Call, now: &Revision, translation: Option<&Revision>, wanted: &QuoteRef) -> anyhow::Result<Quote> {
    let transcript = now.transcript().ok_or_else(|| anyhow::anyhow!("its transcript is a translation"))?;
    let turns: RangeInclusive<usize> = match wanted.place {
        Place::Turns(first, last) => first..=last,
        Place::Seconds(span) => {
            turns_at(transcript, span).ok_or_else(|| anyhow::anyhow!("no turn lies within these times"))?
        }
    };
    let source = Source::of(transcript, translation.and_then(Revision::translation), turns.clone())?;
    let edits = source.resolve(&wanted.edits)?;
    source.publish(&edits)?;
    let (first, last) = turns.into_inner();
    let translation = translation.map(|t| t.id.clone());
    Ok(Quote { call: call.id.clone(), transcript: now.id.clone(), translation, first, last, edits })
}

/// The claim that a reference names.
pub(super) fn claim<'a>(claims: &'a Claims, wanted: &QuoteRef) -> anyhow::Result<Option<&'a Kept<Claim>>> {
    let Some(name) = &wanted.claim else { return Ok(None) };
    let unknown = || {
        let what = format!("{} (line {}) names a claim that is not there: {name}", wanted.label(), wanted.line);
        Problem::new(what, "correct it in the story; `earwitness claims` lists them")
    };
    Ok(Some(claims.claim(name).ok_or_else(unknown)?))
}
