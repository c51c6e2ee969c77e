//! What a file is, told by its bytes and never by its name.

use std::path::Path;

/// What some bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// No bytes at all.
    Empty,
    /// RIFF/WAVE (also RF64 and BW64).
    Wav,
    /// MPEG audio layer I to III, with or without an ID3 tag.
    Mp3,
    /// Opus in Ogg.
    OggOpus,
    /// Vorbis in Ogg.
    OggVorbis,
    /// FLAC in Ogg.
    OggFlac,
    /// Ogg with something else inside (Speex, Theora).
    OggOther,
    /// ISO media: MP4, M4A, 3GP, QuickTime.
    Mp4,
    /// Native FLAC.
    Flac,
    /// AMR narrowband storage format (RFC 4867).
    AmrNb,
    /// AMR wideband storage format (RFC 4867).
    AmrWb,
    /// Raw AAC frames (ADTS).
    Adts,
    /// Raw GSM 06.10 frames of 33 bytes, as Asterisk and sox keep them.
    GsmRaw,
    /// Another kind of audio or video that is known by its mark: AIFF, AU, CAF, Matroska, ASF, AVI.
    OtherMedia,
    /// A ZIP archive (also an office document).
    Zip,
    /// A picture: JPEG, PNG, GIF, BMP, TIFF, WebP.
    Picture,
    /// A PDF document.
    Pdf,
    /// Readable text.
    Text,
    /// None of these.
    Unknown,
}

impl Container {
    /// A short name for tables and messages, for example `wav` or `ogg/opus`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::OggOpus => "ogg/opus",
            Self::OggVorbis => "ogg/vorbis",
            Self::OggFlac => "ogg/flac",
            Self::OggOther => "ogg",
            Self::Mp4 => "mp4",
            Self::Flac => "flac",
            Self::AmrNb => "amr",
            Self::AmrWb => "amr-wb",
            Self::Adts => "aac",
            Self::GsmRaw => "gsm",
            Self::OtherMedia => "other media",
            Self::Zip => "zip archive",
            Self::Picture => "picture",
            Self::Pdf => "pdf document",
            Self::Text => "text",
            Self::Unknown => "unknown",
        }
    }

    /// Whether these bytes claim to hold sound.
    pub fn is_audio(self) -> bool {
        !matches!(self, Self::Empty | Self::Zip | Self::Picture | Self::Pdf | Self::Text | Self::Unknown)
    }

    /// The lower-case file name extensions usual for this container; empty where none is expected.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Wav => &["wav", "wave", "w64", "rf64"],
            Self::Mp3 => &["mp3", "mp2", "mpga", "mpeg"],
            Self::OggOpus => &["ogg", "opus", "oga"],
            Self::OggVorbis | Self::OggFlac => &["ogg", "oga"],
            Self::OggOther => &["ogg", "oga", "spx", "ogv"],
            Self::Mp4 => &["m4a", "mp4", "m4b", "m4r", "3gp", "3g2", "3gpp", "mov", "aac"],
            Self::Flac => &["flac"],
            Self::AmrNb | Self::AmrWb => &["amr", "awb", "3ga"],
            Self::Adts => &["aac", "adts"],
            Self::GsmRaw => &["gsm"],
            Self::OtherMedia => &["aif", "aiff", "au", "snd", "caf", "mka", "mkv", "webm", "wma", "asf", "avi"],
            Self::Zip => &["zip", "docx", "xlsx", "odt", "ods"],
            Self::Picture => &["jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "csv", "tsv", "md", "json", "xml", "html", "log"],
            Self::Empty | Self::Unknown => &[],
        }
    }
}

/// How many bytes from the start of a file [`sniff`] needs to be sure: an ID3 tag with a cover
/// picture may hide the sound behind it, and then the tag itself is the answer.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// Tells what the start of a file is. Give at least the first [`SNIFF_BYTES`] bytes, or all.
/// Never panics; any bytes are allowed.
pub fn sniff(bytes: &[u8]) -> Container {
    if bytes.is_empty() {
        return Container::Empty;
    }
    let start = if bytes.starts_with(b"ID3") { after_id3(bytes) } else { 0 };
    let Some(body) = bytes.get(start..).filter(|body| !body.is_empty()) else {
        return Container::Mp3;
    };
    if let Some(known) = by_mark(body) {
        return known;
    }
    if is_adts(body) {
        return Container::Adts;
    }
    if start > 0 || starts_mp3(body) {
        return Container::Mp3;
    }
    if is_text(body) {
        return Container::Text;
    }
    if is_raw_gsm(body) {
        return Container::GsmRaw;
    }
    // Some recorders leave filler before the first frame; three frames in a row are no accident.
    let late = (1..body.len().min(8192)).any(|at| body.get(at..).is_some_and(|rest| mp3_run(rest, 3)));
    if late { Container::Mp3 } else { Container::Unknown }
}

/// Whether the name's extension is one that is usual for the content; a name without an extension
/// claims nothing and fits.
pub fn extension_fits(path: &Path, container: Container) -> bool {
    match path.extension() {
        None => true,
        Some(extension) => {
            let extension = extension.to_string_lossy().to_lowercase();
            container.extensions().contains(&extension.as_str())
        }
    }
}

fn by_mark(b: &[u8]) -> Option<Container> {
    let at = |offset: usize, mark: &[u8]| b.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    let riff = at(0, b"RIFF") || at(0, b"RF64") || at(0, b"BW64");
    let known = match () {
        () if riff && at(8, b"WAVE") => Container::Wav,
        () if at(0, b"RIFF") && at(8, b"WEBP") => Container::Picture,
        () if at(0, b"RIFF") && at(8, b"AVI ") => Container::OtherMedia,
        () if at(0, b"OggS") => ogg_kind(b),
        () if at(4, b"ftyp") || at(4, b"moov") || at(4, b"mdat") => Container::Mp4,
        () if at(0, b"fLaC") => Container::Flac,
        () if at(0, b"#!AMR-WB\n") => Container::AmrWb,
        () if at(0, b"#!AMR\n") => Container::AmrNb,
        () if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => Container::OtherMedia,
        () if at(0, b".snd\0") || at(0, b"caff\0") || at(0, b"\x1aE\xdf\xa3") => Container::OtherMedia,
        () if at(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") => Container::OtherMedia,
        () if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") => Container::Zip,
        () if at(0, b"\xff\xd8\xff") || at(0, b"\x89PNG\r\n\x1a\n") || at(0, b"GIF8") => Container::Picture,
        () if at(0, b"II*\0") || at(0, b"MM\0*") || (at(0, b"BM") && at(6, &[0; 4])) => Container::Picture,
        () if at(0, b"%PDF-") => Container::Pdf,
        () => return None,
    };
    Some(known)
}

fn ogg_kind(b: &[u8]) -> Container {
    // The first page carries only the codec's own header, right after the segment table (RFC 3533).
    let segments = usize::from(b.get(26).copied().unwrap_or(0));
    let Some(head) = b.get(27 + segments..) else { return Container::OggOther };
    match () {
        () if head.starts_with(b"OpusHead") => Container::OggOpus,
        () if head.starts_with(b"\x01vorbis") => Container::OggVorbis,
        () if head.starts_with(b"\x7fFLAC") => Container::OggFlac,
        () => Container::OggOther,
    }
}

/// Offset after an ID3v2 tag; may lie beyond the bytes at hand.
fn after_id3(b: &[u8]) -> usize {
    let size = b.get(6..10).map_or(0, |s| s.iter().fold(0usize, |n, &byte| (n << 7) | usize::from(byte & 0x7f)));
    let footer = if b.get(5).is_some_and(|flags| flags & 0x10 != 0) { 10 } else { 0 };
    10 + size + footer
}

/// Length in bytes of the MPEG audio frame whose four header bytes start here (ISO 11172-3, 13818-3).
pub(crate) fn mp3_frame_len(b: &[u8]) -> Option<usize> {
    const V1_L1: [usize; 15] = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    const V1_L2: [usize; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    const V1_L3: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2_L1: [usize; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    const V2_L23: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let &[sync, b1, b2, _] = b.first_chunk::<4>()?;
    if sync != 0xff || b1 & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = ((b1 >> 3) & 3, (b1 >> 1) & 3);
    let base = [44_100usize, 48_000, 32_000].get(usize::from((b2 >> 2) & 3)).copied()?;
    let rate = match version {
        3 => base,
        2 => base / 2,
        0 => base / 4,
        _ => return None,
    };
    let table = match (version == 3, layer) {
        (true, 3) => V1_L1,
        (true, 2) => V1_L2,
        (true, 1) => V1_L3,
        (false, 3) => V2_L1,
        (false, 1 | 2) => V2_L23,
        _ => return None,
    };
    let bits = table.get(usize::from(b2 >> 4)).filter(|&&kbps| kbps > 0)? * 1000;
    let padding = usize::from((b2 >> 1) & 1);
    Some(match layer {
        3 => (12 * bits / rate + padding) * 4,
        1 if version != 3 => 72 * bits / rate + padding,
        _ => 144 * bits / rate + padding,
    })
}

/// Whether `count` frames follow one another from here, as far as the bytes reach.
fn mp3_run(b: &[u8], count: usize) -> bool {
    let mut at = 0;
    for _ in 0..count {
        match b.get(at..).and_then(mp3_frame_len) {
            Some(len) => at += len,
            None => return false,
        }
    }
    true
}

fn starts_mp3(b: &[u8]) -> bool {
    match mp3_frame_len(b) {
        Some(len) if len + 4 <= b.len() => mp3_run(b, 2),
        Some(_) => true,
        None => false,
    }
}

fn is_adts(b: &[u8]) -> bool {
    let frame = |b: &[u8]| match b.first_chunk::<6>() {
        Some(&[0xff, b1, _, b3, b4, b5]) if b1 & 0xf6 == 0xf0 => {
            let len = (usize::from(b3 & 3) << 11) | (usize::from(b4) << 3) | usize::from(b5 >> 5);
            (len > 7).then_some(len)
        }
        _ => None,
    };
    frame(b).is_some_and(|len| b.get(len..).is_some_and(|next| frame(next).is_some()))
}

/// Raw GSM has no header; every 33-byte frame starts with the nibble 0xD (RFC 3551, 4.5.8).
fn is_raw_gsm(b: &[u8]) -> bool {
    b.len() >= 33 * 8 && b.chunks_exact(33).take(200).all(|frame| frame.first().is_some_and(|byte| byte >> 4 == 0xd))
}

fn is_text(b: &[u8]) -> bool {
    let head = b.get(..4096).unwrap_or(b);
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        // UTF-16: half of the bytes of most scripts are small constants.
        return head.len() > 8 && head.iter().filter(|&&byte| byte < 0x06).count() * 3 > head.len();
    }
    let control = |byte: &u8| (*byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) || *byte == 0x7f;
    if head.iter().any(control) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // Cut in the middle of a letter, which says nothing against it.
        Err(error) if error.error_len().is_none() => true,
        // An eight-bit alphabet such as Windows-1251: letters, but also spaces and line ends.
        Err(_) => {
            head.iter().filter(|byte| matches!(byte, b' ' | b'\n' | b',' | b';' | b'\t')).count() * 40 > head.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_known() {
        assert_eq!(sniff(b""), Container::Empty);
        assert_eq!(sniff(b"RIFF\0\0\0\0WAVEfmt "), Container::Wav);
        assert_eq!(sniff(b"fLaC\0\0\0\x22"), Container::Flac);
        assert_eq!(sniff(b"#!AMR\n\x3c"), Container::AmrNb);
        assert_eq!(sniff(b"#!AMR-WB\n\x3c"), Container::AmrWb);
        assert_eq!(sniff(b"\0\0\0\x18ftypM4A "), Container::Mp4);
        assert_eq!(sniff(b"PK\x03\x04...."), Container::Zip);
        assert_eq!(sniff(b"%PDF-1.7"), Container::Pdf);
        assert_eq!(sniff(b"\xff\xd8\xff\xe0"), Container::Picture);
        assert_eq!(sniff("Запись недоступна, см. акт".as_bytes()), Container::Text);
        assert_eq!(sniff(b"\xc7\xe0\xef\xe8\xf1\xfc \xed\xe5\xf2, \xf1\xec. \xe0\xea\xf2\n"), Container::Text);
        assert_eq!(sniff(&[0, 1, 2, 3, 4, 250, 0, 9]), Container::Unknown);
    }

    #[test]
    fn an_ogg_is_named_by_what_is_in_it() {
        let page = |head: &[u8]| {
            let mut page = b"OggS".to_vec();
            page.extend([0; 22]);
            page.extend([1, head.len() as u8]);
            page.extend(head);
            page
        };
        assert_eq!(sniff(&page(b"OpusHead\x01")), Container::OggOpus);
        assert_eq!(sniff(&page(b"\x01vorbis")), Container::OggVorbis);
        assert_eq!(sniff(&page(b"Speex   ")), Container::OggOther);
        assert_eq!(sniff(b"OggS"), Container::OggOther);
    }

    #[test]
    fn mp3_is_found_by_its_frames_and_behind_a_tag() {
        // MPEG-2.5 layer III, 8 kHz, 16 kbit/s: 144 bytes a frame.
        let mut frame = vec![0xff, 0xe3, 0x28, 0xc4];
        assert_eq!(mp3_frame_len(&frame), Some(144));
        frame.resize(144, 0);
        let two = [frame.clone(), frame.clone()].concat();
        assert_eq!(sniff(&two), Container::Mp3);
        let tagged = [b"ID3\x04\0\0\0\0\0\x05hello".to_vec(), two.clone()].concat();
        assert_eq!(sniff(&tagged), Container::Mp3);
        let padded = [vec![0; 100], two, frame].concat();
        assert_eq!(sniff(&padded), Container::Mp3);
    }

    #[test]
    fn raw_gsm_needs_every_frame_marked() {
        let mut frames: Vec<u8> = (0..330).map(|n: u32| (n * 7 + 3) as u8).collect();
        frames.iter_mut().step_by(33).for_each(|byte| *byte = 0xd4);
        assert_eq!(sniff(&frames), Container::GsmRaw);
        frames[66] = 0x14;
        assert_ne!(sniff(&frames), Container::GsmRaw);
    }

    #[test]
    fn extensions_fit_or_not() {
        assert!(extension_fits(Path::new("a/B.WAV"), Container::Wav));
        assert!(!extension_fits(Path::new("k40.wav"), Container::OggOpus));
        assert!(extension_fits(Path::new("noname"), Container::OggOpus));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _ = sniff(&bytes).name();
        }
    }
}
