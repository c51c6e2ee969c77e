//! A recording is known again after telephone codecs, a cut at any sample, another level and noise;
//! and other recordings are not taken for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::LazyLock;

use codec_core::codecs::amr::AmrCodec;
use codec_core::types::{CodecConfig, FrameKind, VariableRateCodec};
use common::{Dice, babble, ffmpeg, ffmpeg_here};
use earwitness_audio::{
    Fingerprint, Index, Match, Relation, decode_bytes, decode_file, encode_wav, relation, write_wav,
};

const CALLS: u32 = 8;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    (0..CALLS).for_each(|seed| index.add(u64::from(seed), &Fingerprint::of(&babble(seed, 50.0), 8000)));
    index
});

/// Looks an excerpt of call `seed` up that starts at `start` seconds, and says by how much bits differ.
fn must_be_excerpt(seed: u32, start: f64, sound: &[f32], rate: u32, what: &str) -> f64 {
    let print = Fingerprint::of(sound, rate);
    let found = INDEX.matches(&print);
    let ids: Vec<u64> = found.iter().map(|found| found.id).collect();
    assert_eq!(ids, [u64::from(seed)], "{what}: {found:?}");
    match relation(&found[0], print.duration, 50.0) {
        Relation::ExcerptOfReference { start: at, .. } => assert!((at - start).abs() < 0.3, "{what}: at {at}"),
        other => panic!("{what}: {other:?} {:?}", found[0]),
    }
    1.0 - found[0].score
}

fn cut(seed: u32, start: f64) -> Vec<f32> {
    let whole = babble(seed, 50.0);
    whole[(start * 8000.0) as usize..((start + 20.0) * 8000.0) as usize].to_vec()
}

#[test]
fn level_noise_and_offset_do_not_hide_it() {
    let mut dice = Dice(5);
    for seed in 0..CALLS {
        let start = 5.0 + f64::from(dice.roll()) * 20.0;
        let quiet: Vec<f32> = cut(seed, start).iter().map(|sample| sample * 0.2).collect();
        must_be_excerpt(seed, start, &quiet, 8000, "quiet");
        let noisy: Vec<f32> = cut(seed, start).iter().map(|sample| sample + 0.04 * (dice.roll() - 0.5)).collect();
        let differ = must_be_excerpt(seed, start, &noisy, 8000, "noisy");
        println!("call {seed}: noise changes {:.1} % of bits", differ * 100.0);
    }
}

#[test]
fn telephone_codecs_do_not_hide_it() {
    if !ffmpeg_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("cut.wav");
    let forms: [(&str, &[&str]); 7] = [
        ("alaw.wav", &["-c:a", "pcm_alaw"]),
        ("gsm.wav", &["-c:a", "libgsm_ms"]),
        ("opus12.ogg", &["-c:a", "libopus", "-b:a", "12k"]),
        ("opus24.ogg", &["-c:a", "libopus", "-b:a", "24k"]),
        ("mp3_16.mp3", &["-c:a", "libmp3lame", "-b:a", "16k"]),
        ("mp3_32.mp3", &["-c:a", "libmp3lame", "-b:a", "32k"]),
        ("aac.m4a", &["-c:a", "aac", "-b:a", "24k"]),
    ];
    for (number, (name, options)) in forms.iter().enumerate() {
        let seed = number as u32;
        let start = 6.0 + 1.37 * f64::from(seed);
        write_wav(&wav, &[cut(seed, start)], 8000).unwrap();
        let out = folder.path().join(name);
        let (from, to) = (wav.to_str().unwrap(), out.to_str().unwrap());
        if !ffmpeg(&[&["-i", from], *options, &[to]].concat()) {
            println!("skipped {name}: this ffmpeg cannot write it");
            continue;
        }
        let decoded = decode_file(&out).unwrap();
        let differ = must_be_excerpt(seed, start, &decoded.mono(), decoded.sample_rate, name);
        println!("{name} changes {:.1} % of bits", differ * 100.0);
        assert!(differ < 0.15, "{name}: {differ}");
    }
}

/// An AMR file as a telephone with discontinuous transmission writes it.
fn amr(sound: &[f32], mode: u8) -> Vec<u8> {
    let config = CodecConfig::amr_nb().with_amr_dtx(true).with_amr_mode_set(&[mode]);
    let mut codec = AmrCodec::new(&config).unwrap();
    codec.set_mode(mode).unwrap();
    let mut file = b"#!AMR\n".to_vec();
    for frame in sound.chunks_exact(160) {
        let samples: Vec<i16> = frame.iter().map(|sample| (sample * 32_767.0) as i16).collect();
        let coded = codec.encode_frame(&samples).unwrap();
        let kind = match coded.kind {
            FrameKind::Speech => coded.mode,
            FrameKind::ComfortNoise => 8,
            FrameKind::NoData | FrameKind::Lost => 15,
        };
        file.push(kind << 3 | 4);
        file.extend(coded.data);
    }
    file
}

#[test]
fn amr_with_unsent_frames_does_not_hide_it() {
    for (seed, mode) in [(0, 0), (3, 4), (7, 7)] {
        let mut sound = cut(seed, 9.3);
        // A long pause, for which the telephone sends next to nothing.
        sound[60_000..90_000].fill(0.0);
        let file = amr(&sound, mode);
        assert!(file.len() < 6 + 1000 * 33, "no frame was left out");
        let decoded = decode_bytes(&file, &earwitness_audio::Limits::default()).unwrap();
        assert_eq!(decoded.channels[0].len(), 160_000);
        let found = INDEX.matches(&Fingerprint::of(&decoded.channels[0], 8000));
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [u64::from(seed)]);
        println!(
            "AMR mode {mode} changes {:.1} % of bits, pieces {}",
            (1.0 - found[0].score) * 100.0,
            found[0].pieces.len()
        );
        let at = found[0].at_reference.0 - found[0].at_query.0;
        assert!((at - 9.3).abs() < 0.3, "at {at}");
    }
}

#[test]
fn strangers_share_nothing() {
    for seed in CALLS..CALLS + 8 {
        let found = INDEX.matches(&Fingerprint::of(&babble(seed, 50.0), 8000));
        assert!(found.is_empty(), "{seed}: {found:?}");
    }
}

#[test]
fn a_recording_with_a_gap_matches_in_pieces() {
    let whole = babble(4, 50.0);
    // Three seconds are missing in the middle, as where a recorder stalled.
    let gapped = [&whole[..200_000], &whole[224_000..]].concat();
    let print = Fingerprint::of(&gapped, 8000);
    let found = INDEX.matches(&print);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].pieces.len(), 2, "{found:?}");
    assert!(found[0].coverage_query > 0.7 && found[0].coverage_reference > 0.7, "{found:?}");
}

#[test]
fn kept_bytes_come_back() {
    let print = Fingerprint::of(&babble(1, 20.0), 8000);
    assert!(print.telling() > 80, "{}", print.telling());
    assert_eq!(Fingerprint::from_bytes(&print.to_bytes()), Some(print.clone()));
    assert_eq!(Fingerprint::from_bytes(&print.to_bytes()[..20]), None);
    assert_eq!(Fingerprint::from_bytes(b"\x02garbage"), None);
    let wav = encode_wav(&[babble(1, 20.0)], 8000).unwrap();
    let again = decode_bytes(&wav, &earwitness_audio::Limits::default()).unwrap();
    let found: Vec<Match> = {
        let mut index = Index::new();
        index.add(1, &print);
        index.matches(&Fingerprint::of(&again.channels[0], 8000))
    };
    assert_eq!(relation(&found[0], 20.0, 20.0), Relation::Same);
}
