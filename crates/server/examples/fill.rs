//! Fills a new archive with generated calls, to measure the workbench on: `cargo run --release -p earwitness-server
//! --example fill -- DIR 100000`. With `long` behind it, the first call is two hours of sound with 2,400 turns.

use earwitness_archive::{ActorName, Archive, Recording};
use earwitness_audio::encode_wav;
use earwitness_model::{
    Author, Call, CallId, CallTime, Digest, Doubt, DoubtReason, Phone, Place, RevisionBody, Transcript, Translation,
    Turn, Word, call::CallFile, recording::AudioFormat, transcript::TranslatedTurn,
};
use std::{error::Error, fs, io::Write, os::unix::fs::PermissionsExt, path::Path};

/// Calls of one transaction.
const BATCH: usize = 1000;
const RATE: u32 = 8000;
const WORDS: [&str; 16] = [
    "мост",
    "переправа",
    "мама",
    "слышу",
    "тебя",
    "вчера",
    "колонна",
    "ушла",
    "домой",
    "сказали",
    "ждать",
    "завтра",
    "связь",
    "плохая",
    "понял",
    "работает",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: fill DIR CALLS [long]";
    let dir = args.next().ok_or(usage)?;
    let calls: usize = args.next().ok_or(usage)?.parse()?;
    let long = args.next().is_some_and(|word| word == "long");
    let archive = Archive::init(Path::new(&dir), &ActorName::new("a generator")?)?;
    let numbers: Vec<usize> = (0..calls).collect();
    for batch in numbers.chunks(BATCH) {
        let mut ready = Vec::with_capacity(batch.len());
        for n in batch {
            ready.push((*n, original(&archive, *n, long && *n == 0)?));
        }
        archive.write(|tx| {
            for (n, (digest, size)) in &ready {
                let seconds = if long && *n == 0 { 7200.0 } else { 20.0 + (n % 90) as f64 };
                let call = call(*n, *digest, seconds);
                tx.add_recording(&recording(*digest, *size, seconds))?;
                tx.add_call(&call)?;
                let spoken = transcript(*n, seconds);
                let kept = tx.add_revision(&call.id, machine(), None, RevisionBody::Transcript(spoken.clone()))?;
                let line = |turn: &Turn| TranslatedTurn {
                    start: turn.start,
                    end: turn.end,
                    channel: 0,
                    text: "the bridge is whole and they said to wait".into(),
                    taken: None,
                };
                let turns = spoken.turns.iter().map(line).collect();
                let body = Translation { of: kept.id.clone(), language: "en".into(), turns };
                tx.add_revision(&call.id, machine(), Some(kept.id), RevisionBody::Translation(body))?;
            }
            Ok(())
        })?;
        write!(std::io::stderr(), "\r{} calls", batch.last().map_or(0, |n| n + 1))?;
    }
    Ok(())
}

/// Puts a sealed file in its place; a tiny one, so that many fit on a disk.
fn original(archive: &Archive, n: usize, long: bool) -> Result<(Digest, u64), Box<dyn Error>> {
    let samples = if long { 7200 * RATE as usize } else { 400 };
    let sound: Vec<f32> = (0..samples).map(|at| ((at * (n + 7)) % 997) as f32 / 4000.0).collect();
    let mut bytes = encode_wav(&[sound], RATE)?;
    // A number behind the sound makes every file another one.
    bytes.extend(n.to_le_bytes());
    let digest = Digest::of(&bytes);
    let path = archive.originals().path(&digest);
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(&path, &bytes)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400))?;
    Ok((digest, bytes.len() as u64))
}

fn machine() -> Author {
    let parameters = serde_json::json!({ "generated": true });
    Author::Model { name: "generator".into(), version: "1".into(), weights: Digest::of(b"none"), parameters }
}

fn recording(digest: Digest, size: u64, duration: f64) -> Recording {
    let (container, codec) = ("wav".into(), "pcm_s16le".into());
    let format = AudioFormat { container, codec, sample_rate: RATE, channels: 1, duration };
    Recording { digest, size, format: Some(format), damage: None, sound: None, fingerprint: None }
}

fn call(n: usize, digest: Digest, duration: f64) -> Call {
    let phone = |n: usize| {
        let number = format!("+38059{:07}", n * 7919 % 10_000_000);
        Some(Phone { written: number.clone(), e164: Some(number) })
    };
    let minute = n % 525_600;
    let day = jiff::civil::date(2022, 1, 1).at(0, 0, 0, 0);
    let started = day.checked_add(jiff::SignedDuration::from_mins(minute as i64)).unwrap_or(day);
    Call {
        id: CallId::of_recording(&digest),
        recording: digest,
        files: vec![CallFile { name: format!("batch/{:02}/{n:06}.wav", n % 100), sha256: digest }],
        started_at: format!("{started}+02:00").parse::<CallTime>().ok(),
        duration,
        channels: 1,
        from: phone(n % 3000),
        to: phone(n * 31 % 5000),
        direction: Some("outgoing".into()),
        place: Place { latitude: Some(49.5), longitude: Some(36.5), sector: Some(format!("K{}", n % 40)) },
        note: None,
    }
}

fn transcript(n: usize, seconds: f64) -> Transcript {
    let turns = ((seconds / 3.0) as usize).min(2400);
    let turn = |at: usize| {
        let (start, end) = (at as f64 * 3.0, at as f64 * 3.0 + 2.8);
        let words: Vec<Word> = (0..7)
            .map(|w| Word {
                text: WORDS[(n * 3 + at * 5 + w * 7) % WORDS.len()].into(),
                start: start + f64::from(w as u8) * 0.4,
                end: start + f64::from(w as u8) * 0.4 + 0.375,
                probability: 0.75,
            })
            .collect();
        let doubtful = (n + at).is_multiple_of(17);
        let doubt = Doubt { reason: DoubtReason::LowConfidence, detail: "0.31 on average".into(), heard: None };
        Turn {
            start,
            end,
            channel: 0,
            speaker: if at.is_multiple_of(2) { "A" } else { "B" }.into(),
            language: Some(if n.is_multiple_of(5) { "uk" } else { "ru" }.into()),
            text: words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
            confidence: 0.75,
            words,
            doubt: doubtful.then_some(doubt),
        }
    };
    Transcript {
        language: Some(if n.is_multiple_of(5) { "uk" } else { "ru" }.into()),
        turns: (0..turns).map(turn).collect(),
    }
}
