//! Files of JSON that strangers wrote: read with limits, nothing in them is guessed, a key that stands twice is refused,
//! and every fault is named by its place.

use crate::claims::Fault;
use earwitness_model::Span;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use std::{fmt, str::FromStr};

/// How many faults are looked for: what follows so many is not read.
const MOST: usize = 1000;
/// How many unknown fields of one object are told.
const UNKNOWN: usize = 20;

/// The JSON of a file of at most so many bytes.
pub(crate) fn read(text: &str, longest: usize) -> Result<Value, Vec<Fault>> {
    if text.len() > longest {
        return Err(vec![Fault::new("", format!("the file has more than {} MiB", longest >> 20))]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Strict(value) = serde_json::from_str(text).map_err(|e| vec![Fault::new("", format!("it is no JSON: {e}"))])?;
    Ok(value)
}

/// Reads each thing of a list, up to the first after too many faults.
pub(crate) fn each<T>(
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

/// An object of a file: its fields are asked for one by one, and what is wrong with them is collected.
pub(crate) struct Object<'v, 'f> {
    place: &'v str,
    map: &'v Map<String, Value>,
    /// What is wrong with the file, so far.
    pub(crate) faults: &'f mut Vec<Fault>,
}

impl<'v, 'f> Object<'v, 'f> {
    pub(crate) fn of(place: &'v str, value: &'v Value, known: &[&str], faults: &'f mut Vec<Fault>) -> Option<Self> {
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

    pub(crate) fn wrong(&mut self, name: &str, what: impl Into<String>) {
        let place = if self.place.is_empty() { name.to_string() } else { format!("{}.{name}", self.place) };
        self.faults.push(Fault::new(place, what));
    }

    pub(crate) fn missing(&mut self, name: &str) {
        if self.get(name).is_none() {
            self.wrong(name, "it is missing");
        }
    }

    /// A field; null is as good as none.
    pub(crate) fn get(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.wrong(name, "a text \"…\" must stand here");
                None
            }
        }
    }

    pub(crate) fn needed(&mut self, name: &str) -> String {
        self.missing(name);
        self.text(name).unwrap_or_default()
    }

    pub(crate) fn number(&mut self, name: &str) -> Option<usize> {
        let number = self.get(name)?.as_u64().and_then(|n| usize::try_from(n).ok());
        if number.is_none() {
            self.wrong(name, "a whole number, 0 or more, must stand here");
        }
        number
    }

    /// True where the field says so.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let said = self.get(name).map(Value::as_bool);
        if said == Some(None) {
            self.wrong(name, "true or false must stand here");
        }
        said.flatten().unwrap_or_default()
    }

    pub(crate) fn list(&mut self, name: &str) -> &'v [Value] {
        match self.get(name) {
            None => &[],
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.wrong(name, "a list [ … ] must stand here");
                &[]
            }
        }
    }

    pub(crate) fn choice<T: DeserializeOwned>(&mut self, name: &str, choices: &str) -> Option<T> {
        self.missing(name);
        let chosen = T::deserialize(self.get(name)?).ok();
        if chosen.is_none() {
            self.wrong(name, format!("this must be {choices}"));
        }
        chosen
    }

    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str, form: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.wrong(name, format!("this is not {form}"));
        }
        parsed
    }

    pub(crate) fn seconds(&mut self) -> Option<Span> {
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
