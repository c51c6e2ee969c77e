//! Names of delivered files, made printable without losing any.

use std::fmt::Write as _;

/// A name for people and tables.
pub(super) struct Printable {
    /// `/` between parts; what is no visible text stands as `%XX`.
    pub text: String,
    /// Plain words where the name had to be changed.
    pub odd: Option<String>,
}

/// Makes raw bytes printable. In a name that must be escaped at all, `%` is escaped too, so that the bytes can be
/// had back.
pub(super) fn printable(raw: &[u8]) -> Printable {
    let odd = match std::str::from_utf8(raw) {
        Ok(text) if !text.chars().any(invisible) => return Printable { text: text.to_owned(), odd: None },
        Ok(_) => "the name holds characters that cannot be seen; they are shown as %XX",
        Err(_) => "the name holds bytes that are not UTF-8 text; they are shown as %XX",
    };
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            if invisible(c) || c == '%' {
                escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                text.push(c);
            }
        }
        escape(&mut text, chunk.invalid());
    }
    Printable { text, odd: Some(odd.to_owned()) }
}

fn escape(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

/// Control characters, and those that turn the direction of writing or take no room: they make one name look like
/// another.
fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether an operating system leaves files of this name behind by itself.
pub(super) fn left_behind(name: &str) -> bool {
    name.split('/').any(|part| {
        part == "__MACOSX"
            || part.starts_with("._")
            || matches!(part.to_lowercase().as_str(), ".ds_store" | "thumbs.db" | "desktop.ini")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay() {
        let name = printable("звонки/100%.wav".as_bytes());
        assert_eq!((name.text.as_str(), name.odd), ("звонки/100%.wav", None));
    }

    #[test]
    fn bytes_and_unseen_characters_are_shown() {
        assert_eq!(printable(b"a\xff%.wav").text, "a%FF%25.wav");
        assert!(printable(b"a\xff.wav").odd.unwrap().contains("UTF-8"));
        assert_eq!(printable("a\u{202e}vaw.b\n".as_bytes()).text, "a%E2%80%AEvaw.b%0A");
    }

    #[test]
    fn leftovers() {
        for name in [".DS_Store", "a/Thumbs.db", "__MACOSX/a.wav", "a/._b.wav"] {
            assert!(left_behind(name), "{name}");
        }
        assert!(!left_behind("a/.wav"));
    }
}
