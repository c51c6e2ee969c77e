//! Each row of the table of formats: a file of that form comes back at its time and level.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use codec_core::codecs::amr::AmrCodec;
use codec_core::types::{CodecConfig, VariableRateCodec};
use common::{babble, ffmpeg, ffmpeg_here};
use earwitness_audio::{By, DecodeError, Limits, decode_bytes, decode_file, formats, resample, write_wav};

const SECONDS: f64 = 4.0;

/// Checks the file against what it was made from: length, and that levels rise and fall together.
fn must_hold(path: &Path, codec: &str, by: By, from: &[f32]) {
    let name = path.file_name().unwrap().to_string_lossy();
    let decoded = decode_file(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((decoded.format.codec.as_str(), decoded.format.by), (codec, by), "{name}");
    assert_eq!(decoded.damage, None, "{name}");
    // MP3 without a table of contents keeps its encoder's delay (ffmpeg keeps it too).
    let late = if name == "mp3.wav" { 0.2 } else { 0.02 };
    assert!((decoded.duration() - SECONDS).abs() < 0.1 + late, "{name}: {} s", decoded.duration());
    let made = resample(&decoded.mono(), decoded.sample_rate, 8000);
    let energy = |sound: &[f32]| -> Vec<f32> {
        sound.chunks(80).map(|piece| piece.iter().map(|sample| sample * sample).sum::<f32>().sqrt()).collect()
    };
    let (a, b) = (energy(&made), energy(from));
    let agree = |shift: usize| {
        let pairs = || a.iter().skip(shift).zip(b.iter().skip(10)).take(360);
        let (ab, aa, bb) = pairs().fold((0.0, 0.0, 0.0), |(ab, aa, bb), (a, b)| (ab + a * b, aa + a * a, bb + b * b));
        ab / (aa * bb + 1e-9f32).sqrt()
    };
    let best = (0..=30).max_by(|x, y| agree(*x).total_cmp(&agree(*y))).unwrap();
    println!("{name}: {codec}, agrees {:.3}, shifted {} ms", agree(best), best as i64 * 10 - 100);
    assert!(agree(best) > 0.9, "{name}: {}", agree(best));
    assert!(best.abs_diff(10) as f64 * 0.01 <= late, "{name}: shifted by {} ms", best as i64 * 10 - 100);
}

#[test]
fn forms_that_ffmpeg_writes_come_back() {
    if !ffmpeg_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (sound, wav) = (babble(9, SECONDS), folder.path().join("sound.wav"));
    write_wav(&wav, std::slice::from_ref(&sound), 8000).unwrap();
    let rows: [(&str, &str, By, &[&str]); 20] = [
        ("u8.wav", "pcm_u8", By::BuiltIn, &["-c:a", "pcm_u8"]),
        ("s24.wav", "pcm_s24le", By::BuiltIn, &["-c:a", "pcm_s24le"]),
        ("f32.wav", "pcm_f32le", By::BuiltIn, &["-c:a", "pcm_f32le"]),
        ("alaw.wav", "pcm_alaw", By::BuiltIn, &["-c:a", "pcm_alaw"]),
        ("mulaw.wav", "pcm_mulaw", By::BuiltIn, &["-c:a", "pcm_mulaw"]),
        ("ms.wav", "adpcm_ms", By::BuiltIn, &["-c:a", "adpcm_ms"]),
        ("ima.wav", "adpcm_ima_wav", By::BuiltIn, &["-c:a", "adpcm_ima_wav"]),
        ("gsm.wav", "gsm_ms", By::BuiltIn, &["-c:a", "libgsm_ms"]),
        ("mp3.wav", "mp3", By::BuiltIn, &["-c:a", "libmp3lame", "-b:a", "32k", "-write_xing", "0"]),
        ("raw.gsm", "gsm", By::BuiltIn, &["-c:a", "libgsm"]),
        ("plain.mp3", "mp3", By::BuiltIn, &["-c:a", "libmp3lame", "-b:a", "32k"]),
        ("opus.ogg", "opus", By::BuiltIn, &["-c:a", "libopus", "-b:a", "24k"]),
        ("vorbis.ogg", "vorbis", By::BuiltIn, &["-c:a", "libvorbis"]),
        ("flac.ogg", "flac", By::BuiltIn, &["-c:a", "flac"]),
        ("plain.flac", "flac", By::BuiltIn, &["-c:a", "flac"]),
        ("aac.m4a", "aac", By::BuiltIn, &["-c:a", "aac", "-b:a", "32k"]),
        ("g726.wav", "g726 in wav", By::Ffmpeg, &["-c:a", "g726", "-b:a", "32k"]),
        ("plain.aiff", "other media", By::Ffmpeg, &["-c:a", "pcm_s16be"]),
        ("plain.au", "other media", By::Ffmpeg, &["-c:a", "pcm_mulaw"]),
        ("speex.ogg", "ogg", By::Ffmpeg, &["-c:a", "libspeex"]),
    ];
    for (name, codec, by, options) in rows {
        let to = folder.path().join(name);
        if ffmpeg(&[&["-i", wav.to_str().unwrap()], options, &[to.to_str().unwrap()]].concat()) {
            must_hold(&to, codec, by, &sound);
        } else {
            println!("skipped {name}: this ffmpeg cannot write it");
        }
    }
    // Inside the process alone, the last kind is refused by name.
    let bytes = std::fs::read(folder.path().join("plain.au")).unwrap();
    assert!(matches!(decode_bytes(&bytes, &Limits::default()), Err(DecodeError::NeedsFfmpeg { .. })));
}

#[test]
fn amr_of_both_bands_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let sound = babble(9, SECONDS);
    for (name, magic, rate) in [("narrow.amr", "#!AMR\n", 8000u32), ("wide.awb", "#!AMR-WB\n", 16_000)] {
        let config = if rate == 8000 { CodecConfig::amr_nb() } else { CodecConfig::amr_wb() };
        let mut codec = AmrCodec::new(&config).unwrap();
        let mut file = magic.as_bytes().to_vec();
        for frame in resample(&sound, 8000, rate).chunks_exact(rate as usize / 50) {
            let samples: Vec<i16> = frame.iter().map(|sample| (sample * 32_767.0) as i16).collect();
            let coded = codec.encode_frame(&samples).unwrap();
            file.push(coded.mode << 3 | 4);
            file.extend(coded.data);
        }
        let path = folder.path().join(name);
        std::fs::write(&path, &file).unwrap();
        must_hold(&path, if rate == 8000 { "amr_nb" } else { "amr_wb" }, By::BuiltIn, &sound);
    }
}

#[test]
fn ffmpeg_that_finds_nothing_gives_its_reason() {
    if !ffmpeg_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.aiff");
    std::fs::write(&path, b"FORM\0\0\0\x10AIFFgarbage!").unwrap();
    match decode_file(&path) {
        Err(DecodeError::NothingDecodes { reason }) => assert!(!reason.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_table_says_what_is_built_in() {
    let table = formats();
    assert!(table.iter().filter(|row| row.by == By::BuiltIn).all(|row| row.available));
    let ffmpeg = earwitness_audio::ffmpeg_version().is_some();
    assert!(table.iter().filter(|row| row.by == By::Ffmpeg).all(|row| row.available == ffmpeg));
}
