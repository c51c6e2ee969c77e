#!/usr/bin/env bash
# Builds the workbench's pages into web/dist, which the program carries within itself. Does nothing where they are newer
# than their sources.
set -euo pipefail
cd "$(dirname "$0")/../web"

stamp=node_modules/.earwitness-installed
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
    echo "web: installing the packages of package-lock.json"
    npm ci --no-audit --no-fund --loglevel=error
    touch "$stamp"
fi
# The program's build leaves a placeholder where pages are missing; it has no assets.
if [ ! -d dist/assets ] || [ -n "$(find src public index.html package-lock.json vite.config.ts -newer dist/index.html -print -quit)" ]; then
    echo "web: building the pages"
    npm run --silent build
    touch dist/index.html
fi
