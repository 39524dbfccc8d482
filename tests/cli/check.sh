#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --check decodes everything and writes one line: what was well formed, and
# whether that was all.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'well formed'

gives '' 'ok: records 0, bytes 0, inputs 1\n' --check
gives 'a\nb\r\nc' 'ok: records 3, bytes 6, inputs 1\n' --check
gives '1:a,0:,' 'ok: records 2, bytes 7, inputs 1\n' --check -f netstring
gives 'abcde' 'ok: records 3, bytes 5, inputs 1\n' --check -f fixed:2
# The trailer belongs to it, what follows does not.
gives '1\r\na\r\n0\r\nT: v\r\n\r\nmore' 'ok: records 1, bytes 17, inputs 1\n' --check -f chunked
# Only what is asked for.
gives '1:a,x' 'ok: records 1, bytes 4, inputs 1\n' --check -f netstring -n1
gives '1:a,1:b,1:c,1:d,x' 'ok: records 2, bytes 12, inputs 1\n' --check -f netstring --select=1,3
gives '1:a,1:b,x' 'ok: records 1, bytes 8, inputs 1\n' --check -f netstring --skip=1 -n1

printf '1:a,' >a
printf '2:bb,3:ccc,' >bc
run --check -f netstring a
expect_status 0
expect err ''
expect out 'ok: records 1, bytes 4, inputs 1\n'
# Of several, each has a line.
printf '1:d,' >in
run --check -f netstring a - bc a
expect_status 0
expect err ''
expect out 'a: ok: records 1, bytes 4
stdin: ok: records 1, bytes 4
bc: ok: records 2, bytes 11
a: ok: records 1, bytes 4
ok: records 5, bytes 23, inputs 4
'
# Only those that are read.
run --check -f netstring -n2 a bc a
expect_status 0
expect out 'a: ok: records 1, bytes 4\nbc: ok: records 1, bytes 5\nok: records 2, bytes 9, inputs 2\n'

about 'a payload that is discarded without a look at it'
{
    printf '300000:'
    head -c 300000 /dev/zero
    printf ,
} >in
run --check -f netstring
expect_status 0
expect out 'ok: records 1, bytes 300008, inputs 1\n'
cat in | "$CBSPLIT" --check -f netstring >out
expect out 'ok: records 1, bytes 300008, inputs 1\n'

about 'what is not'

refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 1 byte of its payload is missing, at byte 7' \
    '1:a,2:b' 'bad: records 1, inputs 0\n' --check -f netstring
refuses 3 'stdin: record 3 at byte 8: length is not a number: 78' \
    '1:a,1:b,x' 'bad: records 2, inputs 0\n' --check -f netstring
refuses 4 'stdin: record 2 at byte 6: input ends before its end marker' \
    '1\r\na\r\n' 'bad: records 1, inputs 0\n' --check -f chunked
refuses 5 'stdin: record 2 at byte 2: record is longer than 3 bytes' \
    'a\nbcde\nf\n' 'bad: records 1, inputs 0\n' --check --max-record=3

about 'its trailer is looked at also where the payload is not'
{
    printf '300000:'
    head -c 300001 /dev/zero
} >in
run --check -f netstring
expect_status 3
expect out 'bad: records 0, inputs 0\n'

about 'the next ones are checked, too; the exit status is that of the first fault'
printf x >bad
printf '1:a,9:b' >cut
run --check -f netstring a bad bc no-such-file cut
expect_status 3
expect out 'a: ok: records 1, bytes 4
bad: bad: records 0
bc: ok: records 2, bytes 11
no-such-file: bad: records 0
cut: bad: records 1
bad: records 4, inputs 2
'
printf '%s\n' 'cbsplit: bad: record 1 at byte 0: length is not a number: 78' \
    'cbsplit: no-such-file: No such file or directory' \
    "cbsplit: cut: record 2 at byte 4: input ends inside a record: 8 bytes of its payload are missing, at byte 7" >expected
expect_same expected err
run --check -f netstring cut a bad
expect_status 4
run --check -f netstring no-such-file bad
expect_status 1
# Each has its line when it ends, before the messages about the next.
run --check -f netstring bad a cut
"$CBSPLIT" --check -f netstring bad a cut >both 2>&1 || :
printf '%s\n' 'cbsplit: bad: record 1 at byte 0: length is not a number: 78' 'bad: bad: records 0' \
    'a: ok: records 1, bytes 4' \
    'cbsplit: cut: record 2 at byte 4: input ends inside a record: 8 bytes of its payload are missing, at byte 7' \
    'cut: bad: records 1' 'bad: records 2, inputs 1' >expected
expect_same expected both
# Nothing else reads on after an error in an input.
run -f netstring bad a
expect_status 3
expect out ''

about 'the line'

# It is all that is written, and a failure to write it is one.
[ ! -e /dev/full ] || {
    doing='cbsplit --check >/dev/full'
    status=0
    printf 'a\n' | "$CBSPLIT" --check >/dev/full 2>err || status=$?
    expect_status 1
    expect_message 'stdout: No space left on device'
    status=0
    "$CBSPLIT" --check -f netstring a bc >/dev/full 2>err || status=$?
    expect_status 1
    expect_message 'stdout: No space left on device'
}
