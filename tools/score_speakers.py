#!/usr/bin/env python3
"""How well speakers are told apart and voices found again, against a corpus' truth. Standard library only.

    tools/score_speakers.py FOLDER TRUTH/calls.json EARWITNESS

FOLDER is what tools/score.sh leaves: archive/ and export/. Prints Markdown:

  diarization   the scorer counts it over all calls; here over two-channel calls alone
  words         share of words given to the wrong speaker: transcript and truth are aligned word by word (fewest edits),
                and of the words that agree, those whose speaker is not the best one-to-one partner count as wrong
  voices        truth: persons by call. Each kept speaker stands for the person whose words he shares most. Pairs of
                speakers of different calls: precision and recall of the groups, and the curve of the scores
"""

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

STEP = 0.01


def words(turns):
    out = []
    for turn in sorted(turns, key=lambda t: t["start"]):
        text = re.sub(r"[^\w]+", " ", turn["text"].lower().replace("ё", "е"))
        out += [(word, turn["speaker"]) for word in text.replace("_", " ").split()]
    return out


def aligned(ref, hyp):
    """Pairs of speakers of the words that agree in an alignment with the fewest edits."""
    rows = [list(range(len(hyp) + 1))]
    for i, (word, _) in enumerate(ref, 1):
        before, row = rows[-1], [i]
        for j, (other, _) in enumerate(hyp, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word != other)))
        rows.append(row)
    pairs, i, j = [], len(ref), len(hyp)
    while i and j:
        same = ref[i - 1][0] == hyp[j - 1][0]
        if rows[i][j] == rows[i - 1][j - 1] + (not same):
            if same:
                pairs.append((ref[i - 1][1], hyp[j - 1][1]))
            i, j = i - 1, j - 1
        elif rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return pairs


def partners(weights):
    """The best one-to-one partners of {(truth, found): weight}."""
    left, right = sorted({a for a, _ in weights}), sorted({b for _, b in weights})
    right += [None] * max(0, len(left) - len(right))
    best = max(
        itertools.islice(itertools.permutations(right, len(left)), 50_000),
        key=lambda p: sum(weights.get(pair, 0) for pair in zip(left, p)),
        default=(),
    )
    return dict(zip(left, best))


def frames(turns, length):
    out = [None] * (int(length / STEP) + 1)
    for turn in sorted(turns, key=lambda t: t["start"]):
        for i in range(max(0, int(turn["start"] / STEP)), min(len(out), int(turn["end"] / STEP))):
            out[i] = turn["speaker"]
    return out


def diarization(ref, hyp, length):
    """Missed, false and confused time over the time of speech, overlaps counted once."""
    both, missed, false, total = {}, 0, 0, 0
    for r, h in zip(frames(ref, length), frames(hyp, length)):
        total += r is not None
        missed += r is not None and h is None
        false += r is None and h is not None
        if r and h:
            both[r, h] = both.get((r, h), 0) + 1
    right = sum(both.get(pair, 0) for pair in partners(both).items())
    return missed + false + sum(both.values()) - right, total


def persons(truth, export):
    """Whose voice each kept speaker is: (call, label) -> person, by shared time."""
    who = {}
    for call in truth["calls"]:
        got = export.get(call["file"])
        if not got:
            continue
        shared = {}
        length = call["duration"] + 1
        for r, h in zip(frames(call["turns"], length), frames(got["turns"], length)):
            if r and h:
                shared[h, r] = shared.get((h, r), 0) + 1
        for label in {h for h, _ in shared}:
            who[got["call"], label] = max((r for h, r in shared if h == label), key=lambda r: shared[label, r])
    return who


def ask(program, archive, *question):
    done = subprocess.run([program, "--archive", archive, *question, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(question)}: {done.stderr}")
    return json.loads(done.stdout)


def curve(scored):
    """Equal error rate, and recall at a precision of 0.95, of [(score, same person)]."""
    scored = sorted(scored, key=lambda pair: -pair[0])
    same = sum(truth for _, truth in scored)
    other = len(scored) - same
    if not same or not other:
        return None
    hits, false, equal, recall = 0, 0, (2.0, 0.0), 0.0
    for _, truth in scored:
        hits, false = hits + truth, false + (not truth)
        missed, accepted = 1 - hits / same, false / other
        equal = min(equal, (abs(missed - accepted), (missed + accepted) / 2))
        if hits / (hits + false) >= 0.95:
            recall = max(recall, hits / same)
    return equal[1], recall, same, other


def main():
    folder, truth_path, program = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    truth = json.loads(truth_path.read_text("utf-8"))
    export = {}
    for path in (folder / "export").glob("*.json"):
        call = json.loads(path.read_text("utf-8"))
        for file in call["files"]:
            export[Path(file["name"]).name] = call
    two, wrong, agreed, counted = [0, 0], 0, 0, [0, 0]
    for call in truth["calls"]:
        got = export.get(call["file"], {"turns": []})
        speakers = {t["speaker"] for t in call["turns"]}
        if call["audio"]["channels"] > 1:
            bad, total = diarization(call["turns"], got["turns"], call["duration"] + 1)
            two[0] += bad
            two[1] += total
        pairs = aligned(words(call["turns"]), words(got["turns"]))
        weights = {}
        for pair in pairs:
            weights[pair] = weights.get(pair, 0) + 1
        agreed += len(pairs)
        wrong += len(pairs) - sum(weights.get(pair, 0) for pair in partners(weights).items())
        counted[0] += len({t["speaker"] for t in got["turns"]}) == len(speakers)
        counted[1] += 1
    print("\n| speakers | value |\n|---|---|")
    print(f"| diarization error, two-channel calls, no collar | {two[0] / max(1, two[1]):.4f} |")
    print(f"| words given to the wrong speaker, of {agreed} recognised ones | {wrong / max(1, agreed):.4f} |")
    print(f"| calls with the right number of speakers | {counted[0]} of {counted[1]} |")
    voices(folder, program, persons(truth, export))


def voices(folder, program, who):
    archive = str(folder / "archive")
    pairs = ask(program, archive, "voices", "suggest", "--above=-99", "--limit", "1000000")
    one = lambda party: tuple(party["members"][0].split(":"))
    known = {frozenset((one(pair["a"]), one(pair["b"]))): pair["rank"] for pair in pairs}
    ask(program, archive, "voices", "group")
    group = {}
    for voice in ask(program, archive, "voices", "list"):
        for member in voice["members"] if voice["standing"] else []:
            group[tuple(member.split(":"))] = voice["voice"]
    hits = false = same = 0
    scored = []
    for a, b in itertools.combinations(sorted(who), 2):
        if a[0] == b[0]:
            continue
        truth = who[a] == who[b]
        grouped = group.get(a) is not None and group.get(a) == group.get(b)
        same += truth
        hits += truth and grouped
        false += grouped and not truth
        if frozenset((a, b)) in known:
            scored.append((known[frozenset((a, b))], truth))
    print("\n| voices | value |\n|---|---|")
    print(f"| pairs of one person in different calls | {same} |")
    print(f"| strict groups: precision | {hits / max(1, hits + false):.4f} ({hits} right, {false} wrong) |")
    print(f"| strict groups: recall | {hits / max(1, same):.4f} |")
    found = curve(scored)
    if found:
        equal, recall, pairs, others = found
        print(f"| equal error rate of the scores ({pairs} pairs of one person, {others} of two) | {equal:.4f} |")
        print(f"| recall of the scores at a precision of 0.95 | {recall:.4f} |")


if __name__ == "__main__":
    main()
