//! The ways in which text is hidden in bytes: encodings of this and the last century, markup and entities between
//! letters, escapes of addresses, JSON and style sheets, base64 and hexadecimal digits, compressed parts, spaced letters.

use regex::{Captures, Regex};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::LazyLock;

/// How often something hidden is looked for in something that was hidden.
const DEPTH: usize = 3;
/// The most that all views of one file may hold together, in bytes; hidden text beyond that would be hidden from
/// readers, too.
const MOST: usize = 256 << 20;
/// The most that a compressed part may hold, in bytes.
const INFLATED: u64 = 16 << 20;
/// Text in bytes that are not text has at least so many characters.
const RUN: usize = 5;

/// A reading of a file.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// What is read.
    pub text: String,
    /// How it came about; nothing for what an editor would show.
    how: String,
    /// Whether this is what an editor would show, or a part of it that was made readable.
    pub plain: bool,
    /// Whether noise may read as words.
    pub noisy: bool,
}

impl View {
    /// Where a character of the view stands, in words.
    pub fn place(&self, at: usize) -> String {
        let line = self.text.chars().take(at).filter(|c| *c == '\n').count() + 1;
        if self.how.is_empty() { format!("line {line}") } else { format!("line {line}, {}", self.how) }
    }

    fn new(text: String, how: &str) -> Self {
        Self { text, how: how.into(), plain: true, noisy: false }
    }
}

/// All readings of a file.
pub(super) fn of(name: &str, bytes: &[u8]) -> Vec<View> {
    let mut views = Views::default();
    views.bytes(bytes, "", DEPTH);
    let _ = name;
    views.all
}

/// The readings of a file's name.
pub(super) fn of_name(name: &str) -> Vec<View> {
    let mut views = Views::default();
    views.text(name.to_string(), "", DEPTH);
    views.all
}

#[derive(Default)]
struct Views {
    all: Vec<View>,
    seen: BTreeSet<Vec<u8>>,
    size: usize,
    /// Whether what is read now are bytes that no editor would take for text: in them anything looks like a number.
    binary: bool,
}

impl Views {
    fn bytes(&mut self, bytes: &[u8], how: &str, depth: usize) {
        for (part, what) in compressed(bytes) {
            if depth > 0 {
                self.bytes(&part, &join(how, what), depth - 1);
            }
        }
        if let Ok(text) = std::str::from_utf8(bytes)
            && !text.contains('\0')
        {
            return self.text(text.to_string(), how, depth);
        }
        let outside = self.binary;
        self.binary = !(bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]));
        self.decoded(bytes, how, depth);
        self.binary = outside;
    }

    /// Bytes that are not UTF-8, in every encoding that they may be in.
    fn decoded(&mut self, bytes: &[u8], how: &str, depth: usize) {
        self.text(runs(String::from_utf8_lossy(bytes).chars()), how, depth);
        for offset in [0, 1] {
            for (big, what) in [(false, "as UTF-16"), (true, "as UTF-16 (big-endian)")] {
                let pairs = bytes.get(offset..).unwrap_or_default().chunks_exact(2);
                let unit =
                    |p: &[u8]| if big { u16::from_be_bytes([p[0], p[1]]) } else { u16::from_le_bytes([p[0], p[1]]) };
                let chars = pairs.map(|p| char::from_u32(u32::from(unit(p))).unwrap_or('\u{fffd}'));
                self.text(runs(chars), &join(how, what), depth);
            }
        }
        for (encoding, what) in [
            (encoding_rs::WINDOWS_1251, "as Windows-1251"),
            (encoding_rs::KOI8_U, "as KOI8"),
            (encoding_rs::IBM866, "as CP866"),
            (encoding_rs::ISO_8859_5, "as ISO 8859-5"),
        ] {
            let text = runs(encoding.decode_without_bom_handling(bytes).0.chars());
            self.keep(View { noisy: true, plain: false, ..View::new(text, &join(how, what)) });
        }
    }

    /// A text, and all that may be hidden in it.
    fn text(&mut self, text: String, how: &str, depth: usize) {
        if !self.keep(View::new(text.clone(), how)) || depth == 0 {
            return;
        }
        for (hidden, what) in [
            (unmarked(&text), "between tags"),
            (entities(&text), "in entities"),
            (escapes(&text), "in escapes"),
            (percent(&text, '%'), "in an address"),
            (percent(&text, '='), "as quoted-printable"),
            (spaced(&text), "with spaced letters"),
            (text.replace("-\n", "").replace("\u{ad}\n", ""), "across lines"),
        ] {
            if hidden != text {
                self.text(hidden, &join(how, what), depth - 1);
            }
        }
        for (bytes, what) in coded(&text) {
            self.bytes(&bytes, &join(how, what), depth - 1);
        }
    }

    /// Takes a view in that was not there before; says whether it was new.
    fn keep(&mut self, mut view: View) -> bool {
        view.plain &= !self.binary;
        let fits = self.size + view.text.len() <= MOST && !view.text.trim().is_empty();
        let digest = earwitness_model::Digest::of(view.text.as_bytes()).hex().into_bytes();
        if !fits || !self.seen.insert(digest) {
            return false;
        }
        self.size += view.text.len();
        self.all.push(view);
        true
    }
}

fn join(how: &str, what: &str) -> String {
    if how.is_empty() { what.into() } else { format!("{how}, {what}") }
}

/// The stretches of bytes that may be text, one a line.
fn runs(chars: impl Iterator<Item = char>) -> String {
    let may = |c: char| matches!(c, ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{400}'..='\u{52f}' | '\u{2010}'..='\u{2044}' | '№');
    let (mut all, mut run) = (String::new(), String::new());
    for c in chars.chain(['\0']) {
        // In bytes two alphabets meet where a mark and a text do: `TAGЛаптев`.
        let meets =
            run.chars().next_back().is_some_and(|l| l.is_ascii_alphabetic() && c.is_alphabetic() && !c.is_ascii());
        if may(c) && !meets {
            run.push(c);
            continue;
        }
        if run.chars().count() >= RUN {
            all.push_str(&run);
            all.push('\n');
        }
        run.clear();
        run.extend(Some(c).filter(|c| may(*c)));
    }
    all
}

fn replaced(text: &str, shape: &LazyLock<Option<Regex>>, with: impl Fn(&Captures<'_>) -> String) -> String {
    shape
        .as_ref()
        .map_or_else(|| text.to_string(), |shape| shape.replace_all(text, |c: &Captures<'_>| with(c)).into_owned())
}

/// Without tags: what is split by markup reads as one word.
fn unmarked(text: &str) -> String {
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"</?[A-Za-z!?][^<>]{0,2000}>").ok());
    // Blocks end words, and tags within a line do not.
    static BLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)</?(?:p|div|h[1-6]|li|ul|ol|tr|td|th|table|br|section|figure|figcaption|dt|dd|dl|title|text|option)\b[^<>]{0,2000}>").ok()
    });
    let text = replaced(text, &BLOCK, |_| " ".into());
    replaced(&text, &TAG, |_| String::new())
}

/// With HTML entities as their characters.
pub(super) fn entities(text: &str) -> String {
    static ENTITY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]{2,8}));?").ok());
    replaced(text, &ENTITY, |c| {
        let code = |i: usize, radix| c.get(i).and_then(|m| u32::from_str_radix(m.as_str(), radix).ok());
        let known = match c.get(3).map(|m| m.as_str()) {
            Some("shy" | "zwj" | "zwnj" | "lrm" | "rlm") => Some(String::new()),
            Some("nbsp" | "ensp" | "emsp" | "thinsp") => Some(" ".into()),
            Some("amp") => Some("&".into()),
            Some("plus") => Some("+".into()),
            Some("lpar") => Some("(".into()),
            Some("rpar") => Some(")".into()),
            Some("commat") => Some("@".into()),
            Some("quot") => Some("\"".into()),
            Some("lt") => Some("<".into()),
            Some("gt") => Some(">".into()),
            _ => None,
        };
        let coded = code(1, 16).or_else(|| code(2, 10)).and_then(char::from_u32).map(String::from);
        known.or(coded).unwrap_or_else(|| c[0].to_string())
    })
}

/// With the escapes of JSON, JavaScript and style sheets as their characters.
fn escapes(text: &str) -> String {
    static ESCAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([0-9a-fA-F]{3,6}) ?").ok()
    });
    replaced(text, &ESCAPE, |c| {
        let code = c.iter().skip(1).flatten().find_map(|m| u32::from_str_radix(m.as_str(), 16).ok());
        code.and_then(char::from_u32).map_or_else(|| c[0].to_string(), String::from)
    })
}

/// With `%D0%9B` (or `=D0=9B`) as the bytes they stand for.
fn percent(text: &str, mark: char) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).filter(|_| byte == mark as u8).and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    let text = String::from_utf8_lossy(&out).into_owned();
    if mark == '%' { text.replace('+', " ") } else { text.replace("=\n", "").replace("=\r\n", "") }
}

/// With letters put together that stand one by one: `L a p t e v`, `Л-а-п-т-е-в`.
fn spaced(text: &str) -> String {
    static SPACED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:\b\p{L}[ .\-_*·]{1,2}){3,}\p{L}\b").ok());
    replaced(text, &SPACED, |c| c[0].chars().filter(|c| c.is_alphabetic()).collect())
}

/// Bytes that are written as base64 or as hexadecimal digits.
fn coded(text: &str) -> Vec<(Vec<u8>, &'static str)> {
    static BASE64: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{7,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}").ok());
    static HEX: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:[0-9a-fA-F]{2}[ :]?){5,}").ok());
    let mut found = Vec::new();
    for hit in BASE64.as_ref().into_iter().flat_map(|r| r.find_iter(text)) {
        // The beginning of a run may belong to something else: all four ways to begin are tried.
        for skip in 0..4 {
            let bytes = base64(hit.as_str().bytes().skip(skip));
            if bytes.len() >= RUN && readable(&bytes) {
                found.push((bytes, "in base64"));
            }
        }
    }
    for hit in HEX.as_ref().into_iter().flat_map(|r| r.find_iter(text)) {
        let digits: Vec<u8> = hit.as_str().bytes().filter_map(|b| (b as char).to_digit(16)).map(|d| d as u8).collect();
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|p| p[0] << 4 | p[1]).collect();
        if readable(&bytes) {
            found.push((bytes, "in hexadecimal digits"));
        }
    }
    found
}

fn base64(text: impl Iterator<Item = u8>) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for v in text.filter_map(value) {
        bits = (bits << 6 | u32::from(v)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

/// Whether bytes may be text, or something compressed.
fn readable(bytes: &[u8]) -> bool {
    let clean =
        |text: &str| text.chars().filter(|c| c.is_control() || *c == '\u{fffd}').count() * 8 <= text.chars().count();
    let zeros = bytes.iter().filter(|b| **b == 0 || **b == 4).count() * 3 >= bytes.len();
    clean(&String::from_utf8_lossy(bytes)) || zeros || bytes.starts_with(&[0x1f, 0x8b]) || bytes.first() == Some(&0x78)
}

/// The compressed parts of a file.
fn compressed(bytes: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let inflate = |mut reader: Box<dyn Read + '_>| {
        let mut out = Vec::new();
        // What can be read before an error is looked at, too.
        let _ = reader.by_ref().take(INFLATED).read_to_end(&mut out);
        (!out.is_empty()).then_some(out)
    };
    let mut parts = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        parts.extend(inflate(Box::new(flate2::read::MultiGzDecoder::new(bytes))).map(|p| (p, "compressed")));
    } else if bytes.first() == Some(&0x78) && bytes.get(1).is_some_and(|b| matches!(b, 0x01 | 0x5e | 0x9c | 0xda)) {
        parts.extend(inflate(Box::new(flate2::read::ZlibDecoder::new(bytes))).map(|p| (p, "compressed")));
    }
    for (kind, data) in super::metadata::png_chunks(bytes) {
        if matches!(kind, b"zTXt" | b"iTXt" | b"iCCP") {
            let starts =
                data.windows(2).enumerate().filter(|(_, w)| w[0] == 0x78 && matches!(w[1], 0x01 | 0x5e | 0x9c | 0xda));
            for (at, _) in starts.take(4) {
                let part = inflate(Box::new(flate2::read::ZlibDecoder::new(&data[at..])));
                parts.extend(part.map(|p| (p, "compressed in the picture")));
            }
        }
    }
    parts.extend(zipped(bytes));
    parts
}

fn zipped(bytes: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return parts };
    for i in 0..archive.len().min(10_000) {
        let Ok(file) = archive.by_index(i) else { continue };
        let mut part = file.name().map(|n| n.as_bytes().to_vec()).unwrap_or_default();
        part.push(b'\n');
        let _ = file.take(INFLATED).read_to_end(&mut part);
        parts.push((part, "in the zip"));
    }
    parts
}
