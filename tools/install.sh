#!/usr/bin/env bash
# Put the program, the libraries it loads, its manual pages and the completions for shells under a prefix. Argument: the prefix.
# The program finds its libraries relative to itself, so the folder may be moved as a whole.
set -euo pipefail

prefix=$1
earwitness=${EARWITNESS:-target/release/earwitness}

install -d "$prefix/bin" "$prefix/lib/earwitness"
install -m 755 "$earwitness" "$prefix/bin/earwitness"
install -m 755 native/lib/*.so* "$prefix/lib/earwitness/"
# Laid out as in the repository, so that the links between the pages hold.
documents="$prefix/share/doc/earwitness"
install -d "$documents/docs" "$documents/tools"
install -m 644 LICENSE-MIT LICENSE-APACHE NOTICE README.md SECURITY.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md "$documents/"
install -m 644 docs/*.* "$documents/docs/"
install -m 755 tools/check_ledger.py "$documents/tools/"

# What was installed writes the rest itself: that it runs from its new place is tested on the way.
installed="$prefix/bin/earwitness"
"$installed" --quiet man "$prefix/share/man/man1"
completions() {
    install -d "$prefix/share/$2"
    "$installed" completions "$1" >"$prefix/share/$2/$3"
    chmod 644 "$prefix/share/$2/$3"
}
completions bash bash-completion/completions earwitness
completions zsh zsh/site-functions _earwitness
completions fish fish/vendor_completions.d earwitness.fish

echo "installed: $installed, manual pages (man earwitness), completions for bash, zsh, fish"
echo "next:      earwitness models fetch base    (weights, once; the only step that uses a network)"
echo "           earwitness doctor               (what is there, what is missing)"
