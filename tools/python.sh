#!/usr/bin/env bash
# A small Python environment for the tests: other people's readers of subtitles and networks, to read back what
# earwitness writes. Argument: the folder of the environment.
set -euo pipefail

venv=$1
python=${PYTHON:-python3}
packages=(pysubs2==1.8.1 webvtt-py==0.6.0 networkx==3.4.2)
stamp="$venv/.packages"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "${packages[*]}" ]; then
    exit 0
fi
echo "python: installing ${packages[*]} into $venv (the tests read exports back with them)"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"
echo "${packages[*]}" >"$stamp"
