#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each framing, in and out, against bytes that were made by hand.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# decodes FRAMING BYTES NETSTRINGS - BYTES decode to these records
decodes() {
    gives "$2" "$3" --from="$1" --to=netstring
}

# encodes FRAMING BYTES NETSTRINGS - these records encode to BYTES
encodes() {
    gives "$3" "$2" --from=netstring --to="$1"
}

both() {
    decodes "$@"
    encodes "$@"
}

about 'delimiters'

both line 'a\n\nbc\n' '1:a,0:,2:bc,'
decodes line 'a\r\nb\r\r\n\rc\n\r\n' '1:a,2:b\r,2:\rc,0:,'
decodes line,keep 'a\r\nb\n\n' '3:a\r\n,2:b\n,1:\n,'
decodes line,skip-empty '\na\n\r\n\nb\n' '1:a,1:b,'
both lf 'a\r\n\nbc\n' '2:a\r,0:,2:bc,'
both crlf 'a\r\n\r\nb\nc\r\n' '1:a,0:,3:b\nc,'
both nul 'a\000\000b\n\000' '1:a,0:,2:b\n,'
both 'delim:--' 'a----b-\n--' '1:a,0:,3:b-\n,'
both 'delim:\0\xff' 'a\000\377\000b\000\377' '1:a,2:\000b,'
both 'delim:\,' 'a,,b,' '1:a,0:,1:b,'
encodes 'delim:;,or=|' 'a;b;' '1:a,1:b,'
decodes crlf,keep 'a\r\n\r\n' '3:a\r\n,2:\r\n,'
decodes nul,skip-empty '\000a\000\000' '1:a,'

about 'fixed size'

both fixed:3 'abc\n\000d' '3:abc,3:\n\000d,'
both fixed:1 'ab' '1:a,1:b,'
encodes fixed:3,pad=_ 'abca_____b\n_' '3:abc,1:a,0:,2:b\n,'
encodes 'fixed:3,pad=\0' 'a\000\000' '1:a,'
encodes fixed:600,pad=x "$(printf '%0600d' 0 | tr 0 x)" '0:,'
decodes fixed:2,keep 'abcd' '2:ab,2:cd,'

about 'binary length fields'

both u8 '\002ab\000\001\n' '2:ab,0:,1:\n,'
both u16be '\000\002ab\000\000\000\001\n' '2:ab,0:,1:\n,'
both u16le '\002\000ab\000\000\001\000\n' '2:ab,0:,1:\n,'
both u24be '\000\000\002ab\000\000\000' '2:ab,0:,'
both u24le '\002\000\000ab\000\000\000' '2:ab,0:,'
both u32be '\000\000\000\002ab\000\000\000\000' '2:ab,0:,'
both u32le '\002\000\000\000ab\000\000\000\000' '2:ab,0:,'
both u40be '\000\000\000\000\002ab\000\000\000\000\000' '2:ab,0:,'
both u40le '\002\000\000\000\000ab\000\000\000\000\000' '2:ab,0:,'
both u48be '\000\000\000\000\000\002ab\000\000\000\000\000\000' '2:ab,0:,'
both u48le '\002\000\000\000\000\000ab\000\000\000\000\000\000' '2:ab,0:,'
both u56be '\000\000\000\000\000\000\002ab\000\000\000\000\000\000\000' '2:ab,0:,'
both u56le '\002\000\000\000\000\000\000ab\000\000\000\000\000\000\000' '2:ab,0:,'
both u64be '\000\000\000\000\000\000\000\002ab\000\000\000\000\000\000\000\000' '2:ab,0:,'
both u64le '\002\000\000\000\000\000\000\000ab\000\000\000\000\000\000\000\000' '2:ab,0:,'

# More than one byte of the field says something: 258 = 0x0102.
long=$(printf '%0258d' 7)
both u16be "\\001\\002$long" "258:$long,"
both u16le "\\002\\001$long" "258:$long,"
both u24be "\\000\\001\\002$long" "258:$long,"
both u32le "\\002\\001\\000\\000$long" "258:$long,"
both u64be "\\000\\000\\000\\000\\000\\000\\001\\002$long" "258:$long,"

about 'offset, header, adjust, inclusive, trailer, keep'
both u8,offset=2 '\000\000\001a' '1:a,'
decodes u8,offset=2 'xy\001azz\000' '1:a,0:,'
both u16be,offset=1,header=5 '\000\000\002\000\000ab' '2:ab,'
decodes u16be,offset=1,header=5 'x\000\002yzab' '2:ab,'
both u8,adjust=2 '\000ab\001abc' '2:ab,3:abc,'
both u8,adjust=+2 '\000ab' '2:ab,'
both u8,adjust=-2 '\004ab\002' '2:ab,0:,'
both u16be,inclusive '\000\004ab\000\002' '2:ab,0:,'
both u16be,offset=2,inclusive '\000\000\000\006ab' '2:ab,'
decodes u16be,offset=2,inclusive '\003\000\000\006ab' '2:ab,'
both u16be,header=4,inclusive '\000\006\000\000ab' '2:ab,'
both u8,inclusive,adjust=1 '\002ab' '2:ab,'
both 'u8,trailer=\r\n' '\002ab\r\n\000\r\n' '2:ab,0:,'
decodes 'u8,keep' '\002ab\000' '3:\002ab,1:\000,'
decodes 'u8,offset=1,trailer=;,keep' 'x\002ab;y\000;' '5:x\002ab;,3:y\000;,'
decodes u32le,inclusive,keep '\005\000\000\000x\004\000\000\000' '5:\005\000\000\000x,4:\004\000\000\000,'

about 'padding, lead'
decodes u8,header=2,padding=1 '\002\003ab???\000\001?' '2:ab,0:,'
decodes u8,header=2,padding=1,keep '\002\003ab???\000\001?' '7:\002\003ab???,3:\000\001?,'
decodes 'u8,header=2,padding=1,trailer=;' '\002\001ab?;' '2:ab,'
encodes 'u8,header=2,trailer=;' '\002\000ab;' '2:ab,'
encodes 'u16be,offset=2,lead=\x03,inclusive' '\003\000\000\006ab' '2:ab,'
encodes u8,offset=2,lead=xy 'xy\001axy\000' '1:a,0:,'

about 'scale: the field counts units'
both u8,scale=4 '\002abcdefgh\000' '8:abcdefgh,0:,'
both u8,scale=4,adjust=1 '\001abcde\000x' '5:abcde,1:x,'
both u8,scale=4,adjust=-3 '\001a\002abcde' '1:a,5:abcde,'
# A request of the X Window System and an RTCP packet (RFC 3550: words minus one).
both u16le,offset=2,scale=4,inclusive '\000\000\002\000abcd\000\000\001\000' '4:abcd,0:,'
both u16be,offset=2,scale=4,inclusive,adjust=4 '\000\000\000\001abcd\000\000\000\000' '4:abcd,0:,'
both varint,scale=3,trailer=. '\002abcdef.\000.' '6:abcdef,0:,'
both varint,scale=2,inclusive '\002abc\001x' '3:abc,1:x,'
both u16be,scale=65537 '\000\000' '0:,'
refuses 3 'stdin: record 1 at byte 0: length does not fit in 64 bits after adjustment: 40 00 00 00' \
    '\100\000\000\000\000\000\000\000' '' -f u64be,scale=4
refuses 3 'stdin: record 1 at byte 0: length is negative after adjustment: 01' \
    '\001' '' -f u8,scale=4,adjust=-5
refuses 3 'stdin: record 1 at byte 0: length is less than the header that it includes: 00 00 00 00' \
    '\000\000\000\000' '' -f u16be,offset=2,scale=4,inclusive
refuses 6 'stdin: record 2 at byte 5: a length of 3 does not fit in units of 2 bytes' \
    '2:ab,3:abc,' '\001ab' -f netstring -t u8,scale=2
refuses 6 'stdin: record 1 at byte 0: a length of 2 does not fit in units of 2 bytes' \
    '2:ab,' '' -f netstring -t varint,scale=2,inclusive
refuses 6 'stdin: record 1 at byte 0: a length of 512 does not fit in a length field of 0 to 255' \
    "512:$(printf '%0512d' 0)," '' -f netstring -t u8,scale=2

about 'align: padding up to a multiple, counted from the beginning of the frame'
both u8,align=4 '\001a\000\000\003abc\004abcd\000\000\000\000\000\000\000' '1:a,3:abc,4:abcd,0:,'
decodes u8,align=4 '\001axy\003abc\004abcd...' '1:a,3:abc,4:abcd,'
decodes u8,align=4,keep '\001axy\003abc' '4:\001axy,4:\003abc,'
both u8,align=3 '\001a\000\002ab' '1:a,2:ab,'
both u8,align=1 '\001a\002ab' '1:a,2:ab,'
both 'u8,align=4,trailer=;' '\001a\000\000;\003abc;' '1:a,3:abc,'
both u8,align=5000,trailer=. "\\001a$(printf '%4998d' 0 | sed 's/./\\000/g')." '1:a,'
both varint,align=4 '\001a\000\000\003abc\000\000\000\000' '1:a,3:abc,0:,'
both varint,offset=1,align=4,trailer=. '\000\002ab.\000\001a\000.' '2:ab,1:a,'
decodes varint,align=8 '\202\000ab....\001a......' '2:ab,1:a,'
# Chunks of SCTP (RFC 9260 section 3.2), attributes of STUN (RFC 5769 section 2.1: the
# padding is of spaces), a match of OpenFlow 1.3 (section 7.2.3.1: header included).
both u16be,offset=2,inclusive,align=4 '\000\000\000\006ab\000\000\000\000\000\004' '2:ab,0:,'
decodes u16be,offset=2,align=4 \
    '\200\042\000\020STUN test client\000\006\000\011evtj:h6vY   ' '16:STUN test client,9:evtj:h6vY,'
encodes 'u16be,offset=2,inclusive,align=8,lead=\x00\x01' \
    '\000\001\000\004\000\000\000\000\000\001\000\014abcdefgh\000\000\000\000' '0:,8:abcdefgh,'

about 'more: a frame of that length continues in the next one'
both u8,more=3 '\003abc\003def\001g\003abc\000\000\002xy' '7:abcdefg,3:abc,0:,2:xy,'
both u8,more=1 '\001a\001b\000\000' '2:ab,0:,'
both u16be,offset=1,header=4,more=2,sequence=3 \
    '\000\000\002\000ab\000\000\002\001cd\000\000\000\002\000\000\001\000e' '4:abcd,1:e,'
both u8,header=2,sequence=1,more=4,inclusive '\004\000ab\003\001c\004\000ab\002\001' '3:abc,2:ab,'
both u8,scale=2,more=2 '\002abcd\001ef\002abcd\000' '6:abcdef,4:abcd,'
both u8,more=2,adjust=-1,min=1 '\002a\002b\001\001' '2:ab,0:,'
decodes u8,more=3,keep '\003abc\003def\001g\000' '10:\003abc\003def\001g,1:\000,'
decodes u8,offset=1,more=2,only=0:61 'a\002abb\001cb\002dea\002fga\001ha\000' '3:abc,0:,'
decodes u8,offset=1,more=2,only=0:61,keep 'a\002abb\001cb\002dea\002fga\001ha\000' \
    '7:a\002abb\001c,2:a\000,'
gives '\003abc\003def\001g\000' '2\n' -f u8,more=3 -c
# From where it is numbered; 255 is followed by 0.
decodes u8,header=2,more=1,sequence=1 '\001\376a\001\377b\000\000' '2:ab,'
refuses 3 'stdin: record 2 at byte 2: frame is not the next one of its record: 00 01, at byte 5' \
    '\000\007\001\002a\000\001' '0:,' -f u8,header=2,more=1,sequence=1 -t netstring --max-record=9
refuses 3 'stdin: record 1 at byte 0: byte 0 of the header is not one of 61-62: 63, at byte 3' \
    'a\001xc\000' '' -f u8,offset=1,more=1,byte=0:61-62 -t netstring
refuses 3 'stdin: record 1 at byte 0: length is greater than the maximum: 04, at byte 4' \
    '\003abc\004defg' 'abc' -f u8,more=3 -t raw
refuses 6 'stdin: record 1 at byte 0: a length of 1 does not fit in a length field of 2 to 3' \
    '4:abcd,' '' -f netstring -t u8,more=3,min=2
refuses 4 'stdin: record 1 at byte 0: input ends inside a record, at byte 4' '\003abc' 'abc' -f u8,more=3 -t raw
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: at least 2 bytes of its payload are missing, at byte 2' \
    '\003a' 'a' -f u8,more=3 -t raw
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 1 byte of its payload is missing, at byte 6' \
    '\003abc\002d' 'abcd' -f u8,more=3 -t raw
gives '\003abc\003de' '5:abcde,' -f u8,more=3 -t netstring --on-partial=emit
gives '\000\003abc\003de' '0:,' -f u8,more=3 -t netstring --on-partial=drop
gives '\003abc\001d\001e' '1:e,' -f u8,more=3 -t netstring --max-record=3 --on-overflow=skip
gives '\003abc\001d\001e' '2:ab,1:e,' -f u8,more=3 -t netstring --max-record=2 --on-overflow=truncate

about 'byte, only, min, max'
decodes u8,offset=1,byte=0:61-62 'a\001xb\000' '1:x,0:,'
decodes u8,offset=1,only=0:61 'a\001xb\001ya\000' '1:x,0:,'
decodes u8,offset=1,only=0:61,keep 'a\001xb\001ya\000' '3:a\001x,2:a\000,'
decodes fixed:3,byte=0:47,only=1:0-f 'G\000aGzbG\001c' '3:G\000a,3:G\001c,'
both u8,min=1,max=2 '\001a\002ab' '1:a,2:ab,'
refuses 3 'stdin: record 2 at byte 3: byte 0 of the header is not one of 61-62: 63' \
    'a\001xc\001y' '1:x,' -f u8,offset=1,byte=0:61-62 -t netstring
refuses 3 'stdin: record 2 at byte 4: byte 1 of the header is not 2e: 2f, at byte 5' \
    'a.\001xc/\001y' '1:x,' -f u8,offset=2,byte=1:2e -t netstring
refuses 3 'stdin: record 2 at byte 4: byte 0 of the record is not 47: 67' \
    'G123g123' 'G123' -f fixed:4,byte=0:47 -t raw
refuses 3 'stdin: record 2 at byte 2: length is greater than the maximum: 03' \
    '\001a\003abc' '1:a,' -f u8,max=2 -t netstring
refuses 3 'stdin: record 2 at byte 2: length is less than the minimum: 00' \
    '\001a\000\001a' '1:a,' -f u8,min=1 -t netstring
refuses 3 'stdin: record 1 at byte 0: length does not fit in 64 bits after adjustment: ff ff ff ff' \
    '\377\377\377\377\377\377\377\377' '' -f u64be,adjust=9223372036854775807
refuses 6 'stdin: record 2 at byte 5: a length of 3 does not fit in a length field of 0 to 2' \
    '2:ab,3:abc,' '\002ab' -f netstring -t u8,max=2
# Those that are left out are not counted, however many there are.
gives 'a\001xb\001ya\001z' '2\n' -f u8,offset=1,only=0:61 -c
gives 'a\001xb\001ya\001z' 'z\n' -f u8,offset=1,only=0:61 --skip=1
gives 'b\001yb\000' '0\n' -f u8,offset=1,only=0:61 -c
gives 'b\001yb\005' '' -f u8,offset=1,only=0:61 --on-partial=drop
refuses 4 'stdin: record 1 at byte 3: input ends inside a record, at byte 5' \
    'b\001yb\005' '' -f u8,offset=1,only=0:61
# A frame that is left out may be longer than a record, and than memory.
{ printf 'b\377\377\377' && head -c 16777215 /dev/zero && printf 'a\000\000\001x'; } >in
run -f u24be,offset=1,only=0:61 --max-record=1
expect_status 0
expect out 'x\n'

about 'varint'

both varint '\002ab\000\001\n' '2:ab,0:,1:\n,'
both varint "\\202\\002$long" "258:$long,"
decodes varint '\202\200\000ab' '2:ab,'
decodes varint '\202\200\200\200\200\200\200\200\200\000ab' '2:ab,'
both varint,offset=1 '\000\002ab' '2:ab,'
encodes varint,offset=2,lead=x 'x\000\002ab' '2:ab,'
both varint,adjust=-1 '\003ab' '2:ab,'
both varint,inclusive '\003ab\001' '2:ab,0:,'
both varint,offset=2,inclusive '\000\000\005ab' '2:ab,'
both varint,max-width=2 '\001a' '1:a,'
decodes varint,offset=1,byte=0:61,only=0:61 'a\001x' '1:x,'
both varint,offset=1,header=4 '\000\002\000\000ab\000\000\000\000' '2:ab,0:,'
decodes varint,offset=1,header=4 'x\202\000yzab' '2:ab,'
both varint,header=3,inclusive '\005\000\000ab' '2:ab,'
both 'varint,trailer=\r\n' '\002ab\r\n\000\r\n' '2:ab,0:,'
decodes 'varint,header=2,trailer=;,keep' '\002xab;\000y;' '5:\002xab;,3:\000y;,'
decodes varint,keep '\002ab\200\000' '3:\002ab,2:\200\000,'
# 126 bytes and one for the length are 127; 127 bytes need two.
most=$(printf '%0126d' 0)
both varint,header=2,inclusive "\\201\\001\\000$most" "126:$most,"
both varint,inclusive "\\177$most" "126:$most,"
both varint,inclusive "\\201\\0010$most" "127:0$most,"
decodes varint,inclusive "\\200\\001$most" "126:$most,"

both varint,canonical "\\202\\002$long" "258:$long,"
refuses 3 'stdin: record 2 at byte 2: length has more bytes than needed: 00, at byte 4' \
    '\001a\202\200\000ab' '1:a,' -f varint,canonical -t netstring
refuses 3 'stdin: record 1 at byte 0: length has more bytes than needed: 00, at byte 1' \
    '\200\000' '' -f varint,canonical -t netstring
# The fast path, where much follows.
many=$(printf '%040d' 0)
refuses 3 'stdin: record 1 at byte 0: length has more bytes than needed: 00, at byte 1' \
    "\\200\\000$many" '' -f varint,canonical -t netstring

about 'vlq'

# The numbers are those of the table in Standard MIDI Files 1.0: 7f, 81 00, c0 00, ff 7f,
# 81 80 00 are 127, 128, 8192, 16383, 16384.
zeros() {
    printf "%0$1d" 0
}
both vlq "\\000\\177$(zeros 127)\\201\\000$(zeros 128)" "0:,127:$(zeros 127),128:$(zeros 128),"
both vlq "\\300\\000$(zeros 8192)\\377\\177$(zeros 16383)" "8192:$(zeros 8192),16383:$(zeros 16383),"
both vlq "\\201\\200\\000$(zeros 16384)" "16384:$(zeros 16384),"
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 268435455 bytes of its payload are missing, at byte 4' \
    '\377\377\377\177' '' -f vlq
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 9223372036854775798 bytes of its payload are missing, at byte 10' \
    '\200\377\377\377\377\377\377\377\377\166' '' -f vlq
refuses 3 'stdin: record 1 at byte 0: length does not fit in 64 bits: 7f, at byte 9' \
    '\202\377\377\377\377\377\377\377\377\177' '' -f vlq
refuses 3 'stdin: record 1 at byte 0: length has more than ten bytes: 80, at byte 9' \
    '\200\200\200\200\200\200\200\200\200\200\000' '' -f vlq
refuses 3 'stdin: record 1 at byte 0: length has more bytes than max-width: ff, at byte 3' \
    '\377\377\377\377\177' '' -f vlq,max-width=4
refuses 6 'stdin: record 1 at byte 0: a length of 128 does not fit in this vlq' \
    "128:$(zeros 128)," '' -f netstring -t vlq,max-width=1
decodes vlq '\200\200\002ab' '2:ab,'
refuses 3 'stdin: record 1 at byte 0: length has more bytes than needed: 80' \
    '\200\002ab' '' -f vlq,canonical
# An event of a track: no time, a meta event, text.
encodes 'vlq,offset=2,lead=\xff\x01' '\377\001\005hello\377\001\000' '5:hello,0:,'
decodes vlq,keep '\002ab\200\000' '3:\002ab,2:\200\000,'
both 'vlq,offset=1,header=3,inclusive,trailer=;' '\000\005\000ab;' '2:ab,'
both vlq,inclusive "\\177$most\\201\\0010$most" "126:$most,127:0$most,"

about 'quic'

# RFC 9000 appendix A.1: 8, 4, 2 and 1 bytes, and two for a number that fits in one.
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 151288809941952652 bytes of its payload are missing, at byte 8' \
    '\302\031\174\136\377\024\350\214' '' -f quic
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 494878333 bytes of its payload are missing, at byte 4' \
    '\235\177\076\175' '' -f quic
both quic "\\173\\275$(zeros 15293)\\045$(zeros 37)" "15293:$(zeros 15293),37:$(zeros 37),"
decodes quic "\\100\\045$(zeros 37)" "37:$(zeros 37),"
# Section 16, table 4: the largest of each size, and the next one.
both quic "\\077$(zeros 63)\\100\\100$(zeros 64)" "63:$(zeros 63),64:$(zeros 64),"
both quic "\\177\\377$(zeros 16383)" "16383:$(zeros 16383),"
both quic "\\200\\000\\100\\000$(zeros 16384)" "16384:$(zeros 16384),"
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 4611686018427387895 bytes of its payload are missing, at byte 8' \
    '\377\377\377\377\377\377\377\367' '' -f quic
decodes quic '\300\000\000\000\000\000\000\002ab' '2:ab,'
refuses 3 'stdin: record 2 at byte 2: length has more bytes than needed: 25, at byte 3' \
    '\001a\100\045' '1:a,' -f quic,canonical -t netstring
both quic,canonical "\\100\\100$(zeros 64)" "64:$(zeros 64),"
refuses 3 'stdin: record 1 at byte 0: length has more bytes than max-width: 80' \
    '\200\000\000\001' '' -f quic,max-width=3
both quic,max-width=3 "\\100\\100$(zeros 64)" "64:$(zeros 64),"
refuses 6 'stdin: record 1 at byte 0: a length of 16384 does not fit in this quic' \
    "16384:$(zeros 16384)," '' -f netstring -t quic,max-width=2
both quic,inclusive "\\077$(zeros 62)\\100\\101$(zeros 63)" "62:$(zeros 62),63:$(zeros 63),"
decodes vlq,offset=2,byte=0:ff '\377\001\005hello\377\001\000' '5:hello,0:,'
# A frame of HTTP/3 (RFC 9114 section 7.1), DATA.
decodes quic,offset=1,only=0:0 '\000\002ab\000\000' '2:ab,0:,'

about 'lengths as ASCII digits'

both dec '2\nab0\n10\n0123456789' '2:ab,0:,10:0123456789,'
decodes dec '002\nab' '2:ab,'
both 'dec:\r\n,trailer=\r\n' '2\r\nab\r\n0\r\n\r\n' '2:ab,0:,'
both 'dec: ' '2 ab0 ' '2:ab,0:,'
decodes 'dec:\r\n,trailer=\r\n,keep' '2\r\nab\r\n0\r\n\r\n' '7:2\r\nab\r\n,5:0\r\n\r\n,'
both 'hex:\n' 'a\n01234567890\n' '10:0123456789,0:,'
decodes hex 'A\n01234567890a\n0123456789' '10:0123456789,10:0123456789,'
both 'hex:;,trailer=.' '2;ab.0;.' '2:ab,0:,'
gives '5:hello,0:,1:,,' '\005hello\000\001,' --from=netstring --to=u8
gives '\005hello\000\001,' '5:hello,0:,1:,,' --from=u8 --to=netstring
decodes netstring,keep '2:ab,0:,' '5:2:ab,,3:0:,,'

both dec,digits=3 '002ab000' '2:ab,0:,'
both 'hex,digits=2,trailer=\n' '0a0123456789\n00\n' '10:0123456789,0:,'
both hex,digits=4,inclusive '0006ab0004' '2:ab,0:,'
both hex,digits=4,inclusive,control=1 '0006ab0000' '2:ab,0:,'
decodes hex,digits=2,control=3 '00010203abc' '0:,0:,0:,3:abc,'
decodes hex,digits=2,control=3,keep '000103abc' '2:00,2:01,5:03abc,'

about 'chunked'

both chunked '2\r\nab\r\na\r\n0123456789\r\n0\r\n\r\n' '2:ab,10:0123456789,'
both chunked '0\r\n\r\n' ''
decodes chunked 'A\r\n0123456789\r\n00A\r\n0123456789\r\n000\r\n\r\n' '10:0123456789,10:0123456789,'
decodes chunked,keep '2\r\nab\r\n0;x\r\nT: v\r\n\r\n' '7:2\r\nab\r\n,'

about 'stomp'

decodes stomp '\nSEND\ncontent-length:2\n\na\000\000\r\nACK\n\n\000' '25:SEND\ncontent-length:2\n\na\000,5:ACK\n\n,'
refuses 3 'stdin: record 1 at byte 0: unknown command: 20, at byte 4' 'SEND \n' '' -f stomp -t none
refuses 3 'stdin: record 1 at byte 0: command that has no body has one: 62, at byte 28' \
    'RECEIPT\nreceipt-id:message\n\nbody\000' '' -f stomp -t none

about 'http and content-length'

both content-length 'Content-Length: 2\r\n\r\nabContent-Length: 0\r\n\r\n' '2:ab,0:,'
decodes content-length 'Content-Type: x\r\ncontent-length:2\r\n\r\nab' '2:ab,'
decodes content-length,lf,keep 'Content-Length: 2\n\nab' '21:Content-Length: 2\n\nab,'
decodes http 'GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\nab' '0:,2:ab,'
decodes http,keep 'GET / HTTP/1.1\r\n\r\n' '18:GET / HTTP/1.1\r\n\r\n,'
gives '' '' --from=content-length --to=netstring
gives '' '' --from=http --to=netstring

about 'out only'

encodes raw 'a\nb' '1:a,0:,2:\nb,'
encodes none '' '1:a,0:,2:\nb,'

about 'no records'

for framing in line lf crlf nul 'delim:x' fixed:3 u8 u16be u64le varint dec 'hex:\n' netstring; do
    both "$framing" '' ''
done
