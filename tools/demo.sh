#!/usr/bin/env bash
# The demonstration: the fictional delivery in demo/delivery goes the whole way through.
# Needs EARWITNESS (the release binary) and EARWITNESS_MODELS (the folder of weights); `make demo` sets both. What it
# makes lies in EARWITNESS_OUT (demo/out).
# Run again, it skips what is there already.
set -euo pipefail

earwitness=${EARWITNESS:-target/release/earwitness}
out=${EARWITNESS_OUT:-demo/out}
archive=$out/archive
transcripts=$out/transcripts
began=$SECONDS

step() { printf '\n== %s\n' "$1"; }
run() {
    local shown="" word
    for word in "$@"; do
        case $word in *[[:space:]\"]*) shown+=" '$word'" ;; *) shown+=" $word" ;; esac
    done
    printf '$ earwitness%s\n' "$shown"
    "$earwitness" "$@"
}

echo "Everybody and everything in demo/ is invented: people, calls, numbers, villages, units. The voices are synthetic."

step "1. An archive"
if [ -e "$archive/earwitness.toml" ]; then
    echo "there already: $archive"
else
    mkdir -p "$out"
    run init "$archive"
fi

# Exit code 1 says that something in a batch failed and was named: the delivery holds broken files on purpose, and a
# transcript that somebody edited is not written over.
some_may_fail() { "$@" || [ $? -eq 1 ]; }

step "2. Take in: every file gets a verdict, originals are sealed by SHA-256"
some_may_fail run --archive "$archive" import demo/delivery --source "Fictional delivery that comes with earwitness"

step "3. Listen: speech, words with times, a draft translation"
some_may_fail run --archive "$archive" process

step "4. Find: in the original and in the translation, in all forms of a word"
run --archive "$archive" search 'колонна'
run --archive "$archive" search 'parcel OR посылка'

step "5. Who speaks: telephone numbers, and voices that sound alike in several calls"
run --archive "$archive" phones
some_may_fail run --archive "$archive" voices suggest --limit 3

step "6. Publish: quotes by reference, each proved; a page that passes the leak check"
bash "$(dirname "$0")/demo_story.sh" "$earwitness" "$archive"

step "7. Verify: every original and every link of the custody ledger is hashed again"
run --archive "$archive" verify

step "8. Carry away"
some_may_fail run --archive "$archive" export transcripts --format txt --out "$transcripts"

cat <<END

Done in $((SECONDS - began)) s.
  the archive      $archive
  the story        $archive/stories/column/site/index.html   (open it in a browser)
  for editors      $out/report/report.html   (every quote with its tape; not for publication)
  the transcripts  $transcripts   (drafts by a machine: listen before you quote)
  the truth        demo/truth.json   (what was really said, to compare)
What to type next:
  export EARWITNESS_ARCHIVE=$archive
  $earwitness calls
  $earwitness search 'приказ' --context 2
  $earwitness search --help
  $earwitness speakers CALL
  $earwitness graph --html $out/graph.html
END
