//! A story as pages that need no server, no script and nothing from outside to be read.

mod captions;
mod card;
mod drawing;
mod pages;
mod pictures;
mod words;

pub use card::CardError;
pub(crate) use drawing::wave;
pub use pictures::strip;

use crate::story::Story;
use captions::Words;
use earwitness_model::Digest;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many bars a waveform has.
pub const BARS: usize = 96;

/// The typeface of the pages, Literata, with its licence.
const FONTS: [(&str, &[u8]); 5] = [
    ("fonts/literata-latin.woff2", include_bytes!("site/fonts/literata-latin.woff2")),
    ("fonts/literata-latin-italic.woff2", include_bytes!("site/fonts/literata-latin-italic.woff2")),
    ("fonts/literata-cyrillic.woff2", include_bytes!("site/fonts/literata-cyrillic.woff2")),
    ("fonts/literata-cyrillic-italic.woff2", include_bytes!("site/fonts/literata-cyrillic-italic.woff2")),
    ("fonts/OFL.txt", include_bytes!("site/fonts/OFL.txt")),
];

/// A quote as readers see and hear it; everything in it has been protected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// What is said.
    pub lines: Vec<ShownLine>,
    /// All words of the recording, also those that were cut out of the quote.
    pub captions: Vec<Caption>,
    /// The language of the words as spoken, ISO 639-1.
    pub spoken_language: String,
    /// The day of the call, as `2022-03-11`; nothing where it is not known.
    pub day: String,
    /// How the claim stands, in plain words.
    pub standing: String,
    /// The sound.
    pub clip: Option<Clip>,
}

/// What one person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownLine {
    /// The name that is published; nothing where it is not known.
    pub who: String,
    /// The text in pieces.
    pub parts: Vec<Part>,
}

/// A piece of a text, and what was done to it: `kept`, `cut`, `inserted`, `masked`, `joint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What was done.
    pub kind: &'static str,
    /// What readers see.
    pub text: String,
}

/// One turn of a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Caption {
    /// Seconds from the start of the clip.
    pub start: f64,
    /// Seconds from the start of the clip.
    pub end: f64,
    /// The name that is published; nothing where it is not known.
    pub who: String,
    /// In the language of the page.
    pub text: String,
    /// As spoken; nothing where that is what [`Self::text`] holds.
    pub spoken: String,
}

/// The sound of a quote.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clip {
    /// A name that tells nothing, without folder.
    pub file: String,
    /// How long it is.
    pub seconds: f64,
    /// The lowest and highest sample of each bar of the waveform, -1 to 1.
    pub peaks: Vec<(f32, f32)>,
    /// A file without any description of itself.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Why a site cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Quotes and references differ in number.
    #[error("the story has {wanted} quotes, and {given} were given")]
    Quotes {
        /// In the story.
        wanted: usize,
        /// Given.
        given: usize,
    },
    /// A picture that was not given.
    #[error("the picture {0} is missing")]
    Picture(String),
    /// The page cannot be filled in.
    #[error("the page cannot be made")]
    Template(#[from] minijinja::Error),
    /// The picture for links cannot be made.
    #[error(transparent)]
    Card(#[from] CardError),
}

/// A file of the site: its path, with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// Builds a site: its files. `shown` has one entry for each quote of the story, `pictures` the bytes of each picture
/// under a name that may be published.
///
/// # Errors
/// [`SiteError`].
pub fn build(
    story: &Story,
    shown: &[Shown],
    pictures: &BTreeMap<String, (String, Vec<u8>)>,
) -> Result<Vec<File>, SiteError> {
    if shown.len() != story.quotes.len() {
        return Err(SiteError::Quotes { wanted: story.quotes.len(), given: shown.len() });
    }
    if let Some(missing) = story.pictures.iter().find(|p| !pictures.contains_key(&p.file)) {
        return Err(SiteError::Picture(missing.file.clone()));
    }
    let mut files = pages::of(story, shown, pictures)?;
    let byline = [story.head.byline.as_str(), story.head.date.as_str()];
    let byline = byline.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ");
    files.push(("card.png".into(), card::draw(&story.head.title, &byline, &strip_of(shown))?));
    for quote in shown {
        let Some(clip) = &quote.clip else { continue };
        files.push((format!("clips/{}", clip.file), clip.bytes.clone()));
        files.extend(tracks(quote).into_iter().flatten().map(|(name, text)| (name, text.into_bytes())));
    }
    files.extend(pictures.values().map(|(name, bytes)| (format!("pictures/{name}"), bytes.clone())));
    files.extend(FONTS.iter().map(|(name, bytes)| ((*name).to_string(), bytes.to_vec())));
    Ok(files)
}

/// The captions of a quote's clip in the language of the page, and as spoken: path and text.
fn tracks(quote: &Shown) -> [Option<(String, String)>; 2] {
    let Some(clip) = &quote.clip else { return [None, None] };
    let stem = clip.file.rsplit_once('.').map_or(clip.file.as_str(), |(stem, _)| stem);
    [(Words::Shown, ""), (Words::Spoken, "-spoken")].map(|(words, suffix)| {
        captions::render(&quote.captions, words).map(|text| (format!("clips/{stem}{suffix}.vtt"), text))
    })
}

/// The sound of all clips as one waveform.
fn strip_of(shown: &[Shown]) -> Vec<(f32, f32)> {
    let clips: Vec<&[(f32, f32)]> = shown.iter().filter_map(|s| s.clip.as_ref()).map(|c| c.peaks.as_slice()).collect();
    drawing::strip(&clips)
}

/// The hash by which a page allows its own style and script.
pub(crate) fn hash(text: &str) -> String {
    let hex = Digest::of(text.as_bytes()).hex();
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap_or(0)).collect();
    format!("sha256-{}", base64(&bytes))
}

/// Base64 (RFC 4648).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            out.push(if i <= chunk.len() { SIGNS[(n >> (18 - 6 * i) & 63) as usize] as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests;
