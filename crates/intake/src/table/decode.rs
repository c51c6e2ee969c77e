//! Bytes to text: Unicode where it is marked or valid, else the single-byte encoding whose letters make words.

use encoding_rs::{Encoding, IBM866, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

/// A decoded text.
pub(crate) struct Decoded {
    /// Without byte order mark; what could not be decoded is U+FFFD.
    pub text: String,
    /// Name of the encoding.
    pub encoding: String,
}

/// Decodes a text. None where it is not text in any known encoding.
pub(crate) fn decode(bytes: &[u8]) -> Option<Decoded> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Some(with(encoding, bytes.get(mark..)?, " with a byte order mark"));
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return Some(with(encoding, bytes, ""));
    }
    if bytes.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a)).count() > 0 {
        return None;
    }
    if mostly_utf8(bytes) {
        return Some(with(UTF_8, bytes, ""));
    }
    let mut decoded = with(cyrillic_encoding(bytes).unwrap_or(WINDOWS_1251), bytes, "");
    if decoded.encoding == "KOI8-U" && !decoded.text.contains(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']) {
        decoded.encoding = "KOI8-R".to_owned();
    }
    Some(decoded)
}

fn with(encoding: &'static Encoding, bytes: &[u8], remark: &str) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding: format!("{}{remark}", encoding.name()) }
}

/// UTF-16 without mark: letters of the Latin and Cyrillic blocks have 0 or 4 as their high byte, always on the same
/// side. A 4 alone could not be told from control characters, so there must be zeros as well (digits, separators).
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(4096) & !1)?;
    let units = sample.len() / 2;
    if units < 4 {
        return None;
    }
    let high = |offset: usize| {
        let side = || sample.iter().skip(offset).step_by(2);
        let fitting = side().filter(|&&b| matches!(b, 0 | 4 | 0x20 | 0x21)).count();
        let zeros = side().filter(|&&b| b == 0).count();
        fitting * 10 >= units * 9 && zeros * 20 >= units
    };
    match (high(1), high(0)) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the text is UTF-8, be it with a few broken places: by chance, single-byte Cyrillic hardly ever makes a
/// valid sequence.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // The cut at the end of a sample may break one sequence.
    broken == 0 || valid > 4 * broken
}

/// The single-byte Cyrillic encoding in which `bytes` look most like words; none where there are no such letters.
pub(crate) fn cyrillic_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample: Vec<u8> =
        bytes.iter().copied().filter(|&b| b >= 0x80 || b.is_ascii_whitespace()).take(20_000).collect();
    let best = [WINDOWS_1251, KOI8_U, IBM866].into_iter().map(|encoding| {
        let (text, _) = encoding.decode_without_bom_handling(&sample);
        (word_score(&text), encoding)
    });
    best.max_by_key(|&(score, _)| score).filter(|&(score, _)| score > 0).map(|(_, encoding)| encoding)
}

/// Points for frequent letters, for small ones, and against capitals within words and signs that are no letters.
fn word_score(text: &str) -> i64 {
    let mut score = 0;
    let mut before = ' ';
    for c in text.chars() {
        score += match c {
            'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'с' | 'р' | 'в' | 'л' | 'к' | 'і' => 3,
            'а'..='я' | 'ё' | 'ї' | 'є' | 'ґ' => 1,
            'А'..='Я' | 'Ё' | 'І' | 'Ї' | 'Є' | 'Ґ' if before.is_lowercase() => -4,
            'А'..='Я' | 'Ё' | 'І' | 'Ї' | 'Є' | 'Ґ' | '№' | '«' | '»' | '–' | '—' | '\u{a0}' => 0,
            c if c.is_whitespace() || c.is_ascii() => 0,
            _ => -4,
        };
        before = c;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const TEXT: &str = "файл;дата;примечание\r\n0301.wav;01.03.2022;Плохая слышимость\r\n";

    #[rstest]
    #[case(WINDOWS_1251, "windows-1251")]
    #[case(encoding_rs::KOI8_R, "KOI8-R")]
    #[case(IBM866, "IBM866")]
    #[case(UTF_8, "UTF-8")]
    fn single_bytes(#[case] encoding: &'static Encoding, #[case] name: &str) {
        let (bytes, ..) = encoding.encode(TEXT);
        let decoded = decode(&bytes).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.encoding.as_str()), (TEXT, name));
    }

    #[rstest]
    #[case(WINDOWS_1251, "windows-1251")]
    #[case(KOI8_U, "KOI8-U")]
    fn ukrainian(#[case] encoding: &'static Encoding, #[case] name: &str) {
        let text = "номер;тривалість;примітка\n1;00:30;погана чутність, їде\n";
        let (bytes, ..) = encoding.encode(text);
        let decoded = decode(&bytes).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.encoding.as_str()), (text, name));
    }

    #[rstest]
    #[case(true, true)]
    #[case(true, false)]
    #[case(false, true)]
    #[case(false, false)]
    fn utf16(#[case] little: bool, #[case] marked: bool) {
        let text = if marked { format!("\u{feff}{TEXT}") } else { TEXT.to_owned() };
        let bytes: Vec<u8> =
            text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect();
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.text, TEXT);
        assert!(decoded.encoding.starts_with(if little { "UTF-16LE" } else { "UTF-16BE" }));
    }

    #[test]
    fn broken_utf8_stays_utf8() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.extend(b"x;\xff;y\n");
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.contains('\u{fffd}'));
        assert!(decode(b"RIFF\x00\x00\x10\x00WAVEfmt ").is_none());
    }
}
