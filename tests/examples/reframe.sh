#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/reframe.c: any framing in, any framing out; all that is right comes out
# before what is wrong is reported.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"

makes 'hello\nworld\n' '5:hello,5:world,' reframe line netstring
makes '5:hello,0:,2:a\n,' '\000\005hello\000\000\000\002a\n' reframe netstring u16be
makes '\000\003abc' '3\r\nabc\r\n0\r\n\r\n' reframe u16be chunked
makes '3\r\nabc\r\n0\r\n\r\n' 'abc' reframe chunked raw
makes '' '' reframe line netstring
makes '' '0\r\n\r\n' reframe line chunked

about 'records that need many calls, in parts and whole'
awk 'BEGIN { for (i = 0; i < 100000; i++) print i }' >in
cp in lines
try reframe line u32be
expect_status 0
cp out in
try reframe u32be line
expect_status 0
expect_same lines out
{ printf '3000000:' && head -c 3000000 /dev/zero && printf ','; } >in
{ head -c 3000000 /dev/zero && printf '\n'; } >long
try reframe netstring line
expect_status 0
expect_same long out
cp in netstring
cp long in
try reframe line netstring
expect_status 0
expect_same netstring out

about 'of a record that is cut short its beginning may be out before that is known'
fails 1 'reframe: record 2 at byte 13: input ends inside a record' \
    '5:hello,5:wor' 'hello\nwor' reframe netstring line
fails 1 'reframe: record 2 at byte 9: ' '1:a,3:abcx' 'a\nabc' reframe netstring line
fails 1 'reframe: record 2 at byte 2: ' "a\\n$(printf '%070000d' 0)\\nb" '\000\001a' \
    reframe line u16be
fails 2 'reframe: nonesuch: ' '' '' reframe nonesuch line
fails 2 'usage: reframe FROM TO' '' '' reframe line

echo hello >in
cannot_write reframe line netstring
cannot_read reframe line netstring
