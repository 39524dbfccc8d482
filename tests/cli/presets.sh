#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A preset is the generic specifications that --explain shows, in and out, and
# says what is wrong with its frames.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# explains PRESET SPECIFICATION [SPECIFICATION-FOR-OUTPUT]
explains() {
    doing="cbsplit --explain=$1"
    "$CBSPLIT" --explain="$1" >out
    if [ $# = 2 ]; then
        printf '%s\n' "$2"
    else
        printf -- '--from %s\n--to %s\n' "$2" "$3"
    fi >expected
    expect_same expected out
}

# explained from|to PRESET - what it stands for in this direction
explained() {
    "$CBSPLIT" --explain="$2" | sed -n "/^--/!p; s/^--$1 //p"
}

explains octet 'dec: ,canonical,min=1'
explains grpc u32be,offset=1,byte=0:00-01 u32be,offset=1
explains docker 'u32be,offset=4,byte=0:00-03,byte=1:00,byte=2:00,byte=3:00' u32be,offset=4
explains dns u16be,min=12
explains kafka u32be,max=2147483647
explains tpkt u16be,offset=2,inclusive,byte=0:03 'u16be,offset=2,inclusive,lead=\x03'
explains tls u16be,offset=3,max=18432,byte=0:14-18,byte=1:03 \
    'u16be,offset=3,max=18432,lead=\x17\x03\x03'
explains mqtt 'varint,offset=1,max-width=4,byte=0:10|20|30-35|3a-3d|40|50|62|70|82|90|a2|b0|c0|d0|e0|f0' \
    'varint,offset=1,max-width=4,lead=\x30'
explains bson 'u32le,inclusive,adjust=-1,max=2147483647,trailer=\0,keep' \
    'u32le,inclusive,adjust=-1,max=2147483647,trailer=\0'
explains postgres 'u32be,offset=1,adjust=-4,max=1073741826,byte=0:30-39|41-5a|61-7a' \
    u32be,offset=1,adjust=-4,max=1073741826,lead=d
explains postgres-startup u32be,inclusive,min=8,max=10004
explains mysql u24le,header=4,more=16777215,sequence=3
explains fcgi u16be,offset=4,header=8,padding=6,byte=0:01 \
    'u16be,offset=4,header=8,lead=\x01\x06\x00\x01'
explains fcgi,keep u16be,offset=4,header=8,padding=6,byte=0:01,keep
explains bson,keep 'u32le,inclusive,adjust=-1,max=2147483647,trailer=\0,keep'
explains tls,byte=2:01 u16be,offset=3,max=18432,byte=0:14-18,byte=1:03,byte=2:01
explains 'tls,lead=\x16\x03\x01' 'u16be,offset=3,max=18432,lead=\x16\x03\x01'
explains pkt-line hex,digits=4,inclusive,control=3,max=65520

# Whatever is given for one is what is given for the other.
printf '3:one,0:,5:three,' >any
printf '12:twelve bytes,13:thirteen 3456,' >long
for preset in octet grpc docker dns kafka tpkt tls mqtt postgres postgres-startup mysql fcgi pkt-line; do
    generic=$(explained to $preset)
    doing="$preset, which is $generic"
    case $preset in
    octet | dns | postgres-startup) cp long netstrings ;;
    *) cp any netstrings ;;
    esac
    "$CBSPLIT" -f netstring -t $preset <netstrings >wire
    "$CBSPLIT" -f netstring -t "$generic" <netstrings >out
    expect_same wire out
    "$CBSPLIT" -f $preset -t netstring <wire >out
    expect_same netstrings out
    "$CBSPLIT" -f "$(explained from $preset)" -t netstring <wire >out
    expect_same netstrings out
    "$CBSPLIT" -f "$preset,keep" -t raw <wire >out
    expect_same wire out
done

about 'lead: the bytes before the length'
gives 'a' '\001\000\000\000\000\000\000\001a' -f fixed:1 -t 'docker,lead=\x01'
gives 'a' '\003\000\000\005a' -f fixed:1 -t tpkt
gives 'a' '\026\003\001\000\001a' -f fixed:1 -t 'tls,lead=\x16\x03\x01'
gives 'a' '2\001a' -f fixed:1 -t mqtt,lead=2
gives 'SELECT 1\000' 'Q\000\000\000\015SELECT 1\000' -f fixed:9 -t postgres,lead=Q

about 'what is not theirs, at its first frame'

# refuses_first PRESET INPUT AT TEXT
refuses_first() {
    case $2 in
    HTTP*) looks='; input looks like HTTP: try --from http' ;;
    *) looks= ;;
    esac
    refuses 3 "stdin: $(fault 1 0 "$3" "$4")$looks" "$2" '' -f "$1" -t raw
}
http='HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
refuses_first docker '\033[34mINFO\033[0m ready\n' \
    0 'byte 0 of the header is not one of 00-03: 1b'
refuses_first docker '\001ab\000\000\000\000\000' 1 'byte 1 of the header is not 00: 61'
refuses_first grpc "$http" 0 'byte 0 of the header is not one of 00-01: 48'
refuses_first kafka "\\377$http" 0 'length is greater than the maximum: ff 48 54 54'
refuses_first dns '\000\004abcd' 0 'length is less than the minimum: 00 04'
refuses_first tpkt '\011\000\000\005a' 0 'byte 0 of the header is not 03: 09'
refuses_first tls "$http" 0 'byte 0 of the header is not one of 14-18: 48'
refuses_first mqtt '\000\000' \
    0 'byte 0 of the header is not one of 10|20|30-35|3a-3d|40|50|62|70|82|90|a2|b0|c0|d0|e0|f0: 00'
refuses_first mqtt '0\377\377\377\377\001' 4 'length has more bytes than max-width: ff'
refuses_first bson '\004\000\000\000' 0 'length is less than the header that it includes: 04 00 00 00'
refuses_first fcgi '\011\006\000\001\000\000\000\000' 0 'byte 0 of the header is not 01: 09'
refuses_first postgres "$http" 0 'length is greater than the maximum: 48 54 54 50'
refuses_first postgres-startup "$http" 0 'length is greater than the maximum: 48 54 54 50'
refuses_first octet '0 5 hello' 0 'length is less than the minimum: 30 20'

about 'the answer to SSLRequest is one byte; then come messages'
refuses_first postgres 'NR\000\000\000\010\000\000\000\000' \
    0 'length is greater than the maximum: 4e 52 00 00'
printf 'NZ\000\000\000\005I' >in
doing='the answer to SSLRequest, then messages'
{ "$CBSPLIT" --exact -f fixed:1 -n 1 && "$CBSPLIT" -f postgres; } <in >out
expect out 'N\nI\n'
(cat in) | { "$CBSPLIT" --exact -f fixed:1 -n 1 && "$CBSPLIT" -f postgres; } >out
expect out 'N\nI\n'

about 'a document that does not end with its zero byte is none'
refuses 3 'stdin: record 2 at byte 5: payload is not followed by its trailer: 01, at byte 9' \
    '\005\000\000\000\000\005\000\000\000\001' '1\n' -f bson -c
gives '\005\000\000\000\000' '0500000000\n' -f bson,keep -t hex
refuses 6 'stdin: record 1 at byte 0: the record does not end with its trailer, at byte 4' \
    '\005\000\000\000\001' '' -f fixed:5 -t bson

# A second document in the first one's place: the offset is of the frame.
hello='\026\000\000\000\002hello\000\006\000\000\000world\000\000'
gives "22:$hello,22:$hello," "$hello$hello" -f netstring -t bson
gives "$hello$hello" "$hello$hello" -f bson -t bson
refuses 6 'stdin: record 2 at byte 26: the record does not begin with its own length, 5, at byte 28' \
    "22:$hello,5:hello," "$hello" -f netstring -t bson
refuses 6 'stdin: record 1 at byte 0: the record does not begin with its own length, 3, at byte 2' \
    '3:\003\000\000,' '' -f netstring -t bson
refuses 6 'stdin: record 1 at byte 0: the record does not begin with its own length, 0, at byte 2' \
    '0:,' '' -f netstring -t bson
gives "$hello$hello" "22:$hello,22:$hello," -f bson -t netstring
refuses 3 "stdin: record 2 at byte 22: length is less than the header that it includes: 03 00 00 00" \
    "$hello\\003\\000\\000\\000" "$hello" -f bson -t raw
refuses 4 'stdin: record 1 at byte 0: input ends inside a record, at byte 21' \
    '\026\000\000\000\002hello\000\006\000\000\000world\000' \
    '\026\000\000\000\002hello\000\006\000\000\000world\000' -f bson -t raw
refuses 3 'stdin: record 2 at byte 6: length is negative after adjustment: 53 00 00 00' \
    'Z\000\000\000\005IS\000\000\000\003' 'I\n' -f postgres
refuses 3 'stdin: record 2 at byte 5: length is less than the header that it includes: 30 30 30 33' \
    '0005a0003b' 'a\n' -f pkt-line
refuses 3 'stdin: record 2 at byte 5: length is greater than the maximum: 66 66 66 31' \
    '0005afff1b' 'a\n' -f pkt-line
refuses 3 'stdin: record 2 at byte 5: length is not a number: 67, at byte 8' \
    '0005a000gb' 'a\n' -f pkt-line
refuses 3 'stdin: record 1 at byte 0: length has a leading zero: 32, at byte 1' '02 ab' '' -f octet

about 'the longest record that fits, and one more byte'
head -c 65516 /dev/zero >most
{ printf fff0 && cat most; } >wire
"$CBSPLIT" -f fixed:65516 -t pkt-line most >out
expect_same wire out
"$CBSPLIT" -f pkt-line -t raw wire >out
expect_same most out
printf 0 >>most
cp most in
run -f fixed:65517 -t pkt-line
expect_status 6
expect out ''
expect_message \
    'stdin: record 1 at byte 0: a length of 65517 does not fit in a length field of 3 to 65520'

about 'tfrecord'

# A fault is reported where the record begins, or where its checksum is.  (The
# bytes are those of tests/unit/test_framings.c.)
two='\002\000\000\000\000\000\000\000x\047\013\064'
hi="${two}hi\\023\\326\\010V"
gives "$hi$hi" '2:hi,2:hi,' -f tfrecord -t netstring
gives '2:hi,2:hi,' "$hi$hi" -f netstring -t tfrecord
gives 'hihi' "$hi$hi" -f fixed:2 -t tfrecord
refuses 3 'stdin: record 2 at byte 18: checksum of the length is wrong: 03 00 00 00' \
    "$hi\\003\\000\\000\\000\\000\\000\\000\\000x\\047\\013\\064" 'hi\n' -f tfrecord
refuses 3 'stdin: record 2 at byte 18: checksum of the payload is wrong: 13, at byte 32' \
    "$hi${two}ha\\023\\326\\010V" '2:hi,2:ha' -f tfrecord -t netstring
refuses 3 'stdin: record 2 at byte 18: checksum of the payload is wrong: 13, at byte 32' \
    "$hi${two}ha\\023\\326\\010V" '1\n' -f tfrecord -c
refuses 4 'stdin: record 1 at byte 0: input ends inside a record, at byte 17' \
    "${two}hi\\023\\326\\010" '2:hi' -f tfrecord -t netstring
