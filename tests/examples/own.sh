#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/own.c: a framing of one's own, in and out, as any other.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"

[ "$(wc -l <"$TOP_SRCDIR/examples/own.c")" -le 100 ] || fail 'own.c is longer than 100 lines'

# A frame from Digi's manuals: 08 + 52 + 4e + 4a = f2, and ff - f2 = 0d.
makes '\176\000\004\010\122\116\112\015' '08524e4a\n' own xbee hex
makes '\176\000\004\010\122\116\112\015\176\000\000\377' '4:\010RNJ,0:,' own xbee netstring
makes '4:\010RNJ,0:,' '\176\000\004\010\122\116\112\015\176\000\000\377' own netstring xbee
makes '' '' own xbee xbee

about 'long ones, in many parts'
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "%0*d\n", i * 7 % 20000, i }' >in
cp in lines
try own line xbee
expect_status 0
cp out in
try own xbee xbee
expect_status 0
expect_same in out
try own xbee line
expect_status 0
expect_same lines out

about 'what stands before the fault is out: long payload is not held'
fails 1 'own: checksum is wrong: 0e' '\176\000\004\010\122\116\112\016' '08524e4a' own xbee hex
fails 1 'own: frame does not begin with 7e: 2e' '\176\000\000\377..' '\n' own xbee hex
fails 1 'own: input ends inside a record' '\176\000\004\010' '08' own xbee hex
fails 1 'own: ' "$(printf '%065536d' 0)" '' own line xbee
