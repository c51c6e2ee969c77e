//! Pictures without anything that they say about themselves.

/// A picture without its descriptions (EXIF, XMP, comments, profiles, thumbnails), and the ending of its kind; the
/// pixels stay bit for bit. None for anything but whole JPEG and PNG files.
pub fn strip(bytes: &[u8]) -> Option<(Vec<u8>, &'static str)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes).map(|b| (b, "png"))
    } else {
        jpeg(bytes).map(|b| (b, "jpg"))
    }
}

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.get(..8)?.to_vec();
    let mut at = 8_usize;
    loop {
        let length = u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?) as usize;
        let kind = bytes.get(at + 4..at + 8)?;
        let end = at.checked_add(12)?.checked_add(length)?;
        let chunk = bytes.get(at..end)?;
        if matches!(kind, b"IHDR" | b"PLTE" | b"IDAT" | b"tRNS" | b"sRGB" | b"gAMA" | b"IEND") {
            out.extend(chunk);
        }
        if kind == b"IEND" {
            return Some(out);
        }
        at = end;
    }
}

fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut out = vec![0xff, 0xd8];
    let mut at = 2_usize;
    loop {
        let &[0xff, kind] = bytes.get(at..at.checked_add(2)?)? else { return None };
        let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
        let end = at + 2 + length.max(2);
        if kind == 0xda {
            // The pixels go on to the end-of-image mark; what stands behind it is no part of the picture.
            let rest = bytes.get(at..)?;
            let stop = rest.windows(2).rposition(|w| w == [0xff, 0xd9])?;
            out.extend(rest.get(..stop + 2)?);
            return Some(out);
        }
        let segment = bytes.get(at..end)?;
        // Adobe's segment 14 tells how colours are meant, and nothing else.
        if !matches!(kind, 0xe0..=0xed | 0xef | 0xfe) {
            out.extend(segment);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak;
    use earwitness_desk::protection::Guard;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes(), kind.as_slice(), data, &[0; 4]].concat()
    }

    #[test]
    fn only_pixels_are_left() {
        let magic = b"\x89PNG\r\n\x1a\n".to_vec();
        let (head, end) = (chunk(b"IHDR", &[0; 13]), chunk(b"IEND", &[]));
        let clean = [magic.clone(), head.clone(), chunk(b"IDAT", b"pixels"), end.clone()].concat();
        let full =
            [magic, head, chunk(b"tEXt", b"Author\0Anna"), chunk(b"eXIf", b"II"), chunk(b"IDAT", b"pixels"), end];
        assert_eq!(strip(&[full.concat(), b"behind".to_vec()].concat()), Some((clean, "png")));
        let exif = [0xff, 0xe1, 0, 6, b'E', b'x', b'i', b'f'];
        let table = [0xff, 0xdb, 0, 3, 7];
        let scan = [0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9];
        let picture = [&[0xff, 0xd8][..], &exif, &[0xff, 0xfe, 0, 3, b'x'], &table, &scan, b"behind"].concat();
        let (stripped, ending) = strip(&picture).unwrap();
        assert_eq!((stripped.clone(), ending), ([&[0xff, 0xd8][..], &table, &scan].concat(), "jpg"));
        let (guard, none) = (Guard::new(&[]).unwrap(), leak::Secrets::default());
        assert!(!leak::check_file("a.jpg", &picture, &guard, &none).is_empty());
        assert_eq!(leak::check_file("a.jpg", &stripped, &guard, &none), []);
        for cut in 0..picture.len() - 8 {
            let _ = strip(&picture[..cut]);
        }
        assert_eq!(strip(b"GIF89a"), None);
        assert_eq!(strip(b"\x89PNG\r\n\x1a\n"), None);
    }
}
