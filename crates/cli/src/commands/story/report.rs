//! From proofs to the fidelity report, for editors.

use super::{proof, proof::Proof, shown, tape};
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::{Claims, Says, name_of},
    fidelity::{Level, Review},
    kept::Kept,
    quote::Piece,
};
use earwitness_model::{Author, Digest, Revision};
use earwitness_publish::{
    report::{self, Bearing, Claim, Line, Quote, Report, Signature, Speaker, Words},
    site::File,
    story::{QuoteRef, Story},
};
use jiff::Timestamp;

/// The files of the report: a page that holds its sound, and JSON.
pub(in crate::commands) fn files(
    archive: &Archive,
    name: &str,
    text: &[u8],
    story: &Story,
    proofs: &[Proof],
) -> anyhow::Result<Vec<File>> {
    let claims = Claims::load(archive)?;
    let reviews = Kept::<Review>::all(archive)?;
    let mut quotes = Vec::new();
    for (proof, wanted) in proofs.iter().zip(&story.quotes) {
        quotes.push(quote(archive, story, wanted, proof, &claims, &reviews)?);
    }
    let text_sha256 = Digest::of(text).hex();
    let report = Report { story: name.to_string(), title: story.head.title.clone(), text_sha256, quotes };
    let page = report::to_html(&report)?.into_bytes();
    let mut json = serde_json::to_vec_pretty(&report)?;
    json.push(b'\n');
    Ok(vec![("report.html".into(), page), ("report.json".into(), json)])
}

fn quote(
    archive: &Archive,
    story: &Story,
    wanted: &QuoteRef,
    proof: &Proof,
    claims: &Claims,
    reviews: &[Kept<Review>],
) -> anyhow::Result<Quote> {
    let (call, checked) = (&proof.call, &proof.report);
    let texts = |source: Option<&earwitness_desk::quote::Source>| {
        source.into_iter().flat_map(|s| s.turns()).map(|t| t.text.clone()).collect::<Vec<_>>()
    };
    let language = proof.transcript.transcript().and_then(|t| t.language.clone()).unwrap_or_default();
    let claim = proof::claim(claims, wanted)?.map(|c| claim(claims, c, &story.head.language));
    Ok(Quote {
        label: proof.label.clone(),
        line: proof.line,
        call: call.id.to_string(),
        files: call.files.iter().map(|f| f.name.clone()).collect(),
        recording: call.recording.hex(),
        when: call.started_at.map(|t| t.to_string()).unwrap_or_default(),
        lines: lines(story, wanted, proof),
        source: texts(checked.source.as_ref()),
        spoken: texts(checked.spoken.as_ref()),
        language,
        level: checked.level(),
        settled: proof.is_settled(),
        findings: checked.findings.clone(),
        transcript: words(&proof.transcript, reviews),
        translation: proof.translation.as_ref().map(|t| words(t, reviews)),
        speaker: speaker(story, wanted, proof),
        claim,
        signature: proof.signed.as_ref().map(|s| Signature {
            by: s.by.to_string(),
            at: moment(s.at),
            why: s.why.clone(),
            decided: s.decided.iter().filter(|f| f.level == Level::Decide).count(),
        }),
        tape: tape::of(archive, proof),
    })
}

fn lines(story: &Story, wanted: &QuoteRef, proof: &Proof) -> Vec<Line> {
    let piece = |piece: &Piece| {
        let (kind, source) = match piece {
            Piece::Kept { text } => ("kept", text.as_str()),
            Piece::Cut { source, .. } => ("cut", source.as_str()),
            Piece::Inserted { .. } => ("inserted", ""),
            Piece::Masked { source, .. } => ("masked", source.as_str()),
            Piece::Joint { .. } => ("joint", ""),
        };
        report::Piece { kind, source: source.to_string(), shown: piece.shown().to_string() }
    };
    let published = proof.report.published.iter().flat_map(|p| &p.lines);
    let line = |line: &earwitness_desk::quote::Line| Line {
        who: shown::who(story, wanted, proof, &line.speaker),
        pieces: line.pieces.iter().map(piece).collect(),
    };
    published.map(line).collect()
}

fn words(revision: &Revision, reviews: &[Kept<Review>]) -> Words {
    let mut read_by: Vec<String> =
        reviews.iter().filter(|r| r.is.revision == revision.id).map(|r| r.is.by.clone()).collect();
    read_by.dedup();
    Words {
        revision: revision.id.to_string(),
        number: revision.number,
        author: revision.author.to_string(),
        by_person: matches!(revision.author, Author::Person { .. }),
        at: moment(revision.created_at),
        read_by,
    }
}

fn speaker(story: &Story, wanted: &QuoteRef, proof: &Proof) -> Speaker {
    let turns = proof.report.source.iter().flat_map(|s| s.turns());
    let label = turns.map(|t| t.speaker.clone()).next().unwrap_or_default();
    let alias = shown::who(story, wanted, proof, &label);
    let identity = proof.identity.as_ref();
    let name = identity.map(|i| i.name.clone()).unwrap_or_default();
    let standing = identity.map(|i| i.standing.words().to_string()).unwrap_or_default();
    Speaker { label, name, standing, alias }
}

fn claim(claims: &Claims, claim: &Kept<earwitness_desk::claims::Claim>, language: &str) -> Claim {
    let standing = claims.standing(&claim.id);
    let says = |says: Says| match says {
        Says::Corroborates => "corroborates",
        Says::Contradicts => "contradicts",
        Says::Denies => "denies",
    };
    let bearings = claims.bearing_on(&claim.id).map(|(bearing, evidence)| Bearing {
        title: evidence.title.clone(),
        says: says(bearing.says).into(),
        why: bearing.why.clone(),
        by: bearing.by.to_string(),
    });
    Claim {
        name: name_of(claim),
        what: claim.what.clone(),
        basis: claim.basis.short().into(),
        standing: standing.short().into(),
        sentence: standing.for_readers(claim.basis, language),
        bearings: bearings.collect(),
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
