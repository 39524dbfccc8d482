#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: no word that codespell knows to be wrong, in the pages and in the
# sources of the library and the program.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
export LC_ALL=C.UTF-8
command -v codespell >/dev/null || skip 'there is no codespell'

# What looks like a word: \(bu and parts of strings that are cut; TE and doas are names.
spell() {
    codespell --ignore-words-list=alse,bu,seve,te,doas --skip='man3,*.o,*.lo,*.la,*.a,.libs,.deps' "$@"
}

echo 'It is seperate.' >"$scratch/wrong.md"
if spell "$scratch/wrong.md" >/dev/null; then
    die 'a wrong word was not found'
fi
cd "$TOP_SRCDIR"
spell lib cli man doc ./*.md bootstrap
