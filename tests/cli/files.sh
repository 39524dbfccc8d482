#!/bin/sh
# SPDX-License-Identifier: MIT
#
# FILEs are read one after another, a record never lies in two of them, and
# standard input is left where the last record that was wanted ends.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

printf 'a\nb\n' >ab
printf 'c\nd' >cd
printf 'e\n' >e
: >empty
printf 'stdin\n' >in

# several OUTPUT ARG...
several() {
    wanted=$1
    shift
    run "$@"
    expect_status 0
    expect_message ''
    expect out "$wanted"
}

several 'a\nb\nc\nd\ne\n' ab cd e
several 'stdin\n'
several 'stdin\n' -
several 'a\nb\nstdin\ne\n' ab - e
several 'a\nb\n' empty ab empty
several '' empty
several 'a\nb\na\nb\n' ab ab
several 'stdin\n' - -
several '2 ab\n2 cd\n1 e\n5 total\n' -c ab cd e
# Records are numbered over all of them.
several 'c\nd\n' --skip=2 --head=2 ab cd e
several 'b\nc\n' --skip=1 -n 2 ab cd e
# What is not reached is not opened.
several 'a\nb\n' -n 2 ab no-such-file
several '' -n 0 no-such-file
# A file whose name begins with a minus.
cp e ./-e
several 'e\n' ./-e
several 'e\n' -- -e

about 'whatever can be opened is a file'
[ ! -e /dev/stdin ] || several 'stdin\ne\n' /dev/stdin e
several '' /dev/null
mkfifo fifo
cat ab cd >fifo &
several 'a\nb\nc\nd\ne\n' fifo e

# Of "c, d" the second has no delimiter; the next file's first is its own.
several '1:a,1:b,1:c,1:d,1:e,' -t netstring ab cd e
# Each is a body of its own, and they come out as one.
printf '1\r\nx\r\n0\r\n\r\n' >x
printf '1\r\ny\r\n0\r\nT: v\r\n\r\nmore' >y
several 'xy' -f chunked x y
several '1\r\nx\r\n1\r\ny\r\n0\r\n\r\n' -f chunked -t chunked x y

about 'a record that is cut by the end of a file is not continued by the next one'
printf '\003ab' >half
printf 'c' >rest
run -f u8 half rest
expect_status 4
expect_message 'half: record 1 at byte 0: input ends inside a record: 1 byte of its payload is missing, at byte 3'
printf 'x\r' >half
printf '\ny\n' >rest
several '2:x\r,0:,1:y,' -t netstring half rest
printf 'x-' >half
printf -- '-y' >rest
several '2:x-,2:-y,' -t netstring -d -- half rest

about 'files that cannot be read'

run ab no-such-file e
expect_status 1
expect_message 'no-such-file: No such file or directory'
expect out 'a\nb\ne\n'

run no-such-file ./nor/this ab
expect_status 1
printf 'cbsplit: %s: No such file or directory\n' no-such-file ./nor/this >message
expect_same message err
expect out 'a\nb\n'

# What has no end is not taken for the whole.
run -t chunked no-such-file e
expect_status 1
expect out '1\r\ne\r\n'
run -t chunked e no-such-file
expect_status 1
expect out '1\r\ne\r\n'
run -n 1 -t chunked no-such-file e
expect_status 1
expect out '1\r\ne\r\n'
run -t chunked --worker cat no-such-file e
expect_status 1
expect out '1\r\ne\r\n'

run -c no-such-file ab
expect_status 1
expect out '2 ab\n2 total\n'

mkdir folder
run folder ab
expect_status 1
expect_message 'folder: Is a directory'
expect out 'a\nb\n'
run -c folder ab
expect_status 1
expect out '2 ab\n2 total\n'
run --check ab folder
expect_status 1
expect out 'ab: ok: records 2, bytes 4\nfolder: bad: records 0\nbad: records 2, inputs 1\n'
run -t chunked folder e
expect_status 1
expect out '1\r\ne\r\n'
doing='standard input that is a directory'
status=0
"$CBSPLIT" - ab <folder >out 2>err || status=$?
expect_status 1
expect_message 'stdin: Is a directory'
expect out 'a\nb\n'

if [ "$(id -u)" -ne 0 ]; then
    chmod 0 e
    run e ab
    expect_status 1
    expect_message 'e: Permission denied'
    expect out 'a\nb\n'
fi

run ab/e
expect_status 1
expect_message 'ab/e: Not a directory'

run ''
expect_status 1
expect_message "'': No such file or directory"

about 'standard input is closed'

doing='cbsplit <&-'
status=0
"$CBSPLIT" >out 2>err <&- || status=$?
expect_status 1
expect_message 'stdin: record 1 at byte 0: Bad file descriptor'
expect out ''

# It is still closed when there are files, whatever number they are opened by.
doing='cbsplit ab - <&-'
status=0
"$CBSPLIT" ab - >out 2>err <&- || status=$?
expect_status 1
expect_message 'stdin: record 1 at byte 0: Bad file descriptor'
expect out 'a\nb\n'

doing='cbsplit ab cd <&-'
status=0
"$CBSPLIT" ab cd >out 2>err <&- || status=$?
expect_status 0
expect_message ''
expect out 'a\nb\nc\nd\n'

about 'where standard input is left afterwards'

# leaves REST INPUT ARG... - what cbsplit ARG... did not want is there for the
# next command
leaves() {
    rest=$1
    printf -- "$2" >in
    shift 2
    doing="cbsplit $*, and what follows"
    { "$CBSPLIT" "$@" >out 2>err && cat >rest; } <in
    expect rest "$rest"
}
leaves 'b\nc\n' 'a\nb\nc\n' -n1
leaves 'c\n' 'a\r\nb\r\nc\n' -n2
leaves 'c\n' 'a\nb\nc\n' --skip=1 -n1
leaves 'a\nb\n' 'a\nb\n' -n0
leaves '' 'a\nb\n'
leaves '' 'a\nb\n' -n2
leaves '' 'a\nb\n' -n9
leaves '-b' 'a;;-b' -n1 -d ';;'
leaves ';b' 'a;;b' -n1 -d ';'
leaves '2:bb,' '1:a,2:bb,' -f netstring -n1
leaves '\r\n\002b' '\001a\r\n\r\n\002b' -f 'u8,trailer=\r\n' -n1
leaves 'HTTP/1.1 ' '1\r\nx\r\n0\r\n\r\nHTTP/1.1 ' -f chunked
leaves '\n' '1\r\nx\r\n0\r\nT: v\r\n\r\n\n' -f chunked
leaves '1\r\ny\r\n0\r\n\r\n' '1\r\nx\r\n1\r\ny\r\n0\r\n\r\n' -f chunked -n1
leaves 'bc\nd\n' 'abc\nd\n' -f fixed:1 -n1
leaves 'c\n' 'a\nb\nc\n' -n2 -c
leaves 'c\n' 'a\nb\nc\n' -n2 -t none

about 'from where it stood, not from the beginning'
printf '1\n2\n3\n4\n5\n' >in
{
    for i in 1 2 3; do
        "$CBSPLIT" -n1
    done
    cat
} <in >out
expect out '1\n2\n3\n4\n5\n'

about 'beyond what is read at once, and after payload that is never looked at'
{
    printf '300000:'
    head -c 300000 /dev/zero
    printf ',300001:'
    head -c 300001 /dev/zero
    printf ',3:end,'
} >in
{
    "$CBSPLIT" -f netstring -c -n1
    "$CBSPLIT" -f netstring -t raw -n1 | wc -c
    cat
} <in | tr -d ' ' >out
expect out '1\n300001\n3:end,'
