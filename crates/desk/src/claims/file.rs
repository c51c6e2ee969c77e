//! Claims as JSON: the form in which they leave an archive and come into one (docs/claims.md).
//!
//! A file comes from outside: it is read with limits, nothing in it is guessed, a key that stands twice is refused, and
//! every fault is named by its place.

use super::{Basis, Claim, Evidence, Fault, Says, check};
use earwitness_model::{CallId, Digest, RevisionId, Span, time::CallTime};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// What a file says of itself.
pub const FORM: &str = "earwitness-claims-1";
/// The longest file, in bytes.
pub const LONGEST: usize = 8 << 20;

/// How many faults are looked for: what follows so many is not read.
const MOST: usize = 1000;
/// How many unknown fields of one object are told.
const UNKNOWN: usize = 20;

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
        if text.len() > LONGEST {
            return Err(vec![Fault::new("", format!("the file has more than {} MiB", LONGEST >> 20))]);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Strict(value) =
            serde_json::from_str(text).map_err(|e| vec![Fault::new("", format!("it is no JSON: {e}"))])?;
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

/// Reads each thing of a list, up to the first after too many faults.
fn each<T>(
    name: &str,
    values: &[Value],
    faults: &mut Vec<Fault>,
    read: fn(&str, &Value, &mut Vec<Fault>) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    for (n, value) in values.iter().enumerate() {
        if faults.len() >= MOST {
            break;
        }
        all.extend(read(&format!("{name}[{n}]"), value, faults));
    }
    all
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

/// An object of a file: its fields are asked for one by one, and what is wrong with them is collected.
struct Object<'v, 'f> {
    place: &'v str,
    map: &'v Map<String, Value>,
    faults: &'f mut Vec<Fault>,
}

impl<'v, 'f> Object<'v, 'f> {
    fn of(place: &'v str, value: &'v Value, known: &[&str], faults: &'f mut Vec<Fault>) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.push(Fault::new(place, "an object { … } must stand here"));
            return None;
        };
        let mut object = Self { place, map, faults };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())).take(UNKNOWN) {
            let name: String = name.chars().take(60).collect();
            object.wrong(&name, format!("this is not known here; known are {}", known.join(", ")));
        }
        Some(object)
    }

    fn wrong(&mut self, name: &str, what: impl Into<String>) {
        let place = if self.place.is_empty() { name.to_string() } else { format!("{}.{name}", self.place) };
        self.faults.push(Fault::new(place, what));
    }

    fn missing(&mut self, name: &str) {
        if self.get(name).is_none() {
            self.wrong(name, "it is missing");
        }
    }

    /// A field; null is as good as none.
    fn get(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.wrong(name, "a text \"…\" must stand here");
                None
            }
        }
    }

    fn needed(&mut self, name: &str) -> String {
        self.missing(name);
        self.text(name).unwrap_or_default()
    }

    fn number(&mut self, name: &str) -> Option<usize> {
        let number = self.get(name)?.as_u64().and_then(|n| usize::try_from(n).ok());
        if number.is_none() {
            self.wrong(name, "a whole number, 0 or more, must stand here");
        }
        number
    }

    fn list(&mut self, name: &str) -> &'v [Value] {
        match self.get(name) {
            None => &[],
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.wrong(name, "a list [ … ] must stand here");
                &[]
            }
        }
    }

    fn choice<T: DeserializeOwned>(&mut self, name: &str, choices: &str) -> Option<T> {
        self.missing(name);
        let chosen = T::deserialize(self.get(name)?).ok();
        if chosen.is_none() {
            self.wrong(name, format!("this must be {choices}"));
        }
        chosen
    }

    fn parsed<T: FromStr>(&mut self, name: &str, form: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.wrong(name, format!("this is not {form}"));
        }
        parsed
    }

    fn seconds(&mut self) -> Option<Span> {
        let value = self.get("seconds")?;
        let number = |name| value.get(name).and_then(Value::as_f64);
        let exact = value.as_object().is_some_and(|map| map.len() == 2);
        let span = number("start").zip(number("end")).filter(|_| exact);
        if span.is_none() {
            self.wrong("seconds", "{\"start\": …, \"end\": …} in seconds must stand here");
        }
        // Not `Span::new`, which mends an end before the start: that is told.
        span.map(|(start, end)| Span { start, end })
    }
}

/// Any JSON in which no object has a key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading).map(Self)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            if map.contains_key(&key) {
                let key: String = key.chars().take(60).collect();
                return Err(A::Error::custom(format_args!("“{key}” stands twice in one object")));
            }
            let Strict(value) = object.next_value()?;
            map.insert(key, value);
        }
        Ok(map.into())
    }
}
