#!/usr/bin/env bash
# The story of the demonstration: demo_story.sh PROGRAM ARCHIVE. People correct, translate, read and decide here as they
# would at their desks, from what lies in demo/story. Run again, it builds the page anew and asks nobody.
set -euo pipefail

earwitness=$1
archive=$2
story=$archive/stories/column
page=$story/site/index.html

as() { "$earwitness" --archive "$archive" --author "$@"; }
quiet() { "$@" >/dev/null; }
# A list that is printed as JSON names something already.
has() { "$earwitness" --archive "$archive" "$1" --json | grep -qF "\"$2\""; }

# Oksana hears each call, corrects every word and translates; Taras reads both against the sound.
words() {
    local call=$1 file=$2
    as Oksana correct "$file" --file "demo/story/$call.txt" --force | grep -E '^(kept|Nothing)'
    quiet as Taras quote reviewed "$file" --transcript
    quiet as Taras quote reviewed "$file"
}

# A person, who speaks under a label of a call, and how that is known.
speaks() {
    local name=$1 role=$2 evidence=$3
    shift 3
    if has people "$name"; then return; fi
    quiet as Taras people add "$name" --role "$role"
    local voice
    for voice in "$@"; do
        quiet as Taras people link "$name" "$voice" --standing confirmed --evidence "$evidence"
    done
}

protect() { has protect "$2" || quiet as Olena protect add "$@"; }
claims() { has claims "$3" || quiet as Olena claims add "$1" --key "$3" --kind "$2" --basis "$4" --what "$5"; }

k05=0301_184439_k05.wav k07=0303_210218_k07.amr k14=0310_205022_k14.wav k16=0312_220847_k16.mp3
if ! cmp -s demo/story/story.md "$story/story.md" || ! quiet "$earwitness" --archive "$archive" story check column; then
    echo "Oksana corrects and translates four calls; Taras reads them against the sound"
    words k05 "$k05"; words k07 "$k07"; words k14 "$k14"; words k16 "$k16"
    echo "Taras decides who speaks"
    speaks Ruslan sergeant "she calls him by name; the same voice and number" "$k05:A" "$k14:A"
    speaks Laysan "wife of Ruslan" "he calls her by name; the same number" "$k05:B" "$k14:B"
    speaks Denis driver "the same voice and number; his father is on the other end" "$k07:A" "$k16:A"
    speaks Yulia "girlfriend of Denis" "Denis calls her by name" "$k07:B"
    speaks Viktor "father of Denis" "Denis calls him Dad" "$k16:B"
    echo "Olena decides what must not leave, and what is claimed"
    protect name Динара Динар --alias Laysan
    protect name Алия --word "our daughter"
    protect name Мохов
    protect name Гареев
    claims "$k07#6" casualties k07.dead firsthand "Seven men were killed when the column was hit"
    claims "$k14#9" killing k14.car firsthand "A car with a family was shot at, and he could have stopped it"
    [ -d "$story" ] || quiet as Olena story new column
    cp demo/story/story.md "$story/story.md"
    as Olena story sign column --why "Heard every tape; the quotes are fair to what was said."
fi
as Olena story build column
# Exit code 1 would say that something is to be decided; what is signed is.
quiet as Olena story check column --report "$(dirname "$archive")/report"
echo "the page: $page"
