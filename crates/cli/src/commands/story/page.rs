//! What was found about quotes, for people and as JSON.

use super::proof::Proof;
use crate::output::{Output, Style, count, paragraph};
use earwitness_desk::fidelity::Level;
use serde_json::{Value, json};

/// The gravest finding about a quote.
pub(super) fn gravest(proof: &Proof) -> String {
    proof.report.findings.first().map(|f| f.words.clone()).unwrap_or_default()
}

/// All findings, quote by quote.
pub(super) fn report(proofs: &[Proof], out: &Output) -> String {
    let mut text = String::new();
    for proof in proofs {
        text += &format!("{}  line {}  {}\n", out.paint(Style::Cyan, &proof.label), proof.line, state(proof, out));
        let published = proof.report.published.as_ref().map(|p| p.text()).unwrap_or_default();
        text += &paragraph(2, &format!("“{}”", published.replace('\n', " / ")));
        if let Some(spoken) = &proof.report.spoken {
            text += &paragraph(2, &spoken.text().replace('\n', " / "));
        }
        for finding in proof.report.findings.iter().filter(|f| f.level > Level::Passed) {
            let mark = match finding.level {
                Level::Broken => out.paint(Style::Red, "BROKEN"),
                Level::Decide => out.paint(Style::Yellow, "decide"),
                _ => "note".into(),
            };
            text += &paragraph(4, &format!("{mark}: {}", finding.words));
        }
    }
    let settled = proofs.iter().filter(|p| p.is_settled()).count();
    text + &format!("{}, {settled} of them settled\n", count(proofs.len() as u64, "quote", "quotes"))
}

fn state(proof: &Proof, out: &Output) -> String {
    match (&proof.signed, proof.is_settled(), proof.report.level()) {
        (_, _, Level::Broken) => out.paint(Style::Red, "BROKEN"),
        (Some(signed), true, _) => format!("signed by {}", signed.by),
        (None, true, _) => "nothing to decide".into(),
        (Some(_), false, _) => out.paint(Style::Yellow, "to be signed again"),
        (None, false, _) => out.paint(Style::Yellow, "to be signed"),
    }
}

/// A quote and its findings as JSON.
pub(super) fn json(proof: &Proof) -> Value {
    let report = &proof.report;
    json!({
        "quote": proof.label, "line": proof.line, "call": proof.call.id, "level": report.level(),
        "settled": proof.is_settled(), "signed": proof.signed.as_ref().map(|s| s.by.to_string()),
        "published": report.published.as_ref().map(|p| p.text()), "source": report.source.as_ref().map(|s| s.text()),
        "spoken": report.spoken.as_ref().map(|s| s.text()), "missing": report.missing, "edits": proof.quote.edits,
        "transcript": proof.quote.transcript, "translation": proof.quote.translation, "findings": report.findings,
        "heard": proof.heard,
    })
}
