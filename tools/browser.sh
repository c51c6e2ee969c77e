#!/usr/bin/env bash
# The browser tests: the demonstration is made with the program as built for tests, then a real Chromium works in it.
# Needs EARWITNESS (the program), EARWITNESS_MODELS. EARWITNESS_SHOTS names a folder for pictures of the pages.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "${EARWITNESS:?the program to test}")
out=target/browser
export CHROMIUM=${CHROMIUM:-$(command -v chromium)}

mkdir -p "$out"
echo "browser: making the demonstration in $out (log: $out/demo.log)"
EARWITNESS=$program EARWITNESS_OUT=$out bash tools/demo.sh >"$out/demo.log" 2>&1 || {
    tail -n 40 "$out/demo.log" >&2
    echo "browser: the demonstration failed" >&2
    exit 1
}
EARWITNESS_BIN=$program EARWITNESS_TEST_ARCHIVE=$(realpath "$out/archive") npm --prefix web run --silent test:browser
(cd web && node tests/story.mjs "../$out/archive/stories/column/site")
