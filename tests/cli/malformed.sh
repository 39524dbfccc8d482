#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --on-malformed=skip: malformed input is left out and told, the records around it come
# out, and the exit status is 3.  (Random damage is for model.sh.)

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# skips RECORD START AT WHY LOST INPUT OUTPUT ARG...
skips() {
    what="stdin: $(fault "$1" "$2" "$3" "$4"); left out: $5 byte$([ "$5" -eq 1 ] || echo s)"
    shift 5
    refuses 3 "$what" "$@" --on-malformed=skip
}

about 'what separates records'
skips 2 2 4 'ESC is not followed by ESC_END or ESC_ESC: 78' 4 \
    'a\300b\333x\300c\300' 'a\nc\n' -f slip
skips 2 2 4 'ESC is not followed by ESC_END or ESC_ESC: c0' 3 \
    'a\300b\333\300c\300' 'a\nc\n' -f slip
skips 1 0 0 'no flag before the first frame: 78' 2 'xy~a~b}~c~' 'a\nc\n' -f hdlc
skips 1 0 1 'zero byte in a block, 2 bytes before its end: 00' 2 '\003\000\002a\000' 'a\n' -f cobs
skips 2 2 7 'line ends inside a value: 0a' 6 '1\n{"a":\n2\n' '1\n2\n' -f ndjson
skips 2 2 7 'closing bracket does not match the opening one: 5d' 8 '1\n[{"a"]}\n2\n' '1\n2\n' -f ndjson
skips 2 2 6 'closing bracket does not match the opening one: 5d' 7 '\0361\n\036[{]}\n\0362\n' '1\n2\n' -f json-seq
skips 2 2 4 'closing bracket without an opening one: 7d' 5 '\0361\n\036}x\n\0362\n' '1\n2\n' -f json-seq
skips 1 0 1 'message length is not followed by a space: 78' 7 '5x abc\nnext\n' 'next\n' -f syslog
# The rest of the row, as lazy-quotes has it.
skips 2 2 3 'quote in a field that is not quoted (lazy-quotes allows it): 22' 11 \
    'a\nb" c,"d\n"\r\ne\n' 'a\ne\n' -f csv
skips 2 2 5 'text after a closing quote (lazy-quotes allows it): 20' 6 'a\n"b" c\nd' 'a\nd\n' -f csv
skips 2 2 6 'CR without LF after a closing quote (lazy-quotes allows it): 0d' 7 \
    'a\n"b"\r\r\r\nc\n' 'a\nc\n' -f csv
skips 2 2 5 'text after a closing quote (lazy-quotes allows it): 5c' 5 \
    'a\r"b"\\\rc\r' 'a\nc\n' -f 'csv,cr,escape=\\'
# What separates or begins them, if a whole one is there.
skips 2 26 44 'body does not end with SOH and 10=166: 01 31 30 3d' 26 \
    '8=FIX.4.2\0019=5\00135=0\00110=161\0018=FIX.4.2\0019=5\00135=5\00110=167\0018=FIX.4.2\0019=5\00135=1\00110=162\001' \
    '8=FIX.4.2\0019=5\00135=0\00110=161\001\n8=FIX.4.2\0019=5\00135=1\00110=162\001\n' -f fix
skips 1 0 28 'body is not followed by a zero byte: 58' 30 \
    'SEND\ncontent-length:5\n\na\000b\000cX\000ACK\n\n\000' 'ACK\n\n\n' -f stomp
# What every frame has.
skips 2 3 3 'byte 0 of the record is not 47: 78' 2 'G12xxG34G56' 'G12\nG34\nG56\n' \
    -f fixed:3,byte=0:47
skips 2 6 6 'length is not a number: 78' 1 '3:one,x3:two,1:a,' 'one\ntwo\na\n' -f netstring
# A payload that looks like a frame is none: what follows is not another one.
skips 1 0 0 'length is not a number: 78' 1 'x7:a3:two,,1:b,' 'a3:two,\nb\n' -f netstring
# Nothing follows.
skips 2 2 2 'byte 0 of the header is not 41: 42' 3 'A\0B\1x' '\n' -f u8,offset=1,byte=0:41
skips 1 0 0 'byte 0 of the header is not 41: 42' 2 'B\0' '' -f u8,offset=1,byte=0:41

about "nothing of a bad record is written, and its number is the next one's"
printf 'one\300tw\333o\300three\300' >in
run -f slip -t index --on-malformed=skip
expect_status 3
expect out '1\t0\t3\n2\t9\t5\n'
# It is counted and checked without them.
run -f slip -c --on-malformed=skip
expect_status 3
expect out '2\n'
run -f slip --check --on-malformed=skip
expect_status 3
expect out 'bad: records 2, inputs 0\n'

about 'ten messages, then a count'
yes 'a{\' | head -n 13 | tr -d '\\' >in
echo 1 >>in
run -f ndjson --on-malformed=skip
expect_status 3
expect out '1\n'
[ "$(wc -l <err)" -eq 11 ] || fail "$(wc -l <err) lines for 13 places: $(cat err)"
tail -n 1 err | grep -qx 'cbsplit: 3 more damaged places; left out: 9 bytes' ||
    fail "the last line is: $(tail -n 1 err)"

about 'a file that is wrong does not keep the next one from being read'
printf '1\n' >one
printf '[\n2\n' >two
run -f ndjson --on-malformed=skip two one
expect_status 3
expect out '2\n1\n'

about 'an unfinished record at the end is another matter'
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 1 byte of its payload is missing, at byte 3' \
    '2:a' '' -f netstring --on-malformed=skip
gives 'a' 'a\n' -f slip --on-malformed=skip --on-partial=emit

# With --exact the bytes left out are taken too, and none after the last record, though
# they were looked at to find the place.
doing='--exact, slowly'
(for part in 3:one,x 3: two 1:a, re st; do
    printf '%s' "$part"
    [ "$part" != two ] || printf ,
    sleep 0.05
done) | (
    "$CBSPLIT" -f netstring --on-malformed=skip -n 2 --exact 2>err || [ $? -eq 3 ]
    cat
) >out
! can_peek || expect out 'one\ntwo\n1:a,rest'

# Output that fails while the place is looked for ends it, though more input may come.
if [ -e /dev/full ]; then
    doing='a full disk, and damage that goes on'
    mkfifo slow
    "$CBSPLIT" -f slip --on-malformed=skip --collect=line --worker='exec cat' \
        <slow >/dev/full 2>err &
    cbsplit_pid=$!
    ours $cbsplit_pid
    exec 3>slow 4</dev/null
    printf 'a\300\333x' >&3
    finishes 1
    expect_message 'stdout: No space left on device'
fi

# A frame that only= leaves out is a right one, too, and what looks like a frame in it
# is none.
skips 2 3 3 'byte 0 of the header is not one of 41-42: 5a' 1 'A\1xZB\1y' 'x\n' \
    -f u8,offset=1,byte=0:41-42,only=0:41
skips 2 3 3 'byte 0 of the header is not one of 41-42: 5a' 1 'A\1xZB\3A\1q' 'x\n' \
    -f u8,offset=1,byte=0:41-42,only=0:41

# What is too long is believed, and not searched.
skips 1 0 10 'payload is not followed by its trailer: 78' 12 '8:3:abc,1:x,1:y,' 'y\n' \
    -f netstring --max-record=2 --on-overflow=truncate
skips 2 4 4 'length is not a number: 58' 1 '1:q,X9:1:a,1:b,x,1:z,' 'q\nz\n' \
    -f netstring --max-record=3 --on-overflow=skip
skips 2 4 4 'length is not a number: 58' 1 '1:q,X9:1:a,1:b,x,1:z,' 'q\n1:a\nz\n' \
    -f netstring --max-record=3 --on-overflow=truncate

about 'framings that cannot find their place again are refused, with those that can'
for framing in u16be chunked json varint websocket; do
    run -f "$framing" --on-malformed=skip
    expect_status 2
    grep -Eq "^cbsplit: --on-malformed=skip: after damage '?$framing'? cannot find its place" err ||
        fail "$doing: $(cat err)"
    grep -q 'these can: .*slip, hdlc, cobs' err || fail "$doing: $(cat err)"
done
{ head -c 20000 "$CBSPLIT" && head -c 20000 /dev/urandom; } >in
for framing in line lf crlf nul delim:x start:x,line paragraph line,fold line,lines=2 fixed:3 \
    fixed:3,only=0:47; do
    wrong "--on-malformed=skip: no input is malformed in '$framing'" \
        -f "$framing" --on-malformed=skip
    { head -c 20000 "$CBSPLIT" && head -c 20000 /dev/urandom; } >in
    run -f "$framing" --check
    expect_status 0
done
wrong "--on-malformed=skip: no input is malformed in 'csv,lazy-quotes'" \
    -f csv,lazy-quotes --on-malformed=skip
printf 'a\n' >in
run --on-malformed=skip --part=1/2 in
expect_status 2
