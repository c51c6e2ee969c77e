#!/usr/bin/env bash
# Fuzz every target for some seconds each. Argument: seconds. Needs cargo-fuzz.
set -euo pipefail

seconds=${1:-60}
if ! cargo fuzz --version >/dev/null 2>&1; then
    echo "fuzz: cargo-fuzz is missing: cargo install --locked cargo-fuzz" >&2
    exit 1
fi
# libFuzzer's instrumentation is behind unstable flags; a stable compiler takes them with this switch.
export RUSTC_BOOTSTRAP=1
for target in $(cargo fuzz list); do
    echo "== $target, $seconds s"
    # New inputs go to the first folder, which git ignores; the seeds in the second are only read.
    mkdir -p "fuzz/target/found/$target"
    cargo fuzz run "$target" "fuzz/target/found/$target" "fuzz/corpus/$target" -- -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20
done
