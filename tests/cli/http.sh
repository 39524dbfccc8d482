#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Messages of HTTP/1.x are read as RFC 9112 has them, and what two readers may
# read differently is refused, with a message that names it.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

ok='HTTP/1.1 200 OK\r\n'
post='POST / HTTP/1.1\r\n'
te='Transfer-Encoding: chunked\r\n'

# messages INPUT OUTPUT - content as netstrings, by default and with bare LF
# allowed
messages() {
    gives "$1" "$2" --from=http --to=netstring
    gives "$1" "$2" --from=http,lf --to=netstring
}

# bad BYTE WHAT INPUT [START] - refused, here and with bare LF allowed, in the record
# that begins at START (0)
bad() {
    refuses 3 "stdin: $(fault 1 "${4-0}" "$1" "$2")" "$3" '' --from=http
    refuses 3 "stdin: $(fault 1 "${4-0}" "$1" "$2")" "$3" '' --from=http,lf
}

about 'what is right'

messages "${ok}Content-Length: 5\\r\\n\\r\\nhello${ok}\\r\\nto the end" '5:hello,10:to the end,'
messages "${post}${te}\\r\\n5\\r\\nhello\\r\\n6;x\\r\\n world\\r\\n0\\r\\nA: b\\r\\n\\r\\n${post}\\r\\n" \
    '11:hello world,0:,'
messages "HTTP/1.1 100 Continue\\r\\n\\r\\n${ok}${te}\\r\\n0\\r\\n\\r\\nHTTP/1.1 304 a\\r\\nContent-Length: \
9\\r\\n\\r\\n" '0:,0:,0:,'
# The status settles it before any length does (section 6.3, case 1).
messages "HTTP/1.1 304 a\\r\\n${te}Content-Length: 1, x\\r\\n\\r\\n${ok}Content-Length: 1\\r\\n\\r\\na" \
    '0:,1:a,'
# An empty line before a request is left out (section 2.2).
messages "\\r\\n${post}Content-Length: 2\\r\\n\\r\\nhi\\r\\n${post}\\r\\n\\r\\n" '2:hi,0:,'
# A tunnel is not seen: what goes through it is read as what follows.
messages 'CONNECT a:1 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n' '0:,0:,'
messages "${ok}\\r\\n\\026\\003\\001" '3:\026\003\001,'
# The content, and nothing but it, unless told otherwise.
gives "${ok}Content-Length: 2\\r\\n\\r\\nhi${ok}\\r\\n!\\n" 'hi!\n' --from=http
gives "${ok}Content-Length: 2\\r\\n\\r\\nhi${ok}\\r\\n!\\n" 'hi\n!\n\n' --from=http --to=line
gives "${ok}${te}A: b\\r\\n\\r\\n1;x\\r\\ny\\r\\n0\\r\\n\\r\\n" \
    "${ok}${te}A: b\\r\\n\\r\\n1;x\\r\\ny\\r\\n0\\r\\n\\r\\n" --from=http,keep
# Bare LF reaches into chunks.
gives 'POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n2;a\nhi\n0\nA: b\n\n' 'hi' --from=http,lf
gives "\\r\\n${post}${te}\\r\\n1\\r\\nx\\r\\n0\\r\\n\\r\\n${ok}\\r\\n" '2\n' --from=http --count
# Another protocol is none of ours.
printf "HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n\\201\\005hello" >stream
doing='101 Switching Protocols'
{ "$CBSPLIT" --from=http,keep >out 2>err && cat >rest; } <stream
expect out 'HTTP/1.1 101 Switching Protocols\r\n\r\n'
expect rest '\201\005hello'

about 'refused'

both='message has both Transfer-Encoding and Content-Length: 50 4f 53 54'
bad 0 "$both" "${post}${te}Content-Length: 5\\r\\n\\r\\n0\\r\\n\\r\\n"
bad 0 "$both" "${post}Content-Length: 5\\r\\n${te}\\r\\n0\\r\\n\\r\\n"
bad 52 'Content-Length has two different values: 36 0d 0a' \
    "${post}Content-Length: 5\\r\\nContent-Length: 6\\r\\n\\r\\nhello"
bad 36 'Content-Length has two different values: 36 0d 0a' "${post}Content-Length: 5, 6\\r\\n\\r\\nhello"
bad 36 'Content-Length has two different values: 30 35 0d 0a' "${post}Content-Length: 5, 05\\r\\n\\r\\nhello"
bad 52 'Content-Length has two different values: 30 35 0d 0a' \
    "${post}Content-Length: 5\\r\\nContent-Length: 05\\r\\n\\r\\nhello"
bad 2 'two empty lines before a message: 0d' "\\r\\n\\r\\n${post}\\r\\n" 2
bad 6 'empty line before a response: 2f' "\\r\\n${ok}\\r\\n" 2
number='Content-Length is not a number below 2^64'
bad 33 "$number: 2b 35 0d 0a" "${post}Content-Length: +5\\r\\n\\r\\nhello"
bad 33 "$number: 35 20 35 0d" "${post}Content-Length: 5 5\\r\\n\\r\\nhello"
bad 32 "$number: 0d 0a" "${post}Content-Length:\\r\\n\\r\\nhello"
bad 33 "$number: 31 38 34 34" "${post}Content-Length: 18446744073709551616\\r\\n\\r\\nhello"
bad 0 'HTTP/1.0 message has a Transfer-Encoding: 50 4f 53 54' "POST / HTTP/1.0\\r\\n${te}\\r\\n"
bad 0 'Transfer-Encoding of a request does not end in chunked: 50 4f 53 54' \
    "${post}Transfer-Encoding: gzip\\r\\n\\r\\n"
bad 45 'transfer coding after chunked: 67 7a 69 70' \
    "${post}Transfer-Encoding: chunked, gzip\\r\\n\\r\\n"
bad 64 'transfer coding after chunked: 63 68 75 6e' "${post}${te}${te}\\r\\n"
bad 36 'transfer coding is not a token: 63 68 75 6e' "${post}Transfer-Encoding: chunked;a=b\\r\\n\\r\\n"
bad 34 'header line has white space before its colon: 20' \
    "${post}Transfer-Encoding : chunked\\r\\n\\r\\n"
bad 23 'header line begins with white space: 20' "${post}A: b\\r\\n c\\r\\n\\r\\n"
bad 21 'CR without LF in a header line: 62' "${post}A: \\rb\\r\\n"
bad 20 'control byte in a header line: 00' "${post}A: \\000\\r\\n"
bad 0 'start line must begin with a method or HTTP/1: 16' '\026\003\001'
bad 5 'request line has no HTTP version: 0d' 'GET /\r\n'
bad 11 'HTTP version is not 1.x: 32' 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
bad 9 'status is not a number from 100 to 999: 4f' 'HTTP/1.1 OK\r\n'
bad 9 'status is not a number from 100 to 999: 30' 'HTTP/1.1 099 OK\r\n\r\n'
bad 14 'start line is not followed by CRLF: 20' 'GET / HTTP/1.1 \r\n'
bad 4 'request target is empty or has white space or a control byte: 20' \
    'GET  / HTTP/1.1\r\n'
bad 47 'chunk size is not a number: 7a' "${post}${te}\\r\\nzz\\r\\n"
bad 50 'trailer line begins with white space: 20' "${post}${te}\\r\\n0\\r\\n A\\r\\n"
field=$(printf '%065513d' 0)
messages "${post}T:$field\\r\\n\\r\\n" 0:,
bad 65536 'header section is longer than 65536 bytes: 0a' "${post}T:0$field\\r\\n\\r\\n"

# strict BYTE WHAT INPUT LENIENT - refused, but LENIENT if bare LF is allowed
strict() {
    refuses 3 "stdin: $(fault 1 0 "$1" "$2")" "$3" '' --from=http
    gives "$3" "$4" --from=http,lf
}
strict 15 'start line ends in LF without CR: 0a' 'HTTP/1.1 200 OK\n\r\nx' x
strict 21 'header line ends in LF without CR: 0a' "${ok}A: b\\n\\r\\nx" x
strict 17 'header section ends in LF without CR: 0a' "${ok}\\nx" x

refuses 3 'stdin: record 2 at byte 40: empty line after a response: 0d' \
    "${ok}Content-Length: 2\\r\\n\\r\\nhi\\r\\n" 'hi' --from=http

about 'what came before is written, also of the message that is wrong'
refuses 3 'stdin: record 2 at byte 40: chunk size is not a number: 7a, at byte 87' \
    "${ok}Content-Length: 2\\r\\n\\r\\nhi${post}${te}\\r\\nz" hi --from=http
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 3 bytes of its payload are missing, at byte 40' \
    "${ok}Content-Length: 5\\r\\n\\r\\nhi" hi --from=http
refuses 4 'stdin: record 1 at byte 0: input ends inside a record, at byte 19' "${ok}A:" '' --from=http
refuses 5 'stdin: record 1 at byte 0: record is longer than 4 bytes' \
    "${ok}Content-Length: 5\\r\\n\\r\\nhello" '' --from=http --max-record=4

about 'content-length'

gives 'Content-Length: 2\r\nContent-Type: a\r\n\r\nhicontent-length: 0\r\n\r\n' 'hi\n\n' \
    --from=content-length
gives 'hi\n\n' 'Content-Length: 2\r\n\r\nhiContent-Length: 0\r\n\r\n' --to=content-length
gives 'Content-Length: 2\n\nhi' 'hi\n' --from=content-length,lf
twice='Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi'
refuses 3 'stdin: record 1 at byte 0: header has Content-Length twice: 32 0d 0a, at byte 35' "$twice" '' \
    --from=content-length
refuses 3 'stdin: record 1 at byte 0: header has no Content-Length: 41 3a 62 0d' 'A:b\r\n\r\n' '' \
    --from=content-length
refuses 3 "stdin: record 1 at byte 0: $number: 32 78 0d 0a, at byte 16" 'Content-Length: 2x\r\n\r\n' '' \
    --from=content-length

about 'a start line before it, and a trailer after the payload'
gives 'SIP/2.0 200 OK\r\nl :\r\n 2\r\n\r\nhi\r\n\r\nOPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n' \
    'hi\n\n' --from=sip
gives 'WARC/1.0\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n' 'hi\n' --from=warc
gives 'hi\n\n' 'WARC/1.0\r\nContent-Length: 2\r\n\r\nhi\r\n\r\nWARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n' \
    '--to=warc,lead=WARC/1.0\r\n'
bad_start() {
    refuses 3 "stdin: $(fault 1 0 "$1" "$2")" "$3" '' --from=sip
}
bad_start 0 'start line does not begin or end with the version: 47 45 54 20; input looks like HTTP: try --from http' 'GET / HTTP/1.1\r\n'
bad_start 4 'CR without LF in a start line: 61' 'A a\ra'
bad_start 1 'CR without LF in a start line: 41' '\rA'
bad_start 0 'start line ends in LF without CR: 0a' '\n'
bad_start 1 'control byte in a start line: 00' 'A\000'
bad_start 65536 'header section is longer than 65536 bytes: 30' "$field$field"
refuses 3 'stdin: record 2 at byte 37: start line is empty: 0d' \
    'WARC/1.0\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n\r\n' 'hi\n' --from=warc
refuses 3 'stdin: record 1 at byte 0: payload is not followed by its trailer: 57, at byte 33' \
    'WARC/1.0\r\nContent-Length: 2\r\n\r\nhiWARC' 'hi' --from=warc
refuses 2 "--to: the output needs a 'lead' with the start line, at character 1 of 'sip'
Try 'cbsplit --help' for more information." '' '' --to=sip
