#!/bin/sh
# SPDX-License-Identifier: MIT
# --on-collision=fail: a record with the output's own delimiter in it ends the
# run with status 6 and is named with the byte; those before it are written.
. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/cli.sh"

collides() {
    place=$1
    shift
    refuses 6 "stdin: $place: the record contains the output's delimiter" "$@" --on-collision=fail
}

collides 'record 2 at byte 3' 'a\000b\nc\000d\000' 'a\n' -f nul
collides 'record 2 at byte 3' 'a\000b\nc\000d\000' 'a\n' -f nul -t lf
collides 'record 1 at byte 3' '4:a\000bc,' '' -f netstring -0
collides 'record 1 at byte 4' '5:ab;;c,' '' -f netstring -t 'delim:;;'
refuses 6 'stdin: record 3 at byte 7: the record ends in CR, which would be a part of the line end' \
    'a\000b\rc\000d\r\000' 'a\nb\rc\n' -f nul --on-collision=fail

# By default it passes, and so does what is none.
gives 'a\000b\nc\000' 'a\nb\nc\n' -f nul
gives 'a\000b\nc\000' 'a\nb\nc\n' -f nul --on-collision=pass
gives 'a\nb\r\n' 'a;b\r;' -f lf -t 'delim:;' --on-collision=fail
gives 'a\nb\n' '1:a,1:b,' -t netstring --on-collision=fail

# In a record that comes in pieces: the delimiter lies over two reads.
converse -f nul -t 'delim:ab' --on-collision=fail
send 'x\000ya'
receive 'xabya'
send 'bz\000'
ends 6 ''
expect_message "stdin: record 2 at byte 3: the record contains the output's delimiter"
