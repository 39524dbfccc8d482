#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A finished record is out before cbsplit waits for more input: the sender
# sends what follows only when it has seen the record.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# pauses FIRST SECOND HALF REST ARG... - three records, FIRST, SECOND and one
# that is sent in two parts.  They are a, bb and ccc, to come out as netstrings.
pauses() {
    first=$1
    second=$2
    half=$3
    rest=$4
    shift 4

    converse "$@" --to=netstring
    send "$first"
    receive '1:a,'
    send "$second"
    receive '2:bb,'
    send "$half"
    send "$rest"
    receive '3:ccc,'
    ends 0 ''

    # The second is half sent.
    converse "$@" --to=netstring
    send "$first$half"
    receive '1:a,'
    send "$rest"
    receive '3:ccc,'
    ends 0 ''

    # As lines, which need not be known whole.
    converse "$@" --to=line
    send "$first"
    receive 'a\n'
    send "$second$half"
    receive 'bb\n'
    send "$rest"
    receive 'ccc\n'
    ends 0 ''

    # With all records that were asked for, it does not wait for more.
    converse "$@" --to=netstring --head=2
    send "$first$second"
    receive '1:a,2:bb,'
    finishes 0
}

pauses 'a\n' 'bb\r\n' 'cc' 'c\n' --from=line
pauses 'a\n' 'bb\n' 'ccc\r' '\n' --from=line
pauses 'a\r\n' 'bb\r\n' 'cc' 'c\r\n' --delim='\r\n'
pauses 'a\r\n' 'bb\r\n' 'ccc\r' '\n' --delim='\r\n'
pauses 'a\000' 'bb\000' 'c' 'cc\000' --from=nul
pauses 'a;' 'bb--' 'ccc-' '-' -d ';' -d '--'
pauses '<a>>' ' <bb>>' '<ccc>' '>' --from='between:<,end=>>'
pauses '\013a\034\r' '\r\n\013bb\034\r' '\013ccc\034' '\r' --from=mllp
pauses '~a~' 'bb~~' '~c' 'cc~' --from=hdlc
pauses '\001a' '\002bb' '\003cc' 'c' --from=u8
pauses '\000\000\000\001a' '\000\000\000\002bb' '\000\000\000\003cc' 'c' --from=u32be
pauses '\000\000\000\001a' '\000\000\000\002bb' '\000\000' '\000\003ccc' --from=u32be
pauses '\000\000\000\001a' '\000\000\000\002bb' '\000\000\000\003' 'ccc' --from=u32be
pauses '\001\000a\r\n' '\002\000bb\r\n' '\003\000ccc\r' '\n' --from='u16le,trailer=\r\n'
pauses '\001a' '\002bb' '\203' '\000ccc' --from=varint
pauses '1:a,' '2:bb,' '3:cc' 'c,' --from=netstring
pauses '1:a,' '2:bb,' '3' ':ccc,' --from=netstring
pauses '1:a,' '2:bb,' '3:ccc' ',' --from=netstring
pauses '1\r\na\r\n' '2\r\nbb\r\n' '3\r' '\nccc\r\n' --from='dec:\r\n,trailer=\r\n'
pauses '1\na' '2\nbb' '3\nccc' '' --from=hex
pauses '\001\001a?' '\002\000bb' '\003\002ccc' '??' --from=u8,header=2,padding=1
pauses '0005a' '0006bb' '0007c' 'cc' --from=pkt-line
pauses '0005a' '0006bb' '000' '7ccc' --from=pkt-line
pauses '1\r\na\r\n' '2\r\nbb\r\n' '3\r\ncc' 'c\r\n0\r\n\r\n' --from=chunked
pauses '1\r\na\r\n' '2\r\nbb\r\n' '3\r\nccc\r' '\n0\r\n\r\n' --from=chunked
pauses '1\r\na\r\n' '2;x=y\r\nbb\r\n' '3;' 'x=y\r\nccc\r\n0\r\n\r\n' --from=chunked
pauses 'Content-Length: 1\r\n\r\na' 'Content-Length: 2\r\n\r\nbb' 'Content-Length: 3\r\n\r\ncc' 'c' \
    --from=content-length
pauses '\r\nSIP/2.0 200 OK\r\nl: 1\r\n\r\na\r\n' 'B SIP/2.0\r\nl: 2\r\n\r\nbb' 'C SIP/2.0\r\nl: 3\r\n\r' '\nccc' \
    --from=sip
pauses 'WARC/1.0\r\nContent-Length: 1\r\n\r\na\r\n\r\n' 'WARC/1.0\r\nContent-Length: 2\r\n\r\nbb\r\n\r\n' \
    'WARC/1.0\r\nContent-Length: 3\r\n\r\nccc' '\r\n\r\n' --from=warc
chunks='HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
pauses 'POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\na' \
    "${chunks}1\r\nb\r\n1\r\nb\r\n0\r\n\r\n" "${chunks}2\r\ncc\r\n" '1\r\nc\r\n0\r\nA: b\r\n\r\n' \
    --from=http

about 'of several delimiters a longer one may come'

# Which one it is makes no difference to the record.
converse -d '\r' -d '\n' -d '\r\n' --to=netstring
send '10%%\r'
receive '3:10%%,'
send '\nb\r'
receive '1:b,'
send '\r'
receive '0:,'
send 'c\n'
receive '1:c,'
send '\n'
receive '0:,'
ends 0 ''

about 'what turns out to be none of the longer one belongs to the next record'
converse -d abc -d abcde --to=netstring
send '1abc'
receive '1:1,'
send 'd'
send 'x2abcde'
receive '3:dx2,'
send '3abcd'
receive '1:3,'
send 'e4abc'
receive '1:4,'
send 'd'
ends 0 '1:d,'

about 'one that begins earlier may still come: "abcd" at the "a", not "bc"'
converse -d bc -d abcd --to=netstring
send '1abc'
send 'd2bc'
receive '1:1,1:2,'
send '3abc'
send 'x'
receive '2:3a,'
ends 0 '1:x,'

about 'with the delimiter on the record it must be known'
converse -f 'delim:\r,or=\r\n,keep' --to=netstring
send 'a\r'
send '\n'
receive '3:a\r\n,'
send 'b\rc'
receive '2:b\r,'
ends 0 '1:c,'

about 'after the last record a longer delimiter is not awaited'
converse -d '\r' -d '\r\n' --head=1
send 'a\r'
receive 'a\n'
finishes 0
converse -f sse --head=1
send 'a\r\r'
receive 'a\n'
finishes 0

about "what can only be a part of a later record's delimiter holds none back"
converse -d ';' -d ';;' --to=netstring
send 'a;b;'
receive '1:a,'
send 'c'
receive '1:b,'
ends 0 '1:c,'

about 'what else may be held back'

# Bytes of a record that is not finished, when the output needs no length.
converse --from=u32be --to=raw
send '\000\000\000\005a'
receive a
send bc
receive bc
send de
receive de
ends 0 ''

converse --from=fixed:4 --to=line
send 'ab'
receive ab
send cd
receive 'cd\n'
ends 0 ''

about 'records beyond the first block of input'
converse --from=line --to=netstring
# (Pipes of 64 KiB, as elsewhere than on Linux, hold neither all of it nor of what comes out.)
head -c 400000 /dev/zero | tr '\0' '\n' >&3 &
take 1200000 <&4 | tr -d '0:,' >out
expect out ''
send 'last\n'
receive '4:last,'
ends 0 ''

# The end of a body is known from itself: cbsplit does not wait for the
# connection to end.
converse --from=chunked
send '1\r\na\r\n0\r\nTrailer: x\r\n\r\n'
receive a
finishes 0
