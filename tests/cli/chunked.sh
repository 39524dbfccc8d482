#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Chunked coding is read as RFC 9112 section 7.1 has it, and what two readers
# may read differently is refused, with the byte at which it begins.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# body INPUT OUTPUT - of any length, by default and with bare LF allowed
body() {
    gives "$1" "$2" --from=chunked
    gives "$1" "$2" --from=chunked,lf
}

# bad BYTE WHAT INPUT [DATA] - refused, here and with bare LF allowed, after this
# data
bad() {
    refuses 3 "stdin: $(fault 1 0 "$1" "$2")" "$3" "${4-}" --from=chunked
    refuses 3 "stdin: $(fault 1 0 "$1" "$2")" "$3" "${4-}" --from=chunked,lf
}

about 'what is right'

body '0\r\n\r\n' ''
body '5\r\nhello\r\n0\r\n\r\n' 'hello'
body '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n' 'hello world'
body 'a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n' '01234567890123456789a'
body '0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n' 'hello'
body '4\r\n\r\n\r\n\r\n0\r\n\r\n' '\r\n\r\n'
body '3\r\n\000\377\n\r\n0\r\n\r\n' '\000\377\n'
# Extensions, quoted strings in them, trailers: read and left out.
body '5;a\r\nhello\r\n0\r\n\r\n' 'hello'
body '5;a=b;c="d;e"\r\nhello\r\n0;f\r\n\r\n' 'hello'
body '5;\ta="\351"\r\nhello\r\n0\r\n\r\n' 'hello'
# White space around ';' and '=' (RFC 9112, section 7.1.1: "bad" white space,
# which must be read).
body '4 ; a = b\r\nWiki\r\n0\r\n\r\n' 'Wiki'
body '4\t;\ta="\\"b;\\\\"\t;c\r\nWiki\r\n0 ;d\r\n\r\n' 'Wiki'
# Zeros before a size do not make it larger.
body '000000000000000000000005\r\nhello\r\n00000000000000000000\r\n\r\n' 'hello'
body '1\r\nx\r\n0\r\nA: b\r\nX-Empty:\r\nC:\td e \351\r\n\r\n' 'x'
# What follows the body is not part of it.
body '1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n' 'x'
body '1\r\nx\r\n0\r\nA: b\r\n\r\n\377\377' 'x'
gives '1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n' '2\n' --from=chunked --count
gives '1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n' '1:x,2:yz,' --from=chunked --to=netstring
# The longest lines that are taken: 8192 bytes of a size line, 65536 of
# trailers.
ext=$(printf '%08186d' 0)
body "5;x=$ext\\r\\nhello\\r\\n0\\r\\n\\r\\n" 'hello'
field=$(printf '%065530d' 0)
body "1\\r\\nx\\r\\n0\\r\\nT:$field\\r\\n\\r\\n" x

about 'the size'

bad 0 'chunk size is not a number: 7a' 'zz\r\n'
bad 0 'chunk size is not a number: 0d' '\r\nhi\r\n0\r\n\r\n'
bad 0 'chunk size is not a number: 3b' ';a\r\n'
bad 0 'chunk size is not a number: 20' ' 5\r\nhello\r\n0\r\n\r\n'
bad 0 'chunk size is not a number: 2b' '+5\r\nhello\r\n0\r\n\r\n'
bad 0 'chunk size is not a number: 2d' '-1\r\nhello\r\n0\r\n\r\n'
bad 0 'chunk size is not a number: 09' '\t5\r\nhello\r\n0\r\n\r\n'
bad 0 'chunk size is not a number: 00' '\000'
bad 2 "white space after a chunk size must be followed by ';': 0d" \
    '5 \r\nhello\r\n0\r\n\r\n'
bad 4 "white space after a chunk size must be followed by ';': 0d" \
    '5\t  \r\nhello\r\n0\r\n\r\n'
bad 2 "white space after a chunk size must be followed by ';': 35" '5 5\r\n'
bad 1 "chunk size must be followed by ';' or CRLF: 78" '0x5\r\nhello\r\n0\r\n\r\n'
bad 1 "chunk size must be followed by ';' or CRLF: 5f" '1_0\r\n'
bad 1 "chunk size must be followed by ';' or CRLF: 68" '5h\r\nhello\r\n0\r\n\r\n'
bad 1 "chunk size must be followed by ';' or CRLF: 00" '5\000\r\n'
bad 1 "chunk size must be followed by ';' or CRLF: 2c" '5,5\r\nhello\r\n0\r\n\r\n'
bad 1 "chunk size must be followed by ';' or CRLF: 2e" '5.0\r\nhello\r\n0\r\n\r\n'
bad 16 'chunk size is not below 2^64: 30' '10000000000000000\r\n'
bad 18 'chunk size is not below 2^64: 30' '0010000000000000000\r\n'
# A promise of 16 EiB, of which nothing is allocated.
refuses 4 "stdin: record 1 at byte 0: input ends inside a record: 18446744073709551596 bytes of \
its payload are missing, at byte 19" 'ffffffffffffffed\r\nx' x --from=chunked
refuses 5 'stdin: record 1 at byte 0: payload of 18446744073709551615 bytes is longer than a stream can be' 'ffffffffffffffff\r\nx' '' \
    --from=chunked

about 'line ends'

# strict BYTE WHAT INPUT LENIENT [DATA] - refused after this data, but LENIENT if
# bare LF is allowed
strict() {
    refuses 3 "stdin: $(fault 1 0 "$1" "$2")" "$3" "${5-}" --from=chunked
    gives "$3" "${4-}" --from=chunked,lf
}
strict 1 'chunk size line ends in LF without CR: 0a' '5\nhello\r\n0\r\n\r\n' 'hello'
strict 3 'chunk extension ends in LF without CR: 0a' '5;a\nhello\r\n0\r\n\r\n' 'hello'
strict 8 'chunk data is not followed by CRLF: 0a' '5\r\nhello\n0\r\n\r\n' 'hello' hello
strict 1 'chunk size line ends in LF without CR: 0a' '0\n\r\n' ''
strict 3 'trailer section ends in LF without CR: 0a' '0\r\n\n' ''
strict 7 'trailer line ends in LF without CR: 0a' '0\r\nA: b\n\r\n' ''
bad 2 'CR without LF in a chunk size line: 68' '5\rhello\r\n0\r\n\r\n'
bad 4 'CR without LF in a chunk size line: 62' '5;a\rb\r\n'
bad 8 'chunk data is not followed by CRLF: 21' '5\r\nhello!\r\n0\r\n\r\n' hello
bad 8 'chunk data is not followed by CRLF: 0d 78' '5\r\nhello\rx0\r\n\r\n' hello
bad 6 'chunk data is not followed by CRLF: 6c' '3\r\nhello\r\n0\r\n\r\n' hel
bad 4 'CR without LF at the end of the trailer section: 78' '0\r\n\rx'
bad 8 'CR without LF in a trailer line: 78' '0\r\nA: b\rx\r\n'

about 'extensions and trailers'

# One reader goes on to the quote, another takes 4c for a size.
quoted='line ends inside the quoted value of a chunk extension'
bad 5 "$quoted: 0d" '2;a="\r\nxx\r\n4c\r\n";b\r\n0\r\n\r\n'
bad 6 "$quoted: 0a" '5;a="b\nhello\r\n0\r\n\r\n'
bad 2 'chunk extension has no name: 0d' '5;\r\n'
bad 2 'chunk extension has no name: 3d' '5;=v\r\n'
bad 6 'chunk extension has no name: 0d' '5;a=b;\r\n'
bad 3 "name of a chunk extension must be followed by '=', ';' or CRLF: 2c" '5;a,b\r\n'
bad 4 "white space after a chunk extension's name must be followed by '=' or ';': 62" \
    '5;a b\r\n'
bad 4 "chunk extension has no value after '=': 3d" '5;a==b\r\n'
bad 4 "chunk extension has no value after '=': 0d" '5;a=\r\n'
bad 7 "value of a chunk extension must be followed by ';' or CRLF: 63" '5;a="b"c\r\n'
bad 5 "value of a chunk extension must be followed by ';' or CRLF: 3d" '5;a=b=c\r\n'
bad 6 "white space after the value of a chunk extension must be followed by ';': 0d" '5;a=b \r\n'
bad 2 'control byte in a chunk extension: 00' '5;\000\r\n'
bad 3 'control byte in a chunk extension: 01' '5;a\001\r\n'
bad 2 'control byte in a chunk extension: 7f' '5;\177\r\n'
bad 2 'control byte in a chunk extension: 0b' '5;\v\r\n'
bad 6 'control byte in a trailer line: 00' '0\r\nA: \000\r\n'
bad 3 'trailer line begins with white space: 20' '0\r\n x\r\n\r\n'
bad 3 'trailer line does not begin with a field name: 3a' '0\r\n:x\r\n\r\n'
bad 4 'trailer line has white space before its colon: 20' '0\r\nA :x\r\n\r\n'
bad 4 'trailer line has no field name: 0d' '0\r\nA\r\n\r\n'
# Folded lines (RFC 9112 section 5.2).
bad 9 'trailer line begins with white space: 20' '0\r\nA: b\r\n c\r\n\r\n'
bad 8192 'chunk size line is longer than 8192 bytes: 0a' \
    "5;x=0$ext\\r\\nhello\\r\\n0\\r\\n\\r\\n"
refuses 3 'stdin: record 2 at byte 6: trailer section is longer than 65536 bytes: 0a, at byte 65545' \
    "1\\r\\nx\\r\\n0\\r\\nT:0$field\\r\\n\\r\\n" x --from=chunked

about 'padding'

# Servers that write a size over a field of blanks.
padded='5     \r\nhello\r\n0     \r\n\r\n'
gives "$padded" 'hello' --from=chunked,pad
gives '5 ;a\r\nhello\r\n0\t\r\n\r\n' 'hello' --from=chunked,pad
gives '5 \nhello\n0 \n\n' 'hello' --from=chunked,pad,lf
ok='HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
gives "$ok$padded" 'hello' --from=http,pad
refuses 3 "stdin: record 1 at byte 0: white space after a chunk size must be followed by ';': 0d, at byte 53" \
    "$ok$padded" '' --from=http
refuses 3 'stdin: record 1 at byte 0: chunk size is not a number: 20' ' 5\r\n' '' \
    --from=chunked,pad
refuses 3 "stdin: record 1 at byte 0: chunk size must be followed by ';' or CRLF: 35, at byte 2" \
    '5 5\r\n' '' --from=chunked,pad
refuses 3 "stdin: record 1 at byte 0: white space after a chunk extension's name must be \
followed by '=' or ';': 0d, at byte 4" '5;a \r\n' '' --from=chunked,pad

# ----------------------------------------------------- the chunks before it

refuses 3 'stdin: record 3 at byte 14: chunk size is not a number: 7a' \
    '1\r\na\r\n3\r\nbcd\r\nzz\r\n' 'a\nbcd\n' --from=chunked --to=line

# Bare LF out of chunked,lf,keep as well: one byte or two at each end.
gives '1\nx\n1\r\ny\r\n0\r\n\n' '4:1\nx\n,6:1\r\ny\r\n,' --from=chunked,lf,keep --to=netstring
