//! The corpus of fictional calls decodes whole, at the right times, and its troubles are told apart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::HashMap;

use common::{by_ffmpeg, corpus, ffmpeg_here, files};
use earwitness_audio::{By, Container, DecodeError, Sound, character, decode_file, extension_fits};

#[test]
fn every_file_decodes_as_the_truth_says() {
    let Some(corpus) = corpus() else { return };
    let files = files(&corpus);
    for file in &files {
        let result = decode_file(&file.path);
        // A call encoded again lasts as long as it did, whatever lengths other decoders make of it.
        let original =
            files.iter().find(|other| file.kind == "duplicate_other_codec" && file.of.as_ref() == Some(&other.name));
        match file.kind.as_str() {
            "empty" => assert!(matches!(result, Err(DecodeError::Empty)), "{}", file.name),
            "text_named_wav" => {
                assert!(matches!(result, Err(DecodeError::NotAudio { seems: Container::Text })), "{}", file.name);
            }
            kind => {
                let decoded = result.unwrap_or_else(|error| panic!("{}: {error}", file.name));
                let (made, wanted) = (decoded.duration(), original.unwrap_or(file).duration.unwrap());
                println!("{} {:?} {made:.3} s of {wanted:.3} s", file.name, decoded.format.codec);
                assert!((made - wanted).abs() < 0.2, "{}: {made} s, not {wanted} s", file.name);
                assert_eq!(decoded.format.by, By::BuiltIn, "{}", file.name);
                assert_eq!(decoded.damage.is_some(), kind == "truncated", "{}: {:?}", file.name, decoded.damage);
                assert_eq!(extension_fits(&file.path, decoded.format.container), kind != "wrong_extension");
            }
        }
    }
}

#[test]
fn the_cut_off_file_says_what_is_missing() {
    let Some(corpus) = corpus() else { return };
    let decoded = decode_file(&corpus.join("delivered/audio/0312_220850_k39.mp3")).unwrap();
    let damage = decoded.damage.unwrap();
    assert!((damage.decoded - 22.5).abs() < 0.2, "{damage:?}");
    assert!((damage.declared.unwrap() - 61.064).abs() < 0.3, "{damage:?}");
}

#[test]
fn samples_agree_with_ffmpeg_in_time_and_value() {
    let Some(corpus) = corpus() else { return };
    if !ffmpeg_here() {
        return;
    }
    // Best agreement a codec can have: bit for bit, or the rounding of another implementation
    // (ffmpeg's AMR computes in floating point, the standard and ours in whole numbers: 2 % apart in
    // speech, and in the busy tone that ends k25 ffmpeg loses up to 9 dB).
    let exact = HashMap::from([("gsm_ms", 1e-6), ("amr_nb", 6e-2), ("pcm_s16le", 1e-6), ("pcm_alaw", 1e-6)]);
    for file in files(&corpus) {
        // In this one ffmpeg skips the pauses.
        if file.kind == "empty" || file.kind == "text_named_wav" || file.name.contains("k33") {
            continue;
        }
        let decoded = decode_file(&file.path).unwrap();
        // ffmpeg's own Opus decoder lies three samples beside the reference, libopus.
        let decoder: &[&str] = if decoded.format.codec == "opus" { &["-c:a", "libopus"] } else { &[] };
        let (ours, theirs) = (&decoded.channels[0], by_ffmpeg(&file.path, decoder, decoded.sample_rate));
        let (shift, rest) = shift_between(ours, &theirs);
        println!("{} {}: shift {shift} samples, rest {rest:.5}", file.name, decoded.format.codec);
        assert!(shift == 0, "{}: {shift} samples apart", file.name);
        let allowed = exact.get(decoded.format.codec.as_str()).copied().unwrap_or(0.02);
        assert!(rest <= allowed, "{}: rest {rest}", file.name);
    }
}

/// The shift in samples at which the two agree best, and the root mean square of what then differs,
/// relative to the sound.
fn shift_between(ours: &[f32], theirs: &[f32]) -> (i64, f64) {
    let power: f64 = theirs.iter().map(|x| f64::from(*x).powi(2)).sum();
    if power < 1e-9 {
        return (0, 0.0);
    }
    let length = ours.len().min(theirs.len());
    let differ = |shift: i64, most: usize, step: usize| -> f64 {
        let range = 2000..(length - 2000).min(most);
        range.step_by(step).map(|at| f64::from(ours[(at as i64 + shift) as usize] - theirs[at]).powi(2)).sum()
    };
    // The shift shows in the first seconds; the rest is taken over all.
    let near = |shift: &i64| differ(*shift, 160_000, 17);
    let best = (-1500..=1500i64).min_by(|a, b| near(a).total_cmp(&near(b))).unwrap();
    (best, (differ(best, length, 1) / power).sqrt())
}

#[test]
fn only_what_is_surely_no_speech_is_called_so() {
    let Some(corpus) = corpus() else { return };
    for file in files(&corpus) {
        let Ok(decoded) = decode_file(&file.path) else { continue };
        let sound = character(&decoded.mono(), decoded.sample_rate);
        let wanted = match file.kind.as_str() {
            "silence" => Sound::Silence,
            "noise" => Sound::SteadyNoise,
            "ringing_and_music" => Sound::Tones,
            _ => Sound::PossiblySpeech,
        };
        assert_eq!(sound, wanted, "{}", file.name);
    }
}

#[test]
fn a_call_with_unsent_frames_keeps_its_times() {
    let Some(corpus) = corpus() else { return };
    let audio = corpus.join("delivered/audio");
    let (whole, dtx) = (audio.join("0303_210218_k07.amr"), audio.join("0303_210219_k33.amr"));
    let (whole, dtx) = (decode_file(&whole).unwrap(), decode_file(&dtx).unwrap());
    assert!(dtx.damage.is_none(), "{:?}", dtx.damage);
    // The two were encoded from one master: the same words are at the same times to the end.
    let (a, b) = (&whole.channels[0], &dtx.channels[0]);
    let frames = 1600;
    let level = |samples: &[f32]| earwitness_audio::level(samples, 8000).rms.max(-45.0);
    let (a, b): (Vec<f32>, Vec<f32>) =
        a.chunks(frames).zip(b.chunks(frames)).map(|(a, b)| (level(a), level(b))).unzip();
    let apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32;
    assert!(apart < 3.0, "levels differ by {apart} dB on the mean");
}
