#!/usr/bin/env python3
"""The peer for recognition: faster-whisper with the same weights, on the files named.

    faster_whisper_peer.py MODEL_DIR OUT_DIR [--batched] [--threads N] [--language L] FILE…

Writes one JSON file per audio file in the shape of earwitness' export and prints one JSON line with
the seconds of audio, of loading the model and of recognition. Needs the package faster-whisper.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from faster_whisper import BatchedInferencePipeline, WhisperModel


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--batched", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--language", default="ru")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    began = time.monotonic()
    model = WhisperModel(str(options.model), device="cpu", compute_type="int8", cpu_threads=options.threads)
    pipe = BatchedInferencePipeline(model) if options.batched else model
    extra = {"batch_size": 8} if options.batched else {"vad_filter": True}
    load = time.monotonic() - began

    audio, failed = 0.0, []
    began = time.monotonic()
    for path in options.files:
        try:
            segments, info = pipe.transcribe(
                str(path), language=options.language, beam_size=5, word_timestamps=True, **extra
            )
            turns = [{"start": s.start, "end": s.end, "speaker": "A", "text": s.text.strip()} for s in segments]
        except Exception as error:  # the peer's own errors are of many types; a failed file is a result
            failed.append(f"{path.name}: {error}")
            continue
        audio += info.duration
        call = {"call": path.stem, "files": [{"name": path.name}], "duration": info.duration, "turns": turns}
        (options.out / f"{path.name}.json").write_text(json.dumps(call, ensure_ascii=False), "utf-8")
    work = time.monotonic() - began
    print(json.dumps({"audio_s": audio, "load_s": load, "work_s": work, "failed": failed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
