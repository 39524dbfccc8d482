#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Usage: syscalls.sh
# The system calls of cbsplit and of cat on the same input, as strace counts
# them.  Needs what "make bench" has built, and strace.

set -eu
export LC_ALL=C
: "${TOP_BUILDDIR:=$PWD}"
: "${CBSPLIT:=$TOP_BUILDDIR/cbsplit}" "${BENCH_SIZE:=67108864}"
bench=$TOP_BUILDDIR/bench
command -v strace >/dev/null || {
    echo 'strace is not installed' >&2
    exit 1
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# count TITLE COMMAND - a run in the middle of pipes, after one to warm up
count() {
    echo "--- $1"
    "$bench/measure" -n 1 -f "$scratch/input" "it=strace -c -o $scratch/counts $2" >/dev/null
    awk 'NF >= 5 && $4 ~ /^[0-9]+$/ { print $4, $NF }' "$scratch/counts" | sort -rn | head -n 8
}

for work in lines-80:crlf:80 u32be-64K:u32be:65536; do
    framing=${work#*:}
    "$bench/generate" "${framing#*:}" "$BENCH_SIZE" "${framing%:*}" >"$scratch/input"
    count "cbsplit, ${work%%:*}" "$CBSPLIT --from ${framing%:*} --to line"
    count "cat, ${work%%:*}" cat
done
