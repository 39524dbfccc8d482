#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: each promise of doc/trust.md names tests, and they exist.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
cd "$TOP_SRCDIR"

# check FILE LEAST - the rows of its tables "| ... | held by |", so many at least
check() {
    awk -F'|' '
    !/^\|/ { held = head = 0; next }
    !head { head = 1; held = $3 == " held by "; next }
    held && $2 !~ /^ --- $/ {
        rows++
        if (!match($3, /`tests\//)) { print "no test: " $2; wrong = 1 }
        n = split($3, parts, "`")
        for (i = 2; i <= n; i += 2)
            if (parts[i] ~ /^tests\// && parts[i] !~ /[*]/ && (getline line < parts[i]) < 0) {
                print "there is no " parts[i]
                wrong = 1
            }
    }
    END { if (rows < least) { print rows + 0 " promises"; wrong = 1 } exit wrong }' least="$2" "$1"
}

check doc/trust.md 40 || fail 'above: doc/trust.md'

about 'faults are found'
for row in '| a promise | nothing |' '| a promise | `tests/cli/none.sh` |'; do
    printf '%s\n' '| promise | held by |' '| --- | --- |' "$row" >"$scratch/page"
    ! check "$scratch/page" 1 >/dev/null || fail "not found: $row"
done
