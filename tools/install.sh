#!/usr/bin/env bash
# Put the program and the libraries it loads under a prefix. Argument: the prefix.
# The program finds its libraries relative to itself, so the folder may be moved as a whole.
set -euo pipefail

prefix=$1
earwitness=${EARWITNESS:-target/release/earwitness}

install -d "$prefix/bin" "$prefix/lib/earwitness"
install -m 755 "$earwitness" "$prefix/bin/earwitness"
install -m 755 native/lib/*.so* "$prefix/lib/earwitness/"
install -d "$prefix/share/doc/earwitness"
install -m 644 LICENSE-MIT LICENSE-APACHE NOTICE SECURITY.md "$prefix/share/doc/earwitness/"
echo "installed: $prefix/bin/earwitness"
echo "next:      earwitness models fetch base    (weights, once; the only step that uses a network)"
echo "           earwitness doctor               (what is there, what is missing)"
