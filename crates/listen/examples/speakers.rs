//! Tells speakers apart in files, without recognising words, and writes the export format that the scorer reads:
//! `speakers MODELS OUT FILE…`. For tuning, not for users.
use earwitness_audio::resample;
use earwitness_listen::{
    diarize::{DiarizeOptions, Diarizer, Line},
    voiceprint::VoiceprintExtractor,
};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [models, out, files @ ..] = args.as_slice() else { return Err("speakers MODELS OUT FILE…".into()) };
    std::fs::create_dir_all(out)?;
    let (diarizer, voices) = (Diarizer::load(models, 2)?, VoiceprintExtractor::load(models, 2)?);
    let (mut audio, began) = (0.0, Instant::now());
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(sound) = earwitness_audio::decode_file(file) else { continue };
        let line = if sound.channels.len() > 1 { Line::OneSide } else { Line::Mixed };
        let mut turns = Vec::new();
        for (i, channel) in sound.channels.iter().enumerate() {
            audio += channel.len() as f64 / f64::from(sound.sample_rate);
            let samples = resample(channel, sound.sample_rate, 16_000);
            for s in diarizer.segments(&samples, line, &voices, &DiarizeOptions::default(), &|| false)? {
                turns.push(serde_json::json!({"start": s.span.start, "end": s.span.end, "speaker": format!("{i}{}", s.speaker), "text": ""}));
            }
        }
        turns.sort_by(|a, b| a["start"].as_f64().unwrap_or(0.0).total_cmp(&b["start"].as_f64().unwrap_or(0.0)));
        let json = serde_json::json!({"call": name, "files": [{"name": name}], "turns": turns});
        std::fs::write(out.join(format!("{name}.json")), serde_json::to_string_pretty(&json)?)?;
    }
    eprintln!("{audio:.1} s of sound, {:.1} x real time", audio / began.elapsed().as_secs_f64());
    Ok(())
}
