//! Telephone numbers. E.164 (ITU-T) where the writing leaves no doubt; what was written is always kept.
//!
//! Numbering plans are not consulted: a number with an area code that nobody was given is still a number in evidence.

use super::trimmed;
use earwitness_model::Phone;
use serde::{Deserialize, Serialize};

/// Whose national way of writing numbers is meant where a number has no country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Country {
    /// `9XX…` of 10 digits is +7.
    #[serde(rename = "RU", alias = "ru")]
    Russia,
    /// `0XX…` of 10 digits is +380.
    #[serde(rename = "UA", alias = "ua")]
    Ukraine,
}

/// Reads a cell as a telephone number. None for an empty cell or a dash; a text that is no number (`скрыт`, a short
/// number) is kept as written, without E.164.
pub fn phone(text: &str, country: Option<Country>) -> Option<Phone> {
    if super::is_blank(text) {
        return None;
    }
    let e164 = trimmed(text).and_then(|cell| e164(cell, country));
    Some(Phone { written: text.trim().to_owned(), e164 })
}

/// Whether a spreadsheet has turned a number into `7,94413E+10`: its last digits are lost.
pub fn rounded_by_spreadsheet(text: &str) -> bool {
    let Some(text) = trimmed(text) else { return false };
    let Some((mantissa, exponent)) = text.split_once(['E', 'e', 'Е', 'е']) else { return false };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    digits(exponent) && mantissa.contains(['.', ',']) && mantissa.split(['.', ',']).all(digits)
}

/// The country whose numbers stand in these cells with their country code, where it is clear: Ukraine as soon as one
/// is Ukrainian (there `0XX…` is a national number), else Russia, else none.
pub fn country_of_cells<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Country> {
    let mut found = None;
    for number in cells.filter_map(|cell| e164(trimmed(cell)?, None)) {
        if number.starts_with("+380") {
            return Some(Country::Ukraine);
        }
        if number.starts_with("+7") {
            found = Some(Country::Russia);
        }
    }
    found
}

fn e164(text: &str, country: Option<Country>) -> Option<String> {
    let (plus, digits) = digits_of(text)?;
    let (first, length) = (digits.bytes().next()?, digits.len());
    let number = match (plus, first, length) {
        (true, b'1'..=b'9', 7..=15) => digits,
        (true, ..) => return None,
        (_, b'0', 10..) if digits.starts_with("00") => digits.trim_start_matches('0').to_owned(),
        // From Russia and from Ukraine of old, abroad is dialled 8~10.
        (_, b'8', 14..) if digits.starts_with("810") => digits[3..].to_owned(),
        // No Russian area code begins with 0, so 8 0XX is the old Ukrainian trunk prefix.
        (_, b'8', 11) if digits.starts_with("80") => format!("3{digits}"),
        (_, b'8', 11) => format!("7{}", &digits[1..]),
        (_, b'7', 11) => digits,
        (_, b'3', 12) if digits.starts_with("380") => digits,
        (_, b'0', 10) if country == Some(Country::Ukraine) => format!("38{digits}"),
        (_, b'3'..=b'9', 10) if country == Some(Country::Russia) => format!("7{digits}"),
        _ => return None,
    };
    ((7..=15).contains(&number.len()) && !number.starts_with('0')).then(|| format!("+{number}"))
}

/// Whether a `+` leads, and the digits; none where anything but the usual separators stands between them.
fn digits_of(text: &str) -> Option<(bool, String)> {
    let text = text.strip_prefix(['\'', '=']).unwrap_or(text).trim_matches('"');
    let text = ["tel:", "тел.", "тел", "моб.", "т."].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text).trim();
    // A spreadsheet's number with its decimals: 79441253308.0, 79441253308,00.
    let text = match text.rsplit_once(['.', ',']) {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.len() < 3 && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    let plus = text.starts_with(['+', '+']);
    let rest = if plus { text.chars().skip(1).collect() } else { text.to_owned() };
    let mut digits = String::new();
    for c in rest.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '(' | ')' | '-' | '.' | '/' | '~' | '‐' | '‑' | '–' | '\u{ad}' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    Some((plus, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("+380591104472", "+380591104472")]
    #[case("380591104472", "+380591104472")]
    #[case("+7 944 125-33-08", "+79441253308")]
    #[case("79441253308", "+79441253308")]
    #[case("8 (944) 901-33-84", "+79449013384")]
    #[case("8\u{a0}944\u{a0}901 33 84", "+79449013384")]
    #[case("00380591104472", "+380591104472")]
    #[case("8~10 380 59 110 44 72", "+380591104472")]
    #[case("80591104472", "+380591104472")]
    #[case("0591104472", "+380591104472")]
    #[case("(059) 110-44-72", "+380591104472")]
    #[case("+44 20 7946 0000", "+442079460000")]
    #[case("79441253308.0", "+79441253308")]
    #[case("'+79441253308", "+79441253308")]
    #[case("тел. +79441253308", "+79441253308")]
    fn reads(#[case] written: &str, #[case] expected: &str) {
        let phone = phone(written, Some(Country::Ukraine)).unwrap();
        assert_eq!(phone.e164.as_deref(), Some(expected));
        assert_eq!(phone.written, written);
    }

    #[rstest]
    #[case("скрыт")]
    #[case("unknown")]
    #[case("102")]
    #[case("+0441234567")]
    #[case("1234567890123456789")]
    #[case("+380591104472, +79441253308")]
    #[case("7,94413E+10")]
    #[case("Kyivstar")]
    #[case("000000000000")]
    fn keeps_as_written(#[case] written: &str) {
        assert_eq!(phone(written, Some(Country::Ukraine)), Some(Phone { written: written.into(), e164: None }));
    }

    #[test]
    fn national_numbers_need_a_country() {
        assert_eq!(phone("0591104472", None).unwrap().e164, None);
        assert_eq!(phone("9441253308", None).unwrap().e164, None);
        assert_eq!(phone("9441253308", Some(Country::Russia)).unwrap().e164.as_deref(), Some("+79441253308"));
        assert_eq!(phone(" — ", None), None);
    }

    #[test]
    fn country_comes_from_full_numbers() {
        assert_eq!(country_of_cells(["", "8 (944) 901-33-84"].into_iter()), Some(Country::Russia));
        assert_eq!(country_of_cells(["+79441253308", "380591104472"].into_iter()), Some(Country::Ukraine));
        assert_eq!(country_of_cells(["0591104472", "скрыт"].into_iter()), None);
    }

    #[test]
    fn rounding_is_seen() {
        assert!(rounded_by_spreadsheet("7,94413E+10"));
        assert!(rounded_by_spreadsheet("3.80591E11"));
        assert!(!rounded_by_spreadsheet("79441253308"));
        assert!(!rounded_by_spreadsheet("E.ON"));
    }
}
