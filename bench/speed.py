#!/usr/bin/env python3
"""Recognition against faster-whisper: the same files, weights, threads and language, in alternation.

    bench/speed.py [--audio DIR] [--runs 3] [--threads 2] [--limit N] [--earwitness PATH]

The peer tells no speakers apart, so earwitness is told that there is one. Every run is a process of its own, loading its model, so all pay the same start. The order turns with
each round, so that a machine that slows down does not favour one of them. Prints a Markdown table of
medians. The peer is installed into native/venv-bench on first use.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, load_note, machine, measured

VENV = ROOT / "native" / "venv-bench"
PEER = ROOT / "bench" / "peers" / "faster_whisper_peer.py"
PEER_PACKAGE = "faster-whisper==1.2.1"


def peer_python():
    python = VENV / "bin" / "python"
    if not python.exists() or subprocess.call([python, "-c", "import faster_whisper"], stderr=subprocess.DEVNULL):
        print(f"installing {PEER_PACKAGE} into {VENV.relative_to(ROOT)}", file=sys.stderr)
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
        subprocess.check_call([python, "-m", "pip", "install", "--quiet", PEER_PACKAGE])
    return python


def model_folder():
    """The folder of the CTranslate2 model among the fetched weights."""
    models = Path(os.environ.get("EARWITNESS_MODELS", ROOT / "native" / "models"))
    found = sorted(path.parent for path in models.rglob("model.bin") if (path.parent / "tokenizer.json").exists())
    if not found:
        sys.exit(f"no Whisper weights under {models}: run `make models` first")
    return found[0]


def seconds_of(path):
    """Seconds of audio as ffprobe sees them, None where it cannot read the file."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        return float(done.stdout.strip())
    except ValueError:
        return None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earwitness", default=ROOT / "target" / "release" / "earwitness", type=Path)
    parser.add_argument("--audio", default=ROOT / "demo" / "delivery" / "audio", type=Path)
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--threads", default=2, type=int)
    parser.add_argument("--limit", default=0, type=int, help="only the first N files")
    return parser.parse_args()


def main():
    options = arguments()
    options.earwitness = options.earwitness.resolve()
    every = sorted(path.resolve() for path in options.audio.iterdir() if path.is_file())
    length = {path: seconds_of(path) for path in every}
    files = [path for path in every if length[path]]
    if options.limit:
        files = files[: options.limit]
    audio = sum(length[path] for path in files)

    env = {
        **os.environ,
        "OMP_NUM_THREADS": str(options.threads),
        "EARWITNESS_MODELS": os.environ.get("EARWITNESS_MODELS", str(ROOT / "native" / "models")),
    }
    model, python = model_folder(), peer_python()
    with tempfile.TemporaryDirectory() as scratch:
        peer = [python, PEER, model, scratch, "--threads", options.threads, "--language", "ru"]
        contestants = {
            "faster-whisper, one by one": [*peer, *files],
            "faster-whisper, batched (8)": [*peer, "--batched", *files],
            "earwitness": [options.earwitness, "transcribe", "--language", "ru", "--speakers", "1", "--format", "json", *files],
        }
        note = load_note()
        costs = {name: [] for name in contestants}
        order = list(contestants)
        for round_number in range(options.runs):
            for name in order[round_number % len(order) :] + order[: round_number % len(order)]:
                cost = measured(contestants[name], env)
                costs[name].append(cost)
                extra = json.loads(cost.stdout.splitlines()[-1]) if name.startswith("faster") else {}
                print(f"round {round_number + 1}: {name}: {cost.wall:.1f} s {extra or ''}", file=sys.stderr)

    base = statistics.median(cost.wall for cost in costs["faster-whisper, one by one"])
    print(f"{len(files)} files, {audio:.1f} s of audio; {options.threads} threads; median of {options.runs}, in turn.")
    print(f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; {note}.\n")
    print("| program | seconds (each run) | median | ratio to one by one | x real time | peak memory, MiB |")
    print("|---|---|---|---|---|---|")
    for name, runs in costs.items():
        median = statistics.median(cost.wall for cost in runs)
        each = ", ".join(f"{cost.wall:.1f}" for cost in runs)
        peak = max(cost.peak_mib for cost in runs)
        print(f"| {name} | {each} | {median:.1f} | {median / base:.2f} | {audio / median:.1f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
