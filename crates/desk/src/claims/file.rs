//! Claims as JSON: the form in which they leave an archive and come into one (docs/claims.md).
//!
//! A file comes from outside: it is read with limits, nothing in it is guessed, a key that stands twice is refused, and
//! every fault is named by its place.

use super::{Basis, Claim, Evidence, Fault, Says, check};
use crate::object::{self, Object, each};
use earwitness_model::{CallId, Digest, RevisionId, time::CallTime};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a file says of itself.
pub const FORM: &str = "earwitness-claims-1";
/// The longest file, in bytes.
pub const LONGEST: usize = 8 << 20;

/// Fields of a claim in a file.
const CLAIM: [&str; 14] = [
    "key",
    "call",
    "turn",
    "last",
    "words",
    "seconds",
    "transcript",
    "kind",
    "who",
    "what",
    "where",
    "when",
    "basis",
    "evidence",
];
/// Fields of a piece of evidence in a file.
const PIECE: [&str; 9] = ["key", "kind", "title", "sha256", "size", "name", "source", "url", "captured_at"];

/// A file of claims.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// The evidence that is meant: it is not brought along, but must be the same in the archive.
    pub evidence: Vec<Evidence>,
    /// The claims. Each has a key, and its call stands as it is written in the file.
    pub claims: Vec<Entry>,
}

/// A claim in a file, with what bears on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// The claim.
    #[serde(flatten)]
    pub claim: Claim,
    /// What bears on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Mention>,
}

/// That a piece of evidence bears on the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// The evidence: its key, or its SHA-256.
    pub key: String,
    /// What it says.
    pub says: Says,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place: `claims[3].when`, from 0.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let value = object::read(text, LONGEST)?;
        let mut faults = Vec::new();
        let file = Object::of("", &value, &["form", "evidence", "claims"], &mut faults).map(|mut file| {
            if file.needed("form") != FORM {
                file.wrong("form", format!("a file of claims says \"form\": \"{FORM}\""));
            }
            (file.list("evidence"), file.list("claims"))
        });
        let (evidence, claims) = file.unwrap_or_default();
        let evidence = each("evidence", evidence, &mut faults, piece);
        let claims = each("claims", claims, &mut faults, entry);
        if faults.is_empty() {
            twice(&claims, &mut faults);
        }
        if faults.is_empty() { Ok(Self { evidence, claims }) } else { Err(faults) }
    }

    /// The text of a file, with a line break at its end.
    pub fn to_text(&self) -> String {
        let value = json!({"form": FORM, "evidence": self.evidence, "claims": self.claims});
        // Texts and whole numbers always have a form; `#` prints what serde_json prints prettily.
        format!("{value:#}\n")
    }
}

/// One key names one claim, and one piece of evidence says one thing about it.
fn twice(claims: &[Entry], faults: &mut Vec<Fault>) {
    let mut keys = BTreeMap::new();
    for (n, entry) in claims.iter().enumerate() {
        let key = entry.claim.key.as_str();
        if let Some(before) = keys.insert(key, n) {
            faults.push(Fault::new(format!("claims[{n}].key"), format!("“{key}” is the key of claims[{before}], too")));
        }
        let mut said = BTreeMap::new();
        for (m, mention) in entry.evidence.iter().enumerate() {
            if let Some(before) = said.insert(mention.key.as_str(), m) {
                let what = format!("{} stands in evidence[{before}] already", mention.key);
                faults.push(Fault::new(format!("claims[{n}].evidence[{m}].key"), what));
            }
        }
    }
}

fn entry(place: &str, value: &Value, faults: &mut Vec<Fault>) -> Option<Entry> {
    let mut object = Object::of(place, value, &CLAIM, faults)?;
    let key = object.needed("key");
    let call = object.needed("call");
    let turn = object.number("turn");
    if turn.is_none() {
        object.missing("turn");
    }
    let basis = object.choice("basis", "firsthand or hearsay");
    let seconds = object.seconds();
    let claim = Claim {
        key,
        call: CallId::new(call.trim()),
        turn: turn.unwrap_or_default(),
        last: object.number("last"),
        words: object.text("words"),
        seconds,
        transcript: object.text("transcript").map(RevisionId::new),
        kind: object.needed("kind"),
        who: object.text("who"),
        what: object.needed("what"),
        place: object.text("where"),
        when: object.text("when"),
        basis: basis.unwrap_or(Basis::Firsthand),
    };
    let mentions = object.list("evidence");
    let (claim, wrong) = claim.checked();
    if claim.key.is_empty() && value.get("key").is_some_and(Value::is_string) {
        object.wrong("key", "it is empty; a claim in a file needs a key");
    }
    // What is missing was told, and is not told as empty again.
    object.faults.extend(wrong.into_iter().filter(|f| value.get(&f.place).is_some()).map(|f| f.within(place)));
    Some(Entry { claim, evidence: each(&format!("{place}.evidence"), mentions, faults, mention) })
}

fn mention(place: &str, value: &Value, faults: &mut Vec<Fault>) -> Option<Mention> {
    let mut object = Object::of(place, value, &["key", "says", "why"], faults)?;
    let key = object.needed("key").trim().to_string();
    let says = object.choice("says", "corroborates, contradicts or denies");
    let why = object.text("why").unwrap_or_default().trim().to_string();
    faults.extend(check::why(&why).into_iter().map(|f| f.within(place)));
    Some(Mention { key, says: says?, why })
}

fn piece(place: &str, value: &Value, faults: &mut Vec<Fault>) -> Option<Evidence> {
    let mut object = Object::of(place, value, &PIECE, faults)?;
    let key = object.text("key").unwrap_or_default();
    let (sha256, captured_at) = (
        object.parsed::<Digest>("sha256", "64 hexadecimal digits"),
        object.parsed::<CallTime>("captured_at", "a time"),
    );
    if key.trim().is_empty() && sha256.is_none() {
        object.wrong("key", "a piece of evidence needs a key or a SHA-256");
    }
    let piece = Evidence {
        key,
        kind: object.needed("kind"),
        title: object.needed("title"),
        sha256,
        size: object.number("size").and_then(|n| u64::try_from(n).ok()),
        name: object.text("name"),
        source: object.text("source").unwrap_or_default(),
        url: object.text("url"),
        captured_at,
    };
    Some(piece)
}
