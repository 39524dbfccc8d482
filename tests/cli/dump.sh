#!/bin/sh
# SPDX-License-Identifier: MIT
#
# dump shows each record with its place, its bytes as xxd does, and apart from them what
# its frame has before and after; in color on a terminal, unless the user wants none.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'the length is in the first line where a framing declares it'
gives '\000\000\000\021hello, world\t\377~!?\000\000\000\000' \
    'record 1 at byte 0, length 17
header   00000000: 0000 0011                                ....
         00000004: 6865 6c6c 6f2c 2077 6f72 6c64 09ff 7e21  hello, world..~!
         00000014: 3f                                       ?
record 2 at byte 21, length 0
header   00000015: 0000 0000                                ....
' -f u32be -t dump
gives 'a\r\n\nb' \
    'record 1 at byte 0
         00000000: 61                                       a
trailer  00000001: 0d0a                                     ..
length   1
record 2 at byte 3
trailer  00000003: 0a                                       .
length   0
record 3 at byte 4
         00000004: 62                                       b
length   1
' -t dump
gives '0\r\n\r\n' '' -f chunked -t dump
gives '1;x\r\na\r\n0\r\n\r\n' \
    'record 1 at byte 0, length 1
header   00000000: 313b 780d 0a                             1;x..
         00000005: 61                                       a
trailer  00000006: 0d0a                                     ..
' -f chunked -t dump
gives 'a\n' \
    'record 1 at byte 0
         00000000: 610a                                     a.
length   2
' -f line,keep -t dump
# Only those that are selected; numbers go on from one input to the next.
printf '1:a,1:b,' >one
run -f netstring -t dump --select=2,4 one one
expect_status 0
expect out 'record 2 at byte 4, length 1
header   00000004: 313a                                     1:
         00000006: 62                                       b
trailer  00000007: 2c                                       ,
record 4 at byte 4, length 1
header   00000004: 313a                                     1:
         00000006: 62                                       b
trailer  00000007: 2c                                       ,
'
cp out selected
for to in --exec=cat --worker=cat '--exec=cat -k' '-o out-%d'; do
    # shellcheck disable=SC2086
    run -f netstring -t dump --select=2,4 $to one one
    expect_status 0
    [ ! -e out-2 ] || cat out-2 out-4 >out
    expect_same selected out
done

about 'a delimiter that may go on is awaited, so that all of it is seen'
converse -d '\r' -d '\r\n' -t dump
send 'a\r'
send '\n'
receive 'record 1 at byte 0
         00000000: 61                                       a
trailer  00000001: 0d0a                                     ..
length   1
'
ends 0 ''
# Whole rows of a record that goes on are not held.
converse -f u32be -t dump
send '\000\000\000\0210123456789abcdef'
receive 'record 1 at byte 0, length 17
header   00000000: 0000 0011                                ....
         00000004: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
'
send g
ends 0 '         00000014: 67                                       g\n'
# What is not there is not shown.
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 1 byte of its payload is missing, at byte 3' \
    '2:a' 'record 1 at byte 0, length 2\nheader   00000000: 323a                                     2:\n' \
    -f netstring -t dump

# Color, if it is asked for.
esc=$(printf '\033')
gives '1:a,' "$esc[1mrecord 1 at byte 0, length 1$esc[0m
$esc[36mheader   00000000: 313a                                     1:$esc[0m
         00000002: 61                                       a
$esc[36mtrailer  00000003: 2c                                       ,$esc[0m
" -f netstring -t dump,color
cp out colored
gives 'a\n' "$esc[1mrecord 1 at byte 0$esc[0m
         00000000: 61                                       a
$esc[36mtrailer  00000001: 0a                                       .$esc[0m
$esc[1mlength   1$esc[0m
" -t dump,color

need python3

# Random records, in and out of frames: the rows have all bytes of the input in order, at
# their places, and the text beside them.
cat >make.py <<'END'
import random
random.seed(12)
with open('netstrings', 'wb') as out:
    for size in [*range(70), 4093, 70000, 140000]:
        record = bytes(random.choices(b'abc~ \x00\x1f\x7f\x80\xff,:', k=size))
        out.write(b'%d:%s,' % (size, record))
END
cat >read.py <<'END'
import re, sys

head = re.compile(r'record (\d+) at byte (\d+)(, length \d+)?\n')
row = re.compile(r'(?:header |trailer|       )  ([0-9a-f]{8,}): (.{40}) (.{1,16})\n')
shown = ''.join(chr(c) if 32 <= c < 127 else '.' for c in range(256))

def check(data, lines):
    at = number = 0
    for line in lines:
        if match := row.fullmatch(line):
            part = bytes.fromhex(match[2])
            assert int(match[1], 16) == at, line
            assert match[3] == part.decode('latin-1').translate(shown), line
            assert data.startswith(part, at), line
            at += len(part)
        elif match := head.fullmatch(line):
            number += 1
            assert (int(match[1]), int(match[2])) == (number, at), line
        else:
            assert re.fullmatch(r'length   \d+\n', line), line
    assert at == len(data), (at, len(data))

for name in sys.argv[1:]:
    with open('in.' + name, 'rb') as data, open('out.' + name, encoding='ascii') as lines:
        try:
            # The last chunk is part of no record.
            check(data.read().removesuffix(b'0\r\n\r\n'), lines)
        except AssertionError as e:
            sys.exit(f'{name}: {e}')
END
python3 make.py
set --
for framing in u32be netstring crlf nul chunked varint u16be,align=4,max=65535 tfrecord content-length; do
    case $framing in
    u16be*) "$CBSPLIT" -f netstring -n 70 netstrings -t "$framing" >in ;;
    chunked) "$CBSPLIT" -f netstring --skip=1 netstrings -t chunked >in ;; # no empty ones
    u32be | crlf) "$CBSPLIT" -f netstring netstrings -t "$framing" >in ;;
    *) "$CBSPLIT" -f netstring -n 72 netstrings -t "$framing" >in ;; # without the longest
    esac
    run -f "$framing" -t dump
    expect_status 0
    # However it comes in.
    perl -e '$| = 1; local $/; $_ = <STDIN>; print $1 while /\G(.{1,4099})/gs' <in |
        "$CBSPLIT" -f "$framing" -t dump >again
    expect_same out again
    mv in "in.$framing"
    mv out "out.$framing"
    set -- "$@" "$framing"
done
python3 read.py "$@" 2>err || fail "not the rows of its input: $(cat err)"

about 'a header of more rows than are written at a time'
for i in 1 2; do
    printf 'HTTP/1.1 200 OK\r\nX: %05000d\r\nContent-Length: 1\r\n\r\n%d' $i $i
done >in
run -f http -t dump
expect_status 0
mv in in.http
cp out out.http
python3 read.py http 2>err || fail "not the rows of its input: $(cat err)"
[ "$(grep -c '^header ' out)" -eq 2 ] || fail 'http: not one header for each record'

about 'on a terminal, which writes CR before LF'
cat >terminal.py <<'END'
import os, pty, sys

def read(fd):
    data = os.read(fd, 4096)
    seen.append(data)
    return data

seen = []
sys.stdout = open(os.devnull, 'w')
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
status = pty.spawn(sys.argv[2:], read, lambda fd: b'')
open(sys.argv[1], 'wb').write(b''.join(seen).replace(b'\r\n', b'\n'))
sys.exit(os.waitstatus_to_exitcode(status))
END
printf '1:a,' >in
unset NO_COLOR
# shows FILE VARIABLE... - that is what it shows on a terminal with these variables
shows() {
    wanted=$1
    shift
    doing="$* dump on a terminal"
    env "$@" python3 terminal.py out "$CBSPLIT" -f netstring -t dump in
    expect_same "$wanted" out
}
run -f netstring -t dump
cp out black
! cmp -s colored black || fail 'a file in color'
shows colored TERM=xterm
shows colored TERM=xterm NO_COLOR=
shows black TERM=xterm NO_COLOR=1
shows black TERM=dumb
shows black TERM=
