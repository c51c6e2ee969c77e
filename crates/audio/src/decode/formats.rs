//! What can be decoded, by whom and how well, for `doctor`.

use super::ffmpeg::ffmpeg_version;

/// Who decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// This program itself.
    BuiltIn,
    /// The `ffmpeg` program.
    Ffmpeg,
}

/// How well, in the words of Symphonia's own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grade {
    /// Conforms to the standard; every file seen decodes as the reference does.
    Excellent,
    /// All but rare forms decode.
    Good,
    /// Many files decode, and some do not.
    Poor,
}

impl Grade {
    /// The grade as a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Poor => "poor",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatSupport {
    /// For example `WAV`.
    pub container: &'static str,
    /// For example `GSM 06.10`.
    pub codec: &'static str,
    /// Who decodes it.
    pub by: By,
    /// Whether it can be decoded on this machine now.
    pub available: bool,
    /// How well.
    pub grade: Grade,
}

/// The table of formats on this machine. Looks once whether `ffmpeg` is there.
pub fn formats() -> Vec<FormatSupport> {
    use By::{BuiltIn, Ffmpeg};
    use Grade::{Excellent, Good};
    let ffmpeg = ffmpeg_version().is_some();
    let rows: [(&str, &str, By, Grade); 19] = [
        ("WAV", "PCM, 8 to 32 bit and float", BuiltIn, Excellent),
        ("WAV", "A-law, \u{b5}-law (G.711)", BuiltIn, Excellent),
        ("WAV", "ADPCM (Microsoft, IMA)", BuiltIn, Good),
        ("WAV", "GSM 06.10 full rate", BuiltIn, Excellent),
        ("WAV", "MP3", BuiltIn, Good),
        ("GSM", "GSM 06.10 full rate, bare frames", BuiltIn, Good),
        ("AMR", "AMR narrowband, with comfort noise", BuiltIn, Excellent),
        ("AMR", "AMR wideband, with comfort noise", BuiltIn, Good),
        ("MP3", "MPEG audio layer III", BuiltIn, Excellent),
        ("Ogg", "Opus, one and two channels", BuiltIn, Excellent),
        ("Ogg", "Vorbis", BuiltIn, Excellent),
        ("Ogg", "FLAC", BuiltIn, Good),
        ("FLAC", "FLAC", BuiltIn, Excellent),
        ("MP4, M4A", "AAC low complexity", BuiltIn, Good),
        ("AAC", "AAC low complexity (ADTS)", BuiltIn, Good),
        ("MP4, 3GP", "AMR, HE-AAC, ALAC", Ffmpeg, Good),
        ("WAV", "G.726, G.723.1, G.729, TrueSpeech, WMA", Ffmpeg, Good),
        ("Ogg", "Speex", Ffmpeg, Good),
        ("AIFF, AU, CAF, WMA, AVI, Matroska", "all that ffmpeg knows", Ffmpeg, Good),
    ];
    rows.into_iter()
        .map(|(container, codec, by, grade)| FormatSupport {
            container,
            codec,
            by,
            available: by == BuiltIn || ffmpeg,
            grade,
        })
        .collect()
}
