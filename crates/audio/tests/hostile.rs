//! Whatever bytes come in: an answer comes out, never a panic, and never more sound than allowed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Dice, babble};
use earwitness_audio::{DecodeError, Decoded, Limits, Sound, decode_bytes, encode_wav, sniff};
use proptest::prelude::*;

fn limits() -> Limits {
    Limits { max_seconds: 60.0, max_memory: 32 << 20, ..Limits::default() }
}

fn wav() -> Vec<u8> {
    encode_wav(&[babble(1, 0.5), babble(2, 0.5)], 8000).unwrap()
}

/// A FLAC of verbatim subframes (RFC 9639), 16 bit, mono, 8 kHz.
fn flac() -> Vec<u8> {
    let crc = |bytes: &[u8], polynomial: u32, bits: u32| {
        bytes.iter().fold(0u32, |crc, byte| {
            (0..8).fold(crc ^ (u32::from(*byte) << (bits - 8)), |crc, _| {
                let carry = crc & (1 << (bits - 1)) != 0;
                ((crc << 1) ^ if carry { polynomial } else { 0 }) & ((1 << bits) - 1)
            })
        })
    };
    let blocks: Vec<Vec<f32>> = babble(3, 0.256).chunks_exact(256).map(<[f32]>::to_vec).collect();
    let total = (blocks.len() * 256) as u32;
    let mut file = b"fLaC\x80\0\0\x22\x01\0\x01\0\0\0\0\0\0\0".to_vec();
    // 20 bits rate, 3 bits channels - 1, 5 bits depth - 1, 36 bits samples; then no checksum.
    file.extend((8000u32 << 12 | 15 << 4).to_be_bytes());
    file.extend(total.to_be_bytes());
    file.extend([0; 16]);
    for (number, block) in blocks.iter().enumerate() {
        let mut frame = vec![0xff, 0xf8, 0x80, 0x08, number as u8];
        frame.push(crc(&frame, 0x07, 8) as u8);
        frame.push(0x02);
        block.iter().for_each(|sample| frame.extend(((sample * 20_000.0) as i16).to_be_bytes()));
        frame.extend((crc(&frame, 0x8005, 16) as u16).to_be_bytes());
        file.extend(frame);
    }
    file
}

fn check(result: &Result<Decoded, DecodeError>) {
    if let Ok(decoded) = result {
        let first = decoded.channels[0].len();
        assert!(decoded.channels.iter().all(|channel| channel.len() == first));
        assert!(decoded.channels.iter().flatten().all(|sample| sample.is_finite()));
        assert!(decoded.duration() <= 60.1);
        let _: Sound = earwitness_audio::character(&decoded.mono(), decoded.sample_rate);
    } else if let Err(error) = result {
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn the_small_files_are_good() {
    let decoded = decode_bytes(&flac(), &limits()).unwrap();
    assert_eq!((decoded.channels[0].len(), decoded.damage), (2048, None));
    let decoded = decode_bytes(&wav(), &limits()).unwrap();
    assert_eq!((decoded.channels.len(), decoded.channels[0].len(), decoded.damage), (2, 4000, None));
}

#[test]
fn a_wav_cut_anywhere_gives_every_whole_sample_that_is_there() {
    let file = wav();
    for length in [44 + 4, 1000, 5001, file.len() - 1] {
        let decoded = decode_bytes(&file[..length], &limits()).unwrap();
        assert_eq!(decoded.channels[0].len(), (length - 44) / 4);
        let damage = decoded.damage.unwrap();
        assert_eq!(damage.declared, Some(0.5));
    }
    assert!(matches!(decode_bytes(&file[..44], &limits()), Err(DecodeError::NothingDecodes { .. })));
    assert!(matches!(decode_bytes(&file[..30], &limits()), Err(DecodeError::NothingDecodes { .. })));
}

#[test]
fn a_header_never_completed_is_read_to_the_end() {
    let mut file = wav();
    file[4..8].fill(0);
    file[40..44].fill(0);
    let decoded = decode_bytes(&file, &limits()).unwrap();
    assert_eq!(decoded.channels[0].len(), 4000);
    assert!(decoded.damage.unwrap().reason.contains("never completed"));
    // Lengths of all ones mean a stream, and are no damage.
    file[4..8].fill(0xff);
    file[40..44].fill(0xff);
    let decoded = decode_bytes(&file, &limits()).unwrap();
    assert_eq!((decoded.channels[0].len(), decoded.damage), (4000, None));
}

#[test]
fn absurd_headers_are_errors() {
    let with = |at: usize, bytes: &[u8]| {
        let mut file = wav();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        decode_bytes(&file, &limits())
    };
    for result in [with(24, &[0xff; 4]), with(24, &[0; 4]), with(22, &[0xff; 2]), with(22, &[0; 2]), with(32, &[0; 2])]
    {
        check(&result);
    }
    assert!(with(24, &[0xff; 4]).is_err());
    assert!(with(22, &[0xff; 2]).is_err());
    // Six hours of declared sound in 16 KB give what is there.
    check(&with(40, &[0xf0, 0xff, 0xff, 0x7f]));
}

#[test]
fn sound_over_the_limit_is_refused() {
    let short = Limits { max_seconds: 0.25, ..limits() };
    assert!(matches!(decode_bytes(&wav(), &short), Err(DecodeError::TooLong { .. })));
}

#[test]
fn a_corrupt_middle_becomes_silence_of_its_length() {
    let mut file = flac();
    let middle = file.len() / 2;
    file[middle] ^= 0x55;
    let decoded = decode_bytes(&file, &limits()).unwrap();
    println!("{} samples, {:?}", decoded.channels[0].len(), decoded.damage);
    // The demuxer drops the broken block without a word; the block after it tells by its number.
    assert_eq!(decoded.channels[0].len(), 2048);
    assert_eq!(decoded.damage.unwrap().bad_pieces, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        sniff(&bytes);
        check(&decode_bytes(&bytes, &limits()));
    }

    #[test]
    fn random_bytes_after_a_true_mark(which in 0usize..9, seed: u32, length in 0usize..4000) {
        let marks: [&[u8]; 9] = [
            b"RIFF\0\0\0\x20WAVEfmt \x10\0\0\0\x01\0\x01\0", b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01",
            b"fLaC\0\0\0\x22", b"#!AMR\n", b"#!AMR-WB\n", b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42", b"\xff\xe3\x28\xc4",
            b"ID3\x04\0\0\0\0\0\x05hello\xff\xe3\x28\xc4", b"\xff\xf1\x6c\x40\x02\x1f\xfc",
        ];
        let mut dice = Dice(seed);
        let mut bytes = marks[which].to_vec();
        bytes.extend((0..length).map(|_| (dice.roll() * 256.0) as u8));
        check(&decode_bytes(&bytes, &limits()));
    }

    #[test]
    fn cut_and_flipped(is_flac: bool, keep in 0.0f64..1.0, flips in prop::collection::vec((0.0f64..1.0, 0u8..8), 0..20)) {
        let mut file = if is_flac { flac() } else { wav() };
        for (at, bit) in flips {
            let at = (at * file.len() as f64) as usize;
            file[at] ^= 1 << bit;
        }
        file.truncate((keep * file.len() as f64) as usize);
        check(&decode_bytes(&file, &limits()));
    }
}
