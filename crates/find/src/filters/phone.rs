//! Numbers, however they are written.

use earwitness_model::Phone;
use std::fmt;

/// A number to look for: written in any way, whole or its last digits (`5330`), or its beginning with a star
/// (`+380*`). A text without digits is looked for in what the table says.
#[derive(Clone, Debug, PartialEq)]
pub struct PhonePattern {
    written: String,
    digits: String,
    beginning: bool,
}

impl PhonePattern {
    /// From what a person writes. Trunk and international prefixes are taken off: `8 999 …` of eleven digits,
    /// `0 67 …` of ten, `00…`.
    pub fn new(written: &str) -> Self {
        let all: String = written.chars().filter(char::is_ascii_digit).collect();
        let beginning = written.ends_with('*');
        let plain = if written.starts_with('+') || beginning {
            &all
        } else if all.len() > 10 && all.starts_with("00") {
            &all[2..]
        } else if (all.len() == 11 && all.starts_with('8')) || (all.len() == 10 && all.starts_with('0')) {
            &all[1..]
        } else {
            &all[..]
        };
        Self { written: written.to_owned(), digits: plain.to_owned(), beginning }
    }

    /// Whether the facet of a phone is meant.
    pub(crate) fn accepts(&self, facet: &str) -> bool {
        let (digits, written) = facet.split_once('\t').unwrap_or((facet, ""));
        if self.digits.is_empty() {
            return written.to_lowercase().contains(self.written.trim_end_matches('*').to_lowercase().as_str());
        }
        if self.beginning { digits.starts_with(&self.digits) } else { digits.ends_with(&self.digits) }
    }
}

impl fmt::Display for PhonePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Digits, and what the table says.
pub(super) fn facet(phone: &Phone) -> String {
    let digits: String = phone.label().chars().filter(char::is_ascii_digit).collect();
    format!("{digits}\t{}", phone.written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_writing_matches() {
        let number = facet(&Phone { written: "8 (999) 123-53-30".into(), e164: Some("+79991235330".into()) });
        for yes in ["5330", "+7 999 123-53-30", "8 999 1235330", "89991235330", "007 999 1235330", "+7999*", "53-30"] {
            assert!(PhonePattern::new(yes).accepts(&number), "{yes}");
        }
        for no in ["5331", "+380*", "9991", "мама"] {
            assert!(!PhonePattern::new(no).accepts(&number), "{no}");
        }
        let ukrainian = facet(&Phone { written: "067 123 45 67".into(), e164: Some("+380671234567".into()) });
        assert!(PhonePattern::new("0671234567").accepts(&ukrainian));
    }

    #[test]
    fn what_is_no_number_is_looked_for_as_written() {
        let unknown = facet(&Phone { written: "Скрыт".into(), e164: None });
        assert!(PhonePattern::new("скрыт").accepts(&unknown));
        assert!(!PhonePattern::new("5330").accepts(&unknown));
    }
}
