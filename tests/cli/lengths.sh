#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Lengths that overflow, wrap, are overlong or negative: refused at the byte that says so, or
# taken for the number that they are; nothing is allocated for them.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# KiB of address space and seconds of processor time.
limits='limit_memory 32768; ulimit -t 5'
[ -z "${SANITIZERS-}" ] || limits=:
find_preload

# claims STATUS MESSAGE INPUT FRAMING [OUTPUT] - at once, and byte by byte.  (What a wrong record
# began with may come out, where its header is part of it.)
claims() {
    printf -- "$3" >in
    for slowly in '' ${preload:+yes}; do
        doing="$3 as $4${slowly:+, byte by byte}"
        run_limited -f "$4" -t raw
        expect_status "$1"
        expect_message "${2:+stdin: record 1 at byte 0: }$2"
        [ -z "${5-}" ] || expect out "$5"
        first "$(wc -c <out)" in >beginning
        [ -n "${5-}" ] || expect_same beginning out
    done
}
most='\377\377\377\377\377\377\377\377'
stream='payload of 18446744073709551615 bytes is longer than a stream can be'

about 'binary lengths'

adjusted='length does not fit in 64 bits after adjustment: ff ff ff ff'
for framing in u64be u64le u64be,align=8; do
    claims 5 "$stream" "${most}x" $framing
done
for framing in u64be,adjust=1 u64le,adjust=8 u64be,scale=2 u64be,scale=8; do
    claims 3 "$adjusted" "${most}x" $framing
done
claims 3 'length is less than the header that it includes: 00 00 00 01' '\000\000\000\001x' u32be,inclusive
claims 3 'length is negative after adjustment: 03' '\003x' u8,adjust=-4

about 'varints'

over='length does not fit in 64 bits'
overlong='length has more bytes than needed: 00'
claims 5 "$stream" '\377\377\377\377\377\377\377\377\377\001x' varint
claims 3 "$over: 02, at byte 9" '\377\377\377\377\377\377\377\377\377\002x' varint
claims 3 "$over: 7f, at byte 9" '\377\377\377\377\377\377\377\377\377\177x' vlq
claims 3 'length has more than ten bytes: 80, at byte 9' \
    '\200\200\200\200\200\200\200\200\200\200\001x' varint
# One number has several forms, unless that is excluded.
claims 0 '' '\201\200\200\200\200\200\200\200\200\000x' varint x
claims 3 "$overlong, at byte 9" '\201\200\200\200\200\200\200\200\200\000x' varint,canonical
claims 3 "$overlong, at byte 1" '\200\000' varint,canonical
claims 0 '' '\200\200\001x' vlq x
claims 3 'length has more bytes than needed: 80' '\200\001x' vlq,canonical
claims 0 '' '\300\000\000\000\000\000\000\001x' quic x
claims 3 'length has more bytes than max-width: 80, at byte 3' '\201\200\200\200\000x' varint,max-width=4

about 'digits'

for framing in netstring:: 'octet: ' 'dec:\n' 'dec::'; do
    end=${framing#*:}
    [ "$framing" != 'dec::' ] || end=:
    name=${framing%%:*}
    case $framing in
    dec*) name=$framing ;;
    esac
    claims 3 "$over: 36, at byte 19" "18446744073709551616${end}x" "$name"
    claims 3 "$over: 35, at byte 19" "99999999999999999995${end}x" "$name"
    claims 5 "$stream" "18446744073709551615${end}x" "$name"
    claims 3 'length is not a number: 2d' "-1${end}x" "$name"
done
claims 3 'length has too many digits: 30, at byte 16' '10000000000000000\nx' hex
claims 3 'length has more than 18 digits: 38, at byte 19' '$9223372036854775808\r\nx' resp
claims 3 'length is negative, but not -1: 32, at byte 2' '$-2\r\nx' resp
claims 3 'Content-Length is not a number below 2^64: 31 38 34 34, at byte 16' \
    'Content-Length: 18446744073709551616\r\n\r\nx' content-length
claims 5 "$stream" 'Content-Length: 18446744073709551615\r\n\r\nx' content-length
claims 3 'BodyLength does not fit in 64 bits: 36, at byte 31' '8=FIX.4.2\0019=18446744073709551616\001' fix
claims 3 'content-length is not a number below 2^64: 36, at byte 39' \
    'SEND\ncontent-length:18446744073709551616\n\nx' stomp

about 'values in values'

much='length is longer than a stream can be: ff'
cut='input ends inside a record, at byte'
claims 3 "$much, at byte 8" "\\133${most}x" cbor
claims 3 "$much, at byte 8" "\\173${most}x" cbor
# So many items, or twice so many, may follow: they are counted, not awaited in memory.
claims 4 "$cut 9" "\\233$most" cbor
claims 4 "$cut 9" "\\273$most" cbor
claims 3 'reserved first byte of an item: fc' '\374x' cbor
claims 4 "$cut 5" '\335\377\377\377\377' msgpack
claims 4 "$cut 5" '\337\377\377\377\377' msgpack
claims 4 "${cut%, at byte}: at least 4294967295 bytes of its payload are missing, at byte 5" \
    '\306\377\377\377\377' msgpack
claims 3 "$much, at byte 9" "\\004\\210${most}x" der
claims 3 "$much, at byte 10" "\\004\\211\\001${most}x" der
claims 3 'reserved first byte of a length: ff, at byte 1' "\\004\\377${most}x" der
claims 3 'length has more than 18 digits: 37, at byte 19' '*9223372036854775807\r\nx' resp

about 'frames'

claims 3 'length does not fit in 63 bits: ff ff ff ff, at byte 2' "\\202\\177$most" websocket
claims 3 'length has more bytes than needed: 00 00 00 00, at byte 2' \
    '\202\177\000\000\000\000\000\000\000\175x' websocket
claims 3 'length has more bytes than needed: 00 7d, at byte 2' '\202\176\000\175x' websocket
claims 3 "$much, at byte 9" "M\\n${most}x" journal
