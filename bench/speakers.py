#!/usr/bin/env python3
"""Telling speakers apart, against senko: the same networks on the same files, in alternation.

    bench/speakers.py [--corpus ../shared/corpus] [--scorer ../shared/score/score.py] [--runs 3]
                      [--real AUDIO RTTM SECONDS]... [--earwitness PATH]

Prints Markdown: seconds and peak memory of each, diarization error without and with a collar of 0.25 s. senko mixes two
channels down, as it does for its users; earwitness hears them one by one. --real adds a recording with an RTTM, of which
only the first SECONDS count. The peer is installed into native/venv-senko on first use (with PyTorch: 5 GB).
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, load_note, machine, measured

VENV = ROOT / "native" / "venv-senko"
PEER_PACKAGE = "senko==0.2.2"


def peer_python():
    python = VENV / "bin" / "python"
    if not python.exists() or subprocess.call([python, "-c", "import senko"], stderr=subprocess.DEVNULL):
        print(f"installing {PEER_PACKAGE} into {VENV.relative_to(ROOT)}", file=sys.stderr)
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
        subprocess.check_call([python, "-m", "pip", "install", "--quiet", PEER_PACKAGE])
    return python


def scorer_functions(path):
    """The scorer's own functions, without running it."""
    source = Path(path).read_text("utf-8")
    head, _, _ = source.rpartition("\nmain()")
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scorer", loader=None))
    exec(compile(head or source.replace('if __name__ == "__main__"', "if False"), str(path), "exec"), module.__dict__)
    return module


def rttm(path, until):
    turns = []
    for line in Path(path).read_text("utf-8").splitlines():
        fields = line.split()
        if fields and fields[0] == "SPEAKER" and float(fields[3]) < until:
            start = float(fields[3])
            turns.append({"start": start, "end": min(until, start + float(fields[4])), "speaker": fields[7]})
    return sorted(turns, key=lambda t: t["start"])


def turns_of(folder):
    """The turns of every file that was exported into a folder."""
    found = {}
    for path in Path(folder).glob("*.json"):
        call = json.loads(path.read_text("utf-8"))
        for file in call["files"]:
            found[Path(file["name"]).name] = sorted(call["turns"], key=lambda t: t["start"])
    return found


def error(scorer, references, found, channels=None):
    """Diarization error over all references, without and with the collar."""
    sums = [[0, 0], [0, 0]]
    for name, (turns, length, count) in references.items():
        if channels and count != channels:
            continue
        for total, collar in zip(sums, (0.0, 0.25)):
            bad, of = scorer.diarization(turns, found.get(name, []), length, collar)
            total[0] += bad
            total[1] += of
    return [round(bad / max(1, of), 4) for bad, of in sums]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earwitness", default=ROOT / "target" / "release" / "earwitness", type=Path)
    parser.add_argument("--corpus", default=ROOT.parent / "shared" / "corpus", type=Path)
    parser.add_argument("--scorer", default=ROOT.parent / "shared" / "score" / "score.py", type=Path)
    parser.add_argument("--peer", default=ROOT.parent / "shared" / "score" / "peer_senko.py", type=Path)
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--real", nargs=3, action="append", default=[], metavar=("AUDIO", "RTTM", "SECONDS"))
    return parser.parse_args()


def main():
    options = arguments()
    scorer = scorer_functions(options.scorer)
    truth = json.loads((options.corpus / "truth" / "calls.json").read_text("utf-8"))
    several = [c for c in truth["calls"] if len({t["speaker"] for t in c["turns"]}) > 1]
    corpus = {c["file"]: (c["turns"], c["duration"] + 1, c["audio"]["channels"]) for c in several}
    env = {**os.environ, "EARWITNESS_MODELS": os.environ.get("EARWITNESS_MODELS", str(ROOT / "native" / "models"))}
    python, note = peer_python(), load_note()
    with tempfile.TemporaryDirectory() as scratch:
        audio = Path(scratch) / "audio"
        audio.mkdir()
        for name in corpus:
            (audio / name).symlink_to((options.corpus / "delivered" / "audio" / name).resolve())
        files = sorted(audio.iterdir())
        out = {name: Path(scratch) / name for name in ("senko", "earwitness")}
        ours = [options.earwitness.resolve(), "diarize", "--format", "json", "--out", out["earwitness"]]
        contestants = {
            "senko": [python, options.peer, audio, out["senko"]],
            "earwitness": [*ours, *files],
        }
        costs = {name: [] for name in contestants}
        for number in range(options.runs):
            for name in sorted(contestants, reverse=bool(number % 2)):
                costs[name].append(measured(contestants[name], env))
                print(f"round {number + 1}: {name}: {costs[name][-1].wall:.1f} s", file=sys.stderr)
        seconds = sum(c["duration"] for c in several)
        print(f"{len(corpus)} files, {seconds:.0f} s of audio; median of {options.runs}, in turn.")
        print(f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; {note}.\n")
        print("| program | seconds (each run) | median | ratio | peak memory, MiB | error | with collar | two-channel | mono |")
        print("|---|---|---|---|---|---|---|---|---|")
        base = statistics.median(c.wall for c in costs["senko"])
        for name, runs in costs.items():
            median, found = statistics.median(c.wall for c in runs), turns_of(out[name])
            whole, two, one = (error(scorer, corpus, found, n) for n in (None, 2, 1))
            each = ", ".join(f"{c.wall:.1f}" for c in runs)
            peak = max(c.peak_mib for c in runs)
            print(f"| {name} | {each} | {median:.1f} | {median / base:.2f} | {peak:.0f} | {whole[0]} | {whole[1]} | {two[0]} | {one[0]} |")
        real(options, scorer, python, env, Path(scratch))


def real(options, scorer, python, env, scratch):
    if not options.real:
        return
    print("\n| recording | program | error | with collar | speakers found (true) |\n|---|---|---|---|---|")
    for number, (sound, reference, seconds) in enumerate(options.real):
        until, sound = float(seconds), Path(sound).resolve()
        audio, turns = scratch / f"real{number}", rttm(reference, until)
        audio.mkdir()
        (audio / sound.name).symlink_to(sound)
        out = {name: scratch / f"real{number}-{name}" for name in ("senko", "earwitness")}
        measured([python, options.peer, audio, out["senko"]], env)
        measured([options.earwitness.resolve(), "diarize", "--format", "json", "--out", out["earwitness"], sound], env)
        for name, folder in out.items():
            found = {k: [t for t in v if t["start"] < until] for k, v in turns_of(folder).items()}
            value = error(scorer, {sound.name: (turns, until, 1)}, found)
            speakers = len({t["speaker"] for v in found.values() for t in v})
            true = len({t["speaker"] for t in turns})
            print(f"| {sound.name} | {name} | {value[0]} | {value[1]} | {speakers} ({true}) |")


if __name__ == "__main__":
    main()
