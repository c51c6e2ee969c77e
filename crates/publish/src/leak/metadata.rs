//! What pictures and sounds say about themselves. A published file says nothing.

/// The descriptions of themselves that a file carries, in words.
pub(super) fn descriptions(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |what: &str| found.push(format!("a description inside the file ({what})"));
    if bytes.starts_with(&[0xff, 0xd8]) {
        jpeg(bytes).into_iter().for_each(&mut say);
    }
    for (kind, _) in png_chunks(bytes) {
        if let b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" | b"tIME" = kind {
            say(&String::from_utf8_lossy(kind));
        }
    }
    if bytes.starts_with(b"RIFF") {
        riff(bytes).iter().for_each(|kind| say(kind));
    }
    if bytes.starts_with(b"ID3") {
        say("ID3v2");
    }
    if bytes.len() >= 128 && bytes[bytes.len() - 128..].starts_with(b"TAG") {
        say("ID3v1");
    }
    if bytes.windows(8).take(1 << 16).any(|w| w == b"APETAGEX") {
        say("APE tag");
    }
    if bytes.starts_with(b"OggS") {
        ogg(bytes).into_iter().for_each(&mut say);
    }
    if bytes.starts_with(b"fLaC")
        && bytes
            .windows(9)
            .take(1 << 16)
            .any(|w| w.eq_ignore_ascii_case(b"reference") || w.eq_ignore_ascii_case(b"encoder=x"))
    {
        say("Vorbis comments");
    }
    if bytes.get(4..8) == Some(b"ftyp") && bytes.windows(4).any(|w| w == b"udta" || w == b"meta" || w == b"\xa9xyz") {
        say("MP4 metadata");
    }
    if bytes.starts_with(b"GIF8") && bytes.windows(2).any(|w| w == [0x21, 0xfe]) {
        say("GIF comment");
    }
    found
}

fn jpeg(bytes: &[u8]) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut at = 2;
    while let Some(&[0xff, kind, high, low]) = bytes.get(at..at + 4).and_then(|h| <&[u8; 4]>::try_from(h).ok()) {
        match kind {
            0xe1 => found.push("EXIF or XMP"),
            0xed => found.push("IPTC"),
            0xe2..=0xef => found.push("application data"),
            0xfe => found.push("JPEG comment"),
            0xda => break,
            _ => {}
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    found
}

/// The chunks of a PNG; nothing for other files.
pub(super) fn png_chunks(bytes: &[u8]) -> Vec<(&[u8; 4], &[u8])> {
    let mut chunks = Vec::new();
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return chunks;
    }
    let mut at = 8_usize;
    while let Some(head) = bytes.get(at..at.saturating_add(8)) {
        let (Ok(length), Ok(kind)) = (<[u8; 4]>::try_from(&head[..4]), <&[u8; 4]>::try_from(&head[4..])) else { break };
        let end = (at + 8).saturating_add(u32::from_be_bytes(length) as usize);
        let Some(data) = bytes.get(at + 8..end) else { break };
        chunks.push((kind, data));
        at = end.saturating_add(4);
    }
    chunks
}

/// Chunks of a WAV or WebP that are neither sound nor picture.
fn riff(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 12_usize;
    while let Some(head) = bytes.get(at..at.saturating_add(8)) {
        let kind = String::from_utf8_lossy(&head[..4]).into_owned();
        let length = <[u8; 4]>::try_from(&head[4..]).map_or(0, u32::from_le_bytes) as usize;
        if !matches!(
            kind.as_str(),
            "fmt " | "data" | "fact" | "VP8 " | "VP8L" | "VP8X" | "ALPH" | "ANIM" | "ANMF" | "ICCP"
        ) {
            found.push(format!("RIFF chunk {}", kind.trim()));
        }
        at = at.saturating_add(8).saturating_add(length).saturating_add(length & 1);
    }
    found
}

/// Comments of Ogg streams beyond the name of the encoder.
fn ogg(bytes: &[u8]) -> Vec<&'static str> {
    for magic in [b"OpusTags".as_slice(), b"\x03vorbis"] {
        let Some(at) = bytes.windows(magic.len()).take(1 << 16).position(|w| w == magic) else { continue };
        let number =
            |at: usize| bytes.get(at..at + 4).and_then(|b| <[u8; 4]>::try_from(b).ok()).map(u32::from_le_bytes);
        let vendor = number(at + magic.len()).unwrap_or(0) as usize;
        let count = number((at + magic.len() + 4).saturating_add(vendor)).unwrap_or(0);
        if count > 0 {
            return vec!["Vorbis comments"];
        }
    }
    Vec::new()
}
