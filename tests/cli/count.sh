#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --count prints the number of records and nothing else; of several files, a line for
# each and a total, as wc does.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

seq 5 >five
seq 1000 >thousand
: >none
gives 'a\nb\n' '2\n' -c
run -c five
expect out '5\n'
expect_status 0

# as_wc FILE... - with these, wc -l prints the same
as_wc() {
    status=0
    seq 7 | wc -l "$@" >expected 2>/dev/null || :
    seq 7 | "$CBSPLIT" -c "$@" >out 2>err || status=$?
    doing="cbsplit -c $*"
    expect_same expected out
}

# GNU's, if it is here: others have columns of their own.
if wc --version 2>/dev/null | grep -q GNU; then
    as_wc five thousand
    as_wc none none
    as_wc five - thousand
    as_wc five five five five five five five
    as_wc five no-such-file thousand
    expect_status 1
    expect_message 'no-such-file: No such file or directory'
    name=$(printf 'no\nname')
    cp five "$name"
    as_wc "$name" five
fi

about 'the framing and the selection are those of all files'
printf '1:a,1:b,' >two
printf '1:c,' >one
run -c -f netstring two one
expect out ' 2 two\n 1 one\n 3 total\n'
run -c -f netstring --skip=1 two one
expect out ' 1 two\n 1 one\n 2 total\n'
# Files after the last record that was asked for are not read.
run -c -f netstring -n1 two one
expect out ' 1 two\n 1 total\n'
run -c -f netstring --stats two one
head -n 1 err | grep -q 'records  *3$' || fail "$doing: $(cat err)"
expect out ' 2 two\n 1 one\n 3 total\n'

about 'up to an error'
printf '1:a,x' >bad
run -c -f netstring two bad one
expect_status 3
expect_message 'bad: record 2 at byte 4: length is not a number: 78'
expect out ' 2 two\n 1 bad\n 3 total\n'
[ ! -e /dev/full ] || {
    status=0
    "$CBSPLIT" -c five thousand >/dev/full 2>err || status=$?
    expect_status 1
    expect_message 'stdout: No space left on device'
}
