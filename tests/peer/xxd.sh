#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The rows of dump are those of xxd, beside what they belong to.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need xxd awk

awk 'BEGIN { srand(6); for (i = 0; i < 50000; i++) printf "%c", int(rand() * 256) }' >in
size=$(($(wc -c <in)))
for n in 1 15 16 17 "$size"; do
    first "$n" in >record
    doing="dump of $n bytes"
    "$CBSPLIT" -f "fixed:$n" -t dump record >out
    xxd record >wanted
    sed -n 's/^         //p' out >rows
    expect_same wanted rows
done
"$CBSPLIT" -f "fixed:$size" -t content-length in >frame
run -f content-length -t dump frame
expect_status 0
header=$(($(wc -c <frame) - size))
xxd -l "$header" frame >wanted
xxd -s "$header" frame >>wanted
sed '1d; s/^.........//' out >rows
expect_same wanted rows
