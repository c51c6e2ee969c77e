#!/usr/bin/env bash
# One command from a corpus with a known truth to its figures.
#
#     tools/score.sh CORPUS SCORER
#
# CORPUS holds delivered/ (what the program gets) and truth/calls.json (what only the scorer reads).
# Starts from an empty archive every time. Leaves .score/{archive,export,report.md,score.json,cost.jsonl}.
set -euo pipefail

corpus=$1
scorer=$2
earwitness=${EARWITNESS:-target/release/earwitness}
out=.score
archive=$out/archive
cost=$out/cost.jsonl

if [ -d "$corpus/delivered" ]; then
    delivery=$corpus/delivered truth=$corpus/truth/calls.json
elif [ -d "$corpus/delivery" ]; then
    delivery=$corpus/delivery truth=$corpus/truth.json # the shape of demo/
else
    echo "score: $corpus has neither delivered/ nor delivery/: name a corpus with CORPUS=FOLDER" >&2
    exit 2
fi
for file in "$truth" "$scorer"; do
    [ -f "$file" ] || { echo "score: $file is not there" >&2; exit 2; }
done

rm -rf "$out"
mkdir -p "$out"
step() { # name, command…
    local name=$1
    shift
    echo "== $name: $*" >&2
    python3 tools/measure.py "$cost" "$name" "$@"
}

step init "$earwitness" init "$archive"
# Broken files are part of a corpus: exit code 1 says that some were named, and the rest went on.
step import "$earwitness" --archive "$archive" import "$delivery" || [ $? -eq 1 ]
step process "$earwitness" --archive "$archive" process || [ $? -eq 1 ]
step search "$earwitness" --archive "$archive" search "мама" --json >"$out/search.json" || [ $? -eq 1 ]
step verify "$earwitness" --archive "$archive" verify
step export "$earwitness" --archive "$archive" export transcripts --unprotected --format json --out "$out/export"

python3 "$scorer" "$out/export" "$truth" --json >"$out/score.json"
python3 tools/score_report.py "$out" | tee "$out/report.md"
python3 tools/score_speakers.py "$out" "$truth" "$earwitness" | tee -a "$out/report.md"
