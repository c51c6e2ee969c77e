//! Canonical JSON (RFC 8785): one value, one text, one hash, on every machine.

use crate::Digest;
use serde::Serialize;

/// A value that canonical JSON cannot carry (a map with keys that are not texts, a number that is not finite).
#[derive(Debug, thiserror::Error)]
#[error("cannot be written as canonical JSON: {0}")]
pub struct NotCanonical(#[from] serde_json::Error);

/// The canonical text of `value`.
///
/// # Errors
/// [`NotCanonical`] where JSON has no form for the value.
pub fn to_text<T: Serialize>(value: &T) -> Result<String, NotCanonical> {
    Ok(serde_json_canonicalizer::to_string(value)?)
}

/// The SHA-256 of the canonical text of `value`.
///
/// # Errors
/// [`NotCanonical`] where JSON has no form for the value.
pub fn digest<T: Serialize>(value: &T) -> Result<Digest, NotCanonical> {
    Ok(Digest::of(to_text(value)?.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_numbers_shortest() {
        let value = serde_json::json!({"b": 1.0, "a": "ё", "c": [1e21, 0.1]});
        assert_eq!(to_text(&value).unwrap(), r#"{"a":"ё","b":1,"c":[1e+21,0.1]}"#);
    }
}
