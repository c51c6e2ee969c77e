#!/usr/bin/env bash
# See that the machine has the programs that the build and the tests need. What is missing is
# installed through apt where root (or sudo without a password) allows; otherwise the exact
# command is printed and nothing is changed. `system.sh browser` sees to a browser, too.
set -euo pipefail

RUST_WANTED=1.95.0
NODE_WANTED=20.19.0

missing=()
need() { # program, Debian package, why
    command -v "$1" >/dev/null 2>&1 && return
    echo "system: $1 is missing ($3): Debian package $2"
    missing+=("$2")
}

if ! command -v cargo >/dev/null 2>&1; then
    echo "system: Rust is missing. Install Rust $RUST_WANTED or newer with rustup (Debian 12's own is too old), then run this again." >&2
    exit 1
fi
rust=$(rustc --version | awk '{ print $2 }')
if [ "$(printf '%s\n' "$RUST_WANTED" "$rust" | sort -V | head -n 1)" != "$RUST_WANTED" ]; then
    echo "system: Rust $rust is too old; $RUST_WANTED or newer is needed: rustup update stable" >&2
    exit 1
fi

node=$(node --version 2>/dev/null | tr -d v || true)
if ! command -v npm >/dev/null 2>&1 || [ "$(printf '%s\n' "$NODE_WANTED" "${node:-0}" | sort -V | head -n 1)" != "$NODE_WANTED" ]; then
    echo "system: Node ${node:-} will not do; Node $NODE_WANTED or newer with npm is needed to build the workbench's pages" >&2
    echo "        (Debian 12's own is too old: take Node's own packages, or a version manager), then run this again." >&2
    exit 1
fi

need g++ g++ "builds the C++ half of the recognition engine's binding and SQLite"
need cmake cmake "builds the Opus decoder"
need make make "runs these recipes"
need ffmpeg ffmpeg "decodes the rarer telephone codecs"
need python3 python3 "fetches the native libraries"
if [ "${1:-}" = browser ]; then
    need chromium chromium "runs the tests of the workbench and of stories"
fi
if command -v python3 >/dev/null 2>&1; then
    python3 -m pip --version >/dev/null 2>&1 || {
        echo "system: pip is missing (downloads the native libraries): Debian package python3-pip"
        missing+=(python3-pip)
    }
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || {
        echo "system: Python's venv is missing (keeps the tests' Python packages apart): Debian package python3-venv"
        missing+=(python3-venv)
    }
else
    missing+=(python3-pip python3-venv)
fi

[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        as_root=(refused)
    fi
fi
if [ "${as_root[*]:-}" = refused ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "system: this needs an administrator. Please run, then try again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

echo "system: installing ${missing[*]} through apt"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "system: installed"
