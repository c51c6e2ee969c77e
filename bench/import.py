#!/usr/bin/env python3
"""Taking in against copying and hashing: a folder of generated calls, `earwitness import` in turn with `cp` + `sha256sum`.

    bench/import.py [--files 10000] [--seconds 4] [--runs 3] [--folder DIR] [--earwitness PATH]

The calls are mu-law WAV made of random tones, every one different. The floor, copying and hashing, does
less than an import does (it decodes nothing, compares nothing, keeps no catalog): the ratio is the price
of that. Prints a Markdown table of medians. Put --folder on the disk to be measured.
"""

import argparse
import math
import random
import shutil
import statistics
import struct
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, load_note, machine, measured

RATE = 8000  # hertz


def mu_law(sample):
    """One 16-bit sample as ITU-T G.711 mu-law."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


def tones(count, seconds, rng):
    """Pieces of two random tones each, as bytes."""
    pieces = []
    for _ in range(count):
        low, high = rng.uniform(200, 1200), rng.uniform(1200, 3200)
        pieces.append(
            bytes(
                mu_law(int(6000 * math.sin(math.tau * low * i / RATE) + 4000 * math.sin(math.tau * high * i / RATE)))
                for i in range(int(RATE * seconds))
            )
        )
    return pieces


def wav(data):
    """A mono mu-law WAV file at 8 kHz around the samples."""
    form = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def generate(folder, files, seconds):
    rng = random.Random(20221123)
    pieces = tones(256, 0.25, rng)
    rows = ["file;date;duration;from;to"]
    for number in range(files):
        name = f"call_{number:05}.wav"
        data = b"".join(rng.choices(pieces, k=max(1, int(seconds * 4))))
        sub = folder / f"{number // 1000:02}"
        sub.mkdir(exist_ok=True)
        (sub / name).write_bytes(wav(data))
        rows.append(f"{name};2022-03-01 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02};{seconds};"
                    f"+38059{number:07};+7944{number:07}")  # fmt: skip
    (folder / "calls.csv").write_text("\n".join(rows) + "\n", "utf-8")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earwitness", default=ROOT / "target" / "release" / "earwitness", type=Path)
    parser.add_argument("--files", default=10_000, type=int)
    parser.add_argument("--seconds", default=4.0, type=float, help="of audio in each file")
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--folder", default=None, help="where to work; default: the system's temporary folder")
    return parser.parse_args()


def main():
    options = arguments()
    binary = options.earwitness.resolve()
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        scratch = Path(scratch)
        delivery = scratch / "delivery"
        delivery.mkdir()
        generate(delivery, options.files, options.seconds)
        size = sum(path.stat().st_size for path in delivery.rglob("*") if path.is_file())
        print(f"{options.files} files, {size / 1e6:.0f} MB generated", file=sys.stderr)

        note = load_note()
        floor, ours, again = [], [], []
        for _ in range(options.runs):
            copy, archive = scratch / "copy", scratch / "archive"
            hashing = f"cp -r '{delivery}' '{copy}' && sync -f '{copy}' && find '{copy}' -type f -exec sha256sum {{}} + >/dev/null"
            floor.append(measured(["sh", "-c", hashing]))
            measured([binary, "init", archive])
            ours.append(measured([binary, "--archive", archive, "import", delivery]))
            again.append(measured([binary, "--archive", archive, "import", delivery]))
            for folder in (copy, archive):
                shutil.rmtree(folder)
            print(f"floor {floor[-1].wall:.1f} s, import {ours[-1].wall:.1f} s, again {again[-1].wall:.1f} s", file=sys.stderr)

    base = statistics.median(cost.wall for cost in floor)
    print(f"{options.files} files of {options.seconds:g} s, {size / 1e6:.0f} MB; median of {options.runs}, in turn.")
    print(f"Machine: {machine()}; {time.strftime('%Y-%m-%d')}; {note}.\n")
    print("| what | seconds (each run) | median | ratio | files/s | MB/s | peak memory, MiB |\n|---|---|---|---|---|---|---|")
    for name, runs in (("cp, sync, sha256sum", floor), ("earwitness import", ours), ("the same import again", again)):
        median = statistics.median(cost.wall for cost in runs)
        each = ", ".join(f"{cost.wall:.1f}" for cost in runs)
        peak = max(cost.peak_mib for cost in runs)
        print(f"| {name} | {each} | {median:.1f} | {median / base:.2f} | {options.files / median:.0f} "
              f"| {size / 1e6 / median:.1f} | {peak:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
