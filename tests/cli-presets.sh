#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A preset is the generic specification that --explain shows, in and out, and
# says what is wrong with its frames.

. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/cli.sh"

# explains PRESET SPECIFICATION
explains() {
    doing="cbsplit --explain=$1"
    "$CBSPLIT" --explain="$1" >out
    printf '%s\n' "$2" >expected
    expect_same expected out
}

explains octet 'dec: ,canonical'
explains grpc 'u32be,offset=1'
explains docker 'u32be,offset=4'
explains dns u16be
explains kafka u32be
explains tpkt u16be,offset=2,inclusive
explains tls u16be,offset=3
explains mqtt varint,offset=1
explains bson u32le,inclusive,keep
explains postgres u32be,offset=1,adjust=-4
explains postgres-startup u32be,inclusive
explains fcgi 'u16be,offset=4,header=8,padding=6,lead=\x01\x06\x00\x01'
explains pkt-line hex,digits=4,inclusive,control=3,max=65520

# Whatever is given for one is what is given for the other.
printf '3:one,0:,5:three,' >netstrings
for preset in octet grpc docker dns kafka tpkt tls mqtt postgres postgres-startup fcgi pkt-line; do
    generic=$("$CBSPLIT" --explain=$preset)
    doing="$preset, which is $generic"
    "$CBSPLIT" -f netstring -t $preset <netstrings >wire
    "$CBSPLIT" -f netstring -t "$generic" <netstrings >out
    expect_same wire out
    "$CBSPLIT" -f $preset -t netstring <wire >out
    expect_same netstrings out
    "$CBSPLIT" -f "$generic" -t netstring <wire >out
    expect_same netstrings out
    "$CBSPLIT" -f "$preset,keep" -t raw <wire >out
    expect_same wire out
done

# What stands before the length can be said.
gives 'a' '\001\000\000\000\000\000\000\001a' -f fixed:1 -t 'docker,lead=\x01'
gives 'a' '\003\000\000\005a' -f fixed:1 -t 'tpkt,lead=\x03'
gives 'a' '\027\003\003\000\001a' -f fixed:1 -t 'tls,lead=\x17\x03\x03'
gives 'a' '0\001a' -f fixed:1 -t mqtt,lead=0
gives 'SELECT 1\000' 'Q\000\000\000\015SELECT 1\000' -f fixed:9 -t postgres,lead=Q

# A second document in the first one's place: the offset is of the frame.
hello='\026\000\000\000\002hello\000\006\000\000\000world\000\000'
gives "22:$hello,22:$hello," "$hello$hello" -f netstring -t bson
gives "$hello$hello" "$hello$hello" -f bson -t bson
refuses 6 'stdin: record 2 at byte 28: the record does not begin with its own length, 5' \
    "22:$hello,5:hello," "$hello" -f netstring -t bson
refuses 6 'stdin: record 1 at byte 2: the record does not begin with its own length, 3' \
    '3:\003\000\000,' '' -f netstring -t bson
refuses 6 'stdin: record 1 at byte 2: the record does not begin with its own length, 0' \
    '0:,' '' -f netstring -t bson
gives "$hello$hello" "22:$hello,22:$hello," -f bson -t netstring
refuses 3 "stdin: record 2 at byte 22: length is less than what it counts of the header: 03 00 00 00" \
    "$hello\\003\\000\\000\\000" "$hello" -f bson -t raw
refuses 4 'stdin: record 1 at byte 21: input ends inside a record: 1 bytes of its payload are missing' \
    '\026\000\000\000\002hello\000\006\000\000\000world\000' \
    '\026\000\000\000\002hello\000\006\000\000\000world\000' -f bson -t raw
refuses 3 'stdin: record 2 at byte 6: length is negative after its adjustment: 53 00 00 00' \
    'Z\000\000\000\005IS\000\000\000\003' 'I\n' -f postgres
refuses 3 'stdin: record 2 at byte 5: length is less than what it counts of the header: 30 30 30 33' \
    '0005a0003b' 'a\n' -f pkt-line
refuses 3 'stdin: record 2 at byte 5: length is more than the most that is allowed: 66 66 66 31' \
    '0005afff1b' 'a\n' -f pkt-line
refuses 3 'stdin: record 2 at byte 8: length is not a number: 67' \
    '0005a000gb' 'a\n' -f pkt-line
refuses 3 'stdin: record 1 at byte 1: length has a leading zero: 32' '02 ab' '' -f octet

# The longest that can be said, and one more byte.
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
    'stdin: record 1 at byte 0: a length of 65517 cannot be said by a value from 3 to 65520'

# ----------------------------------------------------------------- tfrecord

# What is wrong with one is said where it begins, or where its checksum is.  (The
# bytes are those of tests/test_framings.c.)
two='\002\000\000\000\000\000\000\000x\047\013\064'
hi="${two}hi\\023\\326\\010V"
gives "$hi$hi" '2:hi,2:hi,' -f tfrecord -t netstring
gives '2:hi,2:hi,' "$hi$hi" -f netstring -t tfrecord
gives 'hihi' "$hi$hi" -f fixed:2 -t tfrecord
refuses 3 'stdin: record 2 at byte 18: checksum of the length is wrong: 03 00 00 00' \
    "$hi\\003\\000\\000\\000\\000\\000\\000\\000x\\047\\013\\064" 'hi\n' -f tfrecord
refuses 3 'stdin: record 2 at byte 32: checksum of the payload is wrong: 13' \
    "$hi${two}ha\\023\\326\\010V" '2:hi,2:ha' -f tfrecord -t netstring
refuses 3 'stdin: record 2 at byte 32: checksum of the payload is wrong: 13' \
    "$hi${two}ha\\023\\326\\010V" '1\n' -f tfrecord -c
refuses 4 'stdin: record 1 at byte 17: input ends inside a record' \
    "${two}hi\\023\\326\\010" '2:hi' -f tfrecord -t netstring
