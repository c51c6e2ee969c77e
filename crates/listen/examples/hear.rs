//! Hears files and writes the export format that the scorer reads: `hear MODELS OUT FILE…`. For tuning, not for users.
use earwitness_listen::{HearOptions, Listener};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [models, out, files @ ..] = args.as_slice() else { return Err("hear MODELS OUT FILE…".into()) };
    std::fs::create_dir_all(out)?;
    let listener = Listener::load("base", models, 2)?;
    let mut options = HearOptions { translate: std::env::var_os("TRANSLATE").is_some(), ..HearOptions::default() };
    if let Ok(json) = std::env::var("OPTIONS") {
        let mut value = serde_json::to_value(&options)?;
        merge(&mut value, serde_json::from_str(&json)?);
        options = serde_json::from_value(value)?;
    }
    let (mut audio, began) = (0.0, Instant::now());
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(sound) = earwitness_audio::decode_file(file) else { continue };
        let heard = listener.hear(&sound.channels, sound.sample_rate, &options, &|| false)?;
        audio += heard.stats.audio;
        eprintln!("{name} {:?}", heard.stats);
        let json = serde_json::json!({"call": name, "files": [{"name": name}], "turns": heard.turns, "translation": heard.translation, "stats": heard.stats});
        std::fs::write(out.join(format!("{name}.json")), serde_json::to_string_pretty(&json)?)?;
    }
    eprintln!("{audio:.1} s of sound, {:.2} x real time", audio / began.elapsed().as_secs_f64());
    Ok(())
}

fn merge(into: &mut serde_json::Value, from: serde_json::Value) {
    match (into, from) {
        (serde_json::Value::Object(a), serde_json::Value::Object(b)) => {
            b.into_iter().for_each(|(k, v)| merge(a.entry(k).or_insert(serde_json::Value::Null), v));
        }
        (a, b) => *a = b,
    }
}
