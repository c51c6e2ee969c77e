#!/usr/bin/env python3
"""Print the figures that tools/score.sh gathered as Markdown. Argument: its folder."""

import json
import sys
from pathlib import Path


def audio_seconds(export):
    """Seconds of audio in the exported calls."""
    return sum(json.loads(path.read_text("utf-8")).get("duration") or 0 for path in export.glob("*.json"))


def main():
    out = Path(sys.argv[1])
    score = json.loads((out / "score.json").read_text("utf-8"))
    costs = [json.loads(line) for line in (out / "cost.jsonl").read_text("utf-8").splitlines()]
    audio = audio_seconds(out / "export")

    print("\n| call | word error rate | diarization error | codec | dB |\n|---|---|---|---|---|")
    for call, row in score["calls"].items():
        decibel = " / ".join(str(value) for value in row["snr_db"].values())
        print(f"| {call} | {row['wer']} | {row.get('der', '')} | {row['codec']} | {decibel} |")

    print("\n| step | seconds | processor seconds | peak memory, MiB |\n|---|---|---|---|")
    for step in costs:
        print(f"| {step['name']} | {step['wall_s']} | {step['cpu_s']} | {step['peak_mib']} |")

    work = next((step["wall_s"] for step in costs if step["name"] == "process"), 0)
    print("\n| figure | value |\n|---|---|")
    print(f"| word error rate ({score['reference_words']} words) | {score['wer']} |")
    print(f"| diarization error, all calls, no collar / collar of 0.25 s | {score['der']} / {score['der_collar']} |")
    print(f"| invented words on files without speech | {score['invented']} |")
    print(f"| calls without a transcript | {len(score['missing'])} {' '.join(score['missing'])} |")
    if work:
        print(f"| audio in the exported calls | {audio:.0f} s, processed {audio / work:.1f} x faster than it plays |")
    print(f"| peak memory | {max(step['peak_mib'] for step in costs)} MiB |")


if __name__ == "__main__":
    main()
