//! The picture that others show where they link to the story: its title on paper over the sound of its calls.
//!
//! It holds no word that the page does not hold as text, where the leak check reads it.

use ab_glyph::{Font, FontRef, PxScale, PxScaleFont, ScaleFont, point};

/// Wide and high, in pixels, as networks want it.
pub(super) const SIZE: (usize, usize) = (1200, 630);
/// Literata semibold, reduced to Latin and Cyrillic letters (fonts/OFL.txt).
const FONT: &[u8] = include_bytes!("fonts/card.ttf");
const PAPER: [u8; 3] = [0xfd, 0xfc, 0xfa];
const INK: [u8; 3] = [0x1c, 0x1b, 0x19];
const SOFT: [u8; 3] = [0x5d, 0x5a, 0x55];
const MARK: [u8; 3] = [0x8a, 0x2b, 0x1d];
/// Pixels between text and edge.
const EDGE: f32 = 84.0;
/// Pixels: the middle of the waveform, and how far its loudest bar reaches.
const WAVE: (f32, f32) = (520.0, 52.0);
/// From line to line, as a share of what the font itself asks for.
const TIGHT: f32 = 0.84;

/// Why there is no card.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The font that is built in.
    #[error("the font for the picture of the story cannot be read")]
    Font(#[from] ab_glyph::InvalidFont),
    /// The file.
    #[error("the picture of the story cannot be written")]
    Png(#[from] png::EncodingError),
}

/// A PNG without any description of itself.
pub(super) fn draw(title: &str, byline: &str, bars: &[(f32, f32)]) -> Result<Vec<u8>, CardError> {
    let font = FontRef::try_from_slice(FONT)?;
    let mut sheet = Sheet { pixels: PAPER.repeat(SIZE.0 * SIZE.1) };
    sheet.wave(bars);
    let small = font.as_scaled(PxScale::from(30.0));
    if let Some(line) = wrap(&small, byline).first() {
        sheet.line(&small, line, 96.0, SOFT);
    }
    let (large, lines) = fit(&font, title);
    for (number, line) in lines.iter().enumerate() {
        sheet.line(&large, line, 150.0 + large.ascent() + number as f32 * large.height() * TIGHT, INK);
    }
    sheet.png()
}

/// The title as large as it fits in the room over the waveform.
fn fit<'a>(font: &'a FontRef<'a>, title: &str) -> (PxScaleFont<&'a FontRef<'a>>, Vec<String>) {
    for size in [104.0, 92.0, 80.0, 68.0, 58.0, 50.0, 42.0] {
        let scaled = font.as_scaled(PxScale::from(size));
        let lines = wrap(&scaled, title);
        if lines.len() as f32 * scaled.height() * TIGHT <= 300.0 {
            return (scaled, lines);
        }
    }
    let scaled = font.as_scaled(PxScale::from(40.0));
    let mut lines = wrap(&scaled, title);
    lines.truncate(6);
    (scaled, lines)
}

type Scaled<'a> = PxScaleFont<&'a FontRef<'a>>;

/// Lines that fit between the edges. A word that is too long for a line runs over its end.
fn wrap(font: &Scaled<'_>, text: &str) -> Vec<String> {
    let room = SIZE.0 as f32 - 2.0 * EDGE;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().take(200) {
        match lines.last_mut() {
            Some(line) if width(font, line) + width(font, " ") + width(font, word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

fn width(font: &Scaled<'_>, text: &str) -> f32 {
    text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum()
}

/// Rows of pixels, red, green and blue.
struct Sheet {
    pixels: Vec<u8>,
}

impl Sheet {
    /// Mixes a colour into a pixel; places outside are passed over.
    fn dot(&mut self, x: i64, y: i64, share: f32, colour: [u8; 3]) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= SIZE.0 || y >= SIZE.1 {
            return;
        }
        let at = (y * SIZE.0 + x) * 3;
        for (pixel, new) in self.pixels.iter_mut().skip(at).take(3).zip(colour) {
            let old = f32::from(*pixel);
            *pixel = (old + (f32::from(new) - old) * share.clamp(0.0, 1.0)).round() as u8;
        }
    }

    fn line(&mut self, font: &Scaled<'_>, text: &str, baseline: f32, colour: [u8; 3]) {
        let mut x = EDGE;
        let mut before = None;
        for c in text.chars() {
            let id = font.glyph_id(c);
            x += before.map_or(0.0, |b| font.kern(b, id));
            let glyph = id.with_scale_and_position(font.scale(), point(x, baseline));
            if let Some(outline) = font.font().outline_glyph(glyph) {
                let (left, top) = (outline.px_bounds().min.x as i64, outline.px_bounds().min.y as i64);
                outline.draw(|dx, dy, share| self.dot(left + i64::from(dx), top + i64::from(dy), share, colour));
            }
            x += font.h_advance(id);
            before = Some(id);
        }
    }

    fn wave(&mut self, bars: &[(f32, f32)]) {
        let step = SIZE.0 as f32 / bars.len().max(1) as f32;
        for (number, (low, high)) in bars.iter().enumerate() {
            let from = (number as f32 * step + step * 0.2).round() as i64;
            let to = (number as f32 * step + step * 0.8).round() as i64;
            let reach = |v: f32| (v.abs().min(1.0) * WAVE.1).max(1.5);
            let (top, bottom) = ((WAVE.0 - reach(*high)) as i64, (WAVE.0 + reach(*low)) as i64);
            for y in top..bottom {
                (from..to.max(from + 1)).for_each(|x| self.dot(x, y, 0.85, MARK));
            }
        }
    }

    fn png(&self) -> Result<Vec<u8>, CardError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, SIZE.0 as u32, SIZE.1 as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak;
    use earwitness_desk::protection::Guard;

    fn ink(png: &[u8]) -> usize {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels.chunks(3).filter(|p| p[0] < 0x60 && p[0] == p[1] + 1).count()
    }

    #[test]
    fn a_card_has_its_title_in_both_alphabets_and_no_description() {
        let empty = draw("", "", &[]).unwrap();
        assert_eq!(ink(&empty), 0);
        for title in ["Three Soldiers, One Phone", "Троє солдатів, один телефон", &"war ".repeat(500), &"x".repeat(500)]
        {
            let card = draw(title, "A newsroom · April 2022", &[(-0.5, 0.5); 40]).unwrap();
            assert!(ink(&card) > 3000, "{title}");
            let (guard, none) = (Guard::new(&[]).unwrap(), leak::Secrets::default());
            assert_eq!(leak::check_file("card.png", &card, &guard, &none), []);
        }
        assert_ne!(draw("і", "", &[]).unwrap(), draw("ї", "", &[]).unwrap(), "both are missing in the font");
    }
}
